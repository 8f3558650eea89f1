"""Drafts: what a form binds to knows what changed, and nothing polls it."""

import pytest
from nicegui import binding

from models import Customer
from services.core.errors import Invalid
from services.core.text import Said, Text
from ui_pages.kit.draft import Unreadable, draft


def customer(**values):
    return Customer(id=7, version=3, name="李伟", note="", **values)


def test_a_fresh_draft_has_no_changes():
    edited = draft(customer(), [Customer.name, Customer.note])
    assert (edited.id, edited.version, edited.is_dirty, edited.changes()) == (7, 3, False, {})


def test_changes_are_exactly_the_fields_that_differ():
    edited = draft(customer(), [Customer.name, Customer.note])
    edited.name = "李维"
    edited.note = "x"
    edited.note = ""
    assert edited.is_dirty
    assert edited.changes() == {"name": "李维"}


def test_what_could_not_be_read_is_refused_beside_its_field():
    edited = draft(customer(), [Customer.name])
    edited.name = Unreadable("abc", Said(Text("不对", "wrong")))
    with pytest.raises(Invalid) as refusal:
        edited.changes()
    assert set(refusal.value.fields) == {"name"}


def test_listeners_hear_each_change_once():
    edited, heard = draft(customer(), [Customer.name]), []
    edited.listeners.append(heard.append)
    edited.name = "a"
    edited.name = "a"
    assert heard == ["name"]


def test_one_class_a_model_and_set_of_fields_and_no_polling():
    one, two = draft(customer(), [Customer.name]), draft(customer(), [Customer.name])
    assert type(one) is type(two)
    assert not binding.active_links


def test_a_new_row_starts_with_the_defaults():
    edited = draft(None, [Customer.name, Customer.country])
    assert (edited.id, edited.country) == (None, "CN")
