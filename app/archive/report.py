"""The result of a rescan as people work through it: one HTML page, 整改清单 .xlsx, CSV.

Read part by part; what is kept in memory are sums and the worst pages, however large the archive.
"""

from __future__ import annotations

import datetime
import heapq
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from app.archive.manifest import Manifest, ResultError
from app.archive.remarks import Remark, read, waived
from app.documents import charts, sheets, workdays
from detectors.rule import FAMILIES, Rule

_WORST = 500  # pages on the HTML page
_SHOWN = 20  # findings of one page there
_BARS = 15  # of a chart; the rest is one bar
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
_DUE = 5  # working days, the longest that 六安 第二十五条 allows
_ANSWERS = {"stop": "须处理", "review": "须复核", None: "提示"}
HEADS = (
    ("编号", 26), ("页面", 40), ("标题", 30), ("栏目", 14), ("发布日期", 12), ("位置", 10), ("问题", 16), ("原文（已遮盖）", 30),
    ("建议", 20), ("原因", 40), ("依据", 40), ("结论", 10), ("新旧", 8), ("整改期限", 12), ("状态", 10), ("责任人", 10), ("说明", 24),
)  # fmt: skip


@dataclass
class _Sums:
    """What is counted while reading."""

    by: dict[str, dict[str, list[int]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(lambda: [0, 0]))
    )
    worst: list[tuple[int, int, str, dict[str, Any]]] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)
    findings: int = 0
    new: int = 0

    def add(self, answer: str | None, **of: str) -> None:
        """One finding: to be dealt with, or to be looked at again."""
        for key, name in of.items():
            self.by[key][name][answer != "stop"] += 1


def rows(manifest: Manifest) -> Iterator[dict[str, Any]]:
    """Every page of a result, part by part."""
    for path in manifest.paths():
        yield from pq.read_table(path).to_pylist()


def write(
    manifest: Manifest,
    rules: dict[str, Rule],
    today: datetime.date,
    earlier: Manifest | None = None,
    due: int = _DUE,
) -> dict[str, Any]:
    """Write 复查报告.html, 整改清单.xlsx and findings.csv into the result folder; the sums.

    Args:
        manifest: a finished result.
        rules: rule id → rule, for titles, reasons and articles.
        today: the day from which working days count.
        earlier: the result compared with: what was there already is marked, what is gone is counted.
        due: working days until it should be mended.

    Raises:
        ResultError: the result is not finished.
    """
    if not manifest.meta.get("finished"):
        raise ResultError("复查没有做完，不能出报告；请先续做")
    said = read(manifest.folder)
    before = {} if earlier is None else _fingerprints(earlier)
    limit = workdays.after(today, due).isoformat()
    sums = _Sums()
    book = sheets.Sheets(manifest.folder / "整改清单.xlsx")
    book.add("整改清单", HEADS, _lines(manifest, rules, said, before, limit, today, sums))
    book.add("未能检查", (("页面", 60), ("原因", 60)), sums.unread)
    book.close()
    again = _Sums()
    sheets.write_csv(
        manifest.folder / "findings.csv",
        [words for words, _ in HEADS],
        _lines(manifest, rules, said, before, limit, today, again),
    )
    gone = sum(count for count in before.values() if count > 0)
    figures = {
        "totals": manifest.totals(),
        "doubled": manifest.doubled(),
        "findings": sums.findings,
        "new": sums.new,
        "gone": gone,
        "compared": earlier is not None,
        "charts": _charts(sums, rules),
        "worst": [row for _, _, _, row in sorted(sums.worst, key=lambda one: one[:3], reverse=True)],
        "unread": sums.unread[:_WORST],
        "unread_count": len(sums.unread),
        "archive": manifest.meta.get("archive", ""),
        "data": manifest.meta.get("data", ""),
        "today": today.isoformat(),
    }
    page = _page(figures)
    (manifest.folder / "复查报告.html").write_text(page, encoding="utf-8")
    return figures


def _fingerprints(manifest: Manifest) -> Counter[str]:
    return Counter(one["fingerprint"] for row in rows(manifest) for one in row["findings"])


def _lines(  # noqa: PLR0913 a line of the list has these sources
    manifest: Manifest,
    rules: dict[str, Rule],
    said: dict[str, Remark],
    before: dict[str, int],
    limit: str,
    today: datetime.date,
    sums: _Sums,
) -> Iterator[tuple[Any, ...]]:
    """The lines of the list, page by page; sums are added up on the way."""
    left = Counter(before)
    for row in rows(manifest):
        if row["unseen"]:
            sums.unread += [(row["url"] or row["key"], one["reason"]) for one in row["unseen"]]
        open_ = []
        for one in row["findings"]:
            rule, remark = rules[one["rule"]], said.get(one["fingerprint"])
            old = left[one["fingerprint"]] > 0
            left[one["fingerprint"]] -= old
            yield (
                one["fingerprint"],
                row["url"] or row["key"],
                row["title"],
                row["column"],
                row["published_on"],
                {"article": "正文", "page": "页面其他部分"}.get(
                    one["part"], "标题" if one["field"] == "title" else "正文"
                ),
                rule.title,
                one["quote"],
                one["suggestion"] or "",
                one["note"] + rule.why,
                "；".join(rule.basis),
                _ANSWERS[one["answer"]],
                "" if not before else "原有" if old else "新增",
                limit,
                remark.state if remark else "待整改",
                remark.person if remark else "",
                remark.reason if remark else "",
            )
            if not waived(remark, today):
                open_.append(one | {"title": rule.title, "why": rule.why})
                sums.findings += 1
                sums.new += bool(before) and not old
                sums.add(
                    one["answer"],
                    rule=rule.id,
                    column=row["column"] or "（未标栏目）",
                    unit=row["unit"] or "（未标单位）",
                    year=row["published_on"][:4] or "（未标日期）",
                    month=row["published_on"][:7],
                )
        if open_:
            _keep_worst(sums.worst, row, open_)


def _keep_worst(
    worst: list[tuple[int, int, str, dict[str, Any]]], row: dict[str, Any], open_: list[Any]
) -> None:
    stops = sum(one["answer"] == "stop" for one in open_)
    page = {name: row[name] for name in ("key", "url", "title", "column", "unit", "published_on", "verdict")}
    entry = (
        stops,
        len(open_),
        row["key"],
        page | {"findings": open_[:_SHOWN], "count": len(open_), "stops": stops},
    )
    if len(worst) < _WORST:
        heapq.heappush(worst, entry)
    elif entry[:3] > worst[0][:3]:
        heapq.heapreplace(worst, entry)


def _charts(sums: _Sums, rules: dict[str, Rule]) -> list[dict[str, Any]]:
    """Title and drawing of each chart that says anything."""
    titles = {"rule": "按问题", "unit": "按单位", "column": "按栏目", "year": "按年份"}
    drawn = []
    for key, title in titles.items():
        counts = sums.by[key]
        if not counts or (len(counts) == 1 and next(iter(counts)).startswith("（未标")):
            continue
        order = (
            sorted(counts) if key == "year" else sorted(counts, key=lambda name: (-sum(counts[name]), name))
        )
        shown = order if key == "year" else order[:_BARS]
        made = [
            charts.Bar(
                rules[one].title if key == "rule" else one,
                stops=counts[one][0],
                reviews=counts[one][1],
                hint=FAMILIES[rules[one].family] if key == "rule" else "",
            )
            for one in shown
        ]
        if rest := order[len(shown) :]:
            stops, others = (sum(counts[one][at] for one in rest) for at in (0, 1))
            made.append(charts.Bar(f"其余 {len(rest)} 项", stops, others))
        drawn.append({"title": title, "drawing": charts.bars(title.removeprefix("按"), "处", made)})
    by_month = {name: (one[0], one[1]) for name, one in sums.by["month"].items() if _MONTH.fullmatch(name)}
    if len(by_month) > 1:
        drawn.append({"title": "按月份（最近 24 个月）", "drawing": charts.columns(charts.months(by_month))})
    return drawn


def _page(figures: dict[str, Any]) -> str:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html").render(**figures)
