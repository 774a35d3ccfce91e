"""What is said between citizens and staff about one report: questions, disputes, replies and how they stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, func, or_, select

from hub.store.tables import Instant, complaints, deliveries, disputes, followups, photos, questions

ACKNOWLEDGED, ASKED = "diterima", "tanya:"
"""Causes of replies that are no deeds to be called back."""
LOOKED_AT = 100
"""So many photos, and words to single citizens, are shown at most."""
LAST = 5
"""So many replies are shown of each complaint."""


def questions_of(connection: Connection, report: int) -> dict[int, list[Row[Any]]]:
    """Give the open questions of a report by complaint, oldest first."""
    rows = connection.execute(
        select(questions)
        .where(questions.c.report == report, questions.c.state == "open")
        .order_by(questions.c.at, questions.c.id)
    )
    found: dict[int, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.complaint, []).append(row)
    return found


def disputes_of(connection: Connection, report: int) -> list[Row[Any]]:
    """Give the open disputes of a report, oldest first, with the channel each came by: never who."""
    return list(
        connection.execute(
            select(*disputes.c["complaint", "at", "due_at", "photos"], complaints.c.channel)
            .join(complaints, complaints.c.id == disputes.c.complaint)
            .where(disputes.c.report == report, disputes.c.decision == "")
            .order_by(disputes.c.id)
        )
    )


def officials_photos(connection: Connection, followups: Sequence[int]) -> dict[int, list[str]]:
    """Give the names of photos that can be shown, by follow-up."""
    rows = connection.execute(
        select(photos.c.followup, photos.c.id)
        .where(photos.c.followup.in_(followups), photos.c.kind == "photo", photos.c.state == "ready")
        .order_by(photos.c.followup, photos.c.position)
    )
    found: dict[int, list[str]] = {}
    for followup, name in rows:
        found.setdefault(followup, []).append(name)
    return found


def result_photos(connection: Connection, report: int) -> list[Row[Any]]:
    """Give the photos that officials added to a report and that can be shown, newest first: id, at, unit, channel."""
    return list(
        connection.execute(
            select(photos.c.id, *followups.c["at", "unit", "channel"])
            .join(followups, followups.c.id == photos.c.followup)
            .where(followups.c.report == report, photos.c.kind == "photo", photos.c.state == "ready")
            .order_by(followups.c.at.desc(), photos.c.position)
            .limit(LOOKED_AT)
        )
    )


def citizens_photos(connection: Connection, report: int) -> list[Row[Any]]:
    """Give the photos of all complaints of a report that can be shown, newest first: id, complaint, at, channel."""
    return list(
        connection.execute(
            select(photos.c.id, photos.c.complaint, complaints.c.created_at.label("at"), complaints.c.channel)
            .join(complaints, complaints.c.id == photos.c.complaint)
            .where(complaints.c.report == report, photos.c.kind == "photo", photos.c.state == "ready")
            .order_by(complaints.c.created_at.desc(), photos.c.position)
            .limit(LOOKED_AT)
        )
    )


def words_to_citizens(connection: Connection, report: int) -> list[Row[Any]]:
    """Give what single citizens were asked and told, newest first, with the channel they complained by."""
    return list(
        connection.execute(
            select(questions, complaints.c.channel)
            .join(complaints, complaints.c.id == questions.c.complaint)
            .where(questions.c.report == report)
            .order_by(questions.c.at.desc(), questions.c.id)
            .limit(LOOKED_AT)
        )
    )


def replies_to(connection: Connection, ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    """Give how the latest replies to these complaints stand, newest first, without their texts."""
    rank = func.row_number().over(partition_by=deliveries.c.complaint, order_by=deliveries.c.id.desc()).label("rank")
    columns = deliveries.c[
        "id", "channel", "complaint", "cause", "state", "attempts", "next_at", "waits_for", "reason", "settled_at"
    ]
    ranked = select(*columns, rank).where(deliveries.c.complaint.in_(ids), deliveries.c.kind == "reply").subquery()
    found: dict[int, list[Row[Any]]] = {}
    for row in connection.execute(select(ranked).where(ranked.c.rank <= LAST).order_by(ranked.c.id.desc())):
        found.setdefault(row.complaint, []).append(row)
    return found


def replies_by_act(connection: Connection, report: int) -> dict[str, list[Any]]:
    """Count the replies to each deed by how they stand: rows of channel, state, waits_for, reason, count and times."""
    sorts = deliveries.c["act", "cause", "channel", "state", "waits_for", "reason"]
    rows = connection.execute(
        select(*sorts, func.count().label("count"), _soonest().label("next_at"), _last().label("settled_at"), _first())
        .where(deliveries.c.report == report, deliveries.c.kind == "reply", deliveries.c.state != "superseded")
        .group_by(*sorts)
        .order_by(*sorts)
    )
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.act, []).append(row)
    return found


def acts_under_way(connection: Connection, report: int) -> list[Row[Any]]:
    """Give the deeds of which surely no reply has gone out: rows of act, count, next_at (of the first to go)."""
    waits = and_(deliveries.c.state.in_(("due", "waiting")), deliveries.c.uncertain.is_(False))
    gone = or_(deliveries.c.state.in_(("running", "sent")), deliveries.c.uncertain)
    return list(
        connection.execute(
            select(deliveries.c.act, _count_if(waits).label("count"), _soonest().label("next_at"))
            .where(
                deliveries.c.report == report,
                deliveries.c.kind == "reply",
                deliveries.c.act != "",
                deliveries.c.cause != ACKNOWLEDGED,
                ~deliveries.c.cause.startswith(ASKED, autoescape=True),
            )
            .group_by(deliveries.c.act)
            .having(_count_if(gone) == 0, _count_if(deliveries.c.state == "due") > 0)
            .order_by(func.min(deliveries.c.id))
        )
    )


def _count_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _soonest() -> ColumnElement[Any]:
    return func.min(case((deliveries.c.state == "due", deliveries.c.next_at)), type_=Instant)


def _last() -> ColumnElement[Any]:
    return func.max(deliveries.c.settled_at, type_=Instant)


def _first() -> ColumnElement[Any]:
    return func.min(deliveries.c.created_at, type_=Instant).label("created_at")
