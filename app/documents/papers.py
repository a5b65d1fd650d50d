"""A file of any kind → its text, within limits; what cannot be read is an error, never empty text."""

from __future__ import annotations

from app.documents.letters import decoded
from app.documents.paper import Paper, PaperError

HTML = (".html", ".htm", ".shtml", ".xhtml")
FORMATS = {**dict.fromkeys(HTML, "html"), ".md": "markdown", ".markdown": "markdown", ".txt": "text"}
PAPERS = frozenset({".docx", ".docm", ".pdf", ".xlsx", ".xlsm"})  # parsed by libraries, in a worker
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_PDF_WITHIN = 1024  # bytes in which readers look for "%PDF-"

# Kinds people will try, and why they cannot be read.
UNREADABLE = {
    **dict.fromkeys((".doc", ".wps", ".rtf"), "这种格式无法读取；请另存为 .docx 后再传"),
    **dict.fromkeys((".xls", ".et"), "旧版表格格式无法读取；请另存为 .xlsx 后再传"),
    **dict.fromkeys((".ppt", ".pptx", ".dps"), "演示文稿无法读取；请复制文字，或另存为 PDF 后再传"),
    ".ofd": "OFD 文件无法读取；请另存为 PDF 或 .docx 后再传",
    **dict.fromkeys(
        (".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".heic"),
        "图片中的文字机器无法读取，须由人工审查",
    ),
}
KNOWN = frozenset({*FORMATS, *PAPERS, *UNREADABLE})


def heavy(raw: bytes, suffix: str) -> bool:
    """Whether a library must take the file apart."""
    return suffix in PAPERS or raw.startswith((_OLD, _ZIP)) or _is_pdf(raw)


def read(raw: bytes, suffix: str) -> Paper:
    """The text of a file. What it is tells its content; its name's end (".docx") only where that says nothing.

    Raises:
        PaperError: empty, broken, encrypted, too large, pictures only, or of a kind nobody here reads.
    """
    if not raw.strip(b"\0 \r\n\t"):
        raise PaperError("文件为空")
    if raw.startswith(_OLD):
        raise PaperError(_old(raw))
    if raw.startswith(_ZIP):
        return _office(raw, suffix)
    if _is_pdf(raw):
        from app.documents import pdf

        return pdf.read(raw)
    if suffix in UNREADABLE:
        raise PaperError(UNREADABLE[suffix])
    if suffix in PAPERS:
        raise PaperError(f"文件损坏，不是有效的 {suffix} 文件，无法读取")
    letters = decoded(raw)
    if not letters.strip():
        raise PaperError("文件为空")
    return Paper(letters, FORMATS.get(suffix, "text"))


def _is_pdf(raw: bytes) -> bool:
    return raw.lstrip()[:5] == b"%PDF-" or (b"%PDF-" in raw[:_PDF_WITHIN] and b"\0" in raw)


def _old(raw: bytes) -> str:
    """Why a file of the old kind, which also wraps encrypted new ones, cannot be read."""

    def holds(name: str) -> bool:
        return name.encode("utf-16-le") in raw

    if holds("EncryptedPackage"):
        return "文件已加密，无法读取；请去掉打开密码后再传"
    if holds("WordDocument"):
        return "旧版 Word 格式（.doc）无法读取；请另存为 .docx 后再传"
    if holds("Workbook") or holds("Book"):
        return "旧版表格格式（.xls）无法读取；请另存为 .xlsx 后再传"
    return "旧版 Office 格式无法读取；请另存为新格式后再传"


def _office(raw: bytes, suffix: str) -> Paper:
    from app.documents.package import Package

    package = Package(raw)
    if "OFD.xml" in package.names:
        raise PaperError(UNREADABLE[".ofd"])
    if "[Content_Types].xml" not in package.names:
        if suffix in PAPERS:
            raise PaperError(f"文件损坏，不是有效的 {suffix} 文件，无法读取")
        raise PaperError("压缩包无法读取；请逐个上传其中的文件")
    folder = package.main.partition("/")[0]
    if folder == "ppt":
        raise PaperError(UNREADABLE[".pptx"])
    if folder == "xl":
        from app.documents import workbook

        return workbook.read(package, raw)
    from app.documents import word

    return word.read(package)
