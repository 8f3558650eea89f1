"""An order's money: read for refunds, and shown to the cent in the money panel."""

from models import Order, Text
from services.core.db import fetch
from services.core.permissions import Actor
from services.core.text import Money, Said
from services.orders import queries
from services.orders.rules.refunding import LineMoney, OrderMoney
from services.orders.rules.states import due_minor
from services.orders.types import MoneyPanel, MoneyRow

LINES = """
SELECT l.id, l.name, l.quantity, l.shipped_qty, l.returned_qty, l.net_minor,
  COALESCE(SUM(CASE WHEN r.status <> 'cancelled' THEN rl.quantity END), 0),
  COALESCE(SUM(CASE WHEN r.status <> 'cancelled' THEN rl.amount_minor END), 0), l.refunded_minor
FROM order_line l LEFT JOIN refund_line rl ON rl.line_id = l.id LEFT JOIN refund r ON r.id = rl.refund_id
WHERE l.order_id = ? GROUP BY l.id ORDER BY l.position
"""
SUMS = """
SELECT (SELECT COALESCE(SUM(amount_minor), 0) FROM payment WHERE order_id = ?),
  (SELECT COALESCE(SUM(amount_minor), 0) FROM refund WHERE order_id = ? AND status <> 'cancelled'),
  (SELECT COALESCE(SUM(shipping_minor), 0) FROM refund WHERE order_id = ? AND status <> 'cancelled'),
  (SELECT COALESCE(SUM(amount_minor), 0) FROM refund WHERE order_id = ? AND status = 'paid'),
  (SELECT COALESCE(SUM(shipping_minor), 0) FROM refund WHERE order_id = ? AND status = 'paid')
"""
SHIPPING = Text("运费", "Shipping")
OTHER = Text("其他费用与多付款", "Fees and overpayment")
SUM = Text(
    "商品 {goods} − 优惠 {discount} + 运费 {shipping} + 其他 {charges} = 应付 {total}",
    "Goods {goods} − discount {discount} + shipping {shipping} + other {charges} = total {total}",
)
LEFT = Text(
    "已收 {paid} − 已退 {refunded} − 待复核 {requested} = 还可退 {refundable}",
    "Paid {paid} − refunded {refunded} − awaiting approval {requested} = refundable {refundable}",
)
UNPAID = Text(
    "各行可退合计 {rows},因为只收了 {paid},整单最多退 {refundable}",
    "The rows allow {rows} together; as only {paid} was paid, at most {refundable} can go back",
)


def money_of(order: Order, *, but_refund_id: int | None = None) -> OrderMoney:
    """The order's money for refunds; `but_refund_id` is left out, to check that refund itself again."""
    rows = fetch(LINES, (order.id,))
    paid, granted, granted_shipping, _, _ = (int(figure) for figure in fetch(SUMS, (order.id,) * 5)[0])
    own: dict[int, tuple[int, int]] = {}
    if but_refund_id is not None:
        own = {
            line_id: (quantity, amount)
            for line_id, quantity, amount in fetch(
                "SELECT line_id, quantity, amount_minor FROM refund_line WHERE refund_id = ?",
                (but_refund_id,),
            )
        }
        amount, shipping = fetch(
            "SELECT amount_minor, shipping_minor FROM refund WHERE id = ?", (but_refund_id,)
        )[0]
        granted, granted_shipping = granted - amount, granted_shipping - shipping
    lines = tuple(
        LineMoney(
            line_id=row[0],
            name=row[1],
            quantity=row[2],
            shipped=row[3],
            returned=row[4],
            net_minor=row[5],
            granted_quantity=int(row[6]) - own.get(row[0], (0, 0))[0],
            granted_minor=int(row[7]) - own.get(row[0], (0, 0))[1],
        )
        for row in rows
    )
    return OrderMoney(
        currency=order.currency,
        total_minor=order.total_minor,
        paid_minor=paid,
        shipping_minor=order.shipping_minor,
        charges_minor=order.charges_minor,
        granted_minor=granted,
        granted_shipping_minor=granted_shipping,
        lines=lines,
    )


def money_panel(order_id: int, *, actor: Actor) -> MoneyPanel:
    """Ordered, paid, refunded and refundable per line and shipping, explained to the cent. Raises NotFound."""
    order = queries.order_by_id(order_id, actor)
    money = money_of(order)
    refunded, refunded_shipping = (int(figure) for figure in fetch(SUMS, (order.id,) * 5)[0][3:])
    paid_by_line = {row[0]: row[8] for row in fetch(LINES, (order.id,))}
    rows = [
        MoneyRow(
            label=Said(Text("{name}", "{name}"), name=line.name),
            line_id=line.line_id,
            net_minor=line.net_minor,
            refunded_minor=paid_by_line[line.line_id],
            requested_minor=line.granted_minor - paid_by_line[line.line_id],
            refundable_minor=line.refundable_minor,
            refundable_quantity=line.refundable_quantity,
        )
        for line in money.lines
    ]
    rows.append(
        MoneyRow(
            label=Said(SHIPPING),
            line_id=None,
            net_minor=order.shipping_minor,
            refunded_minor=refunded_shipping,
            requested_minor=money.granted_shipping_minor - refunded_shipping,
            refundable_minor=money.refundable_shipping_minor,
        )
    )
    refunded_other = refunded - refunded_shipping - sum(paid_by_line.values())
    if money.other_minor or refunded_other:
        rows.append(
            MoneyRow(
                label=Said(OTHER),
                line_id=None,
                net_minor=money.other_minor,
                refunded_minor=refunded_other,
                requested_minor=money.granted_other_minor - refunded_other,
                refundable_minor=money.refundable_other_minor,
            )
        )
    return MoneyPanel(
        currency=order.currency,
        subtotal_minor=order.subtotal_minor,
        discount_minor=order.discount_minor,
        shipping_minor=order.shipping_minor,
        charges_minor=order.charges_minor,
        tax_minor=order.tax_minor,
        total_minor=order.total_minor,
        paid_minor=money.paid_minor,
        refunded_minor=refunded,
        requested_minor=money.granted_minor - refunded,
        due_minor=due_minor(order.total_minor, money.paid_minor),
        refundable_minor=money.refundable_minor,
        rows=tuple(rows),
        explained=tuple(_explain(order, money, refunded, sum(row.refundable_minor for row in rows))),
    )


def _explain(order: Order, money: OrderMoney, refunded: int, rows: int) -> list[Said]:
    def shown(minor: int) -> Money:
        return Money(minor, order.currency)

    said = [
        Said(
            SUM,
            goods=shown(order.subtotal_minor),
            discount=shown(order.discount_minor),
            shipping=shown(order.shipping_minor),
            charges=shown(order.charges_minor),
            total=shown(order.total_minor),
        ),
        Said(
            LEFT,
            paid=shown(money.paid_minor),
            refunded=shown(refunded),
            requested=shown(money.granted_minor - refunded),
            refundable=shown(money.refundable_minor),
        ),
    ]
    if rows > money.refundable_minor:
        paid, most = shown(money.paid_minor), shown(money.refundable_minor)
        said.append(Said(UNPAID, rows=shown(rows), paid=paid, refundable=most))
    return said
