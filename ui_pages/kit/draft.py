"""Drafts: what a form binds to. One push-only bindable property per model field; knows its changes and its version."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from nicegui.binding import BindableProperty
from peewee import Field, ForeignKeyField

from models import EncryptedField, Row
from services.core.crypto import mask
from services.core.errors import Invalid
from services.core.text import Said


class Unreadable:
    """What was typed and cannot be understood, with the reason."""

    __slots__ = ("said", "typed")

    def __init__(self, typed: str, said: Said) -> None:
        self.typed, self.said = typed, said


@dataclass(frozen=True, slots=True)
class Kept:
    """Personal data that is there and stays unless something new is typed; the browser only gets its mask."""

    mask: str


class Draft:
    """A row being edited; subclasses are generated per model and fields."""

    model: ClassVar[type[Row]]
    names: ClassVar[tuple[str, ...]]

    def __init__(self, instance: Row | None) -> None:
        self.listeners: list[Callable[[str], None]] = []
        self.original: dict[str, Any] = {}
        self.reset(instance)

    def reset(self, instance: Row | None) -> None:
        """Take over a (newly saved or reloaded) row; every bound input follows."""
        self.id: int | None = getattr(instance, "id", None)
        self.version: int = getattr(instance, "version", 0) or 0
        self.original = {name: initial(self.model, name, instance) for name in self.names}
        for name, value in self.original.items():
            setattr(self, name, value)

    @property
    def is_dirty(self) -> bool:
        """Whether anything differs from the row."""
        return any(_differs(getattr(self, name), self.original[name]) for name in self.names)

    def changes(self) -> dict[str, Any]:
        """The fields that differ. Raises Invalid for what could not be read."""
        return {name: value for name, value in self.values().items() if _differs(value, self.original[name])}

    def values(self) -> dict[str, Any]:
        """All fields. Raises Invalid for what could not be read."""
        found = {name: getattr(self, name) for name in self.names}
        wrong = {name: value.said for name, value in found.items() if isinstance(value, Unreadable)}
        if wrong:
            raise Invalid(fields=wrong)
        return found

    def noted(self, name: str) -> None:
        """A field changed: tell the form."""
        for listener in self.listeners:
            listener(name)


def _differs(value: Any, original: Any) -> bool:
    """Whether a value is another one; nothing typed and nothing there are the same."""
    return value != original and not (value in (None, "") and original in (None, ""))


def draft(instance: Row | None, fields: Iterable[Field] = (), *, model: type[Row] | None = None) -> Draft:
    """A draft of `instance` over `fields` (default: every field); for a new row give `model` or an unsaved instance."""
    chosen = tuple(fields)
    of = model or (type(instance) if instance is not None else chosen[0].model)
    names = tuple(field.name for field in chosen) or tuple(of._meta.fields)
    return draft_class(of, names)(instance)


@cache
def draft_class(model: type[Row], names: tuple[str, ...]) -> type[Draft]:
    """The generated class: one BindableProperty per field."""

    def watch(name: str) -> BindableProperty:
        return BindableProperty(on_change=lambda owner, _value: owner.noted(name))

    body: dict[str, Any] = {name: watch(name) for name in names}
    return type(f"{model.__name__}Draft", (Draft,), {**body, "model": model, "names": names})


def initial(model: type[Row], name: str, instance: Row | None) -> Any:
    """The value a field starts with: the row's, else its default. A reference is its id; sealed data stays sealed."""
    field = model._meta.fields[name]
    if instance is None:
        return field.default() if callable(field.default) else field.default
    attribute = field.object_id_name if isinstance(field, ForeignKeyField) else name
    value = getattr(instance, attribute)
    return Kept(mask(field.pii, value)) if isinstance(field, EncryptedField) and value else value
