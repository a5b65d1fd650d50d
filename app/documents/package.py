"""Office files: a zip of XML parts. Checked before anything is unpacked, parsed without any entity."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from lxml import etree

from app.documents.paper import PaperError

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_BYTES = 100 * 1024 * 1024  # unpacked
MOST_RATIO = 200  # a Word file of nothing but one repeated line comes to some 100
MOST_MEMBERS = 2_000
_SMALL = 1024 * 1024  # bytes of a member below which its own ratio is not asked about
_ENCRYPTED = 1  # bit of a zip member's flags

_ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_DECLARATION = ("<!DOCTYPE", "<!ENTITY")
_UTF_16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


class Relation(NamedTuple):
    """One part's tie to another. ``kind`` is the last word of its type: hyperlink, image, header …"""

    id: str
    kind: str
    target: str
    external: bool


class Package:
    """An Office file whose directory has been checked.

    Raises:
        PaperError: no zip, encrypted, too large unpacked, two members of one name.
    """

    def __init__(self, raw: bytes) -> None:
        try:
            self.archive = zipfile.ZipFile(io.BytesIO(raw))
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise PaperError("文件损坏，无法读取") from error
        members = self.archive.infolist()
        total = sum(one.file_size for one in members)
        if len(members) > MOST_MEMBERS:
            raise PaperError(f"文件内有 {len(members)} 个部分，超过上限 {MOST_MEMBERS} 个，未读取")
        if total > MOST_BYTES or total > MOST_RATIO * max(len(raw), 1) or any(map(_bomb, members)):
            raise PaperError("文件解压后过大或压缩比异常，未读取")
        if any(one.flag_bits & _ENCRYPTED for one in members):
            raise PaperError("文件已加密，无法读取")
        self.names = {one.filename.lstrip("/") for one in members}
        if len(self.names) < len(members):
            raise PaperError("文件内有同名的部分，各软件打开后内容可能不同，未读取")

    @cached_property
    def main(self) -> str:
        """The name of the part that is the document itself."""
        for one in self.related(""):
            if one.kind == "officeDocument" and one.target in self.names:
                return one.target
        raise PaperError("文件缺少正文部分，无法读取")

    def raw(self, name: str) -> bytes:
        """The bytes of a part.

        Raises:
            PaperError: it is missing or broken.
        """
        try:
            return self.archive.read(name)
        except (
            KeyError,
            ValueError,  # an offset before the beginning
            EOFError,
            zipfile.BadZipFile,
            zlib.error,
            OSError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise PaperError("文件损坏，无法读取") from error

    def part(self, name: str) -> etree._Element:
        """A part as XML, without comments and processing instructions.

        Raises:
            PaperError: not XML, nested too deeply, or with a declaration of its own.
        """
        raw = self.raw(name)
        _without_declarations(raw)
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
        )
        try:
            root = etree.fromstring(raw, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise PaperError("文件内容损坏或嵌套过深，无法读取") from error
        if root.getroottree().docinfo.internalDTD is not None:
            raise PaperError("文件含文档类型或实体声明，未读取")
        return root

    def check_declarations(self) -> None:
        """Refuse the file where any part has a declaration: for those who parse parts themselves."""
        for name in self.named(".xml", ".rels", ".vml"):
            _without_declarations(self.raw(name))

    def related(self, name: str) -> Iterator[Relation]:
        """What a part ("" the package) is tied to."""
        folder, _, file = name.rpartition("/")
        ties = posixpath.join(folder, "_rels", f"{file}.rels")
        if ties not in self.names:
            return
        for one in self.part(ties):
            target, external = one.get("Target", ""), one.get("TargetMode") == "External"
            if not external:
                target = posixpath.normpath(posixpath.join("/", folder, unquote(target))).lstrip("/")
            yield Relation(one.get("Id", ""), one.get("Type", "").rpartition("/")[2], target, external)

    def named(self, *ends: str) -> list[str]:
        """The parts whose names end like this, in order."""
        return sorted(name for name in self.names if name.lower().endswith(ends))

    def count(self, *folders: str) -> int:
        """How many parts lie in these folders, their ties left out."""
        return sum(
            any(f"/{folder}/" in f"/{name}" for folder in folders) and not name.endswith((".rels", "/"))
            for name in self.names
        )


def _bomb(member: zipfile.ZipInfo) -> bool:
    return member.file_size > _SMALL and member.file_size > 5 * MOST_RATIO * max(member.compress_size, 1)


def _without_declarations(raw: bytes) -> None:
    """Refuse what an XML parser would expand or fetch, in whatever encoding it is written."""
    head = raw[:400]
    wide = _UTF_16.get(head[:2])
    encoding = _ENCODING.search(head)
    if wide is None and (
        head.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] not in {b"<", b""}
        or (encoding and encoding[1].lower() not in {b"utf-8", b"utf8", b"us-ascii"})
    ):
        raise PaperError("文件内容的编码不合规范，未读取")
    if any(mark.encode(wide or "ascii") in raw for mark in _DECLARATION):
        raise PaperError("文件含文档类型或实体声明，未读取")


def local(element: etree._Element) -> str:
    """An element's name without its namespace: Office writes the same names in two sets of namespaces."""
    name = str(element.tag)
    return name.rpartition("}")[2]


def attribute(element: etree._Element, name: str) -> str:
    """The value of an attribute in whatever namespace; "" where there is none."""
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(value)
    return ""


def words(root: etree._Element, tags: frozenset[str]) -> str:
    """The text of all elements of these names, in order."""
    return "".join(one.text or "" for one in root.iter() if isinstance(one.tag, str) and local(one) in tags)
