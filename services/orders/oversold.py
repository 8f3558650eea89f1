"""More promised than there is: the newest waiting orders that cannot be served are put on hold."""

from models import HoldCause, Order
from services import inventory
from services.core.db import fetch
from services.core.permissions import SYSTEM
from services.orders.holds import open_hold

WAITING = """
SELECT o.id, SUM(sl.quantity) FROM sales_order o
JOIN shipment s ON s.order_id = o.id AND s.status = 'pending' AND s.warehouse_id = ?
JOIN shipment_line sl ON sl.shipment_id = s.id
JOIN order_line l ON l.id = sl.line_id AND l.variant_id = ?
GROUP BY o.id, o.placed_at ORDER BY o.placed_at DESC, o.id DESC
"""


def hold_oversold_orders(event: inventory.StockOversold) -> None:
    """Hold the newest orders whose goods are missing; listens to StockOversold."""
    sql = (
        "SELECT v.sku, l.reserved - l.on_hand FROM stock_level l JOIN variant v ON v.id = l.variant_id "
        "WHERE l.variant_id = ? AND l.warehouse_id = ?"
    )
    sku, missing = fetch(sql, (event.variant_id, event.warehouse_id))[0]
    for order_id, quantity in fetch(WAITING, (event.warehouse_id, event.variant_id)):
        if missing <= 0:
            return
        order = Order.get_by_id(order_id)
        open_hold(order, HoldCause.OVERSOLD, f"{sku} −{min(missing, int(quantity))}", SYSTEM)
        missing -= int(quantity)
