"""Thirty ways to run a script by what is kept: titles, units, notes, reports on the pages of the register; none does."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.browser.test_attacks import PAYLOADS, strangers

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, Request

pytestmark = pytest.mark.browser

# What a payload would have made, had it become markup; our own pages hold none of these.
MADE = "main :is(script, iframe, object, embed, math, video, base, template, noscript, [onload], [onerror], [onclick], [onfocus], [ontoggle], [onbegin], [onmouseover], [style], [href^=javascript], [href^=data], img:not(.qr), svg a, svg script)"


@pytest.fixture
def kept(context: BrowserContext, base: str) -> list[str]:
    """Every payload in every field of a post that is put down; the ids of the records."""
    ids = []
    for number, payload in enumerate(PAYLOADS):
        answer = context.request.post(
            "/screen",
            headers={"origin": base},
            data={
                "title": f"{payload}标题{number}",
                "body": f"{payload}截至2月30日，甲停词{payload}",
                "format": ("html", "text", "markdown")[number % 3],
                "unit": {"name": payload},
                "source": {"name": payload, "url": payload},
                "author": payload,
                "external_id": f"{payload}{number}",
                "category": payload[:50],
                "record": True,
            },
        )
        assert answer.ok, answer.text()
        ids.append(answer.json()["record"])
        said = {
            "kind": "false-alarm",
            "rule": "number.impossible-date",
            "word": payload[:200],
            "context": payload,
            "note": payload,
        }
        assert context.request.post("/lexicons/reports", headers={"origin": base}, data=said).ok
    return ids


def test_nothing_kept_runs(context: BrowserContext, base: str, kept: list[str]) -> None:
    """On every page that shows it, or that is asked for with it; not even the policy has anything to stop."""
    page = context.new_page()
    wrong: list[str] = []
    requests: list[Request] = []
    page.on("request", lambda request: requests.append(request))  # noqa: PLW0108 playwright cannot wrap a builtin
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", lambda dialog: wrong.append(dialog.message))
    page.add_init_script(
        "window.hits = []; window.hit = () => window.hits.push('hit');"
        "addEventListener('securitypolicyviolation', ({violatedDirective}) => window.hits.push(violatedDirective))"
    )
    shown = [f"/records/{one}{end}" for one in kept for end in ("", "/form.html")]
    asked = [
        path + quote(one)
        for one in PAYLOADS[::5]
        for path in (
            "/records?q=",
            "/figures?from=&unit=",
            "/rules/",
            "/checklists/",
            "/records/",
            "/login?next=/",
        )
    ]
    for path in ("/records?limit=200", "/tasks", "/figures?from=", "/waivers", "/words", *shown, *asked):
        page.goto(path)
        found = page.evaluate("(made) => [window.hits, document.querySelectorAll(made).length]", MADE)
        assert [[], 0] == found, path
    assert [] == wrong
    assert [] == strangers(requests, base)


def test_a_refused_form_is_letters(page: Page, tolerated: list[str]) -> None:
    """What was typed comes back in its fields, and only there."""
    page.evaluate("window.hits = 0")
    for payload in PAYLOADS[::4]:
        page.goto("/submit")
        page.fill("#title", payload)
        page.fill("#body", "　")
        page.fill("#external_id", payload)
        page.get_by_role("button", name="送审", exact=True).click()
        assert payload == page.input_value("#title")
        assert 0 == page.locator(MADE).count()
