"""Doubles of what the host lends a channel: a clock that stands still, a board in memory, a context."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx2
import structlog

from hub.plugin import Context, Item, QueueBoard, Reception

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
"""What a `ManualClock` shows at first."""
REPORT = "JKT-TEST0001"
"""A report that a test context knows, and that the samples are about."""


class ManualClock:
    """Shows the same instant until it is moved."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """Give the instant it shows."""
        return self.now

    def advance(self, step: timedelta) -> None:
        """Let time pass."""
        self.now += step


class MemoryBoard:
    """Work lists in memory: `queues[report]` is the unit in whose list it stands."""

    def __init__(self) -> None:
        self.queues: dict[str, str] = {}
        self._versions: dict[str, int] = {}

    async def place(self, report: str, unit: str, version: int) -> None:
        """Show a report in one queue, unless something newer is known of it."""
        if self._is_news(report, version):
            self.queues[report] = unit

    async def remove(self, report: str, version: int) -> None:
        """Take a report out, unless something newer is known of it."""
        if self._is_news(report, version):
            self.queues.pop(report, None)

    def _is_news(self, report: str, version: int) -> bool:
        if version < self._versions.get(report, 0):
            return False
        self._versions[report] = version
        return True


class MemoryReception:
    """A reception in memory: `items` is what was submitted; its numbers count up."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self._reserved = 0

    async def reserve(self, count: int, holder: str = "") -> Sequence[str]:
        """Give numbers that only look like ours."""
        first, self._reserved = self._reserved, self._reserved + count
        return [f"JKT-RSV{number:05}" for number in range(first, self._reserved)]

    async def submit(self, items: Sequence[Item]) -> None:
        """Keep the items."""
        self.items.extend(items)

    def tracking_link(self, native_id: str) -> str:
        """Give an address of its own for each complaint."""
        return f"https://hub.test/lacak/{native_id}"


def make_context(
    *,
    transport: httpx2.AsyncBaseTransport | None = None,
    clock: Callable[[], datetime] | None = None,
    channel: str = "test",
    zone: str = "Asia/Jakarta",
    source_name: str = "https://hub.test",
    known_reports: Collection[str] = (REPORT,),
    board: QueueBoard | None = None,
    reception: Reception | None = None,
) -> Context:
    """Lend what a host lends. Without a transport every address refuses the connection; close `context.http`."""

    async def known_report(number: str) -> bool:
        return number in known_reports

    return Context(
        channel=channel,
        http=httpx2.AsyncClient(transport=transport or httpx2.MockTransport(_refuse), follow_redirects=False),
        log=structlog.get_logger().bind(channel=channel),
        clock=clock or ManualClock(),
        zone=ZoneInfo(zone),
        source_name=source_name,
        known_report=known_report,
        board=board or MemoryBoard(),
        reception=reception or MemoryReception(),
    )


def _refuse(request: httpx2.Request) -> httpx2.Response:
    message = "a test has no network"
    raise httpx2.ConnectError(message, request=request)
