"""Stand-ins of the mail channel: a mailbox that speaks IMAP and a catcher that speaks SMTP, both in memory."""

from __future__ import annotations

import asyncio
import logging
from argparse import Namespace
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from proxyprotocol.result import ProxyResultUnknown
from proxyprotocol.sock import SocketInfo
from pymap.backend.dict import Config, DictBackend, Login
from pymap.concurrent import Subsystem
from pymap.config import BackendCapability
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.user import Passwords, UserMetadata
from pysasl.hashing import BuiltinHash

LOOPBACK = "127.0.0.1"

# One writes every line of a talk into the log, password and mail; the other its own outdated habits.
logging.getLogger("pymap").setLevel(logging.INFO)
logging.getLogger("mail.log").setLevel(logging.ERROR)


class Mailbox:
    """An IMAP server with one user on a loopback port, filled before it starts. No TLS, IDLE is switched off.

    Its IDLE now and then breaks clients, so point a hub at it with `security = "none"` and `idle = false`.
    """

    def __init__(self, user: str, password: str, mails: Iterable[bytes] = ()) -> None:
        self.user = user
        self.password = password
        self.port = 0
        self._mails = list(mails)
        self._backend = _make_backend(user, password)
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self, port: int = 0) -> None:
        """Fill the mailbox and listen on this port, or on a free one, which `port` then tells."""
        config = self._backend.config
        config.apply_context()
        password = await Passwords(config).hash_password(self.password)
        await self._backend.login.demo_user_identity.set(UserMetadata(config, self.user, password=password))
        for raw in self._mails:
            await self.add(raw)
        self._server = await asyncio.start_server(self._speak, LOOPBACK, port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening, and end every conversation."""
        if self._server is not None:
            self._server.close()
            for talk in self._talks:
                talk.cancel()
            await asyncio.gather(*self._talks, return_exceptions=True)
            await self._server.wait_closed()

    async def add(self, raw: bytes, arrived: datetime | None = None, folder: str = "INBOX") -> None:
        """Lay a mail into a folder as if it came in at that time; at the time of its Date header unless told."""
        async with self._backend.login.demo_user_identity.new_session() as session:
            if folder != "INBOX":
                with suppress(ValueError):  # it is there already
                    await session.mailbox_set.add_mailbox(folder)
            mailbox = await session.mailbox_set.get_mailbox(folder)
            await mailbox.append(AppendMessage(raw, arrived or _date_of(raw)))

    async def _speak(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.current_task()
        if talk is None:
            return
        self._talks.add(talk)
        try:
            serve = IMAPServer(self._backend.login, self._backend.config)
            with suppress(OSError, EOFError, asyncio.CancelledError):
                await serve(reader, writer, SocketInfo.get(writer, ProxyResultUnknown()))
        finally:
            self._talks.discard(talk)
            writer.close()


class _Config(Config):
    @property
    def backend_capability(self) -> BackendCapability:
        """What it can do besides plain IMAP."""
        return BackendCapability(idle=False, object_id=True, multi_append=True)


@dataclass(frozen=True, slots=True)
class Caught:
    """A mail that somebody sent."""

    sender: str
    """Of the envelope; empty where bounces are not wanted."""
    recipients: tuple[str, ...]
    raw: bytes


class Outbox:
    """An SMTP server on a loopback port that keeps every mail in memory and sends none."""

    def __init__(self, user: str = "", password: str = "") -> None:
        self.port = 0
        self.mails: list[Caught] = []
        self.user = user
        self.password = password
        self._server: asyncio.Server | None = None
        self._talks: list[SMTP] = []

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self, port: int = 0) -> None:
        """Listen on this port, or on a free one, which `port` then tells."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._speak, LOOPBACK, port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening, and end every conversation; what was caught stays."""
        if self._server is not None:
            self._server.close()
            for talk in self._talks:
                if talk.transport is not None:
                    talk.transport.close()
            await self._server.wait_closed()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 aiosmtpd's name
        """Keep a mail, of those only that are logged in where there is a user."""
        if self.user and not session.authenticated:
            return "530 log in first"
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        self.mails.append(Caught((envelope.mail_from or "").strip("<>"), tuple(envelope.rcpt_tos), content))
        return "250 kept"

    def _speak(self) -> SMTP:
        talk = SMTP(
            self,
            hostname="sandbox.test",
            enable_SMTPUTF8=True,
            authenticator=self._check,
            auth_require_tls=False,
        )
        self._talks = [talk, *(other for other in self._talks if other.transport is not None)]
        return talk

    def _check(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: object) -> AuthResult:
        known = LoginPassword(self.user.encode(), self.password.encode())
        return AuthResult(success=given == known, handled=False)


def _make_backend(user: str, password: str) -> DictBackend:
    config = _Config(
        Namespace(passlib_cfg=None, proxy_protocol=None),
        host=LOOPBACK,
        port=0,
        demo_data=False,
        demo_user=user,
        demo_password=password,
        tls_enabled=False,
        hash_context=BuiltinHash(rounds=1),  # a made-up password needs no guard
        cpu_subsystem=Subsystem.for_asyncio(),
        reject_dnsbl=False,
    )
    return DictBackend(Login(config), config)


def _date_of(raw: bytes) -> datetime:
    """Read the Date header; now where there is none."""
    for line in raw[:20_000].splitlines():
        if line.lower().startswith(b"date:"):
            with suppress(ValueError, TypeError):
                date = parsedate_to_datetime(line[5:].decode("ascii", "replace").strip())
                return date if date.tzinfo else date.replace(tzinfo=UTC)
    return datetime.now(UTC)
