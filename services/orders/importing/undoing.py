"""Taking imported orders, returns and credit notes back: documents go, the ledger gets counter-movements."""

from collections.abc import Sequence

from models import (
    CreditNote,
    CreditNoteLine,
    ExternalRef,
    Order,
    OrderHold,
    Payment,
    Refund,
    RefundLine,
    Return,
    ReturnLine,
    Shipment,
    ShipmentLine,
    Text,
)
from services import inventory
from services.core.clock import now
from services.core.db import fetch, marks
from services.core.importing import ImportJob, register_remover
from services.core.text import Said
from services.crm import Purchases, set_purchases
from services.orders.importing.reading import instant
from services.orders.progress import refresh

CHANGED = Said(
    Text(
        "导入之后有人在这张订单上登记了退货或退款", "Somebody recorded a return or refund on this order since"
    )
)
STAYS = Said(Text("单据还有部分未撤销", "A part of the document is still there"))


def remove_orders(refs: Sequence[ExternalRef], job: ImportJob) -> dict[int, Said]:
    """Delete orders with all that belongs to them, unless people have worked on them since."""
    ids = [ref.row_id for ref in refs]
    touched = _worked_on(ids, job)
    gone = [order_id for order_id in ids if order_id not in touched]
    if gone:
        buyers = {row.customer_id for row in Order.select(Order.customer).where(Order.id.in_(gone))}
        returns = [row.id for row in Return.select(Return.id).where(Return.order.in_(gone))]
        refunds = [row.id for row in Refund.select(Refund.id).where(Refund.order.in_(gone))]
        causes = [("order", order_id) for order_id in gone] + [("return", return_id) for return_id in returns]
        inventory.reverse_causes(causes, job, now())
        _delete_backs(returns, refunds)
        parcels = Shipment.select(Shipment.id).where(Shipment.order.in_(gone))
        ShipmentLine.delete().where(ShipmentLine.shipment.in_(parcels)).execute()
        for model in (Shipment, Payment, OrderHold):
            model.delete().where(model.order.in_(gone)).execute()
        Order.delete().where(Order.id.in_(gone)).execute()
        named = [("return", returns), ("refund", refunds)]
        for kind, row_ids in named:
            ours = (ExternalRef.kind == kind, ExternalRef.row_id.in_(row_ids), ExternalRef.run == job.run_id)
            ExternalRef.delete().where(*ours).execute()
        _recount(buyers - {None})
    return {ref.id: CHANGED for ref in refs if ref.row_id in touched}


def remove_returns(refs: Sequence[ExternalRef], job: ImportJob) -> dict[int, Said]:
    """Take back returns that the import put on orders it did not bring, with their refunds."""
    returns = list(Return.select().where(Return.id.in_([ref.row_id for ref in refs])))
    ids = [row.id for row in returns]
    inventory.reverse_causes([("return", return_id) for return_id in ids], job, now())
    refunds = [row.id for row in Refund.select(Refund.id).where(Refund.back.in_(ids))]
    ExternalRef.delete().where(ExternalRef.kind == "refund", ExternalRef.row_id.in_(refunds)).execute()
    _give_lines_back(ids, refunds)
    _delete_backs(ids, refunds)
    _refresh({row.order_id for row in returns})
    return {}


def remove_refunds(refs: Sequence[ExternalRef], _job: ImportJob) -> dict[int, Said]:
    """Take back refunds without a return (of charges)."""
    ids = [ref.row_id for ref in refs]
    orders = {row.order_id for row in Refund.select(Refund.order).where(Refund.id.in_(ids))}
    _give_lines_back([], ids)
    _delete_backs([], ids)
    _refresh(orders)
    return {}


def remove_credit_notes(refs: Sequence[ExternalRef], job: ImportJob) -> dict[int, Said]:
    """Take back credit notes and the goods they brought."""
    ids = [ref.row_id for ref in refs]
    inventory.reverse_causes([("credit_note", note_id) for note_id in ids], job, now())
    CreditNoteLine.delete().where(CreditNoteLine.note.in_(ids)).execute()
    CreditNote.delete().where(CreditNote.id.in_(ids)).execute()
    return {}


def forget_documents(refs: Sequence[ExternalRef], job: ImportJob) -> dict[int, Said]:
    """Forget that a document was imported, unless a part of it had to stay."""
    rest = ExternalRef.select(ExternalRef.external_id).where(
        ExternalRef.run == job.run_id,
        ExternalRef.kind.in_(("order", "credit_note", "return", "refund", "write_off")),
    )
    left = {row.external_id.partition(":")[0] for row in rest}
    return {ref.id: STAYS for ref in refs if ref.external_id in left}


def _worked_on(ids: Sequence[int], job: ImportJob) -> set[int]:
    """Orders that carry a return or refund which this import did not make."""
    found: set[int] = set()
    for table, kind in (("order_return", "return"), ("refund", "refund")):
        sql = (
            f"SELECT DISTINCT t.order_id FROM {table} t LEFT JOIN external_ref e "  # noqa: S608 - constants, marks
            f"ON e.kind = '{kind}' AND e.row_id = t.id AND e.run_id = ? "
            f"WHERE e.id IS NULL AND t.order_id IN ({marks(len(ids))})"
        )
        found |= {row[0] for row in fetch(sql, (job.run_id, *ids))}
    return found


def _give_lines_back(returns: Sequence[int], refunds: Sequence[int]) -> None:
    for table, owner, ids, change in (
        ("return_line", "back_id", returns, "returned_qty = returned_qty - d.n"),
        (
            "refund_line",
            "refund_id",
            refunds,
            "refunded_qty = refunded_qty - d.n, refunded_minor = refunded_minor - d.money",
        ),
    ):
        if not ids:
            continue
        money = "SUM(amount_minor)" if table == "refund_line" else "0"
        sql = (
            f"UPDATE order_line SET {change} FROM (SELECT line_id, SUM(quantity) AS n, {money} AS money "  # noqa: S608
            f"FROM {table} WHERE {owner} IN ({marks(len(ids))}) GROUP BY line_id) d WHERE order_line.id = d.line_id"
        )
        fetch(sql, list(ids))


def _delete_backs(returns: Sequence[int], refunds: Sequence[int]) -> None:
    RefundLine.delete().where(RefundLine.refund.in_(list(refunds))).execute()
    Refund.delete().where(Refund.id.in_(list(refunds))).execute()
    ReturnLine.delete().where(ReturnLine.back.in_(list(returns))).execute()
    Return.delete().where(Return.id.in_(list(returns))).execute()


def _refresh(order_ids: set[int]) -> None:
    for order in Order.select().where(Order.id.in_(order_ids)):
        refresh(order)
    buyers = {row.customer_id for row in Order.select(Order.customer).where(Order.id.in_(order_ids))}
    _recount(buyers - {None})


def _recount(customer_ids: set[int]) -> None:
    """Write the counters of these customers anew from their orders."""
    sql = (
        "SELECT COUNT(*), COALESCE(SUM(CAST(ROUND((total_minor - CASE WHEN refunded_minor < total_minor "
        "THEN refunded_minor ELSE total_minor END) * rate_ppm / 1000000.0) AS BIGINT)), 0), "
        "MIN(placed_at), MAX(placed_at) FROM sales_order "
        "WHERE customer_id = ? AND status NOT IN ('draft', 'cancelled')"
    )
    for customer_id in sorted(customer_ids):
        orders, spent, first, last = fetch(sql, (customer_id,))[0]
        ends = (instant(first), instant(last)) if orders else (None, None)
        set_purchases(customer_id, Purchases(int(orders), int(spent), *ends))


register_remover("order", remove_orders)
register_remover("return", remove_returns)
register_remover("refund", remove_refunds)
register_remover("credit_note", remove_credit_notes)
register_remover("document", forget_documents)
