"""Mail comes in: pages of raw mails from a folder, with a cursor that survives restarts and re-numbering."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from datetime import timedelta
from typing import Any, ClassVar

from imapclient.exceptions import IMAPClientError

from hub.plugin import Item, Page, Reading, Source
from plugins.email.channel import MailChannel
from plugins.email.mailbox import Mail, Mailbox, contract_errors
from plugins.email.reading import read_mail

_PAGE_MAILS = 20
_PAGE_BYTES = 8_000_000
_BEGINNING = 65_536
_PATIENCE = 5


class MailSource(MailChannel, Source):
    """A folder of a mailbox, read in the order of UIDs."""

    every: ClassVar[timedelta] = timedelta(minutes=2)

    _stuck: tuple[int, int] = (0, 0)
    """The UID whose fetch failed last, and how often in a row."""

    async def pull(self, cursor: Any) -> AsyncGenerator[Page, None]:
        """Give the mails above the cursor's UID; with `idle` go on as they come in.

        The cursor is `{"uidvalidity", "uid", "folder"}`. Where the server has numbered the folder anew, all is read
        again: native ids are hashes of the mails, so the host knows the repeats.
        """
        with contract_errors():
            async with await self.mailbox() as mailbox:
                place: dict[str, Any] = {"uidvalidity": await mailbox.select(), "uid": 0, "folder": self.options.folder}
                if cursor and {**cursor, "uid": 0} == place:
                    place["uid"] = cursor["uid"]
                await mailbox.finish_until(place["uid"])
                while True:
                    async with aclosing(self._fetch_new(mailbox, place)) as batches:
                        async for uids, items in batches:
                            place["uid"] = uids[-1]
                            yield Page(items, dict(place))
                            await mailbox.finish(uids)
                    if not (self.options.idle and self.waits and await mailbox.can_idle()):
                        return
                    await mailbox.wait()

    def read(self, item: Item) -> Sequence[Reading]:
        """Say what a mail means; ValueError where it cannot be read safely."""
        return [read_mail(item, self.options)]

    async def _fetch_new(
        self, mailbox: Mailbox, place: dict[str, Any]
    ) -> AsyncGenerator[tuple[Sequence[int], list[Item]], None]:
        last = place["uid"]
        while found := await mailbox.search_new(last):
            last = found[-1]
            for start in range(0, len(found), _PAGE_MAILS):
                sizes = await mailbox.sizes(found[start : start + _PAGE_MAILS])
                for uids in split_by_size(sizes):
                    items = [await self._fetch(mailbox, place["uidvalidity"], uid, sizes[uid]) for uid in uids]
                    yield uids, [item for item in items if item is not None]

    async def _fetch(self, mailbox: Mailbox, validity: int, uid: int, size: int) -> Item | None:
        """Fetch one mail as an item; None where it has gone meanwhile."""
        if self._stuck == (uid, _PATIENCE):
            reason = "the mail server fails to give this mail; it is still there"
            return Item(f"imap:{validity}:{uid}", b"", quarantine=reason)
        large = size > self.options.max_bytes
        try:
            mail = await mailbox.fetch(uid, _BEGINNING if large else 0)
        except (IMAPClientError, OSError):
            self._stuck = (uid, self._stuck[1] + 1 if self._stuck[0] == uid else 1)
            raise
        return make_item(mail, size if large else 0) if mail else None


def split_by_size(sizes: dict[int, int]) -> Iterator[list[int]]:
    """Cut UIDs into runs of at most 8 MB; a larger mail stands alone."""
    batch: list[int] = []
    total = 0
    for uid, size in sorted(sizes.items()):
        if batch and total + size > _PAGE_BYTES:
            yield batch
            batch, total = [], 0
        batch.append(uid)
        total += size
    if batch:
        yield batch


def make_item(mail: Mail, whole_size: int = 0) -> Item:
    """Wrap a raw mail; with a size it is the beginning of one that is too large to take."""
    meta = {"internaldate": mail.arrived.isoformat()} if mail.arrived else {}
    if not whole_size:
        return Item(hashlib.sha256(mail.raw).hexdigest(), mail.raw, meta=meta)
    native_id = hashlib.sha256(mail.raw + str(whole_size).encode()).hexdigest()
    return Item(native_id, mail.raw, meta=meta, quarantine=f"too large ({whole_size} bytes); it is on the mail server")
