"""I7: two hundred invented numbers (twenty in the short form) through every door; then every place where anything is written is searched for them."""

from __future__ import annotations

import gzip
import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from benchmarks.loopback import free_port
from tests.app.register.conftest import Server, new_database
from tests.reliability.conftest import CLEAN, LONG

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent.parent
COUNT = 200 if LONG else 20


def canaries() -> list[str]:
    """Mobile and identity numbers that nobody has, none of which stands in another."""
    chance = random.Random(20261127)
    mobiles = [f"139{chance.randrange(10**8):08d}" for _ in range(COUNT // 2)]
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    people = []
    for _ in range(COUNT // 2):
        head = f"110105{chance.randrange(1950, 2005)}{chance.randrange(1, 13):02d}{chance.randrange(1, 29):02d}{chance.randrange(1000):03d}"
        people.append(head + "10X98765432"[sum(int(a) * b for a, b in zip(head, weights, strict=True)) % 11])
    assert COUNT == len({*mobiles, *people})
    return mobiles + people


def _doors(http: httpx.Client, number: str, at: int) -> list[str]:
    """One number through every door, as a post, as a mistake, and where no number belongs; what came back."""
    sentence = f"{CLEAN}联系人手机{number}。"
    json_ = {"content-type": "application/json"}
    asks = [
        lambda: http.post("/screen", json={"title": f"通知{number}", "body": sentence, "record": True, "unit": {"kind": "department"},
                                           "author": f"张三{number}", "external_id": f"cms{at}"}),
        lambda: http.post("/screen", json={"body": f"<p hidden>{number}</p><p title='{number}'>{sentence}</p>", "format": "html", "record": True}),
        lambda: http.post("/screen", content=f'{{"body": "{number}'.encode(), headers=json_),
        lambda: http.post("/screen", json={"body": sentence, number: number}),
        lambda: http.post("/screen", json={"body": [number], "format": number}),
        lambda: http.post("/screen", json={"body": sentence, "checklists": [number]}),
        lambda: http.post("/screen", json={"body": sentence}, headers={b"idempotency-key": f"键{number}".encode()}),
        lambda: http.post("/screen/batch", json={"posts": [{"body": sentence}, {"x": number}]}),
        lambda: http.post("/redact", json={"body": sentence}),
        lambda: http.post("/screen/file", files={"file": (f"{number}.docx", b"PK\x03\x04" + number.encode())}),
        lambda: http.get(f"/records/{number}"), lambda: http.get("/records", params={"from": number}),
        lambda: http.get(f"/{number}"), lambda: http.request(f"X{number}", "/screen"),
        lambda: http.post("/verify", json={"record": number, "body": sentence}),
        lambda: http.post("/lexicons/reports", json={"kind": "word", "word": number, "context": sentence, "note": number}),
        lambda: http.post("/lexicons/preview", json={"list": "spelling.wrong-character", "word": sentence[-15:]}),
        lambda: http.get("/ready", headers={"x-canary": number, "cookie": f"a={number}"}),
    ]  # fmt: skip
    told = []
    for ask in asks:
        answer = ask()
        # A path, a method or a name of a field that the sender chose himself is no leak of a text.
        told.append(
            answer.text
            if answer.status_code >= 400 or "/redact" in str(answer.url) or "/screen" in str(answer.url)
            else ""
        )
    return told


@pytest.mark.parametrize("where", ["sqlite", "postgresql"])
def test_two_hundred_numbers_and_every_sink(
    tmp_path: Path, ledger: Callable[..., None], where: str, request: pytest.FixtureRequest
) -> None:
    """Answers, errors, logs, metrics, database with its journal, packed files, backup: no number stands anywhere.

    The service ends by a crash, so that what Python writes down of one is looked through too.
    """
    server: Server | None = request.getfixturevalue("postgresql") if where == "postgresql" else None
    database = new_database(server) if server else ""
    numbers = canaries()
    home = tmp_path / "home"
    errors = tmp_path / "stderr"
    sinks: dict[str, bytes] = {}
    environment = os.environ | {
        "XIANSHEN_HOME": str(home),
        "XIANSHEN_KEEP_TEXT": "true",
        "XIANSHEN_AUTH": "",
        "XIANSHEN_DATABASE_URL": database,
        "PYTHONFAULTHANDLER": "1",
    }
    port = free_port()
    with errors.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "app", "serve", "--port", str(port)], cwd=ROOT, env=environment, stdout=said, stderr=said,
        )  # fmt: skip
        try:
            told = []
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=60,
                              transport=httpx.HTTPTransport(retries=100)) as http:  # fmt: skip
                for at, number in enumerate(numbers):
                    told += _doors(http, number, at)
                sinks["metrics"] = http.get("/metrics").content
                sinks["pages"] = (
                    http.get("/records", headers={"accept": "text/html"}).content + http.get("/words").content
                )
                sinks["register.xlsx"] = http.get("/register.xlsx").content
        finally:
            process.send_signal(signal.SIGABRT)
            process.wait(30)
    sinks["answers"] = "\n".join(told).encode()
    sinks["logs"] = errors.read_bytes()
    assert b"Fatal Python error: Aborted" in sinks["logs"]
    if server:
        dump = subprocess.run(
            [str(server.binaries / "pg_dump"), "--inserts", database],
            capture_output=True,
            check=True,
            timeout=60,
        )
        sinks["pg_dump"] = dump.stdout
        assert b"INSERT INTO public." in dump.stdout
    backup = tmp_path / "backup.gz"
    subprocess.run([sys.executable, "-m", "app", "register", "backup", str(backup)], cwd=ROOT, env=environment, check=True,
                   capture_output=True, timeout=120)  # fmt: skip
    sinks["backup"] = gzip.decompress(backup.read_bytes())
    sinks |= {str(path.relative_to(home)): path.read_bytes() for path in home.rglob("*") if path.is_file()}
    found = [
        f"{name}: {number[:3]}…"
        for name, content in sinks.items()
        for number in numbers
        if number.encode() in content
    ]
    assert "secret.key" in sinks
    assert server or any("register.sqlite" in name for name in sinks)
    assert any(b"*" in content for name, content in sinks.items() if name == "answers"), (
        "they were seen, and masked"
    )
    ledger("F57", f"{COUNT} 个虚构号码经每个入口（{where}，最后崩溃），再查答复、日志、指标、数据库、备份", "一个也不出现", len(numbers) * len(sinks),
           found[:20], 请求=len(told), 查过的位置=len(sinks), 字节=sum(map(len, sinks.values())))  # fmt: skip
