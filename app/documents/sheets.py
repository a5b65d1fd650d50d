"""Spreadsheets that say what they hold: text stays text, whatever it begins with."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, Any

import xlsxwriter

MOST_ROWS = 1_048_575  # of one sheet in Excel, the header left out
_LINE = 15.0  # points
_MOST_LINES = 20  # of one row; Excel takes 409 points
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


class Sheets:
    """A workbook written row by row in constant memory."""

    def __init__(self, path: Path | IO[bytes]) -> None:
        # The defaults turn "=…" into formulas and leave URL cells empty after 65,530 of them.
        options = {
            "constant_memory": True,
            "strings_to_urls": False,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
        }
        self.book = xlsxwriter.Workbook(path, options)
        self.head = self.book.add_format(
            {"bold": True, "bg_color": "#E8EEF4", "border": 1, "text_wrap": True, "valign": "top"}
        )
        self.cell = self.book.add_format({"border": 1, "text_wrap": True, "valign": "top"})

    def add(self, name: str, heads: Sequence[tuple[str, float]], rows: Iterable[Sequence[Any]]) -> int:
        """One table; as many sheets as its rows need. Heads are (words, width in characters). The number of rows."""
        count, sheet, at = 0, None, 0
        widths = [width for _, width in heads]
        for row in rows:
            if sheet is None or at >= MOST_ROWS:
                sheet = self._sheet(name if sheet is None else f"{name}{count // MOST_ROWS + 1}", heads)
                at = 0
            at += 1
            count += 1
            # Said, for not every program finds the height of wrapped text by itself. Before its cells, as memory is constant.
            sheet.set_row(at, _LINE * min(max(map(_lines, row, widths), default=1), _MOST_LINES))
            for column, value in enumerate(row):
                if isinstance(value, int | float) and not isinstance(value, bool):
                    sheet.write_number(at, column, value, self.cell)
                else:
                    sheet.write_string(at, column, str(value)[:32_767], self.cell)
        if sheet is None:
            self._sheet(name, heads)
        return count

    def _sheet(self, name: str, heads: Sequence[tuple[str, float]]) -> Any:  # noqa: ANN401 xlsxwriter's worksheet
        sheet = self.book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.8, bottom=0.6)
        sheet.repeat_rows(0)
        sheet.set_header(f"&C&14{name}")
        sheet.set_footer("&C第 &P 页，共 &N 页")
        for column, (words, width) in enumerate(heads):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, words, self.head)
        return sheet

    def close(self) -> None:
        """Write the file."""
        self.book.close()


def _lines(value: Any, width: float) -> int:  # noqa: ANN401 a cell
    """Lines that a cell takes in its column; a Chinese character is as wide as two others."""
    letters = str(value)
    return sum(
        math.ceil((len(line) if line.isascii() else 2 * len(line)) / width) or 1
        for line in letters.split("\n")
    )


def write_csv(path: Path, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """A CSV file that Excel opens in Chinese and takes no formula from; the number of rows."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heads)
        for row in rows:
            writer.writerow([_harmless(value) for value in row])
            count += 1
    return count


def _harmless(value: Any) -> Any:  # noqa: ANN401 a cell
    return f"'{value}" if isinstance(value, str) and value.startswith(_DANGEROUS) else value
