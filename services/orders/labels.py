"""Words, tones and icons for the enumerations of orders, and the sentences of the price trace."""

from collections.abc import Mapping, Sequence
from typing import Any

from models import (
    ChargeKind,
    FulfilmentState,
    HoldCause,
    OrderSource,
    OrderStatus,
    PaymentMethod,
    PaymentState,
    RefundStatus,
    ReturnDisposition,
    ReturnStatus,
    ShipmentStatus,
    Text,
)
from services.core.text import Label, Money, Said, register_labels
from services.orders.rules.pricing import Step

register_labels(
    {
        OrderStatus.DRAFT: Label(Text("草稿", "Draft"), "mute", "file"),
        OrderStatus.PLACED: Label(Text("待确认", "Placed"), "warn", "inbox"),
        OrderStatus.CONFIRMED: Label(Text("已确认", "Confirmed"), "info", "check"),
        OrderStatus.COMPLETED: Label(Text("已完成", "Completed"), "ok", "check-check"),
        OrderStatus.CANCELLED: Label(Text("已取消", "Cancelled"), "mute", "x"),
        PaymentState.UNPAID: Label(Text("待付款", "Unpaid"), "warn"),
        PaymentState.PARTIALLY_PAID: Label(Text("部分付款", "Partly paid"), "warn"),
        PaymentState.PAID: Label(Text("已付款", "Paid"), "ok"),
        PaymentState.OVERPAID: Label(Text("多付", "Overpaid"), "bad"),
        PaymentState.PARTIALLY_REFUNDED: Label(Text("部分退款", "Partly refunded"), "info"),
        PaymentState.REFUNDED: Label(Text("已退款", "Refunded"), "mute"),
        FulfilmentState.UNFULFILLED: Label(Text("未发货", "Unfulfilled"), "warn"),
        FulfilmentState.PARTIAL: Label(Text("部分发货", "Partly shipped"), "warn"),
        FulfilmentState.FULFILLED: Label(Text("已发货", "Shipped"), "info"),
        FulfilmentState.DELIVERED: Label(Text("已签收", "Delivered"), "ok"),
        FulfilmentState.PARTIALLY_RETURNED: Label(Text("部分退货", "Partly returned"), "mute"),
        FulfilmentState.RETURNED: Label(Text("已退货", "Returned"), "mute"),
        OrderSource.MANUAL: Label(Text("手工", "By hand")),
        OrderSource.API: Label(Text("接口", "API")),
        OrderSource.IMPORT: Label(Text("导入", "Import")),
        OrderSource.DEMO: Label(Text("演示", "Demo")),
        ChargeKind.SHIPPING: Label(Text("运费", "Shipping")),
        ChargeKind.FEE: Label(Text("手续费", "Fee")),
        ChargeKind.ADJUSTMENT: Label(Text("调整", "Adjustment")),
        ChargeKind.DISCOUNT: Label(Text("折让", "Discount")),
        ChargeKind.OTHER: Label(Text("其他", "Other")),
        HoldCause.OVERSOLD: Label(Text("超卖", "Oversold"), "bad"),
        HoldCause.ADDRESS: Label(Text("地址不全", "Incomplete address"), "warn"),
        HoldCause.UNMAPPED_SKU: Label(Text("SKU 未对应", "Unmapped SKU"), "warn"),
        HoldCause.PRICE_MISMATCH: Label(Text("价格不符", "Price mismatch"), "warn"),
        HoldCause.BUYER_NOTE: Label(Text("买家留言", "Buyer note"), "info"),
        HoldCause.DUPLICATE: Label(Text("疑似重复", "Suspected duplicate"), "warn"),
        HoldCause.PAYMENT: Label(Text("付款异常", "Payment problem"), "bad"),
        HoldCause.MANUAL: Label(Text("人工挂起", "Held by hand"), "warn"),
        PaymentMethod.ALIPAY: Label(Text("支付宝", "Alipay")),
        PaymentMethod.WECHAT: Label(Text("微信支付", "WeChat Pay")),
        PaymentMethod.BANK: Label(Text("银行转账", "Bank transfer")),
        PaymentMethod.CARD: Label(Text("银行卡", "Card")),
        PaymentMethod.CASH: Label(Text("现金", "Cash")),
        PaymentMethod.OTHER: Label(Text("其他", "Other")),
        ShipmentStatus.PENDING: Label(Text("待发货", "To ship"), "warn", "package"),
        ShipmentStatus.SHIPPED: Label(Text("在途", "On the way"), "info", "truck"),
        ShipmentStatus.DELIVERED: Label(Text("已签收", "Delivered"), "ok", "check"),
        ShipmentStatus.CANCELLED: Label(Text("已取消", "Cancelled"), "mute", "x"),
        ReturnStatus.RECEIVED: Label(Text("已收货", "Received"), "ok"),
        ReturnStatus.CANCELLED: Label(Text("已撤销", "Undone"), "mute"),
        ReturnDisposition.RESTOCK: Label(Text("重新入库", "Back to stock"), "ok"),
        ReturnDisposition.SCRAP: Label(Text("报废", "Scrap"), "bad"),
        ReturnDisposition.NONE: Label(Text("不入库", "Not into stock"), "mute"),
        RefundStatus.REQUESTED: Label(Text("待复核", "Awaits approval"), "warn"),
        RefundStatus.PAID: Label(Text("已退款", "Paid back"), "ok"),
        RefundStatus.CANCELLED: Label(Text("已驳回", "Rejected"), "mute"),
    }
)

TRACE: dict[Step, Text] = {
    Step.UNIT_PRICE: Text("{note} 单价 {amount}", "{note} unit price {amount}"),
    Step.MANUAL_PRICE: Text("{note} 手工改价 {amount}", "{note} price set by hand {amount}"),
    Step.LINE_DISCOUNT: Text("行优惠 {amount}", "Line discount {amount}"),
    Step.ORDER_DISCOUNT: Text("整单优惠 {amount} {note}", "Order discount {amount} {note}"),
    Step.CLAMPED: Text("优惠超出部分 {amount} 不计", "{amount} of the discount did not fit and was dropped"),
    Step.SHIPPING: Text("运费 {amount}", "Shipping {amount}"),
    Step.CHARGE: Text("{note} {amount}", "{note} {amount}"),
    Step.TOTAL: Text("应付 {amount}", "Total {amount}"),
}


def trace_sentences(trace: Sequence[Mapping[str, Any]] | None, currency: str) -> list[Said]:
    """The stored price trace as sentences."""
    return [
        Said(TRACE[Step(step["step"])], amount=Money(step["amount"], currency), note=step.get("note", ""))
        for step in trace or ()
        if step["step"] in set(Step)
    ]
