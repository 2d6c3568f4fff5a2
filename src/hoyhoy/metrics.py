"""What the exchange does, in numbers that Prometheus reads at /metrics. Nothing here says who called whom.

Totals are counted from the journal's events; what there is at this moment is asked for when somebody looks.
"""

from __future__ import annotations

from collections import Counter as Count
from collections.abc import Callable, Iterator, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from .exchange.call import FINAL, Call
from .exchange.events import CallbackDelivered, CallbackFailed, CallMoved, Entry, MessageMoved, Noticed, WebhookAnswered
from .media.orders import Measured
from .stage import Stage

PATH = "/metrics"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0)

Counts = Callable[[], Mapping[str, float]]


class Now(Collector):
    """What there is at the moment."""

    def __init__(self, calls: Mapping[str, Call], stage: Stage, sip: Counts) -> None:
        self._calls, self._stage, self._sip = calls, stage, sip

    def collect(self) -> Iterator[Metric]:
        live = GaugeMetricFamily("hoyhoy_calls_live", "Calls that are not over.", labels=["direction", "status"])
        for (direction, status), count in Count(
            (one.direction, str(one.status)) for one in self._calls.values()
        ).items():
            live.add_metric([direction, status], count)
        yield live
        yield GaugeMetricFamily("hoyhoy_media_legs", "Legs with a row of a media plane.", value=self._stage.board.legs)
        yield from _planes(list(self._stage.board.measured.values()))
        packets = CounterMetricFamily("hoyhoy_media_packets", "RTP packets of legs that are over.", labels=["what"])
        for what, count in self._stage.board.packets.items():
            packets.add_metric([what], count)
        yield packets
        yield CounterMetricFamily("hoyhoy_media_starts", "Times a media process came up.", value=self._stage.starts)
        sip = CounterMetricFamily("hoyhoy_sip", "What the SIP endpoint counted.", labels=["what"])
        for what, number in self._sip().items():
            sip.add_metric([what], number)
        yield sip


def _planes(measured: list[Measured]) -> Iterator[Metric]:
    late = GaugeMetricFamily("hoyhoy_media_late_seconds", "The latest tick of the last second.", labels=["plane"])
    busy = GaugeMetricFamily("hoyhoy_media_busy_ratio", "Part of a core that a plane used.", labels=["plane"])
    for number, one in enumerate(measured):
        late.add_metric([str(number)], one.late)
        busy.add_metric([str(number)], one.busy)
    yield late
    yield busy


class Metrics:
    """An ASGI application; `hear` is for the journal."""

    def __init__(self, now: Now) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(now)
        self._calls = Counter("hoyhoy_calls", "Calls that are over.", ["status"], registry=self._registry)
        self._messages = Counter(
            "hoyhoy_messages", "Messages by each status they had.", ["status"], registry=self._registry
        )
        self._webhooks = Histogram(
            "hoyhoy_webhook_seconds",
            "How long apps took to answer.",
            ["code"],
            buckets=SECONDS,
            registry=self._registry,
        )
        self._callbacks = Counter("hoyhoy_callbacks", "Deliveries of callbacks.", ["result"], registry=self._registry)
        self._notices = Counter(
            "hoyhoy_notices", "Errors and warnings told.", ["code", "level"], registry=self._registry
        )

    def hear(self, entry: Entry, rows: object) -> None:
        match entry.event:
            case CallMoved(status=status) if status in FINAL:
                self._calls.labels(status).inc()
            case MessageMoved(status=status):
                self._messages.labels(status).inc()
            case WebhookAnswered(code=code, seconds=seconds):
                self._webhooks.labels(str(code)).observe(seconds)
            case CallbackDelivered():
                self._callbacks.labels("delivered").inc()
            case CallbackFailed(again_in=again):
                self._callbacks.labels("lost" if again is None else "failed").inc()
            case Noticed(code=code, level=level):
                self._notices.labels(str(code), level).inc()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        answer = (
            Response(generate_latest(self._registry), media_type=CONTENT_TYPE_LATEST)
            if request.method in ("GET", "HEAD")
            else Response(status_code=405, headers={"Allow": "GET, HEAD"})
        )
        await answer(scope, receive, send)
