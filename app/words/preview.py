"""What a word would hit in what was published before: how often, by year and unit, in which contexts."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from sqlalchemy import select

from app.archive.readers import ArchiveError, parts
from app.masking import redact
from app.register.database import RegisterDownError, RegisterError
from app.register.keeping import masked
from app.register.models import records, texts
from app.words import admission
from app.words.compile import value_of
from app.words.lists import encoded, value
from detectors import lexicon
from detectors.markup import read
from detectors.text import About, Text, join

if TYPE_CHECKING:
    from app.register.store import Register
    from app.register.way import Person
    from app.service import Service
    from app.words.lists import Editable

SECONDS = 5.0
CONTEXTS = 50
_AROUND = 20  # code points shown on each side
_WINDOW = 80  # code points looked at on each side, to see private data whole
_MOST = 2_000_000  # code points of one post


class Post(NamedTuple):
    """A published post as far as a preview needs it."""

    text: Text
    title: str
    day: str
    unit: str
    where: str


class Preview(NamedTuple):
    """What was seen. ``complete``: everything there was looked at in time."""

    posts: int
    characters: int
    hits: int
    posts_hit: int
    by_year: dict[str, int]
    by_unit: dict[str, int]
    contexts: list[dict[str, str]]
    complete: bool
    missing: list[str]  # what could not be looked at, and why


def preview(  # noqa: PLR0913 where to look and for whom
    service: Service,
    one: Editable,
    wish: admission.Wish,
    register: Register | None,
    person: Person,
    seconds: float = SECONDS,
) -> Preview:
    """Look for a proposed word, under its own conditions, in kept texts and in the archive.

    Raises:
        ListError, LexiconError, CompileError: no such word can be.
    """
    own = next(rule for rule in service.detectors.lexicons if rule.rule.id == one.id)
    term = lexicon.term(own, wish.word, value_of(encoded(value(one, wish.value))))
    end = time.monotonic() + seconds
    posts = characters = hits = posts_hit = 0
    by_year: Counter[str] = Counter()
    by_unit: Counter[str] = Counter()
    contexts: list[dict[str, str]] = []
    missing: list[str] = []
    complete = True
    for post in _posts(service, register, person, missing):
        if time.monotonic() > end:
            complete = False
            break
        posts, characters = posts + 1, characters + len(post.text.plain)
        if term.word not in post.text.plain:
            continue
        found = list(admission.occurrences(own, term, post.text))
        hits += len(found)
        posts_hit += bool(found)
        if found:
            by_year[post.day[:4] or "不明"] += len(found)
            by_unit[post.unit or "不明"] += len(found)
        for start, stop in found[: CONTEXTS - len(contexts)]:
            contexts.append(context(service, post, *post.text.written(start, stop)))
    if posts == 0 and not missing:
        missing.append(
            "没有可查的稿件：登记簿没有保存原文（XIANSHEN_KEEP_TEXT），也没有设置存档（XIANSHEN_ARCHIVE）"
        )
    return Preview(
        posts, characters, hits, posts_hit, dict(sorted(by_year.items())), dict(by_unit.most_common(50)), contexts,
        complete and not missing, missing,
    )  # fmt: skip


def context(service: Service, post: Post, start: int, end: int) -> dict[str, str]:
    """The letters around a hit, what is private in them masked."""
    letters = post.text.as_written
    first = max(0, start - _WINDOW)
    window = Text.of(letters[first : end + _WINDOW])
    private = [one for one in service.detectors.look(window).findings if one.rule.private]
    shown = masked(redact(window, private).source)
    at = start - first
    if len(shown) != len(window.source):  # a mask of another length: no side can be cut rightly
        before, after = "", ""
    else:
        before, after = shown[max(0, at - _AROUND) : at], shown[at + end - start :][:_AROUND]
    return {
        "before": before, "word": letters[start:end], "after": after, "title": masked(post.title[:100]), "day": post.day,
        "unit": post.unit, "where": post.where,
    }  # fmt: skip


def _posts(service: Service, register: Register | None, person: Person, missing: list[str]) -> Iterator[Post]:
    if register is not None:
        try:
            yield from _kept(register, person)
        except (RegisterDownError, RegisterError) as error:
            missing.append(f"登记簿：{error}")
    if service.settings.archive:
        try:
            yield from _archived(service, person, missing)
        except (ArchiveError, OSError, ValueError) as error:
            missing.append(f"存档：{error}")


def _kept(register: Register, person: Person) -> Iterator[Post]:
    """Texts of the register, newest first, of units this person may see."""
    with register.read() as connection:
        rows = connection.execution_options(yield_per=100).execute(
            select(records.c.id, records.c.number, records.c.unit, records.c.at, texts.c.sealed)
            .join(texts, texts.c.record == records.c.id)
            .order_by(records.c.seq.desc())
        )
        for row in rows:
            if not person.sees(row.unit):
                continue
            plain = msgspec.json.decode(register.keys.open(bytes(row.sealed), row.id))
            text = join((Text.of(plain["title"]), read(plain["body"], plain["format"])), About())
            yield Post(text, plain["title"], row.at[:10], row.unit, row.number)


def _archived(service: Service, person: Person, missing: list[str]) -> Iterator[Post]:
    unread = 0
    for part in parts(service.settings.archive):
        for one in part.documents():
            unit = one.unit or service.settings.unit
            if not person.sees(unit) and one.unit:
                continue
            if one.error or len(one.body) > _MOST:
                unread += 1
                continue
            day = one.day
            text = join((Text.of(one.title), read(one.body, one.format)), About(published_on=day))
            yield Post(text, one.title, day.isoformat() if day else "", unit, one.key)
    if unread:
        missing.append(f"存档中 {unread} 篇未能读取")
