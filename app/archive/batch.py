"""The one function of a rescan: pages in, verdicts out, through the one ``screen()``.

Everything else in this room is plumbing around ``screen_batch``; a cluster runs the same.
"""

from __future__ import annotations

import hashlib
import logging
import re
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from app.archive.article import Article, locate
from app.archive.document import RESULTS, Document, documents
from app.masking import covered, mask_quote
from app.page import Page
from app.screening import screen
from detectors.text import fold

if TYPE_CHECKING:
    from app.service import Service
    from detectors.rule import Finding

_AROUND = 12  # code points on each side that make a place recognisable after edits elsewhere
_BLANKS = re.compile(r"\s+")
_log = logging.getLogger(__name__)


def screen_batch(pages: pa.Table, service: Service) -> pa.Table:
    """A table of pages (schema PAGES) → a table of results (schema RESULTS), one row each, same order.

    A page that cannot be read or screened is a row with verdict ``block`` and its reason in ``unseen``.
    """
    return pa.Table.from_pylist([looked(one, service) for one in documents(pages)], schema=RESULTS)


def looked(document: Document, service: Service) -> dict[str, Any]:
    """One page's row, whatever happens: a fault of the program costs this page, not the run."""
    try:
        return result(document, service)
    except Exception as error:  # noqa: BLE001 whatever breaks, the page is reported as not looked at
        _log.exception("page %r could not be screened", document.key)
        return unseen(document, f"审查这一页时程序出错（{type(error).__name__}）")


def result(document: Document, service: Service) -> dict[str, Any]:
    """One page's row."""
    if document.error:
        return unseen(document, document.error)
    limit = service.settings.max_characters
    if len(document.body) > limit:
        return unseen(document, f"正文 {len(document.body)} 字符，超过单篇上限 {limit} 字符")
    page = page_of(document, service)
    verdict = screen(page, service.default, service.detectors)
    article = locate(document.body) if document.whole else None
    return _row(document) | {
        "verdict": verdict.outcome,
        "findings": [
            found(page, finding, None if answer is None else answer.label, article)
            for finding, answer in zip(covered(verdict.findings), verdict.answers, strict=True)
        ],
        "unseen": [{"rule": one.rule.id, "reason": one.reason} for one in verdict.unseen],
    }


def page_of(document: Document, service: Service) -> Page:
    """A document as the page that ``screen`` takes."""
    return Page(
        body=document.body,
        title=document.title,
        format=document.format,
        unit=document.unit or service.settings.unit,
        unit_kind=service.settings.unit_kind,
        source_name=document.source_name,
        source_url=document.source_url,
        author=document.author,
        published_on=document.day,
    )


def found(page: Page, finding: Finding, answer: str | None, article: Article | None) -> dict[str, Any]:
    """A finding as it is stored: masked, with its part of the page and its fingerprint."""
    place = page.place(finding.span)
    return {
        "rule": finding.rule.id,
        "field": place.field,
        "start": place.start,
        "end": place.end,
        "quote": mask_quote(finding),
        "suggestion": finding.suggestion,
        "note": finding.note,
        "hidden": finding.seen != "page",
        "part": ""
        if article is None or place.field == "title"
        else article.part(page.body, place.start, place.end),
        "fingerprint": fingerprint(page, finding),
        "answer": answer,
    }


def fingerprint(page: Page, finding: Finding) -> str:
    """The rule and its folded surroundings: stays when other places of the page change."""
    source, (start, end) = page.text.source, finding.span
    around = source[max(0, start - _AROUND) : end + _AROUND]
    letters = _BLANKS.sub("", fold(around))
    return hashlib.blake2b(
        f"{finding.rule.id}\0{letters}".encode("utf-8", "replace"), digest_size=12
    ).hexdigest()


def unseen(document: Document, reason: str) -> dict[str, Any]:
    """The row of a page that could not be looked at."""
    return _row(document) | {"verdict": "block", "findings": [], "unseen": [{"rule": "*", "reason": reason}]}


def _row(document: Document) -> dict[str, Any]:
    return {
        "key": document.key,
        "digest": document.digest,
        "url": document.url,
        "title": document.title,
        "published_on": document.day.isoformat() if document.day else "",
        "column": document.column,
        "unit": document.unit,
        "characters": len(document.body),
    }
