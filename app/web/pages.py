"""Templates, and who wants a page rather than JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from app.api.gate import line, who
from app.documents import charts
from app.register.clock import shown

if TYPE_CHECKING:
    from fastapi import Request
    from fastapi.responses import Response

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"

_templates = Jinja2Templates(
    env=Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
)
_templates.env.filters["minute"] = shown
_templates.env.globals |= {"bars": charts.bars, "columns": charts.columns}


def known(**values: object) -> None:
    """What every template may call."""
    _templates.env.globals |= values


_COLUMNS = (
    ("/", "审稿"),
    ("/records", "登记簿"),
    ("/figures", "统计"),
    ("/rules", "审查规则"),
    ("/checklists", "审核制度"),
    ("/help", "帮助"),
)


def columns_of(request: Request) -> list[tuple[str, str]]:
    """The parts of the site that would let this person in; all of them where nobody is known yet."""
    roles = who(request).roles
    return [
        (path, words)
        for path, words in _COLUMNS
        if not roles or ((found := line(path)) is not None and roles & found.read)
    ]


known(columns_of=columns_of)


def wants_html(request: Request) -> bool:
    """Whether a person's browser asks: HTML is accepted and comes before JSON."""
    accept = request.headers.get("accept", "")
    page, data = accept.find("text/html"), accept.find("application/json")
    return page >= 0 and (data < 0 or page < data)


def render(request: Request, template: str, **values: object) -> Response:
    """One page."""
    return _templates.TemplateResponse(request, template, values)
