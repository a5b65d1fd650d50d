"""What a content management system asks the service with: ``publishable`` only after a whole, matching "pass".

    from app.client import Client

    with Client("http://127.0.0.1:8000", key="…") as client:
        screened = client.screen({"title": "…", "body": "…"})
    if not screened.publishable:
        keep_as_draft(screened.reason)

A time-out, a refusal, half an answer or an answer to another text are all the same: it stays a draft.
"publishable" says that the machine is done; the signatures that a regulation demands are apart.
"""

from __future__ import annotations

import hashlib
import json
import random
import time
import uuid
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, NamedTuple, Self

import httpx

SECONDS = 3.0  # of one try, from the first byte sent to the last received
TRIES = 3
_MOST = 64 * 1024 * 1024  # bytes of an answer
_PAUSE = 0.2  # seconds before the second try, doubled before the third, each by chance up to half longer
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})  # statuses after which a second try makes sense
_OK = 200
_VERDICTS = frozenset({"pass", "review", "block"})
_WHOLE = {"verdict": str, "digest": str, "findings": list, "checklists": list, "unseen": list, "data": str}


class Screened(NamedTuple):
    """What became of a question. ``answer``: the body of a 200, None where there was none that can be trusted."""

    publishable: bool
    reason: str  # "" where it may go on; else why not, in Chinese
    status: int  # HTTP's; 0: no answer
    answer: dict[str, Any] | None
    tries: int


class _LateError(Exception):
    """The answer did not come whole in time."""


def digest(title: str, body: str) -> str:
    """What the service calls a text: SHA-256 over title, line feed, body in UTF-8."""
    return "sha256:" + hashlib.sha256(f"{title}\n{body}".encode("utf-8", "surrogatepass")).hexdigest()


def judged(  # noqa: PLR0911 each way to fall short on its own line
    status: int, content: bytes, post: Mapping[str, Any]
) -> tuple[str, dict[str, Any] | None]:
    """Why an answer is no "pass" for this post ("" where it is one), and the answer where it is whole."""
    if status != _OK:
        return f"未完成审查（HTTP {status}）", None
    try:
        answer = json.loads(content)
    except ValueError:
        return "答复不是完整的 JSON", None
    if not isinstance(answer, dict) or not all(
        isinstance(answer.get(name), kind) for name, kind in _WHOLE.items()
    ):
        return "答复缺少必要的内容", None
    if answer["verdict"] not in _VERDICTS:
        return "答复的结论不认识", None
    if answer["digest"] != digest(str(post.get("title") or ""), str(post["body"])):
        return "答复说的不是这一份内容", None
    if answer["unseen"]:
        return "有检查未能完成", answer
    return {"pass": "", "review": "有需要复核的问题"}.get(
        answer["verdict"], "有须处理后才能送审的问题"
    ), answer


class Client:
    """One service. Keeps its connection; to be closed."""

    def __init__(  # noqa: PLR0913 what a test exchanges
        self,
        url: str,
        key: str = "",
        *,
        seconds: float = SECONDS,
        tries: int = TRIES,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        headers = {"authorization": f"Bearer {key}"} if key else {}
        self.seconds, self.tries, self._sleep = seconds, tries, sleep
        self._http = httpx.Client(
            base_url=url, headers=headers, timeout=seconds, follow_redirects=False, trust_env=False, transport=transport
        )  # fmt: skip

    def screen(self, post: Mapping[str, Any], key: str = "") -> Screened:
        """Ask about one post; never raises for anything the service or the network does.

        Args:
            post: the body of POST /screen.
            key: Idempotency-Key; "": a new one. Every try carries the same, so that a post is put down once.
        """
        headers = {"idempotency-key": key or uuid.uuid4().hex, "content-type": "application/json"}
        body = json.dumps(post).encode()
        status, reason = 0, ""
        for number in range(1, self.tries + 1):
            try:
                status, content = self._ask(headers, body)
            except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, _LateError) as error:
                status = 0
                late = isinstance(error, httpx.TimeoutException | _LateError)
                reason = (
                    f"{self.seconds:g} 秒内没有完整答复"
                    if late
                    else f"无法连接审查服务（{type(error).__name__}）"
                )
            else:
                reason, answer = judged(status, content, post)
                if status not in _AGAIN:
                    return Screened(not reason, reason, status, answer, number)
            if number < self.tries:
                self._sleep(_PAUSE * 2 ** (number - 1) * random.uniform(1, 1.5))  # noqa: S311 no secret
        return Screened(
            publishable=False, reason=f"{reason}；不得发布", status=status, answer=None, tries=self.tries
        )

    def _ask(self, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        """One try: status and body, all of it within ``seconds``."""
        end = time.monotonic() + self.seconds
        with self._http.stream("POST", "/screen", content=body, headers=headers) as response:
            parts, size = [], 0
            for part in response.iter_bytes():
                parts.append(part)
                size += len(part)
                if time.monotonic() > end or size > _MOST:
                    raise _LateError
            if time.monotonic() > end:
                raise _LateError
            return response.status_code, b"".join(parts)

    def close(self) -> None:
        """Let the connection go."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
