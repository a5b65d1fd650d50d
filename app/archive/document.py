"""One published page as it lies in an archive, and the Arrow tables it travels in."""

from __future__ import annotations

import datetime
import hashlib
import re
from dataclasses import dataclass, fields, replace
from typing import Any

import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader found. ``error`` says in Chinese why it could not be read: never an all-clear."""

    key: str  # unique in the archive: path, URL or the table's own key
    body: str = ""
    title: str = ""
    format: str = "text"
    url: str = ""
    published_on: str = ""  # ISO date
    source_name: str = ""
    source_url: str = ""
    author: str = ""
    column: str = ""
    unit: str = ""
    whole: bool = False  # a page of a site with its navigation, not an article alone
    error: str = ""

    @property
    def digest(self) -> str:
        """Content and metadata: as long as it stays, nothing but changed rules can see anything new."""
        together = "\0".join(str(getattr(self, one.name)) for one in fields(self) if one.name != "key")
        return hashlib.blake2b(together.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

    @property
    def day(self) -> datetime.date | None:
        """The day of publication, if it reads as one."""
        return day(self.published_on)


_DAY = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})|(?<!\d)((?:19|20)\d{2})(\d{2})(\d{2})(?!\d)"
)


def day(words: str) -> datetime.date | None:
    """The first date in a metadata field, however written; None where there is none."""
    match = _DAY.search(words)
    if match is None:
        return None
    try:
        return datetime.date(*map(int, match.group(1, 2, 3) if match[1] else match.group(4, 5, 6)))
    except ValueError:
        return None


PAGES = pa.schema(
    [pa.field(one.name, pa.bool_() if one.name == "whole" else pa.string()) for one in fields(Document)]
)

_PLACE = pa.struct([("start", pa.int32()), ("end", pa.int32())])
FINDING = pa.struct(
    [
        ("rule", pa.string()),
        ("field", pa.string()),
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("quote", pa.string()),  # masked where it is personal
        ("suggestion", pa.string()),
        ("note", pa.string()),
        ("hidden", pa.bool_()),
        ("part", pa.string()),  # "article", "page" (navigation, footer …) or "" where they are not told apart
        ("fingerprint", pa.string()),  # of rule and folded surroundings: the same place after other edits
        ("answer", pa.string()),  # "stop", "review" or null
    ]
)
RESULTS = pa.schema(
    [
        ("key", pa.string()),
        ("digest", pa.string()),
        ("url", pa.string()),
        ("title", pa.string()),
        ("published_on", pa.string()),
        ("column", pa.string()),
        ("unit", pa.string()),
        ("characters", pa.int32()),
        ("verdict", pa.string()),
        ("findings", pa.list_(FINDING)),
        ("unseen", pa.list_(pa.struct([("rule", pa.string()), ("reason", pa.string())]))),
    ]
)


def table(documents: list[Document]) -> pa.Table:
    """Documents as an Arrow table of the schema PAGES."""
    rows = [
        {one.name: _clean(getattr(document, one.name)) for one in fields(Document)} for document in documents
    ]
    return pa.Table.from_pylist(rows, schema=PAGES)


def documents(pages: pa.Table) -> list[Document]:
    """An Arrow table with some or all columns of PAGES as documents; missing columns are empty.

    Raises:
        KeyError: there is no column "key" or "body".
    """
    names = set(pages.column_names)
    for needed in ("key", "body"):
        if needed not in names:
            raise KeyError(needed)
    known = [one.name for one in fields(Document) if one.name in names]
    return [
        _with_text(Document(**{name: value for name, value in row.items() if value is not None}))
        for row in pages.select(known).to_pylist()
    ]


def _with_text(document: Document) -> Document:
    """Nothing to read is no all-clear."""
    return document if document.error or document.body.strip() else replace(document, error="没有正文")


def _clean(value: Any) -> Any:  # noqa: ANN401 text or a flag
    """Arrow holds UTF-8: a lone surrogate becomes the replacement character, which the rules report."""
    return (
        value.encode("utf-8", "replace").decode() if isinstance(value, str) and not value.isascii() else value
    )
