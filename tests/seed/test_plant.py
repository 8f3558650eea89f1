"""The demo shop obeys every rule, holds every state, and is the same for the same numbers."""

import csv
import io
from datetime import date

import pytest

import seed
from models import (
    TABLES,
    EncryptedField,
    FulfilmentState,
    Order,
    OrderStatus,
    PaymentState,
    Product,
    Refund,
    Session,
    StockLevel,
    StockMovement,
    StoredFile,
    Variant,
    Warehouse,
)
from services import identity, wiring  # noqa: F401 - all invariants register
from services.core.errors import Conflict
from services.core.invariants import check_all
from services.identity import SignIn

UNTIL = date(2026, 11, 24)
SMALL = seed.SeedSize(orders=420, products=12, variants=30, customers=60, recent=60, months=18)
# Random by nature: what is sealed, and hashes of passwords. The chain hashes what it logs, not when it ran.
APART = {"password_hash", "token_hash"}


@pytest.fixture
def planted(shop):
    seed.plant(SMALL, UNTIL, bcrypt_cost=4)
    return shop


def _export() -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    for model in TABLES:
        if model in {Session, StoredFile}:
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
def test_every_invariant_holds(planted):
    broken = {verdict.invariant.key: verdict.offenders for verdict in check_all() if not verdict.holds}
    assert broken == {}


def test_the_same_numbers_give_the_same_shop_and_others_another(shop, templates):
    from services.core import crypto, db, files, options

    exports = []
    for number in (7, 7, 8):
        db.disconnect()
        settings = templates.copy("sqlite")
        options.forget_options()
        crypto.open_keys(settings.data_dir)
        files.open_store(settings.data_dir)
        db.connect(settings)
        seed.plant(SMALL, UNTIL, number, bcrypt_cost=4)
        exports.append(_export())
    assert exports[0] == exports[1]
    assert exports[0] != exports[2]


def test_the_world_has_the_size_and_the_states_that_were_asked_for(planted):
    assert Order.select().count() == SMALL.orders
    assert (Product.select().count(), Warehouse.select().count()) == (SMALL.products, 3)
    assert Variant.select().count() >= SMALL.variants // 2
    states = {(row.status, row.payment_state) for row in Order.select(Order.status, Order.payment_state)}
    assert {status for status, _ in states} >= {
        OrderStatus.PLACED,
        OrderStatus.CONFIRMED,
        OrderStatus.COMPLETED,
        OrderStatus.CANCELLED,
    }
    assert {state for _, state in states} >= {PaymentState.PAID, PaymentState.REFUNDED, PaymentState.UNPAID}
    moves = {row.fulfilment_state for row in Order.select(Order.fulfilment_state)}
    assert moves >= {FulfilmentState.UNFULFILLED, FulfilmentState.FULFILLED, FulfilmentState.DELIVERED}
    assert Refund.select().count() > 5


def test_stock_was_never_below_zero_at_any_moment(planted):
    levels: dict[tuple[int, int], int] = {}
    for row in StockMovement.select().order_by(StockMovement.at, StockMovement.id):
        key = (row.variant_id, row.warehouse_id)
        levels[key] = levels.get(key, 0) + row.on_hand_delta
        assert levels[key] >= 0, (key, row.at)
    assert levels == {(row.variant_id, row.warehouse_id): row.on_hand for row in StockLevel.select()}


def test_every_role_has_a_demo_account_that_signs_in_here_only(planted):
    accounts = identity.demo_accounts()
    assert {account.login for account in accounts} >= {"owner", "warehouse", "auditor"}
    for account in accounts[:2]:
        form = SignIn(login=account.login, password=account.password, ip_address="127.0.0.1", is_local=True)
        assert identity.sign_in(form, planted.settings)


def test_only_an_empty_shop_is_planted(planted):
    with pytest.raises(Conflict):
        seed.plant(SMALL, UNTIL, bcrypt_cost=4)


@pytest.mark.parametrize("orders", [100, 20_000, 100_000, 1_000_000])
def test_sizes_grow_with_the_orders(orders):
    size = seed.SeedSize.of(orders)
    assert size.orders == orders
    assert size.recent <= 300 <= max(300, orders)
    assert size.products <= size.variants <= 20_000
