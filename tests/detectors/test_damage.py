"""Damage: one note a page whatever the page looks like."""

from __future__ import annotations

import time

import pytest

from detectors.markup import read
from detectors.rules.damage import (
    half_width_punctuation,
    html_residue,
    invisible_characters,
    list_punctuation,
    mixed_scripts,
    mojibake,
    pinyin_notes,
    repeated_character,
    repeated_punctuation,
    stray_question_mark,
)
from detectors.text import Text

ALL = (
    half_width_punctuation,
    html_residue,
    invisible_characters,
    list_punctuation,
    mixed_scripts,
    mojibake,
    pinyin_notes,
    repeated_character,
    repeated_punctuation,
    stray_question_mark,
)


def test_two_hundred_commas_are_one_note():
    """A count and ten places, never one finding per comma."""
    (finding,) = half_width_punctuation.find(Text.of("各单位要加强管理,落实责任。" * 216))

    assert finding.note.startswith("共216处。")
    assert 10 == len({finding.span, *finding.places})


def test_readings_are_counted():
    """Every 字(pīn) of the page, and the ones that lost their character."""
    (finding,) = pinyin_notes.find(
        Text.of("第一條 為準(zhǔn)確發(fā)布，各鄉(xiāng)人民政府?dāng)M公開的信息……")
    )

    assert finding.note.startswith("共4處。".replace("處", "处"))


@pytest.mark.parametrize(
    "seen", ["<style>.a{font-size:1px;color:red}</style>", "<!-- undefined -->", "<script>null</script>"]
)
def test_what_nobody_sees_is_no_residue(seen):
    """Styles, comments and scripts stay where they belong."""
    text = read(f"<p>各位市民：本周六停水。</p>{seen}", "html")

    assert [] == list(html_residue.find(text))


def test_markdown_and_text_show_their_tags():
    """A tag in a text is text."""
    (finding,) = html_residue.find(read("各位市民：<br/>本周六停水。", "text"))

    assert "<br/>" == finding.quote


def test_a_word_doubled_over_a_tag_is_found():
    """The reader sees the words side by side."""
    (finding,) = repeated_character.find(read("<p>要<b>进一步</b>进一步压实责任。</p>", "html"))

    assert "进一步进一步" == finding.quote


HOSTILE = [
    "的",
    "的的，",
    "我们",
    "进一步",
    "锟",
    "魑",
    "<",
    "&",
    "{",
    "/span>",
    "，",
    "?",
    "\u200b一",
    "學",
    "、一性,",
    ",一",
    "(ā)",
    "nul",
    "县",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_pages_are_read_in_linear_time(piece):
    """A page of one repeated piece costs no more than a few seconds in all."""
    text = Text.of((piece * 300_000)[:300_000])
    text.plain  # noqa: B018 folding is not what is timed
    started = time.perf_counter()
    found = [list(module.find(text)) for module in ALL]
    assert time.perf_counter() - started < 6
    assert all(len(notes) <= 1 for notes in found)
