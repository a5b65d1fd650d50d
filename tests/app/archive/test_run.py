"""A rescan loses nothing, does nothing twice, and takes over what has not changed."""

from __future__ import annotations

import datetime
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import openpyxl
import psutil
import pytest

import detectors.rules
from app.archive import remarks, report
from app.archive.batch import screen_batch
from app.archive.difference import DAILY, Earlier
from app.archive.document import Document, table
from app.archive.manifest import Manifest, ResultError
from app.archive.readers import Columns
from app.archive.run import Order, rescan
from app.archive.whatif import what_if
from app.service import Service
from app.settings import Settings
from detectors.lexicon import load as load_lexicon

SETTINGS = Settings(unit_kind="department")
WORDS = [
    "既使",
    "截至2月30日",
    "全县",
    "工作",
    "推进",
    "布署",
    "公示",
    "通知",
    "机密★10年",
    "老百姓",
    "。",
    "，",
    "水库",
    "甲乙",
    "丙丁",
]


def archive(folder: Path, count: int, seed: int = 1) -> Path:
    """JSON lines of made-up pages."""
    draw = random.Random(seed)
    path = folder / "pages.jsonl"
    with path.open("w", encoding="utf-8") as lines:
        for number in range(count):
            body = "".join(draw.choices(WORDS, k=60))
            row = {
                "key": f"p{number}",
                "body": body,
                "published_on": "2024-05-06",
                "column": "动态",
                "title": f"第{number}篇",
            }
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")
    return path


def results(folder: Path) -> list[dict[str, Any]]:
    """All rows of a result, in order of their keys."""
    manifest = Manifest(folder)
    found = sorted(report.rows(manifest), key=lambda row: row["key"])
    manifest.close()
    return found


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """An archive and its full result."""
    folder = tmp_path_factory.mktemp("full")
    path = archive(folder, 600)
    rescan(Order(str(path), folder / "out", workers=2), SETTINGS).close()
    return path, folder / "out"


def test_pages_in_are_pages_out(full: tuple[Path, Path]) -> None:
    """Each page exactly once, with the findings that screen() gives."""
    rows = results(full[1])
    service = Service.load(SETTINGS)
    first = json.loads(full[0].read_text(encoding="utf-8").splitlines()[0])
    alone = screen_batch(table([Document(**first)]), service).to_pylist()[0]

    assert 600 == len({row["key"] for row in rows}) == len(rows)
    assert alone == next(row for row in rows if row["key"] == "p0")
    assert any(row["findings"] for row in rows)


def test_a_batch_is_one_row_for_each_page() -> None:
    """Unreadable and oversize pages are rows with their reason, never an all-clear."""
    service = Service.load(Settings(unit_kind="department", max_characters=100))
    pages = table([Document("1", error="已加密"), Document("2", "字" * 101), Document("3", "好")])
    rows = screen_batch(pages, service).to_pylist()

    assert ["block", "block", "pass"] == [row["verdict"] for row in rows]
    assert ["已加密", "正文 101 字符，超过单篇上限 100 字符"] == [
        row["unseen"][0]["reason"] for row in rows[:2]
    ]


def test_killed_and_started_again(tmp_path: Path) -> None:
    """After kill -9 the same command finishes the rest: nothing lost, nothing twice, no process left behind."""
    path = archive(tmp_path, 3_000)
    out = tmp_path / "out"
    command = [sys.executable, "-m", "app", "rescan", str(path), "--out", str(out), "--workers", "2"]
    environment = {**os.environ, "XIANSHEN_UNIT_KIND": "department"}
    children: list[psutil.Process] = []
    for _ in range(2):
        running = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 60
        before = _parts(out)
        while _parts(out) == before and running.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        children += psutil.Process(running.pid).children(recursive=True) if running.poll() is None else []
        running.send_signal(signal.SIGKILL)
        running.wait(10)
    done = subprocess.run(command, env=environment, capture_output=True, check=False, timeout=240)
    rows = results(out)
    _, alive = psutil.wait_procs(children, timeout=10)

    assert done.returncode in {1, 2}, done.stderr.decode()
    assert [] == alive
    assert 3_000 == len({row["key"] for row in rows}) == len(rows)
    assert [] == list((out / "parts").glob("*.tmp"))


def _parts(out: Path) -> int:
    return len(list((out / "parts").glob("*.parquet"))) if (out / "parts").exists() else 0


def test_a_worker_that_dies_costs_one_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page is UNSEEN with its reason; its neighbours are screened; the run goes on."""
    lexicons = tmp_path / "deadly"
    path = archive(tmp_path, 40)
    with path.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps({"key": "deadly", "body": "DEADLY"}) + "\n")
    lexicons.mkdir()
    # a worker-side fault: the page's own letters end the process
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "sitecustomize.py").write_text(
        "import app.archive.worker as w, os\n"
        "real = w.looked\n"
        "def looked(document, service):\n"
        "    if document.body == 'DEADLY':\n"
        "        os._exit(9)\n"
        "    return real(document, service)\n"
        "w.looked = looked\n",
        encoding="utf-8",
    )
    manifest = rescan(Order(str(path), tmp_path / "out", workers=2), SETTINGS)
    totals = manifest.totals()
    manifest.close()
    rows = results(tmp_path / "out")
    dead = next(row for row in rows if row["key"] == "deadly")

    assert (41, 1) == (totals["pages"], totals["unseen"])
    assert "异常退出" in dead["unseen"][0]["reason"]
    assert "block" == dead["verdict"]


def lexicon(folder: Path, terms: list[str]) -> Path:
    """A folder with one lexicon of the operator."""
    folder.mkdir(exist_ok=True)
    body = "".join(f"{term}\n" for term in terms)
    (folder / "own-words.toml").write_text(
        f'id = "expression.own-words"\ntitle = "t"\nwhy = "w"\nbasis = ["b"]\nexamples = ["⟦甲乙⟧", "好"]\n[terms]\n{body}',
        encoding="utf-8",
    )
    return folder


def test_a_differential_rescan_equals_a_full_one(tmp_path: Path) -> None:
    """Over random edits of a lexicon and of pages: new, changed and removed words, exceptions, changed pages."""
    draw = random.Random(7)
    choices = [
        '"甲乙" = true',
        '"丙丁" = "戊己"',
        '"水库" = { unless = ["全县水库"] }',
        '"老百姓" = true',
        '"工作推进" = true',
    ]
    path = archive(tmp_path, 300)
    before = ""
    for step in range(4):
        own = lexicon(tmp_path / "own", draw.sample(choices, draw.randint(1, 4)))
        settings = Settings(unit_kind="department", lexicons=(own,))
        lines = path.read_text(encoding="utf-8").splitlines()
        for at in draw.sample(range(len(lines)), 10):
            row = json.loads(lines[at])
            lines[at] = json.dumps(row | {"body": "".join(draw.choices(WORDS, k=50))}, ensure_ascii=False)
        path.write_text("\n".join(lines[: 300 - step]) + "\n", encoding="utf-8")
        apart, whole = tmp_path / f"apart{step}", tmp_path / f"whole{step}"
        manifest = rescan(Order(str(path), apart, since=before, workers=1), settings)
        reused = manifest.totals()["reused"]
        manifest.close()
        rescan(Order(str(path), whole, workers=1), settings).close()

        assert results(whole) == results(apart)
        assert (reused > 250) is bool(before)
        before = str(apart)


def test_a_result_of_something_else_is_refused(full: tuple[Path, Path], tmp_path: Path) -> None:
    """Another archive, other words, an unfinished or foreign folder: a clear line."""
    other = archive(tmp_path, 3)
    with pytest.raises(ResultError, match="归档不同"):
        rescan(Order(str(other), full[1], workers=1), SETTINGS)
    own = lexicon(tmp_path / "own", ['"甲乙" = true'])
    with pytest.raises(ResultError, match="--since"):
        rescan(Order(str(full[0]), full[1], workers=1), Settings(unit_kind="department", lexicons=(own,)))
    with pytest.raises(ResultError, match=r"manifest\.sqlite"):
        Manifest(tmp_path)
    manifest = Manifest(tmp_path / "own", new=True)
    manifest.note(version=99)
    manifest.close()
    with pytest.raises(ResultError, match="第 99 版"):
        Manifest(tmp_path / "own")


def test_the_report_and_what_people_say(full: tuple[Path, Path], tmp_path: Path) -> None:
    """Page, list and CSV agree; a filled list is read back; what was waived stays waived."""
    _, out = full
    today = datetime.date(2026, 11, 23)
    rules = dict(Service.load(SETTINGS).detectors.rules)
    manifest = Manifest(out)
    figures = report.write(manifest, rules, today)
    book = openpyxl.load_workbook(out / "整改清单.xlsx")
    sheet = book["整改清单"]

    assert (
        figures["findings"]
        == sheet.max_row - 1
        == len((out / "findings.csv").read_text(encoding="utf-8-sig").splitlines()) - 1
    )
    assert "2026-11-30" == sheet.cell(2, 14).value
    page = (out / "复查报告.html").read_text(encoding="utf-8")
    assert "<b>600</b>页" in page
    assert "<svg" in page

    same = sheet.cell(2, 18).value
    sheet.cell(2, 15).value, sheet.cell(2, 16).value, sheet.cell(2, 17).value = "不属问题", "王某", "引用原文"
    book.save(tmp_path / "filled.xlsx")
    assert 1 == remarks.take_in(out, tmp_path / "filled.xlsx", today)
    waived = report.write(manifest, rules, today)["findings"]
    assert waived < figures["findings"]
    assert same in remarks.read(out)
    sheet.cell(2, 15).value = "随便"
    book.save(tmp_path / "wrong.xlsx")
    with pytest.raises(ResultError, match="第 2 行"):
        remarks.take_in(out, tmp_path / "wrong.xlsx", today)
    manifest.close()


def test_a_changed_archive_is_taken_up_rightly(tmp_path: Path) -> None:
    """Parts that are no longer what they were are done again, those that are gone are taken out."""
    path = archive(tmp_path, 3)
    rescan(Order(str(path), tmp_path / "out", workers=1), SETTINGS).close()
    row = {"key": "new", "body": "新增的页面"}
    path.write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
    rescan(Order(str(path), tmp_path / "out", workers=1), SETTINGS).close()

    assert ["new"] == [one["key"] for one in results(tmp_path / "out")]


def test_a_changed_file_of_a_folder_is_looked_at_again(tmp_path: Path) -> None:
    """The same names hold something else: what an earlier run found of them is not the answer."""
    (tmp_path / "in").mkdir()
    for body in ("全县工作有序推进。", "机密★10年 关于有关情况的报告"):
        (tmp_path / "in" / "a.txt").write_text(body, encoding="utf-8")
        rescan(Order(str(tmp_path / "in"), tmp_path / "out", workers=1), SETTINGS).close()

    assert ["block"] == [one["verdict"] for one in results(tmp_path / "out")]


def test_a_fault_on_one_page_costs_that_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are screened; the reason names the kind of fault."""

    def broken(document: Document, _service: Service) -> dict[str, Any]:
        raise ZeroDivisionError(document.key)

    monkeypatch.setattr("app.archive.batch.result", broken)
    (row,) = screen_batch(table([Document("1", "好")]), Service.load(SETTINGS)).to_pylist()

    assert ("block", "审查这一页时程序出错（ZeroDivisionError）") == (
        row["verdict"],
        row["unseen"][0]["reason"],
    )


def test_rules_that_ask_the_day_are_known() -> None:
    """Every module of the rules that reads the calendar belongs to those that run again on another day."""
    root = Path(detectors.rules.__path__[0])
    asking = [path for path in root.rglob("*.py") if "today()" in path.read_text(encoding="utf-8")]
    names = [f"{path.parent.name}.{path.stem.replace('_', '-')}" for path in asking]

    assert names
    assert [] == [name for name in names if not name.startswith(DAILY)]


def test_what_is_mended_is_closed_and_what_is_not_keeps_its_day(tmp_path: Path) -> None:
    """The next report names what is gone and how; what stays is overdue, also where it was called mended."""
    rules = dict(Service.load(SETTINGS).detectors.rules)
    path = tmp_path / "pages.jsonl"
    bodies = {"stays": "既使再忙也要办结。", "mended": "截至2月30日办结。", "deleted": "公示期到4月31日。"}

    def made(name: str, pages: dict[str, str], day: datetime.date, since: str = "") -> dict[str, Any]:
        lines = (json.dumps({"key": key, "body": body}, ensure_ascii=False) for key, body in pages.items())
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        manifest = rescan(Order(str(path), tmp_path / name, since=since, workers=1), SETTINGS)
        earlier = Manifest(Path(since)) if since else None
        figures = report.write(manifest, rules, day, earlier)
        for one in filter(None, (manifest, earlier)):
            one.close()
        return figures

    first = made("first", bodies, datetime.date(2026, 3, 2))
    later = {"stays": bodies["stays"], "mended": "截至2月28日办结。"}
    second = made("second", later, datetime.date(2026, 4, 2), str(tmp_path / "first"))
    book = openpyxl.load_workbook(tmp_path / "second" / "整改清单.xlsx")
    how = {row[0]: row[6] for row in book["已消除"].iter_rows(min_row=2, values_only=True)}
    line = [cell.value for cell in book["整改清单"][2]]

    assert 0 == second["new"]
    assert first["findings"] == second["findings"] + second["gone"]
    assert {"mended": "页面已修改", "deleted": "页面已删除"} == how
    assert second["overdue"] == second["findings"] > 0
    assert ("原有，已逾期", "2026-03-09") == (line[12], line[13])


def test_links_are_patrolled_after_a_rescan(tmp_path: Path) -> None:
    """With --links the same archive's links are visited next; an address of this machine is refused, not visited."""
    row = {"key": "1", "body": '<a href="http://127.0.0.1:9/x">链接</a>', "format": "html"}
    (tmp_path / "pages.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "app",
        "rescan",
        "pages.jsonl",
        "--out",
        "out",
        "--workers",
        "1",
        "--links",
    ]
    root = str(Path(__file__).resolve().parents[3])
    environment = {**os.environ, "XIANSHEN_HOME": str(tmp_path / "home"), "PYTHONPATH": root}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, check=False, timeout=120
    )

    assert done.returncode in {1, 2}, done.stderr.decode()
    assert "不予访问" in done.stdout.decode() + done.stderr.decode()
    assert (tmp_path / "out" / "链接巡检.xlsx").exists()


@pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas")
def test_spark_gives_the_same_rows(full: tuple[Path, Path], tmp_path: Path) -> None:
    """mapInArrow around screen_batch: the same rows, after sorting. Left out where pyspark is not installed."""
    pytest.importorskip("pyspark", reason="left out: pyspark is the cluster's own and not installed here")
    import pyarrow.parquet as pq

    from app.archive import cluster

    pages = cluster.rescan("local[2]", str(full[0]), str(tmp_path / "spark"), SETTINGS, Columns())
    rows = sorted(pq.read_table(tmp_path / "spark").to_pylist(), key=lambda row: row["key"])

    assert 600 == pages
    assert results(full[1]) == rows


def test_what_a_word_would_hit(full: tuple[Path, Path], tmp_path: Path) -> None:
    """Over a result and over its archive alike: counts by year, column and unit, with contexts; a broken page is told."""
    bodies = [json.loads(line)["body"] for line in full[0].read_text(encoding="utf-8").splitlines()]
    folder = lexicon(tmp_path / "own", ['"丙丁" = true', '"水库" = { unless = ["全县水库"] }'])
    proposed = load_lexicon(folder / "own-words.toml")
    service = Service.load(SETTINGS)
    seen = what_if(service, proposed, str(full[1]))
    expected = sum(body.count("丙丁") + body.count("水库") - body.count("全县水库") for body in bodies)

    assert (600, expected) == (seen.pages, seen.hits)
    assert {"2024": expected} == dict(seen.by["年份"])
    assert {"动态": expected} == dict(seen.by["栏目"])
    assert {"丙丁", "水库"} >= {one["word"] for one in seen.contexts} != set()
    assert seen.by == what_if(service, proposed, str(full[0])).by
    broken = tmp_path / "broken.jsonl"
    broken.write_text("{\n", encoding="utf-8")
    assert (1, 1) == ((told := what_if(service, proposed, str(broken))).pages, told.unread)


def test_only_the_rules_that_changed_run_again(full: tuple[Path, Path], tmp_path: Path) -> None:
    """A new word in one lexicon is one rule; the same words are none; other settings are all of them."""
    same = Service.load(SETTINGS)
    own = lexicon(tmp_path / "own", ['"甲乙" = true'])
    more = Service.load(Settings(unit_kind="department", lexicons=(own,)))
    other = Service.load(Settings(unit_kind="township"))

    assert frozenset() == Earlier.open(full[1], same).changed
    assert {"expression.own-words"} == Earlier.open(full[1], more).changed
    assert same.detectors.rules.keys() == Earlier.open(full[1], other).changed
