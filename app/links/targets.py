"""Where the links come from: a page, a list of addresses, an archive."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import httpx

from detectors.markup import read

if TYPE_CHECKING:
    from collections.abc import Iterator

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


class SourceError(ValueError):
    """What was given holds no links that could be visited; the message says why, in Chinese."""


class Target(NamedTuple):
    """One link and where it was found. ``url`` is absolute, without fragment; ``words`` is what the reader clicks on."""

    url: str
    host: str
    page: str
    words: str


def targets(source: str, base: str = "") -> Iterator[Target]:
    """The links of a page (.html, .md, .txt), of a list (one address a line, or a CSV with a column url or 网址),
    or of an archive (whatever ``xianshen rescan`` reads).

    Args:
        source: a path, or an address to be visited itself.
        base: address of the page or site, for relative links.

    Raises:
        SourceError: naming what is wrong.
    """
    if source.startswith(("http://", "https://")):
        yield from _made(source, "", "", "")
        return
    path = Path(source)
    if not path.exists():
        raise SourceError(f"没有文件或文件夹 {source}")
    suffix = path.suffix.lower()
    if path.is_file() and suffix in _FORMATS:
        yield from of_page(_letters(path), _FORMATS[suffix], path.name, base)
    elif path.is_file() and suffix in {".txt", ".list", ".url", ""}:
        yield from _of_lines(_letters(path), path.name, base)
    elif path.is_file() and suffix == ".csv" and (column := _column(path)):
        yield from _of_table(path, column, base)
    else:
        yield from _of_archive(source, base)


def of_page(letters: str, format_: str, page: str, base: str = "") -> Iterator[Target]:
    """The links of one page: attributes, and addresses written out in the text. Each address once."""
    text = read(letters, format_)
    seen: set[str] = set()
    for link in text.links:
        words = text.as_written[link.shown[0] : link.shown[1]].strip()
        for target in _made(link.target, base, page, words):
            if target.url not in seen:
                seen.add(target.url)
                yield target
    for match in _BARE.finditer(text.as_written):
        for target in _made(match.group().rstrip(".,;:!?)]}>'\""), base, page, ""):
            if target.url not in seen:
                seen.add(target.url)
                yield target


def _of_lines(letters: str, page: str, base: str) -> Iterator[Target]:
    lines = [line.strip() for line in letters.splitlines() if line.strip() and not line.startswith("#")]
    listed = [line for line in lines if line.startswith(("http://", "https://"))]
    if len(listed) * 2 < len(lines):  # a text with addresses in it, not a list
        yield from of_page(letters, "text", page, base)
        return
    for line in lines:
        yield from _made(line.split()[0], base, page, " ".join(line.split()[1:]))


def _column(path: Path) -> str:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        head = [name.strip() for name in next(csv.reader(file), [])]
    return next((name for name in head if name in _COLUMNS and "body" not in head), "")


def _of_table(path: Path, column: str, base: str) -> Iterator[Target]:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        for row in csv.DictReader(file, skipinitialspace=True):
            yield from _made((row.get(column) or "").strip(), base, path.name, "")


def _of_archive(source: str, base: str) -> Iterator[Target]:
    from app.archive.readers import ArchiveError, parts

    try:
        for part in parts(source):
            for document in part.documents():
                if not document.error:
                    page = document.url or document.key
                    yield from of_page(document.body, document.format, page, document.url or base)
    except ArchiveError as error:
        raise SourceError(str(error)) from error


def _made(written: str, base: str, page: str, words: str) -> Iterator[Target]:
    """The visitable address, if it is one: http(s), or relative where the base is known."""
    if not written or len(written) > _MOST or written.startswith("#"):
        return
    try:
        url = httpx.URL(written)
        if not url.is_absolute_url:
            if not base or url.scheme:
                return
            url = httpx.URL(base).join(url)
        if url.scheme not in {"http", "https"} or not url.host:
            return
        url = url.copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError, TypeError, UnicodeError):
        if re.match(r"https?:", written):  # broken, and said so in the report
            yield Target(written, "", page, words)
        return
    yield Target(str(url), url.host.lower(), page, words)


def _letters(path: Path) -> str:
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SourceError(f"{path}：既不是 UTF-8 也不是 GB18030 编码的文字")
