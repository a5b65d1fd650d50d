"""Nothing private leaves by any door but the text itself: logs, problems, metrics, pages and lists."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi.testclient import TestClient

# Numbers that stand nowhere else in the project, so that whatever finds them found a leak.
NUMBERS = ("130102198703142378", "13716490825", "6217003840027719653", "xu.duanwu.7163", "LSVAM4187C2189936")
NAME = "徐端午"
BODY = (
    f"村民{NAME}患有尿毒症，身份证号：{NUMBERS[0]}，本人手机{NUMBERS[1]}，银行卡号{NUMBERS[2]}，"
    f"本人邮箱{NUMBERS[3]}@163.com，所购汽车车架号{NUMBERS[4]}。"
)
POST = {"title": f"公示（{NUMBERS[1]}）", "body": BODY}


def secrets(letters: str) -> list[str]:
    """The known values that these letters give away."""
    return [one for one in (*NUMBERS, NAME) if one in letters]


def wrong() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Requests that are refused, each with the values in another place."""
    yield "POST", "/screen", {"content": BODY.encode(), "headers": {"content-type": "application/json"}}
    yield (
        "POST",
        "/screen",
        {"content": BODY.encode("gb18030"), "headers": {"content-type": "application/json"}},
    )
    yield "POST", "/screen", {"json": {"body": {BODY: BODY}}}
    yield "POST", "/screen", {"json": {"body": BODY, "format": NUMBERS[0]}}
    yield "POST", "/screen", {"json": {"body": BODY, "published_on": NUMBERS[0]}}
    yield "POST", "/screen", {"json": {"body": BODY, NUMBERS[0]: 1}}
    yield "POST", "/screen/batch", {"json": {"posts": BODY}}
    yield "POST", "/redact", {"json": [BODY]}
    yield "POST", "/screen/file", {"files": {"file": ("a.exe", b"MZ" + BODY.encode())}}


def quoting() -> Iterator[tuple[str, dict[str, Any]]]:
    """Requests that are answered with findings."""
    yield "/screen", {"json": POST}
    yield "/screen/batch", {"json": {"posts": [POST, {"body": ""}]}}
    yield "/redact", {"json": POST}
    yield "/screen", {"json": {"body": f"<p data-n='{NUMBERS[1]}'>{BODY}</p>", "format": "html"}}


@pytest.fixture
def heard(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Iterator[Any]:
    """All that was logged or printed since the test began."""
    printed: list[str] = []

    def all_of_it() -> str:
        caught = capfd.readouterr()
        printed.extend((caught.out, caught.err))
        return "".join((*printed, caplog.text, *(repr(vars(record)) for record in caplog.records)))

    with caplog.at_level(logging.DEBUG):
        yield all_of_it


def test_answers_quote_masked(client: TestClient, heard: Any) -> None:
    """Findings of all kinds come back masked, and neither log nor terminal has the values."""
    for path, request in quoting():
        answer = client.post(path, **request)
        assert 200 == answer.status_code
        assert (path, []) == (path, secrets(answer.text))
    assert [] == secrets(heard())


def test_problems_repeat_nothing(client: TestClient, heard: Any) -> None:
    """What is refused is named by its field and never quoted."""
    for method, path, request in wrong():
        answer = client.request(method, path, **request)
        assert 400 <= answer.status_code, (path, answer.status_code)
        assert (path, []) == (path, secrets(answer.text))
    assert [] == secrets(heard())


def test_no_door_tells_what_was_screened(client: TestClient, heard: Any) -> None:
    """After such posts every page that can be read without naming a record is free of them: metrics, lists, sheets."""
    for path, request in quoting():
        client.post(path, **request)
    doors = sorted(
        {
            one.path
            for one in client.app.routes  # type: ignore[attr-defined]  # the application's own table
            if isinstance(one, Route) and "GET" in (one.methods or ()) and "{" not in one.path
        }
        | set(client.get("/openapi.json").json()["paths"])
        | {"/metrics"}
    )
    read = {path: client.get(path).content for path in doors if "{" not in path}

    assert {"/health", "/ready", "/metrics"} <= read.keys()
    assert {path: [] for path in read} == {
        path: secrets(content.decode("utf-8", "replace")) for path, content in read.items()
    }
    assert [] == secrets(heard())
