"""Answers by SMTP: a mail that threads, one Message-ID at every try, and the right error for every refusal."""

from __future__ import annotations

import asyncio
import email
import socket
from collections.abc import AsyncIterator
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from hub.plugin import Addition, Delivery, PluginError, Rejected, Reply, Reporter, TryAgain, Unauthorized
from hub.testing import make_delivery, sample_reply
from plugins.email import Email
from plugins.email.ids import bounce_address, make_message_id
from sandbox.mail import Mailbox, Outbox
from tests.email_fixtures import CITIZEN, NUMBER, OURS, make_email, make_mail, read

pytestmark = pytest.mark.anyio

USER, PASSWORD = "pengirim", "not-a-secret-2"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Moody(Outbox):
    """Refuses on command."""

    at_mail = ""
    at_recipient = ""
    at_ourselves = ""
    at_data = ""
    silent_after_data = False

    async def handle_MAIL(  # noqa: N802 aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.at_mail and address != OURS:
            return self.at_mail
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if refusal := self.at_ourselves if address == OURS else self.at_recipient:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 aiosmtpd's name
        if self.at_data:
            return self.at_data
        answer = await super().handle_DATA(server, session, envelope)
        if self.silent_after_data:
            await asyncio.Event().wait()
        return answer


@pytest.fixture
async def outbox() -> AsyncIterator[Moody]:
    async with Moody(USER, PASSWORD) as server:
        yield server


def sender(outbox: Outbox, **options: Any) -> Email:
    plain = {
        "smtp_host": "127.0.0.1",
        "smtp_port": outbox.port,
        "smtp_security": "none",
        "smtp_username": USER,
        "smtp_password": PASSWORD,
        "timeout": 5,
    }
    return make_email(**plain | options)


def answer(key: str = "key-1", *, uncertain: bool = False, to: str = CITIZEN, **changes: Any) -> Delivery:
    context = {
        "message_id": "<satu@example.org>",
        "references": "<nol@example.org>",
        "subject": "Lampu mati",
    }
    reply = sample_reply(**{"report": NUMBER, "reply_context": context} | changes)
    return make_delivery(reply, key, uncertain=uncertain, to=Reporter(handle=to))


def caught(outbox: Outbox) -> EmailMessage:
    (one,) = outbox.mails
    return email.message_from_bytes(one.raw, policy=default)


async def test_the_answer_threads_and_asks_for_no_answer(outbox: Moody) -> None:
    receipt = await sender(outbox).deliver(answer(text="Lampu sudah diperbaiki – terima kasih."))
    mail = caught(outbox)
    assert receipt.remote_id == make_message_id("key-1", NUMBER, "mail.test") == mail["Message-ID"]
    assert mail["From"] == OURS
    assert mail["To"] == CITIZEN
    assert mail["Subject"] == f"Re: Lampu mati [{NUMBER}]"
    assert mail["In-Reply-To"] == "<satu@example.org>"
    assert mail["References"] == "<nol@example.org> <satu@example.org>"
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["Precedence"] == "bulk"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["Date"].datetime is not None
    assert mail.get_content() == "Lampu sudah diperbaiki – terima kasih.\r\n"


async def test_the_citizen_answers_and_we_know_to_what(outbox: Moody) -> None:
    await sender(outbox).deliver(answer())
    mail = caught(outbox)
    reading = read(
        make_mail(
            "Masih mati.", In_Reply_To=mail["Message-ID"], References=f"{mail['References']} {mail['Message-ID']}"
        )
    )
    assert isinstance(reading, Addition)
    assert reading.thread.split() == ["<nol@example.org>", "<satu@example.org>", NUMBER]


async def test_long_ids_stay_whole(outbox: Moody) -> None:
    ids = [f"<{'x' * 150}{number}@example.org>" for number in range(8)]
    context = {
        "message_id": ids[-1],
        "references": " ".join(ids[:-1]),
        "subject": "Jalan rusak di " + "jauh – sekali " * 30,
    }
    await sender(outbox).deliver(answer(reply_context=context))
    assert caught(outbox)["References"].split() == ids
    assert max(map(len, outbox.mails[0].raw.split(b"\r\n"))) < 998


@pytest.mark.parametrize(
    ("cause", "envelope"),
    [("diterima", ""), ("status", bounce_address("key-1", OURS)), ("selesai", "aduan+key-1@mail.test")],
)
async def test_who_learns_of_bounces(outbox: Moody, cause: str, envelope: str) -> None:
    await sender(outbox).deliver(answer(cause=cause))
    assert outbox.mails[0].sender == envelope


async def test_a_server_that_takes_only_the_plain_sender(outbox: Moody) -> None:
    outbox.at_mail = "553 not your address"
    await sender(outbox).deliver(answer())
    assert outbox.mails[0].sender == OURS


@pytest.mark.parametrize(
    "hostile", ["Lampu\r\nBcc: semua@example.org", "Lampu\nX: y\r\n\r\nisi lain", "\x00\u2028Bcc: a@b"]
)
async def test_nothing_is_smuggled_into_headers(outbox: Moody, hostile: str) -> None:
    context = {"subject": hostile, "message_id": hostile, "references": f"<a@b> {hostile} <c@d>\r\nBcc: e@f"}
    await sender(outbox).deliver(answer(reply_context=context))
    mail = caught(outbox)
    assert mail["Bcc"] is None
    assert mail["X"] is None
    assert outbox.mails[0].recipients == (CITIZEN,)


@pytest.mark.parametrize(
    "address", ["a@example.org\r\nRCPT TO:<b@example.org>", "a@example.org, b@example.org", "a b@x", "", "tanpa-at"]
)
async def test_addresses_that_are_none(outbox: Moody, address: str) -> None:
    with pytest.raises(Rejected):
        await sender(outbox).deliver(answer(to=address))
    assert outbox.mails == []


async def test_an_address_beyond_ascii(outbox: Moody) -> None:
    await sender(outbox).deliver(answer(to="rüdi@example.org"))
    assert outbox.mails[0].recipients == ("rüdi@example.org",)


REFUSALS = [
    ("at_recipient", "452 mailbox full", TryAgain),
    ("at_recipient", "550 no such user", Rejected),
    ("at_data", "451 later", TryAgain),
    ("at_data", "554 looks like spam", Rejected),
    ("at_recipient", "530 log in first", Unauthorized),
]


@pytest.mark.parametrize(("moment", "words", "error"), REFUSALS)
async def test_refusals(outbox: Moody, moment: str, words: str, error: type[PluginError]) -> None:
    setattr(outbox, moment, words)
    with pytest.raises(error) as seen:
        await sender(outbox).deliver(answer())
    assert words[:3] in str(seen.value)
    assert not getattr(seen.value, "uncertain", False)


async def test_a_wrong_password(outbox: Moody) -> None:
    with pytest.raises(Unauthorized) as seen:
        await sender(outbox, smtp_password="wrong-one").deliver(answer())
    assert "wrong-one" not in str(seen.value)


async def test_no_server_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(TryAgain) as seen:
        await make_email(smtp_host="127.0.0.1", smtp_port=port, smtp_security="none").deliver(answer())
    assert not seen.value.uncertain


async def test_a_silent_server_has_taken_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        options = {"smtp_port": silent.getsockname()[1], "smtp_security": "none", "timeout": 0.2}
        with pytest.raises(TryAgain) as seen:
            await make_email(smtp_host="127.0.0.1", **options).deliver(answer())
    assert not seen.value.uncertain


async def test_silence_after_the_mail_leaves_the_outcome_open(outbox: Moody) -> None:
    outbox.silent_after_data = True
    with pytest.raises(TryAgain) as seen:
        await sender(outbox, timeout=0.3).deliver(answer())
    assert seen.value.uncertain
    outbox.silent_after_data = False
    await sender(outbox).deliver(answer(uncertain=True))
    ids = {email.message_from_bytes(one.raw)["Message-ID"] for one in outbox.mails}
    assert (len(outbox.mails), len(ids)) == (2, 1)  # twice, and known as the same by every mail program


@pytest.mark.parametrize(
    ("options", "changes", "reason"),
    [
        ({"smtp_host": ""}, {}, "no way out configured"),
        ({}, {"reply_context": {"silent": "its sender asks for no automatic answers"}}, "not answered"),
    ],
)
async def test_answers_that_never_go_out(outbox: Moody, options: Any, changes: Any, reason: str) -> None:
    with pytest.raises(Rejected, match=reason):
        await sender(outbox, **options).deliver(answer(**changes))
    assert outbox.mails == []


async def test_copies_tell_what_was_sent(outbox: Moody) -> None:
    async with Mailbox(OURS, "not-a-secret-1") as mailbox:
        options = {"host": "127.0.0.1", "port": mailbox.port, "security": "none", "sent_folder": "Terkirim"}
        await sender(outbox, **options).deliver(answer())
        again = await sender(outbox, **options).deliver(answer(uncertain=True))
        assert "sent" in again.note
        assert len(outbox.mails) == 1
        await sender(outbox, **options).deliver(answer("key-2", uncertain=True))
        assert len(outbox.mails) == 2


async def test_our_own_copy_tells_what_was_sent(outbox: Moody) -> None:
    async with Mailbox(OURS, "not-a-secret-1") as mailbox:
        options = {"host": "127.0.0.1", "port": mailbox.port, "security": "none", "own_copy": 5}
        await sender(outbox, **options).deliver(answer())
        assert outbox.mails[0].recipients == (CITIZEN, OURS)
        again = asyncio.create_task(sender(outbox, **options).deliver(answer(uncertain=True)))
        await asyncio.sleep(0)
        await mailbox.add(outbox.mails[0].raw)  # it comes round while it is looked for
        assert "found" in (await again).note
        assert len(outbox.mails) == 1


async def test_an_own_copy_that_never_comes_is_not_waited_for_without_end(outbox: Moody) -> None:
    async with Mailbox(OURS, "not-a-secret-1") as mailbox:
        options = {"host": "127.0.0.1", "port": mailbox.port, "security": "none", "own_copy": 0.1}
        await sender(outbox, **options).deliver(answer(uncertain=True))
    assert len(outbox.mails) == 1


async def test_a_server_that_does_not_take_our_own_copy_serves_the_citizen(outbox: Moody) -> None:
    outbox.at_ourselves = "550 not you"
    await sender(outbox, own_copy=5).deliver(answer())
    assert outbox.mails[0].recipients == (CITIZEN,)


async def test_a_copy_that_cannot_be_kept_does_not_send_again(outbox: Moody) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        options = {"host": "127.0.0.1", "port": closed.getsockname()[1], "security": "none", "sent_folder": "Terkirim"}
    receipt = await sender(outbox, **options).deliver(answer())
    assert "no copy" in receipt.note
    assert len(outbox.mails) == 1


async def test_only_replies_are_wanted(outbox: Moody) -> None:
    assert sender(outbox).wants(cast("Reply", answer().parcel))
