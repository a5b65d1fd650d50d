"""OpenTelemetry: off and unread by default; on, it tells times and fixed words, never a letter of a page."""

from __future__ import annotations

import contextlib
import gzip
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from app import telemetry
from app.main import create
from app.settings import Settings, SettingsError
from app.telemetry import PATIENCE
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


# --- a collector --------------------------------------------------------------------------------


class Collector(ThreadingHTTPServer):
    """Takes what comes on loopback; told to be slow, it keeps everybody waiting."""

    daemon_threads = True

    def __init__(self, *, slow: bool = False) -> None:
        self.got: list[bytes] = []
        self.slow, self.over = slow, threading.Event()
        super().__init__(("127.0.0.1", 0), _Taking)

    @property
    def url(self) -> str:
        """As XIANSHEN_TELEMETRY names it."""
        return f"http://127.0.0.1:{self.server_port}/v1/traces"


class _Taking(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.got.append(
            gzip.decompress(body) if self.headers.get("content-encoding") == "gzip" else body
        )
        if self.server.slow:
            self.server.over.wait(60)
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 its parent's name
        pass


@contextlib.contextmanager
def collecting(*, slow: bool = False) -> Iterator[Collector]:
    """A collector for a while."""
    with Collector(slow=slow) as collector:
        thread = threading.Thread(target=collector.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield collector
        finally:
            collector.over.set()
            collector.shutdown()
            thread.join()


def test_a_collector_gets_the_spans(tmp_path):
    """OTLP over HTTP as its description has it: all spans, whose service, and no letter of a post."""
    number = canaries()[0]
    with collecting() as collector:
        with TestClient(
            create(Settings(home=tmp_path, language_model="off", telemetry=collector.url))
        ) as client:
            for _ in range(3):
                assert (
                    200
                    == client.post(
                        "/screen", json={"body": f"联系人手机{number}。", "record": False}
                    ).status_code
                )
        sent = [ExportTraceServiceRequest.FromString(one) for one in collector.got]
    resources = [one for request in sent for one in request.resource_spans]
    names = [span.name for one in resources for scope in one.scope_spans for span in scope.spans]

    assert 3 == names.count("request") <= names.count("screening")  # the warm-up screens too
    assert {"xianshen"} == {
        pair.value.string_value
        for one in resources
        for pair in one.resource.attributes
        if pair.key == "service.name"
    }
    assert not [one for one in collector.got if number.encode() in one or "联系人".encode() in one]


@pytest.mark.parametrize("away", [False, True])
def test_a_collector_that_is_away_holds_nobody_up(tmp_path, away):
    """It hangs, or nobody is there: posts are answered as ever, and the end of the service waits a moment, not minutes."""
    with collecting(slow=True) as collector:
        url = "http://127.0.0.1:1/v1/traces" if away else collector.url
        with TestClient(create(Settings(home=tmp_path, language_model="off", telemetry=url))) as client:
            for _ in range(5):
                assert (
                    200
                    == client.post(
                        "/screen", json={"body": "各单位要认真落实。", "record": False}
                    ).status_code
                )
            start = time.monotonic()
        took = time.monotonic() - start
    assert took < PATIENCE + 5  # a busy machine; the collector would keep it for a minute
