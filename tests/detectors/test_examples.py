"""Every example of every rule, as its documentation says it: found there, only there, and mended."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import opencc
import pytest

from detectors import Detectors, load
from detectors.markup import read
from detectors.text import fold

if TYPE_CHECKING:
    from detectors.rule import Example, Finding, Rule


@cache
def all_rules() -> Detectors:
    """Every shipped rule, loaded once."""
    return load()


CASES = [(rule, line) for rule in all_rules().rules.values() for line in rule.lines]
# Disguises hide the same letters. Rules about the letters' own form look at that form.
FORM = {"damage", "link"}


def case(one: tuple[Rule, Example]) -> str:
    """Name a case by its rule and the head of its line."""
    return f"{one[0].id}: {one[1].letters[:24]}"


def seen(rule: Rule, source: str, example: Example, format_: str | None = None) -> list[Finding]:
    """What the rule finds in a source which is sent as the example is."""
    look = all_rules().look(read(source, format_ or example.format, example.about))
    assert () == look.unseen
    return [finding for finding in look.findings if finding.rule is rule]


@pytest.mark.parametrize("one", CASES, ids=case)
def test_found_there_and_only_there(one: tuple[Rule, Example]) -> None:
    """A mark is found at its exact place with its proposal; nothing else is."""
    rule, example = one
    found = seen(rule, example.letters, example)

    assert [(mark.start, mark.end) for mark in example.marks] == [tuple(finding.span) for finding in found]
    for mark, finding in zip(example.marks, found, strict=True):
        if mark.suggestion is not None:
            assert mark.suggestion == finding.suggestion


@pytest.mark.parametrize(
    "one", [one for one in CASES if any(mark.suggestion for mark in one[1].marks)], ids=case
)
def test_mended_line_is_clean(one: tuple[Rule, Example]) -> None:
    """A line with its proposals put in has nothing left to say."""
    rule, example = one
    mended = example.letters
    for mark in reversed(example.marks):
        mended = mended[: mark.start] + (mark.suggestion or "") + mended[mark.end :]

    assert [] == seen(rule, mended, example)


@pytest.mark.parametrize("rule", all_rules().rules.values(), ids=lambda rule: rule.id)
def test_both_kinds_of_lines(rule: Rule) -> None:
    """Every rule has a line that it flags and a line that it leaves alone, a reason and an article."""
    assert any(line.marks for line in rule.lines)
    assert any(not line.marks for line in rule.lines)
    assert rule.why
    assert rule.basis


def full_width(letters: str) -> str:
    """Digits and Latin letters as full-width ones."""
    return re.sub(r"[0-9A-Za-z]", lambda match: chr(ord(match[0]) + 0xFEE0), letters)


def zero_width(letters: str) -> str:
    """An invisible character after each Chinese one."""
    return re.sub(r"([\u4e00-\u9fff])", "\\1\u200b", letters)


def tagged(letters: str) -> str:
    """Each Chinese character in a tag of its own."""
    escaped = letters.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>")
    return re.sub(r"([\u4e00-\u9fff])", r"<span>\1</span>", escaped)


def traditional(letters: str) -> str:
    """The line in Traditional characters, where folding brings back the very same line."""
    there = opencc.OpenCC("s2t").convert(letters)
    return there if fold(there) == fold(letters) and len(there) == len(letters) else letters


DISGUISES = {
    "full-width": (full_width, "text"),
    "zero-width": (zero_width, "text"),
    "tagged": (tagged, "html"),
    "traditional": (traditional, "text"),
}
DISGUISED = [one for one in CASES if one[0].family not in FORM and one[1].format == "text"]


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("one", DISGUISED, ids=case)
def test_disguised_line_is_still_seen(one: tuple[Rule, Example], disguise: str) -> None:
    """The same line in disguise gives as many findings, over the same letters."""
    rule, example = one
    if disguise == "traditional" and rule.family == "spelling":
        pytest.skip("what was Traditional proves no wrong character")
    dress, format_ = DISGUISES[disguise]
    found = seen(rule, dress(example.letters), example, format_)

    expected = [fold(example.letters[mark.start : mark.end]) for mark in example.marks]
    assert expected == [fold(finding.quote) for finding in found]
