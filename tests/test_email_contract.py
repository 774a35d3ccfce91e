"""The contract kit, with mail servers as the other side."""

from __future__ import annotations

import asyncio
import socket
from types import TracebackType
from typing import Any, Self

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from hub.plugin import Delivery, Item, Notice, Reply, Reporter
from hub.testing import Fault, SinkCase, SourceCase, World, check_sink, check_source, make_delivery, sample_reply
from plugins.email import Email
from sandbox.mail import LOOPBACK, Caught, Mailbox, Outbox
from tests.email_fixtures import CITIZEN, NUMBER, OURS, make_mail

pytestmark = pytest.mark.anyio

PASSWORD = "not-a-secret-1"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def free_port() -> int:
    with socket.create_server((LOOPBACK, 0)) as taken:
        return int(taken.getsockname()[1])


IMAP, SMTP_PORT = free_port(), free_port()
OPTIONS: dict[str, Any] = {
    "host": LOOPBACK,
    "port": IMAP,
    "security": "none",
    "username": OURS,
    "password": PASSWORD,
    "idle": False,
    "timeout": 2,
    "smtp_host": LOOPBACK,
    "smtp_port": SMTP_PORT,
    "smtp_security": "none",
    "smtp_username": OURS,
    "smtp_password": PASSWORD,
    "sent_folder": "Sent",
}
MAILS = [
    make_mail(f"Lampu nomor {number} mati.", Message_ID=f"<{number}@example.org>").as_bytes() for number in range(22)
]


class Broken:
    """A server that takes connections and says nothing, or hangs up."""

    def __init__(self, world: World, fault: Fault) -> None:
        self._world = world
        self._fault = fault
        self._writers: list[asyncio.StreamWriter] = []
        self._server: asyncio.Server | None = None

    async def start(self, port: int) -> None:
        self._server = await asyncio.start_server(self._meet, LOOPBACK, port)

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.close()
        await self._server.wait_closed()

    async def _meet(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        if self._fault is Fault.RESET:
            writer.close()
        if self._fault is Fault.HANG:
            self._world.waiting.set()


class Inbox(World):
    """A mailbox with mails in it."""

    def __init__(self, mails: list[bytes] = MAILS) -> None:
        super().__init__()
        self._server: Any = Mailbox(OURS, PASSWORD, mails)

    async def __aenter__(self) -> Self:
        await self._server.start(IMAP)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            await self._server.stop()

    async def fail(self, fault: Fault) -> bool:
        if fault not in {Fault.UNAUTHORIZED, Fault.REFUSED, Fault.TIMEOUT, Fault.RESET, Fault.HANG}:
            return False
        await self._server.stop()
        self._server = None
        if fault is Fault.UNAUTHORIZED:
            self._server = Mailbox(OURS, "another-one", MAILS)
        elif fault is not Fault.REFUSED:
            self._server = Broken(self, fault)
        if self._server is not None:
            await self._server.start(IMAP)
        return True


class MoodyOutbox(Outbox):
    """Keeps a copy in the mailbox's folder of sent mails, as large providers do, and fails on command."""

    def __init__(self, world: Post) -> None:
        super().__init__(OURS, PASSWORD)
        self._world = world

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 aiosmtpd's name
        fault = self._world.fault
        if fault in {Fault.ERROR, Fault.UNAVAILABLE}:
            return "451 later" if fault is Fault.ERROR else "421 closing"
        if fault is Fault.RESET:
            assert server.transport is not None
            server.transport.close()
            return ""
        if fault in {Fault.TIMEOUT, Fault.HANG}:
            self._world.waiting.set()
            await asyncio.Event().wait()
        answer = await super().handle_DATA(server, session, envelope)
        await self._world.file(self.mails[-1])
        if fault is Fault.LOST:
            await asyncio.Event().wait()
        return answer


class Post(World):
    """A mail server for both ways."""

    def __init__(self) -> None:
        super().__init__()
        self.fault: Fault | None = None
        self._mailbox = Mailbox(OURS, PASSWORD)
        self._outbox = MoodyOutbox(self)

    async def __aenter__(self) -> Self:
        await self._mailbox.start(IMAP)
        await self._outbox.start(SMTP_PORT)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._outbox.stop()
        await self._mailbox.stop()

    async def file(self, mail: Caught) -> None:
        await self._mailbox.add(mail.raw, folder="Sent")

    async def fail(self, fault: Fault) -> bool:
        self.fault = fault
        if fault is Fault.UNAUTHORIZED:
            self._outbox.password = "another-one"
        if fault is Fault.REFUSED:
            await self._outbox.stop()
        known = {Fault.ERROR, Fault.UNAVAILABLE, Fault.RESET, Fault.TIMEOUT, Fault.HANG, Fault.LOST}
        return fault in known | {Fault.UNAUTHORIZED, Fault.REFUSED}

    async def recover(self) -> None:
        self.fault = None

    def effects(self) -> int:
        return len(self._outbox.mails)


async def test_source() -> None:
    case = SourceCase(
        kind=Email,
        options=OPTIONS,
        world=Inbox,
        bad_world=lambda: Inbox([*MAILS[:3], b"", b"\xff\x00", b"Content-Type: multipart/x\n\n", *MAILS[3:]]),
        mangled=[Item("x", b"", meta={}), Item("x", b"From: \n\n", meta={"internaldate": "rubbish"})],
    )
    applied = await check_source(case)
    assert {"kill-loses-nothing", "credentials-refused", "cancels-at-once", "read-is-pure"} <= set(applied)


async def test_sink() -> None:
    context = {"message_id": "<satu@example.org>", "subject": "Lampu mati"}
    replies = [sample_reply(report=NUMBER, cause=cause, reply_context=context) for cause in ("diterima", "status")]
    case = SinkCase(kind=Email, options=OPTIONS | {"timeout": 1}, world=Post, parcels=replies, deliver=_to_citizen)
    applied = await check_sink(case)
    assert {"one-effect-a-key", "unknown-outcome-said", "lost-answer-one-effect", "credentials-refused"} <= set(applied)


def _to_citizen(parcel: Notice | Reply, key: str) -> Delivery:
    return make_delivery(parcel, key, to=Reporter(handle=CITIZEN))
