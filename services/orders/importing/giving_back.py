"""Returns of the past: what matched an order becomes its return and refund, the rest a credit note of its own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from models import (
    CreditNote,
    CreditNoteLine,
    MovementKind,
    Order,
    PaymentMethod,
    Refund,
    RefundLine,
    RefundStatus,
    Return,
    ReturnLine,
    ReturnStatus,
)
from services import inventory
from services.core import audit
from services.core.db import bulk_insert, chunks, fetch, marks
from services.core.importing import LOOKUP
from services.core.money import convert_minor
from services.core.numbers import take_numbers
from services.crm import Purchases
from services.inventory import Dated
from services.orders.importing.planning import BACK, SALE
from services.orders.importing.reading import country_of, instant
from services.orders.importing.writing import Context
from services.orders.progress import refresh
from services.orders.rules.states import spent_minor

STEP = 500


@dataclass(slots=True)
class Part:
    """What of one document goes back to one order: per order line, and for its charges."""

    doc: int
    order_id: int
    at: datetime
    lines: dict[int, list[int]] = field(default_factory=dict)  # order line: quantity, money
    shipping_minor: int = 0
    other_minor: int = 0
    return_id: int | None = None
    return_number: str = ""

    @property
    def money(self) -> int:
        """All that goes back."""
        return sum(line[1] for line in self.lines.values()) + self.shipping_minor + self.other_minor


@dataclass(slots=True)
class Note:
    """What of one document belongs to no order."""

    doc: int
    at: datetime
    lines: list[tuple[int, int, int]]  # line of the stage, quantity, money
    note_id: int = 0
    number: str = ""


class Backs:
    """Writes the returning documents of one chunk."""

    def __init__(
        self,
        context: Context,
        matches: dict[int, list[tuple[int, int, int]]],
        rests: dict[int, tuple[int, int]],
    ) -> None:
        self.context, self.matches, self.rests = context, matches, rests
        self.moves: dict[int, list[Dated]] = {}

    def write(self, docs: Sequence[int]) -> tuple[list[Part], list[Note]]:
        """Write returns, refunds and credit notes of these documents; their movements wait in `moves`."""
        parts, notes = self._split(docs)
        self._write_returns([part for part in parts if part.lines])
        self._write_refunds([part for part in parts if part.money > 0])
        self._write_notes(notes)
        self._update_orders(parts)
        return parts, notes

    def orders_of(self, docs: Sequence[int]) -> list[int]:
        """The orders that these documents give back to."""
        return sorted({order_id for order_id, _ in self._sold_lines(docs).values()})

    # ── what belongs where ───────────────────────────────────────────────────

    def _split(self, docs: Sequence[int]) -> tuple[list[Part], list[Note]]:
        stage = self.context.stage
        sold = self._sold_lines(docs)
        parts: dict[tuple[int, int], Part] = {}
        notes: list[Note] = []
        for doc in docs:
            at = instant(stage.doc_at[doc])
            rest = []
            for line in stage.lines_of(doc):
                for ref, quantity, money in self.matches.get(line, ()):
                    order_id, line_id = sold[ref]
                    part = parts.setdefault((doc, order_id), Part(doc, order_id, at))
                    self._add(part, ref, line_id, quantity, money)
                if line in self.rests:
                    rest.append((line, *self.rests[line]))
            if rest:
                notes.append(Note(doc, at, rest))
        return list(parts.values()), notes

    def _add(self, part: Part, ref: int, line_id: int | None, quantity: int, money: int) -> None:
        stage = self.context.stage
        if line_id is None:
            is_shipping = stage.facts["charges"][str(stage.sku[ref])] == "shipping"
            part.shipping_minor += money if is_shipping else 0
            part.other_minor += 0 if is_shipping else money
            return
        figures = part.lines.setdefault(line_id, [0, 0])
        figures[0] += quantity
        figures[1] += money

    def _sold_lines(self, docs: Sequence[int]) -> dict[int, tuple[int, int | None]]:
        """{matched reference: (order, its line or None for a charge)}."""
        stage = self.context.stage
        refs = {ref for doc in docs for line in stage.lines_of(doc) for ref, *_ in self.matches.get(line, ())}
        found: dict[int, tuple[int, int | None]] = {
            ref: (stage.lot_order_id[-ref - 1], stage.lot_line_id[-ref - 1]) for ref in refs if ref < 0
        }
        sold_docs = {stage.doc[ref] for ref in refs if ref >= 0}
        self._find_orders(sold_docs)
        lines = line_ids([self.context.order_ids[doc] for doc in sorted(sold_docs)])
        for doc in sold_docs:
            order_id = self.context.order_ids[doc]
            position = 0
            for line in stage.lines_of(doc):
                is_goods = stage.kind[line] == SALE
                if line in refs:
                    found[line] = (order_id, lines[(order_id, position)] if is_goods else None)
                position += is_goods
        return found

    def _find_orders(self, docs: Iterable[int]) -> None:
        """After a restart the ids of earlier chunks are looked up."""
        context = self.context
        unknown = {context.stage.docs[doc]: doc for doc in docs if doc not in context.order_ids}
        for number, order_id in context.job.known("order", list(unknown)).items():
            context.order_ids[unknown[number]] = order_id

    # ── writing ──────────────────────────────────────────────────────────────

    def _write_returns(self, parts: Sequence[Part]) -> None:
        context = self.context
        numbers = take_numbers("RT", [part.at for part in parts])
        rows = [
            {
                "order_id": part.order_id,
                "number": number,
                "status": ReturnStatus.RECEIVED,
                "warehouse_id": context.warehouse_id,
                "reason": context.stage.docs[part.doc],
                "received_at": part.at,
            }
            for part, number in zip(parts, numbers, strict=True)
        ]
        lines = []
        variants = variants_of([line_id for part in parts for line_id in part.lines])
        for part, number, return_id in zip(parts, numbers, bulk_insert(Return, rows), strict=True):
            part.return_id, part.return_number = return_id, number
            cause = inventory.Cause("return", return_id, number)
            for line_id, (quantity, _) in part.lines.items():
                lines.append({"back_id": return_id, "line_id": line_id, "quantity": quantity})
                place = (variants[line_id], context.warehouse_id)
                move = Dated(MovementKind.RETURN, *place, quantity, cause, part.at)
                self.moves.setdefault(part.doc, []).append(move)
        bulk_insert(ReturnLine, lines, ids=False)
        self._remember("return", {self._name(part): part.return_id for part in parts})

    def _write_refunds(self, parts: Sequence[Part]) -> None:
        context = self.context
        numbers = take_numbers("RF", [part.at for part in parts])
        rows = [
            {
                "order_id": part.order_id,
                "back_id": part.return_id,
                "number": number,
                "status": RefundStatus.PAID,
                "method": PaymentMethod.OTHER,
                "amount_minor": part.money,
                "shipping_minor": part.shipping_minor,
                "reason": context.stage.docs[part.doc],
                "refunded_at": part.at,
            }
            for part, number in zip(parts, numbers, strict=True)
        ]
        ids = bulk_insert(Refund, rows)
        lines = [
            {"refund_id": refund_id, "line_id": line_id, "quantity": quantity, "amount_minor": money}
            for part, refund_id in zip(parts, ids, strict=True)
            for line_id, (quantity, money) in part.lines.items()
        ]
        bulk_insert(RefundLine, lines, ids=False)
        self._remember(
            "refund", {self._name(part): refund_id for part, refund_id in zip(parts, ids, strict=True)}
        )

    def _write_notes(self, notes: Sequence[Note]) -> None:
        context, stage = self.context, self.context.stage
        for note, number in zip(notes, take_numbers("CN", [note.at for note in notes]), strict=True):
            note.number = number
        ids = bulk_insert(CreditNote, [self._note_values(note) for note in notes])
        rows = []
        for note, note_id in zip(notes, ids, strict=True):
            note.note_id = note_id
            cause = inventory.Cause("credit_note", note_id, note.number)
            for line, quantity, money in note.lines:
                sku = stage.sku[line]
                is_product = str(sku) not in stage.facts["charges"] and stage.kind[line] == BACK
                variant_id = context.variants.get(sku) if is_product else None
                name = stage.names[stage.name[line]] or stage.skus[sku]
                figures = {"quantity": quantity, "amount_minor": money}
                rows.append(
                    {
                        "note_id": note_id,
                        "variant_id": variant_id,
                        "sku": stage.skus[sku],
                        "name": name,
                        **figures,
                    }
                )
                if variant_id is not None and quantity:
                    move = Dated(
                        MovementKind.RETURN, variant_id, context.warehouse_id, quantity, cause, note.at
                    )
                    self.moves.setdefault(note.doc, []).append(move)
        bulk_insert(CreditNoteLine, rows, ids=False)
        self._remember("credit_note", {stage.docs[note.doc]: note.note_id for note in notes})
        for note in notes:
            after = {"number": note.number, "external_number": stage.docs[note.doc]}
            audit.record(context.job.actor, "credit_note.import", ("credit_note", note.note_id), after=after)

    def _note_values(self, note: Note) -> dict[str, Any]:
        context, stage = self.context, self.context.stage
        first = note.lines[0][0]
        return {
            "number": note.number,
            "external_number": stage.docs[note.doc],
            "channel_id": context.channel_id,
            "customer_id": context.customers.get(stage.customer[first]),
            "country": country_of(stage.countries[stage.country[first]]),
            "currency": context.currency,
            "rate_ppm": context.rate_ppm,
            "amount_minor": sum(money for _, _, money in note.lines),
            "reason": stage.names[stage.name[first]],
            "issued_at": note.at,
        }

    def _update_orders(self, parts: Sequence[Part]) -> None:
        values: dict[int, list[int]] = {}
        for part in parts:
            for line_id, (quantity, money) in part.lines.items():
                figures = values.setdefault(line_id, [0, 0, 0])
                figures[0] += quantity
                figures[1] += quantity if part.money > 0 else 0
                figures[2] += money
        for batch in chunks(sorted(values), STEP):
            sql = (
                f"WITH d (line_id, back, refunded, money) AS (VALUES {marks(len(batch), 4)}) "  # noqa: S608 - marks only
                "UPDATE order_line SET returned_qty = returned_qty + d.back, refunded_qty = refunded_qty + d.refunded, "
                "refunded_minor = refunded_minor + d.money FROM d WHERE order_line.id = d.line_id"
            )
            fetch(sql, [figure for line_id in batch for figure in (line_id, *values[line_id])])
        orders = {
            order.id: order for order in Order.select().where(Order.id.in_({part.order_id for part in parts}))
        }
        for order in orders.values():
            refresh(order)
        for part in parts:
            after = {"document": self.context.stage.docs[part.doc], "amount_minor": part.money}
            audit.record(self.context.job.actor, "order.return_import", orders[part.order_id], after=after)

    def _name(self, part: Part) -> str:
        return f"{self.context.stage.docs[part.doc]}:{part.order_id}"

    def _remember(self, kind: str, row_ids: dict[str, Any]) -> None:
        self.context.job.remember(kind, row_ids)


def spending_of(
    parts: Sequence[Part], before: dict[int, tuple[Any, ...]], into: dict[int, Purchases]
) -> None:
    """Take what went back out of the customers' spending; `before` are the orders as they were."""
    back: dict[int, int] = {}
    for part in parts:
        back[part.order_id] = back.get(part.order_id, 0) + part.money
    for order_id, money in back.items():
        customer_id, total, refunded, rate_ppm = before[order_id]
        if customer_id is not None:
            spent = spent_minor(total, refunded, False) - spent_minor(total, refunded + money, False)
            into.setdefault(customer_id, Purchases()).spent_minor -= convert_minor(spent, rate_ppm)


def order_figures(order_ids: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    """{order: (customer, total, refunded, rate)}."""
    found: dict[int, tuple[Any, ...]] = {}
    for part in chunks(order_ids, LOOKUP):
        query = Order.select(
            Order.id, Order.customer, Order.total_minor, Order.refunded_minor, Order.rate_ppm
        )
        found.update((row[0], row[1:]) for row in query.where(Order.id.in_(part)).tuples())
    return found


def line_ids(order_ids: Sequence[int]) -> dict[tuple[int, int], int]:
    """{(order, position): line id}."""
    found: dict[tuple[int, int], int] = {}
    for part in chunks(order_ids, LOOKUP):
        sql = f"SELECT order_id, position, id FROM order_line WHERE order_id IN ({marks(len(part))})"  # noqa: S608
        found.update(((row[0], row[1]), row[2]) for row in fetch(sql, part))
    return found


def variants_of(ids: Sequence[int]) -> dict[int, int]:
    """{order line: variant}."""
    found: dict[int, int] = {}
    for part in chunks(ids, LOOKUP):
        sql = f"SELECT id, variant_id FROM order_line WHERE id IN ({marks(len(part))})"  # noqa: S608
        found.update((row[0], row[1]) for row in fetch(sql, part))
    return found
