"""Every page and every state of the form under axe-core: nothing serious, wide and narrow."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from reportlab.lib.utils import ImageReader

from tests.app.documents.test_intake import pdf, picture
from tests.browser.test_files import choose
from tests.browser.test_form import TEXT, paste, screen, select, settled

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

WIDTHS = (1440, 360)
AXE = """() => axe.run({resultTypes: ["violations"]}).then(({violations}) => violations
    .filter(({impact}) => ["serious", "critical"].includes(impact)).map(({id, nodes}) => [id, nodes.map(({html}) => html)]))"""


@pytest.fixture(scope="module")
def axe() -> str:
    """The library's own script."""
    spec = find_spec("axe_playwright_python")
    if spec is None or spec.origin is None:
        pytest.skip(
            "axe-core is not installed (pip install axe-playwright-python): the pages were not checked with it"
        )
    return Path(spec.origin).with_name("axe.min.js").read_text("utf-8")


def serious(page: Page, axe: str) -> dict[int, Any]:
    """What axe finds, by width."""
    found = {}
    page.emulate_media(reduced_motion="reduce")
    page.evaluate(axe)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(50)
        if violations := page.evaluate(AXE):
            found[width] = violations
    page.set_viewport_size({"width": 1440, "height": 900})
    return found


def example(page: Page) -> None:
    """A post with findings of every kind, its drawers open."""
    page.get_by_role("button", name="看示例").click()
    settled(page)
    for drawer in ("#regulations summary", "#facts summary"):
        page.locator(drawer).click()


def alarm(page: Page) -> None:
    """A finding open, its report asked for."""
    example(page)
    page.locator(".finding .head").nth(1).click()
    page.get_by_role("button", name="报告误报…").click()


def proposal(page: Page) -> None:
    """The dialog of a word."""
    example(page)
    page.get_by_role("button", name="建议增加词语").click()


def comparison(page: Page) -> None:
    """Before and after masking."""
    example(page)
    page.get_by_role("button", name="遮盖个人信息").click()
    expect(page.locator("#compare")).to_be_visible()


def scanned(page: Page) -> None:
    """A file that could not be read."""
    choose(page, "扫描.pdf", pdf(lambda canvas: canvas.drawImage(ImageReader(picture()), 0, 0, 500, 700)))
    settled(page)


def entered(page: Page) -> None:
    """Put down, changed since."""
    paste(page, "<p>甲停词。</p>")
    screen(page)
    page.locator("#enter").click()
    expect(page.locator("#recorded a").first).to_be_visible()
    page.locator(TEXT).focus()
    page.keyboard.type("改")
    settled(page)
    select(page, "甲停词")


@pytest.mark.parametrize("reach", [lambda _: None, example, alarm, proposal, comparison, scanned, entered])
def test_the_form(page: Page, axe: str, reach: Callable[[Page], None]) -> None:
    """Empty, filled, asking, comparing, refusing, kept."""
    reach(page)

    assert {} == serious(page, axe)


def test_the_other_pages(page: Page, axe: str) -> None:
    """What is read, and what the register shows of a post."""
    entered(page)
    record = page.locator("#recorded a").first.get_attribute("href") or ""
    paths = ("/records", record, f"{record}/form.html", "/tasks", "/submit", "/waivers", "/figures?from=", "/words",
             "/help", "/rules", "/rules/number.impossible-date", "/checklists", "/checklists/xiangxi-2018")  # fmt: skip
    found = {}
    for path in paths:
        page.goto(path)
        found[path] = serious(page, axe)

    assert {} == {path: one for path, one in found.items() if one}
