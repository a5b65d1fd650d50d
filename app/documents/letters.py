"""Text files: from bytes to letters, whatever Chinese encoding they are in, or not at all."""

from __future__ import annotations

import codecs

from app.documents.paper import PaperError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 20_000  # letters that tell whether a guess was right
_ENOUGH = 0.6  # of Chinese letters are among the 3,755 of everyday use in a text that is one
_FEW = 8  # letters that tell nothing
_EVERYDAY = (0xB0, 0xD7)  # first bytes of GB 2312's first level


def decoded(raw: bytes) -> str:
    """The letters of a file: by its byte order mark, else UTF-8, UTF-16 without a mark, GB18030.

    Raises:
        PaperError: none of them, or GB18030 only by letters that no text is made of (Big5, Shift-JIS …).
    """
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return _as(raw, encoding)
    try:
        letters = raw.decode("utf-8")
    except UnicodeDecodeError:
        letters = ""
    if letters and "\0" not in letters:
        return letters
    if b"\0" in raw:
        for encoding in ("utf-16-le", "utf-16-be"):
            letters = _as(raw, encoding, strict=False)
            if letters and "\0" not in letters and _likely(letters):
                return letters
        raise PaperError("文件不是文本，或编码无法识别（应为 UTF-8、GB18030 或 UTF-16）")
    if not raw:
        return ""
    letters = _as(raw, "gb18030")
    if not _likely(letters):
        raise PaperError("文件编码无法识别（应为 UTF-8、GB18030 或 UTF-16）")
    return letters


def _as(raw: bytes, encoding: str, *, strict: bool = True) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        if strict:
            raise PaperError("文件编码无法识别（不是 UTF-8、GB18030 或 UTF-16）") from error
        return ""


def _likely(letters: str) -> bool:
    """Whether these are letters that people write: everyday Chinese, or hardly anything but ASCII."""
    sample = letters[:_SAMPLE]
    others = [one for one in sample if one > "\x7f"]
    chinese = [one for one in others if "\u4e00" <= one <= "\u9fff"]
    if len(others) < _FEW:
        return not any("\ue000" <= one <= "\uf8ff" for one in others)
    first, last = _EVERYDAY
    everyday = sum(
        first <= code[0] <= last
        for one in chinese
        if len(code := one.encode("gb2312", "ignore")) == 2  # noqa: PLR2004
    )
    marks = sum(
        "\u3000" <= one <= "\u303f" or "\uff01" <= one <= "\uff5e" or one in "“”‘’…—·" for one in others
    )
    return everyday + marks >= _ENOUGH * len(others)
