"""The gate before a word: what would fire everywhere, never, or against an exception is refused with the reason."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from app.words.compile import CompileError, value_of
from app.words.lists import ENTRIES, WORDS, Editable, ListError, encoded, key, value
from app.words.sets import ADD, CHANGE, WITHDRAW, Change
from detectors import lexicon
from detectors.lexicon import Lexicon, LexiconError, Term, Words
from detectors.text import About, Text, fold
from detectors.words import frequency

if TYPE_CHECKING:
    from app.service import Service

COMMON = 20.0  # occurrences in a million words of general Chinese above which a bare word is too common
BUDGET = 100_000  # characters of clean text in which a word may fire once
CANARY = Path(__file__).with_name("canary.txt")


class Wish(NamedTuple):
    """What somebody asks for: a word and what is to stand behind it."""

    word: str
    value: Any = None


class Checked(NamedTuple):
    """A wish as a change, or why it is refused."""

    word: str
    change: Change | None
    refusals: list[str]


def check(service: Service, one: Editable, wish: Wish, act: str, standing: Mapping[str, str]) -> Checked:
    """Whether a wish may be put to a second person.

    Args:
        service: what answers now.
        one: the list.
        wish: word and value.
        act: "add", "change" or "withdraw".
        standing: what holds in this list beside the files: key → value.
    """
    try:
        shown, folded = key(one, wish.word, wish.value)
        if act == WITHDRAW:
            return _withdrawn(service, one, shown, folded, standing)
        kept = encoded(value(one, wish.value))
    except ListError as error:
        return Checked(wish.word, None, [str(error)])
    there = folded in standing and standing[folded] != "null"
    if one.kind == WORDS:
        there = there or (folded in shipped(service, one.id) and standing.get(folded) != "null")
    refusals = []
    if act == ADD and there:
        refusals.append(
            "这一条已经有了；要改请用变更"
            if one.kind != WORDS
            else "折合同一写法后，与本规则已有的词重复；要改请用变更"
        )
    if act == CHANGE and not there and one.kind != ENTRIES:
        refusals.append("没有这一条，不能变更")
    if one.kind == WORDS:
        refusals += _words(service, one.id, shown, kept, act)
    return Checked(shown, None if refusals else Change(one.id, act, shown, folded, kept), refusals)


def check_all(
    service: Service,
    one: Editable,
    wishes: Iterable[Wish],
    act: str,
    standing: Callable[[], Mapping[str, tuple[str, str, int]]],
) -> list[Checked]:
    """Each wish of a batch, also against the others. ``standing``: see ``sets.standing``."""
    held = {key: value for key, (_, value, _) in standing().items()}
    found: list[Checked] = []
    keys: dict[str, str] = {}
    for wish in wishes:
        checked = check(service, one, wish, act, held)
        if checked.change is not None:
            folded = checked.change.folded
            if folded in keys:
                same = f"与本批的“{keys[folded]}”折合同一写法后重复"
                checked = checked._replace(change=None, refusals=[same])
            else:
                keys[folded] = checked.word
        found.append(checked)
    return found


def _withdrawn(
    service: Service, one: Editable, shown: str, folded: str, standing: Mapping[str, str]
) -> Checked:
    if one.kind == WORDS and folded in shipped(service, one.id):
        if standing.get(folded) == "null":
            return Checked(shown, None, ["已经停用"])
        return Checked(shown, Change(one.id, WITHDRAW, shown, folded, "null"), [])
    if folded not in standing:
        reason = "没有这一条" if one.kind == WORDS else "没有这一条（随程序提供的行不能删除，请写明止日）"
        return Checked(shown, None, [reason])
    return Checked(shown, Change(one.id, WITHDRAW, shown, folded, ""), [])


def shipped(service: Service, rule: str) -> frozenset[str]:
    """The words of a rule's file, folded."""
    return _shipped(service.detectors.lexicons).get(rule, frozenset())


_known: dict[str, Any] = {}  # what is worked out once for the data that answers


def _once(name: str, of: Any, make: Callable[[], Any]) -> Any:  # noqa: ANN401 whatever is made
    """What was made of this very thing; it is compared by identity, for it is large and never changes."""
    kept = _known.get(name)
    if kept is None or kept[0] is not of:
        kept = _known[name] = (of, make())
    return kept[1]


def _shipped(lexicons: tuple[Lexicon, ...]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = _once(
        "shipped",
        lexicons,
        lambda: {one.rule.id: frozenset(term.word for term in one.terms) for one in lexicons},
    )
    return found


def _words(service: Service, rule: str, word: str, kept: str, act: str) -> Iterator[str]:
    """Why this word must not stand in this rule."""
    own = next(one for one in service.detectors.lexicons if one.rule.id == rule)
    folded = fold(word)
    if len(folded) < 2:  # noqa: PLR2004 one letter
        yield "只有一个字，到处都会命中"
        return
    if "\n" in folded or "\t" in folded:
        yield "含有换行或制表符，永远不会命中"
        return
    try:
        term = lexicon.term(own, word, value_of(kept))
    except (LexiconError, CompileError) as error:
        yield _in_chinese(str(error))
        return
    if act == ADD:
        for other in _others(service, folded, rule):
            yield f"与规则 {other} 已有的词重复"
    for phrase in sorted(_innocent(service, own, folded)):
        yield f"在例外“{phrase}”之中：该规则已认定这样写没有问题"
    today = datetime.date.today()  # noqa: DTZ011 the office's own calendar day
    if term.end is not None and term.end <= today:
        yield f"截止日期 {term.end} 已过，永远不会命中"
    elif term.start and term.end and term.start >= term.end:
        yield "起始日期不早于截止日期，永远不会命中"
    elif not fires(own, term):
        yield "在自身的条件（前后文、例外、整词）下永远不会命中"
    yield from _too_common(service, own, term)


def _in_chinese(message: str) -> str:
    known = {
        "one character alone": "只有一个字，到处都会命中",
        "nothing is left": "去掉看不见的字符后没有剩下什么",
        "does not hold the word": "例外须包含这个词本身",
        "the replacement is the same word": "改后的写法与原词相同",
        "unknown attribute": "有不认识的条件",
        "expected": "条件的写法不对",
    }
    return next((words for part, words in known.items() if part in message), message)


def _others(service: Service, folded: str, rule: str) -> list[str]:
    """Other rules that have this very word."""
    found: dict[str, None] = {}
    for one in service.detectors.detectors:
        if isinstance(one.find, Words):
            for number, (matcher, entries) in enumerate(one.find.layers):
                for start, end, at in matcher.find(folded):
                    if (start, end) == (0, len(folded)):
                        found.update(
                            (own.rule.id, None)
                            for own, term in entries[at]
                            if number or (own.rule.id, term.word) not in one.find.hidden
                        )
    return [one for one in found if one != rule]


def _innocent(service: Service, own: Lexicon, folded: str) -> set[str]:
    """Phrases in which a word of this rule is excused and which hold the new word wholly."""
    found = {
        phrase for term in own.terms for _, phrase in term.unless if folded in phrase and term.word != folded
    }
    head = service.words
    if head is not None:
        found |= {phrase for rule, phrase in head.innocent if rule == own.rule.id and folded in phrase}
    return found


def finder(own: Lexicon, term: Term) -> Words:
    """Looks for this one word, as its rule would."""
    return Words([replace(own, terms=(term,))], "pyahocorasick")


def occurrences(own: Lexicon, term: Term, text: Text) -> Iterator[tuple[int, int]]:
    """Ranges of ``text.plain`` where this word counts."""
    today = datetime.date.today()  # noqa: DTZ011 the office's own calendar day
    plain, at = text.plain, text.plain.find(term.word)
    while at >= 0:
        end = at + len(term.word)
        cued = own.cue is None or own.cue.holds(plain, at, end)
        if cued and term.counts(text, at, end, today):
            yield at, end
        at = plain.find(term.word, end)


def fires(own: Lexicon, term: Term) -> bool:
    """Whether the word is found where its own conditions hold."""
    look = finder(replace(own, cue=None), term)
    day = term.start or (term.end - datetime.timedelta(days=1) if term.end else None)
    for before in term.before or ("", "。", "，"):
        for after in term.after or ("", "。", "，"):
            text = Text.of(f"。{before}{term.word}{after}。", About(published_on=day))
            if any(True for _ in look(text)):
                return True
    return False


def _too_common(service: Service, own: Lexicon, term: Term) -> Iterator[str]:
    bare = not (term.before or term.after or own.cue)
    if bare and (often := frequency(term.word)) > COMMON:
        yield f"是常用词（每百万词约 {often:.0f} 次），会大量误报；请加上前后文条件，或改用更完整的写法"
    texts = canary(service)
    look = finder(own, term)
    hits = [line for line in texts if term.word in line.plain for _ in look(line)]
    size = sum(len(line.plain) for line in texts)
    if len(hits) > max(1, size // BUDGET):
        shown = "；".join(dict.fromkeys(one.as_written[:40] for one in hits[:3]))
        yield f"在 {size} 字没有问题的文字中命中 {len(hits)} 处，超过 {max(1, size // BUDGET)} 处的限度，例如：{shown}"


def canary(service: Service) -> tuple[Text, ...]:
    """Clean text: our own, the silent examples of all rules, and the unit's own folder."""
    return (*_ours(), *_examples(service), *_units(service.settings.canary))


@cache
def _ours() -> tuple[Text, ...]:
    return tuple(_lines(CANARY.read_text(encoding="utf-8")))


def _examples(service: Service) -> tuple[Text, ...]:
    rules = service.detectors.rules
    found: tuple[Text, ...] = _once(
        "examples",
        service.detectors.lexicons,
        lambda: tuple(line.text for rule in rules.values() for line in rule.lines if not line.marks),
    )
    return found


@cache
def _units(folder: Path | None) -> tuple[Text, ...]:
    """Posts of the unit that are known to be right: .txt, .md and .html files."""
    if folder is None:
        return ()
    from app.archive.readers import parts
    from detectors.markup import read

    return tuple(
        read(one.body, one.format)
        for part in parts(str(folder))
        for one in part.documents()
        if one.body and not one.error
    )


def _lines(letters: str) -> Iterable[Text]:
    return (Text.of(line) for line in letters.splitlines() if line.strip())
