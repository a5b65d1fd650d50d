"""What people said about findings of a rescan: by the place's fingerprint, so that it stays said.

Kept in the result folder, taken over into the next result, filled from the 整改清单 that people
have worked through.
"""

from __future__ import annotations

import contextlib
import datetime
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from zipfile import BadZipFile

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
    """Fingerprint → the last remark.

    Raises:
        ResultError: the file is damaged.
    """
    path = folder / FILE
    if not path.exists():
        return {}
    try:
        return {one["fingerprint"]: Remark(**one) for one in json.loads(path.read_text(encoding="utf-8"))}
    except (ValueError, TypeError, KeyError) as error:
        raise ResultError(f"{path} 已损坏，其中各人填写的说明无法读取；请从备份恢复") from error


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
    from openpyxl.utils.exceptions import InvalidFileException

    known = read(folder)
    changed = 0
    try:
        book = openpyxl.load_workbook(workbook, read_only=True, data_only=True)
        with contextlib.closing(book):
            lines = book["整改清单"].iter_rows(values_only=True)
            heads = [str(one or "") for one in next(lines)]
            columns = [heads.index(name) for name in ("编号", "状态", "责任人", "说明")]
            for number, row in enumerate(lines, 2):
                cells = [str(row[at] or "").strip() if at < len(row) else "" for at in columns]
                made = _remark(cells, f"{workbook} 第 {number} 行", today)
                if made is None:
                    continue
                before = known.get(made.fingerprint)
                if before is None or replace(before, said_on="", until="") != replace(made, said_on=""):
                    known[made.fingerprint] = made
                    changed += 1
    except ResultError:
        raise
    except (
        KeyError, ValueError, OSError, IndexError, StopIteration, BadZipFile, InvalidFileException
    ) as error:  # fmt: skip
        raise ResultError(
            f"{workbook} 不是整改清单（缺工作表“整改清单”或编号、状态、责任人、说明各列）"
        ) from error
    write(folder, known.values())
    return changed


def _remark(cells: list[str], where: str, today: datetime.date) -> Remark | None:
    """What one line says; None where nothing was filled in.

    Raises:
        ResultError: it says something that cannot be.
    """
    fingerprint, state, person, reason = cells
    if not fingerprint or state in {"", "待整改"}:
        return None
    if state not in STATES:
        raise ResultError(f"{where}：状态“{state}”应为 {'、'.join(STATES)} 之一")
    if state != "已整改" and not (person and reason):
        raise ResultError(f"{where}：状态“{state}”须写明责任人和说明")
    return Remark(fingerprint, state, person, reason, today.isoformat())
