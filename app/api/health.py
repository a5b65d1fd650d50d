"""GET /health (the process lives) and GET /ready (it may be asked)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool

from app import ENGINE
from app.api.problems import Problem
from app.api.screen import service

router = APIRouter(tags=["运行"])


@router.get("/health", summary="进程是否存活")
async def health() -> dict[str, str]:
    """存活即 200。"""
    return {"status": "alive", "engine": ENGINE}


@router.get("/ready", summary="是否可以受理审查")
async def ready(request: Request) -> dict[str, Any]:
    """全部规则已装载、登记簿可以写入才是 200；否则 503，内容管理系统不得发布。"""
    if getattr(request.app.state, "service", None) is None:
        raise Problem(503, "规则尚未装载完毕。")
    loaded = service(request)
    if loaded.register is not None and (trouble := await run_in_threadpool(loaded.register.ready)):
        raise Problem(503, f"{trouble}。不登记的审查（record=false）照常。")
    return {
        "status": "ready",
        "engine": ENGINE,
        "data": loaded.data,
        "rules": len(loaded.detectors.rules),
        "words": sum(len(one.terms) for one in loaded.detectors.lexicons),
        "matcher": loaded.detectors.engine,
        "language_model": "off" if loaded.spelling is None else "strict",
        "checklists": [one.id for one in loaded.default],
    }
