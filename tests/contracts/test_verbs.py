"""Every verb is refused to every role that lacks its permission, before it looks at anything."""

import hashlib
import importlib
import inspect
import pkgutil

import pytest

import services
from models import TABLES, Role
from services import identity
from services.core.errors import NotPermitted
from services.core.permissions import PERMISSIONS, ROLE_PRESETS, VERBS
from tests.conftest import off_loop

for found in pkgutil.iter_modules(services.__path__):
    importlib.import_module(f"services.{found.name}")


def dump() -> str:
    """A hash over every row of every table."""
    digest = hashlib.sha256()
    for model in TABLES:
        digest.update(repr(list(model.select().order_by(model.id).tuples())).encode())
    return digest.hexdigest()


def call_blindly(verb, actor):
    """Call a verb with nothing but an actor."""
    given = {
        name: None
        for name, parameter in inspect.signature(verb.call).parameters.items()
        if parameter.default is inspect.Parameter.empty and name != "actor"
    }
    return verb.call(**given, actor=actor)


@pytest.mark.parametrize("role", sorted(ROLE_PRESETS))
def test_a_role_is_refused_every_verb_it_has_no_right_to_and_nothing_changes(shop, actor_of, role):
    actor = actor_of(role).asking("request-1")
    before = dump()
    refused = [verb for verb in VERBS.values() if not actor.can(verb.permission)]
    for verb in refused:
        with pytest.raises(NotPermitted) as refusal:
            call_blindly(verb, actor)
        assert PERMISSIONS[verb.permission].zh in refusal.value.said.render("zh"), verb.name
    assert dump() == before
    if role not in {"owner", "operations"}:
        assert len(refused) > 5


def test_every_verb_takes_a_keyword_only_actor_and_says_what_it_does():
    ours = [verb for verb in VERBS.values() if verb.call.__module__.startswith("services.")]
    assert len(ours) > 50
    for verb in ours:
        parameter = inspect.signature(verb.call).parameters["actor"]
        assert parameter.kind is inspect.Parameter.KEYWORD_ONLY, verb.name
        assert (verb.call.__doc__ or "").strip().endswith((".", ")")), verb.name


def test_every_preset_role_is_in_a_fresh_shop(shop):
    codes = off_loop(lambda: {row.code for row in Role.select()})
    assert codes == set(ROLE_PRESETS)
    assert {role.code for role in identity.all_roles()} == codes
