"""信息发布审查表: one layout, as .docx (Word, WPS) and as a page to print. No regulation prints one; fields follow its articles."""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import segno

_KINDS = {
    "government": "以政府名义", "department": "政府部门", "township": "乡镇、街道", "internal-section": "内设机构", "": "",
}  # fmt: skip
CHANNELS = {
    "website": "政府网站", "wechat": "微信公众号", "weibo": "微博", "douyin": "抖音", "toutiao": "头条号", "app": "移动客户端",
    "other": "其他", "": "",
}  # fmt: skip
_WANTED = {
    "review": "审核",
    "secrecy": "保密审查",
    "sign": "审核签字",
    "approve": "审批",
    "optional": "必要时审批",
}
_DATE = "年　月　日"
TITLE = "信息发布审查表"
WIDTH = 16.6  # cm: A4 between margins of 2.2


class Table(NamedTuple):
    """A heading, column heads, widths of columns in cm (together ``WIDTH``), rows."""

    heading: str
    heads: list[str]
    widths: tuple[float, ...]
    rows: list[list[str]]


class Form(NamedTuple):
    """The form's parts. ``facts``: lines of one or two pairs of heading and text."""

    title: str
    number: str
    fingerprint: str
    facts: list[list[tuple[str, str]]]
    tables: list[Table]
    boxes: Table
    foot: str


def layout(record: Mapping[str, Any]) -> Form:
    """A record as ``view`` shows it → the form."""
    names = list(dict.fromkeys(one["form"] for one in record["checklists"] if one["form"]))
    tables = [
        Table(
            f"{form['title']}（{form['status']}）",
            ["条款", "审核内容", "机审", "结论", "理由", "填写人"],
            (2.9, 6, 2.3, 1.2, 2.5, 1.7),
            [_item(item) for item in form["items"]],
        )
        for form in record["checklists"]
    ]
    if record["findings"]:
        rows = [_finding(one) for one in record["findings"]]
        heads = ["序号", "问题", "位置", "内容", "处理"]
        tables.append(Table("发现的问题与处理", heads, (1.2, 3.4, 2.8, 7, 2.2), rows))
    if record["steps"]:
        rows = [[one["step"], one["name"], _minute(one["at"]), one["note"]] for one in record["steps"]]
        tables.append(Table("三审三校", ["步骤", "办理人", "时间", "意见"], (2.6, 3, 3.8, 7.2), rows))
    signed = [(f"{one['role']}{one['act']}", one) for one in record["signatures"]]
    signed += [("发布", one) for one in filter(None, [record["published"]])]
    signed += [(one["act"], one) for one in record["filed"]]
    if signed:
        rows = [[what, one["name"], _minute(one["at"]), one["note"]] for what, one in signed]
        tables.append(Table("签署与归档", ["事项", "办理人", "时间", "意见"], (4.4, 3, 3.8, 5.4), rows))
    return Form(
        names[0] if names else TITLE,
        record["number"],
        _fingerprint(record),
        _facts(record),
        tables,
        _boxes(record),
        "本表由“先审”填写，供审核人参考；机审结论不代替人工审核，未经规定的人员签字不得发布。",
    )


def _facts(record: Mapping[str, Any]) -> list[list[tuple[str, str]]]:
    post = record["post"]
    source = " ".join(filter(None, (post["source_name"], post["source_url"]))) or "本单位"
    ordinary = post["disclosure"] == "ordinary"
    published = record["published"]
    filed = "、".join(one["note"] for one in record["filed"] if one["act"] == "归档")
    state = record["state_words"] + ("：" + "；".join(record["obstacles"]) if record["obstacles"] else "")
    lines = [
        [("编号", record["number"]), ("送审时间", _minute(record["at"]))],
        [("标题", post["title"])],
        [("发文单位", post["unit"]), ("单位类别", _KINDS.get(post["unit_kind"], ""))],
        [("拟稿人", record["editor"]["name"] or post["author"]), ("字数", f"{post['characters']}")],
        [("栏目渠道", CHANNELS.get(post["channel"], post["channel"])), ("信息类别", post["category"])],
        [("信息来源", source)],
        [("公开情形", "一般公开" if ordinary else f"{post['disclosure']}（{post['disclosure_basis']}）")],
        [("形成日期", post["formed_on"]), ("拟发布日期", post["published_on"])],
        [("公开期限", "；".join(_deadline(one) for one in record["deadlines"]))],
        [("机审结论", record["message"])],
        [("办理状态", state)],
        [("实际发布", _minute(published["at"]) if published else ""), ("归档号", filed)],
        [("文本指纹", _fingerprint(record)), ("稿件编号", record["external_id"])],
    ]
    return [line for line in lines if line[0][0] not in _IF_ANY or line[0][1]]


_IF_ANY = {"公开期限"}  # a line only where there is something to say


def _boxes(record: Mapping[str, Any]) -> Table:
    """Places to sign and seal by hand: every signature the routes name, whoever has signed on the screen."""
    found: dict[tuple[str, str], list[str]] = {}
    for form in record["checklists"]:
        for one in form["signatures"]:
            role = one["role"] or f"〔待本单位指定：{one['asks']}〕"
            basis = found.setdefault((role, one["act"]), [])
            if (words := f"{form['title']}{one['basis']}") not in basis:
                basis.append(words)
    rows = [
        [f"{role}{_WANTED[act]}", "；".join(basis), "", "", _DATE] for (role, act), basis in found.items()
    ]
    return Table("签字盖章", ["事项", "依据", "签字", "盖章", "日期"], (3.4, 4.2, 3.4, 2.8, 2.8), rows)


def _item(item: Mapping[str, Any]) -> list[str]:
    said = item["said"] or {"answer": "", "note": "", "name": ""}
    places = "、".join(str(one + 1) for one in item["findings"])
    bad = {"是": "答“是”为有问题", "否": "答“否”为有问题"}.get(item["bad"], "")
    return [
        item["number"],
        item["asks"] + (f"（{bad}）" if bad else ""),
        item["words"] + (f"（第{places}处）" if places else ""),
        said["answer"],
        said["note"],
        said["name"],
    ]


def _finding(one: Mapping[str, Any]) -> list[str]:
    became = {"stop": "须处理", "review": "须复核"}.get(one["answer"], "供参考")
    if one["waived"]:
        became = "依法豁免"
    elif one["settled"] and one["answer"]:  # in the words of the 整改清单
        became = "人工认定不属问题"
    place = f"{'标题' if one['field'] == 'title' else '正文'}第{one['start'] + 1}字"
    suggestion = f" → {one['suggestion']}" if one["suggestion"] is not None else ""
    return [str(one["number"] + 1), one["title"], place, one["quote"] + suggestion, became]


def _deadline(one: Mapping[str, Any]) -> str:
    kind = "个工作日" if one["unit"] == "working" else "天"
    left = f"还有 {one['left']} {kind}" if one["left"] >= 0 else f"已超过 {-one['left']} {kind}"
    last = f"，特殊情况最迟 {one['last']}" if one["last"] else ""
    return f"{one['due']} 前（{left}{last}；{one['basis']}）"


def _fingerprint(record: Mapping[str, Any]) -> str:
    letters = record["print"][:16].upper()
    return " ".join(letters[at : at + 4] for at in range(0, 16, 4))


def _minute(at: str) -> str:
    return datetime.datetime.fromisoformat(at).astimezone().strftime("%Y-%m-%d %H:%M") if at else ""


def _qr(record: Mapping[str, Any]) -> segno.QRCode:
    """The record's id and the text's fingerprint: what a keeper scans to find the file again."""
    return segno.make(f"xianshen:{record['id']}:{record['print'][:16]}", error="m", micro=False)


def qr_svg(record: Mapping[str, Any]) -> str:
    """As an address for an image of a page."""
    return str(_qr(record).svg_data_uri(scale=3))


# --- Word -------------------------------------------------------------------------------------


def docx(record: Mapping[str, Any]) -> bytes:
    """The form for Word and WPS: A4, headings in 宋体, text in 仿宋."""
    import docx as word
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm, Pt

    form = layout(record)
    document = word.Document()
    normal = document.styles["Normal"]
    _font(normal, _TEXT, Pt(10.5))
    normal.paragraph_format.space_before = normal.paragraph_format.space_after = Pt(0)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm((21 - WIDTH) / 2)
    section.top_margin = section.bottom_margin = Cm(1.8)
    properties = document.core_properties
    properties.title, properties.author, properties.subject = form.title, "先审", form.number

    head = document.add_table(rows=1, cols=3)  # without lines: the title in the middle, the code on the right
    _widths(head, (2.4, WIDTH - 4.8, 2.4))
    middle, corner = head.rows[0].cells[1].paragraphs[0], head.rows[0].cells[2].paragraphs[0]
    _centre(head.rows[0].cells[1])
    middle.alignment, corner.alignment = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
    _run(middle, form.title, _HEAD, Pt(20), bold=True)
    image = io.BytesIO()
    _qr(record).save(image, kind="png", scale=6, border=1)
    image.seek(0)
    corner.add_run().add_picture(image, width=Cm(2.1))

    facts = document.add_table(rows=0, cols=4, style="Table Grid")
    for line in form.facts:
        cells = facts.add_row().cells
        _cell(cells[0], line[0][0], bold=True)
        _cell(cells[1] if len(line) > 1 else cells[1].merge(cells[3]), line[0][1])
        for at, (name, value) in enumerate(line[1:], 1):
            _cell(cells[2 * at], name, bold=True)
            _cell(cells[2 * at + 1], value)
    _widths(facts, (2.4, 5.9, 2.4, 5.9))
    for one in form.tables:
        _table(document, one)
    if form.boxes.rows:
        table = _table(document, form.boxes)
        for row in table.rows[1:]:
            row.height = Cm(1.7)  # room for a hand and a seal
            row.cells[4].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    foot = document.add_paragraph()
    foot.paragraph_format.space_before = Pt(6)
    _run(foot, form.foot, _TEXT, Pt(9))
    _page_numbers(section.footer.paragraphs[0], f"编号 {form.number}　文本指纹 {form.fingerprint}")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


_HEAD, _TEXT = "宋体", "仿宋"


def _table(document: Any, one: Table) -> Any:  # noqa: ANN401 python-docx publishes loose types
    from docx.shared import Pt

    heading = document.add_paragraph()
    heading.paragraph_format.space_before, heading.paragraph_format.space_after = Pt(10), Pt(3)
    heading.paragraph_format.keep_with_next = True
    _run(heading, one.heading, _HEAD, Pt(12), bold=True)
    table = document.add_table(rows=0, cols=len(one.heads), style="Table Grid")
    for letters, bold in ((one.heads, True), *((row, False) for row in one.rows)):
        row = table.add_row()
        for cell, text in zip(row.cells, letters, strict=True):
            _cell(cell, text, bold=bold)
    _widths(table, one.widths)
    _mark(table.rows[0], "w:tblHeader")
    return table


def _cell(cell: Any, letters: str, *, bold: bool = False) -> None:  # noqa: ANN401
    from docx.shared import Pt

    _run(cell.paragraphs[0], letters, _TEXT, Pt(10.5), bold=bold)
    _centre(cell)


def _centre(cell: Any) -> None:  # noqa: ANN401
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT

    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER


def _font(style: Any, name: str, size: Any) -> None:  # noqa: ANN401
    from docx.oxml.ns import qn

    style.font.name, style.font.size = name, size
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for kind in ("w:eastAsia", "w:hAnsi", "w:ascii"):
        fonts.set(qn(kind), name)


def _run(paragraph: Any, letters: str, name: str, size: Any, *, bold: bool = False) -> None:  # noqa: ANN401
    run = paragraph.add_run(_writable(letters))
    run.bold = bold
    _font(run, name, size)


def _widths(table: Any, widths: Sequence[float]) -> None:  # noqa: ANN401
    """Fixed, in cm: Word reads them from the cells, WPS and LibreOffice from the columns. No row breaks across pages."""
    from docx.shared import Cm

    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for row in table.rows:
        row.height = Cm(0.75)  # at least
        _mark(row, "w:cantSplit")
        at = 0
        for cell in row._tr.tc_lst:  # noqa: SLF001 a merged cell once, not once for each of its columns
            cell.width = Cm(sum(widths[at : at + cell.grid_span]))
            at += cell.grid_span


def _mark(row: Any, name: str) -> None:  # noqa: ANN401
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    mark = OxmlElement(name)
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)  # noqa: SLF001 python-docx has no other way


def _page_numbers(paragraph: Any, words: str) -> None:  # noqa: ANN401
    """A foot of number, fingerprint and 第 X 页 共 Y 页."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for letters, name in ((f"{words}　第 ", "PAGE"), (" 页 共 ", "NUMPAGES"), (" 页", "")):
        _run(paragraph, letters, _TEXT, Pt(9))
        if name:
            counted = OxmlElement("w:fldSimple")
            counted.set(qn("w:instr"), name)
            paragraph._p.append(counted)  # noqa: SLF001


def _writable(letters: str) -> str:
    """Without what XML cannot hold."""
    return "".join(
        one
        for one in letters
        if one in "\t\n" or (one >= " " and not "\ud800" <= one <= "\udfff" and one not in "\ufffe\uffff")
    )
