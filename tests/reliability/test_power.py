"""The power goes and the disk refuses to sync: nothing acknowledged is lost, no chain breaks, and the service goes on."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple

import httpx
import pytest

from app.register import house, lookup
from app.register.database import RegisterDownError, RegisterError
from app.register.lookup import Filters
from app.register.store import Register
from app.register.writer import Transaction
from app.settings import Settings
from benchmarks.register import ALL, check, serving
from tests.reliability import power_entries
from tests.reliability.conftest import LONG
from tests.reliability.power_disk import HOW, CannotTraceError, Disk, Op, read, record
from tests.reliability.test_disk import Recorder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

ROOT = Path(__file__).parents[2]
CUTS = 1_800 if LONG else 60
CONTROLS = 300 if LONG else 40  # of each way that must lose something
SYNCS = ("8+5", "5+4")  # those that fail, counted by thread: of the log, of its folder
FAILED_CUTS = 900 if LONG else 100
LEAST = 15  # entries acknowledged in all
ROUNDS = 5 if LONG else 1
POSTS = 24
WHEN = ("1+", "5+11", "2+13")  # all syncs fail; every so-manieth of a thread


class Recording(NamedTuple):
    """What was done below a folder."""

    base: Path
    ops: list[Op]


def _recorded(base: Path, ways: Iterable[str], *inject: str) -> Recording:
    log = base.with_suffix(".strace")
    base.mkdir()
    command = [sys.executable, "-m", "tests.reliability.power_entries", str(base), *ways]
    try:
        record(command, log, *inject, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})
    except CannotTraceError as error:
        pytest.skip(f"no power cut is tried on this machine: {error}")
    ops = list(read(log, base))
    log.unlink()
    return Recording(base, ops)


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """The register's own way, and two that promise less."""
    return _recorded(tmp_path_factory.mktemp("power") / "disk", (power_entries.OWN, "NORMAL", "OFF"))


class Outcome:
    """What came of the cuts."""

    def __init__(self) -> None:
        self.cuts = self.acknowledged = self.lost = self.more = 0
        self.broken: list[str] = []
        self.where: list[str] = []  # cuts that lost something

    @property
    def violations(self) -> list[str]:
        return [*self.where, *self.broken]

    def look(self, home: Path, told: list[str], at: str) -> None:
        """Open a register after a cut, as the service would, and go on with it."""
        self.cuts += 1
        self.acknowledged += len(told)
        try:
            register = Register(Settings(home=home))
            try:
                held = self._held(register)
            finally:
                register.close()
        except (RegisterDownError, RegisterError, AssertionError, sqlite3.Error) as error:
            self.broken.append(f"{at}: {error}")
            return
        missing = set(told) - set(held)
        self.lost += len(missing)
        if missing:
            self.where.append(f"{at}: {len(missing)} of {len(told)} acknowledged entries lost")
        self.more += len(set(held) - set(told))

    @staticmethod
    def _held(register: Register) -> list[str]:
        register.open()
        held = [row["id"] for row in lookup.each(register, ALL, Filters())]
        assert len(held) == len(set(held)), "an entry is there twice"

        def one_more(transaction: Transaction) -> None:
            transaction.audit("started", "test", {})

        register.call(one_more, deep=False)
        walks = house.walk_all(register)
        assert all(one.broken is None for one in walks), walks
        assert walks[1].entries == len(held), "an entry of the chain is not listed, or one listed not in it"
        with register.read() as connection:
            found = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
        assert found == "ok", found
        return held


def _cut(recording: Recording, way: str, cuts: int, folder: Path, *, seed: int = 5) -> Outcome:
    """Cut the power at so many moments of one way, and look at what is left."""
    base, chance, outcome = recording.base, Random(seed), Outcome()
    folder.mkdir(exist_ok=True)
    home, said = str(power_entries.folder(base, way)), str(power_entries.said(base, way))
    ops = [
        op for op in recording.ops if op.path in {str(base), said} or Path(op.path).is_relative_to(base / way)
    ]
    assert sum(op.path == said and op.kind == "write" for op in ops) > LEAST, "too little was acknowledged"
    telling = [at for at, op in enumerate(ops) if op.kind != "write" or op.path == said]
    edges = [at + step for at in telling for step in (0, 1)]
    moments = sorted(
        chance.choice(edges) if chance.random() < 0.5 else chance.randint(1, len(ops)) for _ in range(cuts)
    )
    disk, told, done = Disk(base, chance), [], 0
    for number, moment in enumerate(moments):
        for op in ops[done:moment]:
            if op.path != said:
                disk.do(op)
            elif op.kind == "write":
                told += op.data.decode().split()
        done, how = moment, HOW[number % len(HOW)]
        for path, content in disk.cut(how).items():
            place = folder / Path(path).relative_to(base)
            if content is None:
                place.mkdir(mode=0o700)
            else:
                place.write_bytes(content)
                place.chmod(0o600)
        outcome.look(folder / Path(home).relative_to(base), told, f"{how} at {moment} of {len(ops)}")
        shutil.rmtree(folder / way, ignore_errors=True)
    return outcome


def test_the_power_goes(recording: Recording, tmp_path: Path, ledger: Callable[..., None]) -> None:
    """F5: everything acknowledged before the cut is there once, the chains hold, the register takes more entries."""
    outcome = _cut(recording, power_entries.OWN, CUTS, tmp_path)

    ledger("F5", "断电：未落盘的写入丢失、残缺或错乱", "已承认的一条不丢，校验链完整，可继续登记", outcome.cuts,
           outcome.violations, 承认=outcome.acknowledged, 丢失=outcome.lost, 未承认而在册=outcome.more)  # fmt: skip


@pytest.mark.parametrize("way", ["NORMAL", "OFF"])
def test_a_register_that_promises_less_is_found_out(
    recording: Recording, tmp_path: Path, ledger: Callable[..., None], way: str
) -> None:
    """The control: where SQLite does not wait for the disk, acknowledged entries are lost, and the cuts show it."""
    outcome = _cut(recording, way, CONTROLS, tmp_path)

    blind = [] if outcome.lost else ["nothing was lost: the cuts prove nothing"]
    ledger("F5", f"对照：同样断电，synchronous={way}", "必有丢失，否则测法无效", outcome.cuts, blind,
           承认=outcome.acknowledged, 丢失=outcome.lost, 打不开或不一致=len(outcome.broken))  # fmt: skip


@pytest.mark.parametrize("when", SYNCS)
def test_the_power_goes_after_syncs_that_failed(
    tmp_path: Path, ledger: Callable[..., None], when: str
) -> None:
    """F6 and F5: Linux forgets what a failed sync did not write; no later acknowledgement may stand on it."""
    recording = _recorded(
        tmp_path / "disk", [power_entries.FAILING], f"fsync,fdatasync:error=EIO:when={when}"
    )
    failed = sum(op.kind == "unsynced" for op in recording.ops)
    outcome = _cut(recording, power_entries.FAILING, FAILED_CUTS, tmp_path / "cut")

    ledger("F6", f"落盘失败（EIO，{when}），随后断电", "已承认的一条不丢，校验链完整，可继续登记", outcome.cuts,
           outcome.violations if failed else ["no sync failed"],
           落盘失败=failed, 承认=outcome.acknowledged, 丢失=outcome.lost, 未承认而在册=outcome.more)  # fmt: skip


class Faults:
    """Every sync of a running service fails, or every so-manieth; all is well again afterwards."""

    def __init__(self, log: Path) -> None:
        self.log = log

    @contextlib.contextmanager
    def on(self, pid: int, when: str) -> Iterator[None]:
        """Raises: CannotTraceError."""
        inject = f"inject=fsync,fdatasync:error=EIO:when={when}"
        command = ["strace", "-f", "-p", str(pid), "-A", "-o", str(self.log), "-e", "trace=fsync,fdatasync"]
        try:
            strace = subprocess.Popen([*command, "-e", inject], stderr=subprocess.PIPE)
        except FileNotFoundError:
            raise CannotTraceError("no strace (Debian: apt-get install strace)") from None
        assert strace.stderr is not None
        try:
            said = strace.stderr.readline().decode()
            if "attached" not in said:
                raise CannotTraceError(f"strace may not trace: {said.strip()}")
            yield
        finally:
            strace.send_signal(signal.SIGINT)  # it lets go of the service
            strace.communicate(timeout=30)

    @property
    def count(self) -> int:
        """Syncs that failed so far."""
        return self.log.read_text(encoding="utf-8").count("(INJECTED)")


def test_syncs_fail_under_a_service(tmp_path: Path, ledger: Callable[..., None]) -> None:
    """F6: 503 and "not ready" while the disk refuses to sync, nothing acknowledged that is not kept; well again by itself."""
    home, faults = tmp_path / "home", Faults(tmp_path / "strace")
    with serving(home) as (port, process), httpx.Client(
        base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False
    ) as http:  # fmt: skip
        one = Recorder(http)
        try:
            for _ in range(ROUNDS):
                for when in WHEN:
                    one.record()
                    with faults.on(process.pid, when):
                        if when == "1+":
                            one.while_full()
                        else:
                            before = one.refused
                            told = [one.record() for _ in range(POSTS)]
                            if 200 not in told or one.refused == before:
                                one.violations.append(f"some syncs fail, and the answers were {set(told)}")
                    one.with_room()
        except CannotTraceError as error:
            pytest.skip(f"no sync is made to fail on this machine: {error}")
        if process.poll() is not None:
            one.violations.append("the service ended")
    try:
        held = check(home, "", one.kept, exactly=False)
    except AssertionError as error:  # lost, doubled, or a chain is broken
        held = -1
        one.violations.append(str(error))
    if held > len(one.kept) + one.refused:
        one.violations.append(
            f"{held} entries of {len(one.kept)} acknowledged and {one.refused} refused posts"
        )
    ledger("F6", "落盘失败（EIO），服务运行中", "503，未就绪，不承认；恢复后自行继续；不丢", len(one.kept) + one.refused,
           one.violations if faults.count else ["no sync failed"], 落盘失败=faults.count, 承认=len(one.kept), 登记=held,
           拒绝=one.refused, **{"说未就绪（秒）": round(one.told, 1), "恢复（秒）": round(one.well, 1)})  # fmt: skip
