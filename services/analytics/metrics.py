"""Every measured figure: one row each, with its name, its definition in words, and how it is computed.

A page, report, alert or API names a metric by key. `on` says how it is measured on each fact that knows it; the first
fact that has all the wanted dimensions is asked, and all of them give the same total.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from models import Text
from services.analytics.facts import DIMENSIONS, TIMES
from services.core.permissions import P

Better = Literal["up", "down", "none"]


class Unit(StrEnum):
    """What a figure counts."""

    MONEY = "money"
    COUNT = "count"
    QUANTITY = "quantity"
    PERCENT = "percent"


class Kind(StrEnum):
    """How a figure comes about."""

    SUM = "sum"  # values of rows added up
    DISTINCT = "distinct"  # different values counted
    BALANCE = "balance"  # values of rows added up since the beginning
    RATIO = "ratio"  # one metric divided by another
    DIFFERENCE = "difference"  # one metric minus another


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One figure. `on` = {fact: SQL value of a row}; `when` = which rows; `parts` = the two metrics of a formula."""

    key: str
    text: Text
    definition: Text
    unit: Unit
    better: Better = "up"
    kind: Kind = Kind.SUM
    on: Mapping[str, str] = field(default_factory=dict)
    when: str = "f.is_counted"
    day: str = "f.day"
    parts: tuple[str, str] = ("", "")
    permission: P = P.ANALYTICS_VIEW

    @property
    def is_formula(self) -> bool:
        """Whether it is computed from two other metrics."""
        return self.kind in {Kind.RATIO, Kind.DIFFERENCE}


METRICS: dict[str, Metric] = {
    metric.key: metric
    for metric in (
        Metric(
            key="revenue",
            text=Text("销售额", "Revenue"),
            definition=Text(
                "下单日计入的订单应付总额:商品减去行优惠和整单优惠,加运费和其他费用,含税;不含草稿和已取消的订单,"
                "不扣退款。外币按下单时汇率折算为本位币。按商品拆分时,运费和其他费用列在「无商品」。",
                "What buyers owe for orders placed in the period: goods less line and order discounts, plus shipping and "
                "other charges, tax included. Drafts and cancelled orders are left out; refunds are not deducted. Other "
                "currencies at the rate of placement. Split by product, shipping and charges stand under “no product”.",
            ),
            unit=Unit.MONEY,
            on={"order": "f.total_minor", "line": "f.amount_minor"},
        ),
        Metric(
            key="refunds",
            text=Text("退款", "Refunds"),
            definition=Text(
                "退款日在期内的已付退款,加上独立贷记单。已取消订单的退款不计,因为它的销售额也没有计入。",
                "Refunds paid in the period, on the day of the refund, plus stand-alone credit notes. Refunds of "
                "cancelled orders are left out, because their revenue is too.",
            ),
            unit=Unit.MONEY,
            better="down",
            on={"refund": "f.amount_minor"},
        ),
        Metric(
            key="net_revenue",
            text=Text("净销售额", "Net revenue"),
            definition=Text("销售额减去同期退款。", "Revenue less the refunds of the same period."),
            unit=Unit.MONEY,
            kind=Kind.DIFFERENCE,
            parts=("revenue", "refunds"),
        ),
        Metric(
            key="orders",
            text=Text("订单数", "Orders"),
            definition=Text(
                "期内下单的订单个数,不含草稿和已取消。按商品拆分时,一个订单在它的每个商品下各算一次。",
                "Orders placed in the period, without drafts and cancelled ones. Split by product, an order counts once "
                "under each of its products.",
            ),
            unit=Unit.COUNT,
            kind=Kind.DISTINCT,
            on={"order": "f.order_id", "line": "f.order_id"},
        ),
        Metric(
            key="order_value",
            text=Text("客单价", "Average order value"),
            definition=Text("销售额 ÷ 订单数。", "Revenue ÷ orders."),
            unit=Unit.MONEY,
            kind=Kind.RATIO,
            parts=("revenue", "orders"),
        ),
        Metric(
            key="units",
            text=Text("销售件数", "Units sold"),
            definition=Text(
                "期内下单订单的商品件数,不含草稿和已取消,不扣退货。",
                "Units on the lines of orders placed in the period, without drafts and cancelled ones; returns are not "
                "deducted.",
            ),
            unit=Unit.QUANTITY,
            on={"line": "f.quantity"},
        ),
        Metric(
            key="refund_rate",
            text=Text("退款率", "Refund rate"),
            definition=Text("退款 ÷ 同期销售额。", "Refunds ÷ revenue of the same period."),
            unit=Unit.PERCENT,
            better="down",
            kind=Kind.RATIO,
            parts=("refunds", "revenue"),
        ),
        Metric(
            key="refunded_sales",
            text=Text("退款(按下单日)", "Refunds by order day"),
            definition=Text(
                "期内下单的订单至今的已付退款,不论哪天退的。同一段历史会随后来的退款而变。",
                "Refunds paid up to now for orders placed in the period, whenever they were paid; later ones change it.",
            ),
            unit=Unit.MONEY,
            better="down",
            on={"refund": "f.amount_minor"},
            day="f.order_day",
        ),
        Metric(
            key="customers",
            text=Text("下单客户", "Customers"),
            definition=Text(
                "期内至少有一个有效订单的客户数;没有客户资料的散客订单不计。",
                "Different customers with at least one counted order in the period; guest orders have none.",
            ),
            unit=Unit.COUNT,
            kind=Kind.DISTINCT,
            on={"order": "f.customer_id", "line": "f.customer_id"},
        ),
        Metric(
            key="new_customers",
            text=Text("新客户", "New customers"),
            definition=Text(
                "首个有效订单在期内的客户数。",
                "Customers whose first counted order of all was placed in the period.",
            ),
            unit=Unit.COUNT,
            on={"order": "1"},
            when="f.is_counted AND f.is_first",
        ),
        Metric(
            key="cancelled_orders",
            text=Text("取消订单", "Cancelled orders"),
            definition=Text(
                "期内下单、后来取消的订单数。", "Orders placed in the period and cancelled since."
            ),
            unit=Unit.COUNT,
            better="down",
            on={"order": "1"},
            when="f.status = 'cancelled'",
        ),
        Metric(
            key="paid_orders",
            text=Text("已付款", "Paid"),
            definition=Text(
                "期内下单的有效订单中,已付足款项的(之后退款的也算)。",
                "Of the counted orders placed in the period, those paid in full, even if refunded later.",
            ),
            unit=Unit.COUNT,
            on={"order": "1"},
            when="f.is_counted AND f.payment_state IN ('paid', 'overpaid', 'partially_refunded', 'refunded')",
        ),
        Metric(
            key="confirmed_orders",
            text=Text("已确认", "Confirmed"),
            definition=Text(
                "期内下单的有效订单中,已确认或已完成的。",
                "Of the counted orders placed in the period, those confirmed or completed.",
            ),
            unit=Unit.COUNT,
            on={"order": "1"},
            when="f.is_counted AND f.status IN ('confirmed', 'completed')",
        ),
        Metric(
            key="shipped_orders",
            text=Text("已发货", "Shipped"),
            definition=Text(
                "期内下单的有效订单中,已全部发出的(之后退货的也算)。",
                "Of the counted orders placed in the period, those shipped in full, even if returned later.",
            ),
            unit=Unit.COUNT,
            on={"order": "1"},
            when="f.is_counted AND f.fulfilment_state NOT IN ('unfulfilled', 'partial')",
        ),
        Metric(
            key="completed_orders",
            text=Text("已完成", "Completed"),
            definition=Text(
                "期内下单的有效订单中,已完成的。",
                "Of the counted orders placed in the period, those completed.",
            ),
            unit=Unit.COUNT,
            on={"order": "1"},
            when="f.is_counted AND f.status = 'completed'",
        ),
        Metric(
            key="cost_of_goods",
            text=Text("商品成本", "Cost of goods"),
            definition=Text(
                "期内下单订单的商品数量 × 下单时的单位成本。",
                "Quantity × unit cost at placement, over the lines of orders placed in the period.",
            ),
            unit=Unit.MONEY,
            better="none",
            on={"line": "f.cost_minor"},
            permission=P.CATALOGUE_SEE_COST,
        ),
        Metric(
            key="gross_profit",
            text=Text("毛利", "Gross profit"),
            definition=Text(
                "销售额减去商品成本,不扣退款。", "Revenue less the cost of goods; refunds are not deducted."
            ),
            unit=Unit.MONEY,
            kind=Kind.DIFFERENCE,
            parts=("revenue", "cost_of_goods"),
            permission=P.CATALOGUE_SEE_COST,
        ),
        Metric(
            key="gross_margin",
            text=Text("毛利率", "Gross margin"),
            definition=Text("毛利 ÷ 销售额。", "Gross profit ÷ revenue."),
            unit=Unit.PERCENT,
            kind=Kind.RATIO,
            parts=("gross_profit", "revenue"),
            permission=P.CATALOGUE_SEE_COST,
        ),
        Metric(
            key="units_on_hand",
            text=Text("库存件数", "Units on hand"),
            definition=Text(
                "期末在库件数:截至期末全部库存流水之和。",
                "Units on hand at the end of the period: the sum of all stock movements up to then.",
            ),
            unit=Unit.QUANTITY,
            better="none",
            kind=Kind.BALANCE,
            on={"stock": "f.quantity"},
            when="TRUE",
            permission=P.STOCK_VIEW,
        ),
        Metric(
            key="stock_value",
            text=Text("库存金额", "Stock value"),
            definition=Text(
                "期末在库件数 × 商品现在的成本。",
                "Units on hand at the end of the period × the variant's present cost.",
            ),
            unit=Unit.MONEY,
            better="none",
            kind=Kind.BALANCE,
            on={"stock": "f.quantity * v.cost_minor"},
            when="TRUE",
            permission=P.CATALOGUE_SEE_COST,
        ),
    )
}


def bases_of(key: str) -> tuple[str, ...]:
    """The metrics that are measured on facts and that `key` is computed from; itself when it is one."""
    metric = METRICS[key]
    if not metric.is_formula:
        return (key,)
    return tuple(dict.fromkeys(base for part in metric.parts for base in bases_of(part)))


def fact_for(metric: Metric, dimensions: frozenset[str]) -> str | None:
    """The first fact the metric is measured on that has all the dimensions; None when there is none."""
    for fact in metric.on:
        if all(fact in DIMENSIONS[name].on for name in dimensions):
            return fact
    return None


def dimensions_of(key: str) -> tuple[str, ...]:
    """What a metric can be split by; a balance has a course but no parts by time."""
    metrics = [METRICS[base] for base in bases_of(key)]
    has_balance = any(metric.kind is Kind.BALANCE for metric in metrics)
    return tuple(
        name
        for name in DIMENSIONS
        if not (has_balance and name in TIMES)
        and all(fact_for(metric, frozenset({name})) is not None for metric in metrics)
    )
