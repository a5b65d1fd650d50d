"""A worker that is killed, or freezes: the supervisor replaces it, and no post gets an answer that is not its own."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import httpx
import psutil
import pytest

from app.client import Client, digest
from benchmarks.loopback import free_port
from benchmarks.register import check
from tests.reliability.conftest import CLEAN, LONG, TITLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parent.parent.parent
HEALTH = 2  # seconds after which the supervisor takes a silent worker for dead; ``xianshen serve`` waits 60
ROUNDS = 8 if LONG else 1
START = 60.0  # seconds for a worker to start, on a busy machine
CLIENTS = 3


@contextlib.contextmanager
def _two_workers(home: Path) -> Iterator[tuple[str, psutil.Process]]:
    """A service of two processes and its supervisor."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "app.main:app", "--port", str(port), "--workers", "2",
               "--timeout-worker-healthcheck", str(HEALTH), "--log-level", "critical"]  # fmt: skip
    supervisor = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | {"XIANSHEN_HOME": str(home)}, start_new_session=True
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _until(lambda: len(_workers(psutil.Process(supervisor.pid), port)) == 2)
        yield url, psutil.Process(supervisor.pid)
    finally:
        os.killpg(supervisor.pid, signal.SIGKILL)
        supervisor.wait(20)


def _workers(supervisor: psutil.Process, port: int) -> list[int]:
    """The workers that answer: those in which the application has started are heard from in turn."""
    living: set[int] = set()
    with contextlib.suppress(httpx.HTTPError, psutil.NoSuchProcess):
        for child in supervisor.children():
            if "spawn_main" in " ".join(child.cmdline()) and child.status() != psutil.STATUS_STOPPED:
                living.add(child.pid)
        httpx.get(f"http://127.0.0.1:{port}/ready", trust_env=False, timeout=2).raise_for_status()
        return sorted(living)
    return []


def _until(true: Callable[[], bool]) -> float:
    """Wait; seconds, infinite where it never came."""
    start = time.monotonic()
    while time.monotonic() - start < START:
        if true():
            return time.monotonic() - start
        time.sleep(0.05)
    return float("inf")


class Senders:
    """Content management systems that publish by the contract, all the while."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.records: list[str] = []
        self.tries = self.drafts = self.posts = 0
        self.slowest = 0.0
        self.violations: list[str] = []
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._send, args=(at,)) for at in range(CLIENTS)]

    def __enter__(self) -> Self:
        for one in self._threads:
            one.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for one in self._threads:
            one.join()

    def _send(self, at: int) -> None:
        number = 0
        while not self._stop.is_set():
            number += 1
            wrong = "2月30日。" if number % 2 else ""
            body = f"{CLEAN}第{at}-{number}号。{wrong}"
            key = f"{at}-{number}"
            post = {"title": TITLE, "body": body, "record": True, "unit": {"kind": "department"}}
            with Client(self.url) as client:
                start = time.monotonic()
                told = client.screen(post, key)
                taken = time.monotonic() - start
                tries = told.tries
                while told.answer is None and not told.publishable and time.monotonic() - start < START:
                    told = client.screen(post, key)  # an editor presses again: the key is the same
                    tries += told.tries
                    with self._lock:
                        self.drafts += 1
            with self._lock:
                self._judge(told, post, wrong, taken, tries)

    def _judge(self, told: Any, post: dict[str, Any], wrong: str, taken: float, tries: int) -> None:
        self.posts += 1
        self.tries += tries
        self.slowest = max(self.slowest, taken)
        if told.answer is None:
            self.violations.append(f"never answered: {told.reason}")
            return
        self.records.append(told.answer["record"])
        if told.publishable and wrong:
            self.violations.append("published with an error in it")
        if told.answer["digest"] != digest(TITLE, post["body"]):
            self.violations.append("an answer to another post")


@pytest.mark.parametrize(
    ("faults", "what", "blow"),
    [("F11", "kill -9 两个工作进程之一", signal.SIGKILL), ("F12", "SIGSTOP 冻结两个工作进程之一", signal.SIGSTOP)],
)  # fmt: skip
def test_a_worker_is_replaced(
    tmp_path: Path, ledger: Callable[..., None], faults: str, what: str, blow: signal.Signals
) -> None:
    """Struck under load: drafts stay drafts or are answered at the second try, and soon there are two again."""
    replaced = []
    with _two_workers(tmp_path) as (url, supervisor):
        port = int(url.rpartition(":")[2])
        with Senders(url) as senders:
            for turn in range(ROUNDS):
                time.sleep(0.5)
                before = _workers(supervisor, port)
                victim = before[turn % len(before)]
                os.kill(victim, blow)

                def anew(victim: int = victim) -> bool:
                    now = _workers(supervisor, port)
                    return len(now) == 2 and victim not in now

                replaced.append(_until(anew))
        violations = list(senders.violations)
        violations += ["a worker was not replaced" for one in replaced if one == float("inf")]
    try:
        held = check(tmp_path, "", senders.records)
    except AssertionError as error:  # lost, doubled, or a chain is broken
        held = -1
        violations.append(str(error))
    ledger(faults, f"{what}，{ROUNDS} 次", "由监管进程替换；不答错、不漏记、不重记；重试即有答复", senders.posts, violations, 登记=held,
           留作草稿=senders.drafts, kills=ROUNDS,
           **{"新进程接替最慢（秒）": round(max(replaced), 1), "失去响应的判定（秒）": HEALTH, "答复最慢（秒）": round(senders.slowest, 1)})  # fmt: skip
