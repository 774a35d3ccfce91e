"""Who is woken, how often, and that nobody is forgotten."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from aiosmtpd.smtp import SMTP, Envelope
from structlog.testing import capture_logs

from hub.alerts import Alerts, News, Send, senders
from hub.clock import ManualClock
from hub.settings import AlertSettings

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
HUB = "https://aduan.example.org"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass
class Store:
    """Keeps what is open, over restarts of the alerts; its disk may be full."""

    open: set[str] = field(default_factory=set)
    full: bool = False

    async def open_alert(self, key: str, at: datetime) -> bool:
        self._write()
        fresh = key not in self.open
        self.open.add(key)
        return fresh

    async def close_alert(self, key: str, at: datetime) -> bool:
        self._write()
        known = key in self.open
        self.open.discard(key)
        return known

    def _write(self) -> None:
        if self.full:
            raise OSError(28, "No space left on device")


@dataclass
class Phone:
    """Somebody's phone, which may be off."""

    heard: list[tuple[str, str]] = field(default_factory=list)
    off: bool = False

    async def __call__(self, news: News) -> None:
        if self.off:
            raise ConnectionError("off: https://wake.example.org/hush")
        self.heard.append((news.state, news.text))


def alerts(store: Store, *phones: Send) -> Alerts:
    return Alerts(phones, store, ManualClock(NOW), HUB)


async def test_told_once_when_lost_and_once_when_back() -> None:
    phone = Phone()
    told = alerts(Store(), phone)
    await told.clear("channel:waze", "waze is back")
    for _ in range(3):
        await told.raise_("channel:waze", "waze is lost")
    for _ in range(3):
        await told.clear("channel:waze", "waze is back")
    assert phone.heard == [("raised", "waze is lost"), ("cleared", "waze is back")]


async def test_a_restart_repeats_nothing_and_forgets_nothing() -> None:
    store, phone = Store(), Phone()
    await alerts(store, phone).raise_("disk", "disk is full")
    await alerts(store, phone).raise_("disk", "disk is full")
    await alerts(store, phone).clear("disk", "disk has room")
    assert phone.heard == [("raised", "disk is full"), ("cleared", "disk has room")]


async def test_news_that_reached_nobody_goes_out_at_the_next_look() -> None:
    store, phone = Store(), Phone(off=True)
    await alerts(store, phone).raise_("disk", "full")
    phone.off = False
    told = alerts(store, phone)
    await told.raise_("disk", "full")
    phone.off = True
    await told.clear("disk", "room")
    phone.off = False
    await told.clear("disk", "room")
    assert phone.heard == [("raised", "full"), ("cleared", "room")]


async def test_one_dead_phone_keeps_nobody_else_from_hearing() -> None:
    dead, well = Phone(off=True), Phone()
    with capture_logs() as logs:
        told = alerts(Store(), dead, well)
        await told.raise_("disk", "full")
        await told.raise_("disk", "full")
    assert well.heard == [("raised", "full")]
    assert [entry["event"] for entry in logs] == ["alert", "alert_not_sent"]
    assert "hush" not in json.dumps(logs)


async def test_without_recipients_the_log_is_told_once() -> None:
    told = alerts(Store())
    with capture_logs() as logs:
        await told.raise_("disk", "full")
        await told.raise_("disk", "full")
    assert [(entry["event"], entry["key"], entry["state"]) for entry in logs] == [("alert", "disk", "raised")]


async def test_a_full_disk_is_told_once_though_nothing_can_be_stored() -> None:
    store, phone = Store(full=True), Phone()
    told = alerts(store, phone)
    for _ in range(3):
        await told.raise_("disk", "full")
    for _ in range(3):
        await told.clear("disk", "room")
    assert phone.heard == [("raised", "full"), ("cleared", "room")]


# --- the ways out


def news(text: str = "waze is lost") -> News:
    return News("channel:waze", "raised", text, NOW, HUB)


async def test_a_webhook_is_posted_json() -> None:
    seen: list[Any] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append((request.method, str(request.url), json.loads(request.content)))
        return httpx2.Response(204)

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as http:
        (send,) = senders(AlertSettings(to=("https://wake.example.org/x?k=1",)), http)
        await send(news())
    body = {
        "text": "[!] waze is lost",
        "key": "channel:waze",
        "state": "raised",
        "at": "2026-11-20T03:00:00+00:00",
        "source": HUB,
    }
    assert seen == [("POST", "https://wake.example.org/x?k=1", body)]


@pytest.mark.parametrize("status", [302, 404, 500])
async def test_a_webhook_that_refuses_was_not_told(status: int) -> None:
    store = Store()
    transport = httpx2.MockTransport(lambda _: httpx2.Response(status))
    async with httpx2.AsyncClient(transport=transport, follow_redirects=True) as http:
        await alerts(store, *senders(AlertSettings(to=("https://wake.example.org",)), http)).raise_("disk", "full")
    assert store.open == set()


@dataclass
class Mailbox:
    """Keeps what a mail server is handed."""

    got: list[Envelope] = field(default_factory=list)
    port: int = 0

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        self.got.append(envelope)
        return "250 kept"


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    box = Mailbox()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(box), "127.0.0.1", 0)
    box.port = server.sockets[0].getsockname()[1]
    async with server:
        yield box


async def test_a_mail_is_sent(mailbox: Mailbox) -> None:
    settings = AlertSettings(
        to=("mailto:ops@example.org?subject=ignored",), smtp_port=mailbox.port, from_address="hub@example.org"
    )
    async with httpx2.AsyncClient() as http:
        (send,) = senders(settings, http)
        await send(news("waze is lost\r\nBcc: everybody@example.org"))
    (envelope,) = mailbox.got
    assert (envelope.mail_from, envelope.rcpt_tos) == ("hub@example.org", ["ops@example.org"])
    assert isinstance(envelope.content, bytes)
    head, _, body = envelope.content.decode().partition("\r\n\r\n")
    assert "Subject: Aduan Hub [!] waze is lost Bcc: everybody@example.org" in head.replace("\r\n ", " ")
    assert "\r\nBcc:" not in head
    assert "Auto-Submitted: auto-generated" in head
    assert "channel:waze: raised" in body


async def test_a_mail_server_that_is_down_is_a_failing_sender(free_tcp_port: int) -> None:
    store = Store()
    settings = AlertSettings(to=("mailto:ops@example.org",), smtp_port=free_tcp_port)
    async with httpx2.AsyncClient() as http:
        await alerts(store, *senders(settings, http)).raise_("disk", "full")
    assert store.open == set()
