"""A KenLM file as plain arrays, read without KenLM.

Reads what ``build_binary -q … -a … trie`` writes (format version 5, model type 5: a trie with quantised
probabilities and compressed pointers), the form of ``zh_CN.lm`` in Debian's libime-data-language-model.
The layout is that of KenLM's ``lm/binary_format.cc``, ``vocab.cc``, ``quantize.hh``, ``trie.cc`` and
``bhiksha.cc``. An n-gram's trie starts at its last word: the children of a word are the words before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from pathlib import Path

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Whole = npt.NDArray[np.int64]

_MAGIC = b"mmap lm http://kheafield.com/code format version "
_HEADER = 0x58  # magic, padding and the numbers by which KenLM checks byte order
_FIXED = 20  # order, probing multiplier, model type, has vocabulary, search version
_ORDER = 3
_QUANTISED_ARRAY_TRIE = 5
_TYPES = ("probing", "rest probing", "trie", "quantised trie", "array trie", "quantised array trie")
_FEWEST_WORDS = 20_000  # a model that knows fewer cannot tell an odd word from one it has never met


class ModelError(ValueError):
    """A language model that cannot be used: names the file and the reason, in Chinese."""


@dataclass(frozen=True)
class NGrams:
    """A trigram model. Scores are log10; words are numbered by ``words``.

    ``pair_*`` and ``triple_*`` are columns: the words in the order in which they are read, the code of
    the probability, for pairs also the code of the back-off weight.
    """

    words: tuple[str, ...]
    score: Floats
    backoff: Floats
    pair_first: Whole
    pair_second: Whole
    pair_code: Bytes
    pair_backoff_code: Bytes
    pair_scores: Floats  # code → log10 P
    pair_backoffs: Floats  # code → log10 back-off weight
    triple_pair: Whole  # row of the pair (second, third)
    triple_first: Whole
    triple_code: Bytes
    triple_scores: Floats


def read(path: Path) -> NGrams:
    """Read a model file.

    Raises:
        ModelError: no such file, not KenLM, another kind or order of model, or cut short.
    """
    try:
        data = np.fromfile(path, dtype=np.uint8)
    except OSError as error:
        raise ModelError(f"语言模型 {path}：无法读取（{error.strerror}）") from error
    _check_head(path, data)
    try:
        return _read(data)
    except (IndexError, ValueError, OverflowError, UnicodeDecodeError, MemoryError) as error:
        raise ModelError(f"语言模型 {path}：文件不完整或已损坏（{len(data)} 字节）") from error


def _check_head(path: Path, data: Bytes) -> None:
    head = data[:_HEADER].tobytes()
    if not head.startswith(_MAGIC):
        raise ModelError(f"语言模型 {path}：不是 KenLM 二进制文件")
    if len(data) < _HEADER + _FIXED + 8 * _ORDER:
        raise ModelError(f"语言模型 {path}：文件不完整（{len(data)} 字节）")
    version = head[len(_MAGIC) :].partition(b"\n")[0].decode("latin-1")
    if version != "5":
        raise ModelError(f"语言模型 {path}：KenLM 格式版本为 {version!r}，只能读取版本 5")
    order, kind = int(data[_HEADER]), int(data[_HEADER + 8])
    if order != _ORDER:
        raise ModelError(f"语言模型 {path}：为 {order} 元模型，需要 {_ORDER} 元模型")
    if kind != _QUANTISED_ARRAY_TRIE:
        name = _TYPES[kind] if kind < len(_TYPES) else str(kind)
        raise ModelError(
            f"语言模型 {path}：结构为 {name}，需要 {_TYPES[-1]}（build_binary -q 8 -b 8 -a 22 trie）"
        )
    if not data[_HEADER + 12]:
        raise ModelError(f"语言模型 {path}：没有词表（build_binary 不得用 -i 省略词表）")


class _Cursor:
    """Takes consecutive pieces of the file; running over its end is an IndexError."""

    def __init__(self, data: Bytes, at: int) -> None:
        self.data, self.at = data, at

    def take(self, size: int) -> Bytes:
        if size < 0 or self.at + size > len(self.data):
            raise IndexError
        piece = self.data[self.at : self.at + size]
        self.at += size
        return piece

    def floats(self, count: int) -> Floats:
        return np.frombuffer(self.take(4 * count).tobytes(), dtype="<f4").astype(np.float32)


def _read(data: Bytes) -> NGrams:
    cursor = _Cursor(data, _HEADER + _FIXED)
    words, pairs, triples = (
        np.frombuffer(cursor.take(8 * _ORDER).tobytes(), dtype="<u8").astype(np.int64).tolist()
    )
    if not _FEWEST_WORDS <= words < 1 << 18 or not 0 < pairs < 1 << 32 or not 0 < triples < 1 << 32:
        raise ValueError
    cursor.at = (cursor.at + 7) // 8 * 8
    cursor.take(8 + 8 * words)  # hashes of the words; the words themselves stand at the end
    _, score_bits, backoff_bits = cursor.take(8)[:3].tolist()
    if score_bits > 8 or backoff_bits > 8:  # codes are kept in one byte
        raise ValueError
    pair_scores, pair_backoffs = cursor.floats(1 << score_bits), cursor.floats(1 << backoff_bits)
    triple_scores = cursor.floats(1 << score_bits)

    single = np.frombuffer(
        cursor.take(16 * (words + 2)).tobytes(), dtype=[("score", "<f4"), ("backoff", "<f4"), ("next", "<u8")]
    )
    first_pair = single["next"][: words + 1].astype(np.int64)
    if first_pair[-1] != pairs or (np.diff(first_pair) < 0).any():
        raise ValueError
    second = np.repeat(np.arange(words, dtype=np.int64), np.diff(first_pair))

    word_bits = words.bit_length()
    first, codes, first_triple = _pairs(cursor, pairs, triples, word_bits, score_bits + backoff_bits)
    triple_bits = word_bits + score_bits
    packed = cursor.take(((1 + triples) * triple_bits + 7) // 8 + 8)
    triple_first = _unpack(packed, triple_bits, 0, word_bits, triples)
    triple_code = _unpack(packed, triple_bits, word_bits, score_bits, triples)
    names = tuple(data[cursor.at :].tobytes().decode().split("\0"))[:-1]
    if len(names) != words or names[0] != "<unk>" or max(int(first.max()), int(triple_first.max())) >= words:
        raise ValueError
    return NGrams(
        names,
        single["score"][:words].copy(),
        single["backoff"][:words].copy(),
        first,
        second,
        (codes >> backoff_bits).astype(np.uint8),
        (codes & ((1 << backoff_bits) - 1)).astype(np.uint8),
        pair_scores,
        pair_backoffs,
        np.repeat(np.arange(pairs, dtype=np.int64), np.diff(first_triple)),
        triple_first,
        triple_code.astype(np.uint8),
        triple_scores,
    )


def _pairs(
    cursor: _Cursor, pairs: int, triples: int, word_bits: int, code_bits: int
) -> tuple[Whole, Whole, Whole]:
    """The middle of the trie: word before, codes, and where each pair's triples begin.

    The high bits of the pointers are not stored: an array tells at which row they go up by one.
    """
    cursor.at = (cursor.at + 7) // 8 * 8
    start, most = cursor.at, int(cursor.take(2)[1])
    needed = triples.bit_length()
    chopped = min(
        range(min(needed, most) + 1), key=lambda bits: (triples >> (needed - bits)) * 64 - (pairs + 1) * bits
    )
    low_bits = needed - chopped
    steps = (triples >> low_bits) + 1
    cursor.at = start + 8
    step_rows = np.frombuffer(cursor.take(8 * steps).tobytes(), dtype="<u8").astype(np.int64)
    cursor.at = start + 8 * (1 + steps) + 7
    bits = word_bits + code_bits + low_bits
    packed = cursor.take(((1 + pairs) * bits + 7) // 8 + 8)
    low = _unpack(packed, bits, word_bits + code_bits, low_bits, pairs + 1)
    high = np.searchsorted(step_rows, np.arange(pairs + 1), side="right") - 1
    first_triple = (high << low_bits) | low
    if first_triple[-1] != triples or (np.diff(first_triple) < 0).any():
        raise ValueError
    return (
        _unpack(packed, bits, 0, word_bits, pairs),
        _unpack(packed, bits, word_bits, code_bits, pairs),
        first_triple,
    )


def _unpack(packed: Bytes, stride: int, skip: int, width: int, count: int) -> Whole:
    """``count`` numbers of ``width`` bits, one every ``stride`` bits, after ``skip`` bits; little endian."""
    if width == 0:
        return np.zeros(count, dtype=np.int64)
    at = skip + stride * np.arange(count, dtype=np.int64)
    byte, shift = at >> 3, (at & 7).astype(np.uint64)
    number = np.zeros(count, dtype=np.uint64)
    last = len(packed) - 1
    for step in range((width + 14) // 8):
        number |= packed.take(np.minimum(byte + step, last)).astype(np.uint64) << np.uint64(8 * step)
    return ((number >> shift) & np.uint64((1 << width) - 1)).astype(np.int64)
