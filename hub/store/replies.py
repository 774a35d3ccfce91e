"""Replies among the deliveries: what was said to whom before, what still waits, the brake."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic_core import from_json
from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from hub.store.tables import Instant, complaints, deliveries, holds

CHUNK = 500
CALLED_BACK = "called back"
REPLIES = "replies"
"""The hold on every reply, whatever its channel."""
_OPEN = ("due", "waiting")


@dataclass(frozen=True, slots=True)
class Unsent:
    """A reply that has surely not gone out yet."""

    id: int
    cause: str
    question: bool
    note: str


def unsent_replies(connection: Connection, ids: Sequence[int]) -> dict[int, list[Unsent]]:
    """Give what these complaints' citizens are still to be told, oldest first: locked, so that no process sends it."""
    found: dict[int, list[Unsent]] = {}
    for start in range(0, len(ids), CHUNK):
        rows = connection.execute(
            select(*deliveries.c["id", "complaint", "cause", "parcel"])
            .where(
                deliveries.c.complaint.in_(ids[start : start + CHUNK]),
                deliveries.c.kind == "reply",
                deliveries.c.state.in_(_OPEN),
                deliveries.c.uncertain.is_(False),
            )
            .order_by(deliveries.c.id)
            .with_for_update(skip_locked=True)  # what another process takes up this moment goes out
        )
        for row in rows:
            parcel = from_json(row.parcel)
            unsent = Unsent(row.id, row.cause, bool(parcel.get("question")), str(parcel.get("note", "")))
            found.setdefault(row.complaint, []).append(unsent)
    return found


def last_replies(connection: Connection, ids: Sequence[int], but: str) -> dict[int, datetime]:
    """Give when each of these complaints' citizens was told something last, except for the cause `but`."""
    found: dict[int, datetime] = {}
    latest = func.max(deliveries.c.settled_at, type_=Instant)
    for start in range(0, len(ids), CHUNK):
        which = (
            deliveries.c.complaint.in_(ids[start : start + CHUNK]),
            deliveries.c.kind == "reply",
            deliveries.c.state == "sent",
            deliveries.c.cause != but,
        )
        rows = connection.execute(select(deliveries.c.complaint, latest).where(*which).group_by(deliveries.c.complaint))
        found.update({row[0]: row[1] for row in rows if row[1] is not None})
    return found


def count_acknowledged(
    connection: Connection, reporters: Collection[str], since: datetime, cause: str
) -> dict[str, int]:
    """Count by reporter how often they were thanked since then."""
    found: dict[str, int] = {}
    wanted = sorted(reporters)
    for start in range(0, len(wanted), CHUNK):
        rows = connection.execute(
            select(complaints.c.reporter, func.count())
            .join(deliveries, deliveries.c.complaint == complaints.c.id)
            .where(
                complaints.c.reporter.in_(wanted[start : start + CHUNK]),
                deliveries.c.cause == cause,
                deliveries.c.created_at > since,
            )
            .group_by(complaints.c.reporter)
        )
        found.update({row[0]: row[1] for row in rows})
    return found


def supersede(connection: Connection, ids: Iterable[int]) -> int:
    """Put aside replies that something newer replaces; not what is under way. Gives how many."""
    chosen = sorted(ids)
    changed = 0
    for start in range(0, len(chosen), CHUNK):
        which = deliveries.c.id.in_(chosen[start : start + CHUNK]), deliveries.c.state.in_(_OPEN)
        changed += connection.execute(
            update(deliveries).where(*which).values(state="superseded", waits_for="")
        ).rowcount
    return changed


def recall_act(connection: Connection, act: str) -> int:
    """Put aside all replies to one deed, as long as none has gone out. Gives how many; 0 where it is too late."""
    changed = connection.execute(
        update(deliveries)
        .where(deliveries.c.act == act, deliveries.c.state.in_(_OPEN), deliveries.c.uncertain.is_(False))
        .values(state="superseded", waits_for="", reason=CALLED_BACK)
    ).rowcount
    # Asked last: what another process was about to send is seen as it is now.
    return 0 if is_out(connection, act) else changed


def is_out(connection: Connection, act: str) -> bool:
    """Say whether a reply to a deed has gone out, or may be on its way."""
    gone = ("running", "sent", *_OPEN)
    found = select(deliveries.c.id).where(deliveries.c.act == act, deliveries.c.state.in_(gone)).limit(1)
    return connection.execute(found).first() is not None


def put_off(connection: Connection, act: str, until: datetime) -> None:
    """Let the replies to a deed wait a while, so that they can be called back; an emergency's do not wait."""
    which = deliveries.c.act == act, deliveries.c.state == "due", deliveries.c.urgent.is_(False)
    connection.execute(update(deliveries).where(*which, deliveries.c.next_at < until).values(next_at=until))


def revive(connection: Connection, act: str, report: int, at: datetime) -> int:
    """What a deed's replies had replaced goes out after all, now that they are called back. Gives how many."""
    theirs = select(deliveries.c.complaint).where(deliveries.c.act == act)
    told = (deliveries.c.kind == "reply", deliveries.c.cause.not_like("tanya:%"), deliveries.c.reason != CALLED_BACK)
    last = select(func.max(deliveries.c.id)).where(deliveries.c.complaint.in_(theirs), *told)
    which = deliveries.c.id.in_(last.group_by(deliveries.c.complaint)), deliveries.c.report == report
    values = {"state": "due", "next_at": at}
    return connection.execute(
        update(deliveries).where(*which, deliveries.c.state == "superseded").values(values)
    ).rowcount


def recall_replies(connection: Connection, complaints_: Sequence[int], but: str = "") -> int:
    """Put aside what these complaints' citizens were still to be told, but for one cause; they are still asked."""
    unsent = [row for rows in unsent_replies(connection, complaints_).values() for row in rows]
    return supersede(connection, [row.id for row in unsent if not row.question and row.cause != but])


def wake_for_citizens(connection: Connection, reporters: Collection[str], now: datetime) -> int:
    """These citizens have spoken, of whatever complaint: what waited for that goes out. Gives how many."""
    woken, wanted = 0, sorted(reporters)
    for start in range(0, len(wanted), CHUNK):
        theirs = select(complaints.c.id).where(complaints.c.reporter.in_(wanted[start : start + CHUNK]))
        woken += _wake(connection, deliveries.c.complaint.in_(theirs), "citizen", now)
    return woken


def wake_for_clerk(connection: Connection, complaint: int, at: datetime) -> int:
    """A clerk has looked: what waited for that goes out, not before `at`. Gives how many."""
    return _wake(connection, deliveries.c.complaint == complaint, "clerk", at)


def _wake(connection: Connection, which: Any, waits_for: str, now: datetime) -> int:
    waiting = (deliveries.c.state == "waiting", deliveries.c.waits_for == waits_for)
    values = {"state": "due", "waits_for": "", "next_at": now, "reason": ""}
    return connection.execute(update(deliveries).where(which, *waiting).values(values)).rowcount


def hold_for_clerk(connection: Connection, complaint: int, until: datetime, reason: str) -> int:
    """Let nothing go out to one citizen before a clerk has looked; questions do. Gives how many are held."""
    ids = [row.id for rows in unsent_replies(connection, [complaint]).values() for row in rows if not row.question]
    values = {"state": "waiting", "waits_for": "clerk", "next_at": until, "reason": reason}
    which = deliveries.c.id.in_(ids), deliveries.c.state.in_(_OPEN)
    return connection.execute(update(deliveries).where(*which).values(values)).rowcount if ids else 0


def state_of(connection: Connection, complaint: int, cause: str) -> str:
    """Give how the reply to one citizen stands that one cause had; empty where there was none."""
    which = deliveries.c.complaint == complaint, deliveries.c.kind == "reply", deliveries.c.cause == cause[:24]
    last = select(deliveries.c.state).where(*which).order_by(deliveries.c.id.desc()).limit(1)
    return connection.execute(last).scalar() or ""


def expire_waiting(connection: Connection, now: datetime, reasons: dict[str, str]) -> int:
    """Give up what waited in vain: `reasons` by what it waited for. Gives how many."""
    given_up = 0
    for waits_for, reason in reasons.items():
        late = (
            deliveries.c.state == "waiting",
            deliveries.c.waits_for == waits_for,
            deliveries.c.next_at <= now,
        )
        values = {"state": "undeliverable", "reason": reason, "settled_at": now, "next_at": None}
        given_up += connection.execute(update(deliveries).where(*late).values(values)).rowcount
    return given_up


# -------------------------------------------------------------------------------------------------------- the brake


def held(connection: Connection) -> dict[str, Any]:
    """Give what is held, by name: `replies` or a channel; each row has `by` and `at`."""
    return {row.name: row for row in connection.execute(select(holds))}


def hold(connection: Connection, name: str, by: str, now: datetime) -> bool:
    """Pull the brake; False where it is pulled already."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    pulled = dialect.insert(holds).values(name=name, by=by, at=now).on_conflict_do_nothing()
    return connection.execute(pulled.returning(holds.c.name)).first() is not None


def release(connection: Connection, name: str) -> bool:
    """Let go; False where nothing was held."""
    return bool(connection.execute(delete(holds).where(holds.c.name == name)).rowcount)


def waiting_behind(connection: Connection, name: str) -> list[Any]:
    """Count what a hold keeps back: rows of channel, kind, count, oldest first by channel."""
    which = [deliveries.c.state == "due"]
    which.append(deliveries.c.kind == "reply" if name == REPLIES else deliveries.c.channel == name)
    return list(
        connection.execute(
            select(deliveries.c.channel, deliveries.c.kind, func.count().label("count"))
            .where(*which)
            .group_by(deliveries.c.channel, deliveries.c.kind)
            .order_by(deliveries.c.channel, deliveries.c.kind)
        )
    )


def samples_behind(connection: Connection, name: str, limit: int = 5) -> list[Any]:
    """Give the first few replies that a hold keeps back: channel and parcel."""
    which = [deliveries.c.state == "due", deliveries.c.kind == "reply"]
    if name != REPLIES:
        which.append(deliveries.c.channel == name)
    chosen = select(deliveries.c.channel, deliveries.c.parcel, deliveries.c.report).where(*which)
    return list(connection.execute(chosen.order_by(deliveries.c.urgent.desc(), deliveries.c.id).limit(limit)))
