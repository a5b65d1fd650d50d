"""A lexicon file → a rule made of words; all of them together → one detector.

[terms]
"既使"   = "即使"                             # write this instead
"机密"   = { unless = ["商业机密"] }            # innocent inside these
"期未"   = { then = "期末", whole = true }      # only where it does not cut a word in two
"他妈的" = { but_in_speech = true }             # not in somebody's own words, quoted
"内部资料" = true                              # just found
"""

from __future__ import annotations

import datetime
import tomllib
from collections import defaultdict
from copy import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from detectors.matcher import matcher
from detectors.rule import Finding, Rule
from detectors.text import Text, fold, is_traditional
from detectors.words import cuts_a_word

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from detectors.matcher import Matcher

_SENTENCE_END = "。！？!?\n;；"
_MOST = 200  # findings of one rule in one text; the last of them says how many more there are
_ENOUGH = (
    2_000  # hits of one rule in one text that are told apart; of more it is only said that there are more
)
_SENTENCE = 1_000  # code points on either side of a hit in which its sentence begins and ends
_SPEECH = 300  # code points of a paragraph in which the marks of a quotation are looked for
_MORE = 4  # code points that a quotation holds beside the word
_HEADS = {"id", "title", "why", "basis", "examples", "private", "defaults", "needs", "terms"}
_ATTRIBUTES = {
    "then": str,
    "unless": list,
    "unless_before": list,
    "unless_after": list,
    "before": list,
    "after": list,
    "whole": bool,
    "but_in_speech": bool,
    "from": datetime.date,
    "until": datetime.date,
    "note": str,
}


_Hit = TypeVar("_Hit", bound=tuple[Any, ...])


class LexiconError(ValueError):
    """A lexicon file that cannot be used: names the file, the word and the reason."""


class Term(NamedTuple):
    """One word and when it counts. All letters are folded."""

    word: str
    then: str | None = None
    unless: tuple[tuple[int, str], ...] = ()  # (where the word stands in it, the innocent phrase)
    unless_before: tuple[str, ...] = ()
    unless_after: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    whole: bool = False
    start: datetime.date | None = None
    end: datetime.date | None = None
    note: str = ""
    but_in_speech: bool = (
        False  # somebody's own words, quoted, may hold it; a quoted word alone may not be it
    )
    latin: bool = False  # begins or ends in a letter or digit: must not be part of a longer run of them

    def counts(  # noqa: PLR0911 each reason why not stands on its own line
        self, text: Text, start: int, end: int, today: datetime.date
    ) -> bool:
        """Whether this occurrence in ``text.plain`` is meant."""
        plain = text.plain
        if self.latin and _inside_latin(plain, start, end):
            return False
        if self.unless and any(
            plain.startswith(phrase, start - at) for at, phrase in self.unless if start >= at
        ):
            return False
        if self.unless_before and plain.endswith(self.unless_before, max(0, start - 16), start):
            return False
        if self.unless_after and plain.startswith(self.unless_after, end):
            return False
        if self.before and not plain.endswith(self.before, max(0, start - 16), start):
            return False
        if self.after and not plain.startswith(self.after, end):
            return False
        if self.start or self.end:
            day = text.about.published_on or today
            if (self.start and day < self.start) or (self.end and day >= self.end):
                return False
        if self.but_in_speech and _is_speech(plain, start, end):
            return False
        return not (self.whole and cuts_a_word(plain, start, end))


class Cue(NamedTuple):
    """Words of a lexicon count only beside some of these."""

    words: tuple[str, ...]
    within: str  # "sentence" or "page"
    at_least: int

    def holds(self, plain: str, start: int, end: int) -> bool:
        """Whether enough different cues stand in the sentence (page) around a hit."""
        piece = plain
        if self.within == "sentence":
            before, after = plain[max(0, start - _SENTENCE) : start], plain[start : end + _SENTENCE]
            first = max(before.rfind(mark) for mark in _SENTENCE_END) + 1
            last = min(
                (at for mark in _SENTENCE_END if (at := after.find(mark, end - start)) >= 0),
                default=len(after),
            )
            piece = before[first:] + after[:last]
        return sum(word in piece for word in self.words) >= self.at_least


@dataclass(frozen=True)
class Lexicon:
    """One file: a rule and its terms."""

    rule: Rule
    terms: tuple[Term, ...]
    cue: Cue | None = None
    path: Path | None = field(default=None, compare=False)
    defaults: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)  # of its terms


def load(path: Path) -> Lexicon:
    """Read one file.

    Raises:
        LexiconError: naming the file, the word and what was expected.
    """
    where = path.name

    def wrong(word: str, reason: str) -> LexiconError:
        return LexiconError(f"{where}: {word!r}: {reason}")

    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{where}: {error}"
        raise LexiconError(message) from error
    if unknown := data.keys() - _HEADS:
        raise wrong(min(unknown), f"unknown key; known are {', '.join(sorted(_HEADS))}")
    for key, type_ in (
        ("id", str),
        ("title", str),
        ("why", str),
        ("basis", list),
        ("examples", list),
        ("terms", dict),
    ):
        if not isinstance(data.get(key), type_) or not data[key]:
            raise wrong(key, f"expected a non-empty {type_.__name__}")
    try:
        rule = Rule(
            data["id"], data["title"], data["why"], tuple(data["basis"]), tuple(data["examples"]), data.get("private", False)
        )  # fmt: skip
    except ValueError as error:
        raise wrong("id", str(error)) from error
    if path.stem != rule.id.partition(".")[2]:
        raise wrong(rule.id, f"the file of this rule is {rule.id.partition('.')[2]}.toml")
    defaults = _attributes(data.get("defaults", {}), "defaults", wrong)
    terms = [_term(word, value, defaults, wrong) for word, value in data["terms"].items()]
    seen: dict[str, str] = {}
    for word, term in zip(data["terms"], terms, strict=True):
        if term.word in seen:
            raise wrong(word, f"the same word as {seen[term.word]!r} after folding")
        seen[term.word] = word
    return Lexicon(rule, tuple(terms), _cue(data.get("needs"), wrong), path, defaults)


def term(lexicon: Lexicon, word: str, value: Any) -> Term:  # noqa: ANN401 whatever a file may hold
    """One more term, as if it stood in the lexicon's file.

    Raises:
        LexiconError: naming the word and what was expected.
    """

    def wrong(word: str, reason: str) -> LexiconError:
        return LexiconError(f"{lexicon.rule.id}: {word!r}: {reason}")

    return _term(word, value, lexicon.defaults, wrong)


def _term(word: str, value: Any, defaults: dict[str, Any], wrong: Any) -> Term:  # noqa: ANN401 TOML holds anything
    folded = fold(word)
    if not folded.strip():
        raise wrong(word, "nothing is left of it after folding")
    if len(folded) < 2:
        raise wrong(word, "one character alone fires everywhere")
    if isinstance(value, str):
        value = {"then": value}
    elif value is True:
        value = {}
    elif not isinstance(value, dict):
        raise wrong(word, f"expected true, a replacement or a table, got {value!r}")
    given = {**defaults, **_attributes(value, word, wrong)}
    unless = tuple((at, phrase) for phrase in _folded(given.get("unless")) for at in _places(phrase, folded))
    for phrase in given.get("unless", ()):
        if folded not in fold(phrase) and "unless" in value:
            raise wrong(word, f"the exception {phrase!r} does not hold the word")
    then = given.get("then")
    if then is not None and fold(then) == folded:
        raise wrong(word, "the replacement is the same word")
    return Term(
        folded,
        then,
        unless,
        _folded(given.get("unless_before")),
        _folded(given.get("unless_after")),
        _folded(given.get("before")),
        _folded(given.get("after")),
        given.get("whole", False),
        given.get("from"),
        given.get("until"),
        given.get("note", ""),
        given.get("but_in_speech", False),
        latin=_is_latin(folded[0]) or _is_latin(folded[-1]),
    )


def _attributes(table: Any, word: str, wrong: Any) -> dict[str, Any]:  # noqa: ANN401
    if not isinstance(table, dict):
        raise wrong(word, f"expected a table, got {table!r}")
    for key, value in table.items():
        if key not in _ATTRIBUTES:
            raise wrong(word, f"unknown attribute {key!r}; known are {', '.join(_ATTRIBUTES)}")
        expected = _ATTRIBUTES[key]
        if not isinstance(value, expected) or (
            expected is datetime.date and isinstance(value, datetime.datetime)
        ):
            raise wrong(word, f"{key}: expected {expected.__name__}, got {value!r}")
        if isinstance(value, list) and (
            not value or not all(isinstance(one, str) and fold(one) for one in value)
        ):
            raise wrong(word, f"{key}: expected a list of words, got {value!r}")
    return table


def _cue(table: Any, wrong: Any) -> Cue | None:  # noqa: ANN401
    if table is None:
        return None
    if (
        not isinstance(table, dict)
        or table.keys() - {"words", "within", "at_least"}
        or not table.get("words")
    ):
        raise wrong("needs", "expected words, within and at_least")
    if table.get("within", "sentence") not in {"sentence", "page"}:
        raise wrong("needs", f"within is 'sentence' or 'page', got {table['within']!r}")
    return Cue(
        tuple(dict.fromkeys(_folded(table["words"]))),
        table.get("within", "sentence"),
        table.get("at_least", 1),
    )


def _folded(words: Any) -> tuple[str, ...]:  # noqa: ANN401 a list of words, or nothing
    return tuple(fold(word) for word in words or ())


def _places(phrase: str, word: str) -> Iterator[int]:
    at = phrase.find(word)
    while at >= 0:
        yield at
        at = phrase.find(word, at + 1)


def _is_speech(plain: str, start: int, end: int) -> bool:
    """Whether a quotation of more than the word is open here, in the same paragraph."""
    first = plain.rfind("\n", max(0, start - _SPEECH), start) + 1
    opened = plain.rfind("“", first, start)
    if opened < 0 or plain.rfind("”", opened, start) >= 0:
        return False
    closed = plain.find("”", end, end + _SPEECH)
    return closed - opened - 1 > end - start + _MORE


def _is_latin(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()


def _inside_latin(plain: str, start: int, end: int) -> bool:
    before = start > 0 and _is_latin(plain[start]) and _is_latin(plain[start - 1])
    return before or (end < len(plain) and _is_latin(plain[end - 1]) and _is_latin(plain[end]))


# --- all lexicons at once -------------------------------------------------------------------


class Words:
    """The words of all lexicons, each with the lexicons and terms it belongs to."""

    def __init__(self, lexicons: Sequence[Lexicon], engine: str = "") -> None:
        self.lexicons = {one.rule.id: one for one in lexicons}
        entries: dict[str, list[tuple[Lexicon, Term]]] = defaultdict(list)
        for lexicon in lexicons:
            for term in lexicon.terms:
                entries[term.word].append((lexicon, term))
        self.entries = tuple(entries.values())
        self.matcher = matcher(tuple(entries), engine)
        self.engine = self.matcher.engine
        self.layers: tuple[tuple[Matcher, Sequence[Sequence[tuple[Lexicon, Term]]]], ...] = (
            (self.matcher, self.entries),
        )
        self.hidden: frozenset[tuple[str, str]] = frozenset()  # (rule, word) of the files that do not count

    def under(
        self,
        layers: Sequence[tuple[Matcher, Sequence[Sequence[tuple[Lexicon, Term]]]]],
        hidden: Collection[tuple[str, str]],
    ) -> Words:
        """The same words with others laid over them; ``hidden`` ones of the files do not count any more."""
        other = copy(self)
        other.layers = (*self.layers[:1], *layers)
        other.hidden = frozenset(hidden)
        return other

    def only(self, ids: Collection[str]) -> Words:
        """Just the words of these rules, those laid over them included."""
        own = Words([one for id_, one in self.lexicons.items() if id_ in ids], self.engine)
        return own.under(self.layers[1:], self.hidden)

    def silent(self, plain: str) -> bool:
        """Whether none of the words stands in a folded text; then there is nothing to find."""
        return not any(one.find(plain) for one, _ in self.layers)

    def __call__(self, text: Text) -> Iterator[Finding]:
        today = datetime.date.today()  # noqa: DTZ011 the office's own calendar day
        meant: dict[str, list[tuple[int, int, Term, Rule]]] = defaultdict(list)
        for start, end, lexicon, term in self._standing(text):
            hits = meant[lexicon.rule.id]
            if len(hits) >= _ENOUGH or not term.counts(text, start, end, today):
                continue
            if lexicon.cue is None or lexicon.cue.holds(text.plain, start, end):
                hits.append((start, end, term, lexicon.rule))
        for hits in meant.values():
            if hits:
                yield from _findings(text, list(settle(hits)))

    def _standing(self, text: Text) -> Iterator[tuple[int, int, Lexicon, Term]]:
        """Each word where it stands, for each lexicon that looks here and has not hidden it."""
        for matcher_, entries in self.layers:
            hidden = self.hidden if entries is self.entries else None
            for start, end, number in matcher_.find(text.plain):
                for lexicon, term in entries[number]:
                    if text.seen != "page" and not lexicon.rule.looks_behind:
                        continue
                    if lexicon.rule.id not in self.lexicons:  # a layer holds words of all rules
                        continue
                    if not (hidden and (lexicon.rule.id, term.word) in hidden):
                        yield start, end, lexicon, term


def settle(hits: Iterable[_Hit]) -> Iterator[_Hit]:
    """Of overlapping hits (start, end, …) the leftmost and longest, in one sweep."""
    last = -1
    for hit in sorted(hits, key=lambda hit: (hit[0], -hit[1])):
        if hit[0] >= last:
            yield hit
            last = hit[1]


def _findings(text: Text, hits: list[tuple[int, int, Term, Rule]]) -> Iterator[Finding]:
    if hits[0][3].family == "spelling":
        # OpenCC turns 佈署 into 布署, which is a listed error: what was Traditional proves nothing.
        hits = [
            hit for hit in hits if not is_traditional(text.as_written[slice(*text.written(hit[0], hit[1]))])
        ]
    for number, (start, end, term, rule) in enumerate(hits[:_MOST], 1):
        finding = rule.at(text, start, end, term.then, note=term.note)
        if number == _MOST < len(hits):
            more = f"{len(hits) - _MOST} 处" if len(hits) < _ENOUGH else f"{_ENOUGH - _MOST} 处以上"
            finding = finding._replace(note=f"{term.note}本页另有 {more}同类问题未逐一列出。")
        yield finding
