"""The import of order lines as the engine runs it: stage and plan once, then units in order of time.

Units: products the catalogue lacks, customers the shop lacks, opening movements, then the documents. Everything that was
decided from the database is decided before the first write and saved, so a run that is killed goes on the same way.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from models import MovementKind, Text
from services import catalogue, crm, inventory
from services.core import audit
from services.core.clock import business_day, day_start
from services.core.importing import ImportJob, Outcome, Tally, Unit, Verdict, Work
from services.core.text import Said
from services.crm import Purchases
from services.inventory import Dated
from services.orders.importing.giving_back import Backs, order_figures, spending_of
from services.orders.importing.places import channel_id_of, rate_of, warehouse_id_of
from services.orders.importing.planning import (
    ADJUSTMENT,
    BACK,
    DIFFERENT,
    FRESH,
    KNOWN,
    SALE,
    WRITE_OFF,
    Planner,
    document_mark,
    known_customers,
    known_variants,
)
from services.orders.importing.reading import Reader, country_of, instant
from services.orders.importing.stage import Stage
from services.orders.importing.writing import Context, Sale, purchases_of, sale_moves, write_sales

KNOWN_BEFORE = Text("这张单据已经导入过", "This document was imported before")
OTHER_CONTENT = Text(
    "单据 {number} 以前导入过,但内容不同;请先撤销那次导入",
    "Document {number} was imported before with other content; undo that import first",
)
OPENINGS = 200


class OrdersWork(Work):
    """One file of order lines."""

    def __init__(self, job: ImportJob) -> None:
        super().__init__(job)
        self.path = Path(f"{job.shape.path}.{job.run_id}.stage")
        is_known = bool(job.state.get("staged")) and self.path.exists()
        self.stage = Stage.load(self.path) if is_known else self._prepare()
        self.matches: dict[int, list[tuple[int, int, int]]] = {}
        stage = self.stage
        for line, ref, quantity, money in zip(
            stage.match_line, stage.match_ref, stage.match_quantity, stage.match_minor, strict=True
        ):
            self.matches.setdefault(line, []).append((ref, quantity, money))
        rests = zip(stage.rest_line, stage.rest_quantity, stage.rest_minor, strict=True)
        self.rests = {line: (quantity, money) for line, quantity, money in rests}
        self._context: Context | None = None
        self._firsts: dict[int, int] = {}

    @property
    def total(self) -> int:
        """Rows understood and refused."""
        return len(self.stage) + int(self.stage.facts["refused"])

    def units(self) -> Iterator[Unit]:
        """Products, customers, openings, then documents in order of time."""
        stage = self.stage
        yield from (Unit(0, ("product", sku), 3) for sku in stage.facts["new_skus"])
        yield from (Unit(0, ("customer", place), 2) for place in stage.facts["new_customers"])
        yield from (Unit(0, ("opening", place), 2) for place in range(len(stage.opening_sku)))
        for doc in stage.doc_order:
            yield Unit(stage.starts[doc + 1] - stage.starts[doc], ("doc", doc))

    def judge(self, units: Sequence[Unit]) -> Iterator[Verdict]:
        """New, known before, or refused for another content."""
        stage = self.stage
        for unit in units:
            what, doc = unit.load
            if what != "doc":
                continue
            state = stage.doc_state[doc]
            if state == DIFFERENT:
                outcome, said = Outcome.REJECTED, Said(OTHER_CONTENT, number=stage.docs[doc])
            elif state == KNOWN:
                outcome, said = Outcome.UNCHANGED, Said(KNOWN_BEFORE)
            else:
                outcome, said = Outcome.NEW, None
            for line in stage.lines_of(doc):
                note = Said(WORDS[stage.kind[line]]) if outcome is Outcome.NEW else said
                yield Verdict(stage.row[line], outcome, note, self._cells(line))

    def write(self, units: Sequence[Unit], tally: Tally) -> None:
        """Write one chunk."""
        by_kind: dict[str, list[int]] = {}
        for unit in units:
            by_kind.setdefault(unit.load[0], []).append(unit.load[1])
        self._write_products(by_kind.get("product", []), tally)
        self._write_customers(by_kind.get("customer", []), tally)
        self._write_openings(by_kind.get("opening", []), tally)
        docs = by_kind.get("doc", [])
        if docs:
            self._write_documents(docs, tally)

    def finish(self) -> None:
        """Tell how returns were matched."""
        self.job.state["matching"] = self.stage.facts["matching"]
        self.job.state["date_order"] = self.stage.facts["date_order"]

    def close(self) -> None:
        """Keep the stage only while it may be needed again."""
        if not self.job.is_dry_run and self.job.state.get("matching") is None:
            return
        self.path.unlink(missing_ok=True)

    # ── the first pass ───────────────────────────────────────────────────────

    def _prepare(self) -> Stage:
        job = self.job
        reader = Reader(job)
        stage = reader.read()
        stage.facts["refused"] = len(reader.rejects)
        stage.facts["rate_ppm"] = rate_of(job.settings)
        stage.facts["warehouse_id"] = warehouse_id_of(job, create=False)
        Planner(job, stage).plan()
        self._name_products(stage)
        self._list_new(stage)
        self.rejects = reader.rejects
        if job.commit is not None:
            stage.save(self.path)
            tally = Tally()
            for verdict in sorted(reader.rejects, key=lambda verdict: verdict.row):
                tally.add(verdict)
            job.state["staged"] = True
            job.commit(tally)
        return stage

    def _name_products(self, stage: Stage) -> None:
        """A product's name and price are the most frequent ones of its sales; among equals the earliest, the lowest."""
        sales = [line for line, kind in enumerate(stage.kind) if kind == SALE and stage.unit_minor[line] > 0]
        names = Counter((stage.sku[line], stage.name[line]) for line in sales if stage.name[line])
        prices = Counter((stage.sku[line], stage.unit_minor[line]) for line in sales)
        stage.facts["names"] = {str(sku): stage.names[name] for sku, name in _most_frequent(names).items()}
        stage.facts["prices"] = {str(sku): price for sku, price in _most_frequent(prices).items()}

    def _list_new(self, stage: Stage) -> None:
        charges = stage.facts["charges"]
        existing = known_variants(stage.skus)
        fresh = [doc for doc in stage.doc_order if stage.doc_state[doc] == FRESH]
        lines = [line for doc in fresh for line in stage.lines_of(doc)]
        goods = {stage.sku[line] for line in lines if stage.kind[line] in (SALE, BACK, WRITE_OFF)}
        stage.facts["new_skus"] = sorted(
            sku for sku in goods if sku not in existing and str(sku) not in charges
        )
        known = known_customers(self.job, stage.customers)
        buyers = dict.fromkeys(stage.customer[line] for line in lines)
        stage.facts["new_customers"] = [
            place for place in buyers if place and stage.customers[place] not in known
        ]

    # ── the second pass ──────────────────────────────────────────────────────

    @property
    def context(self) -> Context:
        """Ids of what is there; looked up at the first chunk after a start."""
        if self._context is None:
            stage = self.stage
            numbers = known_customers(self.job, stage.customers)
            places = {number: place for place, number in enumerate(stage.customers)}
            self._context = Context(
                job=self.job,
                stage=stage,
                channel_id=channel_id_of(self.job),
                warehouse_id=warehouse_id_of(self.job, create=True) or 0,
                variants=known_variants(stage.skus),
                customers={places[number]: row_id for number, row_id in numbers.items()},
            )
        return self._context

    def _write_products(self, skus: Sequence[int], tally: Tally) -> None:
        if not skus:
            return
        facts, words = self.stage.facts, self.stage.skus
        items = [
            catalogue.AdoptedProduct(
                words[sku], facts["names"].get(str(sku), words[sku]), facts["prices"].get(str(sku), 0)
            )
            for sku in skus
        ]
        ids = catalogue.adopt_products(items, actor=self.job.actor)
        self.context.variants.update(zip(skus, ids, strict=True))
        self.job.remember("variant", {words[sku]: row_id for sku, row_id in zip(skus, ids, strict=True)})
        tally.note("products", len(ids))

    def _write_customers(self, places: Sequence[int], tally: Tally) -> None:
        if not places:
            return
        stage = self.stage
        first = self._first_lines()
        items = [
            crm.AdoptedCustomer(
                stage.customers[place],
                "",
                country_of(stage.countries[stage.country[first[place]]]),
                instant(stage.doc_at[stage.doc[first[place]]]),
            )
            for place in places
        ]
        ids = crm.adopt_customers(items, actor=self.job.actor)
        self.context.customers.update(zip(places, ids, strict=True))
        self.job.remember(
            "customer", {stage.customers[p]: row_id for p, row_id in zip(places, ids, strict=True)}
        )
        tally.note("customers", len(ids))

    def _first_lines(self) -> dict[int, int]:
        """{customer: the first line of their first document}; found once."""
        if not self._firsts:
            stage = self.stage
            for doc in stage.doc_order:
                line = stage.order[stage.starts[doc]]
                self._firsts.setdefault(stage.customer[line], line)
        return self._firsts

    def _write_openings(self, places: Sequence[int], tally: Tally) -> None:
        if not places:
            return
        stage, context = self.stage, self.context
        zone = ZoneInfo(self.job.settings["timezone"])
        at = day_start(business_day(instant(stage.facts["first_at"]), zone), zone)
        cause = inventory.Cause("import_run", self.job.run_id, self.job.number)
        moves = [
            Dated(
                MovementKind.OPENING,
                context.variants[stage.opening_sku[place]],
                context.warehouse_id,
                stage.opening_quantity[place],
                cause,
                at,
            )
            for place in places
        ]
        ids = inventory.post_history(moves, actor=self.job.actor)
        names = [f"{self.job.number}:{stage.skus[stage.opening_sku[place]]}" for place in places]
        self.job.remember("opening", dict(zip(names, ids, strict=True)))
        tally.note("openings", len(ids))

    def _write_documents(self, docs: Sequence[int], tally: Tally) -> None:
        stage, context = self.stage, self.context
        for verdict in self.judge(
            [Unit(0, ("doc", doc)) for doc in docs if stage.doc_state[doc] == DIFFERENT]
        ):
            tally.add(verdict)
        tally.count(Outcome.UNCHANGED, sum(self._rows(doc) for doc in docs if stage.doc_state[doc] == KNOWN))
        fresh = [doc for doc in docs if stage.doc_state[doc] == FRESH]
        if not fresh:
            return
        sales = write_sales(fresh, context)
        bought: dict[int, Purchases] = {}
        purchases_of(sales, bought)
        backs = Backs(context, self.matches, self.rests)
        returning = [
            doc
            for doc in fresh
            if any(stage.kind[line] in (BACK, ADJUSTMENT) for line in stage.lines_of(doc))
        ]
        if returning:
            self._write_backs(backs, returning, bought, tally)
        self._post(fresh, sales, backs)
        crm.count_purchases(bought)
        self.job.remember("document", {stage.docs[doc]: document_mark(stage, doc) for doc in fresh})
        tally.count(Outcome.NEW, sum(self._rows(doc) for doc in fresh))
        tally.note("orders", len(sales))
        tally.note("lines", sum(len(sale.lines) for sale in sales))
        subject = ("import_run", self.job.run_id)
        audit.record(self.job.actor, "import.chunk", subject, after={"documents": len(fresh)})

    def _write_backs(
        self, backs: Backs, docs: Sequence[int], bought: dict[int, Purchases], tally: Tally
    ) -> None:
        before = order_figures(backs.orders_of(docs))
        parts, notes = backs.write(docs)
        spending_of(parts, before, bought)
        tally.note("returns", sum(1 for part in parts if part.lines))
        tally.note("refunds", sum(1 for part in parts if part.money > 0))
        tally.note("credit_notes", len(notes))

    def _post(self, docs: Sequence[int], sales: Sequence[Sale], backs: Backs) -> None:
        """All movements of the chunk, in order of time."""
        sale_of = {sale.doc: sale for sale in sales}
        moves: list[Dated] = []
        write_offs: list[tuple[str, int]] = []
        for doc in docs:
            if doc in sale_of:
                moves += sale_moves(sale_of[doc], self.context)
            moves += backs.moves.get(doc, [])
            for number, line in enumerate(self.stage.lines_of(doc)):
                if self.stage.kind[line] == WRITE_OFF and self.stage.sku[line] in self.context.variants:
                    write_offs.append((f"{self.stage.docs[doc]}:{number}", len(moves)))
                    moves.append(self._write_off(doc, line))
        if moves:
            ids = inventory.post_history(moves, actor=self.job.actor)
            self.job.remember("write_off", {name: ids[place] for name, place in write_offs})

    def _write_off(self, doc: int, line: int) -> Dated:
        stage, context = self.stage, self.context
        return Dated(
            MovementKind.WRITE_OFF,
            context.variants[stage.sku[line]],
            context.warehouse_id,
            stage.quantity[line],
            inventory.Cause("import_run", self.job.run_id, stage.docs[doc]),
            instant(stage.doc_at[doc]),
            stage.names[stage.name[line]],
        )

    def _rows(self, doc: int) -> int:
        return int(self.stage.starts[doc + 1] - self.stage.starts[doc])

    def _cells(self, line: int) -> list[str]:
        stage = self.stage
        words: list[Any] = [
            stage.docs[stage.doc[line]],
            stage.skus[stage.sku[line]],
            stage.names[stage.name[line]],
            stage.quantity[line],
            stage.dates[stage.date[line]],
            stage.customers[stage.customer[line]],
        ]
        return [str(word) for word in words]


WORDS = {
    SALE: Text("订单行", "Order line"),
    1: Text("费用", "Charge"),
    BACK: Text("退货退款", "Return and refund"),
    WRITE_OFF: Text("库存报损", "Stock write-off"),
    ADJUSTMENT: Text("冲减,记为贷记单", "Adjustment, a credit note"),
}


def _most_frequent(counts: Counter[tuple[int, int]]) -> dict[int, int]:
    """{sku: the value it has most often, the smallest among equals}."""
    best: dict[int, tuple[int, int]] = {}
    for (sku, value), count in counts.items():
        best[sku] = min(best.get(sku, (0, 0)), (-count, value))
    return {sku: value for sku, (_, value) in best.items()}
