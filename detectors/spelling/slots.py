"""Sorted open addressing: millions of numbers found by number, thousands at a time, in a file that is mapped, not read."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.uint64]
Whole = npt.NDArray[np.int64]

_WINDOW = np.arange(6)[:, None]
_SPREAD = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio


class Slots(NamedTuple):
    """Keys and their values, packed: ``key << width | value``. 0 is a free cell, so no key is 0."""

    cells: Numbers
    shift: int  # 64 - log2(home cells)
    width: int  # bits of a value

    def get(self, keys: Numbers) -> Whole:
        """Value of each key, -1 where there is none."""
        width, mask = np.uint64(self.width), np.uint64((1 << self.width) - 1)
        at = ((keys * _SPREAD) >> np.uint64(self.shift)).astype(np.int64)
        cell = self.cells.take(at)
        found = (cell >> width) == keys
        values = np.where(found, (cell & mask).astype(np.int64), -1)
        open_ = np.flatnonzero(~found & (cell != 0))
        at = at[open_] + 1
        while len(open_):  # a window of cells at a time: most searches end in the first
            window = self.cells.take(at + _WINDOW)
            match = (window >> width) == keys.take(open_)
            row, column = match.nonzero()
            values[open_[column]] = (window[row, column] & mask).astype(np.int64)
            more = np.asarray(window.all(axis=0))
            more[column] = False
            open_, at = open_[more], at[more] + len(_WINDOW)
        return values


def pack(keys: Numbers, values: Whole, width: int) -> Slots:
    """A table of distinct keys, at most two thirds full.

    Cells are given in order of their home, each the next free one: the layout that inserting one by one
    would give, computed at once.
    """
    if len(keys) and (int(keys.max()) >> (64 - width) or int(values.max()) >> width or int(values.min()) < 0):
        raise ValueError("key or value does not fit into a cell")
    bits = max(4, (8 * len(keys) // 5).bit_length())
    shift = 64 - bits
    home = ((keys * _SPREAD) >> np.uint64(shift)).astype(np.int64)
    order = np.argsort(home, kind="stable")
    rank = np.arange(len(keys))
    place = rank + np.maximum.accumulate(home[order] - rank) if len(keys) else rank
    cells = np.zeros(
        max(1 << bits, int(place[-1]) + 1 if len(keys) else 0) + len(_WINDOW) + 1, dtype=np.uint64
    )
    cells[place] = (keys[order] << np.uint64(width)) | values[order].astype(np.uint64)
    return Slots(cells, shift, width)
