"""What a file of order lines means: sales, charges, returns or write-offs, and what each return belongs to.

Rules (decisions 35–37). A line of a cancellation document, or with negative money, gives back: it is matched newest-first
to earlier lines of the same customer and SKU while anything of them is left; the rest becomes a stand-alone credit note.
A negative quantity at price 0 writes stock off. A negative price is an adjustment and becomes a credit note. A code that
is no product becomes a charge. SKUs that differ only by case are one product (110 of the 112 pairs in online_retail share
a description, the other two have none on one side).
"""

from array import array
from bisect import insort
from collections.abc import Iterator
from typing import Any

from models import ChargeKind, StockMovement, Text, Variant
from services.core.db import chunks, fetch, marks
from services.core.errors import Invalid
from services.core.importing import LOOKUP, ImportJob
from services.core.money import split_minor
from services.core.text import Said
from services.orders.importing.stage import Stage

FRESH, KNOWN, DIFFERENT = 0, 1, 2
SALE, CHARGE, BACK, WRITE_OFF, ADJUSTMENT = range(5)
BREATH = 5_000
Key = tuple[int, int]  # customer, sku


class Planner:
    """Turns a stage into decisions; reads the database, writes nothing."""

    def __init__(self, job: ImportJob, stage: Stage) -> None:
        self.job, self.stage = job, stage
        self.prefix = str(job.settings.get("cancellation_prefix") or "").upper()
        charges = charge_codes(str(job.settings.get("charge_codes") or ""))
        existing = known_variants(stage.skus)
        codes = {
            place: charges.get(sku.upper()) for place, sku in enumerate(stage.skus) if place not in existing
        }
        self.charge_of = {place: kind for place, kind in codes.items() if kind is not None}
        stage.facts["charges"] = {str(place): kind.value for place, kind in self.charge_of.items()}
        self.kinds = array("b")
        self.left = array("i", stage.quantity)
        self.money_left = array("q", stage.net_minor)
        self.lots: dict[Key, list[tuple[int, int]]] = {}
        self.old_lots: list[tuple[int, int]] = []  # what is left of lines the shop has: quantity, money

    def plan(self) -> None:
        """Sort, judge, match and size the openings; everything lands in the stage."""
        self._sort()
        self.kinds = self.stage.kind = array("b", self._kinds())
        self._know()
        self._limit_money()
        self._open_lots()
        self._match()
        self._size_openings()

    def _sort(self) -> None:
        """Documents in time order; a document with two times has its first."""
        stage = self.stage
        stage.group()
        instants = stage.facts["instants"]
        stage.doc_at = array(
            "q",
            (
                min((instants[stage.date[line]] for line in stage.lines_of(doc)), default=0)
                for doc in self._docs()
            ),
        )
        filled = [doc for doc in self._docs() if stage.starts[doc + 1] > stage.starts[doc]]
        filled.sort(key=lambda doc: (stage.doc_at[doc], stage.row[stage.lines_of(doc)[0]]))
        stage.doc_order = array("I", filled)

    def _docs(self) -> range:
        return range(len(self.stage.docs))

    def _kinds(self) -> Iterator[int]:
        stage, charge_of = self.stage, self.charge_of
        cancels = [bool(self.prefix) and doc.upper().startswith(self.prefix) for doc in stage.docs]
        for doc, sku, quantity, net in zip(
            stage.doc, stage.sku, stage.quantity, stage.net_minor, strict=True
        ):
            if quantity < 0:
                yield BACK if cancels[doc] or net else WRITE_OFF
            elif net < 0:
                yield ADJUSTMENT
            else:
                yield CHARGE if sku in charge_of else SALE

    # ── what the shop knows already ──────────────────────────────────────────

    def _know(self) -> None:
        """Mark documents that were imported before: the same is left alone, another content is refused."""
        stage = self.stage
        state = array("b", bytes(len(stage.docs)))
        marks_by_number = self.job.known("document", stage.docs)
        for doc, number in enumerate(stage.docs):
            if number in marks_by_number:
                state[doc] = KNOWN if marks_by_number[number] == document_mark(stage, doc) else DIFFERENT
        stage.doc_state = state

    def _limit_money(self) -> None:
        """Where the platform's total is below the sum of the lines, no more can be given back than was paid."""
        stage = self.stage
        for key, total in stage.facts["totals"].items():
            lines = [line for line in stage.lines_of(int(key)) if self.kinds[line] in (SALE, CHARGE)]
            weights = [stage.net_minor[line] for line in lines]
            missing = sum(weights) + stage.facts["shipping"].get(key, 0) - total
            if missing > 0 and sum(weights) > 0:
                for line, less in zip(lines, split_minor(min(missing, sum(weights)), weights), strict=True):
                    self.money_left[line] -= less

    # ── returns ──────────────────────────────────────────────────────────────

    def _key(self, line: int) -> Key:
        return self.stage.customer[line], self.stage.sku[line]

    def _fresh(self) -> Iterator[int]:
        return (doc for doc in self.stage.doc_order if self.stage.doc_state[doc] == FRESH)

    def _open_lots(self) -> None:
        """A list per customer and SKU that anything comes back of; first what the shop has sold them before."""
        for doc in self._fresh():
            for line in self.stage.lines_of(doc):
                if self.kinds[line] == BACK and self.stage.customer[line]:
                    self.lots.setdefault(self._key(line), [])
        if not self.lots:
            return
        stage = self.stage
        customers = {place: stage.customers[place] for place, _ in self.lots}
        ids = known_customers(self.job, list(customers.values()))
        place_of = {ids[number]: place for place, number in customers.items() if number in ids}
        sku_of = {variant_id: place for place, variant_id in known_variants(stage.skus).items()}
        for line_id, order_id, customer_id, variant_id, quantity, money, at in sold_before(list(place_of)):
            key = (place_of[customer_id], sku_of.get(variant_id, -1))
            if key in self.lots and quantity > 0:
                self.old_lots.append((quantity, money))
                insort(self.lots[key], (at, -len(self.old_lots)))
                stage.lot_line_id.append(line_id)
                stage.lot_order_id.append(order_id)

    def _match(self) -> None:
        stage = self.stage
        tally = dict.fromkeys(("matched", "matched_in_part", "unmatched", "guest"), 0)
        for count, doc in enumerate(self._fresh()):
            if count % BREATH == 0:
                self.job.pause()
            at = stage.doc_at[doc]
            for line in stage.lines_of(doc):
                kind = self.kinds[line]
                if kind == BACK:
                    tally[self._give_back(line, at)] += 1
                elif kind == ADJUSTMENT:
                    self._rest(line, 0, -stage.net_minor[line])
                elif kind in (SALE, CHARGE) and self._key(line) in self.lots:
                    insort(self.lots[self._key(line)], (at, line))
        stage.facts["matching"] = tally

    def _give_back(self, line: int, at: int) -> str:
        """Take a returned line from earlier ones, newest first; what finds none becomes a credit note."""
        stage = self.stage
        wanted, money = -stage.quantity[line], -stage.net_minor[line]
        taken: list[tuple[int, int]] = []
        missing = wanted
        for sold_at, ref in reversed(self.lots.get(self._key(line), ()) if stage.customer[line] else ()):
            have = self.left[ref] if ref >= 0 else self.old_lots[-ref - 1][0]
            if sold_at <= at and have > 0 and missing:
                part = min(have, missing)
                taken.append((ref, part))
                missing -= part
        shares = split_minor(money, [part for _, part in taken] + [missing])
        over = shares[-1]
        for (ref, part), share in zip(taken, shares, strict=False):
            over += share - self._take(line, ref, part, share)
        if missing or over:
            self._rest(line, missing, over)
        if not stage.customer[line]:
            return "guest"
        return "unmatched" if missing == wanted else "matched_in_part" if missing else "matched"

    def _take(self, line: int, ref: int, part: int, share: int) -> int:
        """Note one match; returns the money it can carry: never more than is left of the line."""
        if ref >= 0:
            carried = min(share, self.money_left[ref])
            self.left[ref] -= part
            self.money_left[ref] -= carried
        else:
            have, money = self.old_lots[-ref - 1]
            carried = min(share, money)
            self.old_lots[-ref - 1] = (have - part, money - carried)
        stage = self.stage
        stage.match_line.append(line)
        stage.match_ref.append(ref)
        stage.match_quantity.append(part)
        stage.match_minor.append(carried)
        return carried

    def _rest(self, line: int, quantity: int, money: int) -> None:
        self.stage.rest_line.append(line)
        self.stage.rest_quantity.append(quantity)
        self.stage.rest_minor.append(money)

    # ── openings ─────────────────────────────────────────────────────────────

    def _size_openings(self) -> None:
        """Per SKU, how much must have been there before the first day so that no moment is negative."""
        stage = self.stage
        moves: dict[int, list[tuple[int, int]]] = {}
        first_at = None
        for doc in self._fresh():
            at = stage.doc_at[doc]
            for line in stage.lines_of(doc):
                if stage.sku[line] not in self.charge_of and self.kinds[line] != ADJUSTMENT:
                    gone = stage.quantity[line] if self.kinds[line] != WRITE_OFF else -stage.quantity[line]
                    moves.setdefault(stage.sku[line], []).append((at, -gone))
                    first_at = at if first_at is None else first_at
        for sku, past in self._past_moves(moves).items():
            moves[sku] = sorted(moves[sku] + past, key=lambda move: move[0])
        for sku in sorted(moves):
            level = lowest = 0
            for _, delta in moves[sku]:
                level += delta
                lowest = min(lowest, level)
            if lowest < 0:
                stage.opening_sku.append(sku)
                stage.opening_quantity.append(-lowest)
        stage.facts["first_at"] = first_at

    def _past_moves(self, moves: dict[int, Any]) -> dict[int, list[tuple[int, int]]]:
        """What the ledger already holds for these SKUs in this warehouse."""
        warehouse_id = self.stage.facts.get("warehouse_id")
        sku_of = {variant: sku for sku, variant in known_variants(self.stage.skus).items() if sku in moves}
        found: dict[int, list[tuple[int, int]]] = {}
        if warehouse_id is None:
            return found
        for part in chunks(sorted(sku_of), LOOKUP):
            query = StockMovement.select(
                StockMovement.variant, StockMovement.at, StockMovement.on_hand_delta
            ).where(StockMovement.warehouse == warehouse_id, StockMovement.variant.in_(part))
            for variant_id, at, delta in query.order_by(StockMovement.at, StockMovement.id).tuples():
                found.setdefault(sku_of[variant_id], []).append((StockMovement.at.db_value(at), delta))
        return found


# ── shared look-ups ──────────────────────────────────────────────────────────────────────────────────────────


def charge_codes(text: str) -> dict[str, ChargeKind]:
    """{code: kind} of a setting such as “POST=shipping, BANK CHARGES=fee”. Raises Invalid."""
    found = {}
    for part in filter(
        None, (piece.strip() for piece in text.replace("\n", ",").replace("，", ",").split(","))
    ):
        code, _, kind = part.partition("=")
        try:
            found[code.strip().upper()] = ChargeKind(kind.strip() or "other")
        except ValueError:
            text_ = Text("「{part}」不是「代码=种类」", "“{part}” is not code=kind")
            raise Invalid(fields={"charge_codes": Said(text_, part=part)}) from None
    return found


def document_mark(stage: Stage, doc: int) -> int:
    """A number that two copies of a document share and two different ones hardly: fits the reference's row id."""
    mark = 0
    for line in stage.lines_of(doc):
        folded = sum(
            ord(letter) * (place + 1) for place, letter in enumerate(stage.skus[stage.sku[line]].upper())
        )
        mark += (folded * 31 + stage.quantity[line]) * 1_000_003 + stage.net_minor[line] * 7
    return mark % 2_147_483_629


def known_variants(skus: list[str]) -> dict[int, int]:
    """{place of the SKU: variant id}, by exact spelling first, then without regard to case."""
    wanted: dict[str, list[int]] = {}
    for place, sku in enumerate(skus):
        wanted.setdefault(sku.upper(), []).append(place)
    found: dict[int, int] = {}
    for variant_id, sku in Variant.select(Variant.id, Variant.sku).order_by(Variant.id).tuples():
        for place in wanted.get(sku.upper(), ()):
            if place not in found or skus[place] == sku:
                found[place] = variant_id
    return found


def known_customers(job: ImportJob, numbers: list[str]) -> dict[str, int]:
    """{the file's customer number: customer id} of those the shop has, by reference or by number."""
    wanted = [number for number in numbers if number]
    found: dict[str, int] = {}
    for part in chunks(wanted, LOOKUP):
        rows = fetch(f"SELECT number, id FROM customer WHERE number IN ({marks(len(part))})", part)  # noqa: S608
        found.update((row[0], row[1]) for row in rows)
    return {**found, **job.known("customer", wanted)}


def sold_before(customer_ids: list[int]) -> Iterator[tuple[Any, ...]]:
    """(line, order, customer, variant, quantity left, money left, placed) of what these customers bought here."""
    for part in chunks(sorted(customer_ids), LOOKUP):
        sql = (
            "SELECT l.id, o.id, o.customer_id, l.variant_id, l.shipped_qty - l.returned_qty, "  # noqa: S608 - marks
            "CASE WHEN o.paid_minor - o.refunded_minor < l.net_minor - l.refunded_minor "
            "THEN o.paid_minor - o.refunded_minor ELSE l.net_minor - l.refunded_minor END, o.placed_at "
            "FROM order_line l JOIN sales_order o ON o.id = l.order_id "
            f"WHERE o.status <> 'cancelled' AND l.variant_id IS NOT NULL AND o.customer_id IN ({marks(len(part))}) "
            "ORDER BY o.placed_at, l.id"
        )
        yield from fetch(sql, part)
