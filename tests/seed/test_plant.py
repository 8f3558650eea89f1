"""The demo shop obeys every rule, holds every state, and is the same for the same numbers."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
from peewee import fn

import seed
from models import (
    TABLES,
    Customer,
    EncryptedField,
    FulfilmentState,
    HoldCause,
    Order,
    OrderHold,
    OrderStatus,
    Payment,
    PaymentState,
    Product,
    ProductAttribute,
    ProductStatus,
    Refund,
    RefundStatus,
    Return,
    ReturnDisposition,
    ReturnLine,
    Session,
    Shipment,
    ShipmentStatus,
    StockLevel,
    StockMovement,
    Variant,
    Warehouse,
)
from services import catalogue, identity, orders, wiring  # noqa: F401 - all invariants register
from services.core import clock, crypto, db, files, options
from services.core.errors import Conflict
from services.core.invariants import check_all
from services.core.numbers import next_number
from services.core.permissions import SYSTEM
from services.core.search import matches
from services.identity import SignIn

UNTIL = date(2026, 11, 24)
SMALL = seed.SeedSize(orders=600, products=48, variants=120, customers=120, recent=140, months=18)
TINY = seed.SeedSize(orders=40, products=4, variants=8, customers=20, recent=0, months=2)
# Random by nature: what is sealed, and hashes of passwords. The chain hashes what it logs, not when it ran.
APART = {"password_hash", "token_hash"}


@pytest.fixture(scope="module")
def only_once(templates):
    """One planted shop for all tests that only read it."""
    settings = templates.copy("sqlite")
    _open(settings)
    seed.plant(SMALL, UNTIL, bcrypt_cost=4)
    db.disconnect()
    yield settings
    templates.drop(settings)


@pytest.fixture
def planted(only_once):
    """The planted shop, open on this thread; not to be written to."""
    _open(only_once)
    yield only_once
    db.disconnect()
    options.forget_options()


def _open(settings) -> None:
    options.forget_options()
    crypto.open_keys(settings.data_dir)
    files.open_store(settings.data_dir)
    db.connect(settings)


def _export() -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    for model in TABLES:
        if model is Session:
            continue
        fields = [
            field
            for field in model._meta.sorted_fields
            if not isinstance(field, EncryptedField)
            and not field.name.endswith(("bidx", "mac"))
            and field.name not in APART
        ]
        writer.writerows(model.select(*fields).order_by(model.id).tuples())
    return out.getvalue()


@pytest.mark.engine
def test_every_invariant_holds_and_the_schema_is_whole_again(shop):
    before = _schema()
    seed.plant(SMALL, UNTIL, bcrypt_cost=4)
    assert _broken() == {}
    assert _schema() == before
    found = Order.select().where(matches(Order, Order.get().ship_name))
    assert found.count() > 0


def _schema():
    if db.is_sqlite():
        return sorted(
            db.fetch("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_stat%'")
        )
    indexes = db.fetch("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'")
    triggers = db.fetch("SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal")
    return sorted(indexes), sorted(triggers)


def _broken():
    return {verdict.invariant.key: verdict.offenders for verdict in check_all() if not verdict.holds}


def test_the_same_numbers_give_the_same_shop(planted, templates):
    assert _export() == _planted_export(templates, SMALL, 7)


def test_another_number_gives_another_shop(templates):
    assert _planted_export(templates, TINY, 7) != _planted_export(templates, TINY, 8)


def _planted_export(templates, size, number):
    db.disconnect()
    settings = templates.copy("sqlite")
    _open(settings)
    seed.plant(size, UNTIL, number, bcrypt_cost=4)
    exported = _export()
    db.disconnect()
    templates.drop(settings)
    return exported


def test_the_world_has_the_size_that_was_asked_for(planted):
    assert Order.select().count() == SMALL.orders
    assert Customer.select().count() == SMALL.customers
    assert (Product.select().count(), Warehouse.select().count()) == (SMALL.products, 3)
    assert abs(Variant.select().count() - SMALL.variants) <= SMALL.variants // 20


def test_there_is_an_order_in_every_state(planted):
    assert {row.status for row in Order.select(Order.status)} == set(OrderStatus)
    assert {row.payment_state for row in Order.select(Order.payment_state)} == set(PaymentState)
    assert {row.fulfilment_state for row in Order.select(Order.fulfilment_state)} == set(FulfilmentState)
    assert {row.status for row in Shipment.select(Shipment.status)} == set(ShipmentStatus)
    assert {row.status for row in Refund.select(Refund.status)} >= {RefundStatus.PAID, RefundStatus.REQUESTED}
    assert {row.disposition for row in ReturnLine.select(ReturnLine.disposition)} >= {
        ReturnDisposition.RESTOCK,
        ReturnDisposition.SCRAP,
    }
    held = OrderHold.select().where(OrderHold.released_at.is_null())
    assert {row.cause for row in held} >= {HoldCause.ADDRESS, HoldCause.PAYMENT, HoldCause.DUPLICATE}
    assert OrderHold.select().where(OrderHold.released_at.is_null(False)).exists()


def test_every_list_that_waits_for_somebody_shows_something(planted):
    for waiting in (
        orders.is_to_confirm,
        orders.is_to_pay,
        orders.is_to_ship,
        orders.is_shipped,
        orders.is_held,
    ):
        assert Order.select().where(waiting()).count() > 2, waiting


def test_goods_are_described_and_pictured(planted):
    active = Product.select().where(Product.status == ProductStatus.ACTIVE)
    assert active.where(Product.cover.is_null() | Product.category.is_null()).count() == 0
    described = ProductAttribute.select(ProductAttribute.product).distinct().count()
    assert described == SMALL.products
    assert {row.status for row in Product.select(Product.status)} >= {
        ProductStatus.ACTIVE,
        ProductStatus.DRAFT,
    }
    for row in catalogue.collections(SYSTEM):
        assert catalogue.members(catalogue.rules_of(row), SYSTEM).count() > 0, row.code


def test_stock_adds_up_at_every_moment_and_is_never_promised_twice(planted):
    levels: dict[tuple[int, int], tuple[int, int]] = {}
    for row in StockMovement.select().order_by(StockMovement.at, StockMovement.id):
        key = (row.variant_id, row.warehouse_id)
        on_hand, reserved = levels.get(key, (0, 0))
        levels[key] = on_hand + row.on_hand_delta, reserved + row.reserved_delta
        assert levels[key] == (row.on_hand_after, row.reserved_after), (key, row.at, row.kind)
        assert 0 <= row.reserved_after <= row.on_hand_after, (key, row.at, row.kind)
    stored = {(row.variant_id, row.warehouse_id): (row.on_hand, row.reserved) for row in StockLevel.select()}
    assert levels == stored


def test_nothing_happens_after_the_end_and_nobody_buys_before_being_known(planted):
    end = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # ten o'clock in Shanghai
    for moment in (
        Order.updated_at,
        Payment.received_at,
        StockMovement.at,
        Shipment.delivered_at,
        Refund.refunded_at,
    ):
        assert moment.model.select(fn.MAX(moment)).scalar() <= end, moment
    early = Order.select().join(Customer).where(Order.placed_at < Customer.created_at)
    assert early.count() == 0


def test_numbers_go_on_where_the_history_ends(planted):
    for prefix, model in (("SO", Order), ("PM", Payment), ("RT", Return), ("RF", Refund)):
        known = {row.number for row in model.select(model.number)}
        with clock.freeze(datetime(2026, 11, 24, 1, 0, tzinfo=UTC)), db.db.atomic() as undone:
            assert next_number(prefix) not in known
            undone.rollback()


def test_every_role_has_a_demo_account_that_signs_in_here_only(planted):
    accounts = identity.demo_accounts()
    assert {account.login for account in accounts} >= {"owner", "warehouse", "auditor"}
    for account in accounts[:2]:
        form = SignIn(login=account.login, password=account.password, ip_address="127.0.0.1", is_local=True)
        assert identity.sign_in(form, planted)


def test_only_an_empty_shop_is_planted(planted):
    with pytest.raises(Conflict):
        seed.plant(SMALL, UNTIL, bcrypt_cost=4)


def test_an_interrupted_planting_says_so_the_next_time(shop):
    def interrupt(stage: seed.Stage) -> None:
        if stage.done:
            raise KeyboardInterrupt

    before = _schema()
    with pytest.raises(KeyboardInterrupt):
        seed.plant(TINY, UNTIL, bcrypt_cost=4, tell=interrupt)
    assert _schema() == before
    with pytest.raises(Conflict) as refused:
        seed.plant(TINY, UNTIL, bcrypt_cost=4)
    assert "interrupted" in refused.value.said.text.en


@pytest.mark.parametrize("orders", [100, 20_000, 100_000, 1_000_000])
def test_sizes_grow_with_the_orders(orders):
    size = seed.SeedSize.of(orders)
    assert size.orders == orders
    assert size.recent <= 300 <= max(300, orders)
    assert size.products <= size.variants <= 20_000


def test_the_usual_shop_and_the_shop_that_is_measured():
    usual, measured = seed.SeedSize.of(20_000), seed.SeedSize.of(100_000)
    assert (usual.products, usual.variants, usual.customers, usual.recent) == (240, 600, 6_000, 300)
    assert (measured.variants, measured.customers) == (20_000, 50_000)
