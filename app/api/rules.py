"""GET /rules and GET /checklists: what is looked for and what is asked; pages for people, JSON for programs."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.api.problems import Problem
from app.api.screen import service
from app.explain import checklist_page, rule_page
from app.web.pages import render, wants_html
from detectors.rule import FAMILIES

router = APIRouter(tags=["规则与制度"])


@router.get("/rules", response_model=None, summary="查哪些内容")
async def rules(request: Request) -> Response | list[dict[str, Any]]:
    """全部规则，按类别。"""
    pages = [rule_page(rule) for rule in service(request).detectors.rules.values()]
    if wants_html(request):
        return render(request, "rules.html", rules=pages, families=FAMILIES)
    return pages


@router.get("/rules/{rule_id}", response_model=None, summary="一条规则")
async def rule(rule_id: str, request: Request) -> Response | dict[str, Any]:
    """查什么、为什么、依据哪一条，并附示例。"""
    found = service(request).detectors.rules.get(rule_id)
    if found is None:
        raise Problem(404, f"没有规则 {rule_id[:80]}。")
    page = rule_page(found)
    return render(request, "rule.html", rule=page, families=FAMILIES) if wants_html(request) else page


@router.get("/checklists", response_model=None, summary="有哪些制度")
async def checklists(request: Request) -> Response | list[dict[str, Any]]:
    """全部制度。"""
    pages = [checklist_page(one) for one in service(request).checklists.values()]
    return render(request, "checklists.html", checklists=pages) if wants_html(request) else pages


@router.get("/checklists/{checklist_id}", response_model=None, summary="一部制度")
async def checklist(checklist_id: str, request: Request) -> Response | dict[str, Any]:
    """每一项审核内容的原文、所用规则、审批路线。"""
    found = service(request).checklists.get(checklist_id)
    if found is None:
        raise Problem(404, f"没有制度 {checklist_id[:80]}。")
    page = checklist_page(found)
    return render(request, "checklist.html", checklist=page) if wants_html(request) else page
