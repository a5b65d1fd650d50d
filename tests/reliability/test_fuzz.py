"""Readers and loaders are given what nobody would write: good input, broken at random, for as long as asked.

XIANSHEN_FUZZ: seconds in all. Each case has a number that makes it again: ``case(target, number)``.
"""

from __future__ import annotations

import contextlib
import functools
import io
import os
import random
import tempfile
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from app.documents import papers
from app.documents.paper import PaperError
from app.page import Page
from app.service import Service
from app.settings import Settings
from detectors import lexicon
from detectors.lexicon import LexiconError
from detectors.markup import read
from detectors.text import Text
from tests.reliability.conftest import LONG, TITLE
from tests.reliability.hostile import PAGES
from tests.reliability.test_no_silent_pass import PAPERS, POSTS

if TYPE_CHECKING:
    from collections.abc import Callable

    Fuzzed = TypeVar("Fuzzed", str, bytes)

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS = float(os.environ.get("XIANSHEN_FUZZ", "300" if LONG else "3"))  # of all targets together
MOST = 10.0  # seconds of computing for one case: as long as a file may take
_LETTERS = 3_000  # code points of a case at most: it is the kinds that matter, sizes are tried elsewhere

_PIECES = (
    "<", ">", "</", "/>", "<!--", "-->", "<![CDATA[", "]]>", "<script>", "</script", "<style>", "<template>", "<svg>", "<table><tr><td>",
    "<td colspan=99999>", "<p style='display:none'>", "<a href='javascript:1'>", '<img alt="', "<ruby>政<rt>zhèng", "<bdo dir=rtl>", "&#0;", "&#xD800;",
    "&#x110000;", "&amp", "&nbsp;", "&NotEqualTilde;", "\0", "\x1b", "\x85", "\u200b", "\u202e", "\u2066", "\ufeff", "\ufdfa", "\ud800", "\udfff", "\U000e0041",
    "\U0010ffff", "e\u0301\u0316", "𝟏", "⼀", "㍿", "準", "锟斤拷", "`", "```", "[", "](", "![", "|---|", "> ", "    ", "# ", "* ", "_", "\\", "\r", "\n\n", "\t",
    "2月30日", "13912345678", "11010519491231002X", "机密★10年", "第一条", "“", "《", "％", "〇", "一万亿", "-1", "99999999999999999999",
)  # fmt: skip


def _broken(good: Fuzzed, pieces: tuple[Fuzzed, ...], chance: random.Random) -> Fuzzed:
    """Something cut out, doubled, moved, put in or exchanged, some times over."""
    for _ in range(chance.choice((1, 1, 2, 4, 12))):
        at, length = chance.randrange(len(good) + 1), chance.choice((1, 1, 2, 8, 60, 400))
        cut = good[at : at + length]
        how = chance.randrange(6)
        if how == 0:
            good = good[:at] + good[at + length :]
        elif how == 1:
            good = good[:at] + cut * chance.choice((2, 3, 30)) + good[at + length :]
        elif how == 2:
            to = chance.randrange(len(good) + 1)
            good = good[:to] + cut + good[to:]
        elif how == 3:
            good = good[:at] + chance.choice(pieces) + good[at + length :]
        elif how == 4 and chance.random() < 0.3:
            good = good[:at]
        else:
            good = good[:at] + chance.choice(pieces) + good[at:]
    return good


def _bytes(good: bytes, chance: random.Random) -> bytes:
    pieces = (b"\0", b"\xff", b"\xff\xfe", b"\xef\xbb\xbf", bytes([chance.randrange(256)]), chance.randbytes(4), b"<", b"&#0;", b"endobj", b"PK\x03\x04",
              b"<!DOCTYPE a>", b"1e999", b"-1", b"/Length 99999999", b'"', b"'''", b"]", b"=", b"\r\n", "密".encode("gb18030"), "ª".encode())  # fmt: skip
    return _broken(good, pieces, chance)


# --- the targets: each raises what must not happen ----------------------------------------------


def _page(chance: random.Random) -> tuple[str, str]:
    good = [(str(one.get("format", "text")), str(one["body"])) for one in POSTS.values()]
    good += [(format_, body[:_LETTERS]) for format_, body in PAGES.values()]
    format_, body = chance.choice(good)
    if chance.random() < 0.3:
        format_ = chance.choice(("html", "markdown", "text"))
    return format_, _broken(body, _PIECES, chance)[: 2 * _LETTERS]


def markup(chance: random.Random) -> None:
    """Every letter that is read has its place in what was sent."""
    format_, body = _page(chance)
    text = read(body, format_)
    for view in text.views:
        assert sum(run.length for run in view.runs) == len(view.as_written)
        for _ in range(5 if view.as_written else 0):
            at = chance.randrange(len(view.as_written))
            end = min(at + chance.randrange(1, 9), len(view.as_written))
            span = view.span(at, end)
            assert 0 <= span.start <= span.end <= len(body)
            # a line end where a block ends stands nowhere in the source, and nothing found begins with one
            assert span.start < span.end or not view.as_written[at].strip()


def fold(chance: random.Random) -> None:
    """What a folded letter came from is a letter of the text."""
    text = Text.of(_page(chance)[1])
    for _ in range(5 if text.plain else 0):
        at = chance.randrange(len(text.plain))
        start, end = text.written(at, at + 1)
        assert 0 <= start < end <= len(text.as_written)


@functools.cache
def _service() -> Service:
    ready = Service.load(Settings(unit="县发展和改革局", unit_kind="department"))
    ready.warm()
    return ready


def screening(chance: random.Random) -> None:
    """A verdict with every rule heard, each finding inside the text."""
    format_, body = _page(chance)
    page = Page(body, _broken(TITLE, _PIECES, chance)[:200], format=format_, unit_kind="department")
    answer = _service().answer(page)
    assert answer["verdict"] in {"pass", "review", "block"}
    assert [] == answer["unseen"]
    for one in answer["findings"]:
        whole = page.title if one["field"] == "title" else page.body
        assert 0 <= one["start"] <= one["end"] <= len(whole)


@functools.cache
def _lexicons() -> tuple[bytes, ...]:
    """The shipped files, each cut at a line's end to what a person would write in an hour."""
    found = (path.read_bytes() for path in sorted((ROOT / "lexicons").rglob("*.toml")))
    return tuple(raw if len(raw) < 4_000 else raw[: raw.rfind(b"\n", 0, 4_000) + 1] for raw in found)


def lexicons(chance: random.Random) -> None:
    """Read as a whole, or refused as a whole by its one error."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.toml"
        path.write_bytes(_bytes(chance.choice(_lexicons()), chance))
        with contextlib.suppress(LexiconError):
            lexicon.load(path)


@functools.cache
def _papers() -> dict[str, bytes]:
    return {suffix: make() for suffix, make in PAPERS.items()}


def documents(chance: random.Random) -> None:
    """Text, or a paper's error: broken from outside and, where it is a zip, also inside."""
    suffix, raw = chance.choice(list(_papers().items()))
    if raw.startswith(b"PK") and chance.random() < 0.7:
        raw = _parts_broken(raw, chance)
    else:
        raw = _bytes(raw, chance)
    with contextlib.suppress(PaperError):
        paper = papers.read(raw, suffix)
        assert paper.body.strip() or paper.unread or paper.not_read or paper.noted


def _parts_broken(raw: bytes, chance: random.Random) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        struck = set(chance.sample(names, chance.choice((1, 1, 3))))
        for name in names:
            part = old.read(name)
            if name in struck and chance.random() < 0.1:
                continue
            new.writestr(name, _bytes(part, chance) if name in struck else part)
    return stream.getvalue()


TARGETS: dict[str, tuple[str, Callable[[random.Random], None]]] = {
    "markup": ("网页、Markdown 的读取", markup),
    "fold": ("折叠", fold),
    "screening": ("整篇审查", screening),
    "lexicons": ("词库文件的装载", lexicons),
    "documents": ("Word、表格、PDF、网页、文本文件的读取", documents),
}


def case(target: str, number: int) -> None:
    """One case once more."""
    TARGETS[target][1](random.Random(f"{target} {number}"))


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.filterwarnings("ignore")  # of libraries about broken files
def test_fuzz(target: str, ledger: Callable[..., None]) -> None:
    """Nothing but declared errors, and none that takes longer than a file may."""
    case(target, 0)  # what is loaded at the first use is not counted
    violations: list[str] = []
    number, slowest = 0, 0.0
    begun = time.process_time()
    end = time.monotonic() + SECONDS / len(TARGETS)
    while time.monotonic() < end and len(violations) < 5:
        number += 1
        start = time.process_time()
        try:
            case(target, number)
        except Exception as error:  # noqa: BLE001 whatever it is, it is the finding
            violations.append(f"case({target!r}, {number}): {type(error).__name__}: {str(error)[:200]}")
        spent = time.process_time() - start
        slowest = max(slowest, spent)
        if spent > MOST:
            violations.append(f"case({target!r}, {number}): {spent:.1f} s")
    figures: dict[str, Any] = {
        "fuzz（秒）": round(time.process_time() - begun, 1),
        "最慢（秒）": round(slowest, 2),
    }
    ledger(
        "F20 F28–F46 模糊测试", TARGETS[target][0], "只有写明的错误；崩溃 0", number, violations, **figures
    )
