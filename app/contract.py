"""Does a running service keep the contract that a content management system relies on? Asked from the outside.

Nothing is put down in its register: every post says ``record: false``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import httpx

from app.client import SECONDS, Client, digest, judged

_TITLE = "全县秋粮收购工作会议召开"
_CLEAN = "县发展和改革局召开会议，安排秋粮收购、储存和质量检验等事项。"
_WRONG = "既使再忙，也要在2月30日前办结。"
_NUMBER = "13912345678"  # invented; must not come back in an error
_TYPE = "application/problem+json"
_OK = 200
_FAILED = 500  # and above


class Check(NamedTuple):
    """One promise, whether it was kept, and what was seen instead."""

    promise: str
    kept: bool
    seen: str = ""


def checks(url: str, key: str = "", transport: httpx.BaseTransport | None = None) -> Iterator[Check]:
    """Every promise in turn. A service that is not there breaks them all, and nothing is raised."""
    headers = {"authorization": f"Bearer {key}"} if key else {}
    with (
        Client(url, key, transport=transport) as client,
        httpx.Client(
            base_url=url, headers=headers, timeout=SECONDS * 3, trust_env=False, transport=transport
        ) as http,
    ):
        yield from _ready(http)
        yield from _verdicts(client)
        yield from _refusals(http)


def _ready(http: httpx.Client) -> Iterator[Check]:
    status, _, content = _sent(lambda: http.get("/ready"))
    yield Check("GET /ready 为 200 才可送审", status == _OK, f"HTTP {status} {content[:200]}")


def _verdicts(client: Client) -> Iterator[Check]:
    post: dict[str, Any] = {"title": _TITLE, "body": _CLEAN, "record": False}
    first, second = client.screen(post), client.screen(post)
    yield Check("稿件得到完整的答复，digest 与所送内容一致", first.answer is not None, first.reason)
    alike = (
        first.answer is not None
        and second.answer is not None
        and _lasting(first.answer) == _lasting(second.answer)
    )
    yield Check("同一内容、同一数据，答复相同", alike, second.reason or "两次答复不同")
    other = client.screen(post | {"body": _CLEAN + "。"})
    changed = bool(first.answer and other.answer and first.answer["digest"] != other.answer["digest"])
    yield Check("内容改动一个字，digest 即不同", changed, other.reason)
    html = client.screen(post | {"body": f"<p>{_CLEAN}</p>", "format": "html"})
    yield Check("HTML 稿件的 digest 按提交的原文计算", html.answer is not None, html.reason)
    wrong = client.screen(post | {"body": _WRONG})
    found = wrong.answer is not None and bool(wrong.answer["findings"]) and wrong.answer["verdict"] != "pass"
    yield Check("有错的稿件不得通过", found and not wrong.publishable, wrong.reason or "没有发现问题")
    body = json.dumps(wrong.answer).encode()
    reason, answer = judged(_OK, body, post)
    yield Check("另一篇稿件的答复不能用于这一篇", bool(reason) and answer is None, "")
    places = wrong.answer["findings"] if wrong.answer else []
    true = all(
        0 <= one["start"] < one["end"] <= len(_WRONG if one["field"] == "body" else _TITLE) for one in places
    )
    yield Check("位置按 Unicode 字符计，落在所送的字段之内", bool(places) and true, "")


def _lasting(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name not in {"elapsed_ms", "record"}}


def _refusals(http: httpx.Client) -> Iterator[Check]:
    def post(content: bytes, kind: str = "application/json") -> Callable[[], httpx.Response]:
        return lambda: http.post("/screen", content=content, headers={"content-type": kind})

    good = json.dumps({"body": _CLEAN, "record": False}).encode()
    refused = {
        "不是 JSON": (400, post(f"{{手机 {_NUMBER}".encode())),
        "不是 UTF-8": (400, post('{"body": "稿件"}'.encode("gbk"))),
        "同一字段写了两次": (400, post(f'{{"body": "{_NUMBER}", "body": "稿件", "record": false}}'.encode())),
        "没有这个字段": (422, post(json.dumps({"body": _NUMBER, "bodi": "x"}).encode())),
        "没有正文": (422, post(json.dumps({"title": _NUMBER}).encode())),
        "正文为空": (422, post(json.dumps({"title": _NUMBER, "body": " "}).encode())),
        "不成对的代理项": (400, post(b'{"body": "\\ud800' + _NUMBER.encode() + b'"}')),
        "没有这部制度": (404, post(json.dumps({"body": _NUMBER, "checklists": ["no-such"], "record": False}).encode())),
        "内容类型不对": (415, post(good, "text/plain")),
        "过大": (413, post(json.dumps({"body": "稿" * 1_500_000}, ensure_ascii=False).encode())),
        "没有这个地址": (404, lambda: http.post("/scren", content=good, headers={"content-type": "application/json"})),
    }  # fmt: skip
    for what, (expected, ask) in refused.items():
        status, kind, content = _sent(ask)
        shaped = kind.startswith(_TYPE) and _problem(content) == status
        yield Check(
            f"{what}：{expected}，application/problem+json",
            status == expected and shaped,
            f"HTTP {status} {kind}",
        )
        yield Check(
            f"{what}：错误答复不重复所送内容",
            status not in {0, _OK} and _NUMBER not in content,
            f"HTTP {status}",
        )


def _problem(content: str) -> int:
    try:
        told = json.loads(content)
    except ValueError:
        return 0
    return int(told.get("status", 0)) if isinstance(told, dict) else 0


def _sent(ask: Callable[[], httpx.Response]) -> tuple[int, str, str]:
    """Status, content type and body; 0 where nobody answered."""
    try:
        response = ask()
    except httpx.HTTPError as error:
        return 0, "", type(error).__name__
    return response.status_code, response.headers.get("content-type", ""), response.text


__all__ = ["Check", "checks", "digest"]
