"""The mailbox against a real mail server: nothing lost, nothing twice, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
import os
import resource
import shlex
import smtplib
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from imapclient import IMAPClient

from hub.plugin import Addition, BadOptions, Complaint, Item, Outcome, Skip, TryAgain, Unauthorized
from plugins.email import Email
from tests.dovecot import TOKEN, Dovecot, running
from tests.email_fixtures import Host, make_email, make_mail

pytestmark = pytest.mark.anyio

SHARED = Path(os.environ.get("ADUAN_SHARED", Path(__file__).parents[1] / ".." / "shared"))


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with running() as dovecot:
        yield dovecot


@pytest.fixture
def dovecot(server: Dovecot) -> Dovecot:
    """The server with empty folders."""
    for folder in ("INBOX", "Processed", "Failed"):
        with server.client(folder) as client:
            if found := client.search():
                client.delete_messages(found)
                client.expunge()
    return server


@pytest.fixture
def idling(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set once a connection waits for mail."""
    event, idle = threading.Event(), IMAPClient.idle

    def watched(client: IMAPClient) -> None:
        idle(client)
        event.set()

    monkeypatch.setattr(IMAPClient, "idle", watched)
    return event


def mails(count: int, size: int = 10, start: int = 0) -> list[bytes]:
    return [
        make_mail(f"aduan nomor {number} " + "x" * size, Message_ID=f"<{number}@example.org>").as_bytes()
        for number in range(start, start + count)
    ]


def source(dovecot: Dovecot, **options: Any) -> Email:
    return make_email(**dovecot.options(**options))


async def test_delivered_mail_comes_in_pages_and_is_marked_as_seen(dovecot: Dovecot) -> None:
    dovecot.deliver(*mails(45))
    host, email = Host(), source(dovecot)
    pages = []
    email.waits = False
    async for page in email.pull(None):
        host.store(page)
        pages.append(len(page.items))
    assert pages == [20, 20, 5]
    assert len(host.items) == 45
    assert host.repeats == 0
    assert all(b"\\Seen" in flags for flags in dovecot.flags())


async def test_the_mail_is_unseen_until_it_is_stored(dovecot: Dovecot) -> None:
    dovecot.append(*mails(3))
    host = Host()
    await host.pull_once(source(dovecot), pages=1)
    assert len(host.items) == 3
    assert not any(b"\\Seen" in flags for flags in dovecot.flags())
    await host.pull_once(source(dovecot))
    assert all(b"\\Seen" in flags for flags in dovecot.flags())
    assert host.repeats == 0


async def test_stored_mail_is_moved_also_after_a_kill(dovecot: Dovecot) -> None:
    dovecot.append(*mails(25))
    host = Host()
    await host.pull_once(source(dovecot, after="move:Diproses/2026"), pages=1)
    await host.pull_once(source(dovecot, after="move:Diproses/2026"))
    assert len(host.items) == 25
    assert dovecot.flags() == []
    assert len(dovecot.flags("Diproses/2026")) == 25


async def test_exact_bytes_and_the_time_of_arrival(dovecot: Dovecot) -> None:
    raw = b"From: warga@example.org\r\nSubject: \xc3\xa9\r\n\r\n\xff\x00 apa adanya\r\n".replace(b"\x00", b"")
    dovecot.append(raw)
    host = Host()
    await host.pull_once(source(dovecot))
    (one,) = host.items.values()
    assert one.body == raw
    assert one.meta["internaldate"].endswith("+00:00") or "+" in one.meta["internaldate"]


async def test_renumbering_loses_and_doubles_nothing(dovecot: Dovecot) -> None:
    dovecot.append(*mails(30))
    host = Host()
    await host.pull_once(source(dovecot), pages=1)
    before = host.cursor["uidvalidity"]
    dovecot.renumber()
    dovecot.append(*mails(2, start=100))
    await host.pull_once(source(dovecot))
    assert host.cursor["uidvalidity"] != before
    assert len(host.items) == 32
    assert host.repeats == 20  # read again, known by their ids


async def test_being_kicked_out_between_pages(dovecot: Dovecot) -> None:
    dovecot.append(*mails(50))
    host, email = Host(), source(dovecot)
    email.waits = False
    stream = email.pull(None)
    host.store(await anext(stream))
    dovecot.admin("kick", "aduan@mail.test")
    with pytest.raises(TryAgain):
        await anext(stream)
    await host.pull_once(source(dovecot))
    assert len(host.items) == 50
    assert host.repeats == 0


async def test_mail_deleted_under_the_reader_is_skipped(dovecot: Dovecot) -> None:
    dovecot.append(*mails(45))
    host, email = Host(), source(dovecot)
    email.waits = False
    async for page in email.pull(None):
        host.store(page)
        if len(host.items) == 20:
            with dovecot.client() as client:
                client.delete_messages(client.search()[20:30])
                client.expunge()
    assert len(host.items) == 35


async def test_a_mail_that_is_too_large_blocks_nothing(dovecot: Dovecot) -> None:
    dovecot.append(*mails(1), *mails(1, size=200_000, start=5), *mails(1, start=9))
    host, options = Host(), {"max_bytes": 100_000, "quarantine_folder": "Failed"}
    await host.pull_once(source(dovecot, **options))
    large = [one for one in host.items.values() if one.quarantine]
    assert len(host.items) == 3
    assert [one.quarantine for one in large] == [
        f"too large ({large[0].quarantine.split('(')[1].split()[0]} bytes); it is on the mail server"
    ]
    assert len(large[0].body) == 65_536
    assert len(dovecot.flags("Failed")) == 1
    assert len(dovecot.flags()) == 2


async def test_pages_and_memory_are_bounded(dovecot: Dovecot) -> None:
    for start in range(0, 40, 4):
        dovecot.append(*mails(4, size=3_000_000, start=start))
    email, before, peak, pages = source(dovecot), resident(), 0, []
    email.waits = False
    async for page in email.pull(None):
        pages.append(len(page.items))
        peak = max(peak, resident())
    assert set(pages) == {2}
    assert sum(pages) == 40
    assert peak - before < 80_000_000  # of 120 MB in the folder


def resident() -> int:
    """Bytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


@pytest.mark.parametrize(("security", "host"), [("tls", "localhost"), ("starttls", "127.0.0.1")])
async def test_encrypted_with_a_certificate_of_the_city(dovecot: Dovecot, security: str, host: str) -> None:
    dovecot.append(*mails(1))
    port = dovecot.imaps if security == "tls" else dovecot.imap
    options = {"security": security, "port": port, "host": host}
    with pytest.raises(TryAgain, match="SSLCertVerificationError"):
        await Host().pull_once(source(dovecot, **options))
    with pytest.raises(BadOptions, match="ca_file"):
        await Host().pull_once(source(dovecot, **options, ca_file="/no/such/file"))
    trusting = Host()
    await trusting.pull_once(source(dovecot, **options, ca_file=str(dovecot.root / "cert.pem")))
    assert len(trusting.items) == 1


async def test_a_fresh_token_for_each_connection(dovecot: Dovecot, tmp_path: Path) -> None:
    dovecot.append(*mails(1))
    asked = tmp_path / "asked"
    script = f"open({str(asked)!r}, 'a').write('x'); print({TOKEN!r})"
    host = Host()
    command = shlex.join([sys.executable, "-c", script])
    await host.pull_once(source(dovecot, oauth_token_command=command))
    await host.pull_once(source(dovecot, oauth_token_command=command))
    assert len(host.items) == 1
    assert asked.read_text() == "xx"


@pytest.mark.parametrize(
    ("command", "error"),
    [("echo bad-token", Unauthorized), ("false", TryAgain), ("no-such-command-here", BadOptions)],
)
async def test_tokens_that_do_not_work(dovecot: Dovecot, command: str, error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        await Host().pull_once(source(dovecot, oauth_token_command=command))
    assert "bad-token" not in str(caught.value)


async def test_a_wrong_password_wakes_the_operator(dovecot: Dovecot) -> None:
    with pytest.raises(Unauthorized) as caught:
        await Host().pull_once(source(dovecot, password="wrong-one"))
    assert "aduan@" not in str(caught.value)


async def test_waiting_ends_with_the_next_mail(dovecot: Dovecot) -> None:
    dovecot.append(*mails(1))
    host, email = Host(), source(dovecot, idle_seconds=20)
    stream = email.pull(None)
    async with asyncio.timeout(15):
        host.store(await anext(stream))
        delivered = asyncio.create_task(asyncio.to_thread(dovecot.deliver, *mails(1, start=7)))
        host.store(await anext(stream))
        await delivered
    await stream.aclose()
    assert len(host.items) == 2


async def test_a_waiting_pull_lets_go_within_a_second(dovecot: Dovecot, idling: threading.Event) -> None:
    task = asyncio.create_task(_pull_for_ever(source(dovecot, idle_seconds=60), Host()))
    assert await asyncio.to_thread(idling.wait, 15)
    started = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - started < 1


async def test_a_connection_that_dies_while_waiting_is_noticed(dovecot: Dovecot, idling: threading.Event) -> None:
    task = asyncio.create_task(_pull_for_ever(source(dovecot, idle_seconds=60), Host()))
    assert await asyncio.to_thread(idling.wait, 15)
    await asyncio.to_thread(dovecot.admin, "kick", "aduan@mail.test")
    async with asyncio.timeout(15):
        with pytest.raises(TryAgain):
            await task


async def test_a_mail_that_the_server_fails_to_give_blocks_nothing(
    dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    dovecot.append(*mails(3))
    with dovecot.client() as client:
        poison = client.search()[1]
    fetch = IMAPClient.fetch

    def failing(client: IMAPClient, uids: list[int], what: list[str]) -> Any:
        if uids == [poison] and "BODY.PEEK[]" in what:
            raise IMAPClient.Error("NO [SERVERBUG] Internal error")
        return fetch(client, uids, what)

    monkeypatch.setattr(IMAPClient, "fetch", failing)
    host, email = Host(), source(dovecot)
    for _ in range(5):
        with pytest.raises(TryAgain, match="SERVERBUG"):
            await host.pull_once(email)
    await host.pull_once(email)
    assert [bool(one.quarantine) for one in host.items.values()] == [False, True, False]


async def test_a_server_that_says_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        email = make_email(host="127.0.0.1", port=silent.getsockname()[1], security="none", timeout=0.3)
        with pytest.raises(TryAgain, match="TimeoutError"):
            await Host().pull_once(email)


async def test_every_mail_of_the_collection_is_accounted_for(dovecot: Dovecot) -> None:
    folder = SHARED / "data" / "mail"
    if not folder.is_dir():
        pytest.skip("no collection of real mails here")
    raws = [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()]
    laid, delivered = _lay_in(dovecot, raws), _hand_over(dovecot, raws)
    assert min(laid, delivered) > 220
    host, email, before = Host(), source(dovecot), resident()
    await host.pull_once(email)
    counts = Counter(_outcome(email, one) for one in host.items.values())
    assert sum(counts.values()) + host.repeats == laid + delivered
    assert counts["quarantined"] <= 3
    assert counts["complaint"] > 350
    assert resident() - before < 80_000_000
    await host.pull_once(email)
    assert len(host.items) + host.repeats == laid + delivered


def _lay_in(dovecot: Dovecot, raws: list[bytes]) -> int:
    taken = 0
    with dovecot.client() as client:
        for raw in raws:
            with suppress(client.Error):  # it refuses such as NUL bytes
                client.append("INBOX", raw)
                taken += 1
    return taken


def _hand_over(dovecot: Dovecot, raws: list[bytes]) -> int:
    taken = 0
    for raw in raws:
        with suppress(smtplib.SMTPException):
            dovecot.deliver(raw)
            taken += 1
    return taken


def _outcome(email: Email, one: Item) -> str:
    try:
        (reading,) = email.read(one)
    except ValueError:
        return "quarantined"
    kinds = {Complaint: "complaint", Addition: "complaint", Skip: "skipped", Outcome: "skipped"}
    return kinds[type(reading)]


async def _pull_for_ever(email: Email, host: Host) -> None:
    pages: AsyncIterator[Any] = email.pull(host.cursor)
    async for page in pages:
        host.store(page)
