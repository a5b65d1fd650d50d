"""Findings per 10,000 characters of clean official text, by rule: what an editor would be bothered with for nothing."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from typing import Any

from rich.console import Console
from rich.table import Table

import detectors
from app.checklist import Answer, load_all
from app.page import Page
from app.screening import screen
from benchmarks.corpora import CLEAN, Absent, clean, rows

LIMITS = {"stop": 0.02, "review": 0.7, "one rule": 0.15, "spelling": 0.1}
# The study-site sentences were printed with half-width punctuation by those who collected them.
_NOT_COUNTED = {("sentences", "damage.half-width-punctuation")}
_PAGE = 2_000  # short rows are read together, as a page would be


def pages(name: str, most: int) -> Any:  # noqa: ANN401
    """Pages of a clean corpus: long rows as they are, short ones together; about ``most`` characters in all."""
    waiting: list[str] = []
    size = total = 0
    for row in clean(name):
        waiting.append(row["text"])
        size += len(row["text"]) + 1
        if size >= _PAGE or name in {"laws", "hotline", "weibo", "tables", "news"}:
            yield "\n".join(waiting)
            total, waiting, size = total + size, [], 0
            if total >= most:
                return
    if waiting:
        yield "\n".join(waiting)


def run(most: int = 1_500_000, keep: int = 12) -> dict[str, Any]:
    """Rates by corpus and rule, with some of the places for reading.

    Args:
        most: characters of each corpus at most.
        keep: places kept for each rule.
    """
    loaded = detectors.load()
    checklists = tuple(load_all().values())
    characters: Counter[str] = Counter()
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    answers: dict[str, int] = {}
    places: dict[str, list[str]] = defaultdict(list)
    absent = []
    for name in CLEAN:
        try:
            for letters in itertools.chain(pages(name, most)):
                page = Page(letters)
                verdict = screen(page, checklists, loaded)
                assert not verdict.unseen, verdict.unseen
                characters[name] += len(letters)
                for finding, answer in zip(verdict.findings, verdict.answers, strict=True):
                    rule = finding.rule.id
                    if (name, rule) in _NOT_COUNTED:
                        continue
                    counts[rule][name] += 1
                    answers[rule] = max(answers.get(rule, 0), int(answer or 0))
                    if len(places[rule]) < keep:
                        start, end = finding.span
                        around = (
                            page.text.source[max(0, start - 14) : start],
                            page.text.source[end : end + 14],
                        )
                        quote = finding.quote if len(finding.quote) < 40 else finding.quote[:40] + "…"
                        line = f"{name}: {around[0]}⟦{quote}⟧{around[1]}".replace("\n", "⏎")
                        places[rule].append(line + (f" → {finding.suggestion}" if finding.suggestion else ""))
        except Absent as reason:
            absent.append(str(reason))
    total = sum(characters.values())
    rates = {rule: sum(by.values()) / max(total, 1) * 10_000 for rule, by in counts.items()}

    def level(rule: str) -> str:
        return {Answer.STOP: "stop", Answer.REVIEW: "review"}.get(Answer(answers[rule]), "none")

    quiet = {rule: rate for rule, rate in rates.items() if not rule.startswith("sensitive.")}
    try:
        promotion = recall(loaded)
    except Absent as reason:
        absent.append(str(reason))
        promotion = {}
    return {
        "recall": promotion,
        "characters": dict(characters),
        "absent": absent,
        "rules": {
            rule: {
                "per_10k": rates[rule],
                "answer": level(rule),
                "by_corpus": {name: by[name] / characters[name] * 10_000 for name in characters},
                "places": places[rule],
            }
            for rule, by in sorted(counts.items(), key=lambda item: -rates[item[0]])
        },
        "ratios": {
            "stop": sum(rate for rule, rate in rates.items() if level(rule) == "stop"),
            "review": sum(rate for rule, rate in quiet.items() if level(rule) == "review"),
            "one rule": max((rate for rule, rate in quiet.items() if level(rule) == "review"), default=0.0),
            "spelling": sum(rate for rule, rate in rates.items() if rule.startswith("spelling.")),
        },
        "limits": LIMITS,
    }


def recall(loaded: detectors.Detectors, most: int = 2_000) -> dict[str, tuple[int, int]]:
    """Class of the promotion corpora → (rows in which advertising or hijacked content is seen, rows).

    The last ones, ham, are plain talk: what is seen there is a false alarm.
    """
    seen: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for name in ("sms_spam_six_classes", "sms_ham_spam_mixed", "email"):
        for row in rows(f"spam/{name}.jsonl"):
            label = (
                row["label"] if name.startswith("sms_spam") else f"{name.partition('_')[0]} {row['label']}"
            )
            if total[label] >= most:
                continue
            total[label] += 1
            found = {one.rule.id for one in loaded.look(Page(row["text"]).text).findings}
            seen[label] += any(
                one.startswith("advertising.") or one == "sensitive.hijacked-content" for one in found
            )
    return {
        label: (seen[label], total[label])
        for label in sorted(total, key=lambda one: (one.endswith("ham"), one))
    }


def show(figures: dict[str, Any]) -> None:
    """A readable table; the places are in the JSON."""
    console = Console()
    for line in figures["absent"]:
        console.print(line)
    names = list(figures["characters"])
    table = Table("rule", "answer", "all", *names, title="findings per 10,000 characters of clean text")
    table.add_row(
        "characters",
        "",
        f"{sum(figures['characters'].values()):,}",
        *(f"{figures['characters'][one]:,}" for one in names),
    )
    for rule, one in figures["rules"].items():
        table.add_row(
            rule, one["answer"], f"{one['per_10k']:.3f}", *(f"{one['by_corpus'][name]:.2f}" for name in names)
        )
    console.print(table)
    table = Table("promotion and fraud", "rows", "seen", "share")
    for label, (seen, total) in figures["recall"].items():
        table.add_row(label, str(total), str(seen), f"{seen / total:.3f}")
    console.print(table)
    table = Table("measure, per 10,000 characters", "measured", "at most")
    for name, ratio in figures["ratios"].items():
        table.add_row(
            name,
            f"{ratio:.3f}",
            f"{figures['limits'][name]}",
            style="" if ratio <= figures["limits"][name] else "red",
        )
    console.print(table)


if __name__ == "__main__":
    show(run())
