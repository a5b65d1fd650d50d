"""POST /screen and its neighbours: the contract, and bad input."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from app import screening
from app.api.forms import VerdictOut
from app.main import create
from app.page import Page
from app.service import Service
from app.settings import Settings, SettingsError

if TYPE_CHECKING:
    from pathlib import Path

    from fastapi.testclient import TestClient

POST = {
    "title": "关于做好2026年医保参保工作的公告",
    "body": "<p>参保登记截至2月30日。</p>",
    "format": "html",
    "unit": {"name": "县医疗保障局", "kind": "department"},
    "category": "公示公告",
}


def screened(client: TestClient, **fields: Any) -> dict[str, Any]:
    """The answer to a post that differs from POST in some fields."""
    answer = client.post("/screen", json=POST | fields)
    assert 200 == answer.status_code, answer.text
    verdict: dict[str, Any] = answer.json()
    return verdict


def problem(answer: Any) -> dict[str, Any]:
    """A problem of the one error shape."""
    assert "application/problem+json" == answer.headers["content-type"]
    shape: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail"} <= shape.keys()
    assert answer.status_code == shape["status"]
    return shape


def test_a_post_becomes_a_filled_checklist(client: TestClient) -> None:
    """The answer has the shape of the contract, and places count code points of the submitted field."""
    verdict = screened(client)
    VerdictOut.model_validate(verdict)
    found = next(one for one in verdict["findings"] if one["rule"] == "number.impossible-date")

    assert "review" == verdict["verdict"]
    assert "2月30日" == POST["body"][found["start"] : found["end"]]
    assert ("body", "review", "/rules/number.impossible-date") == (
        found["field"],
        found["answer"],
        found["docs"],
    )
    statistics = next(one for one in verdict["checklists"][0]["items"] if one["id"] == "statistics")
    assert [verdict["findings"].index(found)] == statistics["findings"]
    assert "第十三条(九)" == statistics["number"]


def test_same_input_same_answer(client: TestClient) -> None:
    """Byte for byte, time aside."""
    first, second = (screened(client) for _ in range(2))
    first.pop("elapsed_ms")
    second.pop("elapsed_ms")

    assert json.dumps(first) == json.dumps(second)


def test_several_checklists_in_the_order_asked(client: TestClient) -> None:
    """Each regulation is filled in."""
    ids = ["yunzhou-2023", "yijun-release-2022"]

    assert ids == [one["id"] for one in screened(client, checklists=ids)["checklists"]]


def test_a_finding_in_the_title_is_in_the_title(client: TestClient) -> None:
    """Places are per field."""
    found = screened(client, title="活动定于2月30日举行", body="详见附件。")["findings"]

    assert ("title", 4, 9) == (found[0]["field"], found[0]["start"], found[0]["end"])


BAD = [
    (400, b"{"),
    (400, b"\xff\xfe"),
    (400, '{"body": "中文"}'.encode("gb18030")),
    (422, b"[]"),
    (422, b"{}"),
    (422, b'{"body": ""}'),
    (422, '{"body": " \\n\\t　"}'.encode()),
    (400, b'{"body": "\\ud800"}'),
    (422, b'{"body": 1}'),
    (422, b'{"body": ["x"]}'),
    (422, b'{"body": "x", "format": "pdf"}'),
    (422, b'{"body": "x", "unknown": 1}'),
    (422, b'{"body": "x", "published_on": "2026-02-30"}'),
    (422, b'{"body": "x", "published_on": 20260230}'),
    (422, b'{"body": "x", "unit": {"kind": "city"}}'),
    (422, '{"body": "x", "disclosure": "惩戒公示"}'.encode()),
    (404, b'{"body": "x", "checklists": ["nowhere-1999"]}'),
]


@pytest.mark.parametrize(("status", "body"), BAD)
def test_bad_input_is_a_problem(client: TestClient, status: int, body: bytes) -> None:
    """The right status, in the one shape, in Chinese, without repeating what was sent."""
    shape = problem(client.post("/screen", content=body, headers={"content-type": "application/json"}))

    assert status == shape["status"]
    assert any("\u4e00" <= letter <= "\u9fff" for letter in shape["detail"])
    assert "input" not in json.dumps(shape)


def test_fields_are_named(client: TestClient) -> None:
    """A 422 says which field and what it should be."""
    shape = problem(client.post("/screen", json={"body": 1, "format": "pdf"}))

    assert {"body", "format"} == {one["field"] for one in shape["errors"]}


def test_wrong_content_type(client: TestClient) -> None:
    """A form or a plain text is refused with 415."""
    assert (
        415 == problem(client.post("/screen", content=b"x", headers={"content-type": "text/plain"}))["status"]
    )


def test_too_large_is_refused(client: TestClient) -> None:
    """More bytes or more characters than the limit: 413, with and without a stated length."""
    huge = b'{"body": "' + b"x" * 4_200_000 + b'"}'
    headers = {"content-type": "application/json"}

    assert 413 == problem(client.post("/screen", content=huge, headers=headers))["status"]
    assert (
        413
        == problem(
            client.post("/screen", content=iter([huge[:4_000_000], huge[4_000_000:]]), headers=headers)
        )["status"]
    )
    assert 413 == problem(client.post("/screen", json={"body": "字" * 1_000_001}))["status"]


def test_unknown_paths_and_methods(client: TestClient) -> None:
    """404 and 405 have the same shape."""
    assert 404 == problem(client.get("/nowhere"))["status"]
    assert 405 == problem(client.get("/screen"))["status"]


HOSTILE = {
    "angles": "<" * 1_000_000,
    "nested": "<b>" * 100_000 + "机密" + "</b>" * 100_000,
    "a million hits": "2月30日" * 200_000,
    "nul": "机\x00密",
    "bidi": "\u202e密机\u202c\u2066x\u2069",
    "spaces": " " * 999_999 + "字",
    "one letter": "字" * 1_000_000,
    "digits": "1" * 1_000_000,
    "combining": "a" + "\u0301\u0316" * 200_000,
    "expansion": "\ufdfa" * 200_000,
    "surrogate pairs": "😀" * 200_000,
    "stars": "*" * 300_000 + "【" * 300_000,
}
REFUSED = {"angles", "nested", "expansion"}  # too many tags, too many letters in one


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_posts_get_a_verdict_in_bounded_time(client: TestClient, name: str) -> None:
    """Never a 500, never an unseen rule: a verdict, or 413 where no editor can have written it."""
    for format_ in ("text", "html", "markdown"):
        start = time.perf_counter()
        answer = client.post("/screen", json={"body": HOSTILE[name], "format": format_})

        if name in REFUSED and 200 != answer.status_code:
            assert 413 == problem(answer)["status"]
        else:
            assert 200 == answer.status_code
            assert [] == answer.json()["unseen"]
        assert 60 > time.perf_counter() - start


def test_a_rule_that_breaks_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its items are UNSEEN, the others are answered, the verdict is block."""
    service = Service.load(Settings())
    broken = next(one for one in service.detectors.detectors if one.rules[0].id == "number.impossible-date")

    def crash(_: object) -> list[Any]:
        raise RuntimeError

    monkeypatch.setitem(broken.__dict__, "find", crash)
    verdict = service.answer(Page("截至2月30日。", "通知", unit_kind="department"))

    assert "block" == verdict["verdict"]
    assert ["number.impossible-date"] == [one["rule"] for one in verdict["unseen"]]
    assert {"statistics"} <= {
        one["id"] for one in verdict["checklists"][0]["items"] if one["answer"] == "unseen"
    }
    assert "不得视为通过" in verdict["message"]


def test_an_internal_error_is_no_pass(monkeypatch: pytest.MonkeyPatch, client: TestClient) -> None:
    """What breaks outside the rules is a 500 problem that says so."""

    def crash(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(screening, "judge", crash)
    shape = problem(client.post("/screen", json=POST))

    assert 500 == shape["status"]
    assert "不得发布" in shape["detail"]


def test_a_batch_keeps_order_and_loses_none(client: TestClient) -> None:
    """One bad post gets its own problem; the others their verdicts."""
    posts = [POST, {"body": ""}, 3, {"body": "好", "checklists": ["nowhere"]}, POST | {"title": "通知"}]
    answers = client.post("/screen/batch", json={"posts": posts}).json()["verdicts"]

    assert ["review", 422, 422, 404, "review"] == [one.get("verdict", one.get("status")) for one in answers]
    assert 422 == problem(client.post("/screen/batch", json={"posts": [POST] * 101}))["status"]


def test_rules_and_checklists_for_people_and_programs(client: TestClient) -> None:
    """HTML for browsers, JSON for programs, 404 for what does not exist."""
    browser = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    for path in ("/rules", "/rules/number.impossible-date", "/checklists", "/checklists/yunzhou-2023"):
        assert "application/json" == client.get(path).headers["content-type"]
        page = client.get(path, headers=browser)
        assert (200, "text/html; charset=utf-8") == (page.status_code, page.headers["content-type"])
    assert 6 == len(client.get("/checklists").json())
    assert 404 == problem(client.get("/rules/number.nothing"))["status"]
    assert 404 == problem(client.get("/checklists/nowhere"))["status"]


def test_health_and_readiness(client: TestClient) -> None:
    """Ready only when everything is loaded; the data is named as in a verdict."""
    assert 200 == client.get("/health").status_code
    assert screened(client)["data"] == client.get("/ready").json()["data"]


def test_not_ready_before_the_rules_are_loaded() -> None:
    """Without its start-up the application says 503, not 200."""
    from fastapi.testclient import TestClient

    bare = TestClient(create(Settings()))

    assert 503 == problem(bare.get("/ready"))["status"]


def test_openapi_shows_the_example(client: TestClient) -> None:
    """/docs has a real example and the problem answers."""
    openapi = client.get("/openapi.json").json()

    assert openapi["components"]["schemas"]["Post"]["examples"]
    assert {"200", "400", "404", "413", "415", "422"} <= openapi["paths"]["/screen"]["post"][
        "responses"
    ].keys()
    example = openapi["components"]["schemas"]["Post"]["examples"][0]
    assert 200 == client.post("/screen", json=example).status_code


def test_security_headers(client: TestClient) -> None:
    """Every answer, errors included, is neither sniffed nor stored; every page carries the whole policy."""
    for path in ("/", "/health", "/nowhere"):
        headers = client.get(path).headers

        assert ("nosniff", "no-store") == (headers["x-content-type-options"], headers["cache-control"])
    assert "default-src 'none'" in client.get("/").headers["content-security-policy"]


def test_settings_are_checked() -> None:
    """A default regulation that does not exist stops the start, and so does none: nothing would ask about a finding."""
    with pytest.raises(SettingsError, match="nowhere"):
        Service.load(Settings(checklists=("nowhere",)))
    with pytest.raises(SettingsError, match="至少一部"):
        Service.load(Settings(checklists=()))


def test_roles_come_from_a_file(tmp_path: Path) -> None:
    """What a regulation leaves open is filled from XIANSHEN_ROLES; a wrong file stops the start."""
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text('[fuzhou-2018]\napprover = "分管副主任"\n', encoding="utf-8")
    bad.write_text("[fuzhou-2018]\napprover = 3\n", encoding="utf-8")
    service = Service.load(Settings(roles=good))

    assert any(
        one.role == "分管副主任"
        for route in service.checklists["fuzhou-2018"].routes
        for one in route.signatures
    )
    for settings in (Settings(roles=bad), Settings(roles=tmp_path / "none.toml")):
        with pytest.raises(SettingsError):
            Service.load(settings)
