"""What callers hand to the customer verbs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressInput:
    """A place where parcels go."""

    recipient: str
    phone: str = ""
    country: str = "CN"
    province_code: str = ""
    city_code: str = ""
    district_code: str = ""
    street: str = ""
    postcode: str = ""
    is_default: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerInput:
    """A new customer; the number is given out when it is left empty."""

    name: str
    number: str = ""
    phone: str = ""
    email: str = ""
    country: str = "CN"
    province_code: str = ""
    city_code: str = ""
    accepts_marketing: bool = False
    note: str = ""
    address: AddressInput | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How a customer may be reached, as far as the reader may see it."""

    name: str
    phone: str
    email: str
