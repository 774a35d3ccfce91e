"""Every table of the store. What each promises is said beside it; who writes it is the module of its aggregate."""

from hub.store.tables.accounts import accounts, attempts, audit, recovery_codes, sessions
from hub.store.tables.columns import Instant, Json, Key, dump_json, metadata, spell_instant
from hub.store.tables.complaints import additions, blocks, complaints, decisions, photos, reporters, understandings
from hub.store.tables.deliveries import deliveries, holds
from hub.store.tables.house import alerts, counters, facts, orphans
from hub.store.tables.intake import channels, origins, raw_items
from hub.store.tables.periods import objections, periods
from hub.store.tables.public import blurs, public_reports
from hub.store.tables.queue import queue_rows, search_docs
from hub.store.tables.reports import (
    assignments,
    disputes,
    followups,
    history,
    merges,
    nudges,
    questions,
    queue_entries,
    receipts,
    reports,
    separations,
    suggestions,
)
from hub.store.tables.views import views
from hub.store.tables.work import bulk_deeds, bulk_items, handovers, looks, templates

__all__ = [
    "Instant",
    "Json",
    "Key",
    "accounts",
    "additions",
    "alerts",
    "assignments",
    "attempts",
    "audit",
    "blocks",
    "blurs",
    "bulk_deeds",
    "bulk_items",
    "channels",
    "complaints",
    "counters",
    "decisions",
    "deliveries",
    "disputes",
    "dump_json",
    "facts",
    "followups",
    "handovers",
    "history",
    "holds",
    "looks",
    "merges",
    "metadata",
    "nudges",
    "objections",
    "origins",
    "orphans",
    "periods",
    "photos",
    "public_reports",
    "questions",
    "queue_entries",
    "queue_rows",
    "raw_items",
    "receipts",
    "recovery_codes",
    "reporters",
    "reports",
    "search_docs",
    "separations",
    "sessions",
    "spell_instant",
    "suggestions",
    "templates",
    "understandings",
    "views",
]
