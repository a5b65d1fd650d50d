"""Rows and columns of totals in a table that are not the sum of what stands above or beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

import regex

from detectors.rule import Example, Finding, Rule
from detectors.rules.number._figure import shown
from detectors.rules.number._table import Cell, Grid, grids
from detectors.text import Text

_HEAD = "<table><tr><th>乡镇</th><th>户数</th><th>人数</th></tr>"

RULE = Rule(
    id="number.table-total-differs",
    title="表格合计不符",
    why="表中各行（列）相加不等于合计数，明细或者合计有误；预决算、补助公示等表格的数字必须对得上。",
    basis=(
        "《中华人民共和国统计法》第一条：保障统计资料的真实性、准确性、完整性和及时性",
        "《中华人民共和国政府信息公开条例》第六条：行政机关应当及时、准确地公开政府信息",
    ),
    examples=(
        Example(
            _HEAD
            + "<tr><td>东河镇</td><td>12</td><td>35</td></tr><tr><td>西河镇</td><td>15</td><td>41</td></tr>"
            "<tr><td>南山镇</td><td>8</td><td>20</td></tr><tr><td>合计</td><td>35</td><td>⟦98⟧</td></tr></table>",
            format="html",
        ),
        Example(
            "<table><tr><td>单位</td><td>男</td><td>女</td><td>合计</td></tr><tr><td>一中</td><td>20</td><td>31</td><td>51</td></tr>"
            "<tr><td>二中</td><td>18</td><td>22</td><td>⟦44⟧</td></tr><tr><td>三中</td><td>9</td><td>11</td><td>20</td></tr>"
            "<tr><td>四中</td><td>15</td><td>14</td><td>29</td></tr></table>",
            format="html",
        ),
        Example(
            _HEAD
            + "<tr><td>东河镇</td><td>12</td><td>35</td></tr><tr><td>西河镇</td><td>15</td><td>41</td></tr>"
            "<tr><td>南山镇</td><td>8</td><td>20</td></tr><tr><td>合计</td><td>35</td><td>96</td></tr></table>",
            format="html",
        ),
        Example(
            "<table><tr><th>指标</th><th>总量</th><th>增速（%）</th></tr><tr><td>农业</td><td>12</td><td>3.5</td></tr>"
            "<tr><td>林业</td><td>15</td><td>4.1</td></tr><tr><td>合计</td><td>27</td><td>3.8</td></tr></table>",
            format="html",
        ),
        Example(
            "<table><tr><th>项目</th><th>金额（亿元）</th></tr><tr><td>教育</td><td>12.36</td></tr><tr><td>卫生</td><td>8.24</td></tr>"
            "<tr><td>合计</td><td>20.61</td></tr></table>",
            format="html",
        ),
        Example(
            _HEAD
            + "<tr><td>东河镇</td><td>12</td><td>35</td></tr><tr><td>其中：低保户</td><td>4</td><td>9</td></tr>"
            "<tr><td>西河镇</td><td>15</td><td>41</td></tr><tr><td>合计</td><td>27</td><td>76</td></tr></table>",
            format="html",
        ),
    ),
)
NEEDS = ("计",)

_TOTAL = frozenset({"合计", "总计", "共计", "总合计", "合计:", "总计:"})
_SUBTOTAL = frozenset({"小计", "小计:"})
_PART_OF = regex.compile(
    r"其中|#|[(（][一二三四五六七八九十]|[一二三四五六七八九十]、|\d[.、]"
)  # rows of several levels
# Shares, rates, averages, prices and codes are not added.
_NOT_ADDED = regex.compile(
    r"率|均|同比|环比|增长|增速|增幅|比上年|排名|位次|名次|序号|编号|编码|代码|电话|年份|年度|得分|分数|成绩|指数|单价|价格|标准|时间|日期|备注|±|%|占比|比重|邮编"
)
_COUNTED = regex.compile(r"人|户|个|件|名|辆|所|家|处|起|次|宗|条|项|岗位|座|只|头|棵|株")


def find(text: Text) -> Iterator[Finding]:
    """A wrong sum counts only where the table proves elsewhere what its totals are sums of."""
    for grid in grids(text):
        yield from _rows(text, grid)
        yield from _columns(text, grid)


def _rows(text: Text, grid: Grid) -> Iterator[Finding]:
    labels = [next((cell.letters for _, cell in sorted(row.items()) if not cell.empty), "") for row in grid]
    totals = [
        number
        for number, row in enumerate(grid)
        if any(cell.letters in _TOTAL for cell in list(row.values())[:3])
    ]
    if len(totals) != 1 or any(_PART_OF.match(label) for label in labels):
        return
    if any(cell.letters in _SUBTOTAL for row in grid for cell in row.values()):
        return
    total, width = totals[0], max((len(row) for row in grid), default=0)
    first = _first_row_of_values(grid)
    if total not in {first, len(grid) - 1} and total + 1 != len(grid):
        total_ends = all(
            not any(cell.value is not None for cell in row.values()) for row in grid[total + 1 :]
        )
        if not total_ends:
            return
    members = [row for number, row in enumerate(grid) if number != total and (number >= first)]
    checked = [
        (column, cell, result)
        for column, cell in sorted(grid[total].items())
        if cell.value is not None
        and not _NOT_ADDED.search(_header(grid, first, column))
        and (result := _add([row.get(column) for row in members])) is not None
    ]
    right = [
        column
        for column, cell, (added, slack) in checked
        if abs(added - (cell.value or 0)) <= slack and added
    ]
    for _column, cell, (added, slack) in checked:
        value = cell.value or Decimal(0)
        if abs(added - value) <= slack or not added or not value:
            continue
        alone = len(checked) == 1 and width <= 4 and len(members) > 1
        if (right or alone) and abs(added - value) * 4 <= abs(value):
            yield _say(text, cell, added, value)


def _columns(text: Text, grid: Grid) -> Iterator[Finding]:
    """A column of totals: the columns that it adds are those that come right in almost every row."""
    first = _first_row_of_values(grid)
    body = grid[first:]
    for head in grid[:first][-2:]:
        for column, cell in head.items():
            if cell.letters not in _TOTAL | _SUBTOTAL or len(body) < 4:
                continue
            for others in _neighbours(grid, first, column):
                outcome = [
                    (row[column], result[0], row[column].value or Decimal(0))
                    for row in body
                    if column in row
                    and row[column].value
                    and (result := _add([row.get(other) for other in others]))
                ]
                wrong = [one for one in outcome if abs(one[1] - one[2]) > Decimal("0.011") * len(others)]
                if len(outcome) > 3 and 0 < len(wrong) * 4 <= len(outcome):
                    for total, added, value in wrong[:5]:
                        yield _say(text, total, added, value)
                if len(wrong) * 4 <= len(outcome):
                    break


def _neighbours(grid: Grid, first: int, column: int) -> Iterator[list[int]]:
    """Runs of columns of numbers to the right and to the left, up to the next total."""
    for step in (1, -1):
        run: list[int] = []
        at = column + step
        while (
            at in grid[first]
            and grid[first][at].letters not in _TOTAL
            and not _NOT_ADDED.search(head := _header(grid, first, at))
            and not any(mark in head for mark in ("合计", "总计", "小计"))
            and all(row[at].value is not None or row[at].empty for row in grid[first:] if at in row)
        ):
            run.append(at)
            at += step
        if len(run) > 1:
            yield run


def _first_row_of_values(grid: Grid) -> int:
    for number, row in enumerate(grid):
        if sum(cell.value is not None for cell in row.values()) * 2 >= max(len(row) - 1, 1) and number:
            return number
    return len(grid)


def _header(grid: Grid, first: int, column: int) -> str:
    return "".join(row[column].letters for row in grid[:first] if column in row)


def _add(cells: Sequence[Cell | None]) -> tuple[Decimal, Decimal] | None:
    """Sum of these cells and how far rounding may carry it off; None where one is no number."""
    total, finest, count = Decimal(0), 0, 0
    for cell in cells:
        if cell is None or cell.empty:
            continue
        value = cell.value
        if value is None:
            return None
        exponent = value.as_tuple().exponent
        finest = max(finest, -exponent if isinstance(exponent, int) else 0)
        total, count = total + value, count + 1
    if count < 2:
        return None
    return total, (Decimal(count + 1) / 2).scaleb(-finest) if finest else Decimal(0)


def _say(text: Text, cell: Cell, added: Decimal, value: Decimal) -> Finding:
    note = f"各项相加为{shown(added)}，与合计数{shown(value)}相差{shown(abs(added - value))}。"
    return RULE.at_written(text, cell.start, cell.end, note=note)
