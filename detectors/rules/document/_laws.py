"""The table of laws: what they are called, until when they are in force, how many articles they have.

Columns: title (without 中华人民共和国), aliases (several in one cell), repealed_on (first day out of force),
replaced_by, articles (of the version that has most), as_of (day of that version). The operator's
own ``laws.csv`` or ``laws.toml`` in a folder of tables adds rows and replaces rows of the same title.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from detectors.tables import Column, Row, Shape, files, read
from detectors.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

STATE = "中华人民共和国"
_SHAPE = Shape(
    columns=(
        Column("title", needed=True),
        Column("aliases", "words"),
        Column("repealed_on", "day"),
        Column("replaced_by"),
        Column("articles"),
        Column("as_of", "day"),
    ),
    key=("title",),
    singular=("title", "aliases"),
)
_KINDS = ("实施条例", "实施细则", "条例", "办法", "规定", "细则", "法典", "法")
_LEAST = 6  # letters of a title that can be recognised with one slip in it


class Law(NamedTuple):
    """One row."""

    title: str
    aliases: tuple[str, ...]
    repealed_on: datetime.date | None
    replaced_by: str
    articles: int | None
    as_of: datetime.date | None


class Laws:
    """All rows, by every name, and the titles that a slip of the pen may have meant."""

    def __init__(self, laws: Iterable[Law]) -> None:
        self.named: dict[str, Law] = {}
        for law in laws:
            for name in (law.title, *law.aliases):
                self.named[name] = law
        self._halves: dict[str, list[str]] = defaultdict(list)
        for law in self.named.values():
            if len(law.title) >= _LEAST:
                self._halves[law.title[:3]].append(law.title)
                self._halves[law.title[-4:]].append(law.title)

    def meant(self, title: str) -> str | None:
        """The one known title that differs from this unknown one by one letter or two neighbours swapped.

        Short titles are too near to others; of them only 发 for 法 is told.
        """
        if title in self.named:
            return None
        if title.endswith("发") and (sounds := title[:-1] + "法") in self.named:
            return sounds
        if len(title) < _LEAST - 1:
            return None
        near = {
            known
            for half in (title[:3], title[-4:])
            for known in self._halves.get(half, ())
            if _kind(known) == _kind(title) and _one_slip(known, title)
        }
        return near.pop() if len(near) == 1 else None


def load(folders: Sequence[Path] = ()) -> Laws:
    """The shipped table and the operator's.

    Raises:
        TableError: names file, line and reason.
    """
    rows: dict[str, Law] = {}
    for path in files((Path(__file__).parent, *folders), "laws"):
        rows |= {law.title: law for law in map(_law, read(path, _SHAPE))}
    return Laws(rows.values())


def _law(row: Row) -> Law:
    given = row.word("articles")
    if given and not (given.isascii() and given.isdecimal() and int(given)):
        raise row.wrong(f"articles: expected a number above 0, got {given!r}")
    return Law(
        title=fold(row.word("title")).removeprefix(STATE),
        aliases=tuple(fold(alias) for alias in row.words("aliases")),
        repealed_on=row.day("repealed_on"),
        replaced_by=row.word("replaced_by"),
        articles=int(given) if given else None,
        as_of=row.day("as_of"),
    )


def _kind(title: str) -> str:
    title = title.replace("条列", "条例")  # the commonest slip of all sits in the kind itself
    return next((kind for kind in _KINDS if title.endswith(kind)), "")


def _one_slip(known: str, title: str) -> bool:
    if len(known) == len(title):
        wrong = [at for at in range(len(known)) if known[at] != title[at]]
        return len(wrong) == 1 or (
            len(wrong) == 2 and wrong[1] == wrong[0] + 1 and sorted(known) == sorted(title)
        )
    longer, shorter = sorted((known, title), key=len, reverse=True)
    if len(longer) - len(shorter) != 1:
        return False
    at = next((at for at in range(len(shorter)) if longer[at] != shorter[at]), len(shorter))
    return longer[at + 1 :] == shorter[at:]
