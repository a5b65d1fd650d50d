"""Tables of a text as grids of cells: HTML tables, and lines whose columns are parted by tabs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

import regex

from detectors.text import Text

_VALUE = regex.compile(r"[-−]?(?:\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.\d{1,6})?")
_EMPTY = frozenset({"", "-", "—", "--", "——", "/", "\\", "无", "…", "0"})
_MOST_CELLS = 20_000


class Cell(NamedTuple):
    """Letters of a cell and their range in ``as_written``."""

    letters: str
    start: int
    end: int

    @property
    def empty(self) -> bool:
        return self.letters in _EMPTY

    @property
    def value(self) -> Decimal | None:
        """The number that the cell holds and nothing else."""
        letters = self.letters.removesuffix("%")
        return Decimal(letters.replace(",", "").replace("−", "-")) if _VALUE.fullmatch(letters) else None


Grid = list[dict[int, Cell]]  # rows of cells by column


def grids(text: Text) -> Iterator[Grid]:
    """Every table of at least three rows."""
    if text.cells:
        tables: dict[int, dict[int, dict[int, Cell]]] = defaultdict(lambda: defaultdict(dict))
        for cell in text.cells[:_MOST_CELLS]:
            tables[cell.table][cell.row][cell.column] = _cell(text, cell.start, cell.end)
        for rows in tables.values():
            if len(rows) > 2:
                yield [rows[number] for number in sorted(rows)]
    elif "\t" in text.as_written:
        yield from _tabbed(text)


def _tabbed(text: Text) -> Iterator[Grid]:
    lines, at = [], 0
    for line in text.as_written.split("\n"):
        lines.append((at, line, line.count("\t")))
        at += len(line) + 1
    for tabs, group in groupby(lines, key=lambda line: line[2]):
        rows = list(group)
        if not tabs or len(rows) < 3 or tabs * len(rows) > _MOST_CELLS:
            continue
        grid: Grid = []
        for start, line, _ in rows:
            row, first = {}, start
            for column, letters in enumerate(line.split("\t")):
                row[column] = _cell(text, first, first + len(letters))
                first += len(letters) + 1
            grid.append(row)
        yield grid


def _cell(text: Text, start: int, end: int) -> Cell:
    letters = text.as_written[start:end]
    stripped = letters.strip()
    first = start + letters.find(stripped) if stripped else start
    # Full-width digits and signs count as well; a cell is short, so it is folded alone.
    folded = stripped.translate(_WIDE).replace(" ", "").replace("\u3000", "").replace("\xa0", "")
    return Cell(folded, first, first + len(stripped))


_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
