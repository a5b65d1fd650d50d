"""POST /screen and POST /screen/batch."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from pydantic import BaseModel, ValidationError

from app import telemetry
from app.api import problems
from app.api.forms import Post, Posts, ProblemOut, VerdictOut
from app.api.problems import Problem, validation_problem
from app.page import EXEMPT, Page
from app.register.database import RegisterDownError, RegisterError
from app.register.store import wait
from app.register.way import Person
from app.register.writer import Refused
from app.service import NoLanguageModelError, Service, UnknownChecklistError
from detectors.text import growth

if TYPE_CHECKING:
    from app.register.store import Same
    from app.register.writer import Job
    from app.verdict import Verdict

router = APIRouter(tags=["审查"])

_Model = TypeVar("_Model", bound=BaseModel)

_KEY = re.compile(rb"[!-~]{1,200}")
_INSIDE = frozenset({"unit", "source", "posts"})  # fields that hold fields of their own


class _Quoted(dict[str, bytes]):
    """A field's name as it stands in JSON."""

    def __missing__(self, name: str) -> bytes:
        self[name] = b'"' + name.encode() + b'"'
        return self[name]


_QUOTED = _Quoted()
_TAGS = 100_000  # more, and reading takes longer than a person waits; real pages of a million letters have a tenth
_GROWTH = 2.0  # times as long by folding: no text of people comes near
_INLINE = 20_000  # code points that take a few milliseconds: below, changing threads costs more than it saves
_INLINE_MODEL, _INLINE_THOROUGH = 4_000, 500  # the same where the language model reads too

PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": ProblemOut, "content": {"application/problem+json": {}}}
    for status in (400, 401, 403, 404, 408, 409, 413, 415, 422, 503)
}


def service(request: Request) -> Service:
    """The loaded service of this application."""
    ready: Service = request.app.state.service
    return ready


NOBODY = Person("", "", covers="all")  # where nobody needs to be known: the command line, tests


def page(post: Post, ready: Service, person: Person = NOBODY) -> Page:
    """A request body → a page.

    Raises:
        Problem: 413 too long; 422 nothing but blanks, or an exemption without its basis; 403 another unit's.
    """
    settings = ready.settings
    readable(post.body, post.format, settings.max_characters)
    if not post.body.strip() and not post.unread:
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
        unit=_unit(unit.name.strip() if unit else "", person) or settings.unit,
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
        unread=post.unread,
        thorough=post.thorough,
        reasons=post.reasons,
    )


def readable(body: str, format_: str, most: int) -> None:
    """Refuse what is too long, what no person wrote, and what takes longer to read than anybody waits.

    Raises:
        Problem: 413.
    """
    if len(body) > most:
        raise Problem(413, f"正文 {len(body)} 字符，超过单篇上限 {most} 字符；未审查，不得发布。")
    if format_ != "text" and body.count("<") > _TAGS:
        raise Problem(413, f"正文中的标签超过 {_TAGS} 个，不是正常的网页；未审查，不得发布。")
    if len(body) > _INLINE and growth(body) > _GROWTH:
        raise Problem(413, "正文由大量展开后极长的字符组成，不是正常的文字；未审查，不得发布。")


def _unit(stated: str, person: Person) -> str:
    """Whose post it is: as stated, else the sender's own unit. Who covers one unit sends for no other."""
    if person.everywhere:
        return stated or person.unit
    if stated and stated != person.unit:
        raise Problem(403, f"只能送审本单位（{person.unit}）的稿件。")
    return person.unit


def screened(post: Post, ready: Service, person: Person = NOBODY) -> dict[str, Any]:
    """One post, screened; nothing is kept."""
    if post.record:
        raise Problem(503, "本机没有启用登记簿，不能登记；请改为 record=false，或先启用登记簿。")
    return _judged(post, ready, person)[2]


def _judged(post: Post, ready: Service, person: Person) -> tuple[Page, Verdict, dict[str, Any]]:
    one = page(post, ready, person)
    try:
        return one, *ready.judged(one, post.checklists)
    except UnknownChecklistError as error:
        raise Problem(404, f"没有制度 {error.args[0]}；现有 {'、'.join(ready.checklists)}。") from error
    except NoLanguageModelError as error:
        missing = [{"field": "thorough", "message": "本机没有语言模型，只能按词库检查错别字"}]
        raise Problem(422, "本机没有语言模型，不能细查错别字；未审查，不得发布。", missing) from error


def kept(post: Post, ready: Service) -> bool:
    """Whether this post is to be put down in the register."""
    if post.record is None:
        return ready.settings.record and ready.register is not None
    return post.record


def recording(
    post: Post, ready: Service, person: Person, same: Same | None = None
) -> tuple[Job[dict[str, Any]], bool]:
    """One post screened, and the job that puts it down; see ``Register.recording``.

    Raises:
        Problem: as ``screened``; 503 there is no register; 422 a program did not name the author.
    """
    if ready.register is None:
        raise Problem(503, "本机没有启用登记簿，不能登记；请改为 record=false，或先启用登记簿。")
    if person.id.startswith("key:") and not post.author.strip():
        missing = [{"field": "author", "message": "登记的稿件须写明拟稿人"}]
        raise Problem(422, "登记的稿件须写明拟稿人（author），编辑、审核、发布不得为同一人。", missing)
    return ready.register.recording(*_judged(post, ready, person), person, same)


@contextmanager
def registered() -> Iterator[None]:
    """What the register refuses or cannot do, as a problem."""
    try:
        yield
    except Refused as error:
        raise Problem(error.status, f"{error.reason.rstrip('。')}。") from error
    except (RegisterDownError, RegisterError) as error:
        raise Problem(503, f"{error}；未能登记，不得据此发布。", retry_after="5") from error


def read(kind: str, body: bytes, model: type[_Model]) -> _Model:
    """A request body, straight from its bytes: half the cost of FastAPI's own way.

    Raises:
        Problem: 415 not JSON by its own word; 400 not JSON; 422 not of the model's shape.
    """
    kind = kind.partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Problem(415, f"请求体应为 application/json，收到的是 {kind[:80] or '（未注明）'}。")
    try:
        found = model.model_validate_json(body)
    except ValidationError as error:
        raise validation_problem(error.errors(include_input=False, include_url=False)) from None
    # Decoders take the last of two fields of one name; another program may have shown a person the first.
    # A name that stands there once, and no letter of it escaped (\u00..), cannot have been given twice.
    if b"\\u00" in body or any(
        name in _INSIDE or body.count(_QUOTED[name]) > 1 for name in found.model_fields_set
    ):
        _once(body)
    return found


def _once(body: bytes) -> None:
    """Refuse an object that has a field twice.

    Raises:
        Problem: 400.
    """

    def pairs(given: list[tuple[str, Any]]) -> None:
        if len({name for name, _ in given}) < len(given):
            raise Problem(400, "请求体中同一字段写了两次。")

    json.loads(body, object_pairs_hook=pairs)


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
    headers = {name.encode(): value.encode("latin-1") for name, value in request.headers.items()}
    return await answered(
        headers, await request.body(), service(request), request.scope.get("person", NOBODY)
    )


async def answered(
    headers: Mapping[bytes, bytes],
    body: bytes,
    ready: Service,
    person: Person = NOBODY,
    *,
    again: bool = False,
) -> Response:
    """POST /screen: headers and body → the answer. Long posts leave the event loop to others.

    ``again``: by words that no longer hold. That is for looking only: nobody's signature may rest on it.
    """
    post = read(headers.get(b"content-type", b"").decode("latin-1"), body, Post)
    if again and kept(post, ready):
        reason = "按以前的数据重审只供核对，不能登记；请写明 record=false"
        raise Problem(422, f"{reason}。", [{"field": "record", "message": reason}])
    answer = await verdict_on(post, body, headers.get(b"idempotency-key", b""), ready, person)
    return Response(msgspec.json.encode(answer), media_type="application/json")


async def verdict_on(
    post: Post, body: bytes, key: bytes, ready: Service, person: Person = NOBODY
) -> dict[str, Any]:
    """The answer to one post, put down where it is to be. ``body`` and ``key`` tell a request sent again."""
    if kept(post, ready):
        return await _recorded(post, body, key, ready, person)
    if _takes_long(post, ready):
        return await run_in_threadpool(screened, post, ready, person)
    return screened(post, ready, person)


def _takes_long(post: Post, ready: Service) -> bool:
    if ready.spelling is None:
        return len(post.body) > _INLINE
    return len(post.body) > (_INLINE_THOROUGH if post.thorough else _INLINE_MODEL)


async def _recorded(post: Post, body: bytes, key: bytes, ready: Service, person: Person) -> dict[str, Any]:
    """The answer, once its entry is on disk; the earlier one where the same request was answered before."""
    register, same = ready.register, None
    with registered():
        if key and register is not None:
            same = register.same(person.id, _key(key), body)
            if (earlier := await run_in_threadpool(register.earlier, same)) is not None:
                return earlier
        if _takes_long(post, ready):
            job, deep = await run_in_threadpool(recording, post, ready, person, same)
        else:
            job, deep = recording(post, ready, person, same)
        with telemetry.span("recording"):
            return await ready.register.done(job, deep=deep)  # type: ignore[union-attr]  # recording said that there is one


def _key(given: bytes) -> str:
    """An Idempotency-Key, "" where none was sent.

    Raises:
        Problem: 400.
    """
    if given and not _KEY.fullmatch(given):
        raise Problem(400, "Idempotency-Key 应为 1 到 200 个可见的 ASCII 字符。")
    return given.decode("ascii")


@router.post(
    "/screen/batch", responses=PROBLEMS, summary="审查一批稿件（最多 100 篇）", openapi_extra=takes(Posts)
)
async def batch(request: Request) -> Response:
    """逐篇给出结论，顺序不变；一篇有误不影响其他各篇。Idempotency-Key 与各篇的位置一起，认出重发的稿件。"""
    body = await request.body()
    posts = read(request.headers.get("content-type", ""), body, Posts)
    person = request.scope.get("person", NOBODY)
    key = _key(request.headers.get("idempotency-key", "").encode("latin-1"))
    async with request.app.state.batches.room(len(body)):
        verdicts = await run_in_threadpool(_batch, posts, service(request), person, key)
    return Response(msgspec.json.encode({"verdicts": verdicts}), media_type="application/json")


def _batch(posts: Posts, ready: Service, person: Person = NOBODY, key: str = "") -> list[dict[str, Any]]:
    """Each post's answer or problem, in order; those to be kept share one commit."""
    waiting = [
        _started(one, ready, person, f"{key}\n{number}" if key else "")
        for number, one in enumerate(posts.posts)
    ]
    return [one if isinstance(one, dict) else _finished(one) for one in waiting]


def _started(
    one: object, ready: Service, person: Person, key: str
) -> dict[str, Any] | Future[dict[str, Any]]:
    try:
        body = json.dumps(one).encode()
        post = Post.model_validate_json(body)
        if not kept(post, ready):
            return screened(post, ready, person)
        with registered():
            same = ready.register.same(person.id, key, body) if key and ready.register else None
            job, deep = recording(post, ready, person, same)
            return ready.register.submit(job, deep=deep)  # type: ignore[union-attr]  # recording said that there is one
    except ValidationError as error:
        problem = validation_problem(error.errors())
        return problems.body(problem.status, problem.detail, problem.errors)
    except Problem as problem:
        return problems.body(problem.status, problem.detail, problem.errors)


def _finished(waiting: Future[dict[str, Any]]) -> dict[str, Any]:
    try:
        with registered():
            return wait(waiting)
    except Problem as problem:
        return problems.body(problem.status, problem.detail, problem.errors)
