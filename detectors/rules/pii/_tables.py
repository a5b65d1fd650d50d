"""Tables of a page: HTML cells, and lines of text whose fields a tab, a bar or spaces keep apart."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from detectors.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.text import Text

_HEAD = re.compile(
    r"姓名|名称|名字|序号|编号|号码|证号|电话|手机|联系|单位|性别|年龄|地址|住址|成绩|[账帐]号|卡号|岗位|职位|职务|备注|日期|时间|金额|考号|"
    r"学校|民族|学历|户主|类别|等级|病种|原因|班级|专业|代码|籍贯|出生|数量|面积|分数|排名|名次|标准|人数|学号|微信|邮箱|qq|身份|村|乡镇|社区|"
    r"申请人|对象|项目|部门|科室|诊断|疾病|病情|残疾|订单|准考证|结果|信息|人员|学生|考生|"
    r"家庭|人口|坐落|座落|权利人|征收人|产权人|业主|户籍|证件|通讯|信仰|车架|宽带|邮件|^tel|^phone"
)
_CSV = re.compile(r"(?:^|[\n,])(?:(?:学生|户主|申请人|考生|受助人)?姓名|户主|申请人)(?:,|$|\n)")
_GAP = 3  # lines without fields that a table may have inside
_DIGIT = re.compile(r"[0-9]")
_LONG_NUMBER = re.compile(r"[0-9]{4}")
_BREAK = {",": re.compile(","), "\t": re.compile(r"\t"), "|": re.compile(r"\|"), " ": re.compile(r"[ \t]+")}


@dataclass
class Column:
    """One column: its heading and the ranges of its cells, all in ``plain``."""

    title: str
    head: tuple[int, int]
    cells: list[tuple[int, int]] = field(default_factory=list)


@dataclass
class Table:
    """Columns in order; ``at`` finds the one a position lies in."""

    columns: list[Column]
    lines: tuple[int, int] = (0, 0)  # of a table of text: from its heading to where it ends

    @property
    def titles(self) -> str:
        return " ".join(column.title for column in self.columns)


class Tables:
    """All tables of one text."""

    def __init__(self, text: Text) -> None:
        every = (*_of_cells(text), *_of_lines(text))
        self.blocks = [(*table.lines, table.titles) for table in every if table.lines[1]]
        self.all = [table for table in every if any(column.cells for column in table.columns)]
        cells = [
            (*cell, table, column) for table in self.all for column in table.columns for cell in column.cells
        ]
        cells.sort(key=lambda one: one[:2])
        self._cells = cells
        self._starts = [one[0] for one in cells]

    def titles_at(self, position: int) -> str:
        """The headings of the table of text whose lines a position lies among; "" outside."""
        number = bisect_right(self.blocks, position, key=lambda block: block[0]) - 1
        return self.blocks[number][2] if number >= 0 and position < self.blocks[number][1] else ""

    def at(self, position: int) -> tuple[Table, Column] | None:
        """The table and column a position of ``plain`` lies in."""
        number = bisect_right(self._starts, position) - 1
        if number >= 0 and position < self._cells[number][1]:
            return self._cells[number][2], self._cells[number][3]
        return None


def may_have(text: Text) -> bool:
    """Whether there is anything like a table at all: cheap, for pages that have none."""
    plain = text.plain
    return (
        bool(text.cells)
        or "\t" in plain
        or "|" in plain
        or ("\n" in plain and " " in plain and ("姓名" in plain or "号 " in plain))
        or (("姓名," in plain or ",姓名" in plain or "户主," in plain) and bool(_CSV.search(plain)))
    )


def _is_heading(cells: list[str]) -> bool:
    heads = sum(
        len(cell) <= 16 and bool(_HEAD.search(cell)) and not _LONG_NUMBER.search(cell) for cell in cells
    )
    return len(cells) >= 2 and heads >= 2 and heads * 2 >= len(cells)


def _of_cells(text: Text) -> Iterator[Table]:
    """Tables of HTML: the first row that looks like one is the heading, what stands above it a title."""
    rows: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
    for cell in text.cells:
        rows.setdefault((cell.table, cell.row), []).append((cell.column, cell.start, cell.end))
    for _, group in groupby(sorted(rows.items()), key=lambda row: row[0][0]):
        columns: dict[int, Column] = {}
        filled = False
        for _, cells in group:
            if not columns:
                columns = _heading(text, cells)
            elif not filled and (lower := _lower_heading(text, columns, cells)):
                columns |= lower
            else:
                filled = True
                _fill(text, columns, cells)
        if columns:
            yield Table(list(columns.values()))


def _heading(text: Text, cells: list[tuple[int, int, int]]) -> dict[int, Column]:
    titles = [_folded(text.as_written[start:end]) for _, start, end in cells]
    if not _is_heading(titles):
        return {}
    return {
        number: Column(title, _trimmed(text.plain, text.to_plain(start), text.to_plain(end)))
        for (number, start, end), title in zip(cells, titles, strict=True)
    }


def _lower_heading(
    text: Text, columns: dict[int, Column], cells: list[tuple[int, int, int]]
) -> dict[int, Column]:
    """The second row of a heading whose cells span several: each column is called by both of its titles."""
    if all(number in columns for number, _, _ in cells) and len(cells) >= len(columns):
        return {}
    titles = [_folded(text.as_written[start:end]) for _, start, end in cells]
    if not any(map(_HEAD.search, titles)) or any(len(title) > 10 or _DIGIT.search(title) for title in titles):
        return {}
    lower: dict[int, Column] = {}
    for (number, start, end), title in zip(cells, titles, strict=True):
        above = columns[max((one for one in columns if one <= number), default=min(columns))]
        lower[number] = Column(
            above.title + title, _trimmed(text.plain, text.to_plain(start), text.to_plain(end))
        )
    return lower


def _fill(text: Text, columns: dict[int, Column], cells: list[tuple[int, int, int]]) -> None:
    for number, start, end in cells:
        if number in columns:
            place = _trimmed(text.plain, text.to_plain(start), text.to_plain(end))
            if place[0] < place[1]:
                columns[number].cells.append(place)


def _folded(title: str) -> str:
    return re.sub(r"\s+", "", fold(title))


def _trimmed(plain: str, start: int, end: int) -> tuple[int, int]:
    while start < end and plain[start] in " \t\n":
        start += 1
    while start < end and plain[end - 1] in " \t\n":
        end -= 1
    return start, end


class _Line:
    """One line of text: how its fields are kept apart, and where they stand in it."""

    def __init__(self, line: str, start: int, marks: tuple[str, ...]) -> None:
        self.line, self.start = line, start
        self.mark = next((mark for mark in marks if mark in line), "")
        self.fields = list(_fields(line, self.mark)) if self.mark and len(line) < 2000 else []

    @property
    def cells(self) -> list[str]:
        return [self.line[first:last] for first, last in self.fields]

    def fits(self, columns: list[Column], mark: str) -> bool:
        """Trailing empty cells are often dropped; a line broken inside a cell has no number in front."""
        if self.mark != mark:
            return False
        count = len(self.fields)
        return count == len(columns) or (
            mark != " " and 2 < count < len(columns) and self.line[:1].isdecimal()
        )


def _of_lines(text: Text) -> Iterator[Table]:
    """Tables of text, one line a row. Lines that do not fit their heading are left out."""
    at = gap = 0
    columns: list[Column] = []
    mark, first = "", 0
    marks = ("\t", "|", " ", ",") if _CSV.search(text.plain) else ("\t", "|", " ")
    for written in text.plain.split("\n") if not text.cells else ():
        line = _Line(written, at, marks)
        at += len(written) + 1
        if line.fields and _is_heading(line.cells):
            if columns:
                yield Table(columns, (first, line.start))
            mark, first, gap = line.mark, line.start, 0
            columns = [
                Column(_folded(cell), (line.start + a, line.start + b))
                for cell, (a, b) in zip(line.cells, line.fields, strict=True)
            ]
        elif columns and line.fits(columns, mark):
            gap = 0
            for column, (a, b) in zip(columns, line.fields, strict=False):
                if a < b:
                    column.cells.append((line.start + a, line.start + b))
        elif columns and line.mark != mark:
            gap += 1
            if gap > _GAP:
                yield Table(columns, (first, at))
                columns = []
    if columns:
        yield Table(columns, (first, at))


def _fields(line: str, mark: str) -> Iterator[tuple[int, int]]:
    first = 0
    if mark != "\t":
        kept = line.strip(" |")
        first = line.find(kept) if kept else 0
        line = line[: first + len(kept)]
    for edge in _BREAK[mark].finditer(line, first):
        yield _trimmed(line, first, edge.start())
        first = edge.end()
    yield _trimmed(line, first, len(line))
