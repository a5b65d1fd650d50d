"""A submitted post → the page as a reader will see it; a span → the field it lies in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from app.checklist import Facts
from detectors.markup import read
from detectors.text import About, Span, Text, join

if TYPE_CHECKING:
    import datetime

ORDINARY = "ordinary"
EXEMPT = ("惩戒公示", "强制性信息披露")  # 六安 第二十一条(三): may name people, with a stated basis


class Place(NamedTuple):
    """A range of one submitted field, in code points."""

    field: str
    start: int
    end: int


@dataclass(frozen=True)
class Page:
    """One post. Only ``body`` is required; what is empty was not stated."""

    body: str
    title: str = ""
    format: str = "text"
    category: str = ""
    channel: str = ""
    unit: str = ""
    unit_kind: str = ""
    source_name: str = ""
    source_url: str = ""
    author: str = ""
    published_on: datetime.date | None = None
    formed_on: datetime.date | None = None
    disclosure: str = ORDINARY
    disclosure_basis: str = ""
    external_id: str = ""
    complete: bool = field(default=False)
    thorough: bool = False  # look more widely for wrong characters
    reasons: bool = False  # let findings of wrong characters tell how both readings scored
    unread: str = (
        ""  # why words of the post could not be read (a scan, a broken file); then no rule has seen it all
    )

    @cached_property
    def about(self) -> About:
        """What the sender said, for the rules."""
        return About(
            title=self.title,
            category=self.category,
            channel=self.channel,
            unit=self.unit,
            unit_kind=self.unit_kind,
            source_name=self.source_name,
            source_url=self.source_url,
            author=self.author,
            published_on=self.published_on,
            formed_on=self.formed_on,
            disclosure=self.disclosure,
            complete=self.complete,
        )

    @cached_property
    def text(self) -> Text:
        """Title and body as one text, a line apart."""
        return join((Text.of(self.title), read(self.body, self.format)), self.about)

    @property
    def facts(self) -> Facts:
        """What routes depend on."""
        return Facts(self.unit_kind, self.category, self.channel, self.repost)

    @property
    def repost(self) -> bool:
        """Taken from somebody else: said so, or a source that is not the unit itself."""
        return self.category == "转载" or bool(
            (self.source_name or self.source_url) and self.source_name != self.unit
        )

    @property
    def digest(self) -> str:
        """SHA-256 over title, line feed, body in UTF-8: what was screened is what is published."""
        return (
            "sha256:"
            + hashlib.sha256(f"{self.title}\n{self.body}".encode("utf-8", "surrogatepass")).hexdigest()
        )

    def place(self, span: Span) -> Place:
        """Where a span of ``text.source`` lies. A span over the seam belongs to the field it begins in."""
        seam = len(self.title)
        if span.start < seam:
            return Place("title", span.start, min(span.end, seam))
        return Place("body", max(span.start - seam - 1, 0), span.end - seam - 1)
