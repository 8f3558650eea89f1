"""The facts that metrics are measured on, and the dimensions they can be split and filtered by."""

from collections.abc import Mapping
from dataclasses import dataclass

from models import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A table of the warehouse as `f`, with what it joins, its days, and how a person's scope limits it."""

    key: str
    rows: str
    row_id: str
    moment: str
    channel: str = ""
    warehouse: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """Something to split by: its words, and its SQL on each fact that has it."""

    key: str
    text: Text
    on: Mapping[str, str]


_PRODUCT = " LEFT JOIN dim_variant v ON v.variant_id = f.variant_id"
_BY_PARCEL = "f.order_id IN (SELECT order_id FROM order_place WHERE warehouse_id IN ({ids}))"
FACTS: dict[str, Fact] = {
    fact.key: fact
    for fact in (
        Fact(
            key="order",
            rows="fact_order f",
            row_id="f.order_id",
            moment="f.placed_at",
            channel="f.channel_id IN ({ids})",
            warehouse=_BY_PARCEL,
        ),
        Fact(
            key="line",
            rows=f"fact_order_line f{_PRODUCT}",
            row_id="f.line_id",
            moment="f.day",
            channel="f.channel_id IN ({ids})",
            warehouse=_BY_PARCEL,
        ),
        Fact(
            key="refund",
            rows=f"fact_refund f{_PRODUCT}",
            row_id="f.line_id",
            moment="f.refunded_at",
            channel="f.channel_id IN ({ids})",
            warehouse=_BY_PARCEL,
        ),
        Fact(
            key="stock",
            rows="fact_stock_movement f JOIN dim_variant v ON v.variant_id = f.variant_id",
            row_id="f.movement_id",
            moment="f.moved_at",
            warehouse="f.warehouse_id IN ({ids})",
        ),
    )
}

_ALL = ("order", "line", "refund", "stock")
_SOLD = ("order", "line", "refund")
_GOODS = ("line", "refund", "stock")


def _on(facts: tuple[str, ...], sql: str) -> dict[str, str]:
    return dict.fromkeys(facts, sql)


DIMENSIONS: dict[str, Dimension] = {
    dimension.key: dimension
    for dimension in (
        Dimension(key="day", text=Text("日期", "Day"), on=_on(_ALL, "f.day")),
        Dimension(
            key="week", text=Text("周", "Week"), on=_on(_ALL, "CAST(date_trunc('week', f.day) AS DATE)")
        ),
        Dimension(
            key="month", text=Text("月", "Month"), on=_on(_ALL, "CAST(date_trunc('month', f.day) AS DATE)")
        ),
        Dimension(key="hour", text=Text("时段", "Hour"), on=_on(_ALL, "CAST(f.minute // 60 AS INTEGER)")),
        Dimension(
            key="weekday", text=Text("星期", "Weekday"), on=_on(_ALL, "CAST(isodow(f.day) AS INTEGER)")
        ),
        Dimension(key="channel", text=Text("渠道", "Channel"), on=_on(_SOLD, "f.channel_id")),
        Dimension(key="country", text=Text("国家/地区", "Country"), on=_on(_SOLD, "f.country")),
        Dimension(key="province", text=Text("省份", "Province"), on=_on(_SOLD, "f.province")),
        Dimension(key="customer", text=Text("客户", "Customer"), on=_on(_SOLD, "f.customer_id")),
        Dimension(key="source", text=Text("来源", "Source"), on={"order": "f.source"}),
        Dimension(key="currency", text=Text("币种", "Currency"), on={"order": "f.currency"}),
        Dimension(key="status", text=Text("订单状态", "Order status"), on={"order": "f.status"}),
        Dimension(key="payment", text=Text("付款", "Payment"), on={"order": "f.payment_state"}),
        Dimension(key="fulfilment", text=Text("履约", "Fulfilment"), on={"order": "f.fulfilment_state"}),
        Dimension(
            key="loyalty",
            text=Text("新老客户", "New or returning"),
            on={
                "order": "CASE WHEN f.customer_id IS NULL THEN 'guest' WHEN f.is_first THEN 'new' ELSE 'returning' END"
            },
        ),
        Dimension(key="product", text=Text("商品", "Product"), on=_on(_GOODS, "v.product_id")),
        Dimension(key="variant", text=Text("规格", "Variant"), on=_on(_GOODS, "f.variant_id")),
        Dimension(key="category", text=Text("类目", "Category"), on=_on(_GOODS, "v.category_id")),
        Dimension(key="warehouse", text=Text("仓库", "Warehouse"), on={"stock": "f.warehouse_id"}),
    )
}
# Which of them are days rather than things: they can be split by, not filtered by.
TIMES = ("day", "week", "month", "hour", "weekday")
IDS = ("channel", "customer", "product", "variant", "category", "warehouse")
