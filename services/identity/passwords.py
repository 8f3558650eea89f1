"""Password rules: at least 10 characters, any characters, not easily guessed (zxcvbn score ≥ 2), not the login."""

from models import Text
from services.core.errors import Invalid
from services.core.text import Said

MINIMUM = 10
MAXIMUM = 200


def check_password(password: str, *, login: str, name: str = "") -> None:
    """Raise Invalid with the reason when the password is too weak."""
    problem = password_problem(password, login=login, name=name)
    if problem:
        raise Invalid(fields={"password": problem})


def password_problem(password: str, *, login: str, name: str = "") -> Said | None:
    """Why a password is refused, or None. Length counts characters (ASVS 5.0 §6.2)."""
    if len(password) < MINIMUM:
        return Said(Text("密码至少 {n} 个字符", "Use at least {n} characters"), n=MINIMUM)
    if len(password) > MAXIMUM:
        return Said(Text("密码最多 {n} 个字符", "Use at most {n} characters"), n=MAXIMUM)
    from zxcvbn import zxcvbn

    guess = zxcvbn(password[:72], user_inputs=[login, name, "zhanggui", "掌柜"])
    if guess["score"] < 2:
        return Said(
            Text("密码太容易被猜到,请用几个不相关的词", "Too easy to guess; use a few unrelated words")
        )
    return None
