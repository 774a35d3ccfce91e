"""Complaints in their layers: said, understood, decided; and which report each belongs to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from hub.store.bulk import insert_many
from hub.store.tables import (
    additions,
    assignments,
    complaints,
    decisions,
    deliveries,
    merges,
    origins,
    photos,
    reports,
    suggestions,
    understandings,
)
from normalizer.complaint import Complaint, Understanding

CHUNK = 500
NEWEST = 20
ANSWERED = ("open", "vanished")
"""States of complaints whose citizens are told what becomes of them."""


def find_complaints(connection: Connection, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Any]:
    """Give the rows of those already stored, by (channel, native id)."""
    by_channel: dict[str, set[str]] = {}
    for channel, native_id in wanted:
        by_channel.setdefault(channel, set()).add(native_id)
    found: dict[tuple[str, str], Any] = {}
    for channel, ids in by_channel.items():
        ordered = sorted(ids)
        for start in range(0, len(ordered), CHUNK):
            statement = select(
                complaints.c.id,
                complaints.c.channel,
                complaints.c.native_id,
                complaints.c.report,
                complaints.c.state,
                complaints.c.reporter,
                complaints.c.raw_item,
            ).where(complaints.c.channel == channel, complaints.c.native_id.in_(ordered[start : start + CHUNK]))
            found.update({(row.channel, row.native_id): row for row in connection.execute(statement)})
    return found


_STORED = (complaints.c.id, complaints.c.report, complaints.c.reporter, complaints.c.state, complaints.c.raw_item)


def find_thread(connection: Connection, channel: str, names: Sequence[str], reporter: str) -> Any:
    """Give this person's complaint that one of these threads, native ids or delivery keys leads to."""
    theirs = (complaints.c.channel == channel, complaints.c.reporter == reporter)
    by_words = select(*_STORED).where(*theirs, complaints.c.thread.in_(names) | complaints.c.native_id.in_(names))
    row = connection.execute(by_words.order_by(complaints.c.id).limit(1)).one_or_none()
    if row is not None:
        return row
    by_key = select(*_STORED).join(deliveries, deliveries.c.complaint == complaints.c.id)
    return connection.execute(by_key.where(*theirs, deliveries.c.key.in_(names)).limit(1)).one_or_none()


def find_by_number(connection: Connection, channel: str, numbers: Sequence[str], reporter: str) -> Any:
    """Give this person's complaint in one of these reports, if there is one."""
    return connection.execute(
        select(*_STORED)
        .join(reports, reports.c.id == complaints.c.report)
        .where(reports.c.number.in_(numbers), complaints.c.channel == channel, complaints.c.reporter == reporter)
        .order_by(complaints.c.id)
        .limit(1)
    ).one_or_none()


def said_row(complaint: Complaint, **others: Any) -> dict[str, Any]:
    """Spell the first layer as a row."""
    return {
        "title": complaint.title,
        "text": complaint.text,
        "created_at": complaint.created_at,
        "created_text": complaint.created_text[:64],
        "lat": complaint.lat,
        "lon": complaint.lon,
        "accuracy": complaint.accuracy,
        "address": complaint.address,
        "category_reported": complaint.category_reported,
        "category_hint": complaint.category_hint,
        "kelurahan_reported": complaint.kelurahan_reported,
        "tags": list(complaint.tags),
        "thread": complaint.thread[:512],
        "reply_context": complaint.reply_context,
        "anonim": complaint.anonim,
        "rahasia": complaint.rahasia,
        **others,
    }


def understood_row(understanding: Understanding, **others: Any) -> dict[str, Any]:
    """Spell the second layer as a row."""
    return {
        "rules": understanding.rules,
        "gazetteer": understanding.gazetteer,
        "text": understanding.text,
        "place": vars(understanding.place),
        "category": understanding.category,
        "category_confidence": understanding.category_confidence,
        "category_sure": understanding.category_sure,
        "category_words": list(understanding.category_words),
        "urgency": understanding.urgency,
        "urgency_words": list(understanding.urgency_words),
        "handling": understanding.handling,
        "quoted": list(understanding.quoted),
        "facts": understanding.facts,
        **others,
    }


def insert_rows(connection: Connection, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Write new rows of the complaint's tables, each list at once."""
    for name, values in rows.items():
        insert_many(connection, _TABLES[name], values)


_TABLES = {
    "complaints": complaints,
    "understandings": understandings,
    "assignments": assignments,
    "suggestions": suggestions,
    "photos": photos,
    "decisions": decisions,
    "merges": merges,
    "origins": origins,
}


def save_additions(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write later messages; one that was edited replaces what it said before."""
    if rows:
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        statement = dialect.insert(additions)
        changed = {name: statement.excluded[name] for name in rows[0] if name not in ("channel", "native_id")}
        statement = statement.on_conflict_do_update(index_elements=["channel", "native_id"], set_=changed)
        connection.execute(statement, [dict(row) for row in rows])


def has_addition(connection: Connection, channel: str, native_id: str) -> bool:
    """Say whether this later message is stored already."""
    which = additions.c.channel == channel, additions.c.native_id == native_id
    return connection.execute(select(additions.c.id).where(*which)).one_or_none() is not None


def find_addition(connection: Connection, channel: str, native_id: str) -> Any:
    """Give the key, complaint and raw item of a later message; None where it is not known."""
    which = additions.c.channel == channel, additions.c.native_id == native_id
    return connection.execute(select(*additions.c["id", "complaint", "raw_item"]).where(*which)).one_or_none()


def additions_to(connection: Connection, complaint: int) -> list[str]:
    """Give the words that were added to a complaint, oldest first."""
    said = select(additions.c.text).where(additions.c.complaint == complaint)
    return list(connection.execute(said.order_by(additions.c.created_at, additions.c.id)).scalars())


def stale_complaints(connection: Connection, limit: int) -> list[int]:
    """List complaints that are to be understood again."""
    return list(
        connection.execute(
            select(complaints.c.id).where(complaints.c.stale).order_by(complaints.c.id).limit(limit)
        ).scalars()
    )


def last_said(connection: Connection, complaint: int) -> int:
    """Give the raw item that last spoke of a complaint, by an edit or by what was added; 0 where there is none."""
    added = select(func.max(additions.c.raw_item)).where(additions.c.complaint == complaint)
    edited = select(complaints.c.raw_item).where(complaints.c.id == complaint)
    return max(connection.execute(one).scalar() or 0 for one in (added, edited))


def mark_fresh(connection: Connection, complaint: int, last: int) -> None:
    """A complaint is understood with all that was said up to `last`; more may have come meanwhile."""
    connection.execute(select(complaints.c.id).where(complaints.c.id == complaint).with_for_update())
    if last_said(connection, complaint) == last:
        update_complaints(connection, [{"complaint": complaint, "stale": False}])


def suggest_doubt(connection: Connection, complaint: int, report: int, at: datetime) -> None:
    """Ask a clerk whether a complaint belongs to its own report: its citizen says that it does not."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = {"complaint": complaint, "report": report, "other": report, "score": 1.0, "evidence": ["beda"], "at": at}
    statement = dialect.insert(suggestions).values(row)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["complaint", "other"], set_={**row, "answer": ""})
    )


def move_doubts(connection: Connection, source: int, target: int, at: datetime) -> None:
    """A report was merged: whether a citizen's complaint belongs there is asked of the one that took it in."""
    own = suggestions.c.report == source, suggestions.c.other == source, suggestions.c.answer == ""
    for complaint in list(connection.execute(select(suggestions.c.complaint).where(*own)).scalars()):
        suggest_doubt(connection, complaint, target, at)
    connection.execute(update(suggestions).where(*own).values(answer="moved"))


def answer_doubt(connection: Connection, complaint: int) -> None:
    """A clerk says that a complaint belongs where it is."""
    own = suggestions.c.complaint == complaint, suggestions.c.report == suggestions.c.other
    connection.execute(update(suggestions).where(*own, suggestions.c.answer == "").values(answer="same"))


def photo_urls(connection: Connection, complaint: int) -> set[str]:
    """Give where a complaint's photos come from."""
    return set(connection.execute(select(photos.c.url).where(photos.c.complaint == complaint)).scalars())


def update_complaints(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Change columns of complaints; each row has `complaint` (id) and the same other columns."""
    if rows:
        names = [name for name in rows[0] if name != "complaint"]
        statement = update(complaints).where(complaints.c.id == bindparam("complaint"))
        connection.execute(
            statement.values({name: bindparam(f"new_{name}") for name in names}),
            [{"complaint": row["complaint"], **{f"new_{name}": row[name] for name in names}} for row in rows],
        )


def members_of(connection: Connection, ids: Sequence[int], limit: int = NEWEST) -> dict[int, list[Any]]:
    """Give the newest complaints of each report, newest first: what third parties may see of them."""
    rank = func.row_number().over(
        partition_by=complaints.c.report, order_by=(complaints.c.created_at.desc(), complaints.c.id.desc())
    )
    found: dict[int, list[Any]] = {}
    for start in range(0, len(ids), CHUNK):
        ranked = (
            select(
                complaints.c.id,
                complaints.c.report,
                complaints.c.channel,
                complaints.c.native_id,
                complaints.c.created_at,
                complaints.c.anonim,
                complaints.c.rahasia,
                understandings.c.text,
                rank.label("rank"),
            )
            .join(understandings, understandings.c.id == complaints.c.understanding)
            .where(complaints.c.report.in_(ids[start : start + CHUNK]), complaints.c.state != "erased")
            .subquery()
        )
        for row in connection.execute(select(ranked).where(ranked.c.rank <= limit).order_by(ranked.c.rank)):
            found.setdefault(row.report, []).append(row)
    return found


def photos_of(connection: Connection, ids: Sequence[int]) -> dict[int, list[str]]:
    """Give the random names of each complaint's photos that can be shown; documents never."""
    found: dict[int, list[str]] = {}
    for start in range(0, len(ids), CHUNK):
        rows = connection.execute(
            select(photos.c.complaint, photos.c.id)
            .where(
                photos.c.complaint.in_(ids[start : start + CHUNK]), photos.c.kind == "photo", photos.c.state == "ready"
            )
            .order_by(photos.c.complaint, photos.c.position)
        )
        for complaint, name in rows:
            found.setdefault(complaint, []).append(name)
    return found


def layers_of(connection: Connection, report: int) -> list[Any]:
    """Give every complaint of a report with its latest understanding, oldest assignment first."""
    return list(
        connection.execute(
            select(
                complaints.c.id,
                complaints.c.channel,
                complaints.c.created_at,
                complaints.c.state,
                complaints.c.role,
                understandings.c.place,
                understandings.c.category,
                understandings.c.category_confidence,
                understandings.c.category_sure,
                understandings.c.urgency,
                understandings.c.handling,
                understandings.c.text,
            )
            .join(understandings, understandings.c.id == complaints.c.understanding)
            .where(complaints.c.report == report)
            .order_by(complaints.c.id)
        )
    )


def to_answer(connection: Connection, report: int | None, only: Collection[int] | None = None) -> list[Any]:
    """List the complaints of a report whose citizens are to be told something: all, or those that were chosen."""
    if only is None:
        return _answered(connection, complaints.c.report == report, complaints.c.state.in_(ANSWERED))
    wanted = sorted(only)
    return [
        row
        for start in range(0, len(wanted), CHUNK)
        for row in _answered(
            connection, complaints.c.id.in_(wanted[start : start + CHUNK]), complaints.c.state != "erased"
        )
    ]


def _answered(connection: Connection, *which: ColumnElement[bool]) -> list[Any]:
    columns = complaints.c[
        "id", "channel", "native_id", "reporter", "thread", "reply_context", "rahasia", "track", "language", "doubt"
    ]
    return list(connection.execute(select(*columns).where(*which).order_by(complaints.c.id)))


def load_said(connection: Connection, complaint: int) -> Any:
    """Give a complaint's first layer with the id of its raw item."""
    return connection.execute(select(complaints).where(complaints.c.id == complaint)).one_or_none()


def decided(connection: Connection, *, report: int | None = None, complaint: int | None = None) -> dict[str, Any]:
    """Give what persons decided, field by field: the latest that was not undone."""
    column, value = (decisions.c.report, report) if report is not None else (decisions.c.complaint, complaint)
    rows = connection.execute(
        select(decisions.c.field, decisions.c.value)
        .where(column == value, decisions.c.undone_at.is_(None))
        .order_by(decisions.c.id)
    )
    return {row.field: row.value for row in rows}


def decide(connection: Connection, *, report: int, field: str, value: Any, by: str, at: datetime) -> None:
    """Record a person's decision about one field of a report."""
    connection.execute(insert(decisions).values(report=report, field=field, value=value, by=by, at=at))
