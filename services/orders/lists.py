"""The lists of the orders domain, declared once for pages, REST and exports."""

from typing import Any

from models import Channel, Customer, Order, Text
from services.core.listing import Column, Facet, Listing, View
from services.core.permissions import Actor, Permission
from services.orders import queries


def _channel_choices(actor: Actor) -> list[tuple[Any, Any]]:
    return [
        (channel.id, Text(channel.name_zh, channel.name_en))
        for channel in queries.channels(actor, with_archived=True)
    ]


ORDERS = Listing(
    key="orders",
    title=Text("订单", "Orders"),
    base=queries.orders,
    permission=Permission.ORDERS_VIEW,
    row_id=Order.id,
    default_sort="-placed_at",
    topic="order",
    search=queries.found_by,
    columns=(
        Column(Order.number, kind="link"),
        Column(Order.placed_at),
        Column(Channel.name_zh, via=Order.channel, name="channel", label=Text("渠道", "Channel")),
        Column(Order.ship_name, sortable=False),
        Column(Order.item_count),
        Column(Order.total_minor, extra=("currency",)),
        Column(Order.status),
        Column(Order.payment_state),
        Column(Order.fulfilment_state),
        Column(Order.open_holds, kind="int", hidden=True, sortable=False),
        Column(Order.currency, hidden=True, sortable=False),
        Column(Order.external_number, hidden=True, sortable=False),
        Column(Order.source, hidden=True, sortable=False),
        Column(Order.ship_phone, hidden=True),
        Column(Order.ship_province_code, hidden=True, sortable=False),
        Column(
            Customer.number,
            via=Order.customer,
            name="customer",
            label=Text("客户", "Customer"),
            hidden=True,
            sortable=False,
        ),
        Column(Order.paid_minor, hidden=True, sortable=False),
        Column(Order.refunded_minor, hidden=True, sortable=False),
        Column(Order.note, hidden=True, sortable=False),
    ),
    facets=(
        Facet(Order.channel, name="channel", choices=_channel_choices),
        Facet(Order.status),
        Facet(Order.payment_state),
        Facet(Order.fulfilment_state),
        Facet(Order.source),
    ),
    ranges=("placed_at", "total_minor"),
    views=(
        View("all", Text("全部", "All")),
        View("to_confirm", Text("待确认", "To confirm"), queries.is_to_confirm),
        View("to_pay", Text("待付款", "To pay"), queries.is_to_pay),
        View("to_ship", Text("待发货", "To ship"), queries.is_to_ship),
        View("shipped", Text("已发货", "Shipped"), queries.is_shipped),
        View("held", Text("异常", "On hold"), queries.is_held),
        View("to_approve", Text("待复核", "To approve"), queries.has_refund_to_approve),
    ),
)

CHANNELS = Listing(
    key="channels",
    title=Text("渠道", "Channels"),
    base=queries.visible_channels,
    permission=Permission.ORDERS_VIEW,
    row_id=Channel.id,
    default_sort="code",
    topic="channel",
    columns=(
        Column(Channel.code, kind="link"),
        Column(Channel.name_zh),
        Column(Channel.name_en),
        Column(Channel.archived_at),
    ),
    views=(
        View("open", Text("使用中", "Open"), lambda: Channel.archived_at.is_null()),
        View("archived", Text("已归档", "Archived"), lambda: Channel.archived_at.is_null(False)),
    ),
)
