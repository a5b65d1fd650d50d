"""Tampering: every way to change, lose, move or add an entry is found, at its place."""
# ruff: noqa: S608 the only value put in is a count

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from app.register import house
from app.register.chain import Entry, new_id
from app.register.store import Register
from app.register.writer import Transaction
from app.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

COUNT = 30

# What somebody with the database file does to it, and where it is found.
TAMPERS = [
    ("another name", 7, "UPDATE entries SET who = 'x' WHERE register = 'register' AND seq = 7"),
    ("another time", 7, "UPDATE entries SET at = '2020-01-01T00:00:00.000Z' WHERE register = 'register' AND seq = 7"),
    ("another record", 7, "UPDATE entries SET record = 'x' WHERE register = 'register' AND seq = 7"),
    ("another kind", 7, "UPDATE entries SET kind = 'signed' WHERE register = 'register' AND seq = 7"),
    ("another content", 7, "UPDATE contents SET content = '{}' WHERE entry = (SELECT id FROM entries WHERE register = 'register' AND seq = 7)"),
    ("no content", 7, "DELETE FROM contents WHERE entry = (SELECT id FROM entries WHERE register = 'register' AND seq = 7)"),
    ("a forged digest", 7, "UPDATE entries SET digest = hex(randomblob(32)) WHERE register = 'register' AND seq = 7"),
    ("a hole", 7, "DELETE FROM entries WHERE register = 'register' AND seq = 7"),
    ("the first gone", 1, "DELETE FROM entries WHERE register = 'register' AND seq = 1"),
    ("the last gone", COUNT, f"DELETE FROM entries WHERE register = 'register' AND seq = {COUNT}"),
    (
        "a hole closed", 7,
        ("DELETE FROM entries WHERE register = 'register' AND seq = 7; "
        "UPDATE entries SET seq = seq - 1 WHERE register = 'register' AND seq > 7"),
    ),
    (
        "two in the other order", 7,
        ("UPDATE entries SET seq = 99 WHERE register = 'register' AND seq = 7; "
        "UPDATE entries SET seq = 7 WHERE register = 'register' AND seq = 8; "
        "UPDATE entries SET seq = 8 WHERE register = 'register' AND seq = 99"),
    ),
    (
        "one put in", COUNT + 1,
        (f"INSERT INTO entries SELECT register, {COUNT + 1}, 'x', kind, record, who, at, content_digest, digest, digest "
        f"FROM entries WHERE register = 'register' AND seq = {COUNT}"),
    ),
    (
        "contents exchanged", 7,
        ("UPDATE contents SET content = (SELECT content FROM contents c JOIN entries e ON e.id = c.entry WHERE e.register = 'register' AND e.seq = 8) "
        "WHERE entry = (SELECT id FROM entries WHERE register = 'register' AND seq = 7)"),
    ),
    ("all gone", 1, "DELETE FROM entries WHERE register = 'register'"),
]  # fmt: skip


@pytest.fixture
def register(tmp_path: Path) -> Register:
    """Thirty entries."""
    register = Register(Settings(home=tmp_path))

    def fill(transaction: Transaction) -> None:
        for number in range(COUNT):
            transaction.append("register", "screened", f"R{number}", "w", {"number": number})
        transaction.audit("logged-in", "w", {})

    register.call(fill)
    register.close()
    return Register(Settings(home=tmp_path))


def tamper(register: Register, script: str) -> None:
    """As somebody would who can write the file: triggers first out of the way."""
    path = register.database.path
    assert path
    with sqlite3.connect(path) as connection:
        names = [
            row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ]
        connection.executescript("".join(f"DROP TRIGGER {name};" for name in names) + script)
    connection.close()


def broken(register: Register, anchor: tuple[int, str] | None = None) -> int | None:
    """Where the register's chain breaks."""
    found = {one.register: one for one in house.walk_all(register, anchor=anchor)}
    assert found["audit"].broken is None
    place = found["register"].broken
    return place.seq if place else None


def test_an_untouched_chain_holds(register: Register) -> None:
    """Every entry is seen."""
    assert [1, COUNT] == [one.entries for one in house.walk_all(register)]
    assert None is broken(register)


@pytest.mark.parametrize(("where", "script"), [one[1:] for one in TAMPERS], ids=[one[0] for one in TAMPERS])
def test_tampering_is_found(register: Register, where: int, script: str) -> None:
    """At the first entry that is not as it was written."""
    tamper(register, script)

    assert where == broken(register)


def test_a_shortened_chain_with_a_forged_head_needs_an_anchor(register: Register) -> None:
    """Whoever also sets the head back is found by a digest noted elsewhere."""
    last = house.walk_all(register)[1]
    tamper(
        register,
        f"DELETE FROM entries WHERE register = 'register' AND seq = {COUNT}; "
        f"UPDATE heads SET seq = {COUNT - 1}, digest = (SELECT digest FROM entries WHERE register = 'register' AND seq = {COUNT - 1}) WHERE name = 'register'",
    )

    assert None is broken(register)
    assert COUNT == broken(register, (last.entries, last.digest))


def test_an_anchor_of_another_chain_is_found(register: Register) -> None:
    """The same number with another digest."""
    assert 5 == broken(register, (5, "0" * 64))


def test_content_goes_only_with_a_later_destruction_of_the_same_record(register: Register) -> None:
    """An entry of destruction for one record is no licence for another."""

    def destroy(transaction: Transaction) -> None:
        transaction.append("register", "destroyed", "R3", "w", {})

    register.call(destroy)
    tamper(register, "DELETE FROM contents WHERE record = 'R3' AND kind != 'destroyed'")
    assert None is broken(register)
    tamper(register, "DELETE FROM contents WHERE record = 'R4'")
    assert 5 == broken(register)


def test_ids_sort_by_time() -> None:
    """Twenty-six letters, all different."""
    made = [new_id() for _ in range(1000)]

    assert {26} == {len(one) for one in made}
    assert 1000 == len(set(made))
    assert [one[:10] for one in made] == sorted(one[:10] for one in made)


def test_an_entry_without_content_is_told_apart() -> None:
    """None is destroyed, {} is empty."""
    assert None is Entry(1, "", "screened", "R", "w", "", None).content
