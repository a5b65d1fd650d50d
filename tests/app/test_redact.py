"""POST /redact and ``xianshen redact``: the same post, its private data masked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.app.test_cli import run

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

NUMBER = "11010519491231002X"  # the vector of GB 11643


def test_a_masked_copy_keeps_its_format(client: TestClient) -> None:
    """HTML stays HTML, untouched text keeps its letters, and the masks say where they were."""
    body = f"<p>申请人李小满，身份证号{NUMBER[:6]}<b>{NUMBER[6:]}</b>。</p><p>其他内容&nbsp;不变。</p>"
    answer = client.post("/redact", json={"title": "公示", "body": body, "format": "html"})
    done = answer.json()

    assert 200 == answer.status_code
    assert ("公示", "html") == (done["title"], done["format"])
    assert "19491231" not in done["body"]
    assert "<b>" in done["body"]
    assert done["body"].endswith("<p>其他内容&nbsp;不变。</p>")
    assert "pii.resident-id" in {one["rule"] for one in done["masks"]}


@pytest.mark.parametrize("format_", ["text", "html", "markdown"])
def test_the_masked_copy_has_nothing_left_to_say(client: TestClient, format_: str) -> None:
    """Screening the copy finds no identity number, no mobile, no card."""
    body = f"李小满，身份证号{NUMBER}，手机13800138000，银行卡号6222021234567890128。"
    title = "李小满（手机13800138000）补助公示"
    done = client.post("/redact", json={"title": title, "body": body, "format": format_}).json()
    again = client.post(
        "/screen", json={"title": done["title"], "body": done["body"], "format": format_}
    ).json()

    assert [] == [one["rule"] for one in again["findings"] if one["rule"].startswith("pii.")]


def test_bad_input_is_the_same_problem(client: TestClient) -> None:
    """As for POST /screen."""
    assert 422 == client.post("/redact", json={"body": ""}).status_code
    assert 415 == client.post("/redact", content=b"x", headers={"content-type": "text/plain"}).status_code


def test_the_command() -> None:
    """The masked text on standard output, what was masked on standard error."""
    done = run("redact", stdin=f"身份证号{NUMBER}".encode())

    assert 0 == done.returncode
    assert NUMBER not in done.stdout.decode() + done.stderr.decode()
    assert "110105" in done.stdout.decode()
