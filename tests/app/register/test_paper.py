"""Paper: the form opens in Word and says who signs where; lists hold text as text and count what happened."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn

from app.documents import lists, review_form
from app.register import acts, lookup, rectify, way
from app.register.lookup import Filters
from app.register.view import view
from app.register.way import Act
from tests.app.register.conftest import AUDITOR, DEPUTY, EDITOR, FIRST, SECOND, SENSITIVE, UNIT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.register.store import Register
    from app.settings import Settings

    Put = Callable[..., str]


@pytest.fixture
def config(tmp_path: Path) -> Settings:
    """SQLite alone: paper does not know where the register lives. One day more is off."""
    from app.settings import Settings

    days = tmp_path / "days.csv"
    days.write_text("2026-10-08,休\n", encoding="utf-8")  # the operator's own days go before the calendar
    return Settings(home=tmp_path, unit_kind="department", workdays=days)


def shown(register: Register, record: str) -> dict[str, Any]:
    """A record as it is shown."""
    found = lookup.find(register, record, AUDITOR)
    return view(found, lookup.due(register, found), AUDITOR)


def written(record: dict[str, Any]) -> Any:
    """Its form, opened again."""
    return docx.Document(io.BytesIO(review_form.docx(record)))


def test_the_form_has_a_box_for_every_signature(register: Register, put: Put) -> None:
    """What the routes of two regulations name, each once with all its articles, and room for name, seal and day."""
    record = shown(register, put(SENSITIVE, ids=("yijun-release-2022", "yunzhou-2023")))
    boxes = [[cell.text for cell in row.cells] for row in written(record).tables[-1].rows]

    assert ["事项", "依据", "签字", "盖章", "日期"] == boxes[0]
    assert {
        "分管领导审批", "主要领导审批", "分管领导审核签字", "本部门办公室或相关科室审核", "部门主要领导审批", "区政府分管领导审批",
        "县政府分管领导必要时审批",
    } == {row[0] for row in boxes[1:]}  # fmt: skip
    (leader,) = [row for row in boxes if row[0] == "主要领导审批"]
    assert leader[1:] == [
        "宜君县政府网站政府信息发布规定第十一条(二)、第十四条；大同市云州区人民政府网站信息审核发布制度第九条(五)",
        "", "", "年　月　日",
    ]  # fmt: skip


def test_the_form_tells_what_was_answered_and_signed(register: Register, put: Put) -> None:
    """Items with their answers and names, the six steps, the fingerprint on every page."""
    id_ = put("全县各项工作有序推进。")
    for form, item in list(lookup.find(register, id_, FIRST).case.unanswered()):
        said = "否" if item["bad"] == "是" else "是"
        register.call(acts.answering(id_, FIRST, form, item["id"], said, "已核对"))
    register.call(acts.signing(id_, FIRST, Act("初审", "同意")))
    register.call(acts.signing(id_, SECOND, Act("复审", "无意见")))
    record = shown(register, id_)
    word = written(record)
    tables = {table.rows[0].cells[0].text: table for table in word.tables}

    assert ["第十三条(一)", "是否涉及秘密（答“是”为有问题）", "须人工回答", "否", "已核对", "李初审"] == [
        cell.text for cell in tables["条款"].rows[1].cells
    ]
    steps = [[cell.text for cell in row.cells] for row in tables["步骤"].rows[1:]]
    assert [("初审", "李初审", "同意"), ("复审", "王复审", "无意见"), ("终审", "", "")] == [
        (row[0], row[1], row[3]) for row in steps[:3]
    ]
    foot = word.sections[0].footer.paragraphs[0]
    assert record["number"] in foot.text
    assert " ".join(record["print"][at : at + 4].upper() for at in range(0, 16, 4)) in foot.text
    fields = [one.get(qn("w:instr")) for one in foot._p.iter(qn("w:fldSimple"))]
    assert ["PAGE", "NUMPAGES"] == fields


def test_the_form_is_set_in_the_fonts_of_offices(register: Register, put: Put) -> None:
    """宋体 and 仿宋 by name for Chinese letters; A4; as wide as the page; no row broken in two; a code to scan."""
    word = written(shown(register, put(title="标题\x0b\ufffe带控制符")))
    fonts = {one.get(qn("w:eastAsia")) for one in word.element.iter(qn("w:rFonts"))}

    assert {"宋体", "仿宋"} == fonts
    assert (21.0, 29.7) == tuple(
        round(one.cm, 1) for one in (word.sections[0].page_width, word.sections[0].page_height)
    )
    for table in word.tables:
        assert 16.6 == round(sum(column.width.cm for column in table.columns), 1)
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
    assert 1 == len(word.inline_shapes)


def test_the_register_as_a_workbook(register: Register, put: Put, tmp_path: Path) -> None:
    """A line each post in words of the office; the figures of a unit are its lines added up."""
    put(title="=1+1", channel="wechat", category="公示公告")
    put("截至2月30日。", title="+86", channel="website")
    path = tmp_path / "register.xlsx"
    rows = lookup.each(register, AUDITOR, Filters())
    lists.register(path, rows, lookup.figures(register, AUDITOR, Filters()), way.STATES)
    book = openpyxl.load_workbook(path)
    cells = [[cell.value for cell in row] for row in book["登记表"].iter_rows()]

    assert [("微信公众号", "=1+1", 0), ("政府网站", "+86", 1)] == [
        (row[4], row[5], row[8]) for row in cells[1:]
    ]
    assert {"s"} == {row[5].data_type for row in book["登记表"].iter_rows()}
    figures = [cell.value for cell in book["各单位统计"][2]]
    assert [UNIT, 2, 1, 1, 0] == figures[:5]


def test_form_and_list_say_the_same_of_a_finding(register: Register, put: Put) -> None:
    """What people have judged and approved is called so on both papers, and open on neither."""
    id_ = put("截至2月30日。")
    before = [row[4] for row in _findings(register, id_)]
    for form, item in list(lookup.find(register, id_, FIRST).case.unanswered()):
        said = "否" if item["bad"] == "是" else "是"
        register.call(acts.answering(id_, FIRST, form, item["id"], said, "引文如此"))
    for person, act in SIX:
        register.call(acts.signing(id_, person, Act(act, "同意")))
    (listed,) = {one[2] for one in lookup.findings(register, AUDITOR, Filters())}

    assert ["须复核"] == before
    assert [listed] == [row[4] for row in _findings(register, id_)] == ["人工认定不属问题"]


SIX = (
    (FIRST, "初审"), (SECOND, "复审"), (DEPUTY, "终审"), (EDITOR, "一校"), (FIRST, "二校"), (SECOND, "三校"), (DEPUTY, "approve"),
)  # fmt: skip


def _findings(register: Register, record: str) -> list[list[str]]:
    tables = review_form.layout(shown(register, record)).tables
    return next(one.rows for one in tables if one.heading == "发现的问题与处理")


def test_the_list_of_what_must_be_mended(register: Register, put: Put, tmp_path: Path) -> None:
    """What a supervisor told and what was found, each with its last working day: National Day lies between."""
    told = {
        "unit": UNIT, "problem": "@栏目未更新", "basis": "季度通报", "told_on": "2026-09-30", "days": 5, "person": "李初审",
    }  # fmt: skip
    register.call(rectify.noticing(FIRST, told))
    put("截至2月30日。")
    path = tmp_path / "mending.xlsx"
    lists.rectification(
        path,
        lookup.findings(register, AUDITOR, Filters()),
        rectify.listed(register, AUDITOR),
        register.days,
    )
    rows = list(openpyxl.load_workbook(path)["整改清单"].iter_rows(values_only=True))

    assert ("上级通报", "@栏目未更新", "2026-09-30", "2026-10-14", "待整改") == (
        rows[1][2], rows[1][3], rows[1][7], rows[1][8], rows[1][9],
    )  # fmt: skip
    assert ("日期不存在", "正文第3字", "待整改") == (rows[2][3], rows[2][4], rows[2][9])
