"""Templates of replies: of a unit or for all, for one category or for any; and what fills them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.resources import files
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, or_, select, update

from hub.store.tables import facts, templates

PLACEHOLDERS = ("nomor", "kategori", "kelurahan", "unit")
SEEDED = "templates"
"""The fact that a store has been given the first templates: what was deleted does not come back."""
_HOLE = re.compile(r"\{(\w+)\}")


def strangers(text: str) -> list[str]:
    """List what stands in braces and is nothing that the hub fills in."""
    return sorted({name for name in _HOLE.findall(text) if name not in PLACEHOLDERS})


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values into the placeholders; what nothing is known of leaves no gap in the sentence."""
    filled = _HOLE.sub(lambda hole: values.get(hole.group(1), hole.group(0)), text)
    return re.sub(r"[ \t]+([.,;])", r"\1", re.sub(r"[ \t]{2,}", " ", filled)).strip()


def units_above(unit: str) -> list[str]:
    """Give whose templates a unit uses: its own, those of the offices above it, everybody's."""
    parts = unit.split(".")
    return ["", *(".".join(parts[:count]) for count in range(1, len(parts) + 1))]


def templates_for(connection: Connection, unit: str, category: str) -> Sequence[Row[Any]]:
    """Give what a unit may answer about a category, the most fitting first."""
    theirs = templates.c.unit.in_(units_above(unit)), or_(templates.c.category == "", templates.c.category == category)
    order = templates.c.category.desc(), templates.c.unit.desc(), templates.c.name
    return connection.execute(select(templates).where(*theirs).order_by(*order)).all()


def all_templates(connection: Connection, unit: str | None) -> Sequence[Row[Any]]:
    """Give the templates that a unit uses, whatever the category; None: all of every unit."""
    chosen = select(templates).order_by(templates.c.unit, templates.c.category, templates.c.name)
    return connection.execute(chosen if unit is None else chosen.where(templates.c.unit.in_(units_above(unit)))).all()


def find_template(connection: Connection, key: int, unit: str | None) -> Row[Any] | None:
    """Give one template that a unit uses."""
    return next((row for row in all_templates(connection, unit) if row.id == key), None)


def save_template(connection: Connection, key: int | None, **values: Any) -> None:
    """Write a template anew (`unit category name text by at`), or change it."""
    if key is None:
        connection.execute(insert(templates).values(**values))
    else:
        connection.execute(update(templates).where(templates.c.id == key).values(**values))


def delete_template(connection: Connection, key: int) -> None:
    """Throw a template away."""
    connection.execute(delete(templates).where(templates.c.id == key))


def seed(connection: Connection, now: datetime) -> None:
    """Give a new store its first templates, once."""
    if connection.execute(select(facts.c.name).where(facts.c.name == SEEDED)).first() is not None:
        return
    connection.execute(insert(facts).values(name=SEEDED, value=now.isoformat()))
    listed = tomllib.loads(files("hub.replies").joinpath("templates.toml").read_text(encoding="utf-8"))
    for entry in listed["template"]:
        save_template(connection, None, **{"unit": "", "category": "", "by": "", "at": now} | entry)
