"""Figures of a running hub for Prometheus: counts and states by channel, never people or words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

STATES = ("starting", "running", "waiting", "throttled", "needs-credentials", "parked", "paused", "silent")
"""Of a channel, as its supervisor names them."""


class Metrics:
    """One hub's figures."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._items = self._counter("aduan_items", "Raw items by what they were read as", "channel", "outcome")
        self._complaints = self._counter("aduan_complaints", "Complaints taken in", "channel")
        self._reports = self._counter("aduan_reports", "Reports by what happened to them", "event")
        self._deliveries = self._counter(
            "aduan_deliveries", "Deliveries by how a try ended", "channel", "kind", "state"
        )
        self._seconds = Histogram(
            "aduan_processing_seconds", "Time to process one batch", ("stage",), registry=self.registry
        )
        self._depth = Gauge("aduan_queue_depth", "What waits", ("queue",), registry=self.registry)
        self._state = Gauge(
            "aduan_channel_state", "1 at the state a channel is in", ("channel", "state"), registry=self.registry
        )

    def item(self, channel: str, outcome: str, count: int = 1) -> None:
        """Count raw items, by what they were read as: `complaints`, `skipped`, `quarantined` and so on."""
        self._items.labels(channel, outcome).inc(count)

    def complaint(self, channel: str, count: int = 1) -> None:
        """Count complaints."""
        self._complaints.labels(channel).inc(count)

    def report(self, event: str, count: int = 1) -> None:
        """Count what happens to reports: `opened`, `joined`, `merged` and so on."""
        self._reports.labels(event).inc(count)

    def delivery(self, channel: str, kind: str, state: str) -> None:
        """Count a delivery's end: `sent`, `dead`, …; kind is `report` or `reply`."""
        self._deliveries.labels(channel, kind, state).inc()

    def queue(self, queue: str, depth: int) -> None:
        """Note how much waits."""
        self._depth.labels(queue).set(depth)

    def channel(self, channel: str, state: str) -> None:
        """Note the state of a channel, one of STATES; raises ValueError for another."""
        if state not in STATES:
            raise ValueError(f"no channel is {state}")
        for known in STATES:
            self._state.labels(channel, known).set(known == state)

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Measure how long the body takes, also where it fails."""
        start = perf_counter()
        try:
            yield
        finally:
            self._seconds.labels(stage).observe(perf_counter() - start)

    def render(self) -> tuple[bytes, str]:
        """Give the page that Prometheus reads, and its content type."""
        return generate_latest(self.registry), CONTENT_TYPE_LATEST

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(name, meaning, labels, registry=self.registry)
