"""Words laid over the lexicons while the service runs: packed by one process, read where they lie by others.

Nothing is built when a layer is opened. The automaton is taken up as it was built, and what a word
means is unpacked when it is first hit, so that half a million words are changed in milliseconds.
"""

from __future__ import annotations

import hashlib
import mmap
import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, overload

import msgspec

import detectors
from detectors import lexicon
from detectors.lexicon import Lexicon, Term
from detectors.matcher import packed, unpacked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from detectors import Detectors
    from detectors.known import Known
    from detectors.matcher import Matcher

_MAGIC = b"xianshen-words-1"
_NUMBERS = struct.Struct("<4Q")  # lengths of head, words, automaton, offsets
_KEPT = 20_000  # unpacked words kept at hand


class LayerError(ValueError):
    """A packed layer that cannot be used: broken, or made for other lexicons."""


@dataclass(frozen=True)
class Head:
    """What a layer is, told before anything of it is used.

    Args:
        number: of the set.
        digests: rule → digest of the words laid over it.
        hidden: (rule, word) of the files that do not count.
        innocent: (rule, folded phrase): phrases in which a laid-over word is excused.
        entries: list → entries: own domains and the like.
        tables: names of the tables that lie beside it.
        lost: lists that no longer exist here; their words do not count.
    """

    number: int
    digests: dict[str, str]
    hidden: list[tuple[str, str]]
    innocent: list[tuple[str, str]]
    entries: dict[str, list[str]]
    tables: list[str]
    lost: list[str]
    words: int


_head = msgspec.json.Decoder(Head)
_meanings = msgspec.msgpack.Decoder(list[tuple[str, Term]])


class Meanings(Sequence[Sequence[tuple[Lexicon, Term]]]):
    """What each word means, unpacked when asked for."""

    def __init__(self, blob: memoryview, offsets: memoryview, lexicons: Mapping[str, Lexicon]) -> None:
        self._blob, self._offsets, self._lexicons = blob, offsets, lexicons
        self._kept: dict[int, list[tuple[Lexicon, Term]]] = {}

    def __len__(self) -> int:
        return len(self._offsets) - 1

    @overload
    def __getitem__(self, number: int) -> Sequence[tuple[Lexicon, Term]]: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Sequence[tuple[Lexicon, Term]]]: ...

    def __getitem__(self, number: int | slice) -> Any:
        if isinstance(number, slice):
            return [self[at] for at in range(len(self))[number]]
        found = self._kept.get(number)
        if found is None:
            if not 0 <= number < len(self):
                raise IndexError(number)
            raw = self._blob[self._offsets[number] : self._offsets[number + 1]]
            found = [(self._lexicons[rule], term) for rule, term in _meanings.decode(raw)]
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            self._kept[number] = found
        return found


@dataclass(frozen=True)
class Layer:
    """An opened layer."""

    head: Head
    matcher: Matcher
    meanings: Meanings


def pack(path: Path, head: Head, words: Mapping[str, Sequence[tuple[str, Term]]]) -> None:
    """Write a layer: folded word → (rule, term) of every rule that has it. All of it or nothing is at ``path``."""
    listed = list(words)
    encoder = msgspec.msgpack.Encoder()
    offsets, parts, at = [0], [], 0
    for word in listed:
        parts.append(encoder.encode(list(words[word])))
        at += len(parts[-1])
        offsets.append(at)
    pieces = (
        msgspec.json.encode(head),
        "\n".join(listed).encode(),
        packed(listed),
        struct.pack(f"<{len(offsets)}Q", *offsets),
    )
    body = b"".join((_NUMBERS.pack(*map(len, pieces)), *pieces, *parts))
    half = path.with_suffix(".half")
    with half.open("wb") as file:
        file.write(_MAGIC + hashlib.sha256(body).digest() + body)
    half.replace(path)


def opened(path: Path, lexicons: Mapping[str, Lexicon], engine: str) -> Layer:
    """Take up a packed layer.

    Args:
        path: of the file; mapped, not copied: workers of one machine share it.
        lexicons: rule → lexicon of the files it was made for.
        engine: of the matcher.

    Raises:
        LayerError: not such a file, or damaged.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise LayerError(f"{path.name}: {error}") from error
    with file:
        return _taken_up(file, path.name, lexicons, engine)


def _taken_up(file: BinaryIO, name: str, lexicons: Mapping[str, Lexicon], engine: str) -> Layer:
    try:
        whole = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except (OSError, ValueError) as error:
        raise LayerError(f"{name}: {error}") from error
    start = len(_MAGIC) + 32
    body = whole[start:]
    if (
        bytes(whole[: len(_MAGIC)]) != _MAGIC
        or hashlib.sha256(body).digest() != bytes(whole[len(_MAGIC) : start])
        or len(body) < _NUMBERS.size
    ):
        raise LayerError(f"{name}: damaged")
    lengths = _NUMBERS.unpack_from(body)
    at, pieces = _NUMBERS.size, []
    for length in lengths:
        pieces.append(body[at : at + length])
        at += length
    head = _head.decode(pieces[0])
    if missing := head.digests.keys() - lexicons.keys():
        raise LayerError(f"{name}: made for a lexicon that is not here: {min(missing)}")
    plain = [] if engine == "daachorse" else str(pieces[1], "utf-8").split("\n") if head.words else []
    # A copy of the offsets: they stand at any byte, and a view of numbers wants them in their place.
    offsets = memoryview(bytes(pieces[3])).cast("Q")
    # Read once more, not copied: a copy of many megabytes keeps all other threads waiting, reading does not.
    file.seek(start + _NUMBERS.size + lengths[0] + lengths[1])
    automaton = file.read(lengths[2])
    return Layer(head, unpacked(automaton, plain, engine), Meanings(body[at:], offsets, lexicons))


def listed(path: Path) -> list[str]:
    """The words of a packed layer, for a check."""
    body = path.read_bytes()[len(_MAGIC) + 32 :]
    lengths = _NUMBERS.unpack_from(body)
    start = _NUMBERS.size + lengths[0]
    words = body[start : start + lengths[1]].decode()
    return words.split("\n") if words else []


def laid(base: Detectors, layer: Layer | None, known: Known | None) -> Detectors:
    """The detectors with a layer over their words and, where ``known`` is given, rules of code that know it.

    Raises:
        detectors.tables.TableError: a table of ``known`` cannot be used.
    """
    digests = dict(base.rule_digests)
    found = list(base.detectors)
    if layer is not None and layer.head.number:
        for at, one in enumerate(found):
            if isinstance(one.find, lexicon.Words):
                over = [(layer.matcher, layer.meanings)] if layer.head.words else []
                found[at] = replace(
                    one, find=one.find.under(over, [(rule, word) for rule, word in layer.head.hidden])
                )
        for rule, digest in layer.head.digests.items():
            digests[rule] = hashlib.sha256((digests[rule] + digest).encode()).hexdigest()
    if known is not None:
        modules = [one for one in detectors._modules() if hasattr(one, "prepare")]  # noqa: SLF001 the same package
        anew = {one.rules: one for one in (detectors._detector(module, known) for module in modules)}  # noqa: SLF001
        found = [anew.get(one.rules, one) for one in found]
        digests |= detectors._digests(modules, (), None, known)  # noqa: SLF001
    return replace(base, detectors=tuple(found), rule_digests=digests)
