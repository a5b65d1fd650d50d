"""Pages of the register: send a post in, my tasks, one record with its whole story. They work without scripts."""

from __future__ import annotations

import datetime
import re
import secrets
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from app.api.forms import Post, day
from app.api.gate import who
from app.api.problems import Problem, validation_problem
from app.api.records import looked_up, store, verified, without_private
from app.api.screen import recording, registered, service
from app.page import Page
from app.register import acts, lookup, rectify, way
from app.register.clock import today
from app.register.keys import canonical
from app.register.view import line
from app.web.form import CHANNELS, KINDS, categories
from app.web.forms import one, sent
from app.web.office import office

if TYPE_CHECKING:
    from fastapi.responses import Response

    from app.register.store import Register, Same
    from app.register.writer import Job
    from app.service import Service

router = APIRouter(include_in_schema=False)


def record_page(
    request: Request,
    shown: dict[str, Any],
    trouble: str = "",
    status: int = 200,
    verified: dict[str, Any] | None = None,
) -> Response:
    """One record."""
    return office(
        request,
        "record.html",
        status,
        record=shown,
        acts=way.ACTS,
        channels=CHANNELS,
        trouble=trouble,
        verified=verified,
        seen=_done_so_far(shown),
        until=(today() + datetime.timedelta(days=180)).isoformat(),
    )


def _done_so_far(shown: dict[str, Any]) -> str:
    """The last entry that a signature rests on: who signs must have seen it."""
    done = (one["seq"] for one in shown["story"] if one["kind"] not in {"refused", "verified", "repeated"})
    return str(max(done, default=0))


def _must_have_seen(seen: str, now: dict[str, Any]) -> None:
    if seen != _done_so_far(now):
        raise Problem(409, "打开页面之后，本稿有了新的办理；请看过下面的经过，再行签署。")


@router.get("/tasks", response_model=None)
async def tasks(request: Request) -> Response:
    """What waits for me."""
    register, person = store(request), who(request)
    with registered():
        found = await run_in_threadpool(lookup.tasks, register, person)
    rows = [line(row) | {"tasks": names} for row, names in found]
    return office(request, "tasks.html", tasks=rows, most=lookup.MOST_TASKS)


@router.get("/submit", response_model=None)
async def submit_page(request: Request) -> Response:
    """Send a post in. What is usual in this house is filled in."""
    ready, person = service(request), who(request)
    usual = {"channel": ["website"]}
    if person.unit in {"", ready.settings.unit}:
        usual |= {"unit_name": [ready.settings.unit], "unit_kind": [ready.settings.unit_kind]}
    return _submit_page(request, usual, "")


def _submit_page(request: Request, given: dict[str, list[str]], trouble: str, status: int = 200) -> Response:
    ready = service(request)
    return office(
        request,
        "submit.html",
        status,
        given={name: values[0] for name, values in given.items()},
        chosen=given.get("checklists") or [one.id for one in ready.default],
        checklists=list(ready.checklists.values()),
        kinds=KINDS,
        channels=CHANNELS,
        once=one(given, "once") or secrets.token_urlsafe(12),
        categories=[(one, one) for one in categories(ready.checklists.values())],
        trouble=trouble,
    )


@router.post("/submit", response_model=None)
async def submit(request: Request) -> Response:
    """Screen it, put it down, show its record."""
    ready, person = service(request), who(request)
    given = await sent(request, store(request))
    stated: dict[str, Any] = {
        name: one(given, name)
        for name in ("title", "format", "category", "channel", "author", "external_id", "disclosure_basis")
    }
    stated |= {name: one(given, name) or None for name in ("formed_on", "published_on")}
    stated |= {
        "body": given.get("body", [""])[0].replace("\r\n", "\n"),
        "format": stated["format"] or "text",
        "disclosure": one(given, "disclosure") or "ordinary",
        "unit": {"name": one(given, "unit_name"), "kind": one(given, "unit_kind")},
        "checklists": given.get("checklists"),
        "record": True,
    }
    if one(given, "source_name") or one(given, "source_url"):
        stated["source"] = {"name": one(given, "source_name"), "url": one(given, "source_url")}
    try:
        post = Post.model_validate(stated)
        same = _sent_before(ready, given, person)
        job, deep = await run_in_threadpool(recording, post, ready, person, same)
        with registered():
            answer = await store(request).done(job, deep=deep)
    except ValidationError as error:
        return _submit_page(request, given, validation_problem(error.errors()).detail, 422)
    except Problem as problem:
        return _submit_page(request, given, problem.detail, problem.status)
    return RedirectResponse(f"{request.scope.get('root_path', '')}/records/{answer['record']}", 303)


def _sent_before(ready: Service, given: dict[str, list[str]], person: way.Person) -> Same | None:
    """A form sent twice, by a double click or the way back, is one post; a changed one is another."""
    if ready.register is None or not one(given, "once"):
        return None
    body = canonical(given)
    return ready.register.same(person.id, f"{one(given, 'once')}\n{body.decode()}", body)


_ANSWER = re.compile("answer:[^:]+:.+")  # regulation and item


@router.get("/records/{record}/act", response_model=None)
async def acted(record: str, request: Request) -> Response:
    """The address a browser shows after a refusal or a comparison, opened anew."""
    return RedirectResponse(f"{request.scope.get('root_path', '')}/records/{record}", 303)


@router.post("/records/{record}/act", response_model=None)
async def act(record: str, request: Request) -> Response:
    """Answers, signatures, waivers and comparisons sent by the record's own page."""
    register, person, ready = store(request), who(request), service(request)
    given = await sent(request, register)
    same = None
    try:
        note = without_private(ready, one(given, "note"))
        with registered():
            if one(given, "do") == "verify":
                page = Page(
                    body=given.get("body", [""])[0].replace("\r\n", "\n"),
                    title=one(given, "title"),
                    format=one(given, "format") or "text",
                )
                same = await verified(request, record, page)
            elif one(given, "do") == "answer":
                for field in (name for name in given if _ANSWER.fullmatch(name) and given[name][0]):
                    _, checklist, item = field.split(":", 2)
                    reason = without_private(ready, one(given, f"note:{checklist}:{item}"))
                    said = one(given, field)
                    await register.done(acts.answering(record, person, checklist, item, said, reason))
            elif one(given, "do") == "waive":
                plea = _plea(given, note, without_private(ready, one(given, "basis")))
                await register.done(acts.waiving(record, person, plea))
            else:
                if one(given, "seen"):
                    now = await run_in_threadpool(looked_up, register, record, person)
                    _must_have_seen(one(given, "seen"), now)
                wish = way.Act(one(given, "do"), note, one(given, "role"))
                await register.done(acts.signing(record, person, wish))
    except Problem as problem:
        if problem.status == 404:  # noqa: PLR2004 not theirs: there is no page to go back to
            raise
        shown = await run_in_threadpool(looked_up, register, record, person)
        return record_page(request, shown, problem.detail, problem.status)
    if same is not None:
        shown = await run_in_threadpool(looked_up, register, record, person)
        return record_page(request, shown, verified=same)
    return RedirectResponse(f"{request.scope.get('root_path', '')}/records/{record}", 303)


def _plea(given: dict[str, list[str]], reason: str, basis: str) -> way.Plea:
    try:
        until = datetime.date.fromisoformat(one(given, "until"))
        finding = int(one(given, "finding"))
    except ValueError as error:
        raise Problem(422, "请写明是哪一处发现和截止日期。") from error
    return way.Plea(finding, one(given, "scope") or "post", reason, basis, until)


# --- waivers, problems told by a supervisor, and the audit log --------------------------------


def waivers_page(
    request: Request, rows: list[dict[str, Any]], trouble: str = "", status: int = 200
) -> Response:
    """All waivers, each with how long it still holds."""
    day = today()
    titles = {name: rule.title for name, rule in service(request).detectors.rules.items()}
    shown = [
        row
        | {
            "title": titles.get(row["rule"], row["rule"]),
            "left": (datetime.date.fromisoformat(row["until"]) - day).days,
        }
        for row in rows
    ]
    may = bool(who(request).roles & {"approver", "secrecy"})
    return office(request, "waivers.html", status, waivers=shown, may=may, trouble=trouble)


@router.post("/waivers", response_model=None)
async def revoke(request: Request) -> Response:
    """One waiver taken back."""
    register, person = store(request), who(request)
    given = await sent(request, register)
    try:
        with registered():
            await register.done(acts.revoking(one(given, "waiver"), person))
    except Problem as problem:
        rows = await run_in_threadpool(lookup.listed_waivers, register, person)
        return waivers_page(request, rows, problem.detail, problem.status)
    return RedirectResponse(f"{request.scope.get('root_path', '')}/waivers", 303)


def notices_page(
    request: Request, rows: list[dict[str, Any]], trouble: str = "", status: int = 200
) -> Response:
    """The problems a supervisor told of, each with its last day."""
    day, person = today(), who(request)
    shown = [row | {"late": row["state"] == "待整改" and day > row["due"]} for row in rows]
    may = bool(person.roles & {"editor", "reviewer", "secrecy", "approver", "publisher", "keeper"})
    return office(
        request, "rectification.html", status, notices=shown, may=may, today=day.isoformat(), trouble=trouble
    )


@router.post("/rectification/notices/act", response_model=None)
async def notice(request: Request) -> Response:
    """A problem put down, or what became of it."""
    ready, register, person = service(request), store(request), who(request)
    given = await sent(request, register)
    try:
        with registered():
            await register.done(_noticed(ready, register, given, person))
    except Problem as problem:
        rows = await run_in_threadpool(rectify.listed, register, person)
        return notices_page(request, rows, problem.detail, problem.status)
    return RedirectResponse(f"{request.scope.get('root_path', '')}/rectification", 303)


def _noticed(ready: Service, register: Register, given: dict[str, list[str]], person: way.Person) -> Job[Any]:
    if one(given, "do") == "tell":
        return rectify.noticing(person, _told(ready, given, person))
    state = one(given, "do")
    if state not in rectify.STATES[1:]:
        raise Problem(422, f"整改情况应为{'、'.join(rectify.STATES[1:])}之一。")
    remark = without_private(ready, one(given, "remark"))
    return rectify.mending(register, one(given, "notice"), person, state, remark)


def _told(ready: Service, given: dict[str, list[str]], person: way.Person) -> dict[str, Any]:
    unit = one(given, "unit") or person.unit
    days = one(given, "days") or "5"
    try:
        told_on = day(one(given, "told_on"))
    except ValueError as error:
        raise Problem(422, f"请写明通报日期：{error}。") from error
    if not unit or not one(given, "problem") or days not in {"1", "2", "3", "4", "5"}:
        raise Problem(422, "请写明单位、问题和 1 至 5 个工作日的整改期限。")
    if not person.sees(unit):
        raise Problem(403, "只能登记本单位的整改事项。")
    return {
        "unit": unit,
        "problem": without_private(ready, one(given, "problem")),
        "basis": without_private(ready, one(given, "basis")),
        "told_on": told_on.isoformat(),
        "days": int(days),
        "person": one(given, "person")[:80] or person.name,
    }
