"""Figures: what they count, what splits them, who may see them, and that the rows behind add up to them."""

from dataclasses import replace
from datetime import date

import pytest

from models import Order, Refund
from services import analytics
from services.analytics import (
    METRICS,
    Kind,
    Period,
    Question,
    ask,
    dimensions_of,
    figure,
    refresh_warehouse,
    rows_behind,
)
from services.analytics.facts import TIMES
from services.analytics.rows import SIZE
from services.core.errors import Invalid, NotPermitted, Unavailable
from services.core.money import convert_minor, round_div
from tests.analytics.history import History, grow

WHOLE = Period(first=date(2026, 1, 1), last=date(2027, 12, 31))
AUTUMN = Period(first=date(2026, 9, 1), last=date(2026, 9, 30))


@pytest.fixture
def busy(warehouse, history: History) -> History:
    grow(history, 260)
    refresh_warehouse()
    return history


def rows_total(question: Question, actor) -> tuple[int, int]:
    """(sum of the values on all pages, number of rows)."""
    total, seen, page = 0, 0, 1
    while True:
        behind = rows_behind(question, actor, page)
        total += sum(row.value for row in behind.rows)
        seen += len(behind.rows)
        if seen >= behind.count or not behind.rows:
            assert seen == behind.count
            return total, seen
        assert len(behind.rows) == SIZE
        page += 1


# ── meaning ──────────────────────────────────────────────────────────────────


def test_revenue_and_refunds_are_what_python_adds_up(busy, owner) -> None:
    counted = {"placed", "confirmed", "completed"}
    orders = {order.id: order for order in Order.select()}
    revenue = sum(convert_minor(o.total_minor, o.rate_ppm) for o in orders.values() if o.status in counted)
    refunds = sum(
        convert_minor(refund.amount_minor, orders[refund.order_id].rate_ppm)
        for refund in Refund.select().where(Refund.status == "paid")
        if orders[refund.order_id].status in counted
    )
    from models import CreditNote

    refunds += sum(convert_minor(note.amount_minor, note.rate_ppm) for note in CreditNote.select())
    assert figure("revenue", WHOLE, owner) == revenue > 0
    assert figure("refunds", WHOLE, owner) == refunds > 0
    assert figure("net_revenue", WHOLE, owner) == revenue - refunds
    count = sum(o.status in counted for o in orders.values())
    assert figure("orders", WHOLE, owner) == count
    assert figure("order_value", WHOLE, owner) == round_div(revenue, count)
    assert (
        figure("cancelled_orders", WHOLE, owner) == sum(o.status == "cancelled" for o in orders.values()) > 0
    )


def test_stock_value_is_what_is_on_hand_times_the_present_cost(busy, owner) -> None:
    from models import StockMovement, Variant

    cost = {variant.id: variant.cost_minor for variant in Variant.select()}
    moved = StockMovement.select()
    assert figure("stock_value", WHOLE, owner) == sum(m.on_hand_delta * cost[m.variant_id] for m in moved)
    assert figure("units_on_hand", WHOLE, owner) == sum(m.on_hand_delta for m in moved)


def test_an_empty_shop_has_figures_too(warehouse, owner) -> None:
    refresh_warehouse()
    answer = ask(Question(metrics=tuple(METRICS), period=WHOLE), owner)[()]
    assert {key for key, value in answer.items() if value is None} == {
        "order_value",
        "refund_rate",
        "gross_margin",
    }
    assert {value for value in answer.values() if value is not None} == {0}
    assert analytics.course(Question(metrics=("revenue", "stock_value"), period=AUTUMN), owner)[1] == {
        "revenue": [0] * 30,
        "stock_value": [0] * 30,
    }


def test_every_metric_has_words_in_both_languages(busy, owner) -> None:
    for metric in METRICS.values():
        assert all((*metric.text, *metric.definition))
        assert metric.is_formula or metric.on


# ── splits ───────────────────────────────────────────────────────────────────


def test_a_split_adds_up_to_the_whole(busy, owner) -> None:
    for key in [key for key, metric in METRICS.items() if metric.kind is Kind.SUM]:
        whole = figure(key, AUTUMN, owner)
        for dimension in dimensions_of(key):
            parts = ask(Question(metrics=(key,), period=AUTUMN, by=(dimension,)), owner)
            assert sum(values[key] for values in parts.values()) == whole, (key, dimension)


def test_the_course_of_a_figure_adds_up_or_ends_at_it(busy, owner) -> None:
    one_day = Period(first=date(2026, 9, 1), last=date(2026, 9, 1))
    overlapping = {"customers", "refunded_sales"}
    for key in [key for key, metric in METRICS.items() if not metric.is_formula and key not in overlapping]:
        for period in (AUTUMN, WHOLE, one_day):
            steps, values = analytics.course(Question(metrics=(key,), period=period), owner)
            assert len(values[key]) == len(steps)
            end = values[key][-1] if METRICS[key].kind is Kind.BALANCE else sum(values[key])
            assert end == figure(key, period, owner), (key, period)


def test_the_largest_come_first_with_their_other_figures(busy, owner) -> None:
    question = Question(metrics=("revenue", "units", "refunds"), period=WHOLE, by=("product",), top=3)
    top = ask(question, owner)
    everything = ask(replace(question, top=0), owner)
    best = sorted(
        (key for key in everything if key[0] is not None), key=lambda key: -everything[key]["revenue"]
    )[:3]
    assert list(top) == best
    assert all(top[key] == everything[key] for key in top)


def test_a_breakdown_shows_the_largest_with_their_past(busy, owner) -> None:
    october = Period(first=date(2026, 10, 1), last=date(2026, 10, 31))
    for key in METRICS:
        for dimension in dimensions_of(key):
            shares = analytics.breakdown(key, dimension, october, AUTUMN, owner)
            assert len(shares) <= 50
            assert all(share.words for share in shares)
    by_channel = analytics.breakdown("revenue", "channel", october, AUTUMN, owner)
    assert sum(share.value for share in by_channel) == figure("revenue", october, owner)
    assert sum(share.before for share in by_channel) == figure("revenue", AUTUMN, owner)
    assert [share.value for share in by_channel] == sorted(
        (share.value for share in by_channel), reverse=True
    )
    with pytest.raises(Invalid):
        analytics.breakdown("revenue", "warehouse", october, AUTUMN, owner)


def test_a_part_of_the_last_day_counts_only_what_came_before_the_minute(busy, owner) -> None:
    orders = [o for o in Order.select() if o.status in {"placed", "confirmed", "completed"}]
    from services.core.options import business_zone

    local = [o.placed_at.astimezone(business_zone()) for o in orders]
    day = max(
        at.date()
        for at in local
        if at.hour < 12 and any(b.date() == at.date() and b.hour >= 12 for b in local)
    )
    cut = Period(first=day, last=day, until_minute=12 * 60)
    assert figure("orders", cut, owner) == sum(at.date() == day and at.hour < 12 for at in local) > 0
    assert figure("orders", cut, owner) < figure("orders", replace(cut, until_minute=None), owner)


# ── rows behind ──────────────────────────────────────────────────────────────


def test_the_rows_behind_every_figure_of_every_split_add_up_to_it(busy, owner) -> None:
    for key in METRICS:
        for dimension in [None, *(name for name in dimensions_of(key) if name not in TIMES)]:
            split = (dimension,) if dimension else ()
            for values, figures in ask(Question(metrics=(key,), period=WHOLE, by=split), owner).items():
                filters = {dimension: ("" if values[0] is None else str(values[0]),)} if dimension else {}
                asked = Question(metrics=(key,), period=WHOLE, filters=filters)
                assert_rows_add_up(asked, figures[key], owner)


def assert_rows_add_up(asked: Question, figure_shown: int | None, actor) -> None:
    behind = rows_behind(asked, actor)
    assert behind.total == figure_shown, asked
    if behind.metric.is_formula:
        assert [part.key for part, _ in behind.parts] == list(behind.metric.parts)
        for part, value in behind.parts:
            assert rows_behind(replace(asked, metrics=(part.key,)), actor).total == value
    else:
        assert rows_total(asked, actor)[0] == figure_shown, asked


def test_rows_name_their_documents(busy, owner) -> None:
    for key in ("revenue", "refunds", "customers", "orders"):
        behind = rows_behind(Question(metrics=(key,), period=WHOLE), owner)
        assert behind.rows
        assert all(row.number for row in behind.rows)


def test_the_address_of_rows_leads_back_to_the_question(busy, owner) -> None:
    from urllib.parse import parse_qs

    url = analytics.rows_url("revenue", AUTUMN, {"channel": ("1", "2"), "province": ("",)})
    query = parse_qs(url.partition("?")[2], keep_blank_values=True)
    asked = analytics.question_from(query, date(2026, 11, 24))
    assert asked == Question(
        metrics=("revenue",), period=AUTUMN, filters={"channel": ("1", "2"), "province": ("",)}
    )


# ── who may see what ─────────────────────────────────────────────────────────


def test_cost_needs_the_right_to_see_it(busy, actor_of) -> None:
    marketing = actor_of("marketing")
    guarded = [key for key, metric in METRICS.items() if metric.permission == "catalogue.see_cost"]
    assert {"stock_value", "gross_profit", "gross_margin", "cost_of_goods"} == set(guarded)
    for key in guarded:
        for call in (analytics.ask, rows_behind, analytics.course):
            with pytest.raises(NotPermitted):
                call(Question(metrics=(key,), period=WHOLE), marketing)


def test_everything_computed_from_cost_needs_that_right() -> None:
    for metric in METRICS.values():
        if any(
            "cost" in sql
            for base in analytics.metrics.bases_of(metric.key)
            for sql in METRICS[base].on.values()
        ):
            assert metric.permission == "catalogue.see_cost", metric.key


def test_a_person_limited_to_channels_and_warehouses_gets_only_these(busy, owner) -> None:
    channel, place = busy.channels[0], busy.warehouses[0]
    everything = {key: figure(key, WHOLE, owner) for key in ("revenue", "refunds", "orders", "units_on_hand")}
    limited = replace(owner, channel_ids=frozenset({channel}))
    for key in ("revenue", "refunds", "orders"):
        mine = figure(key, WHOLE, limited)
        assert mine == figure(key, WHOLE, owner, {"channel": (str(channel),)})
        assert mine < everything[key]
        assert figure(key, WHOLE, owner) == everything[key]  # not the limited person's kept result
    placed = replace(owner, warehouse_ids=frozenset({place}))
    assert figure("units_on_hand", WHOLE, placed) == figure(
        "units_on_hand", WHOLE, owner, {"warehouse": (str(place),)}
    )
    from models import Shipment

    mine = Shipment.select(Shipment.order).where(Shipment.warehouse == place, Shipment.status != "cancelled")
    counted = Order.select().where(Order.id.in_(mine), Order.status.in_(["placed", "confirmed", "completed"]))
    assert figure("orders", WHOLE, placed) == counted.count() < everything["orders"]


def test_filters_take_no_foreign_text(busy, owner) -> None:
    for filters in (
        {"channel": ("1) OR (1=1",)},
        {"nonsense": ("1",)},
        {"day": ("2026-01-01",)},
        {"warehouse": ("1",)},
    ):
        with pytest.raises(Invalid):
            figure("revenue", WHOLE, owner, filters)
    assert figure("revenue", WHOLE, owner, {"province": ("' OR 1=1 --",)}) == 0


def test_figures_are_kept_until_the_warehouse_changes(busy, warehouse, owner, monkeypatch) -> None:
    before = figure("orders", WHOLE, owner)
    with monkeypatch.context() as patch:
        patch.setattr(warehouse, "_connection", None)  # a kept answer needs no DuckDB
        assert figure("orders", WHOLE, owner) == before
    from services.core.db import transaction

    with transaction():
        order = busy.place()
        Order.update(status="placed").where(Order.id == order).execute()
    refresh_warehouse()
    assert figure("orders", WHOLE, owner) == before + 1


def test_without_a_warehouse_the_refusal_says_that_it_is_being_prepared(warehouse, owner) -> None:
    with pytest.raises(Unavailable):
        figure("orders", WHOLE, owner)


# ── work ─────────────────────────────────────────────────────────────────────


def test_work_is_counted_as_its_list_shows_it(busy, owner, actor_of) -> None:
    placed = Order.select().where(Order.status == "placed").count()
    found = {each.work.key: each for each in analytics.waiting_for(owner)}
    assert (found["to_confirm"].count, found["to_confirm"].is_exact) == (placed, True)
    assert {each.work.key for each in analytics.waiting_for(actor_of("warehouse"))} <= {
        "to_ship",
        "out",
        "low",
        "oversold",
    }


def test_every_kind_of_work_leads_to_a_list_that_exists() -> None:
    from urllib.parse import parse_qs, urlsplit

    from services import inventory, orders
    from ui_pages import registry

    pages = {page.path for page in registry.discover()}
    views = {"/orders": orders.ORDERS, "/inventory": inventory.LEVELS}
    for work in analytics.WORK:
        address = urlsplit(work.href)
        assert address.path in pages, work.key
        for view in parse_qs(address.query).get("view", []):
            assert view in {each.key for each in views[address.path].views}, work.key
