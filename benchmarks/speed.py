"""screen() by page length and by lexicon size, both engines, beside jieba, presidio and a bare scan."""

from __future__ import annotations

import random
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import ahocorasick
import jieba
from rich.console import Console
from rich.table import Table

import detectors
from app.checklist import load_all
from app.page import Page
from app.screening import screen
from benchmarks.clock import in_turn
from benchmarks.corpora import official
from detectors.matcher import ENGINES
from detectors.text import fold

LENGTHS = (200, 2_000, 20_000, 200_000, 1_000_000)
WORDS = (1_000, 10_000, 100_000)
PLANTED = "公示期截至2月30日。"
LIMITS = {
    "page / jieba": 0.5,  # 2,000 characters, all rules, 100,000 words
    "100,000 words / 1,000 words": 1.3,
    "1,000,000 characters / 2,000": 600.0,
}


def words(count: int) -> list[str]:
    """So many different words of two to five Chinese characters, always the same."""
    draw = random.Random(20261123)
    letters = [letter for code in range(0x4E00, 0x4E00 + 6000) if fold(letter := chr(code)) == letter]
    found: dict[str, None] = {}
    while len(found) < count:
        found["".join(draw.choices(letters, k=draw.choice((2, 3, 3, 4, 5))))] = None
    return list(found)


def lexicon_folder(folder: Path, count: int) -> Path:
    """A folder with one lexicon of so many words, as an operator would add it."""
    folder.mkdir(exist_ok=True)
    terms = "".join(f'"{word}" = true\n' for word in words(count))
    (folder / "trial-words.toml").write_text(
        'id = "sensitive.trial-words"\ntitle = "试"\nwhy = "试"\nbasis = ["试"]\nexamples = ["⟦试⟧", "好"]\n[terms]\n'
        + terms,
        encoding="utf-8",
    )
    return folder


def run() -> dict[str, Any]:
    """Seconds a call, and the ratios of the README.

    Raises:
        AssertionError: a verdict is wrong, so its time does not count.
    """
    checklists = (load_all()["yijun-release-2022"],)
    page = official(2_000 - len(PLANTED)) + PLANTED
    with tempfile.TemporaryDirectory() as folder:
        folders = {count: lexicon_folder(Path(folder) / str(count), count) for count in WORDS}
        loaded = {
            (engine, count): detectors.load(folders=[folders[count]], engine=engine)
            for engine in ENGINES
            for count in WORDS
        }
    for one in loaded.values():
        verdict = screen(Page(page), checklists, one)
        assert any(finding.quote == "2月30日" for finding in verdict.findings), (
            "the planted date was not found"
        )
        assert not verdict.unseen

    jieba.initialize()
    bare = ahocorasick.Automaton()
    for word in words(100_000):
        bare.add_word(word, word)
    bare.make_automaton()
    presidio = _presidio()
    jobs = {
        f"screen {engine} {count:,} words": _job(page, checklists, one)
        for (engine, count), one in loaded.items()
    }
    jobs |= {
        "jieba.lcut": lambda: jieba.lcut(page),
        "bare pyahocorasick, 100,000 words": lambda: list(bare.iter(page)),
        "presidio AnalyzerEngine, blank zh": lambda: presidio(page),
    }
    by_words = in_turn(jobs)
    best = loaded[ENGINES[0], 100_000]
    by_length = {}
    for length in LENGTHS:
        letters = official(length - len(PLANTED)) + PLANTED
        rounds = 7 if length < 100_000 else 3
        by_length[length] = in_turn(
            {
                "screen": _job(letters, checklists, best),
                "jieba.lcut": partial(jieba.lcut, letters),
            },
            rounds=rounds,
        )
    engine = ENGINES[0]
    ratios = {
        "page / jieba": by_words[f"screen {engine} 100,000 words"] / by_words["jieba.lcut"],
        "100,000 words / 1,000 words": by_words[f"screen {engine} 100,000 words"]
        / by_words[f"screen {engine} 1,000 words"],
        "1,000,000 characters / 2,000": by_length[1_000_000]["screen"] / by_length[2_000]["screen"],
    }
    return {
        "by_words": by_words,
        "by_length": {str(length): one for length, one in by_length.items()},
        "by_rule": _by_rule(best, page, by_words["jieba.lcut"]),
        "ratios": ratios,
        "limits": LIMITS,
        "rules": len(best.rules),
    }


def _job(letters: str, checklists: Any, loaded: detectors.Detectors) -> Any:  # noqa: ANN401
    return lambda: screen(Page(letters), checklists, loaded)


def _by_rule(loaded: detectors.Detectors, letters: str, lcut: float) -> dict[str, float]:
    """Seconds of every detector that costs more than 5 % of the page budget (0.5 × jieba.lcut)."""
    text = Page(letters).text
    _ = text.plain
    jobs = {
        one.rules[0].id if len(one.rules) < 5 else "all words": (lambda one=one: list(one.find(text)))
        for one in loaded.detectors
        if not one.needs or any(need in text.plain for need in one.needs)
    }
    seconds = in_turn(jobs, rounds=3, at_least=0.005)
    return {
        name: cost
        for name, cost in sorted(seconds.items(), key=lambda item: -item[1])
        if cost > 0.05 * 0.5 * lcut
    }


def _presidio() -> Any:  # noqa: ANN401
    """presidio as shipped, with an empty Chinese pipeline: nothing is downloaded."""
    import spacy
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import SpacyNlpEngine
    from presidio_analyzer.predefined_recognizers import (
        CreditCardRecognizer,
        EmailRecognizer,
        IpRecognizer,
        PhoneRecognizer,
    )

    engine = SpacyNlpEngine(models=[{"lang_code": "zh", "model_name": "blank"}])
    engine.nlp = {"zh": spacy.blank("zh")}  # type: ignore[assignment]  # loaded by hand
    recognizers = [
        kind(supported_language="zh")
        for kind in (CreditCardRecognizer, EmailRecognizer, IpRecognizer, PhoneRecognizer)
    ]
    registry = RecognizerRegistry(recognizers=recognizers, supported_languages=["zh"])
    analyzer = AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=["zh"])
    return lambda letters: analyzer.analyze(letters, language="zh")


def show(figures: dict[str, Any]) -> None:
    """A readable table."""
    console = Console()
    table = Table("2,000 characters", "ms a page", "× jieba.lcut", title=f"{figures['rules']} rules")
    lcut = figures["by_words"]["jieba.lcut"]
    for name, seconds in figures["by_words"].items():
        table.add_row(name, f"{seconds * 1000:.3f}", f"{seconds / lcut:.2f}")
    console.print(table)
    table = Table("characters", "screen ms", "jieba.lcut ms", "MB/s of UTF-8 (3 bytes a character)")
    for length, one in figures["by_length"].items():
        rate = 3 * int(length) / one["screen"] / 1e6
        table.add_row(
            f"{int(length):,}",
            f"{one['screen'] * 1000:.2f}",
            f"{one['jieba.lcut'] * 1000:.2f}",
            f"{rate:.1f}",
        )
    console.print(table)
    table = Table("rules over 5 % of the page budget", "µs")
    for name, seconds in figures["by_rule"].items():
        table.add_row(name, f"{seconds * 1e6:.0f}")
    console.print(table)
    table = Table("ratio", "measured", "at most")
    for name, ratio in figures["ratios"].items():
        table.add_row(
            name,
            f"{ratio:.2f}",
            f"{figures['limits'][name]}",
            style="" if ratio <= figures["limits"][name] else "red",
        )
    console.print(table)


if __name__ == "__main__":
    show(run())
