"""What tests of the way back share: channels of every manner, what citizens say later, and what they were told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from hub.pipeline.deadlines import Deadlines
from hub.pipeline.outbox import PARCEL
from hub.plugin import Addition, Attachment, FollowUp, Manner, Reply
from hub.replies import ReplyRules
from hub.store.store import Store
from normalizer.region import Region
from normalizer.understand import Normalizer
from tests.store_fixtures import NOW, Mouth, Works, officials, said

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WHO = "petugas-contoh"
BEDA = "Balas BEDA."


class Mixed(Mouth):
    """A channel with comments that all can read and messages that nobody else can."""

    def manner_of(self, reply_context: Mapping[str, str]) -> Manner:
        return Manner(private=reply_context.get("way") == "message")


def make_mouths() -> dict[str, Mouth]:
    silent = Mouth("waze")
    silent.takes = lambda _parcel: False
    return {
        "mouth": Mouth("mouth"),
        "ear": Mouth("ear"),
        "mail": Mouth("mail", private=True, photos=1),
        "chat": Mouth("chat", private=True, window=DAY),
        "mixed": Mixed("mixed"),
        "waze": silent,
        "crop": officials(),
    }


def make_works(store: Store, region: Region, normalizer: Normalizer, **rules: Any) -> Works:
    """Works with these `[replies]`; without thanks unless they say so."""
    return Works(store, region, normalizer, make_mouths(), rules=ReplyRules(**{"acknowledgements": 0, **rules}))


def more(
    native_id: str, thread: str, text: str = "", *, who: str = "", at: datetime = NOW, photos: int = 0, **others: Any
) -> Addition:
    """A later message of whoever wrote the complaint `thread`."""
    files = tuple(Attachment(url=f"https://photos.test/{native_id}-{n}.jpg") for n in range(photos))
    words = said(native_id, text, who=who or f"akun-{thread}", at=at, here=None, attachments=files, **others)
    return Addition(native_id=native_id, thread=thread, complaint=words)


def told(serial: str, number: str, status: str = "", *, at: datetime = NOW, **others: Any) -> FollowUp:
    """What CROP says of a report."""
    return FollowUp(native_id=serial, report=number, at=at, status=status, **others)


async def replies(works: Works, native_id: str = "", **where: Any) -> list[Any]:
    """Rows of replies, oldest first."""
    if native_id:
        where["complaint"] = (await works.complaint(native_id)).id
    return await works.deliveries(kind="reply", **where)


def parcel(row: Any) -> Reply:
    found = PARCEL.validate_json(row.parcel)
    assert isinstance(found, Reply)
    return found


async def texts(works: Works, native_id: str = "", **where: Any) -> list[str]:
    return [parcel(row).text for row in await replies(works, native_id, **where)]


async def states(works: Works, native_id: str = "", **where: Any) -> list[str]:
    return [row.state for row in await replies(works, native_id, **where)]


async def version(works: Works, number: str) -> int:
    return int((await works.report(number=number)).version)


async def expire(works: Works) -> int:
    return await Deadlines(works.store, works.house).run_once()


async def pair(works: Works, first: str = "mouth", second: str = "ear") -> str:
    """One report of two citizens, `a` and `b`; its number."""
    await works.hear(first, said("a"))
    await works.hear(second, said("b"))
    return str((await works.report()).number)
