"""Personal data is unreadable in the file, findable by blind index, bound to its column and key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import Customer, db
from services.core import crypto
from services.core.db import bulk_insert, transaction

PHONE = "13800138000"


@pytest.mark.engine
def test_the_database_never_holds_the_plain_number(shop):
    with transaction():
        row = {"number": "C1", "name": "王", "phone": PHONE, "phone_bidx": crypto.phone_index(PHONE)}
        (customer_id,) = bulk_insert(Customer, [row])
    stored = bytes(db.execute_sql("SELECT phone FROM customer").fetchone()[0])
    assert PHONE.encode() not in stored
    assert Customer.get_by_id(customer_id).phone == PHONE
    assert Customer.get(Customer.phone_bidx == crypto.phone_index("+86 138-0013-8000")).id == customer_id


def test_a_moved_or_changed_ciphertext_is_refused(shop):
    ring = crypto.keyring()
    sealed = ring.seal("secret", "customer.phone")
    assert ring.open(sealed, "customer.phone") == "secret"
    for data, place in (
        (sealed, "customer.email"),
        (sealed[:-1] + bytes([sealed[-1] ^ 1]), "customer.phone"),
        (b"\x01nope", "a.b"),
    ):
        with pytest.raises(crypto.KeyMismatch):
            ring.open(data, place)


def test_two_seals_of_one_text_differ(shop):
    ring = crypto.keyring()
    assert ring.seal("a", "t.c") != ring.seal("a", "t.c")


@pytest.mark.parametrize(
    ("given_phone", "normal"),
    [
        ("138 0013 8000", "8613800138000"),
        ("+86-13800138000", "8613800138000"),
        ("008613800138000", "8613800138000"),
        ("１３８００１３８０００", "8613800138000"),
        ("+44 20 7946 0000", "442079460000"),
        ("021-62345678", "02162345678"),
        ("", ""),
    ],
)
def test_phones_have_one_normal_form(given_phone, normal):
    assert crypto.normal_phone(given_phone) == normal


@pytest.mark.parametrize(
    ("kind", "value", "masked"),
    [
        ("phone", PHONE, "138****8000"),
        ("name", "王伟", "王*"),
        ("email", "ada@x.com", "a***@x.com"),
        ("address", "文三路100号", "文三****"),
        ("name", "", ""),
    ],
)
def test_masks_show_just_enough(kind, value, masked):
    assert crypto.mask(kind, value) == masked


@given(kind=st.sampled_from(["phone", "name", "email", "address"]), value=st.text(min_size=3, max_size=40))
def test_a_mask_never_shows_the_whole(kind, value):
    assert crypto.mask(kind, value) != value or "*" in value or (kind == "email" and value.count("@"))


def test_long_and_chinese_passwords_work_and_differ(shop):
    long = "掌柜的密码很长很长" * 8
    hashed = crypto.hash_password(long, 4)
    assert crypto.password_matches(long, hashed)
    assert not crypto.password_matches(long[:-1], hashed)
    assert not crypto.password_matches(long + "x", hashed)
