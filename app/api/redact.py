"""POST /redact: a post → the same fields with private data masked, and what was masked where."""

from __future__ import annotations

from typing import Any

import msgspec
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from pydantic import BaseModel, Field

from app.api.forms import Post
from app.api.problems import Problem
from app.api.screen import PROBLEMS, page, read, service, takes
from app.masking import redact as mask
from app.service import Service

router = APIRouter(tags=["脱敏"])


class MaskOut(BaseModel):
    """一处遮盖：提交文本中的位置（Unicode 码点，左闭右开）和遮盖后的文字。"""

    field: str
    start: int
    end: int
    rule: str
    kind: str
    masked: str


class RedactedOut(BaseModel):
    """遮盖后的稿件，格式不变。"""

    title: str
    body: str
    format: str
    masks: list[MaskOut]
    unseen: list[dict[str, str]] = Field(description="没有能够检查的规则：遮盖可能不全")


def redacted(post: Post, ready: Service) -> dict[str, Any]:
    """One post, masked.

    Raises:
        Problem: as for POST /screen.
    """
    one = page(post, ready)
    look = ready.detectors.look(one.text)
    done = mask(one.text, [finding for finding in look.findings if finding.rule.private])
    seam = len(one.title)  # a title is plain text: masks there are sign for sign
    if done.source[seam : seam + 1] != "\n":
        raise Problem(500, "遮盖后的标题与正文无法分开，未返回结果。")
    return {
        "title": done.source[:seam],
        "body": done.source[seam + 1 :],
        "format": one.format,
        "masks": [
            {
                **one.place(each.span)._asdict(),
                "rule": each.rule,
                "kind": ready.detectors.rules[each.rule].title,
                "masked": each.masked,
            }
            for each in done.masks
        ],
        "unseen": [{"rule": each.rule.id, "reason": each.reason} for each in look.unseen],
    }


@router.post(
    "/redact",
    response_model=RedactedOut,
    responses=PROBLEMS,
    summary="遮盖个人信息",
    openapi_extra=takes(Post),
)
async def redact(request: Request) -> Response:
    """返回格式不变的稿件副本，个人信息按通行做法遮盖；HTML 仍是 HTML。"""
    body = await request.body()
    post = read(request.headers.get("content-type", ""), body, Post)
    async with request.app.state.crowd.room(len(body)):
        done = await run_in_threadpool(redacted, post, service(request))
    return Response(msgspec.json.encode(done), media_type="application/json")
