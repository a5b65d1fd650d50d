"""A PDF file → HTML: lines joined to paragraphs, columns one after the other, rows of cells as tables.

A PDF knows no paragraphs, only pieces of text at places. A word that the end of a line cuts in
two would be hidden from every rule, so lines that were full are joined with the next.
"""

from __future__ import annotations

import io
import logging
import re
import unicodedata
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

import pypdf
from pypdf.errors import DependencyError, LimitReachedError, PyPdfError

from app.documents.paper import Paper, PaperError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_PAGES = 500
_BLANK = 400  # bytes of drawing that a page without any words or pictures may have
_GARBLED = 0.1  # share of signs that stand for nothing
_WIDE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff01-\uff60\u3000-\u303f\U00020000-\U0003ffff“”‘’…—]")
_ENDS = frozenset("。！？；：!?;:")
_BEGINS = re.compile(
    r"\s*(?:[（(]?[一二三四五六七八九十]{1,3}[)）、．.]|[（(]?\d{1,2}[)）、．.](?!\d)|第[一二三四五六七八九十百\d]{1,5}[章节条]|[—－-] ?\d+ ?[—－-])"
)
# Fonts give some letters the code of a radical that looks the same. NFKC knows the Kangxi radicals only.
_RADICALS = str.maketrans(
    "⺠⺟⻅⻆⻉⻋⻓⻔⻘⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⻳⻄⻁⻙⻑",
    "民母见角贝车长门青页风飞食马骨鬼鱼鸟卤麦黄齐齿龙龟西虎韦長",
)
_KANGXI = re.compile(r"[\u2f00-\u2fd5]")
_NARROW = {
    **dict.fromkeys("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 0.68),
    **dict.fromkeys("ijlt", 0.3),
    "m": 0.8,
    "w": 0.7,
}
_LONG_NUMBER = re.compile(r"\d{7}")
_UNKNOWN = re.compile(r"[\ufffd\ue000-\uf8ff\x00-\x08\x0b\x0e-\x1f]|\(cid:\d+\)")

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its warnings quote the file


class _Piece(NamedTuple):
    """Letters on one line, their place in points; ``end`` and ``size`` are estimates."""

    start: float
    end: float
    level: float  # from the bottom of the page
    size: float
    letters: str


def read(raw: bytes) -> Paper:
    """All pages.

    Raises:
        PaperError: broken, encrypted, too many pages, or pictures of text only.
    """
    try:
        reader = pypdf.PdfReader(io.BytesIO(raw))
        refused = _refused(reader)
        pages = [] if refused else [_Page(page) for page in reader.pages]
        fields = [] if refused else _fields(reader)
        attached = 0 if refused else len(reader.attachments)
    except DependencyError as error:
        raise PaperError("PDF 已加密，无法读取") from error
    except LimitReachedError as error:
        raise PaperError("PDF 解压后过大，未读取") from error
    except (
        PyPdfError, ValueError, KeyError, IndexError, RecursionError, OSError, TypeError, AttributeError,
        NotImplementedError, ZeroDivisionError, AssertionError, OverflowError,
    ) as error:  # fmt: skip
        raise PaperError("PDF 损坏，无法读取") from error
    if refused:
        raise PaperError(refused)
    blind = [number for number, page in enumerate(pages, 1) if page.blind]
    garbled = [number for number, page in enumerate(pages, 1) if page.garbled]
    if not any(page.letters.strip() for page in pages):
        raise PaperError(
            "PDF 没有可读的文字，可能是扫描件或图片，机器无法读取" if blind else "PDF 中没有内容"
        )
    if len(garbled) == sum(bool(page.letters.strip()) for page in pages):
        raise PaperError("PDF 的字体没有文字对照表，读出的是乱码，机器无法读取")
    unread = []
    if blind:
        unread.append(f"PDF 第 {_listed(blind)} 页没有文字，可能是扫描件或图片，未能读取")
    if garbled:
        unread.append(f"PDF 第 {_listed(garbled)} 页的字体没有文字对照表，未能读取")
    pictures = sum(page.pictures for page in pages)
    parts = [page.html for page in pages]
    beside = list(dict.fromkeys([*(one for page in pages for one in page.beside), *fields]))
    return Paper(
        "\n<hr>\n".join(parts) + "".join(f"\n{one}" for one in beside),
        "html",
        "",
        tuple(
            what.format(number)
            for number, what in ((pictures, "图片 {} 张"), (attached, "附件 {} 个"))
            if number
        ),
        ("有批注（按隐藏内容审查）",) if any("hidden" in one for one in beside) else (),
        "；".join(unread),
    )


def _refused(reader: pypdf.PdfReader) -> str:
    """Why a PDF is not read at all; "" where it is."""
    if reader.is_encrypted and not reader.decrypt(""):
        return "PDF 已加密，须有密码才能打开，无法读取"
    count = len(reader.pages)
    return f"PDF 有 {count} 页，超过上限 {MOST_PAGES} 页，未读取；请分开上传" if count > MOST_PAGES else ""


def _listed(numbers: Sequence[int]) -> str:
    some = "、".join(map(str, numbers[:10]))
    return some if len(numbers) <= 10 else f"{some} 等 {len(numbers)}"  # noqa: PLR2004 a sentence, not a list


def _fields(reader: pypdf.PdfReader) -> list[str]:
    """What stands in the fields of a form."""
    values = (reader.get_form_text_fields() or {}).values()
    return [f"<p>{escape(str(one), quote=False)}</p>" for one in values if one]


class _Page:
    """One page, read."""

    def __init__(self, page: pypdf.PageObject) -> None:
        self._pieces: list[_Piece] = []
        plain = page.extract_text(visitor_text=self._visit)
        self.letters = _mended(plain)
        self.pictures = _pictures(page)
        self.blind = not self.letters.strip() and (self.pictures > 0 or _drawing(page) > _BLANK)
        signs = "".join(self.letters.split())
        self.garbled = len(_UNKNOWN.findall(signs)) > _GARBLED * len(signs) > 0
        placed = sum(len("".join(piece.letters.split())) for piece in self._pieces)
        # Where places were lost the text itself is what counts.
        self.html = (
            "\n".join(_blocks(_rows(self._pieces)))
            if placed >= len(signs)
            else "\n".join(
                f"<p>{escape(line, quote=False)}</p>" for line in self.letters.split("\n") if line.strip()
            )
        )
        self.beside = list(_annotations(page))

    def _visit(
        self, letters: str, outer: Sequence[float], inner: Sequence[float], _: object, size: float
    ) -> None:
        written = _mended(letters.strip("\n"))
        if not written.strip():
            return
        start = inner[4] * outer[0] + inner[5] * outer[2] + outer[4]
        level = inner[4] * outer[1] + inner[5] * outer[3] + outer[5]
        scale = ((inner[0] * outer[0]) ** 2 + (inner[1] * outer[3]) ** 2) ** 0.5 or 1.0
        size = abs(size * scale) or 10.0
        last = self._pieces[-1] if self._pieces else None
        if (
            last is not None
            and abs(last.level - level) < 0.4 * size
            and last.start - 0.5 * size <= start <= last.end + 0.9 * size
            and not letters.startswith("\n")
        ):
            # pypdf may tell the place of an earlier letter: then this one stands after the last
            begin = last.end if start < last.end - 0.3 * size else start
            end = begin + _width(written) * size
            self._pieces[-1] = last._replace(end=end, letters=last.letters + written)
        else:
            self._pieces.append(_Piece(start, start + _width(written.strip()) * size, level, size, written))


def _mended(letters: str) -> str:
    """Letters under their own codes."""
    return _KANGXI.sub(lambda one: unicodedata.normalize("NFKC", one[0]), letters).translate(_RADICALS)


def _width(letters: str) -> float:
    """Of a line in ems: a Chinese sign is one wide, others about half; measured on common fonts."""
    return sum(
        1.0 if _WIDE.match(one) else _NARROW.get(one, 0.52 if one.isalnum() else 0.35) for one in letters
    )


# --- pieces → rows → blocks -------------------------------------------------------------------


def _rows(pieces: Sequence[_Piece]) -> list[list[_Piece]]:
    """Pieces that follow each other on one level, from left to right."""
    rows: list[list[_Piece]] = []
    for piece in pieces:
        if rows and abs(rows[-1][-1].level - piece.level) < 0.5 * piece.size:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda piece: piece.start) for row in rows]


def _blocks(rows: Sequence[list[_Piece]]) -> Iterator[str]:
    """Paragraphs and tables, in order. One row of several pieces is no table."""
    at, lines = 0, list[_Piece]()
    while at < len(rows):
        stop = at
        while stop < len(rows) and (len(rows[stop]) > 1) == (len(rows[at]) > 1):
            stop += 1
        part = rows[at:stop]
        if len(part[0]) == 1:
            lines += (row[0] for row in part)
        elif len(part) == 1:
            lines.append(_line(part[0]))
        else:
            yield from _paragraphs(lines)
            lines = []
            columns = _columns(part)
            for column in columns:
                yield from _paragraphs(column)
            if not columns:
                yield _table(part)
        at = stop
    yield from _paragraphs(lines)


def _line(row: Sequence[_Piece]) -> _Piece:
    """The pieces of one row as one line, wide gaps as tabs."""
    line = row[0]
    for piece in row[1:]:
        gap = "\t" if piece.start - line.end > 2 * piece.size else ""
        line = line._replace(end=piece.end, letters=line.letters + gap + piece.letters)
    return line


def _columns(rows: Sequence[list[_Piece]]) -> list[list[_Piece]]:
    """Rows that are two columns of running text, as the columns; [] where they are a table."""
    pairs = [row for row in rows if len(row) == 2]  # noqa: PLR2004 two columns
    if len(pairs) < 4 or len(pairs) < 0.8 * len(rows):  # noqa: PLR2004
        return []
    seam = min(row[1].start for row in pairs)
    columns: list[list[_Piece]] = [[], []]
    for row in rows:
        for piece in row:
            columns[piece.start >= seam - piece.size].append(piece)
    for column in columns:
        right = max(piece.end for piece in column)
        full = sum(piece.end > right - 2.5 * piece.size for piece in column)
        if full < 0.7 * len(column) or right - min(piece.start for piece in column) < 10 * column[0].size:
            return []
    return columns


def _table(rows: Sequence[list[_Piece]]) -> str:
    """Cells under the cells of the fullest row."""
    model = max(rows, key=len)
    lines = []
    for row in rows:
        cells = [""] * len(model)
        for number, piece in enumerate(row):
            place = number
            if len(row) < len(model):
                place = min(range(len(model)), key=lambda at: abs(model[at].start - piece.start))
            cells[place] = f"{cells[place]} {piece.letters.strip()}".strip()
        lines.append("<tr>" + "".join(f"<td>{escape(cell, quote=False)}</td>" for cell in cells) + "</tr>")
    return "<table>" + "\n".join(lines) + "</table>"


def _paragraphs(lines: Sequence[_Piece]) -> Iterator[str]:
    """Lines of one column, those that were full joined with the next."""
    right: dict[int, float] = {}
    for line in lines:
        for near in (-1, 0, 1):
            column = round(line.start / 30) + near
            right[column] = max(right.get(column, 0.0), line.end)
    letters = ""
    last: _Piece | None = None
    for line in lines:
        if last is not None and _goes_on(last, line, right[round(last.start / 30)]):
            letters += _seam(letters, line.letters.strip()) + line.letters.strip()
        else:
            if letters:
                yield _paragraph(letters)
            letters = line.letters.strip()
        last = line
    if letters:
        yield _paragraph(letters)


def _paragraph(letters: str) -> str:
    written = escape(letters, quote=False).replace("\t", "&#9;")
    return f"<p>{written}</p>"


def _goes_on(line: _Piece, following: _Piece, right: float) -> bool:
    """Whether a line ends because the column does, and not its paragraph."""
    size, last, first = line.size, line.letters.rstrip()[-1], following.letters.lstrip()[0]
    full = line.end > right - 2.2 * size
    # A narrow column under wide lines: long, and its next line is not longer.
    alike = line.end - line.start > 15 * size and following.end < line.end + 2.2 * size
    return (
        (full or (alike and bool(_WIDE.match(last)) and bool(_WIDE.match(first))))
        and not (_LONG_NUMBER.search(line.letters) and _LONG_NUMBER.search(following.letters))  # a list
        and abs(following.size - size) < 0.15 * size
        and 0 < line.level - following.level < 2.6 * size
        and following.start < line.start + 0.6 * size
        and last not in _ENDS
        and not _BEGINS.match(following.letters)
    )


def _seam(before: str, after: str) -> str:
    """What stands between two joined lines: nothing in Chinese and within numbers, a blank between words."""
    latin = before[-1:].isascii() and after[:1].isascii()
    return " " if latin and before[-1:].isalpha() and after[:1].isalpha() else ""


# --- what is not text ---------------------------------------------------------------------------


def _pictures(page: pypdf.PageObject) -> int:
    """Pictures a page draws, those in its forms included; nothing is decoded."""
    count, seen = 0, set[int]()
    waiting: list[Any] = [page.get("/Resources")]
    while waiting and len(seen) < 1_000:  # noqa: PLR2004 forms within forms without end
        resources = _object(waiting.pop())
        if not isinstance(resources, dict) or id(resources) in seen:
            continue
        seen.add(id(resources))
        drawn = _object(resources.get("/XObject"))
        for one in map(_object, drawn.values() if isinstance(drawn, dict) else ()):
            if isinstance(one, dict) and one.get("/Subtype") == "/Image":
                count += 1
            elif isinstance(one, dict):
                waiting.append(one.get("/Resources"))
    contents = page.get_contents() if not count else None
    return count or int(
        contents is not None and b" BI" in contents.get_data() and b"EI" in contents.get_data()
    )


def _drawing(page: pypdf.PageObject) -> int:
    """Bytes of drawing: letters may have been turned into outlines."""
    contents = page.get_contents()
    return 0 if contents is None else len(contents.get_data())


def _annotations(page: pypdf.PageObject) -> Iterator[str]:
    """Where links lead; what stands in text boxes laid over the page; notes, hidden."""
    notes = _object(page.get("/Annots"))
    for one in map(_object, notes if isinstance(notes, list) else ()):
        if not isinstance(one, dict):
            continue
        action = _object(one.get("/A"))
        target = _object(action.get("/URI")) if isinstance(action, dict) else None
        if target:
            address = _text(target)
            yield f'<p><a href="{escape(address)}">{escape(address, quote=False)}</a></p>'
        contents = _text(_object(one.get("/Contents")) or "")
        if contents.strip():
            free = one.get("/Subtype") == "/FreeText"
            yield f"<{'p' if free else 'div hidden'}>{escape(contents, quote=False)}</{'p' if free else 'div'}>"


def _text(value: Any) -> str:  # noqa: ANN401 a PDF object
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _object(value: Any) -> Any:  # noqa: ANN401 a PDF object, perhaps by reference
    return value.get_object() if hasattr(value, "get_object") else value
