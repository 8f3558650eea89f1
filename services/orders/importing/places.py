"""Where imported documents go: channel, warehouse, currency and rate, as the settings of the file name them."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from models import Channel, Text
from services import inventory
from services.core.db import insert_row
from services.core.errors import Invalid
from services.core.importing import ImportJob
from services.core.options import base_currency
from services.core.text import Said

NO_RATE = Text(
    "{currency} 不是本位币 {base},请填写汇率", "{currency} is not the base currency {base}: give the rate"
)


def rate_of(settings: Mapping[str, Any]) -> int:
    """Millionths of the base currency for one unit of the file's. Raises Invalid when it is missing."""
    currency, base = settings["currency"], base_currency()
    raw = str(settings.get("rate") or "").strip()
    if currency == base and raw in ("", "1"):
        return 1_000_000
    try:
        rate = int(Decimal(raw) * 1_000_000)
    except InvalidOperation:
        rate = 0
    if rate <= 0:
        raise Invalid(fields={"rate": Said(NO_RATE, currency=currency, base=base)})
    return rate


def channel_id_of(job: ImportJob) -> int:
    """The channel the settings name; a code the shop does not have is opened as a new channel."""
    code = str(job.settings.get("channel") or "import").strip().lower()[:24]
    found = Channel.get_or_none(Channel.code == code)
    if found is not None:
        return int(found.id)
    return insert_row(Channel, code=code, name_zh=code, name_en=code)


def warehouse_id_of(job: ImportJob, *, create: bool) -> int | None:
    """The warehouse the settings name, else the first one; with `create` one is opened where there is none."""
    return inventory.warehouse_for_import(str(job.settings.get("warehouse") or ""), create=create)
