"""Two workers and a large register: the benches in their short form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks import register

if TYPE_CHECKING:
    from pathlib import Path


def test_two_workers_fifty_clients(tmp_path: Path) -> None:
    """Two processes write one chain of SQLite: no entry lost or doubled."""
    figures = register.cost(tmp_path, workers=2, seconds=1.5, rounds=1)

    assert figures["records"] > 20


def test_a_large_register_in_small(tmp_path: Path) -> None:
    """Lists, filters, figures and the walk of a register of a few thousand entries, its memory bounded."""
    figures = register.large(tmp_path, 6_000)

    assert 60 > figures["MB after"] - figures["MB before"]
