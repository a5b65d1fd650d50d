"""Files of every kind become text; what cannot be read says why, and costs one request."""

from __future__ import annotations

import asyncio
import datetime
import io
import os
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from docx import Document as Word
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.comments import Comment
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import NameObject, StreamObject
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from app.documents import papers
from app.documents.intake import BusyError, Intake
from app.documents.paper import Paper, PaperError
from detectors.markup import read as read_markup
from detectors.text import Text

LONG = "为进一步做好城乡居民基本医疗保险参保缴费工作，现将有关事项公告如下，请广大群众相互转告按时缴费"


# --- making files -----------------------------------------------------------------------------


def xml(markup: str) -> Any:
    """An element of a Word file; the first tag gets the namespaces."""
    spaces = (
        f'{nsdecls("w", "r", "wp", "a")} xmlns:v="urn:schemas-microsoft-com:vml"'
        ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
        ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    )
    at = min(place for place in (markup.find(" "), markup.find(">"), markup.find("/")) if place > 0)
    return parse_xml(f"{markup[:at]} {spaces}{markup[at:]}")


def saved(thing: Any) -> bytes:
    """The bytes of what python-docx, openpyxl or pypdf made."""
    stream = io.BytesIO()
    (thing.write if isinstance(thing, PdfWriter) else thing.save)(stream)
    return stream.getvalue()


def word(*runs: str) -> bytes:
    """A Word file with one paragraph of these pieces of XML."""
    made = Word()
    paragraph = made.add_paragraph("正文")
    for run in runs:
        paragraph._p.append(xml(run))
    return saved(made)


def with_part(raw: bytes, name: str, letters: bytes) -> bytes:
    """The same Office file with one part put in or exchanged."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.infolist():
            if one.filename != name:
                new.writestr(one, old.read(one))
        new.writestr(name, letters)
    return stream.getvalue()


def part(raw: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return archive.read(name)


def pdf(draw: Callable[[Canvas], None]) -> bytes:
    """A PDF that ``draw`` draws, in a Chinese font that every reader has."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=A4)
    canvas.setFont("STSong-Light", 11)
    draw(canvas)
    canvas.save()
    return stream.getvalue()


def picture() -> io.BytesIO:
    stream = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(stream, "PNG")
    stream.seek(0)
    return stream


def encrypted(raw: bytes) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(raw))
    writer.encrypt("123456", algorithm="RC4-128")
    return saved(writer)


def page(paper: Paper) -> Text:
    """The paper as the rules read it."""
    return read_markup(paper.body, paper.format)


def hidden(paper: Paper) -> str:
    return "\n".join(view.as_written for view in page(paper).beside)


def cells(paper: Paper) -> list[tuple[int, int, str]]:
    text = page(paper)
    return [(cell.row, cell.column, text.as_written[cell.start : cell.end]) for cell in text.cells]


# --- Word ---------------------------------------------------------------------------------------


def test_a_word_table_stays_a_table() -> None:
    """Its cells keep their rows and columns; a merged cell counts as wide as it is."""
    made = Word()
    table = made.add_table(2, 3)
    for at, letters in enumerate(("姓名", "身份证号", "电话", "张三", "", "13800138000")):
        table.rows[at // 3].cells[at % 3].text = letters
    table.rows[1].cells[0].merge(table.rows[1].cells[1])
    found = cells(papers.read(saved(made), ".docx"))

    assert [(0, 0, "姓名"), (0, 1, "身份证号"), (0, 2, "电话")] == found[:3]
    assert (1, 2, "13800138000") == found[-1]


def test_tracked_changes_comments_and_hidden_text_are_read() -> None:
    """Inserted text is text; deleted, hidden and commented text is a hidden part of the page, and is noted."""
    made = Word()
    paragraph = made.add_paragraph("联系电话")
    for run in (
        '<w:ins w:id="1" w:author="甲"><w:r><w:t>88880000</w:t></w:r></w:ins>',
        '<w:del w:id="2" w:author="甲"><w:r><w:delText>内部资料</w:delText></w:r></w:del>',
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>看不见的字</w:t></w:r>",
        '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>看得见的字</w:t></w:r>',
    ):
        paragraph._p.append(xml(run))
    made.add_comment(paragraph.runs[0], text="此处涉密吗", author="乙", initials="乙")
    paper = papers.read(saved(made), ".docx")

    assert "联系电话88880000看得见的字" == page(paper).as_written.strip()
    assert ["内部资料", "看不见的字", "批注 乙：此处涉密吗"] == [
        one for one in hidden(paper).split("\n") if one
    ]
    assert ["修订", "批注", "隐藏文字"] == [
        word for word in ("修订", "批注", "隐藏文字") if any(word in one for one in paper.noted)
    ]


def test_a_deletion_inside_a_word_does_not_cut_it() -> None:
    """What a reader reads in one piece is one piece."""
    raw = word(
        "<w:r><w:t>公民身</w:t></w:r>",
        '<w:del w:id="2" w:author="甲"><w:r><w:delText>体</w:delText></w:r></w:del>',
        "<w:r><w:t>份证</w:t></w:r>",
    )

    assert "公民身份证" in page(papers.read(raw, ".docx")).as_written


WATERMARK = '<w:r><w:pict><v:shape><v:textpath string="机密"/></v:shape></w:pict></w:r>'
BOX = (
    '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor><wp:docPr id="9" name="x" descr="一张照片"/>'
    "<a:graphic><a:graphicData><wps:wsp><wps:txbx><w:txbxContent><w:p><w:r><w:t>框里的字</w:t></w:r></w:p></w:txbxContent>"
    "</wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape>"
    "<v:textbox><w:txbxContent><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></mc:Fallback>"
    "</mc:AlternateContent></w:r>"
)
PICTURE = '<w:r><w:drawing><wp:inline><wp:docPr id="9" name="x" descr="一张图" title="图的题目"/></wp:inline></w:drawing></w:r>'
TIP = '<w:hyperlink w:anchor="a" w:tooltip="浮出的字"><w:r><w:t>此处</w:t></w:r></w:hyperlink>'
SIGN = '<w:sym w:font="Symbol" w:char="F0{:x}"/>'
PLACES = [
    ("机密", "page", WATERMARK),
    ("框里的字", "page", BOX.format("框里的字")),
    ("一张照片", "page", BOX.format("框里的字")),
    ("另一种字", "hidden", BOX.format("另一种字")),
    ("2026", "page", f"<w:r>{''.join(map(SIGN.format, map(ord, '2026')))}</w:r>"),
    ("移来的", "page", '<w:moveTo w:id="1" w:author="甲"><w:r><w:t>移来的</w:t></w:r></w:moveTo>'),
    ("移走的", "hidden", '<w:moveFrom w:id="1" w:author="甲"><w:r><w:t>移走的</w:t></w:r></w:moveFrom>'),
    ("控件里", "page", "<w:sdt><w:sdtContent><w:r><w:t>控件里</w:t></w:r></w:sdtContent></w:sdt>"),
    ("字段值", "page", '<w:fldSimple w:instr=" REF x "><w:r><w:t>字段值</w:t></w:r></w:fldSimple>'),
    ("一张图", "page", PICTURE),
    ("图的题目", "page", PICTURE),
    ("浮出的字", "page", TIP),
    ("引用码", "hidden", '<w:fldSimple w:instr=" QUOTE 引用码 "><w:r><w:t>值</w:t></w:r></w:fldSimple>'),
]


@pytest.mark.parametrize(("letters", "where", "run"), PLACES, ids=[one[0] for one in PLACES])
def test_words_in_odd_places_of_a_word_file(letters: str, where: str, run: str) -> None:
    """Watermarks, text boxes (once), alternative texts, controls, moved text, symbols, field codes."""
    paper = papers.read(word(run), ".docx")
    seen = page(paper).as_written if where == "page" else hidden(paper)

    assert 1 == seen.count(letters)


def test_two_versions_of_a_paragraph() -> None:
    """Word shows the second where it does not know what the first requires: neither is left out."""
    made = Word()
    made.element.body.insert(
        0,
        xml(
            '<mc:AlternateContent><mc:Choice Requires="x1"><w:p><w:r><w:t>新的字</w:t></w:r></w:p></mc:Choice>'
            "<mc:Fallback><w:p><w:r><w:t>旧的字</w:t></w:r></w:p></mc:Fallback></mc:AlternateContent>"
        ),
    )
    paper = papers.read(saved(made), ".docx")

    assert ("新的字", "旧的字") == (page(paper).as_written.strip(), hidden(paper).strip())


def test_headers_notes_and_links_of_a_word_file() -> None:
    """Headers and footers once however many sections; footnotes; both kinds of links."""
    made = Word()
    made.add_section()
    made.sections[0].header.paragraphs[0].text = "页眉的字"
    made.sections[0].footer.paragraphs[0].text = "页脚的字"
    paragraph = made.add_paragraph("见")
    for run in (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>',
        '<w:r><w:instrText> HYPERLINK "http://a.example/?b=1&amp;c=2" </w:instrText></w:r>',
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>',
        "<w:r><w:t>此处</w:t></w:r>",
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>',
    ):
        paragraph._p.append(xml(run))
    tie = made.part.relate_to(
        "http://b.example/",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink",
        is_external=True,
    )
    paragraph._p.append(xml(f'<w:hyperlink r:id="{tie}"><w:r><w:t>彼处</w:t></w:r></w:hyperlink>'))
    text = page(papers.read(saved(made), ".docx"))

    assert ["http://a.example/?b=1&c=2", "http://b.example/"] == [link.target for link in text.links]
    assert ["此处", "彼处"] == [text.as_written[slice(*link.shown)] for link in text.links]
    assert (1, 1) == (text.as_written.count("页眉的字"), text.as_written.count("页脚的字"))


def test_footnotes_of_a_word_file() -> None:
    """The note is read, the line that Word draws above it is not."""
    raw = saved_with_footnote("脚注里的内部资料")

    assert "脚注里的内部资料" in page(papers.read(raw, ".docx")).as_written


def saved_with_footnote(letters: str) -> bytes:
    raw = word()
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    ties = part(raw, "word/_rels/document.xml.rels").replace(
        b"</Relationships>",
        f'<Relationship Id="rF" Type="{kind}" Target="footnotes.xml"/></Relationships>'.encode(),
    )
    notes = (
        f'<w:footnotes {nsdecls("w")}><w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:t>——</w:t></w:r></w:p></w:footnote>'
        f'<w:footnote w:id="1"><w:p><w:r><w:t>{letters}</w:t></w:r></w:p></w:footnote></w:footnotes>'
    )
    return with_part(
        with_part(raw, "word/_rels/document.xml.rels", ties), "word/footnotes.xml", notes.encode()
    )


def test_the_title_of_a_word_file() -> None:
    """A paragraph in the style Title before all others is the title; anywhere else it is text."""
    made = Word()
    made.add_paragraph("关于医保工作的公告", style="Title")
    made.add_paragraph("正文")
    made.add_paragraph("又一个", style="Title")
    paper = papers.read(saved(made), ".docx")

    assert ("关于医保工作的公告", "正文\n又一个") == (paper.title, page(paper).as_written.strip())


def test_what_was_not_looked_at_in_a_word_file() -> None:
    """Pictures, objects, macros and automatic numbers are counted."""
    made = Word()
    made.add_paragraph("一项", style="List Number")
    made.add_picture(picture())
    raw = with_part(saved(made), "word/embeddings/a.bin", b"x")
    raw = with_part(raw, "word/vbaProject.bin", b"x")
    said = "；".join(papers.read(raw, ".docx").not_read)

    assert ["图片 1 张", "嵌入对象 1 个", "宏 1 个", "自动编号 1 处"] == [
        one for one in ("图片 1 张", "嵌入对象 1 个", "宏 1 个", "自动编号 1 处") if one in said
    ]


def test_a_piece_of_another_document_is_never_an_all_clear() -> None:
    """Word shows it as text; it is not read, so the paper says so."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/aFChunk"
    raw = word()
    ties = part(raw, "word/_rels/document.xml.rels").replace(
        b"</Relationships>",
        f'<Relationship Id="rA" Type="{kind}" Target="chunk.html"/></Relationships>'.encode(),
    )

    assert "未能读取" in papers.read(with_part(raw, "word/_rels/document.xml.rels", ties), ".docx").unread


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.text(
            st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"),
            max_size=30,
        ),
        min_size=1,
        max_size=6,
    )
)
def test_no_letter_of_a_word_file_is_lost(paragraphs: list[str]) -> None:
    """Whatever stands in it comes out the same, in order."""
    made = Word()
    for one in paragraphs:
        made.add_paragraph(one)
    if not "".join(paragraphs).strip():
        with pytest.raises(PaperError):
            papers.read(saved(made), ".docx")
        return
    text = page(papers.read(saved(made), ".docx")).as_written

    assert "".join("".join(paragraphs).split()) == "".join(text.split())


# --- workbooks ----------------------------------------------------------------------------------


def test_every_cell_of_a_workbook() -> None:
    """Hidden sheets, rows and columns among the rest and noted; numbers, dates and percentages as they are shown."""
    book = Workbook()
    sheet = book.active
    sheet.title = "名单"
    sheet.append(["姓名", "身份证号", "电话", "日期", "比例"])
    sheet.append(["张三", "110101199003074258", 13800138000, datetime.date(2026, 11, 20), 0.35])
    sheet["E2"].number_format = "0.0%"
    sheet["A5"] = "隔了两行"
    sheet.column_dimensions["B"].hidden = True
    sheet.row_dimensions[2].hidden = True
    sheet["A2"].comment = Comment("批注：核对过", "甲")
    sheet["C5"] = "链接"
    sheet["C5"].hyperlink = "http://c.example/"
    sheet.oddHeader.center.text = "页眉"
    other = book.create_sheet("存底")
    other["D9"] = "内部资料"
    other.sheet_state = "veryHidden"
    paper = papers.read(saved(book), ".xlsx")
    text = page(paper)

    row = ["张三", "110101199003074258", "13800138000", "2026-11-20", "35%"]
    assert row == [letters for line, _, letters in cells(paper) if line == 1][:5]
    assert all(one in text.as_written for one in ("名单", "隔了两行", "页眉", "存底", "内部资料"))
    assert "http://c.example/" in [link.target for link in text.links]
    assert "核对过" in hidden(paper)
    assert all(one in paper.noted[0] for one in ("“名单”第 B 列", "“名单”第 2 行", "工作表“存底”"))
    assert "" == paper.unread


def test_a_formula_without_its_result_is_never_an_all_clear() -> None:
    """What a spreadsheet program would compute is not in the file."""
    book = Workbook()
    book.active.append(["合计", "=SUM(B1:B9)", '=HYPERLINK("http://d.example/","点击")'])
    paper = papers.read(saved(book), ".xlsx")

    assert "2 个公式" in paper.unread
    assert ["http://d.example/"] == [link.target for link in page(paper).links]


# --- PDF ----------------------------------------------------------------------------------------


def columns(canvas: Canvas, *, across: bool) -> None:
    """Two columns of running text; ``across``: drawn line by line over both."""
    width = 20
    lines = [LONG[at : at + width] for at in range(0, 40, width)] * 4
    places = [(50, 780 - 18 * row, lines[row]) for row in range(8)]
    right = [(320, 780 - 18 * row, lines[row].replace("为", "右", 1)) for row in range(8)]
    every = [one for pair in zip(places, right, strict=True) for one in pair] if across else [*places, *right]
    for start, level, letters in every:
        canvas.drawString(start, level, letters)


@pytest.mark.parametrize("across", [True, False])
def test_two_columns_are_read_one_after_the_other(across: bool) -> None:
    """However the program that made the PDF drew them; a word that the end of a line cuts stays whole."""
    text = page(papers.read(pdf(lambda canvas: columns(canvas, across=across)), ".pdf")).as_written

    assert text.index("右进一步") > text.rindex("为进一步")
    assert LONG[:40] in text


def test_a_table_in_a_pdf_stays_one() -> None:
    """Cells by their places, an empty one included; lines of a list are not joined."""

    def draw(canvas: Canvas) -> None:
        rows = [
            ("姓名", "身份证号", "电话"),
            ("张三", "110101199003074258", "13800138000"),
            ("李四", "", "13900139000"),
        ]
        for number, row in enumerate(rows):
            for column, letters in enumerate(row):
                canvas.drawString(60 + 170 * column, 700 - 20 * number, letters)

    assert [
        (1, 1, "110101199003074258"),
        (1, 2, "13800138000"),
        (2, 0, "李四"),
        (2, 1, ""),
        (2, 2, "13900139000"),
    ] == cells(papers.read(pdf(draw), ".pdf"))[4:]


def test_a_scan_is_not_text() -> None:
    """A page that is a picture cannot be read; among other pages it is named."""

    def scan(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(picture()), 0, 0, 500, 700)

    def mixed(canvas: Canvas) -> None:
        canvas.drawString(50, 700, LONG)
        canvas.showPage()
        scan(canvas)

    with pytest.raises(PaperError, match="扫描件"):
        papers.read(pdf(scan), ".pdf")
    paper = papers.read(pdf(mixed), ".pdf")
    assert "第 2 页" in paper.unread
    assert LONG in page(paper).as_written


def test_outlines_instead_of_letters_are_not_text() -> None:
    """A page full of drawing without a single letter may be letters turned into curves."""

    def draw(canvas: Canvas) -> None:
        for at in range(200):
            canvas.bezier(at, at, at + 9, at + 3, at + 5, at + 7, at + 8, at + 1)

    with pytest.raises(PaperError, match="没有可读的文字"):
        papers.read(pdf(draw), ".pdf")


def test_links_fields_and_notes_of_a_pdf() -> None:
    """What stands beside the text is read too."""

    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 700, LONG)
        canvas.linkURL("http://e.example/", (50, 690, 90, 710))
        canvas.acroForm.textfield(name="x", x=50, y=600, value="field value")
        canvas.textAnnotation("一条批注", (10, 10, 30, 30))

    paper = papers.read(pdf(draw), ".pdf")
    assert ["http://e.example/"] == [link.target for link in page(paper).links]
    assert "field value" in page(paper).as_written
    assert "一条批注" in hidden(paper)


def test_radicals_of_a_font_become_letters() -> None:
    """Fonts give 民 the code of a radical; rules know the letter."""
    from app.documents.pdf import _mended

    assert "人民工作长期" == _mended("人⺠⼯作⻓期")


# --- text files ---------------------------------------------------------------------------------

SAMPLE = "关于做好2026年城乡居民基本医疗保险参保缴费工作的公告，请相互转告。\n"
ENCODINGS = ["utf-8", "utf-8-sig", "gb18030", "gbk", "gb2312", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_text_in_the_encodings_of_the_house(encoding: str) -> None:
    """With and without a mark."""
    assert SAMPLE == papers.read(SAMPLE.encode(encoding), ".txt").body.removeprefix("\ufeff")


@pytest.mark.parametrize(
    ("encoding", "letters"),
    [
        ("big5", "關於做好城鄉居民基本醫療保險參保繳費工作的公告，請相互轉告。"),
        ("shift_jis", "地方公共団体の情報公開に関する条例についてのお知らせをここに掲載します。"),
        ("cp1251", "Объявление о порядке приема граждан в государственных органах"),
    ],
)
def test_other_encodings_are_not_read_as_something_else(encoding: str, letters: str) -> None:
    """GB18030 decodes almost anything; what it makes of these is no text."""
    with pytest.raises(PaperError, match="编码"):
        papers.read(letters.encode(encoding), ".txt")


@pytest.mark.parametrize(
    ("suffix", "format_"), [(".txt", "text"), (".md", "markdown"), (".html", "html"), (".shtml", "html")]
)
def test_formats_by_the_name(suffix: str, format_: str) -> None:
    """Text says nothing itself."""
    assert Paper("<p>字</p>", format_) == papers.read("<p>字</p>".encode(), suffix)


# --- what cannot be read ------------------------------------------------------------------------

OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500


def bomb(size: int = 200_000_000) -> bytes:
    """A Word file whose text unpacks to this many bytes."""
    return with_part(word(), "word/document.xml", b"<w:document>" + b" " * size)


def declared(encoding: str, declaration: str) -> bytes:
    """A Word file whose text has an entity of its own."""
    letters = (
        f'<?xml version="1.0" encoding="{encoding}"?>{" " * 5000}<!DOCTYPE d [{declaration}]>'
        f"<w:document {nsdecls('w')}><w:body><w:p><w:r><w:t>前&x;后</w:t></w:r></w:p></w:body></w:document>"
    )
    return with_part(word(), "word/document.xml", letters.encode(encoding, "ignore"))


def many() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number in range(2_500):
            archive.writestr(f"word/{number}.xml", "<a/>")
    return stream.getvalue()


def doubled() -> bytes:
    stream = io.BytesIO(word())
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("word/document.xml", "<a/>")
    return stream.getvalue()


def pages(count: int) -> bytes:
    writer = PdfWriter()
    for _ in range(count):
        writer.add_blank_page(100, 100)
    return saved(writer)


def drawn_by(content: bytes) -> bytes:
    """A PDF whose one page is drawn by this, compressed."""
    writer = PdfWriter()
    stream = StreamObject()
    stream._data = zlib.compress(content, 9)
    stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    writer.add_blank_page(100, 100)[NameObject("/Contents")] = writer._add_object(stream)
    return saved(writer)


def only_a_picture() -> bytes:
    made = Word()
    made.add_picture(picture())
    return saved(made)


def deep() -> bytes:
    inside = "<w:sdt><w:sdtContent>" * 400 + "<w:p/>" + "</w:sdtContent></w:sdt>" * 400
    return with_part(
        word(),
        "word/document.xml",
        f"<w:document {nsdecls('w')}><w:body>{inside}</w:body></w:document>".encode(),
    )


def flagged() -> bytes:
    raw = bytearray(word())
    for mark, place in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = raw.find(mark)
        while at >= 0:
            raw[at + place] |= 1
            at = raw.find(mark, at + 4)
    return bytes(raw)


REFUSED: list[tuple[str, str, str, Callable[[], bytes]]] = [
    ("encrypted docx", ".docx", "已加密", lambda: OLD + "EncryptedPackage".encode("utf-16-le")),
    ("old doc", ".doc", "另存为 .docx", lambda: OLD + "WordDocument".encode("utf-16-le")),
    ("old xls", ".xls", "另存为 .xlsx", lambda: OLD + "Workbook".encode("utf-16-le")),
    ("encrypted zip", ".docx", "已加密", flagged),
    ("encrypted pdf", ".pdf", "已加密", lambda: encrypted(pages(1))),
    ("broken docx", ".docx", "损坏", lambda: word()[:900]),
    ("no docx", ".docx", "损坏", lambda: b"nothing"),
    ("broken pdf", ".pdf", "损坏", lambda: b"%PDF-1.7\nnothing"),
    ("broken xlsx", ".xlsx", "损坏", lambda: with_part(saved(Workbook()), "xl/worksheets/sheet1.xml", b"<x")),
    ("bomb", ".docx", "解压后过大", bomb),
    ("members", ".docx", "2500 个部分", many),
    ("one name twice", ".docx", "同名", doubled),
    ("entities", ".docx", "实体声明", lambda: declared("utf-8", '<!ENTITY x "机密">')),
    (
        "external entity",
        ".docx",
        "实体声明",
        lambda: declared("utf-8", '<!ENTITY x SYSTEM "file:///etc/hostname">'),
    ),
    ("entities in utf-16", ".docx", "实体声明", lambda: declared("utf-16", '<!ENTITY x "机密">')),
    (
        "entities in ebcdic",
        ".docx",
        "编码|损坏",
        lambda: declared("cp500", '<!ENTITY x "a">'),
    ),
    ("deep", ".docx", "嵌套过深", deep),
    ("10,000 pages", ".pdf", "10000 页", lambda: pages(10_000)),
    ("pdf bomb", ".pdf", "解压后过大", lambda: drawn_by(b"BT (x) Tj ET " * 20_000_000)),
    ("empty pdf", ".pdf", "没有内容", lambda: pages(2)),
    ("a picture in docx", ".docx", "1 张图片", only_a_picture),
    ("empty docx", ".docx", "没有可读的文字", lambda: saved(Word())),
    ("empty xlsx", ".xlsx", "没有内容", lambda: saved(Workbook())),
    ("empty file", ".txt", "为空", lambda: b" \r\n"),
    ("zip", ".docx", "损坏", lambda: zipped("a.txt")),
    ("ofd", ".ofd", "OFD", lambda: zipped("OFD.xml")),
    ("photo", ".jpg", "图片中的文字", lambda: b"\xff\xd8\xff\xe0"),
    ("binary", ".txt", "编码", lambda: bytes(range(256)) * 4),
]


def zipped(name: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(name, "x")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("suffix", "words", "make"), [one[1:] for one in REFUSED], ids=[one[0] for one in REFUSED]
)
def test_what_cannot_be_read_says_why(suffix: str, words: str, make: Callable[[], bytes]) -> None:
    """In Chinese, within seconds, and never as empty text."""
    raw = make()
    start = time.process_time()
    with pytest.raises(PaperError, match=words):
        papers.read(raw, suffix)
    assert 5 > time.process_time() - start


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_file_is_read_or_refused(data: st.DataObject) -> None:
    """No flip of bytes makes anything but a paper or a reason."""
    raw, suffix = data.draw(st.sampled_from(WHOLE))
    damaged = bytearray(raw)
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(damaged[: data.draw(st.integers(1, len(raw)))])
    reason = ""
    try:
        paper = papers.read(cut, suffix)
    except PaperError as error:
        reason = str(error)
    assert reason or paper.body.strip() or paper.title


WHOLE = [
    (word("<w:r><w:t>内容</w:t></w:r>"), ".docx"),
    (pdf(lambda canvas: columns(canvas, across=True)), ".pdf"),
]


# --- the worker ---------------------------------------------------------------------------------


def workers(of: psutil.Process) -> list[psutil.Process]:
    """The processes that read files; not the one they are forked from."""
    made = [one for one in of.children(recursive=True) if "multiprocessing" in " ".join(one.cmdline())]
    return [one for one in made if not one.children() and "resource_tracker" not in " ".join(one.cmdline())]


@pytest.fixture(scope="module")
def intake() -> Iterator[Intake]:
    """One worker for all tests, with little time."""
    one = Intake(seconds=3, memory=700 * 1024 * 1024)
    yield one
    one.close()


def slow_pdf() -> bytes:
    """A PDF whose one page takes minutes: millions of words to place."""
    stream = zlib.compress(b"BT /F1 9 Tf " + b"(x) Tj 1 1 Td " * 4_000_000 + b"ET")
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, one in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out) + b"xref\n0 6\n0000000000 65535 f \n%strailer<</Root 1 0 R/Size 6>>\nstartxref\n%d\n%%%%EOF" % (
        table, len(out)
    )  # fmt: skip


def test_a_bomb_costs_one_request(intake: Intake) -> None:
    """The worker dies of it, at its time; the next file is read by a new one, and this process stays small."""
    before = psutil.Process().memory_info().rss

    async def run() -> tuple[Paper, float, Paper, Paper]:
        first = await intake.read(word(), ".docx")
        start = time.monotonic()
        bad = await intake.read(slow_pdf(), ".pdf")
        return bad, time.monotonic() - start, first, await intake.read(word(), ".docx")

    bad, seconds, first, again = asyncio.run(run())
    assert "" == bad.body
    assert "用时超过" in bad.unread or "内存过大" in bad.unread or "异常退出" in bad.unread
    assert seconds < 8
    assert first == again
    assert "正文" in again.body
    assert psutil.Process().memory_info().rss - before < 300 * 1024 * 1024


def test_the_worker_stays_warm_and_ends() -> None:
    """Files in a row are read by one process; light files need none; closing ends it."""
    here = psutil.Process()
    before = set(workers(here))
    other = Intake()

    async def run() -> set[psutil.Process]:
        await other.read("公告".encode(), ".txt")
        assert other._pool is None
        await other.read(word(), ".docx")
        first = set(workers(here)) - before
        for _ in range(5):
            await other.read(word(), ".docx")
        assert first == set(workers(here)) - before
        return first

    (worker,) = asyncio.run(run())
    other.close()
    assert ([worker], []) == psutil.wait_procs([worker], timeout=10)


def test_starting_the_worker_keeps_nobody_waiting() -> None:
    """Loading its libraries takes a second or more; meanwhile the service answers others."""
    other = Intake()
    gaps: list[float] = []

    async def ticks() -> None:
        last = time.perf_counter()
        while True:
            await asyncio.sleep(0.01)
            now = time.perf_counter()
            gaps.append(now - last)
            last = now

    async def run() -> float:
        ticking = asyncio.create_task(ticks())
        await asyncio.sleep(0.05)
        start = time.perf_counter()
        await asyncio.gather(*(other.read(word(), ".docx") for _ in range(3)))
        taken = time.perf_counter() - start
        ticking.cancel()
        return taken

    taken = asyncio.run(run())
    other.close()
    assert max(gaps) < max(0.25, taken / 3)


def test_a_broken_pool_is_replaced() -> None:
    """Where the worker could not be kept alive at all, the next file finds a new one: no restart is needed."""
    other = Intake()

    async def run() -> list[Paper]:
        papers_read = [await other.read(word(), ".docx")]
        assert other._pool is not None
        other._pool.stop()  # as pebble does to itself when no worker will start
        return [*papers_read, await other.read(word(), ".docx")]

    first, again = asyncio.run(run())
    other.close()
    assert first == again
    assert "" == again.unread


def test_too_many_files_are_sent_away() -> None:
    """Waiting longer than anybody does helps nobody."""
    full = Intake(waiting=1)

    async def run() -> list[object]:
        return await asyncio.gather(*(full.read(word(), ".docx") for _ in range(3)), return_exceptions=True)

    answers = asyncio.run(run())
    full.close()
    assert [True, False, False] == [isinstance(one, Paper) for one in answers]
    assert [BusyError, BusyError] == [type(one) for one in answers[1:]]


def test_the_worker_has_little_memory(intake: Intake) -> None:
    """Its address space is limited."""
    asyncio.run(intake.read(word(), ".docx"))
    if not hasattr(psutil.Process, "rlimit"):
        pytest.skip("no limits on this system")

    assert 700 * 1024 * 1024 in {one.rlimit(psutil.RLIMIT_AS)[0] for one in workers(psutil.Process())}


PARENT = """
import asyncio, sys, time
from app.documents.intake import Intake
async def main():
    await Intake().read(open(sys.argv[1], "rb").read(), ".docx")
    print("read", flush=True)
    time.sleep(60)
if __name__ == "__main__":
    asyncio.run(main())
"""


def test_the_worker_ends_with_its_parent(tmp_path: Path) -> None:
    """Even where the parent is killed and can tell nobody."""
    (tmp_path / "parent.py").write_text(PARENT, encoding="utf-8")
    (tmp_path / "a.docx").write_bytes(word())
    root = str(Path(papers.__file__).parents[2])
    parent = subprocess.Popen(
        [sys.executable, str(tmp_path / "parent.py"), str(tmp_path / "a.docx")],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": root},
    )
    assert parent.stdout is not None
    with parent.stdout as said:
        assert b"read\n" == said.readline()
        (worker,) = workers(psutil.Process(parent.pid))
        parent.kill()
        parent.wait()

    assert ([worker], []) == psutil.wait_procs([worker], timeout=10)
