"""The second pass over a file of order lines: finished orders with payment and parcel, written in bulk by chunks.

An imported order is history: completed, paid, delivered. It reserves nothing, sends nothing, starts no automation.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from models import (
    ChargeKind,
    FulfilmentState,
    MovementKind,
    Order,
    OrderCharge,
    OrderLine,
    OrderSource,
    OrderStatus,
    Payment,
    PaymentMethod,
    Shipment,
    ShipmentLine,
    ShipmentStatus,
)
from services import inventory
from services.core import audit
from services.core.db import bulk_insert
from services.core.importing import ImportJob
from services.core.money import convert_minor
from services.core.numbers import take_numbers
from services.crm import Purchases
from services.inventory import Dated
from services.orders.importing.planning import CHARGE, SALE
from services.orders.importing.reading import country_of, instant
from services.orders.importing.stage import Stage
from services.orders.rules.states import fulfilment_state, payment_state


@dataclass(slots=True)
class Context:
    """What all chunks of one run share: where things go, and the ids of what is there."""

    job: ImportJob
    stage: Stage
    channel_id: int
    warehouse_id: int
    variants: dict[int, int]
    customers: dict[int, int]
    order_ids: dict[int, int] = field(default_factory=dict)

    @property
    def currency(self) -> str:
        """The currency of the file."""
        return str(self.job.settings["currency"])

    @property
    def rate_ppm(self) -> int:
        """The rate of that currency to the books."""
        return int(self.stage.facts["rate_ppm"])


@dataclass(slots=True)
class Sale:
    """One order being written."""

    doc: int
    lines: list[int]
    charges: list[dict[str, Any]]
    values: dict[str, Any]
    line_ids: list[int] = field(default_factory=list)
    order_id: int = 0


def write_sales(docs: Sequence[int], context: Context) -> list[Sale]:
    """Write the orders of these documents; returns them with their ids."""
    sales = [sale for doc in docs if (sale := _sale(doc, context))]
    if not sales:
        return []
    numbers = take_numbers("SO", [sale.values["placed_at"] for sale in sales])
    for sale, number in zip(sales, numbers, strict=True):
        sale.values["number"] = number
    ids = bulk_insert(Order, [sale.values for sale in sales])
    for sale, order_id in zip(sales, ids, strict=True):
        sale.order_id = context.order_ids[sale.doc] = order_id
        for charge in sale.charges:
            charge["order_id"] = order_id
    _write_lines(sales, context)
    bulk_insert(OrderCharge, [charge for sale in sales for charge in sale.charges], ids=False)
    _write_payments(sales)
    _write_parcels(sales, context)
    context.job.remember("order", {context.stage.docs[sale.doc]: sale.order_id for sale in sales})
    for sale in sales:
        after = {
            key: sale.values[key]
            for key in ("number", "external_number", "item_count", "total_minor", "currency")
        }
        audit.record(context.job.actor, "order.import", ("order", sale.order_id), after=after)
    return sales


def sale_moves(sale: Sale, context: Context) -> list[Dated]:
    """What left the warehouse with an order."""
    stage = context.stage
    cause = inventory.Cause("order", sale.order_id, sale.values["number"])
    at = sale.values["placed_at"]
    return [
        Dated(
            MovementKind.SALE,
            context.variants[stage.sku[line]],
            context.warehouse_id,
            -stage.quantity[line],
            cause,
            at,
        )
        for line in sale.lines
    ]


def purchases_of(sales: Sequence[Sale], into: dict[int, Purchases]) -> None:
    """Add these orders to their customers' counters."""
    for sale in sales:
        customer_id = sale.values["customer_id"]
        if customer_id is not None:
            spent = convert_minor(sale.values["total_minor"], sale.values["rate_ppm"])
            into.setdefault(customer_id, Purchases()).add(spent, sale.values["placed_at"])


def _sale(doc: int, context: Context) -> Sale | None:
    """The order a document is, or None when it only gives back or writes off."""
    stage = context.stage
    lines = [line for line in stage.lines_of(doc) if stage.kind[line] == SALE]
    charged = [line for line in stage.lines_of(doc) if stage.kind[line] == CHARGE]
    if not lines and not charged:
        return None
    charges = [_charge(line, stage) for line in charged]
    subtotal = sum(stage.net_minor[line] for line in lines)
    shipping = stage.facts["shipping"].get(str(doc))
    if shipping:
        charges.append({"kind": ChargeKind.SHIPPING, "code": "", "description": "", "amount_minor": shipping})
    total = subtotal + sum(charge["amount_minor"] for charge in charges)
    stated = stage.facts["totals"].get(str(doc), total)
    if stated != total:
        # The platform's figure is the truth; what the lines do not explain is shown as its own charge.
        words = {"code": "PLATFORM", "description": "平台合计与明细之差 platform total − lines"}
        charges.append({"kind": ChargeKind.ADJUSTMENT, **words, "amount_minor": stated - total})
    return Sale(doc, lines, charges, _header(doc, lines, charges, subtotal, stated, context))


def _charge(line: int, stage: Stage) -> dict[str, Any]:
    return {
        "kind": ChargeKind(stage.facts["charges"][str(stage.sku[line])]),
        "code": stage.skus[stage.sku[line]][:40],
        "description": stage.names[stage.name[line]],
        "amount_minor": stage.net_minor[line],
    }


def _header(
    doc: int, lines: list[int], charges: list[dict[str, Any]], subtotal: int, total: int, context: Context
) -> dict[str, Any]:
    stage = context.stage
    first = stage.lines_of(doc)[0]
    at = instant(stage.doc_at[doc])
    items = sum(stage.quantity[line] for line in lines)
    shipping = sum(charge["amount_minor"] for charge in charges if charge["kind"] is ChargeKind.SHIPPING)
    paid = max(0, total)
    return {
        "external_number": stage.docs[doc],
        "source": OrderSource.IMPORT,
        "channel_id": context.channel_id,
        "customer_id": context.customers.get(stage.customer[first]),
        "status": OrderStatus.COMPLETED,
        "payment_state": payment_state(total, paid, 0),
        "fulfilment_state": fulfilment_state(items, items, items, 0)
        if lines
        else FulfilmentState.UNFULFILLED,
        "ship_country": country_of(stage.countries[stage.country[first]]) or "CN",
        "currency": context.currency,
        "rate_ppm": context.rate_ppm,
        "item_count": items,
        "subtotal_minor": subtotal,
        "shipping_minor": shipping,
        "charges_minor": total - subtotal - shipping,
        "total_minor": total,
        "paid_minor": paid,
        "placed_at": at,
        "confirmed_at": at,
        "paid_at": at,
        "shipped_at": at if lines else None,
        "delivered_at": at if lines else None,
        "completed_at": at,
        "created_at": at,
        "updated_at": at,
    }


def _write_lines(sales: Sequence[Sale], context: Context) -> None:
    stage, variants = context.stage, context.variants
    rows = []
    for sale in sales:
        for position, line in enumerate(sale.lines):
            sku = stage.sku[line]
            quantity = stage.quantity[line]
            rows.append(
                {
                    "order_id": sale.order_id,
                    "position": position,
                    "variant_id": variants[sku],
                    "sku": stage.skus[sku],
                    "name": stage.names[stage.name[line]]
                    or stage.facts["names"].get(str(sku))
                    or stage.skus[sku],
                    "quantity": quantity,
                    "shipped_qty": quantity,
                    "unit_price_minor": stage.unit_minor[line],
                    "net_minor": stage.net_minor[line],
                }
            )
    ids = iter(bulk_insert(OrderLine, rows))
    for sale in sales:
        sale.line_ids = [next(ids) for _ in sale.lines]


def _write_payments(sales: Sequence[Sale]) -> None:
    paid = [sale for sale in sales if sale.values["paid_minor"] > 0]
    numbers = take_numbers("PM", [sale.values["placed_at"] for sale in paid])
    rows = [
        {
            "order_id": sale.order_id,
            "number": number,
            "method": PaymentMethod.OTHER,
            "amount_minor": sale.values["paid_minor"],
            "source": "import",
            "received_at": sale.values["placed_at"],
        }
        for sale, number in zip(paid, numbers, strict=True)
    ]
    bulk_insert(Payment, rows, ids=False)


def _write_parcels(sales: Sequence[Sale], context: Context) -> None:
    shipped = [sale for sale in sales if sale.lines]
    ids = bulk_insert(
        Shipment,
        [
            {
                "order_id": sale.order_id,
                "number": f"{sale.values['number']}-1",
                "warehouse_id": context.warehouse_id,
                "status": ShipmentStatus.DELIVERED,
                "shipped_at": sale.values["placed_at"],
                "delivered_at": sale.values["placed_at"],
            }
            for sale in shipped
        ],
    )
    contents = [
        {"shipment_id": shipment_id, "line_id": line_id, "quantity": context.stage.quantity[line]}
        for shipment_id, sale in zip(ids, shipped, strict=True)
        for line_id, line in zip(sale.line_ids, sale.lines, strict=True)
    ]
    bulk_insert(ShipmentLine, contents, ids=False)
