"""Goods that come back: counted, and put into stock, scrapped or neither."""

from collections.abc import Sequence

from models import (
    MovementKind,
    Order,
    OrderLine,
    RefundStatus,
    Return,
    ReturnDisposition,
    ReturnLine,
    Text,
)
from services import inventory
from services.core import audit
from services.core.clock import now
from services.core.db import bulk_insert, fetch, insert_row, marks, transaction
from services.core.errors import Invalid, NotFound
from services.core.events import emit
from services.core.machine import apply_move, refused
from services.core.numbers import next_number
from services.core.permissions import Actor, Permission, requires
from services.core.text import Said
from services.orders.events import OrderReturned
from services.orders.loading import check_action, order_for_change
from services.orders.progress import refresh
from services.orders.types import ReturnInput, ReturnLineInput
from services.orders.workflow import RETURN

SHIPPED_FROM = """
SELECT sl.line_id, MAX(s.warehouse_id) FROM shipment s JOIN shipment_line sl ON sl.shipment_id = s.id
WHERE s.order_id = ? AND s.status IN ('shipped', 'delivered') AND s.warehouse_id IS NOT NULL GROUP BY sl.line_id
"""


@requires(Permission.ORDERS_RETURN)
def record_return(back: ReturnInput, *, actor: Actor) -> Return:
    """Enter counted goods that came back; what can be sold again returns to stock."""
    if not back.lines:
        raise Invalid(fields={"lines": Text("请填写退回的数量", "Enter what came back")})
    with transaction():
        order = order_for_change(back.order_id, actor)
        check_action("return", order, actor)
        lines = _lines_of(order, back.lines)
        places = _places(order, back, actor)
        number = next_number("RT")
        warehouse_id = back.warehouse_id or next(iter(places.values()), None)
        return_id = insert_row(
            Return,
            order_id=order.id,
            number=number,
            warehouse_id=warehouse_id,
            reason=back.reason.strip()[:200],
            received_at=now(),
        )
        _write_lines(return_id, back.lines)
        _count(back.lines, 1)
        _into_stock(lines, back.lines, places, inventory.Cause("return", return_id, number), actor)
        refresh(order)
        told = {"document": number, "lines": {lines[x.line_id].sku: x.quantity for x in back.lines}}
        audit.record(actor, "order.return", order, after=told, reason=back.reason)
        emit(OrderReturned(order.id, return_id))
        return Return.get_by_id(return_id)


@requires(Permission.ORDERS_RETURN)
def cancel_return(return_id: int, reason: str, *, actor: Actor) -> Return:
    """Undo a return entered by mistake: the goods leave the stock again."""
    if not reason.strip():
        raise Invalid(fields={"reason": Text("请填写撤销原因", "Say why the return is undone")})
    with transaction():
        back = Return.get_or_none(Return.id == return_id)
        if back is None:
            raise NotFound()
        order = order_for_change(back.order_id, actor)
        refunds = "SELECT number FROM refund WHERE back_id = ? AND status <> ?"
        refund = fetch(refunds, (return_id, RefundStatus.CANCELLED.value))
        if refund:
            text = Text(
                "这张退货单已有退款 {number},不能撤销", "Refund {number} rests on this return; it stays"
            )
            raise refused([Said(text, number=refund[0][0])])
        apply_move(RETURN, back, "cancel", actor, reason=reason.strip())
        lines = [
            ReturnLineInput(line_id=line_id, quantity=quantity)
            for line_id, quantity in fetch(
                "SELECT line_id, quantity FROM return_line WHERE back_id = ?", (return_id,)
            )
        ]
        _count(lines, -1)
        inventory.reverse(inventory.Cause("return", return_id, back.number), actor=actor, reason=reason)
        refresh(order)
        audit.record(actor, "order.return_undone", order, before={"document": back.number}, reason=reason)
        emit(OrderReturned(order.id, return_id))
        return back


def _lines_of(order: Order, given: Sequence[ReturnLineInput]) -> dict[int, OrderLine]:
    lines = {line.id: line for line in OrderLine.select().where(OrderLine.order == order.id)}
    fields: dict[str, Said | Text] = {}
    seen: set[int] = set()
    for position, wanted in enumerate(given):
        line = lines.get(wanted.line_id)
        if line is None or wanted.line_id in seen:
            raise NotFound(Text("没有这一行,或重复填写", "There is no such line, or it is given twice"))
        seen.add(wanted.line_id)
        most = line.shipped_qty - line.returned_qty
        if not 0 < wanted.quantity <= most:
            text = Text(
                "「{name}」已发 {shipped}、已退 {returned},这次最多退 {most}",
                "“{name}”: {shipped} shipped, {returned} returned; at most {most} can come back now",
            )
            said = Said(text, name=line.name, shipped=line.shipped_qty, returned=line.returned_qty, most=most)
            fields[f"lines.{position}"] = said
    if fields:
        raise Invalid(fields=fields)
    return lines


def _places(order: Order, back: ReturnInput, actor: Actor) -> dict[int, int]:
    """Per line the warehouse the goods go to: the one asked for, else the one they came from."""
    came_from = dict(fetch(SHIPPED_FROM, (order.id,)))
    if back.warehouse_id is None:
        return {line.line_id: came_from[line.line_id] for line in back.lines if line.line_id in came_from}
    warehouse = inventory.warehouse(back.warehouse_id, actor)
    return {line.line_id: warehouse.id for line in back.lines}


def _write_lines(return_id: int, given: Sequence[ReturnLineInput]) -> None:
    rows = [
        {
            "back_id": return_id,
            "line_id": line.line_id,
            "quantity": line.quantity,
            "disposition": line.disposition,
        }
        for line in given
    ]
    bulk_insert(ReturnLine, rows, ids=False)


def _count(given: Sequence[ReturnLineInput], sign: int) -> None:
    values = [figure for line in given for figure in (line.line_id, sign * line.quantity)]
    changed = fetch(
        f"WITH d (line_id, n) AS (VALUES {marks(len(given), 2)}) "  # noqa: S608 - marks only
        "UPDATE order_line SET returned_qty = returned_qty + d.n FROM d WHERE order_line.id = d.line_id "
        "AND returned_qty + d.n BETWEEN 0 AND shipped_qty RETURNING order_line.id",
        values,
    )
    if len(changed) != len(given):
        raise refused([Said(Text("数量刚刚变了,请刷新", "The quantities just changed; reload"))])


def _into_stock(
    lines: dict[int, OrderLine],
    given: Sequence[ReturnLineInput],
    places: dict[int, int],
    cause: inventory.Cause,
    actor: Actor,
) -> None:
    """Restocked goods come in; scrapped goods come in and are written off, so that the ledger tells it."""
    changes = []
    for wanted in given:
        variant_id, warehouse_id = lines[wanted.line_id].variant_id, places.get(wanted.line_id)
        if variant_id is None or warehouse_id is None or wanted.disposition is ReturnDisposition.NONE:
            continue
        kinds = [(MovementKind.RETURN, wanted.quantity)]
        if wanted.disposition is ReturnDisposition.SCRAP:
            kinds.append((MovementKind.WRITE_OFF, -wanted.quantity))
        for kind, quantity in kinds:
            changes.append(
                inventory.Change(
                    kind=kind, variant_id=variant_id, warehouse_id=warehouse_id, on_hand=quantity
                )
            )
    if changes:
        inventory.post(changes, cause=cause, actor=actor)
