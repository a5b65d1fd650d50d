"""What kind of letter each character is, as tables over code points."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from detectors.text import fold, is_traditional

_SIZE = 0x10000


def codes(letters: str) -> npt.NDArray[np.uint32]:
    """Code points, in order."""
    return np.frombuffer(letters.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def marked(letters: npt.NDArray[np.uint32], table: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """Positions of the letters that a table marks."""
    return np.flatnonzero(table.take(letters, mode="clip"))


@cache
def these(letters: str) -> npt.NDArray[np.bool_]:
    """Just these characters."""
    table = np.zeros(_SIZE, dtype=bool)
    table[[ord(letter) for letter in letters]] = True
    return table


@cache
def traditional() -> npt.NDArray[np.bool_]:
    """Characters in their Traditional form."""
    table = np.zeros(_SIZE, dtype=bool)
    for code in range(0x3400, 0xA000):
        table[code] = is_traditional(chr(code))
    return table


@cache
def simplified() -> npt.NDArray[np.bool_]:
    """Characters that Traditional ones turn into (後 into 后, so some are old characters of their own)."""
    table = np.zeros(_SIZE, dtype=bool)
    for code in np.flatnonzero(traditional()):
        other = ord(fold(chr(code)))
        if other < _SIZE:
            table[other] = True
    return table


@cache
def rare() -> npt.NDArray[np.bool_]:
    """Han characters outside the 3,755 everyday ones (GB 2312 level 1)."""
    table = np.zeros(_SIZE, dtype=bool)
    table[0x3400:0xA000] = True
    for first in range(0xB0, 0xD8):
        for second in range(0xA1, 0xFF):
            try:
                table[ord(bytes((first, second)).decode("gb2312"))] = False
            except UnicodeDecodeError:
                continue
    return table
