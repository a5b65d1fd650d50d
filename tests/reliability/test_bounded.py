"""I5: pages made to hurt, bodies that never end, and more posts than there is time for."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import json
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import uvicorn
from fastapi.testclient import TestClient

from app import door, language_model
from app.__main__ import serve
from app.api import crowd
from app.api.crowd import Crowd
from app.api.problems import Problem
from app.main import create
from app.settings import Settings
from benchmarks.loopback import free_port
from benchmarks.register import serving
from tests.reliability.conftest import CLEAN, LONG
from tests.reliability.hostile import PAGES

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS = 1.5  # of computing, for one page of the full size
MEGABYTES = 512  # of one worker
SHARE = 1 if LONG else 25  # the short form takes a part of each page, and those that take longest whole
TRIES = 3  # a neighbour takes caches and memory away: the least counts
WORST = (
    "a million hits of many rules", "half mailboxes", "regulation's blanks", "illnesses", "markup, tables", "markup, hidden",
    "unknown entities", "odd words, all different",
)  # fmt: skip


def _answered(client: TestClient, name: str, share: int, *, thorough: bool) -> tuple[int, str, float]:
    """Status, verdict and seconds of computing of one hostile page."""
    format_, body = PAGES[name]
    post = {
        "title": "标题",
        "body": body[: len(body) // share],
        "format": format_,
        "record": False,
        "thorough": thorough,
    }
    content, best, said = json.dumps(post), 60.0, (0, "")
    for _ in range(TRIES):
        start = time.process_time()
        answer = client.post("/screen", content=content, headers={"content-type": "application/json"})
        best = min(best, time.process_time() - start)
        told = answer.json()
        unseen = bool(told.get("unseen"))
        said = (answer.status_code, "silent" if unseen and told["verdict"] != "block" else "")
        if best <= SECONDS:
            break
    return *said, best


@pytest.mark.parametrize("thorough", [False, True], ids=["as usual", "thorough"])
def test_hostile_pages(ledger: Callable[..., None], tmp_path: Path, thorough: bool) -> None:
    """Each of a hundred pages of a million letters: a verdict or a refusal within the time, never an error.

    What a rule had no time for is said, and the page is blocked.
    """
    model = next((str(path) for path in language_model.of_system() if path.is_file()), "")
    if thorough and not model:
        pytest.skip("no language model on this machine")
    settings = Settings(home=tmp_path, language_model=model or language_model.OFF)
    with TestClient(create(settings), raise_server_exceptions=False) as client:
        asked = dict.fromkeys(WORST[:3], 1) if thorough and not LONG else dict.fromkeys(PAGES, SHARE)
        tried = [
            *asked.items(),
            *(dict.fromkeys(WORST, 1).items() if not (thorough or LONG) else ()),
        ]
        violations, worst, slowest = [], 0.0, ""
        for name, share in tried:
            status, silent, spent = _answered(client, name, share, thorough=thorough)
            if spent > worst:
                worst, slowest = spent, name
            if status not in {200, 413} or silent:
                violations.append(f"{name}: {status} {silent}")
            if spent > SECONDS:
                violations.append(f"{name}: {spent:.1f} s")
    how = "，细查错别字" if thorough else ""
    ledger("F21 F27 F35 F37–F41", f"{len(asked)} 种恶意页面{how}，每页 {1_000_000 if thorough else 1_000_000 // SHARE:,} 字",
           f"{SECONDS:g} 秒内有结论或拒绝，不出错；未及检查的逐条写明", len(tried), violations,
           **{"最慢（秒）": round(worst, 2), "最慢的一种": slowest})  # fmt: skip


_MEMORY = """
import json, re, sys
from pathlib import Path
from app.page import Page
from app.service import Service
from app.settings import Settings
from app.api.forms import Post
from app.api.problems import Problem
from app.api.screen import screened
from tests.reliability.hostile import PAGES
ready = Service.load(Settings())
ready.warm()
def most():  # not getrusage: what it tells was once held by the process that started this one
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024 - held
held = sum(sys.getsizeof(body) for _, body in PAGES.values()) // 2**20  # by this test, by no worker
before = most()
for format_, body in PAGES.values():
    own = "".join((body[:1], body[1 : len(body) // int(sys.argv[1])]))  # matchers leave UTF-8 in a string while it lives
    try:
        screened(Post(body=own, format=format_), ready)
    except Problem:
        pass
print(json.dumps([before, most()]))
"""


def test_hostile_pages_in_little_memory(ledger: Callable[..., None]) -> None:
    """All of them one after the other in one process of its own: it never holds more than a worker may."""
    done = subprocess.run(
        [sys.executable, "-c", _MEMORY, str(SHARE)], capture_output=True, check=True, timeout=600,
        cwd=Path(__file__).resolve().parent.parent.parent,
    )  # fmt: skip
    before, most = json.loads(done.stdout.splitlines()[-1])
    violations = [f"{most} MB"] if most > MEGABYTES else []
    ledger("F21 F38", "同一进程依次审查全部恶意页面", f"不超过 {MEGABYTES} MB", len(PAGES), violations,
           **{"装载后（MB）": before, "最多（MB）": most})  # fmt: skip


def test_bodies_that_never_end(
    ledger: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F25: fifty senders that stop in the middle are told so and let go; others are answered meanwhile."""
    monkeypatch.setenv("XIANSHEN_BODY_SECONDS", "1")
    head = b"POST /screen HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n"
    violations = []
    with serving(tmp_path) as (port, _):
        stuck = []
        for _ in range(50):
            one = socket.create_connection(("127.0.0.1", port), timeout=15)
            one.sendall(head + b'{"body": "')
            stuck.append(one)
        start = time.monotonic()
        body = json.dumps({"body": CLEAN, "record": False}).encode()
        with socket.create_connection(("127.0.0.1", port), timeout=10) as other:
            other.sendall(head.replace(b"5000", str(len(body)).encode()) + body)
            if not other.recv(20).startswith(b"HTTP/1.1 200"):
                violations.append("another post was not answered")
        meanwhile = time.monotonic() - start
        for one in stuck:
            answer = b""
            while piece := one.recv(4096):
                answer += piece
            if not answer.startswith(b"HTTP/1.1 408"):
                violations.append(answer[:40].decode("latin-1"))
            one.close()
        taken = time.monotonic() - start
    if taken > 12:
        violations.append(f"{taken:.0f} s")
    ledger("F25", "50 个发到一半就停的请求", "408，连接关闭，其他稿件照常", 50, violations,
           **{"其他稿件（秒）": round(meanwhile, 2), "全部放开（秒）": round(taken, 1)})  # fmt: skip


def test_heads_that_never_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing, half a head, a head without end: each is let go; what comes whole is answered, twice over one connection."""
    monkeypatch.setattr(door, "SECONDS", 0.5)

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        assert "http" == scope["type"]
        while (await receive())["more_body"]:
            pass
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})

    port = free_port()
    config = uvicorn.Config(answer, port=port, http=door.Door, lifespan="off", log_level="critical")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)

        def sent(*pieces: bytes) -> bytes:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as one:
                said = b""
                with contextlib.suppress(ConnectionError):
                    for piece in pieces:
                        one.sendall(piece)
                        time.sleep(0.1)
                    while piece := one.recv(4096):
                        said += piece
                return said

        whole = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 200000\r\n\r\n"
        assert b"" == sent(b"")
        assert sent(b"GET / HTTP/1.1\r\nho").startswith(b"HTTP/1.1 400")
        assert 0 == sent(b"GET / HTTP/1.1\r\nx: ", *[b"a" * 60_000] * 20).count(b"200 OK")
        slowly = sent(whole, *[b"a" * 25_000] * 8, whole, b"a" * 200_000)
        assert 2 == slowly.count(b"200 OK"), slowly
    finally:
        server.should_exit = True
        thread.join(10)


def test_the_service_has_that_door(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """``xianshen serve`` opens it."""
    given: dict[str, Any] = {}
    monkeypatch.setenv("XIANSHEN_HOME", str(tmp_path))
    monkeypatch.setattr(uvicorn, "run", lambda *_, **named: given.update(named))
    serve(port=0, host="127.0.0.1", workers=1)

    assert "app.door:Door" == given["http"]


def test_a_late_loop_sends_posts_away(tmp_path: Path) -> None:
    """503 with Retry-After, never a verdict; reading a page is still possible, and so is the next post."""
    with TestClient(create(Settings(home=tmp_path))) as client:

        class Late(Crowd):
            lag = property(lambda self: late, lambda self, value: None)

        late = 2 * crowd.LATE
        client.app.state.crowd = Late()  # type: ignore[attr-defined]
        answer = client.post("/screen", json={"body": CLEAN, "record": False})
        assert (503, "2") == (answer.status_code, answer.headers["retry-after"])
        assert "application/problem+json" == answer.headers["content-type"]
        assert 200 == client.get("/rules").status_code
        late = 0.0
        assert 200 == client.post("/screen", json={"body": CLEAN, "record": False}).status_code


def test_only_so_many_long_posts_wait() -> None:
    """The ninth is sent away; when one is done, there is room again."""

    async def scene() -> tuple[int, int]:
        inside, go = Crowd(), asyncio.Event()

        async def one() -> int:
            try:
                async with inside.long_post():
                    await go.wait()
            except Problem as problem:
                return problem.status
            return 200

        crowd_ = [asyncio.create_task(one()) for _ in range(crowd.LONG + crowd.WAITING + 3)]
        await asyncio.sleep(0.01)
        refused = sum(1 for task in crowd_ if task.done())
        go.set()
        await asyncio.gather(*crowd_)
        again = await one()
        return refused, again

    assert (3, 200) == asyncio.run(scene())


@pytest.mark.parametrize(
    ("path", "crowd_", "sent"),
    [
        ("/screen", "crowd", {"json": {"body": CLEAN * 3_000}}),
        ("/screen/batch", "batches", {"json": {"posts": [{"body": CLEAN * 3_000}]}}),
        ("/screen/file", "crowd", {"files": {"file": ("稿件.txt", (CLEAN * 3_000).encode())}}),
        ("/redact", "crowd", {"json": {"body": CLEAN * 3_000}}),
        ("/v2/check", "crowd", {"data": {"language": "zh-CN", "text": CLEAN * 3_000}}),
    ],
)
def test_every_door_has_its_crowd(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, path: str, crowd_: str, sent: dict[str, Any]
) -> None:
    """A long text is sent away at each of them where there are too many inside, and let in where there are not."""
    full = crowd.LONG + crowd.WAITING
    with monkeypatch.context() as patch:
        patch.setattr(getattr(client.app.state, crowd_), "waiting", full)  # type: ignore[attr-defined]
        assert 503 == client.post(path, **sent).status_code
    assert 200 == client.post(path, **sent).status_code


def test_overload(ledger: Callable[..., None], tmp_path: Path) -> None:
    """F24: far more long posts at once than there is time for: some answered, the rest 503, no "pass" by overload."""
    body = json.dumps({"body": "2月30日，" + CLEAN * (4_000 if LONG else 600), "record": False}).encode()

    def ask(port: int) -> tuple[int, str, float]:
        start = time.monotonic()
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as http:
            answer = http.post("/screen", content=body, headers={"content-type": "application/json"})
        verdict = answer.json().get("verdict", "")
        return answer.status_code, verdict, time.monotonic() - start

    with serving(tmp_path) as (port, _), concurrent.futures.ThreadPoolExecutor(40) as pool:
        told = list(pool.map(lambda _: ask(port), range(80)))
        after = ask(port)
    violations = [
        f"{status} {verdict}"
        for status, verdict, _ in told
        if (status, verdict) not in {(200, "review"), (200, "block"), (503, "")}
    ]
    if 200 != after[0]:
        violations.append(f"afterwards: {after[0]}")
    taken = sorted(seconds for status, _, seconds in told if status == 200)
    ledger("F24", "80 篇长稿，40 个并发", "受理的有结论，其余 503；没有因过载而通过", len(told), violations,
           **{"受理": len(taken), "503": len(told) - len(taken), "受理中最慢（秒）": round(taken[-1], 2) if taken else 0.0})  # fmt: skip
