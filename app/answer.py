"""A verdict → the JSON of the contract. The only door out: private quotes are masked here."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from app import ENGINE
from app.masking import covered, mask_quote

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.checklist import Answer, Checklist
    from app.page import Page
    from app.verdict import Form, Verdict
    from detectors import Detectors
    from detectors.rule import Finding


def data_digest(detectors: Detectors, checklists: Iterable[Checklist]) -> str:
    """Names the exact words, code and regulations behind a verdict."""
    together = detectors.digest + "".join(sorted(one.id + one.digest for one in checklists))
    return "sha256:" + hashlib.sha256(together.encode()).hexdigest()


def answer(  # noqa: PLR0913 what an answer is made of
    page: Page,
    verdict: Verdict,
    data: str,
    elapsed_ms: float,
    record: str | None = None,
    *,
    model: str = "off",
) -> dict[str, Any]:
    """The body of an answer to POST /screen. Same page, same data → the same but for time and record.

    ``model``: how wrong characters were looked for beside the listed ones: off, strict, thorough.
    """
    return {
        "verdict": verdict.outcome,
        "message": f"{page.unread}；{verdict.message}" if page.unread else verdict.message,
        "digest": page.digest,
        "record": record,
        "findings": [
            _finding(page, *pair) for pair in zip(covered(verdict.findings), verdict.answers, strict=True)
        ],
        "checklists": [_form(form, unread=bool(page.unread)) for form in verdict.forms],
        "unseen": _unseen(page, verdict),
        "rest": list(verdict.rest),
        "waived": list(verdict.waived),
        "language_model": model,
        "data": data,
        "engine": ENGINE,
        "elapsed_ms": elapsed_ms,
    }


def _unseen(page: Page, verdict: Verdict) -> list[dict[str, str]]:
    """Rules that could not look; one line for all of them where the post itself could not be read."""
    if page.unread:
        return [{"rule": "*", "title": "全部检查", "reason": page.unread}]
    return [{"rule": one.rule.id, "title": one.rule.title, "reason": one.reason} for one in verdict.unseen]


def _finding(page: Page, finding: Finding, answer: Answer | None) -> dict[str, Any]:
    rule, place = finding.rule, page.place(finding.span)
    return {
        "rule": rule.id,
        "title": rule.title,
        "why": rule.why,
        "basis": rule.basis,
        "field": place.field,
        "start": place.start,
        "end": place.end,
        "quote": mask_quote(finding),
        "suggestion": finding.suggestion,
        "note": finding.note,
        "hidden": finding.seen != "page",
        "places": [page.place(span)._asdict() for span in finding.places],
        "answer": None if answer is None else answer.label,
        "docs": f"/rules/{rule.id}",
    }


def _form(form: Form, *, unread: bool = False) -> dict[str, Any]:
    checklist = form.checklist
    return {
        "id": checklist.id,
        "title": checklist.title,
        "status": checklist.status,
        "form": checklist.form if form.form else "",
        "items": [
            {
                "id": line.item.id,
                "number": line.item.number,
                "asks": line.item.asks,
                "answer": line.answer.label,
                "bad": line.item.bad,
                "hint": line.item.hint,
                "machine": line.item.by_machine,
                "raises": [one._asdict() for one in checklist.raised(line.item)],
                "findings": line.findings,
                "unseen": ["*"] if unread and line.unseen else line.unseen,
            }
            for line in form.lines
        ],
        "signatures": [one._asdict() for one in form.signatures],
        "missing": [one._asdict() for one in form.missing],
    }
