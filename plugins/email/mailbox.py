"""One IMAP connection. The library blocks and is not thread-safe, so each has a thread that makes all its calls."""

from __future__ import annotations

import asyncio
import logging
import re
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self, TypeVar

from imapclient import SEEN, IMAPClient, SocketTimeout
from imapclient.exceptions import CapabilityError, IMAPClientAbortError, IMAPClientError, LoginError

from hub.plugin import BadOptions, TryAgain, Unauthorized
from plugins.email.options import MailOptions

_T = TypeVar("_T")
_BUSY = re.compile(r"UNAVAILABLE|INUSE|LIMIT|SERVERBUG|too many|temporar|try again", re.IGNORECASE)
_CODE = re.compile(r"\[([A-Z-]+)")
_CHUNK = 200
_WINDOW = 50_000

# At DEBUG the library writes whole mails into the log, at INFO a line for each connection.
for _name in ("imapclient", "imapclient.imaplib"):
    logging.getLogger(_name).setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail, or its beginning, as the server gave it."""

    raw: bytes = field(repr=False)
    arrived: datetime | None
    """INTERNALDATE: when our server took it. The Date header is only a claim."""


@contextmanager
def contract_errors() -> Iterator[None]:
    """Say in the contract's words what went wrong with the mail server; its own may name people."""
    try:
        yield
    except LoginError as error:
        if isinstance(error.__context__, IMAPClientAbortError) or _BUSY.search(str(error)):
            raise TryAgain("mail server: cannot log in now") from None
        raise Unauthorized("mail server: user, password or token refused") from None
    except CapabilityError:
        raise BadOptions("mail server: cannot do what the settings ask for, such as STARTTLS") from None
    except (IMAPClientError, OSError) as error:
        code = _CODE.search(str(error)) if isinstance(error, IMAPClientError) else None
        raise TryAgain(f"mail server: {code[1] if code else type(error).__name__}") from None


class Mailbox:
    """A connection that is logged in, as an async context manager. Raises what IMAPClient and sockets raise."""

    def __init__(self, options: MailOptions, token: str = "") -> None:
        self._options = options
        self._token = token
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="imap")
        self._client: IMAPClient | None = None
        self._given_up = False

    async def __aenter__(self) -> Self:
        try:
            await self._call(self._open, limit=3 * self._options.timeout)
        except BaseException:
            await self._close()
            raise
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            with suppress(IMAPClientError, OSError):
                await self._run(lambda client: client.logout(), limit=2)
        await self._close()

    async def can_idle(self) -> bool:
        """Say whether the server tells of new mail by itself."""
        return await self._run(lambda client: bool(client.has_capability("IDLE")))

    async def select(self) -> int:
        """Open the folder of the settings, make the folders it moves to, give UIDVALIDITY."""
        return await self._run(self._select)

    async def search_new(self, last: int) -> list[int]:
        """List the UIDs above this one, in order; of very many only the first, so ask again until there are none."""
        return await self._run(lambda client: _search_new(client, last))

    async def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """Give the bytes of each mail; one that is gone is missing."""
        answer = await self._run(lambda client: client.fetch(list(uids), ["RFC822.SIZE"]))
        told = {uid: answer.get(uid, {}).get(b"RFC822.SIZE") for uid in uids}
        return {uid: int(size) for uid, size in told.items() if size is not None}

    async def fetch(self, uid: int, first: int = 0) -> Mail | None:
        """Give a mail, or its first bytes; None where it is gone. Leaves it unseen."""
        return await self._run(lambda client: _fetch(client, uid, first))

    async def finish(self, uids: Sequence[int]) -> None:
        """Mark these as seen or move them, as the settings say. Repeatable."""
        await self._run(lambda client: self._finish(client, uids))

    async def finish_until(self, last: int) -> None:
        """Finish what an interrupted pass has stored but not finished: everything up to this UID."""
        criteria = ["UID", f"1:{last}"] if self._options.target else ["UID", f"1:{last}", "UNSEEN"]
        left = await self._run(lambda client: client.search(criteria)) if last else []
        for start in range(0, len(left), _CHUNK):
            await self.finish(left[start : start + _CHUNK])

    async def wait(self) -> None:
        """Wait for something to happen in the folder, at most `idle_seconds`. Search afterwards in any case."""
        seconds = self._options.idle_seconds
        await self._run(lambda client: _idle(client, seconds), limit=seconds + 2 * self._options.timeout)

    async def holds(self, folder: str, message_id: str) -> bool:
        """Say whether a mail with this Message-ID lies in a folder."""
        return await self._run(lambda client: _holds(client, folder, message_id))

    async def keep(self, folder: str, message_id: str, raw: bytes) -> None:
        """Lay a mail into a folder, seen, unless the server has done so by itself."""
        if not await self.holds(folder, message_id):
            await self._run(lambda client: _append(client, folder, raw))

    async def _run(self, work: Callable[[IMAPClient], _T], limit: float | None = None) -> _T:
        client = self._client
        if client is None:
            raise IMAPClientAbortError("not connected")
        return await self._call(lambda: work(client), limit)

    async def _call(self, work: Callable[[], _T], limit: float | None = None) -> _T:
        """Make a call in the thread. A failed, late or cancelled one ends the connection."""
        future = self._thread.submit(work)
        try:
            # A server that trickles bytes outlives every socket time-out: the loop keeps watch as well.
            async with asyncio.timeout(limit or 4 * self._options.timeout):
                return await asyncio.wrap_future(future)
        except BaseException:
            self._cut()
            raise

    def _cut(self) -> None:
        """End the connection under a call that blocks: the thread comes back at once."""
        self._given_up = True
        if self._client is not None:
            with suppress(OSError):
                # Not SSLSocket.shutdown: it takes the TLS object away from the thread that reads through it.
                socket.socket.shutdown(self._client.socket(), socket.SHUT_RDWR)

    async def _close(self) -> None:
        self._cut()
        with suppress(TimeoutError, OSError, IMAPClientError):
            async with asyncio.timeout(0.5):
                await asyncio.wrap_future(self._thread.submit(self._shut))
        self._thread.shutdown(wait=False)

    def _shut(self) -> None:
        if self._client is not None:
            self._client.shutdown()

    def _open(self) -> None:
        options = self._options
        context = options.tls()
        timeout = SocketTimeout(options.timeout, options.timeout)
        client = IMAPClient(
            options.host, options.imap_port, ssl=options.security == "tls", ssl_context=context, timeout=timeout
        )
        self._client = client
        if self._given_up:  # cancelled before there was a socket to cut
            raise IMAPClientAbortError("given up")
        client.normalise_times = False
        if options.security == "starttls":
            client.starttls(context)
        if self._token:
            client.oauth2_login(options.username, self._token)
        else:
            client.login(options.username, options.password.get_secret_value())

    def _select(self, client: IMAPClient) -> int:
        for folder in (self._options.target, self._options.quarantine_folder):
            if folder and not client.folder_exists(folder):
                client.create_folder(folder)
        return int(client.select_folder(self._options.folder)[b"UIDVALIDITY"])

    def _finish(self, client: IMAPClient, uids: Sequence[int]) -> None:
        options, rest = self._options, list(uids)
        if options.quarantine_folder and rest:
            large = client.search(["UID", ",".join(map(str, rest)), "LARGER", str(options.max_bytes)])
            _move(client, large, options.quarantine_folder)
            rest = [uid for uid in rest if uid not in set(large)]
        if options.target:
            _move(client, rest, options.target)
        elif rest:
            client.add_flags(rest, [SEEN], silent=True)


def _search_new(client: IMAPClient, last: int) -> list[int]:
    newest = max(client.search(["UID", "*"]), default=0)
    while last < newest:
        # The library refuses an answer over 1 MB, so a long neglected folder is searched in windows.
        found = client.search(["UID", f"{last + 1}:{min(last + _WINDOW, newest)}"])
        if found:
            return sorted(uid for uid in found if uid > last)
        last += _WINDOW
    return []


def _fetch(client: IMAPClient, uid: int, first: int) -> Mail | None:
    what = f"BODY.PEEK[]<0.{first}>" if first else "BODY.PEEK[]"
    answer: dict[bytes, Any] = client.fetch([uid], [what, "INTERNALDATE"]).get(uid, {})
    raw = answer.get(b"BODY[]<0>" if first else b"BODY[]")
    return Mail(raw, answer.get(b"INTERNALDATE")) if isinstance(raw, bytes) else None


def _move(client: IMAPClient, uids: list[int], folder: str) -> None:
    if not uids:
        return
    if client.has_capability("MOVE"):
        client.move(uids, folder)
        return
    client.copy(uids, folder)
    client.delete_messages(uids, silent=True)
    if client.has_capability("UIDPLUS"):  # a plain EXPUNGE would also remove what others have deleted
        client.uid_expunge(uids)


def _idle(client: IMAPClient, seconds: float) -> None:
    client.idle()
    started = time.monotonic()
    news = client.idle_check(timeout=seconds)
    if not news and time.monotonic() - started < 0.8 * seconds:
        raise IMAPClientAbortError("connection lost while waiting")  # a dead one answers [] at once, for ever
    client.idle_done()


def _holds(client: IMAPClient, folder: str, message_id: str) -> bool:
    if not client.folder_exists(folder):
        return False
    client.select_folder(folder, readonly=True)
    return bool(client.search(["HEADER", "Message-ID", message_id]))


def _append(client: IMAPClient, folder: str, raw: bytes) -> None:
    if not client.folder_exists(folder):
        client.create_folder(folder)
    client.append(folder, raw, [SEEN])
