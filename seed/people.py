"""Customers with sealed phones and addresses, the staff, warehouses and channels."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from models import Channel, Customer, CustomerAddress, Warehouse
from seed import words
from seed.size import SeedSize
from services import identity
from services.core import geo
from services.core.crypto import email_index, phone_index, phone_tail_index
from services.core.db import bulk_insert, chunks, transaction
from services.core.numbers import next_serial
from services.core.permissions import SYSTEM
from services.identity import DEMO_PASSWORD, NewStaff

PREFIXES = (
    "130",
    "131",
    "135",
    "136",
    "137",
    "138",
    "139",
    "150",
    "151",
    "158",
    "159",
    "176",
    "180",
    "186",
    "188",
)


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


def plant_staff(bcrypt_cost: int) -> None:
    """One demo account a role."""
    for login, role, name in words.STAFF:
        person = NewStaff(
            login=login,
            name=name,
            password=DEMO_PASSWORD,
            roles=(role,),
            must_change_password=False,
            is_demo=True,
        )
        identity.add_staff(person, bcrypt_cost, SYSTEM)


def plant_places() -> tuple[dict[str, int], list[tuple[int, int, str]]]:
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


def plant_customers(size: SeedSize, rng: Random, start: datetime, warehouses: dict[str, int]) -> list[Buyer]:
    """Write the customers; returns them for the history."""
    provinces = list(words.PROVINCES)
    weights = list(words.PROVINCES.values())
    serves = {province: warehouses[code] for code, near in words.NEAR.items() for province in near}
    buyers: list[Buyer] = []
    for part in chunks(range(size.customers), 2_000):
        with transaction():
            first = next_serial("customer", len(part))
            rows, addresses = [], []
            for offset in range(len(part)):
                province = rng.choices(provinces, weights)[0]
                buyer, row = _customer(first + offset, province, rng, start)
                rows.append(row)
                buyers.append(Buyer(0, *buyer, serves.get(province, warehouses["HZ"])))
            ids = bulk_insert(Customer, rows)
            for customer_id, index in zip(ids, range(len(buyers) - len(part), len(buyers)), strict=True):
                known = buyers[index]
                buyers[index] = Buyer(customer_id, *(getattr(known, name) for name in Buyer.__slots__[1:]))
                addresses.append(_address(buyers[index]))
            bulk_insert(CustomerAddress, addresses, ids=False)
    return buyers


def _customer(number: int, province: str, rng: Random, start: datetime) -> tuple[tuple[str, ...], dict]:
    name = rng.choice(words.SURNAMES) + "".join(rng.choices(words.GIVEN, k=rng.choice((1, 2, 2))))
    phone = rng.choice(PREFIXES) + f"{rng.randrange(10**8):08d}"
    email = f"user{number}@example.com" if rng.random() < 0.3 else None
    cities = geo.cities(province)
    city = rng.choice(cities).code if cities else ""
    districts = geo.districts(city) if city else []
    district = rng.choice(districts).code if districts else ""
    street = f"{rng.choice(words.STREETS)}{rng.randrange(1, 400)}号{rng.choice(words.ESTATES)}{rng.randrange(1, 30)}幢"
    at = start + timedelta(seconds=rng.randrange(60 * 86_400))
    row = {
        "number": f"C{number:06d}",
        "name": name,
        "phone": phone,
        "phone_bidx": phone_index(phone),
        "phone_tail_bidx": phone_tail_index(phone),
        "email": email,
        "email_bidx": email_index(email),
        "province_code": province,
        "city_code": city,
        "accepts_marketing": rng.random() < 0.4,
        "created_at": at,
        "updated_at": at,
    }
    return (name, phone, province, city, district, street), row


def _address(buyer: Buyer) -> dict:
    return {
        "customer_id": buyer.customer_id,
        "recipient": buyer.name,
        "phone": buyer.phone,
        "province_code": buyer.province,
        "city_code": buyer.city,
        "district_code": buyer.district,
        "street": buyer.street,
        "is_default": True,
    }
