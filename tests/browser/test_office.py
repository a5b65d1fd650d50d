"""From the form into the office: put down and handed on, false alarms reported, words proposed, figures looked at."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from docx import Document as Word
from playwright.sync_api import expect

from tests.browser.test_form import TEXT, TITLE, ours, paste, screen, select, settled

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = pytest.mark.browser


def enter(page: Page) -> str:
    """Press 登记; the record's address."""
    page.locator("#enter").click()
    link = page.locator("#recorded a").first
    expect(link).to_have_text(re.compile(r"^\d{4}-\d{6}$"))
    return link.get_attribute("href") or ""


def test_a_post_is_put_down_and_handed_on(page: Page) -> None:
    """Screening alone keeps nothing; 登记 does, with number, form to download and address to copy."""
    page.fill(TITLE, "关于甲的公告")
    paste(page, "<p>截至2月30日，甲停词。</p>")
    assert "record" not in screen(page)
    expect(page.locator("#recorded")).to_be_empty()
    record = enter(page)
    with page.expect_download() as loading:
        page.get_by_role("link", name="下载审查表").click()
    letters = "\n".join(
        cell.text
        for table in Word(io.BytesIO(loading.value.path().read_bytes())).tables
        for cell in table._cells
    )
    page.get_by_role("button", name="复制链接").click()
    expect(page.locator("#notice")).to_contain_text("已复制登记页的链接")
    copied = page.evaluate("navigator.clipboard.readText()")

    assert "关于甲的公告" in letters
    assert copied.endswith(record)
    page.goto(copied)
    expect(page.locator("h1")).to_have_text("关于甲的公告")
    number = page.locator(".lead").inner_text()
    page.goto(f"/records?q={re.findall(r'[0-9]{4}-[0-9]{6}', number)[0]}")
    expect(page.locator("tbody tr")).to_have_count(1)


def test_a_change_after_the_entry_is_said(page: Page) -> None:
    """What is in the register is the text of then; the same text again is not a change."""
    paste(page, "<p>甲停词。</p>")
    screen(page)
    enter(page)
    since = page.locator("#recorded .since")
    expect(since).to_be_hidden()
    page.locator(TEXT).focus()
    page.keyboard.press("Control+End")
    page.keyboard.type("改")
    expect(since).to_be_visible()
    page.keyboard.press("Backspace")
    expect(since).to_be_hidden()
    page.get_by_role("button", name="清空").click()

    expect(page.locator("#recorded")).to_be_empty()


def test_a_false_alarm_is_reported(page: Page) -> None:
    """By keyboard, with what stands around it and not more; the finding is dismissed, the verdict stays."""
    paste(page, "<p>联系13800138000，这是甲错词的前后文字。</p>")
    screen(page)
    select(page, "甲错词")
    page.get_by_role("button", name="报告误报…").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#alarm-note")).to_be_focused()
    page.keyboard.type("专有名词")
    with page.expect_request("**/lexicons/reports") as sent:
        page.keyboard.press("Enter")
    expect(page.locator(".finding", has_text="甲错词")).to_contain_text("已忽略")
    said = json.loads(sent.value.post_data or "")

    assert {
        "kind": "false-alarm",
        "rule": "spelling.browser-test",
        "word": "甲错词",
        "context": "38000，这是⟦甲错词⟧的前后文字。",
        "note": "专有名词",
        "record": "",
    } == said
    page.goto("/words")
    expect(page.locator("main")).to_contain_text("专有名词")
    expect(page.locator("main")).to_contain_text("甲错词")


def test_a_report_that_fails_says_so(page: Page) -> None:
    """Nothing is dismissed on the word of a service that did not answer."""
    paste(page, "<p>甲错词。</p>")
    screen(page)
    select(page, "甲错词")
    page.route(
        "**/lexicons/reports",
        lambda route: route.fulfill(status=503, json={"detail": "登记簿暂时无法读写。"}),
    )
    page.get_by_role("button", name="报告误报…").click()
    page.get_by_role("button", name="报告误报", exact=True).click()
    expect(page.locator(".reasons .caution")).to_have_text("未能报告：登记簿暂时无法读写。")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="报告误报…").focus()

    expect(page.locator(".finding", has_text="甲错词")).to_contain_text("须复核")
    assert ["甲错词"] == ours(page, "review")


def test_a_report_pressed_twice_is_sent_once(page: Page) -> None:
    """While the service is thinking, the button and Enter do nothing more."""
    paste(page, "<p>甲错词。</p>")
    screen(page)
    select(page, "甲错词")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/lexicons/reports", hold)
    page.get_by_role("button", name="报告误报…").click()
    again = page.get_by_role("button", name="报告误报", exact=True)
    with page.expect_request("**/lexicons/reports"):
        again.click()
    again.click()
    page.locator("#alarm-note").press("Enter")
    page.evaluate("new Promise((done) => setTimeout(done, 50))")
    held[0].fulfill(status=201, json={})
    expect(page.locator(".finding", has_text="甲错词")).to_contain_text("已忽略")

    assert 1 == len(held)


def test_a_word_is_proposed(page: Page) -> None:
    """The selected letters are there already; the keeper gets them, the page goes on."""
    paste(page, "<p>这里有一个丁错词没有查出来。</p>")
    screen(page)
    page.evaluate(
        """() => { const node = document.querySelector("#manuscript p").firstChild; const range = document.createRange();
            range.setStart(node, 5); range.setEnd(node, 8); getSelection().removeAllRanges(); getSelection().addRange(range); }"""
    )
    page.get_by_role("button", name="建议增加词语").click()
    expect(page.locator("#propose-word")).to_have_value("丁错词")
    page.locator("#propose-instead").fill("丁对词")
    page.locator("#propose-note").fill("见词典")
    with page.expect_response("**/lexicons/reports") as answer:
        page.keyboard.press("Enter")
    assert 201 == answer.value.status
    said: dict[str, Any] = json.loads(answer.value.request.post_data or "")

    assert ("word", "丁错词", "应当写作“丁对词”。类别：错别字。见词典") == (
        said["kind"],
        said["word"],
        said["note"],
    )
    expect(page.locator("#propose")).to_be_hidden()
    expect(page.locator("#notice")).to_contain_text("已建议增加“丁错词”")
    page.get_by_role("button", name="建议增加词语").click()
    page.locator("#propose-word").fill("")
    page.get_by_role("button", name="提交建议").click()
    expect(page.locator("#propose")).to_be_visible()  # nothing to propose, nothing is sent
    page.keyboard.press("Escape")
    expect(page.locator("#propose")).to_be_hidden()


def test_figures_lead_to_their_records(page: Page) -> None:
    """A bar is a link: a unit's leads to that unit's posts, a rule's to its page; paper shows the bars too."""
    page.locator("#facts summary").click()
    page.locator("#unit_name").fill("图表局")
    paste(page, "<p>截至2月30日，甲停词。</p>")
    screen(page)
    enter(page)
    page.get_by_role("link", name="统计").click()
    expect(page.locator("h1")).to_have_text("统计")
    bar = page.locator(".chart tr", has_text="图表局").locator("rect")
    assert [True, True] == [
        one.evaluate("(one) => one.getBoundingClientRect().width > 3") for one in bar.all()
    ]
    page.emulate_media(media="print")
    expect(page.locator(".chart rect").first).to_be_visible()
    page.emulate_media(media="screen")
    page.get_by_role("link", name="图表局").click()

    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text("图表局")


def test_a_mark_under_the_pointer_says_what_and_why(page: Page) -> None:
    """What, why, the article and the proposal, without a click; Escape takes it away."""
    paste(page, "<p>这里是甲错词。</p>")
    screen(page)
    place = page.evaluate(
        """() => { const range = document.createRange(); const node = document.querySelector("#manuscript p").firstChild;
            range.setStart(node, 3); range.setEnd(node, 6); const box = range.getBoundingClientRect();
            return [box.x + box.width / 2, box.y + box.height / 2]; }"""
    )
    page.mouse.move(*place)
    tip = page.locator("#tip")
    expect(tip).to_be_visible()
    for words in ("试验错词", "供浏览器试验", "试验规则第一条", "建议改为：甲对词"):
        expect(tip).to_contain_text(words)
    page.keyboard.press("Escape")

    expect(tip).to_be_hidden()


def test_a_session_that_has_ended_loses_nothing(page: Page) -> None:
    """The reason and the way back in, in another window; what was written stays."""
    paste(page, "<p>甲错词。</p>")
    page.route("**/screen", lambda route: route.fulfill(status=401, json={"detail": "请先登录。"}))
    page.keyboard.press("Control+Enter")
    settled(page, "error")
    link = page.locator("#message a")
    expect(link).to_have_attribute("href", "/login?next=/")
    expect(link).to_have_attribute("target", "_blank")
    expect(page.locator("#message")).to_contain_text("未完成审查，不得发布：请先登录。")
    expect(page.locator(TEXT)).to_have_text("甲错词。")
    page.unroute("**/screen")

    assert "<p>甲错词。</p>" == screen(page)["body"]


def test_without_a_register_nothing_is_offered(page: Page) -> None:
    """No button that could only fail."""

    def without(route: Any) -> None:
        answer = route.fetch()
        text = re.sub(
            r" data-register|<button type=\"button\" id=\"(?:enter|propose-open)\".*?</button>",
            "",
            answer.text(),
        )
        route.fulfill(response=answer, body=text)

    page.route("**/", without)
    page.goto("/")
    paste(page, "<p>甲错词。</p>")
    screen(page)
    settled(page)

    expect(page.get_by_role("button", name="登记")).to_have_count(0)
    expect(page.get_by_role("button", name="报告误报…")).to_have_count(0)
