"""The register over HTTP: list, look, answer, sign, waive, verify, print."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.background import BackgroundTask

from app.api.forms import Day, Short, day
from app.api.gate import who
from app.api.problems import Problem
from app.api.screen import PROBLEMS, read, readable, registered, service, takes
from app.documents import lists, review_form
from app.masking import redact
from app.page import Page
from app.register import acts, lookup, rectify, way
from app.register.keeping import Compared, compare
from app.register.lookup import Filters, Found
from app.register.store import Register
from app.register.view import audited, line, view
from app.register.way import Person
from app.service import Service
from app.web.pages import render, wants_html
from detectors.text import Text

router = APIRouter(tags=["登记"], responses=PROBLEMS)

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LONG = 2000


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


Note = Annotated[str, Field(max_length=_LONG)]


class AnswerIn(_Strict):
    """对一项审核内容的人工结论。"""

    item: Short
    answer: Literal["是", "否"]
    note: Note = ""
    checklist: Short = Field("", description="几部制度有同名条目时须写明")


class SignatureIn(_Strict):
    """三审三校的一步、一次签字或审批、发布、归档。签的人就是登录的人。"""

    act: Short = Field(
        description="初审 复审 终审 一校 二校 三校，或 review secrecy sign approve require return publish receive register archive lend bring-back"
    )
    note: Note = ""
    role: Short = Field("", description="一人任几个职务时，写明以哪个职务办理")


class WaiverIn(_Strict):
    """一处发现依法保留：谁、为什么、依据哪一条、范围、到哪一天。"""

    finding: int = Field(ge=0, description="findings 中的序号")
    scope: Literal["post", "phrase"] = "post"
    reason: Note
    basis: Note
    until: Day


class VerifyIn(_Strict):
    """已发布的文本。"""

    record: Short
    title: Annotated[str, Field(max_length=10_000)] = ""
    body: str = Field(min_length=1)
    format: Literal["text", "html", "markdown"] = "text"


class NoticeIn(_Strict):
    """上级通报的问题。"""

    unit: Short
    problem: Note = Field(min_length=1)
    basis: Note = ""
    told_on: Day
    days: int = Field(5, ge=1, le=5, description="几个工作日内整改到位")
    person: Annotated[str, Field(max_length=80)] = ""


class MendIn(_Strict):
    """整改情况。"""

    state: Literal["已整改", "情况说明"]
    remark: Note = ""


MODELS = (AnswerIn, SignatureIn, WaiverIn, VerifyIn, NoticeIn, MendIn)


def store(request: Request) -> Register:
    """The register of this application."""
    register = service(request).register
    if register is None:
        raise Problem(503, "本机没有启用登记簿。")
    return register


async def asked(request: Request, model: type[Any]) -> Any:  # noqa: ANN401 an instance of the model
    """The request body."""
    return read(request.headers.get("content-type", ""), await request.body(), model)


def without_private(ready: Service, letters: str) -> str:
    """A note as it is kept: what is private in it masked, as in a post.

    Raises:
        Problem: 422 too long; 503 a rule could not look: what it would have masked must not be kept.
    """
    if not letters.strip():
        return ""
    if len(letters) > _LONG:
        raise Problem(422, f"所写的内容有 {len(letters)} 字，不得超过 {_LONG} 字。")
    text = Text.of(letters)
    look = ready.detectors.look(text)
    if any(one.rule.private for one in look.unseen):
        raise Problem(503, "所写的内容未能检查是否含有个人信息，没有保存；请稍后重试。")
    return redact(text, [one for one in look.findings if one.rule.private]).source


@contextmanager
def theirs() -> Iterator[None]:
    """A record that is not there, or not this person's to see, is the same to them."""
    try:
        with registered():
            yield
    except LookupError as error:
        raise Problem(404, "没有这一登记，或档案已销毁。") from error


def looked_up(register: Register, record: str, person: Person) -> dict[str, Any]:
    """One record as it is shown."""
    with theirs():
        found: Found = lookup.find(register, record, person)
        return view(found, lookup.due(register, found), person)


# --- reading ----------------------------------------------------------------------------------


Before = Annotated[int | None, Query(ge=0, le=2**63 - 1)]  # a row's number, as the database counts


def filters(  # noqa: PLR0913 each is a parameter of the query
    unit: Annotated[str, Query(max_length=500)] = "",
    verdict: Annotated[Literal["", "pass", "review", "block"], Query()] = "",
    since: Annotated[str, Query(alias="from", max_length=10)] = "",
    until: Annotated[str, Query(alias="to", max_length=10)] = "",
    state: Annotated[str, Query(max_length=20)] = "",
    q: Annotated[str, Query(max_length=200)] = "",
    before: Before = None,
) -> Filters:
    """What to list."""
    for name, letters in (("from", since), ("to", until)):
        try:
            if letters:
                day(letters)
        except ValueError as error:
            raise Problem(422, f"{name}：{error}", [{"field": name, "message": str(error)}]) from None
    if state and state not in way.STATES:
        raise Problem(
            422, f"state：应为 {'、'.join(way.STATES)} 之一", [{"field": "state", "message": "没有这一状态"}]
        )
    return Filters(unit, verdict, state, since, until, q, before)


@router.get("/records", response_model=None, summary="登记簿，最新的在前")
async def records(  # noqa: PLR0913 each is a parameter of the query
    request: Request,
    unit: Annotated[str, Query(max_length=500)] = "",
    verdict: Annotated[Literal["", "pass", "review", "block"], Query()] = "",
    since: Annotated[str, Query(alias="from", max_length=10)] = "",
    until: Annotated[str, Query(alias="to", max_length=10)] = "",
    state: Annotated[str, Query(max_length=20)] = "",
    q: Annotated[str, Query(max_length=200)] = "",
    before: Before = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response | dict[str, Any]:
    """按单位、结论、日期、状态、标题或编号筛选。next 是下一页的 before。"""
    wanted = filters(unit, verdict, since, until, state, q, before)
    person, register = who(request), store(request)
    with registered():
        rows = await run_in_threadpool(lookup.listed, register, person, wanted, limit)
    found: dict[str, Any] = {
        "records": [line(row) for row in rows],
        "next": rows[-1]["seq"] if len(rows) == limit else None,
    }
    if wants_html(request):
        from app.web.office import office

        units = await run_in_threadpool(lookup.units, register, person)
        return office(request, "list.html", **found, filters=wanted, states=way.STATES, units=units)
    return found


@router.get("/records/{record}", response_model=None, summary="一份登记")
async def record(record: str, request: Request) -> Response | dict[str, Any]:
    """审核表、签字、全部经过、期限，以及接下来还缺什么。"""
    shown = await run_in_threadpool(looked_up, store(request), record, who(request))
    if wants_html(request):
        from app.web.register import record_page

        return record_page(request, shown)
    return shown


@router.get("/records/{record}/text", response_model=None, summary="送审的原文")
async def text(record: str, request: Request) -> Response | dict[str, str]:
    """只在启用 XIANSHEN_KEEP_TEXT 时留存（加密）；只供办理本稿的人员查看，查看记入审计日志。"""
    with registered():
        page = await store(request).done(acts.reading(record, who(request)))
    given = {"title": page.title, "body": page.body, "format": page.format}
    if wants_html(request):
        from app.web.office import office

        return office(request, "text.html", record=record, post=given)
    return given


@router.get("/records/{record}/form.docx", response_model=None, summary="信息发布审查表（Word）")
async def form_docx(record: str, request: Request) -> Response:
    """填好的信息发布审查表。"""
    register, person = store(request), who(request)
    shown = await run_in_threadpool(looked_up, register, record, person)
    with registered():
        await run_in_threadpool(register.call, acts.copying(shown["number"], person), deep=False)
    content = await run_in_threadpool(review_form.docx, shown)
    headers = {"content-disposition": f'attachment; filename="{shown["number"]}.docx"'}
    return Response(content, media_type=WORD, headers=headers)


@router.get("/records/{record}/form.html", response_model=None, summary="信息发布审查表（打印页）")
async def form_html(record: str, request: Request) -> Response:
    """填好的信息发布审查表，供打印签字盖章。"""
    register, person = store(request), who(request)
    shown = await run_in_threadpool(looked_up, register, record, person)
    with registered():
        await run_in_threadpool(register.call, acts.copying(shown["number"], person), deep=False)
    return render(request, "register/form.html", form=review_form.layout(shown), qr=review_form.qr_svg(shown))


@router.get("/register.xlsx", response_model=None, summary="登记表和各单位统计（Excel）")
async def register_xlsx(  # noqa: PLR0913 each is a parameter of the query
    request: Request,
    unit: Annotated[str, Query(max_length=500)] = "",
    verdict: Annotated[Literal["", "pass", "review", "block"], Query()] = "",
    since: Annotated[str, Query(alias="from", max_length=10)] = "",
    until: Annotated[str, Query(alias="to", max_length=10)] = "",
    state: Annotated[str, Query(max_length=20)] = "",
    q: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """筛选同 GET /records。"""
    wanted = filters(unit, verdict, since, until, state, q)
    register, person = store(request), who(request)

    def write(path: Path) -> None:
        lists.register(
            path, lookup.each(register, person, wanted), lookup.figures(register, person, wanted), way.STATES
        )

    return await _workbook(write, "register.xlsx")


@router.get("/rectification.xlsx", response_model=None, summary="整改清单（Excel）")
async def rectification_xlsx(  # noqa: PLR0913 each is a parameter of the query
    request: Request,
    unit: Annotated[str, Query(max_length=500)] = "",
    verdict: Annotated[Literal["", "pass", "review", "block"], Query()] = "",
    since: Annotated[str, Query(alias="from", max_length=10)] = "",
    until: Annotated[str, Query(alias="to", max_length=10)] = "",
    state: Annotated[str, Query(max_length=20)] = "",
    q: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """送审稿件的问题和上级通报的问题，各有整改期限（工作日）。筛选同 GET /records；上级通报的只按单位和通报日期。"""
    wanted = filters(unit, verdict, since, until, state, q)
    register, person = store(request), who(request)

    def write(path: Path) -> None:
        lists.rectification(
            path,
            lookup.findings(register, person, wanted),
            rectify.listed(register, person, wanted),
            register.days,
        )

    return await _workbook(write, "rectification.xlsx")


async def _workbook(write: Callable[[Path], None], name: str) -> Response:
    with registered():
        path = await run_in_threadpool(_written, write)
    gone = BackgroundTask(path.unlink, missing_ok=True)
    return FileResponse(path, media_type=EXCEL, filename=name, background=gone)


def _written(write: Callable[[Path], None]) -> Path:
    with tempfile.NamedTemporaryFile(suffix=".xlsx", delete=False) as file:
        path = Path(file.name)
    try:
        write(path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


# --- acting -----------------------------------------------------------------------------------


@router.post("/records/{record}/answers", summary="填写一项审核内容", openapi_extra=takes(AnswerIn))
async def answers(record: str, request: Request) -> Response:
    """须人工回答、须复核的项目由具名的人回答；有发现的和有问题的须写理由。"""
    given: AnswerIn = await asked(request, AnswerIn)
    note = without_private(service(request), given.note)
    with registered():
        job = acts.answering(record, who(request), given.checklist, given.item, given.answer, note)
        await store(request).done(job)
    return await _now(record, request)


@router.post("/records/{record}/signatures", summary="签署一步", openapi_extra=takes(SignatureIn))
async def signatures(record: str, request: Request) -> Response:
    """不合规定的一律不准，并写明理由：同一人办理须分离的两步、跳过步骤、审批层级不够、须处理的问题未处理。"""
    given: SignatureIn = await asked(request, SignatureIn)
    wish = way.Act(given.act, without_private(service(request), given.note), given.role)
    with registered():
        await store(request).done(acts.signing(record, who(request), wish))
    return await _now(record, request)


@router.post("/records/{record}/waivers", summary="依法豁免一处发现", openapi_extra=takes(WaiverIn))
async def waive(record: str, request: Request) -> Response:
    """写明理由、依据、范围和截止日期；到期自动失效。"""
    given: WaiverIn = await asked(request, WaiverIn)
    ready = service(request)
    reason, basis = (without_private(ready, letters) for letters in (given.reason, given.basis))
    plea = way.Plea(given.finding, given.scope, reason, basis, given.until)
    with registered():
        await store(request).done(acts.waiving(record, who(request), plea))
    return await _now(record, request)


@router.get("/waivers", response_model=None, summary="全部豁免")
async def waivers(request: Request) -> Response | dict[str, Any]:
    """先到期的在前，已撤销的在后。"""
    person = who(request)
    with registered():
        rows = await run_in_threadpool(lookup.listed_waivers, store(request), person)
    if wants_html(request):
        from app.web.register import waivers_page

        return waivers_page(request, rows)
    return {"waivers": [{key: value for key, value in row.items() if key != "mark"} for row in rows]}


@router.post("/waivers/{waiver}/revoke", summary="撤销豁免")
async def revoke(waiver: str, request: Request) -> dict[str, str]:
    """撤销后，有关稿件重新须处理。"""
    with registered():
        await store(request).done(acts.revoking(waiver, who(request)))
    return {"revoked": waiver}


def compared(found: Compared, state: str) -> dict[str, Any]:
    """The answer of POST /verify."""
    if found.same:
        message = "与送审文本完全一致。"
    elif found.reads_same:
        message = "读者看到的文字一致，但源代码不同（链接、隐藏内容或格式有改动）。"
    else:
        message = f"与送审文本不一致，{len(found.changes)} 处段落有改动。"
    return {
        "same": found.same,
        "reads_same": found.reads_same,
        "changes": [one._asdict() for one in found.changes],
        "state": state,
        "approved": found.same and state in {"approved", "published", "filed"},
        "message": message,
    }


async def verified(request: Request, record: str, page: Page) -> dict[str, Any]:
    """Compare a text with the one of a record; the one thread that writes does not wait for it.

    Raises:
        Problem: 404 not theirs; 413 no page of people.
    """
    register, person = store(request), who(request)
    readable(page.body, page.format, register.settings.max_characters)
    with registered():
        kept, before = await register.done(acts.comparing(record, person))
        async with request.app.state.crowd.room(len(page.body.encode("utf-8", "surrogatepass"))):
            found = await run_in_threadpool(compare, kept, page, register.keys, before)
        return compared(found, await register.done(acts.verifying(record, person, found)))


@router.post("/verify", summary="核对：发布的是否就是送审、签字的文本", openapi_extra=takes(VerifyIn))
async def verify(request: Request) -> Response:
    """same 为逐字节一致；changes 逐段列出改动。approved 为真才可以发布或继续保留在网上。"""
    given: VerifyIn = await asked(request, VerifyIn)
    page = Page(body=given.body, title=given.title, format=given.format)
    return _json(await verified(request, given.record, page))


@router.get("/rectification", response_model=None, summary="上级通报的问题")
async def notices(request: Request) -> Response:
    """各有整改期限（工作日）。"""
    with registered():
        rows = await run_in_threadpool(rectify.listed, store(request), who(request))
    if wants_html(request):
        from app.web.register import notices_page

        return notices_page(request, rows)
    return _json({"notices": rows})


@router.post("/rectification", summary="登记上级通报的问题", openapi_extra=takes(NoticeIn))
async def notice(request: Request) -> dict[str, str]:
    """1 至 5 个工作日内整改到位。"""
    given: NoticeIn = await asked(request, NoticeIn)
    person = who(request)
    if not person.sees(given.unit):
        raise Problem(403, "只能登记本单位的整改事项。")
    ready = service(request)
    told = given.model_dump() | {
        "problem": without_private(ready, given.problem),
        "basis": without_private(ready, given.basis),
        "told_on": given.told_on.isoformat(),
        "person": given.person or person.name,
    }
    with registered():
        return {"notice": await store(request).done(rectify.noticing(person, told))}


@router.post("/rectification/{notice}", summary="整改情况", openapi_extra=takes(MendIn))
async def mend(notice: str, request: Request) -> dict[str, str]:
    """逾期的须说明情况。"""
    given: MendIn = await asked(request, MendIn)
    remark = without_private(service(request), given.remark)
    register = store(request)
    with registered():
        await register.done(rectify.mending(register, notice, who(request), given.state, remark))
    return {"notice": notice, "state": given.state}


@router.get("/audit", response_model=None, summary="审计日志，最新的在前")
async def audit(
    request: Request,
    before: Before = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> Response | dict[str, Any]:
    """账户、密钥、登录、未准的办理和取走的审查表；只有审计员可以看。next 是下一页的 before。"""
    with registered():
        rows = await run_in_threadpool(lookup.audited, store(request), before, limit)
    found = {
        "entries": [entry._asdict() for entry in rows],
        "next": rows[-1].seq if len(rows) == limit else None,
    }
    if wants_html(request):
        from app.web.office import office

        told = [(entry, *audited(entry)) for entry in rows]
        return office(request, "audit.html", told=told, next=found["next"])
    return found


async def _now(record: str, request: Request) -> Response:
    """The record as it stands after an act."""
    return _json(await run_in_threadpool(looked_up, store(request), record, who(request)))


def _json(content: object) -> Response:
    return Response(msgspec.json.encode(content), media_type="application/json")
