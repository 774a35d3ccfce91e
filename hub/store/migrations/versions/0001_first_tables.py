"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from hub.store.tables import Instant

revision = "0001"
down_revision = None

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
COUNTED = ("complaint", "understanding", "report")


def upgrade() -> None:
    """Make every table, and what integer keys are taken from."""
    op.create_table(
        "accounts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("area", sa.String(length=40), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("disabled_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("name", name=op.f("uq_accounts_name")),
    )
    op.create_table(
        "additions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("complaint", KEY, nullable=False),
        sa.Column("raw_item", KEY, nullable=False),
        sa.Column("channel", sa.String(length=80), nullable=False),
        sa.Column("native_id", sa.String(length=512), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("scrubbed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_additions")),
        sa.UniqueConstraint("channel", "native_id", name=op.f("uq_additions_channel_native_id")),
    )
    op.create_index(op.f("ix_additions_complaint"), "additions", ["complaint"], unique=False)
    op.create_table(
        "alerts",
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_alerts")),
    )
    op.create_table(
        "assignments",
        sa.Column("id", KEY, nullable=False),
        sa.Column("complaint", KEY, nullable=False),
        sa.Column("report", KEY, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("cause", sa.String(length=12), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("evidence", JSON, nullable=False),
        sa.Column("rules", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
    )
    op.create_index(op.f("ix_assignments_complaint"), "assignments", ["complaint"], unique=False)
    op.create_index(op.f("ix_assignments_report"), "assignments", ["report"], unique=False)
    op.create_table(
        "audit",
        sa.Column("id", KEY, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_table(
        "blocks",
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("complaint", KEY, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", "at", "complaint", name=op.f("pk_blocks")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_blocks_complaint", "blocks", ["complaint"], unique=False)
    op.create_table(
        "channels",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=40), server_default="", nullable=False),
        sa.Column("state", sa.String(length=24), server_default="starting", nullable=False),
        sa.Column("state_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("state_at", Instant(), nullable=True),
        sa.Column("cursor", JSON, nullable=True),
        sa.Column("paused", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("reloads", sa.Integer(), server_default="0", nullable=False),
        sa.Column("held", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("last_ok_at", Instant(), nullable=True),
        sa.Column("last_item_at", Instant(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("open_until", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_channels")),
    )
    op.create_table(
        "complaints",
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("channel", sa.String(length=80), nullable=False),
        sa.Column("native_id", sa.String(length=512), nullable=False),
        sa.Column("raw_item", KEY, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_text", sa.String(length=64), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("accuracy", sa.Float(), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("category_reported", sa.Text(), nullable=False),
        sa.Column("category_hint", sa.String(length=40), nullable=False),
        sa.Column("kelurahan_reported", sa.Text(), nullable=False),
        sa.Column("tags", JSON, nullable=False),
        sa.Column("reporter", sa.String(length=32), nullable=True),
        sa.Column("thread", sa.String(length=512), nullable=False),
        sa.Column("reply_context", JSON, nullable=False),
        sa.Column("anonim", sa.Boolean(), nullable=False),
        sa.Column("rahasia", sa.Boolean(), nullable=False),
        sa.Column("audience", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("report", KEY, nullable=False),
        sa.Column("understanding", KEY, nullable=False),
        sa.Column("track", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=2), server_default="id", nullable=False),
        sa.Column("role", sa.String(length=4), server_default="", nullable=False),
        sa.Column("doubt", sa.String(length=8), server_default="", nullable=False),
        sa.Column("heard_at", Instant(), nullable=False),
        sa.Column("stale", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("doubt IN ('', 'machine', 'citizen')", name=op.f("ck_complaints_doubt")),
        sa.CheckConstraint("state IN ('open', 'vanished', 'withdrawn', 'erased')", name=op.f("ck_complaints_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaints")),
        sa.UniqueConstraint("channel", "native_id", name=op.f("uq_complaints_channel_native_id")),
        sa.UniqueConstraint("track", name=op.f("uq_complaints_track")),
    )
    op.create_index(op.f("ix_complaints_report"), "complaints", ["report"], unique=False)
    op.create_index(op.f("ix_complaints_reporter"), "complaints", ["reporter"], unique=False)
    op.create_index(
        "ix_complaints_stale",
        "complaints",
        ["id"],
        unique=False,
        sqlite_where=sa.text("stale"),
        postgresql_where=sa.text("stale"),
    )
    op.create_index(
        "ix_complaints_thread",
        "complaints",
        ["channel", "thread"],
        unique=False,
        sqlite_where=sa.text("thread <> ''"),
        postgresql_where=sa.text("thread <> ''"),
    )
    op.create_table(
        "counters",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("next", KEY, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
    )
    op.create_table(
        "decisions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("complaint", KEY, nullable=True),
        sa.Column("report", KEY, nullable=True),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("value", JSON, nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("undone_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_index(op.f("ix_decisions_complaint"), "decisions", ["complaint"], unique=False)
    op.create_index(op.f("ix_decisions_report"), "decisions", ["report"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("id", KEY, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("report", KEY, nullable=False),
        sa.Column("complaint", KEY, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=24), nullable=False),
        sa.Column("act", sa.String(length=32), server_default="", nullable=False),
        sa.Column("waits_for", sa.String(length=8), server_default="", nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("parcel", sa.LargeBinary(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=14), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("uncertain", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("next_at", Instant(), nullable=True),
        sa.Column("lease", sa.String(length=40), nullable=True),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("remote_id", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "state IN ('due', 'running', 'sent', 'superseded', 'undeliverable', 'dead', 'waiting')",
            name=op.f("ck_deliveries_state"),
        ),
        sa.CheckConstraint("waits_for IN ('', 'citizen', 'clerk')", name=op.f("ck_deliveries_waits_for")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("key", name=op.f("uq_deliveries_key")),
    )
    op.create_index(
        "ix_deliveries_act",
        "deliveries",
        ["act"],
        unique=False,
        sqlite_where=sa.text("act <> ''"),
        postgresql_where=sa.text("act <> ''"),
    )
    op.create_index(
        "ix_deliveries_complaint",
        "deliveries",
        ["complaint", "id"],
        unique=False,
        sqlite_where=sa.text("complaint IS NOT NULL"),
        postgresql_where=sa.text("complaint IS NOT NULL"),
    )
    op.create_index(
        "ix_deliveries_open",
        "deliveries",
        ["next_at", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('due', 'running')"),
        postgresql_where=sa.text("state IN ('due', 'running')"),
    )
    op.create_index("ix_deliveries_report", "deliveries", ["report", "channel", "id"], unique=False)
    op.create_index("ix_deliveries_state", "deliveries", ["state", "kind"], unique=False)
    op.create_index(
        "ix_deliveries_waits_for",
        "deliveries",
        ["waits_for", "report"],
        unique=False,
        sqlite_where=sa.text("waits_for <> ''"),
        postgresql_where=sa.text("waits_for <> ''"),
    )
    op.create_table(
        "disputes",
        sa.Column("id", KEY, nullable=False),
        sa.Column("report", KEY, nullable=False),
        sa.Column("complaint", KEY, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("photos", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("by", sa.String(length=80), server_default="", nullable=False),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputes")),
    )
    op.create_index("ix_disputes_decision", "disputes", ["decision", "report"], unique=False)
    op.create_index(op.f("ix_disputes_report"), "disputes", ["report"], unique=False)
    op.create_table(
        "facts",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_facts")),
    )
    op.create_table(
        "followups",
        sa.Column("id", KEY, nullable=False),
        sa.Column("report", KEY, nullable=False),
        sa.Column("complaint", KEY, nullable=True),
        sa.Column("channel", sa.String(length=80), nullable=False),
        sa.Column("native_id", sa.String(length=512), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=24), server_default="", nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("note_internal", sa.Text(), nullable=False),
        sa.Column("photos", JSON, nullable=False),
        sa.Column("unit", sa.String(length=80), nullable=False),
        sa.Column("officer", sa.Text(), nullable=False),
        sa.Column("applied", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_followups")),
        sa.UniqueConstraint("channel", "native_id", name=op.f("uq_followups_channel_native_id")),
    )
    op.create_index(op.f("ix_followups_report"), "followups", ["report"], unique=False)
    op.create_table(
        "history",
        sa.Column("id", KEY, nullable=False),
        sa.Column("report", KEY, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history")),
    )
    op.create_index(op.f("ix_history_report"), "history", ["report"], unique=False)
    op.create_table(
        "holds",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_holds")),
    )
    op.create_table(
        "merges",
        sa.Column("id", KEY, nullable=False),
        sa.Column("source", KEY, nullable=False),
        sa.Column("target", KEY, nullable=False),
        sa.Column("complaints", JSON, nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("undone_at", Instant(), nullable=True),
        sa.Column("undone_by", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
    )
    op.create_index(op.f("ix_merges_source"), "merges", ["source"], unique=False)
    op.create_index(op.f("ix_merges_target"), "merges", ["target"], unique=False)
    op.create_table(
        "nudges",
        sa.Column("id", KEY, nullable=False),
        sa.Column("report", KEY, nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nudges")),
    )
    op.create_index(op.f("ix_nudges_report"), "nudges", ["report"], unique=False)
    op.create_table(
        "origins",
        sa.Column("raw_item", KEY, autoincrement=False, nullable=False),
        sa.Column("complaint", KEY, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("raw_item", "complaint", name=op.f("pk_origins")),
    )
    op.create_index("ix_origins_complaint", "origins", ["complaint"], unique=False)
    op.create_table(
        "orphans",
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("content", name=op.f("pk_orphans")),
    )
    op.create_table(
        "photos",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("complaint", KEY, nullable=True),
        sa.Column("followup", KEY, nullable=True),
        sa.Column("raw_item", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", Instant(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("content", sa.String(length=64), server_default="", nullable=False),
        sa.Column("media_type", sa.String(length=80), server_default="", nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.CheckConstraint(
            "state IN ('due', 'running', 'ready', 'kept', 'failed', 'erased')", name=op.f("ck_photos_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photos")),
        sa.UniqueConstraint("complaint", "raw_item", "position", name=op.f("uq_photos_complaint_raw_item_position")),
    )
    op.create_index(op.f("ix_photos_complaint"), "photos", ["complaint"], unique=False)
    op.create_index(
        "ix_photos_due",
        "photos",
        ["next_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('due', 'running')"),
        postgresql_where=sa.text("state IN ('due', 'running')"),
    )
    op.create_index(op.f("ix_photos_followup"), "photos", ["followup"], unique=False)
    op.create_table(
        "questions",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("report", KEY, nullable=False),
        sa.Column("complaint", KEY, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
    )
    op.create_index(op.f("ix_questions_complaint"), "questions", ["complaint"], unique=False)
    op.create_index(op.f("ix_questions_report"), "questions", ["report"], unique=False)
    op.create_table(
        "queue_entries",
        sa.Column("report", KEY, autoincrement=False, nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("placed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("report", name=op.f("pk_queue_entries")),
    )
    op.create_index(op.f("ix_queue_entries_unit"), "queue_entries", ["unit"], unique=False)
    op.create_table(
        "raw_items",
        sa.Column("id", KEY, nullable=False),
        sa.Column("channel", sa.String(length=80), nullable=False),
        sa.Column("native_id", sa.String(length=512), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=128), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("blob", sa.String(length=64), server_default="", nullable=False),
        sa.Column("meta", JSON, nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("outcome", sa.String(length=24), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "state IN ('new', 'done', 'skipped', 'quarantined', 'erased')", name=op.f("ck_raw_items_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raw_items")),
        sa.UniqueConstraint("channel", "native_id", "revision", name=op.f("uq_raw_items_channel_native_id_revision")),
    )
    op.create_index(
        "ix_raw_items_new",
        "raw_items",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'new'"),
        postgresql_where=sa.text("state = 'new'"),
    )
    op.create_index(
        "ix_raw_items_quarantined",
        "raw_items",
        ["channel", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'quarantined'"),
        postgresql_where=sa.text("state = 'quarantined'"),
    )
    op.create_table(
        "receipts",
        sa.Column("report", KEY, autoincrement=False, nullable=False),
        sa.Column("channel", sa.String(length=80), nullable=False),
        sa.Column("holder", sa.String(length=80), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("complaint", KEY, nullable=True),
        sa.PrimaryKeyConstraint("report", name=op.f("pk_receipts")),
    )
    op.create_table(
        "reporters",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=80), nullable=False),
        sa.Column("handle_hash", sa.String(length=64), nullable=False),
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("role", sa.String(length=4), server_default="", nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("last_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_reporters")),
        sa.UniqueConstraint("channel", "handle_hash", name=op.f("uq_reporters_channel_handle_hash")),
    )
    op.create_table(
        "reports",
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("category_confidence", sa.Float(), nullable=False),
        sa.Column("category_by", sa.String(length=8), nullable=False),
        sa.Column("urgency", sa.String(length=10), nullable=False),
        sa.Column("urgency_by", sa.String(length=8), server_default="machine", nullable=False),
        sa.Column("handling", sa.String(length=8), nullable=False),
        sa.Column("handling_by", sa.String(length=8), nullable=False),
        sa.Column("place", JSON, nullable=False),
        sa.Column("place_by", sa.String(length=8), nullable=False),
        sa.Column("kelurahan", sa.String(length=16), nullable=False),
        sa.Column("kecamatan", sa.String(length=12), nullable=False),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("units", JSON, nullable=False),
        sa.Column("units_by", sa.String(length=8), nullable=False),
        sa.Column("lead", sa.String(length=40), nullable=False),
        sa.Column("queue", sa.String(length=40), nullable=False),
        sa.Column("rule", sa.String(length=80), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("complaint_count", sa.Integer(), nullable=False),
        sa.Column("channel_counts", JSON, nullable=False),
        sa.Column("anchor", JSON, nullable=True),
        sa.Column("first_at", Instant(), nullable=False),
        sa.Column("last_at", Instant(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("opened_at", Instant(), nullable=True),
        sa.Column("disputed_at", Instant(), nullable=True),
        sa.Column("followed_up_by", sa.String(length=8), nullable=False),
        sa.Column("last_follow_up_at", Instant(), nullable=True),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("asked_at", Instant(), nullable=True),
        sa.Column("nudged_at", Instant(), nullable=True),
        sa.Column("duty", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("validated", sa.String(length=8), server_default="", nullable=False),
        sa.Column("merged_into", KEY, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("number", name=op.f("uq_reports_number")),
    )
    op.create_index("ix_reports_kelurahan", "reports", ["kelurahan", "id"], unique=False)
    op.create_index("ix_reports_queue", "reports", ["queue", "status", "urgency", "id"], unique=False)
    op.create_index("ix_reports_updated_at", "reports", ["updated_at", "id"], unique=False)
    op.create_table(
        "separations",
        sa.Column("complaint", KEY, autoincrement=False, nullable=False),
        sa.Column("report", KEY, autoincrement=False, nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("complaint", "report", name=op.f("pk_separations")),
    )
    op.create_table(
        "suggestions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("complaint", KEY, nullable=False),
        sa.Column("report", KEY, nullable=False),
        sa.Column("other", KEY, nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("evidence", JSON, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("answer", sa.String(length=8), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestions")),
        sa.UniqueConstraint("complaint", "other", name=op.f("uq_suggestions_complaint_other")),
    )
    op.create_index(
        "ix_suggestions_doubts",
        "suggestions",
        ["answer", "report"],
        unique=False,
        sqlite_where=sa.text("report = other"),
        postgresql_where=sa.text("report = other"),
    )
    op.create_index(op.f("ix_suggestions_other"), "suggestions", ["other"], unique=False)
    op.create_index(op.f("ix_suggestions_report"), "suggestions", ["report"], unique=False)
    op.create_table(
        "understandings",
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("complaint", KEY, nullable=False),
        sa.Column("cause", sa.String(length=16), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("rules", sa.String(length=32), nullable=False),
        sa.Column("gazetteer", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("place", JSON, nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("category_confidence", sa.Float(), nullable=False),
        sa.Column("category_sure", sa.Boolean(), nullable=False),
        sa.Column("category_words", JSON, nullable=False),
        sa.Column("urgency", sa.String(length=10), nullable=False),
        sa.Column("urgency_words", JSON, nullable=False),
        sa.Column("handling", sa.String(length=8), nullable=False),
        sa.Column("quoted", JSON, nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_understandings")),
    )
    op.create_index(op.f("ix_understandings_complaint"), "understandings", ["complaint"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("account", KEY, nullable=False),
        sa.Column("csrf", sa.String(length=64), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_sessions_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_account"), "sessions", ["account"], unique=False)
    # ### end Alembic commands ###
    for name in COUNTED:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"CREATE SEQUENCE key_{name}")
        else:
            op.execute(f"INSERT INTO counters (name, next) VALUES ('{name}', 1)")  # noqa: S608 - constants
