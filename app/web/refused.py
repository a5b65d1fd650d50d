"""A refusal as a page: a person's browser is not shown the JSON that programs get."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from app.api.problems import MEDIA_TYPE, Problem
from app.web.pages import render, wants_html

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI, Request
    from fastapi.responses import Response


def shown(request: Request, response: Response) -> Response:
    """The same answer, as a page where one was asked for; status and headers stay."""
    if response.media_type != MEDIA_TYPE or not wants_html(request):
        return response
    page = render(request, "refused.html", problem=msgspec.json.decode(bytes(response.body)))
    page.status_code = response.status_code
    for name, value in response.headers.items():
        if name not in {"content-type", "content-length"}:
            page.headers[name] = value
    return page


def install(app: FastAPI) -> None:
    """Every failure of the application too. After ``problems.install``."""
    for kind, answer in list(app.exception_handlers.items()):

        async def page(request: Request, error: Exception, answer: Callable[..., Any] = answer) -> Response:
            return shown(request, await answer(request, error))

        if kind in {Problem, HTTPException, RequestValidationError}:
            app.add_exception_handler(kind, page)
