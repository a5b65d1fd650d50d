"""Where each character came from, whatever stands between."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.markup import read
from detectors.text import Run, Span, Text, fold, is_traditional, join

LETTERS = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from("机密★年月日，。：０１２ＡＢ後機於\u200b\u00ad\ufeff㈠㎡①²…（）\t\n&<>/\"'= "),
    ),
    max_size=60,
)


@given(LETTERS)
@settings(max_examples=300, deadline=None)
def test_every_plain_character_points_at_its_own_source(letters: str) -> None:
    """Folding the source range of one plain character gives back that very character."""
    text = Text.of(letters)
    for at, letter in enumerate(text.plain):
        span = text.span(*text.written(at, at + 1))

        assert letter in fold(letters[span.start : span.end])


@given(LETTERS)
@settings(max_examples=200, deadline=None)
def test_folding_is_character_by_character(letters: str) -> None:
    """A text folds to the same as its characters one by one, reading notes aside."""
    if "(" in letters or "（" in letters:
        return

    assert "".join(map(fold, letters)) == fold(letters)


@given(LETTERS)
@settings(max_examples=200, deadline=None)
def test_folding_twice_changes_nothing(letters: str) -> None:
    """A folded text is its own folding."""
    once = fold(letters)

    assert fold(once) in {once, fold(fold(once))}


@pytest.mark.parametrize(
    ("plain", "written"),
    [
        ("机密★30年", "機密★３０年"),
        ("机密", "機(jī)密"),
        ("准确", "準(zhǔn)確(què)"),
        ("机密", "机\u200b\u00ad密\ufe0f"),
        ("①2月", "①２月"),
        ("10³", "10³"),
        ("乾隆著名后于", "乾隆著名後於"),
        ("m2", "㎡"),
        ("(一)", "㈠"),
        ("x…", "Ｘ…"),
        ("a b", "Ａ\u00a0Ｂ"),
        ("网站(app)", "网站（APP）"),
    ],
)
def test_many_spellings_fold_to_one(plain: str, written: str) -> None:
    """Width, case, script, invisible characters and reading notes make no difference; list numbers and powers stay."""
    assert plain == fold(written)


def test_expansions_are_bounded() -> None:
    """One character never becomes more than eight, whatever NFKC says (U+FDFA has 18)."""
    assert 18 == len(unicodedata.normalize("NFKC", "\ufdfa"))
    assert 8 == len(fold("\ufdfa"))


def test_traditional_is_told_by_letters() -> None:
    """Only characters that have a Simplified form of today count as Traditional."""
    assert is_traditional("佈署")
    assert not is_traditional("部署，乾隆")


def test_empty_range_has_no_span() -> None:
    """A position is never made from nothing."""
    with pytest.raises(ValueError, match="empty"):
        Text.of("机密").span(1, 1)


def test_joined_fields_keep_their_places() -> None:
    """Title and body are one text; a span is in the joined source."""
    text = join((Text.of("标题"), read("<p>机&#23494;</p>", "html")))
    start = text.plain.index("机密")

    assert "标题\n机密" == text.plain.strip()
    assert 2 == text.title_end
    assert Span(6, 15) == text.span(*text.written(start, start + 2))
    assert "机&#23494;" == text.source[6:15]


def test_lone_surrogates_and_nul_do_no_harm() -> None:
    """Broken characters are carried along; controls disappear."""
    text = Text.of("机\x00\ud800密")

    assert "机\ud800密" == text.plain
    assert Span(3, 4) == text.span(*text.written(2, 3))


def test_runs_of_entities_are_whole() -> None:
    """Every character of an entity came from the whole entity."""
    text = Text("&nbsp;密", "\u00a0密", (Run(1, 0, 6), Run(1, 6, 7)))

    assert Span(0, 6) == text.span(0, 1)
    assert Span(6, 7) == text.span(1, 2)
