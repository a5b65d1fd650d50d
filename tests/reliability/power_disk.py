"""What strace saw a program do to its files, and the disk as a power cut would leave it.

What was synced is there. What was written since may be there, wholly, partly or not at all, as ``HOW`` says.
The rules are those SQLite counts on: a sector that is being written may be lost or full of rubbish, one that is
not, or is written with what it holds already, keeps its bytes; a name made, changed or removed is certain only when its folder was synced, and names
not yet synced survive in their order (journalling file systems write them so); an index in shared memory
(``-shm``) is never synced and holds rubbish or nothing.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import NamedTuple

SECTOR = 512
HOW = ("nothing", "prefix", "subset", "torn", "everything")
SHARED = "-shm"

_NAMES = {
    "mkdir": "folder", "mkdirat": "folder", "unlink": "remove", "unlinkat": "remove", "link": "link", "linkat": "link",
    "rename": "rename", "renameat": "rename", "renameat2": "rename",
}  # fmt: skip
_FLAGS = {"O_CREAT": "make", "O_TRUNC": "cut"}
_UNKNOWN = ("open", "creat", "pwritev", "pwritev2", "writev", "fallocate", "sync_file_range", "truncate")
_CALLS = ("openat", "write", "pwrite64", "ftruncate", "fsync", "fdatasync", *_NAMES, *_UNKNOWN)
_LONGEST = 2_000_000  # bytes of one write that strace prints
_CALL = re.compile(r"(\w+)\((.*)\)\s+= (-?\d+)")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')
_OPENED = re.compile(r"(\d+)<((?:\\x[0-9a-f]{2})+)>")


class CannotTraceError(Exception):
    """No strace here, or it may not look at other processes."""


class Op(NamedTuple):
    """One thing done. ``to`` is a second name; ``at`` an offset or a size."""

    kind: str  # make, folder, write, cut, sync, unsynced (it failed), remove, rename, link
    path: str
    data: bytes = b""
    at: int = 0
    to: str = ""


# --- recording ---


def record(command: Sequence[str], log: Path, *inject: str, cwd: Path, env: Mapping[str, str]) -> None:
    """Run a program to its end under strace.

    Raises:
        CannotTraceError: this machine does not let us.
        AssertionError: the program failed.
    """
    try:
        probe = ["strace", "-f", "-o", "/dev/null", "-e", "trace=fsync", sys.executable, "-S", "-c", ""]
        subprocess.run(probe, check=True, capture_output=True, timeout=60)
    except FileNotFoundError:
        raise CannotTraceError("no strace (Debian: apt-get install strace)") from None
    except subprocess.CalledProcessError as error:
        raise CannotTraceError(f"strace may not trace: {error.stderr.decode()[-200:]}") from None
    options = [
        "-f",
        "-y",
        "-xx",
        "-s",
        str(_LONGEST),
        "-e",
        "trace=" + ",".join(f"?{one}" for one in _CALLS),
        "-o",
        str(log),
    ]
    for one in inject:
        options += ["-e", f"inject={one}"]
    done = subprocess.run(["strace", *options, *command], cwd=cwd, env=env, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()[-2000:]


def read(log: Path, base: Path) -> Iterator[Op]:
    """What was done below this folder, in order.

    A call counts from its end, a plain write (an acknowledgement) already from its beginning: no sync that
    ends meanwhile is credited to it.

    Raises:
        ValueError: something was done that the rules above do not know.
    """
    begun: dict[str, str] = {}
    places: dict[str, int] = {}  # descriptor → where its next plain write goes
    with log.open(encoding="ascii") as lines:
        for line in lines:
            pid, _, call = line.rstrip("\n").partition(" ")
            call = call.lstrip()
            if call.endswith("<unfinished ...>"):
                call = call.removesuffix("<unfinished ...>").rstrip(", ")
                if call.startswith("write("):
                    call += ") = " + call.rpartition(",")[2].strip()
                else:
                    begun[pid] = call
                    continue
            elif call.startswith("<... "):
                if pid not in begun:
                    continue
                call = begun.pop(pid) + call.partition(" resumed>")[2]
            if found := _CALL.match(call):
                yield from _op(found, str(base) + "/", places)


def _plain(letters: str) -> bytes:
    return bytes.fromhex(letters.replace("\\x", ""))


def _op(call: re.Match[str], base: str, places: dict[str, int]) -> Iterator[Op]:
    name, arguments, result = call.groups()
    texts = [_plain(one) for one, _ in _TEXT.findall(arguments)]
    opened = None if name == "openat" else _OPENED.match(arguments)
    path = _plain(opened[2]).decode() if opened else texts[0].decode() if texts else ""
    if not (path + "/").startswith(base) or path.endswith((SHARED, " (deleted)")):
        return
    strange = name in _UNKNOWN or "O_APPEND" in arguments or (name in _NAMES and opened)
    if strange or any(cut for _, cut in _TEXT.findall(arguments)):
        raise ValueError(f"cannot replay {name} on {path}")
    if name in {"fsync", "fdatasync"}:
        yield Op("sync" if result == "0" else "unsynced", path)
    elif name == "openat" and int(result) >= 0:
        places[result] = 0
        yield from (Op(kind, path) for flag, kind in _FLAGS.items() if flag in arguments)
    elif name in _NAMES and result == "0":
        yield Op(_NAMES[name], path, to=texts[-1].decode())
    elif name == "ftruncate" and result == "0":
        yield Op("cut", path, at=_last(arguments))
    elif name in {"write", "pwrite64"} and opened and int(result) > 0:
        yield Op("write", path, texts[0][: int(result)], _where(name, opened[1], arguments, places))
        places[opened[1]] = places.get(opened[1], 0) + (int(result) if name == "write" else 0)


def _where(name: str, descriptor: str, arguments: str, places: Mapping[str, int]) -> int:
    return places.get(descriptor, 0) if name == "write" else _last(arguments)


def _last(arguments: str) -> int:
    return int(arguments.rpartition(",")[2])


# --- the disk ---


@dataclass
class _File:
    """``sure``: what is on disk whatever happens. ``since``: (when, offset, bytes), or None for bytes: cut to this size."""

    sure: bytearray = field(default_factory=bytearray)
    since: list[tuple[int, int, bytes | None]] = field(default_factory=list)


def _put(into: bytearray, at: int, data: bytes | None) -> None:
    if data is None:
        del into[at:]
        into.extend(bytes(max(0, at - len(into))))
    else:
        into.extend(bytes(max(0, at - len(into))))
        into[at : at + len(data)] = data


Name = tuple[str, _File | None, bool]  # path, its file or None for a folder, whether the name is there


class Disk:
    """A disk on which nothing of what is to come has happened yet; ``base`` itself is there for certain."""

    def __init__(self, base: Path, chance: Random) -> None:
        self._base, self._chance = str(base), chance
        self._seen: dict[str, _File | None] = {}  # as programs see it
        self._sure: dict[str, _File | None] = {}  # names that are on disk whatever happens
        self._since: list[Name] = []  # names changed, their folders not synced
        self._clock = 0

    def do(self, op: Op) -> None:
        """One more thing was done."""
        self._clock += 1
        match op.kind:
            case "make" | "folder":
                if op.path not in self._seen:
                    self._name(op.path, _File() if op.kind == "make" else None)
            case "write" | "cut":
                self._file(op.path).since.append(
                    (self._clock, op.at, op.data if op.kind == "write" else None)
                )
            case "sync":
                self._synced(op.path)
            case "unsynced":
                self._failed(op.path)
            case "remove" | "rename" | "link":
                file = self._file(op.path)
                if op.kind != "remove":
                    self._name(op.to, file)
                if op.kind != "link":
                    self._name(op.path, file, there=False)

    def _file(self, path: str) -> _File:
        file = self._seen[path]
        assert file is not None, path
        return file

    def _name(self, path: str, file: _File | None, *, there: bool = True) -> None:
        _named(self._seen, (path, file, there))
        self._since.append((path, file, there))

    def _synced(self, path: str) -> None:
        if (file := self._seen.get(path)) is not None:
            for _, at, data in file.since:
                _put(file.sure, at, data)
            file.since.clear()
            return
        for one in [one for one in self._since if _parent(one[0]) == path]:
            _named(self._sure, one)
            self._since.remove(one)

    def _failed(self, path: str) -> None:
        """A sync that fails: Linux takes the pages for clean, whatever of them came to the disk, and writes them no more."""
        if (file := self._seen.get(path)) is None:
            return
        for _, at, data in file.since:
            if self._chance.random() < 0.5:
                _put(file.sure, at, data)
        file.since.clear()

    # --- the power goes

    def cut(self, how: str) -> dict[str, bytes | None]:
        """Path → bytes, None for a folder: what is there when the power is back."""
        chance = self._chance
        names = dict(self._sure)
        kept = {"nothing": 0, "everything": len(self._since)}.get(how, chance.randint(0, len(self._since)))
        for one in self._since[:kept]:
            _named(names, one)
        times = [when for file in names.values() if file is not None for when, _, _ in file.since]
        last = chance.choice(times or [0])  # of a prefix: this one is written only in part
        left: dict[str, bytes | None] = {}
        for path in sorted(names):
            if _parent(path) != self._base and _parent(path) not in left:
                continue  # its folder is gone, and it with it
            file = names[path]
            left[path] = None if file is None else self._content(file, how, last)
        for path in [path for path in left if path.endswith("-wal") and chance.random() < 0.5]:
            left[path.removesuffix("-wal") + SHARED] = chance.randbytes(32_768)
        return left

    def _content(self, file: _File, how: str, last: int) -> bytes:
        content = bytearray(file.sure)
        for when, at, data in file.since:
            match how:
                case "everything":
                    _put(content, at, data)
                case "prefix" if when < last:
                    _put(content, at, data)
                case "prefix" if when == last and data is not None:
                    _put(content, at, data[: self._chance.randint(0, len(data) // SECTOR) * SECTOR])
                case "subset" if self._chance.random() < 0.5:
                    _put(content, at, data)
                case "torn":
                    self._tear(content, at, data)
        return bytes(content)

    def _tear(self, content: bytearray, at: int, data: bytes | None) -> None:
        if data is None:
            if self._chance.random() < 0.5:
                _put(content, at, None)
            return
        start = 0
        while start < len(data):
            end = min(len(data), start + SECTOR - (at + start) % SECTOR)
            drawn = self._chance.random()
            if drawn < 0.45:
                _put(content, at + start, data[start:end])
            elif drawn < 0.55 and content[at + start : at + end] != data[start:end]:
                _put(content, at + start, self._chance.randbytes(end - start))
            start = end


def _named(names: dict[str, _File | None], change: Name) -> None:
    path, file, there = change
    if there:
        names[path] = file
    else:
        names.pop(path, None)


def _parent(path: str) -> str:
    return path.rpartition("/")[0]
