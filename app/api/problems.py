"""One error shape everywhere: RFC 9457 ``application/problem+json``.

Nothing of what was sent is repeated in an answer: an error must not leak what a post holds.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import msgspec
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi import FastAPI, Request

MEDIA_TYPE = "application/problem+json"

_TITLES = {
    400: "请求无法读取",
    401: "未登录或密钥无效",
    403: "没有权限",
    404: "没有找到",
    405: "不支持的请求方法",
    408: "请求超时",
    409: "状态冲突",
    413: "内容过大",
    415: "不支持的内容类型",
    422: "请求内容不符合要求",
    429: "请求过于频繁",
    500: "内部错误，不得视为通过",
    503: "服务尚未就绪",
}

_REASONS = {
    "missing": "缺少必填字段",
    "extra_forbidden": "没有这个字段",
    "string_type": "应为文字",
    "string_unicode": "含有无法识别的字符（不成对的代理项）",
    "string_too_short": "不能为空",
    "string_too_long": "过长",
    "too_long": "数量过多",
    "too_short": "不能为空",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "date_from_datetime_parsing": "应为日期，如 2026-11-23",
    "date_parsing": "应为日期，如 2026-11-23",
    "date_type": "应为日期，如 2026-11-23",
    "list_type": "应为列表",
    "tuple_type": "应为列表",
    "dict_type": "应为对象",
    "model_attributes_type": "应为对象",
    "model_type": "应为对象",
}


class Problem(Exception):  # noqa: N818 the name of the field (RFC 9457)
    """An answer that is not 200. ``errors``: [{field, message}] for 422."""

    def __init__(
        self, status: int, detail: str = "", errors: list[dict[str, str]] | None = None, **headers: str
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.errors, self.headers = status, detail, errors, headers

    @property
    def response(self) -> Response:
        """The problem as an HTTP answer."""
        return Response(
            msgspec.json.encode(body(self.status, self.detail, self.errors)),
            self.status,
            {name.replace("_", "-"): value for name, value in self.headers.items()},
            MEDIA_TYPE,
        )


_NUMBER = re.compile(r"\d{9,}[Xx]?")  # of a person; a limit in bytes is shorter


def _without_numbers(words: str) -> str:
    """Words of ours that may name what the sender called something: a field, a checklist."""
    return _NUMBER.sub(lambda found: found[0][:3] + "***", words)


def body(status: int, detail: str = "", errors: list[dict[str, str]] | None = None) -> dict[str, Any]:
    """The JSON of a problem."""
    title = _TITLES.get(status) or HTTPStatus(status).phrase
    detail = _without_numbers(detail)
    if errors is not None:
        errors = [{name: _without_numbers(words) for name, words in one.items()} for one in errors]
    problem: dict[str, Any] = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail or title,
    }
    return problem | ({"errors": errors} if errors is not None else {})


def validation_problem(found: Sequence[Any]) -> Problem:
    """pydantic's errors as one problem; their ``input`` is left out."""
    errors = []
    for one in found:
        if one["type"] == "json_invalid":
            where = f"（位置 {one['loc'][-1]}）" if one["loc"] else ""
            return Problem(400, f"请求不是有效的 JSON{where}。")
        path = ".".join(map(str, one["loc"]))
        limits = one.get("ctx") or {}
        if one["type"] == "literal_error":
            reason = f"应为 {limits.get('expected', '').replace(' or ', '、')} 之一"
        elif one["type"] == "value_error":
            reason = str(limits.get("error", "")) or "不符合要求"
        else:
            reason = _REASONS.get(one["type"], "不符合要求")
        errors.append({"field": path or "(请求体)", "message": reason})
    return Problem(422, "；".join(f"{one['field']}：{one['message']}" for one in errors[:5]), errors)


def unexpected(error: Exception) -> Problem:
    """What nobody foresaw: its kind is named, its words are not, for they may hold what was sent."""
    return Problem(500, f"处理时出错（{type(error).__name__}），本次未完成审查，不得发布。")


def install(app: FastAPI) -> None:
    """Every failure of the application in this one shape."""

    async def problem(_: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)  # noqa: S101 registered for it
        return error.response

    async def validation(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 registered for it
        found = [
            one | {"loc": one["loc"][1:]} for one in error.errors()
        ]  # the first part only says "body" or "query"
        return validation_problem(found).response

    async def http(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 registered for it
        detail = error.detail if any("\u4e00" <= letter <= "\u9fff" for letter in error.detail) else ""
        return Problem(error.status_code, detail, None, **dict(error.headers or {})).response

    async def anything(_: Request, error: Exception) -> Response:
        return unexpected(error).response

    app.add_exception_handler(Problem, problem)
    app.add_exception_handler(RequestValidationError, validation)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(Exception, anything)
