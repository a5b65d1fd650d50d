"""Thirty ways to run a script by paste, title, source or answer: none does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OWN_STYLES
from tests.browser.test_form import SOURCE, TEXT, TITLE, paste, screen

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request, Route

pytestmark = pytest.mark.browser

PAYLOADS = [
    "<script>hit()</script>",
    "<ScRiPt src=https://evil.example/x.js></ScRiPt>",
    "<img src=x onerror=hit()>",
    "<img src='https://evil.example/pixel.png' alt='\" onerror=hit() x=\"'>",
    "<svg onload=hit()>",
    "<svg><script>hit()</script></svg>",
    "<svg><a xlink:href='javascript:hit()'><text>点击</text></a></svg>",
    "<svg><animate onbegin=hit() attributeName=x dur=1s>",
    "<math><mtext><table><mglyph><style><img src=x onerror=hit()></style></mglyph></table></mtext></math>",
    "<math href='javascript:hit()'>点击</math>",
    "<body onload=hit()>",
    "<iframe src='javascript:hit()'></iframe>",
    "<iframe srcdoc='<script>parent.hit()</script>'></iframe>",
    "<object data='javascript:hit()'></object>",
    "<embed src='data:text/html,<script>hit()</script>'>",
    "<a href='javascript:hit()'>点击</a>",
    "<a href='java\tscript:hit()'>点击</a>",
    "<a href=' &#106;avascript:hit()'>点击</a>",
    "<a href='data:text/html,<script>hit()</script>'>点击</a>",
    "<a href='https://ok.example/\" onclick=\"hit()'>点击</a>",
    "<form action='javascript:hit()'><button>点击</button></form>",
    "<input autofocus onfocus=hit()>",
    "<details open ontoggle=hit()>甲</details>",
    "<video><source onerror=hit()></video>",
    "<p style='background:url(javascript:hit())' onmouseover='hit()'>甲</p>",
    '<p style="animation-name:x" onanimationstart="hit()">甲</p>',
    "<template><script>hit()</script></template>",
    '<noscript><p title="</noscript><img src=x onerror=hit()>">',
    "<!--><img src=x onerror=hit()>-->",
    "<meta http-equiv=refresh content='0;url=javascript:hit()'><base href='https://evil.example/'>",
    "<link rel=stylesheet href='https://evil.example/x.css'><style>@import 'https://evil.example/y.css';</style>",
    "</textarea><script>hit()</script>",
    "<p contenteditable=false is=x-hit slot=y class=image data-src='javascript:hit()'>甲</p>",
]


@pytest.fixture
def watched(page: Page) -> Page:
    """The form, with an alarm that any script of a post would set off, and a watch on every request."""
    page.evaluate("() => { window.hits = 0; window.hit = () => { window.hits += 1; }; }")
    page.on(
        "dialog",
        lambda dialog: pytest.fail(f"a dialog: {dialog.message}") if dialog.type != "beforeunload" else None,
    )
    return page


def strangers(requests: list[Request], base: str) -> list[str]:
    """Requests to anybody but the service."""
    return [one.url for one in requests if not one.url.startswith((base, "data:"))]


@pytest.mark.parametrize("way", ["paste", "title", "source", "exchange", "insert"])
def test_no_payload_runs(watched: Page, base: str, way: str, tolerated: list[str]) -> None:
    """Every payload, by every way in, screened, clicked and marked."""
    if way == "insert":
        tolerated += OWN_STYLES
    page = watched
    requests: list[Request] = []
    page.on("request", lambda request: requests.append(request))  # noqa: PLW0108 playwright cannot wrap a builtin
    for payload in PAYLOADS:
        text = f"{payload}甲停词"
        if way == "paste":
            page.evaluate("document.querySelector('#manuscript').replaceChildren()")
            paste(page, text, text)
        elif way == "insert":
            paste(page, text, text)
        elif way == "title":
            page.fill(TITLE, text)
            page.locator(TEXT).fill("正文")
        else:
            page.get_by_label("源码/纯文本").check()
            page.select_option("#format", "html")
            page.fill(SOURCE, text)
            if way == "exchange":
                page.get_by_label("带格式").check()
        screen(page)
        for link in page.locator(f"{TEXT} a").all():
            link.dispatch_event("click")
        page.locator(TEXT).dispatch_event("mouseover")
    allowed = page.evaluate(
        """() => [...document.querySelectorAll("#manuscript *")].flatMap((one) => [one.nodeName, ...[...one.attributes]
            .filter(({name}) => !["href", "class", "contenteditable", "data-src", "data-hidden", "colspan", "rowspan"].includes(name))
            .map(({name}) => name)]).filter((name) => !/^(P|A|BR|DIV|SPAN|TABLE|TBODY|TR|TD|B|FONT)$/.test(name))"""
    )
    addresses = page.evaluate("[...document.querySelectorAll('#manuscript [href]')].map((one) => one.href)")

    assert 0 == page.evaluate("window.hits")
    assert [] == strangers(requests, base)
    assert [] == allowed
    assert [] == [one for one in addresses if not one.startswith(("https://", "http://", "mailto:"))]


def test_no_answer_runs(watched: Page, base: str) -> None:
    """Were the service itself to repeat a payload, or to lie, it would be letters on the page."""
    page = watched
    requests: list[Request] = []
    page.on("request", lambda request: requests.append(request))  # noqa: PLW0108 playwright cannot wrap a builtin
    payload = "<img src=x onerror=hit()><script>hit()</script>"

    def poisoned(value: object, key: str = "") -> object:
        if isinstance(value, dict):
            return {name: poisoned(one, name) for name, one in value.items()}
        if isinstance(value, list):
            return [poisoned(one, key) for one in value]
        if isinstance(value, str) and key not in {
            "verdict",
            "field",
            "answer",
            "act",
            "bad",
            "digest",
            "data",
            "fact",
        }:
            return f"javascript:hit()//{payload}"
        return value

    def fulfil(route: Route) -> None:
        verdict = route.fetch().json()
        for one in verdict["findings"]:
            one["suggestion"] = payload
        verdict["unseen"] = [{"rule": payload, "title": payload, "reason": payload}]
        route.fulfill(json=poisoned(verdict))

    page.route("**/screen", fulfil)
    paste(page, "<p>甲停词，甲错词。</p>")
    screen(page)
    page.keyboard.press("F8")
    for link in page.locator("#results a").all():
        assert (link.get_attribute("href") or "").startswith("/checklists/") or "" == link.get_attribute(
            "href"
        )
    page.locator("#findings .head").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(TEXT)).to_contain_text("onerror")

    assert 0 == page.evaluate("window.hits")
    assert 0 == page.locator("#results img, #results script, #manuscript img").count()
    assert [] == strangers(requests, base)
