"""The article of a whole page, told apart from navigation and footer; and what its meta tags say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from html import unescape

# Names that content systems of government sites give to the element around an article.
_CONTAINER = re.compile(
    r"<(?P<tag>div|td|article|section)\b[^>]{0,400}?\b(?:id|class)\s*=\s*[\"']?[^\"'>]{0,120}?"
    r"\b(?:UCAP-CONTENT|TRS_Editor|trs_editor_view|TRS_UEDITOR|zoom|pages_content|view TRS|article-content|article_content|"
    r"articleContent|news_content|newscontent|con_text|content_area|content-text|main-text|txt_con|wzcon|xl-content)\b",
    re.IGNORECASE,
)
_META = re.compile(r"<meta\b([^>]{0,2000})>", re.IGNORECASE)
_PAIR = re.compile(r"(name|property|content)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{0,1000})", re.IGNORECASE)
_HEAD = 200_000  # characters: meta tags stand before the page proper

FIELDS = {  # our field → the names the regulators' rules for page tags give it
    "title": ("articletitle", "og:title"),
    "published_on": ("pubdate", "publishdate", "article:published_time"),
    "source_name": ("contentsource", "source"),
    "author": ("author",),
    "column": ("columnname", "channel"),
    "unit": ("sitename",),
    "url": ("url", "og:url"),
}


@dataclass(frozen=True, slots=True)
class Article:
    """Where the article is: a range of the source, or the lines an extractor took for it."""

    start: int = -1
    end: int = -1
    lines: frozenset[str] = frozenset()

    def part(self, source: str, start: int, end: int) -> str:
        """Which part of the page a range of the source lies in: article or page."""
        if self.start >= 0:
            return "article" if self.start <= start and end <= self.end else "page"
        line = _squeezed(source[source.rfind(">", 0, start) + 1 : _or_end(source, source.find("<", end))])
        return "article" if any(line and line in one for one in self.lines) else "page"


@lru_cache(maxsize=4)
def locate(source: str) -> Article | None:
    """The article of a page, by the usual containers, else by trafilatura; None where there is none to tell."""
    opening = _CONTAINER.search(source)
    if opening:
        return Article(opening.start(), _closing(source, opening))
    import trafilatura  # slow to import, and only for pages of unknown systems

    extracted = trafilatura.extract(source, include_tables=True, include_comments=False, favor_recall=True)
    if not extracted:
        return None
    return Article(lines=frozenset(filter(None, map(_squeezed, extracted.splitlines()))))


def _closing(source: str, opening: re.Match[str]) -> int:
    tag, depth = opening["tag"], 0
    for one in re.finditer(rf"<(/?){tag}\b", source[opening.start() :], re.IGNORECASE):
        depth += -1 if one[1] else 1
        if not depth:
            return opening.start() + one.end()
    return len(source)


def _or_end(source: str, at: int) -> int:
    return len(source) if at < 0 else at


def _squeezed(letters: str) -> str:
    return re.sub(r"\s+", "", unescape(letters))


def meta(source: str) -> dict[str, str]:
    """Title, date, source, column … as the page's meta tags state them; what they do not state is left out."""
    stated: dict[str, str] = {}
    head = source[:_HEAD]
    for tag in _META.finditer(head):
        pairs = {name.lower(): unescape(a or b or c).strip() for name, a, b, c in _PAIR.findall(tag[1])}
        name = (pairs.get("name") or pairs.get("property") or "").lower()
        if name and pairs.get("content"):
            stated.setdefault(name, pairs["content"])
    found = {
        field: next(stated[name] for name in names if name in stated)
        for field, names in FIELDS.items()
        if any(name in stated for name in names)
    }
    if "title" not in found and (title := _TITLE.search(head)):
        found["title"] = unescape(title[1]).strip()
    return found
