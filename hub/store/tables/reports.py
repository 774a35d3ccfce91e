"""Reports, what belongs to them, and what happened to them."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Index, Integer, String, Table, Text, UniqueConstraint, text, true

from hub.store.tables.columns import Instant, Json, Key, metadata

reports = Table(
    "reports",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=False),
    Column("number", String(16), nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    Column("status", String(12), nullable=False),
    Column("reason", String(24), nullable=False),
    Column("category", String(40), nullable=False),
    Column("category_confidence", Float, nullable=False),
    Column("category_by", String(8), nullable=False),
    Column("category_sure", Boolean, nullable=False, server_default=true()),
    Column("urgency", String(10), nullable=False),
    Column("urgency_by", String(8), nullable=False, server_default="machine"),
    Column("handling", String(8), nullable=False),
    Column("handling_by", String(8), nullable=False),
    Column("place", Json, nullable=False),
    Column("place_by", String(8), nullable=False),
    Column("kelurahan", String(16), nullable=False),
    Column("kecamatan", String(12), nullable=False),
    Column("lat", Float),
    Column("lon", Float),
    Column("units", Json, nullable=False),
    Column("units_by", String(8), nullable=False),
    Column("lead", String(40), nullable=False),
    Column("queue", String(40), nullable=False),
    Column("rule", String(80), nullable=False),
    Column("title", Text, nullable=False),
    Column("complaint_count", Integer, nullable=False),
    Column("channel_counts", Json, nullable=False),
    Column("anchor", Json),
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("opened_at", Instant),
    Column("disputed_at", Instant),
    Column("followed_up_by", String(8), nullable=False),
    Column("last_follow_up_at", Instant),
    Column("answered_at", Instant),
    Column("asked_at", Instant),
    Column("nudged_at", Instant),
    Column("duty", Boolean, nullable=False, server_default=text("false")),
    Column("validated", String(8), nullable=False, server_default=""),
    Column("merged_into", Key),
    Column("owner", String(80), nullable=False, server_default=""),
    Column("owner_at", Instant),
    Column("owner_until", Instant),
    Column("legal_class", String(32), nullable=False, server_default=""),
    Column("clock_from", Instant),
    Column("paused_seconds", Integer, nullable=False, server_default="0"),
    Column("due_kind", String(8), nullable=False, server_default=""),
    Column("due_at", Instant),
    Column("legal_due_at", Instant),
    Column("warned_at", Instant),
    Column("escalated_at", Instant),
    Column("event", Key),
    Column("public", Boolean, nullable=False, server_default=text("false")),
    Index("ix_reports_queue", "queue", "status", "urgency", "id"),
    Index("ix_reports_updated_at", "updated_at", "id"),
    Index("ix_reports_kelurahan", "kelurahan", "id"),
    Index(
        "ix_reports_owner_until",
        "owner_until",
        sqlite_where=text("owner_until IS NOT NULL"),
        postgresql_where=text("owner_until IS NOT NULL"),
    ),
    Index(
        "ix_reports_due_at",
        "due_at",
        sqlite_where=text("due_at IS NOT NULL AND escalated_at IS NULL"),
        postgresql_where=text("due_at IS NOT NULL AND escalated_at IS NULL"),
    ),
    Index(
        "ix_reports_escalated",
        "kecamatan",
        sqlite_where=text("escalated_at IS NOT NULL"),
        postgresql_where=text("escalated_at IS NOT NULL"),
    ),
    Index(
        "ix_reports_unopened",
        "due_at",
        sqlite_where=text("due_kind = 'open'"),
        postgresql_where=text("due_kind = 'open'"),
    ),
)
"""One incident each. `…_by` is `machine` or `person`; `followed_up_by` is empty, `source`, `crop` or `staff`.

`answered_at`: first word to its citizens about what is done. `asked_at`: its clock stands still since, a citizen was
asked. `duty`: all its complaints come from heads of RT or RW; `validated` is empty, `sah` or `dicoret`.
`owner`: the account that works on it, until `owner_until` where it is a claim that expires. `due_at`: when its next
step (`due_kind`: `open` for an emergency, `answer` or `done`) is due by the unit's own clock, counted from
`clock_from`; none while the clock stands still. `paused_seconds`: for how long it stood still since. `legal_due_at`: by
its `legal_class`, counted from the receipt; an empty class is that of its category. `warned_at`, `escalated_at`: of
this step. `event`: the kejadian it belongs to. `public`: at least one of its complaints may be shown to everybody.
"""

assignments = Table(
    "assignments",
    metadata,
    Column("id", Key, primary_key=True),
    Column("complaint", Key, nullable=False, index=True),
    Column("report", Key, nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("cause", String(12), nullable=False),
    Column("score", Float, nullable=False),
    Column("evidence", Json, nullable=False),
    Column("rules", String(32), nullable=False),
    Column("actor", String(80), nullable=False),
)
"""Which complaint belongs to which report, append-only: the latest row of a complaint holds."""

separations = Table(
    "separations",
    metadata,
    Column("complaint", Key, primary_key=True, autoincrement=False),
    Column("report", Key, primary_key=True, autoincrement=False),
    Column("by", String(80), nullable=False),
    Column("at", Instant, nullable=False),
)
"""What a person took apart: the machine never joins this complaint to this report again."""

suggestions = Table(
    "suggestions",
    metadata,
    Column("id", Key, primary_key=True),
    Column("complaint", Key, nullable=False),
    Column("report", Key, nullable=False, index=True),
    Column("other", Key, nullable=False, index=True),
    Column("score", Float, nullable=False),
    Column("evidence", Json, nullable=False),
    Column("at", Instant, nullable=False),
    Column("answer", String(8), nullable=False, server_default=""),
    UniqueConstraint("complaint", "other"),
    Index(
        "ix_suggestions_doubts",
        "answer",
        "report",
        sqlite_where=text("report = other"),
        postgresql_where=text("report = other"),
    ),
)
"""Perhaps the same: `report` (of the complaint) and `other`, for a person to answer `same` or `other`."""

receipts = Table(
    "receipts",
    metadata,
    Column("report", Key, primary_key=True, autoincrement=False),
    Column("channel", String(80), nullable=False),
    Column("holder", String(80), nullable=False),
    Column("at", Instant, nullable=False),
    Column("complaint", Key),
)
"""Report numbers (their keys) given out on receipts before the complaint was understood, and what came in on them."""

questions = Table(
    "questions",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("report", Key, nullable=False, index=True),
    Column("complaint", Key, nullable=False, index=True),
    Column("kind", String(8), nullable=False),
    Column("text", Text, nullable=False),
    Column("by", String(80), nullable=False),
    Column("at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("state", String(8), nullable=False),
    Column("settled_at", Instant),
)
"""What staff asked a citizen back. `kind`: where, photo, still, other. `state`: open, answered, expired.

With kind `tell` and state `told`: words to this citizen alone that ask nothing.
"""

disputes = Table(
    "disputes",
    metadata,
    Column("id", Key, primary_key=True),
    Column("report", Key, nullable=False, index=True),
    Column("complaint", Key, nullable=False),
    Column("at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("photos", Integer, nullable=False),
    Column("decision", String(8), nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("by", String(80), nullable=False, server_default=""),
    Column("decided_at", Instant),
    Index("ix_disputes_decision", "decision", "report"),
)
"""A citizen says "not done" of a finished report. `decision`: empty, `reopened` or `kept`."""

nudges = Table(
    "nudges",
    metadata,
    Column("id", Key, primary_key=True),
    Column("report", Key, nullable=False, index=True),
    Column("by", String(80), nullable=False),
    Column("at", Instant, nullable=False),
    Column("answered_at", Instant),
)
"""Somebody asked at a desk where it stands, and the officials were asked; answered by their next follow-up."""

merges = Table(
    "merges",
    metadata,
    Column("id", Key, primary_key=True),
    Column("source", Key, nullable=False, index=True),
    Column("target", Key, nullable=False, index=True),
    Column("complaints", Json, nullable=False),
    Column("by", String(80), nullable=False),
    Column("at", Instant, nullable=False),
    Column("undone_at", Instant),
    Column("undone_by", String(80)),
)
"""Reports that a person joined: undoing gives back exactly these complaints."""

history = Table(
    "history",
    metadata,
    Column("id", Key, primary_key=True),
    Column("report", Key, nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("kind", String(24), nullable=False),
    Column("actor", String(80), nullable=False),
    Column("data", Json, nullable=False),
)
"""What happened to a report: ids, codes and numbers, never people's words."""

followups = Table(
    "followups",
    metadata,
    Column("id", Key, primary_key=True),
    Column("report", Key, nullable=False, index=True),
    Column("complaint", Key),
    Column("channel", String(80), nullable=False),
    Column("native_id", String(512), nullable=False),
    Column("at", Instant, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("status", String(40), nullable=False),
    Column("reason", String(24), nullable=False, server_default=""),
    Column("note", Text, nullable=False),
    Column("note_internal", Text, nullable=False),
    Column("photos", Json, nullable=False),
    Column("unit", String(80), nullable=False),
    Column("officer", Text, nullable=False),
    Column("applied", Boolean, nullable=False),
    UniqueConstraint("channel", "native_id"),
)
"""What officials did or said. `applied` is false for one that came late or had no say.

`reason`: why it was refused, or why a finished report has no photo. Photos that staff added stand in `photos` alone.
"""

queue_entries = Table(
    "queue_entries",
    metadata,
    Column("report", Key, primary_key=True, autoincrement=False),
    Column("unit", String(40), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("placed_at", Instant, nullable=False),
)
"""The work lists, as the posko sink fills them: a report stands in one queue at most."""
