"""All readings of a page as it stands, scored at once: the best before and after each word, the best of all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from detectors.spelling.model import FIRST, LETTERS, LONGEST, fingerprint, head_hash, ranges

if TYPE_CHECKING:
    from detectors.spelling.model import I32, I64, Model

F64 = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_RUN = 48  # a longer run of Chinese characters is read in pieces: the work per page stays linear
_NONE = -1e9
_SEEN = np.uint64(1 << 63)


def letters_of(plain: str) -> I64:
    """Letter numbers of a text, 0 for what is not a Chinese character."""
    codes = np.frombuffer(plain.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.int64) - (
        FIRST - 1
    )
    return np.where((codes > 0) & (codes < LETTERS), codes, 0)


def words_at(model: Model, letters: I64) -> I32:
    """[length - 1, place] the word of that length that begins there, -1 for none."""
    count = len(letters)
    found = np.full((LONGEST, count), -1, dtype=np.int32)
    found[0] = np.where(letters > 0, model.single.take(letters), -1)
    ahead = np.concatenate([letters, np.zeros(LONGEST, dtype=np.int64)]).astype(np.uint64)
    head = letters.astype(np.uint64)
    inside = letters > 0
    places, heads = [], []
    for length in (2, 3, 4):
        nxt = ahead[length - 1 : length - 1 + count]
        inside = inside & (nxt > 0)
        head = head | (nxt << np.uint64(15 * (length - 1)))
        places.append(np.flatnonzero(inside))
        heads.append(head[places[-1]])
    keys = np.concatenate(heads)
    every = model.words.get(fingerprint(keys, np.zeros(len(keys), dtype=np.uint64)))
    from_ = 0
    for length, at in zip((2, 3, 4), places, strict=True):
        found[length - 1, at] = every[from_ : from_ + len(at)]
        from_ += len(at)
    at = np.flatnonzero(inside & model.heads.take(head_hash(head)))
    tail = np.zeros(len(at), dtype=np.uint64)
    for length in range(5, LONGEST + 1):
        nxt = ahead[at + length - 1]
        on = nxt > 0
        at, tail, nxt = at[on], tail[on], nxt[on]
        tail = tail | (nxt << np.uint64(15 * (length - 5)))
        found[length - 1, at] = model.words.get(fingerprint(head[at], tail))
    return found


def pair_scores(model: Model, first: npt.NDArray[Any], second: npt.NDArray[Any]) -> tuple[F64, Bools]:
    """log10 P(second | first), and whether the pair itself is in the model. A first word of -1 is a beginning."""
    known = first >= 0
    code = model.pairs.get(
        (np.maximum(first, 0).astype(np.uint64) << np.uint64(19)) | second.astype(np.uint64)
    )
    seen = (code >= 0) & known
    alone = np.where(known, model.backoff.take(np.maximum(first, 0)), 0) + model.score.take(second)
    return np.where(seen, model.pair_scores.take(np.maximum(code, 0) >> 8), alone).astype(np.float64), seen


def triple_gain(model: Model, first: I64, second: I64, third: I64) -> tuple[F64, Bools]:
    """What the word before the last adds to log10 P(third | second), and whether the triple is in the model."""
    known = (first >= 0) & (second >= 0) & (third >= 0)
    ids = [np.maximum(word, 0).astype(np.uint64) for word in (first, second, third)]
    key = (ids[0] << np.uint64(36)) | (ids[1] << np.uint64(18)) | ids[2]
    inside = known & (np.maximum(np.maximum(first, second), third) < model.of_model)
    code = model.triples.get(np.where(inside, key, _SEEN >> np.uint64(8)))
    before = model.pairs.get((ids[0] << np.uint64(19)) | ids[1])
    alone, _ = pair_scores(model, second, np.maximum(third, 0))
    seen = inside & (code >= 0)
    backoff = np.where(before >= 0, model.pair_backoffs.take(np.maximum(before, 0) & 255), 0)
    gain = np.where(seen, model.triple_scores.take(np.maximum(code, 0)) - alone, backoff)
    return np.where(known, gain, 0), seen


class Lattice(NamedTuple):
    """Words as edges between places. ``before`` includes the edge, ``after`` does not."""

    letters: I64
    words: I32  # [length - 1, place]
    run: I64  # place → run of Chinese characters it belongs to
    run_start: I64
    run_end: I64
    start: I64  # edge → its first place
    end: I64
    word: I64
    before: F64
    after: F64
    back: I64  # edge → the edge before it on the best way to it, -1 at the beginning of a run
    forth: I64
    best: F64  # run → score of its best reading
    ending: I64  # edges in order of their ends
    ending_from: I64  # place → first of ``ending`` that ends there
    starting: I64
    starting_from: I64

    def path(self) -> I64:
        """Edges of the best readings of all runs, in text order."""
        first = np.flatnonzero(self.start == self.run_start[self.run[self.start]])
        total = self.before[first] + self.after[first]
        order = np.lexsort((-total, self.run[self.start[first]]))
        first = first[order]
        _, at = np.unique(self.run[self.start[first]], return_index=True)
        forth = self.forth.tolist()
        edges: list[int] = []
        for edge in first[at].tolist():
            while edge >= 0:
                edges.append(edge)
                edge = forth[edge]  # noqa: PLW2901 walking on
        return np.array(edges, dtype=np.int64)


def read(model: Model, letters: I64) -> Lattice:
    """Score every word that stands in the letters by the words around it."""
    words = words_at(model, letters)
    count = len(letters)
    chinese = letters > 0
    opens = np.ones(count, dtype=bool)
    opens[1:] = ~(chinese[1:] & chinese[:-1])
    start_of = np.maximum.accumulate(np.where(opens, np.arange(count), 0))
    opens |= (np.arange(count) - start_of) % _RUN == 0
    run = np.cumsum(opens) - 1
    run_start = np.flatnonzero(opens)
    run_end = np.append(run_start[1:], count)
    offset = np.arange(count) - run_start[run]

    size, start = np.nonzero(words >= 0)
    end = start + size + 1
    inside = end <= run_end[run[start]]
    size, start, end = size[inside], start[inside], end[inside]
    order = np.argsort(offset[start], kind="stable")
    size, start, end = size[order], start[order], end[order]
    word = words[size, start].astype(np.int64)
    edges = len(start)

    ending = np.argsort(end, kind="stable")
    ending_from = np.concatenate([[0], np.cumsum(np.bincount(end, minlength=count + 1))])
    starting = np.argsort(start, kind="stable")
    starting_from = np.concatenate([[0], np.cumsum(np.bincount(start, minlength=count + 1))])

    level = offset[start]
    first = level == 0
    ways = np.where(first, 0, ending_from[start + 1] - ending_from[start])
    owner, at = ranges(ending_from[start], ways)
    previous = ending[at]
    step, _ = pair_scores(model, word[previous], word[owner])
    before = np.where(first, model.score.take(word), _NONE).astype(np.float64)
    from_ = np.concatenate([[0], np.cumsum(ways)])
    bounds = np.searchsorted(level, np.arange(int(level.max(initial=0)) + 2))
    for low, high in zip(bounds[1:-1].tolist(), bounds[2:].tolist(), strict=True):
        begin, stop = from_[low], from_[high]
        if begin < stop:
            some = np.flatnonzero(ways[low:high])
            best = np.maximum.reduceat(
                before[previous[begin:stop]] + step[begin:stop], from_[low + some] - begin
            )
            before[low + some] = best
    after = _backwards(start, end, run, run_start, run_end, owner, previous, step)

    back = np.full(edges, -1, dtype=np.int64)
    on = before[previous] + step >= before[owner]
    back[owner[on]] = previous[on]
    forth = np.full(edges, -1, dtype=np.int64)
    on = step + after[owner] >= after[previous]
    forth[previous[on]] = owner[on]
    best_of = np.full(len(run_start), _NONE)
    np.maximum.at(best_of, run[start[first]], before[first] + after[first])
    return Lattice(
        letters, words, run, run_start, run_end, start, end, word, before, after, back, forth, best_of,
        ending, ending_from, starting, starting_from,
    )  # fmt: skip


def _backwards(  # noqa: PLR0913 columns of the lattice
    start: I64, end: I64, run: I64, run_start: I64, run_end: I64, owner: I64, previous: I64, step: F64
) -> F64:
    """Best score of what follows each edge in its run."""
    edges = len(start)
    own_run = run[start]
    after = np.where(end == run_end[own_run], 0.0, _NONE)
    level = end - run_start[own_run]
    by_level = np.argsort(-level, kind="stable")
    rank = np.empty(edges, dtype=np.int64)
    rank[by_level] = np.arange(edges)
    order = np.argsort(rank[previous], kind="stable")
    owner, previous, step = owner[order], previous[order], step[order]
    ways = np.bincount(rank[previous], minlength=edges) if edges else np.zeros(0, dtype=np.int64)
    from_ = np.concatenate([[0], np.cumsum(ways)])
    falling = -level[by_level]
    bounds = np.searchsorted(falling, np.arange(-int(level.max(initial=0)), 2))
    for low, high in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        begin, stop = from_[low], from_[high]
        if begin < stop:
            some = np.flatnonzero(ways[low:high])
            best = np.maximum.reduceat(step[begin:stop] + after[owner[begin:stop]], from_[low + some] - begin)
            after[by_level[low + some]] = best
    return after


_PIECE = 5_000  # characters read at once: more do not fit into the processor's caches


def pieces(plain: str) -> list[tuple[int, int]]:
    """Ranges of a text that are read one after the other, cut at the end of a line or sentence where there is one."""
    ranges_, begin = [], 0
    while len(plain) - begin > _PIECE:
        end = begin + _PIECE
        cut = max(plain.rfind(mark, begin + _PIECE // 2, end) for mark in "\n。")
        end = cut + 1 if cut > begin else end
        ranges_.append((begin, end))
        begin = end
    if begin < len(plain):
        ranges_.append((begin, len(plain)))
    return ranges_
