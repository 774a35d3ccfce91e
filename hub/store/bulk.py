"""Writes many rows of one table at once, without the statement compiler's work for each row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Table, insert

Spell = Callable[[Any], Any]


def insert_many(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all have the same columns. Other columns get the table's defaults."""
    if not rows:
        return
    statement, columns = _prepare(connection.dialect, table, tuple(rows[0]))
    # Column by column: what spells a column's values is looked up once, not for each row.
    spelled = [[spell(row[name]) for row in rows] if spell else [row[name] for row in rows] for name, spell in columns]
    values = list(zip(*spelled, strict=True))
    if connection.dialect.positional:
        connection.exec_driver_sql(statement, values)
    else:
        names = [name for name, _ in columns]
        connection.exec_driver_sql(statement, [dict(zip(names, row, strict=True)) for row in values])


@lru_cache(maxsize=64)
def _prepare(dialect: Dialect, table: Table, names: tuple[str, ...]) -> tuple[str, list[tuple[str, Spell | None]]]:
    """Give the statement, and its columns in order with what spells each value for the driver."""
    compiled = insert(table).compile(dialect=dialect, column_keys=list(names))
    order: Sequence[str] = compiled.positiontup or names
    processors = {name: table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names}
    return str(compiled), [(name, processors[name]) for name in order]
