"""OpenTelemetry: off and unread by default; on, it tells times and fixed words, never a letter of a page."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from app import telemetry
from app.main import create
from app.settings import Settings, SettingsError
from tests.reliability.test_no_leak import canaries

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    kept = InMemorySpanExporter()
    telemetry.begin(SimpleSpanProcessor(kept))
    yield kept
    telemetry.stop()


def test_a_request_its_screening_and_its_recording(tmp_path, spans):
    """One trace of three spans; route, status and verdict of fixed sets."""
    with TestClient(create(Settings(home=tmp_path, language_model="off"))) as client:
        telemetry_of_the_start = len(spans.get_finished_spans())
        assert (
            200
            == client.post(
                "/screen", json={"body": "截至2月30日。", "record": True, "unit": {"kind": "department"}}
            ).status_code
        )
    found = {one.name: one for one in spans.get_finished_spans()[telemetry_of_the_start:]}
    assert {"request", "screening", "recording"} == found.keys()
    assert 1 == len({one.context.trace_id for one in found.values()})
    assert {"route": "/screen", "status": 200} == dict(found["request"].attributes or {})
    assert {"verdict": "review", "findings": 1, "unseen": 0} == dict(found["screening"].attributes or {})
    assert found["request"].context.span_id == found["screening"].parent.span_id


def test_no_number_in_any_span(tmp_path, spans):
    """As a post, as a mistake, as a path, in a request that breaks."""
    numbers = canaries()
    with TestClient(
        create(Settings(home=tmp_path, language_model="off")), raise_server_exceptions=False
    ) as client:
        for number in numbers:
            client.post("/screen", json={"title": number, "body": f"联系人手机{number}。", "author": number})
            client.post("/screen", json={"body": [number]})
            client.get(f"/{number}")
            client.get(f"/records/{number}")
        client.app.state.service.detectors.__dict__.clear()  # type: ignore[attr-defined]  # now everything breaks
        assert 500 == client.post("/screen", json={"body": f"手机{numbers[0]}。"}).status_code
    told = "\n".join(one.to_json() for one in spans.get_finished_spans())
    assert len(spans.get_finished_spans()) > 4 * len(numbers)
    assert [] == [number for number in numbers if number in told]


def test_off_it_is_not_even_read():
    """The service reads nothing that measures or sends; the bare interface is FastAPI's own."""
    code = "import sys; from app.main import create; create(); print([one for one in sys.modules if one.startswith(('opentelemetry.sdk', 'opentelemetry.exporter'))])"
    environment = {name: value for name, value in os.environ.items() if name != "XIANSHEN_TELEMETRY"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, env=environment, check=True
    )
    assert "[]" == done.stdout.strip()


def test_on_without_its_packages(tmp_path, monkeypatch):
    """The start is refused, and says what to do."""
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    settings = Settings(home=tmp_path, language_model="off", telemetry="http://127.0.0.1:4318/v1/traces")
    with pytest.raises(SettingsError, match=r"请安装 xianshen\[telemetry\]"), TestClient(create(settings)):
        pass


def test_a_collector_that_is_no_address(tmp_path):
    """Refused too."""
    with (
        pytest.raises(SettingsError, match="应为收集端的地址"),
        TestClient(create(Settings(home=tmp_path, telemetry="yes"))),
    ):
        pass
