"""What was submitted, what a reader reads, and where each character came from.

The only module that knows offsets. A position is a count of Unicode code points of the
submitted source; nothing here knows lines, bytes or UTF-16.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import opencc

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Sequence


class Span(NamedTuple):
    """Half-open range of code points of the source."""

    start: int
    end: int


class Run(NamedTuple):
    """``length`` characters that a reader sees, written at ``start`` to ``end`` of the source.

    As long as its source: one character each. Otherwise (an entity, say) every character
    of the run came from the whole range.
    """

    length: int
    start: int
    end: int


class Link(NamedTuple):
    """An address in the page.

    ``target`` is the address as it works (entities resolved); ``span`` where it is written;
    ``shown`` the range of ``as_written`` that the reader clicks on, empty when there is none;
    ``via`` the attribute or notation it came from: href, src, action, … or "markdown".
    """

    target: str
    span: Span
    shown: tuple[int, int]
    via: str
    tag: str


class Cell(NamedTuple):
    """One table cell: where it stands in its table and in ``as_written``."""

    table: int
    row: int
    column: int
    start: int
    end: int
    header: bool


@dataclass(frozen=True, slots=True)
class About:
    """What the sender says about a text beside its letters. None or "" where nothing was said."""

    title: str = ""
    category: str = ""
    channel: str = ""
    unit: str = ""
    unit_kind: str = ""
    source_name: str = ""
    source_url: str = ""
    author: str = ""
    published_on: datetime.date | None = None
    formed_on: datetime.date | None = None
    disclosure: str = ""
    complete: bool = False  # True: the fields above are all there is, so an empty one is a missing one


NOTHING_SAID = About()

# --- folding: many spellings, one letter -------------------------------------------------

# Simplified characters of today that OpenCC would also convert (乾隆, 哪吒, 摺 …).
_SIMPLIFIED_TOO = frozenset("乾吒夥徵拚捱摺榘薹袷醣麴")

# A letter in a ring or above the line is a list marker or an exponent: "①2月" is not "12月".
_KEEP = re.compile(
    r"CIRCLED|SUPERSCRIPT|SUBSCRIPT|VULGAR FRACTION|FULL STOP|HORIZONTAL ELLIPSIS|PARENTHESIZED DIGIT"
)

# Unicode's default-ignorable code points, controls and the Hangul fillers: nobody sees them.
_INVISIBLE = (
    *range(0x09), 0x0B, 0x0C, 0x0D, *range(0x0E, 0x20), *range(0x7F, 0xA0), 0xAD, 0x034F, 0x061C, 0x115F, 0x1160,
    0x17B4, 0x17B5, *range(0x180B, 0x1810), *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070),
    0x3164, *range(0xFE00, 0xFE10), 0xFEFF, 0xFFA0, *range(0xFFF0, 0xFFF9), *range(0x1D173, 0x1D17B),
    *range(0xE0000, 0xE1000),
)  # fmt: skip

_GROWTH = 8  # NFKC turns one character (U+FDFA) into 18; none that matters here into more than 8
_AT_ONCE = 250_000  # letters that become several, worked on together: bounds the memory of a hostile page


class _Folding(NamedTuple):
    to: npt.NDArray[np.uint32]  # code point → code point, where one becomes one
    length: npt.NDArray[np.uint8]  # code point → how many it becomes
    begin: npt.NDArray[np.int32]  # code point → where in ``several`` that which it becomes begins
    several: npt.NDArray[np.uint32]  # what the few become that become several, one after the other
    traditional: frozenset[str]


@cache
def _folding() -> _Folding:
    """NFKC, lower case and Simplified, character by character, as one table.

    Character by character because folding a whole text would move letters about
    (NFKC and lower() change lengths) and lose where each came from.
    """
    to = np.arange(0x110000, dtype=np.uint32)
    length = np.ones(0x110000, dtype=np.uint8)
    longer: dict[int, tuple[int, ...]] = {}
    han = [chr(c) for r in (range(0x3400, 0xA000), range(0xF900, 0xFB00), range(0x20000, 0x2FA20)) for c in r]
    simplified = dict(zip(han, opencc.OpenCC("t2s").convert("\n".join(han)).split("\n"), strict=True))
    traditional = frozenset(
        c
        for c, s in simplified.items()
        if c != s and len(s) == 1 and c not in _SIMPLIFIED_TOO and c < "\uf900"
    )
    for code in range(0x110000):
        letter = chr(code)
        if 0xAC00 <= code < 0xF900 or (0x4E00 <= code < 0xA000 and letter not in traditional):
            continue
        folded = unicodedata.normalize("NFKC", letter)
        if folded != letter and _KEEP.search(unicodedata.name(letter, "")):
            folded = letter
        folded = folded.lower()
        if len(folded) == 1 and folded in traditional:
            folded = simplified[folded]
        if folded == letter:
            continue
        codes = tuple(ord(c) for c in folded)[:_GROWTH]
        if len(codes) == 1:
            to[code] = codes[0]
        else:
            length[code] = len(codes)
            longer[code] = codes
    length[list(_INVISIBLE)] = 0
    for code in (0x2028, 0x2029, 0x85):
        to[code], length[code] = 0x0A, 1
    begin = np.zeros(0x110000, dtype=np.int32)
    several: list[int] = []
    for code, codes in longer.items():
        begin[code] = len(several)
        several += codes
    return _Folding(to, length, begin, np.array(several, dtype=np.uint32), traditional)


# A reading note left by a broken conversion: 準(zhǔn)確. The tone mark tells it from an abbreviation.
_NOTE = re.compile(
    r"(?<=[\u3400-\u9fff])[(（][a-zü]{0,5}[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ][a-zü]{0,5}[)）]"
)  # fmt: skip
_TONED = re.compile(r"[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ]")


def fold(text: str) -> str:
    """One spelling for every spelling of the same letters; what ``Text.plain`` and all words go through."""
    return _fold(text)[0]


def growth(text: str) -> float:
    """How many times as long a text becomes by folding: 1.0 for ordinary letters."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return float(_folding().length.take(codes).sum(dtype=np.int64) / max(len(codes), 1))


def _fold(text: str) -> tuple[str, npt.NDArray[np.intp] | None]:
    """Folded text, and for each of its characters the index in ``text`` (None: the same index)."""
    table = _folding()
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    lengths = table.length.take(codes)
    notes = list(_NOTE.finditer(text)) if _TONED.search(text) else []
    if not notes and not (lengths != 1).any():
        return str(table.to.take(codes).data, "utf-32-le", "surrogatepass"), None
    if notes:
        lengths = lengths.copy()
        for note in notes:
            lengths[note.start() : note.end()] = 0
    origin = np.repeat(np.arange(len(codes)), lengths)
    folded = table.to.take(codes).take(origin)
    longer = np.flatnonzero(lengths.take(origin) > 1)
    for first in range(0, longer.size, _AT_ONCE):
        at = longer[first : first + _AT_ONCE]
        whose = origin.take(at)
        nth = at - np.searchsorted(origin, whose)
        folded[at] = table.several.take(table.begin.take(codes.take(whose)) + nth)
    return str(folded.data, "utf-32-le", "surrogatepass"), origin


def is_traditional(letters: str) -> bool:
    """Whether any of these characters is written in its Traditional form."""
    return not _folding().traditional.isdisjoint(letters)


# --- the text -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Text:
    """A page in two views of one text, each character of which knows where it was submitted.

    ``as_written``: what a reader sees, tags and entities resolved, letters untouched.
    ``plain``: the same folded (invisible characters and reading notes gone, NFKC, Simplified,
    lower case): what almost every rule reads.

    Holds only what is a function of the submission; no rule can leave anything in it.
    """

    source: str
    as_written: str
    runs: tuple[Run, ...]
    links: tuple[Link, ...] = ()
    cells: tuple[Cell, ...] = ()
    about: About = NOTHING_SAID
    title_end: int = 0  # in as_written: the title is as_written[:title_end]
    seen: str = "page"  # "page" | "hidden" (display:none, comments …) | "code" (script, style)
    beside: tuple[Text, ...] = ()  # the hidden and the code view of the same source
    body_format: str = field(default="text")

    @classmethod
    def of(cls, letters: str, about: About = NOTHING_SAID) -> Text:
        """Plain text as it stands."""
        return cls(letters, letters, (Run(len(letters), 0, len(letters)),), about=about)

    @property
    def plain(self) -> str:
        return self._folded[0]

    @cached_property
    def _folded(self) -> tuple[str, npt.NDArray[np.intp] | None]:
        return _fold(self.as_written)

    @cached_property
    def _run_starts(self) -> list[int]:
        starts, at = [], 0
        for run in self.runs:
            starts.append(at)
            at += run.length
        return starts

    @cached_property
    def plain_title_end(self) -> int:
        """End of the title in ``plain``."""
        return self.to_plain(self.title_end)

    @cached_property
    def views(self) -> tuple[Text, ...]:
        """The text itself and what stands hidden beside it."""
        return (self, *self.beside)

    def written(self, start: int, end: int) -> tuple[int, int]:
        """Range of ``plain`` → range of ``as_written``."""
        origin = self._folded[1]
        if origin is None or start >= end:
            return start, end
        return int(origin[start]), int(origin[end - 1]) + 1

    def to_plain(self, at: int) -> int:
        """Index of ``as_written`` → index of ``plain`` (of the next character that is still there)."""
        origin = self._folded[1]
        return at if origin is None else int(np.searchsorted(origin, at))

    def span(self, start: int, end: int) -> Span:
        """Range of ``as_written`` → range of the source. The range must not be empty."""
        if not 0 <= start < end <= len(self.as_written):
            message = f"range {start}:{end} outside 0:{len(self.as_written)} or empty"
            raise ValueError(message)
        first, last = self._run_at(start), self._run_at(end - 1)
        begin = self._source(first, start, 0)
        stop = self._source(last, end - 1, 1)
        # Alternative texts are read after the page they stand in: a range over the seam ends at the seam.
        return Span(begin, stop) if stop > begin else Span(begin, self.runs[first].end)

    def _run_at(self, at: int) -> int:
        return bisect_right(self._run_starts, at) - 1

    def _source(self, run: int, at: int, edge: int) -> int:
        length, start, end = self.runs[run]
        if length == end - start:
            return start + at - self._run_starts[run] + edge
        return end if edge else start

    def said(self, about: About) -> Text:
        """The same text with what the sender says about it."""
        return replace(self, about=about, beside=tuple(replace(view, about=about) for view in self.beside))


def join(parts: Sequence[Text], about: About = NOTHING_SAID) -> Text:
    """Several fields (title, body) as one text, a line apart; the first is the title."""
    source, written, at, shown = [], [], 0, 0
    runs: list[Run] = []
    links: list[Link] = []
    cells: list[Cell] = []
    beside: dict[str, list[tuple[int, Text]]] = {}
    title_end = 0
    for number, part in enumerate(parts):
        if number:
            runs.append(Run(1, at, at + 1))
            source.append("\n")
            written.append("\n")
            at, shown = at + 1, shown + 1
        runs.extend(_moved(part.runs, at))
        tables = cells[-1].table + 1 if cells else 0
        links.extend(
            link._replace(span=_shift(link.span, at), shown=(link.shown[0] + shown, link.shown[1] + shown))
            for link in part.links
        )
        cells.extend(
            cell._replace(table=cell.table + tables, start=cell.start + shown, end=cell.end + shown)
            for cell in part.cells
        )
        for view in part.beside:
            beside.setdefault(view.seen, []).append((at, view))
        source.append(part.source)
        written.append(part.as_written)
        at, shown = at + len(part.source), shown + len(part.as_written)
        if not number:
            title_end = shown
    whole = "".join(source)
    return Text(
        whole,
        "".join(written),
        tuple(runs),
        tuple(links),
        tuple(cells),
        about,
        title_end,
        beside=tuple(_beside(whole, seen, views, about) for seen, views in beside.items()),
        body_format=parts[-1].body_format,
    )


def _beside(source: str, seen: str, views: Iterable[tuple[int, Text]], about: About) -> Text:
    written: list[str] = []
    runs: list[Run] = []
    for at, view in views:
        if written:
            written.append("\n")
            runs.append(Run(1, at, at))
        written.append(view.as_written)
        runs.extend(_moved(view.runs, at))
    return Text(source, "".join(written), tuple(runs), about=about, seen=seen)


def _moved(runs: Iterable[Run], by: int) -> Iterable[Run]:
    return (Run(length, start + by, end + by) for length, start, end in runs)


def _shift(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)
