"""Backup and restore: one compressed file of one snapshot, the same for SQLite and PostgreSQL, checked before it counts.

The key is not in it: without ``secret.key`` (or XIANSHEN_SECRET_KEY) nobody can use or forge a backup.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Table, delete, func, insert, select

from app.register.chain import REGISTERS, Walk, walk
from app.register.clock import now
from app.register.database import NEWEST, RegisterError
from app.register.durable import placed
from app.register.models import (
    api_keys,
    entries,
    heads,
    metadata,
    replies,
    sessions,
    users,
    word_versions,
)
from app.register.store import Register

_PASSING = (sessions, replies)  # over within hours or days
_TABLES = tuple(table for table in metadata.sorted_tables if table not in _PASSING)
_BY_NAME = {table.name: table for table in _TABLES}
_PAGE = 1000


class Written(NamedTuple):
    """What a backup holds: rows, and the last entry of each chain (to be noted elsewhere)."""

    rows: int
    heads: dict[str, str]


class _Digesting:
    """A file that knows the digest of what went through it."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.digest = file, hashlib.sha256()

    def line(self, content: object) -> None:
        raw = msgspec.json.encode(content) + b"\n"
        self.digest.update(raw)
        self.file.write(raw)


def save(register: Register, path: Path, tell: Callable[[int], None] = lambda _: None) -> Written:
    """Write a backup; the file appears whole or not at all, and only its owner may read it.

    Raises:
        RegisterDownError, OSError.
    """
    unfinished = path.with_name(path.name + ".part")
    count = 0
    try:
        with (
            os.fdopen(os.open(unfinished, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as raw,
            register.read() as connection,
            gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=6, filename="") as packed,
        ):
            out = _Digesting(packed)  # type: ignore[arg-type]  # GzipFile writes bytes
            out.line({"xianshen-register": 1, "schema": NEWEST, "key": register.keys.check, "at": now()})
            for table in _TABLES:
                streamed = connection.execution_options(yield_per=_PAGE).execute(select(table))
                for row in streamed:
                    out.line([str(table.name), *(_plain(value) for value in row)])
                    count += 1
                    if count % _PAGE == 0:
                        tell(count)
            found = connection.execute(select(heads).where(heads.c.name.in_(REGISTERS))).all()
            packed.write(msgspec.json.encode({"rows": count, "sha256": out.digest.hexdigest()}) + b"\n")
        placed(unfinished, path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    tell(count)
    return Written(count, {one.name: f"{one.seq}:{one.digest}" for one in found})


def _plain(value: Any) -> Any:  # noqa: ANN401 a column
    return {"b64": base64.b64encode(value).decode()} if isinstance(value, bytes | memoryview) else value


def restore(register: Register, path: Path, tell: Callable[[int], None] = lambda _: None) -> list[Walk]:
    """Read a backup into an empty register and walk its chains, all in one transaction.

    Raises:
        RegisterError: not empty, not whole, of another key or version, or a chain is broken: nothing was written.
    """
    register.open()
    count = 0
    try:
        with register.database.write() as connection:
            _must_be_empty(connection)
            for table in (heads, word_versions):  # what a service that was only started has written
                connection.execute(delete(table))
            for table, rows in _batches(path, register.keys.check):
                connection.execute(insert(table), rows)
                count += len(rows)
                tell(count)
            walks = [walk(connection, register.keys, name) for name in REGISTERS]
            for one in walks:
                if one.broken:
                    raise RegisterError(
                        f"备份中的 {one.register} 第 {one.broken.seq} 条：{one.broken.reason}"
                    )
    except (OSError, EOFError, gzip.BadGzipFile, msgspec.DecodeError) as error:
        raise RegisterError(f"{path} 不是完整的备份文件") from error
    return walks


def _must_be_empty(connection: Connection) -> None:
    for table in (entries, users, api_keys):
        if connection.execute(select(func.count()).select_from(table)).scalar():
            raise RegisterError("登记簿不是空的；请恢复到新的数据目录或空的数据库")


def _batches(path: Path, key: str) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    digest, count = hashlib.sha256(), 0
    table: Table | None = None
    waiting: list[dict[str, Any]] = []
    with gzip.open(path, "rb") as lines:
        head = lines.readline()
        _check_head(path, head, key)
        digest.update(head)
        for raw in lines:
            content = msgspec.json.decode(raw)
            if isinstance(content, dict):
                if content != {"rows": count, "sha256": digest.hexdigest()}:
                    raise RegisterError(f"{path} 不完整或被改动")
                if table is not None and waiting:
                    yield table, waiting
                return
            digest.update(raw)
            count += 1
            named = _BY_NAME[content[0]]
            if table is not None and (named is not table or len(waiting) >= _PAGE):
                yield table, waiting
                waiting = []
            table = named
            waiting.append(
                {column.name: _back(value) for column, value in zip(named.c, content[1:], strict=True)}
            )
    raise RegisterError(f"{path} 不完整：没有末行")


def _check_head(path: Path, head: bytes, key: str) -> None:
    content = msgspec.json.decode(head)
    if not isinstance(content, dict) or content.get("xianshen-register") != 1:
        raise RegisterError(f"{path} 不是登记簿备份")
    if content["schema"] != NEWEST:
        raise RegisterError(
            f"{path} 由版本 {content['schema']} 写成，本程序为 {NEWEST}；请用同一版本恢复后再升级"
        )
    if content["key"] != key:
        raise RegisterError("密钥与备份不符：请先放回原来的 secret.key，或设置原来的 XIANSHEN_SECRET_KEY")


def _back(value: Any) -> Any:  # noqa: ANN401 a column
    return base64.b64decode(value["b64"]) if isinstance(value, dict) else value
