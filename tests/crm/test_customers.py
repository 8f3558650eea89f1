"""Customers through the façade: what is kept, masked, found, refused."""

from types import SimpleNamespace

import pytest

from models import Audit, Customer, CustomerAddress, OutboxEvent, db
from services import crm
from services.core.audit import history_of, verify_chain
from services.core.clock import freeze
from services.core.db import transaction
from services.core.errors import Conflict, Invalid, NotFound, NotPermitted
from services.core.invariants import check_all

pytestmark = pytest.mark.engine
HANGZHOU = {"country": "CN", "province_code": "33", "city_code": "3301"}


def counts():
    return {
        model.__name__: model.select().count() for model in (Customer, CustomerAddress, Audit, OutboxEvent)
    }


def make(owner, **values):
    return crm.create_customer(
        crm.CustomerInput(**{"name": "王伟", "phone": "138 0013 8000", **values}), actor=owner
    )


def home(**values):
    given = {"recipient": "王伟", "phone": "13800138000", "street": "文三路 1 号", **HANGZHOU, **values}
    return crm.AddressInput(**given)


def test_a_new_customer_gets_a_number_and_sealed_contact_data(owner):
    customer = make(owner, email=" Wang@Example.com ")
    assert (customer.number, customer.version, customer.phone) == ("C000001", 1, "138 0013 8000")
    sealed = db.execute_sql("SELECT phone, email, phone_bidx, phone_tail_bidx FROM customer").fetchone()
    assert b"8000" not in bytes(sealed[0]) and b"xample" not in bytes(sealed[1])
    assert len(sealed[2]) == len(sealed[3]) == 32
    audit = history_of(customer).get()
    assert audit.after["phone"] == "138****8000" and "Wang" not in str(audit.after["email"])
    assert all(verdict.holds for verdict in check_all())


def test_a_wrong_customer_is_refused_and_nothing_is_written(owner):
    before = counts()
    with pytest.raises(Invalid) as refusal:
        make(owner, name=" ", phone="123", email="nobody", province_code="99", address=home(street=""))
    assert set(refusal.value.fields) == {"name", "phone", "email", "province_code", "address.street"}
    make(owner, number="vip-1", phone="")
    with pytest.raises(Conflict) as taken:
        make(owner, number="VIP-1")
    assert "VIP-1" in taken.value.said.render("zh")
    assert counts()["Customer"] == before["Customer"] + 1


@pytest.mark.parametrize(
    "term", ["C000001", "c000001", "13800138000", "+86 138-0013-8000", "wang@example.com", "WANG@example.COM"]
)
def test_one_customer_is_found_by_what_people_give(owner, term):
    customer = make(owner, email="wang@example.com")
    make(owner, phone="13900139000")
    assert crm.find_customer(term, owner).id == customer.id


@pytest.mark.parametrize("term", ["王伟", "王", "8000", "138 0013 8000", "C000001", "wang@example.com"])
def test_the_search_box_finds_by_name_number_phone_tail_and_email(owner, term):
    customer = make(owner, email="wang@example.com")
    make(owner, name="李娜", phone="13900139001", email="li@example.com")
    found = crm.customers(owner).where(crm.search_condition(term))
    assert [row.id for row in found] == [customer.id]
    assert crm.find_customers(term, owner)[0].id == customer.id


def test_a_part_of_a_phone_or_email_finds_nothing(owner):
    make(owner, email="wang@example.com")
    for term in ("1380013", "wang@", "example.com", "0013"):
        assert not list(crm.customers(owner).where(crm.search_condition(term)))


def test_two_customers_with_one_phone_are_hinted_at_and_not_picked(owner):
    first, second = make(owner), make(owner)
    assert [row.id for row in crm.possible_duplicates("13800138000", "", owner)] == [first.id, second.id]
    assert [row.id for row in crm.possible_duplicates("13800138000", "x@y.zz", owner, besides=first.id)] == [
        second.id
    ]
    assert not crm.possible_duplicates("", "", owner)
    assert crm.find_customer("13800138000", owner) is None


def test_an_edit_keeps_the_blind_indexes_and_the_history(owner):
    customer = make(owner)
    saved = crm.edit_customer(customer.id, 1, {"phone": "13911112222", "note": "VIP"}, actor=owner)
    assert saved.version == 2
    assert crm.find_customer("13911112222", owner).id == customer.id
    assert crm.find_customer("13800138000", owner) is None
    change = history_of(customer).first()
    assert change.before == {"note": "", "phone": "138****8000"}
    assert change.after == {"note": "VIP", "phone": "139****2222"}
    cleared = crm.edit_customer(customer.id, 2, {"phone": ""}, actor=owner)
    assert (cleared.phone, cleared.phone_bidx, cleared.phone_tail_bidx) == (None, None, None)


def test_an_old_version_conflicts_and_changes_nothing(owner, actor_of):
    customer = make(owner)
    crm.edit_customer(customer.id, 1, {"note": "first"}, actor=owner)
    before = counts()
    with pytest.raises(Conflict) as conflict:
        crm.edit_customer(customer.id, 1, {"note": "second"}, actor=actor_of("agent"))
    assert "Owner" in conflict.value.said.render("en")
    assert Customer.get_by_id(customer.id).note == "first"
    assert counts() == before


@pytest.mark.parametrize("changes", [{"order_count": 5}, {"phone": "1"}, {"name": ""}, {"city_code": "3401"}])
def test_an_edit_that_does_not_fit_is_refused(owner, changes):
    customer = make(owner, **HANGZHOU)
    before = counts()
    with pytest.raises(Invalid):
        crm.edit_customer(customer.id, 1, changes, actor=owner)
    assert counts() == before


def test_archiving_hides_from_pickers_and_restoring_brings_back(owner):
    customer = make(owner)
    archived = crm.archive_customer(customer.id, actor=owner)
    assert archived.archived_at is not None and not crm.find_customers("王伟", owner)
    assert crm.find_customer("13800138000", owner) is None
    with pytest.raises(Conflict):
        crm.archive_customer(customer.id, actor=owner)
    restored = crm.restore_customer(customer.id, actor=owner)
    assert restored.archived_at is None and crm.find_customers("王伟", owner)


def test_one_request_id_makes_one_customer(owner):
    once = owner.asking("click-1")
    assert make(once).id == make(once).id
    with pytest.raises(Invalid):
        make(once, name="别人")
    assert Customer.select().count() == 1


# ── addresses ────────────────────────────────────────────────────────────────


def test_exactly_one_address_is_the_default_and_the_region_follows_it(owner):
    customer = make(owner, address=home())
    office = crm.add_address(customer.id, home(province_code="31", city_code="3101"), actor=owner)
    assert not office.is_default and Customer.get_by_id(customer.id).province_code == "33"
    crm.set_default_address(office.id, actor=owner)
    assert [row.is_default for row in crm.addresses_of(customer.id, owner)] == [True, False]
    assert Customer.get_by_id(customer.id).province_code == "31"
    crm.remove_address(office.id, actor=owner)
    [left] = crm.addresses_of(customer.id, owner)
    assert left.is_default and Customer.get_by_id(customer.id).province_code == "33"
    assert all(verdict.holds for verdict in check_all())


def test_an_address_is_edited_with_its_version(owner):
    customer = make(owner, address=home())
    [address] = crm.addresses_of(customer.id, owner)
    saved = crm.edit_address(address.id, 1, {"street": "天目山路 2 号"}, actor=owner)
    assert (saved.street, saved.is_default, saved.version) == ("天目山路 2 号", True, 2)
    with pytest.raises(Conflict):
        crm.edit_address(address.id, 1, {"postcode": "310000"}, actor=owner)
    with pytest.raises(Invalid) as refusal:
        crm.edit_address(address.id, 2, {"street": "", "phone": "1", "district_code": "340104"}, actor=owner)
    assert set(refusal.value.fields) == {"street", "phone", "district_code"}
    assert CustomerAddress.get().street == "天目山路 2 号"


def test_the_history_of_addresses_shows_no_personal_data(owner):
    customer = make(owner, address=home())
    added = crm.add_address(customer.id, home(recipient="李小龙", street="解放路 77 号"), actor=owner)
    crm.remove_address(added.id, actor=owner)
    told = " ".join(f"{row.before} {row.after}" for row in Audit.select())
    assert "解放路 77" not in told and "13800138000" not in told and "李小龙" not in told


# ── who may read what ────────────────────────────────────────────────────────


def test_contact_data_is_masked_and_names_too_without_the_right(owner, actor_of):
    customer = make(owner, email="wang@example.com")
    shown = crm.contact_of(customer, owner)
    assert (shown.name, shown.phone, shown.email) == ("王伟", "138****8000", "w***@example.com")
    assert crm.contact_of(customer, actor_of("marketing")).name == "王*"
    with pytest.raises(NotPermitted):
        crm.customers(actor_of("warehouse"))


def test_revealing_needs_a_right_and_a_reason_and_is_written_down(owner, actor_of):
    customer = make(owner, address=home())
    agent = actor_of("agent")
    assert crm.reveal(customer.id, "phone", "客户来电核对", actor=agent) == "138 0013 8000"
    seen = history_of(customer).first()
    assert (seen.action, seen.after, seen.reason) == ("customer.reveal", {"field": "phone"}, "客户来电核对")
    [address] = crm.addresses_of(customer.id, owner)
    assert crm.reveal(customer.id, "street", "重寄", address_id=address.id, actor=agent) == "文三路 1 号"
    before = counts()
    with pytest.raises(NotPermitted):
        crm.reveal(customer.id, "phone", "好奇", actor=actor_of("marketing"))
    for field, reason, of in (("phone", " ", None), ("note", "想看", None), ("email", "想看", address.id)):
        with pytest.raises(Invalid):
            crm.reveal(customer.id, field, reason, address_id=of, actor=agent)
    with pytest.raises(NotFound):
        crm.reveal(customer.id + 1, "phone", "想看", actor=agent)
    with pytest.raises(NotFound):
        crm.reveal(make(owner).id, "street", "想看", address_id=address.id, actor=agent)
    assert counts()["Audit"] == before["Audit"] + 1
    assert verify_chain() is None


def test_the_51st_reveal_in_an_hour_is_refused(owner, midday):
    customer = make(owner)
    for _ in range(50):
        crm.reveal(customer.id, "phone", "核对", actor=owner)
    with pytest.raises(NotPermitted):
        crm.reveal(customer.id, "phone", "核对", actor=owner)
    with freeze(midday.replace(hour=midday.hour + 1, minute=1)):
        assert crm.reveal(customer.id, "phone", "核对", actor=owner)


# ── purchases ────────────────────────────────────────────────────────────────


def test_purchases_are_counted_with_their_first_and_last_day(owner, midday):
    customer = make(owner)
    later, earlier = midday, midday.replace(day=1)
    with transaction():
        for at, spent in ((later, 9900), (earlier.isoformat(), 100)):
            crm.record_purchase(SimpleNamespace(customer_id=customer.id, spent_delta_minor=spent, at=at))
        crm.record_purchase(SimpleNamespace(customer_id=None, spent_delta_minor=5, at=later))
        crm.record_spending(SimpleNamespace(customer_id=customer.id, spent_delta_minor=-400, at=later))
        crm.record_cancellation(SimpleNamespace(customer_id=customer.id, spent_delta_minor=-100, at=later))
    row = Customer.get_by_id(customer.id)
    assert (row.order_count, row.spent_minor, row.version) == (1, 9500, 1)
    assert (row.first_order_at, row.last_order_at) == (earlier, later)
