"""POST /v2/check and GET /v2/languages in the shape of LanguageTool's HTTP API, over the same ``screen()``.

Its extensions for browsers, LibreOffice and editors let a user name a server of their own: this one.
Nothing is recorded. Errors are plain text, which is what its clients show.
"""

from __future__ import annotations

import ipaddress
import logging
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import PlainTextResponse, Response

from app import ENGINE
from app.api.problems import Problem, unexpected
from app.api.screen import readable, service
from app.page import Page
from app.screening import screen
from app.service import Service
from detectors.rule import FAMILIES, Finding, Rule
from detectors.text import Run, Span, Text, join

_log = logging.getLogger(__name__)

PATH = "/v2/"
NAME, CODE, SHORT = "中文（简体）", "zh-CN", "zh"
_LANGUAGES = frozenset({"auto", "zh", "zh-cn", "zh-hans", "zh-hans-cn"})
_LEVELS = frozenset({"", "default", "picky"})
_AROUND = 40  # letters of context on each side, as LanguageTool gives them
_FIELDS = 50
_INLINE = 20_000  # code points below which changing threads costs more than it saves
# Family → the kind of issue (a word of ITS 2.0), by which clients choose a colour.
_ISSUES = {
    "secrecy": "legal",
    "disclosure": "legal",
    "sensitive": "non-conformance",
    "expression": "style",
    "advertising": "legal",
    "source": "non-conformance",
    "number": "numbers",
    "document": "formatting",
    "damage": "characters",
    "pii": "legal",
    "link": "non-conformance",
    "spelling": "misspelling",
}
_TYPOS = "TYPOS"  # LanguageTool's own category of misspellings: clients switch it off by this name
_UNSEEN = "xianshen.unseen"
_SENTENCE = re.compile(r"[^。！？!?\n]*(?:[。！？!?]+[”’」』）)]*\n*|\n+|$)")

router = APIRouter(tags=["LanguageTool 接口"])


# --- what is asked ------------------------------------------------------------------------------


class Piece(msgspec.Struct):
    """A piece of annotated text: words, or markup that may stand for words (``<p>`` for a line's end)."""

    text: str | None = None
    markup: str | None = None
    interpret_as: str | None = msgspec.field(name="interpretAs", default=None)


class Data(msgspec.Struct):
    """The ``data`` parameter."""

    text: str | None = None
    annotation: list[Piece] | None = None


@dataclass(frozen=True)
class Manuscript(Page):
    """A page some letters of which are markup that no rule reads and every offset counts."""

    letters: Text = field(default_factory=lambda: Text.of(""))

    @cached_property
    def text(self) -> Text:
        return join((Text.of(self.title), self.letters), self.about)


@dataclass(frozen=True)
class Wish:
    """Which rules and categories the user wants to hear of; ``picky``: also what is only probably wrong."""

    on: frozenset[str]
    off: frozenset[str]
    only: bool
    picky: bool = False

    def wants(self, rule: Rule) -> bool:
        """What is switched on wins over what is switched off, as with LanguageTool."""
        names = {rule.id.lower(), rule.family, category(rule).lower()}
        if names & self.on:
            return True
        return not self.only and not names & self.off


def category(rule: Rule) -> str:
    """The id of a rule's category: its family in capitals; of misspellings LanguageTool's own."""
    return _TYPOS if rule.family == "spelling" else rule.family.upper()


def _parameters(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=_FIELDS
        )
    except (UnicodeDecodeError, ValueError) as error:
        raise Problem(400, "请求体应为 application/x-www-form-urlencoded，UTF-8 编码") from error
    return dict(pairs)


def _letters(given: Mapping[str, str]) -> Text:
    """What is to be checked.

    Raises:
        Problem: 400 neither or both of text and data, or data of another shape.
    """
    if "text" in given and "data" in given:
        raise Problem(400, "text 和 data 只能给出一个")
    if "text" in given:
        return Text.of(given["text"])
    if "data" not in given:
        raise Problem(400, "缺少参数 text 或 data")
    try:
        data = msgspec.json.decode(given["data"], type=Data)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise Problem(400, 'data 应为 JSON：{"annotation": [{"text": …}, {"markup": …}]}') from error
    if (data.text is None) == (data.annotation is None):
        raise Problem(400, "data 中 text 和 annotation 须且只能有一个")
    return Text.of(data.text) if data.text is not None else _annotated(data.annotation or [])


def _annotated(pieces: Sequence[Piece]) -> Text:
    source, seen, runs, at = [], [], [], 0
    for piece in pieces:
        if (piece.text is None) == (piece.markup is None):
            raise Problem(400, "annotation 的每一段须且只能有 text 或 markup 之一")
        if piece.interpret_as is not None and piece.markup is None:
            raise Problem(400, "interpretAs 只能与 markup 一起使用")
        written = piece.text if piece.text is not None else piece.markup or ""
        shown = piece.text if piece.text is not None else piece.interpret_as or ""
        source.append(written)
        seen.append(shown)
        if shown:
            runs.append(Run(len(shown), at, at + len(written)))
        at += len(written)
    return Text("".join(source), "".join(seen), tuple(runs) or (Run(0, 0, 0),))


def _wish(given: Mapping[str, str]) -> Wish:
    def names(*fields: str) -> frozenset[str]:
        return frozenset(
            one.strip().lower() for field in fields for one in given.get(field, "").split(",") if one.strip()
        )

    wish = Wish(
        names("enabledRules", "enabledCategories"),
        names("disabledRules", "disabledCategories"),
        given.get("enabledOnly", "").lower() in {"true", "yes"},
        given.get("level", "") == "picky",
    )
    if wish.only and not wish.on:
        raise Problem(400, "enabledOnly=true 时须给出 enabledRules 或 enabledCategories")
    if wish.only and wish.off:
        raise Problem(400, "enabledOnly=true 时不能再给出 disabledRules 或 disabledCategories")
    return wish


def _checked(given: Mapping[str, str]) -> tuple[Text, Wish]:
    language = given.get("language", "").lower().replace("_", "-")
    if not language:
        raise Problem(400, "缺少参数 language")
    if language not in _LANGUAGES:
        raise Problem(400, "不支持这种语言；可以是 zh-CN、zh 或 auto")
    if given.get("level", "") not in _LEVELS:
        raise Problem(400, "level 应为 default 或 picky")
    return _letters(given), _wish(given)


# --- the answer -----------------------------------------------------------------------------------


class _Units:
    """Code points → UTF-16 units, in which LanguageTool's clients count."""

    def __init__(self, letters: str) -> None:
        self.double = (
            [at for at, letter in enumerate(letters) if letter > "\uffff"] if not letters.isascii() else []
        )

    def at(self, place: int) -> int:
        return place + bisect_left(self.double, place)


class _Answer:
    """Matches of one text."""

    def __init__(self, letters: Text, base: str) -> None:
        self.letters, self.source, self.base = letters, letters.source, base
        self.units = _Units(self.source)
        found = [one.span() for one in _SENTENCE.finditer(letters.as_written) if one.end() > one.start()]
        self.sentences = [
            (letters.span(start, end), letters.as_written[start:end].strip()) for start, end in found
        ]
        self._starts = [span.start for span, _ in self.sentences]

    @property
    def ranges(self) -> list[list[int]]:
        return [[self.units.at(span.start), self.units.at(span.end)] for span, _ in self.sentences]

    def match(
        self, span: Span, message: str, short: str, rule: dict[str, Any], suggestion: str | None
    ) -> dict[str, Any]:
        """One match, its offset and length in UTF-16 units of what was sent, markup included."""
        start, end = span.start, max(span.end, min(span.start + 1, len(self.source)))
        offset, length = self.units.at(start), self.units.at(end) - self.units.at(start)
        return {
            "message": message,
            "shortMessage": short,
            "replacements": [] if suggestion is None else [{"value": suggestion}],
            "offset": offset,
            "length": length,
            "context": self._context(start, end),
            "sentence": self._sentence(start),
            "type": {"typeName": "Other"},
            "rule": rule,
            "ignoreForIncompleteSentence": False,
            "contextForSureMatch": 0,
        }

    def _context(self, start: int, end: int) -> dict[str, Any]:
        first, last = max(0, start - _AROUND), min(len(self.source), end + _AROUND)
        head, tail = "..." if first else "", "..." if last < len(self.source) else ""
        text = head + self.source[first:last].replace("\n", " ") + tail
        before = len(head) + start - first
        units = _Units(text)
        offset = units.at(before)
        return {"text": text, "offset": offset, "length": units.at(before + end - start) - offset}

    def _sentence(self, start: int) -> str:
        number = bisect_right(self._starts, start) - 1
        return self.sentences[max(number, 0)][1] if self.sentences else ""

    def rule(self, rule: Rule) -> dict[str, Any]:
        """A rule as LanguageTool describes one."""
        return {
            "id": rule.id,
            "description": rule.title,
            "issueType": _ISSUES[rule.family],
            "category": {"id": category(rule), "name": FAMILIES[rule.family]},
            "urls": [{"value": f"{self.base}rules/{rule.id}"}],
        }


def checked(letters: Text, wish: Wish, ready: Service, base: str) -> dict[str, Any]:
    """The body of an answer to POST /v2/check.

    Raises:
        Problem: 413 too long, or longer to read than anybody waits.
    """
    for written in (letters.source, letters.as_written):
        readable(written, "text", ready.settings.max_characters)
    page = Manuscript(
        letters.source,
        letters=letters,
        unit=ready.settings.unit,
        unit_kind=ready.settings.unit_kind,
        thorough=wish.picky and ready.spelling is not None,  # without a model every level is the same
    )
    verdict = screen(page, ready.default, ready.looking(page))
    answer = _Answer(letters, base)
    matches = [
        answer.match(span, _message(finding), finding.rule.title, answer.rule(finding.rule), suggestion)
        for finding in verdict.findings
        if wish.wants(finding.rule)
        for span, suggestion in _places(page, finding)
    ]
    matches.sort(key=lambda match: (match["offset"], match["length"]))
    blind = list(
        dict.fromkeys(f"{one.rule.title}（{one.reason}）" for one in verdict.unseen if wish.wants(one.rule))
    )
    warnings: dict[str, Any] = {"incompleteResults": bool(blind)}
    if blind:
        reason = f"有 {len(blind)} 项检查未能完成，不得视为没有问题：{'、'.join(blind)}"
        warnings["incompleteResultsReason"] = reason
        rule = {
            "id": _UNSEEN,
            "description": "未能检查",
            "issueType": "uncategorized",
            "category": {"id": "UNSEEN", "name": "未能检查"},
            "urls": [],
        }
        matches.insert(0, answer.match(Span(0, 0), reason, "未能检查", rule, None))
    return {
        "software": {
            "name": "先审 Xianshen",
            "version": ENGINE,
            "buildDate": "",
            "apiVersion": 1,
            "premium": False,
            "premiumHint": "",
            "status": "",
        },
        "warnings": warnings,
        "language": {
            "name": NAME,
            "code": CODE,
            "detectedLanguage": {"name": NAME, "code": CODE, "confidence": 1.0},
        },
        "matches": matches,
        "sentenceRanges": answer.ranges,
    }


def _places(page: Page, finding: Finding) -> Iterator[tuple[Span, str | None]]:
    """Where a finding stands, and the further places of the same kind, as ranges of what was sent."""
    for span, suggestion in ((finding.span, finding.suggestion), *((one, None) for one in finding.places)):
        place = page.place(span)
        yield Span(place.start, place.end), suggestion


def _message(finding: Finding) -> str:
    rule = finding.rule
    parts = [
        f"{rule.title}：{rule.why}",
        finding.note,
        f"依据：{'；'.join(rule.basis)}" if rule.basis else "",
    ]
    hidden = "读者看不见的内容。" if finding.seen != "page" else ""
    return hidden + "\n".join(part for part in parts if part)


# --- the door -------------------------------------------------------------------------------------


def refusal(problem: Problem) -> Response:
    """A failure as LanguageTool's clients expect it."""
    headers = {name.replace("_", "-"): value for name, value in problem.headers.items()}
    return PlainTextResponse(f"Error: {problem.detail}", problem.status, headers)


@router.get("/v2/languages", summary="支持的语言")
async def languages() -> list[dict[str, str]]:
    """只有简体中文。"""
    return [{"name": NAME, "code": SHORT, "longCode": CODE}]


@router.post(
    "/v2/check",
    response_model=None,
    summary="检查文字（LanguageTool 的格式）",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/x-www-form-urlencoded": {
                    "schema": {
                        "type": "object",
                        "required": ["language"],
                        "properties": {
                            name: {"type": "string", "description": what}
                            for name, what in (
                                ("text", "要检查的文字；与 data 二者取一"),
                                ("data", "JSON：分清文字和标记"),
                                ("language", "zh-CN、zh 或 auto"),
                                ("enabledRules", "逗号分隔的规则编号"),
                                ("disabledRules", "逗号分隔的规则编号"),
                                ("enabledCategories", "逗号分隔的类别"),
                                ("disabledCategories", "逗号分隔的类别"),
                                ("enabledOnly", "true：只用上面写明启用的"),
                                ("level", "default 或 picky（细查错别字，须有语言模型）；其余规则总是都用"),
                            )
                        },
                    }
                }
            },
        }
    },
)
async def check(request: Request) -> Response:
    """供浏览器、LibreOffice 和编辑器中已有的 LanguageTool 插件使用。什么都不登记。"""
    try:
        body = await request.body()
        letters, wish = _checked(_parameters(body))
        ready, base = service(request), str(request.base_url)
        if len(letters.source) > _INLINE:
            async with request.app.state.crowd.room(len(body)):
                answer = await run_in_threadpool(checked, letters, wish, ready, base)
        else:
            answer = checked(letters, wish, ready, base)
        return Response(msgspec.json.encode(answer), media_type="application/json")
    except Problem as problem:
        return refusal(problem)
    except Exception as error:  # noqa: BLE001 a text that could not be checked is a 500 that says so
        _log.exception("POST /v2/check failed")
        return refusal(unexpected(error))


@router.options("/v2/{path:path}", include_in_schema=False)
async def preflight(path: str) -> Response:  # noqa: ARG001 any path
    """What a browser asks before an extension's request; the answer stands in the headers (``cors``)."""
    return Response(status_code=204)


def welcome(scope: Mapping[str, Any], allowed: Sequence[str]) -> bool:
    """Whether a request comes from a page elsewhere that may use /v2/: an extension of the user's browser."""
    return scope["path"].startswith(PATH) and bool(_origin(scope, allowed))


def cors(scope: Mapping[str, Any], allowed: Sequence[str]) -> list[tuple[bytes, bytes]]:
    """Headers that let a browser hand the answer to an extension; none for anybody else."""
    headers = [(b"vary", b"Origin")]
    if origin := _origin(scope, allowed):
        headers += [
            (b"access-control-allow-origin", origin),
            (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
            (b"access-control-allow-headers", b"Content-Type, Accept, Authorization, X-API-Key"),
            (b"access-control-max-age", b"600"),
        ]
    return headers


def _origin(scope: Mapping[str, Any], allowed: Sequence[str]) -> bytes:
    """The origin of a request where it is among those allowed. A pattern counts only on this machine itself."""
    headers = dict(scope["headers"])
    origin: bytes = headers.get(b"origin", b"")
    name = origin.decode("latin-1")
    for one in allowed if name else ():
        if name == one or ("*" in one and fnmatchcase(name, one) and _here(scope, headers)):
            return origin
    return b""


def _here(scope: Mapping[str, Any], headers: Mapping[bytes, bytes]) -> bool:
    """Whether the service was reached at an address of this machine only, and through no proxy."""
    if b"x-forwarded-for" in headers or b"forwarded" in headers:
        return False
    try:
        return ipaddress.ip_address((scope.get("server") or ("",))[0]).is_loopback
    except ValueError:
        return False
