"""The six regulations' own pages, screened by themselves: every line read, defects found, public data left alone.

The pages are public and not part of the project: without them beside the repository this
module is left out, and ``tests/pages/damage`` holds own pages with each kind of damage.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from app.checklist import load_all
from app.page import Page
from app.screening import screen
from app.verdict import Verdict
from tests.detectors.test_examples import all_rules

SEEDS = Path(__file__).resolve().parent.parent.parent / "shared" / "seeds"

GOLDEN = {
    "000_0cc7dfb04aad8a2f": (
        ("yijun-management-2022", "yijun-release-2022"),
        "宜君县人民政府办公室",
        [("damage.half-width-punctuation", ":"), ("source.missing-author", "作者:")],
    ),
    "001_5bad893da66a76be": (
        ("fuzhou-2018",),
        "福州市人民政府办公厅",
        [
            ("damage.mixed-scripts", "于"),  # D16
            ("damage.half-width-punctuation", ","),
            ("damage.html-residue", "?!?/span>"),  # D14
            ("document.unpaired-quotation", "”"),  # D14: its “ was swallowed
            ("damage.mojibake", "鲃酉蚋黝悅鹘"),  # D15
        ],
    ),
    "002_5b354b4ca173ca7e": (
        ("luan-statistics-2022",),
        "六安市统计局",
        [
            ("damage.half-width-punctuation", ":"),
            ("number.date-with-lost-characters", "2022120"),  # D5
            ("document.broken-article-order", "第一章"),  # its name is lost
            ("document.broken-document-number", "〔2018123号"),  # D3
            ("document.broken-document-number", "〔2016136号"),
            ("document.ascii-book-title", "<六安市政府网站集约化平台管理暂行办法>"),  # D7
            (
                "damage.repeated-character",
                "六安市六安市",
            ),  # seen by the letters, and below by the unit's own name
            ("document.unit-name-wrong", "六安市六安市统计局"),  # D7: doubled
            ("document.broken-document-number", "〔2021148号"),  # D4
            ("document.unpaired-quotation", "”"),  # D8
            ("document.unpaired-brackets", "("),
            ("document.unpaired-quotation", "”"),
            ("spelling.wrong-official-phrase", "严把政治观、法律观"),  # D1
            ("damage.doubled-synonym", "违反违背"),  # D2
            ("document.broken-article-order", "第八"),  # D9
            ("number.impossible-date", "120日"),  # D6
            ("document.broken-article-order", "第九"),
        ],
    ),
    "003_069c53732334af33": (
        ("xiangxi-2018",),
        "湘西自治州人民政府办公室",
        [
            ("damage.half-width-punctuation", ":"),
            ("source.missing-author", "作者:"),  # D13
            ("source.missing-source", "来源:"),  # D13
            ("document.unpaired-brackets", "【"),
            ("number.date-with-lost-characters", "201811月14日"),  # D12
            ("document.broken-article-order", "第一章"),
            ("document.broken-document-number", "〔201457"),  # D11
            ("document.ascii-book-title", "<湖南省政府网站管理办法>"),
            ("document.broken-document-number", "〔201299号"),
            ("document.broken-document-number", "〔201525号"),
        ],
    ),
    "004_4c2b35ea3a268b6f": (
        ("yunzhou-2023",),
        "大同市云州区人民政府",
        [
            ("damage.pinyin-notes", "(qū)"),  # D20 is the one note without its character
            ("damage.half-width-punctuation", ","),
            ("damage.mixed-scripts", "范"),
            ("document.inconsistent-self-reference", "本制度"),  # D18
            ("damage.list-punctuation", ","),  # D19
            ("document.unpaired-brackets", ")"),  # D20: 擬 is destroyed, its bracket is left
            ("damage.stray-question-mark", "?"),  # D17
        ],
    ),
}


@cache
def verdict(name: str) -> Verdict:
    """A regulation's own page under its own checklists."""
    ids, unit, _ = GOLDEN[name]
    path = SEEDS / f"{name}.txt"
    if not path.exists():
        pytest.skip(f"left out: the regulations' pages are not beside the repository ({name})")
    checklists = load_all()
    page = Page(path.read_text(encoding="utf-8"), unit=unit, unit_kind="department")
    return screen(page, [checklists[one] for one in ids], all_rules())


@pytest.mark.parametrize("name", GOLDEN)
def test_exactly_these_defects_are_found(name: str) -> None:
    """In text order, each read by a person: nothing missing, nothing more."""
    assert GOLDEN[name][2] == [(one.rule.id, one.quote) for one in verdict(name).findings]


@pytest.mark.parametrize("name", GOLDEN)
def test_nothing_stops_a_regulation(name: str) -> None:
    """No secret, no private data: hotlines, editors' and officials' names, office addresses are public."""
    found = verdict(name)

    assert () == found.unseen
    assert "review" == found.outcome
    assert [] == [
        one.quote
        for one in found.findings
        if one.rule.family in {"secrecy", "pii", "disclosure", "sensitive"}
    ]


def test_what_is_lost_is_proposed() -> None:
    """Document numbers and dates whose characters were lost come back as they must have been."""
    proposed = {one.quote: one.suggestion for one in verdict("002_5b354b4ca173ca7e").findings}

    assert "〔2018〕123号" == proposed["〔2018123号"]
    assert "严把政治关、法律关" == proposed["严把政治观、法律观"]
