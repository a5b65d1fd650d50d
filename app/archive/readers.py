"""Archives of every kind → parts, each of which a worker can read by itself.

A part says where its pages lie (paths, byte ranges, row groups …); only what cannot be
reached at random (WARC, CSV, SQL) is read here and sent along. The order of parts and
pages is the same in every run: that is how a run is taken up again.
"""

from __future__ import annotations

import csv
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from app.archive.article import meta
from app.archive.document import Document
from app.documents.letters import decoded
from app.documents.paper import PaperError
from app.documents.papers import FORMATS, HTML, PAPERS, read

if TYPE_CHECKING:
    from collections.abc import Iterable

PART = 500  # pages; some half a second of work
_BYTES = 1_000_000  # of a part read by range
_HEAD = 200_000  # bytes that tell a table's encoding
LARGEST = 64 * 1024 * 1024  # bytes of one file; more is reported, not read


class ArchiveError(ValueError):
    """An archive that cannot be rescanned at all; the message says why, in Chinese."""


@dataclass(frozen=True)
class Part:
    """Some pages of the archive. ``read`` is called in the worker; ``label`` names the part for people."""

    number: int
    label: str
    read: Callable[..., Iterator[Document]]
    where: tuple[Any, ...] = ()

    def documents(self) -> Iterator[Document]:
        """The pages, always the same ones in the same order."""
        yield from self.read(*self.where)

    def keys(self) -> list[str]:
        """The pages' keys, without reading files that may be what breaks a worker."""
        if self.read is _read_files:
            return [key for key, _, _ in self.where[0]]
        return list(self.where[1]) if self.read is _read_zip else [one.key for one in self.documents()]

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

    def document(self, row: Mapping[str, Any], number: int, where: str) -> Document:
        """One row as a document; a row without key or text says so in ``error``."""
        values: dict[str, Any] = {}
        for ours in ("key", "body", "title", "format", "url", "published_on", "source_name", "source_url", "author",
                     "column", "unit"):  # fmt: skip
            value = row.get(self.names.get(ours, ours))
            values[ours] = "" if value is None else str(value)
        values["key"] = values["key"] or values["url"] or f"{where}#{number}"
        if values["format"] not in {"text", "html", "markdown"}:
            values["format"] = "html" if "</" in values["body"][:20_000] else "text"
        if not values["body"].strip():
            return Document(**values, error=f"没有正文（列 {self.names.get('body', 'body')}）")
        return Document(**values)

    def check(self, present: Iterable[str], where: str) -> None:
        """Refuse an archive that lacks a column that was named.

        Raises:
            ArchiveError: naming the column and those there are.
        """
        there = list(present)
        for ours in {"body", *self.names}:
            theirs = self.names.get(ours, ours)
            if theirs not in there:
                raise ArchiveError(
                    f"{where} 没有列 {theirs}（用作 {ours}）；现有 {'、'.join(map(str, there))[:300]}"
                )


# --- telling what it is -----------------------------------------------------------------------


def parts(archive: str, columns: Columns = Columns(), query: str = "", size: int = PART) -> Iterator[Part]:
    """The parts of an archive: a folder, .zip, .warc(.gz), .jsonl, .csv, .parquet, or an SQL URL with a query.

    Raises:
        ArchiveError: it does not exist or is of no known kind.
    """
    if "://" in archive:
        made = _sql(archive, query, columns, size)
    else:
        path = Path(archive)
        if path.is_dir():
            made = _folder(path, size)
        elif not path.is_file():
            raise ArchiveError(f"没有文件或文件夹 {archive}")
        else:
            name = path.name.lower()
            kinds: dict[str, Callable[[], Iterator[Part]]] = {
                ".zip": lambda: _zip(path, size),
                ".warc": lambda: _warc(path, size),
                ".warc.gz": lambda: _warc(path, size),
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


# --- files --------------------------------------------------------------------------------------


def _folder(folder: Path, size: int) -> Iterator[Part]:
    for chunk in _chunks(_walk(folder), size):
        yield Part(0, chunk[0][0], _read_files, (chunk,))


def _walk(folder: Path) -> Iterator[tuple[str, str, str]]:
    """(key, path, error) of every readable kind of file in name order; no link is followed twice."""
    seen: set[tuple[int, int]] = set()
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        try:
            state = here.stat()
            entries = sorted(os.scandir(here), key=lambda entry: entry.name)
        except OSError as error:
            yield _key(folder, here), str(here), f"文件夹无法读取（{error.strerror}）"
            continue
        if (state.st_dev, state.st_ino) in seen:
            continue  # a link back to a folder already walked
        seen.add((state.st_dev, state.st_ino))
        folders = []
        for entry in entries:
            path = Path(entry.path)
            try:
                if entry.is_dir():
                    folders.append(path)
                elif path.suffix.lower() in {*FORMATS, *PAPERS}:
                    yield _key(folder, path), str(path), ""
            except OSError as error:  # a link to itself
                yield _key(folder, path), str(path), f"无法读取（{error.strerror}）"
        waiting += reversed(folders)


def _key(folder: Path, path: Path) -> str:
    return os.fsencode(path.relative_to(folder)).decode("utf-8", "backslashreplace").replace(os.sep, "/")


def _read_files(files: list[tuple[str, str, str]]) -> Iterator[Document]:
    for key, name, error in files:
        if error:
            yield Document(key, error=error)
            continue
        path = Path(name)
        try:
            size = path.stat().st_size
            if size > LARGEST:
                yield Document(key, error=f"文件 {size} 字节，超过上限 {LARGEST} 字节")
                continue
            yield file_document(key, path.read_bytes(), path.suffix.lower())
        except OSError as failure:
            yield Document(key, error=f"无法读取（{failure.strerror}）")


def file_document(key: str, raw: bytes, suffix: str) -> Document:
    """The bytes of one file as a document."""
    try:
        paper = read(raw, suffix)
    except PaperError as error:
        return Document(key, error=str(error))
    if paper.unread:
        return Document(key, error=paper.unread)
    if suffix in HTML:
        return page(key, paper.body)
    return Document(key, paper.body, title=paper.title, format=paper.format)


def page(key: str, letters: str, url: str = "") -> Document:
    """A whole HTML page with what its meta tags say."""
    said = meta(letters)
    said["url"] = url or said.get("url", "")
    return Document(key, letters, format="html", whole=True, **said)


# --- containers ---------------------------------------------------------------------------------


def _zip(path: Path, size: int) -> Iterator[Part]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = [one.filename for one in archive.infolist() if not one.is_dir()]
    except (zipfile.BadZipFile, OSError) as error:
        raise ArchiveError(f"{path}：压缩包损坏或无法读取（{error}）") from error
    wanted = sorted(name for name in names if Path(name).suffix.lower() in {*FORMATS, *PAPERS})
    for chunk in _chunks(wanted, size):
        yield Part(0, f"{path.name}!{chunk[0]}", _read_zip, (str(path), chunk))


def _read_zip(path: str, names: list[str]) -> Iterator[Document]:
    with zipfile.ZipFile(path) as archive:
        for name in names:
            member = archive.getinfo(name)
            if member.flag_bits & 1:
                yield Document(name, error="已加密，无法读取")
            elif member.file_size > LARGEST or member.file_size > 200 * max(member.compress_size, 1):
                yield Document(name, error=f"解压后 {member.file_size} 字节，过大或压缩比异常")
            else:
                try:
                    yield file_document(name, archive.read(member), Path(name).suffix.lower())
                except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
                    yield Document(name, error=f"压缩包内文件损坏（{error}）")


def _warc(path: Path, size: int) -> Iterator[Part]:
    for chunk in _chunks(_read_warc(path), size):
        yield Part(0, chunk[0].key, iter, (chunk,))


def _read_warc(path: Path) -> Iterator[Document]:
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    with path.open("rb") as stream:
        try:
            for record in ArchiveIterator(stream):
                if record.rec_type != "response":
                    continue
                url = record.rec_headers.get_header("WARC-Target-URI") or ""
                key = f"{url} {record.rec_headers.get_header('WARC-Date') or ''}".strip()
                kind = (record.http_headers.get_header("Content-Type") or "") if record.http_headers else ""
                if "html" not in kind.lower():
                    continue
                raw = record.content_stream().read(LARGEST + 1)
                if len(raw) > LARGEST:
                    yield Document(key, url=url, error=f"超过上限 {LARGEST} 字节")
                    continue
                try:
                    yield page(key, decoded(raw), url)
                except PaperError:
                    yield Document(key, url=url, error="编码无法识别")
        except ArchiveLoadFailed as error:
            yield Document(f"{path.name}#end", error=f"WARC 文件损坏，其后内容未读到（{error}）")


# --- tables -------------------------------------------------------------------------------------


def _jsonl(path: Path, columns: Columns) -> Iterator[Part]:
    total = path.stat().st_size
    start = 0
    with path.open("rb") as lines:
        while start < total:
            lines.seek(min(start + _BYTES, total))
            lines.readline()
            end = lines.tell()
            yield Part(0, f"{path.name}@{start}", _read_jsonl, (str(path), start, end, columns))
            start = end


def _read_jsonl(path: str, start: int, end: int, columns: Columns) -> Iterator[Document]:
    name = Path(path).name
    with Path(path).open("rb") as lines:
        lines.seek(start)
        while (at := lines.tell()) < end:
            raw = lines.readline()
            if not raw.strip():
                continue
            try:
                row = msgspec.json.decode(raw)
            except (msgspec.DecodeError, UnicodeDecodeError):
                yield Document(f"{name}@{at}", error="这一行不是有效的 JSON")
                continue
            if not isinstance(row, dict):
                yield Document(f"{name}@{at}", error="这一行不是 JSON 对象")
                continue
            yield columns.document(row, at, name)


def _csv(path: Path, columns: Columns, size: int) -> Iterator[Part]:
    csv.field_size_limit(LARGEST)
    with path.open("rb") as raw:
        head = raw.read(_HEAD)
    try:
        head.decode("utf-8-sig", "strict" if len(head) < _HEAD else "ignore")
        encoding = "utf-8-sig"
    except UnicodeDecodeError:
        encoding = "gb18030"
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        encoding = "utf-16"
    with path.open(encoding=encoding, errors="replace", newline="") as lines:
        rows = csv.DictReader(lines)
        columns.check(rows.fieldnames or (), path.name)
        made = (columns.document(row, number, path.name) for number, row in enumerate(rows, 2))
        for chunk in _chunks(made, size):
            yield Part(0, chunk[0].key, iter, (chunk,))


def _parquet(path: Path, columns: Columns, size: int) -> Iterator[Part]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            columns.check(file.schema_arrow.names, path.name)
            groups = file.num_row_groups
    except pa.ArrowInvalid as error:
        raise ArchiveError(f"{path}：不是有效的 Parquet 文件（{error}）") from error
    for group in range(groups):
        yield Part(0, f"{path.name}#{group}", _read_parquet, (str(path), group, columns, size))


def _read_parquet(path: str, group: int, columns: Columns, size: int) -> Iterator[Document]:
    import pyarrow.parquet as pq

    number = 0
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(size, row_groups=[group]):
            for row in batch.to_pylist():
                yield columns.document(row, number, f"{Path(path).name}#{group}")
                number += 1


def _sql(url: str, query: str, columns: Columns, size: int) -> Iterator[Part]:
    import sqlalchemy

    if not query.strip():
        raise ArchiveError("SQL 归档须用 --query 给出查询语句")
    try:
        engine = sqlalchemy.create_engine(url)
        with engine.connect().execution_options(stream_results=True, yield_per=size) as connection:
            rows = connection.execute(sqlalchemy.text(query)).mappings()
            columns.check(rows.keys(), "查询结果")
            if columns.names.get("key", "key") not in rows.keys():  # noqa: SIM118 not a dict
                raise ArchiveError("SQL 归档须有主键列：用 --column key=列名 指定")
            for chunk in rows.partitions(size):
                made = [columns.document(dict(row), number, "sql") for number, row in enumerate(chunk)]
                yield Part(0, made[0].key, iter, (made,))
    except sqlalchemy.exc.SQLAlchemyError as error:
        raise ArchiveError(
            f"数据库无法读取：{type(error).__name__}: {str(error).splitlines()[0][:200]}"
        ) from error
