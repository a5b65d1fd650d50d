"""What people said about findings of a rescan: by the place's fingerprint, so that it stays said.

Kept in the result folder, taken over into the next result, filled from the 整改清单 that people
have worked through.
"""

from __future__ import annotations

import contextlib
import datetime
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from app.archive.manifest import ResultError

STATES = ("待整改", "已整改", "不属问题", "情况说明")
FILE = "remarks.json"


@dataclass(frozen=True, slots=True)
class Remark:
    """One person's word about one finding."""

    fingerprint: str
    state: str
    person: str
    reason: str
    said_on: str  # ISO date
    until: str = ""  # ISO date: a waiver ages


def read(folder: Path) -> dict[str, Remark]:
    """Fingerprint → the last remark."""
    path = folder / FILE
    if not path.exists():
        return {}
    return {one["fingerprint"]: Remark(**one) for one in json.loads(path.read_text(encoding="utf-8"))}


def write(folder: Path, remarks: Iterable[Remark]) -> None:
    """Replace the file as a whole."""
    path = folder / FILE
    unfinished = path.with_suffix(".tmp")
    lines = [asdict(one) for one in sorted(remarks, key=lambda one: one.fingerprint)]
    unfinished.write_text(json.dumps(lines, ensure_ascii=False, indent=1), encoding="utf-8")
    unfinished.replace(path)


def waived(remark: Remark | None, today: datetime.date) -> bool:
    """Whether a remark says that this is no fault, and still holds."""
    return (
        remark is not None
        and remark.state == "不属问题"
        and (not remark.until or remark.until >= today.isoformat())
    )


def take_in(folder: Path, workbook: Path, today: datetime.date) -> int:
    """Read states, persons and reasons out of a 整改清单 .xlsx; the number of remarks that are new or changed.

    Raises:
        ResultError: the file is no such list, or a line says something that cannot be.
    """
    import openpyxl

    try:
        book = openpyxl.load_workbook(workbook, read_only=True, data_only=True)
        with contextlib.closing(book):
            lines = list(book["整改清单"].iter_rows(values_only=True))
        heads = [str(one or "") for one in lines[0]]
        columns = {name: heads.index(name) for name in ("编号", "状态", "责任人", "说明")}
    except (KeyError, ValueError, OSError, IndexError) as error:
        raise ResultError(
            f"{workbook} 不是整改清单（缺工作表“整改清单”或编号、状态、责任人、说明各列）"
        ) from error
    known = read(folder)
    changed = 0
    for number, row in enumerate(lines[1:], 2):
        fingerprint, state, person, reason = (str(row[columns[name]] or "").strip() for name in columns)
        if not fingerprint or state in {"", "待整改"}:
            continue
        if state not in STATES:
            raise ResultError(f"{workbook} 第 {number} 行：状态“{state}”应为 {'、'.join(STATES)} 之一")
        if state != "已整改" and not (person and reason):
            raise ResultError(f"{workbook} 第 {number} 行：状态“{state}”须写明责任人和说明")
        before = known.get(fingerprint)
        if before is None or (before.state, before.person, before.reason) != (state, person, reason):
            known[fingerprint] = Remark(fingerprint, state, person, reason, today.isoformat())
            changed += 1
    write(folder, known.values())
    return changed
