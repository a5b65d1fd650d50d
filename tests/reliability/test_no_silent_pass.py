"""I1: a fault is put into every rule, and into every function that a post or a file passes through. None ends in "pass"."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sys
import threading
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import docx
import openpyxl
import pypdf
import pytest
from fastapi.testclient import TestClient
from pebble import ProcessExpired

from app.api import screen
from app.documents import intake, papers
from app.documents.paper import PaperError
from app.main import create
from app.page import Page
from app.settings import Settings
from detectors.rule import Detector
from tests.reliability.conftest import CLEAN, LONG, TITLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import CodeType, FrameType

    from app.service import Service
    from detectors.text import Text

ROOT = str(Path(__file__).resolve().parent.parent.parent)
OURS = (f"{ROOT}/app/", f"{ROOT}/detectors/")


class Injected(Exception):  # noqa: N818 no error of the program's
    """A fault nobody in the program can have foreseen."""


class Worse(BaseException):
    """As compiled Rust code panics: not even an ``Exception``."""


FAULTS: tuple[type[BaseException], ...] = (
    Injected, MemoryError, RecursionError, TimeoutError, RuntimeError, ValueError, KeyError, OSError, UnicodeError, Worse,
)  # fmt: skip


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Thousands of expected faults need not be written down."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


# --- each rule ----------------------------------------------------------------------------------


def _breaking(one: Detector, fault: type[BaseException], *, late: bool) -> Detector:
    """The same rules; they break before the first finding, or after all of them."""

    def find(text: Text) -> Any:
        if not late:
            raise fault("injected")
        yield from one.find(text)
        raise fault("injected")

    return Detector(one.rules, find, (), looks_behind=one.looks_behind)


def test_a_fault_in_each_rule(service: Service, ledger: Callable[..., None]) -> None:
    """Each rule breaks in turn, in ten ways, at its beginning and at its end: the answer is block, or no answer."""
    page = Page(CLEAN, TITLE, unit_kind="department")
    assert "pass" == service.answer(page)["verdict"], "without a fault it must pass, or nothing is proved"
    runs, violations = 0, []
    for at, one in enumerate(service.detectors.detectors):
        for number, fault in enumerate(FAULTS):
            for late in (False, True):
                if not LONG and (number + late + at) % 5:
                    continue  # the short form tries each rule with a fifth of the faults
                broken = list(service.detectors.detectors)
                broken[at] = _breaking(one, fault, late=late)
                ready = replace(service, detectors=replace(service.detectors, detectors=tuple(broken)))
                runs += 1
                try:
                    answer = ready.answer(page)
                except BaseException as error:  # noqa: BLE001 no answer at all is no pass
                    if not isinstance(error, fault):
                        violations.append(f"{one.rules[0].id}: {fault.__name__} became {error!r}")
                    continue
                named = {unseen["rule"] for unseen in answer["unseen"]}
                if answer["verdict"] != "block" or not named >= {rule.id for rule in one.rules}:
                    violations.append(f"{one.rules[0].id} with {fault.__name__}: {answer['verdict']}")
    ledger("F43", "每条规则依次出错（十种错误，开始时和结束时）", "block，写明哪条规则未能检查", runs, violations,
           rules=len(service.detectors.rules))  # fmt: skip


# --- each function ------------------------------------------------------------------------------


@contextmanager
def _watched(event: Callable[[CodeType], None]) -> Iterator[None]:
    """Every call of a function of ours, in this thread, is told; what ``event`` raises is raised there."""

    def profile(frame: FrameType, kind: str, _: object) -> None:
        if kind == "call" and frame.f_code.co_filename.startswith(OURS):
            event(frame.f_code)

    sys.setprofile(profile)
    try:
        yield
    finally:
        sys.setprofile(None)


def _called(do: Callable[[], object]) -> list[CodeType]:
    """The functions that run, in order of their first call."""
    seen: dict[CodeType, None] = {}
    with _watched(seen.setdefault):
        do()
    return list(seen)


def _try_each(do: Callable[[], dict[str, Any]], seen: set[CodeType]) -> tuple[int, list[str]]:
    """Break each function that ``do`` calls, one at a time: (runs, the functions whose fault nobody noticed)."""
    do()  # caches are filled
    whole = do()
    runs, unnoticed = 0, []
    for code in _called(do):
        if code in seen and not LONG:
            continue
        seen.add(code)
        armed = True

        def strike(called: CodeType, code: CodeType = code) -> None:
            nonlocal armed
            if armed and called is code:
                armed = False
                raise Injected

        answer: dict[str, Any] | None = None
        lost: list[
            Any
        ] = []  # raised while a generator nobody wanted was cleared away: no fault of a function
        before, sys.unraisablehook = sys.unraisablehook, lost.append
        try:
            with _watched(strike):
                answer = do()
        except Injected:
            pass
        finally:
            sys.unraisablehook = before
        if lost:
            continue
        runs += 1
        assert not armed
        if answer is None or "status" in answer:  # a problem, or nothing at all
            continue
        noticed = answer["verdict"] == "block" and answer["unseen"]
        if answer["verdict"] == "pass" or not (noticed or _same(answer, whole)):
            unnoticed.append(f"{Path(code.co_filename).name}:{code.co_name}: {answer['verdict']}")
    return runs, unnoticed


def _same(answer: dict[str, Any], whole: dict[str, Any]) -> bool:
    """Whether nothing was lost: what every complete answer holds."""
    return all(answer[name] == whole[name] for name in ("verdict", "findings", "unseen", "checklists"))


POSTS: dict[str, dict[str, Any]] = {
    "text": {"title": TITLE, "body": CLEAN},
    "html": {"title": TITLE, "body": f"<div style='display:none'>备用</div><p>{CLEAN}</p><table><tr><th>序号<td>1</table>"
             "<script>var a=1</script><a href='/zwgk/index.html'>政务公开</a>", "format": "html"},
    "markdown": {"title": TITLE, "body": f"# 通知\n\n{CLEAN}[政务公开](/zwgk/)", "format": "markdown"},
    "full": {"title": TITLE, "body": CLEAN + "联系人张伟，手机13912345678，身份证号11010519491231002X，既使再忙，2月30日前办结。"
             "据有关媒体报道，事故造成3人死亡。机密★10年", "unit": {"name": "县统计局", "kind": "department"},
             "source": {"name": "新华网", "url": "https://www.news.cn/"}, "published_on": "2026-11-23", "channel": "website"},
}  # fmt: skip


def _posted(service: Service, post: dict[str, Any]) -> dict[str, Any]:
    body = json.dumps(post).encode()
    headers = {b"content-type": b"application/json"}
    asked = screen.answered(headers, body, service)
    try:  # without an event loop: nothing in it waits
        asked.send(None)
    except StopIteration as done:
        return dict(json.loads(done.value.body))
    raise AssertionError("the answer to a short post waits for nothing")


def test_a_fault_in_each_function_a_post_passes(service: Service, ledger: Callable[..., None]) -> None:
    """Reader, folding, matcher, rules, judge, masks, answer: whichever function breaks, the post does not pass."""
    runs, violations, seen = 0, [], set[Any]()
    for name, post in POSTS.items():
        more, unnoticed = _try_each(partial(_posted, service, post), seen)
        runs += more
        violations += [f"{name}: {one}" for one in unnoticed]
    ledger("F43 F47–F48", "POST /screen 经过的每个函数依次出错", "block 或非 200", runs, violations)


class _Here(intake.Intake):
    """The intake without its process, so that a fault can be put inside."""

    def _sent(self, raw: bytes, suffix: str) -> Any:
        future: Future[Any] = Future()
        try:
            future.set_result(papers.read(raw, suffix))
        except Exception as error:  # noqa: BLE001 as the pool hands it over
            future.set_exception(error)
        return future


def _document() -> bytes:
    made = docx.Document()
    made.add_paragraph(CLEAN)
    made.add_table(1, 2).rows[0].cells[0].text = "序号"
    return _saved(made)


def _workbook() -> bytes:
    made = openpyxl.Workbook()
    made.active.append(["项目", CLEAN])
    return _saved(made)


def _saved(made: Any) -> bytes:
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def _pdf(letters: str) -> bytes:
    """A page with one line of ASCII letters."""
    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(595, 842)
    font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    name, kind = pypdf.generic.NameObject, pypdf.generic.DictionaryObject
    made = writer._add_object(kind({name(key): name(value) for key, value in font.items()}))
    page[name("/Resources")] = kind({name("/Font"): kind({name("/F1"): made})})
    stream = pypdf.generic.DecodedStreamObject()
    stream.set_data(f"BT /F1 12 Tf 80 700 Td ({letters}) Tj ET".encode())
    page[name("/Contents")] = writer._add_object(stream)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


PAPERS: dict[str, Callable[[], bytes]] = {
    ".docx": _document,
    ".xlsx": _workbook,
    ".pdf": lambda: _pdf("Grain purchase goes on as planned."),
    ".html": f"<p>{CLEAN}</p>".encode,
    ".txt": lambda: CLEAN.encode("gb18030"),
}


def test_a_fault_in_each_function_a_file_passes(
    service: Service, ledger: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever function of a reader breaks, the file is not read, and what is not read does not pass."""

    async def here(do: Callable[..., Any], *given: Any) -> Any:
        return do(*given)

    monkeypatch.setattr(asyncio, "to_thread", here)
    runs, violations, seen = 0, [], set[Any]()
    for suffix, make in PAPERS.items():
        raw = make()

        def read(raw: bytes = raw, suffix: str = suffix) -> dict[str, Any]:
            paper = asyncio.run(_Here().read(raw, suffix))
            page = Page(
                paper.body,
                paper.title or TITLE,
                format=paper.format,
                unread=paper.unread,
                unit_kind="department",
            )
            return service.answer(page)

        assert "pass" == read()["verdict"], f"{suffix} without a fault must pass, or nothing is proved"
        more, unnoticed = _try_each(read, seen)
        runs += more
        violations += [f"{suffix}: {one}" for one in unnoticed]
    ledger(
        "F43–F46",
        "读取文件经过的每个函数依次出错（Word、表格、PDF、网页、文本）",
        "block 或非 200",
        runs,
        violations,
    )


OUTCOMES = (TimeoutError(), MemoryError(), ProcessExpired("killed"), CancelledError(), RuntimeError(), RecursionError(),
            PaperError("文件损坏"), OSError(28, "disk full"), UnicodeError(), EOFError())  # fmt: skip


def test_whatever_becomes_of_the_reading_process(
    tmp_path: Path, ledger: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its time-out, death, lack of memory or refusal: over HTTP, for each kind of file, never "pass"."""
    given: list[BaseException] = []

    def sent(_: intake.Intake, __: bytes, ___: str) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_exception(given[-1])
        return future

    monkeypatch.setattr(intake.Intake, "_sent", sent)
    runs, violations = 0, []
    with TestClient(create(Settings(home=tmp_path)), raise_server_exceptions=False) as client:
        for outcome in OUTCOMES:
            given.append(outcome)
            for suffix in (".docx", ".xlsx", ".pdf"):
                runs += 1
                answer = client.post(
                    "/screen/file", files={"file": (f"a{suffix}", PAPERS[suffix]())}, data={"title": TITLE}
                )
                if answer.status_code == 200 and answer.json()["verdict"] != "block":
                    violations.append(f"{suffix} {outcome!r}: {answer.json()['verdict']}")
    ledger("F38 F44 F46", "读取进程超时、被杀、内存不足、拒绝", "block", runs, violations)


def test_the_threads_of_the_test_are_the_only_ones() -> None:
    """The injector sees one thread: nothing of a short post may run in another."""
    assert threading.current_thread() is threading.main_thread()
