"""Places: the provinces, cities and districts of China by code, and countries by ISO code.

A province has two digits, its cities four, their districts six; a code begins with the code of what holds it. The list
(china-division, MIT) is bundled in geo_data/; it is read once, at the first question.
"""

import csv
import gzip
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from babel import Locale

from models import Text
from services.core.text import Said

REGIONS = Path(__file__).parent / "geo_data" / "regions.csv.gz"
CHINA = "CN"
FIRST_COUNTRIES = ("CN", "HK", "TW", "MO", "US", "GB", "JP", "SG", "MY", "AU", "CA", "DE", "FR")


@dataclass(frozen=True, slots=True)
class Place:
    """A province, city or district."""

    code: str
    name: Text


def provinces() -> list[Place]:
    """All provinces, in code order."""
    return _children().get("", [])


def cities(province_code: str) -> list[Place]:
    """The cities of a province; [] for an unknown code."""
    return _children().get(province_code, []) if len(province_code) == 2 else []


def districts(city_code: str) -> list[Place]:
    """The districts of a city; [] for an unknown code or a city without districts."""
    return _children().get(city_code, []) if len(city_code) == 4 else []


def name_of(code: str, locale: str) -> str:
    """The name of a province, city or district; the code itself when it is unknown."""
    place = _places().get(code)
    if place is None:
        return code
    return place.name.zh if locale == "zh" else place.name.en


def line_of(locale: str, *codes: str) -> str:
    """Province, city and district as people write them: 浙江省杭州市西湖区 · Xihu District, Hangzhou, Zhejiang."""
    names: list[str] = []
    for code in codes:
        name = name_of(code, locale) if code else ""
        if name and name not in names:
            names.append(name)
    return "".join(names) if locale == "zh" else ", ".join(reversed(names))


def country_name(code: str, locale: str) -> str:
    """The name of a country; what is no ISO code passes through as it came."""
    return _territories("zh" if locale == "zh" else "en").get(code, code)


def countries(locale: str) -> list[tuple[str, str]]:
    """[(ISO code, name)]: the usual ones first, then all by name."""
    names = _territories("zh" if locale == "zh" else "en")
    rest = sorted((name, code) for code, name in names.items() if code not in FIRST_COUNTRIES)
    return [(code, names[code]) for code in FIRST_COUNTRIES] + [(code, name) for name, code in rest]


def place_problems(
    country: str, province_code: str, city_code: str = "", district_code: str = ""
) -> dict[str, Said]:
    """{field: why it does not fit}; {} when country and codes agree."""
    if not country.strip() or len(country) > 60:
        return {"country": Said(Text("请选择国家/地区", "Choose a country"))}
    if len(country) == 2 and country not in _territories("en"):
        return {"country": Said(Text("没有代码为 {code} 的国家", "There is no country {code}"), code=country)}
    found: dict[str, Said] = {}
    chain = (
        ("province_code", province_code, 2),
        ("city_code", city_code, 4),
        ("district_code", district_code, 6),
    )
    holder = ""
    for field, code, length in chain:
        if not code:
            holder = "?"
        elif country != CHINA:
            found[field] = Said(
                Text("只有中国大陆地址才有省市区代码", "Only addresses in China have these codes")
            )
        elif len(code) != length or code not in _places():
            found[field] = Said(Text("没有代码为 {code} 的地区", "There is no region {code}"), code=code)
        elif not code.startswith(holder):
            found[field] = Said(Text("与上一级地区不符", "It does not belong to the region above it"))
        holder = code or holder
    return found


@lru_cache(maxsize=1)
def _places() -> dict[str, Place]:
    with gzip.open(REGIONS, "rt", encoding="utf-8", newline="") as file:
        return {row["code"]: Place(row["code"], Text(row["zh"], row["en"])) for row in csv.DictReader(file)}


@lru_cache(maxsize=1)
def _children() -> dict[str, list[Place]]:
    found: dict[str, list[Place]] = {}
    for code, place in _places().items():
        found.setdefault(code[:-2], []).append(place)
    return found


@lru_cache(maxsize=2)
def _territories(language: str) -> dict[str, str]:
    names = Locale.parse("zh_CN" if language == "zh" else "en").territories
    return {
        code: name
        for code, name in names.items()
        if len(code) == 2 and code.isalpha() and code not in {"ZZ", "EU"}
    }


ALIASES = {
    "eire": "IE", "usa": "US", "uk": "GB", "england": "GB", "rsa": "ZA", "uae": "AE", "prc": "CN", "korea": "KR",
    "czech republic": "CZ", "hong kong": "HK", "macau": "MO", "中国大陆": "CN", "大陆": "CN", "香港": "HK",
    "澳门": "MO", "台湾": "TW", "taiwan": "TW", "russia": "RU", "holland": "NL",
}  # fmt: skip


@lru_cache(maxsize=4096)
def country_code(name: str) -> str:
    """The ISO code of a country written as code or name in either language; what is none passes through as it came."""
    plain = name.strip()
    if len(plain) == 2 and plain.upper() in _territories("en"):
        return plain.upper()
    return _codes_by_name().get(plain.casefold(), plain[:60])


@lru_cache(maxsize=1)
def _codes_by_name() -> dict[str, str]:
    named = {name.casefold(): code for lang in ("en", "zh") for code, name in _territories(lang).items()}
    return {**named, **ALIASES}
