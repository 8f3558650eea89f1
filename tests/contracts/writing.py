"""Contracts about who writes what: one writer per balance and status, pages never (design §3, §10.7)."""

import ast

from tests.contracts.source import Source, called, root_of, text_of

WRITES = {
    "save", "create", "insert", "insert_many", "insert_from", "update", "delete", "replace", "replace_many",
    "get_or_create", "set_by_id", "delete_by_id", "bulk_create", "bulk_update",
}  # fmt: skip
WRITES_ANYWHERE = {"execute", "execute_sql", "delete_instance", "insert_row", "bulk_insert", "transaction"}
READS = {"select", "raw", "get_or_none", "get_by_id", "filter"}
BALANCES = {"on_hand": "services/inventory/ledger.py", "reserved": "services/inventory/reservations.py"}
# Their states are no decision of a person: no machine, no move.
WITHOUT_MACHINE = {"OutboxEvent", "JobRun", "ImportRun"}


def pages_never_write(source: Source) -> list[str]:
    """ui_pages names columns and binds instances; rows are read by a domain's queries and written by its verbs."""
    if not source.path.startswith("ui_pages/"):
        return []
    models = source.from_models()
    problems = []
    for call in source.calls():
        name, root = called(call), root_of(call.func)
        writes = name in WRITES_ANYWHERE or (name in WRITES | READS and root in models)
        if writes or (
            name == "save" and isinstance(call.func, ast.Attribute) and not call.args and not call.keywords
        ):
            problems.append(source.at(call, f"a page calls {root}.{name}()"))
    return problems


def one_writer_per_balance(source: Source) -> list[str]:
    """on_hand is written in inventory/ledger.py, reserved in inventory/reservations.py, and nowhere else."""
    if source.path.startswith("seed/") or source.path == "models.py":
        return []
    problems = []
    for column, home in BALANCES.items():
        if source.path != home:
            problems += [
                source.at(node, f"writes {column}; only {home} may") for node in _written(source, column)
            ]
    if source.path not in BALANCES.values():
        problems += [
            source.at(node, "writes stock_level by SQL") for node in _sql_writes(source, "stock_level")
        ]
    return problems


def status_by_move(source: Source) -> list[str]:
    """A status changes by apply_move only."""
    if source.path in ("services/core/machine.py", "models.py") or not source.path.startswith("services/"):
        return []
    problems = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and called(node) == "update" and _model_of(node) not in WITHOUT_MACHINE:
            names = {keyword.arg for keyword in node.keywords} | _keys(node)
            if "status" in names and _model_of(node) in source.from_models():
                problems.append(source.at(node, f"updates {_model_of(node)}.status; use apply_move"))
        if source.domain != "core" and _is_assigned(node, "status"):
            problems.append(source.at(node, "assigns .status; use apply_move"))
    return problems


def _written(source: Source, column: str) -> list[ast.AST]:
    found: list[ast.AST] = []
    for node in ast.walk(source.tree):
        if _is_assigned(node, column):
            found.append(node)
        elif isinstance(node, ast.Dict) and any(_is_column(key, column) for key in node.keys):
            found.append(node)
        elif isinstance(node, ast.Call) and _model_of(node) == "StockLevel":
            written = called(node) in WRITES | {"insert_row", "bulk_insert"}
            if written and column in {keyword.arg for keyword in node.keywords} | _keys(node):
                found.append(node)
    return found


def _sql_writes(source: Source, table: str) -> list[ast.AST]:
    heads = (f"update {table} ", f"insert into {table} ", f"delete from {table} ")
    nodes = [node for node in ast.walk(source.tree) if isinstance(node, ast.Constant | ast.JoinedStr)]
    return [
        node
        for node in nodes
        if any(head in (text_of(node) or "").lower().replace('"', "") for head in heads)
    ]


def _model_of(call: ast.Call) -> str:
    """Order for Order.update(…) and for insert_row(Order, …)."""
    if isinstance(call.func, ast.Attribute):
        return root_of(call.func)
    return call.args[0].id if call.args and isinstance(call.args[0], ast.Name) else ""


def _keys(call: ast.Call) -> set[str]:
    dicts = [argument for argument in call.args if isinstance(argument, ast.Dict)]
    keys = [key for each in dicts for key in each.keys]
    named = {key.attr for key in keys if isinstance(key, ast.Attribute)}
    return named | {text for key in keys if (text := text_of(key))}


def _is_assigned(node: ast.AST, name: str) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    if not isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        return False
    return any(isinstance(target, ast.Attribute) and target.attr == name for target in targets)


def _is_column(key: ast.AST | None, column: str) -> bool:
    return isinstance(key, ast.Attribute) and key.attr == column and root_of(key) == "StockLevel"
