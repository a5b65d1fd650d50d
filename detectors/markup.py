"""HTML and Markdown source → the characters a reader sees, each with its place in the source.

One forward pass, linear in the source whatever it holds: markup that browsers would repair
is repaired the same way, and what cannot be markup is text. Nothing raises and nothing is
dropped: what a reader cannot see is read apart, as ``hidden`` or ``code``.
"""

from __future__ import annotations

import re
from functools import cache
from html.entities import html5
from typing import TYPE_CHECKING

from detectors.text import NOTHING_SAID, About, Cell, Link, Run, Span, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)
_BLOCK = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "button",
        "canvas",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "frameset",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "head",
        "header",
        "hgroup",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "optgroup",
        "option",
        "p",
        "pre",
        "section",
        "select",
        "summary",
        "table",
        "tbody",
        "tfoot",
        "textarea",
        "thead",
        "title",
        "tr",
        "ul",
        "video",
        "audio",
        "iframe",
        "object",
    ]
)
_CLOSED_BY = {  # an open element of the key ends where one of these begins
    "p": _BLOCK
    - {"button", "option", "optgroup", "select", "textarea", "title", "video", "audio", "iframe", "object"},
    "li": frozenset({"li"}),
    "dd": frozenset({"dd", "dt"}),
    "dt": frozenset({"dd", "dt"}),
    "option": frozenset({"option", "optgroup"}),
    "td": frozenset({"td", "th", "tr", "tbody", "tfoot"}),
    "th": frozenset({"td", "th", "tr", "tbody", "tfoot"}),
    "tr": frozenset({"tr", "tbody", "tfoot"}),
}
_SET_ASIDE = frozenset(
    {"rt", "rp", "title"}
)  # read after the page: they stand beside its words, not among them
_UNSEEN = frozenset({"template", "noscript", "noembed", "noframes"})
_LETTERS_ONLY = frozenset({"title", "textarea", "xmp"})  # what looks like a tag in these is none
_FOREIGN = ("svg", "math")  # XML within HTML: there CDATA is text, and a tag can close itself
_ADDRESSES = (
    "href",
    "src",
    "srcset",
    "action",
    "formaction",
    "data",
    "data-src",
    "data-original",
    "poster",
    "background",
)
_WORDS = (
    "alt",
    "title",
    "placeholder",
    "aria-label",
    "aria-description",
    "aria-placeholder",
    "aria-roledescription",
    "aria-valuetext",
    "label",
    "summary",
    "srcdoc",
)

_TAG = re.compile(r"<(?=/?[a-zA-Z]|!--|![a-zA-Z\[]|\?[a-zA-Z])")
_NAME = re.compile(r"[a-zA-Z][^\s/>]*+")
_EDGE = re.compile(r"""["'>]""")
_ATTRIBUTE = re.compile(r"""([^\s=>"'/]++)(?:\s*+=\s*+("[^"]*"|'[^']*'|[^\s>"']++[^\s>]*+))?""")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7};?|#[xX][0-9a-fA-F]{1,6};?|[a-zA-Z][a-zA-Z0-9]{1,31};?)")
_ESCAPES = {  # letters of a script or a style, which a reader sees written out
    "script": re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))"),
    "style": re.compile(r"\\([0-9a-fA-F]{1,6})(?:\r\n|[ \t\r\n\f])?"),
}
_COMMENT_END = re.compile(r"--!?>")
_UNSEEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$|!)"
    r"|font-size\s*:\s*[01](?:\.\d+)?(?:px|pt|em|%)?\s*(?:;|$|!)|text-indent\s*:\s*-\d{3,}"
    r"|(?<![-\w])(?:left|top|margin-left|margin-top)\s*:\s*-\d{3,}|(?<![-\w])(?:width|height)\s*:\s*[01]px"
    r"|clip\s*:\s*rect\(\s*0",
    re.IGNORECASE,
)
_BREAKS = str.maketrans("\n\t\r\f", "    ")
_MOST_SPAN = 1000  # browsers cap colspan there too
_MOST_COLUMNS = 200  # of a table in which cells over several rows are followed; people's tables have ten


def read(source: str, format_: str = "text", about: About = NOTHING_SAID) -> Text:
    """The text of one field. ``format_``: "text", "html" or "markdown"."""
    if format_ == "text":
        return Text.of(source, about)
    return _Reader(source, markdown=format_ == "markdown").text(about, format_)


class _View:
    """Characters collected for one view and the runs they came from."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.runs: list[Run] = []
        self.length = 0
        self.last = "\n"

    def add(self, letters: str, start: int, end: int) -> None:
        if letters:
            self.pieces.append(letters)
            self.runs.append(Run(len(letters), start, end))
            self.length += len(letters)
            self.last = letters[-1]

    def break_(self, at: int, mark: str = "\n") -> None:
        if self.last != "\n" and (mark == "\n" or self.last != mark):
            self.add(mark, at, at)


class _Element:
    __slots__ = ("aside", "hidden", "link", "name")

    def __init__(self, name: str, *, hidden: bool, aside: bool, link: int | None) -> None:
        self.name, self.hidden, self.aside, self.link = name, hidden, aside, link


class _Table:
    """Counting rows and columns of one table, cells that span several included."""

    def __init__(self, number: int) -> None:
        self.number, self.row, self.column = number, -1, 0
        self.taken: dict[int, int] = {}  # column → last row in which a cell from above takes it
        self.open: tuple[int, int, bool] | None = None  # column, start, header

    def next_row(self) -> None:
        self.row += 1
        self.column = 0

    def next_cell(self, start: int, columns: int, rows: int, *, header: bool) -> None:
        self.row = max(self.row, 0)
        while self.taken.get(self.column, -1) >= self.row:
            self.column += 1
        self.open = self.column, start, header
        if rows > 1:
            last = min(self.column + columns, _MOST_COLUMNS)
            self.taken.update(dict.fromkeys(range(self.column, last), self.row + rows - 1))
        self.column += columns


class _Reader:
    def __init__(self, source: str, *, markdown: bool) -> None:
        self.source = source
        self.page, self.asides, self.hidden, self.code = _View(), _View(), _View(), _View()
        self.open: list[_Element] = []
        self.counts: dict[str, int] = {}
        self.hidden_depth = self.aside_depth = self.pre_depth = 0
        self.links: list[tuple[str, Span, int, str, str]] = []
        self.shown: dict[int, tuple[int, int]] = {}
        self.tables: list[_Table] = []
        self.table_count = 0
        self.cells: list[Cell] = []
        self.quotes_pair = True
        self.last_end = source.rfind(
            ">"
        )  # behind it no tag can end, and to look each time would be quadratic
        self.words: Callable[[int, int], None] = self._markdown if markdown else self._words
        self.keep_breaks = markdown

    # --- result

    def text(self, about: About, format_: str) -> Text:
        self._read()
        while self.open:
            self._pop(len(self.source))
        page = self.page
        if self.asides.length:
            page.break_(len(self.source))
            page.pieces += self.asides.pieces
            page.runs += self.asides.runs
        links = tuple(
            Link(target, span, self.shown.get(number, (at, at)), via, tag)
            for number, (target, span, at, via, tag) in enumerate(self.links)
        )
        beside = tuple(
            Text(self.source, "".join(view.pieces), tuple(view.runs), about=about, seen=seen)
            for view, seen in ((self.hidden, "hidden"), (self.code, "code"))
            if view.length
        )
        return Text(
            self.source,
            "".join(page.pieces),
            tuple(page.runs),
            links,
            tuple(self.cells),
            about,
            beside=beside,
            body_format=format_,
        )

    @property
    def view(self) -> _View:
        if self.hidden_depth:
            return self.hidden
        return self.asides if self.aside_depth else self.page

    # --- the pass

    def _read(self) -> None:
        source, at = self.source, 0
        for tag in self._tags():
            start = tag.start()
            if start < at:
                continue
            self.words(at, start)
            mark = source[start + 1]
            if mark == "!" and source.startswith("<!--", start):
                at = self._comment(start)
            elif mark in "!?":
                at = self._declaration(start)
            elif mark == "/":
                at = self._close(start)
            else:
                at = self._start(start)
        self.words(at, len(source))

    def _tags(self) -> Iterator[re.Match[str]]:
        return _TAG.finditer(self.source)

    def _past(self, start: int) -> int:
        end = self.source.find(">", start)
        return len(self.source) if end < 0 else end + 1

    @property
    def foreign(self) -> bool:
        """Whether this is within a drawing or a formula."""
        return any(self.counts.get(name) for name in _FOREIGN)

    def _declaration(self, start: int) -> int:
        """``<!…>`` and ``<?…>``: browsers take all but the type of the document for comments."""
        source = self.source
        if self.foreign and source.startswith("<![CDATA[", start):
            end = source.find("]]>", start)
            stop = len(source) if end < 0 else end
            self._letters(self.view, start + 9, stop)
            return min(stop + 3, len(source))
        end = self._past(start)
        if source[start + 2 : start + 9].lower() != "doctype":
            self._beside(start + 2, end - source.startswith(">", end - 1))
        return end

    def _comment(self, start: int) -> int:
        source = self.source
        for nothing in (">", "->"):
            if source.startswith(nothing, start + 4):
                return start + 4 + len(nothing)
        end = _COMMENT_END.search(source, start + 4)
        self._beside(start + 4, end.start() if end else len(source))
        return end.end() if end else len(source)

    def _beside(self, start: int, end: int) -> None:
        """What browsers pass over, as a piece of the hidden view."""
        self.hidden.break_(start)
        self._letters(self.hidden, start, end)
        self.hidden.break_(end)

    def _close(self, start: int) -> int:
        name = _NAME.match(self.source, start + 2)
        end = self._past(start)
        tag = name.group().lower() if name else ""
        stop = end - self.source.startswith(">", end - 1)
        if name and self.source[name.end() : stop].strip():
            self._beside(name.end(), stop)
        if self.counts.get(tag):
            while self.open[-1].name != tag:
                self._pop(start)
            self._pop(start)
        elif tag in {"p", "br"}:
            self.view.break_(start)
        return end

    def _end_of_tag(self, at: int) -> int:
        """Index of the ">" that ends a tag, quotes respected; -1 where there is none."""
        source = self.source
        if self.quotes_pair:
            from_ = at
            while (edge := _EDGE.search(source, from_)) is not None:
                if edge.group() == ">":
                    return edge.start()
                from_ = source.find(edge.group(), edge.end()) + 1
                if not from_:
                    break
            # Once a quotation stays open no later one can be trusted; and to look again each time would be quadratic.
            self.quotes_pair = False
        return source.find(">", at)

    def _start(self, start: int) -> int:
        source = self.source
        if start > self.last_end:
            self._letters(self.view, start, start + 1)
            return start + 1
        name = _NAME.match(source, start + 1)
        tag = name.group().lower() if name else ""
        at = name.end() if name else start + 1
        end = at if source.startswith(">", at) else self._end_of_tag(at)
        if end < 0:
            self._letters(self.view, start, start + 1)
            return start + 1
        attributes = self._attributes(at, end) if end > at else {}
        if tag in _ESCAPES:
            self._addresses(tag, attributes)
            return end + 1 if self.foreign and source[end - 1] == "/" else self._raw(tag, end + 1)
        while self.open and tag in _CLOSED_BY.get(self.open[-1].name, ()):
            self._pop(start)
        self._enter(tag, attributes, start, end + 1)
        return self._only_letters(tag, end + 1) if tag in _LETTERS_ONLY and not self.foreign else end + 1

    def _only_letters(self, tag: str, at: int) -> int:
        """The content of an element in which nothing is markup but its own end."""
        closing = _closing(tag).search(self.source, at)
        end = closing.start() if closing else len(self.source)
        self._words(at, end)
        return end

    def _raw(self, tag: str, at: int) -> int:
        closing = _closing(tag).search(self.source, at)
        end = closing.start() if closing else len(self.source)
        self.code.break_(at)
        for escape in _ESCAPES[tag].finditer(self.source, at, end):
            self.code.add(self.source[at : escape.start()], at, escape.start())
            self.code.add(_letter(int(escape[escape.lastindex or 0], 16)), *escape.span())
            at = escape.end()
        self.code.add(self.source[at:end], at, end)
        return self._past(end)

    def _attributes(self, start: int, end: int) -> dict[str, tuple[int, int]]:
        """Name → range of its value in the source, quotes off; the first of a name counts."""
        found: dict[str, tuple[int, int]] = {}
        for match in _ATTRIBUTE.finditer(self.source, start, end):
            name = match.group(1).lower()
            if name not in found:
                first, last = match.span(2)
                if first >= 0 and self.source[first] in "\"'":
                    first, last = first + 1, last - 1
                found[name] = (first, last) if first >= 0 else (match.end(1), match.end(1))
        return found

    # --- elements

    def _enter(self, tag: str, attributes: dict[str, tuple[int, int]], start: int, end: int) -> None:
        if tag in _BLOCK:
            self.view.break_(start)
        hidden = tag in _UNSEEN or (bool(attributes) and self._is_hidden(tag, attributes))
        aside = tag in _SET_ASIDE
        link = self._addresses(tag, attributes) if attributes else None
        if attributes:
            self._attribute_words(tag, attributes, hidden=hidden)
        if tag == "br":
            self.view.add("\n", start, end)
        if tag in _VOID:
            return
        self._table(tag, attributes, start)
        self.open.append(_Element(tag, hidden=hidden, aside=aside, link=link))
        self.counts[tag] = self.counts.get(tag, 0) + 1
        self.hidden_depth += hidden
        self.aside_depth += aside
        self.pre_depth += tag in {"pre", "textarea"}
        if hidden or aside:
            self.view.break_(start)

    def _pop(self, at: int) -> None:
        element = self.open.pop()
        tag = element.name
        self.counts[tag] -= 1
        if element.hidden or element.aside or tag in _BLOCK:
            self.view.break_(at)
        self.hidden_depth -= element.hidden
        self.aside_depth -= element.aside
        self.pre_depth -= tag in {"pre", "textarea"}
        if element.link is not None:
            self.shown[element.link] = (self.links[element.link][2], self.page.length)
        if tag in {"td", "th"}:
            self._end_cell()
        elif tag == "table" and self.tables:
            self.tables.pop()

    def _table(self, tag: str, attributes: dict[str, tuple[int, int]], at: int) -> None:
        if tag == "table":
            self.tables.append(_Table(self.table_count))
            self.table_count += 1
        elif not self.tables or self.hidden_depth:
            return
        elif tag == "tr":
            self.tables[-1].next_row()
        elif tag in {"td", "th"}:
            self.page.break_(at, "\t")
            columns, rows = (self._number(attributes, name) for name in ("colspan", "rowspan"))
            self.tables[-1].next_cell(self.page.length, columns, rows, header=tag == "th")

    def _end_cell(self) -> None:
        if self.tables and (cell := self.tables[-1].open):
            table = self.tables[-1]
            column, start, header = cell
            self.cells.append(Cell(table.number, table.row, column, start, self.page.length, header))
            table.open = None

    def _number(self, attributes: dict[str, tuple[int, int]], name: str) -> int:
        start, end = attributes.get(name, (0, 0))
        digits = self.source[start:end].strip()
        return (
            min(max(int(digits), 1), _MOST_SPAN)
            if digits.isascii() and digits.isdecimal() and len(digits) < 5
            else 1
        )

    def _is_hidden(self, tag: str, attributes: dict[str, tuple[int, int]]) -> bool:
        if "hidden" in attributes:
            return True
        if "style" in attributes and _UNSEEN_STYLE.search(self._value(attributes["style"])):
            return True
        return tag == "input" and self._value(attributes.get("type", (0, 0))).strip().lower() == "hidden"

    def _value(self, place: tuple[int, int]) -> str:
        return _ENTITY.sub(lambda match: _entity(match.group()), self.source[place[0] : place[1]])

    def _addresses(self, tag: str, attributes: dict[str, tuple[int, int]]) -> int | None:
        """Note the links of a tag; the number of the one whose text is the tag's content."""
        own: int | None = None
        for name in _ADDRESSES:
            place = attributes.get(name)
            if place is None or (name == "data" and tag != "object"):
                continue
            if name == "href" and tag == "a":
                own = len(self.links)
            target = self._value(place).strip()
            targets = (
                [part.split()[0] for part in target.split(",") if part.strip()]
                if name == "srcset"
                else [target]
            )
            for one in targets:
                self.links.append((one, Span(*place), self.page.length, name, tag))
        return own

    def _attribute_words(self, tag: str, attributes: dict[str, tuple[int, int]], *, hidden: bool) -> None:
        view = self.hidden if hidden or self.hidden_depth else self.asides
        names: tuple[str, ...] = _WORDS
        if tag in {"input", "button"} or (tag == "param"):
            names = (*_WORDS, "value")
        elif tag == "meta" and "content" in attributes:
            names = ("content",)
        for name in names:
            place = attributes.get(name)
            if place is not None and place[1] > place[0]:
                view.break_(place[0])
                self._letters(view, *place)
                view.break_(place[1])

    # --- characters

    def _words(self, start: int, end: int) -> None:
        if start >= end:
            return
        view = self.view
        if view.last in "\n\t" and not self.pre_depth:
            chunk = self.source[start:end]
            kept = chunk.lstrip(" \n\t\r\f")
            start += len(chunk) - len(kept)
        self._letters(view, start, end)

    def _letters(self, view: _View, start: int, end: int) -> None:
        """Source characters into a view, entities resolved."""
        source, at = self.source, start
        if source.find("&", start, end) >= 0:
            for match in _ENTITY.finditer(source, start, end):
                letters = _entity(match.group())
                if letters != match.group():
                    self._plain(view, at, match.start())
                    view.add(letters, *match.span())
                    at = match.end()
        self._plain(view, at, end)

    def _plain(self, view: _View, start: int, end: int) -> None:
        if start < end:
            letters = self.source[start:end]
            if not (self.keep_breaks or self.pre_depth) and (
                "\n" in letters or "\t" in letters or "\r" in letters
            ):
                letters = letters.translate(_BREAKS)
            view.add(letters, start, end)

    def _markdown(self, start: int, end: int) -> None:
        """Characters of Markdown: its marks left out, its links noted."""
        at = start
        for mark in _MARKDOWN.finditer(self.source, start, end):
            if mark.start() < at:
                continue
            self._letters(self.view, at, mark.start())
            at = mark.end()
            if mark.lastgroup == "target":
                number, first = len(self.links), self.page.length
                self.links.append(
                    (mark["target"], Span(*mark.span("target")), first, "markdown", mark["image"] or "a")
                )
                self._letters(self.asides if mark["image"] else self.view, *mark.span("words"))
                if mark["image"]:
                    self.asides.break_(at)
                self.shown[number] = (first, self.page.length)
            elif mark.lastgroup == "strong":
                self._letters(self.view, *mark.span("strong"))
            elif mark.lastgroup == "bar":
                self.view.add("\t", *mark.span())
        self._letters(self.view, at, end)


_MARKDOWN = re.compile(
    r"(?P<image>!)?\[(?P<words>[^\[\]\n]{0,500})\]\([ \t]{0,9}<?(?P<target>[^\s()<>]{1,2000})>?(?:[ \t]{1,9}\"[^\"\n]{0,300}\")?[ \t]{0,9}\)"
    r"|(?<![*0-9A-Za-z])(?P<stars>\*{1,3})(?=[\w“《（(「【])(?P<strong>[^*\n]{1,300}?)(?<=\S)(?P=stars)(?!\*)"
    r"|^[ ]{0,3}(?:#{1,6}[ \t]+|>[ \t]?)"
    r"|^[ ]{0,3}(?:`{3,}|~{3,})[^\n]{0,99}$"
    r"|^[ ]{0,3}\|?[ \t]{0,9}:?-{3,}:?[ \t|:-]{0,500}$"
    r"|~~|`"
    r"|(?P<bar>(?<=[^\n])[ \t]{0,9}(?<!\\)\|[ \t]{0,9})",
    re.MULTILINE,
)


def _entity(written: str) -> str:
    """The character an entity stands for; what is no entity stays as written."""
    if written[1] == "#":
        digits = written[2:].rstrip(";")
        return _letter(int(digits[1:], 16) if digits[0] in "xX" else int(digits))
    return html5.get(written[1:], written)


def _letter(code: int) -> str:
    """The letter of a code that somebody wrote as a number."""
    return "\ufffd" if code == 0 or code > 0x10FFFF or 0xD800 <= code < 0xE000 else chr(code)


@cache
def _closing(tag: str) -> re.Pattern[str]:
    return re.compile(rf"</{tag}(?=[\s/>])", re.IGNORECASE)
