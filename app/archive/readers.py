"""Archives of every kind → parts, each of which a worker can read by itself.

A part says where its pages lie (paths, byte ranges, row groups …); only what cannot be
reached at random (WARC, CSV, SQL) is read here and sent along. The order of parts and
pages is the same in every run: that is how a run is taken up again.
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import gzip
import hashlib
import os
import re
import stat
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from app.archive.article import meta
from app.archive.document import Document
from app.documents.letters import decoded
from app.documents.paper import PaperError
from app.documents.papers import FORMATS, HTML, PAPERS, UNREADABLE, read

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

PART = 500  # pages; some seconds of work
_BYTES = 300_000  # of a part read by range
_HEAD = 1 << 20  # bytes read at once to tell a table's encoding
_FIRST = 100  # lines that tell the fields of a file of JSON
_GROUP = 4 * PART  # rows of a Parquet row group that one worker may read by itself
LARGEST = 64 * 1024 * 1024  # bytes of one file or line; more is reported, not read
_RATIO = 200  # times that a packed file may grow
_STRANGE = re.compile("[\ufffd\ue000-\uf8ff]")  # what letters of another encoding become

PACKED = frozenset({".zip", ".rar", ".7z", ".gz", ".tgz", ".tar", ".bz2", ".xz"})
# Pages and papers. An old or packed paper cannot be read, which must be said; pictures, sounds, scripts are no pages.
WANTED = frozenset(
    {*FORMATS, *PAPERS, *(kind for kind, why in UNREADABLE.items() if "图片" not in why), *PACKED}
)
# What a page loads; other endings (.jsp, .aspx, none at all) say nothing, there the first letters tell a page.
_LOADED = frozenset(
    {
        *(kind for kind, why in UNREADABLE.items() if "图片" in why),
        ".js", ".mjs", ".css", ".map", ".json", ".svg", ".ico", ".cur", ".woff", ".woff2", ".ttf", ".otf", ".eot",
        ".mp3", ".wav", ".mp4", ".m3u8", ".ts", ".avi", ".mov", ".flv", ".swf", ".webm", ".wmv",
    }
)  # fmt: skip
_BEGINS = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*|<!--(?:[^-]|-(?!->))*-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE,
)
_ENOUGH = 4096  # bytes that tell a page
_MEDIA = {  # of answers in a web archive
    "text/html": ".html", "application/xhtml+xml": ".html", "text/plain": ".txt", "application/pdf": ".pdf",
    "application/msword": ".doc", "application/vnd.ms-excel": ".xls",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/zip": ".zip", "application/x-rar-compressed": ".rar",
}  # fmt: skip


_RECORDS = frozenset(  # of a web archive
    {"warcinfo", "response", "resource", "request", "metadata", "revisit", "conversion", "continuation"}
)


class ArchiveError(ValueError):
    """An archive that cannot be rescanned at all; the message says why, in Chinese."""


@dataclass(frozen=True)
class Part:
    """Some pages of the archive. ``read`` is called in the worker; ``label`` names the part for people.

    ``mark`` names what it was read from: when it is another one, the part is not the same any more.
    ``share`` of the archive lies before its end, 0 where that cannot be told.
    """

    number: int
    label: str
    read: Callable[..., Iterator[Document]]
    where: tuple[Any, ...] = ()
    mark: str = ""
    share: float = 0.0

    def documents(self) -> Iterator[Document]:
        """The pages, always the same ones in the same order."""
        yield from self.read(*self.where)

    def keys(self) -> list[str]:
        """The pages' keys, without reading files that may be what breaks a worker; none where they must be read."""
        return [one[0] for one in self.where[-1]] if self.read in {_read_files, _read_zip} else []

    def slice(self, start: int, stop: int) -> Part:
        """Some of the pages, by number; the others are not touched."""
        if self.where and isinstance(self.where[-1], list):
            return replace(self, where=(*self.where[:-1], self.where[-1][start:stop]))
        return replace(self, read=_sliced, where=(self, start, stop))


def _sliced(part: Part, start: int, stop: int) -> Iterator[Document]:
    return islice(part.documents(), start, stop)


@dataclass(frozen=True)
class Columns:
    """Which column or JSON field holds what: ours → theirs. Unmapped names are taken as they are."""

    names: Mapping[str, str] = field(default_factory=dict)

    def document(self, row: Mapping[str, Any], number: int | str, where: str) -> Document:
        """One row as a document; a row without key or text says so in ``error``."""
        values: dict[str, Any] = {}
        wrong = ""
        for ours in TABLE:
            theirs = self.names.get(ours, ours)
            try:
                values[ours] = _letters(row.get(theirs))
            except PaperError as error:
                values[ours], wrong = "", wrong or f"列 {theirs}：{error}"
        values["key"] = values["key"] or values["url"] or f"{where}#{number}"
        if values["format"] not in {"text", "html", "markdown"}:
            values["format"] = "html" if "</" in values["body"][:20_000] else "text"
        if wrong:
            return Document(**values, error=wrong)
        if not values["body"].strip():
            return Document(**values, error=f"没有正文（列 {self.names.get('body', 'body')}）")
        return Document(**values)

    def check(self, present: Iterable[str], where: str) -> None:
        """Refuse an archive that lacks a column that was named, and names that are none of ours.

        Raises:
            ArchiveError: naming the column and those there are.
        """
        there = list(present)
        if unknown := [ours for ours in self.names if ours not in TABLE]:
            raise ArchiveError(f"--column 的 {unknown[0]} 不是可用的名称；可用 {'、'.join(TABLE)}")
        for ours in TABLE:
            theirs = self.names.get(ours, ours)
            if there.count(theirs) > 1:
                raise ArchiveError(f"{where} 有 {there.count(theirs)} 列都叫 {theirs}，不知用哪一列")
            if theirs not in there and (ours == "body" or ours in self.names):
                raise ArchiveError(
                    f"{where} 没有列 {theirs}（用作 {ours}）；现有 {'、'.join(map(str, there))[:300]}"
                )


TABLE = (
    "key", "body", "title", "format", "url", "published_on", "source_name", "source_url", "author", "column", "unit",
)  # fmt: skip


def _letters(value: Any) -> str:  # noqa: ANN401 what a table holds
    """A cell as text.

    Raises:
        PaperError: it is none, or in no encoding that anybody here knows.
    """
    match value:
        case None:
            return ""
        case str():
            return value.encode("utf-8", "replace").decode()  # a lone surrogate could not be stored
        case bytes() | bytearray() | memoryview():
            return decoded(bytes(value))
        case list() | tuple():
            return "、".join(map(_letters, value))
        case dict():
            raise PaperError("不是文字")
    return str(value)


# --- telling what it is -----------------------------------------------------------------------


def told(archive: str) -> str:
    """An archive's name as it may be kept and shown: without the password of a database."""
    if "://" not in archive:
        return archive
    import sqlalchemy

    try:
        return sqlalchemy.make_url(archive).render_as_string(hide_password=True)
    except sqlalchemy.exc.ArgumentError:
        return archive


def parts(
    archive: str,
    columns: Columns = Columns(),
    query: str = "",
    size: int = PART,
    skipped: Counter[str] | None = None,
) -> Iterator[Part]:
    """The parts of an archive: a folder, .zip, .warc(.gz), .jsonl, .csv, .parquet, or an SQL URL with a query.

    Args:
        archive: path or URL.
        columns: names of the columns of a table.
        query: SQL.
        size: pages of a part.
        skipped: is told what was no page, by kind: pictures, scripts, answers with an error …

    Raises:
        ArchiveError: it does not exist or is of no known kind.
    """
    aside: Counter[str] = Counter() if skipped is None else skipped
    if "://" in archive:
        made = _sql(archive, query, columns, size)
    else:
        path = Path(archive)
        if path.is_dir():
            made = _folder(path, size, aside)
        elif not path.is_file():
            raise ArchiveError(f"没有文件或文件夹 {archive}")
        else:
            name = path.name.lower()
            kinds: dict[str, Callable[[], Iterator[Part]]] = {
                ".zip": lambda: _zip(path, size, aside),
                ".warc": lambda: _warc(path, size, aside),
                ".warc.gz": lambda: _warc(path, size, aside),
                ".jsonl": lambda: _jsonl(path, columns),
                ".ndjson": lambda: _jsonl(path, columns),
                ".csv": lambda: _csv(path, columns, size),
                ".parquet": lambda: _parquet(path, columns, size),
            }
            kind = next((end for end in kinds if name.endswith(end)), "")
            if not kind:
                raise ArchiveError(f"{archive}：不认识的归档类型；支持文件夹、{'、'.join(kinds)} 和 SQL 地址")
            made = kinds[kind]()
    for number, part in enumerate(made):
        yield replace(part, number=number)


def _chunks(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def _mark(*of: object) -> str:
    return hashlib.blake2b(repr(of).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def _state(path: Path) -> tuple[int, int]:
    """Another one when a file was written to."""
    state = path.stat()
    return state.st_size, state.st_mtime_ns


def _state_or_none(path: Path) -> tuple[int, int] | None:
    try:
        return _state(path)
    except OSError:  # gone meanwhile, or a link to nothing: the page says so
        return None


def _sent(made: list[Document], *of: object, share: float = 0.0) -> Part:
    """Pages that were read here and travel to the worker."""
    mark = _mark(*of, [(one.key, one.digest) for one in made])
    return Part(0, made[0].key, iter, (made,), mark, share)


# --- files --------------------------------------------------------------------------------------


def _folder(folder: Path, size: int, aside: Counter[str]) -> Iterator[Part]:
    for chunk in _chunks(_walk(folder, aside), size):
        mark = _mark(chunk, [_state_or_none(Path(path)) for _, path, _ in chunk])
        yield Part(0, chunk[0][0], _read_files, (chunk,), mark)


def _walk(folder: Path, aside: Counter[str]) -> Iterator[tuple[str, str, str]]:
    """(key, path, error) of every wanted kind of file in name order; no folder is walked twice."""
    seen: set[tuple[int, int]] = set()
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        try:
            state = here.stat()
            if (state.st_dev, state.st_ino) in seen:
                continue  # a link back to a folder already walked
            seen.add((state.st_dev, state.st_ino))
            entries = sorted(os.scandir(here), key=lambda entry: entry.name)
        except OSError as error:
            yield _key(folder, here), str(here), f"文件夹无法读取（{error.strerror}）"
            continue
        folders = []
        for entry in entries:
            path = Path(entry.path)
            try:
                if entry.is_dir():
                    folders.append(path)
                elif _wanted(path.name, partial(_first, path), aside):
                    yield _key(folder, path), str(path), ""
            except OSError as error:  # a link to itself
                yield _key(folder, path), str(path), f"无法读取（{error.strerror}）"
        waiting += reversed(folders)


def _wanted(name: str, first: Callable[[], bytes], aside: Counter[str]) -> bool:
    """Whether a file is to be read: by its name, or where that says nothing by its ``first`` bytes; else it is counted."""
    suffix = Path(name).suffix.lower()
    if suffix in WANTED or (suffix not in _LOADED and _BEGINS.match(first())):
        return True
    aside[suffix or "无扩展名"] += 1
    return False


def _first(path: Path) -> bytes:
    if not stat.S_ISREG(path.stat().st_mode):  # a pipe would be waited for for ever
        return b""
    with path.open("rb") as file:
        return file.read(_ENOUGH)


def _kind(name: str) -> str:
    """The ending that tells how a wanted file is read."""
    suffix = Path(name).suffix.lower()
    return suffix if suffix in WANTED else HTML[0]


def _key(folder: Path, path: Path) -> str:
    return os.fsencode(path.relative_to(folder)).decode("utf-8", "backslashreplace").replace(os.sep, "/")


def _read_files(files: list[tuple[str, str, str]]) -> Iterator[Document]:
    for key, name, error in files:
        if error:
            yield Document(key, error=error)
            continue
        path = Path(name)
        try:
            state = path.stat()
            if not stat.S_ISREG(state.st_mode):  # a pipe would be waited for for ever
                yield Document(key, error="不是普通文件，无法读取")
            elif state.st_size > LARGEST:
                yield Document(key, error=f"文件 {state.st_size} 字节，超过上限 {LARGEST} 字节")
            else:
                yield file_document(key, path.read_bytes(), _kind(path.name))
        except OSError as failure:
            yield Document(key, error=f"无法读取（{failure.strerror}）")


def file_document(key: str, raw: bytes, suffix: str, url: str = "") -> Document:
    """The bytes of one file as a document; whatever is wrong with them costs this one only."""
    if suffix in PACKED:
        return Document(key, url=url, error="压缩包没有展开检查；请解压后复查，或单独复查")
    try:
        paper = read(raw, suffix)
        if paper.unread:
            return Document(key, url=url, error=paper.unread)
        if suffix in HTML and paper.format == "html":
            return page(key, paper.body, url)
    except PaperError as error:
        return Document(key, url=url, error=str(error))
    except Exception as error:  # noqa: BLE001 a library that breaks on a broken file must not end the run
        return Document(key, url=url, error=f"读取出错，无法检查（{type(error).__name__}）")
    return Document(key, paper.body, title=paper.title, format=paper.format, url=url)


def page(key: str, letters: str, url: str = "") -> Document:
    """A whole HTML page with what its meta tags say."""
    said = meta(letters)
    said["url"] = url or said.get("url", "")
    return Document(key, letters, format="html", whole=True, **said)


# --- containers ---------------------------------------------------------------------------------


def _zip(path: Path, size: int, aside: Counter[str]) -> Iterator[Part]:
    try:
        with zipfile.ZipFile(path) as archive:
            wanted = sorted(
                (name, at)
                for at, one in enumerate(archive.infolist())
                if not one.is_dir()
                and _wanted(name := _zip_name(one), partial(_first_of, archive, one), aside)
            )
    except UnicodeDecodeError as error:
        raise ArchiveError(f"{path}：压缩包内有编码错误的文件名，无法打开；请重新打包") from error
    except (zipfile.BadZipFile, OSError) as error:
        raise ArchiveError(f"{path}：压缩包损坏或无法读取（{error}）") from error
    done = 0
    for chunk in _chunks(wanted, size):
        done += len(chunk)
        mark = _mark(_state(path), chunk)
        yield Part(0, f"{path.name}!{chunk[0][0]}", _read_zip, (str(path), chunk), mark, done / len(wanted))


def _first_of(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """What cannot be opened is none of the kinds that are looked for: it is counted beside them."""
    try:
        with archive.open(member) as file:
            return file.read(_ENOUGH)
    except Exception:  # noqa: BLE001 each way of packing breaks in its own way
        return b""


def _zip_name(member: zipfile.ZipInfo) -> str:
    """Windows in Chinese writes names in GBK, macOS in UTF-8, and neither says so: the library takes them for cp437."""
    if member.flag_bits & 0x800:
        return member.filename
    for encoding in ("utf-8", "gb18030"):
        with contextlib.suppress(UnicodeError):
            return member.filename.encode("cp437").decode(encoding)
    return member.filename


@lru_cache(maxsize=1)
def _opened(path: str, _state: tuple[int, int]) -> zipfile.ZipFile:
    """One open file in each worker: to read the list of a million members for every part would take hours."""
    return zipfile.ZipFile(path)


def _read_zip(path: str, names: list[tuple[str, int]]) -> Iterator[Document]:
    archive = _opened(path, _state(Path(path)))
    members = archive.infolist()
    for name, at in names:
        member = members[at]
        if member.flag_bits & 1:
            yield Document(name, error="已加密，无法读取")
        elif member.file_size > LARGEST or member.file_size > _RATIO * max(member.compress_size, 1):
            yield Document(name, error=f"解压后 {member.file_size} 字节，过大或压缩比异常")
        else:
            try:
                raw = archive.read(member)
            except Exception as error:  # noqa: BLE001 each way of packing breaks in its own way
                yield Document(name, error=f"压缩包内文件损坏或无法解压（{error}）")
            else:
                yield file_document(name, raw, _kind(name))


def _warc(path: Path, size: int, aside: Counter[str]) -> Iterator[Part]:
    total = max(path.stat().st_size, 1)
    with path.open("rb") as stream:
        for number, chunk in enumerate(_chunks(_read_warc(path, stream, aside), size)):
            yield _sent(chunk, number, share=min(stream.tell() / total, 1.0))


class _Whole(gzip.GzipFile):
    """An end that comes too early is no end: the library would take it for one."""

    def read(self, size: int | None = -1) -> bytes:
        try:
            return super().read(size)
        except EOFError as error:
            raise OSError("文件被截断") from error


def _read_warc(path: Path, stream: BinaryIO, aside: Counter[str]) -> Iterator[Document]:
    from warcio.archiveiterator import ArchiveIterator

    begins = stream.read(2)
    stream.seek(0)
    # Python's own reader checks sums and ends: the library takes a damaged record for the end of the file.
    whole = _Whole(fileobj=stream) if begins == b"\x1f\x8b" else stream
    try:
        cut = begins != b""  # nothing of it was read yet
        for record in (records := ArchiveIterator(whole)):
            made = _answer(record, f"{path.name}@{records.offset}", aside)
            if made is not None:
                yield made
            records.read_to_end()
            cut = made is None and _is_cut(record)  # else the page says so
        if cut or records.next_line:
            yield Document(f"{path.name}#end", error="WARC 文件被截断，最后一条记录不完整，未能读取")
        if records.err_count:
            words = f"WARC 文件有 {records.err_count} 处记录长度与内容不符，其间的内容可能未读到"
            yield Document(f"{path.name}#length", error=words)
    except Exception as error:  # noqa: BLE001 the library breaks in many ways on what was damaged
        yield Document(f"{path.name}#end", error=f"WARC 文件损坏，其后内容未读到（{error}）")


def _is_cut(record: Any) -> bool:  # noqa: ANN401 warcio has no types
    """The library takes the end of the file for the page's."""
    return getattr(record.raw_stream, "limit", 0) > 0


def _answer(record: Any, where: str, aside: Counter[str]) -> Document | None:  # noqa: ANN401 as above
    """One record as a page; None for one that is none, which is counted."""
    http, heads = record.http_headers, record.rec_headers
    kind = (http or heads).get_header("Content-Type") or ""
    url = heads.get_header("WARC-Target-URI") or ""
    headless = record.rec_type == "response" and http is None and kind.startswith("application/http")
    # Without a length it would take all that follows.
    if record.rec_type not in _RECORDS or record.length is None or headless:
        return Document(where, url=url, error="WARC 记录的开头已损坏，这一条无法读取")
    if record.rec_type not in {"response", "resource"}:
        aside[f"WARC {record.rec_type}"] += 1
        return None
    key = f"{url} {heads.get_header('WARC-Date') or ''}".strip()
    suffix = _MEDIA.get(kind.partition(";")[0].strip().lower(), "")
    status = http.get_statuscode() if http else "200"
    raw = b""
    if not kind and status == "200":  # nobody said what it is
        raw = record.content_stream().read(LARGEST + 1)
        suffix = HTML[0] if _BEGINS.match(raw) else ""
    if not suffix or status != "200":
        aside[f"HTTP {status}" if status != "200" else kind.partition(";")[0] or "类型不明"] += 1
        return None
    raw = raw or record.content_stream().read(LARGEST + 1)
    error = ""
    if heads.get_header("WARC-Truncated") or heads.get_header("WARC-Segment-Number"):
        error = "抓取时没有取全这一页，或分成了几条记录；未能整页检查"
    elif len(raw) > LARGEST:
        error = f"超过上限 {LARGEST} 字节"
    elif _is_cut(record):
        error = "WARC 文件被截断，这一页不完整，其后内容未读到"
    return Document(key, url=url, error=error) if error else file_document(key, raw, suffix, url)


# --- tables -------------------------------------------------------------------------------------


def _jsonl(path: Path, columns: Columns) -> Iterator[Part]:
    columns.check(_fields(path) or {"body", *columns.names.values()}, f"{path.name} 开头的 {_FIRST} 行")
    total = path.stat().st_size
    state = _state(path)
    start = 0
    with path.open("rb") as lines:
        while start < total:
            lines.seek(min(start + _BYTES, total))
            _line(lines)
            end = lines.tell()
            where = (str(path), start, end, columns)
            yield Part(0, f"{path.name}@{start}", _read_jsonl, where, _mark(state, start, end), end / total)
            start = end


def _fields(path: Path) -> set[str]:
    """The fields of the first lines; none where none of them is an object."""
    found: set[str] = set()
    with path.open("rb") as lines:
        for _ in range(_FIRST):
            raw = _line(lines)
            try:
                row = _decoded_json(raw or b"")
            except _NO_JSON:
                continue
            found |= row.keys() if isinstance(row, dict) else set()
    return found


def _line(lines: BinaryIO) -> bytes | None:
    """One line, or None for one that is too long to be held."""
    raw = lines.readline(LARGEST + 1)
    if len(raw) <= LARGEST:
        return raw
    while raw and not raw.endswith(b"\n"):
        raw = lines.readline(LARGEST)
    return None


def _read_jsonl(path: str, start: int, end: int, columns: Columns) -> Iterator[Document]:
    name = Path(path).name
    with Path(path).open("rb") as lines:
        lines.seek(start)
        while (at := lines.tell()) < end:
            raw = _line(lines)
            if raw is None:
                yield Document(f"{name}@{at}", error=f"这一行超过上限 {LARGEST} 字节")
            elif raw.strip(b"\xef\xbb\xbf \t\r\n"):
                yield json_document(raw, at, name, columns)


_NO_JSON = (msgspec.DecodeError, UnicodeError, RecursionError)


def _decoded_json(raw: bytes | str) -> Any:  # noqa: ANN401 whatever JSON holds
    """The value of a line, a byte order mark before it or not; raises one of _NO_JSON."""
    return msgspec.json.decode(
        raw.lstrip(b"\xef\xbb\xbf") if isinstance(raw, bytes) else raw.lstrip("\ufeff")
    )


def json_document(raw: bytes | str, number: int | str, where: str, columns: Columns) -> Document:
    """One line of JSON as a document, or why it is none."""
    try:
        row = _decoded_json(raw)
    except _NO_JSON:
        return Document(f"{where}@{number}", error="这一行不是有效的 JSON")
    if not isinstance(row, dict):
        return Document(f"{where}@{number}", error="这一行不是 JSON 对象")
    return columns.document(row, number, where)


def loose_document(row: Mapping[str, Any], where: str, columns: Columns) -> Document:
    """A row that has no place in an order, numbered by its content; its one field "value" is a line of JSON."""
    line = row["value"] if row.keys() == {"value"} else None
    letters = repr(row) if line is None else line
    number = hashlib.blake2b(letters.encode("utf-8", "replace"), digest_size=8).hexdigest()
    return (
        columns.document(row, number, where) if line is None else json_document(line, number, where, columns)
    )


def _csv(path: Path, columns: Columns, size: int) -> Iterator[Part]:
    csv.field_size_limit(LARGEST)
    total = max(path.stat().st_size, 1)
    with path.open("rb") as raw, TextIOWrapper(raw, encoding(path), "replace", newline="") as lines:
        rows = csv.DictReader(lines, strict=True)
        try:
            columns.check(rows.fieldnames or (), path.name)
        except csv.Error as error:
            raise ArchiveError(f"{path}：不是有效的 CSV 文件（{error}）") from error
        for number, chunk in enumerate(_chunks(_csv_rows(rows, path.name, columns), size)):
            yield _sent(chunk, number, share=min(raw.tell() / total, 1.0))


def _csv_rows(rows: csv.DictReader[str], name: str, columns: Columns) -> Iterator[Document]:
    number = 1
    while True:
        number += 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:  # a field without end; the lines it swallowed are lost, which must be said
            yield Document(
                f"{name}@{rows.line_num}", error=f"到第 {rows.line_num} 行为止的内容不是有效的 CSV（{error}）"
            )
            continue
        document = columns.document(row, number, name)
        if more := row.get(None):  # what the head has no name for
            document = replace(
                document, error=f"这一行比表头多出 {len(more)} 列，可能没有加引号，多出的内容无法归列"
            )
        yield document


def encoding(path: Path) -> str:
    """UTF-16 by its mark; UTF-8 where all of the file is; else what the place that is not makes more sense in.

    A letter that was cut in two, as databases do it, makes no other encoding of the whole file.

    Raises:
        ArchiveError: it is none of them.
    """
    with path.open("rb") as raw:
        if raw.read(2) in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
            return "utf-16"
        raw.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        last = piece = b""
        try:
            while piece := raw.read(_HEAD):
                decoder.decode(piece)
                last = piece
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return _likelier(last + piece, path)
    return "utf-8-sig"


def _likelier(sample: bytes, path: Path) -> str:
    """UTF-8 or GB18030, whichever leaves fewer letters that nobody writes."""
    wrong = {one: len(_STRANGE.findall(sample.decode(one, "replace"))) for one in ("utf-8-sig", "gb18030")}
    if wrong["utf-8-sig"] <= wrong["gb18030"]:
        return "utf-8-sig"
    try:
        decoded(sample.decode("gb18030", "ignore").encode("gb18030"))
    except PaperError as error:
        raise ArchiveError(f"{path}：{error}") from error
    return "gb18030"


def _parquet(path: Path, columns: Columns, size: int) -> Iterator[Part]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    state = _state(path)
    try:
        with pq.ParquetFile(path) as file:
            names = file.schema_arrow.names
            columns.check(names, path.name)
            wanted = [
                one for one in dict.fromkeys(columns.names.get(ours, ours) for ours in TABLE) if one in names
            ]
            total, done = max(file.metadata.num_rows, 1), 0
            for group in range(file.num_row_groups):
                rows = file.metadata.row_group(group).num_rows
                where, mark = f"{path.name}#{group}", (state, group)
                if rows <= _GROUP:
                    done += rows
                    yield Part(
                        0, where, _read_parquet, (str(path), group, columns), _mark(mark), done / total
                    )
                    continue
                # A group of a million rows, as pyarrow writes them, is too much for one worker: it is read here.
                at = 0
                try:
                    for batch in file.iter_batches(size, row_groups=[group], columns=wanted):
                        sent = (batch, at, where, columns)
                        share = (done + at + batch.num_rows) / total
                        yield Part(0, f"{where}.{at}", _read_batch, sent, _mark(mark, at), share)
                        at += batch.num_rows
                except (pa.ArrowInvalid, OSError):
                    for chunk in _chunks(_damaged(where, at, rows), size):
                        yield _sent(chunk, mark, at, share=(done + rows) / total)
                done += rows
    except (pa.ArrowInvalid, OSError) as error:
        raise ArchiveError(f"{path}：不是有效的 Parquet 文件，或已损坏（{error}）") from error


def _read_parquet(path: str, group: int, columns: Columns) -> Iterator[Document]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    where, at = f"{Path(path).name}#{group}", 0
    with pq.ParquetFile(path) as file:
        try:
            rows = file.read_row_group(group).to_batches()
        except (pa.ArrowInvalid, OSError):
            yield from _damaged(where, 0, file.metadata.row_group(group).num_rows)
            return
    for batch in rows:
        yield from _read_batch(batch, at, where, columns)
        at += batch.num_rows


def _damaged(where: str, start: int, stop: int) -> Iterator[Document]:
    """Rows that can no longer be read, one by one: each is a page that nobody has looked at."""
    for number in range(start, stop):
        yield Document(f"{where}#{number}", error="Parquet 文件的这一段已损坏，这一行无法读取")


def _read_batch(batch: pa.RecordBatch, start: int, where: str, columns: Columns) -> Iterator[Document]:
    try:
        rows = batch.to_pylist()
    except UnicodeDecodeError:  # what calls itself a string is none: each cell is told apart for itself
        rows = _as_bytes(batch).to_pylist()
    for number, row in enumerate(rows, start):
        yield columns.document(row, number, where)


def _as_bytes(batch: pa.RecordBatch) -> pa.RecordBatch:
    import pyarrow as pa

    raw = {pa.string(): pa.binary(), pa.large_string(): pa.large_binary()}
    cells = [one.cast(raw.get(one.type, one.type)) for one in batch.columns]
    return pa.RecordBatch.from_arrays(cells, names=batch.schema.names)


def _sql(url: str, query: str, columns: Columns, size: int) -> Iterator[Part]:
    import sqlalchemy

    if not query.strip():
        raise ArchiveError("SQL 归档须用 --query 给出查询语句")
    try:
        engine = sqlalchemy.create_engine(url)
        with engine.connect().execution_options(stream_results=True, yield_per=size) as connection:
            answer = connection.execute(sqlalchemy.text(query))
            if not answer.returns_rows:
                raise ArchiveError("--query 应为读取数据的查询语句（SELECT …）")
            rows = answer.mappings()
            columns.check(rows.keys(), "查询结果")
            if columns.names.get("key", "key") not in rows.keys():  # noqa: SIM118 not a dict
                raise ArchiveError("SQL 归档须有主键列：用 --column key=列名 指定")
            at = 0
            for chunk in rows.partitions(size):
                made = [columns.document(dict(row), number, "sql") for number, row in enumerate(chunk, at)]
                at += len(made)
                yield _sent(made)
    except ModuleNotFoundError as error:
        raise ArchiveError(f"没有安装这种数据库的驱动程序 {error.name}") from error
    except sqlalchemy.exc.SQLAlchemyError as error:
        raise ArchiveError(
            f"数据库无法读取：{type(error).__name__}: {str(error).splitlines()[0][:200]}"
        ) from error
