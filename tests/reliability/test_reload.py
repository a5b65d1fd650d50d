"""F19: a large set of words is exchanged while posts come in. No verdict mixes two sets, and nobody waits because of it."""

from __future__ import annotations

import asyncio
import json
import os
import random
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert

from app.register.chain import new_id
from app.register.models import word_entries, word_sets
from app.register.store import Register
from app.register.way import Person
from app.settings import Settings
from app.words import sets
from benchmarks.register import Asker, serving
from detectors.text import fold
from tests.reliability.conftest import CLEAN, LONG

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.register.writer import Transaction

# In ``make test`` tests/app/words exchanges small sets; this takes twenty seconds even in its short form.
pytestmark = pytest.mark.skipif("XIANSHEN_RELIABILITY" not in os.environ, reason="part of make reliability")

WORDS = sets.MOST - 100 if LONG else 5_000
SWAPS = 6 if LONG else 1
CLIENTS = 2
LIMIT = 0.050  # seconds a request may take because of a swap
BEFORE, AFTER = 1.0, 1.0  # seconds around a swap in which it could be the cause
PATIENCE = 120.0  # seconds for a compilation, which gives way to everybody
RULE = "spelling.wrong-character"
PROPOSER = Person("k", "甲", roles=frozenset({"keeper"}))
DECIDER = Person("l", "乙", roles=frozenset({"keeper"}))


@dataclass(frozen=True)
class Asked:
    """One post: when, how long, how long of that no processor was free for the service, and what was answered."""

    at: float
    seconds: float
    held_up: float
    data: str
    found: tuple[str, ...]

    @property
    def own(self) -> float:
        """Seconds that are the service's own: on a busy machine every program waits its turn."""
        return self.seconds - self.held_up


def _delay(path: str) -> float:
    """Seconds a thread was ready to run and had no processor."""
    return int(Path(path).read_text(encoding="ascii").split()[1]) / 1e9


def _word(number: int) -> str:
    return f"换词甲{chr(0x4E00 + number)}乙丑"


class Senders:
    """A few clients without a pause, until told to stop."""

    def __init__(self, port: int, pid: int) -> None:
        self.port, self.pid = port, pid
        self.asked: list[Asked] = []
        self.stop = False
        letters = "".join(f"{_word(number)}。" for number in range(SWAPS)) + CLEAN * 20
        self.body = json.dumps({"body": letters, "record": False, "unit": {"kind": "department"}}).encode()
        self.thread = threading.Thread(target=lambda: asyncio.run(self._all()))

    async def _all(self) -> None:
        await asyncio.gather(*(self._client() for _ in range(CLIENTS)))

    def _waited(self) -> float:
        own = f"/proc/self/task/{threading.get_native_id()}/schedstat"
        return _delay(f"/proc/{self.pid}/task/{self.pid}/schedstat") + _delay(own)

    async def _client(self) -> None:
        async with Asker(self.port) as asker:
            while not self.stop:
                waited, at = self._waited(), time.monotonic()
                status, answer = await asker.post(self.body)
                seconds, waited = time.monotonic() - at, self._waited() - waited
                assert status == 200, answer
                told = json.loads(answer)
                found = tuple(one["quote"] for one in told["findings"])
                self.asked.append(Asked(at, seconds, waited, told["data"], found))
                await asyncio.sleep(0.002)


def _filled(home: Path) -> Register:
    """A register with a large set of words in force."""
    register = Register(Settings(home=home))
    register.open()
    chance = random.Random(3)
    han = [chr(code) for code in range(0x4E00, 0x9FA5)]
    words: dict[str, str] = {}
    while len(words) < WORDS:
        word = "".join(chance.choices(han, k=chance.choice((4, 5, 6))))
        if len(folded := fold(word)) >= 4:
            words.setdefault(folded, word)
    common = {"list": RULE, "since": 1, "gone": 0, "value": '"改正后的词"', "proposal": "p"}

    def fill(transaction: Transaction) -> None:
        rows = [common | {"folded": folded, "word": word} for folded, word in words.items()]
        transaction.connection.execute(insert(word_entries), rows)
        first = {"number": 1, "size": len(rows), "who": "x", "batch": new_id(), "at": transaction.at}
        transaction.connection.execute(insert(word_sets).values(**first))

    register.submit(fill).result(PATIENCE)
    return register


def _swap(register: Register, number: int, senders: Senders) -> tuple[float, float]:
    """One more word: when it was decided, and when the last verdict named the old set."""
    before, word = senders.asked[-1].data, _word(number)
    change = sets.Change(RULE, "add", word, fold(word), '"改正后的词"')
    batch = register.call(sets.proposing([change], "多次出现", "第九条", PROPOSER))
    register.call(sets.approving(batch, number + 1, "", DECIDER))
    decided = time.monotonic()
    end = time.monotonic() + PATIENCE
    while senders.asked[-1].data == before:
        assert time.monotonic() < end, "the new set did not come"
        assert senders.thread.is_alive(), "a sender ended"
        time.sleep(0.005)
    return decided, next(one.at for one in reversed(senders.asked) if one.data == before)


def test_a_large_set_is_exchanged(tmp_path: Path, ledger: Callable[..., None]) -> None:
    """Each verdict holds exactly the words of the set it names; around a swap no request takes longer because of it."""
    if not Path("/proc/self/schedstat").exists():
        pytest.skip("how long a process waited for a processor is told by Linux alone")
    register = _filled(tmp_path)
    swaps = []
    with serving(tmp_path) as (port, process):
        senders = Senders(port, process.pid)
        senders.thread.start()
        try:
            time.sleep(3.0)
            for number in range(SWAPS):
                swaps.append(_swap(register, number, senders))
                time.sleep(AFTER + 1.0)
        finally:
            senders.stop = True
            senders.thread.join(30)
    register.close()
    asked = senders.asked[50:]
    sets_ = list(dict.fromkeys(one.data for one in asked))
    violations = [
        f"{one.data[:20]}: {len(one.found)} words"
        for one in asked
        if set(one.found) != {_word(number) for number in range(sets_.index(one.data))}
    ]
    worst, compiling, usual = (
        max((one.own for one in asked if _when(one.at, swaps) == when), default=0.0)
        for when in ("swap", "compiling", "otherwise")
    )
    if worst > LIMIT and worst > usual:  # else the machine alone is as slow
        violations.append(f"{worst * 1000:.0f} ms near a swap, {usual * 1000:.0f} ms otherwise")
    raw = max(one.seconds for one in asked if _when(one.at, swaps) == "swap")
    ledger("F19", f"{WORDS:,} 条词在受理中更换", f"结论不混用两版；不因更换超过 {LIMIT * 1000:.0f} 毫秒", len(asked), violations, 更换=len(sets_) - 1,
           **{"更换前后最慢（毫秒）": round(worst * 1000), "编译期间最慢（毫秒）": round(compiling * 1000), "其余时间最慢（毫秒）": round(usual * 1000),
              "更换前后含等候处理器（毫秒）": round(raw * 1000)})  # fmt: skip


def _when(at: float, swaps: list[tuple[float, float]]) -> str:
    """Near a swap; while another process compiles, which can only take processors and disk; or neither."""
    if any(swapped - BEFORE < at < swapped + AFTER for _, swapped in swaps):
        return "swap"
    return "compiling" if any(decided < at < swapped for decided, swapped in swaps) else "otherwise"
