"""Each rule, page by page made to hurt just it: ten times the page takes some ten times as long, never a hundred times.

The pages are the rule's own examples, their hits, the beginnings of hits and the letters it needs, each again and again.
A rule that grows with the square of a page could not be ended in time: a single search cannot be broken off.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from itertools import islice

import pytest

from detectors import load
from detectors.markup import read
from detectors.rule import Detector, Example
from detectors.text import NOTHING_SAID, About, Text, join

LONG = os.environ.get("XIANSHEN_RELIABILITY") == "long"
STEP = 1 if LONG else 40  # of the pages, the short form takes one in so many
SMALL, LARGE = 20_000, 200_000  # code points
QUICK = 0.004  # seconds: less is mostly overhead and noise
MOST = 45  # times as long; the square of ten is a hundred, and large pages leave the processor's cache

Hurting = tuple[str, str, About]  # piece, format, what is said beside it


def pages(one: Detector) -> Iterator[Hurting]:
    """Pieces of a page to be repeated."""
    for rule in one.rules:
        for line in rule.examples:
            example = line if isinstance(line, Example) else Example(line)
            letters, said = example.letters, (example.format, example.about)
            yield letters, *said
            for mark in example.marks:
                hit = letters[mark.start : mark.end]
                for length in sorted({1, 2, len(hit) // 2, len(hit) - 1, len(hit)} - {0, -1}):
                    yield hit[:length], *said
                yield letters[: mark.start + 1], *said
                yield letters[max(0, mark.end - 1) :], *said
    for need in one.needs:
        yield need, "text", NOTHING_SAID
    if one.needs:
        yield "".join(one.needs[:60]), "text", NOTHING_SAID


def text_of(page: Hurting, size: int) -> Text:
    piece, format_, about = page
    text = join((Text.of(about.title), read((piece * (size // len(piece) + 1))[:size], format_)), about)
    text.plain  # noqa: B018 folding is not what is timed
    return text


def seconds(one: Detector, page: Hurting, size: int, tries: int = 1) -> float:
    best = 60.0
    for _ in range(tries):
        text = text_of(page, size)
        start = time.thread_time()
        list(islice(one.find(text), 500 * len(one.rules) + 1))
        best = min(best, time.thread_time() - start)
    return best


RULES = load().detectors


@pytest.mark.parametrize("one", RULES, ids=[one.rules[0].id for one in RULES])
def test_time_grows_with_the_page(one):
    """Not with its square."""
    for page in islice(dict.fromkeys(pages(one)), 0, None, STEP):
        if page[1] != "text" and page[0].count("<") * SMALL > len(page[0]) * 2_000:
            continue  # the service refuses a page as dense in tags as this
        small = seconds(one, page, SMALL)
        if small < QUICK:
            continue
        large = seconds(one, page, LARGE)
        if large > MOST * small:  # a machine with other work to do: once more
            small, large = seconds(one, page, SMALL, 3), seconds(one, page, LARGE, 2)
        assert large < MOST * max(small, QUICK), f"{page[0][:30]!r}: {small:.3f} s, {large:.3f} s"
