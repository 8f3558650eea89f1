"""Phones, e-mails, names and regions: what passes and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core import geo
from services.core.crypto import normal_phone
from services.crm.rules import email_problem, name_problem, phone_problem


@pytest.mark.parametrize(
    ("phone", "country"),
    [
        ("13800138000", "CN"),
        ("138 0013 8000", "CN"),
        ("+86 138-0013-8000", "CN"),
        ("008613800138000", "CN"),
        ("8613800138000", "CN"),
        ("１３８００１３８０００", "CN"),
        ("0571-88886666", "CN"),
        ("(010) 6552 9988", "CN"),
        ("+86 571 88886666", "CN"),
        ("400-820-8820", "CN"),
        ("+44 20 7946 0958", "CN"),
        ("020 7946 0958", "GB"),
        ("+1 (415) 555-0132", "US"),
    ],
)
def test_a_phone_number_people_write_is_taken(phone, country):
    assert phone_problem(phone, country) is None


@pytest.mark.parametrize(
    ("phone", "country"),
    [
        ("12345", "CN"),
        ("12800138000", "CN"),
        ("1380013800", "CN"),
        ("+86 12345", "CN"),
        ("138001380000", "CN"),
        ("phone", "CN"),
        ("138-0013-800a", "CN"),
        ("12345", "GB"),
        ("1234567890123456", "GB"),
        ("٠١٢٣٤٥٦٧٨٩", "GB"),
    ],
)
def test_a_phone_number_that_cannot_ring_is_refused(phone, country):
    assert phone_problem(phone, country) is not None


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from([" ", "-", ""]))
def test_every_mobile_passes_however_it_is_spaced_and_has_one_normal_form(mobile, gap):
    spaced = gap.join((mobile[:3], mobile[3:7], mobile[7:]))
    assert phone_problem(spaced) is None
    assert normal_phone(spaced) == normal_phone("+86 " + spaced) == "86" + mobile


@given(st.text(max_size=30))
def test_no_text_breaks_the_checks(text):
    for problem in (phone_problem(text), email_problem(text), name_problem(text)):
        assert problem is None or problem.render("zh")


@pytest.mark.parametrize(
    ("email", "passes"),
    [
        ("a@b.co", True),
        ("zhang.wei+shop@mail.example.com", True),
        ("张伟@例子.中国", True),
        ("a@b", False),
        ("@b.co", False),
        ("a b@c.de", False),
        ("a@b..co", False),
        ("a@-b.co", False),
        ("a@b.co, c@d.ef", False),
        ("x" * 300 + "@b.co", False),
    ],
)
def test_email_forms(email, passes):
    assert (email_problem(email) is None) is passes


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        (("CN", "33", "3301", "330106"), set()),
        (("CN", "33", "", ""), set()),
        (("CN", "", "", ""), set()),
        (("GB", "", "", ""), set()),
        (("Channel Islands", "", "", ""), set()),
        (("", "", "", ""), {"country"}),
        (("ZZ", "", "", ""), {"country"}),
        (("CN", "99", "", ""), {"province_code"}),
        (("CN", "33", "3401", ""), {"city_code"}),
        (("CN", "", "3301", ""), {"city_code"}),
        (("CN", "33", "3301", "340104"), {"district_code"}),
        (("GB", "33", "", ""), {"province_code"}),
    ],
)
def test_region_codes_belong_to_what_holds_them(place, wrong):
    assert set(geo.place_problems(*place)) == wrong


def test_regions_have_names_in_both_languages():
    assert len(geo.provinces()) == 34
    assert geo.line_of("zh", "33", "3301", "330106") == "浙江省杭州市西湖区"
    assert geo.line_of("en", "33", "3301", "330106") == "Xihu District, Hangzhou, Zhejiang"
    assert geo.line_of("zh", "11", "1101", "110101") == "北京市东城区"
    assert geo.name_of("nowhere", "en") == "nowhere"
    assert geo.country_name("GB", "zh") == "英国"
    assert geo.country_name("EIRE", "en") == "EIRE"
    assert all(geo.cities(place.code) for place in geo.provinces() if place.code < "71")


@given(st.text(max_size=8), st.text(max_size=8), st.text(max_size=8), st.text(max_size=8))
def test_no_code_breaks_the_check(country, province, city, district):
    assert isinstance(geo.place_problems(country, province, city, district), dict)
