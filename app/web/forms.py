"""Forms that a page sends: read, and checked to be our own page's (CSRF)."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from app.accounts.sessions import form_token
from app.api.problems import Problem

if TYPE_CHECKING:
    from fastapi import Request

    from app.register.store import Register


_MOST = 500  # fields: all items of all regulations, each with its reason


def token_for(request: Request, register: Register) -> str:
    """What a form of this page must carry."""
    return form_token(register, request.scope.get("session", "local"))


async def sent(request: Request, register: Register) -> dict[str, list[str]]:
    """The fields of a form.

    Raises:
        Problem: 415 not a form; 422 too many fields; 403 not from a page of ours.
    """
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise Problem(415, "应为表单。")
    body = (await request.body()).decode("utf-8", "replace")
    try:
        fields = parse_qs(body, keep_blank_values=True, max_num_fields=_MOST)
    except ValueError as error:
        raise Problem(422, f"表单不得超过 {_MOST} 个字段。") from error
    given = fields.pop("csrf", [""])[0]
    if not hmac.compare_digest(given.encode(), token_for(request, register).encode()):
        raise Problem(403, "页面已过期，请刷新后重试。")
    return fields


def one(fields: dict[str, list[str]], name: str) -> str:
    """A field, its ends trimmed; line ends as browsers send them become plain ones."""
    return fields.get(name, [""])[0].replace("\r\n", "\n").strip()
