"""The refusals of the system: each carries a sentence in both languages and an HTTP status."""

from collections.abc import Mapping, Sequence

from models import Text
from services.core.text import Said


class DomainError(Exception):
    """A refusal that the user caused and can mend; anything else is a bug."""

    status = 400
    code = "refused"

    def __init__(
        self,
        said: Said | Text,
        *,
        fields: Mapping[str, Said | Text] | None = None,
        reasons: Sequence[Said] = (),
    ) -> None:
        self.said = said if isinstance(said, Said) else Said(said)
        self.fields = dict(fields or {})
        self.reasons = list(reasons)
        super().__init__(self.said.render("en"))


class Invalid(DomainError):
    """The input is wrong; `fields` says where."""

    status = 422
    code = "invalid"

    def __init__(
        self, said: Said | Text | None = None, *, fields: Mapping[str, Said | Text] | None = None
    ) -> None:
        first = next(iter((fields or {}).values()), None)
        fallback = Text("请检查标出的内容", "Please check the marked fields")
        super().__init__(said or first or fallback, fields=fields)


class NotFound(DomainError):
    """There is no such row, or the actor may not see it."""

    status = 404
    code = "not_found"

    def __init__(
        self, said: Said | Text = Text("没有找到,或您无权查看", "Not found, or not visible to you")
    ) -> None:
        super().__init__(said)


class NotPermitted(DomainError):
    """The actor lacks the permission."""

    status = 403
    code = "not_permitted"


class Conflict(DomainError):
    """Somebody else changed the row in the meantime, or it already exists."""

    status = 409
    code = "conflict"


class MoveRefused(Conflict):
    """The row's state does not allow this move; `reasons` says why."""

    code = "move_refused"


class Unavailable(DomainError):
    """Something outside does not answer; trying again may help."""

    status = 503
    code = "unavailable"

    def __init__(self, said: Said | Text, *, retryable: bool = True) -> None:
        self.retryable = retryable
        super().__init__(said)
