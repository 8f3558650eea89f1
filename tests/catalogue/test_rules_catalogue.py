"""Barcodes, matrix, price limits, attribute values and collection rules: tables of cases and properties."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import AttributeKind
from services.catalogue.rules import (
    AttributeValue,
    barcode_problem,
    change_bps,
    code_problem,
    collection_problem,
    combinations,
    gtin_check_digit,
    matrix_problem,
    parse_value,
    plan_matrix,
    price_limit_problem,
    raw_value,
    term_problem,
    variant_problems,
)
from services.catalogue.types import Choice, CollectionRules, OptionInput, RuleTerm
from services.core.text import Said

RED_BLUE = OptionInput(name="颜色", values=("红", "蓝"))
SIZES = OptionInput(name="尺码", values=("S", "M", "L"))


@pytest.mark.parametrize(
    "code", ["4006381333931", "73513537", "036000291452", "6901234567892", "00012345600012"]
)
def test_a_real_barcode_passes(code):
    assert barcode_problem(code) is None


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("4006381333932", "should be 1"),
        ("400638133393", "should be"),
        ("12345", "8, 12, 13 or 14"),
        ("40063813339３1", "digits only"),
        ("ABCDEFGH", "digits only"),
        ("", "digits only"),
    ],
)
def test_a_wrong_barcode_says_what_is_wrong(code, words):
    assert words in barcode_problem(code).render("en")


@given(st.from_regex(r"[0-9]{12}", fullmatch=True), st.integers(0, 11), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(body, place, shift):
    code = body + str(gtin_check_digit(body))
    assert barcode_problem(code) is None
    wrong = code[:place] + str((int(code[place]) + shift) % 10) + code[place + 1 :]
    assert barcode_problem(wrong) is not None


@pytest.mark.parametrize(
    ("code", "passes"),
    [("A-1/b.c_2+", True), ("-A", False), ("a b", False), ("红", False), ("", False), ("x" * 41, False)],
)
def test_codes(code, passes):
    assert (code_problem(code, 40) is None) is passes


def test_the_matrix_turns_its_last_axis_fastest():
    assert combinations([RED_BLUE, SIZES])[:4] == [("红", "S"), ("红", "M"), ("红", "L"), ("蓝", "S")]
    assert combinations([]) == [()]


@pytest.mark.parametrize(
    "options",
    [
        [RED_BLUE] * 4,
        [RED_BLUE, OptionInput(name="颜色", values=("黄",))],
        [OptionInput(name=" ", values=("黄",))],
        [OptionInput(name="颜色", values=())],
        [OptionInput(name="颜色", values=("黄", "黄"))],
        [OptionInput(name="颜色", values=("黄", ""))],
        [OptionInput(name=n, values=tuple(map(str, range(15)))) for n in "ab"],
    ],
)
def test_axes_that_make_no_matrix_are_refused(options):
    assert isinstance(matrix_problem(options), Said)


def test_a_new_axis_puts_existing_variants_at_its_first_value():
    plan = plan_matrix(["颜色"], {1: ("红",), 2: ("蓝",)}, [RED_BLUE, SIZES])
    assert plan.kept == {1: ("红", "S"), 2: ("蓝", "S")}
    assert plan.added == (("红", "M"), ("红", "L"), ("蓝", "M"), ("蓝", "L"))
    assert plan.dropped == ()


def test_a_removed_axis_keeps_the_oldest_variant_of_each_place():
    plan = plan_matrix(["颜色", "尺码"], {1: ("红", "S"), 2: ("红", "M"), 3: ("蓝", "S")}, [RED_BLUE])
    assert (plan.kept, plan.added, plan.dropped) == ({1: ("红",), 3: ("蓝",)}, (), (2,))


words = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=4, unique=True).map(tuple)


@given(words, words, words, words)
def test_a_plan_fills_every_place_exactly_once(one, two, three, four):
    old = [OptionInput(name="x", values=one), OptionInput(name="y", values=two)]
    new = [OptionInput(name="x", values=three), OptionInput(name="z", values=four)]
    before = dict(enumerate(combinations(old), start=1))
    plan = plan_matrix(["x", "y"], before, new)
    places = [*plan.kept.values(), *plan.added]
    assert sorted(places) == sorted(combinations(new))
    assert sorted([*plan.kept, *plan.dropped]) == sorted(before)


@pytest.mark.parametrize(
    ("old", "new", "reason", "refused"),
    [
        (10000, 14900, "", False),
        (10000, 15000, "", False),
        (10000, 15100, "", True),
        (10000, 15100, "供应商涨价", False),
        (10000, 4900, "", True),
        (10000, 0, "", True),
        (0, 99900, "", False),
        (10000, 10000, "", False),
    ],
)
def test_a_large_move_of_a_price_needs_a_reason(old, new, reason, refused):
    problem = price_limit_problem({"price_minor": old}, {"price_minor": new}, 5000, reason)
    assert (problem is not None) is refused


@given(st.integers(1, 10**9), st.integers(0, 10**9))
def test_a_change_is_measured_against_the_old_price(old, new):
    assert change_bps(old, new) == abs(new - old) * 10_000 // old


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"price_minor": 100, "compare_at_minor": None, "cost_minor": 0}, set()),
        ({"price_minor": -1}, {"price_minor"}),
        ({"price_minor": None}, {"price_minor"}),
        ({"price_minor": 10.5}, {"price_minor"}),
        ({"price_minor": True}, {"price_minor"}),
        ({"cost_minor": 10**14}, {"cost_minor"}),
        ({"weight_g": -1, "low_stock_at": "5"}, {"weight_g", "low_stock_at"}),
        ({"sku": "a b", "barcode": "1"}, {"sku", "barcode"}),
        ({"barcode": ""}, set()),
    ],
)
def test_variant_fields(values, wrong):
    assert set(variant_problems(values)) == wrong


# ── attribute values ─────────────────────────────────────────────────────────

CHOICES = (Choice(code="red", zh="红", en="Red"), Choice(code="blue", zh="蓝", en="Blue"))


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        (AttributeKind.TEXT, " 棉 ", AttributeValue(text="棉")),
        (AttributeKind.NUMBER, "1,234.5", AttributeValue(number=1234500)),
        (AttributeKind.NUMBER, "-0.001", AttributeValue(number=-1)),
        (AttributeKind.BOOL, "是", AttributeValue(number=1)),
        (AttributeKind.BOOL, "False", AttributeValue(number=0)),
        (AttributeKind.CHOICE, "红", AttributeValue(text="red")),
        (AttributeKind.CHOICE, "Blue", AttributeValue(text="blue")),
        (AttributeKind.CHOICE, "red", AttributeValue(text="red")),
    ],
)
def test_a_typed_value_is_understood(kind, raw, value):
    assert parse_value(kind, CHOICES, raw) == value


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (AttributeKind.TEXT, "x" * 201),
        (AttributeKind.NUMBER, "ten"),
        (AttributeKind.NUMBER, "1.2345"),
        (AttributeKind.NUMBER, "NaN"),
        (AttributeKind.NUMBER, "Infinity"),
        (AttributeKind.NUMBER, "1e99"),
        (AttributeKind.BOOL, "maybe"),
        (AttributeKind.DATE, "24/11/2026"),
        (AttributeKind.CHOICE, "green"),
    ],
)
def test_a_value_of_another_kind_is_refused(kind, raw):
    assert isinstance(parse_value(kind, CHOICES, raw), Said)


@given(st.sampled_from(list(AttributeKind)), st.text(max_size=40))
def test_what_is_shown_can_be_typed_again(kind, raw):
    value = parse_value(kind, CHOICES, raw)
    if not isinstance(value, Said):
        assert parse_value(kind, CHOICES, raw_value(kind, value)) == value


@given(st.integers(-(10**14), 10**14))
def test_numbers_keep_their_thousandths(number):
    raw = raw_value(AttributeKind.NUMBER, AttributeValue(number=number))
    assert parse_value(AttributeKind.NUMBER, (), raw) == AttributeValue(number=number)


# ── collection rules ─────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "term",
    [
        RuleTerm(field="colour", op="is", value="red"),
        RuleTerm(field="tag", op="is", value="新品"),
        RuleTerm(field="tag", op="has", value=" "),
        RuleTerm(field="brand", op="is", value="Nike"),
        RuleTerm(field="price", op="at_least", value="-1"),
        RuleTerm(field="price", op="at_least", value="٣"),
        RuleTerm(field="created", op="within_days", value="0"),
        RuleTerm(field="status", op="is", value="sold"),
        RuleTerm(field="attribute", op="is", value="red"),
    ],
)
def test_a_condition_that_makes_no_sense_says_why(term):
    assert term_problem(term) is not None


def test_a_collection_needs_one_to_twelve_conditions():
    term = RuleTerm(field="tag", op="has", value="新品")
    assert collection_problem(CollectionRules(terms=(term,))) is None
    assert collection_problem(CollectionRules(terms=())) is not None
    assert collection_problem(CollectionRules(terms=(term,) * 13)) is not None
    assert collection_problem(CollectionRules(terms=(term,), match="some")) is not None
