"""The pages as the server sends them: what they hold, and what they must not."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from fastapi import Request
from fastapi.testclient import TestClient

from app.explain import rule_page
from app.main import create
from app.register.way import Person
from app.settings import Settings
from app.web.form import CHANNELS, KINDS, MODULES, categories
from app.web.pages import FOLDER, STATIC, render
from detectors.rule import FAMILIES, Example, Rule

if TYPE_CHECKING:
    from pathlib import Path

HTML = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
TEMPLATES = sorted((FOLDER / "templates").rglob("*.html"))
PAGES = [
    "/",
    "/help",
    "/figures",
    "/rules",
    "/rules/number.impossible-date",
    "/checklists",
    "/checklists/yunzhou-2023",
]


class Elements(HTMLParser):
    """Every element of a page with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One more."""
        self.found.append((tag, dict(attrs)))


def page(client: TestClient, path: str) -> str:
    """The page a browser gets."""
    answer = client.get(path, headers=HTML)
    assert 200 == answer.status_code, answer.text
    assert answer.headers["content-type"].startswith("text/html")
    return str(answer.text)


@pytest.mark.parametrize("path", PAGES)
def test_pages_hold_no_script_and_no_style(client: TestClient, path: str) -> None:
    """The policy of app/main.py would block them; and nothing comes from another host."""
    elements = Elements(page(client, path)).found
    for tag, attributes in elements:
        assert "style" != tag
        assert [] == [name for name in attributes if name == "style" or name.startswith("on")]
        for name in ("src", "href", "action"):
            address = attributes.get(name) or "/"
            assert re.match(r"/(?!/)|#", address), (tag, address)
    scripts = [attributes for tag, attributes in elements if tag == "script"]
    assert all("src" in attributes for attributes in scripts)
    policy = client.get(path, headers=HTML).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("path", PAGES)
def test_pages_can_be_read_by_everybody(client: TestClient, path: str) -> None:
    """Language, title, one main heading, a skip link; every field has a label."""
    text = page(client, path)
    elements = Elements(text).found
    labelled = {attributes.get("for") for tag, attributes in elements if tag == "label"}

    assert '<html lang="zh-CN">' in text
    assert re.search(r"<title>[^<]+ - 先审</title>", text)
    assert 1 == sum(tag == "h1" for tag, _ in elements)
    assert '<a class="skip" href="#main">' in text
    assert [] == [
        attributes
        for tag, attributes in elements
        if tag in {"input", "select", "textarea"}
        and attributes.get("id")
        and attributes["id"]
        not in labelled | {"fresh", "format", "thorough"}  # these stand inside their labels
    ]


def test_ids_are_unique(client: TestClient) -> None:
    """A label must not name two fields."""
    ids = [attributes["id"] for _, attributes in Elements(page(client, "/")).found if "id" in attributes]

    assert sorted(set(ids)) == sorted(ids)  # type: ignore[type-var]


def test_form_offers_every_regulation(client: TestClient) -> None:
    """All of them as boxes, the default ones ticked."""
    boxes = {
        attributes["value"]: "checked" in attributes
        for tag, attributes in Elements(page(client, "/")).found
        if tag == "input" and attributes.get("name") == "checklists"
    }

    assert {one["id"] for one in client.get("/checklists").json()} == set(boxes)
    assert ["yijun-release-2022"] == [name for name, ticked in boxes.items() if ticked]


def test_form_offers_what_the_service_accepts(client: TestClient) -> None:
    """Kinds and channels are those of POST /screen; categories hold all that make a difference somewhere."""
    post = client.get("/openapi.json").json()["components"]["schemas"]
    accepted = post["Post"]["properties"]["channel"]["enum"]
    kinds = post["Unit"]["properties"]["kind"]["enum"]

    assert set(accepted) == {"", *CHANNELS}
    assert set(kinds) == {"", *KINDS}
    service = client.app.state.service  # type: ignore[attr-defined]
    assert {"回复", "转载", "公示公告", "征集调查"} <= set(categories(service.checklists.values()))


def test_mask_button_follows_the_service(client: TestClient) -> None:
    """It is offered exactly where POST /redact exists."""
    exists = "/redact" in client.get("/openapi.json").json()["paths"]

    assert exists == ('data-redact="/redact"' in page(client, "/"))


def test_behind_a_proxy(tmp_path: Path) -> None:
    """Every address begins with the path under which the service is reached."""
    with TestClient(create(Settings(home=tmp_path)), root_path="/shen") as client:
        text = page(client, "/")

    assert 'data-root="/shen"' in text
    assert [] == re.findall(r'(?:src|href)="/(?!shen/)[^"]*"', text)


def test_help_names_the_limits_and_the_address(client: TestClient, tmp_path: Path) -> None:
    """What stands there is what the settings say, not what somebody once wrote."""
    with TestClient(
        create(Settings(home=tmp_path, max_file_bytes=7 * 1024 * 1024, max_characters=54_321))
    ) as other:
        text = page(other, "/help")

    assert "不超过 7 MB" in text
    assert "不超过 54,321 字符" in text
    assert "PDF 不超过 500 页" in text
    assert "http://testserver/v2<" in page(client, "/help")


@pytest.mark.parametrize(
    ("roles", "there", "missing"),
    [
        ({"editor"}, {"审稿", "登记簿", "统计"}, set()),
        ({"administrator"}, {"审稿", "帮助"}, {"登记簿", "统计"}),
    ],
)
def test_columns_lead_only_where_one_may_go(
    client: TestClient, roles: set[str], there: set[str], missing: set[str]
) -> None:
    """An administrator of accounts does not read the register, and is not led to its closed door."""
    person = Person("x", "某人", roles=frozenset(roles))
    text = rendered(client, "rules.html", person=person, rules=[], families={})
    shown = set(re.findall(r"<a href=\"[^\"]*\"[^>]*>(\w+)</a>", text.partition("</nav>")[0]))

    assert there <= shown
    assert not missing & shown


def test_rule_page_marks_its_examples(client: TestClient) -> None:
    """✗ with the marked place, ✓ without; by server, so that it can be read without scripts."""
    text = page(client, "/rules/number.impossible-date")

    assert "✗" in text
    assert "✓" in text
    assert "截至<mark>2月30日</mark>，全县" in text
    assert "number.impossible-date" in text


def test_rule_page_shows_letters_as_letters(client: TestClient) -> None:
    """Examples are often markup; on the page they are text, marks and proposals in their places."""
    rule = Rule(
        "damage.browser-test",
        "标签<残留>",
        "为什么 & 怎样",
        ("依据<一>",),
        (Example("<p>甲</p>⟦<b>→𠮷⟧乙<script>x()</script>", "html"), "无事"),
    )

    text = rendered(client, "rule.html", rule=rule_page(rule), families=FAMILIES)

    assert "标签&lt;残留&gt;" in text
    assert (
        '&lt;p&gt;甲&lt;/p&gt;<mark>&lt;b&gt;</mark><ins><span class="unseen">，建议改为</span>𠮷</ins>乙&lt;script&gt;'
        in text
    )
    assert "<script>x" not in text


def rendered(client: TestClient, template: str, person: Person | None = None, **values: object) -> str:
    """A template with values of our own, as somebody sees it."""
    scope = {
        "person": person or Person("", ""),
        "type": "http",
        "method": "GET",
        "path": "/x",
        "headers": [],
        "query_string": b"",
        "app": client.app,
    }
    return bytes(render(Request(scope), template, **values).body).decode()


def test_rules_page_lists_all_families(client: TestClient) -> None:
    """Every rule once, under its family."""
    rules = client.get("/rules").json()
    text = page(client, "/rules")

    assert all(f'href="/rules/{one["id"]}"' in text for one in rules)
    assert all(f'id="{one["family"]}"' in text for one in rules)


def test_checklist_page_quotes_every_item(client: TestClient) -> None:
    """Items verbatim, routes with who acts, what is left open."""
    for one in client.get("/checklists").json():
        text = unescape(page(client, f"/checklists/{one['id']}"))
        for item in one["items"]:
            assert item["asks"] in text
            assert item["number"] in text
        for route in one["routes"]:
            for signature in route["signatures"]:
                assert (signature["role"] or signature["asks"]) in text
        links = re.findall(r'href="/rules/([^"]+)"', text)
        assert set(links) <= {rule["id"] for rule in client.get("/rules").json()}


def test_everything_is_small(client: TestClient) -> None:
    """Under 150 kB for the form with all its modules, without compression; no kind of file that needs more."""
    text = page(client, "/")
    fetched = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', text)) - {"/static/old.js"}

    assert {f"/static/{name}" for name in (*MODULES, "form.js", "office.css")} <= fetched
    assert 150_000 > sum(len(client.get(one).content) for one in fetched) + len(text.encode())
    assert {path.suffix for path in STATIC.iterdir()} == {".js", ".css", ".svg"}


def test_modules_are_those_of_the_folder(client: TestClient) -> None:
    """Each module is fetched at once rather than one after another, and imports only its neighbours."""
    text = page(client, "/")
    for name in MODULES:
        assert f'rel="modulepreload" href="/static/{name}"' in text
    for path in STATIC.glob("*.js"):
        for imported in re.findall(r'from "([^"]+)"', path.read_text(encoding="utf-8")):
            assert (STATIC / imported).is_file(), (path.name, imported)
        assert 200 == client.get(f"/static/{path.name}").status_code


def test_modules_write_no_markup() -> None:
    """Nothing from outside can become an element: no module assigns markup, evaluates text or opens a document."""
    for path in STATIC.glob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert [] == re.findall(
            r"innerHTML\s*=(?! \"\")|outerHTML\s*=|insertAdjacentHTML|document\.write|\beval\(|new Function",
            text,
        )


def test_nothing_says_may_be_published() -> None:
    """The form never clears a post: that takes a person's signature."""
    for path in (*STATIC.iterdir(), *TEMPLATES):
        assert "可以发布" not in path.read_text(encoding="utf-8"), path.name


def test_templates_have_chinese_punctuation() -> None:
    """Full-width marks between Chinese letters, in templates and modules alike."""
    for path in (*STATIC.glob("*.js"), *TEMPLATES):
        text = re.sub(r"/\*.*?\*/|(?m:^\s*//.*$)", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert [] == re.findall(r"[\u4e00-\u9fff][,;:?!][\u4e00-\u9fff ]", text), path.name
