"""A screened page → what the register keeps of it: masked findings, keyed digests, never the text."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from app.register.keys import canonical

if TYPE_CHECKING:
    from app.checklist import Checklist
    from app.page import Page
    from app.register.keys import Keys
    from app.verdict import Verdict

_GROUPS = 2000  # keyed digests of one page at most: beyond, several lines share one
_STEPS = 20_000_000  # of comparing: lines that stand there again and again make it take for ever
_NUMBER = re.compile(r"\d{7,}[\dXx]?")
_UNKEPT = "（标题含涉密标志，未留存）"
HIDDEN = "（涉密类发现，不留存引文）"


class Kept(NamedTuple):
    """Everything a first entry needs. ``regulations``: digest → what is kept of each regulation."""

    content: dict[str, Any]
    regulations: dict[str, dict[str, Any]]
    fingerprint: str
    private: int


def keep(  # noqa: PLR0913 a first entry has these parts
    page: Page,
    verdict: Verdict,
    answer: Mapping[str, Any],
    editor: Mapping[str, str],
    steps: Sequence[str],
    keys: Keys,
) -> Kept:
    """What is written down of one screening. ``editor``: {id, name}; ``steps``: of 三审三校."""
    findings = [
        {
            "rule": finding.rule.id,
            "title": finding.rule.title,
            "field": shown["field"],
            "start": shown["start"],
            "end": shown["end"],
            "quote": HIDDEN if finding.rule.family == "secrecy" else shown["quote"],
            "suggestion": None if finding.rule.family == "secrecy" else shown["suggestion"],
            "note": shown["note"],
            "answer": shown["answer"],
            "mark": keys.mark_of(finding.rule.id, finding.quote),
        }
        for finding, shown in zip(verdict.findings, answer["findings"], strict=True)
    ]
    checklists = [form.checklist for form in verdict.forms]
    separations = [one.separation.get("reviewer_publisher", True) for one in checklists if one.separation]
    content = {
        "editor": dict(editor),
        "post": _post(page, verdict, answer),
        "verdict": answer["verdict"],
        "message": answer["message"],
        "data": answer["data"],
        "engine": answer["engine"],
        "findings": findings,
        "checklists": [
            {
                "id": form["id"],
                "digest": checklist.digest,
                "form": form["form"],
                "items": [
                    {key: item[key] for key in ("id", "number", "answer", "bad", "raises", "findings")}
                    for item in form["items"]
                ],
                "signatures": form["signatures"],
                "missing": form["missing"],
            }
            for form, checklist in zip(answer["checklists"], checklists, strict=True)
        ],
        "unseen": [{"rule": one["rule"], "title": one["title"]} for one in answer["unseen"]],
        "waived": answer["waived"],
        "steps": list(steps),
        # 六安 第十六条 separates the two; a regulation that says it does not, and no other, takes it back
        "reviewer_publisher": not separations or any(separations),
        "prints": prints(page, keys),
    }
    # All that was said beside the text and all that was found: an answer never names a record that says otherwise.
    outcome = {
        name: content[name]
        for name in ("verdict", "data", "findings", "checklists", "unseen", "waived", "steps")
    }
    fingerprint = keys.mark_of(
        "record", page.format, page.title, page.body, repr(page.about), page.disclosure_basis,
        canonical(outcome).decode(),
    )  # fmt: skip
    return Kept(
        content,
        {one.digest: regulation(one) for one in checklists},
        fingerprint,
        sum(one["rule"].startswith("pii.") for one in findings),
    )


def regulation(checklist: Checklist) -> dict[str, Any]:
    """What a form needs of a regulation, so that it can be printed again when the file has changed."""
    return {
        "id": checklist.id,
        "title": checklist.title,
        "status": checklist.status,
        "form": checklist.form,
        "items": {
            one.id: {"asks": one.asks, "hint": one.hint, "person": one.person} for one in checklist.asked
        },
        "deadlines": [
            {
                "category": list(one.category),
                "days": one.days,
                "unit": one.unit,
                "at_most": one.at_most,
                "basis": one.basis,
                "asks": one.asks,
            }
            for one in checklist.deadlines
        ],
    }


def _post(page: Page, verdict: Verdict, answer: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": _title(page, verdict, answer),
        "format": page.format,
        "category": page.category,
        "channel": page.channel,
        "unit": page.unit,
        "unit_kind": page.unit_kind,
        "source_name": masked(page.source_name),
        "source_url": page.source_url.partition("?")[0].partition("#")[0],
        "author": masked(page.author),
        "formed_on": page.formed_on.isoformat() if page.formed_on else "",
        "published_on": page.published_on.isoformat() if page.published_on else "",
        "disclosure": page.disclosure,
        "disclosure_basis": masked(page.disclosure_basis),
        "external_id": page.external_id,
        "characters": len(page.body),
    }


def masked(letters: str) -> str:
    """Long numbers out of what people write beside a text."""
    return _NUMBER.sub(lambda found: found[0][:3] + "*" * (len(found[0]) - 3), letters)


def _title(page: Page, verdict: Verdict, answer: Mapping[str, Any]) -> str:
    """The title with what is private in it hidden; none at all where it bears a mark of secrecy."""
    letters = list(page.title)
    for finding, shown in zip(verdict.findings, answer["findings"], strict=True):
        if shown["field"] != "title":
            continue
        if finding.rule.family == "secrecy":
            return _UNKEPT
        if finding.rule.private:
            for place in (shown, *shown["places"]):
                if place["field"] == "title":
                    letters[place["start"] : place["end"]] = "*" * (place["end"] - place["start"])
    return masked("".join(letters))


# --- is this the text that was signed? --------------------------------------------------------


def prints(page: Page, keys: Keys) -> dict[str, Any]:
    """Keyed digests of the source, of the title and of each paragraph as a reader sees it."""
    lines = paragraphs(page)
    group = -(-len(lines) // _GROUPS) or 1
    return {
        "source": keys.print_of(_source(page)),
        "title": keys.print_of(page.title),
        "body": keys.print_of(page.body),
        "group": group,
        "paragraphs": [keys.print_of(one) for one in _grouped(lines, group)],
    }


def _source(page: Page) -> str:
    return f"{page.format}\n{hashlib.sha256(page.title.encode('utf-8', 'surrogatepass')).hexdigest()}\n{page.body}"


def same_source(kept: Mapping[str, Any], page: Page, keys: Keys) -> bool:
    """Whether it is the text that was screened, byte for byte."""
    return bool(kept["source"] == keys.print_of(_source(page)))


def paragraphs(page: Page) -> list[str]:
    """The lines a reader sees, the title first, blank ones left out."""
    return [line.strip() for line in page.text.as_written.split("\n") if line.strip()]


def _grouped(lines: Sequence[str], group: int) -> list[str]:
    return (
        ["\n".join(lines[at : at + group]) for at in range(0, len(lines), group)]
        if group > 1
        else list(lines)
    )


class Change(NamedTuple):
    """One difference: ``kind`` is changed, added or removed; paragraphs count from 1, the title included."""

    kind: str
    paragraph: int
    now: str
    was: str


class Compared(NamedTuple):
    """``same``: byte for byte. ``reads_same``: every paragraph a reader sees is the same."""

    same: bool
    reads_same: bool
    changes: tuple[Change, ...]


def compare(kept: Mapping[str, Any], page: Page, keys: Keys, before: Page | None = None) -> Compared:
    """What was screened against what is there now. ``before``: the text screened, where it was kept."""
    if same_source(kept, page, keys):
        return Compared(same=True, reads_same=True, changes=())
    group = kept["group"]
    now = _grouped(paragraphs(page), group)
    then = _grouped(paragraphs(before), group) if before is not None else []
    old, new = kept["paragraphs"], [keys.print_of(one) for one in now]
    changes: list[Change] = []
    for start, end, first, last in _differing(old, new):
        for step in range(max(end - start, last - first)):
            has_old, has_new = start + step < end, first + step < last
            rest = len(changes) >= _GROUPS  # thousands of new lines are told of in one piece
            changes.append(
                Change(
                    "changed" if has_old and has_new else "added" if has_new else "removed",
                    (first + step if has_new else start + step) + 1,
                    "\n".join(now[first + step : last if rest else first + step + 1]) if has_new else "",
                    then[start + step] if has_old and then else "",
                )
            )
            if rest:
                break
    return Compared(same=False, reads_same=not changes, changes=tuple(changes))


def _differing(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """The stretches of ``old`` and of ``new`` that differ, in order."""
    most = min(len(old), len(new))
    head = next((at for at in range(most) if old[at] != new[at]), most)
    tail = next((at for at in range(most - head) if old[-1 - at] != new[-1 - at]), most - head)
    left, right = old[head : len(old) - tail], new[head : len(new) - tail]
    again = Counter(right)
    if sum(again[one] for one in left) * min(len(left), len(right)) > _STEPS:
        yield head, len(old) - tail, head, len(new) - tail
        return
    for kind, *edges in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if kind != "equal":
            start, end, first, last = (head + edge for edge in edges)
            yield start, end, first, last
