"""The report of a run: CSV, XLSX or JSON, by the ending of the file's name."""

from __future__ import annotations

import csv
import datetime
import json
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import xlsxwriter

from app.links.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.links.memory import Known
    from app.links.patrol import Summary

COLUMNS = (
    "链接", "结论", "说明", "状态码", "跳转到", "页面标题", "所在页面", "页面数", "链接文字", "首次失败", "最近正常",
    "连续失败次数", "最近检查", "证书到期日",
)  # fmt: skip
_WIDTHS = (48, 22, 32, 8, 40, 32, 48, 8, 24, 20, 20, 12, 20, 12)
_FORMULA = "=+-@\t\r\n＝＋－＠"


class ReportError(ValueError):
    """The report cannot be written; the message says why, in Chinese."""


def conclusion(known: Known) -> str:
    """The verdict on one link for people: dead only after several runs."""
    if known.dead:
        return f"死链（{known.outcome.label}）"
    if known.outcome.fails:
        return f"待复查（{known.outcome.label}）"
    return known.outcome.label


def row(known: Known) -> tuple[str | int, ...]:
    """One line of the table, in the order of COLUMNS. Times are the office's own."""
    return (
        known.url, conclusion(known), known.note, known.status or "", known.final, known.title, "\n".join(known.pages),
        known.page_count, known.words, _local(known.first_failed), _local(known.last_good), known.failures,
        _local(known.checked_at), known.expires,
    )  # fmt: skip


def write(path: Path, links: Sequence[Known], summary: Summary) -> None:
    """Write a report; a file of that name is replaced only when the new one is complete.

    Raises:
        ReportError: unknown ending, or the file cannot be written.
    """
    writers = {".csv": _csv, ".xlsx": _xlsx, ".json": _json}
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise ReportError(f"{path.name}：报告只能是 {'、'.join(writers)}")
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        writer(beside, links, summary)
        beside.replace(path)
    except OSError as error:
        raise ReportError(f"{path}：无法写入（{error.strerror}）") from error
    finally:
        beside.unlink(missing_ok=True)


def safe(cell: str | int) -> str | int:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(tuple(_FORMULA)) else cell


def _csv(path: Path, links: Iterable[Known], _: Summary) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(COLUMNS)
        lines.writerows([safe(cell) for cell in row(one)] for one in links)


def _xlsx(path: Path, links: Iterable[Known], summary: Summary) -> None:
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    links = list(links)
    with xlsxwriter.Workbook(path, options) as book:
        head = book.add_format({"bold": True, "bg_color": "#DDE7F3", "border": 1, "text_wrap": True})
        plain = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet("链接巡检")
        for column, (name, width) in enumerate(zip(COLUMNS, _WIDTHS, strict=True)):
            sheet.set_column(column, column, width, plain)
            sheet.write_string(0, column, name, head)
        for number, one in enumerate(links, 1):
            for column, cell in enumerate(row(one)):
                if isinstance(cell, int):
                    sheet.write_number(number, column, cell)
                else:
                    sheet.write_string(number, column, cell[:32_000])
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, max(len(links), 1), len(COLUMNS) - 1)
        counts = book.add_worksheet("汇总")
        counts.set_column(0, 0, 36)
        for number, (name, count) in enumerate(_counts(links, summary)):
            counts.write_string(number, 0, name)
            counts.write_number(number, 1, count)


def _json(path: Path, links: Iterable[Known], summary: Summary) -> None:
    listed = [
        {
            "url": one.url, "outcome": one.outcome.code, "dead": one.dead, "conclusion": conclusion(one), "note": one.note,
            "status": one.status or None, "final": one.final or None, "title": one.title or None, "pages": one.pages,
            "page_count": one.page_count, "words": one.words, "first_failed": one.first_failed or None,
            "last_good": one.last_good or None, "failures": one.failures, "checked_at": one.checked_at,
            "certificate_expires": one.expires or None,
        }
        for one in links
    ]  # fmt: skip
    body = {
        "run": summary.run,
        "wanted": summary.wanted,
        "visited": summary.visited,
        "kept": summary.kept,
        "missed": dict(summary.missed),
        "links": listed,
    }
    path.write_text(json.dumps(body, ensure_ascii=False, indent=1), encoding="utf-8")


def counts(links: Iterable[Known]) -> list[tuple[str, int]]:
    """How many links came to each conclusion, most first; what is well last."""
    found = Counter((conclusion(one), one.outcome is Outcome.OK) for one in links)
    return [
        (name, count) for (name, _), count in sorted(found.items(), key=lambda item: (item[0][1], -item[1]))
    ]


def _counts(links: Iterable[Known], summary: Summary) -> list[tuple[str, int]]:
    return [
        ("本次应查链接", summary.wanted), ("本次访问", summary.visited), ("沿用近期结果", summary.kept),
        *((f"没有检查：{what}", count) for what, count in summary.missed.items()), *counts(links),
    ]  # fmt: skip


def _local(moment: str) -> str:
    return (
        datetime.datetime.fromisoformat(moment).astimezone().strftime("%Y-%m-%d %H:%M:%S") if moment else ""
    )
