"""Rows for tests, made through the façades; a call names only what matters to its test."""

from itertools import count
from typing import Any

from models import Channel, Customer, Order, Payment, PaymentMethod, Product, StockLevel, Variant, Warehouse
from services import catalogue, crm, inventory, orders
from services.core.db import insert_row, transaction
from services.core.permissions import SYSTEM

_numbers = count(1)


def make_product(**given: Any) -> Product:
    """An active product; `price_minor`, `cost_minor` and `options` shape its variants."""
    number = next(_numbers)
    model = catalogue.VariantInput(
        price_minor=given.pop("price_minor", 1000),
        cost_minor=given.pop("cost_minor", 400),
        weight_g=given.pop("weight_g", 100),
    )
    wanted = {"name": f"商品{number}", "code": f"P{number:05d}", **given}
    product = catalogue.create_product(catalogue.ProductInput(model_variant=model, **wanted), actor=SYSTEM)
    return catalogue.activate_product(product.id, actor=SYSTEM)


def make_variant(**given: Any) -> Variant:
    """The only variant of a new product."""
    sku = given.pop("sku", "")
    product = make_product(**given)
    variant = Variant.get(Variant.product == product.id)
    if sku:
        variant = catalogue.edit_variant(variant.id, variant.version, {"sku": sku}, actor=SYSTEM)
    return variant


def make_customer(**given: Any) -> Customer:
    """A customer."""
    return crm.create_customer(crm.CustomerInput(**{"name": f"客户{next(_numbers)}", **given}), actor=SYSTEM)


def make_warehouse(code: str = "", **given: Any) -> Warehouse:
    """An open warehouse."""
    code = code or f"W{next(_numbers)}"
    wanted = {"name": f"{code}仓", **given}
    return inventory.create_warehouse(inventory.NewWarehouse(code=code, **wanted), actor=SYSTEM)


def make_channel(code: str = "") -> Channel:
    """A sales channel."""
    code = code or f"ch{next(_numbers)}"
    with transaction():
        return Channel.get_by_id(
            insert_row(Channel, code=code, name_zh=f"{code}渠道", name_en=f"{code} channel")
        )


def give_stock(variant: Variant, warehouse: Warehouse, quantity: int) -> StockLevel:
    """Receive goods."""
    receipt = inventory.StockReceipt(
        variant_id=variant.id, warehouse_id=warehouse.id, quantity=quantity, reason="到货"
    )
    return inventory.receive_stock(receipt, actor=SYSTEM)


def order_of(channel: Channel, *wanted: tuple[Variant, int], **given: Any) -> orders.PlaceOrder:
    """The input of an order of (variant, quantity) pairs."""
    lines = tuple(
        orders.OrderLineInput(variant_id=variant.id, quantity=quantity) for variant, quantity in wanted
    )
    who = {
        "ship_to": orders.ShipTo(name="李雷", phone="13800138000", province_code="33", street="西湖路 1 号")
    }
    return orders.PlaceOrder(**{"channel_id": channel.id, "lines": lines, **who, **given})


def place(channel: Channel, *wanted: tuple[Variant, int], **given: Any) -> Order:
    """A placed order of (variant, quantity) pairs."""
    return orders.place_order(order_of(channel, *wanted, **given), actor=SYSTEM)


def pay(order: Order, amount_minor: int | None = None, **given: Any) -> Payment:
    """Money for an order: all of it unless an amount is named."""
    amount = order.total_minor if amount_minor is None else amount_minor
    paid = {"order_id": order.id, "method": PaymentMethod.ALIPAY, "amount_minor": amount, **given}
    return orders.record_payment(orders.PaymentInput(**paid), actor=SYSTEM)


def ship(order: Order, **given: Any) -> Order:
    """Hand an order's parcels to a carrier."""
    wanted = {"order_id": order.id, "carrier": "顺丰", "tracking_number": "SF1234567890", **given}
    return orders.ship_order(orders.ShipInput(**wanted), actor=SYSTEM)


def deliver_paid(channel: Channel, *wanted: tuple[Variant, int], **given: Any) -> Order:
    """An order placed, confirmed, paid, shipped and delivered."""
    order = place(channel, *wanted, **given)
    orders.confirm_order(order.id, actor=SYSTEM)
    pay(order)
    ship(order)
    return orders.deliver_order(order.id, actor=SYSTEM)
