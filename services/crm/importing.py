"""Customers from a file: found by number, phone or e-mail, else created; contact data goes in encrypted."""

from collections.abc import Sequence
from typing import Any

from models import Customer, ExternalRef, Text
from services.core import geo
from services.core.crypto import email_index, phone_index
from services.core.errors import Invalid
from services.core.import_rows import Document, FileRow, RowWork, changed
from services.core.import_undo import delete_rows
from services.core.importing import (
    Importer,
    ImportField,
    ImportJob,
    Outcome,
    register_importer,
    register_remover,
)
from services.core.parsing import Unread, clean_id, clean_text
from services.core.permissions import Permission
from services.core.text import Said
from services.crm.customers import create_customer, edit_customer
from services.crm.rules import address_problems, customer_problems
from services.crm.types import AddressInput, CustomerInput

YES = frozenset({"true", "yes", "1", "是", "y", "接受"})
NO_NAME = Text("没有姓名", "It has no name")
NO_PLACE = Text("不认识「{name}」", "“{name}” is not known")
IN_USE = Said(Text("已有订单或其他记录属于这位客户", "Orders or other records belong to this customer"))


class CustomerWork(RowWork):
    """One file of customers."""

    def understand(self, rows: Sequence[FileRow]) -> Document:
        """The customer a row describes."""
        cells = rows[0].cells
        number = clean_id(self.cell(cells, "number"))
        values = self._values(cells)
        self.once(
            number or values.get("phone") or values.get("email") or f"#{rows[0].number}", rows[0].number
        )
        known = self._known(number, values)
        address = self._address(cells, values)
        wanted = values if known is None else changed({**known.__data__, "country": known.country}, values)
        if known is None and not values.get("name"):
            raise Unread(Said(NO_NAME))
        region = (
            {key: getattr(known, key) for key in ("country", "province_code", "city_code")} if known else {}
        )
        problems = customer_problems({"country": "CN", **region, **values})
        if problems:
            raise Invalid(fields=problems)
        outcome = Outcome.NEW if known is None else Outcome.UPDATE if wanted else Outcome.UNCHANGED
        return Document(outcome, (number, known, wanted, address))

    def store(self, document: Document, rows: Sequence[FileRow]) -> None:
        """Create or edit the customer."""
        number, known, values, address = document.values
        if known is not None:
            edit_customer(known.id, known.version, values, actor=self.job.actor)
            return
        given = CustomerInput(**{**values, "number": number if len(number) <= 24 else "", "address": address})
        customer = create_customer(given, actor=self.job.actor)
        self.job.remember("customer", {number or f"{self.job.number}:{rows[0].number}": customer.id})

    def _values(self, cells: Sequence[str]) -> dict[str, Any]:
        """What the row says; an empty cell says nothing."""
        found: dict[str, Any] = {
            "name": clean_text(self.cell(cells, "name"), 80),
            "phone": clean_id(self.cell(cells, "phone")),
            "email": self.cell(cells, "email"),
            "note": self.cell(cells, "note"),
        }
        country = self.cell(cells, "country")
        if country:
            found["country"] = geo.country_code(country)
        found |= self._region(cells)
        found = {key: value for key, value in found.items() if value}
        wants = self.cell(cells, "accepts_marketing")
        return {**found, "accepts_marketing": wants.casefold() in YES} if wants else found

    def _region(self, cells: Sequence[str]) -> dict[str, str]:
        """Codes of province, city and district, by code or name, each within the one above."""
        codes: dict[str, str] = {}
        holders = {"province": geo.provinces, "city": geo.cities, "district": geo.districts}
        above = ""
        for key, below in holders.items():
            word = self.cell(cells, key)
            if not word or (key != "province" and not above):
                break
            places = below() if key == "province" else below(above)  # type: ignore[operator]
            above = next((place.code for place in places if is_place(place, word)), "")
            if not above:
                if self.cell(cells, "country") not in ("", "CN", "中国"):
                    return {}
                raise Unread(Said(NO_PLACE, name=word))
            codes[f"{key}_code"] = above
        return {key: code for key, code in codes.items() if key != "district_code"} | self._keep(codes)

    def _keep(self, codes: dict[str, str]) -> dict[str, str]:
        self.district = codes.get("district_code", "")
        return {}

    def _address(self, cells: Sequence[str], values: dict[str, Any]) -> AddressInput | None:
        street = self.cell(cells, "street")
        if not street:
            return None
        address = AddressInput(
            recipient=values.get("name", ""),
            phone=values.get("phone", ""),
            country=values.get("country", "CN"),
            province_code=values.get("province_code", ""),
            city_code=values.get("city_code", ""),
            district_code=self.district if values.get("city_code") else "",
            street=street,
            postcode=clean_id(self.cell(cells, "postcode")),
            is_default=True,
        )
        problems = address_problems({key: getattr(address, key) for key in address.__slots__})
        if problems:
            raise Invalid(fields=problems)
        return address

    def _known(self, number: str, values: dict[str, Any]) -> Customer | None:
        if number:
            ids = self.job.known("customer", [number])
            row = Customer.get_or_none(Customer.id == ids[number]) if ids else None
            return row or Customer.get_or_none(Customer.number == number.upper())
        for column, index in (
            (Customer.phone_bidx, phone_index(values.get("phone"))),
            (Customer.email_bidx, email_index(values.get("email"))),
        ):
            found = Customer.select().where(column == index).order_by(Customer.id).first() if index else None
            if found is not None:
                return found
        return None

    def __init__(self, job: ImportJob) -> None:
        super().__init__(job)
        self.district = ""


def is_place(place: geo.Place, word: str) -> bool:
    """Whether people mean this place: its code, or its name with or without 省, 市 …"""
    word = word.strip()
    return word == place.code or (len(word) >= 2 and place.name.zh.startswith(word)) or place.name.en == word


def remove_customers(refs: Sequence[ExternalRef], _job: ImportJob) -> dict[int, Said]:
    """Delete customers to whom nothing belongs."""
    return delete_rows(Customer, refs, IN_USE)


register_remover("customer", remove_customers)


def _field(
    key: str, zh: str, en: str, *synonyms: str, looks: str = "", required: bool = False
) -> ImportField:
    return ImportField(key=key, text=Text(zh, en), synonyms=synonyms, looks=looks, required=required)


register_importer(
    Importer(
        kind="customers",
        text=Text("客户", "Customers"),
        hint=Text("按客户号、电话或邮箱查重", "Found again by number, phone or e-mail"),
        permission=Permission.CUSTOMERS_EDIT,
        order=20,
        fields=(
            _field(
                "number", "客户号", "Customer number", "CustomerID", "Customer ID", "客户编号", "会员号", "ID"
            ),
            _field(
                "name",
                "姓名",
                "Name",
                "Customer name",
                "Full name",
                "客户姓名",
                "客户名称",
                "收件人",
                looks="words",
                required=True,
            ),
            _field("phone", "电话", "Phone", "Mobile", "手机", "手机号", "联系电话", "手机号码"),
            _field("email", "邮箱", "E-mail", "Email", "电子邮箱", "邮件"),
            _field("country", "国家/地区", "Country", "国家"),
            _field("province", "省", "Province", "省份", "State"),
            _field("city", "市", "City", "城市"),
            _field("district", "区县", "District", "区"),
            _field("street", "详细地址", "Street address", "Address", "Address1", "地址", "收货地址"),
            _field("postcode", "邮编", "Postcode", "Zip", "邮政编码"),
            _field("accepts_marketing", "接受营销", "Accepts marketing", "Accepts Email Marketing"),
            _field("note", "备注", "Note", "Notes"),
        ),
        open=CustomerWork,
        undo_order=("customer",),
    )
)
