"""LanguageTool's HTTP API: its own client, raw requests, offsets, errors, extensions of browsers."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import language_tool_python
import pytest
import uvicorn
from hypothesis import given, settings
from hypothesis import strategies as st

from app.api import language_tool
from app.main import create
from app.service import Service
from app.settings import Settings
from benchmarks.loopback import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fastapi.testclient import TestClient

    from app.page import Page

WRONG = "既使再忙，也要办结。"
TEXT = f"😀𠮷各单位：参保登记截至2月30日。\n{WRONG}"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The service in a uvicorn on loopback; its address."""
    home: Path = tmp_path_factory.mktemp("language_tool")
    port = free_port()
    config = uvicorn.Config(create(Settings(home=home)), port=port, log_level="warning", ws="none")
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    end = time.monotonic() + 60
    while not running.started and time.monotonic() < end:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    running.should_exit = True
    thread.join(20)


@pytest.fixture
def tool(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[language_tool_python.LanguageTool]:
    """LanguageTool's Python client, with this service as its remote server."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with language_tool_python.LanguageTool("zh-CN", remote_server=server) as one:
        yield one


def checked(client: TestClient, text: str = "", **parameters: Any) -> dict[str, Any]:
    """The answer to a text, or to what ``parameters`` say."""
    given = ({"text": text} if text else {}) | {"language": "zh-CN"} | parameters
    answer = client.post("/v2/check", data=given)
    assert 200 == answer.status_code, answer.text
    shape: dict[str, Any] = answer.json()
    return shape


def quoted(text: str, match: dict[str, Any]) -> str:
    """What a match stands at, counted as JavaScript and Java count."""
    units = text.encode("utf-16-le")
    return units[2 * match["offset"] : 2 * (match["offset"] + match["length"])].decode("utf-16-le")


# --- its own client -----------------------------------------------------------------------------


def test_its_client_finds_and_corrects(tool: language_tool_python.LanguageTool) -> None:
    """Offsets, replacements, contexts and categories as that client takes them, beyond the first plane too."""
    matches = tool.check(TEXT)
    wrong = next(one for one in matches if one.category == "TYPOS")

    assert (["即使"], "misspelling") == (wrong.replacements, wrong.rule_issue_type)
    assert "既使" == TEXT[wrong.offset : wrong.offset + wrong.error_length]
    assert (2, 1) == wrong.get_line_and_column(TEXT)
    assert TEXT.replace("既使", "即使") == tool.correct(TEXT)
    assert "number.impossible-date" in {one.rule_id for one in matches}
    assert "既使" == tool.check(WRONG)[0].matched_text


def test_its_client_switches_rules(tool: language_tool_python.LanguageTool) -> None:
    """By rule, by category, and one category alone."""
    tool.disabled_rules = {"number.impossible-date"}
    assert {"TYPOS"} == {one.category for one in tool.check(TEXT)}
    tool.disable_spellchecking()
    assert [] == tool.check(TEXT)
    tool.disabled_rules, tool.disabled_categories = set(), set()
    tool.enabled_categories, tool.enabled_rules_only = {"NUMBER"}, True
    assert {"NUMBER"} == {one.category for one in tool.check(TEXT)}


def test_its_client_shows_what_is_refused(tool: language_tool_python.LanguageTool) -> None:
    """An error is plain text, which the client raises as it stands."""
    tool.enabled_rules_only = True
    with pytest.raises(language_tool_python.exceptions.LanguageToolError, match="enabledOnly"):
        tool.check(TEXT)


def test_its_client_knows_the_language(tool: language_tool_python.LanguageTool) -> None:
    """The languages are asked for when one is set."""
    assert "zh-CN" == str(tool.language)
    with pytest.raises(ValueError, match="unsupported"):
        tool.language = "fr"


# --- the shape ----------------------------------------------------------------------------------


def test_the_shape_of_an_answer(client: TestClient) -> None:
    """Every field that LanguageTool's extensions read."""
    answer = checked(client, TEXT)
    match = answer["matches"][-1]

    assert {"software", "warnings", "language", "matches", "sentenceRanges"} == answer.keys()
    assert (1, False) == (answer["software"]["apiVersion"], answer["warnings"]["incompleteResults"])
    assert ("zh-CN", "zh-CN") == (answer["language"]["code"], answer["language"]["detectedLanguage"]["code"])
    assert {
        "message", "shortMessage", "replacements", "offset", "length", "context", "sentence", "type", "rule",
        "ignoreForIncompleteSentence", "contextForSureMatch",
    } == match.keys()  # fmt: skip
    assert {"id", "description", "issueType", "category", "urls"} == match["rule"].keys()
    assert WRONG == match["sentence"]
    assert "既使" == quoted(match["context"]["text"], match["context"])
    page = match["rule"]["urls"][0]["value"]
    assert 200 == client.get(page).status_code


def test_languages(client: TestClient) -> None:
    """Simplified Chinese, under the names that clients look for."""
    assert [("zh", "zh-CN")] == [(one["code"], one["longCode"]) for one in client.get("/v2/languages").json()]


@settings(max_examples=60, deadline=None)
@given(
    st.text(st.sampled_from("😀𠮷字。\nA\u0301，！ "), max_size=120),
    st.text(st.sampled_from("😀𠮷字。\n"), max_size=60),
)
def test_offsets_count_utf_16(client: TestClient, before: str, after: str) -> None:
    """Whatever stands around, a match and its context stand at the words; sentences cover the text."""
    text = f"{before}\n截至2月30日。{after}"
    answer = checked(client, text)
    match = next(one for one in answer["matches"] if one["rule"]["id"] == "number.impossible-date")

    assert "2月30日" == quoted(text, match) == quoted(match["context"]["text"], match["context"])
    edges = [place for pair in answer["sentenceRanges"] for place in pair]
    assert [0, *edges[1:-1:2], len(text.encode("utf-16-le")) // 2] == [0, *edges[2::2], edges[-1]]


def test_long_texts_have_short_contexts(client: TestClient) -> None:
    """Forty letters on each side, and that something was left out."""
    match = checked(client, "字" * 100 + WRONG + "字" * 100, enabledCategories="TYPOS", enabledOnly="true")[
        "matches"
    ][0]
    context = match["context"]

    assert 3 + 40 + 2 + 40 + 3 == len(context["text"])
    assert ("...", "...") == (context["text"][:3], context["text"][-3:])


# --- annotated text -----------------------------------------------------------------------------


def annotated(*pieces: tuple[str, str] | tuple[str, str, str]) -> str:
    return json.dumps(
        {
            "annotation": [
                {kind: letters} | ({"interpretAs": more[0]} if more else {})
                for kind, letters, *more in pieces
            ]
        }
    )


def test_markup_is_hidden_and_counts(client: TestClient) -> None:
    """A word split by tags is found, from its first to its last letter; words inside tags are not."""
    pieces = (
        ("markup", '<p title="既使">😀'),
        ("text", "既"),
        ("markup", "<b>"),
        ("text", "使再忙"),
        ("markup", "</b></p>"),
    )
    source = "".join(letters for _, letters in pieces)
    matches = checked(client, data=annotated(*pieces), enabledCategories="TYPOS", enabledOnly="true")[
        "matches"
    ]

    assert ["既<b>使"] == [quoted(source, one) for one in matches]


def test_markup_may_stand_for_words(client: TestClient) -> None:
    """A paragraph's end is one; without it two words would run together."""
    joined = annotated(("text", "定于2月3"), ("markup", "<br>"), ("text", "0日举行。"))
    apart = annotated(("text", "定于2月3"), ("markup", "<br>", "\n"), ("text", "0日举行。"))

    assert "number.impossible-date" in {one["rule"]["id"] for one in checked(client, data=joined)["matches"]}
    assert "number.impossible-date" not in {
        one["rule"]["id"] for one in checked(client, data=apart)["matches"]
    }


def test_nothing_to_check(client: TestClient) -> None:
    """Empty text, or markup alone, has no match."""
    for given_ in (
        {"text": ""},
        {"data": annotated(("markup", "<p>"))},
        {"data": '{"text": ""}'},
        {"data": '{"annotation": []}'},
    ):
        answer = client.post("/v2/check", data={"language": "auto"} | given_).json()
        assert ([], False) == (answer["matches"], answer["warnings"]["incompleteResults"])


# --- what it must not do ------------------------------------------------------------------------


def test_a_rule_that_breaks_does_not_look_clean(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A match at the beginning says so, and the warning that LanguageTool has for it."""
    from detectors import Detectors, Unseen

    def blind(self: Detectors, text: Any, spent: float) -> Any:
        return (), (Unseen(self.rules["pii.resident-id"], "检查程序出错：ValueError"),)

    monkeypatch.setattr(Detectors, "look", blind)
    answer = checked(client, "没有问题的文字。")

    assert (0, 1, "xianshen.unseen") == (
        answer["matches"][0]["offset"],
        answer["matches"][0]["length"],
        answer["matches"][0]["rule"]["id"],
    )
    assert "未能完成" in answer["matches"][0]["message"]
    assert answer["warnings"]["incompleteResults"]
    off = checked(client, "没有问题的文字。", disabledRules="pii.resident-id")
    assert ([], False) == (off["matches"], off["warnings"]["incompleteResults"])


def test_a_broken_check_is_an_error(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """500 in words, without the text."""

    def broken(*_: Any) -> Any:
        raise RuntimeError("机密")

    monkeypatch.setattr("app.api.language_tool.screen", broken)
    answer = client.post("/v2/check", data={"language": "zh-CN", "text": "正文"})

    assert (500, "text/plain; charset=utf-8") == (answer.status_code, answer.headers["content-type"])
    assert "机密" not in answer.text
    assert "不得发布" in answer.text


@pytest.mark.parametrize(
    ("level", "model", "thorough"), [("default", True, False), ("picky", True, True), ("picky", False, False)]
)
def test_picky_is_thorough(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, level: str, model: bool, thorough: bool
) -> None:
    """LanguageTool's picky mode asks for what is only probably wrong; where there is no model it asks for nothing more."""
    asked: list[bool] = []

    def looking(ready: Service, page: Page) -> object:
        asked.append(page.thorough)
        return ready.detectors

    monkeypatch.setattr(Service, "looking", looking)
    ready = replace(client.app.state.service, spelling=object() if model else None)  # type: ignore[attr-defined]
    monkeypatch.setattr(language_tool, "service", lambda _: ready)
    checked(client, TEXT, level=level)

    assert [thorough] == asked


def test_it_sees_what_screen_sees(client: TestClient) -> None:
    """One ``screen()``: the same rules at the same places."""
    text = "联系人手机13800138000，截至2月30日。既使再忙。"
    post = client.post("/screen", json={"body": text}).json()
    matches = checked(client, text)["matches"]
    stated = {
        (one["rule"], one["start"]) for one in post["findings"] if not one["rule"].startswith("source.")
    }

    assert stated <= {(one["rule"]["id"], one["offset"]) for one in matches}


def test_nothing_is_recorded(client: TestClient) -> None:
    """The register is as it was."""
    before = client.get("/records").json()
    checked(client, TEXT)

    assert before == client.get("/records").json()


BAD: list[tuple[int, str, Any]] = [
    (400, "language", {"text": "x"}),
    (400, "语言", {"text": "x", "language": "fr"}),
    (400, "text 或 data", {"language": "zh-CN"}),
    (400, "只能给出一个", {"language": "zh-CN", "text": "x", "data": "{}"}),
    (400, "JSON", {"language": "zh-CN", "data": "{"}),
    (400, "JSON", {"language": "zh-CN", "data": '{"annotation": 1}'}),
    (400, "JSON", {"language": "zh-CN", "data": '{"text": "\\ud800"}'}),
    (400, "须且只能有一个", {"language": "zh-CN", "data": "{}"}),
    (400, "text 或 markup", {"language": "zh-CN", "data": '{"annotation": [{"text": "a", "markup": "b"}]}'}),
    (
        400,
        "interpretAs",
        {"language": "zh-CN", "data": '{"annotation": [{"text": "a", "interpretAs": "b"}]}'},
    ),
    (400, "level", {"language": "zh-CN", "text": "x", "level": "nitpicking"}),
    (400, "enabledRules", {"language": "zh-CN", "text": "x", "enabledOnly": "true"}),
    (
        400,
        "disabledRules",
        {"language": "zh-CN", "text": "x", "enabledOnly": "true", "enabledRules": "a", "disabledRules": "b"},
    ),
    (400, "UTF-8", b"language=zh-CN&text=%ff%fe"),
    (400, "UTF-8", b"\xff\xfe"),
    (413, "超过", {"language": "zh-CN", "text": "x" * 1_000_001}),
    (413, "超过", b"text=" + b"x" * 5_000_000),
    (413, "极长", {"language": "zh-CN", "text": "\ufdfa" * 30_000}),
    (
        413,
        "极长",
        {
            "language": "zh-CN",
            "data": '{"annotation":[{"markup":"x","interpretAs":"' + "\ufdfa" * 30_000 + '"}]}',
        },
    ),
]


@pytest.mark.parametrize(("status", "words", "body"), BAD)
def test_bad_requests(client: TestClient, status: int, words: str, body: Any) -> None:
    """In words, as LanguageTool's clients show them."""
    answer = client.post("/v2/check", **({"data": body} if isinstance(body, dict) else {"content": body}))

    assert (status, "text/plain; charset=utf-8") == (answer.status_code, answer.headers["content-type"])
    assert answer.text.startswith("Error: ")
    assert words in answer.text


# --- browsers -----------------------------------------------------------------------------------

ALLOW = "access-control-allow-origin"


def test_an_extension_on_this_machine_may_read(server: str) -> None:
    """Firefox's and Chrome's; no page of the web, and nothing but /v2/."""
    with httpx.Client(base_url=server, trust_env=False) as browser:
        for origin in ("moz-extension://0f1e", "chrome-extension://abcd"):
            headers = {"origin": origin, "sec-fetch-site": "cross-site"}
            asked = browser.options("/v2/check", headers=headers | {"access-control-request-method": "POST"})
            answer = browser.post("/v2/check", data={"language": "auto", "text": WRONG}, headers=headers)
            refused = browser.post("/v2/check", data={"language": "auto"}, headers=headers)
            assert (204, origin) == (asked.status_code, asked.headers[ALLOW])
            assert (200, origin) == (answer.status_code, answer.headers[ALLOW])
            assert (400, origin) == (refused.status_code, refused.headers[ALLOW])
            assert 403 == browser.post("/screen", json={"body": "x"}, headers=headers).status_code
        for origin in ("https://evil.example", "null", "moz-extension.example", "http://moz-extension://x"):
            answer = browser.post(
                "/v2/check", data={"language": "auto", "text": WRONG}, headers={"origin": origin}
            )
            assert ALLOW not in answer.headers
        assert ALLOW not in browser.get("/rules", headers={"origin": "moz-extension://0f1e"}).headers
        proxied = {"origin": "moz-extension://0f1e", "x-forwarded-for": "10.0.0.1"}
        assert ALLOW not in browser.get("/v2/languages", headers=proxied).headers


def test_elsewhere_an_origin_must_be_named(client: TestClient, tmp_path: Path) -> None:
    """A pattern counts only where the service is reached at this machine itself; a name counts everywhere."""
    from fastapi.testclient import TestClient as Client

    origin = {"origin": "chrome-extension://abcd"}
    assert ALLOW not in client.get("/v2/languages", headers=origin).headers
    with Client(create(Settings(home=tmp_path, extension_origins=("chrome-extension://abcd",)))) as named:
        assert "chrome-extension://abcd" == named.get("/v2/languages", headers=origin).headers[ALLOW]


def test_a_long_text_is_checked_in_time(client: TestClient) -> None:
    """100,000 characters, one finding a sentence, well within what an extension waits."""
    start = time.process_time()
    answer = checked(client, "各单位要高度重视，按时办结，截至2月30日。" * 5_000)

    assert 400 < len(answer["matches"])
    assert 10 > time.process_time() - start
