"""A workbook (.xlsx) → HTML tables, one for each sheet; hidden sheets, rows and columns among the rest.

Cells by openpyxl's own reader of a sheet, row by row; what it leaves out (comments, drawings,
caches of pivot tables) from the XML.
"""

from __future__ import annotations

import datetime
import re
import warnings
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING, Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._reader import FORMULA_TAG, VALUE_TAG, WorkSheetParser

from app.documents.package import Package, attribute, local, words
from app.documents.paper import Paper, PaperError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.etree import _Element
    from openpyxl import Workbook
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

MOST_CELLS = 1_000_000
_DRAWN = frozenset({"t", "v"})
_CODES = re.compile(
    r'&(?:"[^"]*"|K[0-9A-F]{6}|[0-9]{1,3}|[A-Z])'
)  # of a sheet's header: font, size, position
_LINK = re.compile(r'HYPERLINK\("([^"]+)"', re.IGNORECASE)
_BUILT_IN = 164  # number formats that every workbook has
_PERCENT = frozenset({9, 10})  # of these, those with a percent sign
_WHOLE = 1e18  # numbers beyond are written as they are: they are no identifiers
_FLAT = frozenset({"0", "0.0"})  # a row or column drawn together to nothing
_MOST_COLUMNS = 16_384
_SOME = 10  # of a list that people read
_OFF = frozenset({"", "0", "false"})


class _Sheet(WorkSheetParser):  # type: ignore[misc]  # openpyxl publishes no types
    """openpyxl's reader, that also counts formulas whose result was never stored and keeps their addresses."""

    blind = 0

    def __init__(self, *given: Any, **named: Any) -> None:  # noqa: ANN401 passed on
        super().__init__(*given, **named)
        self.addresses: dict[str, None] = {}

    def parse_cell(self, element: _Element) -> dict[str, Any]:
        """One cell."""
        formula = element.find(FORMULA_TAG)
        if formula is not None:
            if not element.findtext(VALUE_TAG) and element.get("t") != "str":
                self.blind += 1
            if (link := _LINK.search(formula.text or "")) is not None:
                self.addresses[link[1]] = None
        cell: dict[str, Any] = super().parse_cell(element)
        return cell


def read(package: Package, raw: bytes) -> Paper:
    """All sheets, then drawings, headers and, hidden, comments and cached data.

    Raises:
        PaperError: broken, too many cells, or nothing in them.
    """
    package.check_declarations()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what openpyxl does not know is read from the XML below
        try:
            book = load_workbook(BytesIO(raw), read_only=True, data_only=True)
            tables = _Tables(book)
            parts = list(tables.all())
        except (PaperError, MemoryError):
            raise
        except Exception as error:  # whatever a broken file makes openpyxl raise
            raise PaperError(f"表格文件损坏，无法读取（{type(error).__name__}）") from error
    stated = sum(
        local(one) == "sheet" for one in package.part(package.main).iter() if isinstance(one.tag, str)
    )
    beside = _Beside(package)
    parts += beside.shown()
    hidden = list(beside.hidden())
    if not tables.letters + beside.letters:
        pictures = package.count("media")
        raise PaperError(
            f"表格没有可读的文字，只有 {pictures} 张图片，图片中的文字机器无法读取"
            if pictures
            else "表格中没有内容"
        )
    unread = []
    if len(book.sheetnames) < stated:
        unread.append(f"有 {stated - len(book.sheetnames)} 张工作表未能读取")
    if tables.blind:
        unread.append(f"有 {tables.blind} 个公式没有保存计算结果，未能读取；请用表格软件打开并保存后再传")
    return Paper(
        "\n".join([*parts, *hidden]),
        "html",
        "",
        tuple(_not_read(package)),
        (*tables.noted(), *beside.noted()),
        "；".join(unread),
    )


def _not_read(package: Package) -> Iterator[str]:
    for count, what in (
        (package.count("media"), "图片 {} 张"),
        (package.count("embeddings"), "嵌入对象 {} 个"),
        (package.count("activeX", "ctrlProps"), "控件文件 {} 个"),
        (len(package.named("vbaproject.bin")), "宏 {} 个（没有打开）"),
    ):
        if count:
            yield what.format(count)


class _Tables:
    """The sheets of one workbook as tables. What is hidden stands among the rest: a reader has it at one click."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.cells = self.letters = self.blind = 0
        self.hidden: list[str] = []

    def noted(self) -> Iterator[str]:
        """What a reader would not see at once."""
        if self.hidden:
            some = "；".join(self.hidden[:_SOME])
            more = f" 等 {len(self.hidden)} 处" if len(self.hidden) > _SOME else ""
            yield f"有隐藏的内容（已按正文审查，他人取消隐藏即可看到）：{some}{more}"

    def all(self) -> Iterator[str]:
        """One block of HTML for each sheet."""
        for sheet in self.book.worksheets:
            if not hasattr(sheet, "_get_source"):  # a sheet that is a chart; its words are drawings
                continue
            if sheet.sheet_state != "visible":
                self.hidden.append(f"工作表“{sheet.title}”")
            table = self._table(sheet)
            if table:
                yield f"<h2>{escape(sheet.title, quote=False)}</h2>\n{table}"

    def _table(self, sheet: ReadOnlyWorksheet) -> str:
        # openpyxl's own way in, one step further inside: its sheets tell nothing of hidden rows and columns
        with sheet._get_source() as source:  # noqa: SLF001
            parser = _Sheet(
                source,
                sheet._shared_strings,  # noqa: SLF001
                data_only=True,
                epoch=self.book.epoch,
                date_formats=self.book._date_formats,  # noqa: SLF001
                timedelta_formats=self.book._timedelta_formats,  # noqa: SLF001
            )
            rows = [(number, row) for number, cells in parser.parse() if (row := self._row(cells))]
        self.blind += parser.blind
        columns = sorted({column for _, row in rows for column in row})
        covered = sorted(_hidden_columns(parser) & set(columns))
        if covered:
            self.hidden.append(f"“{sheet.title}”第 {_listed(map(get_column_letter, covered))} 列")
        covered = [number for number, _ in rows if _covered(parser.row_dimensions.get(str(number), {}))]
        if covered:
            self.hidden.append(f"“{sheet.title}”第 {_listed(map(str, covered))} 行")
        lines = (
            "<tr>" + "".join(f"<td>{row.get(column, '')}</td>" for column in columns) + "</tr>"
            for _, row in rows
        )
        links = "".join(map(_link, parser.addresses))
        head = _header(getattr(parser, "HeaderFooter", None))
        return (f"<table>{chr(10).join(lines)}</table>" if rows else "") + links + head

    def _row(self, cells: list[dict[str, Any]]) -> dict[int, str]:
        self.cells += len(cells)
        if self.cells > MOST_CELLS:
            raise PaperError(f"表格超过 {MOST_CELLS} 个单元格，未读取")
        row = {}
        for cell in cells:
            if cell["value"] is not None and (letters := self._letters(cell)):
                row[cell["column"]] = escape(letters, quote=False).replace("\n", "<br>")
                self.letters += len(letters.strip())
        return row

    def _letters(self, cell: dict[str, Any]) -> str:
        """A value as the table shows it, near enough for the rules."""
        value = cell["value"]
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, float | int):
            if self._percent(cell["style_id"]):
                return f"{value * 100:.10g}%"
            return str(int(value)) if float(value).is_integer() and abs(value) < _WHOLE else repr(value)
        if isinstance(value, datetime.datetime) and value.time() == datetime.time():
            return value.date().isoformat()
        return str(value)

    def _percent(self, style: int) -> bool:
        number = self.book._cell_styles[style].numFmtId  # noqa: SLF001 as in ``_table``
        own = number - _BUILT_IN
        return number in _PERCENT or (own >= 0 and "%" in self.book._number_formats[own])  # noqa: SLF001


def _covered(dimension: dict[str, str]) -> bool:
    return (
        dimension.get("hidden", "") not in _OFF
        or dimension.get("ht", "") in _FLAT
        or dimension.get("width", "") in _FLAT
    )


def _hidden_columns(parser: _Sheet) -> set[int]:
    hidden: set[int] = set()
    for one in parser.column_dimensions.values():
        if _covered(one):
            hidden.update(range(int(one["min"]), min(int(one["max"]), _MOST_COLUMNS) + 1))
    return hidden


def _listed(names: Iterable[str]) -> str:
    every = list(names)
    return "、".join(every[:_SOME]) + ("…" if len(every) > _SOME else "")


def _link(target: str) -> str:
    return f'<p><a href="{escape(target)}">{escape(target, quote=False)}</a></p>'


def _header(header: Any) -> str:  # noqa: ANN401 openpyxl's HeaderFooter or None
    """What is printed above and below each page."""
    letters: dict[str, None] = {}
    for part in ("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"):
        item = getattr(header, part, None)
        for side in ("left", "center", "right"):
            text = getattr(getattr(item, side, None), "text", None)
            if text and (plain := _CODES.sub("", text).strip()):
                letters[plain] = None
    return "".join(f"<p>{escape(one, quote=False)}</p>" for one in letters)


class _Beside:
    """What stands beside the cells: drawings, comments, caches."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.commented = self.cached = self.letters = 0

    def noted(self) -> Iterator[str]:
        if self.commented:
            yield f"有批注 {self.commented} 条（按隐藏内容审查）"
        if self.cached:
            yield "带有数据透视表或外部链接的缓存数据（按隐藏内容审查），他人可以还原"

    def shown(self) -> Iterator[str]:
        """Text boxes and charts, and where links lead."""
        for name in self.package.named(".xml"):
            if any(f"/{folder}/" in name for folder in ("drawings", "charts", "diagrams", "chartsheets")):
                for one in self.package.part(name).iter():
                    if isinstance(one.tag, str) and local(one) in _DRAWN and (one.text or "").strip():
                        yield self._line("p", one.text.strip())
        for name in self.package.named(".xml"):
            if "/worksheets/" in name:
                for tie in self.package.related(name):
                    if tie.external and tie.kind == "hyperlink":
                        yield _link(tie.target)

    def hidden(self) -> Iterator[str]:
        """Comments, and copies of data that only the program itself reads."""
        for name in self.package.named(".xml"):
            if "comments" in name.lower():
                for one in self.package.part(name).iter():
                    if isinstance(one.tag, str) and local(one) in {"comment", "threadedComment"}:
                        letters = words(one, frozenset({"t", "text"}))
                        self.commented += bool(letters.strip())
                        yield self._line("div hidden", f"批注 {attribute(one, 'ref')}：{letters}")
            elif "/pivotCache/" in name or "/externalLinks/" in name:
                values = dict.fromkeys(
                    attribute(one, "v") or (one.text or "")
                    for one in self.package.part(name).iter()
                    if isinstance(one.tag, str) and local(one) in {"s", "n", "v", "d"}
                )
                letters = "\n".join(value for value in values if value.strip())
                if letters:
                    self.cached += 1
                    yield self._line("div hidden", letters)

    def _line(self, tag: str, letters: str) -> str:
        self.letters += len(letters.strip())
        return f"<{tag}>{escape(letters, quote=False)}</{tag.partition(' ')[0]}>"
