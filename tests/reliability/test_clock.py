"""F15: the clock jumps by an hour, a day, a year, over a change of summer time. The number of an entry is its order, and nothing holds for ever."""

from __future__ import annotations

import datetime
import os
import random
import time
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from fastapi.testclient import TestClient
from sqlalchemy import select

from app.accounts import keys, sessions
from app.main import create
from app.register import house, lookup
from app.register.lookup import Filters
from app.register.models import entries, replies
from app.settings import Settings
from tests.app.accounts.test_gate import add, gate_of, register_of, session
from tests.app.register.conftest import AUDITOR
from tests.reliability.conftest import CLEAN, LONG

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

HOUR, DAY, YEAR = (datetime.timedelta(hours=one) for one in (1, 24, 24 * 365))
START = datetime.datetime(
    2026, 11, 1, 5, 30, tzinfo=datetime.UTC
)  # half an hour before New York's summer time ends
JUMPS = (
    HOUR,
    -HOUR,
    HOUR / 2,
    HOUR,
    YEAR,
    -YEAR,
    -YEAR,
    YEAR,
    DAY,
    -2 * DAY,
)  # half an hour and an hour: over the change
ROUNDS = 20 if LONG else 1


@pytest.fixture
def _summer_time() -> Iterator[None]:
    """A place whose clock is turned back by an hour this night."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "America/New_York"
    time.tzset()
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


@pytest.fixture
def client(tmp_path: Path, _summer_time: None) -> Iterator[TestClient]:
    """A service that begins at START."""
    with (
        time_machine.travel(START, tick=True),
        TestClient(create(Settings(home=tmp_path)), raise_server_exceptions=False) as client,
    ):
        yield client


def _post(client: TestClient, number: int) -> tuple[int, dict[str, Any]]:
    answer = client.post(
        "/screen",
        json={"body": f"{CLEAN}第{number}号", "record": True, "unit": {"kind": "department"}},
        headers={"idempotency-key": f"k{number}"},
    )
    return answer.status_code, answer.json()


def _in_order(client: TestClient, given: list[str]) -> list[str]:
    """What is wrong with the order of the register."""
    register = register_of(client)
    with register.read() as connection:
        rows = connection.execute(
            select(entries.c.seq, entries.c.record)
            .where(entries.c.register == "register", entries.c.kind == "screened")
            .order_by(entries.c.seq)
        ).all()
    wrong = []
    if [row.record for row in rows] != given:
        wrong.append("entries are not in the order in which they were acknowledged")
    if [row["id"] for row in lookup.each(register, AUDITOR, Filters())] not in (given, given[::-1]):
        wrong.append("a list of the register is not in the order of its entries")
    wrong += [one.broken.reason for one in house.walk_all(register) if one.broken is not None]
    return wrong


def test_the_clock_jumps(client: TestClient, ledger: Callable[..., None]) -> None:
    """Posts before and after each jump: recorded in their order, each key once, the chain whole."""
    chance, moment = random.Random(3), START
    given: list[str] = []
    violations: list[str] = []
    runs = 0
    for _ in range(ROUNDS):
        for jump in JUMPS if ROUNDS == 1 else chance.sample(JUMPS, len(JUMPS)):
            moment += jump
            with time_machine.travel(moment, tick=True):
                for _ in range(3):
                    number = len(given)
                    status, answer = _post(client, number)
                    if status != 200:
                        violations.append(f"{status} after {jump}")
                        continue
                    given.append(answer["record"])
                    again = _post(client, number)
                    if (200, answer["record"]) != (again[0], again[1].get("record")):
                        violations.append(f"the same key has another record after {jump}")
                    runs += 2
                if given[:-3] and _post(client, len(given) - 4)[1].get("record") != given[-4]:
                    violations.append(f"a key from before the jump has another record after {jump}")
                if client.get("/ready").status_code != 200:
                    violations.append(f"not ready after {jump}")
    violations += _in_order(client, given)
    ledger("F15", "时钟前后跳动（半小时、一小时、一天、两天、一年）和夏令时结束", "按序号排列，同键同一份，链完整",
           runs, violations, 登记=len(given), 跳动=ROUNDS * len(JUMPS))  # fmt: skip


def test_nothing_holds_for_ever(client: TestClient, ledger: Callable[..., None]) -> None:
    """What began while the clock was a year ahead does not stay valid for that year when it is put right."""
    add(client, "editor", "editor")
    register, violations = register_of(client), []
    with time_machine.travel(START + YEAR, tick=True):
        ahead = session(client, "editor")
        _post(client, 1)
        if client.get("/records", headers=ahead).status_code != 200:
            violations.append("a session does not hold while the clock stands still")
    with time_machine.travel(START + HOUR, tick=True):
        if sessions.find(register, ahead["cookie"].partition("=")[2]) is not None:
            violations.append("a session from the future holds")
        house.tidy(register)
        with register.read() as connection:
            if connection.execute(select(replies.c.at).where(replies.c.at > "2027")).first() is not None:
                violations.append("an answer from the future is repeated for a year")
        behind = session(client, "editor")
    with time_machine.travel(START + YEAR, tick=True):
        if sessions.find(register, behind["cookie"].partition("=")[2]) is not None:
            violations.append("a session holds over a year")
    whole, job = keys.adding(register.keys, "内容管理系统", ["screen"], "", 30, "test")
    register.call(job)
    for later, valid in ((HOUR, True), (-HOUR, True), (31 * DAY, False), (YEAR, False)):
        with time_machine.travel(START + later, tick=True):
            gate_of(client).load()
            if (keys.find(keys.valid(register), register.keys, whole) is not None) is not valid:
                violations.append(f"a key of thirty days after {later}")
    ledger("F15", "时钟错一年时的登录、密钥、重发答复", "校正后不再有效，不会一直有效", 8, violations)
