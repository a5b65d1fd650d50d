"""The page of words: what waits for a second person, a wish with its preview, imports, reports, the noise meter."""

from __future__ import annotations

import hmac
from itertools import groupby
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.datastructures import UploadFile
from fastapi.responses import RedirectResponse

from app.api.gate import who
from app.api.lexicons import decided, proposed, shown_before, the_list, wishes_of, words_of
from app.api.problems import Problem
from app.api.records import store, without_private
from app.api.screen import registered, service
from app.register.way import Person
from app.web.forms import one, sent, token_for
from app.web.pages import render
from app.words import admission, noise, reports, sets
from app.words.lists import TABLE, WORDS, decoded, editable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fastapi.responses import Response

router = APIRouter(include_in_schema=False)

_PARTS = {"unless": "例外", "before": "前文", "after": "后文"}
_SHOWN = _PARTS | {"then": "改为", "unless_before": "前文排除", "unless_after": "后文排除", "from": "起", "until": "止",
                   "note": "说明", "whole": "整词"}  # fmt: skip
_ACTS = {"add": "增加", "change": "变更", "withdraw": "停用"}
_NOISY = 20  # rules shown


@router.get("/words", response_model=None)
async def words_page(request: Request) -> Response:
    """Everything at once."""
    return await _page(request)


async def _page(
    request: Request,
    trouble: str = "",
    status: int = 200,
    given: dict[str, list[str]] | None = None,
    tried: dict[str, Any] | None = None,
) -> Response:
    ready, register, person = service(request), store(request), who(request)
    with registered():
        rows = await run_in_threadpool(sets.proposals, register)
        told = await run_in_threadpool(reports.waiting, register)
        loud = await run_in_threadpool(noise.measure, register)
        past = await run_in_threadpool(sets.history, register, 10)
    lists = editable(ready.detectors)
    titles = {name: rule.title for name, rule in ready.detectors.rules.items()}
    page = render(
        request,
        "register/words.html",
        person=person,
        csrf=token_for(request, register),
        trouble=trouble,
        lists=lists,
        batches=list(_batches(rows, lists, person)),
        reports=[row for row in told if person.sees(row["unit"]) or not row["unit"]],
        noise=[row for row in noise.told(loud, titles) if row["noisy"] or row["dismissed"]][:_NOISY],
        limit=noise.LIMIT,
        enough=noise.ENOUGH,
        titles=titles,
        sets=past,
        words=words_of(request),
        given={name: values[0] for name, values in (given or {}).items()},
        tried=tried,
        may=person.id == "local" or bool(person.roles & {"keeper", "administrator"}),
        decides=bool(person.roles & {"keeper", "administrator", "approver"}),
    )
    page.status_code = status
    return page


def _batches(
    rows: Iterable[dict[str, Any]], lists: dict[str, Any], person: Person
) -> Iterable[dict[str, Any]]:
    for batch, group in groupby(rows, key=lambda row: row["batch"]):
        held = list(group)
        first = held[0]
        yield {
            "batch": batch, "reason": first["reason"], "basis": first["basis"], "name": first["proposer_name"] or first["proposer"],
            "at": first["at"], "count": len(held),
            "own": first["proposer"] == person.id or first["proposer_name"] == person.name,
            "rows": [
                {"act": _ACTS[row["act"]], "list": lists[row["list"]].title if row["list"] in lists else row["list"],
                 "word": row["word"], "value": _words_of(decoded(row["value"]) if row["value"] else None)}
                for row in held[:20]
            ],
        }  # fmt: skip


def _words_of(value: Any) -> str:  # noqa: ANN401 what a list may hold
    """A value in a few words."""
    if isinstance(value, str):
        return f"改为“{value}”"
    if isinstance(value, dict):
        shown = {
            name: "、".join(part) if isinstance(part, list) else "是" if part is True else part
            for name, part in value.items()
        }
        return "；".join(f"{_SHOWN.get(name, name)}：{part}" for name, part in shown.items())
    return ""


@router.post("/words", response_model=None)
async def change(request: Request) -> Response:
    """One act of the page."""
    given = await sent(request, store(request))
    try:
        tried = await _change(request, given)
    except Problem as problem:
        more = "；".join(one["message"] for one in (problem.errors or [])[1:6])
        return await _page(request, f"{problem.detail}{more}", problem.status, given)
    if tried is not None:
        return await _page(request, given=given, tried=tried)
    return RedirectResponse(f"{request.scope.get('root_path', '')}/words", 303)


async def _change(request: Request, given: dict[str, list[str]]) -> dict[str, Any] | None:
    act = one(given, "do")
    if act in {"approve", "refuse"}:
        await decided(request, one(given, "batch"), act, one(given, "note"))
        return None
    if act == "close":
        if not who(request).roles & {"keeper", "administrator"} and who(request).id != "local":
            raise Problem(403, "处理反馈须由有档案或系统管理角色的人员办理。")
        outcome = without_private(service(request), one(given, "outcome"))
        with registered():
            await store(request).done(reports.closing(one(given, "report"), outcome, who(request)))
        return None
    if act not in {"try", "add", "change", "withdraw"}:
        raise Problem(422, "没有这一操作。")
    ready = service(request)
    editing = the_list(ready, one(given, "list"))
    wish = _wish(editing.kind, given)
    if act == "try":
        tried: dict[str, Any] = {"word": wish.word, "list": editing.title, "preview": None}
        if editing.kind == WORDS:
            tried["preview"] = await shown_before(request, editing, wish)
        (checked,) = [admission.check(ready, editing, wish, sets.ADD, {})]
        return tried | {"refusals": checked.refusals}
    await proposed(request, editing.id, act, [wish], one(given, "reason"), one(given, "basis"))
    return None


def _wish(kind: str, given: dict[str, list[str]]) -> admission.Wish:
    word = one(given, "word")
    if kind == TABLE:
        raise Problem(422, "名册、稿源、域名等表格请用导入。")
    parts: dict[str, Any] = {
        name: [part.strip() for part in one(given, name).replace("，", "、").split("、") if part.strip()]
        for name in _PARTS
        if one(given, name)
    }
    parts |= {name: one(given, name) for name in ("then", "from", "until") if one(given, name)}
    return admission.Wish(word, parts or None)


@router.post("/words/import", response_model=None)
async def import_file(request: Request) -> Response:
    """A file of the page's own form."""
    register = store(request)
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise Problem(415, "应为上传文件的表单。")
    async with request.form(max_files=1, max_fields=10) as form:
        token, upload = form.get("csrf"), form.get("file")
        if not isinstance(token, str) or not hmac.compare_digest(
            token.encode(), token_for(request, register).encode()
        ):
            raise Problem(403, "页面已过期，请刷新后重试。")
        if not isinstance(upload, UploadFile) and not hasattr(upload, "read"):
            return await _page(request, "请选择文件。", 422)
        raw = await upload.read()  # type: ignore[union-attr]  # Starlette's own class
        said = {name: str(form.get(name) or "") for name in ("list", "act", "reason", "basis")}
    try:
        editing = the_list(service(request), said["list"])
        wishes = await wishes_of(request, editing, raw, "text/csv")
        act = said["act"] if said["act"] in _ACTS else "add"
        await proposed(request, editing.id, act, wishes, said["reason"], said["basis"])
    except Problem as problem:
        more = "；".join(one["message"] for one in (problem.errors or [])[1:6])
        return await _page(request, f"{problem.detail}{more}", problem.status)
    return RedirectResponse(f"{request.scope.get('root_path', '')}/words", 303)
