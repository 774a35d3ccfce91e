"""Takes a citizen's words out of every table, from the raw item to the parcels that told them on.

What stays: keys, codes, counts and times, and the list of who had received it. Raw items keep their mark, so that the
source handing the same thing over again brings nothing back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from pydantic_core import from_json, to_json
from sqlalchemy import ColumnElement, Connection, delete, or_, select, update

from hub.store import people, search
from hub.store.bulk import insert_many
from hub.store.tables import (
    additions,
    assignments,
    blocks,
    blurs,
    complaints,
    deliveries,
    origins,
    orphans,
    photos,
    questions,
    raw_items,
    understandings,
)

CHUNK = 500
AREA = ("result", "kelurahan", "kecamatan", "confidence")
"""What is kept of a place: nothing finer than a kelurahan."""
Rows = list[Any]


def complaints_by(connection: Connection, reporter: str) -> list[int]:
    """List the complaints of one person."""
    return list(connection.execute(select(complaints.c.id).where(complaints.c.reporter == reporter)).scalars())


def receivers_of(connection: Connection, reports: Sequence[int]) -> list[tuple[str, int]]:
    """Give who had received notices of these reports: channel and how many, for a breach notice or an answer."""
    sent = (deliveries.c.report.in_(reports), deliveries.c.kind == "report", deliveries.c.state == "sent")
    rows = connection.execute(select(deliveries.c.channel, deliveries.c.id).where(*sent))
    found: dict[str, int] = {}
    for channel, _ in rows:
        found[channel] = found.get(channel, 0) + 1
    return sorted(found.items())


def erase_words(connection: Connection, ids: Sequence[int], now: datetime) -> None:
    """Erase these complaints everywhere. The report's own title and place are the caller's to work out again."""
    for start in range(0, len(ids), CHUNK):
        chosen = ids[start : start + CHUNK]
        _erase_raw_items(connection, chosen, now)
        _erase_photos(connection, photos.c.complaint.in_(chosen), now)
        _erase_layers(connection, chosen)
        _erase_parcels(connection, chosen)
        _erase_people(connection, chosen)


def _erase_raw_items(connection: Connection, ids: Sequence[int], now: datetime) -> None:
    keys = set(connection.execute(select(origins.c.raw_item).where(origins.c.complaint.in_(ids))).scalars())
    keys |= set(connection.execute(select(complaints.c.raw_item).where(complaints.c.id.in_(ids))).scalars())
    wipe_items(connection, keys, now)


def _erase_photos(connection: Connection, which: ColumnElement[bool], now: datetime) -> None:
    orphan(connection, connection.execute(select(photos.c.content).where(which)).scalars(), now)
    copies = blurs.c.photo.in_(select(photos.c.id).where(which))
    orphan(connection, connection.execute(select(blurs.c.content).where(copies)).scalars(), now)
    connection.execute(update(blurs).where(copies).values(state="erased", areas=[], content=""))
    values: dict[str, Any] = {"state": "erased", "lat": None, "lon": None, "likeness": None}
    values |= dict.fromkeys(("url", "name", "content", "reason"), "")
    connection.execute(update(photos).where(which).values(values))


def orphan(connection: Connection, contents: Iterable[str], now: datetime) -> None:
    """Put files down for removal, by their hashes; what something else needs stays."""
    known = set(connection.execute(select(orphans.c.content)).scalars())
    insert_many(connection, orphans, [{"content": one, "at": now} for one in sorted(set(contents) - known - {""})])


def _erase_layers(connection: Connection, ids: Sequence[int]) -> None:
    bare: dict[str, Any] = dict.fromkeys(("title", "text", "address", "thread"), "")
    bare |= {"lat": None, "lon": None, "accuracy": None, "reply_context": {}, "tags": [], "stale": False}
    connection.execute(update(complaints).where(complaints.c.id.in_(ids)).values(state="erased", **bare))
    rows = connection.execute(
        select(understandings.c.id, understandings.c.place).where(understandings.c.complaint.in_(ids))
    )
    for row in list(rows):
        place = {name: row.place[name] for name in AREA if name in row.place} | {"level": "none"}
        values = {"text": "", "place": place, "facts": {}, "quoted": [], "category_words": [], "urgency_words": []}
        connection.execute(update(understandings).where(understandings.c.id == row.id).values(values))
    connection.execute(update(additions).where(additions.c.complaint.in_(ids)).values(text="", scrubbed=""))
    connection.execute(update(questions).where(questions.c.complaint.in_(ids)).values(text=""))
    connection.execute(delete(blocks).where(blocks.c.complaint.in_(ids)))


def _erase_parcels(connection: Connection, ids: Sequence[int]) -> None:
    """Take their words out of what was sent and what is due: replies whole, notices by member."""
    rows = list(
        connection.execute(select(*complaints.c["channel", "native_id", "report"]).where(complaints.c.id.in_(ids)))
    )
    gone = {(row.channel, row.native_id) for row in rows}
    waiting = ("due", "waiting")
    replies = deliveries.c.complaint.in_(ids)
    connection.execute(update(deliveries).where(replies, deliveries.c.state.in_(waiting)).values(state="superseded"))
    found = connection.execute(
        select(deliveries.c.id, deliveries.c.kind, deliveries.c.state, deliveries.c.parcel).where(
            or_(replies, _in(deliveries.c.report, _reports_ever(connection, ids)))
        )
    )
    for row in list(found):
        parcel = from_json(row.parcel)
        bare = _bare_reply(parcel, gone) if row.kind == "reply" else _bare_notice(parcel, gone)
        if bare is not None:
            # A notice that has not gone out is replaced by the one that says what was erased.
            state = "superseded" if row.kind == "report" and row.state == "due" else row.state
            values = {"parcel": to_json(bare), "state": state}
            connection.execute(update(deliveries).where(deliveries.c.id == row.id).values(values))


def _reports_ever(connection: Connection, ids: Sequence[int]) -> set[int]:
    """Every report that these complaints ever stood in: its notices told their words."""
    return set(connection.execute(select(assignments.c.report).where(assignments.c.complaint.in_(ids))).scalars())


def _bare_reply(parcel: Any, gone: Collection[tuple[str, str]]) -> Any:
    if not any(parcel.get("complaint") == native_id for _, native_id in gone):
        return None
    return parcel | {"text": "", "note": "", "thread": "", "reply_context": {}, "link": ""}


def _bare_notice(parcel: Any, gone: Collection[tuple[str, str]]) -> Any:
    members = parcel.get("report", {}).get("complaints", [])
    kept = [member for member in members if (member["channel"], member["id"]) not in gone]
    if len(kept) == len(members):
        return None
    return parcel | {"report": parcel["report"] | {"complaints": kept}}


def _erase_people(connection: Connection, ids: Sequence[int]) -> None:
    """Forget whoever has no complaint left."""
    keys = set(
        connection.execute(
            select(complaints.c.reporter).where(complaints.c.id.in_(ids), complaints.c.reporter.is_not(None))
        ).scalars()
    )
    living = set(
        connection.execute(
            select(complaints.c.reporter).where(_in(complaints.c.reporter, keys), complaints.c.state != "erased")
        ).scalars()
    )
    for key in sorted(keys - living):
        people.forget(connection, key)


def erase_addition(connection: Connection, addition: Any, now: datetime) -> None:
    """Erase one later message: `id`, `complaint` and `raw_item` as the store has them."""
    bare = {"text": "", "scrubbed": ""}
    connection.execute(update(additions).where(additions.c.id == addition.id).values(bare))
    _erase_photos(connection, photos.c.raw_item == addition.raw_item, now)
    wipe_items(connection, [addition.raw_item], now)
    stands = select(complaints.c.report).where(complaints.c.id == addition.complaint)
    search.index_reports(connection, connection.execute(stands).scalars())


def wipe_items(connection: Connection, ids: Collection[int], now: datetime) -> None:
    """Empty raw items; their marks stay, so that nothing comes back with a repeat."""
    which = _in(raw_items.c.id, ids)
    orphan(connection, connection.execute(select(raw_items.c.blob).where(which)).scalars(), now)
    connection.execute(update(raw_items).where(which).values(body=b"", blob="", meta={}, state="erased", reason=""))


def orphaned(connection: Connection, limit: int = 200) -> tuple[list[str], list[str]]:
    """Give files to remove, and those that something else still needs: contents by hash."""
    contents = list(connection.execute(select(orphans.c.content).limit(limit)).scalars())
    needed = set(connection.execute(select(photos.c.content).where(photos.c.content.in_(contents))).scalars())
    needed |= set(connection.execute(select(blurs.c.content).where(blurs.c.content.in_(contents))).scalars())
    needed |= set(connection.execute(select(raw_items.c.blob).where(raw_items.c.blob.in_(contents))).scalars())
    return [one for one in contents if one not in needed], sorted(needed)


def settle_orphans(connection: Connection, contents: Collection[str]) -> None:
    """These files are gone, or needed after all."""
    connection.execute(delete(orphans).where(_in(orphans.c.content, contents)))


def _in(column: Any, values: Collection[Any]) -> Any:
    return column.in_(sorted(values))
