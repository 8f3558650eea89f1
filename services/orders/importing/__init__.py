"""The kind of import for orders: lines of orders and of their cancellations, from any platform's export."""

from typing import Any

from models import Channel, Text
from services.core.importing import Importer, ImportField, ImportSetting, register_importer
from services.core.options import CURRENCIES, base_currency, get_option
from services.core.permissions import Permission
from services.inventory import WAREHOUSE_SETTING
from services.orders.importing import undoing  # noqa: F401 - registers its removers
from services.orders.importing.work import OrdersWork

CHARGE_CODES = (
    "POST=shipping, DOT=shipping, C2=shipping, D=discount, M=other, S=other, B=adjustment, "
    "BANK CHARGES=fee, AMAZONFEE=fee, CRUK=fee"
)


def _channels() -> list[tuple[str, Any]]:
    living = Channel.select().where(Channel.archived_at.is_null()).order_by(Channel.code)
    return [(row.code, Text(row.name_zh, row.name_en)) for row in living]


def _first_channel() -> str:
    found = _channels()
    return str(found[0][0]) if found else "import"


def _currencies() -> list[tuple[str, Any]]:
    return [(currency, currency) for currency in CURRENCIES]


def _date_orders() -> list[tuple[str, Any]]:
    return [
        ("auto", Text("自动判断", "Find out")),
        ("ymd", Text("年-月-日", "year-month-day")),
        ("dmy", Text("日/月/年", "day/month/year")),
        ("mdy", Text("月/日/年", "month/day/year")),
    ]


def _cases() -> list[tuple[str, Any]]:
    same = Text("视为同一 SKU", "are one SKU")
    return [("fold", same), ("keep", Text("视为不同 SKU", "are different SKUs"))]


FIELDS = (
    ImportField(
        key="order_number",
        text=Text("单号", "Order number"),
        looks="document",
        required=True,
        synonyms=(
            "InvoiceNo",
            "Invoice",
            "订单号",
            "订单编号",
            "发票号",
            "Order ID",
            "Order",
            "Name",
            "主订单编号",
        ),
    ),
    ImportField(
        key="sku",
        text=Text("SKU", "SKU"),
        looks="code",
        required=True,
        synonyms=(
            "StockCode",
            "Lineitem sku",
            "商品编码",
            "货号",
            "商家编码",
            "规格编码",
            "Item code",
            "Product code",
        ),
    ),
    ImportField(
        key="description",
        text=Text("品名", "Description"),
        looks="words",
        synonyms=(
            "Lineitem name",
            "商品名称",
            "商品",
            "宝贝标题",
            "商品标题",
            "Product",
            "Item",
            "Product name",
        ),
    ),
    ImportField(
        key="quantity",
        text=Text("数量", "Quantity"),
        looks="count",
        required=True,
        synonyms=("Qty", "Lineitem quantity", "购买数量", "件数", "商品数量", "Units"),
    ),
    ImportField(
        key="unit_price",
        text=Text("单价", "Unit price"),
        looks="amount",
        required=True,
        synonyms=("UnitPrice", "Price", "Lineitem price", "商品单价", "价格", "Item price"),
    ),
    ImportField(
        key="placed_at",
        text=Text("下单时间", "Placed at"),
        looks="date",
        required=True,
        synonyms=(
            "InvoiceDate",
            "Date",
            "Created at",
            "Order date",
            "日期",
            "时间",
            "订单创建时间",
            "下单日期",
            "付款时间",
        ),
    ),
    ImportField(
        key="customer_number",
        text=Text("客户号", "Customer number"),
        synonyms=(
            "CustomerID",
            "Customer ID",
            "Customer",
            "客户编号",
            "会员号",
            "买家会员名",
            "买家昵称",
            "Buyer",
        ),
    ),
    ImportField(
        key="country",
        text=Text("国家/地区", "Country"),
        synonyms=("Shipping Country", "Ship country", "国家", "收货国家"),
    ),
    ImportField(
        key="line_total",
        text=Text("行金额", "Line total"),
        synonyms=("Amount", "Line amount", "小计", "商品金额", "金额"),
    ),
    ImportField(
        key="order_total",
        text=Text("订单合计", "Order total"),
        synonyms=("Total", "订单金额", "实付金额", "买家实付金额", "应付", "Order amount"),
    ),
    ImportField(
        key="shipping", text=Text("运费", "Shipping"), synonyms=("邮费", "快递费", "Postage", "Freight")
    ),
)

SETTINGS = (
    ImportSetting(key="currency", text=Text("币种", "Currency"), default=base_currency, choices=_currencies),
    ImportSetting(
        key="rate",
        text=Text("汇率", "Rate"),
        default=str,
        help=Text(
            "一单位该币种值多少本位币;本位币留空",
            "Base currency for one unit of it; empty for the base currency",
        ),
    ),
    ImportSetting(
        key="timezone",
        text=Text("文件时区", "Time zone of the file"),
        default=lambda: get_option("shop.timezone"),
    ),
    ImportSetting(key="channel", text=Text("渠道", "Channel"), default=_first_channel, choices=_channels),
    WAREHOUSE_SETTING,
    ImportSetting(
        key="date_order",
        text=Text("日期写法", "Dates are written"),
        default=lambda: "auto",
        choices=_date_orders,
    ),
    ImportSetting(
        key="cancellation_prefix",
        text=Text("退单号前缀", "Prefix of cancellations"),
        default=lambda: "C",
        help=Text("以它开头的单据是退货退款", "Documents that begin with it give back"),
    ),
    ImportSetting(
        key="charge_codes",
        text=Text("非商品代码", "Codes that are no products"),
        default=lambda: CHARGE_CODES,
        help=Text("代码=种类,逗号分隔", "code=kind, separated by commas"),
    ),
    ImportSetting(
        key="sku_case",
        text=Text("仅大小写不同的 SKU", "SKUs that differ by case"),
        default=lambda: "fold",
        choices=_cases,
    ),
)

register_importer(
    Importer(
        kind="orders",
        text=Text("订单", "Orders"),
        hint=Text(
            "历史订单与退货:记为已完成,不占库存,不发消息",
            "Past orders and returns: completed, no reservation, no message",
        ),
        permission=Permission.ORDERS_PLACE,
        order=40,
        fields=FIELDS,
        open=OrdersWork,
        settings=SETTINGS,
        undo_order=(
            "order",
            "write_off",
            "return",
            "refund",
            "credit_note",
            "opening",
            "document",
            "customer",
            "variant",
        ),
    )
)
