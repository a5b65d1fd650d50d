"""POST /screen beside a bare FastAPI echo of the same body; start-up time and memory."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from statistics import median
from typing import Any

import psutil
from fastapi import FastAPI, Request
from fastapi.responses import Response
from rich.console import Console
from rich.table import Table

from app.api.forms import Post
from app.page import Page
from app.service import Service
from app.settings import Settings
from benchmarks.clock import in_turn
from benchmarks.corpora import ROOT, official
from benchmarks.loopback import free_port

LIMITS = {"over screen(), in echoes": 2.0, "seconds to ready": 5.0, "MB resident": 300.0}
PLANTED = "公示期截至2月30日。"
OURS = ("app", "serve")
ECHO = ("uvicorn", "benchmarks.doors:echo", "--log-level", "warning", "--no-access-log")

echo = FastAPI()


@echo.post("/screen")
async def echoed(post: Post, request: Request) -> Response:
    """The same body, read and checked by the same model, and sent back."""
    assert post.body
    return Response(await request.body(), media_type="application/json")


@echo.get("/ready")
async def ready() -> dict[str, str]:
    """As soon as it answers."""
    return {}


@contextlib.contextmanager
def serving(*module: str) -> Iterator[tuple[int, subprocess.Popen[bytes], float]]:
    """A Python module that serves on loopback: port, process, seconds until it was ready."""
    port = free_port()
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", *module, "--port", str(port)],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        while True:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
                connection.request("GET", "/ready")
                if connection.getresponse().status == 200:
                    break
            except OSError:
                if process.poll() is not None or time.perf_counter() - start > 60:
                    raise
            time.sleep(0.02)
        yield port, process, time.perf_counter() - start
    finally:
        process.terminate()
        process.wait(20)


def run() -> dict[str, Any]:
    """Seconds a request, and the ratios.

    Raises:
        AssertionError: an answer is wrong, so its time does not count.
    """
    letters = official(2_000 - len(PLANTED)) + PLANTED
    post = json.dumps({"body": letters, "unit": {"kind": "department"}}, ensure_ascii=False).encode()
    service = Service.load(Settings())
    starts = []
    for _ in range(3):
        with serving(*OURS) as (_, process, taken):
            starts.append((taken, psutil.Process(process.pid).memory_info().rss / 1e6))
    with serving(*OURS) as (port, process, _), serving(*ECHO) as (echo_port, _, _):
        ask, ask_echo = _asker(port, post), _asker(echo_port, post)
        assert any(one["quote"] == "2月30日" for one in json.loads(ask())["findings"]), (
            "the planted date was not found"
        )
        assert post == ask_echo()
        seconds = in_turn(
            {
                "POST /screen": ask,
                "echo": ask_echo,
                "screen()": lambda: service.answer(Page(letters, unit_kind="department", complete=True)),
            },
            rounds=15,
        )
        resident = psutil.Process(process.pid).memory_info().rss / 1e6
    over = (seconds["POST /screen"] - seconds["screen()"]) / seconds["echo"]
    return {
        "seconds": seconds,
        "requests_per_second": 1 / seconds["POST /screen"],
        "limits": LIMITS,
        "ratios": {
            "over screen(), in echoes": over,
            "seconds to ready": median(one for one, _ in starts),
            "MB resident": max(resident, *(one for _, one in starts)),
        },
    }


def _asker(port: int, post: bytes) -> Any:  # noqa: ANN401
    """One keep-alive connection, asked again and again."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.connect()
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask() -> bytes:
        connection.request("POST", "/screen", post, {"content-type": "application/json"})
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        return answer.read()

    return ask


def show(figures: dict[str, Any]) -> None:
    """A readable table."""
    table = Table("2,000 characters, one worker, keep-alive", "ms")
    for name, seconds in figures["seconds"].items():
        table.add_row(name, f"{seconds * 1000:.3f}")
    Console().print(table)
    table = Table("measure", "measured", "at most")
    for name, ratio in figures["ratios"].items():
        table.add_row(
            name,
            f"{ratio:.2f}",
            f"{figures['limits'][name]}",
            style="" if ratio <= figures["limits"][name] else "red",
        )
    Console().print(table)


if __name__ == "__main__":
    show(run())
