"""Business settings are typed, bounded, audited and cached."""

import pytest

from models import Audit, OptionValue
from services.core.errors import Invalid, NotPermitted
from services.core.options import OPTIONS, get_option, option_problem, set_option

pytestmark = pytest.mark.engine


def test_a_setting_has_its_default_until_somebody_changes_it(shop, owner):
    assert get_option("shop.currency") == "CNY"
    set_option("shop.currency", "GBP", actor=owner)
    assert get_option("shop.currency") == "GBP"
    row = Audit.select().order_by(Audit.id.desc()).get()
    assert (row.before, row.after) == ({"shop.currency": "CNY"}, {"shop.currency": "GBP"})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("shop.currency", "XXX"),
        ("shop.timezone", "Mars/Olympus"),
        ("orders.unpaid_minutes", -1),
        ("orders.unpaid_minutes", "30"),
        ("shop.is_demo", 1),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_a_sentence(shop, owner, key, value):
    with pytest.raises(Invalid) as refusal:
        set_option(key, value, actor=owner)
    assert OPTIONS[key].text.zh in refusal.value.said.render("zh")
    assert OptionValue.select().where(OptionValue.key == key).count() == 0


def test_only_who_may_changes_settings(shop, actor_of):
    with pytest.raises(NotPermitted):
        set_option("shop.name", "x", actor=actor_of("agent"))


def test_every_default_fits_its_own_rule():
    assert [key for key, option in OPTIONS.items() if option_problem(key, option.default)] == []
