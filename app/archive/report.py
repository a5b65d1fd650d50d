"""The result of a rescan as people work through it: one HTML page, 整改清单 .xlsx, CSV and Parquet.

Read part by part; what is kept in memory are sums and the worst pages, however large the archive.
"""

from __future__ import annotations

import csv
import datetime
import heapq
import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from app.archive.before import Before
from app.archive.manifest import Manifest, ResultError
from app.archive.remarks import STATES, Remark, read, waived
from app.documents import charts, sheets, workdays
from detectors.rule import FAMILIES, Rule

PAGE, LIST, CSV, PARQUET = "复查报告.html", "整改清单.xlsx", "findings.csv", "findings.parquet"
_WORST = 500  # pages on the HTML page
_SHOWN = 20  # findings of one page there
_BARS = 15  # of a chart; the rest is one bar
_NAMES = 5_000  # columns or units that are told apart; of more, the rest is one
_BATCH = 20_000  # rows of the Parquet file written at once
MOST_LINES = 200_000  # of the workbook: nobody works through more, and a spreadsheet hardly opens them
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
_DUE = 5  # working days, the longest that 六安 第二十五条 allows
_ANSWERS = {"stop": "须处理", "review": "须复核", None: "提示"}
_PARTS = {"article": "正文", "page": "页面其他部分"}
HEADS = (
    ("页面", 30), ("标题", 22), ("栏目", 9), ("单位", 12), ("发布日期", 11), ("位置", 8), ("问题", 13), ("原文（已遮盖）", 20),
    ("建议", 12), ("原因", 30), ("依据", 26), ("结论", 8), ("新旧", 8), ("整改期限", 11), ("状态", 9), ("责任人", 8), ("说明", 16),
    ("编号", 26),
)  # fmt: skip
_GONE = (
    ("页面", 40), ("标题", 26), ("栏目", 12), ("单位", 14), ("问题", 16), ("原文（已遮盖）", 26), ("如何消除", 16), ("责任人", 10),
    ("说明", 20), ("编号", 26),
)  # fmt: skip
_SUMS = (("问题", 28), ("类别", 12), ("须处理（处）", 12), ("须复核和提示（处）", 18))

FLAT = pa.schema(
    [(name, pa.string()) for name in ("key", "url", "title", "column", "unit", "published_on", "rule", "field")]
    + [("start", pa.int32()), ("end", pa.int32())]
    + [
        (name, pa.string())
        for name in ("part", "quote", "suggestion", "note", "answer", "fingerprint", "seen", "due", "state", "person", "reason")
    ]
)  # fmt: skip


# A bad page: findings to be dealt with, findings in all, key, its number since keys may be doubled, what is shown of it.
_Bad = tuple[int, int, str, int, dict[str, Any]]


class Line(NamedTuple):
    """One finding of one page, with what was said about it and until when it should be mended."""

    row: dict[str, Any]
    finding: dict[str, Any]
    rule: Rule
    seen: str  # "new", "old" or "" where nothing is compared
    due: str
    overdue: bool
    state: str
    person: str
    reason: str


@dataclass
class _Sums:
    """What is counted while reading."""

    by: dict[str, dict[str, list[int]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(lambda: [0, 0]))
    )
    worst: list[_Bad] = field(default_factory=list)
    findings: int = 0
    new: int = 0
    gone: int = 0
    waived: int = 0
    overdue: int = 0
    lines: int = 0
    listed: int = 0  # of them in the workbook
    unread: int = 0

    def add(self, answer: str | None, **of: str) -> None:
        """One finding: to be dealt with, or to be looked at again."""
        for key, name in of.items():
            names = self.by[key]
            names[name if name in names or len(names) < _NAMES else "（其他）"][answer != "stop"] += 1


@dataclass(frozen=True)
class _Ground:
    """What lines are made from."""

    manifest: Manifest
    rules: Mapping[str, Rule]
    said: Mapping[str, Remark]
    before: Before
    today: datetime.date
    limit: str  # ISO date: what is new should be mended by then


def rows(manifest: Manifest, *, all_: bool = True) -> Iterator[dict[str, Any]]:
    """Every page of a result, part by part; or only those that something is said about."""
    for path in manifest.paths():
        table = pq.read_table(path)
        if not all_:
            some = [pc.greater(pc.list_value_length(table[name]), 0) for name in ("findings", "unseen")]
            table = table.filter(pc.or_(*some))
        yield from table.to_pylist()


def write(  # noqa: PLR0913 a report has these sources
    manifest: Manifest,
    rules: Mapping[str, Rule],
    today: datetime.date,
    earlier: Manifest | None = None,
    due: int = _DUE,
    table: Mapping[datetime.date, bool] | None = None,
) -> dict[str, Any]:
    """Write 复查报告.html, 整改清单.xlsx, findings.csv and findings.parquet into the result folder; the sums.

    Args:
        manifest: a finished result.
        rules: rule id → rule, for titles, reasons and articles.
        today: the day from which working days count.
        earlier: the result compared with: what was there already keeps its day, what is gone is listed.
        due: working days until it should be mended.
        table: the operator's own working days.

    Raises:
        ResultError: the result is not finished.
    """
    if not manifest.meta.get("finished"):
        raise ResultError("复查没有做完，不能出报告；请先续做")
    before = Before.of(earlier)
    limit = workdays.after(today, due, table).isoformat()
    ground = _Ground(manifest, rules, read(manifest.folder), before, today, limit)
    sums = _Sums()
    _lists(ground, earlier, sums)
    figures = {
        "totals": manifest.totals(),
        "doubled": manifest.doubled(1),
        "doubled_count": manifest.doubled_count(),
        "skipped": manifest.meta.get("skipped", {}),
        "findings": sums.findings,
        "waived": sums.waived,
        "overdue": sums.overdue,
        "new": sums.new,
        "gone": sums.gone,
        "lines": sums.lines,
        "listed": sums.listed,
        "compared": earlier is not None,
        "charts": _charts(sums, rules),
        "worst": [row for *_, row in sorted(sums.worst, key=lambda one: one[:4], reverse=True)],
        "unread": list(islice(_unread(manifest), _WORST)),
        "unread_count": sums.unread,
        "archive": manifest.meta.get("archive", ""),
        "data": manifest.meta.get("data", ""),
        "today": today.isoformat(),
    }
    _whole(manifest.folder / PAGE, _page(figures))
    return figures


def _whole(path: Path, words: str) -> None:
    unfinished = path.with_suffix(".tmp")
    unfinished.write_text(words, encoding="utf-8")
    unfinished.replace(path)


# --- lists --------------------------------------------------------------------------------------


def _lists(ground: _Ground, earlier: Manifest | None, sums: _Sums) -> None:
    """Workbook, CSV and Parquet in one pass over the result; sums are added up on the way."""
    folder = ground.manifest.folder
    unfinished = [folder / f"{name}.tmp" for name in (LIST, CSV, PARQUET)]
    with ExitStack() as open_:
        book = sheets.Sheets(unfinished[0])
        file = open_.enter_context(unfinished[1].open("w", encoding="utf-8-sig", newline=""))
        machine = open_.enter_context(pq.ParquetWriter(unfinished[2], FLAT, compression="zstd"))
        table = csv.writer(file)
        table.writerow([words for words, _ in HEADS])
        lines = _kept(_lines(ground, sums), machine)
        room = _room(ground.manifest)

        def listed() -> Iterator[list[Any]]:
            for line in lines:
                cells = _cells(line)
                table.writerow([sheets._harmless(cell) for cell in cells])  # noqa: SLF001 the rule of write_csv
                sums.lines += 1
                if room[line.finding["answer"]] > 0:
                    room[line.finding["answer"]] -= 1
                    sums.listed += 1
                    yield cells

        book.add("整改清单", HEADS, listed())
        _to_fill_in(book)
        unread = _counted(_unread(ground.manifest), sums)
        book.add("未能检查", (("页面", 60), ("原因", 60)), islice(unread, MOST_LINES))
        deque(unread, 0)  # the rest is counted too
        if earlier is not None:
            gone = _gone(ground, earlier, sums)
            book.add("已消除", _GONE, islice(gone, MOST_LINES))
            deque(gone, 0)
        book.add("汇总", _SUMS, _by_rule(ground, sums))
        if cut := _cut(sums):
            book.add("说明", (("说明", 120),), ([one] for one in cut))
        book.close()
    for path in unfinished:
        path.replace(path.with_suffix(""))


def _room(manifest: Manifest) -> dict[str | None, int]:
    """How many lines of each answer the workbook takes: first what must be dealt with, wherever it stands."""
    counts: Counter[str | None] = Counter()
    for path in manifest.paths():
        found = pq.read_table(path, columns=["findings"])["findings"].combine_chunks()
        for one in pc.value_counts(pc.struct_field(found.flatten(), "answer")).to_pylist():
            counts[one["values"]] += one["counts"]
    room, left = {}, MOST_LINES
    for answer in _ANSWERS:
        room[answer] = min(counts[answer], left)
        left -= room[answer]
    return room


def _cut(sums: _Sums) -> list[str]:
    """What the workbook leaves out, in words."""
    words = "{}共 {:,} 处，这里只列 {:,} 处{}；全部在同一文件夹的 findings.csv 和 findings.parquet。"
    told = [("问题", sums.lines, sums.listed, "，先列须处理的，再列须复核的")]
    told += [
        (name, count, MOST_LINES, "")
        for name, count in (("未能检查的", sums.unread), ("已消除的", sums.gone))
    ]
    return [words.format(*one) for one in told if one[1] > one[2]]


def _to_fill_in(book: sheets.Sheets) -> None:
    """The column of states offers what may be chosen; every column can be filtered; the number is not printed."""
    column = [words for words, _ in HEADS].index("状态")
    for sheet in book.book.worksheets():
        last = max(sheet.dim_rowmax or 1, 1)
        sheet.data_validation(1, column, last, column, {"validate": "list", "source": list(STATES)})
        sheet.autofilter(0, 0, last, len(HEADS) - 1)
        sheet.print_area(0, 0, last, len(HEADS) - 2)


def _cells(line: Line) -> list[Any]:
    row, one, rule = line.row, line.finding, line.rule
    place = "标题" if one["field"] == "title" else _PARTS.get(one["part"], "正文")
    seen = {"new": "新增", "old": "原有"}.get(line.seen, "")
    return [
        row["url"] or row["key"], row["title"], row["column"], row["unit"], row["published_on"],
        place + ("（页面上看不见）" if one["hidden"] else ""), rule.title, one["quote"], one["suggestion"] or "",
        one["note"] + rule.why, "；".join(rule.basis), _ANSWERS[one["answer"]],
        seen + ("，已逾期" if line.overdue else ""), line.due, line.state, line.person, line.reason,
        one["fingerprint"],
    ]  # fmt: skip


def _lines(ground: _Ground, sums: _Sums) -> Iterator[Line]:
    """The lines of the list, page by page."""
    today = ground.today.isoformat()
    for number, row in enumerate(rows(ground.manifest, all_=False)):
        open_ = []
        for one in row["findings"]:
            rule, remark = ground.rules[one["rule"]], ground.said.get(one["fingerprint"])
            old, due = ground.before.take(one["fingerprint"])
            due = due or ground.limit
            excused = waived(remark, ground.today)
            overdue = old and due < today and not excused
            seen = "" if ground.before.nothing else "old" if old else "new"
            yield Line(row, one, rule, seen, due, overdue, *_said(remark, excused=excused))
            if excused:
                sums.waived += 1
                continue
            open_.append(one | {"title": rule.title, "why": rule.why})
            sums.findings += 1
            sums.new += seen == "new"
            sums.overdue += overdue
            sums.add(
                one["answer"],
                rule=rule.id,
                column=row["column"] or "（未标栏目）",
                unit=row["unit"] or "（未标单位）",
                year=row["published_on"][:4] or "（未标日期）",
                month=row["published_on"][:7],
            )
        if open_:
            _keep_worst(sums.worst, number, row, open_)


def _said(remark: Remark | None, *, excused: bool) -> tuple[str, str, str]:
    """State, person and reason; what was called mended and is still there is open again."""
    if remark is None:
        return "待整改", "", ""
    if remark.state == "已整改":
        return "待整改", remark.person, f"（{remark.said_on} 填报已整改，复查仍存在）{remark.reason}"
    if remark.state == "不属问题" and not excused:
        return "待整改", remark.person, f"（不属问题的认定到 {remark.until} 为止）{remark.reason}"
    return remark.state, remark.person, remark.reason


def _kept(lines: Iterable[Line], machine: pq.ParquetWriter) -> Iterator[Line]:
    """The same lines, each also a row of the Parquet file."""
    batch: list[dict[str, Any]] = []
    for line in lines:
        told = {name: getattr(line, name) for name in ("seen", "due", "state", "person", "reason")}
        whole = line.row | line.finding | told
        batch.append({name: whole[name] for name in FLAT.names})
        if len(batch) >= _BATCH:
            machine.write_table(pa.Table.from_pylist(batch, schema=FLAT))
            batch.clear()
        yield line
    machine.write_table(pa.Table.from_pylist(batch, schema=FLAT))


def _unread(manifest: Manifest) -> Iterator[tuple[str, str]]:
    """Page and reason of everything that could not be looked at."""
    if not manifest.totals()["unseen"]:
        return
    for path in manifest.paths():
        table = pq.read_table(path, columns=["key", "url", "unseen"])
        for row in table.filter(pc.greater(pc.list_value_length(table["unseen"]), 0)).to_pylist():
            for one in row["unseen"]:
                yield (
                    row["url"] or row["key"],
                    one["reason"] + ("" if one["rule"] == "*" else f"：{one['rule']}"),
                )


def _counted(unread: Iterator[tuple[str, str]], sums: _Sums) -> Iterator[tuple[str, str]]:
    for one in unread:
        sums.unread += 1
        yield one


def _gone(ground: _Ground, earlier: Manifest, sums: _Sums) -> Iterator[list[Any]]:
    """Findings of the earlier result that are not there any more, and how that came about."""
    for path in earlier.paths():
        table = pq.read_table(path)
        found = table.filter(pc.greater(pc.list_value_length(table["findings"]), 0)).to_pylist()
        left = [
            (row, one)
            for row in found
            for one in row["findings"]
            if ground.before.take(one["fingerprint"])[0]
        ]
        places = ground.manifest.find(dict.fromkeys(row["key"] for row, _ in left))
        for row, one in left:
            sums.gone += 1
            digest = places.get(row["key"], ("", 0, 0))[0]
            how = (
                "页面已删除"
                if not digest
                else "页面已修改"
                if digest != row["digest"]
                else "规则或词库已调整"
            )
            rule, remark = ground.rules.get(one["rule"]), ground.said.get(one["fingerprint"])
            yield [
                row["url"] or row["key"], row["title"], row["column"], row["unit"],
                rule.title if rule else one["rule"], one["quote"], how,
                remark.person if remark else "", remark.reason if remark else "", one["fingerprint"],
            ]  # fmt: skip


def _by_rule(ground: _Ground, sums: _Sums) -> Iterator[list[Any]]:
    for one, (stops, others) in sorted(sums.by["rule"].items(), key=lambda item: (-sum(item[1]), item[0])):
        rule = ground.rules[one]
        yield [rule.title, FAMILIES[rule.family], stops, others]


def _keep_worst(worst: list[_Bad], number: int, row: dict[str, Any], open_: list[Any]) -> None:
    stops = sum(one["answer"] == "stop" for one in open_)
    page = {name: row[name] for name in ("key", "url", "title", "column", "unit", "published_on", "verdict")}
    rules = list(dict.fromkeys(one["title"] for one in open_))
    entry = (
        stops,
        len(open_),
        row["key"],
        number,
        page | {"findings": open_[:_SHOWN], "count": len(open_), "stops": stops, "rules": rules},
    )
    if len(worst) < _WORST:
        heapq.heappush(worst, entry)
    elif entry[:4] > worst[0][:4]:
        heapq.heapreplace(worst, entry)


# --- page ---------------------------------------------------------------------------------------


def _charts(sums: _Sums, rules: Mapping[str, Rule]) -> list[dict[str, Any]]:
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
    environment.filters["grouped"] = "{:,}".format
    return environment.get_template("report.html").render(**figures)
