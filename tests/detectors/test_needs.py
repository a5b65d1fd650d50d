"""What a pattern needs, read from the pattern; and that no rule is kept from looking where it would find."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import regex

import detectors
from app.page import Page
from benchmarks.corpora import Absent, clean
from detectors.needs import needs
from detectors.text import Text

LOADED = detectors.load()
NEEDY = [one for one in LOADED.detectors if one.needs]
PAGES = Path(__file__).parent.parent / "pages"


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"新增\d+例", {"新增"}),
        (r"(?:火灾|爆炸)事故", {"火灾事故", "爆炸事故"}),
        (r"被[“\"]?双开", {"被双开", "被“双开", '被"双开'}),
        (r"集体[^,。]{0,4}?罢工|停运", {"罢工", "停运"}),
        (r"票(?<=发票|真票)", {"发票", "真票"}),
        (r"约(?!定)\d+人左右", {"人左右"}),
        (r"(?:甲)?丙丁戊己+", {"丙丁戊"}),
        (r"(?:抵押){2,3}", {"抵押"}),
    ],
)
def test_the_rarest_certain_words_are_taken(pattern: str, words: set[str]) -> None:
    """Of all places of a pattern the one whose words are the rarest; both engines' patterns are read."""
    assert words == set(needs(re.compile(pattern)))
    assert words == set(needs(regex.compile(pattern)))


def test_letters_of_either_case_are_looked_for_in_small_ones() -> None:
    """The text that is read is in lower case."""
    assert ("lorem ipsum",) == needs(re.compile("Lorem Ipsum", re.IGNORECASE))


@pytest.mark.parametrize("pattern", [r"\d+", r"甲|\d+", r"甲?", r"(?!甲)", r"[^甲]乙{0,3}"])
def test_a_pattern_that_needs_no_letter_is_refused(pattern: str) -> None:
    """Who asks for its letters would otherwise never be asked to look."""
    with pytest.raises(ValueError, match="nothing is certain"):
        needs(re.compile(pattern))


def hidden(text: Text) -> list[tuple[str, str]]:
    """Rules that find something on a page without the letters they say they need, and what they find."""
    return [
        (finding.rule.id, finding.quote)
        for view in text.views
        for one in NEEDY
        if not any(word in view.plain for word in one.needs)
        for finding in one.find(view)
    ]


def test_examples_and_pages_have_what_their_rules_need() -> None:
    """Each rule looks at every example and every page of these tests without its needs: nothing more is found."""
    texts = [line.text for rule in LOADED.rules.values() for line in rule.lines]
    for path in PAGES.glob("*/*.toml"):
        page = tomllib.loads(path.read_text(encoding="utf-8"))
        texts.append(Page(page["body"], page["title"], page.get("format", "text")).text)

    assert [] == [found for text in texts for found in hidden(text)]


def test_public_texts_have_what_rules_need() -> None:
    """The same over public texts."""
    try:
        texts = [row["text"] for name in ("hotline", "readings", "weibo") for row in list(clean(name))[:100]]
    except Absent as reason:
        pytest.skip(str(reason))

    assert [] == [found for text in texts for found in hidden(Page(text).text)]
