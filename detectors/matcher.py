"""All words of all lexicons in one pass over a folded text.

Two engines with the same results: ``daachorse`` (compiled, fast) and ``pyahocorasick``
(plain C, builds where no wheel exists). The setting MATCHER forces either.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

import ahocorasick
import numpy as np

try:
    import daachorse

    _FAST = True
except ImportError:  # a machine without a wheel for it: LoongArch, musl …
    _FAST = False

if TYPE_CHECKING:
    from collections.abc import Sequence

Hit = tuple[int, int, int]  # start, end in code points; number of the word

_PIECE = 20_000  # words of one plain automaton that is built while the service answers: some 40 ms

ENGINES = ("daachorse", "pyahocorasick")


class Matcher(Protocol):
    """Every occurrence of every word, overlapping ones included, in order of their ends."""

    engine: str

    def find(self, plain: str) -> list[Hit]: ...


class _Daachorse:
    engine = "daachorse"

    def __init__(self, words: Sequence[str]) -> None:
        self._automaton = daachorse.CharwiseDoubleArrayAhoCorasick(list(words)) if words else None

    def take(self, automaton: daachorse.CharwiseDoubleArrayAhoCorasick) -> None:
        """Use one that was built elsewhere."""
        self._automaton = automaton

    def find(self, plain: str) -> list[Hit]:
        if self._automaton is None:
            return []
        try:
            return self._automaton.find_overlapping(plain)
        except UnicodeEncodeError:  # lone surrogates have no UTF-8; no word holds one
            return self._automaton.find_overlapping(_without_surrogates(plain))


class _Pyahocorasick:
    engine = "pyahocorasick"

    def __init__(self, words: Sequence[str]) -> None:
        # Over bytes read as latin-1: a Chinese root has thousands of children, which this
        # library searches one by one; with 256 at most it is three times as fast.
        self._automaton = ahocorasick.Automaton(ahocorasick.STORE_ANY)
        for number, word in enumerate(words):
            self._automaton.add_word(word.encode().decode("latin-1"), (number, len(word)))
        self._automaton.make_automaton()
        self._empty = not words

    def find(self, plain: str) -> list[Hit]:
        if self._empty:
            return []
        data = _without_surrogates(plain).encode()
        # iter(), not iter_long(): the latter misses words (pyahocorasick 2.3.1, 1.7 % of random trials).
        hits = list(self._automaton.iter(data.decode("latin-1")))
        if not hits:
            return []
        begins = (np.frombuffer(data, dtype=np.uint8) & 0xC0) != 0x80
        character = np.cumsum(begins)
        ends = character[[at for at, _ in hits]].tolist()
        return [(end - length, end, number) for end, (_, (number, length)) in zip(ends, hits, strict=True)]


class _Several:
    """Several automata as one; their words are numbered on."""

    def __init__(self, parts: Sequence[tuple[Matcher, int]]) -> None:
        self.engine, self._parts = parts[0][0].engine, parts

    def find(self, plain: str) -> list[Hit]:
        return [
            (start, end, number + first)
            for one, first in self._parts
            for start, end, number in one.find(plain)
        ]


def packed(words: Sequence[str]) -> bytes:
    """The fast engine's automaton for these words, to be taken up by ``unpacked`` in other processes; b"" without it."""
    return daachorse.CharwiseDoubleArrayAhoCorasick(list(words)).serialize() if _FAST and words else b""


def unpacked(data: bytes, words: Sequence[str], engine: str) -> Matcher:
    """A matcher from what ``packed`` made. The plain engine is built anew from the words: it cannot be handed over
    safely. In pieces, so that other threads are not kept waiting for long.
    """
    if engine == "daachorse" and _FAST and data:
        made = _Daachorse(())
        made.take(daachorse.CharwiseDoubleArrayAhoCorasick.deserialize(data))
        return made
    parts: list[tuple[Matcher, int]] = []
    for at in range(0, len(words), _PIECE):
        parts.append((matcher(words[at : at + _PIECE], engine), at))
        time.sleep(0.01)
    return _Several(parts) if parts else matcher((), engine)


def _without_surrogates(plain: str) -> str:
    return (
        plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if not _encodable(plain)
        else plain
    )


def _encodable(plain: str) -> bool:
    try:
        plain.encode()
    except UnicodeEncodeError:
        return False
    return True


def matcher(words: Sequence[str], engine: str = "") -> Matcher:
    """A matcher for distinct, non-empty words. ``engine`` of ENGINES; "" takes the fastest there is."""
    if engine not in {"", *ENGINES}:
        message = f"MATCHER must be one of {', '.join(ENGINES)}, got {engine!r}"
        raise ValueError(message)
    if engine == "daachorse" and not _FAST:
        message = "MATCHER=daachorse, but the package daachorse is not installed"
        raise ValueError(message)
    return _Daachorse(words) if _FAST and engine != "pyahocorasick" else _Pyahocorasick(words)
