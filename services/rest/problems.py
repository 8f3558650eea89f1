"""Refusals as RFC 9457 problem details, in the caller's language."""

import logging
import secrets
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from models import Text
from services.core.errors import DomainError
from services.core.text import parse_locale, render

log = logging.getLogger("zhanggui.rest")
MEDIA_TYPE = "application/problem+json"
TITLES = {
    401: Text("需要有效的 API 密钥", "A valid API key is needed"),
    403: Text("没有权限", "Not permitted"),
    404: Text("没有找到", "Not found"),
    405: Text("不支持这种方法", "Method not allowed"),
    409: Text("与当前状态冲突", "Conflict with the present state"),
    412: Text("版本已过时", "The version is out of date"),
    413: Text("内容太大", "Content too large"),
    422: Text("内容不对", "The content is not valid"),
    428: Text("需要 If-Match", "If-Match is required"),
    500: Text("服务器内部错误", "Internal error"),
    503: Text("暂时不可用", "Unavailable"),
}


def locale_of(request: Request) -> str:
    """The language of Accept-Language; English when it names neither."""
    return parse_locale(request.headers.get("accept-language"), default="en")


def problem(request: Request, status: int, *, detail: str = "", code: str = "", **more: Any) -> JSONResponse:
    """One problem document."""
    title = render(TITLES.get(status, TITLES[500]), locale_of(request))
    body = {"type": f"/api/v1/problems/{code or status}", "title": title, "status": status, **more}
    if code:
        body["code"] = code
    if detail:
        body["detail"] = detail
    return JSONResponse(body, status, media_type=MEDIA_TYPE)


async def on_refusal(request: Request, refusal: Exception) -> JSONResponse:
    """A DomainError, with its fields and reasons."""
    if not isinstance(refusal, DomainError):
        raise refusal
    locale = locale_of(request)
    more: dict[str, Any] = {"code": refusal.code}
    if refusal.fields:
        more["errors"] = [
            {"field": name, "detail": render(said, locale)} for name, said in refusal.fields.items()
        ]
    if refusal.reasons:
        more["reasons"] = [render(said, locale) for said in refusal.reasons]
    more["retryable"] = bool(getattr(refusal, "retryable", False))
    detail = render(refusal.said, locale)
    return problem(request, refusal.status, detail=detail, **more)


async def on_invalid(request: Request, failure: Exception) -> JSONResponse:
    """A body or parameter of the wrong shape."""
    if not isinstance(failure, RequestValidationError):
        raise failure
    errors = [
        {"field": ".".join(str(part) for part in error["loc"][1:]), "detail": error["msg"]}
        for error in failure.errors()
    ]
    return problem(request, 422, code="invalid", errors=errors)


async def on_http(request: Request, failure: Exception) -> JSONResponse:
    """What routing itself refuses: 401, 404, 405 …"""
    if not isinstance(failure, HTTPException):
        raise failure
    answer = problem(
        request, failure.status_code, detail=failure.detail if failure.status_code == 401 else ""
    )
    for name, value in (failure.headers or {}).items():
        answer.headers[name] = value
    return answer


async def on_absurd(request: Request, _failure: Exception) -> JSONResponse:
    """A number or text that no column can hold."""
    said = Text("有一个值超出了允许的范围", "A value is beyond what can be stored")
    return problem(request, 422, code="invalid", detail=render(said, locale_of(request)))


async def on_bug(request: Request, failure: Exception) -> JSONResponse:
    """Anything else is a bug: logged with an id that the caller can quote."""
    incident = secrets.token_hex(6)
    log.error("unexpected failure %s", incident, exc_info=failure)
    return problem(request, 500, code="internal", incident=incident)
