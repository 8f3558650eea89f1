"""What the registries promise: every right has words and a holder, every state that is stored can be shown."""

import importlib
from enum import StrEnum

import pytest

from models import TABLES, EnumField
from services.core.permissions import PERMISSIONS, ROLE_PRESETS, Permission
from services.core.text import label_of
from tests.contracts.source import ROOT


def test_every_permission_has_words_and_a_preset_role_that_holds_it():
    held = frozenset().union(*(permissions for _, permissions in ROLE_PRESETS.values()))
    assert set(PERMISSIONS) == set(Permission)
    assert set(Permission) <= held
    assert all(text.zh and text.en for text in PERMISSIONS.values())


def test_only_the_owner_holds_everything():
    assert [role for role, (_, held) in ROLE_PRESETS.items() if held == frozenset(Permission)] == ["owner"]


def stored_enumerations() -> list[tuple[str, type[StrEnum]]]:
    """(domain, enumeration) of every EnumField whose domain is built."""
    found = {
        (model.domain, field.enum)
        for model in TABLES
        for field in model._meta.sorted_fields
        if isinstance(field, EnumField) and is_built(model.domain)
    }
    return sorted(found, key=lambda pair: (pair[0], pair[1].__name__))


def is_built(domain: str) -> bool:
    return domain != "core" and (ROOT / "services" / domain / "__init__.py").exists()


@pytest.mark.parametrize(
    ("domain", "enumeration"), stored_enumerations(), ids=lambda value: getattr(value, "__name__", value)
)
def test_every_stored_state_has_a_label(domain, enumeration):
    importlib.import_module(f"services.{domain}")
    without = []
    for member in enumeration:
        try:
            label = label_of(member)
        except KeyError:
            without.append(member.name)
        else:
            assert label.text.zh and label.text.en, member
    assert without == []
