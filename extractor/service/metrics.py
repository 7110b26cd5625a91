"""What the service counts and times, for Prometheus."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from extractor.service.worker import Reading
from extractor.stages.reason import Reason
from extractor.web.envelope import Exchange

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)


class Metrics:
    """The figures of one service. Labels take values of our own alone: no client can make their number grow."""

    def __init__(self, queue_length: Callable[[], float]) -> None:
        """`queue_length` gives the number of pictures that wait for a worker process."""
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._requests = Counter(
            "extractor_requests", "Requests by route and status.", ["route", "status"], registry=self._registry
        )
        self._request_seconds = self._histogram("extractor_request_seconds", "From first byte to last.", ["route"])
        self._stage_seconds = self._histogram("extractor_stage_seconds", "Stages of a picture.", ["stage"])
        self._queue_wait = self._histogram("extractor_queue_wait_seconds", "Wait of a picture for a worker process.")
        self._answers = Counter(
            "extractor_answers", "Answers by entity and status.", ["entity", "status"], registry=self._registry
        )
        self._failures = Counter(
            "extractor_picture_failures", "Pictures without answers, by reason.", ["reason"], registry=self._registry
        )
        gauge = Gauge("extractor_queue_length", "Pictures that wait for a worker process.", registry=self._registry)
        gauge.set_function(queue_length)

    def saw(self, exchange: Exchange) -> None:
        """A request has ended."""
        self._requests.labels(exchange.route, str(exchange.status)).inc()
        self._request_seconds.labels(exchange.route).observe(exchange.seconds)

    def waited(self, seconds: float) -> None:
        """A picture has come to a worker process."""
        self._queue_wait.observe(seconds)

    def read(self, reading: Reading) -> None:
        """A picture has its answers."""
        for stage, seconds in reading.stages:
            self._stage_seconds.labels(stage).observe(seconds)
        for answer in reading.answers:
            self._answers.labels(answer.entity, str(answer.status)).inc()

    def failed(self, reason: Reason) -> None:
        """A picture has none."""
        self._failures.labels(str(reason)).inc()

    def text(self) -> bytes:
        """All figures in Prometheus's text format."""
        return generate_latest(self._registry)

    def _histogram(self, name: str, help_: str, labels: tuple[str, ...] | list[str] = ()) -> Histogram:
        return Histogram(name, help_, labels, buckets=_SECONDS, registry=self._registry)
