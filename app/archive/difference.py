"""Taking over an earlier result: unchanged pages run only the rules that changed.

Rules cannot silence each other, so the findings of one page are those of the unchanged
rules, as stored, and those of the changed ones, looked for again. Verdicts are settled anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from app.archive.article import locate
from app.archive.batch import found, page_of
from app.archive.manifest import Manifest, ResultError
from app.verdict import judge
from detectors.rule import Finding
from detectors.text import Span

if TYPE_CHECKING:
    from pathlib import Path

    from app.archive.document import Document
    from app.service import Service
    from detectors import Detectors


@dataclass(frozen=True)
class Earlier:
    """An earlier result and the rules that are not as they were then."""

    manifest: Manifest
    service: Service
    changed: frozenset[str]
    again: Detectors  # only the rules to run again

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
        changed = frozenset(rule for rule in then.keys() | now.keys() if then.get(rule) != now.get(rule))
        return cls(manifest, service, changed, service.detectors.only(changed & now.keys()))

    def rows(self, documents: list[Document]) -> dict[int, dict[str, Any]]:
        """Number → finished row, for each document that is as it was. The others run in full."""
        places = self.manifest.find(one.key for one in documents)
        taken: dict[int, dict[str, Any]] = {}
        for number, document in enumerate(documents):
            digest, part, row = places.get(document.key, ("", 0, 0))
            if digest == document.digest and not document.error:
                before = _part(str(self.manifest.path(part)))[row]
                if not before["unseen"]:
                    taken[number] = self._settled(document, before)
        return taken

    def _settled(self, document: Document, before: dict[str, Any]) -> dict[str, Any]:
        service, page = self.service, page_of(document, self.service)
        kept = [one for one in before["findings"] if one["rule"] not in self.changed]
        unseen: tuple[Any, ...] = ()
        if self.again.detectors:
            findings, unseen = self.again.look(page.text)
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


@lru_cache(maxsize=4)
def _part(path: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return rows
