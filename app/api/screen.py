"""POST /screen and POST /screen/batch."""

from __future__ import annotations

import json
from typing import Any, TypeVar

import msgspec
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from pydantic import BaseModel, ValidationError

from app.api import problems
from app.api.forms import Post, Posts, ProblemOut, VerdictOut
from app.api.problems import Problem, validation_problem
from app.page import EXEMPT, Page
from app.service import Service, UnknownChecklistError

router = APIRouter(tags=["审查"])

_Model = TypeVar("_Model", bound=BaseModel)

_INLINE = 20_000  # code points that take a few milliseconds: below, changing threads costs more than it saves

PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": ProblemOut, "content": {"application/problem+json": {}}}
    for status in (400, 404, 408, 413, 415, 422, 503)
}


def service(request: Request) -> Service:
    """The loaded service of this application."""
    ready: Service = request.app.state.service
    return ready


def page(post: Post, ready: Service) -> Page:
    """A request body → a page.

    Raises:
        Problem: 413 too long; 422 nothing but blanks, or an exemption without its basis.
    """
    settings = ready.settings
    if len(post.body) > settings.max_characters:
        raise Problem(
            413,
            f"正文 {len(post.body)} 字符，超过单篇上限 {settings.max_characters} 字符；未审查，不得发布。",
        )
    if not post.body.strip():
        raise Problem(422, "正文为空。", [{"field": "body", "message": "不能只有空白"}])
    if post.disclosure in EXEMPT and not post.disclosure_basis.strip():
        raise Problem(
            422,
            f"选择“{post.disclosure}”须写明依据。",
            [{"field": "disclosure_basis", "message": "不能为空"}],
        )
    unit, source = post.unit, post.source
    return Page(
        body=post.body,
        title=post.title,
        format=post.format,
        category=post.category,
        channel=post.channel,
        unit=(unit.name if unit else "") or settings.unit,
        unit_kind=(unit.kind if unit else "") or settings.unit_kind,
        source_name=source.name if source else "",
        source_url=source.url if source else "",
        author=post.author,
        published_on=post.published_on,
        formed_on=post.formed_on,
        disclosure=post.disclosure,
        disclosure_basis=post.disclosure_basis,
        external_id=post.external_id,
        complete=True,
    )


def screened(post: Post, ready: Service) -> dict[str, Any]:
    """One post, screened."""
    if post.record:
        raise Problem(503, "本机没有启用登记簿，不能登记；请改为 record=false，或先启用登记簿。")
    try:
        return ready.answer(page(post, ready), post.checklists)
    except UnknownChecklistError as error:
        raise Problem(404, f"没有制度 {error.args[0]}；现有 {'、'.join(ready.checklists)}。") from error


def read(kind: str, body: bytes, model: type[_Model]) -> _Model:
    """A request body, straight from its bytes: half the cost of FastAPI's own way.

    Raises:
        Problem: 415 not JSON by its own word; 400 not JSON; 422 not of the model's shape.
    """
    kind = kind.partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Problem(415, f"请求体应为 application/json，收到的是 {kind[:80] or '（未注明）'}。")
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise validation_problem(error.errors(include_input=False, include_url=False)) from None


def takes(model: type[BaseModel]) -> dict[str, Any]:
    """What OpenAPI says of a route that reads its body by ``sent``."""
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


@router.post(
    "/screen",
    response_model=VerdictOut,
    responses=PROBLEMS,
    summary="审查一篇稿件",
    openapi_extra=takes(Post),
)
async def screen(request: Request) -> Response:
    """填好制度的审核表：每一项原文、发现了什么、在哪里、依据哪一条、须由谁签字。

    除 200 以外的任何结果都不得发布。
    """
    return await answered(request.headers.get("content-type", ""), await request.body(), service(request))


async def answered(kind: str, body: bytes, ready: Service) -> Response:
    """POST /screen: content type and body → the answer. Long posts leave the event loop to others."""
    post = read(kind, body, Post)
    verdict = (
        await run_in_threadpool(screened, post, ready) if len(post.body) > _INLINE else screened(post, ready)
    )
    return Response(msgspec.json.encode(verdict), media_type="application/json")


@router.post(
    "/screen/batch", responses=PROBLEMS, summary="审查一批稿件（最多 100 篇）", openapi_extra=takes(Posts)
)
async def batch(request: Request) -> Response:
    """逐篇给出结论，顺序不变；一篇有误不影响其他各篇。"""
    posts = read(request.headers.get("content-type", ""), await request.body(), Posts)
    verdicts = await run_in_threadpool(_batch, posts, service(request))
    return Response(msgspec.json.encode({"verdicts": verdicts}), media_type="application/json")


def _batch(posts: Posts, ready: Service) -> list[dict[str, Any]]:
    verdicts = []
    for one in posts.posts:
        try:
            verdicts.append(screened(Post.model_validate_json(json.dumps(one)), ready))
        except ValidationError as error:
            problem = validation_problem(error.errors())
            verdicts.append(problems.body(problem.status, problem.detail, problem.errors))
        except Problem as problem:
            verdicts.append(problems.body(problem.status, problem.detail, problem.errors))
    return verdicts
