"""Numbers in tables and on hostile pages: what the examples of the rules cannot show."""

from __future__ import annotations

import time
from functools import cache

import pytest

from detectors import load
from detectors.markup import read
from detectors.rules.number import (
    capitals_differ_from_figure,
    count_differs_from_list,
    date_with_lost_characters,
    double_approximation,
    growth,
    impossible_date,
    impossible_time,
    lunar_date,
    multiple_with_decrease,
    numbering_gap,
    reversed_range,
    same_indicator_two_values,
    share_over_100,
    shares_do_not_add_up,
    sign_against_verb,
    table_total_differs,
    total_differs_from_parts,
    wrong_weekday,
)
from detectors.text import About, Text

ALL = (
    capitals_differ_from_figure,
    count_differs_from_list,
    date_with_lost_characters,
    double_approximation,
    growth,
    impossible_date,
    impossible_time,
    lunar_date,
    multiple_with_decrease,
    numbering_gap,
    reversed_range,
    same_indicator_two_values,
    share_over_100,
    shares_do_not_add_up,
    sign_against_verb,
    table_total_differs,
    total_differs_from_parts,
    wrong_weekday,
)
ROWS = [("东河村", "12", "35"), ("西坪村", "15", "41"), ("南岭村", "8", "20")]


def table(*rows, tag="td"):
    """HTML of a table of these rows."""
    cells = ("".join(f"<{tag}>{cell}</{tag}>" for cell in row) for row in rows)
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>"


def quotes(letters, format_="text"):
    """What the rule about totals finds, as quotes."""
    return [finding.quote for finding in table_total_differs.find(read(letters, format_))]


def test_tab_separated_lines_are_a_table():
    """A table pasted as text is added like one of HTML, and the place is exact."""
    rows = [("村名", "户数", "人数"), *ROWS, ("合计", "35", "98")]
    letters = "补助公示如下：\n" + "\n".join("\t".join(row) for row in rows) + "\n以上。"
    (finding,) = table_total_differs.find(Text.of(letters))

    assert "98" == letters[finding.span.start : finding.span.end]
    assert "各项相加为96，与合计数98相差2。" == finding.note


def test_total_may_stand_first():
    """合计 in the first row is the sum of what follows."""
    rows = [("村名", "户数", "人数"), ("合计", "35", "99"), *ROWS]

    assert ["99"] == quotes(table(*rows), "html")


def test_subtotals_keep_silent():
    """Groups with 小计 are added by nobody but their author."""
    rows = [("村名", "户数", "人数"), *ROWS[:2], ("小计", "27", "76"), *ROWS[2:], ("合计", "35", "98")]

    assert [] == quotes(table(*rows), "html")


@pytest.mark.parametrize("head", ["同比增长（%）", "平均分", "单价（元）", "满意率"])
def test_rates_are_not_added(head):
    """Growth, averages and prices have no sum."""
    rows = [("村名", "户数", head), *ROWS, ("合计", "35", "32")]

    assert [] == quotes(table(*rows), "html")


def test_merged_cells_keep_their_columns():
    """A cell over two rows moves nobody's numbers."""
    letters = (
        "<table><tr><td>片区</td><td>村</td><td>户数</td><td>人数</td></tr>"
        "<tr><td rowspan=2>东片</td><td>东河村</td><td>12</td><td>35</td></tr>"
        "<tr><td>西坪村</td><td>15</td><td>41</td></tr>"
        "<tr><td>南片</td><td>南岭村</td><td>8</td><td>20</td></tr>"
        "<tr><td colspan=2>合计</td><td>35</td><td>95</td></tr></table>"
    )

    assert ["95"] == quotes(letters, "html")


def test_thousands_with_commas_and_full_width():
    """1,200 and １２００ are the same number."""
    rows = [("项目", "金额", "笔数"), ("甲", "1,200", "3"), ("乙", "２３００", "4"), ("合计", "3,500", "8")]

    assert ["8"] == quotes(table(*rows), "html")


def test_weekday_may_belong_to_a_neighbouring_year():
    """A date without a year is only wrong when no year around the publication fits."""
    import datetime

    about = About(published_on=datetime.date(2024, 1, 5))
    found = list(wrong_weekday.find(read("定于12月29日（星期五）召开。", "text", about)))

    assert [] == found


HOSTILE = [
    "二是",
    "一是",
    "共1个，其中甲1个、",
    "1",
    "9,",
    "，",
    "、",
    "年",
    "日",
    "月1",
    "（",
    "第",
    "共1",
    "占1%、",
    "由1%到",
    "一、\n",
    "1\t",
    "大写",
    "农历",
    "约1",
    "壹",
    "至",
    "是",
    ":",
    "万",
]


@cache
def own_rules():
    rules = load()
    return rules.only({one for one in rules.rules if one.startswith("number.")})


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_pages_are_read_in_time(piece):
    """A page of one repeated piece: looked at or, where that would take too long, said to be unseen."""
    text = Text.of((piece * 300_000)[:300_000])
    rules = own_rules()
    started = time.thread_time()
    rules.look(text)
    assert time.thread_time() - started < 1.5
