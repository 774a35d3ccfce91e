"""Raw items: stored verbatim with the cursor behind them, before anybody reads them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from hub.store.bulk import insert_many
from hub.store.tables import channels, raw_items

CHUNK = 500


@dataclass(frozen=True, slots=True)
class RawItem:
    """An item as it stands in the store. `body` is empty where `blob` names a file."""

    id: int
    channel: str
    native_id: str
    revision: int
    body: bytes
    blob: str
    meta: Mapping[str, str]
    received_at: datetime


@dataclass(frozen=True, slots=True)
class NewItem:
    """An item on its way into the store."""

    native_id: str
    mark: str
    body: bytes
    blob: str = ""
    meta: Mapping[str, str] | None = None
    quarantine: str = ""


@dataclass(frozen=True, slots=True)
class Appended:
    """What a page came to."""

    items: int
    repeats: int
    quarantined: int
    repeated: Mapping[str, int] = field(default_factory=dict)
    """Repeats by channel."""


def lock_name(connection: Connection, name: str) -> None:
    """Hold a name until the transaction ends, against other processes. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        number = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)
        connection.execute(select(func.pg_advisory_xact_lock(number)))


def append_page(
    connection: Connection,
    channel: str,
    items: Sequence[NewItem],
    cursor: Any,
    now: datetime,
    *,
    keep_cursor: bool = False,
) -> Appended:
    """Store a page's new items and its cursor in one transaction. A repeat of the latest revision is dropped."""
    appended = append_items(connection, [(channel, item) for item in items], now)
    values: dict[str, Any] = {"last_ok_at": now}
    if not keep_cursor:
        values["cursor"] = cursor
    if appended.items:
        values["last_item_at"] = now
    save_channel(connection, channel, values)
    return appended


def append_items(connection: Connection, items: Sequence[tuple[str, NewItem]], now: datetime) -> Appended:
    """Store new items of several channels in the order given."""
    latest: dict[tuple[str, str], tuple[str, int]] = {}
    for channel in sorted({channel for channel, _ in items}):
        lock_name(connection, f"channel:{channel}")
        latest.update(_latest(connection, channel, {item.native_id for name, item in items if name == channel}))
    rows = []
    for channel, item in items:
        mark, revision = latest.get((channel, item.native_id), ("", 0))
        if item.mark == mark:
            continue
        latest[channel, item.native_id] = (item.mark, revision + 1)
        rows.append(_row(channel, item, revision + 1, now))
    insert_many(connection, raw_items, rows)
    quarantined = sum(1 for row in rows if row["state"] == "quarantined")
    repeated = Counter(channel for channel, _ in items)
    repeated.subtract(row["channel"] for row in rows)
    return Appended(len(rows), len(items) - len(rows), quarantined, +repeated)


def _latest(connection: Connection, channel: str, native_ids: Iterable[str]) -> dict[tuple[str, str], tuple[str, int]]:
    found: dict[tuple[str, str], tuple[str, int]] = {}
    wanted = sorted(native_ids)
    for start in range(0, len(wanted), CHUNK):
        rows = connection.execute(
            select(raw_items.c.native_id, raw_items.c.mark, raw_items.c.revision)
            .where(raw_items.c.channel == channel, raw_items.c.native_id.in_(wanted[start : start + CHUNK]))
            .order_by(raw_items.c.revision)
        )
        found.update({(channel, row.native_id): (row.mark, row.revision) for row in rows})
    return found


def _row(channel: str, item: NewItem, revision: int, now: datetime) -> dict[str, Any]:
    return {
        "channel": channel,
        "native_id": item.native_id,
        "revision": revision,
        "mark": item.mark,
        "body": None if item.blob else item.body,
        "blob": item.blob,
        "meta": dict(item.meta or {}),
        "received_at": now,
        "state": "quarantined" if item.quarantine else "new",
        "outcome": "quarantined" if item.quarantine else "",
        "reason": item.quarantine,
    }


def save_channel(connection: Connection, name: str, values: Mapping[str, Any]) -> None:
    """Write what is known of a channel; its row is made at need."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(channels).values(name=name, **values)
    if values:
        connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=dict(values)))
    else:
        connection.execute(statement.on_conflict_do_nothing())


def cursor_of(connection: Connection, channel: str) -> Any:
    """Give the cursor behind the last committed page, None at first."""
    return connection.execute(select(channels.c.cursor).where(channels.c.name == channel)).scalar_one_or_none()


_FRESH = (
    select(
        raw_items.c.id,
        raw_items.c.channel,
        raw_items.c.native_id,
        raw_items.c.revision,
        raw_items.c.body,
        raw_items.c.blob,
        raw_items.c.meta,
        raw_items.c.received_at,
    )
    .where(raw_items.c.state == "new")
    .order_by(raw_items.c.id)
)


def fresh_items(connection: Connection, limit: int, after: int = 0) -> list[RawItem]:
    """List unread items in the order they came."""
    rows = connection.execute(_FRESH.where(raw_items.c.id > after).limit(limit))
    return [
        RawItem(row.id, row.channel, row.native_id, row.revision, row.body or b"", row.blob, row.meta, row.received_at)
        for row in rows
    ]


def claim_fresh(connection: Connection, ids: Sequence[int]) -> set[int]:
    """Say which of these are still unread, and keep other processes off them until the transaction ends."""
    statement = select(raw_items.c.id).where(raw_items.c.id.in_(ids), raw_items.c.state == "new")
    return set(connection.execute(statement.order_by(raw_items.c.id).with_for_update(skip_locked=True)).scalars())


def settle_items(connection: Connection, results: Mapping[tuple[str, str, str], Sequence[int]]) -> None:
    """Mark items as read: ids by (state, outcome, reason)."""
    for (state, outcome, reason), ids in results.items():
        values = {"state": state, "outcome": outcome, "reason": reason}
        connection.execute(update(raw_items).where(raw_items.c.id.in_(ids)).values(**values))


def retry_quarantined(connection: Connection, channel: str | None = None) -> int:
    """Let quarantined items be read again; give how many."""
    statement = update(raw_items).where(raw_items.c.state == "quarantined").values(state="new", reason="", outcome="")
    if channel is not None:
        statement = statement.where(raw_items.c.channel == channel)
    return connection.execute(statement).rowcount


def load_item(connection: Connection, item: int) -> RawItem | None:
    """Give one stored item, whatever its state."""
    row = connection.execute(select(raw_items).where(raw_items.c.id == item)).one_or_none()
    if row is None:
        return None
    return RawItem(
        row.id, row.channel, row.native_id, row.revision, row.body or b"", row.blob, row.meta, row.received_at
    )


def channel_row(connection: Connection, name: str) -> Any:
    """Give what is stored of a channel, None where it was never seen."""
    return connection.execute(select(channels).where(channels.c.name == name)).one_or_none()


def channel_wishes(connection: Connection) -> dict[str, tuple[bool, int]]:
    """Give what operators asked of each channel: to rest, and how often to read its settings again."""
    rows = connection.execute(select(channels.c.name, channels.c.paused, channels.c.reloads))
    return {row.name: (row.paused, row.reloads) for row in rows}


def ask_reload(connection: Connection, name: str) -> None:
    """Ask a running hub to read a channel's settings again."""
    save_channel(connection, name, {})
    connection.execute(update(channels).where(channels.c.name == name).values(reloads=channels.c.reloads + 1))


def last_item(connection: Connection) -> int:
    """Give the key of the newest raw item: what comes later is new."""
    return connection.execute(select(func.max(raw_items.c.id))).scalar_one() or 0


def count_outcomes(connection: Connection, after: int) -> dict[str, dict[str, int]]:
    """Count the items stored since by channel and outcome."""
    rows = connection.execute(
        select(raw_items.c.channel, raw_items.c.outcome, func.count())
        .where(raw_items.c.id > after)
        .group_by(raw_items.c.channel, raw_items.c.outcome)
    )
    found: dict[str, dict[str, int]] = {}
    for channel, outcome, count in rows:
        found.setdefault(channel, {})[outcome] = count
    return found
