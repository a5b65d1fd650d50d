"""What is looked for, and one thing seen.

A rule says what was seen and why it matters. How bad that is, and who must sign, is a
checklist's business (``app/checklist.py``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from detectors.markup import read
from detectors.text import NOTHING_SAID, About, Span, Text

FAMILIES = {
    "secrecy": "保密",
    "disclosure": "公开属性",
    "sensitive": "敏感信息",
    "expression": "表述",
    "advertising": "商业广告",
    "source": "信息来源",
    "number": "数字",
    "document": "公文与引用",
    "damage": "内容差错",
    "pii": "个人信息",
    "link": "链接",
    "spelling": "错别字",
}

# What a reader cannot see is still published: these families look there too.
_LOOK_BEHIND = frozenset({"secrecy", "disclosure", "sensitive", "advertising", "pii", "link"})

_ID = re.compile(r"(?:" + "|".join(FAMILIES) + r")\.[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_MARK = re.compile(r"⟦([^⟦⟧]*)⟧")


class Seen(NamedTuple):
    """A mark of an example: range in the unmarked example, and the proposal if it states one."""

    start: int
    end: int
    suggestion: str | None


@dataclass(frozen=True, slots=True)
class Example:
    """A line that documents a rule and is its test.

    ``⟦…⟧`` must be found exactly there, ``⟦wrong→right⟧`` with that proposal, a line without
    marks must stay silent. ``about`` is what the sender says beside it.
    """

    line: str
    format: str = "text"
    about: About = NOTHING_SAID

    @property
    def letters(self) -> str:
        """The line as it would be submitted."""
        return _MARK.sub(lambda mark: mark[1].partition("→")[0], self.line)

    @property
    def marks(self) -> tuple[Seen, ...]:
        found, shorter = [], 0
        for mark in _MARK.finditer(self.line):
            wrong, arrow, right = mark[1].partition("→")
            start = mark.start() - shorter
            found.append(Seen(start, start + len(wrong), right if arrow else None))
            shorter += len(mark[0]) - len(wrong)
        return tuple(found)

    @property
    def text(self) -> Text:
        return read(self.letters, self.format, self.about)


@dataclass(frozen=True)
class Rule:
    """One thing that is looked for.

    Args:
        id: ``family.what-is-wrong``: names the fault, never the remedy. Stable for ever.
        title: a few Chinese words for a list.
        why: why it matters, for an editor.
        basis: articles, each verified against the law's text.
        examples: at least one flagged and one silent line; plain strings are text lines.
        private: the quote is personal and is masked before it leaves.
    """

    id: str
    title: str
    why: str
    basis: tuple[str, ...]
    examples: tuple[Example | str, ...]
    private: bool = False

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            message = (
                f"rule id {self.id!r} is not family.what-is-wrong with a family of {', '.join(FAMILIES)}"
            )
            raise ValueError(message)

    @property
    def family(self) -> str:
        return self.id.partition(".")[0]

    @property
    def looks_behind(self) -> bool:
        """Whether this rule also reads what a reader cannot see."""
        return self.family in _LOOK_BEHIND

    @cached_property
    def lines(self) -> tuple[Example, ...]:
        """The examples, all in one form."""
        return tuple(Example(one) if isinstance(one, str) else one for one in self.examples)

    def at(  # noqa: PLR0913 a finding has these parts
        self,
        text: Text,
        start: int,
        end: int,
        suggestion: str | None = None,
        note: str = "",
        places: Iterable[tuple[int, int]] = (),
    ) -> Finding:
        """A finding at a range of ``text.plain``; further ``places`` of the same kind likewise."""
        return self.at_written(
            text,
            *text.written(start, end),
            suggestion,
            note=note,
            places=tuple(text.written(*place) for place in places),
        )

    def at_written(  # noqa: PLR0913 see at
        self,
        text: Text,
        start: int,
        end: int,
        suggestion: str | None = None,
        note: str = "",
        places: Iterable[tuple[int, int]] = (),
    ) -> Finding:
        """A finding at a range of ``text.as_written``."""
        more = tuple(text.span(*place) for place in places)
        return Finding(
            self, text.span(start, end), text.as_written[start:end], suggestion, note, text.seen, more
        )

    def at_source(self, text: Text, span: Span, suggestion: str | None = None, *, note: str = "") -> Finding:
        """A finding in the source itself: an address in a tag, a piece of broken markup."""
        return Finding(self, span, text.source[span.start : span.end], suggestion, note, text.seen)


class Finding(NamedTuple):
    """One thing seen. ``span`` counts code points of the source; ``quote`` is as the reader sees it.

    ``note`` says what is special about this place (the arithmetic, the right date).
    ``seen`` is where: "page", "hidden" or "code". ``places`` are further places of one
    note that stands for many.
    """

    rule: Rule
    span: Span
    quote: str
    suggestion: str | None = None
    note: str = ""
    seen: str = "page"
    places: tuple[Span, ...] = ()


Find = Callable[[Text], Iterable[Finding]]


class Prepared(NamedTuple):
    """What a rule that reads the operator's tables looks with, and the letters it needs (see ``Detector``)."""

    find: Find
    needs: tuple[str, ...]

    def __call__(self, text: Text) -> Iterable[Finding]:
        """Looks, whether needed or not."""
        return self.find(text)


@dataclass(frozen=True)
class Detector:
    """Code that looks on behalf of one or more rules.

    Args:
        rules: what it may report.
        find: yields findings; holds no state.
        needs: letters of ``Text.plain`` without any of which nothing can be found (empty: always look).
    """

    rules: tuple[Rule, ...]
    find: Find
    needs: tuple[str, ...] = ()
    looks_behind: bool = False
