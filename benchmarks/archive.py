"""Rescans: beside the bare loop, with two processes, in memory, on Spark, and only what changed.

XIANSHEN_BENCH_PAGES sets the size (20,000; the measures of the issue were laid down for 200,000).
Start-up is measured with an archive of one page and taken off, so that small sizes tell the same.
"""

from __future__ import annotations

import importlib.util
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from app.archive import cluster, report
from app.archive.manifest import Manifest
from app.archive.readers import Columns, parts
from app.archive.run import Order, rescan
from app.page import Page
from app.screening import screen
from app.service import Service
from app.settings import Settings
from benchmarks.corpora import ROOT, Absent, clean
from benchmarks.loopback import free_port
from benchmarks.speed import words

PAGES = int(os.environ.get("XIANSHEN_BENCH_PAGES", "20000"))
LONGEST = 5_000  # characters of a page: what is cut off are laws, the rest is as it was published
WORDS, CHANGED = 20_000, 200
_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"  # it only carries the pages, and the cores are Python's
LIMITS = {
    "documents a CPU second / bare loop": (">=", 0.9),
    "two processes / one": (">=", 1.85),
    "memory, 20 × the pages / the pages": ("<=", 1.1),
    "differential / full": ("<=", 0.15),
    "Spark / one machine, two processes each": ("<=", 1.3),
}


def archive(folder: Path, count: int, name: str = "pages") -> Path:
    """JSON lines of official texts drawn in any order, always the same; they have 1,000 characters on average."""
    texts = [
        row["text"][:LONGEST] for corpus in ("news", "readings", "hotline", "laws") for row in clean(corpus)
    ]
    draw = random.Random(20261127)
    path = folder / f"{name}.jsonl"
    with path.open("w", encoding="utf-8") as lines:
        for number in range(count):
            row = {
                "key": f"p{number}",
                "body": draw.choice(texts),
                "title": f"第{number}篇",
                "column": "动态",
                "published_on": f"{2018 + number % 8}-0{1 + number % 9}-11",
            }
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")
    return path


def lexicon(folder: Path, listed: list[str]) -> Settings:
    """Settings with one more lexicon of these words."""
    folder.mkdir()
    terms = "".join(f'"{word}" = true\n' for word in listed)
    head = 'id = "sensitive.trial-words"\ntitle = "试"\nwhy = "试"\nbasis = ["试"]\nexamples = ["⟦试⟧", "好"]\n[terms]\n'
    (folder / "trial-words.toml").write_text(head + terms, encoding="utf-8")
    return Settings(unit_kind="department", lexicons=(folder,), home=folder)


def one_run(path: Path, out: Path, config: Settings, workers: int, since: str = "") -> dict[str, float]:
    """A rescan in processes of its own: seconds, CPU seconds of its workers, KiB of the largest."""
    order = [str(path), str(out), config.model_dump_json(), str(workers), since]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.archive", *order],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _run_here(path: str, out: str, config: str, workers: str, since: str) -> None:
    start = time.perf_counter()
    order = Order(path, Path(out), since=since, workers=int(workers))
    manifest = rescan(order, Settings.model_validate_json(config))
    seconds = time.perf_counter() - start
    pages = manifest.totals()["pages"]
    manifest.close()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    memory = max(used.ru_maxrss, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    figures = {"seconds": seconds, "cpu": used.ru_utime + used.ru_stime, "memory": memory, "pages": pages}
    sys.stdout.write(json.dumps(figures) + "\n")


def rows(folder: Path) -> list[dict[str, Any]]:
    """All rows of a result in order of their keys."""
    manifest = Manifest(folder)
    try:
        return sorted(report.rows(manifest), key=lambda row: str(row["key"]))
    finally:
        manifest.close()


def run() -> dict[str, Any]:
    """Figures and ratios.

    Raises:
        AssertionError: a result is not what a full run on one machine gives.
    """
    with tempfile.TemporaryDirectory() as name:
        return _measured(Path(name))


def _measured(folder: Path) -> dict[str, Any]:
    listed = words(WORDS + CHANGED)
    before = lexicon(folder / "before", listed[:WORDS])
    after = lexicon(folder / "after", listed[CHANGED:])
    path, one_page = archive(folder, PAGES), archive(folder, 1, "one")
    few = archive(folder, max(PAGES // 20, 1), "few")
    go = partial(_named, folder, before)
    start = {count: go(f"start{count}", one_page, count) for count in (1, 2)}
    small = go("few", few, 2)
    alone, both = go("alone", path, 1), go("both", path, 2)
    full = _named(folder, after, "full", path, 1)
    apart = _named(folder, after, "apart", path, 1, str(folder / "alone"))
    again = _named(folder, after, "again", one_page, 1, str(folder / "start1"))
    assert rows(folder / "full") == rows(folder / "apart"), (
        "the differential result is not that of a full rescan"
    )
    assert rows(folder / "alone") == rows(folder / "both"), "two processes see something else than one"
    assert PAGES == both["pages"] == len({row["key"] for row in rows(folder / "both")}), (
        "pages in are not pages out"
    )

    bare = _bare(path, before)
    figures: dict[str, Any] = {
        "pages": PAGES,
        "characters a page": bare["characters"] / PAGES,
        "documents a second": {
            "bare loop, CPU": PAGES / bare["screen"],
            "one process, CPU": PAGES / _spent(alone, start[1], "cpu"),
            "one process": PAGES / _spent(alone, start[1], "seconds"),
            "two processes": PAGES / _spent(both, start[2], "seconds"),
        },
        "MB/s": {name: bare["bytes"] / bare[name] / 1e6 for name in ("screen", "jieba.lcut")}
        | _ripgrep(folder, path, listed[:WORDS]),
        "MiB of the largest process": {
            f"{max(PAGES // 20, 1):,} pages": small["memory"] / 1024,
            f"{PAGES:,} pages": both["memory"] / 1024,
        },
    }
    ratios = {
        "documents a CPU second / bare loop": bare["screen"] / _spent(alone, start[1], "cpu"),
        "two processes / one": _spent(alone, start[1], "seconds") / _spent(both, start[2], "seconds"),
        "memory, 20 × the pages / the pages": both["memory"] / small["memory"],
        "differential / full": _spent(apart, again, "cpu") / _spent(full, start[1], "cpu"),
    }
    spark = _spark(folder, path, before)
    if spark:
        ratios["Spark / one machine, two processes each"] = spark["seconds"] / both["seconds"]
        figures["Spark"] = spark
    return figures | {"ratios": ratios}


def _spent(one: dict[str, float], start: dict[str, float], what: str) -> float:
    """Without the start-up.

    Raises:
        Absent: that is lost in the noise, so nothing can be said.
    """
    spent = one[what] - start[what]
    if spent <= 0:
        raise Absent(
            "left out: the pages took no longer than the start-up's noise; more XIANSHEN_BENCH_PAGES, or a quieter machine"
        )
    return spent


def _named(  # noqa: PLR0913 a run has these parts
    folder: Path, config: Settings, name: str, path: Path, workers: int, since: str = ""
) -> dict[str, float]:
    return one_run(path, folder / name, config, workers, since)


def _bare(path: Path, config: Settings) -> dict[str, float]:
    """CPU seconds of the bare loop and of jieba over the same pages; bytes of their text."""
    import jieba

    service = Service.load(config)
    service.warm()
    jieba.initialize()
    documents = [one for part in parts(str(path)) for one in part.documents()]
    pages = [
        Page(one.body, one.title, one.format, unit_kind=config.unit_kind, published_on=one.day)
        for one in documents
    ]
    start = time.process_time()
    for page in pages:
        screen(page, service.default, service.detectors)
    middle = time.process_time()
    for one in documents:
        jieba.lcut(one.body)
    end = time.process_time()
    size = sum(len((one.title + one.body).encode()) for one in documents)
    characters = sum(len(one.title + one.body) for one in documents)
    return {
        "screen": middle - start,
        "jieba.lcut": end - middle,
        "bytes": float(size),
        "characters": float(characters),
    }


def _ripgrep(folder: Path, path: Path, listed: list[str]) -> dict[str, float]:
    program = shutil.which("rg")
    if program is None:
        return {}
    (folder / "words.txt").write_text("\n".join(listed) + "\n", encoding="utf-8")
    text = folder / "text.txt"
    with text.open("w", encoding="utf-8") as out, path.open(encoding="utf-8") as lines:
        out.writelines(json.loads(line)["body"].replace("\n", " ") + "\n" for line in lines)
    command = [program, "-F", "-c", "-f", str(folder / "words.txt"), str(text)]
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    return {"ripgrep -F -f": text.stat().st_size / (time.perf_counter() - start) / 1e6}


# --- Spark --------------------------------------------------------------------------------------


def _spark(folder: Path, path: Path, config: Settings) -> dict[str, float]:
    """A real master and two workers on loopback; then once more with an executor killed half-way."""
    if importlib.util.find_spec("pyspark") is None or shutil.which("java") is None:
        return {}
    with ExitStack() as stack:
        master = _cluster(folder, stack)
        start = time.perf_counter()
        cluster.rescan(master, str(path), str(folder / "spark"), config, Columns())
        seconds = time.perf_counter() - start
        assert _same(folder, "spark"), "Spark gives other rows than one machine"
        killed: list[int] = []
        killer = Thread(target=_kill_one, args=(seconds / 2, killed), daemon=True)
        killer.start()
        cluster.rescan(master, str(path), str(folder / "hurt"), config, Columns())
        killer.join()
        assert killed, "no executor was killed"
        assert _same(folder, "hurt"), "a killed executor lost or doubled pages"
    return {"seconds": seconds, "executors killed half-way": len(killed)}


def _same(folder: Path, name: str) -> bool:
    import pyarrow.parquet as pq

    found = pq.read_table(folder / name).to_pylist()
    return sorted(found, key=lambda row: str(row["key"])) == rows(folder / "both")


def _cluster(folder: Path, stack: ExitStack) -> str:
    import pyspark

    home = Path(pyspark.__file__).parent
    os.environ |= {
        "PYSPARK_SUBMIT_ARGS": f'--conf spark.executor.extraJavaOptions="{_JAVA}" --driver-java-options "{_JAVA}"'
        " --conf spark.ui.enabled=false pyspark-shell",
        "SPARK_LOCAL_IP": "127.0.0.1", "PYTHONPATH": str(ROOT), "PYSPARK_PYTHON": sys.executable,
        "PYTHONWARNINGS": "ignore", "SPARK_HOME": str(home),
    }  # fmt: skip
    port = free_port()
    master = f"spark://127.0.0.1:{port}"
    deploy = "org.apache.spark.deploy"
    work = ["--cores", "1", "--memory", "2g", "--work-dir", str(folder / "work"), master]
    for command in (
        [f"{deploy}.master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0"],
        *[[f"{deploy}.worker.Worker", "--host", "127.0.0.1", "--webui-port", "0", *work]] * 2,
    ):
        started = subprocess.Popen(
            [str(home / "bin" / "spark-class"), *command],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        stack.callback(started.wait, 20)
        stack.callback(started.terminate)
        time.sleep(4)
    return master


def _kill_one(after: float, killed: list[int]) -> None:
    """One executor of ours, told by the command it runs."""
    time.sleep(after)
    for one in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if "CoarseGrainedExecutorBackend" in " ".join(one.cmdline()):
                one.kill()
                killed.append(one.pid)
                return


def show(figures: dict[str, Any]) -> None:
    """A readable table."""
    console = Console()
    table = Table(f"{figures['pages']:,} pages, {figures['characters a page']:,.0f} characters each", "")
    for heading in ("documents a second", "MB/s", "MiB of the largest process", "Spark"):
        for name, value in figures.get(heading, {}).items():
            table.add_row(f"{heading}: {name}", f"{value:,.2f}")
    console.print(table)
    table = Table("ratio", "measured", "limit")
    for name, (way, limit) in LIMITS.items():
        value = figures["ratios"].get(name)
        if value is None:
            table.add_row(name, "left out: pyspark or java is not installed", f"{way} {limit}")
            continue
        good = value >= limit if way == ">=" else value <= limit
        table.add_row(name, f"{value:.2f}", f"{way} {limit}", style="" if good else "red")
    console.print(table)


if __name__ == "__main__":
    if sys.argv[1:]:
        _run_here(*sys.argv[1:])
    else:
        show(run())
