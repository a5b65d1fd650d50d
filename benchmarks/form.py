"""The form in a browser: first paint, bytes over the wire, and what a check of 5,000 characters costs both sides."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from statistics import median
from typing import TYPE_CHECKING, Any

import httpx
from rich.console import Console
from rich.table import Table

from benchmarks.corpora import Absent, official
from benchmarks.doors import OURS, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession, Page, Request

LIMITS = {
    "first paint, ms": 1_000.0,
    "ready to paste, ms": 1_000.0,
    "page over the wire, kB": 150.0,
    "check over the wire, kB": 150.0,
    "check on the server, ms": 100.0,
    "check on the main thread, ms": 50.0,
    "check until shown, ms": 250.0,
}
CHARACTERS = 5_000
PLANTED = "公示期截至2月30日。"
VISITS, CHECKS = 5, 9
_SLOW = 4  # an old office PC: a quarter of this machine's speed
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# A change of one letter, then Ctrl+Enter; resolved once the verdict is painted.
_CHECK = """(letter) => new Promise((resolve) => {
    const start = performance.now();
    const place = document.querySelector("#manuscript p:last-child");
    place.lastChild.data += letter;
    place.dispatchEvent(new InputEvent("input", {bubbles: true}));
    const watch = new MutationObserver(() => {
        if (document.body.dataset.state !== "fresh") return;
        watch.disconnect();
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - start)));
    });
    watch.observe(document.body, {attributeFilter: ["data-state"]});
    document.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", ctrlKey: true, bubbles: true, cancelable: true}));
})"""
_PASTE = """(html) => {
    const data = new DataTransfer();
    data.setData("text/html", html);
    document.querySelector("#manuscript").focus();
    document.querySelector("#manuscript").dispatchEvent(
        new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""
_READY = """new MutationObserver((_, watch) => {
    const form = document.querySelector("#post");
    if (!form || form.hidden) return;
    watch.disconnect();
    window.readyAt = performance.now();
}).observe(document, {subtree: true, childList: true, attributes: true, attributeFilter: ["hidden"]})"""
_PAINT = "[performance.getEntriesByName('first-contentful-paint')[0].startTime, window.readyAt]"


def run() -> dict[str, Any]:
    """Medians; for the machine as it is and for one a quarter as fast.

    Raises:
        Absent: no Chromium or no playwright.
        AssertionError: a check did not find what was planted, so its time does not count.
    """
    path = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if path is None or find_spec("playwright") is None:
        message = "left out: no Chromium on this machine (Debian: apt-get install chromium)"
        raise Absent(message)
    from playwright.sync_api import sync_playwright

    with serving(*OURS) as (port, _, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        address = f"http://127.0.0.1:{port}/"
        _visit(browser, address)  # the first start of a browser is not the page's cost
        visits = [_visit(browser, address) for _ in range(VISITS)]
        here, slow = _checks(browser, address, 1), _checks(browser, address, _SLOW)
        model = httpx.get(f"{address}ready").json().get("language_model", "off")
        browser.close()
    measured = {name: median(one[name] for one in visits) for name in visits[0]} | here
    return {"measured": measured, "slow": slow, "limits": LIMITS, "language_model": model}


def _visit(browser: Browser, address: str) -> dict[str, float]:
    """A first visit, nothing cached."""
    context = browser.new_context()
    page = context.new_page()
    page.add_init_script(_READY)
    wire = _wire(page)
    page.goto(address, wait_until="networkidle")
    painted, ready = page.evaluate(_PAINT)
    size = sum(wire) / 1000
    context.close()
    return {"first paint, ms": painted, "ready to paste, ms": ready, "page over the wire, kB": size}


def _wire(page: Page) -> list[float]:
    """Bytes of every answer as they come, heads included."""
    sizes: list[float] = []
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    return sizes


def _checks(browser: Browser, address: str, slower: int) -> dict[str, float]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("#post:not([hidden])")
    letters = official(CHARACTERS - len(PLANTED)) + PLANTED
    page.evaluate(_PASTE, "".join(f"<p>{line}</p>" for line in letters.split("\n")))
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    asked: list[Request] = []
    page.on("requestfinished", lambda request: asked.append(request))  # noqa: PLW0108 playwright cannot wrap a builtin
    page.evaluate(_CHECK, "甲")
    rounds = [_check(page, session, asked) for _ in range(CHECKS)]
    assert "2月30日" in page.inner_text("#findings"), "the planted date was not found"
    context.close()
    return {name: median(one[name] for one in rounds) for name in rounds[0]}


def _check(page: Page, session: CDPSession, asked: list[Request]) -> dict[str, float]:
    asked.clear()
    before = _busy(session)
    shown = page.evaluate(_CHECK, "乙")
    busy = _busy(session) - before
    (request,) = [one for one in asked if one.url.endswith("/screen")]
    response = request.response()
    assert response is not None
    answer = response.json()
    return {
        "check over the wire, kB": sum(int(str(one)) for one in request.sizes().values()) / 1000,
        "check on the server, ms": float(answer["elapsed_ms"]),
        "check on the main thread, ms": busy * 1000,
        "check until shown, ms": shown,
    }


def _busy(session: CDPSession) -> float:
    """Seconds that the page's main thread has worked: script, style, layout and paint."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return next(float(one["value"]) for one in metrics if one["name"] == "TaskDuration")


def show(figures: dict[str, Any]) -> None:
    """A readable table."""
    title = f"the form, {CHARACTERS:,} characters, language model {figures['language_model']}"
    table = Table(title, "measured", "at most", f"CPU ÷ {_SLOW}")
    for name, value in figures["measured"].items():
        limit, slow = figures["limits"][name], figures["slow"].get(name)
        table.add_row(
            name,
            f"{value:.1f}",
            f"{limit:.0f}",
            "" if slow is None else f"{slow:.1f}",
            style="red" if value > limit else "",
        )
    Console().print(table)


if __name__ == "__main__":
    show(run())
