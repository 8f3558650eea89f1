"""The catalogue's pure decisions: barcodes, the option matrix, price limits, attribute values, collection rules."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import product
from typing import Any

from models import AttributeKind, ProductStatus
from services.catalogue.types import Choice, CollectionRules, OptionInput, RuleTerm
from services.core.text import Said, Text

GTIN_LENGTHS = (8, 12, 13, 14)
MAX_VARIANTS = 200
MAX_OPTIONS = 3
MAX_MINOR = 10**13
PRICE_FIELDS = ("price_minor", "compare_at_minor", "cost_minor")
COUNT_LIMITS = {"weight_g": 10_000_000, "low_stock_at": 1_000_000, "position": 1_000_000}
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/+-]*")
TRUE_WORDS = frozenset({"true", "yes", "1", "是", "有"})
FALSE_WORDS = frozenset({"false", "no", "0", "否", "无"})


# ── barcodes and codes ───────────────────────────────────────────────────────────────────────────────────────


def gtin_check_digit(body: str) -> int:
    """The last digit of a GTIN, from the digits before it (GS1: weights 3 and 1 from the right)."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return -total % 10


def barcode_problem(barcode: str) -> Said | None:
    """Why a text is no GTIN-8, -12, -13 or -14, or None."""
    if not (barcode.isascii() and barcode.isdecimal()):
        return Said(Text("条码只能是数字", "A barcode has digits only"))
    if len(barcode) not in GTIN_LENGTHS:
        return Said(Text("条码应为 8、12、13 或 14 位", "A barcode has 8, 12, 13 or 14 digits"))
    expected = gtin_check_digit(barcode[:-1])
    if int(barcode[-1]) != expected:
        text = Text(
            "校验位不对:末位应为 {digit}", "The check digit is wrong: the last digit should be {digit}"
        )
        return Said(text, digit=expected)
    return None


def code_problem(code: str, limit: int) -> Said | None:
    """Why a text cannot be a product code or SKU, or None."""
    if len(code) > limit:
        return Said(Text("最多 {limit} 个字符", "At most {limit} characters"), limit=limit)
    if not CODE.fullmatch(code):
        return Said(
            Text(
                "只能用字母、数字和 . _ - / +,不能有空格",
                "Only letters, digits and . _ - / +, without spaces",
            )
        )
    return None


# ── option matrix ────────────────────────────────────────────────────────────────────────────────────────────


def combinations(options: Sequence[OptionInput]) -> list[tuple[str, ...]]:
    """Every place in the matrix, the last axis turning fastest; one empty place when there is no axis."""
    return list(product(*(option.values for option in options)))


def matrix_problem(options: Sequence[OptionInput]) -> Said | None:
    """Why the axes make no matrix, or None."""
    if len(options) > MAX_OPTIONS:
        return Said(Text("最多 {n} 个规格项", "At most {n} options"), n=MAX_OPTIONS)
    names = [option.name.strip() for option in options]
    if any(not name or len(name) > 40 for name in names) or len(set(names)) < len(names):
        return Said(Text("规格项要有名称且不重复", "Options need names that differ"))
    for option in options:
        values = [value.strip() for value in option.values]
        if (
            not values
            or any(not value or len(value) > 60 for value in values)
            or len(set(values)) < len(values)
        ):
            text = Text(
                "「{name}」要有至少一个值,且不重复", "“{name}” needs at least one value, all different"
            )
            return Said(text, name=option.name)
    number = 1
    for option in options:
        number *= len(option.values)
    if number > MAX_VARIANTS:
        text = Text("共 {n} 个规格,超过上限 {limit}", "{n} variants are more than the limit of {limit}")
        return Said(text, n=number, limit=MAX_VARIANTS)
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixPlan:
    """What becomes of each variant when the axes change."""

    kept: Mapping[int, tuple[str, ...]]
    added: tuple[tuple[str, ...], ...]
    dropped: tuple[int, ...]


def plan_matrix(
    old_names: Sequence[str], place_by_variant: Mapping[int, tuple[str, ...]], options: Sequence[OptionInput]
) -> MatrixPlan:
    """Where each existing variant goes in the new matrix; on a new axis it takes the first value.

    The older variant (lower id) wins a place that two would share.
    """
    kept: dict[int, tuple[str, ...]] = {}
    taken: set[tuple[str, ...]] = set()
    dropped = []
    for variant_id in sorted(place_by_variant):
        old = dict(zip(old_names, place_by_variant[variant_id], strict=False))
        place = tuple(old.get(option.name, option.values[0]) for option in options)
        fits = all(value in option.values for value, option in zip(place, options, strict=True))
        if fits and place not in taken:
            kept[variant_id] = place
            taken.add(place)
        else:
            dropped.append(variant_id)
    added = tuple(place for place in combinations(options) if place not in taken)
    return MatrixPlan(kept=kept, added=added, dropped=tuple(dropped))


# ── prices ───────────────────────────────────────────────────────────────────────────────────────────────────


def change_bps(before_minor: int, after_minor: int) -> int:
    """How far a price moves, in ten-thousandths of the old one; from 0 anything is no change (first price)."""
    return abs(after_minor - before_minor) * 10_000 // before_minor if before_minor else 0


def price_limit_problem(
    before: Mapping[str, Any], after: Mapping[str, Any], limit_bps: int, reason: str
) -> Said | None:
    """Why a change of price needs a reason first, or None. A price brought down to 0 always needs one."""
    old, new = before["price_minor"], after.get("price_minor", before["price_minor"])
    if reason.strip() or old == new or (change_bps(old, new) <= limit_bps and not (old and new == 0)):
        return None
    text = Text("改价幅度超过 {limit}%,请写明原因", "The price moves by more than {limit} %: give a reason")
    return Said(text, limit=limit_bps // 100)


def variant_problems(values: Mapping[str, Any]) -> dict[str, Said]:
    """{field: why it is wrong} for the given fields of a variant."""
    found: dict[str, Said | None] = {}
    for field in PRICE_FIELDS:
        value = values.get(field)
        if value is not None and (type(value) is not int or not 0 <= value < MAX_MINOR):
            found[field] = Said(
                Text("金额不能为负,也不能太大", "An amount is not negative, and not that large")
            )
        elif field in values and value is None and field != "compare_at_minor":
            found[field] = Said(Text("请填写金额", "Enter an amount"))
    for field, limit in COUNT_LIMITS.items():
        value = values.get(field, 0)
        if type(value) is not int or not 0 <= value <= limit:
            found[field] = Said(
                Text("应为 0 至 {limit} 的整数", "A whole number from 0 to {limit}"), limit=limit
            )
    if "sku" in values:
        found["sku"] = code_problem(values["sku"], 60)
    if values.get("barcode"):
        found["barcode"] = barcode_problem(values["barcode"])
    return {field: said for field, said in found.items() if said}


# ── attribute values ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class AttributeValue:
    """A value in the column that fits its attribute's kind; numbers are thousandths, yes and no are 1 and 0."""

    text: str | None = None
    number: int | None = None
    on: date | None = None


def parse_value(kind: AttributeKind, choices: Sequence[Choice], raw: str) -> AttributeValue | Said:
    """A typed value from what was typed, or why it is none. A choice may be given by code or by either name."""
    raw = raw.strip()
    if kind is AttributeKind.NUMBER:
        return _number(raw)
    if kind is AttributeKind.BOOL:
        return _bool(raw)
    if kind is AttributeKind.DATE:
        try:
            return AttributeValue(on=date.fromisoformat(raw))
        except ValueError:
            return Said(Text("日期应如 2026-11-24", "A date looks like 2026-11-24"))
    if kind is AttributeKind.CHOICE:
        for choice in choices:
            if raw in (choice.code, choice.zh, choice.en):
                return AttributeValue(text=choice.code)
        return Said(Text("「{value}」不在可选值中", "“{value}” is not one of the choices"), value=raw)
    if len(raw) > 200:
        return Said(Text("最多 200 个字", "At most 200 characters"))
    return AttributeValue(text=raw)


def raw_value(kind: AttributeKind, value: AttributeValue) -> str:
    """What a person would type to get this value: the inverse of parse_value."""
    if kind is AttributeKind.NUMBER and value.number is not None:
        return f"{Decimal(value.number).scaleb(-3):f}".rstrip("0").rstrip(".") or "0"
    if kind is AttributeKind.BOOL:
        return "true" if value.number else "false"
    if kind is AttributeKind.DATE and value.on is not None:
        return value.on.isoformat()
    return value.text or ""


def _number(raw: str) -> AttributeValue | Said:
    try:
        thousandths = Decimal(raw.replace(",", "")).scaleb(3)
        if not thousandths.is_finite() or thousandths != thousandths.to_integral_value():
            return Said(Text("最多三位小数", "At most three decimal places"))
    except InvalidOperation:
        return Said(Text("应为数字", "Expected a number"))
    if abs(thousandths) >= 10**15:
        return Said(Text("数字太大", "The number is too large"))
    return AttributeValue(number=int(thousandths))


def _bool(raw: str) -> AttributeValue | Said:
    if raw.casefold() in TRUE_WORDS | FALSE_WORDS:
        return AttributeValue(number=int(raw.casefold() in TRUE_WORDS))
    return Said(Text("应为是或否", "Expected yes or no"))


# ── collections by rule ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleField:
    """What a collection can ask about: its words, its comparisons, and the kind of value they take."""

    text: Text
    ops: Mapping[str, Text]
    value: str


IS, IS_NOT = Text("是", "is"), Text("不是", "is not")
HAS, HAS_NOT = Text("有", "has"), Text("没有", "has not")
AT_LEAST, AT_MOST = Text("不低于", "is at least"), Text("不高于", "is at most")
RULE_FIELDS: Mapping[str, RuleField] = {
    "tag": RuleField(text=Text("标签", "Tag"), ops={"has": HAS, "has_not": HAS_NOT}, value="tag"),
    "brand": RuleField(text=Text("品牌", "Brand"), ops={"is": IS, "is_not": IS_NOT}, value="brand"),
    "category": RuleField(
        text=Text("类目", "Category"),
        ops={"within": Text("属于", "is within"), "not_within": Text("不属于", "is not within")},
        value="category",
    ),
    "dimension": RuleField(
        text=Text("分类维度", "Classification"), ops={"is": IS, "is_not": IS_NOT}, value="dimension"
    ),
    "attribute": RuleField(
        text=Text("属性", "Attribute"), ops={"is": IS, "is_not": IS_NOT}, value="attribute"
    ),
    "status": RuleField(text=Text("状态", "Status"), ops={"is": IS, "is_not": IS_NOT}, value="status"),
    "name": RuleField(text=Text("品名", "Name"), ops={"contains": Text("包含", "contains")}, value="text"),
    "price": RuleField(
        text=Text("售价", "Price"), ops={"at_least": AT_LEAST, "at_most": AT_MOST}, value="money"
    ),
    "created": RuleField(
        text=Text("创建", "Created"),
        ops={"within_days": Text("在最近(天)", "within the last (days)")},
        value="days",
    ),
}
NUMERIC_VALUES = frozenset({"brand", "category", "dimension", "money", "days"})
MAX_TERMS = 12


def term_problem(term: RuleTerm) -> Said | None:
    """Why one condition of a collection makes no sense, or None."""
    known = RULE_FIELDS.get(term.field)
    if known is None:
        return Said(Text("没有条件「{name}」", "There is no condition {name}"), name=term.field)
    if term.op not in known.ops:
        return Said(Text("「{field}」不能这样比较", "{field} cannot be compared like that"), field=known.text)
    if not term.value.strip() or len(term.value) > 200:
        return Said(Text("请给「{field}」一个值", "Give {field} a value"), field=known.text)
    if known.value in NUMERIC_VALUES and not (term.value.isascii() and term.value.isdecimal()):
        return Said(Text("「{field}」的值应为整数", "{field} takes a whole number"), field=known.text)
    if known.value == "days" and not 1 <= int(term.value) <= 3650:
        return Said(Text("天数应在 1 到 3650 之间", "The days must be between 1 and 3650"))
    if known.value == "status" and term.value not in set(ProductStatus):
        return Said(Text("没有这个状态", "There is no such status"))
    if known.value == "attribute" and term.of is None:
        return Said(Text("请选择属性", "Choose an attribute"))
    return None


def collection_problem(rules: CollectionRules) -> Said | None:
    """Why a collection's rules make no sense, or None."""
    if rules.match not in {"all", "any"}:
        return Said(Text("条件关系应为全部或任一", "Terms are joined by all or any"))
    if not 1 <= len(rules.terms) <= MAX_TERMS:
        return Said(Text("请给出 1 至 {n} 个条件", "Give 1 to {n} conditions"), n=MAX_TERMS)
    return next((problem for term in rules.terms if (problem := term_problem(term))), None)


def explain_term(term: RuleTerm, shown: Any, of: Text | None = None) -> Said:
    """One condition in words; `shown` is its value as people know it, `of` the attribute's name."""
    known = RULE_FIELDS[term.field]
    return Said(
        Text("{field}{op}「{value}」", "{field} {op} “{value}”"),
        field=of or known.text,
        op=known.ops[term.op],
        value=shown,
    )


def explain_collection(match: str, terms: Sequence[Said]) -> Said:
    """The whole rule as one sentence."""
    joint = (
        Text("{first},且{rest}", "{first} and {rest}")
        if match == "all"
        else Text("{first},或{rest}", "{first} or {rest}")
    )
    sentence = terms[-1]
    for term in reversed(terms[:-1]):
        sentence = Said(joint, first=term, rest=sentence)
    return sentence
