"""What must hold about orders."""

from typing import Any

from models import Text
from services.core.db import fetch
from services.core.invariants import LIMIT, invariant
from services.orders.rules.states import fulfilment_state, payment_state


def _named(rows: list[tuple[Any, ...]], *names: str) -> list[Any]:
    return [dict(zip(names, row, strict=False)) for row in rows]


@invariant("I1", Text("行净额 + 费用 = 订单应付", "Lines and charges add up to the order's total"))
def orders_that_do_not_add_up() -> list[Any]:
    """Orders whose total is not the sum of line nets, charges and tax added on top."""
    sql = f"""
        SELECT o.number, o.total_minor, COALESCE(l.net, 0) + COALESCE(c.amount, 0)
        FROM sales_order o
        LEFT JOIN (SELECT order_id, SUM(net_minor) AS net FROM order_line GROUP BY order_id) l ON l.order_id = o.id
        LEFT JOIN (SELECT order_id, SUM(amount_minor) AS amount FROM order_charge GROUP BY order_id) c
            ON c.order_id = o.id
        WHERE o.total_minor <> COALESCE(l.net, 0) + COALESCE(c.amount, 0)
            OR o.shipping_minor + o.charges_minor <> COALESCE(c.amount, 0)
        LIMIT {LIMIT}"""  # noqa: S608 - a constant
    return _named(fetch(sql), "order", "total", "sum")


@invariant("I2", Text("行优惠之和 = 订单优惠", "The lines' discounts add up to the order's"))
def discounts_that_do_not_add_up() -> list[Any]:
    """Orders whose discount is not the sum of the lines' shares."""
    sql = f"""
        SELECT o.number, o.discount_minor, l.discount FROM sales_order o
        JOIN (SELECT order_id, SUM(discount_minor) AS discount FROM order_line GROUP BY order_id) l
            ON l.order_id = o.id
        WHERE o.discount_minor <> l.discount LIMIT {LIMIT}"""  # noqa: S608 - a constant
    return _named(fetch(sql), "order", "discount", "sum")


@invariant("I3", Text("退款不超过收款与应退", "Nothing is refunded beyond what was paid or may go back"))
def refunds_beyond_a_ceiling() -> list[Any]:
    """Orders refunded beyond what was paid, lines beyond their net or their units, and sums that are wrong."""
    orders = f"""
        SELECT o.number, o.paid_minor, o.refunded_minor FROM sales_order o
        LEFT JOIN (SELECT order_id, SUM(amount_minor) AS paid FROM payment GROUP BY order_id) p ON p.order_id = o.id
        LEFT JOIN (SELECT order_id, SUM(amount_minor) AS gone, SUM(shipping_minor) AS shipping FROM refund
            WHERE status = 'paid' GROUP BY order_id) r ON r.order_id = o.id
        WHERE o.refunded_minor > o.paid_minor OR o.paid_minor <> COALESCE(p.paid, 0)
            OR o.refunded_minor <> COALESCE(r.gone, 0) OR COALESCE(r.shipping, 0) > o.shipping_minor
        LIMIT {LIMIT}"""  # noqa: S608 - a constant
    lines = f"""
        SELECT o.number, l.sku, l.net_minor, l.refunded_minor FROM order_line l JOIN sales_order o ON o.id = l.order_id
        LEFT JOIN (SELECT rl.line_id, SUM(rl.amount_minor) AS gone, SUM(rl.quantity) AS units FROM refund_line rl
            JOIN refund r ON r.id = rl.refund_id WHERE r.status = 'paid' GROUP BY rl.line_id) r ON r.line_id = l.id
        WHERE l.refunded_minor > l.net_minor OR l.refunded_qty > l.quantity - l.shipped_qty + l.returned_qty
            OR l.refunded_minor <> COALESCE(r.gone, 0) OR l.refunded_qty <> COALESCE(r.units, 0)
        LIMIT {LIMIT}"""  # noqa: S608 - a constant
    return _named(fetch(orders), "order", "paid", "refunded") + _named(
        fetch(lines), "order", "sku", "net", "refunded"
    )


@invariant("I5", Text("超卖都有异常记录", "What is promised beyond the stock is on hold"))
def oversold_without_a_hold() -> list[Any]:
    """Levels with more reserved than on hand although no waiting order carries an open oversold hold."""
    sql = f"""
        SELECT l.id, l.variant_id, l.warehouse_id, l.on_hand, l.reserved FROM stock_level l
        WHERE l.reserved > l.on_hand
            AND NOT EXISTS (SELECT 1 FROM outbox_event e WHERE e.name = 'StockOversold' AND e.status <> 'done')
            AND NOT EXISTS (
                SELECT 1 FROM shipment s JOIN shipment_line sl ON sl.shipment_id = s.id
                JOIN order_line ol ON ol.id = sl.line_id JOIN order_hold h ON h.order_id = s.order_id
                WHERE s.status = 'pending' AND s.warehouse_id = l.warehouse_id AND ol.variant_id = l.variant_id
                    AND h.cause = 'oversold')
        LIMIT {LIMIT}"""  # noqa: S608 - a constant
    return _named(fetch(sql), "level", "variant", "warehouse", "on_hand", "reserved")


@invariant("I6", Text("占用等于待发包裹之和", "Reserved is the sum of the parcels that wait"))
def reserved_that_is_not_in_parcels() -> list[Any]:
    """Levels whose reserved differs from the waiting parcels' quantities."""
    waiting = """
        SELECT ol.variant_id, s.warehouse_id, SUM(sl.quantity) AS quantity FROM shipment s
        JOIN shipment_line sl ON sl.shipment_id = s.id JOIN order_line ol ON ol.id = sl.line_id
        WHERE s.status = 'pending' AND ol.variant_id IS NOT NULL GROUP BY ol.variant_id, s.warehouse_id"""
    sql = f"""
        SELECT l.variant_id, l.warehouse_id, l.reserved, COALESCE(w.quantity, 0) FROM stock_level l
        LEFT JOIN ({waiting}) w ON w.variant_id = l.variant_id AND w.warehouse_id = l.warehouse_id
        WHERE l.reserved <> COALESCE(w.quantity, 0)
        UNION ALL
        SELECT w.variant_id, w.warehouse_id, 0, w.quantity FROM ({waiting}) w
        LEFT JOIN stock_level l ON w.variant_id = l.variant_id AND w.warehouse_id = l.warehouse_id
        WHERE l.id IS NULL LIMIT {LIMIT}"""  # noqa: S608 - constants
    return _named(fetch(sql), "variant", "warehouse", "reserved", "in_parcels")


@invariant("I13", Text("派生状态与数量、金额一致", "States say what the amounts, quantities and dates say"))
def orders_in_a_wrong_state() -> list[Any]:
    """Orders whose stored states are not the derived ones, or whose status lacks its date or open holds."""
    sql = """
        SELECT o.number, o.payment_state, o.fulfilment_state, o.total_minor, o.paid_minor, o.refunded_minor,
            COALESCE(l.ordered, 0), COALESCE(l.shipped, 0), COALESCE(l.returned, 0), COALESCE(d.delivered, 0)
        FROM sales_order o
        LEFT JOIN (SELECT order_id, SUM(quantity) AS ordered, SUM(shipped_qty) AS shipped,
            SUM(returned_qty) AS returned FROM order_line GROUP BY order_id) l ON l.order_id = o.id
        LEFT JOIN (SELECT s.order_id, SUM(sl.quantity) AS delivered FROM shipment s
            JOIN shipment_line sl ON sl.shipment_id = s.id WHERE s.status = 'delivered' GROUP BY s.order_id) d
            ON d.order_id = o.id"""
    wrong = []
    for number, paying, moving, total, paid, refunded, *units in fetch(sql):
        ordered, shipped, returned, delivered = (int(unit) for unit in units)
        said = (payment_state(total, paid, refunded), fulfilment_state(ordered, shipped, delivered, returned))
        if (paying, moving) != said:
            wrong.append({"order": number, "stored": [paying, moving], "derived": [str(x) for x in said]})
            if len(wrong) >= LIMIT:
                break
    dates = f"""
        SELECT o.number, o.status, o.open_holds FROM sales_order o
        LEFT JOIN (SELECT order_id, COUNT(*) AS holds FROM order_hold WHERE released_at IS NULL GROUP BY order_id) h
            ON h.order_id = o.id
        WHERE o.open_holds <> COALESCE(h.holds, 0)
            OR (o.status = 'cancelled' AND (o.cancelled_at IS NULL OR o.fulfilment_state <> 'unfulfilled'))
            OR (o.status = 'completed' AND o.completed_at IS NULL)
            OR (o.status IN ('confirmed', 'completed') AND o.confirmed_at IS NULL)
        LIMIT {LIMIT}"""  # noqa: S608 - a constant
    return wrong + _named(fetch(dates), "order", "status", "open_holds")
