"""Where the links come from: a page, a list of addresses, an archive."""

from __future__ import annotations

import csv
import re
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TextIO

import httpx

from app.documents.letters import decoded
from app.documents.paper import PaperError
from detectors.markup import read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_FORMATS = {
    ".html": "html",
    ".htm": "html",
    ".shtml": "html",
    ".xhtml": "html",
    ".md": "markdown",
    ".markdown": "markdown",
}
_BARE = re.compile(r"https?://[a-zA-Z0-9.-]{1,253}(?::\d{1,5})?(?:[/?#][!#-;=?-Z\[\]_a-z~]{0,2000})?")
_COLUMNS = ("url", "网址", "链接", "地址", "link", "URL")
_MOST = 4_000  # characters of an address
_WEB = re.compile(r"https?:", re.IGNORECASE)
_HOST = re.compile(
    r"(?:[\w-]{1,63}\.){1,10}[^\W\d_]{2,63}(?:[:/?].*)?", re.IGNORECASE
)  # as people list sites
_DROPPED = re.compile(r"[\t\r\n]")  # from an address, by every browser
RELATIVE = "相对链接（没有网址可以补全，用 --base 给出）"
UNREAD = "未能读取的页面，其中的链接"


class SourceError(ValueError):
    """What was given holds no links that could be visited; the message says why, in Chinese."""


class Target(NamedTuple):
    """One link and where it was found. ``url`` is absolute, without fragment; ``words`` is what the reader clicks on."""

    url: str
    host: str
    page: str
    words: str


@dataclass
class Given:
    """What the operator says about a source, and what of it could not become a link: never an all-clear.

    ``base`` is the address of the page or site, for relative links; ``columns`` and ``query`` are those of an archive.
    """

    base: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    missed: Counter[str] = field(default_factory=Counter)


def targets(source: str, given: Given | None = None) -> Iterator[Target]:
    """The links of a page (.html, .md, .txt), of a list (one address a line, or a CSV with a column url or 网址),
    or of an archive (whatever ``xianshen rescan`` reads).

    Args:
        source: a path, or an address to be visited itself.
        given: what else is known; is told what was missed.

    Raises:
        SourceError: naming what is wrong.
    """
    given = given or Given()
    if _WEB.match(source):
        yield from _made(source, "", "", "", given.missed)
        return
    path = Path(source)
    if not path.exists() and "://" not in source:
        raise SourceError(f"没有文件或文件夹 {source}")
    suffix = path.suffix.lower()
    if path.is_file() and suffix in _FORMATS:
        yield from of_page(_letters(path), _FORMATS[suffix], path.name, given.base, given.missed)
    elif path.is_file() and suffix in {".txt", ".list", ".url", ""}:
        yield from _of_lines(_letters(path), path.name, given)
    elif path.is_file() and suffix == ".csv" and (column := _column(path)):
        yield from _of_table(path, column, given)
    else:
        yield from _of_archive(source, given)


def of_page(
    letters: str, format_: str, page: str, base: str = "", missed: Counter[str] | None = None
) -> Iterator[Target]:
    """The links of one page: attributes, and addresses written out in the text. Each address once."""
    text = read(letters, format_)
    missed = Counter() if missed is None else missed
    base = next((_joined(base, link.target) for link in text.links if link.tag == "base"), base)
    seen: set[str] = set()
    for link in text.links:
        if link.tag == "base":
            continue
        words = text.as_written[link.shown[0] : link.shown[1]].strip()
        for target in _made(link.target, base, page, words, missed):
            if target.url not in seen:
                seen.add(target.url)
                yield target
    for match in _BARE.finditer(text.as_written):
        for target in _made(match.group().rstrip(".,;:!?)]}>'\""), base, page, "", missed):
            if target.url not in seen:
                seen.add(target.url)
                yield target


def _of_lines(letters: str, page: str, given: Given) -> Iterator[Target]:
    lines = [line.strip() for line in letters.splitlines() if line.strip() and not line.startswith("#")]
    listed = [line for line in lines if _WEB.match(line) or _HOST.fullmatch(line.split()[0])]
    if len(listed) * 2 < len(lines):  # a text with addresses in it, not a list
        yield from of_page(letters, "text", page, given.base, given.missed)
        return
    for line in lines:
        address, *words = line.split()
        yield from _made(_completed(address), given.base, page, " ".join(words), given.missed)


def _completed(address: str) -> str:
    """An address of a list, which may be a host alone."""
    return f"http://{address}" if not _WEB.match(address) and _HOST.fullmatch(address) else address


@contextmanager
def _rows(path: Path) -> Iterator[TextIO]:
    """A CSV file, in whatever encoding a spreadsheet has saved it."""
    from app.archive.readers import ArchiveError, encoding

    try:
        with path.open(encoding=encoding(path), errors="replace", newline="") as file:
            yield file
    except (ArchiveError, csv.Error) as error:
        raise SourceError(str(error)) from error


def _column(path: Path) -> str:
    with _rows(path) as file:
        head = [name.strip() for name in next(csv.reader(file), [])]
    return next((name for name in head if name in _COLUMNS and "body" not in head), "")


def _of_table(path: Path, column: str, given: Given) -> Iterator[Target]:
    with _rows(path) as file:
        for row in csv.DictReader(file, skipinitialspace=True):
            address = (row.get(column) or "").strip()
            yield from _made(_completed(address), given.base, path.name, "", given.missed)


def _of_archive(source: str, given: Given) -> Iterator[Target]:
    from app.archive.readers import ArchiveError, Columns, parts

    try:
        for part in parts(source, Columns(given.columns), given.query):
            for document in part.documents():
                if document.error:
                    given.missed[UNREAD] += 1
                    continue
                page = document.url or document.key
                yield from of_page(
                    document.body, document.format, page, document.url or given.base, given.missed
                )
    except ArchiveError as error:
        raise SourceError(str(error)) from error


def _joined(base: str, own: str) -> str:
    """The base that a page gives itself."""
    try:
        return str(httpx.URL(base).join(own) if base else httpx.URL(own))
    except (httpx.InvalidURL, ValueError, TypeError, UnicodeError):
        return base


def _made(written: str, base: str, page: str, words: str, missed: Counter[str]) -> Iterator[Target]:
    """The visitable address, if it is one: http(s), or relative where the base is known."""
    written = _DROPPED.sub("", written).strip()
    if not written or len(written) > _MOST or written.startswith("#"):
        return
    try:
        url = httpx.URL(written)
        if not url.is_absolute_url and not url.scheme:
            if not base:
                missed[RELATIVE] += 1
                return
            url = httpx.URL(base).join(url)
        if url.scheme not in {"http", "https"}:
            return
        url = url.copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError, TypeError, UnicodeError):
        url = httpx.URL()
        if not _WEB.match(written):
            return
    # Without a host it is broken, and said so in the report.
    yield Target(str(url) if url.host else written, url.host.lower(), page, words)


def _letters(path: Path) -> str:
    try:
        return decoded(path.read_bytes())
    except (PaperError, OSError) as error:
        raise SourceError(f"{path}：{error}") from error
