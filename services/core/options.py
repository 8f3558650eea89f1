"""Business settings kept in the database: typed, with defaults, cached per process.

One of the two core files that name domains (the other is permissions.py).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from models import OptionValue, Text
from services.core import audit
from services.core.db import after_commit, in_transaction, insert_row, transaction
from services.core.errors import Invalid
from services.core.permissions import Actor, Permission, requires
from services.core.text import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One setting: its words, type, default, and what else must hold."""

    key: str
    text: Text
    default: Any
    help: Text | None = None
    minimum: int | None = None
    maximum: int | None = None
    choices: tuple[str, ...] = ()
    check: Callable[[Any], bool] | None = None


def _is_zone(value: Any) -> bool:
    return value in available_timezones()


CURRENCIES = (
    "CNY",
    "USD",
    "EUR",
    "GBP",
    "HKD",
    "TWD",
    "JPY",
    "SGD",
    "AUD",
    "CAD",
    "KRW",
    "MYR",
    "THB",
    "VND",
)
OPTIONS: dict[str, Option] = {
    option.key: option
    for option in (
        Option(key="shop.name", text=Text("店铺名称", "Shop name"), default="掌柜"),
        Option(key="shop.currency", text=Text("本位币", "Base currency"), default="CNY", choices=CURRENCIES),
        Option(
            key="shop.timezone", text=Text("营业时区", "Time zone"), default="Asia/Shanghai", check=_is_zone
        ),
        Option(key="shop.is_demo", text=Text("演示数据", "Demo data"), default=False),
        Option(
            key="orders.refund_limit_minor",
            text=Text("退款复核额度(分)", "Refund limit before a second person (minor units)"),
            default=100_000,
            minimum=0,
            help=Text("单笔退款超过该额度须另一人复核", "A refund above this needs a second person"),
        ),
        Option(
            key="orders.unpaid_minutes",
            text=Text("未付款自动取消(分钟)", "Cancel unpaid orders after (minutes)"),
            default=0,
            minimum=0,
            maximum=43200,
            help=Text("0 表示不自动取消", "0 = never"),
        ),
        Option(
            key="orders.ship_unpaid",
            text=Text("允许未付清先发货", "Ship before an order is paid"),
            default=False,
            help=Text("货到付款、月结等情况打开", "For cash on delivery and monthly accounts"),
        ),
        Option(
            key="catalogue.price_change_limit_bps",
            text=Text("改价复核幅度(万分比)", "Price change limit before a reason is asked (1/10,000)"),
            default=5000,
            minimum=0,
        ),
        Option(
            key="inventory.low_stock_default",
            text=Text("默认低库存线", "Default low-stock level"),
            default=5,
            minimum=0,
        ),
    )
}

_cache: list[dict[str, Any]] = []
"""At most one dictionary of all stored values; whoever forgets it puts an empty list in place."""


def get_option(key: str) -> Any:
    """The value of a setting; its default when nobody changed it. Raises KeyError for an unknown key."""
    option = OPTIONS[key]
    cache = _cache
    values = next(iter(cache), None)
    if values is None:
        values = {row.key: row.value for row in OptionValue.select()}
        cache.append(values)
    return values.get(key, option.default)


def forget_options() -> None:
    """Read the settings again at the next use: after a restore, or when tests change databases."""
    global _cache
    _cache = []


@requires(Permission.OPTIONS_EDIT, once=False)
def set_option(key: str, value: Any, *, actor: Actor) -> None:
    """Change one business setting."""
    problem = option_problem(key, value)
    if problem:
        raise Invalid(problem, fields={key: problem})
    with transaction():
        before = get_option(key)
        store_option(key, value)
        audit.record(actor, "option.set", ("option", 0), before={key: before}, after={key: value})


def store_option(key: str, value: Any) -> None:
    """Write a setting without a check of rights: set-up, seed and migration use it inside their transaction."""
    if OptionValue.update(value=value).where(OptionValue.key == key).execute() == 0:
        insert_row(OptionValue, key=key, value=value)
    if in_transaction():
        after_commit(forget_options)


def option_problem(key: str, value: Any) -> Said | None:
    """Why a value does not fit its setting, or None."""
    option = OPTIONS[key]
    if type(value) is not type(option.default):
        return Said(Text("「{name}」的类型不对", "“{name}” has the wrong type"), name=option.text)
    low, high = option.minimum, option.maximum
    if isinstance(value, int) and ((low is not None and value < low) or (high is not None and value > high)):
        text = Text("「{name}」应在 {low} 与 {high} 之间", "“{name}” must be between {low} and {high}")
        return Said(text, name=option.text, low=low or 0, high=high if high is not None else "∞")
    if (option.choices and value not in option.choices) or (option.check and not option.check(value)):
        return Said(
            Text("「{name}」不接受 {value}", "“{name}” does not accept {value}"),
            name=option.text,
            value=value,
        )
    return None


def business_zone() -> ZoneInfo:
    """The one business time zone."""
    return ZoneInfo(get_option("shop.timezone"))


def base_currency() -> str:
    """The currency of the books."""
    return str(get_option("shop.currency"))
