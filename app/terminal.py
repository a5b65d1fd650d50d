"""What the command line reads and prints."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text as Styled

from app.api.forms import Post
from app.api.problems import Problem, body, validation_problem
from app.api.redact import redacted
from app.api.screen import read, screened
from app.documents.letters import decoded
from app.documents.paper import PaperError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import BinaryIO

    from app.service import Service
    from detectors.rule import Rule

_FORMATS = {".html": "html", ".htm": "html", ".shtml": "html", ".md": "markdown", ".markdown": "markdown"}
_ANSWERS = {
    "clear": ("机审未发现", "green"),
    "ask": ("须人工回答", "cyan"),
    "review": ("须复核", "yellow"),
    "unseen": ("未能检查，不得视为通过", "magenta"),
    "stop": ("须处理", "red"),
}
ACTS = {"review": "审核", "secrecy": "保密审查", "sign": "审核签字", "approve": "审批", "optional": "必要时"}


class UnreadableError(ValueError):
    """What was given cannot be screened; the message says why, in Chinese."""


def one(
    service: Service, file: str, format_: str, checklists: list[str] | None, beside: dict[str, Any]
) -> dict[str, Any]:
    """Screen one file (or standard input).

    Raises:
        UnreadableError: the file cannot be read, is not text, is empty or too long.
    """
    return _through(screened, service, _given(file, format_) | beside | {"checklists": checklists or None})


def masked(service: Service, file: str, format_: str) -> dict[str, Any]:
    """One file (or standard input), its private data masked.

    Raises:
        UnreadableError: as for ``one``.
    """
    return _through(redacted, service, _given(file, format_))


def _given(file: str, format_: str) -> dict[str, Any]:
    return {"body": _read(file), "format": format_ or _FORMATS.get(Path(file).suffix.lower(), "text")}


def _through(
    door: Callable[[Post, Service], dict[str, Any]], service: Service, given: dict[str, Any]
) -> dict[str, Any]:
    try:
        return door(Post.model_validate_json(msgspec.json.encode(given)), service)
    except ValidationError as error:
        raise UnreadableError(validation_problem(error.errors()).detail) from error
    except Problem as error:
        raise UnreadableError(error.detail) from error


def _read(file: str) -> str:
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        message = f"{file}：无法读取（{error.strerror}）"
        raise UnreadableError(message) from error
    try:
        return decoded(raw)
    except PaperError as error:
        raise UnreadableError(f"{file}：{error}") from error


def stream(service: Service, file: str) -> int:
    """NDJSON in, NDJSON out, one line at a time; the worst exit code of all lines.

    Memory is bounded by the longest line allowed; a bad line gets its own problem and the rest go on.
    """
    worst = 0
    try:
        with sys.stdin.buffer if file == "-" else Path(file).open("rb") as source:
            for raw in _lines(source, service.settings.max_bytes):
                verdict = _line(raw, service)
                worst = max(worst, {"pass": 0, "review": 1, "block": 2}.get(verdict.get("verdict", ""), 3))
                sys.stdout.buffer.write(msgspec.json.encode(verdict) + b"\n")
                sys.stdout.buffer.flush()
    except OSError as error:
        Console(stderr=True).print(f"错误：{file}：{error.strerror}", style="red")
        return 3
    return worst


def _lines(source: BinaryIO, most: int) -> Iterator[bytes | None]:
    """The lines that hold something; None for one that is too long, whose rest is passed over."""
    while raw := source.readline(most + 1):
        if len(raw) > most and not raw.endswith(b"\n"):
            while (rest := source.readline(most)) and not rest.endswith(b"\n"):
                pass
            yield None
        elif raw.strip():
            yield raw


def _line(raw: bytes | None, service: Service) -> dict[str, Any]:
    if raw is None:
        return body(413, f"这一行超过 {service.settings.max_bytes} 字节；未审查，不得发布。")
    try:
        return screened(read("application/json", raw, Post), service)
    except Problem as problem:
        return body(problem.status, problem.detail, problem.errors)


def write_json(verdict: dict[str, Any]) -> None:
    """The answer of POST /screen, readable."""
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(verdict), indent=2) + b"\n")


def show(verdict: dict[str, Any]) -> None:
    """A verdict for a person at a terminal."""
    console = Console(highlight=False)
    colour = {"pass": "green", "review": "yellow"}.get(verdict["verdict"], "red")
    console.print(Styled(verdict["message"], style=f"bold {colour}"))
    for number, finding in enumerate(verdict["findings"], 1):
        where = "标题" if finding["field"] == "title" else "正文"
        hidden = "（读者看不见）" if finding["hidden"] else ""
        style = "red" if finding["answer"] == "stop" else "yellow"
        line = Styled(f"{number:>3}. ", style="bold")
        line.append(f"{finding['title']}", style=style)
        line.append(f"  {where}第{finding['start'] + 1}字{hidden}  “{finding['quote']}”")
        if finding["suggestion"] is not None:
            line.append(f" → “{finding['suggestion']}”", style="green")
        console.print(line)
        console.print(Styled(f"     {finding['note']}{finding['why']}〔{finding['rule']}〕", style="dim"))
    for form in verdict["checklists"]:
        console.print()
        console.print(Styled(f"{form['title']}（{form['status']}）", style="bold"))
        table = Table("条款", "审核内容", "机审结论", show_lines=False)
        for item in form["items"]:
            words, style = _ANSWERS[item["answer"]]
            places = "、".join(str(one + 1) for one in item["findings"])
            table.add_row(
                item["number"],
                item["asks"],
                Styled(words + (f"：第 {places} 处" if places else ""), style=style),
            )
        console.print(table)
        for one in form["signatures"]:
            role = one["role"] or f"〔待本单位指定：{one['asks']}〕"
            console.print(escape(f"  {ACTS[one['act']]}：{role}（{one['basis']}）{one['why']}"))
        for one in form["missing"]:
            console.print(
                Styled(f"  未写明 {one['fact']}，不能确定：{one['why']}（{one['basis']}）", style="magenta")
            )
    if verdict["language_model"] == "off":
        console.print(Styled("没有语言模型：错别字只按词库检查。", style="dim"))
    for one in verdict["unseen"]:
        console.print(Styled(f"未能检查：{one['title']}（{one['reason']}）", style="magenta"))


def list_rules(service: Service) -> None:
    """All rules, a line each."""
    table = Table("编号", "名称")
    for rule in service.detectors.rules.values():
        table.add_row(rule.id, rule.title)
    Console().print(table)


def explain(rule: Rule) -> None:
    """A rule's page."""
    console = Console(highlight=False)
    console.print(Styled(f"{rule.title}  {rule.id}", style="bold"))
    console.print(rule.why, markup=False)
    for article in rule.basis:
        console.print(f"依据：{article}", markup=False)
    for example in rule.lines:
        console.print(
            Styled("✗ " if example.marks else "✓ ", style="red" if example.marks else "green"),
            *_marked(example.letters, example.marks),
            sep="",
        )


def _marked(letters: str, marks: Iterable[Any]) -> Iterable[Styled]:
    line, at = Styled(), 0
    for mark in marks:
        line.append(letters[at : mark.start])
        line.append(letters[mark.start : mark.end], style="bold underline red")
        if mark.suggestion is not None:
            line.append(f"→{mark.suggestion}", style="green")
        at = mark.end
    line.append(letters[at:])
    yield line
