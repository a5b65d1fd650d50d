"""How a seller talks: lures, calls, the shop's own voice, its goods, its promises (``cues.toml``).

Government pages use many of the same words, so most of them count only in company: cues of
different kinds within the length of one advertisement.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import regex

from detectors.rule import Finding, Rule
from detectors.text import Text

_TABLE = Path(__file__).with_name("cues.toml")
_TITLE, _SHORT = 60, 100  # code points
COMPANY = frozenset({"lure", "gift", "call", "voice", "goods", "praise"})  # none of these within another
_HEADS_OF = re.compile(r"(\[[^\]]+\]|[^\[\]\\?*+{(|.])(\[[^\]]+\]|[^\[\]\\?*+{(|.])")


class Cue(NamedTuple):
    """One cue in ``plain``."""

    start: int
    end: int
    kind: str
    word: str


def _letters(piece: str) -> str:
    """The letters a piece of a pattern stands for."""
    return piece[1:-1].replace("\\d", "0123456789").replace("\\s", " ") if piece.startswith("[") else piece


def _by_head() -> dict[str, tuple[tuple[regex.Pattern[str], str], ...]]:
    """First two letters → what can begin there: one pattern for each kind, longer words first."""
    words: dict[str, dict[str, list[str]]] = {}
    for kind, listed in tomllib.loads(_TABLE.read_text(encoding="utf-8")).items():
        for word in listed.split():
            heads = _HEADS_OF.match(word)
            if heads is None:
                raise ValueError(f"{_TABLE.name}: {word!r} does not begin with two letters")
            for first in _letters(heads[1]):
                for second in _letters(heads[2]):
                    words.setdefault(first + second, {}).setdefault(kind, []).append(word)
    return {
        head: tuple(
            (regex.compile("|".join(sorted(of, key=len, reverse=True))), kind) for kind, of in kinds.items()
        )
        for head, kinds in words.items()
    }


_OF = _by_head()


def _places_of(letters: Iterator[str]) -> tuple[npt.NDArray[np.int32], int]:
    """Code point → a small number for each of these letters, 0 for all others; and how many numbers there are."""
    numbers = np.zeros(0x10000, dtype=np.int32)
    known = sorted(set(letters))
    for number, letter in enumerate(known, 1):
        numbers[ord(letter)] = number
    return numbers, len(known) + 1


_FIRST, _ROWS = _places_of(head[0] for head in _OF)
_SECOND, _COLUMNS = _places_of(head[1] for head in _OF)
_IS_HEAD = np.zeros(_ROWS * _COLUMNS, dtype=np.bool_)
for _head in _OF:
    _IS_HEAD[_FIRST[ord(_head[0])] * _COLUMNS + _SECOND[ord(_head[1])]] = True


def _heads(plain: str) -> list[int]:
    """Where two letters stand that a cue begins with. By table: an alternation of all cues takes thirty times as long."""
    codes = np.frombuffer(plain.encode("utf-32-le", "surrogatepass"), dtype=np.int32)
    pairs = _FIRST.take(codes[:-1], mode="clip")
    pairs *= _COLUMNS
    pairs += _SECOND.take(codes[1:], mode="clip")
    found: list[int] = np.flatnonzero(_IS_HEAD.take(pairs)).tolist()
    return found


_NUMBER = re.compile(
    r"(?<![\dx])(?:1[3-9][\dx]{9}|x{11}|(?:0[\dx]{2,3}|x{3,4})[-—一][\dx]{7,8}|x{7,8}|400-?[\dx]{3}-?[\dx]{4})(?![\dx])"
)

# Anti-fraud publicity, market supervision and statutes speak of the same things to forbid them.
_WARNING = re.compile(
    r"诈骗|骗局|反诈|防骗|谨防|警惕|陷阱|套路|虚假宣传|虚假广告|违法广告|广告法|典型案例|非法集资|传销|切勿|轻信|上当|受骗|不法分子|查处|整治|违法违规|不得|禁止|严禁|嫌疑人|原告|被告|辩称|诉称|被害人|受贿|行贿|收受|违纪|公诉|立案|判处"
)
# What a government gives, sells or buys by itself: told in the title, it holds for the page.
_PUBLIC = re.compile(
    r"消费券|以旧换新|惠民券|文惠券|招标|投标|采购人|中标|成交公告|竞买|拍卖公告|挂牌出让|招聘会|公开招聘|公开招考|助农|消费帮扶"
    r"|展销会|博览会|政府补贴|惠民政策|门票"
)
_OPEN = re.compile(
    rf"{_PUBLIC.pattern}|人社局|就业局|补贴|广交会|对接会|据介绍|据统计|记者|条例|本办法|医保|公积金|公益|商务局|免费开放|博物馆|图书馆|文化馆|志愿|人民政府|(?<!\d)12345(?!\d)"
)


@lru_cache(maxsize=2)
def cues(plain: str) -> tuple[Cue, ...]:
    """All cues in order. Kept for the rules of this family, which look at one page after another."""
    return tuple(_cues(plain))


def of_kind(plain: str, *kinds: str) -> list[Cue]:
    """Cues of these kinds; of overlapping ones the first."""
    found: list[Cue] = []
    for cue in cues(plain):
        if cue.kind in kinds and not (found and cue.start < found[-1].end):
            found.append(cue)
    return found


def _cues(plain: str) -> Iterator[Cue]:
    last = 0
    for at in _heads(plain):
        taken = at < last
        for pattern, kind in _OF[plain[at : at + 2]]:
            common = kind in COMPANY
            hit = None if common and taken else pattern.match(plain, at)
            if hit is not None:
                yield Cue(at, hit.end(), kind, hit[0])
                if common:
                    taken, last = True, hit.end()


def has_number(plain: str, start: int, end: int) -> bool:
    """Whether a telephone number (digits masked with x or not) stands in a range."""
    return _NUMBER.search(plain, max(0, start), end) is not None


def unwarned(plain: str, found: Sequence[Cue], reach: int = 200) -> list[Cue]:
    """Those that neither the title nor the sentences around them warn of, forbid or punish."""
    return _without(_WARNING, _WARNING, plain, found, reach)


def private(plain: str, found: Sequence[Cue], reach: int = 60) -> list[Cue]:
    """Those beside which no government tells of its own benefits, purchases or job fairs."""
    return _without(_PUBLIC, _OPEN, plain, found, reach)


def _without(
    title: re.Pattern[str], beside: re.Pattern[str], plain: str, found: Sequence[Cue], reach: int
) -> list[Cue]:
    """A short reach stays in the paragraph: an advertisement may stand in the middle of a notice."""
    if not found:
        return []
    line = plain.find("\n", 0, _TITLE)
    if title.search(plain, 0, _TITLE if line < 0 else line):
        return []
    kept = []
    for cue in found:
        first, last = max(0, cue.start - reach), min(len(plain), cue.end + reach)
        if reach <= _SHORT:
            first = plain.rfind("\n", first, cue.start) + 1 or first
            end = plain.find("\n", cue.end, last)
            last = end if end >= 0 else last
        if not beside.search(plain, first, last):
            kept.append(cue)
    return kept


def company(plain: str, start: int, end: int, reach: int = 90) -> dict[str, int]:
    """Kinds of cues around a range, each with its number of different words; "number" for a telephone number."""
    first, last = max(0, start - reach), end + reach
    near = cues(plain)
    near = near[bisect_left(near, first, key=_start) : bisect_left(near, last, key=_start)]
    found = kinds([cue for cue in near if not start <= cue.start < end])
    return {**found, "number": 1} if has_number(plain, first, last) else found


_start = attrgetter("start")


def one(rule: Rule, text: Text, found: Sequence[Cue], note: str = "") -> Iterator[Finding]:
    """One finding for all of them: an advertisement is one thing, however many words it has."""
    if found:
        places = [(cue.start, cue.end) for cue in found[1:11]]
        yield rule.at(text, found[0].start, found[0].end, note=note, places=places)


def kinds(found: Sequence[Cue]) -> dict[str, int]:
    """Kind → number of different words."""
    words: dict[str, set[str]] = {}
    for cue in found:
        words.setdefault(cue.kind, set()).add(cue.word)
    return {kind: len(of) for kind, of in words.items()}
