"""A Word file (.docx) → HTML in which nothing that it holds is lost.

Read from its XML: python-docx knows no tracked changes, text boxes, notes or fields. Inserted
text is text; deleted text, comments and hidden text are hidden parts of the page; tables stay tables.
"""

from __future__ import annotations

import re
from html import escape, unescape
from typing import TYPE_CHECKING

from app.documents.package import Package, attribute, local, words
from app.documents.paper import Paper, PaperError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

_SKIP = frozenset({"pPr", "rPr", "tblPr", "tblGrid", "trPr", "tcPr", "sdtPr", "sdtEndPr", "sectPr", "rubyPr",
                   "fldData", "ffData", "tblPrEx", "smartTagPr", "customXmlPr", "ctrlPr"})  # fmt: skip
_DELETED = frozenset({"del", "moveFrom"})
_INSERTED = frozenset({"ins", "moveTo"})
_OFF = frozenset({"0", "false", "off", "none"})
_SIGNS = {"tab": "&#9;", "ptab": "&#9;", "br": "<br>", "cr": "<br>", "noBreakHyphen": "-"}
# Fields whose code says nothing that a reader would not see in their result.
_PLAIN_FIELDS = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES", "TOC", "REF", "PAGEREF", "NOTEREF", "SEQ", "DATE", "TIME",
                           "STYLEREF", "HYPERLINK", "EQ", "SHAPE", "MERGEFORMAT", "FORMTEXT", "FORMCHECKBOX", "FORMDROPDOWN",
                           "=", "EMBED", "LISTNUM", "ADVANCE"})  # fmt: skip
_FIELD = re.compile(r"\s*([^\s\"\\]+)(?:\s+\"([^\"]*)\"|\s+([^\s\\\"]\S*))?")
_STORIES = ("header", "footer", "footnotes", "endnotes")  # in this order after the text
_DRAWN = frozenset({"t", "v"})  # words of a diagram or chart
_HEADING = re.compile(r"(?:heading|标题) ?([1-6])", re.IGNORECASE)
_CHECKBOX = "□"  # a sign of a symbol font, where the letter itself is none


def read(package: Package) -> Paper:
    """The text of a Word file: body, then headers, footers, notes, drawings and, hidden, comments.

    Raises:
        PaperError: broken, or without any words.
    """
    reader = _Reader(package)
    reader.story(package.main)
    title = reader.title
    ties = list(package.related(package.main))
    for kind in _STORIES:
        for name in dict.fromkeys(one.target for one in ties if one.kind == kind and not one.external):
            reader.story(name, "footer" if kind == "footer" else "header" if kind == "header" else "div")
    reader.drawings()
    comments = [one.target for one in ties if one.kind == "comments" and not one.external]
    for name in comments:
        reader.comments(name)
    body = "\n".join(reader.parts)
    if not reader.letters and not title:
        pictures = package.count("media")
        raise PaperError(
            f"Word 文件没有可读的文字，只有 {pictures} 张图片，图片中的文字机器无法读取"
            if pictures
            else "Word 文件没有可读的文字"
        )
    foreign = sum(one.kind in {"aFChunk", "subDocument"} for one in ties)
    return Paper(
        body,
        "html",
        title,
        tuple(_not_read(package, reader)),
        tuple(reader.noted()),
        f"文件嵌有 {foreign} 处外部文档片段，其中的文字未能读取" if foreign else "",
    )


def _not_read(package: Package, reader: _Reader) -> Iterator[str]:
    for count, what in (
        (package.count("media"), "图片 {} 张"),
        (package.count("embeddings"), "嵌入对象 {} 个"),
        (package.count("activeX"), "控件文件 {} 个"),
        (reader.numbered, "自动编号 {} 处（正文中不含编号）"),
        (len(package.named("vbaproject.bin")), "宏 {} 个（没有打开）"),
    ):
        if count:
            yield what.format(count)


class _Field:
    """A field code being read; ``link`` is open while its result is."""

    def __init__(self) -> None:
        self.code, self.link, self.shown = "", False, False


class _Reader:
    """Parts of one Word file → pieces of HTML, counting what people should know."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.parts: list[str] = []  # finished blocks
        self.title = ""
        self.letters = 0  # that a reader sees
        self.inserted = self.deleted = self.vanished = self.commented = self.numbered = 0
        self.styles: dict[str, str] = {}  # style id → name in lower case
        self.numbering: set[str] = set()  # styles that number their paragraphs
        self._read_styles()
        self._inside_deleted = 0
        self._hidden = False
        self._fields: list[_Field] = []
        self._line: list[str] = []  # pieces of the paragraph being read
        self._after: list[str] = []  # blocks that stand in it: text boxes
        self._links: dict[str, str] = {}
        self._drawn: dict[str, None] = {}

    def noted(self) -> Iterator[str]:
        """What the author should settle before the file goes out."""
        if self.inserted or self.deleted:
            yield f"有未接受的修订：插入 {self.inserted} 处（按正文审查）、删除 {self.deleted} 处（按隐藏内容审查）"
        if self.commented:
            yield f"有批注 {self.commented} 条（按隐藏内容审查）"
        if self.vanished:
            yield f"有隐藏文字 {self.vanished} 处（按隐藏内容审查）"

    # --- parts

    def story(self, name: str, tag: str = "") -> None:
        """A part that holds paragraphs and tables."""
        if name not in self.package.names:
            raise PaperError("文件损坏：缺少其中引用的部分")
        root = self.package.part(name)
        self._links = {}
        for one in self.package.related(name):
            if one.kind == "hyperlink":
                self._links[one.id] = one.target
            elif one.kind in {"chart", "chartEx", "diagramData"} and not one.external:
                self._drawn[one.target] = None
        bodies = [root] if tag else [one for one in root if local(one) == "body"]
        blocks = [
            block
            for body in bodies
            for block in self._blocks(body, top=not tag)
            if not (tag and block in {"<p></p>", ""})
        ]
        if tag and blocks:
            blocks = [f"<{tag}>", *blocks, f"</{tag}>"]
        self.parts += blocks

    def drawings(self) -> None:
        """Words of diagrams and charts, which are parts of their own."""
        for name in self._drawn:
            if name in self.package.names:
                root = self.package.part(name)
                lines = [
                    one.text.strip()
                    for one in root.iter()
                    if isinstance(one.tag, str) and local(one) in _DRAWN and (one.text or "").strip()
                ]
                self.parts += [f"<p>{self._seen(line)}</p>" for line in lines]

    def comments(self, name: str) -> None:
        """Comments, as a hidden part of the page."""
        if name not in self.package.names:
            return
        for comment in self.package.part(name):
            self.commented += 1
            letters = escape(words(comment, frozenset({"t"})), quote=False)
            who = escape(attribute(comment, "author"), quote=False)
            self.parts.append(f"<div hidden>批注 {who}：{letters}</div>")

    def _read_styles(self) -> None:
        """Word in Chinese numbers the ids of its styles and keeps their English names."""
        for one in self.package.related(self.package.main):
            if one.kind != "styles" or one.target not in self.package.names:
                continue
            for style in self.package.part(one.target):
                name = attribute(style, "styleId")
                for part in style:
                    if local(part) == "name":
                        self.styles[name] = attribute(part, "val").lower()
                    elif local(part) == "pPr" and any(local(each) == "numPr" for each in part):
                        self.numbering.add(name)

    # --- blocks

    def _blocks(self, element: _Element, *, top: bool = False) -> Iterator[str]:
        for child in element:
            tag = local(child)
            if tag == "p":
                yield from self._paragraph(child, top=top)
            elif tag == "tbl":
                yield self._table(child)
            elif tag == "AlternateContent":
                yield from self._alternative_blocks(child)
            elif tag in _DELETED:
                self._inside_deleted += 1
                yield from self._blocks(child)
                self._inside_deleted -= 1
            elif tag in {"footnote", "endnote"}:
                if attribute(child, "type") in {"", "normal"}:
                    yield from self._blocks(child)
            elif tag == "r":  # a run where a paragraph should be
                yield from self._paragraph(element)
                return
            elif tag not in _SKIP:
                yield from self._blocks(child, top=top)

    def _alternative_blocks(self, element: _Element) -> Iterator[str]:
        """As ``_alternative``, of whole paragraphs."""
        choices = list(element)
        for number, choice in enumerate(choices):
            outer = self._hidden
            self._hidden = outer or number > 0
            if number == 0 or (_words(choice) and _words(choice) != _words(choices[0])):
                yield from self._blocks(choice)
            self._hidden = outer

    def _paragraph(self, element: _Element, *, top: bool = False) -> Iterator[str]:
        outer, before = (self._line, self._after), self.letters
        self._line, self._after = [], []
        self._inline(element)
        self._end_links()
        letters, after = "".join(self._line), self._after
        self._line, self._after = outer
        style = self._style(element)
        if top and style == "title" and letters and not before and not self.title and "<" not in letters:
            self.title = " ".join(unescape(letters).split())
        else:
            level = _HEADING.fullmatch(style)
            tag = f"h{level[1]}" if level else "p"
            yield f"<{tag}>{letters}</{tag}>"
        yield from after

    def _style(self, element: _Element) -> str:
        """The name of a paragraph's style; counts what Word numbers by itself."""
        style, numbered = "", False
        for one in (each for properties in element if local(properties) == "pPr" for each in properties):
            if local(one) == "pStyle":
                style = attribute(one, "val")
            elif local(one) == "numPr":
                numbered = True
        self.numbered += numbered or style in self.numbering
        return self.styles.get(style, "")

    def _table(self, element: _Element) -> str:
        rows = [self._row(row) for row in _held(element, "tr")]
        return "<table>" + "".join(rows) + "</table>"

    def _row(self, row: _Element) -> str:
        hidden = before = ""
        for properties in row:
            if local(properties) == "trPr":
                for one in properties:
                    if local(one) == "hidden" and attribute(one, "val") not in _OFF:
                        hidden = " hidden"
                    elif local(one) == "gridBefore" and attribute(one, "val").isdecimal():
                        before = "<td></td>" * min(int(attribute(one, "val")), 50)
        return f"<tr{hidden}>{before}{''.join(map(self._cell, _held(row, 'tc')))}</tr>"

    def _cell(self, cell: _Element) -> str:
        span = ""
        for properties in cell:
            if local(properties) == "tcPr":
                for one in properties:
                    if local(one) == "gridSpan" and attribute(one, "val").isdecimal():
                        span = f' colspan="{attribute(one, "val")}"'
        blocks = list(self._blocks(cell))
        if len(blocks) == 1 and blocks[0].startswith("<p>"):
            blocks = [blocks[0][3:-4]]
        return f"<td{span}>{''.join(blocks)}</td>"

    # --- what stands in a line

    def _inline(self, element: _Element) -> None:
        for child in element:
            tag = local(child)
            if tag in _SKIP:
                continue
            if tag == "r":
                self._run(child)
            elif tag in _DELETED:
                self.deleted += 1
                self._inside_deleted += 1
                self._inline(child)
                self._inside_deleted -= 1
            elif tag == "hyperlink":
                self._link(child)
            elif tag == "fldSimple":
                self._code(attribute(child, "instr"))
                self._inline(child)
            else:
                self.inserted += tag in _INSERTED
                self._piece(child, tag)

    def _link(self, element: _Element) -> None:
        target, tip = self._links.get(attribute(element, "id"), ""), attribute(element, "tooltip")
        href = f' href="{escape(target)}"' if target else ""
        title = f' title="{escape(tip)}"' if tip else ""
        self._line.append(f"<a{href}{title}>" if href or title else "")
        self._inline(element)
        self._line.append("</a>" if href or title else "")

    def _blocks_of(self, element: _Element) -> list[str]:
        """Blocks of an element that is one itself."""
        return [self._table(element)] if local(element) == "tbl" else list(self._paragraph(element))

    def _run(self, run: _Element) -> None:
        outer = self._hidden
        self._hidden = outer or _vanishes(run)
        for child in run:
            tag = local(child)
            if tag not in _SKIP:
                self._piece(child, tag)
        self._hidden = outer

    def _piece(self, element: _Element, tag: str) -> None:  # noqa: C901, PLR0912 one branch for each thing a run may hold
        if tag == "t":
            self._line.append(self._seen(element.text or ""))
        elif tag in {"delText", "delInstrText"}:
            self._inside_deleted += 1
            self._line.append(self._seen(element.text or ""))
            self._inside_deleted -= 1
        elif tag in _SIGNS:
            self._line.append(_SIGNS[tag])
        elif tag == "sym":
            self._line.append(self._seen(_symbol(attribute(element, "char"))))
        elif tag == "instrText":
            if self._fields:
                self._fields[-1].code += element.text or ""
        elif tag == "fldChar":
            self._field(attribute(element, "fldCharType"))
        elif tag in {"drawing", "pict", "object"}:
            self._drawing(element)
        elif tag == "AlternateContent":
            self._alternative(element)
        elif tag == "ruby":
            self._ruby(element)
        elif tag in {"p", "tbl"}:
            self._after += self._blocks_of(element)
        elif tag == "txbxContent":
            self._after += ["<div>", *self._blocks(element), "</div>"]
        else:
            self._inline(element)

    def _seen(self, letters: str) -> str:
        """Letters as HTML; hidden ones in an element that is hidden."""
        written = escape(letters, quote=False)
        if not letters:
            return ""
        if self._inside_deleted:
            return f"<del hidden>{written}</del>"
        if self._hidden:
            self.vanished += 1
            return f"<span hidden>{written}</span>"
        self.letters += len(letters.strip())
        return written

    def _ruby(self, element: _Element) -> None:
        self._line.append("<ruby>")
        for part in element:
            if local(part) == "rubyBase":
                self._inline(part)
        for part in element:
            if local(part) == "rt":
                self._line.append("<rt>")
                self._inline(part)
                self._line.append("</rt>")
        self._line.append("</ruby>")

    # --- fields

    def _field(self, kind: str) -> None:
        if kind == "begin":
            self._fields.append(_Field())
        elif self._fields and kind == "separate":
            self._result(self._fields[-1])
        elif self._fields and kind == "end":
            field = self._fields.pop()
            if not field.shown:
                self._code(field.code)
            if field.link:
                self._line.append("</a>")

    def _result(self, field: _Field) -> None:
        field.shown = True
        target = self._code(field.code)
        if target:
            self._line.append(f'<a href="{escape(target)}">')
            field.link = True

    def _code(self, code: str) -> str:
        """The address of a link; other codes that might say something become a hidden part."""
        found = _FIELD.match(code)
        if found is None:
            return ""
        name = found[1].upper()
        if name == "HYPERLINK":
            return found[2] or found[3] or ""
        if name not in _PLAIN_FIELDS and code.strip():
            self._line.append(f"<span hidden>{escape(code.strip(), quote=False)}</span>")
        return ""

    def _end_links(self) -> None:
        """A link ends with its paragraph, even where its field does not."""
        for field in self._fields:
            if field.link:
                self._line.append("</a>")
                field.link = False

    # --- drawings

    def _drawing(self, element: _Element) -> None:
        for one in element:
            tag = local(one)
            if tag == "docPr":
                for alternative in dict.fromkeys((attribute(one, "descr"), attribute(one, "title"))):
                    self._line.append(f'<img alt="{escape(alternative)}">' if alternative else "")
            elif tag == "textpath":  # a watermark, which is where 机密 stands
                self._after.append(f"<p>{self._seen(attribute(one, 'string'))}</p>")
            elif tag == "txbxContent":
                self._after += ["<div>", *self._blocks(one), "</div>"]
            elif tag == "AlternateContent":
                self._alternative(one)
            elif tag == "t":
                self._after.append(f"<p>{self._seen(one.text or '')}</p>")
            else:
                if tag == "shape" and attribute(one, "alt"):
                    self._line.append(f'<img alt="{escape(attribute(one, "alt"))}">')
                self._drawing(one)

    def _alternative(self, element: _Element) -> None:
        """Two versions of one thing, for new and for old programs: the first, and the other where it differs."""
        choices = list(element)
        for number, choice in enumerate(choices):
            if number == 0:
                self._drawing_or_run(choice)
            elif _words(choice) and _words(choice) != _words(choices[0]):
                outer, self._hidden = self._hidden, True
                self._drawing_or_run(choice)
                self._hidden = outer

    def _drawing_or_run(self, choice: _Element) -> None:
        for one in choice:
            if local(one) not in _SKIP:
                self._piece(one, local(one))


def _words(element: _Element) -> str:
    """What a drawing says, to compare its versions."""
    paths = "".join(attribute(one, "string") for one in element.iter() if local(one) == "textpath")
    return "".join((words(element, frozenset({"t"})) + paths).split())


def _held(element: _Element, tag: str) -> Iterator[_Element]:
    """Rows of a table or cells of a row, those in content controls and revisions included."""
    for child in element:
        name = local(child)
        if name == tag:
            yield child
        elif name not in _SKIP:
            yield from _held(child, tag)


def _vanishes(run: _Element) -> bool:
    return any(
        local(one) in {"vanish", "specVanish"} and attribute(one, "val") not in _OFF
        for properties in run
        if local(properties) == "rPr"
        for one in properties
    )


def _symbol(code: str) -> str:
    """A sign of a symbol font. Digits and Latin letters lie at U+F020 and on."""
    try:
        letter = chr(int(code, 16) & 0xFF)
    except ValueError:
        return _CHECKBOX
    return letter if letter.isascii() and letter.isalnum() else _CHECKBOX
