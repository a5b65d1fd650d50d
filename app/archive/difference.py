"""Taking over an earlier result: unchanged pages run only the rules that changed.

Rules cannot silence each other, so the findings of one page are those of the unchanged
rules, as stored, and those of the changed ones, looked for again. Verdicts are settled anew.
"""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from app import ENGINE
from app.archive.article import locate
from app.archive.batch import found, page_of
from app.archive.manifest import Manifest, ResultError
from app.verdict import judge
from detectors.lexicon import Words
from detectors.rule import Finding
from detectors.text import Span, fold

if TYPE_CHECKING:
    from pathlib import Path

    from app.archive.document import Document
    from app.page import Page
    from app.service import Service
    from detectors import Detectors


_CUT = 400  # findings of one page: of more, all rules together leave some out, and the page runs in full
# How the ids of rules begin that may ask what day it is; a test holds this list against their source.
DAILY = ("document.", "link.", "source.", "expression.leader-name", "expression.outdated-")


@dataclass(frozen=True)
class Earlier:
    """An earlier result and the rules that are not as they were then."""

    manifest: Manifest
    service: Service
    changed: frozenset[str]
    again: Detectors  # only the rules to run again
    same_ground: bool  # regulations and settings are those of then

    @classmethod
    def open(cls, folder: Path, service: Service) -> Earlier:
        """Compare the rules of then and now.

        Raises:
            ResultError: the folder is no result of this version.
        """
        manifest = Manifest(folder)
        then: dict[str, str] = manifest.meta.get("rules", {})
        if not manifest.meta.get("finished"):
            raise ResultError(f"{folder} 的复查没有做完，不能作为对比的基础；请先续做或另选一个")
        now = service.detectors.rule_digests
        changed = {rule for rule in then.keys() | now.keys() if then.get(rule) != now.get(rule)}
        changed |= _aged(service, manifest.meta.get("day", ""))
        same_ground = manifest.meta.get("ground") == ground(service)
        if not same_ground:
            changed |= now.keys()  # another program or other settings: everything may be seen differently
        return cls(
            manifest, service, frozenset(changed), service.detectors.only(changed & now.keys()), same_ground
        )

    def rows(self, documents: list[Document]) -> dict[int, dict[str, Any]]:
        """Number → finished row, for each document that is as it was. The others run in full."""
        if self.changed >= self.service.detectors.rules.keys():
            return {}  # nothing of then holds: to look it up first would only take longer
        limit = self.service.settings.max_characters
        places = self.manifest.find(one.key for one in documents)
        taken: dict[int, dict[str, Any]] = {}
        stored: dict[int, list[dict[str, Any]]] = {}
        for number, document in enumerate(documents):
            digest, part, row = places.get(document.key, ("", 0, 0))
            if digest != document.digest or document.error or len(document.body) > limit:
                continue
            if part not in stored:
                stored[part] = _part(str(self.manifest.path(part)))
            before = stored[part][row]
            if before["unseen"] or len(before["findings"]) >= _CUT:
                continue
            settled = self._settled(document, before)
            if settled is not None and len(settled["findings"]) < _CUT:
                taken[number] = settled
        return taken

    def _settled(self, document: Document, before: dict[str, Any]) -> dict[str, Any] | None:
        """The row under today's rules; None where what is private decides how other findings are masked."""
        service, page = self.service, page_of(document, self.service)
        kept = [one for one in before["findings"] if one["rule"] not in self.changed]
        findings, unseen = ((), ()) if self._silent(page) else self.again.look(page.text)
        moved = bool(findings) or len(kept) < len(before["findings"])
        if not moved and not unseen and self.same_ground:
            return before  # the same findings before the same regulations
        if moved and (
            any(one.rule.private for one in findings) or any(map(self._private, before["findings"]))
        ):
            return None
        if findings:
            article = locate(document.body) if document.whole else None
            kept += [found(page, one, None, article) for one in findings]
            kept.sort(key=lambda one: (one["field"] != "title", one["start"], one["end"], one["rule"]))
        stand_ins = tuple(
            Finding(service.detectors.rules[one["rule"]], Span(one["start"], one["end"]), one["quote"])
            for one in kept
        )
        verdict = judge(service.default, stand_ins, unseen, page.facts)
        return before | {
            "verdict": verdict.outcome,
            "findings": [
                one | {"answer": None if answer is None else answer.label}
                for one, answer in zip(kept, verdict.answers, strict=True)
            ],
            "unseen": [{"rule": one.rule.id, "reason": one.reason} for one in unseen],
        }

    def _silent(self, page: Page) -> bool:
        """Whether the rules to run again surely find nothing: only words changed, and none stands in a plain page."""
        if not self.again.detectors:
            return True
        if page.format != "text" or self._words is None:
            return False  # what a reader sees of a page with tags is known only when it has been read
        plain = fold(f"{page.title}\n{page.body}")
        return all(words.silent(plain) for words in self._words)

    @cached_property
    def _words(self) -> list[Words] | None:
        """What the rules to run again look with, where they are all made of words."""
        found = [one.find for one in self.again.detectors]
        return found if all(isinstance(one, Words) for one in found) else None  # type: ignore[return-value]

    def _private(self, stored: dict[str, Any]) -> bool:
        rule = self.service.detectors.rules.get(stored["rule"])
        return rule is None or rule.private  # of a rule that is gone nobody knows


def ground(service: Service) -> str:
    """What verdicts stand on beside rules and pages: the program and the settings."""
    config = service.settings
    facts = (
        ENGINE,
        config.unit,
        config.unit_kind,
        config.max_characters,
        [one.digest for one in service.default],
    )
    return hashlib.blake2b(repr(facts).encode(), digest_size=16).hexdigest()


def _aged(service: Service, then: str) -> set[str]:
    """Rules that see something else because the calendar went on since."""
    today = datetime.date.today()  # noqa: DTZ011 the office's own calendar day, as the rules take it
    if then == today.isoformat():
        return set()
    first = datetime.date.fromisoformat(then) if then else datetime.date.min
    turned = {
        one.rule.id
        for one in service.detectors.lexicons
        if any(first < day <= today for term in one.terms for day in (term.start, term.end) if day)
    }
    if service.words is not None:  # words laid over the files may have days too
        turned |= service.words.digests.keys()
    return turned | {rule for rule in service.detectors.rules if rule.startswith(DAILY)}


@lru_cache(maxsize=4)
def _part(path: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return rows
