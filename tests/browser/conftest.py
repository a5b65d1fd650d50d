"""A real service and a real Chromium. Where there is no Chromium these tests are left out, and say so."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from app.main import create
from app.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fastapi import FastAPI

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",  # tests often run as root, in a container
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# Words that no other rule knows, so that these tests stay as they are while rules come and go.
WORDS = {
    "spelling/browser-test.toml": """
        id = "spelling.browser-test"
        title = "试验错词"
        why = "供浏览器试验。"
        basis = ["试验规则第一条"]
        examples = ["这是⟦甲错词→甲对词⟧", "这是甲对词"]
        [terms]
        "甲错词" = "甲对词"
        "乙错𠮷词" = "乙对𠮷词"
        "R&D错词" = "R&D对词"
    """,
    "secrecy/browser-test.toml": """
        id = "secrecy.browser-test"
        title = "试验停词"
        why = "供浏览器试验。"
        basis = ["试验规则第二条"]
        examples = ["这是⟦甲停词⟧", "这是甲词"]
        [terms]
        "甲停词" = true
    """,
}


@pytest.fixture(scope="session")
def lexicons(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lexicon folder with the words of these tests."""
    folder = tmp_path_factory.mktemp("words")
    for name, text in WORDS.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(line.strip() for line in text.strip().splitlines()), encoding="utf-8")
    return folder


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The application in a uvicorn of this process: its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the service did not start"
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="session")
def base(lexicons: Path, tmp_path_factory: pytest.TempPathFactory, chromium: str) -> Iterator[str]:
    """The address of a running service."""
    with serving(create(Settings(home=tmp_path_factory.mktemp("home"), lexicons=(lexicons,)))) as address:
        yield address


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium of this machine."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip(
            "no Chromium on this machine (Debian: apt-get install chromium): the form was not tried in a browser"
        )
    return found


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """One browser for all tests of a file. No longer: while it lives, its loop keeps others from running theirs."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser, base: str) -> Iterator[BrowserContext]:
    """A fresh profile with the clipboard allowed."""
    context = browser.new_context(base_url=base, viewport={"width": 1440, "height": 900}, locale="zh-CN")
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=base)
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def tolerated() -> list[str]:
    """Beginnings of console messages that a test expects; it adds its own."""
    return ["Failed to load resource"]  # a test that makes the service fail makes the browser say so


# Chromium's insertHTML tries to keep the look of what it puts into a paragraph by inline styles. The page's policy
# forbids them, which is what we want; Chromium reports its own attempt.
OWN_STYLES = ["Applying inline style violates", "policy: style-src-attr"]


@pytest.fixture
def page(context: BrowserContext, tolerated: list[str]) -> Iterator[Page]:
    """The form, ready. Afterwards nothing may have gone wrong in it: no error, no breach of its policy."""
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("dialog", lambda dialog: dialog.accept())  # "leave this page?"
    page.add_init_script(
        "addEventListener('securitypolicyviolation', (event) => console.error('policy: ' + event.violatedDirective))"
    )
    page.goto("/")
    page.wait_for_selector("#post:not([hidden])")
    yield page
    assert [] == [one for one in wrong if not one.startswith(tuple(tolerated))]
