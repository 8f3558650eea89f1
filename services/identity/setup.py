"""The first start of an empty shop: its owner, its name, currency and time zone; the rest follows from the event."""

from dataclasses import dataclass
from typing import ClassVar

from models import Staff, Text
from services.core.db import transaction
from services.core.errors import Conflict, Invalid
from services.core.events import Event, emit
from services.core.options import OPTIONS, option_problem, store_option
from services.core.permissions import SYSTEM
from services.core.text import Said
from services.identity.passwords import check_password
from services.identity.roles import ensure_presets
from services.identity.staff import add_staff
from services.identity.types import NewStaff


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupShop:
    """What the first-run wizard asks."""

    shop_name: str
    currency: str
    timezone: str
    warehouse: str
    name: str
    login: str
    password: str
    locale: str = "zh"


@dataclass(frozen=True)
class ShopOpened(Event):
    """An empty shop got its owner; inventory makes the first warehouse of it."""

    topic: ClassVar[str] = "staff"
    owner_id: int
    warehouse: str


def setup_shop(wanted: SetupShop, bcrypt_cost: int) -> Staff:
    """Open an empty shop: owner, name, currency, time zone and first warehouse. Raises Conflict, Invalid."""
    options = {
        "shop.name": wanted.shop_name.strip(),
        "shop.currency": wanted.currency,
        "shop.timezone": wanted.timezone,
    }
    problems = {key.partition(".")[2]: option_problem(key, value) for key, value in options.items()}
    fields: dict[str, Said | Text] = {key: problem for key, problem in problems.items() if problem}
    if not options["shop.name"]:
        fields["shop_name"] = Said(
            Text("请填写「{name}」", "Fill in “{name}”"), name=OPTIONS["shop.name"].text
        )
    if not wanted.warehouse.strip():
        fields["warehouse"] = Text("请给仓库起个名字", "Name the warehouse")
    if fields:
        raise Invalid(fields=fields)
    check_password(wanted.password, login=wanted.login, name=wanted.name)
    owner = NewStaff(
        login=wanted.login,
        name=wanted.name,
        password=wanted.password,
        roles=("owner",),
        locale=wanted.locale,
        must_change_password=False,
    )
    with transaction():
        if Staff.select().exists():
            raise Conflict(Text("店铺已经建好,请登录", "The shop exists already; please sign in"))
        ensure_presets()
        for key, value in options.items():
            store_option(key, value)
        staff = add_staff(owner, bcrypt_cost, SYSTEM)
        emit(ShopOpened(staff.id, wanted.warehouse.strip()))
        return staff
