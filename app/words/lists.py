"""What can be edited while the service runs: the words of a rule, the rows of a table, entries of a setting."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import msgspec

from detectors import tables
from detectors.rules.expression import leader_name, outdated_agency, outdated_place
from detectors.rules.link import _hosts
from detectors.rules.source import _approved
from detectors.text import fold

if TYPE_CHECKING:
    from detectors import Detectors
    from detectors.tables import Shape

WORDS, TABLE, ENTRIES = "words", "table", "entries"
_MOST = 200  # code points of a key, as its column

SHAPES: dict[str, tuple[str, Shape]] = {
    "roster": ("领导姓名职务名册", leader_name.SHAPE),
    "sources": ("可以转载的稿源", _approved.SHAPE),
    "domains": ("域名（本单位、批准、停用等）", _hosts.DOMAINS),
    "agencies": ("机构旧称", outdated_agency.SHAPE),
    "places": ("地名旧称", outdated_place.SHAPE),
}
SETTINGS = {
    "own_domains": "本单位自己的域名",
    "approved_domains": "经批准可以链接的其他域名",
    "public_phones": "本单位主动公开的电话",
}
_COLUMNS = {
    "name": "名称", "titles": "职务", "status": "状态", "valid_from": "起", "valid_to": "止", "rank": "排序",
    "aliases": "别名", "domains": "域名", "class": "类别", "domain": "域名", "why": "说明", "from": "起", "until": "止",
    "then": "现称", "since": "更名日期", "note": "说明", "parents": "上级",
}  # fmt: skip


class ListError(ValueError):
    """A value that cannot stand in a list; says why, in Chinese."""


@dataclass(frozen=True)
class Editable:
    """One list. ``columns``: of a table, name → words for people; empty otherwise."""

    id: str
    title: str
    kind: str
    columns: Mapping[str, str]


def editable(detectors: Detectors) -> dict[str, Editable]:
    """Every list by its id: rules made of words, tables, settings."""
    found = [Editable(one.rule.id, one.rule.title, WORDS, {}) for one in detectors.lexicons]
    found += [
        Editable(name, title, TABLE, {one.name: _COLUMNS.get(one.name, one.name) for one in shape.columns})
        for name, (title, shape) in SHAPES.items()
    ]
    found += [Editable(name, title, ENTRIES, {}) for name, title in SETTINGS.items()]
    return {one.id: one for one in found}


def key(one: Editable, word: str, value: Any) -> tuple[str, str]:  # noqa: ANN401 what a list may hold
    """The word as it is shown, and the key under which it stands in its list.

    Raises:
        ListError: nothing is left of it, or it is too long.
    """
    if one.kind == TABLE:
        if value is not None and not isinstance(value, dict):
            raise ListError(f"应写明各列：{'、'.join(one.columns)}")
        shape = SHAPES[one.id][1]
        cells = [str((value or {}).get(name) or "").strip() for name in shape.key]
        shown, folded = cells[0] or word.strip(), "|".join(fold(cell) for cell in cells)
        if not cells[0] and word.strip():  # to withdraw, the key itself may be given
            folded = word.strip() if "|" in word else fold(word.strip())
    else:
        shown, folded = word.strip(), fold(word.strip())
        if one.id == "public_phones":
            folded = "".join(filter(str.isdigit, folded))
        elif one.kind == ENTRIES:
            folded = folded.removeprefix("www.")
    if not folded.strip("| "):
        raise ListError("没有写明词语")
    if len(folded) > _MOST or len(shown) > _MOST:
        raise ListError(f"过长，不超过 {_MOST} 字")
    return shown, folded


def value(one: Editable, given: Any) -> Any:  # noqa: ANN401
    """What stands behind a word, as it is kept: checked as a file would be.

    Raises:
        ListError.
    """
    if one.kind == ENTRIES:
        if given not in (None, True, {}):
            raise ListError("这里只列词条，不写其他内容")
        return True
    if one.kind == WORDS:
        if given in (None, {}, ""):
            return True
        if not isinstance(given, str | dict | bool):
            raise ListError("应为改正后的写法，或写明条件的表")
        return given
    if not isinstance(given, dict):
        raise ListError(f"应写明各列：{'、'.join(one.columns)}")
    row = {name: _cell(cell) for name, cell in given.items() if cell not in (None, "", [])}
    check_rows(one.id, [row])
    return row


def _cell(cell: Any) -> str:  # noqa: ANN401
    if isinstance(cell, list):
        return "、".join(map(str, cell))
    if not isinstance(cell, str | int):
        raise ListError("各列应为文字")
    return str(cell).strip()


def written(name: str, rows: Iterable[Mapping[str, str]]) -> str:
    """A table as its file: CSV."""
    columns = [one.name for one in SHAPES[name][1].columns]
    out = io.StringIO()
    lines = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    lines.writeheader()
    lines.writerows(rows)
    return out.getvalue()


def check_rows(name: str, rows: Sequence[Mapping[str, str]]) -> None:
    """Whether these rows make a table.

    Raises:
        ListError: naming the row and the reason.
    """
    known = {one.name for one in SHAPES[name][1].columns}
    for row in rows:
        if unknown := row.keys() - known:
            raise ListError(f"没有 {min(unknown)} 这一列；有 {'、'.join(sorted(known))}")
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.csv"
        path.write_text(written(name, rows), encoding="utf-8")
        try:
            for row_ in tables.read(path, SHAPES[name][1]):
                for column in {"domain", "domains"} & row_.cells.keys():
                    _hosts_of(row_.words(column) or (row_.word(column),))
        except tables.TableError as error:
            raise ListError(str(error)) from error


def _hosts_of(written_: Sequence[str]) -> None:
    for host in filter(None, written_):
        if "." not in host or not all(letter.isalnum() or letter in "-." for letter in host):
            raise ListError(f"{host} 不是域名（如 example.gov.cn，不写 http:// 和路径）")


def encoded(given: Any) -> str:  # noqa: ANN401
    """A value as it is kept in the database."""
    return msgspec.json.encode(given, order="deterministic").decode()


def decoded(kept: str) -> Any:  # noqa: ANN401
    """The other way round; dates become dates again, as TOML would have read them."""
    return msgspec.json.decode(kept)
