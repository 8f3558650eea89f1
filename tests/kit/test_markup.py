"""Markup is built, never pasted: whatever a person typed arrives as text."""

import pytest

from ui_pages.kit.markup import Markup, el, icon, join


def test_children_and_attributes_are_escaped():
    made = el("a", "<b>&", href='/x"onmouseover="1', title="<i>")
    assert made == '<a href="/x&quot;onmouseover=&quot;1" title="&lt;i&gt;">&lt;b&gt;&amp;</a>'


@pytest.mark.parametrize(
    "path", ["javascript:alert(1)", " JavaScript:alert(1)", "data:text/html,x", "vbscript:x"]
)
def test_a_link_that_would_run_code_loses_its_target(path):
    assert el("a", "x", href=path) == "<a>x</a>"


def test_handlers_are_refused():
    with pytest.raises(ValueError, match="onclick"):
        el("b", onclick="x()")


def test_only_markup_passes_unescaped_and_nothing_vanishes_silently():
    assert join(["<", Markup("<br>"), None, False, 0, ["a", Markup("<hr>")]]) == "&lt;<br>0a<hr>"


def test_an_icon_names_the_sprite_by_its_content():
    assert 'href="/assets/' in icon("plus")
    assert icon("plus").endswith('icons.svg#plus"></svg>')
