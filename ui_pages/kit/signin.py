"""The plain pages before the shell: sign-in, sign-out, language and theme. HTML forms only, no NiceGUI client."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from models import Text
from services import identity
from services.core.db import read, slow, write
from services.core.errors import DomainError
from services.core.options import get_option
from services.core.text import Locale, Said, parse_locale, render
from ui_pages.kit import sessions
from ui_pages.kit.assets import url
from ui_pages.kit.markup import Markup, el, icon, join
from ui_pages.kit.web import is_loopback

WELCOME = Text("欢迎回来", "Welcome back")
LEAD = Text("登录「{shop}」后台", "Sign in to {shop}")
LOGIN = Text("账号", "Account")
PASSWORD = Text("密码", "Password")
ENTER = Text("登录", "Sign in")
UNENCRYPTED = Text(
    "连接未加密,同一网络内的人可能看到密码",
    "This connection is not encrypted; others on the network may read it",
)
DEMO = Text("演示店铺:点一个角色直接进入", "Demo shop: pick a role to enter")
WHY = {
    "ended": Text("会话已结束,请重新登录", "Your session has ended; please sign in again"),
    "out": Text("已退出登录", "You are signed out"),
    "ready": Text("店铺已建好,请登录", "The shop is ready; please sign in"),
    "password": Text("密码已修改,请用新密码登录", "Password changed; sign in with the new one"),
}
THEMES = (("light", "sun"), ("dark", "moon"))


def mount(app: FastAPI) -> None:
    """Register the routes; all are public."""
    app.add_api_route("/sign-in", sign_in_page, methods=["GET"], include_in_schema=False)
    app.add_api_route("/sign-in", sign_in, methods=["POST"], include_in_schema=False)
    app.add_api_route("/sign-out", sign_out, methods=["POST"], include_in_schema=False)
    app.add_api_route("/look", choose_look, methods=["POST"], include_in_schema=False)


async def sign_in_page(request: Request) -> Response:
    """The form; whoever is signed in already goes on."""
    if not await read(identity.has_staff):
        return RedirectResponse("/setup", 303)
    if await sessions.current(request):
        return RedirectResponse(local_path(request.query_params.get("next", "/")), 303)
    onward = local_path(request.query_params.get("next", "/"))
    return await _form(request, said=WHY.get(request.query_params.get("why", "")), tone="info", onward=onward)


async def sign_in(request: Request) -> Response:
    """Check account and password; a fresh session every time, so none can be planted."""
    form = await request.form()
    onward = local_path(str(form.get("next", "/")))
    wanted = identity.SignIn(
        login=str(form.get("login", ""))[:60],
        password=str(form.get("password", ""))[:1000],
        ip_address=request.client.host if request.client else "",
        user_agent=request.headers.get("user-agent", "")[:200],
        is_local=is_local(request),
    )
    try:
        token = await slow(identity.sign_in, wanted, sessions.settings())
    except DomainError as refusal:
        said, status = refusal.said, refusal.status
        return await _form(request, said=said, login=wanted.login, status=status, onward=onward)
    if before := sessions.token_of(request):
        await write(identity.sign_out, before)
    response = RedirectResponse(onward, 303)
    sessions.set_cookie(response, request, token)
    return response


async def sign_out(request: Request) -> Response:
    """End the session here and in all its tabs."""
    session = await sessions.current(request)
    await write(identity.sign_out, sessions.token_of(request))
    if session is not None:
        sessions.end(session, "out")
    response = RedirectResponse("/sign-in?why=out", 303)
    sessions.clear_cookie(response, request)
    response.headers["Clear-Site-Data"] = '"storage"'
    return response


async def choose_look(request: Request) -> Response:
    """Keep language or theme in a cookie until somebody signs in."""
    form = await request.form()
    onward = str(form.get("next", "/"))
    plain = onward.startswith(("/sign-in", "/setup")) and "\\" not in onward
    response = RedirectResponse(onward if plain else local_path(onward), 303)
    for name, allowed in (("locale", {"zh", "en"}), ("theme", {"light", "dark", "system"})):
        if form.get(name) in allowed:
            response.set_cookie(
                name, str(form[name]), max_age=31536000, path="/", httponly=True, samesite="lax"
            )
    return response


def locale_of(request: Request) -> Locale:
    """Language before sign-in: cookie, else what the browser asks for."""
    chosen = request.cookies.get("locale")
    return parse_locale(chosen or request.headers.get("accept-language"))


def local_path(path: str) -> str:
    """The path when it stays on this machine, else the first page."""
    fine = path.startswith("/") and not path.startswith("//") and path.isprintable() and "\\" not in path
    return path if fine and not path.startswith(("/sign-", "/setup", "/look")) else "/"


def is_local(request: Request) -> bool:
    """Whether the request comes from this machine itself, under a name of this machine, not through a proxy.

    The name counts because a page elsewhere can point its own name here (DNS rebinding).
    """
    peer = request.client.host if request.client else ""
    named = request.headers.get("host", "").rsplit(":", 1)[0].strip("[]")
    is_ours = named == "localhost" or is_loopback(named)
    return is_ours and is_loopback(peer) and not request.scope.get("zhanggui.is_forwarded", False)


def is_unencrypted(request: Request) -> bool:
    """Whether passwords and data travel in clear over a network."""
    return request.url.scheme != "https" and not is_local(request)


async def _form(
    request: Request,
    *,
    onward: str,
    said: Text | Said | None = None,
    login: str = "",
    tone: str = "",
    status: int = 200,
) -> Response:
    locale = locale_of(request)
    shop, is_demo = await read(lambda: (get_option("shop.name"), get_option("shop.is_demo")))
    fields = (
        el("input", type="hidden", name="next", value=onward),
        labelled(
            render(LOGIN, locale),
            name="login",
            value=login,
            autocomplete="username",
            autofocus=not login,
            required=True,
        ),
        labelled(
            render(PASSWORD, locale),
            name="password",
            type="password",
            autocomplete="current-password",
            autofocus=bool(login),
            required=True,
        ),
        el("button", render(ENTER, locale), class_="btn b-primary", type="submit"),
    )
    body = [
        el("h1", render(WELCOME, locale)),
        el("p", render(Said(LEAD, shop=shop), locale), class_="lead"),
        el("div", render(said, locale), class_=f"say {tone}", role="alert") if said else None,
        el("div", render(UNENCRYPTED, locale), class_="say") if is_unencrypted(request) else None,
        el("form", *fields, method="post", action="/sign-in"),
    ]
    if is_demo and (is_local(request) or sessions.settings().demo):
        body.append(await read(_demo_buttons, locale, onward))
    return document(request, render(ENTER, locale), body, status=status)


def _demo_buttons(locale: Locale, onward: str) -> Markup | None:
    accounts = identity.demo_accounts()
    if not accounts:
        return None
    forms = [
        el(
            "form",
            el("input", type="hidden", name="next", value=onward),
            el("input", type="hidden", name="login", value=account.login),
            el("input", type="hidden", name="password", value=account.password),
            el(
                "button", icon("user"), render(account.title, locale), class_="btn b-secondary", type="submit"
            ),
            method="post",
            action="/sign-in",
            style="display:contents",
        )
        for account in accounts
    ]
    return el("div", render(DEMO, locale), el("div", *forms, class_="roles"), class_="demo")


def labelled(words: str, *, error: str = "", **attributes: Any) -> Markup:
    """A plain input with its label and error."""
    field = el("input", **{"type": "text", **attributes})
    wrong = el("span", error, class_="er", role="alert") if error else None
    return el("label", words, field, wrong, class_="bad" if error else None)


def document(
    request: Request, title: str, body: list[Any], *, status: int = 200, wide: bool = False, look: bool = True
) -> HTMLResponse:
    """A plain page of the kit, in the visitor's language and theme."""
    locale = locale_of(request)
    theme = request.cookies.get("theme", "system")
    head = (
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("title", f"{title} · 掌柜"),
        el("link", rel="icon", href="/favicon.ico"),
        el("link", rel="stylesheet", href=url("kit.css")),
    )
    logo = el("div", el("i", "掌"), "掌柜 Zhanggui", class_="logo")
    box = el("div", logo, *body, class_="box wide" if wide else "box")
    page = el(
        "body",
        el("main", box, class_="door"),
        _look(request, locale, theme) if look else None,
        class_="plain",
    )
    dark = {"dark": "dark", "light": "light"}.get(theme, "auto")
    html = el("html", el("head", *head), page, lang="zh-CN" if locale == "zh" else "en", class_=dark)
    return HTMLResponse("<!doctype html>" + html, status_code=status)


def _look(request: Request, locale: str, theme: str) -> Markup:
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    keep = el(
        "input", type="hidden", name="next", value=here if request.url.path in {"/sign-in", "/setup"} else "/"
    )

    def choice(name: str, value: str, shown: Any, words: str, on: bool) -> Markup:
        button = el(
            "button",
            shown,
            name=name,
            value=value,
            class_="on" if on else None,
            aria_label=words,
            type="submit",
        )
        return el("form", keep, button, method="post", action="/look")

    languages = [
        choice("locale", code, words, words, locale == code)
        for code, words in (("zh", "中文"), ("en", "English"))
    ]
    looks = [choice("theme", name, icon(picture), name, theme == name) for name, picture in THEMES]
    return el("footer", join(languages), "·", join(looks))


def sign_in_url(request: Request) -> str:
    """Where somebody without a session is sent, and comes back from."""
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return "/sign-in" if path == "/" else f"/sign-in?next={quote(path)}"


def refusals_of(refusal: DomainError, locale: str) -> Mapping[str, str]:
    """Field errors in the visitor's language."""
    return {name: render(said, locale) for name, said in refusal.fields.items()}
