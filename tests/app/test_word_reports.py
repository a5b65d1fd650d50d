"""False alarms and missing words, told to the keeper of words: kept masked, changing nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient

from app.api.gate import line
from app.main import create
from app.settings import Settings
from app.words import reports

if TYPE_CHECKING:
    from collections.abc import Iterator

ALARM = {
    "kind": "false-alarm",
    "rule": "number.impossible-date",
    "word": "2月30日",
    "context": "截至⟦2月30日⟧的",
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A service with a register of its own."""
    with TestClient(create(Settings(home=tmp_path_factory.mktemp("home")))) as client:
        yield client


def waiting(client: TestClient) -> list[dict[str, Any]]:
    """What the keeper sees."""
    return reports.waiting(client.app.state.service.register)  # type: ignore[attr-defined]


def test_reports_wait_for_the_keeper(service: TestClient) -> None:
    """Who said what about which rule; the verdict on the same text is as before."""
    post = {"body": "截至2月30日的数据。"}
    before = service.post("/screen", json=post).json()["findings"]
    answers = [
        service.post("/lexicons/reports", json=one)
        for one in (ALARM, {"kind": "word", "word": "甲错词", "note": "应当写作“甲对词”。"})
    ]
    found = {one["id"]: one for one in waiting(service)}

    assert [201, 201] == [one.status_code for one in answers]
    assert {one.json()["report"] for one in answers} == found.keys()
    first, second = (found[one.json()["report"]] for one in answers)
    assert ("false-alarm", "number.impossible-date", "2月30日", "截至⟦2月30日⟧的", "local") == tuple(
        first[name] for name in ("kind", "rule", "word", "context", "who")
    )
    assert ("word", "", "甲错词", "应当写作“甲对词”。") == tuple(
        second[name] for name in ("kind", "rule", "word", "note")
    )
    assert before == service.post("/screen", json=post).json()["findings"]


def test_private_data_is_masked(service: TestClient) -> None:
    """Wherever it stands in a report."""
    private = "13800138000"
    said = ALARM | {"word": private, "context": f"电话⟦{private}⟧", "note": f"这是本人电话{private}"}
    number = service.post("/lexicons/reports", json=said).json()["report"]
    found = next(one for one in waiting(service) if one["id"] == number)

    assert private not in repr(found)
    assert "138" in found["word"]


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (422, {"kind": "false-alarm", "word": "词"}),
        (404, ALARM | {"rule": "spelling.no-such-rule"}),
        (422, ALARM | {"kind": "praise"}),
        (422, ALARM | {"word": ""}),
        (422, ALARM | {"word": "长" * 201}),
        (422, ALARM | {"more": 1}),
    ],
)
def test_bad_reports(service: TestClient, status: int, said: dict[str, Any]) -> None:
    """Refused in Chinese; nothing is kept."""
    before = len(waiting(service))
    answer = service.post("/lexicons/reports", json=said)

    assert status == answer.status_code
    assert answer.json()["detail"]
    assert before == len(waiting(service))


def test_every_editor_may_report() -> None:
    """The lists themselves are the administrator's; telling him is everybody's who works on posts."""
    found = line("/lexicons/reports")

    assert found is not None
    assert {"editor", "reviewer", "approver"} <= found.write
    assert "auditor" not in found.write
