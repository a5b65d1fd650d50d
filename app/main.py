"""The FastAPI application: ``uvicorn app.main:app``, or ``xianshen serve``."""

from __future__ import annotations

import asyncio
import gc
import logging
from contextlib import asynccontextmanager
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.staticfiles import StaticFiles
from pydantic.json_schema import models_json_schema

from app import ENGINE, meter, settings, telemetry
from app.api import (
    file,
    health,
    language_tool,
    lexicons,
    metrics,
    problems,
    records,
    redact,
    reports,
    rules,
    screen,
)
from app.api.crowd import LONG_BODY, Crowd
from app.api.forms import Post, Posts
from app.api.gate import Gate, keep, opened, to_login
from app.documents.intake import Intake
from app.register.store import Register
from app.service import Service
from app.web import accounts, figures, form, refused
from app.web import register as register_pages
from app.web import words as words_page
from app.web.pages import STATIC
from app.words import swap

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping, Sequence

    from fastapi.responses import Response

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]

_log = logging.getLogger(__name__)

# Everything comes from this host; no script or style stands in the page itself. Only a page
# needs the whole policy; an answer to a program needs not to be sniffed and not to be stored.
_EVERY = [(b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store")]
_STATIC = [_EVERY[0], (b"cache-control", b"no-cache")]  # kept, but asked about each time: an ETag is short
_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    b"font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_PAGE = [
    (b"content-security-policy", _POLICY),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
]
_HEAVY = ("/screen", "/redact", language_tool.PATH)  # where a post is read
_DOCS = ("/docs", "/redoc")  # their page is FastAPI's own and needs its own, wider policy


class Application(FastAPI):
    """FastAPI behind a guard: security headers, and bodies that are neither too large nor too slow.

    The whole body is taken in before anything sees it, so that a limit is always answered by a
    problem and never by half a post. POST /screen is answered here: routing and dependency
    solving would cost as much again as the screening of a short post.
    """

    gate: Gate | None = None
    limits: Mapping[str, tuple[int, float]] = MappingProxyType(
        {"": (4 * 1024 * 1024, 10.0)}
    )  # path → bytes, seconds
    origins: tuple[str, ...] = ()  # of browser extensions, for /v2/

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                telemetry.tell(span, route=meter.route(scope["path"]), status=message["status"])
                if self.state.service is not None:
                    self.state.service.meter.asked(scope["path"], message["status"])
                given = dict(message["headers"])
                added = self._added(scope, given.get(b"content-type", b""))
                message["headers"] = [*message["headers"], *(one for one in added if one[0] not in given)]
            await send(message)

        headers = dict(scope["headers"])
        onward = receive
        with telemetry.span("request") as span:
            try:
                response, onward = await self._before(scope, headers, receive)
            except problems.Problem as problem:
                response = _refusal(scope, headers, problem)
            except Exception as error:  # noqa: BLE001 a post that could not be screened is a 500 that says so
                _log.exception("%s %s failed", scope["method"], scope["path"])
                response = problems.unexpected(error).response
            if response is not None:
                await response(scope, receive, guarded)
            else:
                await super().__call__(scope, onward, guarded)

    async def _before(
        self, scope: Message, headers: Mapping[bytes, bytes], receive: Receive
    ) -> tuple[Response | None, Receive]:
        """What is done before routing: who asks, the whole body, and POST /screen itself."""
        if self.gate is not None:
            scope["person"] = self.gate.quick(scope, headers) or await self.gate.enter(scope, headers)
        if scope["method"] not in {"POST", "PUT", "PATCH"}:
            return None, receive
        body = await self._body(scope, receive)
        if scope["path"].startswith(_HEAVY):
            self.state.crowd.admit()
        if scope["path"] == "/screen" and self.state.service is not None:
            person = scope.get("person", screen.NOBODY)
            newest = ready = self.state.service  # taken once: one verdict, one set of words
            if scope["query_string"]:
                ready = await lexicons.asked_for(self.state, scope["query_string"])
            again = ready.data != newest.data
            if (
                len(body) > LONG_BODY
            ):  # asked here: going through ``room`` costs a short one more than it is worth
                async with self.state.crowd.long_post():
                    return await screen.answered(headers, body, ready, person, again=again), receive
            return await screen.answered(headers, body, ready, person, again=again), receive
        waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Message:
            return waiting.pop() if waiting else await receive()

        return None, replay

    def _added(self, scope: Message, kind: bytes) -> Sequence[tuple[bytes, bytes]]:
        """Headers that an answer of this content type gets."""
        path = scope["path"]
        if path.startswith(language_tool.PATH):
            return (*_EVERY, *language_tool.cors(scope, self.origins))
        if kind.startswith(b"text/html") and not path.startswith(_DOCS):
            return (*_EVERY, *_PAGE)
        return _STATIC if path.startswith("/static/") else _EVERY

    async def _body(self, scope: Message, receive: Receive) -> bytes:
        most, seconds = self.limits.get(scope["path"]) or self.limits[""]
        too_large = problems.Problem(413, f"请求体超过 {most} 字节；未审查，不得发布。", connection="close")
        stated = dict(scope["headers"]).get(b"content-length", b"0")
        if stated.isdigit() and int(stated) > most:
            raise too_large
        parts, size = [], 0
        try:
            async with asyncio.timeout(seconds):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        return b""
                    parts.append(message.get("body", b""))
                    size += len(parts[-1])
                    if size > most:
                        raise too_large
                    if not message.get("more_body"):
                        return b"".join(parts)
        except TimeoutError:
            late = f"请求体未在 {seconds:g} 秒内收完；未审查，不得发布。"
            raise problems.Problem(408, late, connection="close") from None


def _refusal(scope: Message, headers: Mapping[bytes, bytes], problem: problems.Problem) -> Response:
    """A refusal in the shape that whoever asks can show."""
    if scope["path"].startswith(language_tool.PATH):
        return language_tool.refusal(problem)
    return to_login(scope, headers, problem) or refused.shown(Request(scope), problem.response)


def create(config: settings.Settings | None = None, base: Service | None = None) -> FastAPI:
    """An application under the given settings (default: the environment). ``base``: what is loaded already.

    Raises:
        SettingsError, LexiconError, ChecklistError, ValueError: broken data stops the start.
    """
    config = config or settings.read()

    @asynccontextmanager
    async def lifespan(app: Application) -> AsyncIterator[None]:
        telemetry.start(config.telemetry)
        register = Register(config)
        ready = replace(base or Service.load(config), register=register)
        ready.warm()
        app.gate = await asyncio.to_thread(opened, register)
        app.state.words = swap.Words(ready, register)
        app.state.service = await asyncio.to_thread(app.state.words.start)
        app.state.intake = Intake(config.paper_seconds)
        gc.collect()
        gc.set_threshold(100_000, 20, 50)  # a page makes some ten thousand short-lived values and no cycles
        gc.freeze()  # half a million words that never go away need not be walked through again and again
        keeping = [
            asyncio.create_task(keep(register, app.gate)),
            asyncio.create_task(swap.keep(app.state.words, app.state)),
            asyncio.create_task(app.state.crowd.watch()),
            asyncio.create_task(metrics.keep(app.state)),
        ]
        yield
        for one in keeping:
            one.cancel()
        await asyncio.to_thread(app.state.intake.close)
        await asyncio.to_thread(register.close)
        await asyncio.to_thread(telemetry.stop)

    app = Application(
        title="先审 Xianshen",
        summary="政府网站与政务新媒体发布前审查",
        description="稿件进，审核表出：制度条目逐项填好，发现了什么、在哪里、依据哪一条、须由谁签字。",
        version=ENGINE,
        lifespan=lifespan,
        telemetry=None,
        strict_content_type=True,
    )
    app.state.service = None
    app.state.crowd = Crowd()
    app.state.batches = Crowd()  # of their own: a hundred posts would keep one long post waiting for a minute
    app.state.rule_seconds = {}
    problems.install(app)
    refused.install(app)
    app.limits = {
        "": (config.max_bytes, config.body_seconds),
        file.PATH: (config.max_file_bytes + file.FORM_BYTES, config.file_seconds),
    }
    app.origins = config.extension_origins
    for router in (
        screen.router,
        file.router,
        language_tool.router,
        redact.router,
        reports.router,
        rules.router,
        health.router,
        form.router,
        records.router,
        register_pages.router,
        figures.router,
        accounts.router,
        lexicons.router,
        words_page.router,
        metrics.router,
    ):
        app.include_router(router)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    app.mount("/static", GZipMiddleware(StaticFiles(directory=STATIC)), name="static")
    return app


def _openapi(app: FastAPI) -> dict[str, Any]:
    """FastAPI's description, with the bodies that routes read themselves."""
    if app.openapi_schema is None:
        described = FastAPI.openapi(app)
        template = "#/components/schemas/{model}"
        _, models = models_json_schema(
            [
                (one, "validation")
                for one in (Post, Posts, *records.MODELS, *reports.MODELS, *lexicons.MODELS)
            ],
            ref_template=template,
        )
        described.setdefault("components", {}).setdefault("schemas", {}).update(models["$defs"])
        app.openapi_schema = described
    return app.openapi_schema


def __getattr__(name: str) -> FastAPI:
    """``app.main:app`` is made when a server asks for it, so that importing this module reads no settings."""
    if name == "app":
        return create()
    raise AttributeError(name)
