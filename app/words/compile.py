"""A set of words → one packed file, in a process of its own: ``python -m app.words.compile``.

Reads an order from standard input, writes nothing but the file, says on standard error why it could
not. What it builds it also tries: every word is found, every table is read as the rules read it.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import os
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

import detectors
from app import ENGINE
from app.register.database import Database, RegisterDownError, RegisterError
from app.settings import Settings
from app.words import sets
from app.words.lists import SETTINGS, SHAPES, decoded, written
from detectors import lexicon, overlay
from detectors.known import Known
from detectors.lexicon import Lexicon, LexiconError, Term
from detectors.matcher import matcher
from detectors.tables import TableError


class Order(msgspec.Struct):
    """What is to be made: the set ``number``, whose last change was ``batch``, as the file ``target``."""

    settings: dict[str, Any]
    number: int
    batch: str
    target: str


class CompileError(ValueError):
    """A set that cannot be made; says why."""


def fingerprint(settings: Settings, engine: str) -> str:
    """Names the files and the program that a packed set was made for."""
    digest = hashlib.sha256(f"{ENGINE}\0{engine}\0".encode())
    for path in detectors._files(settings.lexicons):  # noqa: SLF001 the same order as they are loaded in
        digest.update(path.read_bytes())
    for module in (detectors, overlay, lexicon):
        digest.update(Path(str(module.__file__)).read_bytes())
    return digest.hexdigest()[:16]


def value_of(kept: str) -> Any:  # noqa: ANN401 what a lexicon's file may hold
    """A kept value as a file would give it: days are days."""
    given = decoded(kept)
    if isinstance(given, dict):
        for name in ("from", "until"):
            if isinstance(given.get(name), str):
                try:
                    given[name] = datetime.date.fromisoformat(given[name])
                except ValueError as error:
                    raise CompileError(f"{name}: {given[name]} 不是日期（如 2026-11-27）") from error
    return given


def make(
    content: Mapping[tuple[str, str], tuple[str, str]],
    lexicons: Mapping[str, Lexicon],
    number: int,
    target: Path,
    engine: str,
) -> overlay.Head:
    """Pack a set.

    Raises:
        CompileError: a word or a row that cannot be.
    """
    words: dict[str, list[tuple[str, Term]]] = defaultdict(list)
    hidden: list[tuple[str, str]] = []
    entries: dict[str, list[str]] = defaultdict(list)
    rows: dict[str, list[dict[str, str]]] = defaultdict(list)
    lost: dict[str, None] = {}
    digests: dict[str, Any] = {}
    shipped = {name: {term.word for term in one.terms} for name, one in lexicons.items()}
    for (name, folded), (word, value) in sorted(content.items()):
        if name in SETTINGS:
            entries[name].append(folded)
        elif name in SHAPES:
            rows[name].append(value_of(value))
        elif name not in lexicons:
            lost[name] = None
        else:
            digests.setdefault(name, hashlib.sha256()).update(f"{folded}\0{value}\0".encode())
            if folded in shipped[name]:
                hidden.append((name, folded))
            if value != "null":
                words[folded].append((name, _term(lexicons[name], word, value, folded)))
    head = overlay.Head(
        number,
        {name: digest.hexdigest() for name, digest in digests.items()},
        hidden,
        _innocent(words),
        dict(entries),
        sorted(rows),
        list(lost),
        len(words),
    )
    folder = target.with_suffix(".tables")
    folder.mkdir(parents=True, exist_ok=True)
    for name, given in rows.items():
        path = folder / f"{name}.csv"
        path.write_text(written(name, given), encoding="utf-8")
    overlay.pack(target, head, words)
    _try(target, list(words), engine, lexicons)
    return head


def _term(one: Lexicon, word: str, value: str, folded: str) -> Term:
    try:
        made = lexicon.term(one, word, value_of(value))
    except LexiconError as error:
        raise CompileError(str(error)) from error
    if made.word != folded:
        raise CompileError(f"{one.rule.id}: {word!r}: 与登记的写法不符")
    return made


def _innocent(words: Mapping[str, Iterable[tuple[str, Term]]]) -> list[tuple[str, str]]:
    """(rule, phrase) of every exception, for the gate."""
    return sorted(
        {(rule, phrase) for terms in words.values() for rule, term in terms for _, phrase in term.unless}
    )


def _try(target: Path, words: list[str], engine: str, lexicons: Mapping[str, Lexicon]) -> None:
    """What was packed is what was wanted, and every word of it is found."""
    if overlay.listed(target) != words:
        raise CompileError("写入的词表与应有的不符")
    layer = overlay.opened(target, lexicons, engine)
    at, expected = 0, set()
    for number, word in enumerate(words):
        expected.add((at, at + len(word), number))
        at += len(word) + 1
    if missing := expected.difference(layer.matcher.find("\n".join(words))):
        raise CompileError(f"{words[min(missing)[2]]!r}: 编入后查不到")


def check_tables(settings: Settings, head: overlay.Head, folder: Path) -> None:
    """Prepare every rule of code with the tables and entries of a set, as the service will.

    Raises:
        CompileError: naming table, line and reason.
    """
    known = known_of(settings, head, folder)
    try:
        for module in detectors._modules():  # noqa: SLF001 the registry of rules
            if hasattr(module, "prepare"):
                module.prepare(known)
    except (TableError, ValueError) as error:
        raise CompileError(str(error)) from error


def known_of(settings: Settings, head: overlay.Head | None, folder: Path | None) -> Known:
    """What the operator tells the rules: settings, and what a set adds."""
    own, approved, phones = (
        frozenset(head.entries.get(name, ())) if head else frozenset[str]() for name in SETTINGS
    )
    return Known(
        own_domains=frozenset(settings.own_domains) | own,
        approved_domains=frozenset(settings.approved_domains) | approved,
        public_phones=frozenset("".join(filter(str.isdigit, one)) for one in settings.public_phones) | phones,
        tables=(*settings.tables, *([folder] if folder is not None and head and head.tables else [])),
    )


def loaded(settings: Settings) -> dict[str, Lexicon]:
    """The lexicons of the files, by rule."""
    found = (lexicon.load(path) for path in detectors._files(settings.lexicons))  # noqa: SLF001
    return {one.rule.id: one for one in found}


def run(order: Order) -> overlay.Head:
    """Carry an order out."""
    settings = Settings(**order.settings)
    database = Database(settings.database_url, settings.home)
    with database.read() as connection:
        content = sets.content(connection, order.number, order.batch)
    database.forget()
    engine = matcher(("词语",), settings.matcher).engine
    target = Path(order.target)
    half = target.with_suffix(f".{os.getpid()}.new")
    try:
        head = make(content, loaded(settings), order.number, half, engine)
        if head.tables or head.entries:
            check_tables(settings, head, half.with_suffix(".tables"))
        tables = target.with_suffix(".tables")
        if not tables.exists():
            half.with_suffix(".tables").replace(tables)
        half.replace(target)
    finally:
        half.unlink(missing_ok=True)
        for left in half.with_suffix(".tables").glob("*"):
            left.unlink()
        if half.with_suffix(".tables").is_dir():
            half.with_suffix(".tables").rmdir()
    return head


def main() -> int:
    """0 made; 1 not, with the reason as the last line of standard error."""
    with contextlib.suppress(AttributeError, OSError):
        os.nice(10)  # gives way to those who answer
    order = msgspec.json.decode(sys.stdin.buffer.read(), type=Order)
    try:
        run(order)
    except (CompileError, LexiconError, TableError, RegisterDownError, RegisterError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
