# 掌柜 Zhanggui. Needs Python 3.11 or newer and make; everything else installs itself into .venv.
#   make run          open the shop on http://127.0.0.1:8080
#   make test         everything, browser journeys and PostgreSQL included (ARGS="tests/orders -k split" for a part)
#   make lint         style, types, layers
#   make bench        the figures of docs/benchmarks.md
#   make screenshots  the pictures of the README
#   make clean        remove .venv and caches; never data/

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help run test lint bench screenshots clean

help:
	@sed -n '2,7s/^# \{0,3\}//p' Makefile

$(READY): requirements.txt
	@test -n "$(PYTHON)" || { echo "掌柜 needs Python 3.11 or newer; none was found on PATH (or say: make PYTHON=/path/to/python3.11)."; exit 1; }
	@test -x $(BIN)/python || "$(PYTHON)" -m venv $(VENV) || { echo "This Python cannot make a virtual environment; on Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Installing packages into $(VENV) (only when requirements.txt changes) …"
	@begun=$$(date +%s); $(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt \
		&& echo "$$(( $$(date +%s) - begun )) seconds" > $@

run: $(READY)
	@exec $(BIN)/python main.py serve $(ARGS)

test: $(READY)
	@exec $(BIN)/python -m tests.run $(ARGS)

lint: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(READY)
	@exec $(BIN)/python -m tests.bench $(ARGS)

screenshots: $(READY)
	@exec $(BIN)/python -m tests.screenshots $(ARGS)

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis tests/artifacts
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
