"""The table of laws: what they are called, until when they are in force, how many articles they have.

Columns: title (without 中华人民共和国), aliases (parted by |), repealed_on (first day out of force),
replaced_by, articles (of the version that has most), as_of (day of that version). The operator's
own ``laws.csv`` in a folder of tables adds rows and replaces rows of the same title.
"""

from __future__ import annotations

import csv
import datetime
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from detectors.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FILE = "laws.csv"
STATE = "中华人民共和国"
_COLUMNS = ("title", "aliases", "repealed_on", "replaced_by", "articles", "as_of")
_KINDS = ("实施条例", "实施细则", "条例", "办法", "规定", "细则", "法典", "法")
_LEAST = 6  # letters of a title that can be recognised with one slip in it


class LawTableError(ValueError):
    """A table of laws that cannot be used: names file, line and reason."""


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
        """The one known title that differs from this unknown one by one letter or two neighbours swapped."""
        if title in self.named or len(title) < _LEAST - 1:
            return None
        near = {
            known
            for half in (title[:3], title[-4:])
            for known in self._halves.get(half, ())
            if _kind(known) == _kind(title) and _one_slip(known, title)
        }
        return near.pop() if len(near) == 1 else None


def load(folders: Iterable[Path] = ()) -> Laws:
    """The shipped table and the operator's.

    Raises:
        LawTableError: names file, line and reason.
    """
    rows: dict[str, Law] = {}
    for path in (Path(__file__).with_name(FILE), *(folder / FILE for folder in folders)):
        if path.is_file():
            rows |= {law.title: law for law in _read(path)}
    return Laws(rows.values())


def _read(path: Path) -> Iterator[Law]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file)
            if unknown := set(table.fieldnames or ()) ^ set(_COLUMNS):
                message = f"{path.name}:1: column {min(unknown)!r} is unknown or missing; expected {', '.join(_COLUMNS)}"
                raise LawTableError(message)
            seen: dict[str, int] = {}
            for row in table:
                yield _row(path, table.line_num, row, seen)
    except UnicodeDecodeError as error:
        message = f"{path.name}: not UTF-8: {error.reason}"
        raise LawTableError(message) from error


def _row(path: Path, line: int, row: dict[str, str], seen: dict[str, int]) -> Law:
    def wrong(reason: str) -> LawTableError:
        return LawTableError(f"{path.name}:{line}: {reason}")

    if None in row or None in row.values():
        raise wrong(f"expected {len(_COLUMNS)} columns")
    title = fold(row["title"].strip()).removeprefix(STATE)
    if not title:
        raise wrong("no title")
    names = (title, *(fold(alias.strip()) for alias in row["aliases"].split("|") if alias.strip()))
    for name in names:
        if name in seen:
            raise wrong(f"{name} stands in line {seen[name]} already")
        seen[name] = line
    try:
        repealed, as_of = (
            datetime.date.fromisoformat(row[column]) if row[column] else None for column in ("repealed_on", "as_of")
        )
    except ValueError as error:
        raise wrong(f"a date is written 2021-01-01: {error}") from error
    if row["articles"] and not (row["articles"].isdecimal() and int(row["articles"])):
        raise wrong(f"articles: expected a number above 0, got {row['articles']!r}")
    articles = int(row["articles"]) if row["articles"] else None
    return Law(title, names[1:], repealed, row["replaced_by"].strip(), articles, as_of)


def _kind(title: str) -> str:
    title = title.replace("条列", "条例")  # the commonest slip of all sits in the kind itself
    return next((kind for kind in _KINDS if title.endswith(kind)), "")


def _one_slip(known: str, title: str) -> bool:
    if len(known) == len(title):
        wrong = [at for at in range(len(known)) if known[at] != title[at]]
        return len(wrong) == 1 or (len(wrong) == 2 and wrong[1] == wrong[0] + 1 and sorted(known) == sorted(title))
    longer, shorter = sorted((known, title), key=len, reverse=True)
    if len(longer) - len(shorter) != 1:
        return False
    at = next((at for at in range(len(shorter)) if longer[at] != shorter[at]), len(shorter))
    return longer[at + 1 :] == shorter[at:]
