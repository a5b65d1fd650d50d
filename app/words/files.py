"""Lists as files that a spreadsheet opens: in, strictly, line by line; out, without anything that computes."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from app.words.admission import Wish
from app.words.lists import TABLE, ListError, decoded

if TYPE_CHECKING:
    from app.words.lists import Editable

MOST_LINES = 20_000
_ATTRIBUTES = ("unless", "unless_before", "unless_after", "before", "after")
_HEADS = {"词": "word", "改为": "then", "例外": "unless", "前文排除": "unless_before", "后文排除": "unless_after",
          "前文": "before", "后文": "after", "整词": "whole", "起": "from", "止": "until", "说明": "note"}  # fmt: skip
_YES_NO = {"是": True, "否": False}
_COMPUTES = tuple("=+-@\t\r＝＋－＠")


def lines(raw: bytes) -> list[list[str]]:
    """The lines of a CSV file in UTF-8 or GB18030.

    Raises:
        ListError.
    """
    letters = None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            letters = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    if letters is None:
        raise ListError("不是 UTF-8 或 GB18030 编码")
    try:
        read = csv.reader(io.StringIO(letters, newline=""), strict=True)
        return [row for row in read if any(map(str.strip, row))]
    except csv.Error as error:
        raise ListError(f"CSV 格式有误：{error}") from error


def wishes(one: Editable, rows: Sequence[Sequence[str]]) -> list[Wish]:
    """The wishes of a file; its first line names the columns.

    Raises:
        ListError: naming line and reason.
    """
    if not rows:
        raise ListError("文件中没有内容")
    if len(rows) > MOST_LINES + 1:
        raise ListError(f"一次最多导入 {MOST_LINES} 行")
    names = {title: name for name, title in one.columns.items()} if one.kind == TABLE else _HEADS
    columns = [names.get(cell.strip(), cell.strip()) for cell in rows[0]]
    if unknown := [cell for cell in columns if cell not in names.values()]:
        raise ListError(f"第 1 行：不认识的列“{unknown[0][:30]}”。可用：{'、'.join(names)}")
    if one.kind != TABLE and "word" not in columns:
        raise ListError("第 1 行：缺少“词”这一列")
    found = []
    for number, line in enumerate(islice(rows, 1, None), 2):
        if len(line) > len(columns):
            raise ListError(f"第 {number} 行：多于第 1 行的列数")
        row = {name: _plain(cell) for name, cell in zip(columns, line, strict=False) if cell.strip()}
        found.append(Wish("", row) if one.kind == TABLE else _wish(row, number))
    return found


def _plain(cell: str) -> str:
    """A cell without the apostrophe that ``safe`` put before it."""
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_COMPUTES) else cell


def _wish(row: dict[str, Any], number: int) -> Wish:
    word = row.pop("word", "")
    if not word:
        raise ListError(f"第 {number} 行：没有词")
    for name in _ATTRIBUTES:
        if name in row:
            several = row[name].replace("；", "、").replace(";", "、").split("、")
            row[name] = [part.strip() for part in several if part.strip()]
    if "whole" in row:
        if row["whole"] not in _YES_NO:
            raise ListError(f"第 {number} 行：整词应为 是 或 否")
        row["whole"] = _YES_NO[row["whole"]]
    return Wish(word, row.get("then") if row.keys() == {"then"} else row or None)


def written(one: Editable, standing: Mapping[str, tuple[str, str, int]]) -> str:
    """What holds in a list beside the files, as CSV of the columns that go in. ``standing``: see ``sets.standing``."""
    out = io.StringIO()
    writer = csv.writer(out)
    if one.kind == TABLE:
        writer.writerow(one.columns.values())
        rows = [[decoded(value).get(name, "") for name in one.columns] for _, value, _ in standing.values()]
    else:
        writer.writerow(_HEADS)
        rows = [_line(word, decoded(value)) for word, value, _ in standing.values() if value != "null"]
    writer.writerows([[safe(cell) for cell in row] for row in rows])
    return out.getvalue()


def _line(word: str, value: Any) -> list[str]:  # noqa: ANN401 what a list may hold
    given = {"then": value} if isinstance(value, str) else dict(value) if isinstance(value, dict) else {}
    given["word"] = word
    if "whole" in given:
        given["whole"] = "是" if given["whole"] else "否"
    cells = (given.get(name, "") for name in _HEADS.values())
    return ["、".join(cell) if isinstance(cell, list) else str(cell) for cell in cells]


def safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return "'" + cell if cell.startswith(_COMPUTES) else cell
