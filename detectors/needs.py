"""The letters without which a pattern cannot match, read from the pattern itself.

A page without any of them need not be searched: one pass over the page answers for all rules.
"""

from __future__ import annotations

import re
from itertools import product
from re import _constants as op  # type: ignore[attr-defined]  # the parse tree of a pattern has no public door
from re import _parser as parser  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Any

from detectors.words import dictionary

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_MOST = 160  # words that one place of a pattern may be written out into
_REPEATS = frozenset({op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT})
_COMMON = 300_000  # of a letter that is no word: digits and punctuation stand on every page
_ALONE = 10  # a letter stands in longer words ten times as often as alone, roughly
_MARKED = 3_000  # of several letters with punctuation among them
_RARE = 100  # of several letters that are no word

Words = frozenset[str]


def needs(*patterns: Any) -> tuple[str, ...]:  # noqa: ANN401 of re or of regex
    r"""Words one of which stands in every text where any of the patterns matches.

    Of the places of a pattern the one with the rarest words is taken: ``新增\d+例`` needs 新增.

    Raises:
        ValueError: a pattern can match without any certain letter.
    """
    found: set[str] = set()
    for one in patterns:
        flags = one.flags & (re.IGNORECASE | re.MULTILINE | re.DOTALL | re.VERBOSE)
        words = _needed(parser.parse(one.pattern, flags))
        if words is None:
            message = f"nothing is certain in {one.pattern!r}"
            raise ValueError(message)
        found |= {word.lower() for word in words} if one.flags & re.IGNORECASE else words
    return tuple(sorted(word for word in found if not any(part in word for part in found - {word})))


def _needed(sequence: Iterable[tuple[Any, Any]]) -> Words | None:
    """The best place of a sequence, or None."""
    places: list[Words] = []
    run: Words = frozenset({""})  # all that the literal stretch up to here can be
    for node in sequence:
        exact = _exact(node)
        if exact is not None and len(run) * len(exact) <= _MOST:
            run = frozenset(head + tail for head, tail in product(run, exact))
            continue
        if node[0] in {op.ASSERT, op.ASSERT_NOT, op.AT}:  # takes no letters: the stretch goes on
            inside = _needed(node[1][1]) if node[0] is op.ASSERT else None
            places += [inside] if inside else []
            continue
        places.append(run)
        run = exact if exact is not None else frozenset({""})
        inside = None if exact is not None else _inside(node)
        places += [inside] if inside else []
    places.append(run)
    certain = [words for words in places if "" not in words]
    return min(certain, key=_weight) if certain else None


def _inside(node: tuple[Any, Any]) -> Words | None:
    """What a node that cannot be written out needs all the same."""
    kind, value = node
    if kind is op.SUBPATTERN:
        return _needed(value[-1])
    if kind is op.ATOMIC_GROUP:
        return _needed(value)
    if kind in _REPEATS and value[0] > 0:
        return _needed(value[2])
    if kind is op.BRANCH:
        return _either(value[1])
    return None


def _either(branches: Sequence[Any]) -> Words | None:
    each = [_needed(branch) for branch in branches]
    return None if None in each else frozenset().union(*(words for words in each if words))


def _exact(node: tuple[Any, Any]) -> Words | None:
    """Everything a node can match, where that is a few words."""
    kind, value = node
    if kind is op.LITERAL:
        return frozenset({chr(value)})
    if kind is op.IN:
        return _class(value)
    if kind is op.SUBPATTERN:
        return _written_out(value[-1])
    if kind is op.BRANCH:
        each = [_written_out(branch) for branch in value[1]]
        words = None if None in each else frozenset().union(*(one for one in each if one))
        return words if words is not None and len(words) <= _MOST else None
    if kind in _REPEATS and value[1] == 1:
        inside = _written_out(value[2])
        return inside if inside is None or value[0] else inside | {""}
    return None


def _written_out(sequence: Iterable[tuple[Any, Any]]) -> Words | None:
    words: Words = frozenset({""})
    for node in sequence:
        exact = _exact(node)
        if exact is None or len(words) * len(exact) > _MOST:
            return None
        words = frozenset(head + tail for head, tail in product(words, exact))
    return words


def _class(items: Sequence[tuple[Any, Any]]) -> Words | None:
    letters: set[str] = set()
    for kind, value in items:
        if kind is op.LITERAL:
            letters.add(chr(value))
        elif kind is op.RANGE and value[1] - value[0] < 16:
            letters.update(map(chr, range(value[0], value[1] + 1)))
        else:
            return None
    return frozenset(letters)


def _weight(words: Words) -> int:
    """How often the words stand in jieba's corpus, all together: the fewer, the fewer pages must be searched."""
    return sum(map(_frequency, words))


def _frequency(word: str) -> int:
    known: int = dictionary().FREQ.get(word) or 0
    if len(word) == 1:
        return known * _ALONE or _COMMON
    return known or (_RARE if word.isalnum() else _MARKED)
