"""Tables of a page: HTML cells, and lines of text whose fields a tab, a bar or spaces keep apart."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from detectors.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.text import Text

_HEAD = re.compile(
    r"姓名|名称|名字|序号|编号|号码|证号|电话|手机|联系|单位|性别|年龄|地址|住址|成绩|[账帐]号|卡号|岗位|职位|职务|备注|日期|时间|金额|考号|"
    r"学校|民族|学历|户主|类别|等级|病种|原因|班级|专业|代码|籍贯|出生|数量|面积|分数|排名|名次|标准|人数|学号|微信|邮箱|qq|身份|村|乡镇|社区|"
    r"申请人|对象|项目|部门|科室|诊断|疾病|病情|残疾|订单|准考证|结果|信息|人员|学生|考生"
)
_LONG_NUMBER = re.compile(r"[0-9]{4}")
_BREAK = {"\t": re.compile(r"\t"), "|": re.compile(r"\|"), " ": re.compile(r"[ \t]+")}


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

    @property
    def titles(self) -> str:
        return " ".join(column.title for column in self.columns)


class Tables:
    """All tables of one text."""

    def __init__(self, text: Text) -> None:
        self.all = [
            table
            for table in (*_of_cells(text), *_of_lines(text))
            if any(column.cells for column in table.columns)
        ]
        cells = [
            (*cell, table, column) for table in self.all for column in table.columns for cell in column.cells
        ]
        cells.sort(key=lambda one: one[:2])
        self._cells = cells
        self._starts = [one[0] for one in cells]

    def at(self, position: int) -> tuple[Table, Column] | None:
        """The table and column a position of ``plain`` lies in."""
        number = bisect_right(self._starts, position) - 1
        if number >= 0 and position < self._cells[number][1]:
            return self._cells[number][2], self._cells[number][3]
        return None


def may_have(text: Text) -> bool:
    """Whether there is anything like a table at all: cheap, for pages that have none."""
    return (
        bool(text.cells)
        or "\t" in text.plain
        or "|" in text.plain
        or " 姓名" in text.plain
        or "姓名 " in text.plain
        or "号 " in text.plain
    )


def _is_heading(cells: list[str]) -> bool:
    heads = sum(
        len(cell) <= 16 and bool(_HEAD.search(cell)) and not _LONG_NUMBER.search(cell) for cell in cells
    )
    return len(cells) >= 2 and heads >= 2 and heads * 2 >= len(cells)


def _of_cells(text: Text) -> Iterator[Table]:
    """Tables of HTML."""
    rows: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
    for cell in text.cells:
        rows.setdefault((cell.table, cell.row), []).append((cell.column, cell.start, cell.end))
    current, columns = -1, {}
    for (table, _), cells in sorted(rows.items()):
        if table != current:
            if columns:
                yield Table(list(columns.values()))
            current, columns = table, {}
        titles = [text.as_written[start:end].strip() for _, start, end in cells] if not columns else []
        if not columns:
            if _is_heading([_folded(title) for title in titles]):
                columns = {}
                for (number, start, end), title in zip(cells, titles, strict=True):
                    head = _trimmed(text.plain, text.to_plain(start), text.to_plain(end))
                    columns[number] = Column(_folded(title), head)
            continue
        for number, start, end in cells:
            if number in columns:
                place = _trimmed(text.plain, text.to_plain(start), text.to_plain(end))
                if place[0] < place[1]:
                    columns[number].cells.append(place)
    if columns:
        yield Table(list(columns.values()))


def _folded(title: str) -> str:
    return re.sub(r"\s+", "", fold(title))


def _trimmed(plain: str, start: int, end: int) -> tuple[int, int]:
    while start < end and plain[start] in " \t\n":
        start += 1
    while start < end and plain[end - 1] in " \t\n":
        end -= 1
    return start, end


def _of_lines(text: Text) -> Iterator[Table]:
    """Tables of text, one line a row. Lines that do not fit their heading are left out."""
    if text.cells:
        return
    plain, at, gap = text.plain, 0, 0
    columns: list[Column] = []
    mark = ""
    for line in plain.split("\n"):
        start, at = at, at + len(line) + 1
        own = "\t" if "\t" in line else "|" if "|" in line else " " if " " in line else ""
        fields = list(_fields(line, own)) if own and len(line) < 2000 else []
        if fields and _is_heading([line[first:last] for first, last in fields]):
            if columns:
                yield Table(columns)
            mark = own
            columns = [Column(re.sub(r"\s+", "", line[a:b]), (start + a, start + b)) for a, b in fields]
            gap = 0
        elif columns and own == mark:
            # Trailing empty cells are often dropped; a line that was broken inside a cell has no number in front.
            if len(fields) == len(columns) or (
                mark != " " and 2 < len(fields) < len(columns) and line[:1].isdecimal()
            ):
                for column, (first, last) in zip(columns, fields, strict=False):
                    if first < last:
                        column.cells.append((start + first, start + last))
            gap = 0
        elif columns:
            gap += 1
            if gap > 3:
                yield Table(columns)
                columns = []
    if columns:
        yield Table(columns)


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
