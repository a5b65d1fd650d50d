"""Pages of the register: send a post in, my tasks, one record with its whole story. They work without scripts."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from app.api.forms import Post
from app.api.gate import who
from app.api.problems import Problem, validation_problem
from app.api.records import compared, looked_up, store, without_private
from app.api.screen import recording, registered, service
from app.page import Page
from app.register import acts, lookup, way
from app.register.view import line
from app.web.form import CHANNELS, KINDS, categories
from app.web.forms import one, sent, token_for
from app.web.pages import render

if TYPE_CHECKING:
    from fastapi.responses import Response

router = APIRouter(include_in_schema=False)


def record_page(
    request: Request, shown: dict[str, Any], trouble: str = "", verified: dict[str, Any] | None = None
) -> Response:
    """One record."""
    register = store(request)
    return render(
        request,
        "register/record.html",
        record=shown,
        person=who(request),
        csrf=token_for(request, register),
        acts=way.ACTS,
        trouble=trouble,
        verified=verified,
        until=(datetime.date.today() + datetime.timedelta(days=180)).isoformat(),  # noqa: DTZ011 the office's day
    )


@router.get("/tasks", response_model=None)
async def tasks(request: Request) -> Response:
    """What waits for me."""
    register, person = store(request), who(request)
    with registered():
        found = await run_in_threadpool(lookup.tasks, register, person)
    rows = [line(row) | {"tasks": names} for row, names in found]
    return render(request, "register/tasks.html", tasks=rows, person=person)


@router.get("/submit", response_model=None)
async def submit_page(request: Request) -> Response:
    """Send a post in."""
    return _submit_page(request, {}, "")


def _submit_page(request: Request, given: dict[str, list[str]], trouble: str) -> Response:
    ready = service(request)
    return render(
        request,
        "register/submit.html",
        given={name: values[0] for name, values in given.items()},
        chosen=given.get("checklists") or [one.id for one in ready.default],
        checklists=list(ready.checklists.values()),
        kinds=KINDS,
        channels=CHANNELS,
        categories=[(one, one) for one in categories(ready.checklists.values())],
        person=who(request),
        csrf=token_for(request, store(request)),
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
        job, deep = await run_in_threadpool(recording, post, ready, person)
        with registered():
            answer = await store(request).done(job, deep=deep)
    except ValidationError as error:
        return _refused(_submit_page(request, given, validation_problem(error.errors()).detail), 422)
    except Problem as problem:
        return _refused(_submit_page(request, given, problem.detail), problem.status)
    return RedirectResponse(f"{request.scope.get('root_path', '')}/records/{answer['record']}", 303)


def _refused(page: Response, status: int) -> Response:
    page.status_code = status
    return page


@router.post("/records/{record}/act", response_model=None)
async def act(record: str, request: Request) -> Response:
    """Answers, signatures, waivers and comparisons sent by the record's own page."""
    register, person, ready = store(request), who(request), service(request)
    given = await sent(request, register)
    verified = None
    note = without_private(ready, one(given, "note"))
    try:
        with registered():
            if one(given, "do") == "verify":
                page = Page(
                    body=given.get("body", [""])[0].replace("\r\n", "\n"),
                    title=one(given, "title"),
                    format=one(given, "format") or "text",
                )
                verified = compared(*await register.done(acts.verifying(record, person, page)))
            elif one(given, "do") == "answer":
                for field in (name for name in given if name.startswith("answer:") and given[name][0]):
                    _, checklist, item = field.split(":", 2)
                    reason = without_private(ready, one(given, f"note:{checklist}:{item}"))
                    said = one(given, field)
                    await register.done(acts.answering(record, person, checklist, item, said, reason))
            elif one(given, "do") == "waive":
                plea = _plea(given, note)
                await register.done(acts.waiving(record, person, plea))
            else:
                wish = way.Act(one(given, "do"), note, one(given, "role"))
                await register.done(acts.signing(record, person, wish))
    except Problem as problem:
        if problem.status == 404:  # noqa: PLR2004 not theirs: there is no page to go back to
            raise
        shown = await run_in_threadpool(looked_up, register, record, person)
        return _refused(record_page(request, shown, problem.detail), problem.status)
    if verified is not None:
        shown = await run_in_threadpool(looked_up, register, record, person)
        return record_page(request, shown, verified=verified)
    return RedirectResponse(f"{request.scope.get('root_path', '')}/records/{record}", 303)


def _plea(given: dict[str, list[str]], reason: str) -> way.Plea:
    try:
        until = datetime.date.fromisoformat(one(given, "until"))
        finding = int(one(given, "finding"))
    except ValueError as error:
        raise Problem(422, "请写明是哪一处发现和截止日期。") from error
    return way.Plea(finding, one(given, "scope") or "post", reason, one(given, "basis"), until)
