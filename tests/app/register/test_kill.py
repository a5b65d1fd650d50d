"""kill -9 under load and two workers: the benches in their short form. What a client was told is there, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks import register
from tests.app.register.conftest import Server, new_database

if TYPE_CHECKING:
    from pathlib import Path


def test_kill_minus_nine_sqlite(tmp_path: Path) -> None:
    """Six times at a random moment: nothing acknowledged is lost, no key has two records, the chain holds."""
    figures = register.killed(tmp_path, rounds=6)

    assert 6 == figures["rounds"]
    assert figures["records"] == figures["acknowledged"] > 20


def test_kill_minus_nine_postgresql(tmp_path: Path, postgresql: Server) -> None:
    """The same with the register on a server of its own."""
    figures = register.killed(tmp_path, new_database(postgresql), rounds=3)

    assert figures["records"] == figures["acknowledged"] > 10


def test_two_workers_fifty_clients(tmp_path: Path) -> None:
    """Two processes write one chain of SQLite: no entry lost or doubled."""
    figures = register.cost(tmp_path, workers=2, seconds=1.5, rounds=1)

    assert figures["records"] > 20


def test_a_large_register_in_small(tmp_path: Path) -> None:
    """Lists, filters, figures and the walk of a register of a few thousand entries, its memory bounded."""
    figures = register.large(tmp_path, 6_000)

    assert 60 > figures["MB after"] - figures["MB before"]
