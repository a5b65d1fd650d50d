"""The form in a real browser: what an editor does with it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Literal

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OWN_STYLES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request, Route

pytestmark = pytest.mark.browser

TITLE, TEXT, SOURCE = "#title", "#manuscript", "#source"

WORD = """<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"
xmlns:w="urn:schemas-microsoft-com:office:word" xmlns="http://www.w3.org/TR/REC-html40">
<head><meta http-equiv=Content-Type content="text/html; charset=utf-8"><meta name=Generator content="Microsoft Word 15">
<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->
<style><!-- /* Font Definitions */ @font-face {font-family:宋体;} p.MsoNormal {mso-style-unhide:no;} --></style></head>
<body lang=ZH-CN style='tab-interval:21.0pt'><!--StartFragment-->
<h2 style='mso-pagination:widow-orphan' onclick="window.hit=1"><span style='font-size:22.0pt;font-family:
"方正小标宋简体"'>一、基本情况<span lang=EN-US><o:p></o:p></span></span></h2>
<p class=MsoNormal style='text-indent:32.0pt;mso-char-indent-count:2.0'><span style='font-family:仿宋_GB2312'>各乡镇人
民政府，<b style='mso-bidi-font-weight:normal'>甲错<span lang=EN-US>&nbsp;</span></b>见<a
href="https://www.gov.cn/zhengce/?a=1&amp;b=2" target=_blank style='color:blue'>国务院<span lang=EN-US>R&amp;D</span>文件</a>和<a
href="javascript:alert(1)">此处</a>。<span lang=EN-US><o:p></o:p></span></span></p>
<p class=MsoListParagraph style='margin-left:18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
lang=EN-US style='mso-list:Ignore'>1.<span style='font:7.0pt "Times New Roman"'>&nbsp; </span></span><![endif]>第一项</p>
<p class=MsoNormal><span lang=EN-US><o:p>&nbsp;</o:p></span></p>
<p class=MsoNormal><span style='mso-hide:all;display:none'>甲停词</span>公开部分</p>
<table class=MsoTableGrid border=1 cellspacing=0 style='border-collapse:collapse;mso-yfti-tbllook:1184'>
 <tr style='mso-yfti-irow:0'><td width=200 colspan=2 style='width:149.8pt'><p class=MsoNormal align=center>单位<o:p></o:p></p></td>
 <td rowspan=2 valign=top><p class=MsoNormal>金额</p></td></tr>
 <tr><td><p class=MsoNormal>甲局</p></td><td><p class=MsoNormal>乙局</p><p class=MsoNormal>二行</p></td></tr>
</table>
<p class=MsoNormal><img width=100 src="file:///C:/Temp/msohtmlclip1/01/clip_image002.png" alt="甲错词图"><script>window.hit=1</script></p>
<!--EndFragment--></body></html>"""

WORD_CLEANED = (
    "<h2>一、基本情况</h2>"
    "<p>各乡镇人民政府，<b>甲错&nbsp;</b>见"
    '<a href="https://www.gov.cn/zhengce/?a=1&amp;b=2">国务院R&amp;D文件</a>和此处。</p>'
    "<p>1.&nbsp; 第一项</p>"
    "<p>&nbsp;</p>"
    '<p><span style="display:none">甲停词</span>公开部分</p>'
    '<table><tbody><tr><td colspan="2">单位</td><td rowspan="2">金额</td></tr>'
    "<tr><td>甲局</td><td>乙局<p>二行</p></td></tr></tbody></table>"
    '<p><img alt="甲错词图"></p>'
)


# What else an office pastes from: the shapes are theirs, the words invented.
PASTED = {
    "公众号编辑器": (
        (
            '<section style="margin: 0px; padding: 0px; outline: 0px; max-width: 100%; box-sizing: border-bo'
            'x; text-align: center;" data-role="outer"><section data-id="92637" style="display:inline-block;'
            '"><section style="color:#fff;background:#b22222;"><p style="margin:0"><strong><span style="font'
            '-size: 16px;" data-brushtype="text">一、缴费时间</span></strong></p></section></section></section><se'
            'ction style="line-height: 1.75em;text-indent: 2em;"><span style="font-size: 15px;letter-spacing'
            ': 1px;">集中缴费期截至<span style="color: rgb(255, 76, 65);">12月20日</span>。</span></section><p style="'
            'text-align:center"><img class="rich_pages wxw-img" data-src="https://mmbiz.qpic.cn/x.png" data-'
            'type="png" alt="图片" style="width:100%"></p><p><br></p><mp-common-profile class="js_uneditable" '
            'data-nickname="云山发布"></mp-common-profile><p>点击<a class="weapp_text_link" data-miniprogram-appid'
            '="wx1" href="">小程序</a>办理；详见<a href="https://mp.weixin.qq.com/s/abc" textvalue="原文">原文</a>。</p><'
            'section style="display:none">隐藏的话</section>'
        ),
        (
            '<p><strong>一、缴费时间</strong></p><p>集中缴费期截至12月20日。</p><p><img alt="图片" src="https://mmbiz.qpic.cn/'
            'x.png"></p><p><br></p><p>点击小程序办理；详见<a href="https://mp.weixin.qq.com/s/abc">原文</a>。</p><div sty'
            'le="display:none"><p>隐藏的话</p></div>'
        ),
    ),
    "WPS": (
        (
            '<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:offi'
            'ce:word"><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"/><meta name="'
            'Generator" content="Microsoft Word"/><style>@font-face{font-family:"Times New Roman";} p.MsoNor'
            'mal{mso-style-name:正文;}</style></head><body style="tab-interval:21pt;"><!--StartFragment--><p c'
            'lass="MsoNormal" style="text-indent:24pt"><span style="mso-spacerun:\'yes\';font-family:仿宋;"><fon'
            't face="仿宋">各乡镇：请于</font>12<font face="仿宋">月</font></span><b><span style="font-weight:bold">前</'
            'span></b><span style="mso-spacerun:\'yes\'"><font face="仿宋">办结</font></span><span><o:p></o:p></sp'
            'an></p><table class="MsoTableGrid" border="1"><tr><td width="284" valign="top"><p class="MsoNor'
            'mal"><span>姓名</span></p></td><td><p class="MsoNormal"><span>电话</span></p></td></tr><tr><td><p c'
            'lass="MsoNormal"><span>张三</span></p></td><td><p class="MsoNormal"><span><font>1380013</font>800'
            "0</span></p></td></tr></table><!--EndFragment--></body></html>"
        ),
        (
            "<p>各乡镇：请于12月<b><strong>前</strong></b>办结</p><table><tbody><tr><td>姓名</td><td>电话</td></tr><tr><td"
            ">张三</td><td>13800138000</td></tr></tbody></table>"
        ),
    ),
    "Excel": (
        (
            '<html><head><style><!--table{mso-displayed-decimal-separator:"\\.";} td{padding:1px;mso-number-f'
            "ormat:General;} --></style></head><body><table border=0 width=144 style='border-collapse:collap"
            "se;width:108pt'><!--StartFragment--><col width=72 span=2><tr height=19><td class=xl65 width=72>"
            "单位</td><td align=right x:num>400.00</td></tr><tr><td>甲局</td><td align=right style='display:none"
            "'>隐藏</td></tr><!--EndFragment--></table></body></html>"
        ),
        (
            '<table><tbody><tr><td>单位</td><td>400.00</td></tr><tr><td>甲局</td><td style="display:none">隐藏</td'
            "></tr></tbody></table>"
        ),
    ),
    "网页": (
        (
            '<div class="article"><h1 class="title">关于缴费的公告</h1><div class="info">发布时间：2026-01-08 <span>来源：云'
            '山县人民政府</span></div><div class="content"><p>&emsp;&emsp;第一段，见<a href="/zwgk/1.html">站内</a>和<a hr'
            'ef="https://www.gov.cn/">国务院</a>。</p><p>第二段<sup>①</sup></p><ul><li>甲</li><li>乙<ol><li>丙</li></o'
            'l></li></ul><video src="a.mp4"></video></div><script>var x=1</script></div>'
        ),
        (
            '<h1>关于缴费的公告</h1><p>发布时间：2026-01-08 来源：云山县人民政府</p><p>\u2003\u2003第一段，见站内和<a href="https://www.gov.cn/">国务院'
            "</a>。</p><p>第二段<sup>①</sup></p><ul><li>甲</li><li>乙<ol><li>丙</li></ol></li></ul>"
        ),
    ),
}


def paste(page: Page, html: str = "", text: str = "", into: str = TEXT) -> None:
    """What Ctrl+V brings, without the system's clipboard."""
    page.locator(into).focus()
    page.evaluate(
        """([into, html, text]) => {
            const data = new DataTransfer();
            if (html) data.setData("text/html", html);
            data.setData("text/plain", text);
            const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
            document.querySelector(into).dispatchEvent(event);
        }""",
        [into, html, text],
    )


def screen(page: Page) -> dict[str, Any]:
    """Press Ctrl+Enter and wait; the request body that was sent."""
    with page.expect_request("**/screen") as sent:
        page.keyboard.press("Control+Enter")
    settled(page)
    body: dict[str, Any] = json.loads(sent.value.post_data or "")
    return body


def settled(page: Page, state: str = "fresh") -> None:
    """The verdict shown belongs to the text shown."""
    expect(page.locator("body")).to_have_attribute("data-state", state)


def marks(page: Page, kind: str) -> list[str]:
    """The marked letters of one severity, in order of the text."""
    found: list[str] = page.evaluate(
        """(kind) => [...CSS.highlights.get(kind)]
            .sort((a, b) => a.compareBoundaryPoints(Range.START_TO_START, b)).map((range) => range.toString())""",
        kind,
    )
    return found


def ours(page: Page, kind: str) -> list[str]:
    """Marks of the words of these tests only: other rules may have something to say too."""
    return [one for one in marks(page, kind) if re.search("[错停]", one)]


def select(page: Page, quote: str) -> None:
    """Open the card of a finding."""
    page.locator(".finding .head", has_text=quote).first.click()


# --- paste and marks


def test_word_markup_becomes_a_small_html(page: Page) -> None:
    """Paragraphs, tables, links and emphasis stay; styles, handlers, comments and Office elements do not."""
    paste(page, WORD, "纯文本")

    assert WORD_CLEANED == screen(page)["body"]
    assert 0 == page.locator(f"{TEXT} [style], {TEXT} [class^=Mso], {TEXT} [onclick]").count()


@pytest.mark.parametrize("program", PASTED)
def test_what_is_pasted_keeps_its_shape(page: Page, program: str) -> None:
    """Paragraphs, tables and links of each program, and nothing of its dress."""
    pasted, cleaned = PASTED[program]
    paste(page, pasted)

    assert cleaned == screen(page)["body"]


def test_marks_are_exact(page: Page) -> None:
    """Over entities, tags, no-break spaces and characters outside the basic plane."""
    paste(
        page,
        "<p>😀&amp;&lt;b&gt;𠮷&nbsp;<b>甲<i>错</i></b>词，A&amp;B 乙错𠮷词😀，R&amp;D错词</p><table><tr><td>甲停词</td></tr></table>",
    )
    screen(page)

    assert ["甲错词", "乙错𠮷词", "R&D错词"] == ours(page, "review")
    assert ["甲停词"] == ours(page, "stop")


def test_marks_in_the_title(page: Page) -> None:
    """The title is a field of its own, counted in code points too."""
    page.fill(TITLE, "𠮷😀甲错词的通知")
    paste(page, text="正文。")
    body = screen(page)

    assert "𠮷😀甲错词的通知" == body["title"]
    assert ["甲错词"] == ours(page, "review")


def test_hidden_text_is_kept_shown_and_reported(page: Page) -> None:
    """What a reader would not see is screened and named."""
    paste(
        page,
        "<p>正文。</p><div style='display:none'><p>甲停词</p><a href='https://a.example/'>链接</a></div>",
    )
    body = screen(page)

    assert (
        '<p>正文。</p><div style="display:none"><p>甲停词</p><p><a href="https://a.example/">链接</a></p></div>'
        == body["body"]
    )
    assert ["甲停词"] == ours(page, "stop")
    expect(page.locator(".finding", has_text="甲停词").first).to_contain_text("隐藏内容")
    expect(page.locator("#beside")).to_contain_text("隐藏内容 1 处")


def test_what_was_not_looked_at_is_said(page: Page) -> None:
    """Pictures, attachments, embedded media and links that could not be kept."""
    paste(
        page,
        "<p>文<img src='https://a.example/x.png' alt='照片'><a href='https://a.example/名单.docx'>附件</a>"
        "<a href='/local'>站内</a></p><video src='https://a.example/v.mp4'></video>",
    )
    screen(page)

    for words in ("图片 1 张", "附件 1 个", "嵌入内容 1 处", "去除了 1 个"):
        expect(page.locator("#beside")).to_contain_text(words)


def test_plain_text_keeps_its_lines(page: Page) -> None:
    """One paragraph a line; nothing in it is markup."""
    paste(page, text="第一段<b>\r\n\r\n第二段&amp;")

    assert "<p>第一段&lt;b&gt;</p><p><br></p><p>第二段&amp;amp;</p>" == screen(page)["body"]


def test_pasting_into_text_can_be_undone(page: Page, tolerated: list[str]) -> None:
    """A second paste goes to the caret, and Ctrl+Z takes it back."""
    tolerated += OWN_STYLES
    paste(page, text="第一段。")
    page.keyboard.press("Control+End")
    paste(page, "<p>加<b>粗</b></p>")
    expect(page.locator(TEXT)).to_have_text("第一段。加粗")
    page.keyboard.press("Control+z")

    expect(page.locator(TEXT)).to_have_text("第一段。")


@pytest.mark.parametrize("format_", ["html", "markdown", "text"])
def test_source_is_submitted_as_it_stands(page: Page, format_: str) -> None:
    """The source view sends its own letters, and marks stand in it."""
    page.get_by_label("源码/纯文本").check()
    page.select_option("#format", format_)
    written = "# 标题\n\n<p class='x'>&lt;甲错词 😀甲停词</p>\n"
    page.fill(SOURCE, written)
    body = screen(page)

    assert (written, format_) == (body["body"], body["format"])
    assert ["甲错词"] == ours(page, "review")
    assert ["甲停词"] == ours(page, "stop")


def test_views_can_be_exchanged(page: Page) -> None:
    """From formatted to source and back nothing is lost."""
    paste(page, "<h2>甲</h2><p>一<b>二</b>&amp;</p><ul><li>三</li></ul>")
    page.get_by_label("源码/纯文本").check()
    expect(page.locator(SOURCE)).to_have_value("<h2>甲</h2><p>一<b>二</b>&amp;</p><ul><li>三</li></ul>")
    page.get_by_label("带格式").check()

    assert "<h2>甲</h2><p>一<b>二</b>&amp;</p><ul><li>三</li></ul>" == screen(page)["body"]


def test_browsers_without_highlights(browser: Browser, base: str) -> None:
    """Boxes over the text mark the same places."""
    page = browser.new_page(base_url=base)
    page.add_init_script("delete globalThis.Highlight")
    page.goto("/")
    paste(page, "<p>正文甲错词。</p>")
    screen(page)
    box = page.locator(".box.review").first
    expect(box).to_be_attached()
    place = page.evaluate(
        """() => { const node = document.querySelector("#manuscript p").firstChild;
            const range = document.createRange(); range.setStart(node, 2); range.setEnd(node, 5);
            const {x, y} = range.getBoundingClientRect(); return [x, y]; }"""
    )

    assert place == pytest.approx([box.bounding_box()["x"], box.bounding_box()["y"]], abs=1)
    page.close()


def test_dragged_text_is_cleaned_like_pasted_text(page: Page) -> None:
    """There is no second way in."""
    page.locator(TEXT).focus()
    page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.setData("text/html", "<p style='color:red' onclick='hit()'>甲<b>乙</b><script>hit()</script></p>");
            document.querySelector("#manuscript").dispatchEvent(
                new InputEvent("beforeinput", {inputType: "insertFromDrop", dataTransfer: data, bubbles: true, cancelable: true}));
        }"""
    )

    assert "<p>甲<b>乙</b></p>" == screen(page)["body"]


# --- mending


def test_accept_by_enter_and_undo(page: Page) -> None:
    """The text is mended in place, the emphasis around it stays, u takes it back; both are screened again."""
    paste(page, "<p>甲<b>错</b>词和乙错𠮷词。</p>")
    screen(page)
    select(page, "甲错词")
    with page.expect_request("**/screen") as sent:
        page.keyboard.press("Enter")
    assert "甲对词和乙错𠮷词。" == re.sub("<.*?>", "", json.loads(sent.value.post_data or "")["body"])
    assert json.loads(sent.value.post_data or "")["record"] is False
    settled(page)
    assert ["乙错𠮷词"] == ours(page, "review")
    with page.expect_request("**/screen"):
        page.keyboard.press("u")
    settled(page)

    expect(page.locator(TEXT)).to_have_text("甲错词和乙错𠮷词。")
    assert ["甲错词", "乙错𠮷词"] == ours(page, "review")


def test_accept_in_title_and_source(page: Page) -> None:
    """Fields of plain letters are mended the same way."""
    page.get_by_label("源码/纯文本").check()
    page.fill(TITLE, "甲错词通知")
    page.fill(SOURCE, "😀乙错𠮷词。")
    screen(page)
    select(page, "甲错词")
    page.get_by_role("button", name="采用建议").click()
    expect(page.locator(TITLE)).to_have_value("甲对词通知")
    select(page, "乙错𠮷词")
    page.get_by_role("button", name="采用建议").click()
    expect(page.locator(SOURCE)).to_have_value("😀乙对𠮷词。")
    page.locator("#findings .head").first.focus()
    page.keyboard.press("u")

    expect(page.locator(SOURCE)).to_have_value("😀乙错𠮷词。")


def test_stepping_by_keyboard(page: Page) -> None:
    """F8 from the text, then j and k; the mark of the open finding is the current one."""
    paste(page, "<p>甲错词，乙错𠮷词，甲停词。</p>")
    screen(page)
    total = page.locator(".finding").count()
    page.locator(TEXT).focus()
    page.keyboard.press("Shift+F8")
    seen = [page.locator(".finding.open .ordinal").inner_text()]
    for key in "j" * (total - 1) + "k":
        page.keyboard.press(key)
        seen.append(page.locator(".finding.open .ordinal").inner_text())
        assert page.locator(".finding.open .head").evaluate("(head) => head === document.activeElement")

    assert [*map(str, range(1, total + 1)), str(total - 1)] == seen
    select(page, "乙错𠮷词")
    assert ["乙错𠮷词"] == marks(page, "current")


def test_dismiss_with_a_reason(page: Page) -> None:
    """It holds while the same text is screened again, the verdict does not change, and it can be taken back."""
    paste(page, "<p>甲停词在此。</p>")
    screen(page)
    select(page, "甲停词")
    page.keyboard.press("x")
    page.keyboard.press("Enter")
    page.locator(TEXT).focus()
    page.keyboard.press("Control+End")
    with page.expect_request("**/screen"):
        page.keyboard.type("再加一句，离它远远的。")
    settled(page)
    card = page.locator(".finding", has_text="甲停词").first
    expect(card).to_contain_text("已忽略")
    assert "block" == page.get_attribute("body", "data-verdict")
    card.locator(".head").click()
    expect(card).to_contain_text("机审误报")
    page.keyboard.press("u")

    expect(card).to_contain_text("须处理")


@pytest.mark.parametrize(("opens", "field"), [("忽略…", "#reason"), ("报告误报…", "#alarm-note")])
def test_the_keys_of_a_small_form(page: Page, opens: str, field: str) -> None:
    """Its first field has the focus; Escape and 取消 leave it; Enter for an input method, or for 取消, confirms nothing."""
    paste(page, "<p>甲停词在此。</p>")
    screen(page)
    select(page, "甲停词")
    card = page.locator(".finding.open")
    enter = "(at) => at.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true}))"
    for leave in ("Escape", "Enter"):
        card.get_by_role("button", name=opens).click()
        expect(card.locator(field)).to_be_focused()
        card.locator(field).evaluate(enter)
        expect(card.locator(field)).to_be_focused()
        if leave == "Enter":
            card.get_by_role("button", name="取消").focus()
        page.keyboard.press(leave)
        expect(card.locator(".reasons")).to_have_count(0)
        expect(card.locator(".head")).to_be_focused()

    expect(card).to_contain_text("须处理")


def test_new_findings_are_named(page: Page) -> None:
    """After a change, what was not there before can be seen alone."""
    paste(page, "<p>甲错词。</p>")
    screen(page)
    page.locator(TEXT).focus()
    page.keyboard.press("Control+End")
    with page.expect_request("**/screen"):
        page.keyboard.type("文中另有一处甲停词。")
    settled(page)
    page.locator("#fresh").check()

    expect(page.locator(".finding", has_text="甲停词").first).to_contain_text("新")
    assert 0 == page.locator(".finding", has_text="甲错词").count()


def test_a_mark_pointed_at_says_what_it_is(page: Page) -> None:
    """The pointer resting on it brings the reason, Escape or leaving takes it away, a click opens the card."""
    paste(page, "<p>甲停词，乙错𠮷词。</p>")
    screen(page)
    place = page.evaluate(
        """() => { const [range] = [...CSS.highlights.get("stop")].filter((one) => String(one) === "甲停词");
            const {x, y, width, height} = range.getBoundingClientRect(); return [x + width / 2, y + height / 2]; }"""
    )
    page.mouse.move(*place)
    expect(page.locator("#tip")).to_contain_text("试验停词")
    page.keyboard.press("Escape")
    expect(page.locator("#tip")).to_be_hidden()
    select(page, "乙错𠮷词")
    page.mouse.click(*place)
    expect(page.locator(".finding.open")).to_contain_text("甲停词")
    expect(page.locator("#tip")).to_be_visible()
    page.mouse.move(1, 1)

    expect(page.locator("#tip")).to_be_hidden()


def test_copy_with_formatting(page: Page) -> None:
    """The mended text goes back to Word or the CMS with its tables and links."""
    paste(page, "<p>甲<b>乙</b></p><table><tr><td>丙</td></tr></table>")
    page.get_by_role("button", name="复制正文").click()
    expect(page.locator("#notice")).to_contain_text("已复制正文（带格式）")
    html = page.evaluate(
        "navigator.clipboard.read().then(([item]) => item.getType('text/html')).then((blob) => blob.text())"
    )

    assert "<b>乙</b>" in html
    assert re.search("<td[^>]*>丙</td>", html)


def test_copy_without_the_clipboard_api(browser: Browser, base: str) -> None:
    """An office's server is often reached by http, where there is none."""
    page = browser.new_page(base_url=base)
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.goto("/")
    paste(page, "<p>甲</p>")
    page.get_by_role("button", name="复制正文").click()

    expect(page.locator("#notice")).to_contain_text("已复制")
    page.close()


# --- the verdict


def test_polarity_of_answers(page: Page) -> None:
    """Each question is answered the right way round, and nothing ever says that a post may be published."""
    paste(page, "<p>甲停词，甲错词。</p>")
    screen(page)
    answers = {
        row.get_attribute("data-item"): row.locator(".answer strong").inner_text()
        for row in page.locator("tr.item").all()
    }

    assert answers["secret"].startswith("是（机审发现 ")
    assert answers["statistics"].startswith(("须人工回答", "须复核"))
    assert answers["other"].startswith("须复核（机审发现 ")
    assert "可以发布" not in "".join(page.locator(".bar, .answer, .progress, .found").all_inner_texts())
    expect(page.locator("#status")).to_have_text("不得发布")


@pytest.mark.parametrize(
    ("answer", "bad", "says"),
    [
        ("stop", "是", "是（机审发现 1 处）"),
        ("stop", "否", "否（机审发现 1 处不符）"),
        ("stop", "", "须处理（机审发现 1 处）"),
        ("review", "是", "须复核（机审发现 1 处）："),
        ("ask", "否", "须人工回答："),
        ("clear", "是", "机审未发现"),
        ("unseen", "是", "未能检查，不得视为通过"),
    ],
)
def test_every_answer_has_its_words(page: Page, answer: str, bad: str, says: str) -> None:
    """Silence, ignorance and alarm are not mixed up."""

    def fulfil(route: Route) -> None:
        verdict = route.fetch().json()
        item = verdict["checklists"][0]["items"][0]
        item |= {
            "answer": answer,
            "bad": bad,
            "findings": [0] if answer in {"stop", "review"} else [],
            "unseen": ["a.b"] if answer == "unseen" else [],
        }
        route.fulfill(json=verdict)

    page.route("**/screen", fulfil)
    paste(page, "<p>甲停词。</p>")
    screen(page)
    row = page.locator("tr.item").first

    assert says == row.locator(".answer strong").inner_text()
    assert (2 if answer in {"ask", "review"} and bad else 0) == row.get_by_role("radio").count()


def test_a_person_answers(page: Page) -> None:
    """Ticks are counted, a bad one is shown as bad, and after a change it must be confirmed."""
    paste(page, "<p>一切正常的正文。</p>")
    screen(page)
    row = page.locator("tr[data-item=publicity]")
    row.get_by_role("radio", name="否").check()
    expect(row).to_contain_text("人工认定有问题")
    expect(page.locator("#progress")).to_contain_text("其中 1 项有问题，不得发布")
    page.locator(TEXT).focus()
    with page.expect_request("**/screen"):
        page.keyboard.type("改")
    settled(page)

    expect(row.get_by_role("radio", name="否")).to_be_checked()
    expect(row).to_contain_text("请再次确认")
    expect(page.locator("#progress")).to_contain_text("须再次确认")
    row.get_by_role("radio", name="否").click()
    expect(row).not_to_contain_text("请再次确认")


def test_a_sensitive_matter_asks_for_its_leader(page: Page) -> None:
    """The bad answer is no obstacle where the regulation lets such posts out with more signatures: they are asked for."""
    paste(page, "<p>一切正常的正文。</p>")
    screen(page)
    row, signed = page.locator("tr[data-item=sensitive]"), page.locator(".signatures")
    expect(signed).not_to_contain_text("主要领导")
    row.get_by_role("radio", name="是").check()

    expect(row).to_contain_text("须加签：主要领导（审批）")
    expect(signed).to_contain_text("主要领导")
    expect(page.locator("#progress")).to_contain_text("其中 1 项须加签")
    expect(page.locator("#progress")).not_to_contain_text("不得发布")
    row.get_by_role("radio", name="否").check()
    expect(signed).not_to_contain_text("主要领导")


def test_several_regulations_are_remembered(page: Page) -> None:
    """Each fills its own form, signatures add up, and the choice is there next time."""
    page.locator("#regulations summary").click()
    page.get_by_label(re.compile("大同市云州区")).check()
    page.get_by_label(re.compile("湘西自治州")).check()
    paste(page, "<p>正文。</p>")
    body = screen(page)

    assert {"yijun-release-2022", "yunzhou-2023", "xiangxi-2018"} == set(body["checklists"])
    assert 3 == page.locator(".checklist").count()
    expect(page.locator("#signers")).to_contain_text("分管领导（审批）")
    page.reload()
    page.wait_for_selector("#post:not([hidden])")
    assert 3 == page.locator("input[name=checklists]:checked").count()


@pytest.mark.parametrize("level", ["off", "strict", "thorough"])
def test_the_layer_of_the_language_model(page: Page, level: str) -> None:
    """Asked for, remembered and told; where the service has none, the box cannot be ticked and this is said."""

    def opened(route: Route) -> None:
        answer = route.fetch()
        box = ' name="thorough" disabled' if level == "off" else ' name="thorough"'
        route.fulfill(response=answer, body=re.sub(' name="thorough"(?: disabled)?', box, answer.text()))

    def answered(route: Route) -> None:
        asked = json.loads(route.request.post_data or "")
        assert (level == "thorough") == asked.pop("thorough", False)
        route.fulfill(json=route.fetch(post_data=json.dumps(asked)).json() | {"language_model": level})

    page.route("**/", opened)
    page.route("**/screen", answered)
    page.goto("/")
    page.locator("#regulations summary").click()
    box = page.get_by_label("细查错别字")
    if level == "off":
        expect(box).to_be_disabled()
    elif level == "thorough":
        box.check()
    paste(page, "<p>正文。</p>")
    screen(page)

    assert (level == "off") == ("语言模型没有启用" in page.locator("#beside").inner_text())
    assert (level == "thorough") == ("细查错别字" in page.locator("#regulations-chosen").text_content())  # type: ignore[operator]
    expect(page.locator(".facts").first).to_contain_text(
        {"off": "仅按词库", "strict": "常规", "thorough": "细查"}[level]
    )
    page.reload()
    page.wait_for_selector("#post:not([hidden])")
    assert (level == "thorough") == page.locator("#thorough").is_checked()


def test_a_missing_fact_is_asked_for(page: Page) -> None:
    """Who signs depends on the kind of unit: asked in place, answered in place, by keyboard."""
    page.locator("#regulations summary").click()
    page.get_by_label(re.compile("大同市云州区")).check()
    page.get_by_label(re.compile("宜君县政府网站政府信息")).uncheck()
    paste(page, "<p>正文。</p>")
    screen(page)
    question = page.locator("#missing-kind")
    expect(question).to_be_visible()
    question.focus()
    with page.expect_request("**/screen") as sent:
        question.select_option("department")
    settled(page)

    assert "department" == json.loads(sent.value.post_data or "")["unit"]["kind"]
    expect(page.locator(".signatures")).to_contain_text("部门主要领导")
    expect(page.locator("#unit_kind")).to_have_value("department")
    assert 0 == page.locator(".missing").count()


def test_nothing_chosen_nothing_screened(page: Page) -> None:
    """Without a regulation and without text there is no request."""
    page.locator("#regulations summary").click()
    page.get_by_label(re.compile("宜君县政府网站政府信息")).uncheck()
    paste(page, "<p>正文。</p>")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#message")).to_contain_text("至少选择一部制度")
    page.get_by_role("button", name="清空").click()
    page.keyboard.press("Control+Enter")

    expect(page.locator("#message")).to_contain_text("正文为空")


def test_clear_can_be_undone(page: Page) -> None:
    """One click too many loses nothing."""
    page.fill(TITLE, "标题")
    paste(page, "<p>正<b>文</b></p>")
    page.get_by_role("button", name="清空").click()
    expect(page.locator(TEXT)).to_have_text("")
    page.locator("#notice").get_by_role("button", name="撤销").click()

    expect(page.locator(TITLE)).to_have_value("标题")
    assert "<p>正<b>文</b></p>" == screen(page)["body"]


def test_example_for_first_time_users(page: Page) -> None:
    """One click shows what the form does."""
    page.get_by_role("button", name="看示例").click()
    settled(page)

    expect(page.locator("#findings")).to_contain_text("2026年2月30日")
    expect(page.locator("#checklists")).to_contain_text("是否涉及秘密")


# --- asking the service


def test_a_changed_text_makes_the_verdict_stale(page: Page) -> None:
    """At once on the first letter; a new verdict comes by itself."""
    paste(page, "<p>正文。</p>")
    screen(page)
    page.locator(TEXT).focus()
    page.keyboard.press("Control+End")
    with page.expect_request("**/screen"):
        page.keyboard.type("甲")
        settled(page, "stale")
        expect(page.locator("#status")).to_have_text("稿件已改动")
    settled(page)


def test_a_newer_request_cancels_the_older(page: Page) -> None:
    """The answer to an old text is never shown."""
    held: list[Route] = []
    cancelled: list[Request] = []
    page.on("requestfailed", lambda request: cancelled.append(request))  # noqa: PLW0108 playwright cannot wrap a builtin
    page.route("**/screen", lambda route: held.append(route) if not held else route.continue_())
    paste(page, "<p>甲停词。</p>")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#results")).to_have_attribute("aria-busy", "true")
    page.keyboard.press("Control+A")
    page.keyboard.type("无事。")
    settled(page)

    assert 1 == len(cancelled)
    assert [] == ours(page, "stop")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"status": 413, "json": {"detail": "正文超过单篇上限"}}, "正文超过单篇上限"),
        ({"status": 500, "body": "<h1>Internal</h1>"}, "500"),
        ({"status": 200, "body": "not json"}, "200"),
        (None, "连不上审查服务"),
    ],
)
def test_anything_but_a_verdict_is_no_verdict(page: Page, answer: dict[str, Any] | None, words: str) -> None:
    """Failure is loud, and what was shown before does not pass for a result."""
    paste(page, "<p>正文。</p>")
    screen(page)
    page.route("**/screen", lambda route: route.fulfill(**answer) if answer else route.abort())
    page.keyboard.press("Control+Enter")
    settled(page, "error")

    expect(page.locator("#message")).to_contain_text("未完成审查，不得发布：")
    expect(page.locator("#message")).to_contain_text(words)


@pytest.mark.parametrize(
    ("path", "says"),
    [("/screen", "服务器 30 秒内没有答复"), ("/screen/file", "读取“稿.txt”用时过长，已中止")],
)
def test_a_service_that_hangs_is_not_waited_for(page: Page, path: str, says: str) -> None:
    """An answer that does not come is said to be missing, for a text as for a file."""
    page.clock.install()
    page.goto("/")
    page.wait_for_selector("#post:not([hidden])")
    asked: list[Route] = []
    page.route(f"**{path}", lambda route: asked.append(route))  # noqa: PLW0108 playwright cannot wrap a builtin
    with page.expect_request(f"**{path}"):
        if path == "/screen":
            paste(page, "<p>正文。</p>")
            page.keyboard.press("Control+Enter")
        else:
            page.set_input_files(
                "#file", {"name": "稿.txt", "mimeType": "text/plain", "buffer": "正文。".encode()}
            )
    settled(page, "busy")
    page.clock.run_for(29_000)
    settled(page, "busy")
    page.clock.run_for(62_000)
    settled(page, "error")

    expect(page.locator("#message")).to_contain_text(says)


def test_unseen_rules_are_named(page: Page) -> None:
    """A rule that could not look is a reason to keep the post back."""

    def fulfil(route: Route) -> None:
        verdict = route.fetch().json()
        verdict["unseen"] = [{"rule": "a.b", "title": "身份证号", "reason": "检查程序出错"}]
        route.fulfill(json=verdict)

    page.route("**/screen", fulfil)
    paste(page, "<p>正文。</p>")
    screen(page)

    expect(page.locator("#beside")).to_contain_text("“身份证号”未能检查，不得视为通过：检查程序出错")


def test_mask_and_compare(page: Page) -> None:
    """Before and after stand side by side, marked; the masked text is taken over or not, and can be given back."""
    page.fill(TITLE, "联系13800138000")
    paste(page, "<p>甲&amp;乙<b>1380</b>0138000，见表。</p><table><tr><td>110105</td></tr></table>")
    page.get_by_role("button", name="遮盖个人信息").click()
    expect(page.locator("#compare-before")).to_contain_text("13800138000，见表")
    expect(page.locator("#compare-after")).to_contain_text("138****8000，见表")
    expect(page.locator("#compare-masks")).to_contain_text("手机号码 2 处")
    assert sorted(["13800138000", "138****8000"] * 2) == sorted(marks(page, "masked"))
    page.get_by_role("button", name="关闭").click()
    expect(page.locator(TEXT)).to_contain_text("13800138000")
    page.get_by_role("button", name="遮盖个人信息").click()
    page.get_by_role("button", name="采用遮盖后的稿件").click()
    expect(page.locator(TEXT)).to_contain_text("甲&乙138****8000，见表")
    expect(page.locator(TITLE)).to_have_value("联系138****8000")
    assert "<b>138*</b>" in page.locator(TEXT).inner_html()
    page.locator("#notice").get_by_role("button", name="撤销").click()

    expect(page.locator(TEXT)).to_contain_text("13800138000")
    expect(page.locator(TITLE)).to_have_value("联系13800138000")


def test_no_mask_button_without_the_service(page: Page) -> None:
    """Where the service cannot mask, the form does not offer it."""

    def without(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace(' data-redact="/redact"', ""))

    page.route("**/", without)
    page.goto("/")

    expect(page.locator("#mask")).to_be_hidden()


# --- screen, paper, keyboard


@pytest.mark.parametrize("width", [360, 820, 1024, 1440])
def test_no_page_scrolls_sideways(page: Page, width: int) -> None:
    """Down to a phone of 360 px, with a wide table, a long word and an open form."""
    page.set_viewport_size({"width": width, "height": 740})
    paste(page, f"<p>{'a' * 300}甲停词</p><table><tr>{'<td>单元格内容</td>' * 12}</tr></table>")
    screen(page)
    for path in ("/", "/rules", "/rules/number.impossible-date", "/checklists", "/checklists/yunzhou-2023"):
        if path != "/":
            page.goto(path)
        assert width == page.evaluate("document.documentElement.scrollWidth"), path


def test_print_is_the_form_alone(page: Page) -> None:
    """The filled form with its signatures; the text, the buttons and the navigation stay on the screen."""
    page.fill(TITLE, "关于甲的通知")
    paste(page, "<p>甲停词。</p>")
    screen(page)
    page.emulate_media(media="print")
    for there in (".checklist", ".checklist .facts", "th.paper-only >> nth=0", "#print-findings table"):
        expect(page.locator(there).first).to_be_visible()
    for gone in ("#paper", "#bar", ".masthead", "#findings", ".stale-note"):
        expect(page.locator(gone)).to_be_hidden()
    expect(page.locator(".checklist .facts").first).to_contain_text("关于甲的通知")
    page.emulate_media(media="screen")
    page.locator(TEXT).focus()
    page.keyboard.type("改")
    page.emulate_media(media="print")

    expect(page.locator(".stale-note")).to_be_visible()


def test_everything_by_keyboard(page: Page) -> None:
    """Tab goes from the skip link through fields and buttons to the findings and the form; nothing traps it."""
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    paste(page, "<p>甲停词。</p>")
    screen(page)
    page.locator(".skip").focus()
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate(
                "(document.activeElement.id || document.activeElement.name || document.activeElement.className).toString()"
            )
        )

    assert {"title", "manuscript", "open", "copy", "clear", "enter", "print", "head"} <= reached
    assert any(one.startswith("answer/") for one in reached)


def test_controls_have_names_and_colours_have_contrast(page: Page) -> None:
    """Every control says what it is; letters stand out from their ground by 4.5 to 1, in light and dark."""
    page.get_by_role("button", name="看示例").click()
    settled(page)
    page.locator("#facts summary").click()
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        assert [] == page.evaluate(NAMELESS)
        assert [] == page.evaluate(FAINT)


@pytest.mark.parametrize(
    "path", ["/rules", "/rules/number.impossible-date", "/checklists", "/checklists/xiangxi-2018"]
)
def test_other_pages_have_names_and_contrast(page: Page, path: str) -> None:
    """The same for what is only read."""
    page.goto(path)
    page.emulate_media(color_scheme="dark")
    assert [] == page.evaluate(FAINT)
    page.emulate_media(color_scheme="light")

    assert [] == page.evaluate(NAMELESS) + page.evaluate(FAINT)


def test_budget(page: Page) -> None:
    """Under 150 kB over the wire; under 50 ms of the browser's time for a check of 5,000 characters."""
    sizes: dict[str, int] = {}
    page.on("response", lambda answer: sizes.update({answer.url: len(answer.body())}))
    page.reload()
    page.wait_for_load_state("networkidle")
    assert 150_000 > sum(sizes.values()) > 10_000
    paste(
        page,
        "".join(
            f"<p>{'本县各乡镇人民政府、县直各单位要认真贯彻落实，' * 4}第{number}段甲错词。</p>"
            for number in range(50)
        ),
    )
    assert 5000 < len(page.inner_text(TEXT)) < 6000
    screen(page)
    screen(page)
    spent = page.evaluate(
        "['read', 'show'].map((name) => Math.min(...performance.getEntriesByName(name).map(({duration}) => duration)))"
    )

    assert 50 > sum(spent), spent


def test_old_browsers_are_told(page: Page) -> None:
    """Where modules do not run the notice stays; it holds the reason before any script does."""
    page.route("**/form.js", lambda route: route.abort())
    page.goto("/")

    expect(page.locator("#starting")).to_contain_text("尚未进行任何审查")
    expect(page.locator("#post")).to_be_hidden()


NAMELESS = """() => [...document.querySelectorAll("button, input, select, textarea, [contenteditable=true], a[href]")]
    .filter((one) => one.checkVisibility() && !one.labels?.length && !one.getAttribute("aria-label")
        && !one.getAttribute("aria-labelledby") && one.textContent.trim() === "")
    .map((one) => one.outerHTML)"""

FAINT = """() => {
    const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => { const [x, y, z] = [r, g, b].map((part) => { const one = part / 255;
        return one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4; }); return 0.2126 * x + 0.7152 * y + 0.0722 * z; };
    const ground = (one) => { for (; one; one = one.parentElement) { const colour = numbers(getComputedStyle(one).backgroundColor);
        if ((colour[3] ?? 1) > 0.99) return colour; } return matchMedia("(prefers-color-scheme: dark)").matches ? [0, 0, 0] : [255, 255, 255]; };
    return [...document.querySelectorAll("body *")].filter((one) => one.checkVisibility() && !one.closest(".unseen, .behind, .skip")
        && [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
        .map((one) => { const [a, b] = [light(numbers(getComputedStyle(one).color)), light(ground(one))];
            return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), one.textContent.slice(0, 30)]; })
        .filter(([ratio]) => ratio < 4.5);
}"""
