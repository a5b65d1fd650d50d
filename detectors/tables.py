"""Tables that an office keeps beside the program (people, sources, places): CSV or TOML, read strictly.

A table that cannot be trusted is worse than none, so nothing is guessed: an unknown column,
a date that the calendar does not have or a row that stands there twice stops the load, and
the message says in which file, in which line and why.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
import tomllib
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

SUFFIXES = (".csv", ".toml")

Value = str | tuple[str, ...] | datetime.date | None

_BETWEEN = re.compile(r"[;；|｜、]")  # several words in one cell
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_HEADER = re.compile(r"\s*\[\[\s*(?:row|\"row\")\s*\]\]")


class TableError(ValueError):
    """A table that cannot be used: names the file, the line and the reason."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Args:
        name: as it stands in the head of the file.
        kind: "word", "words" (several, in CSV between ; or 、 or |) or "day" (2024-05-01).
        needed: an empty cell is an error.
        among: the words allowed; empty: any.
    """

    name: str
    kind: str = "word"
    needed: bool = False
    among: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """What a table looks like.

    Args:
        columns: those that may stand in the file; the needed ones must.
        key: columns that together tell rows apart; two rows with the same are a duplicate.
        period: the columns with the first and the last day on which a row holds, if there are such.
        singular: columns of words none of which may stand in two rows (name and aliases, say).
    """

    columns: tuple[Column, ...]
    key: tuple[str, ...]
    period: tuple[str, str] | None = None
    singular: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One row and where it stands. An empty cell is "", () or None after its kind."""

    path: Path
    line: int
    cells: Mapping[str, Value] = field(hash=False)

    def word(self, column: str) -> str:
        """The cell of a "word" column."""
        value = self.cells[column]
        return value if isinstance(value, str) else ""

    def words(self, column: str) -> tuple[str, ...]:
        """The cell of a "words" column."""
        value = self.cells[column]
        return value if isinstance(value, tuple) else ()

    def day(self, column: str) -> datetime.date | None:
        """The cell of a "day" column."""
        value = self.cells[column]
        return value if isinstance(value, datetime.date) else None

    def wrong(self, reason: str) -> TableError:
        """An error that names this row, for what only the reader of the table can know."""
        return TableError(f"{self.path.name}:{self.line}: {reason}")


def files(folders: Sequence[Path], name: str) -> Iterator[Path]:
    """The files of one table: ``name.csv`` and ``name.toml`` in each folder, in order.

    Raises:
        TableError: a folder is not there.
    """
    for folder in folders:
        if not folder.is_dir():
            raise TableError(f"{folder}: no such folder of tables")
        for suffix in SUFFIXES:
            path = folder / f"{name}{suffix}"
            if path.is_file():
                yield path


def read(path: Path, shape: Shape) -> tuple[Row, ...]:
    """All rows of one file.

    Raises:
        TableError: naming file, line and reason.
    """
    try:
        letters = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise TableError(f"{path.name}:{line}: not UTF-8 (in Excel: save as “CSV UTF-8”)") from error
    raw = _toml(path, letters) if path.suffix == ".toml" else _csv(path, letters, shape)
    rows = tuple(_row(path, line, given, shape) for line, given in raw)
    _refuse_duplicates(rows, shape)
    return rows


def _csv(path: Path, letters: str, shape: Shape) -> Iterator[tuple[int, dict[str, Any]]]:
    """The lines under the head; a line that begins with # is a remark."""
    lines = csv.reader(io.StringIO(letters, newline=""), strict=True)
    try:
        head = [name.strip() for name in next(lines, [])]
        if not any(head):
            raise TableError(f"{path.name}:1: no head line with the names of the columns")
        twice = next((name for name in head if head.count(name) > 1), None)
        if twice is not None:
            raise TableError(f"{path.name}:1: column {twice!r} stands there twice")
        _check(path, 1, head, shape)  # even where no row follows
        after = lines.line_num
        for cells in lines:
            line, after = after + 1, lines.line_num  # a quoted cell may run over several lines
            if not any(cell.strip() for cell in cells) or cells[0].startswith("#"):
                continue
            if len(cells) != len(head):
                raise TableError(f"{path.name}:{line}: {len(cells)} cells under {len(head)} columns")
            yield line, dict(zip(head, cells, strict=True))
    except csv.Error as error:
        raise TableError(f"{path.name}:{lines.line_num}: {error}") from error


def _toml(path: Path, letters: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """``[[row]]`` tables. TOML keeps no line numbers, so the headers are counted."""
    try:
        data = tomllib.loads(letters)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"at line (\d+)", str(error))
        raise TableError(f"{path.name}:{at[1] if at else 1}: {error}") from error
    if unknown := data.keys() - {"row"}:
        raise TableError(f"{path.name}:1: unknown key {min(unknown)!r}; rows are written as [[row]]")
    rows = data.get("row", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise TableError(f"{path.name}:1: rows are written as [[row]]")
    heads = [number for number, line in enumerate(letters.splitlines(), 1) if _HEADER.match(line)]
    for number, row in enumerate(rows):
        yield (heads[number] if len(heads) == len(rows) else 1), row


def _check(path: Path, line: int, names: Collection[str], shape: Shape) -> None:
    known = [column.name for column in shape.columns]
    for name in names:
        if name not in known:
            raise TableError(f"{path.name}:{line}: unknown column {name!r}; known are {', '.join(known)}")
    for column in shape.columns:
        if column.needed and column.name not in names:
            raise TableError(f"{path.name}:{line}: column {column.name!r} is missing")


def _row(path: Path, line: int, given: dict[str, Any], shape: Shape) -> Row:
    def wrong(reason: str) -> TableError:
        return TableError(f"{path.name}:{line}: {reason}")

    _check(path, line, given, shape)
    cells = {column.name: _value(given.get(column.name), column, wrong) for column in shape.columns}
    if shape.period is not None:
        first, last = (cells[name] for name in shape.period)
        if isinstance(first, datetime.date) and isinstance(last, datetime.date) and first > last:
            raise wrong(f"{shape.period[1]} {last} is before {shape.period[0]} {first}")
    return Row(path, line, cells)


def _value(given: Any, column: Column, wrong: Callable[[str], TableError]) -> Value:  # noqa: ANN401 TOML holds anything
    name = column.name
    if isinstance(given, str):
        given = given.strip()
    if given in (None, "", []):
        if column.needed:
            raise wrong(f"{name}: empty")
        return {"words": (), "day": None}.get(column.kind, "")
    if column.kind == "day":
        return _day(given, name, wrong)
    if column.kind == "words" and isinstance(given, str):
        given = [word.strip() for word in _BETWEEN.split(given)]
    words = given if column.kind == "words" else [given]
    if not isinstance(words, list) or not all(isinstance(word, str) and word.strip() for word in words):
        raise wrong(f"{name}: expected {'words' if column.kind == 'words' else 'a word'}, got {given!r}")
    for word in words:
        if column.among and word not in column.among:
            raise wrong(f"{name}: {word!r} is not one of {', '.join(column.among)}")
    return tuple(word.strip() for word in words) if column.kind == "words" else words[0]


def _day(given: Any, name: str, wrong: Callable[[str], TableError]) -> datetime.date:  # noqa: ANN401
    if isinstance(given, datetime.date) and not isinstance(given, datetime.datetime):
        return given
    if isinstance(given, str) and _DAY.fullmatch(given):
        try:
            return datetime.date.fromisoformat(given)
        except ValueError as error:
            raise wrong(f"{name}: {given} is no day of the calendar") from error
    raise wrong(f"{name}: expected a day like 2024-05-01, got {given!r}")


def _refuse_duplicates(rows: Sequence[Row], shape: Shape) -> None:
    keys: dict[tuple[str, ...], int] = {}
    words: dict[str, int] = {}
    for row in rows:
        key = tuple(_same(str(row.cells[name] or "")) for name in shape.key)
        if key in keys:
            shown = "，".join(str(row.cells[name] or "") for name in shape.key)
            raise row.wrong(f"{shown} stands in line {keys[key]} already")
        keys[key] = row.line
        own = [word for name in shape.singular for word in (*row.words(name), row.word(name)) if word]
        for same, word in {_same(word): word for word in own}.items():
            if same in words:
                raise row.wrong(f"{word!r} stands in line {words[same]} already")
            words[same] = row.line


def _same(word: str) -> str:
    """Full width and capitals make no other word."""
    return unicodedata.normalize("NFKC", word).casefold().strip()
