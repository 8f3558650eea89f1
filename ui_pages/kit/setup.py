"""The first start of an empty shop: one plain page that makes the owner, the shop and its first warehouse."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from fastapi import FastAPI, Request
from starlette.responses import RedirectResponse, Response

from models import Text
from services import identity
from services.core.db import read, slow
from services.core.errors import DomainError
from services.core.options import CURRENCIES
from services.core.text import render
from ui_pages.kit import sessions
from ui_pages.kit.markup import Markup, el, join
from ui_pages.kit.signin import UNENCRYPTED, document, is_unencrypted, labelled, locale_of, refusals_of

TITLE = Text("开张第一步", "Open your shop")
LEAD = Text(
    "一页填完:店铺、您的账号、第一个仓库。以后都能改",
    "One page: the shop, your account, the first warehouse. All can change later",
)
DO = Text("建立店铺", "Create the shop")
AREAS = ("Asia/", "Europe/", "America/", "Australia/", "Africa/", "Pacific/")
FIELDS: dict[str, Text] = {
    "shop_name": Text("店铺名称", "Shop name"),
    "currency": Text("本位币", "Base currency"),
    "timezone": Text("营业时区", "Time zone"),
    "warehouse": Text("第一个仓库", "First warehouse"),
    "name": Text("您的姓名", "Your name"),
    "login": Text("登录账号", "Account"),
    "password": Text("密码(至少 10 个字符)", "Password (at least 10 characters)"),
    "again": Text("再输一遍密码", "Password again"),
}
UNLIKE = Text("两次输入不一样", "The two do not match")
WAREHOUSE = Text("主仓", "Main warehouse")


def mount(app: FastAPI) -> None:
    """Register the routes; they answer only while nobody can sign in."""
    app.add_api_route("/setup", setup_page, methods=["GET"], include_in_schema=False)
    app.add_api_route("/setup", create_shop, methods=["POST"], include_in_schema=False)


async def setup_page(request: Request) -> Response:
    """The form, with defaults from the visitor's language."""
    if await read(identity.has_staff):
        return RedirectResponse("/", 303)
    chinese = locale_of(request) == "zh"
    start = {
        "currency": "CNY" if chinese else "GBP",
        "timezone": "Asia/Shanghai" if chinese else "Europe/London",
        "warehouse": render(WAREHOUSE, locale_of(request)),
        "login": "owner",
    }
    return _form(request, start, {})


async def create_shop(request: Request) -> Response:
    """Create everything in one command, sign the owner in, and go to the first page."""
    if await read(identity.has_staff):
        return RedirectResponse("/", 303)
    form = {key: str(value)[:1000] for key, value in (await request.form()).items()}
    locale = locale_of(request)
    if form.get("password") != form.get("again"):
        return _form(request, form, {"again": render(UNLIKE, locale)}, status=422)
    try:
        await slow(identity.setup_shop, _wanted(form, locale), sessions.settings().bcrypt_cost)
        token = await slow(identity.sign_in, _credentials(request, form), sessions.settings())
    except DomainError as refusal:
        return _form(
            request, form, refusals_of(refusal, locale), render(refusal.said, locale), refusal.status
        )
    response = RedirectResponse("/", 303)
    sessions.set_cookie(response, request, token)
    return response


def _wanted(form: Mapping[str, str], locale: str) -> identity.SetupShop:
    given = {name: form.get(name, "") for name in FIELDS if name != "again"}
    return identity.SetupShop(**given, locale=locale)


def _credentials(request: Request, form: Mapping[str, str]) -> identity.SignIn:
    return identity.SignIn(
        login=form["login"],
        password=form["password"],
        ip_address=request.client.host if request.client else "",
        user_agent=request.headers.get("user-agent", ""),
        is_local=True,
    )


def _form(
    request: Request, values: Mapping[str, str], errors: Mapping[str, str], said: str = "", status: int = 200
) -> Response:
    locale = locale_of(request)

    def text(name: str, **more: Any) -> Markup:
        secret = name in {"password", "again"}
        kind = (
            {"type": "password", "autocomplete": "new-password"}
            if secret
            else {"value": values.get(name, "")}
        )
        return labelled(
            render(FIELDS[name], locale), name=name, error=errors.get(name, ""), required=True, **kind, **more
        )

    zones = sorted(zone for zone in available_timezones() if zone.startswith(AREAS))
    fields = (
        text("shop_name", autofocus=True, maxlength=60),
        el(
            "div",
            _choice("currency", CURRENCIES, values, locale),
            _choice("timezone", zones, values, locale),
            class_="two",
        ),
        text("warehouse", maxlength=60),
        el(
            "div",
            text("name", maxlength=60, autocomplete="name"),
            text("login", maxlength=60, autocomplete="username"),
            class_="two",
        ),
        el("div", text("password", minlength=10), text("again", minlength=10), class_="two"),
        el("button", render(DO, locale), class_="btn b-primary", type="submit"),
    )
    body = [
        el("h1", render(TITLE, locale)),
        el("p", render(LEAD, locale), class_="lead"),
        el("div", said, class_="say", role="alert") if said else None,
        el("div", render(UNENCRYPTED, locale), class_="say") if is_unencrypted(request) else None,
        el("form", *fields, method="post", action="/setup"),
    ]
    return document(request, render(TITLE, locale), body, status=status, wide=True)


def _choice(name: str, options: Any, values: Mapping[str, str], locale: str) -> Markup:
    chosen = values.get(name)
    listed = join(el("option", option, value=option, selected=option == chosen) for option in options)
    return el("label", render(FIELDS[name], locale), el("select", listed, name=name))
