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
_CHANNELS = {
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
_BOX = "　　　　签字：　　　　　　　　盖章：　　　　　　　　　年　　月　　日"
TITLE = "信息发布审查表"


class Form(NamedTuple):
    """The form's parts. ``facts``: pairs of heading and text; ``tables``: heading, column heads, rows."""

    title: str
    number: str
    fingerprint: str
    facts: list[tuple[str, str]]
    tables: list[tuple[str, list[str], list[list[str]]]]
    boxes: list[tuple[str, str]]
    foot: str


def layout(record: Mapping[str, Any]) -> Form:
    """A record as ``view`` shows it → the form."""
    post = record["post"]
    names = list(dict.fromkeys(one["form"] for one in record["checklists"] if one["form"]))
    source = " ".join(filter(None, (post["source_name"], post["source_url"]))) or "本单位"
    facts = [
        ("编号", record["number"]),
        ("送审时间", _minute(record["at"])),
        ("发文单位", "，".join(filter(None, (post["unit"], _KINDS.get(post["unit_kind"], ""))))),
        ("拟稿人", record["editor"]["name"] or post["author"]),
        ("栏目渠道", _CHANNELS.get(post["channel"], post["channel"])),
        ("信息类别", post["category"]),
        ("标题", post["title"]),
        ("字数", f"{post['characters']}"),
        ("信息来源", source),
        ("形成日期", post["formed_on"]),
        ("拟发布日期", post["published_on"]),
        (
            "公开情形",
            "一般公开"
            if post["disclosure"] == "ordinary"
            else f"{post['disclosure']}（{post['disclosure_basis']}）",
        ),
        ("公开期限", "；".join(_deadline(one) for one in record["deadlines"])),
        ("机审结论", record["message"]),
        (
            "办理状态",
            record["state_words"] + ("：" + "；".join(record["obstacles"]) if record["obstacles"] else ""),
        ),
        ("文本指纹", _fingerprint(record)),
    ]
    tables = [
        (
            f"{form['title']}（{form['status']}）",
            ["条款", "审核内容", "机审", "人工结论", "理由", "填写人"],
            [_item(item) for item in form["items"]],
        )
        for form in record["checklists"]
    ]
    if record["findings"]:
        tables.append(
            (
                "发现的问题与处理",
                ["序号", "问题", "位置", "内容", "处理"],
                [_finding(one) for one in record["findings"]],
            )
        )
    if record["steps"]:
        rows = [[one["step"], one["name"], _minute(one["at"]), one["note"]] for one in record["steps"]]
        tables.append(("三审三校", ["步骤", "办理人", "时间", "意见"], rows))
    signed = [
        [f"{one['role']}{one['act']}", one["name"], _minute(one["at"]), one["note"]]
        for one in record["signatures"]
    ]
    signed += [
        ["发布", one["name"], _minute(one["at"]), one["note"]] for one in filter(None, [record["published"]])
    ]
    signed += [[one["act"], one["name"], _minute(one["at"]), one["note"]] for one in record["filed"]]
    if signed:
        tables.append(("签署与归档", ["事项", "办理人", "时间", "意见"], signed))
    foot = "本表由“先审”填写，供审核人参考；机审结论不代替人工审核，未经规定的人员签字不得发布。"
    return Form(
        names[0] if names else TITLE,
        record["number"],
        _fingerprint(record),
        facts,
        tables,
        _boxes(record),
        foot,
    )


def _boxes(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Places to sign and seal by hand: every signature the routes name, whoever has signed on the screen."""
    found: dict[tuple[str, str], str] = {}
    for form in record["checklists"]:
        for one in form["signatures"]:
            role = one["role"] or f"〔待本单位指定：{one['asks']}〕"
            found.setdefault((role, one["act"]), f"{form['title']} {one['basis']}")
    return [(f"{role}{_WANTED[act]}", f"（{basis}）{_BOX}") for (role, act), basis in found.items()]


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
    became = (
        "依法豁免" if one["waived"] else {"stop": "须处理", "review": "须复核"}.get(one["answer"], "供参考")
    )
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
    _font(document.styles["Normal"], "仿宋", Pt(11))
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    section.top_margin = section.bottom_margin = Cm(2)
    properties = document.core_properties
    properties.title, properties.author, properties.subject = form.title, "先审", form.number
    head = document.add_paragraph()
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(head, form.title, "宋体", Pt(18), bold=True)
    image = io.BytesIO()
    _qr(record).save(image, kind="png", scale=4, border=1)
    image.seek(0)
    corner = document.add_paragraph()
    corner.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    corner.add_run().add_picture(image, width=Cm(2.2))
    facts = document.add_table(rows=0, cols=2, style="Table Grid")
    for name, value in form.facts:
        _row(facts, [name, value], bold_first=True)
    _widths(facts, (Cm(3), Cm(13.6)))
    for heading, heads, rows in form.tables:
        _run(document.add_paragraph(), heading, "宋体", Pt(12), bold=True)
        table = document.add_table(rows=0, cols=len(heads), style="Table Grid")
        _row(table, heads, bold=True)
        for row in rows:
            _row(table, row)
        _repeat_head(table)
    if form.boxes:
        _run(document.add_paragraph(), "签字盖章", "宋体", Pt(12), bold=True)
        table = document.add_table(rows=0, cols=2, style="Table Grid")
        for name, value in form.boxes:
            _row(table, [name, value], bold_first=True)
            table.rows[-1].height = Cm(1.8)
        _widths(table, (Cm(4.6), Cm(12)))
    _run(document.add_paragraph(), form.foot, "仿宋", Pt(9))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _font(style: Any, name: str, size: Any) -> None:  # noqa: ANN401 python-docx publishes loose types
    from docx.oxml.ns import qn

    style.font.name, style.font.size = name, size
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for kind in ("w:eastAsia", "w:hAnsi", "w:ascii"):
        fonts.set(qn(kind), name)


def _run(paragraph: Any, letters: str, name: str, size: Any, *, bold: bool = False) -> None:  # noqa: ANN401
    run = paragraph.add_run(_writable(letters))
    run.bold = bold
    _font(run, name, size)


def _row(table: Any, texts: Sequence[str], *, bold: bool = False, bold_first: bool = False) -> None:  # noqa: ANN401
    from docx.shared import Pt

    cells = table.add_row().cells
    for at, (cell, letters) in enumerate(zip(cells, texts, strict=True)):
        _run(cell.paragraphs[0], letters, "仿宋", Pt(10.5), bold=bold or (bold_first and at == 0))


def _widths(table: Any, widths: Sequence[Any]) -> None:  # noqa: ANN401
    table.autofit = False
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width


def _repeat_head(table: Any) -> None:  # noqa: ANN401
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(mark)  # noqa: SLF001 python-docx has no other way


def _writable(letters: str) -> str:
    """Without what XML cannot hold."""
    return "".join(
        one
        for one in letters
        if one in "\t\n" or (one >= " " and not "\ud800" <= one <= "\udfff" and one not in "\ufffe\uffff")
    )
