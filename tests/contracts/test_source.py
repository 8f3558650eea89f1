"""The program keeps its contracts, and every contract refuses what it is there to refuse."""

import re
import textwrap
from collections.abc import Callable

import pytest

from tests.contracts import layout, safety, words, writing
from tests.contracts.source import ROOT, Source, program

Check = Callable[[Source], list[str]]
# check → samples (path, code) it must reject
CONTRACTS: dict[Check, list[tuple[str, str]]] = {
    layout.too_long: [("services/orders/placing.py", "x = 1\n" * 401)],
    layout.models_import_little: [
        ("models.py", "from services.core.text import Said"),
        ("models.py", "import nicegui"),
    ],
    layout.pure_stays_pure: [
        ("services/orders/rules.py", "from models import Order"),
        ("services/orders/workflow.py", "from services.core.clock import now"),
        ("services/orders/types.py", "from services.core import db"),
        ("services/promotions/rules/engine.py", "import models"),
        ("services/integrations/payloads/shopify.py", "from services.core.settings import Settings"),
    ],
    layout.facade_only: [
        ("services/orders/placing.py", "from services.identity.staff import add_staff"),
        ("ui_pages/pages/staff.py", "from services.identity import queries"),
        ("main.py", "import services.identity.staff"),
    ],
    layout.nobody_imports_worlds: [
        ("services/orders/placing.py", "from seed import world"),
        ("ui_pages/pages/orders.py", "import tests.factories"),
        ("services/core/jobs.py", "import main"),
    ],
    writing.pages_never_write: [
        ("ui_pages/pages/orders.py", "from models import Order\nOrder.update(note='x').where(Order.id == 1)"),
        ("ui_pages/pages/orders.py", "order.save()"),
        ("ui_pages/pages/orders.py", "query.execute()"),
        ("ui_pages/pages/orders.py", "from models import Order\nrow = Order.get_by_id(3)"),
        ("ui_pages/kit/form.py", "from services.core.db import insert_row\ninsert_row(model, note='x')"),
    ],
    writing.one_writer_per_balance: [
        ("services/orders/placing.py", "level.reserved += 1"),
        ("services/inventory/ledger.py", "StockLevel.update({StockLevel.reserved: 0})"),
        ("services/inventory/reservations.py", "StockLevel.update(on_hand=StockLevel.on_hand - 1)"),
        ("services/inventory/counts.py", "insert_row(StockLevel, variant_id=1, on_hand=9)"),
        ("services/orders/importing.py", "bulk('INSERT INTO stock_level (on_hand) VALUES (?)')"),
    ],
    writing.status_by_move: [
        ("services/orders/progress.py", "order.status = OrderStatus.PLACED"),
        ("services/orders/progress.py", "from models import Order\nOrder.update(status='placed').execute()"),
        ("services/orders/progress.py", "from models import Order\nOrder.update({Order.status: 'placed'})"),
    ],
    words.no_bare_words: [
        ("ui_pages/pages/orders.py", "ui.label('Orders')"),
        ("ui_pages/pages/orders.py", "ui.button(text=f'Ship {number}')"),
        ("ui_pages/pages/orders.py", "ui.input(placeholder='Search')"),
        ("ui_pages/pages/orders.py", "el('div', 'Orders')"),
        ("ui_pages/pages/orders.py", "title = '订单'"),
    ],
    words.texts_agree: [
        ("services/orders/placing.py", "Text('共 {n} 件', '{count} pieces')"),
        ("models.py", "Text('订单', '订单')"),
        ("ui_pages/pages/orders.py", "Text('订单', '')"),
    ],
    safety.sanitised: [
        ("ui_pages/pages/orders.py", "ui.html(note, sanitize=False)"),
        ("ui_pages/kit/table.py", "ui.html(note, sanitize=wanted)"),
    ],
    safety.no_borrowed_identity: [("ui_pages/kit/shell.py", "name = app.storage.user['name']")],
    safety.nothing_from_outside: [
        ("ui_pages/kit/shell.py", "ui.add_head_html('<script src=\"https://cdn.example.com/x.js\">')"),
        ("ui_pages/kit/shell.py", "ui.image('//fonts.example.com/a.png')"),
    ],
}
FINE = {
    layout.pure_stays_pure: ("services/orders/rules.py", "from models import OrderStatus, Text"),
    layout.facade_only: (
        "ui_pages/pages/staff.py",
        "from services import identity\nfrom services.core import db",
    ),
    writing.pages_never_write: (
        "ui_pages/pages/orders.py",
        "from models import Order\nlabel.update()\nrow.delete()\nseen.update(x)\ncolumn = Order.number\nawait_save(1)",
    ),
    writing.one_writer_per_balance: (
        "services/inventory/ledger.py",
        "StockLevel.update(on_hand=StockLevel.on_hand + 1)",
    ),
    writing.status_by_move: (
        "services/orders/placing.py",
        "from models import ImportRun, Order\ninsert_row(Order, status='placed')\nImportRun.update(status='done')",
    ),
    words.no_bare_words: (
        "ui_pages/pages/orders.py",
        '"""订单."""\nT = Text("订单", "Orders")\nui.label(ctx.t(T))\nui.label("—")',
    ),
    safety.nothing_from_outside: ("ui_pages/kit/shell.py", "NS = 'http://www.w3.org/2000/svg'"),
}


@pytest.mark.parametrize("check", CONTRACTS, ids=lambda check: check.__name__)
def test_the_program_keeps_the_contract(check):
    problems = [problem for source in program() for problem in check(source)]
    if problems:
        pytest.fail("\n".join([str(check.__doc__), *problems]), pytrace=False)


@pytest.mark.parametrize("check", CONTRACTS, ids=lambda check: check.__name__)
def test_the_contract_refuses_a_bad_sample(check):
    for path, code in CONTRACTS[check]:
        assert check(Source(path, textwrap.dedent(code))), code


@pytest.mark.parametrize("check", FINE, ids=lambda check: check.__name__)
def test_the_contract_lets_good_code_pass(check):
    assert check(Source(*FINE[check])) == []


def test_no_asset_names_another_host():
    assets = [
        path for path in (ROOT / "ui_pages").rglob("*") if path.suffix in {".js", ".css", ".svg", ".html"}
    ]
    found = [
        problem for path in assets for problem in safety.outside_in(path, path.read_text(encoding="utf-8"))
    ]
    assert found == []
    assert safety.outside_in(ROOT / "x.css", "@import url(https://fonts.example.com/x.css)")


@pytest.mark.parametrize("package", safety.FLOORS)
def test_no_package_is_below_its_security_floor(package):
    assert safety.below_floor(package, safety.FLOORS[package]) == []
    assert safety.below_floor(package, safety.FLOORS[package], "0.0.1")


def test_every_requirement_is_pinned_exactly():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    assert [
        line for line in wanted if not re.fullmatch(r"[A-Za-z0-9_.-]+(\[[a-z0-9,]+\])?==[0-9][\w.]*", line)
    ] == []
