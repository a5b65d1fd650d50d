"""GET /: the form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request

from app.api.screen import service
from app.web.pages import render

if TYPE_CHECKING:
    from fastapi.responses import Response

router = APIRouter(include_in_schema=False)


@router.get("/", response_model=None)
async def form(request: Request) -> Response:
    """The page an editor pastes into."""
    ready = service(request)
    return render(
        request,
        "form.html",
        checklists=list(ready.checklists.values()),
        chosen=[one.id for one in ready.default],
        settings=ready.settings,
    )
