"""What takes too long is ended in its middle, told as unseen, and harms nothing beside it."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

import detectors
from detectors import Detectors, limit
from detectors.limit import Limit, OutOfTimeError
from detectors.rule import Detector, Finding, Rule
from detectors.text import Text

ROOT = Path(__file__).resolve().parents[2]
LONG = "今天开会。" * 5_000  # long enough for a limit
RULE = Rule(id="damage.slow", title="慢", why="试", basis=("试",), examples=("试",))
OTHER = replace(RULE, id="damage.quick")


def for_ever(swallow: bool = False) -> None:
    while True:
        try:
            for _ in range(1_000):
                pass
        except OutOfTimeError:
            if not swallow:
                raise
            swallow = False


@pytest.mark.parametrize("swallow", [False, True])
def test_a_loop_without_end_is_ended(swallow):
    """Within a moment; also where somebody caught the first word of it."""
    start = time.thread_time()
    with Limit(0.1) as one, pytest.raises(OutOfTimeError):
        one.run(lambda: for_ever(swallow))
    assert 0.1 <= time.thread_time() - start < 0.6


def test_a_word_that_python_drops_is_told_again():
    """In a finalizer nothing can be raised: the first word is lost there."""

    class Slow:
        def __del__(self) -> None:
            for_ever()

    def work() -> None:
        Slow()
        for_ever()

    with Limit(0.1) as one, pytest.raises(OutOfTimeError):
        one.run(work)


def test_waiting_is_not_computing():
    """A thread that sleeps uses nothing up."""
    with Limit(0.1) as one:
        one.run(lambda: time.sleep(0.3))


def test_the_time_is_one_for_all():
    """What begins after the end does not begin."""
    begun = []
    with Limit(0.05) as one:
        with pytest.raises(OutOfTimeError):
            one.run(for_ever)
        with pytest.raises(OutOfTimeError):
            one.run(lambda: begun.append(1))
    assert [] == begun


def test_errors_of_the_work_stay_its_own():
    """They pass unchanged."""
    with Limit(1) as one, pytest.raises(ZeroDivisionError):
        one.run(lambda: 1 // 0)


def test_nothing_arrives_later(monkeypatch):
    """Work that ends just when the time does, on several threads: the word never reaches what follows."""
    monkeypatch.setattr(limit, "_AGAIN", 0.0005)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(0.0005)
    escaped: list[str] = []
    ended = 0

    def one(seed: int) -> None:
        nonlocal ended
        chance = random.Random(seed)
        for _ in range(60):
            try:
                with Limit(0.001 + chance.random() * 0.003) as mine:
                    for _ in range(25):
                        try:
                            mine.run(lambda: sum(at for at in range(chance.randrange(20_000))))
                        except OutOfTimeError:
                            ended += 1
                    for _ in range(3_000):
                        pass
            except OutOfTimeError:
                escaped.append(f"seed {seed}")

    try:
        threads = [threading.Thread(target=one, args=(seed,)) for seed in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert [] == escaped
    assert ended > 60


_PROFILED = """
import sys
from detectors.limit import Limit, OutOfTimeError
from tests.detectors.test_limit import for_ever
for seconds in (0.02, 10.0):
    try:
        with Limit(seconds) as one:
            one.run(for_ever if seconds < 1 else lambda: None)
    except OutOfTimeError:
        print("ended")
sys.setprofile(lambda *_: None)
sorted([2, 1], key=lambda one: one)
sys.setprofile(None)
print("profiled")
"""


def test_the_interpreter_is_left_as_it_was():
    """In a process of its own: a word that is called off would stay there, and a profiler after it never end."""
    done = subprocess.run(
        [sys.executable, "-c", _PROFILED], capture_output=True, text=True, timeout=60, check=True, cwd=ROOT
    )
    assert ["ended", "profiled"] == done.stdout.split()


@cache
def rules() -> Detectors:
    return detectors.load()


def test_a_rule_that_never_ends_is_unseen():
    """What it saw before stays, those after it are unseen too, and those before it have looked."""

    def slow(text: Text) -> Iterator[Finding]:
        yield RULE.at(text, 0, 2)
        for_ever()

    def quick(text: Text) -> Iterator[Finding]:
        yield OTHER.at(text, 3, 4)

    three = (
        Detector((replace(RULE, id="damage.first"),), quick),
        Detector((RULE,), slow),
        Detector((OTHER,), quick),
    )
    these = replace(rules(), detectors=three, lexicons=())
    start = time.thread_time()
    look = these.look(Text.of(LONG))
    assert time.thread_time() - start < 1.7

    assert ["damage.slow", "damage.quick"] == [one.rule.id for one in look.unseen]
    assert {"页面过大，未能在限定时间内检查"} == {one.reason for one in look.unseen}
    assert [(0, "今天"), (3, "会")] == [(one.span.start, one.quote) for one in look.findings]


def test_the_time_for_reading_counts():
    """Where reading took all of it, no rule has looked, and each says so."""
    look = rules().look(Text.of(LONG), spent=60.0)
    assert (
        rules().rules.keys() >= {one.rule.id for one in look.unseen} > {"pii.mobile-phone", "damage.mojibake"}
    )
    assert () == look.findings


def test_a_short_page_has_no_limit(monkeypatch):
    """It needs none, and no second thread."""
    monkeypatch.setattr(detectors, "Limit", None)
    assert () == rules().look(Text.of("今天开会。")).unseen
