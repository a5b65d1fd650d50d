"""The register in a real browser: a post is sent in, reviewed, signed, released, compared and filed by people who log in."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, expect

from app.accounts import people
from app.accounts.people import Account
from app.main import create
from app.register.store import Register
from app.settings import Settings
from tests.browser.conftest import serving
from tests.browser.test_form import FAINT, NAMELESS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

expect.set_options(timeout=20_000)  # milliseconds; these tests are about what is shown, not how soon

PASSWORD = "Linjiang2026-ok"
UNIT = "临江县统计局"
TITLE = "关于开展2026年秋季学期招生工作的公告"
BODY = "全县各项工作有序推进。\n请各单位认真落实，联系人见附件。\n特此公告。"

STAFF = {
    "editor": ("张编辑", ("editor",), ()),
    "first": ("李初审", ("editor", "reviewer"), ()),
    "second": ("王复审", ("reviewer",), ()),
    "leader": ("钱分管", ("approver",), ("分管领导",)),
    "publisher": ("吴发布", ("publisher",), ()),
    "keeper": ("郑档案", ("keeper",), ()),
    "chief": ("何管理", ("administrator",), ()),
    "auditor": ("冯审计", ("auditor",), ()),
}


def staffed(home: Path) -> Settings:
    """A data folder with the people of a county office, each past their first password."""
    settings = Settings(home=home, checklists=("yijun-release-2022",), unit=UNIT, unit_kind="department")
    register = Register(settings)
    register.open()
    for login, (name, roles, posts) in STAFF.items():
        register.call(people.adding(Account(login, name, UNIT, "own", roles, posts), PASSWORD, "test"))
        register.call(people.setting(login, "test", "test", must_change=False))
    register.close()
    return settings


@pytest.fixture(scope="module")
def office(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a service with accounts."""
    assert chromium
    with serving(create(staffed(tmp_path_factory.mktemp("office")))) as address:
        yield address


class Desk:
    """Each person at a browser of their own, logged in once. What goes wrong in a page is gathered."""

    def __init__(self, browser: Browser, office: str) -> None:
        self.browser, self.office = browser, office
        self.pages: dict[str, Page] = {}
        self.wrong: list[str] = []

    def of(self, login: str) -> Page:
        """Their page."""
        if login not in self.pages:
            context = self.browser.new_context(
                base_url=self.office, viewport={"width": 1280, "height": 900}, locale="zh-CN"
            )
            context.set_default_timeout(20_000)
            page = self.pages[login] = context.new_page()
            page.on("pageerror", lambda error: self.wrong.append(str(error)))
            page.on("console", lambda one: self.wrong.append(one.text) if one.type == "error" else None)
            page.goto("/login")
            page.fill("#login", login)
            page.fill("#password", PASSWORD)
            page.click("text=登录 >> nth=-1")
            page.wait_for_selector(".office")
        return self.pages[login]

    def at(self, login: str, path: str) -> Page:
        """Their page, at a path."""
        page = self.of(login)
        page.goto(path)
        return page

    def close(self) -> None:
        """All windows shut."""
        for page in self.pages.values():
            page.context.close()


@pytest.fixture
def desk(browser: Browser, office: str) -> Iterator[Desk]:
    """Nobody there yet; afterwards nothing may have gone wrong in any page."""
    desk = Desk(browser, office)
    yield desk
    desk.close()
    assert [] == [one for one in desk.wrong if not one.startswith("Failed to load resource")]


def submitted(desk: Desk, title: str = TITLE, body: str = BODY) -> str:
    """What the editor sends in; the path of its record."""
    page = desk.at("editor", "/submit")
    page.fill("#title", title)
    page.fill("#body", body)
    expect(page.locator("#unit_kind")).to_have_value("department")  # what is usual in this house is filled in
    page.select_option("#category", "公示公告")
    page.fill("#formed_on", "2026-11-20")
    page.click("button:text-is('送审')")
    page.wait_for_url("**/records/*")
    return page.url.removeprefix(desk.office)


def answered(desk: Desk, login: str, path: str) -> None:
    """Every open item, well."""
    page = desk.at(login, path)
    rows = page.locator("tr:has(input[type=radio])")
    for at in range(rows.count()):
        row = rows.nth(at)
        row.locator("label:not(:has-text('有问题'))").last.click()
        row.locator("input:not([type=radio])").fill("已核对")
    page.click("button:text-is('保存人工结论')")


def act(desk: Desk, login: str, path: str, *words: str, note: str = "同意") -> Page:
    """Press the buttons with these words, one after the other."""
    page = desk.at(login, path)
    for word in words:
        page.fill("#note", note)
        page.click(f"button:text-is('{word}')")
    return page


def test_a_post_goes_all_the_way(desk: Desk) -> None:
    """The editor submits, two reviewers and a leader sign, the form downloads, the published text verifies."""
    path = submitted(desk)
    editor = desk.of("editor")
    expect(editor.locator(".state")).to_have_text("待人工填写")
    expect(editor.locator(".deadline")).to_have_count(0)  # 宜君 names no day

    answered(desk, "first", path)
    expect(desk.of("first").locator(".state")).to_have_text("审核中")
    act(desk, "first", path, "初审")
    act(desk, "second", path, "复审")
    act(desk, "leader", path, "终审")
    act(desk, "editor", path, "一校")
    act(desk, "first", path, "二校")
    page = act(desk, "second", path, "三校")
    expect(page.locator(".state")).to_have_text("待审批")
    expect(desk.at("leader", "/tasks").locator("tbody")).to_contain_text("审批")
    page = act(desk, "leader", path, "审批")
    expect(page.locator(".state")).to_have_text("已批准，待发布")

    page = desk.at("editor", path)
    with page.expect_download() as download:
        page.click("#docx")
    form = zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes())).read("word/document.xml").decode()
    for words in ("信息发布审查表", TITLE, "张编辑", "李初审", "王复审", "钱分管", "签字", "盖章"):
        assert words in form
    page = desk.at("editor", f"{path}/form.html")
    expect(page.locator("main")).to_contain_text("钱分管")
    expect(page.locator("img.qr")).to_be_visible()

    page = act(desk, "publisher", path, "发布")
    expect(page.locator(".state")).to_have_text("已发布，待归档")
    compare(page, TITLE, BODY)
    expect(page.locator("div.verified")).to_have_class("verified same")
    compare(page, TITLE, BODY.replace("各单位", "各部门"))
    expect(page.locator("div.verified")).to_contain_text("第 3 段有改动")
    expect(page.locator("div.verified .now")).to_contain_text("请各部门认真落实")

    page = act(desk, "keeper", path, "接收", "登记", "归档", note="2026-公告-7")
    expect(page.locator(".state")).to_have_text("已归档")
    story = page.locator(".story").inner_text()
    for words in (
        "送审",
        "李初审 初审",
        "分管领导：审批",
        "吴发布 发布",
        "核对发布稿：不一致（1 处）",
        "郑档案 归档",
    ):
        assert words in story, story


def compare(page: Page, title: str, body: str) -> None:
    """Type a published text in."""
    page.fill("#verify-title", title)
    page.fill("#verify-body", body)
    page.click("button:text-is('核对')")
    page.wait_for_selector("div.verified")


def test_a_changed_text_starts_again(desk: Desk) -> None:
    """What is refused says why on the page, and a STOP is waived by nobody who may not."""
    path = submitted(desk, body="身份证号11010519491231002X的居民请领取补贴。")
    page = desk.of("editor")

    expect(page.locator(".state")).to_have_text("须修改后重新送审")
    assert "11010519491231002X" not in page.content()
    expect(page.locator(".notes.stops")).to_contain_text("须先改正")
    expect(page.locator("button:text-is('豁免')")).to_have_count(0)
    expect(desk.at("leader", path).locator("button:text-is('豁免')")).to_have_count(1)


def test_every_page_is_named_and_legible(desk: Desk) -> None:
    """Controls have names, letters contrast with their ground, nothing scrolls sideways, there is a way out."""
    path = submitted(desk, "<b>标题</b>", "全县各项工作有序推进。")
    seen = {
        "editor": (
            "/tasks",
            "/submit",
            "/records",
            path,
            "/waivers",
            "/rectification",
            "/account/password",
            "/account/totp",
        ),
        "leader": (path,),
        "chief": (
            "/accounts",
            "/accounts?change=leader",
            "/records",
        ),  # the last one is refused to them, in words
        "auditor": ("/accounts", "/records", "/audit"),
    }
    for login, paths in seen.items():
        for one in paths:
            page = desk.at(login, one)
            assert [] == page.evaluate(NAMELESS), one
            assert [] == page.evaluate(FAINT), one
            if (login, one) != ("chief", "/records"):
                expect(page.locator("button:text-is('退出')")).to_be_visible()
            for width in (1280, 390):
                page.set_viewport_size({"width": width, "height": 900})
                assert page.evaluate("document.documentElement.scrollWidth") <= width, (one, width)


def test_the_administrator_makes_an_account(desk: Desk) -> None:
    """Its first password is shown once, works once, and must be changed; the administrator sees no records."""
    page = desk.at("chief", "/accounts")
    page.fill("#login", "newcomer")
    page.fill("#name", "何新人")
    page.fill("#unit", UNIT)
    page.check("input[name=roles][value=editor]")
    page.click("button:text-is('新建')")
    first = page.inner_text("#once")
    page.goto("/accounts")
    expect(page.locator("#once")).to_have_count(0)
    assert page.goto("/records").status == 403

    context = desk.browser.new_context(base_url=desk.office)
    page = context.new_page()
    page.goto("/login")
    page.fill("#login", "newcomer")
    page.fill("#password", first)
    page.click("text=登录 >> nth=-1")
    page.wait_for_url("**/account/password")
    page.fill("#old", first)
    page.fill("#new", "Xinren2026-mima")
    page.fill("#again", "Xinren2026-mima")
    page.click("main form:not([action$=logout]) button")
    page.wait_for_url("**/tasks")
    expect(page.locator(".office")).to_contain_text("何新人")
    page.click("button:text-is('退出')")
    page.wait_for_url("**/login")
    page.goto("/tasks")
    expect(page.locator("#password")).to_be_visible()
    context.close()
