"""Somebody is woken: once when a thing is lost, once when it is back.

Callers say at every look what is wrong and what is well again; whether that is news, the store knows, so that a restart
repeats nothing. News that reached nobody stays news, and goes out at the next look.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from functools import partial
from typing import Literal, Protocol
from urllib.parse import unquote

import aiosmtplib
import anyio
import httpx2
import structlog

from hub.clock import Clock
from hub.settings import AlertSettings

TIMEOUT = 15.0
"""Seconds for one message."""

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class AlertStore(Protocol):
    """Which alerts are open, kept over restarts."""

    async def open_alert(self, key: str, at: datetime) -> bool:
        """Note it as open; False where it was."""

    async def close_alert(self, key: str, at: datetime) -> bool:
        """Note it as closed; False where it was not open."""


@dataclass(frozen=True, slots=True)
class News:
    """One message to whom it concerns: codes and numbers, no people."""

    key: str
    state: Literal["raised", "cleared"]
    text: str
    at: datetime
    source: str
    """The hub's public address."""

    def as_json(self) -> dict[str, str]:
        """Give the body of a webhook; chat services show its `text`."""
        stated = {"key": self.key, "state": self.state, "at": self.at.isoformat(), "source": self.source}
        return {"text": f"{self.mark} {self.text}", **stated}

    @property
    def mark(self) -> str:
        """Tell the two states apart at a glance."""
        return "[!]" if self.state == "raised" else "[ok]"


Send = Callable[[News], Awaitable[None]]


class Alerts:
    """What is told to whom, and when."""

    def __init__(self, senders: Sequence[Send], store: AlertStore, clock: Clock, source: str) -> None:
        self._senders = senders
        self._store = store
        self._clock = clock
        self._source = source
        self._unstored: set[str] = set()

    async def raise_(self, key: str, text: str) -> None:
        """Say that something is wrong. Call it at every look, for as long as it is so. Never raises."""
        at = self._clock()
        if await self._is_opened(key, at) and not await self._tell(News(key, "raised", text, at, self._source)):
            await self._is_closed(key, at)

    async def clear(self, key: str, text: str) -> None:
        """Say that it is well. Call it at every look, for as long as it is so. Never raises."""
        at = self._clock()
        if await self._is_closed(key, at) and not await self._tell(News(key, "cleared", text, at, self._source)):
            await self._is_opened(key, at)

    async def _is_opened(self, key: str, at: datetime) -> bool:
        """Note it as open. A full disk must still be told: what cannot be stored is remembered here."""
        try:
            return await self._store.open_alert(key, at)
        except Exception:
            log.exception("alert_not_stored", key=key)
            fresh = key not in self._unstored
            self._unstored.add(key)
            return fresh

    async def _is_closed(self, key: str, at: datetime) -> bool:
        unstored = key in self._unstored
        self._unstored.discard(key)
        try:
            return await self._store.close_alert(key, at) or unstored
        except Exception:
            log.exception("alert_not_stored", key=key)
            return unstored

    async def _tell(self, news: News) -> bool:
        """Send to everybody at once; True where it reached anybody, or nobody is to be told."""
        log.warning("alert", key=news.key, state=news.state, what=news.text)
        reached = [not self._senders]
        async with anyio.create_task_group() as group:
            for send in self._senders:
                group.start_soon(_try, send, news, reached)
        return any(reached)


async def _try(send: Send, news: News, reached: list[bool]) -> None:
    try:
        with anyio.fail_after(TIMEOUT):
            await send(news)
        reached.append(True)
    except Exception as error:  # noqa: BLE001 - whatever is wrong over there must not stop the hub
        log.error("alert_not_sent", key=news.key, error=type(error).__name__)  # noqa: TRY400 - its text may hold the secret address


# ------------------------------------------------------------------------------------------------------------- senders


def senders(settings: AlertSettings, http: httpx2.AsyncClient) -> list[Send]:
    """Give one sender for each recipient of the settings."""
    return [
        partial(_send_mail, settings, unquote(to.removeprefix("mailto:").partition("?")[0]))
        if to.startswith("mailto:")
        else partial(_send_webhook, http, to)
        for to in settings.to
    ]


async def _send_webhook(http: httpx2.AsyncClient, url: str, news: News) -> None:
    answer = await http.post(url, json=news.as_json(), timeout=TIMEOUT, follow_redirects=False)
    if not answer.is_success:
        raise ConnectionError(f"the webhook answered {answer.status_code}")


async def _send_mail(settings: AlertSettings, to: str, news: News) -> None:
    password = settings.smtp_password
    await aiosmtplib.send(
        _mail(settings.from_address, to, news),
        hostname=settings.smtp_host,
        port=settings.smtp_port,
        use_tls=settings.smtp_security == "tls",
        start_tls=settings.smtp_security == "starttls",
        username=settings.smtp_username or None,
        password=password.get_secret_value() if password else None,
        local_hostname=settings.from_address.rpartition("@")[2],
        timeout=TIMEOUT,
    )


def _mail(sender: str, to: str, news: News) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = " ".join(f"Aduan Hub {news.mark} {news.text}".split())[:150]
    mail["Date"] = news.at
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(f"{news.text}\n\n{news.key}: {news.state}\n{news.at.isoformat()}\n{news.source}\n")
    return mail
