"""Pages of the office: each with who is logged in, the doors open to them, and the token its forms must carry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.api.gate import line, who
from app.api.screen import service
from app.web.forms import token_for
from app.web.pages import known, render

if TYPE_CHECKING:
    from fastapi import Request
    from fastapi.responses import Response

    from app.register.way import Person

DOORS = (
    ("/tasks", "我的待办"),
    ("/submit", "送审"),
    ("/records", "登记簿"),
    ("/rectification", "整改"),
    ("/waivers", "豁免"),
    ("/words", "词库"),
    ("/accounts", "账户"),
    ("/audit", "审计日志"),
)


def doors(person: Person) -> list[tuple[str, str]]:
    """The pages that would let this person in."""
    return [
        (path, words)
        for path, words in DOORS
        if (found := line(path)) is not None and person.roles & found.read
    ]


def landing(person: Person) -> str:
    """Where somebody begins: at their tasks, or, where they have none, at the first door open to them."""
    return next((path for path, _ in doors(person) if path in {"/tasks", "/accounts"}), "/")


def office(request: Request, template: str, status: int = 200, **values: object) -> Response:
    """One page of the office."""
    register = service(request).register
    csrf = token_for(request, register) if register is not None else ""
    values = {"trouble": "", "person": who(request), "csrf": csrf} | values
    page = render(request, f"register/{template}", **values)
    page.status_code = status
    return page


known(doors=doors)
