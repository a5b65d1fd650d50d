"""What survives a power failure: a name when the folder it lies in was synced, bytes when they were written and synced.

SQLite sees to its own files; this is for those we make ourselves, for the folders above, and for syncs that failed.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

_CANNOT = {errno.EINVAL, errno.ENOTSUP, errno.EACCES}  # shares without it; a folder we may enter but not list
_PIECE = 1 << 20


def made(folder: Path, mode: int = 0o700) -> None:
    """The folder, for its owner alone, with what is missing above it; here to stay.

    A folder is made only when the one above it is certain: one half made is known by what it lacks.

    Raises:
        OSError: it cannot be made, or the disk failed.
    """
    if not folder.is_dir():
        made(folder.parent, 0o777)
        folder.mkdir(mode, exist_ok=True)
    sync(folder.parent)


def sync(folder: Path) -> None:
    """What was made, renamed or removed in this folder stays so.

    Raises:
        OSError: the disk failed.
    """
    if os.name != "posix":  # Windows keeps a journal of names, and opens no folders
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno not in _CANNOT:
            raise


def placed(unfinished: Path, target: Path) -> None:
    """A finished file gets its name, whole and here to stay.

    Raises:
        OSError: the disk failed.
    """
    with unfinished.open("rb") as file:
        os.fsync(file.fileno())
    unfinished.replace(target)
    sync(target.absolute().parent)


def rewritten(path: Path) -> None:
    """Every byte of a file once more, and synced; nothing where there is no such file. Nobody else may write meanwhile.

    After a sync that failed, Linux shows what was written to whoever reads, but takes it for written and
    never writes it again: a later sync that succeeds says nothing about it.

    Raises:
        OSError: the disk failed.
    """
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return
    try:
        at = 0
        while piece := os.pread(descriptor, _PIECE, at):
            at += os.pwrite(descriptor, piece, at)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
