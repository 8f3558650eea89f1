"""Taking an order: price, reservation, parcels, ledger, audit and event, all or nothing."""

import pytest

from models import Order, OrderLine, OutboxEvent, Shipment, ShipmentLine, StockLevel, StockMovement
from services import inventory, orders
from services.core import audit
from services.core.errors import Conflict, Invalid, NotFound, NotPermitted
from services.core.invariants import check_all
from tests import factories as make
from tests.orders.proof import assert_sound, fingerprint

pytestmark = pytest.mark.engine


def test_placing_writes_lines_parcels_ledger_audit_and_event(shop, owner, midday):
    channel, warehouse, tea, cup = make.make_channel(), make.make_warehouse(), make.make_variant(price_minor=1990), make.make_variant(price_minor=500)
    make.give_stock(tea, warehouse, 10)
    make.give_stock(cup, warehouse, 10)

    order = orders.place_order(make.order_of(channel, (tea, 2), (cup, 3), shipping_minor=800), actor=owner)

    stored = Order.get_by_id(order.id)
    assert (stored.number, stored.status, stored.total_minor) == ("SO-20261122-0001", "placed", 2 * 1990 + 3 * 500 + 800)
    assert stored.ship_phone == "13800138000"
    assert stored.placed_at == midday
    assert [(x.variant_id, x.on_hand, x.reserved) for x in StockLevel.select().order_by(StockLevel.id)] == [
        (tea.id, 10, 2),
        (cup.id, 10, 3),
    ]
    parcel = Shipment.get(Shipment.order == order.id)
    assert (parcel.number, parcel.warehouse_id, parcel.status) == ("SO-20261122-0001-1", warehouse.id, "pending")
    assert [x.quantity for x in ShipmentLine.select().order_by(ShipmentLine.id)] == [2, 3]
    assert StockMovement.select().where(StockMovement.kind == "reserve", StockMovement.cause_id == order.id).count() == 2
    assert audit.history_of(stored).first().action == "order.place"
    assert OutboxEvent.get(OutboxEvent.name == "OrderPlaced").payload["order_id"] == order.id
    assert_sound()
