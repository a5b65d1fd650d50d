"""Words without a restart: what is in the lists, wishes, decisions, previews, imports, reports and the noise meter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import parse_qsl

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from app.api.gate import who
from app.api.problems import Problem
from app.api.records import asked, store, without_private
from app.api.screen import PROBLEMS, registered, service, takes
from app.documents.intake import BusyError, Intake
from app.words import admission, files, noise, reports, sets
from app.words.compile import CompileError
from app.words.lists import WORDS, Editable, ListError, decoded, editable
from app.words.preview import Preview, preview
from app.words.swap import UnknownDataError, Words
from detectors.lexicon import LexiconError
from detectors.markup import read

if TYPE_CHECKING:
    from app.register.store import Register
    from app.register.way import Person
    from app.service import Service

router = APIRouter(tags=["词库"])

_MOST_BYTES = 4 * 1024 * 1024
_PAGE = 500
_CSV = ("text/csv", "application/csv")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


Word = Annotated[str, Field(min_length=1, max_length=200)]
Reason = Annotated[str, Field(max_length=1000)]


class WishIn(_Strict):
    """一个词。value：改为什么；或条件表（then、unless、before、from、until 等）；名册、稿源等写各列。"""

    word: Annotated[str, Field(max_length=200)] = ""
    value: str | bool | dict[str, Any] | None = None


class TermsIn(_Strict):
    """提出变更：须写明理由和依据。"""

    terms: Annotated[tuple[WishIn, ...], Field(min_length=1, max_length=1000, strict=False)]
    act: Literal["add", "change", "withdraw"] = "add"
    reason: Reason = Field(description="理由")
    basis: Reason = Field(description="依据：哪一条规定")


class PreviewIn(_Strict):
    """试查一个词：在已发布的稿件中会命中什么。"""

    list: Annotated[str, Field(max_length=80)]
    word: Word
    value: str | bool | dict[str, Any] | None = None


class DecisionIn(_Strict):
    """第二人的决定。"""

    decision: Literal["approve", "refuse"]
    note: Reason = ""


class OutcomeIn(_Strict):
    """反馈的处理结果。"""

    outcome: Annotated[str, Field(min_length=1, max_length=1000)]


MODELS = (TermsIn, PreviewIn, DecisionIn, OutcomeIn)


def words_of(request: Request) -> Words:
    """The sets of this application."""
    found: Words | None = getattr(request.app.state, "words", None)
    if found is None:
        raise Problem(503, "本机没有启用登记簿，词库不能在线变更。")
    return found


def the_list(ready: Service, name: str) -> Editable:
    """One list.

    Raises:
        Problem: 404.
    """
    found = editable(ready.detectors).get(name)
    if found is None:
        raise Problem(404, "没有这一词库；GET /lexicons 列出全部。")
    return found


async def asked_for(state: Any, query: bytes) -> Service:  # noqa: ANN401 Starlette's State
    """The service under the "data" that POST /screen?data=… names.

    Raises:
        Problem: 422 another parameter; 404 no such data, or it cannot be had any more.
    """
    given = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    if [name for name, _ in given] != ["data"]:
        raise Problem(
            422, "POST /screen 只有 data 一个参数。", [{"field": "data", "message": "没有这个参数"}]
        )
    words: Words | None = getattr(state, "words", None)
    current: Service = state.service
    if words is None:
        raise Problem(503, "本机没有启用登记簿。")
    try:
        with registered():
            return await run_in_threadpool(words.earlier, given[0][1], current)
    except UnknownDataError as error:
        raise Problem(404, f"{error}；未审查，不得发布。") from error


# --- looking ------------------------------------------------------------------------------------


@router.get("/lexicons", responses=PROBLEMS, summary="可以在线变更的词库、名册、稿源和域名")
async def lexicons(request: Request) -> dict[str, Any]:
    """每一项的条数；现行第几版、数据摘要。"""
    ready, words = service(request), words_of(request)
    with registered():
        changed = await run_in_threadpool(_changed, words.register)
    shipped = {one.rule.id: len(one.terms) for one in ready.detectors.lexicons}
    return {
        "set": words.newest.number,
        "data": ready.data,
        "behind": words.behind,
        "lists": [
            {"id": one.id, "title": one.title, "kind": one.kind, "columns": one.columns,
             "shipped": shipped.get(one.id, 0), "changed": changed.get(one.id, 0)}
            for one in editable(ready.detectors).values()
        ],
    }  # fmt: skip


def _changed(register: Register) -> dict[str, int]:
    counted: dict[str, int] = {}
    with register.read() as connection:
        for row in sets.holding(connection, sets.newest(connection).number):
            counted[row.list] = counted.get(row.list, 0) + 1
    return counted


@router.get("/lexicons/proposals", responses=PROBLEMS, summary="待批准和已办理的变更")
async def proposals(
    request: Request, state: Literal["proposed", "approved", "refused"] = "proposed"
) -> dict[str, Any]:
    """按批次列出。"""
    with registered():
        rows = await run_in_threadpool(sets.proposals, store(request), state)
    return {"proposals": [_shown(row) for row in rows]}


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"value": decoded(row["value"]) if row["value"] else None}


@router.get("/lexicons/versions", responses=PROBLEMS, summary="历次生效的版本")
async def versions(request: Request) -> dict[str, Any]:
    """最新的在前；data 可以用于 POST /screen?data=… 按当时的数据重审。"""
    with registered():
        return {"versions": await run_in_threadpool(sets.history, store(request))}


@router.get("/lexicons/noise", responses=PROBLEMS, summary="各规则的误报情况")
async def noise_meter(request: Request) -> dict[str, Any]:
    """显示、采纳、排除各多少；noisy 表示超过限度，应予整改。规则不会自动降级。"""
    titles = {name: rule.title for name, rule in service(request).detectors.rules.items()}
    with registered():
        found = await run_in_threadpool(noise.measure, store(request))
    return {"limit": noise.LIMIT, "enough": noise.ENOUGH, "rules": noise.told(found, titles)}


@router.get("/lexicons/reports", responses=PROBLEMS, summary="编辑的反馈")
async def open_reports(request: Request) -> dict[str, Any]:
    """尚未处理的误报和建词建议。"""
    person = who(request)
    with registered():
        rows = await run_in_threadpool(reports.waiting, store(request))
    return {"reports": [row for row in rows if person.sees(row["unit"]) or not row["unit"]]}


@router.get("/lexicons/{rule}/terms", responses=PROBLEMS, summary="一个词库现有的词")
async def terms(
    rule: str,
    request: Request,
    q: Annotated[str, Query(max_length=100)] = "",
    limit: Annotated[int, Query(ge=1, le=_PAGE)] = 100,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> dict[str, Any]:
    """先列在线变更过的，再列随程序提供的。"""
    ready = service(request)
    one = the_list(ready, rule)
    with registered():
        standing = await run_in_threadpool(sets.standing, words_of(request).register, rule)
    changed = [
        {"word": word, "key": key, "value": decoded(value), "set": since, "shipped": False}
        for key, (word, value, since) in standing.items()
    ]
    shipped = [
        {"word": term.word, "key": term.word, "value": _told(term), "set": 0, "shipped": True}
        for lexicon in ready.detectors.lexicons
        if lexicon.rule.id == rule
        for term in lexicon.terms
        if term.word not in standing
    ]
    found = [entry for entry in (*changed, *shipped) if q in entry["word"] or q in entry["key"]]
    return {
        "list": one.id,
        "title": one.title,
        "total": len(found),
        "terms": found[offset : offset + limit],
    }


def _told(term: Any) -> dict[str, Any]:  # noqa: ANN401 a Term
    told = {name: list(getattr(term, name)) for name in ("unless_before", "unless_after", "before", "after")}
    told |= {
        "then": term.then,
        "unless": [phrase for _, phrase in term.unless],
        "whole": term.whole,
        "but_in_speech": term.but_in_speech,
        "note": term.note,
    }
    told |= {"from": term.start and term.start.isoformat(), "until": term.end and term.end.isoformat()}
    return {name: value for name, value in told.items() if value}


# --- wishing ------------------------------------------------------------------------------------


@router.post(
    "/lexicons/{rule}/terms", status_code=201, responses=PROBLEMS, summary="提出增加或变更", openapi_extra=takes(TermsIn)
)  # fmt: skip
async def propose(rule: str, request: Request) -> dict[str, Any]:
    """先过准入检查，通过的等第二人批准；有一条不通过即全部不收，并逐条说明理由。"""
    given: TermsIn = await asked(request, TermsIn)
    wishes = [admission.Wish(one.word, one.value) for one in given.terms]
    return await proposed(request, rule, given.act, wishes, given.reason, given.basis)


@router.delete("/lexicons/{rule}/terms", status_code=201, responses=PROBLEMS, summary="提出停用")
async def withdraw(
    rule: str,
    request: Request,
    word: Annotated[str, Query(min_length=1, max_length=200)],
    reason: Annotated[str, Query(max_length=1000)] = "",
    basis: Annotated[str, Query(max_length=1000)] = "",
) -> dict[str, Any]:
    """停用也须第二人批准。"""
    return await proposed(request, rule, sets.WITHDRAW, [admission.Wish(word)], reason, basis)


async def proposed(  # noqa: PLR0913 what a wish states
    request: Request, rule: str, act: str, wishes: list[admission.Wish], reason: str, basis: str
) -> dict[str, Any]:
    """Check wishes and put them down.

    Raises:
        Problem: 422 with a reason for each that is refused.
    """
    ready, register = service(request), words_of(request).register
    one = the_list(ready, rule)
    if not reason.strip() or not basis.strip():
        raise Problem(
            422, "须写明理由和依据。", [{"field": "reason", "message": "须写明理由和依据（哪一条规定）"}]
        )
    with registered():
        checked = await run_in_threadpool(
            admission.check_all, ready, one, wishes, act, lambda: sets.standing(register, one.id)
        )
        errors = [
            {"field": f"terms.{number}", "message": f"{item.word}：{'；'.join(item.refusals)}"}
            for number, item in enumerate(checked)
            if item.change is None
        ]
        if errors:
            raise Problem(
                422, f"{len(errors)} 条未通过准入检查，全部未收。{errors[0]['message']}", errors[:200]
            )
        changes = [item.change for item in checked if item.change is not None]
        batch = await register.done(
            sets.proposing(
                changes, without_private(ready, reason), without_private(ready, basis), who(request)
            )
        )
    return {"batch": batch, "state": "proposed", "count": len(changes)}


@router.post("/lexicons/preview", responses=PROBLEMS, summary="试查一个词", openapi_extra=takes(PreviewIn))
async def try_word(request: Request) -> dict[str, Any]:
    """准入检查的结果，以及在已发布稿件中的命中：共几处、各年各单位多少、上下文（个人信息已遮盖）。"""
    given: PreviewIn = await asked(request, PreviewIn)
    ready, register = service(request), words_of(request).register
    one = the_list(ready, given.list)
    wish = admission.Wish(given.word, given.value)
    with registered():
        (checked,) = await run_in_threadpool(
            admission.check_all, ready, one, [wish], sets.ADD, lambda: sets.standing(register, one.id)
        )
    answer: dict[str, Any] = {"list": one.id, "word": given.word, "refusals": checked.refusals}
    if one.kind == WORDS:
        answer["preview"] = await shown_before(request, one, wish)
    return answer


async def shown_before(request: Request, one: Editable, wish: admission.Wish) -> dict[str, Any] | None:
    """What the word would have hit; None where it is no word at all."""
    try:
        found: Preview = await run_in_threadpool(
            preview, service(request), one, wish, words_of(request).register, who(request)
        )
    except (ListError, LexiconError, CompileError):
        return None
    return found._asdict()


# --- importing and exporting --------------------------------------------------------------------


@router.post("/lexicons/{rule}/import", status_code=201, responses=PROBLEMS, summary="导入 CSV 或 XLSX",
             openapi_extra={"requestBody": {"required": True, "content": {
                 "text/csv": {"schema": {"type": "string"}}, _XLSX: {"schema": {"type": "string", "format": "binary"}}}}})  # fmt: skip
async def import_file(
    rule: str,
    request: Request,
    reason: Annotated[str, Query(max_length=1000)] = "",
    basis: Annotated[str, Query(max_length=1000)] = "",
    act: Literal["add", "change", "withdraw"] = "add",
) -> dict[str, Any]:
    """第一行为列名：词库用 词、改为、例外、前文、后文、整词、起、止、说明；名册等用各自的列名。整批由第二人批准。"""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    one = the_list(service(request), rule)
    wishes = await wishes_of(request, one, await request.body(), kind)
    return await proposed(request, rule, act, wishes, reason, basis)


async def wishes_of(request: Request, one: Editable, raw: bytes, kind: str) -> list[admission.Wish]:
    """The lines of a file.

    Raises:
        Problem: 413, 415, or 422 naming line and reason.
    """
    if len(raw) > _MOST_BYTES:
        raise Problem(413, f"导入文件超过 {_MOST_BYTES} 字节。")
    try:
        if kind == _XLSX or raw.startswith(b"PK\x03\x04"):
            return files.wishes(one, await _sheet(request, raw))
        if kind in _CSV:
            return files.wishes(one, files.lines(raw))
    except ListError as error:
        raise Problem(422, f"{error}。", [{"field": "file", "message": str(error)}]) from error
    raise Problem(415, "应为 text/csv 或 .xlsx。")


async def _sheet(request: Request, raw: bytes) -> list[list[str]]:
    """The first table of a workbook, read where files of strangers are read."""
    intake: Intake = request.app.state.intake
    try:
        paper = await intake.read(raw, ".xlsx")
    except BusyError as error:
        raise Problem(503, "正在读取的文件过多，请稍后再传。", retry_after="10") from error
    if paper.unread:
        raise Problem(422, f"{paper.unread}。", [])
    text = read(paper.body, paper.format)
    rows: dict[int, dict[int, str]] = {}
    first = next((cell.table for cell in text.cells), 0)
    for cell in text.cells:
        if cell.table == first:
            rows.setdefault(cell.row, {})[cell.column] = text.as_written[cell.start : cell.end].strip()
    width = max((max(row) for row in rows.values()), default=0) + 1
    lines = [[row.get(at, "") for at in range(width)] for _, row in sorted(rows.items())]
    return [line for line in lines if any(line)]


@router.get("/lexicons/{rule}/export.csv", responses=PROBLEMS, summary="导出一个词库")
async def export(rule: str, request: Request) -> Response:
    """与导入同一格式；公式开头的词前加撇号，电子表格不会执行。"""
    one = the_list(service(request), rule)
    with registered():
        standing = await run_in_threadpool(sets.standing, words_of(request).register, rule)
    headers = {"content-disposition": f'attachment; filename="{one.id}.csv"'}
    return Response(
        "\ufeff" + files.written(one, standing), media_type="text/csv; charset=utf-8", headers=headers
    )


# --- deciding and reporting ---------------------------------------------------------------------


@router.post(
    "/lexicons/proposals/{batch}", responses=PROBLEMS, summary="批准或不同意一批变更", openapi_extra=takes(DecisionIn)
)  # fmt: skip
async def decide(batch: str, request: Request) -> dict[str, Any]:
    """由提出人以外的人办理；批准前再过一次准入检查，并在另一进程中编译、试用，成功后各进程、各服务器同时换用。"""
    given: DecisionIn = await asked(request, DecisionIn)
    return await decided(request, batch, given.decision, given.note)


async def decided(request: Request, batch: str, decision: str, note: str) -> dict[str, Any]:
    """A second person's word."""
    words, person, ready = words_of(request), who(request), service(request)
    register = words.register
    note = without_private(ready, note)
    with registered():
        if decision == "refuse":
            await register.done(sets.refusing(batch, note, person))
            return {"batch": batch, "state": "refused"}
        await run_in_threadpool(_again, ready, register, batch, person)
        base = (await run_in_threadpool(words.look)).number
        try:
            await run_in_threadpool(words.compiled, sets.Newest(base + 1, batch))
        except CompileError as error:
            raise Problem(422, f"这一批编译未通过，没有生效：{error}。", []) from error
        number = await register.done(sets.approving(batch, base, note, person))
        await run_in_threadpool(words.follow, request.app.state)
    return {
        "batch": batch,
        "state": "approved",
        "set": number,
        "data": service(request).data,
        "behind": words.behind,
    }


def _again(ready: Service, register: Register, batch: str, person: Person) -> None:
    """The gate once more: much may have been approved since the wish.

    Raises:
        Problem: 404 nothing waits; 409 what no longer gets through the gate.
    """
    rows = [
        row
        for row in sets.proposals(register, batch=batch, most=files.MOST_LINES)
        if row["state"] == "proposed"
    ]
    if not rows:
        raise Problem(404, "没有这一批待批准的变更，或已办理。")
    sets.may_decide({(row["proposer"], row["proposer_name"]) for row in rows}, person)
    lists = editable(ready.detectors)
    errors = []
    standing: dict[str, dict[str, str]] = {}
    for number, row in enumerate(rows):
        one = lists.get(row["list"])
        if one is None:
            errors.append({"field": f"terms.{number}", "message": f"没有词库 {row['list']}"})
            continue
        if row["list"] not in standing:
            kept = sets.standing(register, row["list"])
            standing[row["list"]] = {key: value for key, (_, value, _) in kept.items()}
        value = decoded(row["value"]) if row["value"] else None
        word = row["folded"] if row["act"] == sets.WITHDRAW else row["word"]
        checked = admission.check(ready, one, admission.Wish(word, value), row["act"], standing[row["list"]])
        if checked.change is None:
            errors.append(
                {"field": f"terms.{number}", "message": f"{row['word']}：{'；'.join(checked.refusals)}"}
            )
    if errors:
        raise Problem(
            409, f"提出之后情况有变，{len(errors)} 条不再能通过准入检查。{errors[0]['message']}", errors[:200]
        )


@router.post(
    "/lexicons/reports/{report_id}",
    responses=PROBLEMS,
    summary="处理一条反馈",
    openapi_extra=takes(OutcomeIn),
)
async def close(report_id: str, request: Request) -> dict[str, Any]:
    """写明处理结果。"""
    given: OutcomeIn = await asked(request, OutcomeIn)
    if not who(request).roles & {"keeper", "administrator"} and who(request).id != "local":
        raise Problem(403, "处理反馈须由有档案或系统管理角色的人员办理。")
    with registered():
        await store(request).done(
            reports.closing(report_id, without_private(service(request), given.outcome), who(request))
        )
    return {"report": report_id, "state": "done"}
