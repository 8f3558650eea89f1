"""The first pass over a file of order lines: every cell understood or the row refused with its reason."""

from array import array
from datetime import datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from models import Order, Text
from services.core import tabular
from services.core.clock import now
from services.core.errors import Invalid
from services.core.geo import country_code
from services.core.importing import ImportJob, Outcome, Verdict
from services.core.money import round_div
from services.core.parsing import (
    DateOrder,
    Unread,
    clean_id,
    clean_text,
    date_order_of,
    read_date,
    read_int,
    read_micro,
    uses_comma,
)
from services.core.text import Said
from services.orders.importing.stage import COLUMNS, Stage, Words

MICRO = 1_000_000
BREATH = 2_000
LARGEST = 10_000_000
AMBIGUOUS = Text(
    "无法判断日期是日/月/年还是月/日/年,请在设置里选择",
    "The dates fit day/month/year and month/day/year alike: choose one in the settings",
)
EMPTY = Text("「{name}」是空的", "“{name}” is empty")
NO_QUANTITY = Text("数量为 0", "The quantity is 0")
TOO_MUCH = Text("数量或金额过大", "The quantity or amount is too large")
SIBLING = Text(
    "同一单的第 {row} 行被拒绝,整单不导入",
    "Row {row} of the same order was refused, so the order is not imported",
)
STRANGER = Text("与该单第一行的客户不同", "Its customer is not that of the order's first row")


class Reader:
    """Fills a stage from the rows of a job; refused rows collect in `rejects`."""

    def __init__(self, job: ImportJob) -> None:
        self.job, self.stage = job, Stage()
        self.rejects: list[Verdict] = []
        stage = self.stage
        self.docs, self.dates, self.names = Words(stage.docs), Words(stage.dates), Words(stage.names)
        self.skus = Words(stage.skus, fold=job.settings.get("sku_case") != "keep")
        self.customers, self.countries = Words(stage.customers), Words(stage.countries)
        self.currency = job.settings["currency"]
        self.cache: dict[str, str] = {}
        self.totals: dict[int, int] = {}
        self.shipping: dict[int, int] = {}
        self.owner: dict[int, int] = {}
        self.broken: dict[int, int] = {}
        self.names.place("")
        self.customers.place("")

    def read(self) -> Stage:
        """Read the whole file. Raises Invalid where it breaks off or its dates are ambiguous."""
        self.comma = self._uses_comma()
        for count, (row, cells, problem) in enumerate(self.job.rows()):
            if count % BREATH == 0:
                self.job.pause()
            if problem is None:
                try:
                    self._line(row, cells)
                    continue
                except Unread as unread:
                    problem = unread.said
            self.rejects.append(Verdict(row, Outcome.REJECTED, problem, cells))
        unread_dates = self._resolve_dates()
        self._drop_broken(unread_dates)
        self.stage.facts["totals"] = {str(doc): total for doc, total in self.totals.items()}
        self.stage.facts["shipping"] = {str(doc): amount for doc, amount in self.shipping.items()}
        return self.stage

    def _line(self, row: int, cells: list[str]) -> None:
        doc = self.docs.place(self._id(cells, "order_number"))
        try:
            self._line_of(doc, row, cells)
        except Unread:
            self.broken.setdefault(doc, row)
            raise

    def _line_of(self, doc: int, row: int, cells: list[str]) -> None:
        columns, stage = self.job.columns, self.stage
        sku = self._id(cells, "sku")
        quantity = read_int(cells[columns["quantity"]])
        unit = read_micro(cells[columns["unit_price"]].strip(), self.currency, self.comma)
        if not quantity:
            raise Unread(Said(NO_QUANTITY))
        total = self._optional(cells, "line_total")
        net = round_div(quantity * unit, MICRO) if total is None else total
        if abs(quantity) > LARGEST or abs(net) > 10**13:
            raise Unread(Said(TOO_MUCH))
        date = cells[columns["placed_at"]].strip()
        if not date:
            raise self._empty("placed_at")
        buyer = self.customers.place(self._id(cells, "customer_number", required=False))
        if self.owner.setdefault(doc, buyer) != buyer:
            raise Unread(Said(STRANGER))
        stage.row.append(row)
        stage.doc.append(doc)
        stage.sku.append(self.skus.place(sku))
        stage.name.append(self.names.place(self._text(cells, "description")))
        stage.date.append(self.dates.place(date))
        stage.customer.append(buyer)
        stage.country.append(self.countries.place(self._text(cells, "country")))
        stage.quantity.append(quantity)
        stage.unit_minor.append(round_div(unit, MICRO))
        stage.net_minor.append(net)
        self._document(doc, cells)

    def _document(self, doc: int, cells: list[str]) -> None:
        """What a row may say about its whole order: the platform's total and shipping."""
        for key, kept in (("order_total", self.totals), ("shipping", self.shipping)):
            amount = self._optional(cells, key)
            if amount is not None:
                kept[doc] = amount

    def _id(self, cells: list[str], key: str, required: bool = True) -> str:
        place = self.job.columns.get(key)
        raw = cells[place] if place is not None else ""
        known = self.cache.get(raw)
        if known is None:
            known = self.cache[raw] = clean_id(raw)[:60]
        if not known and required:
            raise self._empty(key)
        return known

    def _text(self, cells: list[str], key: str) -> str:
        place = self.job.columns.get(key)
        return clean_text(cells[place]) if place is not None else ""

    def _optional(self, cells: list[str], key: str) -> int | None:
        place = self.job.columns.get(key)
        raw = cells[place].strip() if place is not None else ""
        return round_div(read_micro(raw, self.currency, self.comma), MICRO) if raw else None

    def _empty(self, key: str) -> Unread:
        words = {"order_number": Text("单号", "Order number"), "placed_at": Text("日期", "Date")}
        return Unread(Said(EMPTY, name=words.get(key, Text("SKU", "SKU"))))

    def _uses_comma(self) -> bool:
        place = self.job.columns["unit_price"]
        sample = islice(tabular.rows(None, self.job.shape), 2_000)
        return uses_comma(cells[place] for _, cells, problem in sample if problem is None)

    # ── dates ────────────────────────────────────────────────────────────────

    def _resolve_dates(self) -> dict[int, Said]:
        """Turn the words of dates into instants; returns {place: why it is none}."""
        wanted: Any = self.job.settings.get("date_order") or "auto"
        order: DateOrder | None = date_order_of(self.stage.dates, now()) if wanted == "auto" else wanted
        if order is None:
            raise Invalid(Said(AMBIGUOUS), fields={"date_order": AMBIGUOUS})
        zone = ZoneInfo(self.job.settings["timezone"])
        instants: list[int] = []
        problems: dict[int, Said] = {}
        for place, word in enumerate(self.stage.dates):
            try:
                instants.append(micros(read_date(word, order, zone)))
            except Unread as unread:
                instants.append(0)
                problems[place] = unread.said
        self.stage.facts["date_order"] = order
        self.stage.facts["instants"] = instants
        return problems

    def _drop_broken(self, unread_dates: dict[int, Said]) -> None:
        """Refuse rows without a date, and whole orders of which a row was refused: half an order would be a lie."""
        stage = self.stage
        for line in range(len(stage) if unread_dates else 0):
            if stage.date[line] in unread_dates:
                self.broken.setdefault(stage.doc[line], stage.row[line])
        if not self.broken:
            return
        kept, refused = array("I"), {}
        for line, doc in enumerate(stage.doc):
            if doc in self.broken:
                sibling = Said(SIBLING, row=self.broken[doc])
                refused[stage.row[line]] = unread_dates.get(stage.date[line], sibling)
            else:
                kept.append(line)
        for row, cells, _ in self.job.rows():
            if row in refused:
                self.rejects.append(Verdict(row, Outcome.REJECTED, refused[row], cells))
        for name, kind in COLUMNS:
            column = getattr(stage, name)
            setattr(stage, name, array(kind, (column[line] for line in kept)))


def micros(at: datetime) -> int:
    """An instant as the database stores it."""
    return int(Order.placed_at.db_value(at))


def instant(value: int) -> Any:
    """The instant behind a stored number."""
    return Order.placed_at.python_value(value)


def country_of(word: str) -> str:
    """The country as orders store it: the ISO code where there is one."""
    return country_code(word) if word else ""
