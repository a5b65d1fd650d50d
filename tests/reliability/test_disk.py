"""A disk without room and a file that may grow no more: 503 and "not ready", nothing acknowledged lost, and on again with room."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import subprocess
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from benchmarks.register import check, serving
from tests.reliability.conftest import CLEAN, LONG

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ROUNDS = 10 if LONG else 1
MOST = 400  # posts until a disk without room must have been noticed
IN_A_ROW = 5  # refusals that show that it is full
SECONDS = 20.0  # until readiness says so, and until it is well again
POST: dict[str, Any] = {"title": "通知", "body": CLEAN * 10, "unit": {"kind": "department"}, "record": True}


@contextlib.contextmanager
def _small_disk(folder: Path) -> Iterator[Path]:
    """A file system of a few megabytes.

    Raises:
        OSError: this machine does not let us.
    """
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=12m,mode=700", "tmpfs", str(folder)]
    if os.getuid() != 0 or shutil.which("mount") is None:
        raise OSError("needs root and mount")
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        raise OSError(done.stderr.decode())
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextlib.contextmanager
def _no_room(home: Path, _: int) -> Iterator[None]:
    """Everything that is left of the disk is taken."""
    filler = home / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(b"\0" * 4096):
            pass
    try:
        yield
    finally:
        filler.unlink()


@contextlib.contextmanager
def _no_growth(home: Path, pid: int) -> Iterator[None]:
    """No file of the service may become larger than the register is now (RLIMIT_FSIZE): a quota."""
    largest = (home / "register.sqlite").stat().st_size
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (largest, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


def _until(do: Callable[[], int], wanted: int) -> float:
    """Ask until the answer has this status; seconds, -1.0 where it never had."""
    start = time.monotonic()
    while time.monotonic() - start < SECONDS:
        if do() == wanted:
            return time.monotonic() - start
        time.sleep(0.1)
    return -1.0


class Recorder:
    """One client of a service; what it was told."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http
        self.kept: list[str] = []
        self.refused = 0
        self.told = self.well = 0.0  # seconds, the worst of all rounds
        self.violations: list[str] = []

    def record(self) -> int:
        """One post to be recorded: its record, or a 503 that forbids to publish."""
        answer = self.http.post("/screen", json=POST)
        if answer.status_code == 200:
            self.kept.append(answer.json()["record"])
            return 200
        self.refused += 1
        if answer.status_code != 503 or "不得" not in answer.json()["detail"]:
            self.violations.append(f"{answer.status_code}: {answer.text[:200]}")
        return answer.status_code

    def ready(self) -> int:
        return self.http.get("/ready").status_code

    def while_full(self) -> None:
        """Post until nothing goes in any more; then everything else must be as it should."""
        start, in_a_row = len(self.kept), 0
        while in_a_row < IN_A_ROW and len(self.kept) < start + MOST:
            in_a_row = 0 if self.record() == 200 else in_a_row + 1
        if in_a_row < IN_A_ROW:
            self.violations.append("it was never full")
        waited = _until(self.ready, 503)
        self.told = max(self.told, waited)
        others = {
            "ready while nothing can be recorded": waited < 0,
            "an unrecorded post was not screened": self.http.post(
                "/screen", json=POST | {"record": False}
            ).status_code != 200,
            "not alive": self.http.get("/health").status_code != 200,
        }  # fmt: skip
        self.violations += [what for what, true in others.items() if true]

    def with_room(self) -> None:
        """It goes on by itself."""
        waited = _until(self.record, 200)
        self.well = max(self.well, waited)
        if waited < 0 or _until(self.ready, 200) < 0:
            self.violations.append("not well again with room")


@pytest.mark.parametrize(("what", "full"), [("磁盘已满", _no_room), ("文件不得再增长", _no_growth)])
def test_no_room(tmp_path: Path, ledger: Callable[..., None], what: str, full: Any) -> None:
    """F7 in earnest: the operating system refuses to write."""
    home = tmp_path / "home"
    with contextlib.ExitStack() as stack:
        if full is _no_room:
            try:
                stack.enter_context(_small_disk(home))
            except OSError as error:
                pytest.skip(f"no small disk on this machine: {error}")
        with serving(home) as (port, process), httpx.Client(
            base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False
        ) as http:  # fmt: skip
            one = Recorder(http)
            for _ in range(ROUNDS):
                for _ in range(5):
                    one.record()
                with full(home, process.pid):
                    one.while_full()
                one.with_room()
            if process.poll() is not None:
                one.violations.append("the service ended")
        try:
            held = check(home, "", one.kept)
        except AssertionError as error:  # lost, doubled, or a chain is broken
            held = -1
            one.violations.append(str(error))
    ledger("F7", f"{what}（由操作系统拒绝写入）", "503，未就绪，不登记的照常；有了空间自行恢复；不丢",
           len(one.kept) + one.refused, one.violations, 承认=len(one.kept), 登记=held, 拒绝=one.refused,
           **{"说未就绪（秒）": round(one.told, 1), "恢复（秒）": round(one.well, 1)})  # fmt: skip
