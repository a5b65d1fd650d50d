"""Disk full, database away, file gone: 503 for what must be kept, everything else goes on, nothing acknowledged is lost."""

from __future__ import annotations

import os
import shutil
import time
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event

from app.main import create
from app.register import house, lookup, rectify, store
from app.register.database import UnfitError
from app.register.lookup import Filters
from app.settings import Settings
from tests.app.register.conftest import AUDITOR, COUNTY, Server, new_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from app.register.store import Register

POST: dict[str, Any] = {
    "title": "通知",
    "body": "各单位要认真落实。" * 40,
    "unit": {"kind": "department"},
    "record": True,
}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    """A service over SQLite."""
    with TestClient(create(Settings(home=tmp_path)), raise_server_exceptions=False) as client:
        yield client


def register_of(client: TestClient) -> Register:
    """Its register; readiness is asked anew each time."""
    found: Register = client.app.state.service.register  # type: ignore[attr-defined]
    found._beat = -store._FRESH
    return found


def check_down(client: TestClient) -> None:
    """503 for what must be kept, 200 for what need not be."""
    register_of(client)
    kept = client.post("/screen", json=POST)

    assert (503, "application/problem+json") == (kept.status_code, kept.headers["content-type"])
    assert "不得据此发布" in kept.json()["detail"]
    assert 200 == client.post("/screen", json=POST | {"record": False}).status_code
    assert 503 == client.get("/ready").status_code
    assert 200 == client.get("/health").status_code
    batch = client.post("/screen/batch", json={"posts": [POST, POST | {"record": False}]}).json()["verdicts"]
    assert [503, None] == [one.get("status") for one in batch]


def check_up(client: TestClient, acknowledged: set[str]) -> None:
    """Everything that was acknowledged is there, once, in whole chains."""
    found = register_of(client)
    rows = [row["id"] for row in lookup.each(found, AUDITOR, Filters())]

    assert sorted(acknowledged) == sorted(rows)
    assert [None, None] == [one.broken for one in house.walk_all(found)]


def test_disk_full(client: TestClient) -> None:
    """SQLite reaches its last page: what was acknowledged is stored, the rest was told so; with room again it goes on."""
    database = register_of(client).database
    limits: dict[str, Any] = {"pages": 0}

    @event.listens_for(database._writing, "begin")
    def _(connection: Any) -> None:
        count = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={limits['pages'] or count + 100_000}")

    acknowledged = {client.post("/screen", json=POST).json()["record"]}
    with database.read() as connection:
        limits["pages"] = int(connection.exec_driver_sql("PRAGMA page_count").scalar() or 0) + 3
    for _attempt in range(60):
        answer = client.post("/screen", json=POST)
        if answer.status_code == 503:
            break
        acknowledged.add(answer.json()["record"])
    assert 1 < len(acknowledged) < 60
    check_down_when_full(client)

    limits["pages"] = 0
    acknowledged.add(client.post("/screen", json=POST).json()["record"])
    check_up(client, acknowledged)


def check_down_when_full(client: TestClient) -> None:
    """A heartbeat may still fit into the last page; an entry does not."""
    assert 503 == client.post("/screen", json=POST).status_code
    assert 200 == client.post("/screen", json=POST | {"record": False}).status_code


def test_the_file_is_gone(client: TestClient, tmp_path: Path) -> None:
    """SQLite would go on writing into a removed file: that is no record."""
    assert 200 == client.post("/screen", json=POST).status_code
    path = tmp_path / "register.sqlite"
    aside = tmp_path / "aside"
    path.rename(aside)
    check_down(client)
    shutil.copy(aside, path)
    check_down(client)


def test_the_file_came_back(client: TestClient, tmp_path: Path) -> None:
    """The same file in its place again: it goes on."""
    acknowledged = {client.post("/screen", json=POST).json()["record"]}
    path = tmp_path / "register.sqlite"
    path.rename(tmp_path / "aside")
    check_down(client)
    (tmp_path / "aside").rename(path)
    acknowledged.add(client.post("/screen", json=POST).json()["record"])

    check_up(client, acknowledged)


def test_another_process_holds_the_register(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wait with an end, then 503; free again, it goes on."""
    fcntl = pytest.importorskip("fcntl")
    from app.register import database

    monkeypatch.setattr(database, "WAIT", 0.3)
    acknowledged = {client.post("/screen", json=POST).json()["record"]}
    lock = os.open(tmp_path / "register.lock", os.O_RDWR)
    fcntl.flock(lock, fcntl.LOCK_EX)
    start = time.monotonic()
    assert 503 == client.post("/screen", json=POST).status_code
    assert 12 > time.monotonic() - start  # its own end, not that of the patience of a request
    check_down(client)
    os.close(lock)
    acknowledged.add(client.post("/screen", json=POST).json()["record"])

    check_up(client, acknowledged)


def test_the_database_server_is_away(tmp_path: Path, postgresql: Server) -> None:
    """Stopped: 503 at once, unrecorded posts go on. Started again: everything acknowledged is there."""
    settings = Settings(home=tmp_path, database_url=new_database(postgresql))
    with TestClient(create(settings), raise_server_exceptions=False) as client:
        acknowledged = {client.post("/screen", json=POST).json()["record"] for _ in range(3)}
        postgresql.stop()
        try:
            check_down(client)
        finally:
            postgresql.start()
        acknowledged.add(client.post("/screen", json=POST).json()["record"])

        check_up(client, acknowledged)
        assert 200 == client.get("/ready").status_code


def test_what_a_column_does_not_hold(tmp_path: Path, postgresql: Server) -> None:
    """NUL, which PostgreSQL keeps in no text, is replaced; a value too long is refused, the others beside it are kept."""
    settings = Settings(home=tmp_path, database_url=new_database(postgresql))
    with TestClient(create(settings), raise_server_exceptions=False) as client:
        record = client.post("/screen", json=POST | {"title": "甲\0乙", "external_id": "\0"}).json()["record"]
        assert "甲\ufffd乙" == client.get("/records").json()["records"][0]["title"]
        assert [404, 200] == [
            client.get("/records/%00").status_code,
            client.get("/records?q=%00").status_code,
        ]
        register = client.app.state.service.register  # type: ignore[attr-defined]
        register.submit(lambda _: time.sleep(0.3))
        time.sleep(0.1)  # what comes while that is written shares a transaction
        jobs = [register.submit(rectify.noticing(COUNTY, _notice(unit))) for unit in ("甲", "乙" * 501, "丙")]

        assert record
        assert [None, UnfitError, None] == [
            None if error is None else type(error) for error in (one.exception(20) for one in jobs)
        ]
        assert ["甲", "丙"] == [one["unit"] for one in rectify.listed(register, COUNTY)]


def _notice(unit: str) -> dict[str, Any]:
    return {
        "unit": unit,
        "problem": "链接失效",
        "basis": "",
        "told_on": "2026-11-02",
        "days": 5,
        "person": "张三",
    }


def test_no_connection_stays_open(tmp_path: Path, postgresql: Server) -> None:
    """Given up or closed while a thread still reads: its connection ends with its reading, not with the garbage."""
    register = store.Register(Settings(home=tmp_path, database_url=new_database(postgresql)))
    register.open()
    held = []
    with register.read() as connection:
        held.append(connection.connection.driver_connection)
        register.database.forget()
    with register.read() as connection:
        held.append(connection.connection.driver_connection)
        register.close()
    with register.read() as connection:  # somebody who had not heard of the end
        held.append(connection.connection.driver_connection)

    assert [True, True, True] == [one is not None and one.closed for one in held]


def test_a_start_without_the_database(tmp_path: Path) -> None:
    """The service starts and screens; who may ask is not known, so with accounts nobody is let in."""
    url = "postgresql://tester@127.0.0.1:9/none"
    with TestClient(
        create(Settings(home=tmp_path, database_url=url, auth="off")), raise_server_exceptions=False
    ) as client:
        check_down(client)
    with TestClient(
        create(Settings(home=tmp_path, database_url=url)), raise_server_exceptions=False
    ) as client:
        assert 503 == client.post("/screen", json=POST | {"record": False}).status_code
