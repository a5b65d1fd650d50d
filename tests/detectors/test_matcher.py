"""Both engines find every occurrence of every word."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.matcher import ENGINES, matcher

WORDS = st.lists(st.text(alphabet="abc机密件", min_size=1, max_size=4), unique=True, max_size=8)
HAY = st.text(alphabet="abc机密件😀\ud800", max_size=40)


def naive(words: list[str], plain: str) -> list[tuple[int, int, int]]:
    """The definition."""
    return sorted(
        (at, at + len(word), number)
        for number, word in enumerate(words)
        for at in range(len(plain))
        if plain.startswith(word, at)
    )


@pytest.mark.parametrize("engine", ENGINES)
@given(words=WORDS, plain=HAY)
@settings(max_examples=300, deadline=None)
def test_all_occurrences(engine: str, words: list[str], plain: str) -> None:
    """Overlapping words included, lone surrogates survived."""
    assert naive(words, plain) == sorted(matcher(words, engine).find(plain))


def test_an_unknown_engine_is_refused() -> None:
    """A misspelt setting stops the start."""
    with pytest.raises(ValueError, match="MATCHER"):
        matcher(["a"], "hyperscan")
