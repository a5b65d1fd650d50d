"""What the service counts: plain numbers in this process, told to Prometheus when it asks.

Counting costs less than a microsecond a post; labels come from fixed sets, never from a text.
With several workers each leaves its numbers in a file now and then, and whoever is asked adds them up.
"""

from __future__ import annotations

import json
import os
import threading
from bisect import bisect_left
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prometheus_client import generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
)
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import CollectorRegistry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)  # seconds
_FOLDER = "metrics"


class Meter:
    """The numbers of one process."""

    def __init__(self) -> None:
        self.verdicts: Counter[str] = Counter()  # outcome
        self.items: Counter[str] = Counter()  # answer of an item: stop, review, unseen
        self.findings: Counter[str] = Counter()  # rule
        self.unseen: Counter[str] = Counter()  # rule
        self.requests: Counter[str] = Counter()  # "route status"
        self.spent: list[int] = [0] * (len(BOUNDS) + 1)  # screenings by time
        self.seconds = 0.0
        self._lock = threading.Lock()

    def judged(self, answer: Mapping[str, Any], milliseconds: float) -> None:
        """One post was screened."""
        seconds = milliseconds / 1000
        with self._lock:
            self.verdicts[answer["verdict"]] += 1
            self.spent[bisect_left(BOUNDS, seconds)] += 1
            self.seconds += seconds
            if answer["findings"] or answer["unseen"]:
                self.findings.update([one["rule"] for one in answer["findings"]])
                self.unseen.update([one["rule"] for one in answer["unseen"]])
                for form in answer["checklists"]:
                    self.items.update([one["answer"] for one in form["items"] if one["answer"] in _WORSE])

    def asked(self, path: str, status: int) -> None:
        """One request was answered."""
        self.requests[f"{route(path)} {status}"] += 1

    def told(self) -> dict[str, Any]:
        """All numbers, to be added up."""
        with self._lock:
            return {
                "verdicts": dict(self.verdicts),
                "items": dict(self.items),
                "findings": dict(self.findings),
                "unseen": dict(self.unseen),
                "requests": dict(self.requests),
                "spent": list(self.spent),
                "seconds": self.seconds,
            }


_WORSE = frozenset({"stop", "review", "unseen"})
ROUTES = {path: path for path in ("/screen", "/screen/batch", "/screen/file", "/redact", "/verify", "/health", "/ready", "/metrics",
                                  "/login", "/", "/submit", "/tasks")}  # fmt: skip
_FAMILIES = ("/records", "/lexicons", "/words", "/accounts", "/account", "/rules", "/checklists", "/v2", "/static", "/rectification",
             "/waivers", "/audit", "/figures", "/docs", "/openapi.json")  # fmt: skip


def route(path: str) -> str:
    """A route of a fixed set: what somebody asks for is no label."""
    return ROUTES.get(path) or next(
        (one for one in _FAMILIES if path == one or path.startswith(one + "/")), "other"
    )


# --- several workers ----------------------------------------------------------------------------


def leave(meter: Meter, home: Path) -> None:
    """Put this process's numbers where the others find them."""
    folder = home / _FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    half = folder / f"{os.getpid()}.half"
    half.write_text(json.dumps(meter.told()), encoding="utf-8")
    half.replace(folder / f"{os.getpid()}.json")


def together(meter: Meter, home: Path) -> dict[str, Any]:
    """The numbers of this process and those of every process of this service, ended ones too: counters never go back."""
    whole = meter.told()
    for path in sorted((home / _FOLDER).glob("*.json")):
        if path.stem == str(os.getpid()):
            continue
        try:
            other = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):  # being replaced
            continue
        for name in ("verdicts", "items", "findings", "unseen", "requests"):
            whole[name] = dict(Counter(whole[name]) + Counter(other[name]))
        whole["spent"] = [a + b for a, b in zip(whole["spent"], other["spent"], strict=True)]
        whole["seconds"] += other["seconds"]
    return whole


def forget(home: Path) -> None:
    """At the start of the service: the numbers of an earlier one are not this one's."""
    for path in (home / _FOLDER).glob("*.*"):
        path.unlink(missing_ok=True)


# --- Prometheus ---------------------------------------------------------------------------------


class _Told:
    """The numbers as Prometheus takes them."""

    def __init__(self, whole: Mapping[str, Any], now: Mapping[str, float], about: Mapping[str, str]) -> None:
        self._whole, self._now, self._about = whole, now, about

    def collect(self) -> Iterator[Any]:
        """Every family."""
        whole = self._whole
        for name, words, label in (
            ("verdicts", "posts screened, by outcome", "verdict"),
            ("items", "items of checklists that were not clear, by answer", "answer"),
            ("findings", "findings, by rule", "rule"),
            ("unseen", "rules that could not look", "rule"),
        ):
            family = CounterMetricFamily(f"xianshen_{name}", words, labels=[label])
            for key, value in sorted(whole[name].items()):
                family.add_metric([key], value)
            yield family
        requests = CounterMetricFamily("xianshen_requests", "requests answered", labels=["route", "status"])
        for key, value in sorted(whole["requests"].items()):
            requests.add_metric(key.split(" "), value)
        yield requests
        buckets, total = [], 0
        for bound, count in zip((*map(str, BOUNDS), "+Inf"), whole["spent"], strict=True):
            total += count
            buckets.append((bound, total))
        yield HistogramMetricFamily(
            "xianshen_screen_seconds", "time to screen one post", buckets=buckets, sum_value=whole["seconds"]
        )
        for name, value in self._now.items():
            yield GaugeMetricFamily(f"xianshen_{name}", _WORDS[name], value=value)
        yield InfoMetricFamily("xianshen", "what answers", value=dict(self._about))


_WORDS = {
    "register_up": "1: an entry can be written now",
    "register_waiting": "entries that wait to be written",
    "files_waiting": "files that wait to be read",
    "long_posts_waiting": "long posts that wait to be screened",
    "loop_lag_seconds": "how late the event loop is",
    "words_set": "number of the set of words that answers",
    "words_behind": "1: a newer set could not be taken up",
    "words_reloads": "sets taken up since the start",
    "rules": "rules loaded",
}


def page(
    whole: Mapping[str, Any], now: Mapping[str, float], about: Mapping[str, str], rules: Mapping[str, float]
) -> bytes:
    """The answer to GET /metrics. ``rules``: seconds each rule takes for the reference page."""
    registry = CollectorRegistry()
    registry.register(_Told(whole, now, about))
    registry.register(_Rules(rules))
    ProcessCollector(registry=registry)
    return generate_latest(registry)


class _Rules:
    def __init__(self, rules: Mapping[str, float]) -> None:
        self._rules = rules

    def collect(self) -> Iterator[Any]:
        """Seconds of each rule."""
        family = GaugeMetricFamily(
            "xianshen_rule_seconds", "time of one rule for the reference page", labels=["rule"]
        )
        for rule, seconds in self._rules.items():
            family.add_metric([rule], seconds)
        yield family
