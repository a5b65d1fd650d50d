"""kill -9 under load: the bench in its short form. What a client was told is there, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks import register
from tests.app.register.conftest import Server, new_database

if TYPE_CHECKING:
    from pathlib import Path


def check(figures: dict[str, int], rounds: int) -> None:
    """Every round had answers and was cut off amid sixteen questions; in the end each question has one record."""
    assert (rounds, 16 * rounds) == (figures["rounds"], figures["unanswered"])
    assert figures["records"] == figures["acknowledged"] >= 16 + rounds


def test_kill_minus_nine_sqlite(tmp_path: Path) -> None:
    """Four times at a random moment: nothing acknowledged is lost, no key has two records, the chain holds."""
    figures = register.killed(tmp_path, rounds=4)

    check(figures, 4)


def test_kill_minus_nine_postgresql(tmp_path: Path, postgresql: Server) -> None:
    """The same with the register on a server of its own."""
    figures = register.killed(tmp_path, new_database(postgresql), rounds=2)

    check(figures, 2)
