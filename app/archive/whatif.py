"""Where a proposed word, or a whole rule of words, would hit in pages that are already published."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from app.archive.batch import page_of
from app.archive.manifest import Manifest
from app.archive.readers import Columns, parts
from app.words.admission import occurrences
from app.words.preview import Post, context
from detectors.matcher import matcher

if TYPE_CHECKING:
    from app.service import Service
    from detectors.lexicon import Lexicon

CONTEXTS = 50


@dataclass
class Hits:
    """What was seen. ``unread`` pages could not be looked at: nothing is known of them."""

    pages: int = 0
    unread: int = 0
    hits: int = 0
    pages_hit: int = 0
    by: dict[str, Counter[str]] = field(
        default_factory=lambda: {name: Counter() for name in ("词", "年份", "栏目", "单位")}
    )
    contexts: list[dict[str, str]] = field(default_factory=list)


def what_if(
    service: Service, proposed: Lexicon, over: str, columns: Columns | None = None, query: str = ""
) -> Hits:
    """Look for every word of a lexicon, under its own conditions, in an archive or in that of a result.

    Args:
        service: for masking what is private in the contexts.
        proposed: the rule; for one word a copy of its lexicon with that word alone.
        over: an archive, or the folder of a result, which names its archive and columns itself.
        columns: of an archive that is a table.
        query: of an archive that is a database.

    Raises:
        ArchiveError, ResultError: neither archive nor result, or it cannot be read.
    """
    if (Path(over) / "manifest.sqlite").is_file():
        manifest = Manifest(Path(over))
        told = manifest.meta
        manifest.close()
        over, query, columns = told["archive"], told["query"], Columns(told["columns"])
    find = matcher([term.word for term in proposed.terms], service.detectors.engine).find
    seen = Hits()
    for part in parts(over, columns or Columns(), query):
        for one in part.documents():
            seen.pages += 1
            if one.error:
                seen.unread += 1
                continue
            text = page_of(one, service).text
            numbers = sorted({number for _, _, number in find(text.plain)})
            found = [
                (term.word, *place)
                for term in map(proposed.terms.__getitem__, numbers)
                for place in occurrences(proposed, term, text)
            ]
            if not found:
                continue
            day = one.day.isoformat() if one.day else ""
            seen.hits += len(found)
            seen.pages_hit += 1
            for name, value in (("年份", day[:4]), ("栏目", one.column), ("单位", one.unit)):
                seen.by[name][value or "不明"] += len(found)
            seen.by["词"].update(word for word, _, _ in found)
            post = Post(text, one.title, day, one.unit, one.key)
            for _, start, end in found[: CONTEXTS - len(seen.contexts)]:
                seen.contexts.append(context(service, post, *text.written(start, end)))
    return seen
