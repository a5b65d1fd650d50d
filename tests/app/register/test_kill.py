"""kill -9 under load: the bench in its short form. What a client was told is there, once."""

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
    figures = register.killed(tmp_path, new_database(postgresql), rounds=2)

    assert figures["records"] == figures["acknowledged"] > 10
