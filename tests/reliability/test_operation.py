"""Running it: metrics, logs, a graceful end, no connection to the outside, two services as one."""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from app import logs, meter
from app.api import metrics
from app.main import create
from app.meter import Meter
from app.register.chain import walk
from app.settings import Settings
from benchmarks.loopback import free_port
from benchmarks.register import serving
from tests.app.register.conftest import Server, new_database
from tests.reliability.conftest import CLEAN, LONG

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent.parent


# --- metrics ------------------------------------------------------------------------------------


def _samples(text: str) -> dict[str, float]:
    found = {}
    for family in text_string_to_metric_families(text):
        for one in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(one.labels.items()))
            found[f"{one.name}{{{labels}}}"] = one.value
    return found


def test_metrics_count_what_happened(tmp_path: Path) -> None:
    """Verdicts, findings by rule, requests by route and status, queues, the data that answers."""
    with TestClient(create(Settings(home=tmp_path)), raise_server_exceptions=False) as client:
        before = _samples(client.get("/metrics").text)
        for body in ("既使再忙", "既使再忙", CLEAN):
            client.post("/screen", json={"body": body, "record": False})
        client.post("/screen", json={})
        client.get("/no/such/13912345678")
        told = client.get("/metrics")
        after = _samples(told.text)

        def more(name: str) -> float:
            return after.get(name, 0) - before.get(name, 0)

        assert 2 == more("xianshen_verdicts_total{verdict=review}")
        assert 1 == more("xianshen_verdicts_total{verdict=pass}")
        assert 3 == more("xianshen_screen_seconds_count{}")
        assert 2 == more("xianshen_findings_total{rule=spelling.wrong-character-in-context}") + more(
            "xianshen_findings_total{rule=spelling.wrong-character}"
        )
        assert 3 == more("xianshen_requests_total{route=/screen,status=200}")
        assert 1 == more("xianshen_requests_total{route=/screen,status=422}")
        assert 1 == more("xianshen_requests_total{route=other,status=404}")
        assert 1 == after["xianshen_register_up{}"]
        assert client.get("/ready").json()["data"] in told.text
        assert "13912345678" not in told.text


def test_counting_costs_little() -> None:
    """Less than five microseconds a post, findings and all; least of several tries."""
    answer = {"verdict": "review", "findings": [{"rule": "a.b"}] * 3, "unseen": [],
              "checklists": [{"items": [{"answer": "clear"}] * 9 + [{"answer": "stop"}]}]}  # fmt: skip
    best = 1.0
    for _ in range(7):
        counted = Meter()
        start = time.perf_counter()
        for _ in range(2_000):
            counted.judged(answer, 1.0)
            counted.asked("/screen", 200)
        best = min(best, (time.perf_counter() - start) / 2_000)

    assert 5e-6 > best


def test_workers_add_their_numbers_up(tmp_path: Path) -> None:
    """What another process left is counted; a broken file is not."""
    one, other = Meter(), Meter()
    one.asked("/screen", 200)
    other.asked("/screen", 200)
    meter.leave(other, tmp_path)
    (tmp_path / "metrics" / f"{os.getpid()}.json").rename(tmp_path / "metrics" / "1.json")
    (tmp_path / "metrics" / "2.json").write_text("{", encoding="utf-8")

    assert {"/screen 200": 2} == meter.together(one, tmp_path)["requests"]


# --- logs ---------------------------------------------------------------------------------------


def test_an_odd_error_ends_no_metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes on beside the requests goes on after an error nobody thought of."""
    calls = itertools.count()
    again = threading.Event()

    def odd(*_: object) -> None:
        if next(calls) == 0:
            raise ValueError("odd")
        again.set()

    monkeypatch.setattr(metrics, "_EVERY", 0.001)
    monkeypatch.setattr(metrics, "_MEASURE", float("inf"))
    monkeypatch.setattr(meter, "leave", odd)
    state = SimpleNamespace(service=SimpleNamespace(meter=None, settings=Settings()))

    async def while_it_runs() -> bool:
        going = asyncio.create_task(metrics.keep(state))
        goes_on = await asyncio.to_thread(again.wait, 5)
        going.cancel()
        return goes_on

    assert asyncio.run(while_it_runs())


def _logged(message: str, *given: object, error: BaseException | None = None) -> dict[str, Any]:
    info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("app.test", logging.ERROR, "x.py", 1, message, given, info)
    line = logs.Lines().format(record)
    assert "\n" not in line
    return dict(json.loads(line))


def test_a_log_line_cannot_be_forged() -> None:
    """F57, ASVS 16.4.1: line ends of whatever is logged stay inside one JSON string."""
    told = _logged("asked for %s", '/x\n{"level": "info", "says": "all is well"}\r\n')

    assert "\n" in told["says"]
    assert "error" == told["level"]


@pytest.mark.parametrize(
    "secret",
    ["13912345678", "139 1234 5678", "110105 19491231 002X", "6222-0200-1234-5678", "zhang.san@example.com"],
)
def test_numbers_are_masked_in_logs(secret: str) -> None:
    """In messages and in the words of errors, with gaps too."""
    try:
        raise ValueError(f"cannot read {secret}")  # noqa: TRY301
    except ValueError as error:
        told = json.dumps(_logged(f"failed on {secret}", error=error), ensure_ascii=False)

    assert secret not in told
    assert "ValueError" in told
    assert "test_operation.py" in told


def test_a_piece_of_a_post_is_not_logged() -> None:
    """A long quote inside an error's words is left out; short names stay."""
    told = _logged("bad 'list' in '%s'", "申请人现住云州区西坪镇阳光小区三号楼")

    assert "阳光小区" not in told["says"]
    assert "'list'" in told["says"]


# --- the end ------------------------------------------------------------------------------------


@pytest.fixture
def served(tmp_path: Path) -> Any:
    """``xianshen serve`` as people start it; its address and process."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "serve", "--port", str(port)],
        cwd=ROOT, env=os.environ | {"XIANSHEN_HOME": str(tmp_path)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            if httpx.get(f"{url}/ready", trust_env=False).status_code == 200:
                break
        except httpx.HTTPError:
            time.sleep(0.1)
    yield url, process
    if process.poll() is None:
        process.kill()
    process.communicate(timeout=20)


def test_told_to_stop_it_answers_who_is_inside(served: Any, ledger: Callable[..., None]) -> None:
    """SIGTERM: posts inside get their verdicts, what was acknowledged is kept, the process ends by itself."""
    url, process = served
    body = {"body": "2月30日，" + CLEAN * 4_000, "record": False}
    told: list[int] = []

    def ask() -> None:
        try:
            told.append(httpx.post(f"{url}/screen", json=body, timeout=60, trust_env=False).status_code)
        except httpx.HTTPError:
            told.append(0)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for one in threads:
        one.start()
    end = time.monotonic() + 20
    while (
        time.monotonic() < end
        and _samples(httpx.get(f"{url}/metrics", trust_env=False).text)["xianshen_long_posts_waiting{}"] < 4
    ):
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    start = time.monotonic()
    for one in threads:
        one.join()
    _, err = process.communicate(timeout=30)
    taken = time.monotonic() - start
    lines = [json.loads(line) for line in err.decode().splitlines() if line.startswith("{")]
    violations = [f"answer {status}" for status in told if status != 200]
    if process.returncode not in {0, -signal.SIGTERM}:
        violations.append(f"exit {process.returncode}")
    ledger("F11", "SIGTERM 时还有长稿在审", "都有答复，进程自行结束", 4, violations, **{"结束用时（秒）": round(taken, 1)})  # fmt: skip
    assert lines, "the log is JSON, a line each"


# --- offline ------------------------------------------------------------------------------------

_OFFLINE = """
import json, socket, subprocess, sys, tempfile, threading, time
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
outside = []
def hook(event, given):
    if event == "socket.connect" and isinstance(given[1], tuple) and not str(given[1][0]).startswith(("127.", "::1")):
        outside.append(str(given[1]))
    if event == "socket.getaddrinfo" and given[0] not in (None, "", "localhost", "127.0.0.1", b"127.0.0.1"):
        outside.append(str(given[0]))
sys.addaudithook(hook)
import httpx, uvicorn
from pathlib import Path
from app.contract import checks
from app.api import metrics
from app.api.file import FORM_BYTES
from app.main import create
from app.settings import Settings
server = uvicorn.Server(uvicorn.Config(create(Settings(home=Path(tempfile.mkdtemp()))), port=18799, log_level="error"))
threading.Thread(target=server.run, daemon=True).start()
while not server.started:
    time.sleep(0.05)
url = "http://127.0.0.1:18799"
broken = [one.promise for one in checks(url) if not one.kept]
with httpx.Client(base_url=url, trust_env=False, timeout=60) as http:
    asked = 30
    html = '<p>详见<a href="https://www.example.com/a">网页</a><img src="https://example.com/a.png">，a@example.com</p>'
    for path, post in (("/screen", {"body": html, "format": "html"}), ("/redact", {"body": html, "format": "html"}),
                       ("/screen/batch", {"posts": [{"body": html, "format": "html"}]})):
        http.post(path, json=post)
        asked += 1
    for name, raw in (("a.txt", "各单位".encode("gb18030")), ("a.html", html.encode()), ("a.docx", b"PK\\x03\\x04x"), ("a.pdf", b"%PDF-1.4")):
        http.post("/screen/file", files={"file": (name, raw)})
        asked += 1
    for path in ("/", "/rules", "/checklists", "/docs", "/lexicons", "/words", "/records", "/submit", "/metrics", "/ready"):
        http.get(path)
        asked += 1
server.should_exit = True
time.sleep(0.5)
print(json.dumps({"outside": outside, "broken": broken, "asked": asked}))
"""


def test_nothing_goes_out(ledger: Callable[..., None]) -> None:
    """F60: in a network of its own without any route every door works, and nobody even tries to connect or to resolve."""
    if os.getuid() != 0 or shutil.which("unshare") is None or shutil.which("ip") is None:
        pytest.skip("needs root and unshare for a network of its own")
    done = subprocess.run(
        ["unshare", "--net", sys.executable, "-c", _OFFLINE], capture_output=True, cwd=ROOT, timeout=180, check=False,
        env=os.environ | {"PYTHONWARNINGS": "ignore"},
    )  # fmt: skip
    if done.returncode and b"unshare failed" in done.stderr:
        pytest.skip("no network namespaces here")
    assert 0 == done.returncode, done.stderr.decode()[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    ledger(
        "F60",
        "没有任何路由的网络中，从每个入口各送一遍",
        "照常工作；对外连接和域名查询 0 次",
        told["asked"],
        told["outside"] + told["broken"],
    )


# --- two as one ---------------------------------------------------------------------------------


def test_two_services_on_one_postgresql_are_one(
    tmp_path: Path, postgresql: Server, ledger: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same key sent to both at the same moment: one record, one answer; the chain of both is whole."""
    monkeypatch.setenv("XIANSHEN_SECRET_KEY", "k" * 40)
    url = new_database(postgresql)
    keys = 200 if LONG else 30
    with serving(tmp_path / "a", url) as (one, _), serving(tmp_path / "b", url) as (other, _):

        def ask(work: tuple[int, int]) -> tuple[int, int, str]:
            number, port = work
            answer = httpx.post(
                f"http://127.0.0.1:{port}/screen",
                json={"body": f"各单位要认真落实第{number}号文件。", "record": True, "unit": {"kind": "department"}},
                headers={"idempotency-key": f"k{number}"}, timeout=30, trust_env=False,
            )  # fmt: skip
            return number, answer.status_code, str(answer.json().get("record"))

        work = [(number, port) for number in range(keys) for port in (one, other)]
        with ThreadPoolExecutor(8) as pool:
            told = list(pool.map(ask, work))
    from app.register.store import Register

    register = Register(Settings(home=tmp_path / "a", database_url=url, secret_key="k" * 40))
    try:
        with register.read() as connection:
            chain = walk(connection, register.keys, "register")
    finally:
        register.close()
    by_key: dict[int, set[str]] = {}
    for number, status, record in told:
        assert 200 == status
        by_key.setdefault(number, set()).add(record)
    violations = [
        f"key {number}: {len(records)} records" for number, records in by_key.items() if len(records) != 1
    ]
    if chain.broken is not None:
        violations.append(chain.broken.reason)
    if chain.entries != keys:
        violations.append(f"{chain.entries} entries for {keys} keys")
    ledger(
        "F3",
        "两个服务共用一个 PostgreSQL，同一个键同时送两边",
        "一份登记、一个答复，链完整",
        len(told),
        violations,
        登记=chain.entries,
    )
