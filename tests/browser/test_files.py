"""Files in the form: dropped, chosen or pasted; what cannot be read is never an all-clear, whatever is typed afterwards."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from docx import Document as Word
from openpyxl import Workbook
from playwright.sync_api import expect
from reportlab.lib.utils import ImageReader

from tests.app.documents.test_intake import LONG, bomb, encrypted, pages, pdf, picture, saved, word, xml
from tests.browser.test_form import SOURCE, TEXT, TITLE, ours, paste, screen, settled

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page, Request
    from reportlab.pdfgen.canvas import Canvas

pytestmark = pytest.mark.browser


def drop(page: Page, *papers: tuple[str, bytes]) -> None:
    """Files from the desktop, let go beside the sheet."""
    page.evaluate(
        """(papers) => {
            const data = new DataTransfer();
            for (const [name, bytes] of papers) data.items.add(new File([new Uint8Array(bytes)], name));
            document.querySelector(".masthead").dispatchEvent(
                new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
        }""",
        [[name, list(content)] for name, content in papers],
    )


def choose(page: Page, name: str, content: bytes) -> None:
    """By the button, as by keyboard or on a phone."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="打开文件").click()
    chooser.value.set_files({"name": name, "mimeType": "application/octet-stream", "buffer": content})


def notice_of_word() -> bytes:
    """A Word file: title, paragraph, table, link of a field, tracked changes, a comment, a picture."""
    made = Word()
    made.add_heading("关于缴费的公告", 0)
    paragraph = made.add_paragraph("各有关单位：请按甲错词办理，电话")
    paragraph._p.append(xml('<w:ins w:id="1" w:author="甲"><w:r><w:t>见附表。</w:t></w:r></w:ins>'))
    paragraph._p.append(xml('<w:del w:id="2" w:author="甲"><w:r><w:delText>甲停词</w:delText></w:r></w:del>'))
    made.add_comment(paragraph.runs[0], text="乙错𠮷词", author="乙", initials="乙")
    table = made.add_table(2, 2)
    for at, letters in enumerate(("姓名", "身份证号", "张三", "110101199003074258")):
        table.rows[at // 2].cells[at % 2].text = letters
    made.add_picture(picture())
    return saved(made)


def test_a_word_file_with_table_and_tracked_changes(page: Page) -> None:
    """Title, table and places are there; deleted words and comments are hidden parts, named; the picture is named too."""
    drop(page, ("公告.docx", notice_of_word()))
    settled(page)

    expect(page.locator(TITLE)).to_have_value("关于缴费的公告")
    assert [["姓名", "身份证号"], ["张三", "110101199003074258"]] == page.evaluate(
        "[...document.querySelectorAll('#manuscript tr')].map((row) => [...row.children].map((cell) => cell.textContent))"
    )
    assert "甲错词" in ours(page, "review")
    assert ["甲停词"] == ours(page, "stop")
    assert ["甲停词", "批注 乙：乙错𠮷词"] == page.locator(f"{TEXT} [data-hidden]").all_inner_texts()
    expect(page.locator("#beside")).to_contain_text("未接受的修订：插入 1 处")
    expect(page.locator("#beside")).to_contain_text("批注 1 条")
    expect(page.locator("#beside")).to_contain_text("图片 1 张，没有查看，请人工审查")
    expect(page.locator("#from")).to_have_text("读自文件“公告.docx”。")
    assert "stop" == page.locator("#findings .finding", has_text="身份证").first.evaluate(
        "(one) => one.classList[1]"
    )


def test_a_pdf_of_two_columns(page: Page) -> None:
    """One column after the other; a word that the end of a line cuts is found."""

    def draw(canvas: Canvas) -> None:
        left = [
            "为进一步做好城乡居民基本医疗保险工作甲错",
            "词现将有关事项公告如下请广大群众相互转告",
            *[LONG[:20]] * 6,
        ]
        right = [one.replace("为", "右", 1) for one in [LONG[:20]] * 8]
        for row, pair in enumerate(zip(left, right, strict=True)):
            canvas.drawString(50, 780 - 18 * row, pair[0])
            canvas.drawString(320, 780 - 18 * row, pair[1])

    choose(page, "两栏.pdf", pdf(draw))
    settled(page)
    text = page.inner_text(TEXT)

    assert ["甲错词"] == ours(page, "review")
    assert text.index("右进一步") > text.rindex("为进一步")


def test_a_list_in_a_workbook(page: Page) -> None:
    """Rows and columns stay; a number under its heading is found."""
    book = Workbook()
    for row in (("姓名", "身份证号", "金额"), ("张三", "110101199003074258", 300), ("李四", "甲停词", 400)):
        book.active.append(row)
    choose(page, "名单.xlsx", saved(book))
    settled(page)

    assert [3, 3, 3] == page.evaluate(
        "[...document.querySelectorAll('#manuscript tr')].map((row) => row.children.length)"
    )
    assert {"甲停词", "110101199003074258"} <= set(
        page.evaluate("[...CSS.highlights.get('stop')].map(String)")
    )


@pytest.mark.parametrize(
    ("name", "content", "body"),
    [
        ("稿件.txt", "第一段甲错词\r\n第二段".encode("gb18030"), "<p>第一段甲错词</p><p>第二段</p>"),
        ("稿件.txt", "第一段甲错词".encode("utf-16"), "<p>第一段甲错词</p>"),
        ("稿件.html", "<p>甲<b>错词</b></p><script>hit()</script>".encode(), "<p>甲<b>错词</b></p>"),
    ],
)
def test_text_files(page: Page, name: str, content: bytes, body: str) -> None:
    """In the encodings that offices write."""
    drop(page, (name, content))
    settled(page)

    assert ["甲错词"] == ours(page, "review")
    assert body == screen(page)["body"]


def test_markdown_stays_markdown_in_the_source(page: Page) -> None:
    """In the source view a file of plain letters keeps its format."""
    page.get_by_label("源码/纯文本").check()
    drop(page, ("稿件.md", "# 标题\n\n甲**错**词".encode()))
    settled(page)

    expect(page.locator(SOURCE)).to_have_value("# 标题\n\n甲**错**词")
    assert "markdown" == screen(page)["format"]


def scan(canvas: Canvas) -> None:
    """A page that is a picture."""
    canvas.drawImage(ImageReader(picture()), 0, 0, 500, 700)


@pytest.mark.parametrize(
    ("name", "make", "words"),
    [
        ("扫描.pdf", lambda: pdf(scan), "可能是扫描件或图片，机器无法读取"),
        ("加密.pdf", lambda: encrypted(pages(1)), "PDF 已加密"),
        ("很长.pdf", lambda: pages(10_000), "PDF 有 10000 页，超过上限"),
        ("炸弹.docx", bomb, "解压后过大或压缩比异常"),
        ("损坏.docx", lambda: word()[:900], "损坏"),
        ("照片.jpg", lambda: b"\xff\xd8\xff\xe0" * 9, "图片中的文字机器无法读取"),
        (
            "旧版.doc",
            lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"),
            "另存为 .docx",
        ),
    ],
)
def test_what_cannot_be_read_is_no_pass(page: Page, name: str, make: Callable[[], bytes], words: str) -> None:
    """The verdict blocks, says why, and goes on doing so while somebody types."""
    choose(page, name, make())
    settled(page)
    expect(page.locator("#message")).to_contain_text(words)
    expect(page.locator("#status")).to_have_text("不得发布")
    expect(page.locator("#from")).to_contain_text(words)
    expect(page.locator("#beside .stop")).to_contain_text("不得视为通过")
    paste(page, "<p>无事。</p>")
    assert words in screen(page)["unread"]

    expect(page.locator("#status")).to_have_text("不得发布")
    assert 0 == page.locator("#checklists .item.clear").count()


def test_half_a_scan_holds_until_a_person_supplies_it(page: Page) -> None:
    """What was read is screened; the rest keeps the post back until somebody says that they typed it in."""

    def mixed(canvas: Canvas) -> None:
        canvas.drawString(50, 700, "第一页甲错词")
        canvas.showPage()
        scan(canvas)

    choose(page, "半份.pdf", pdf(mixed))
    settled(page)
    expect(page.locator("#message")).to_contain_text("第 2 页")
    assert ["甲错词"] == ours(page, "review")
    page.locator(TEXT).focus()
    page.keyboard.press("Control+End")
    page.keyboard.type("第二页的文字。")
    settled(page, "stale")
    settled(page)
    expect(page.locator("#status")).to_have_text("不得发布")
    with page.expect_request("**/screen") as sent:
        page.get_by_role("button", name="未读部分已人工补录").click()
    assert "unread" not in json.loads(sent.value.post_data or "")
    settled(page)

    expect(page.locator("#status")).to_have_text("须复核")
    expect(page.locator("#beside")).to_contain_text("人工补录")
    expect(page.locator("#beside")).to_contain_text("第 2 页")


def test_a_file_that_is_too_large_is_not_sent(page: Page) -> None:
    """It says so at once; nothing is half read."""
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if "/screen/file" in request.url else None)
    page.evaluate(
        """() => {
            const file = new File(["x"], "很大.docx");
            Object.defineProperty(file, "size", {value: 30 * 1024 * 1024});
            const data = new DataTransfer();
            const event = new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true});
            Object.defineProperty(event, "dataTransfer", {value: {types: ["Files"], files: [file]}});
            document.querySelector("#manuscript").dispatchEvent(event);
        }"""
    )

    expect(page.locator("#message")).to_have_text("“很大.docx”有 30.0 MB，超过上限 20.0 MB，未读取。")
    assert [] == sent


def test_a_file_that_the_service_refuses_leaves_the_text_alone(page: Page) -> None:
    """The reason is shown; what stood in the form stays as it was, and so does its verdict."""
    paste(page, "<p>甲错词。</p>")
    screen(page)
    drop(page, ("程序.exe", b"MZ"))
    expect(page.locator("#notice")).to_contain_text("不认识这种文件")

    expect(page.locator(TEXT)).to_have_text("甲错词。")
    expect(page.locator("body")).to_have_attribute("data-state", "fresh")


def test_a_file_over_a_text_can_be_taken_back(page: Page) -> None:
    """One drop too many loses nothing; of several files the first is read, and this is said."""
    paste(page, "<p>原<b>稿</b></p>")
    drop(page, ("甲.txt", "新稿".encode()), ("乙.txt", "别的".encode()))
    settled(page)
    expect(page.locator(TEXT)).to_have_text("新稿")
    page.locator("#notice").get_by_role("button", name="撤销").click()

    expect(page.locator("#from")).to_be_hidden()
    assert "<p>原<b>稿</b></p>" == screen(page)["body"]


def test_pasted_files_and_pictures(page: Page) -> None:
    """A file copied in the file manager is read; a picture is not, and this is said."""
    for name, kind in (("截图.png", "image/png"), ("稿.txt", "text/plain")):
        page.evaluate(
            """([name, type]) => {
                const data = new DataTransfer();
                data.items.add(new File(["甲错词"], name, {type}));
                document.querySelector("#manuscript").dispatchEvent(
                    new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
            }""",
            [name, kind],
        )
        if kind == "image/png":
            expect(page.locator("#notice")).to_contain_text("没有粘贴图片")
            expect(page.locator(TEXT)).to_have_text("")

    expect(page.locator(TEXT)).to_have_text("甲错词")


PAYLOAD = "<img src=x onerror=hit()><script>hit()</script>"


def test_a_hostile_file_is_letters(page: Page) -> None:
    """Markup in the words, the name or the link of a file becomes nothing that runs."""
    made = Word()
    made.add_paragraph(PAYLOAD)
    made.add_paragraph()._p.append(xml('<w:r><w:fldChar w:fldCharType="begin"/></w:r>'))
    made.add_table(1, 1).rows[0].cells[0].text = PAYLOAD
    page.evaluate("() => { window.hits = 0; window.hit = () => { window.hits += 1; }; }")
    drop(page, (f"{PAYLOAD}.docx", saved(made)))
    settled(page)
    drop(page, ("x.html", f"<p onclick=hit()>甲</p>{PAYLOAD}<iframe srcdoc='{PAYLOAD}'></iframe>".encode()))
    expect(page.locator(TEXT)).to_contain_text("甲")
    settled(page)
    found: dict[str, Any] = page.evaluate(
        "({hits: window.hits, made: document.querySelectorAll('#manuscript :is(script, iframe, img), #from img').length})"
    )

    assert {"hits": 0, "made": 0} == found
