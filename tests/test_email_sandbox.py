"""The stand-ins of the mail channel: what they are fed comes out of the hub's own mailbox reader."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from imapclient import IMAPClient

from hub.plugin import Unauthorized
from hub.testing import make_delivery, sample_reply
from normalizer.complaint import Reporter
from plugins.email import Email
from sandbox.mail import Mailbox, Outbox
from tests.email_fixtures import CITIZEN, OURS, Host, make_email, make_mail

pytestmark = pytest.mark.anyio

PASSWORD = "not-a-secret-1"
MAILS = [
    make_mail(f"Lampu nomor {number} mati.", Message_ID=f"<{number}@example.org>").as_bytes() for number in range(30)
]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def source(mailbox: Mailbox, **options: object) -> Email:
    plain = {"host": "127.0.0.1", "port": mailbox.port, "security": "none", "idle": False, "timeout": 5}
    return make_email(**plain | options)


async def test_mails_from_before_the_start_and_after() -> None:
    async with Mailbox(OURS, PASSWORD, MAILS) as mailbox:
        host = Host()
        await host.pull_once(source(mailbox))
        assert len(host.items) == 30
        await mailbox.add(b"Subject: kemudian\n\nisi", datetime(2026, 11, 20, 4, tzinfo=UTC))
        await asyncio.to_thread(append, mailbox.port)
        await host.pull_once(source(mailbox))
        assert host.bodies()[30:] == [b"Subject: kemudian\n\nisi", b"Subject: lewat IMAP\r\n\r\nisi\r\n"]
        assert host.repeats == 0
        times = [one.meta["internaldate"] for one in host.items.values()]
        assert times[0] == "2026-11-20T09:59:00+07:00"  # its Date header
        assert datetime.fromisoformat(times[30]) == datetime(2026, 11, 20, 4, tzinfo=UTC)


async def test_waiting_is_left_out_where_the_server_cannot_tell() -> None:
    async with Mailbox(OURS, PASSWORD, MAILS[:1]) as mailbox:
        async with asyncio.timeout(5):
            pages = [page async for page in source(mailbox, idle=True).pull(None)]
        assert len(pages) == 1


async def test_stored_mail_is_moved() -> None:
    async with Mailbox(OURS, PASSWORD, MAILS[:3]) as mailbox:
        await Host().pull_once(source(mailbox, after="move:Diproses"))
        assert await asyncio.to_thread(count, mailbox.port, "INBOX") == 0
        assert await asyncio.to_thread(count, mailbox.port, "Diproses") == 3


async def test_another_password() -> None:
    async with Mailbox(OURS, PASSWORD) as mailbox:
        with pytest.raises(Unauthorized):
            await Host().pull_once(source(mailbox, password="wrong-one"))


async def test_the_catcher_keeps_what_is_sent() -> None:
    async with Outbox() as outbox:
        email = make_email(smtp_host="127.0.0.1", smtp_port=outbox.port, smtp_security="none")
        await email.deliver(make_delivery(sample_reply(cause="diterima"), to=Reporter(handle=CITIZEN)))
    (mail,) = outbox.mails
    assert (mail.sender, mail.recipients) == ("", (CITIZEN,))
    assert b"Auto-Submitted: auto-replied" in mail.raw


def append(port: int) -> None:
    with IMAPClient("127.0.0.1", port, ssl=False) as client:
        client.login(OURS, PASSWORD)
        client.append("INBOX", b"Subject: lewat IMAP\r\n\r\nisi\r\n")


def count(port: int, folder: str) -> int:
    with IMAPClient("127.0.0.1", port, ssl=False) as client:
        client.login(OURS, PASSWORD)
        return int(client.select_folder(folder)[b"EXISTS"])
