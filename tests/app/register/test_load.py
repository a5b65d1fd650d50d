"""Two workers and a large register: the benches in their short form."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import register
from tests.app.register.conftest import Server, new_database


def test_two_processes_fifty_clients(tmp_path: Path) -> None:
    """Two processes write one chain of SQLite: three hundred posts at once are three hundred records, in whole chains."""
    assert {"acknowledged": 300, "records": 300} == register.together(tmp_path)


def test_two_processes_fifty_clients_postgresql(tmp_path: Path, postgresql: Server) -> None:
    """The same on a server of its own."""
    assert {"acknowledged": 300, "records": 300} == register.together(tmp_path, new_database(postgresql))


def test_a_large_register_in_small(tmp_path: Path) -> None:
    """Lists, filters, figures and the walk of a register of a few thousand entries, its memory bounded."""
    if not Path("/proc/self/status").exists():
        pytest.skip("memory is measured on Linux alone")
    figures = register.large(tmp_path, 6_000)

    assert 60 > figures["MB after"] - figures["MB before"]
