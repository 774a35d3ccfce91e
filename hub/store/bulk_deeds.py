"""Deeds on many reports at once: what was done to each, what stood against it, and what it takes to undo it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.dialects import postgresql, sqlite

from hub.store.tables import bulk_deeds, bulk_items, decisions, reports
from hub.store.views_sight import Sight


def open_bulk(connection: Connection, **row: Any) -> Row[Any]:
    """Note a deed (`id unit kind by at data`), once however often it is sent; give what is noted."""
    _insert(connection, bulk_deeds, row)
    return connection.execute(select(bulk_deeds).where(bulk_deeds.c.id == row["id"])).one()


def add_item(connection: Connection, bulk: str, report: int, **values: Any) -> None:
    """Note what came of one report; what is noted of it already stays."""
    row = {"bulk": bulk, "report": report, "before": {}, "version": 0, "act": "", "problem": ""}
    _insert(connection, bulk_items, row | values)


def _insert(connection: Connection, table: Any, row: Mapping[str, Any]) -> None:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(dialect.insert(table).values(**row).on_conflict_do_nothing())


def has_item(connection: Connection, bulk: str, report: int) -> bool:
    """Say whether something came of a report already."""
    which = bulk_items.c.bulk == bulk, bulk_items.c.report == report
    return connection.execute(select(bulk_items.c.report).where(*which)).first() is not None


def find_bulk(connection: Connection, bulk: str) -> Row[Any] | None:
    """Give a deed."""
    return connection.execute(select(bulk_deeds).where(bulk_deeds.c.id == bulk)).one_or_none()


def items_of(connection: Connection, bulk: str, sight: Sight | None = None) -> Sequence[Row[Any]]:
    """Give what came of each report, with its number; only what the reader may see where a sight is given."""
    chosen = select(bulk_items, reports.c.number).join(reports, reports.c.id == bulk_items.c.report)
    chosen = chosen.where(bulk_items.c.bulk == bulk).order_by(bulk_items.c.report)
    return connection.execute(chosen if sight is None else chosen.where(sight.clause())).all()


def mark_undone(connection: Connection, bulk: str, by: str, now: datetime) -> None:
    """Note that somebody has begun to undo a deed."""
    values = {"undone_at": now, "undone_by": by}
    connection.execute(update(bulk_deeds).where(bulk_deeds.c.id == bulk).values(values))


def mark_item(connection: Connection, bulk: str, report: int, undone: str) -> None:
    """Say what came of undoing it: `yes`, or what stood against it."""
    which = bulk_items.c.bulk == bulk, bulk_items.c.report == report
    connection.execute(update(bulk_items).where(*which).values(undone=undone[:80]))


def undo_decision(connection: Connection, report: int, field: str, at: datetime, now: datetime) -> None:
    """A person's decision of that moment was no decision: nobody learns from it."""
    which = decisions.c.report == report, decisions.c.field == field, decisions.c.at == at
    connection.execute(update(decisions).where(*which, decisions.c.undone_at.is_(None)).values(undone_at=now))
