"""From the input of an order to a cart that can be priced: what is checked before anything is written."""

from collections.abc import Sequence
from dataclasses import dataclass

from models import ChargeKind, Text
from services.core.db import fetch, marks
from services.core.errors import Conflict, Invalid, NotFound
from services.core.options import CURRENCIES, base_currency
from services.core.permissions import Actor, Permission, check_permission
from services.core.text import Said
from services.orders.rules.pricing import Cart, CartLine, Discount
from services.orders.types import OrderLineInput, PlaceOrder

MOST_LINES = 500
MOST_UNITS = 100_000
MOST_MONEY = 10**12
NO_LINES = Text("请至少添加一件商品", "Add at least one product")
NO_NAME = Text("请填写收件人", "Give a recipient")
WHY = Text("请写明优惠或改价的原因", "Say why the price was changed")
PERCENT = Text("折扣应在 0 与 100% 之间", "A percentage is between 0 and 100 %")
EITHER = Text("优惠填金额或百分比,不能同时填", "Give a discount as an amount or as a percentage, not both")


@dataclass(frozen=True, slots=True)
class Goods:
    """What a variant is called and costs at this moment."""

    sku: str
    name: str
    price_minor: int
    cost_minor: int
    is_sold: bool


def check_input(new: PlaceOrder, actor: Actor) -> None:
    """Raise Invalid for what is wrong by itself, NotPermitted for a price without the right to change prices."""
    fields = _content_problems(new) | _money_problems(new)
    if _is_repriced(new):
        check_permission(actor, Permission.ORDERS_DISCOUNT)
        if not new.discount_reason.strip():
            fields["discount_reason"] = WHY
    if fields:
        raise Invalid(fields=fields)


def _content_problems(new: PlaceOrder) -> dict[str, Said | Text]:
    fields: dict[str, Said | Text] = {}
    if not new.lines:
        fields["lines"] = NO_LINES
    if len(new.lines) > MOST_LINES:
        fields["lines"] = Said(
            Text("一张订单最多 {most} 行", "At most {most} lines an order"), most=MOST_LINES
        )
    if not new.ship_to.name.strip():
        fields["ship_name"] = NO_NAME
    for position, line in enumerate(new.lines):
        problem = _line_problem(line)
        if problem:
            fields[f"lines.{position}"] = problem
    return fields


def _money_problems(new: PlaceOrder) -> dict[str, Said | Text]:
    fields: dict[str, Said | Text] = {}
    problem = _discount_problem(new.discount)
    if problem:
        fields["discount"] = problem
    if not 0 <= new.shipping_minor < MOST_MONEY:
        fields["shipping_minor"] = Text("运费不能为负", "Shipping cannot be negative")
    if any(charge.kind is ChargeKind.SHIPPING for charge in new.charges):
        fields["charges"] = Text("运费请填在运费栏", "Shipping has its own field")
    if new.currency and new.currency not in CURRENCIES:
        fields["currency"] = Text("不支持这个币种", "That currency is not known")
    if new.rate_ppm <= 0:
        fields["rate_ppm"] = Text("请填写汇率", "Give the exchange rate")
    return fields


def _line_problem(line: OrderLineInput) -> Said | Text | None:
    if not 0 < line.quantity <= MOST_UNITS:
        return Said(Text("数量应在 1 与 {most} 之间", "A quantity is between 1 and {most}"), most=MOST_UNITS)
    if line.unit_price_minor is not None and not 0 <= line.unit_price_minor < MOST_MONEY:
        return Text("单价不能为负", "A price cannot be negative")
    return _discount_problem(line.discount)


def _discount_problem(discount: Discount) -> Text | None:
    if discount.amount_minor and discount.bps:
        return EITHER
    if not 0 <= discount.bps <= 10_000:
        return PERCENT
    return Text("优惠不能为负", "A discount cannot be negative") if discount.amount_minor < 0 else None


def _is_repriced(new: PlaceOrder) -> bool:
    lines = any(line.unit_price_minor is not None or not line.discount.is_none for line in new.lines)
    reduced = any(charge.amount_minor < 0 for charge in new.charges)
    return lines or reduced or not new.discount.is_none


def check_parties(new: PlaceOrder, actor: Actor) -> None:
    """Raise for a channel or customer that is not there, or an external number that was taken before."""
    sql = (
        "SELECT (SELECT COUNT(*) FROM channel WHERE id = ? AND archived_at IS NULL), "
        "(SELECT COUNT(*) FROM customer WHERE id = ? AND archived_at IS NULL)"
    )
    channels, customers = fetch(sql, (new.channel_id, new.customer_id or 0))[0]
    if not channels or (actor.channel_ids and new.channel_id not in actor.channel_ids):
        raise NotFound(Text("没有这个渠道,或已归档", "There is no such channel, or it is archived"))
    if new.customer_id is not None and not customers:
        raise NotFound(Text("没有这个客户,或已归档", "There is no such customer, or it is archived"))
    external = new.external_number.strip()
    if external:
        taken = fetch(
            "SELECT number FROM sales_order WHERE external_number = ? AND channel_id = ?",
            (external, new.channel_id),
        )
        if taken:
            text = Text(
                "外部单号 {external} 已是订单 {number}",
                "External number {external} is already order {number}",
            )
            said = Said(text, external=external, number=taken[0][0])
            raise Conflict(said, fields={"external_number": said})


def load_goods(lines: Sequence[OrderLineInput]) -> dict[int, Goods]:
    """The goods of the lines by variant. Raises Invalid for what is not sold."""
    ids = list(dict.fromkeys(line.variant_id for line in lines))
    sql = (
        "SELECT v.id, v.sku, v.title, v.price_minor, v.cost_minor, p.name, "  # noqa: S608 - marks only
        "CASE WHEN v.archived_at IS NULL AND p.status = 'active' THEN 1 ELSE 0 END "
        f"FROM variant v JOIN product p ON p.id = v.product_id WHERE v.id IN ({marks(len(ids))})"
    )
    goods = {
        variant_id: Goods(sku, f"{name} {title}".strip()[:200], price, cost, bool(is_sold))
        for variant_id, sku, title, price, cost, name, is_sold in fetch(sql, ids)
    }
    fields: dict[str, Said | Text] = {}
    for position, line in enumerate(lines):
        item = goods.get(line.variant_id)
        if item is None:
            fields[f"lines.{position}"] = Text("没有这个规格", "There is no such variant")
        elif not item.is_sold:
            text = Text("{sku} 未上架或已归档,不能下单", "{sku} is not on sale")
            fields[f"lines.{position}"] = Said(text, sku=item.sku)
    if fields:
        raise Invalid(fields=fields)
    return goods


def cart_of(new: PlaceOrder, goods: dict[int, Goods]) -> Cart:
    """The cart of an order's input."""
    return Cart(
        lines=tuple(
            CartLine(
                variant_id=line.variant_id,
                sku=goods[line.variant_id].sku,
                quantity=line.quantity,
                list_price_minor=goods[line.variant_id].price_minor,
                unit_price_minor=goods[line.variant_id].price_minor
                if line.unit_price_minor is None
                else line.unit_price_minor,
                discount=line.discount,
            )
            for line in new.lines
        ),
        currency=new.currency or base_currency(),
        channel_id=new.channel_id,
        customer_id=new.customer_id,
        discount=new.discount,
        discount_reason=new.discount_reason.strip(),
        shipping_minor=new.shipping_minor,
        charges=tuple(
            (charge.description or charge.kind.value, charge.amount_minor) for charge in new.charges
        ),
    )
