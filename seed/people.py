"""Customers with sealed phones and addresses, the staff, warehouses and channels."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from models import Channel, Customer, CustomerAddress, PaymentMethod, Warehouse
from seed import words
from seed.size import SeedSize
from services import identity
from services.core import geo
from services.core.crypto import email_index, phone_index, phone_tail_index
from services.core.db import bulk_insert, chunks, transaction
from services.core.numbers import next_serial
from services.core.permissions import SYSTEM, Actor
from services.identity import DEMO_PASSWORD, NewStaff
from services.identity.actors import actor_of_staff

KNOWN_BEFORE = timedelta(days=120)
# The share of the customers who knew the shop before its history begins; the others come one after the other.
OLD_SHARE = 0.25
ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class Buyer:
    """A customer as the history sees it."""

    customer_id: int
    name: str
    phone: str
    province: str
    city: str
    district: str
    street: str
    warehouse_id: int


def plant_staff(bcrypt_cost: int) -> dict[str, Actor]:
    """One demo account a role; returns them by role."""
    people = {}
    for login, role, name in words.STAFF:
        person = NewStaff(
            login=login,
            name=name,
            password=DEMO_PASSWORD,
            roles=(role,),
            must_change_password=False,
            is_demo=True,
        )
        people[role] = actor_of_staff(identity.add_staff(person, bcrypt_cost, SYSTEM))
    return people


def plant_places() -> tuple[dict[str, int], list[tuple[int, int, PaymentMethod]]]:
    """(warehouse ids by code, [(channel id, weight, payment method)])."""
    with transaction():
        warehouses = bulk_insert(
            Warehouse,
            [
                {"code": code, "name": name, "province_code": province, "priority": priority}
                for code, name, province, priority, _ in words.WAREHOUSES
            ],
        )
        channels = bulk_insert(
            Channel, [{"code": code, "name_zh": zh, "name_en": en} for code, zh, en, _, _ in words.CHANNELS]
        )
    by_code = dict(zip((row[0] for row in words.WAREHOUSES), warehouses, strict=True))
    weights = [(made, row[3], row[4]) for made, row in zip(channels, words.CHANNELS, strict=True)]
    return by_code, weights


def plant_customers(
    size: SeedSize, rng: Random, start: datetime, end: datetime, warehouses: dict[str, int]
) -> list[Buyer]:
    """Write the customers, oldest first; returns them for the history."""
    provinces = list(words.PROVINCES)
    weights = list(words.PROVINCES.values())
    serves = {province: warehouses[code] for code, near in words.NEAR.items() for province in near}
    buyers: list[Buyer] = []
    phones: set[str] = set()
    for part in chunks(range(size.customers), 2_000):
        with transaction():
            first = next_serial("customer", len(part))
            rows, drawn = [], []
            for index in part:
                province = rng.choices(provinces, weights)[0]
                buyer = _buyer(province, serves.get(province, warehouses["HZ"]), rng, phones)
                came = _came(index / size.customers, start, end, rng)
                rows.append(_row(first + index - part[0], buyer, came, rng))
                drawn.append((buyer, came))
            ids = bulk_insert(Customer, rows)
            known = [replace(buyer, customer_id=made) for made, (buyer, _) in zip(ids, drawn, strict=True)]
            addresses = [_address(buyer, came) for buyer, (_, came) in zip(known, drawn, strict=True)]
            bulk_insert(CustomerAddress, addresses, ids=False)
            buyers += known
    return buyers


def _came(share: float, start: datetime, end: datetime, rng: Random) -> datetime:
    """When a customer became known: never after the first order that the stories may give."""
    if share < OLD_SHARE:
        return start - timedelta(seconds=rng.randrange(int(KNOWN_BEFORE.total_seconds())))
    progress = (share - OLD_SHARE) / (1 - OLD_SHARE)
    return start + (end - start) * progress * 0.99


def _buyer(province: str, warehouse_id: int, rng: Random, phones: set[str]) -> Buyer:
    cities = geo.cities(province)
    city = rng.choice(cities).code if cities else ""
    districts = geo.districts(city) if city else []
    district = rng.choice(districts).code if districts else ""
    name = rng.choice(words.SURNAMES) + "".join(rng.choices(words.GIVEN, k=rng.choice((1, 2, 2))))
    home = (
        f"{rng.choice(words.STREETS)}{rng.randrange(1, 400)}号{rng.choice(words.ESTATES)}"
        f"{rng.randrange(1, 30)}幢{rng.randrange(1, 4)}单元{rng.randrange(1, 25)}0{rng.randrange(1, 5)}室"
    )
    for _ in range(ATTEMPTS):
        phone = rng.choice(words.PHONES) + f"{rng.randrange(10**8):08d}"
        if phone not in phones:
            break
    phones.add(phone)
    return Buyer(0, name, phone, province, city, district, home, warehouse_id)


def _row(number: int, buyer: Buyer, came: datetime, rng: Random) -> dict[str, object]:
    email = f"user{number}@example.com" if rng.random() < 0.3 else None
    return {
        "number": f"C{number:06d}",
        "name": buyer.name,
        "phone": buyer.phone,
        "phone_bidx": phone_index(buyer.phone),
        "phone_tail_bidx": phone_tail_index(buyer.phone),
        "email": email,
        "email_bidx": email_index(email),
        "province_code": buyer.province,
        "city_code": buyer.city,
        "accepts_marketing": rng.random() < 0.4,
        "note": rng.choice(words.CUSTOMER_NOTES) if rng.random() < 0.02 else "",
        "created_at": came,
        "updated_at": came,
    }


def _address(buyer: Buyer, came: datetime) -> dict[str, object]:
    return {
        "customer_id": buyer.customer_id,
        "recipient": buyer.name,
        "phone": buyer.phone,
        "province_code": buyer.province,
        "city_code": buyer.city,
        "district_code": buyer.district,
        "street": buyer.street,
        "is_default": True,
        "created_at": came,
        "updated_at": came,
    }
