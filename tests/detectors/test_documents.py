"""Citations, brackets and articles: the table of laws, and pages that only a machine writes."""

from __future__ import annotations

import datetime
import time

import pytest

from detectors.known import NOTHING_KNOWN, Known
from detectors.rules.document import (
    _laws,
    ascii_book_title,
    broken_article_order,
    broken_document_number,
    cited_law,
    inconsistent_self_reference,
    interpretation,
    unit_name_wrong,
    unpaired_brackets,
    unpaired_quotation,
)
from detectors.tables import TableError
from detectors.text import About, Text

HEAD = "title,aliases,repealed_on,replaced_by,articles,as_of\n"
ALL = (
    ascii_book_title.find,
    broken_article_order.find,
    broken_document_number.find,
    cited_law.prepare(NOTHING_KNOWN),
    inconsistent_self_reference.find,
    interpretation.find,
    unit_name_wrong.find,
    unpaired_brackets.find,
    unpaired_quotation.find,
)


def test_shipped_table_is_sound():
    """Every law that replaces another is no repealed one itself, but for names that laws passed on."""
    laws = _laws.load()
    gone = [law for law in laws.named.values() if law.repealed_on]

    assert len(gone) > 30
    assert [] == [law.title for law in gone if law.articles]
    assert [] == [law.title for law in laws.named.values() if law.articles and not law.as_of]


def test_the_office_adds_its_own_laws(tmp_path):
    """A local regulation repealed last year is told like a shipped one."""
    (tmp_path / "laws.csv").write_text(
        HEAD + "青石县烟花爆竹管理办法,,2023-01-01,青石县禁放规定,,\n", encoding="utf-8"
    )
    find = cited_law.prepare(Known(tables=(tmp_path,)))
    about = About(published_on=datetime.date(2024, 5, 6))
    (finding,) = find(Text.of("依据《青石县烟花爆竹管理办法》，现通告如下。", about))

    assert "document.repealed-law" == finding.rule.id
    assert "《青石县烟花爆竹管理办法》自2023年1月1日起废止，现行依据见《青石县禁放规定》。" == finding.note


def test_the_office_mends_a_shipped_row(tmp_path):
    """A law that got more articles since: its own row wins."""
    (tmp_path / "laws.csv").write_text(HEAD + "统计法,,,,60,2026-01-01\n", encoding="utf-8")
    find = cited_law.prepare(Known(tables=(tmp_path,)))

    assert [] == list(find(Text.of("依据《统计法》第五十八条处理。")))
    assert 1 == len(list(find(Text.of("依据《统计法》第六十一条处理。"))))


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("甲法,,2023-02-30,,,\n", "laws.csv:2: repealed_on"),
        ("甲法,,,,很多,\n", "laws.csv:2: articles"),
        ("甲法,,,,,\n甲法,,,,,\n", "laws.csv:3: "),
        ("甲法,乙法,,,,\n乙法,,,,,\n", "laws.csv:3: "),
    ],
)
def test_broken_rows_stop_the_load(tmp_path, row, reason):
    """File, line and reason."""
    (tmp_path / "laws.csv").write_text(HEAD + row, encoding="utf-8")
    with pytest.raises(TableError) as error:
        cited_law.prepare(Known(tables=(tmp_path,)))

    assert str(error.value).startswith(reason)


def test_unknown_columns_stop_the_load(tmp_path):
    """A column that nobody reads is a mistake of whoever wrote it."""
    (tmp_path / "laws.csv").write_text("title,in_force\n甲法,\n", encoding="utf-8")
    with pytest.raises(TableError, match="in_force"):
        cited_law.prepare(Known(tables=(tmp_path,)))


def test_an_old_page_may_cite_old_laws():
    """Without a date of publication the years on the page speak."""
    find = cited_law.prepare(NOTHING_KNOWN)

    assert [] == list(find(Text.of("2015年3月通过。\n依照《合同法》处理。")))
    assert 1 == len(list(find(Text.of("2023年3月通过。\n依照《合同法》处理。"))))


HOSTILE = [
    "（",
    "）",
    "《",
    "“",
    "”",
    "〔2018",
    "《a",
    "《合同法》",
    "第一条\n",
    "第二章\n",
    "\n",
    "本办法",
    "<",
    "一",
    "《中华人民共和国",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_pages_are_read_in_linear_time(piece):
    """A page of one repeated piece costs no more than a few seconds in all."""
    text = Text.of(
        (piece * 300_000)[:300_000], About(unit="六安市统计局", category="政策文件", complete=True)
    )
    text.plain  # noqa: B018 folding is not what is timed
    started = time.perf_counter()
    for find in ALL:
        for number, _ in enumerate(find(text)):
            if number > 500:
                break
    assert time.perf_counter() - started < 6
