"""GET /metrics for Prometheus, and what keeps its numbers."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST

from app import ENGINE, meter
from app.api.screen import service
from app.page import Page

if TYPE_CHECKING:
    from app.service import Service

router = APIRouter(tags=["运行"])

_EVERY = 2.0  # seconds between the files of a worker
_MEASURE = 300.0  # seconds between measurements of the rules
# Long enough that most rules look: the page that rule times are told of.
_REFERENCE = Page(
    "<p>为做好2026年秋冬季森林防灭火工作，县应急管理局于2月28日召开会议，安排部署有关事项，联系电话0351-1234567。</p>"
    * 20,
    "关于召开森林防灭火工作会议的通知",
    "html",
)
_log = logging.getLogger(__name__)


@router.get("/metrics", summary="运行指标（Prometheus）", response_class=Response)
async def metrics(request: Request) -> Response:
    """计数、耗时、队列、数据版本；标签取自固定集合，不含任何稿件内容。"""
    state = request.app.state
    return Response(await run_in_threadpool(_page, state, service(request)), media_type=CONTENT_TYPE_LATEST)


def _page(state: Any, ready: Service) -> bytes:  # noqa: ANN401 Starlette's State
    register, words = ready.register, getattr(state, "words", None)
    now = {
        "register_up": float(register is not None and not register.ready()),
        "register_waiting": float(register.waiting if register is not None else 0),
        "files_waiting": float(state.intake.waiting),
        "long_posts_waiting": float(state.crowd.waiting),
        "loop_lag_seconds": state.crowd.lag,
        "words_set": float(words.newest.number if words else 0),
        "words_behind": float(bool(words and words.behind)),
        "words_reloads": float(words.reloads if words else 0),
        "rules": float(len(ready.detectors.rules)),
    }
    about = {"engine": ENGINE, "data": ready.data, "matcher": ready.detectors.engine}
    return meter.page(meter.together(ready.meter, ready.settings.home), now, about, state.rule_seconds)


async def keep(state: Any) -> None:  # noqa: ANN401 Starlette's State
    """While the service runs: leave this worker's numbers, measure the rules now and then."""
    measured = -_MEASURE
    while True:
        try:
            ready: Service = state.service
            await asyncio.to_thread(meter.leave, ready.meter, ready.settings.home)
            if time.monotonic() - measured > _MEASURE:
                measured = time.monotonic()
                state.rule_seconds = await asyncio.to_thread(rule_seconds, ready)
        except OSError as error:
            _log.warning("metrics were not left: %s", error)
        except Exception:  # noqa: BLE001 whatever it is, the next numbers come
            _log.exception("metrics were not left")
        await asyncio.sleep(_EVERY)


def rule_seconds(ready: Service) -> dict[str, float]:
    """What each detector takes for the reference page, under the name of its first rule."""
    text = _REFERENCE.text
    spent: dict[str, float] = {}
    for one in ready.detectors.detectors:
        start = time.thread_time()
        try:
            for _ in one.find(text):
                pass
        except Exception:  # noqa: BLE001, S112 a rule that breaks is told of where it matters
            continue
        spent[one.rules[0].id] = time.thread_time() - start
    return spent
