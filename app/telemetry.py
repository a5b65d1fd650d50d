"""OpenTelemetry, off unless XIANSHEN_TELEMETRY names a collector: how long a request, its screening and its recording took.

A span holds a route and a verdict of fixed sets, a status and counts. Nothing of a page, a name or an address goes in;
what an error says does not either, for it may hold what was sent.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from app import ENGINE
from app.settings import SettingsError

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
    from opentelemetry.trace import Span, Tracer


PATIENCE = 2.0  # seconds a collector has to take a batch; the end of the service waits no longer for it


class TelemetryError(SettingsError):
    """Telemetry was asked for and cannot be had."""


class _On:
    """What is there while it is on."""

    provider: TracerProvider | None = None
    tracer: Tracer | None = None


_OFF: nullcontext[None] = nullcontext()


def start(collector: str) -> None:
    """Send spans to a collector (OTLP over HTTP); "" leaves it off, and its packages unread.

    Raises:
        TelemetryError: no such address, or the packages are not installed.
    """
    if not collector:
        return
    if not collector.startswith(("http://", "https://")):
        raise TelemetryError(
            f"XIANSHEN_TELEMETRY={collector}：应为收集端的地址，如 http://127.0.0.1:4318/v1/traces"
        )
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise TelemetryError(
            "XIANSHEN_TELEMETRY 已设置，但没有安装 OpenTelemetry；请安装 xianshen[telemetry]，或去掉这项设置"
        ) from error
    begin(BatchSpanProcessor(OTLPSpanExporter(endpoint=collector, timeout=PATIENCE)))


def begin(processor: SpanProcessor) -> None:
    """Hand every span to this processor."""
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider

    stop()
    # its own provider, never the global one: a library that also speaks OpenTelemetry adds nothing here
    _On.provider = TracerProvider(resource=Resource({"service.name": "xianshen", "service.version": ENGINE}))
    _On.provider.add_span_processor(processor)
    _On.tracer = _On.provider.get_tracer("xianshen")


def stop() -> None:
    """Send what waits, then nothing more."""
    provider, _On.provider, _On.tracer = _On.provider, None, None
    if provider is not None:
        provider.shutdown()


def span(name: str) -> AbstractContextManager[Span | None]:
    """The time something takes, inside of what is going on; nothing while it is off."""
    if _On.tracer is None:
        return _OFF
    return _On.tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False)


def tell(one: Span | None, **attributes: Any) -> None:  # noqa: ANN401 words of fixed sets and numbers
    """Put down what a span is about."""
    if one is not None:
        one.set_attributes(attributes)
