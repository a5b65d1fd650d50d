"""Which other words might be meant, and how much better the page would read with each.

A proposal is a word of the model in the place of as many characters: same sounds, a look-alike, or anything
where a rare character stands. Its gain is exact: the best reading through it against the best as it stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from detectors.spelling.lattice import pair_scores
from detectors.spelling.model import (
    ANY,
    FAR,
    RARE,
    SHAPE,
    WHOLE,
    WHOLE_BLURRED,
    ranges,
    rest_key,
    sound_key,
    whole_key,
)

if TYPE_CHECKING:
    from detectors.spelling.lattice import F64, Bools, Lattice
    from detectors.spelling.model import I32, I64, U64, Groups, Model

# What each kind must gain beyond the others, log10: a slip of the input method is likelier than one of the eye.
COST = np.array([9.0, 0.2, 0.9, 0.4, 1.3, 2.2, 2.0])
_COST_OF_RANK = 0.05  # for each nearer look-alike
_BOTH = 0.4  # less for what sounds alike and looks alike too
_NONE = -1e9
_FAR = FAR << 3
_MANY = 64  # of the likeliest words where anything may stand


class Proposals(NamedTuple):
    """Columns; one row is one word at one place."""

    start: I64
    length: I64
    word: I64
    place: I64  # of the first changed character, in the word
    kind: I64
    near: I64  # rank among the look-alikes, FAR for none

    def only(self, rows: I64 | Bools) -> Proposals:
        return Proposals(*(column[rows] for column in self))


class Scored(NamedTuple):
    """Proposals with what they gain and the edges of the lattice they stand between (-1: none)."""

    proposals: Proposals
    gain: F64  # log10
    score: F64  # gain less the cost of the kind
    left: I64
    right: I64
    left_score: F64  # log10 P(word | left), of the word alone at a beginning
    right_score: F64  # log10 P(right | word), 0 at an end
    left_seen: Bools
    right_seen: Bools


def propose(  # noqa: PLR0913 where what may be wrong
    model: Model, lattice: Lattice, open_: Bools, odd: Bools, single: Bools, *, blurred: bool
) -> Proposals:
    """Words that may be meant.

    One character of a word may be wrong at ``open_``, all of it where all are ``odd``, a word of one character
    at ``single``. ``blurred``: whole words may also sound only nearly alike.
    """
    letters = lattice.letters
    ahead = np.concatenate([letters, np.zeros(4, dtype=np.int64)])
    gates = np.concatenate([open_, np.zeros(4, dtype=bool)])
    odd = np.concatenate([odd, np.zeros(4, dtype=bool)])
    rows = [
        *_twos(model, ahead, gates),
        *_longer(model, ahead, gates, lattice.words),
        *_singles(model, letters, single),
    ]
    rows += _whole(model, ahead, odd, blurred=False)
    if blurred:
        rows += _whole(model, ahead, odd, blurred=True)
    found = Proposals(*(np.concatenate(column) for column in zip(*rows, strict=True)))
    old = letters[found.start + found.place]
    new = model.spelled[found.word, found.place].astype(np.int64)
    numeral = model.numeral
    return found.only(~(numeral[old] & numeral[new]))


def _members(groups: Groups, keys: U64, most: int = 511) -> tuple[I64, I64]:
    """Which key, which word."""
    found = groups.starts.get(keys)
    there = np.flatnonzero(found >= 0)
    owner, at = ranges(found[there] >> 9, np.minimum(found[there] & 511, most))
    return there[owner], groups.words.take(at).astype(np.int64)


def _alike(model: Model, wrong: I64, right: I64) -> I64:
    """Kind, and << 3 how near in shape; -1 for letters that are not alike."""
    return model.alike.get((wrong.astype(np.uint64) << np.uint64(15)) | right.astype(np.uint64))


def _cost(rows: Proposals) -> F64:
    """What a proposal must gain beyond another."""
    alike = rows.near < FAR
    by_shape = np.where(
        rows.kind == SHAPE, _COST_OF_RANK * rows.near, np.where(alike & (rows.kind < SHAPE), -_BOTH, 0.0)
    )
    return COST.take(rows.kind) + by_shape


def _twos(model: Model, ahead: I64, gates: Bools) -> list[Proposals]:
    """Words of two characters, one of which is wrong."""
    count = len(ahead) - 4
    pair = (ahead[:count] > 0) & (ahead[1 : count + 1] > 0)
    each = [np.flatnonzero(pair & gates[place : count + place]) for place in (0, 1)]
    at, place = np.concatenate(each), np.repeat((0, 1), [len(one) for one in each])
    wrong, other = ahead[at + place], ahead[at + 1 - place]

    sounds = model.sounds[wrong]
    row, reading = sounds.nonzero()
    owner, word = _members(model.by_sound, sound_key(place[row], other[row], sounds[row, reading]))
    row = row[owner]
    right = model.spelled[word, place[row]].astype(np.int64)
    rows = [_rows(at[row], 2, word, place[row], _alike(model, wrong[row], right))]

    row = np.flatnonzero(model.share[wrong] < RARE)
    if len(row):
        key = other[row].astype(np.uint64) | (place[row].astype(np.uint64) << np.uint64(15))
        owner, word = _members(model.by_other, key, _MANY)
        row = row[owner]
        right = model.spelled[word, place[row]].astype(np.int64)
        free = (_alike(model, wrong[row], right) < 0) & (model.share[right] >= RARE)
        rows.append(_rows(at[row], 2, word, place[row], np.where(free, _FAR | ANY, -1)))

    at = np.flatnonzero(pair & (gates[:count] | gates[1 : count + 1]))
    owner, word = _members(
        model.by_shape, ahead[at].astype(np.uint64) | (ahead[at + 1].astype(np.uint64) << np.uint64(15))
    )
    start = at[owner]
    place = (model.spelled[word, 0] == ahead[start]).astype(np.int64)
    kind = _alike(model, ahead[start + place], model.spelled[word, place].astype(np.int64))
    rows.append(
        _rows(
            start, 2, word, place, np.where((kind & 7 == SHAPE) & (kind > 0) & gates[start + place], kind, -1)
        )
    )
    return rows


def _longer(model: Model, ahead: I64, gates: Bools, standing: I32) -> list[Proposals]:
    """Words of three and four characters, one of which is wrong."""
    count = len(ahead) - 4
    inside = (ahead[:count] > 0) & (ahead[1 : count + 1] > 0)
    key = ahead[:count].astype(np.uint64) | (ahead[1 : count + 1].astype(np.uint64) << np.uint64(15))
    parts: list[tuple[I64, I64, I64, U64]] = []
    for length in (3, 4):
        nxt = ahead[length - 1 : count + length - 1]
        inside = inside & (nxt > 0)
        key = key | (nxt.astype(np.uint64) << np.uint64(15 * (length - 1)))
        for place in range(length):
            at = np.flatnonzero(inside & gates[place : count + place])
            parts.append(
                (at, np.full(len(at), length), np.full(len(at), place), rest_key(key[at], length, place))
            )
    at, lengths, places, keys = (np.concatenate(column) for column in zip(*parts, strict=True))
    owner, word = _members(model.by_rest, keys)
    start, lengths, places = at[owner], lengths[owner], places[owner]
    same = np.sum(
        [model.spelled[word, place] == ahead[start + place] * (lengths > place) for place in range(4)], axis=0
    )
    true = np.flatnonzero((same == 3) & (model.length[word] == lengths))  # keys are hashes
    start, lengths, places, word = start[true], lengths[true], places[true], word[true]
    wrong = ahead[start + places]
    right = model.spelled[word, places].astype(np.int64)
    kind = _alike(model, wrong, right)
    # Two or three characters that only one word has: the other one may be anything, unless this is a word too.
    free = (kind < 0) & (model.share[right] >= RARE) & (standing[lengths - 1, start] < 0)
    kind[free] = _FAR | ANY
    return [_rows(start, lengths, word, places, kind)]


def _whole(model: Model, ahead: I64, gates: Bools, *, blurred: bool) -> list[Proposals]:
    """Words of two and three characters that sound as what stands there, two or more of them different."""
    count = len(ahead) - 4
    table, groups = (model.sounds, model.whole_blurred) if blurred else (model.exact_sounds, model.whole)
    parts: list[tuple[I64, I64, U64]] = []
    for length, choices in ((2, ((0, 0), (0, 1), (1, 0), (1, 1))), (3, ((0, 0, 0),))):
        inside = np.logical_and.reduce([gates[place : count + place] for place in range(length)])
        at = np.flatnonzero(inside)
        for choice in choices:
            sounds = [table[ahead[at + place], reading] for place, reading in enumerate(choice)]
            some = np.flatnonzero(np.logical_and.reduce([sound > 0 for sound in sounds]))
            parts.append((at[some], np.full(len(some), length), whole_key([sound[some] for sound in sounds])))
    at, lengths, keys = (np.concatenate(column) for column in zip(*parts, strict=True))
    owner, word = _members(groups, keys)
    start, lengths = at[owner], lengths[owner]
    changed = np.stack(
        [(ahead[start + place] != model.spelled[word, place]) & (lengths > place) for place in range(3)]
    )
    kind = np.where(changed.sum(axis=0) >= 2, _FAR | (WHOLE_BLURRED if blurred else WHOLE), -1)
    return [_rows(start, lengths, word, np.argmax(changed, axis=0), kind)]


def _singles(model: Model, letters: I64, single: Bools) -> list[Proposals]:
    at = np.flatnonzero(single)
    owner, word = _members(model.singles, letters[at].astype(np.uint64))
    start = at[owner]
    kind = _alike(model, letters[start], model.spelled[word, 0].astype(np.int64))
    return [_rows(start, 1, word, 0, kind)]


def _rows(start: I64, length: int | I64, word: I64, place: int | I64, kind: I64) -> Proposals:
    """Proposals of a kind, or of a kind and a nearness; -1 is none."""
    good = kind > 0
    lengths, places = (
        np.broadcast_to(np.asarray(one, dtype=np.int64), start.shape) for one in (length, place)
    )
    of = kind[good]
    return Proposals(start[good], lengths[good], word[good], places[good], of & 7, of >> 3)


def score(model: Model, lattice: Lattice, proposals: Proposals, least: float) -> Scored:
    """Those proposals whose score is above ``least``.

    The left side first: most proposals can be dropped by what the right side could bring at best.
    """
    stop = proposals.start + proposals.length
    run = lattice.run[proposals.start]
    inside = stop <= lattice.run_end[run]
    rows = proposals.only(inside)
    run, stop = run[inside], stop[inside]
    best = lattice.best[run]
    cost = _cost(rows)
    # What can follow at a place at best: the likeliest that its words ever are after any word.
    coming = np.full(len(lattice.letters) + 1, _NONE)
    np.maximum.at(coming, lattice.start, lattice.after + model.best_before.take(lattice.word))
    coming[lattice.run_end] = 0.0

    arrived = np.full(len(lattice.letters) + 1, _NONE)
    np.maximum.at(arrived, lattice.end, lattice.before)
    arrived[lattice.run_start] = 0.0
    bound = arrived[rows.start] + model.best_before.take(rows.word) + coming[stop] - best - cost
    hopeful = np.flatnonzero(bound > least)
    rows, run, stop, best, cost = (
        rows.only(hopeful),
        run[hopeful],
        stop[hopeful],
        best[hopeful],
        cost[hopeful],
    )

    opens = rows.start == lattice.run_start[run]
    left, left_edge, left_score, left_seen = _join(
        model, lattice, rows.word, np.where(opens, 0, lattice.ending_from[rows.start + 1] - lattice.ending_from[rows.start]),
        lattice.ending_from[rows.start], before=True,
    )  # fmt: skip
    alone = model.score.take(rows.word)
    left = np.where(opens, alone, left)
    left_score = np.where(opens, alone, left_score)
    ends = stop == lattice.run_end[run]
    kept = np.flatnonzero(left + np.where(ends, 0.0, coming[stop]) - best - cost > least)

    rows, stop, best, cost, ends = rows.only(kept), stop[kept], best[kept], cost[kept], ends[kept]
    left, left_edge, left_score, left_seen = left[kept], left_edge[kept], left_score[kept], left_seen[kept]
    right, right_edge, right_score, right_seen = _join(
        model, lattice, rows.word, np.where(ends, 0, lattice.starting_from[stop + 1] - lattice.starting_from[stop]) if len(stop) else stop,
        lattice.starting_from[stop], before=False,
    )  # fmt: skip
    gain = left + np.where(ends, 0.0, right) - best
    above = np.flatnonzero(gain - cost > least)
    return Scored(
        rows.only(above), gain[above], (gain - cost)[above], left_edge[above], right_edge[above],
        left_score[above], right_score[above], left_seen[above], right_seen[above],
    )  # fmt: skip


def _join(  # noqa: PLR0913 columns
    model: Model, lattice: Lattice, word: I64, ways: I64, first: I64, *, before: bool
) -> tuple[F64, I64, F64, Bools]:
    """The best neighbour of each word on one side: total, edge, score of the pair, and whether it is in the model."""
    owner, at = ranges(first, ways)
    edge = (lattice.ending if before else lattice.starting)[at]
    beside = lattice.word[edge]
    pair, seen = pair_scores(model, *((beside, word[owner]) if before else (word[owner], beside)))
    total = pair + (lattice.before if before else lattice.after)[edge]
    best = np.full(len(word), _NONE)
    chosen = np.full(len(word), -1, dtype=np.int64)
    chosen_score = np.zeros(len(word))
    chosen_seen = np.zeros(len(word), dtype=bool)
    some = np.flatnonzero(ways)
    if len(some):
        from_ = np.cumsum(ways) - ways
        best[some] = np.maximum.reduceat(total, from_[some])
        on = np.flatnonzero(total >= best[owner])
        chosen[owner[on]] = edge[on]
        chosen_score[owner[on]] = pair[on]
        chosen_seen[owner[on]] = seen[on]
    return best, chosen, chosen_score, chosen_seen
