"""The client of a content management system, against every way a service can fail; and the contract test against ours."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi.testclient import TestClient

from app import client as clients
from app.client import Client, digest
from app.contract import checks
from app.main import create
from app.settings import Settings

POST = {"title": "通知", "body": "各单位要认真落实。"}


def answer(**changes: Any) -> dict[str, Any]:
    """A whole "pass" for POST."""
    whole = {"verdict": "pass", "digest": digest(POST["title"], POST["body"]), "findings": [], "checklists": [], "unseen": [],
             "data": "sha256:0"}  # fmt: skip
    return whole | changes


def asking(reply: Callable[[httpx.Request], httpx.Response], **options: Any) -> Client:
    """A client whose service answers like this; it does not really wait between tries."""
    return Client("http://service", transport=httpx.MockTransport(reply), sleep=lambda _: None, **options)


def test_a_whole_pass_is_publishable() -> None:
    """200, complete, the digest of what was sent: one try."""
    with asking(lambda _: httpx.Response(200, json=answer())) as client:
        assert (True, "", 200, answer(), 1) == client.screen(POST)


WRONG: dict[str, httpx.Response] = {
    "review": httpx.Response(200, json=answer(verdict="review")),
    "block": httpx.Response(200, json=answer(verdict="block")),
    "unknown verdict": httpx.Response(200, json=answer(verdict="passed")),
    "verdict missing": httpx.Response(200, json={k: v for k, v in answer().items() if k != "verdict"}),
    "unseen missing": httpx.Response(200, json={k: v for k, v in answer().items() if k != "unseen"}),
    "a rule could not look": httpx.Response(200, json=answer(unseen=[{"rule": "pii.mobile-phone"}])),
    "another text": httpx.Response(200, json=answer(digest=digest("", "x"))),
    "a list": httpx.Response(200, json=[answer()]),
    "half": httpx.Response(200, content=json.dumps(answer()).encode()[:-3]),
    "a page of a proxy": httpx.Response(200, html="<h1>登录</h1>"),
    "no content": httpx.Response(204),
    "created": httpx.Response(201, json=answer()),
    "redirected": httpx.Response(302, headers={"location": "http://service/other"}),
    "not allowed": httpx.Response(403, json=answer()),
    "a conflict": httpx.Response(409, json=answer()),
    "an error": httpx.Response(500, json=answer()),
    "overloaded": httpx.Response(503, json=answer(), headers={"retry-after": "5"}),
}


@pytest.mark.parametrize("name", WRONG)
def test_anything_else_stays_a_draft(name: str) -> None:
    """Each way an answer can fall short, and says why."""
    with asking(lambda _: WRONG[name]) as client:
        screened = client.screen(POST)

    assert not screened.publishable
    assert screened.reason


def _raising(error: Exception) -> Callable[[httpx.Request], httpx.Response]:
    def reply(_: httpx.Request) -> httpx.Response:
        raise error

    return reply


@pytest.mark.parametrize("error", [
    httpx.ConnectError("refused"), httpx.ReadTimeout("late"), httpx.ReadError("reset"), httpx.RemoteProtocolError("cut"),
    httpx.WriteError("reset"), httpx.PoolTimeout("full"), httpx.DecodingError("gzip"),
], ids=lambda error: type(error).__name__)  # fmt: skip
def test_a_broken_network_stays_a_draft(error: Exception) -> None:
    """Three tries, then a draft; nothing is raised."""
    with asking(_raising(error)) as client:
        screened = client.screen(POST)

    assert (False, 0, None, 3) == (screened.publishable, screened.status, screened.answer, screened.tries)
    assert "不得发布" in screened.reason


def test_three_tries_carry_one_key() -> None:
    """A post sent again is the same post: the register keeps it once; the next post has another key."""
    keys: list[str] = []

    def reply(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["idempotency-key"])
        return httpx.Response(503) if len(keys) < 3 else httpx.Response(200, json=answer())

    with asking(reply) as client:
        first = client.screen(POST)
        client.screen(POST)

    assert (True, 3) == (first.publishable, first.tries)
    assert [3, 1] == [keys.count(one) for one in dict.fromkeys(keys)]


def test_a_refusal_is_not_tried_again() -> None:
    """What was wrong with the post is still wrong a moment later."""
    with asking(lambda _: httpx.Response(422)) as client:
        assert (False, 1) == (client.screen(POST).publishable, client.screen(POST).tries)


def test_a_dripping_answer_is_cut() -> None:
    """Byte by byte each read is in time; the whole is not."""

    class Drip(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            for byte in json.dumps(answer()).encode():
                time.sleep(0.02)
                yield bytes([byte])

    with asking(lambda _: httpx.Response(200, stream=Drip()), seconds=0.1, tries=2) as client:
        start = time.monotonic()
        screened = client.screen(POST)

    assert (False, None) == (screened.publishable, screened.answer)
    assert 1 > time.monotonic() - start


def test_the_digest_is_the_services(client: TestClient) -> None:
    """Computed on either side of the wire, for letters of all kinds."""
    for title, body in (("", "正文"), ("标题", "𠮷 e\u0301\r\n\t正文"), ("a", "b")):
        given = client.post("/screen", json={"title": title, "body": body, "record": False}).json()
        assert given["digest"] == clients.digest(title, body)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service on loopback."""
    home: Path = tmp_path_factory.mktemp("home")
    server = uvicorn.Server(uvicorn.Config(create(Settings(home=home)), port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(20)


def test_our_service_keeps_the_contract(address: str) -> None:
    """Every promise of the contract test, over a real connection."""
    found = list(checks(address))

    assert [] == [one for one in found if not one.kept]
    assert 25 < len(found)


def test_a_service_that_passes_everything_breaks_the_contract() -> None:
    """The contract test itself can fail: against a service that says "pass" to whatever comes."""
    broken = [one for one in checks("http://service", transport=httpx.MockTransport(lambda _: httpx.Response(200, json=answer())))
              if not one.kept]  # fmt: skip

    assert 15 < len(broken)


def test_nobody_there_breaks_every_promise() -> None:
    """No answer keeps no promise."""
    found = list(
        checks("http://service", transport=httpx.MockTransport(_raising(httpx.ConnectError("refused"))))
    )

    assert not any(one.kept for one in found if one.promise != "另一篇稿件的答复不能用于这一篇")


@pytest.mark.parametrize("body", [
    b'{"body": "a", "body": "b"}', b'{"body": "a", "bo\\u0064y": "b"}', b'{"body":"a","unit":{"name":"b","name":"c"}}',
    b'{"body": "a", "title": "", "format": "text", "title": "b"}',
])  # fmt: skip
def test_a_field_given_twice_is_refused(client: TestClient, body: bytes) -> None:
    """Which of the two would have been read by whom?"""
    assert (
        400 == client.post("/screen", content=body, headers={"content-type": "application/json"}).status_code
    )


def test_quoted_names_inside_a_text_are_no_fields(client: TestClient) -> None:
    """Only real fields count: text may speak of "body" as often as it likes."""
    body = json.dumps({"body": '"body": "title" "body" \u00b7', "title": "\u00b7", "record": False})

    assert (
        200 == client.post("/screen", content=body, headers={"content-type": "application/json"}).status_code
    )
