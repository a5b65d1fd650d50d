"""The text of .docx and .pdf files, within limits; what cannot be read is an error, never empty text."""

from __future__ import annotations

import io
import zipfile

_MOST_BYTES = 100 * 1024 * 1024  # unpacked
_MOST_RATIO = 200
_MOST_MEMBERS = 2_000
_MOST_PAGES = 2_000
_FEW = 10  # characters a page below which a PDF is taken for pictures of text


class PaperError(ValueError):
    """Why a file cannot be read, in Chinese."""


def paper(raw: bytes, suffix: str) -> str:
    """The text of a .docx or .pdf file, paragraphs and table rows on lines of their own, cells by tabs.

    Raises:
        PaperError: broken, encrypted, too large, or pictures only.
    """
    return docx(raw) if suffix == ".docx" else pdf(raw)


def docx(raw: bytes) -> str:
    """Text of a Word file. Macros are never run, and a file with a DTD is refused before it is parsed."""
    _checked(raw)
    from docx import Document as Word
    from docx.table import Table

    try:
        word = Word(io.BytesIO(raw))
    except Exception as error:  # whatever a broken file makes python-docx raise
        raise PaperError(f"Word 文件损坏，无法读取（{type(error).__name__}）") from error
    lines = []
    for block in word.iter_inner_content():
        if isinstance(block, Table):
            lines += ["\t".join(cell.text.replace("\n", " ") for cell in row.cells) for row in block.rows]
        else:
            lines.append(block.text)
    for section in word.sections:
        lines += [
            one.text for one in (*section.header.paragraphs, *section.footer.paragraphs) if one.text.strip()
        ]
    text = "\n".join(lines)
    if not text.strip():
        raise PaperError("Word 文件没有可读的文字（可能只有图片）")
    return text


def _checked(raw: bytes) -> None:
    if raw[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise PaperError("文件已加密或是旧版 .doc 格式，无法读取")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            members = archive.infolist()
            total = sum(one.file_size for one in members)
            if len(members) > _MOST_MEMBERS or total > _MOST_BYTES or total > _MOST_RATIO * max(len(raw), 1):
                raise PaperError("文件解压后过大或压缩比异常，未读取")
            for one in members:
                if one.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.read(one)[:4096]:
                    raise PaperError("文件含外部实体声明，未读取")
    except zipfile.BadZipFile as error:
        raise PaperError("Word 文件损坏，无法读取") from error


def pdf(raw: bytes) -> str:
    """Text of a PDF file."""
    import pypdf
    from pypdf.errors import PyPdfError

    try:
        reader = pypdf.PdfReader(io.BytesIO(raw))
        locked = reader.is_encrypted and not reader.decrypt("")
        pages = 0 if locked else len(reader.pages)
        text = (
            "" if pages > _MOST_PAGES else "\n".join(reader.pages[one].extract_text() for one in range(pages))
        )
    except (PyPdfError, ValueError, KeyError, RecursionError, OSError, TypeError, AttributeError) as error:
        raise PaperError(f"PDF 损坏，无法读取（{type(error).__name__}）") from error
    if locked:
        raise PaperError("PDF 已加密，无法读取")
    if pages > _MOST_PAGES:
        raise PaperError(f"PDF 有 {pages} 页，超过上限 {_MOST_PAGES} 页")
    if len(text.strip()) < max(_FEW * pages, 1):
        raise PaperError("PDF 几乎没有文字，可能是扫描件，机器无法读取")
    return text
