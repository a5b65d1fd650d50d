"""Wrong characters: how many are found, how many right ones are taken for wrong, at what cost.

    python -m benchmarks.spelling [--dev] [--quick] [--svg FILE]

The language model's detector, strict and thorough, beside the listed errors alone, both together, and
pycorrector's KenLM corrector where it is installed. ``--dev`` measures on the halves that thresholds were chosen
on; without it on the others.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from rich.console import Console
from rich.table import Table

import detectors
from app import language_model
from app.settings import Settings
from benchmarks import corpora
from benchmarks.corpora import ROOT, Absent
from detectors import spelling
from detectors.text import Text, fold

CLEAN = ("sentences", "laws", "news", "readings")
# Set → split → file, rows
CORRECTION = {
    "ECSpell law": {"dev": ("ecspell_law_train", slice(None)), "test": ("ecspell_law_test", slice(None))},
    "CSCD-NS": {"dev": ("cscd_ns", slice(0, None, 2)), "test": ("cscd_ns", slice(1, None, 2))},
    "SIGHAN15": {"test": ("sighan15_test", slice(None))},
    "textproof": {"dev": ("textproof", slice(0, None, 2)), "test": ("textproof", slice(1, None, 2))},
}
PAGE = 2_000
PAGE_COUNT = 40
CACHE = ROOT / "var" / "cache"

Edit = tuple[int, int, str, float]  # start, end, what to write, how sure
Corrector = Callable[[str], list[Edit]]


class Row(NamedTuple):
    text: str
    target: str


class Rates(NamedTuple):
    """By sentence and by character; shares of one."""

    found_p: float
    found_r: float
    mended_p: float
    mended_r: float
    found_p_char: float
    found_r_char: float
    mended_p_char: float
    mended_r_char: float

    @staticmethod
    def f1(precision: float, recall: float) -> float:
        return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


# --- texts ----------------------------------------------------------------------------------


def clean(name: str, split: str, most: int) -> list[str]:
    """Texts of one half of a clean set."""
    texts = [row["text"] for row in corpora.clean(name)][0 if split == "dev" else 1 :: 2]
    random.Random(1).shuffle(texts)
    kept, total = [], 0
    for text in texts:
        kept.append(fold(text[:6000]))
        total += len(kept[-1])
        if total >= most:
            break
    return kept


def pairs(name: str, split: str) -> list[Row]:
    file, rows = CORRECTION[name][split]
    every = list(corpora.rows(f"correction/{file}.jsonl"))
    return [Row(fold(row["text"]), fold(row["target"])) for row in every[rows]]


# --- correctors -----------------------------------------------------------------------------


def by_model(model: spelling.Model, level: spelling.Level, least: float | None = None) -> Corrector:
    level = level if least is None else level._replace(sure=(least,))

    def found(text: str) -> list[Edit]:
        return [(site.start, site.end, site.word, site.sure) for site in spelling.look(model, text, level)]

    return found


def by_list() -> Corrector:
    """The listed errors: the lexicons and rules of the family without the model."""
    everything = detectors.load()
    listed = everything.only([one for one in everything.rules if one.startswith("spelling.")])

    def found(text: str) -> list[Edit]:
        return [
            (one.span.start, one.span.end, one.quote if one.suggestion is None else one.suggestion, 99.0)
            for one in listed.look(Text.of(text)).findings
        ]

    return found


def together(*correctors: Corrector) -> Corrector:
    """All of them; where two speak about one place the first."""

    def found(text: str) -> list[Edit]:
        taken: set[int] = set()
        edits = []
        for corrector in correctors:
            for edit in corrector(text):
                places = set(range(edit[0], edit[1]))
                if taken.isdisjoint(places):
                    taken |= places
                    edits.append(edit)
        return sorted(edits)

    return found


def by_pycorrector(path: Path) -> Corrector | None:
    if importlib.util.find_spec("pycorrector") is None or importlib.util.find_spec("kenlm") is None:
        return None
    corrector = importlib.import_module("pycorrector").Corrector(language_model_path=str(path))

    def found(text: str) -> list[Edit]:
        return [(at, at + len(wrong), right, 99.0) for wrong, right, at in corrector.correct(text)["errors"]]

    return found


# --- measures -------------------------------------------------------------------------------


def mend(text: str, edits: Iterable[Edit]) -> str:
    for start, end, word, _ in sorted(edits, reverse=True):
        text = text[:start] + word + text[end:]
    return text


def rates(rows: list[Row], corrector: Corrector) -> Rates:
    """A sentence counts as found when it has errors and any finding; as mended when it then equals its target."""
    wrong = found = right_found = mended = 0
    said = hit = fixed = errors = 0
    for text, target in rows:
        edits = corrector(text)
        faulty = text != target
        wrong += faulty
        found += bool(edits)
        right_found += bool(edits) and faulty
        mended += bool(edits) and faulty and mend(text, edits) == target
        if len(text) == len(target):
            errors += sum(one != other for one, other in zip(text, target, strict=True))
            for start, end, word, _ in edits:
                for at in range(start, end if len(word) == end - start else start):
                    if word[at - start] != text[at]:
                        said += 1
                        hit += text[at] != target[at]
                        fixed += text[at] != target[at] == word[at - start]

    def share(part: int, whole: int) -> float:
        return part / whole if whole else 0.0

    return Rates(
        share(right_found, found), share(right_found, wrong), share(mended, found), share(mended, wrong),
        share(hit, said), share(hit, errors), share(fixed, said), share(fixed, errors),
    )  # fmt: skip


def alarms(texts: list[str], corrector: Corrector) -> float:
    """Findings per 10,000 characters."""
    return 1e4 * sum(len(corrector(text)) for text in texts) / sum(map(len, texts))


class Curve(NamedTuple):
    """Recall of one set against the worst rate of false alarms of the clean sets, over all thresholds."""

    name: str
    false_alarms: list[float]
    recall: list[float]


def curves(
    model: spelling.Model, texts: dict[str, list[str]], sets: dict[str, list[Row]]
) -> tuple[list[float], list[Curve]]:
    """Everything that is found at all, read once; then every threshold."""
    look = by_model(model, spelling.THOROUGH, -8.0)
    size = {name: sum(map(len, many)) for name, many in texts.items()}
    sure = {name: np.sort([edit[3] for text in many for edit in look(text)]) for name, many in texts.items()}
    steps = np.arange(-6, 6, 0.1)
    worst = [max(1e4 * float((sure[name] > step).sum()) / size[name] for name in texts) for step in steps]
    found = []
    for name, rows in sets.items():
        best = np.array(
            [
                max((edit[3] for edit in look(row.text)), default=-99.0)
                for row in rows
                if row.text != row.target
            ]
        )
        found.append(Curve(name, worst, [float((best > step).mean()) for step in steps]))
    return steps.tolist(), found


def picture(found: list[Curve], points: dict[str, tuple[float, dict[str, float]]]) -> str:
    """The curves as SVG: false alarms per 10,000 characters (logarithmic) against recall by sentence."""
    width, height, left, below = 720, 460, 60, 50
    low, high = np.log10(0.05), np.log10(100)
    colours = ("#1f4e9c", "#b5452c", "#3a7d44", "#7b4fa3")

    def x_of(rate: float) -> float:
        return left + float((np.log10(max(rate, 0.05)) - low) / (high - low)) * (width - left - 20)

    def y_of(recall: float) -> float:
        return 20 + (1 - recall) * (height - below - 20)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">'
    ]
    parts.append(f'<rect width="{width}" height="{height}" fill="white"/>')
    for rate in (0.1, 0.3, 1, 3, 10, 30, 100):
        parts.append(
            f'<line x1="{x_of(rate):.0f}" x2="{x_of(rate):.0f}" y1="20" y2="{height - below}" stroke="#ddd"/>'
        )
        parts.append(
            f'<text x="{x_of(rate):.0f}" y="{height - below + 16}" text-anchor="middle">{rate:g}</text>'
        )
    for recall in np.arange(0, 1.01, 0.2):
        parts.append(
            f'<line x1="{left}" x2="{width - 20}" y1="{y_of(recall):.0f}" y2="{y_of(recall):.0f}" stroke="#ddd"/>'
        )
        parts.append(f'<text x="{left - 8}" y="{y_of(recall) + 4:.0f}" text-anchor="end">{recall:.1f}</text>')
    parts.append(
        f'<text x="{width / 2}" y="{height - 12}" text-anchor="middle">每万字误报（四类干净文本中最高者）</text>'
    )
    parts.append('<text x="14" y="14">句级召回</text>')
    for colour, curve in zip(colours, found, strict=False):
        path = " ".join(
            f"{x_of(rate):.1f},{y_of(recall):.1f}"
            for rate, recall in zip(curve.false_alarms, curve.recall, strict=True)
        )
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        at = found.index(curve)
        parts.append(f'<text x="{left + 12}" y="{40 + 18 * at}" fill="{colour}">{curve.name}</text>')
        for rate, recalls in points.values():
            if curve.name in recalls:
                parts.append(
                    f'<circle cx="{x_of(rate):.1f}" cy="{y_of(recalls[curve.name]):.1f}" r="5" fill="{colour}"/>'
                )
    return "\n".join([*parts, "</svg>", ""])


def speed(model: spelling.Model, texts: list[str]) -> dict[str, float]:
    """Milliseconds per page of 2,000 characters, least of several rounds each, and of jieba.lcut on the same pages."""
    import jieba

    jieba.initialize()
    whole = "\n".join(texts)
    pages = [whole[at : at + PAGE] for at in range(0, min(len(whole) - PAGE, PAGE * PAGE_COUNT), PAGE)]
    tasks: dict[str, Callable[[str], Any]] = {
        "strict": by_model(model, spelling.STRICT),
        "thorough": by_model(model, spelling.THOROUGH),
        "jieba.lcut": jieba.lcut,
    }
    least: dict[str, list[float]] = {name: [1e9] * len(pages) for name in tasks}
    for _ in range(7):
        for place, page in enumerate(pages):
            for name, task in tasks.items():
                start = time.perf_counter()
                task(page)
                least[name][place] = min(least[name][place], 1e3 * (time.perf_counter() - start))
    return {name: statistics.mean(times) for name, times in least.items()}


_WEIGH = """
import sys, time
from pathlib import Path
import psutil
from app.service import Service
from app.settings import Settings
Service.load(Settings(language_model="off")).warm()
before = psutil.Process().memory_info().rss
start = time.perf_counter()
from detectors import spelling
model = spelling.load(Path(sys.argv[1]), Path(sys.argv[2]))
finder = spelling.detector(model, spelling.STRICT)
ready = time.perf_counter() - start
text = Path(sys.argv[3]).read_text(encoding="utf-8")
for at in range(0, len(text), 2000):
    list(spelling.look(model, text[at : at + 2000], spelling.STRICT))
print(ready, (psutil.Process().memory_info().rss - before) / 2**20)
"""


def weight(path: Path, cache: Path, texts: list[str]) -> tuple[float, float]:
    """Seconds until ready, and megabytes that a process of the service grows by when it reads many pages.

    With the cache as it is: filled, or to be built.
    """
    sample = cache / "spelling-sample.txt"
    sample.write_text("\n".join(texts)[:200_000], encoding="utf-8")
    try:
        command = [sys.executable, "-c", _WEIGH, str(path), str(cache), str(sample)]
        answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    finally:
        sample.unlink()
    return float(answer[0]), float(answer[1])


def run(
    *, split: str = "test", quick: bool = False, svg: Path = ROOT / "build" / "spelling-curve.svg"
) -> dict[str, Any]:
    """All measures.

    Raises:
        Absent: no texts, or no language model.
    """
    asked = Settings().language_model
    path = language_model.find(Settings(language_model="" if asked == language_model.OFF else asked))
    if path is None:
        raise Absent("left out: no language model (make model)")
    CACHE.mkdir(parents=True, exist_ok=True)
    model = spelling.load(path, CACHE)
    texts = {name: clean(name, split, 100_000 if quick else 300_000) for name in CLEAN}
    sets = {name: pairs(name, split) for name in CORRECTION if split in CORRECTION[name]}
    listed, strict, thorough = by_list(), by_model(model, spelling.STRICT), by_model(model, spelling.THOROUGH)
    tasks: dict[str, Corrector] = {
        "listed": listed,
        "strict": strict,
        "strict + listed": together(listed, strict),
        "thorough": thorough,
        "thorough + listed": together(listed, thorough),
    }
    found: dict[str, Any] = {"model": str(path), "split": split, "rates": {}, "alarms": {}}
    for name, task in tasks.items():
        found["rates"][name] = {which: rates(rows, task)._asdict() for which, rows in sets.items()}
        found["alarms"][name] = {which: alarms(many, task) for which, many in texts.items()}
    other = None if quick else by_pycorrector(path)
    if other:
        found["rates"]["pycorrector"] = {
            which: rates(rows[:200], other)._asdict() for which, rows in sets.items()
        }
        found["alarms"]["pycorrector"] = {which: alarms(many[:5], other) for which, many in texts.items()}
    else:
        found["pycorrector"] = "left out: it or kenlm is not installed"
    steps, lines = curves(model, texts, sets)
    found["curve"] = {
        "sure": steps,
        **{curve.name: curve.recall for curve in lines},
        "false alarms": lines[0].false_alarms,
    }
    points = {
        name: (
            max(found["alarms"][name].values()),
            {which: one["found_r"] for which, one in found["rates"][name].items()},
        )
        for name in ("strict", "thorough")
    }
    svg.parent.mkdir(parents=True, exist_ok=True)
    svg.write_text(picture(lines, points), encoding="utf-8")
    found["picture"] = str(svg)
    found["ms"] = speed(model, texts["news"])
    found["start, s"], found["memory, MB"] = weight(path, CACHE, texts["news"])
    with tempfile.TemporaryDirectory() as empty:
        found["first start, s"], _ = weight(path, Path(empty), texts["news"][:5])
    return found


def show(found: dict[str, Any]) -> None:
    """The tables."""
    console = Console(width=150)
    names = ("found P", "R", "F1", "mended P", "R", "F1", "found P", "R", "mended P", "R")
    by_set = Table("", "", *names, title="by sentence; last four by character")
    for name, sets in found["rates"].items():
        for which, one in sets.items():
            rate = Rates(**one)
            figures = (
                rate.found_p, rate.found_r, Rates.f1(rate.found_p, rate.found_r),
                rate.mended_p, rate.mended_r, Rates.f1(rate.mended_p, rate.mended_r), *rate[4:],
            )  # fmt: skip
            by_set.add_row(name, which, *(f"{figure:.3f}" for figure in figures))
    console.print(by_set)
    by_text = Table("findings per 10,000 clean characters", *CLEAN)
    for name, rows in found["alarms"].items():
        by_text.add_row(name, *(f"{rate:.2f}" for rate in rows.values()))
    console.print(by_text)
    if "pycorrector" in found:
        console.print(f"pycorrector {found['pycorrector']}")
    page = found["ms"]
    console.print("ms per page of 2,000: " + ", ".join(f"{name} {value:.2f}" for name, value in page.items()))
    console.print(
        f"strict / jieba.lcut {page['strict'] / page['jieba.lcut']:.2f}; ready in {found['start, s']:.2f} s "
        f"({found['first start, s']:.1f} s the first time, without cache); "
        f"{found['memory, MB']:.0f} MB; picture {found['picture']}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--dev", action="store_true", help="the halves that thresholds were chosen on")
    parser.add_argument("--quick", action="store_true", help="less clean text, no pycorrector")
    parser.add_argument("--svg", type=Path, default=ROOT / "build" / "spelling-curve.svg")
    given = parser.parse_args()
    try:
        show(run(split="dev" if given.dev else "test", quick=given.quick, svg=given.svg))
    except Absent as reason:
        print(reason)


if __name__ == "__main__":
    main()
