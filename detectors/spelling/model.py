"""What the detector knows, as arrays that are built once, kept in the cache and mapped into memory.

Built from the language model, jieba's dictionary, the office's own words and the two tables of what
sounds and looks alike.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jieba
import numpy as np
import numpy.typing as npt

from detectors.spelling import kenlm
from detectors.spelling.slots import Slots, pack

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HERE = Path(__file__).resolve().parent
FORM = 1  # of the cache; another number is another cache

FIRST = (
    0x4E00  # a letter's number is its distance from the character before this one; 0 is no Chinese character
)
LETTERS = 0x9FFF - FIRST + 2
LONGEST = 8  # characters of a word; the few longer ones are read as their parts

SAME, BLURRED, SHAPE, WHOLE, WHOLE_BLURRED, ANY = range(1, 7)  # how a wrong word is like the right one
FAR = 31  # rank among the look-alikes of a character that is none of them
KINDS = ("", "同音", "近音", "形近", "整词同音", "整词近音", "罕用字")

_ID_BITS = 19  # words
_GROUP_KEY_BITS = 33  # what a group's place and length leave of a cell
_MIX = (np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0x165667B19E3779F9))
_EXTRA = (
    -7.0
)  # log10 P of a word that only jieba knows, seen three times in its corpus; +0.45 for each factor of ten
NEIGHBOUR_FLOOR, NEIGHBOUR_STEPS = 10.0, 25.0  # log10 shares from -10 up, in steps of 0.04
_OFFICE = -5.2  # log10 P of a word of the office's list
_UNKNOWN = -7.5  # of a character that is no word
_LEAST_PROPOSED = -6.2  # log10 P of a word that may be proposed
_LEAST_EXTRA = -6.2  # the same of a word that only jieba or the office knows
_LEAST_SHAPE = -5.8  # log10 P of a word of two characters of which one may be in a wrong shape …
_SHAPES = 24  # … of so many
_LEAST_SINGLE = -4.6  # of a single character that may be proposed
RARE = -4.7  # log10 share of a character in all words: rarer ones may stand for anything

U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]
I32 = npt.NDArray[np.int32]
F32 = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Groups:
    """Lists of words by key; the longest possible slice of one array each."""

    starts: Slots  # key → start << 9 | length
    words: I32


@dataclass(frozen=True)
class Model:
    """All tables. Words are numbers; those from ``of_model`` on are known to jieba or the office only."""

    of_model: int
    spelled: npt.NDArray[np.uint16]  # [word, place] letters of each word, 0 after its end
    length: npt.NDArray[np.uint8]
    score: F32  # log10 P of the word alone
    backoff: F32
    best_before: F32  # the highest log10 P of the word after any word
    frequency: F32  # log10(1 + count in jieba's corpus)
    single: I32  # letter → word, 0 for none
    share: F32  # letter → log10 share in all words
    words: Slots
    heads: npt.NDArray[np.bool_]  # hashes of the first four letters of words of five and more
    pairs: Slots  # first << 19 | second → code of P << 8 | code of back-off
    pair_scores: F32
    pair_backoffs: F32
    triples: Slots
    triple_scores: F32
    neighbours: Slots  # letter << 15 | next letter → log10 share of all such pairs, in steps
    alike: Slots  # wrong letter << 15 | right letter → kind, and << 3 how near in shape (FAR: not at all)
    by_sound: Groups  # two letters, one of them by its sound
    by_shape: Groups  # two letters, one of them in a wrong shape
    by_rest: Groups  # three or four letters but one
    whole: Groups  # two or three exact syllables
    whole_blurred: Groups
    by_other: Groups  # two letters, one of them unknown: the other one and the place of the unknown
    singles: Groups  # wrong letter → single characters
    sounds: npt.NDArray[np.uint16]  # [letter, reading] blurred syllable, 0 for none
    exact_sounds: npt.NDArray[np.uint16]
    digest: str

    @cached_property
    def numeral(self) -> npt.NDArray[np.bool_]:
        """Letter → whether it is a numeral: one number in the place of another is no wrong character."""
        table = np.zeros(LETTERS, dtype=np.bool_)
        table[[_number(letter) for letter in "一二三四五六七八九十百千万亿零两第几半"]] = True
        return table

    def knows(self, word: str) -> bool:
        """Whether this is one word, of the model, of jieba or of the office."""
        if not word or len(word) > LONGEST or not is_chinese(word):
            return False
        return int(self.words.get(word_keys(_spelled([word])))[0]) >= 0

    def word(self, number: int) -> str:
        return "".join(chr(FIRST - 1 + letter) for letter in self.spelled[number].tolist() if letter)


# --- keys -----------------------------------------------------------------------------------


def word_keys(letters: npt.NDArray[Any]) -> U64:
    """Fingerprints of words given as rows of letters, 45 bits, never 0."""
    wide = letters.astype(np.uint64)
    key = np.zeros(len(wide), dtype=np.uint64)
    for place in range(min(4, wide.shape[1])):
        key |= wide[:, place] << np.uint64(15 * place)
    tail = np.zeros(len(wide), dtype=np.uint64)
    for place in range(4, wide.shape[1]):
        tail |= wide[:, place] << np.uint64(15 * (place - 4))
    return fingerprint(key, tail)


def fingerprint(head: U64, tail: U64 | None = None) -> U64:
    mixed = head * _MIX[0]
    if tail is not None:
        mixed ^= tail * _MIX[1]
    mixed ^= mixed >> np.uint64(29)
    return ((mixed * _MIX[1]) >> np.uint64(64 - 45)) | np.uint64(1)


def head_hash(head: U64) -> I64:
    """Of the first four letters, 20 bits."""
    return ((head * _MIX[1]) >> np.uint64(44)).astype(np.int64)


def rest_key(key: U64, length: int, place: int) -> U64:
    """Key of a word of three or four letters without the letter at ``place``."""
    rest = key & np.uint64(((1 << 64) - 1) ^ (0x7FFF << (15 * place)))
    mixed = fingerprint(rest, np.full(len(rest), 8 * length + place + 1, dtype=np.uint64))
    return (mixed >> np.uint64(45 - _GROUP_KEY_BITS)) | np.uint64(1)


def sound_key(place: int | I64, other: npt.NDArray[Any], sound: npt.NDArray[Any]) -> U64:
    """Key of two letters, the one at ``place`` by its blurred syllable."""
    places = np.asarray(place, dtype=np.uint64) + np.uint64(1)
    key = (places << np.uint64(25)) | (other.astype(np.uint64) << np.uint64(10)) | sound.astype(np.uint64)
    return np.asarray(key, dtype=np.uint64)


def whole_key(sounds: Iterable[npt.NDArray[Any]]) -> U64:
    key: Any = np.uint64(0)
    for place, sound in enumerate(sounds):
        key = key | (sound.astype(np.uint64) << np.uint64(10 * place))
    return np.asarray(key, dtype=np.uint64)


# --- what sounds and looks alike ------------------------------------------------------------


def blurred(syllable: str) -> str:
    """One spelling for what input methods and ears confuse: zh/z, ch/c, sh/s, l/n, -ng/-n."""
    if syllable[:2] in {"zh", "ch", "sh"}:
        syllable = syllable[0] + syllable[2:]
    elif syllable[0] == "l":
        syllable = "n" + syllable[1:]
    return syllable[:-1] if syllable.endswith(("ang", "eng", "ing")) else syllable


@cache
def readings() -> dict[str, tuple[str, ...]]:
    """Character → syllables, the usual one first."""
    first: dict[str, str] = {}
    further: dict[str, list[str]] = {}
    for line in (HERE / "sounds.txt").read_text(encoding="utf-8").splitlines():
        syllable, letters = line.split(" ")
        for letter in letters:
            if syllable.endswith("'"):
                further.setdefault(letter, []).append(syllable[:-1])
            else:
                first[letter] = syllable
    return {letter: (syllable, *further.get(letter, ())) for letter, syllable in first.items()}


@cache
def shapes() -> dict[str, str]:
    """Right character → wrong ones that look like it, most alike first."""
    lines = (HERE / "shapes.txt").read_text(encoding="utf-8").splitlines()
    return {line[0]: line[2:] for line in lines}


def _number(letter: str) -> int:
    return ord(letter) - FIRST + 1


def is_chinese(word: str) -> bool:
    return all("\u4e00" <= letter <= "\u9fff" for letter in word)


# --- building -------------------------------------------------------------------------------


def _office() -> Iterator[str]:
    """Words of the office that neither the model nor jieba knows; ``A B,C D`` is every A and B with every C and D."""
    for line in (HERE / "office.txt").read_text(encoding="utf-8").splitlines():
        text = line.partition("#")[0].strip()
        if "," in text:
            heads, tails = (part.split() for part in text.split(","))
            yield from (head + tail for head in heads for tail in tails)
        else:
            yield from text.split()


def _jieba() -> dict[str, int]:
    counts = {}
    with Path(jieba.__file__).with_name("dict.txt").open(encoding="utf-8") as lines:
        for line in lines:
            word, count, _ = line.split(" ")
            counts[word] = int(count)
    return counts


def _spelled(words: list[str]) -> npt.NDArray[np.uint16]:
    """Rows of letters; a row of zeros for what is not Chinese or too long."""
    table = np.zeros((len(words), LONGEST), dtype=np.uint16)
    usable = [number for number, word in enumerate(words) if len(word) <= LONGEST and word]
    joined = "".join(words[number].ljust(LONGEST, "\0") for number in usable)
    codes = np.frombuffer(joined.encode("utf-32-le"), dtype=np.uint32).astype(np.int64).reshape(-1, LONGEST)
    inside = (codes >= FIRST) & (codes <= 0x9FFF)
    good = (inside | (codes == 0)).all(axis=1)
    table[np.array(usable)[good]] = np.where(inside, codes - FIRST + 1, 0)[good]
    return table


def build(path: Path) -> dict[str, Any]:
    """All tables as arrays by name.

    Raises:
        kenlm.ModelError: the file cannot be used.
    """
    grams = kenlm.read(path)
    counts = _jieba()
    known = set(grams.words)
    office = [word for word in dict.fromkeys(_office()) if word not in known and len(word) <= LONGEST]
    known.update(office)
    extra = [word for word in counts if word not in known and 2 <= len(word) <= LONGEST]
    words = [*grams.words, *office, *extra]
    spelled = _spelled(words)
    length = (spelled > 0).sum(axis=1).astype(np.uint8)
    frequency = np.log10(np.fromiter((counts.get(word, 0) for word in words), np.float32, len(words)) + 1)
    of_model = len(grams.words)
    score = np.concatenate(
        [
            grams.score,
            np.full(len(office), _OFFICE),
            _EXTRA + 0.45 * np.log10(np.maximum(1, 10 ** frequency[of_model + len(office) :] - 1) / 3),
        ]
    ).astype(np.float32)
    score[0] = _UNKNOWN
    usable = np.flatnonzero(length > 0)
    ones = usable[length[usable] == 1]
    single = np.zeros(LETTERS, dtype=np.int32)
    single[spelled[ones, 0]] = ones
    share = np.full(LETTERS, 1e-9)
    model_words = usable[usable < of_model]
    for place in range(LONGEST):
        np.add.at(share, spelled[model_words, place], 10.0 ** grams.score[model_words])
    share[0] = 1
    long_ = usable[length[usable] > 4]
    heads = np.zeros(1 << 20, dtype=np.bool_)
    heads[head_hash(_packed(spelled[long_], 4))] = True

    pair_score = grams.pair_scores[grams.pair_code]
    best_before = score.copy()
    np.maximum.at(best_before, grams.pair_second, pair_score)
    triple_second, triple_third = grams.pair_first[grams.triple_pair], grams.pair_second[grams.triple_pair]
    tables: dict[str, Any] = {
        "of_model": np.array(of_model),
        "spelled": spelled,
        "length": length,
        "score": score,
        "backoff": np.concatenate([grams.backoff, np.zeros(len(words) - of_model)]).astype(np.float32),
        "best_before": best_before,
        "frequency": frequency.astype(np.float32),
        "single": single,
        "share": np.log10(share).astype(np.float32),
        "heads": heads,
        "words": pack(word_keys(spelled[usable]), usable, _ID_BITS),
        "pairs": pack(
            _pair_key(grams.pair_first, grams.pair_second),
            (grams.pair_code.astype(np.int64) << 8) | grams.pair_backoff_code,
            16,
        ),
        "pair_scores": grams.pair_scores,
        "pair_backoffs": grams.pair_backoffs,
        "triples": pack(
            (grams.triple_first.astype(np.uint64) << np.uint64(36))
            | _triple_tail(triple_second, triple_third),
            grams.triple_code.astype(np.int64),
            8,
        ),
        "triple_scores": grams.triple_scores,
        "neighbours": _neighbours(spelled, length, score, grams, pair_score),
    }
    tables.update(_proposals(spelled, length, score, of_model))
    return tables


def _neighbours(
    spelled: npt.NDArray[np.uint16],
    length: npt.NDArray[np.uint8],
    score: F32,
    grams: kenlm.NGrams,
    pair_score: F32,
) -> Slots:
    """How often two characters stand together, inside of words and across them."""
    one, other, share = [], [], []
    words = np.flatnonzero(length[: len(grams.words)] > 0)
    for place in range(LONGEST - 1):
        longer = words[length[words] > place + 1]
        one.append(spelled[longer, place])
        other.append(spelled[longer, place + 1])
        share.append(10.0 ** score[longer])
    both = (length[grams.pair_first] > 0) & (length[grams.pair_second] > 0)
    first, second = grams.pair_first[both], grams.pair_second[both]
    one.append(spelled[first, length[first].astype(np.int64) - 1])
    other.append(spelled[second, 0])
    share.append(10.0 ** (score[first] + pair_score[both]))
    key = (np.concatenate(one).astype(np.uint64) << np.uint64(15)) | np.concatenate(other).astype(np.uint64)
    distinct, place_of = np.unique(key, return_inverse=True)
    total = np.bincount(place_of, weights=np.concatenate(share))
    steps = np.clip(np.round((np.log10(total) + NEIGHBOUR_FLOOR) * NEIGHBOUR_STEPS), 0, 255)
    return pack(distinct, steps.astype(np.int64), 8)


def _pair_key(first: npt.NDArray[Any], second: npt.NDArray[Any]) -> U64:
    return (first.astype(np.uint64) << np.uint64(_ID_BITS)) | second.astype(np.uint64)


def _triple_tail(second: npt.NDArray[Any], third: npt.NDArray[Any]) -> U64:
    return (second.astype(np.uint64) << np.uint64(18)) | third.astype(np.uint64)


def _packed(letters: npt.NDArray[Any], count: int) -> U64:
    key = np.zeros(len(letters), dtype=np.uint64)
    for place in range(count):
        key |= letters[:, place].astype(np.uint64) << np.uint64(15 * place)
    return key


def _groups(keys: list[U64], words: list[I64], score: F32) -> Groups:
    """The likelier a word the earlier it stands in its list; a list ends after 511."""
    key, word = np.concatenate(keys), np.concatenate(words)
    order = np.lexsort((-score[word], key))
    key, word = key[order], word[order]
    distinct, start, count = np.unique(key, return_index=True, return_counts=True)
    return Groups(
        pack(distinct, (start.astype(np.int64) << 9) | np.minimum(count, 511), 64 - _GROUP_KEY_BITS),
        word.astype(np.int32),
    )


def _sound_tables() -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.uint16]]:
    """[letter, reading] numbers of exact syllables (three readings) and of blurred ones (two)."""
    exact = np.zeros((LETTERS, 3), dtype=np.uint16)
    wide = np.zeros((LETTERS, 2), dtype=np.uint16)
    exact_numbers: dict[str, int] = {}
    wide_numbers: dict[str, int] = {}
    for letter, syllables in sorted(readings().items()):
        for place, one in enumerate(syllables[:3]):
            exact[_number(letter), place] = exact_numbers.setdefault(one, len(exact_numbers) + 1)
        for place, one in enumerate(list(dict.fromkeys(map(blurred, syllables)))[:2]):
            wide[_number(letter), place] = wide_numbers.setdefault(one, len(wide_numbers) + 1)
    return exact, wide


def _alike(
    exact: npt.NDArray[np.uint16], wide: npt.NDArray[np.uint16]
) -> tuple[I64, I64, npt.NDArray[np.int64]]:
    """Wrong letter, right letter, kind; every pair once, the closest kind."""
    wrong: list[I64] = []
    right: list[I64] = []
    kinds: list[I64] = []
    for table, kind in ((exact, SAME), (wide, BLURRED)):
        flat = table.astype(np.int64)
        for sound in range(1, int(flat.max()) + 1):
            letters = np.flatnonzero((flat == sound).any(axis=1))
            one, other = np.meshgrid(letters, letters, indexing="ij")
            wrong.append(one.ravel())
            right.append(other.ravel())
            kinds.append(np.full(one.size, kind))
    looks = [(_number(bad), _number(good)) for good, bads in shapes().items() for bad in bads]
    wrong.append(np.array([bad for bad, _ in looks]))
    right.append(np.array([good for _, good in looks]))
    kinds.append(np.full(len(looks), SHAPE))
    all_wrong, all_right, all_kinds = np.concatenate(wrong), np.concatenate(right), np.concatenate(kinds)
    different = all_wrong != all_right
    all_wrong, all_right, all_kinds = all_wrong[different], all_right[different], all_kinds[different]
    order = np.lexsort((all_kinds, all_right, all_wrong))
    pair = (all_wrong[order] << 15) | all_right[order]
    _, first = np.unique(pair, return_index=True)
    chosen = order[first]
    return all_wrong[chosen], all_right[chosen], all_kinds[chosen]


def _nearness(wrong: I64, right: I64) -> I64:
    """Rank of each wrong letter among the look-alikes of the right one, FAR for none."""
    ranks = {
        (_number(bad), _number(good)): min(rank, FAR - 1)
        for good, bads in shapes().items()
        for rank, bad in enumerate(bads)
    }
    return np.array(
        [ranks.get(pair, FAR) for pair in zip(wrong.tolist(), right.tolist(), strict=True)], dtype=np.int64
    )


def _proposals(
    spelled: npt.NDArray[np.uint16], length: npt.NDArray[np.uint8], score: F32, of_model: int
) -> dict[str, Any]:
    """Where each word is found from: its letters but one, its sounds, its wrong shapes."""
    exact, wide = _sound_tables()
    wrong, right, kind = _alike(exact, wide)
    likely = (score > _LEAST_PROPOSED) & (length > 0)
    likely[of_model:] &= score[of_model:] > _LEAST_EXTRA
    by_length = {count: np.flatnonzero(likely & (length == count)) for count in (1, 2, 3, 4)}
    two = by_length[2]
    letters = spelled[two].astype(np.int64)

    sound_keys, sound_words = [], []
    for place in (0, 1):
        for reading in (0, 1):
            sound = wide[letters[:, place], reading]
            there = sound > 0
            sound_keys.append(sound_key(place, letters[there, 1 - place], sound[there]))
            sound_words.append(two[there])

    looks = [
        (_number(good), _number(bad)) for good, bads in sorted(shapes().items()) for bad in bads[:_SHAPES]
    ]
    look_right, look_wrong = np.array(looks, dtype=np.int64).T
    usual = two[score[two] > _LEAST_SHAPE]
    usual_letters = spelled[usual].astype(np.int64)
    shape_keys, shape_words = [], []
    for place in (0, 1):
        first = np.searchsorted(look_right, usual_letters[:, place])
        count = np.searchsorted(look_right, usual_letters[:, place], side="right") - first
        owner, at = ranges(first, count)
        changed = usual_letters[owner].copy()
        changed[:, place] = look_wrong[at]
        shape_keys.append(_packed(changed, 2))
        shape_words.append(usual[owner])

    rest_keys, rest_words = [], []
    for size in (3, 4):
        members = by_length[size]
        key = _packed(spelled[members], size)
        for place in range(size):
            rest_keys.append(rest_key(key, size, place))
            rest_words.append(members)

    one = by_length[1][score[by_length[1]] > _LEAST_SINGLE]
    single = np.zeros(LETTERS, dtype=np.int64)
    single[spelled[one, 0]] = one
    to_single = single[right] > 0
    return {
        "alike": pack(
            (wrong.astype(np.uint64) << np.uint64(15)) | right.astype(np.uint64),
            kind | (_nearness(wrong, right) << 3),
            8,
        ),
        "by_sound": _groups(sound_keys, sound_words, score),
        "by_shape": _groups(shape_keys, shape_words, score),
        "by_rest": _groups(rest_keys, rest_words, score),
        "whole": _whole(spelled, by_length, exact, score),
        "whole_blurred": _whole(spelled, by_length, wide, score),
        "by_other": _groups(
            [letters[:, 1].astype(np.uint64), letters[:, 0].astype(np.uint64) | np.uint64(1 << 15)],
            [two, two],
            score,
        ),
        "singles": _groups([wrong[to_single].astype(np.uint64)], [single[right[to_single]]], score),
        "sounds": wide,
        "exact_sounds": exact,
    }


def _whole(
    spelled: npt.NDArray[np.uint16], by_length: dict[int, I64], sounds: npt.NDArray[np.uint16], score: F32
) -> Groups:
    """Words of two characters by any of their first two readings, of three by the first."""
    keys, words = [], []
    for length, choices in ((2, ((0, 0), (0, 1), (1, 0), (1, 1))), (3, ((0, 0, 0),))):
        members = by_length[length]
        for choice in choices:
            each = [sounds[spelled[members, place], reading] for place, reading in enumerate(choice)]
            there = np.logical_and.reduce([sound > 0 for sound in each])
            keys.append(whole_key([sound[there] for sound in each]))
            words.append(members[there])
    return _groups(keys, words, score)


def ranges(start: I64, count: I64) -> tuple[I64, I64]:
    """The members of many ranges in a row: whose each is, and the member."""
    owner = np.repeat(np.arange(len(count)), count)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    return owner, np.repeat(start, count) + within


# --- cache ----------------------------------------------------------------------------------


def load(path: Path, cache_folder: Path | None) -> Model:
    """The tables of a language model, from the cache where they have been built before.

    Without a folder, or where it cannot be written, they are built for this process alone.

    Raises:
        kenlm.ModelError: the file cannot be used; names it and the reason.
    """
    digest = _digest(path)
    if cache_folder is None:
        return _model(_flat(build(path)), digest)
    folder = cache_folder / f"spelling-{digest[:16]}"
    with suppress(OSError, ValueError, KeyError):
        return _model(_mapped(folder), digest)
    flat = _flat(build(path))
    with suppress(OSError):
        _keep(flat, folder)
        return _model(_mapped(folder), digest)
    return _model(flat, digest)


def _digest(path: Path) -> str:
    digest = hashlib.sha256(str(FORM).encode())
    inputs = [
        HERE / name for name in ("sounds.txt", "shapes.txt", "office.txt", "model.py", "kenlm.py", "slots.py")
    ]
    for one in (path, *inputs, Path(jieba.__file__).with_name("dict.txt")):
        try:
            with one.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        except OSError as error:
            raise kenlm.ModelError(f"语言模型 {one}：无法读取（{error.strerror}）") from error
    return digest.hexdigest()


def _flat(tables: dict[str, Any]) -> dict[str, Any]:
    """Tables of tables as arrays with dotted names."""
    flat: dict[str, Any] = {}
    for name, table in tables.items():
        if isinstance(table, Groups):
            flat |= _flat({f"{name}.starts": table.starts, f"{name}.words": table.words})
        elif isinstance(table, Slots):
            flat[f"{name}.cells"] = table.cells
            flat[f"{name}.form"] = np.array([table.shift, table.width])
        else:
            flat[name] = table
    return flat


def _model(flat: dict[str, Any], digest: str) -> Model:
    def slots(name: str) -> Slots:
        shift, width = flat[f"{name}.form"].tolist()
        return Slots(flat[f"{name}.cells"], shift, width)

    def groups(name: str) -> Groups:
        return Groups(slots(f"{name}.starts"), flat[f"{name}.words"])

    fields: dict[str, Any] = {}
    for name, type_ in Model.__annotations__.items():
        if name == "digest":
            fields[name] = digest
        elif name == "of_model":
            fields[name] = int(flat[name])
        else:
            fields[name] = (
                slots(name) if type_ == "Slots" else groups(name) if type_ == "Groups" else flat[name]
            )
    return Model(**fields)


_ALIGN = 64


def _keep(flat: dict[str, Any], folder: Path) -> None:
    """One file with all arrays and one that tells where each stands; appears whole or not at all."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".spelling-"))
    try:
        contents: dict[str, tuple[str, list[int], int]] = {}
        with (fresh / "tables").open("wb") as file:
            for name, array in flat.items():
                file.write(b"\0" * (-file.tell() % _ALIGN))
                contents[name] = (array.dtype.str, list(array.shape), file.tell())
                file.write(np.ascontiguousarray(array).tobytes())
            size = file.tell()
        (fresh / "contents.json").write_text(json.dumps({"size": size, "arrays": contents}), encoding="utf-8")
        fresh.chmod(0o755)
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)
        for other in folder.parent.glob("spelling-*"):
            if other != folder:
                shutil.rmtree(other, ignore_errors=True)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _mapped(folder: Path) -> dict[str, Any]:
    contents = json.loads((folder / "contents.json").read_text(encoding="utf-8"))
    if os.path.getsize(folder / "tables") != contents["size"]:  # noqa: PTH202 one number
        raise ValueError
    whole = np.memmap(folder / "tables", dtype=np.uint8, mode="r")
    flat: dict[str, Any] = {}
    for name, (kind, shape, at) in contents["arrays"].items():
        dtype = np.dtype(kind)
        size = dtype.itemsize * int(np.prod(shape))
        flat[name] = np.asarray(whole[at : at + size]).view(dtype).reshape(shape)
    return flat
