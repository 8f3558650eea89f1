"""What a valid customer looks like: pure checks of names, phones, e-mails and addresses."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from services.core.geo import CHINA, place_problems
from services.core.text import Said, Text

MOBILE = re.compile(r"1[3-9]\d{9}")
LANDLINE = re.compile(r"0\d{2,3}[1-9]\d{6,7}")
SERVICE = re.compile(r"[48]00\d{7}")
EMAIL = re.compile(r"[^@\s,;<>\"']{1,64}@(?:[\w](?:[\w-]{0,61}[\w])?\.)+[\w]{2,24}")
STREET_LENGTH = 200


def phone_problem(phone: str, country: str = CHINA) -> Said | None:
    """Why a phone number cannot be right, or None."""
    typed = unicodedata.normalize("NFKC", phone).strip()
    digits = re.sub(r"[\s()./-]", "", typed)
    international = digits.startswith(("+", "00"))
    digits = digits.removeprefix("+").removeprefix("00") if international else digits
    if not digits.isascii() or not digits.isdecimal():
        return Said(
            Text(
                "电话里只能有数字、空格、横线和开头的 +",
                "A phone number has digits, spaces, dashes and a leading +",
            )
        )
    if country == CHINA and (not international or digits.startswith("86")):
        national = digits.removeprefix("86") if international or len(digits) == 13 else digits
        if any(form.fullmatch(national) for form in (MOBILE, LANDLINE, SERVICE)):
            return None
        if international and LANDLINE.fullmatch("0" + national):
            return None
        return Said(
            Text(
                "应为 11 位手机号,或带区号的座机",
                "Expected an 11-digit mobile number, or a landline with area code",
            )
        )
    if not 6 <= len(digits) <= 15:
        return Said(Text("电话应有 6 至 15 位数字", "A phone number has 6 to 15 digits"))
    return None


def email_problem(email: str) -> Said | None:
    """Why an e-mail address cannot be right, or None."""
    if len(email) <= 254 and EMAIL.fullmatch(email.strip()) and ".." not in email:
        return None
    return Said(Text("邮箱格式应如 name@example.com", "An e-mail address looks like name@example.com"))


def name_problem(name: str) -> Said | None:
    """Why a person's name cannot be kept, or None."""
    if not name.strip():
        return Said(Text("请填写姓名", "Enter a name"))
    if len(name.strip()) > 80 or any(unicodedata.category(letter) == "Cc" for letter in name):
        return Said(Text("姓名最多 80 个字,不含换行", "A name has at most 80 characters and no line breaks"))
    return None


def customer_problems(values: Mapping[str, Any]) -> dict[str, Said]:
    """{field: why it is wrong} for the given fields of a customer; values must name the country beside a region."""
    country = values.get("country") or CHINA
    found: dict[str, Said | None] = {}
    if "name" in values:
        found["name"] = name_problem(values["name"])
    if values.get("phone"):
        found["phone"] = phone_problem(values["phone"], country)
    if values.get("email"):
        found["email"] = email_problem(values["email"])
    if {"country", "province_code", "city_code"} & set(values):
        found |= place_problems(
            values.get("country", ""), values.get("province_code", ""), values.get("city_code", "")
        )
    return {field: said for field, said in found.items() if said}


def address_problems(values: Mapping[str, Any]) -> dict[str, Said]:
    """{field: why it is wrong} for a whole address."""
    found: dict[str, Said | None] = {"recipient": name_problem(values["recipient"])}
    if values["phone"]:
        found["phone"] = phone_problem(values["phone"], values["country"])
    if not values["street"].strip():
        found["street"] = Said(Text("请填写详细地址", "Enter the street address"))
    elif len(values["street"]) > STREET_LENGTH:
        found["street"] = Said(Text("详细地址最多 {n} 个字", "At most {n} characters"), n=STREET_LENGTH)
    if len(values["postcode"]) > 12:
        found["postcode"] = Said(Text("邮编最多 12 个字符", "A postcode has at most 12 characters"))
    codes = (values["province_code"], values["city_code"], values["district_code"])
    found |= place_problems(values["country"], *codes)
    return {field: said for field, said in found.items() if said}
