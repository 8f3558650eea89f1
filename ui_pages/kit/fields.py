"""Inputs drawn from a model's metadata: label, help, choices, units and how typed text becomes a value."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from nicegui import ui
from peewee import BooleanField, DateField, Field, ForeignKeyField, IntegerField, TextField

from models import EncryptedField, EnumField, JsonField, MoneyField, Text, UtcField
from services.core.money import exponent, from_minor, to_minor
from services.core.text import Said, label_of
from ui_pages.kit.ctx import Ctx
from ui_pages.kit.draft import Draft, Kept, Unreadable
from ui_pages.kit.markup import el, html
from ui_pages.kit.picker import Search, search_select

NOT_A_NUMBER = Text("「{typed}」不是数字", "“{typed}” is not a number")
NOT_A_DATE = Text("「{typed}」不是日期", "“{typed}” is not a date")
KEPT = Text("{mask} · 输入新值可替换", "{mask} · type to replace")
Choices = Sequence[tuple[Any, Text | str]] | Search
"""Pairs of value and words; or a read `search(term)` that gives them while one types."""


@contextmanager
def captioned(ctx: Ctx, label: Text | str) -> Iterator[None]:
    """A caption over the one input built inside, for small dialogs that have no draft."""
    with ui.element("div").classes("fd"):
        html(ctx.t(label)).classes("lb")
        yield


@dataclass(slots=True)
class Bound:
    """An input of a form: where its error is shown, and how it shows the value again."""

    name: str
    box: ui.element
    element: Any
    error: ui.html

    def refuse(self, words: str) -> None:
        """Show an error beside the field."""
        self.box.classes(add="bad")
        self.error.content = el("span", words, role="alert")

    def accept(self) -> None:
        """Take the error away."""
        self.box.classes(remove="bad")


def field(
    ctx: Ctx,
    draft: Draft,
    column: Field,
    *,
    label: Text | None = None,
    help: Text | None = None,
    choices: Choices | None = None,
    chosen: Text | str | None = None,
    currency: str = "",
    required: bool | None = None,
    span: bool | None = None,
    readonly: bool = False,
) -> Bound:
    """One labelled input bound to `draft.<column>`.

    `choices`: for references and free choices. `chosen`: the words of the present reference when choices are searched.
    """
    widget = _widget_for(ctx, column, choices, chosen, currency or ctx.currency)
    must = (not column.null and column.default is None) if required is None else required
    wide = isinstance(column, TextField) and not isinstance(column, JsonField) if span is None else span
    inline = isinstance(column, BooleanField)
    with ui.element("div").classes(f"fd{' span' if wide else ''}{' inline' if inline else ''}") as box:
        words = ctx.t(label or column.verbose_name)
        star = el("span", "*", class_="req", aria_hidden="true") if must and not inline else None
        if not inline:
            html(words, star).classes("lb")
        element = widget.build(words)
        hint = help or column.help_text
        if hint:
            html(ctx.t(hint)).classes("hp")
        error = html("").classes("er")
    if isinstance(column, EncryptedField):
        _bind_sealed(ctx, draft, column.name, element)
    else:
        element.bind_value(draft, column.name, forward=widget.to_model, backward=widget.to_screen)
    if readonly:
        element.props("readonly")
        element.disable()
    element.props["aria-label"] = words
    bound = Bound(column.name, box, element, error)
    element.on_value_change(lambda: bound.accept())
    return bound


def _bind_sealed(ctx: Ctx, draft: Draft, name: str, element: Any) -> None:
    """Personal data: the mask shows that there is some; an empty box keeps it, a new value replaces it."""

    def to_model(typed: Any) -> Any:
        return (typed or "").strip() or draft.original[name]

    def to_screen(value: Any) -> str:
        return "" if value is None or isinstance(value, Kept) else str(value)

    element.bind_value(draft, name, forward=to_model, backward=to_screen)
    kept = draft.original[name]
    if isinstance(kept, Kept):
        element.props["placeholder"] = ctx.t(Said(KEPT, mask=kept.mask))


@dataclass(slots=True)
class _Widget:
    build: Callable[[str], Any]
    to_model: Callable[[Any], Any]
    to_screen: Callable[[Any], Any]


def _widget_for(
    ctx: Ctx, column: Field, choices: Choices | None, chosen: Text | str | None, currency: str
) -> _Widget:
    if choices is not None or isinstance(column, ForeignKeyField):
        return _choice(ctx, column, choices or (), chosen)
    if isinstance(column, EnumField):
        options = [(member, label_of(member).text) for member in column.enum]
        return _choice(ctx, column, options, None)
    if isinstance(column, BooleanField):
        return _Widget(lambda words: ui.switch(words), bool, bool)
    if isinstance(column, MoneyField):
        return _money(currency)
    if isinstance(column, DateField):
        return _Widget(
            lambda _: ui.input().props("type=date"),
            _date_of,
            lambda value: value.isoformat() if value else "",
        )
    if isinstance(column, UtcField):
        return _instant(ctx)
    if isinstance(column, IntegerField):
        return _percent() if column.name.endswith("_bps") else _whole(column)
    return _text(column)


def _text(column: Field) -> _Widget:
    limit = getattr(column, "max_length", None)
    kind = {"phone": "tel", "email": "email"}.get(getattr(column, "pii", ""), "text")

    def build(_words: str) -> Any:
        if isinstance(column, TextField):
            return ui.textarea().props("autogrow debounce=150")
        made = ui.input().props(f"type={kind} debounce=150 autocomplete=off")
        return made.props(f"maxlength={limit}") if limit else made

    return _Widget(
        build, lambda typed: (typed or "") or (None if column.null else ""), lambda value: _typed(value) or ""
    )


def _money(currency: str) -> _Widget:
    def to_model(typed: Any) -> Any:
        text = str(typed or "").replace(",", "").replace(",", "").strip()
        if not text:
            return None
        try:
            return to_minor(text, currency)
        except (ValueError, InvalidOperation, ArithmeticError):
            return Unreadable(text, Said(NOT_A_NUMBER, typed=text))

    def to_screen(value: Any) -> str:
        if value is None or isinstance(value, Unreadable):
            return _typed(value)
        return f"{from_minor(value, currency):.{exponent(currency)}f}"

    def build(_words: str) -> Any:
        return ui.input().props(
            f'inputmode=decimal debounce=150 suffix="{currency}" input-class="num text-right"'
        )

    return _Widget(build, to_model, to_screen)


def _percent() -> _Widget:
    def to_model(typed: Any) -> Any:
        text = str(typed or "").replace("%", "").strip()
        try:
            return int(Decimal(text) * 100) if text else None
        except InvalidOperation:
            return Unreadable(text, Said(NOT_A_NUMBER, typed=text))

    def to_screen(value: Any) -> str:
        return (
            _typed(value) if value is None or isinstance(value, Unreadable) else f"{Decimal(value) / 100:f}"
        )

    return _Widget(
        lambda _: ui.input().props('inputmode=decimal debounce=150 suffix="%"'), to_model, to_screen
    )


def _whole(column: Field) -> _Widget:
    unit = "g" if column.name.endswith("_g") else ""

    def to_model(typed: Any) -> Any:
        text = str(typed or "").replace(",", "").strip()
        if not text:
            return None if column.null else Unreadable("", Said(NOT_A_NUMBER, typed=""))
        try:
            return int(text)
        except ValueError:
            return Unreadable(text, Said(NOT_A_NUMBER, typed=text))

    def build(_words: str) -> Any:
        made = ui.input().props("inputmode=numeric debounce=150")
        return made.props(f'suffix="{unit}"') if unit else made

    return _Widget(
        build,
        to_model,
        lambda value: _typed(value) if isinstance(value, Unreadable) else "" if value is None else str(value),
    )


def _instant(ctx: Ctx) -> _Widget:
    def to_model(typed: Any) -> Any:
        if not typed:
            return None
        try:
            return datetime.fromisoformat(str(typed)).replace(tzinfo=ctx.zone)
        except ValueError:
            return Unreadable(str(typed), Said(NOT_A_DATE, typed=str(typed)))

    def to_screen(value: Any) -> str:
        return (
            f"{value.astimezone(ctx.zone):%Y-%m-%dT%H:%M}" if isinstance(value, datetime) else _typed(value)
        )

    return _Widget(lambda _: ui.input().props("type=datetime-local"), to_model, to_screen)


def _date_of(typed: Any) -> Any:
    if not typed:
        return None
    try:
        return date.fromisoformat(str(typed))
    except ValueError:
        return Unreadable(str(typed), Said(NOT_A_DATE, typed=str(typed)))


def _typed(value: Any) -> str:
    return value.typed if isinstance(value, Unreadable) else "" if value is None else str(value)


def _choice(ctx: Ctx, column: Field, choices: Choices, chosen: Text | str | None) -> _Widget:
    if callable(choices):
        return _Widget(
            lambda words: search_select(ctx, choices, chosen=chosen or "", label=words), _same, _same
        )
    options = {value: ctx.t(words) for value, words in choices}

    def build(_words: str) -> Any:
        return ui.select(options, with_input=len(options) > 12, clearable=column.null)

    return _Widget(build, _same, lambda value: value if value in options else None)


def _same(value: Any) -> Any:
    return value
