"""A town with reports of every sort, as the public may and may not see them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete, select

from hub.store import tables
from hub.store.publishing import publish
from hub.store.reports import load_reports
from normalizer.number import make_number
from tests.web_fixtures import add_complaint, add_report, seal

SPOT = {"lat": -6.2301, "lon": 106.8512}
SECRET = "di rumah ibu contoh yang sakit"
"""Words of private complaints: they may stand on no public page."""


def number_of(key: int) -> str:
    return make_number(key, "JKT")


def show(connection: Connection) -> None:
    """Work out the public face of every report, as saving one does."""
    connection.execute(delete(tables.public_reports))
    ids = connection.execute(select(tables.reports.c.id)).scalars().all()
    publish(connection, list(load_reports(connection, ids).values()))


def add_spotted(connection: Connection, key: int, **values: Any) -> str:
    """Put down a report whose place is a point."""
    spot = values.pop("spot", SPOT)
    return add_report(connection, key, place=spot | values.pop("place", {}), **spot, **values)


def settle(connection: Connection) -> None:
    """Reports of every sort: 1 to 4 are public, 2 of a guarded kind, 3 mixed; 10 to 15 are nobody's business."""
    add_spotted(connection, 1, title="air setinggi lutut")
    add_spotted(connection, 2, category="pmks", title="orang sakit di rumah nomor tujuh")
    add_spotted(connection, 3, title="sampah di jalan contoh", category="sampah")
    add_complaint(connection, 103, 3, audience="private", text=SECRET)
    add_spotted(connection, 4, status="selesai", kelurahan="31.74.02.1001")
    for key in (10, 11, 12):
        add_spotted(connection, key, title=SECRET)
    add_spotted(connection, 13, title=SECRET)
    seal(connection, 13)
    add_spotted(connection, 14, title=SECRET, merged_into=1)
    add_spotted(connection, 15, title=SECRET)
    made = tables.understandings.update()
    connection.execute(made.where(tables.understandings.c.id == 2).values(category="pmks"))
    connection.execute(made.where(tables.understandings.c.id == 3).values(category="sampah"))
    said = tables.complaints.update()
    connection.execute(said.where(tables.complaints.c.id == 10).values(audience="private"))
    connection.execute(said.where(tables.complaints.c.id == 11).values(rahasia=True))
    connection.execute(said.where(tables.complaints.c.id == 12).values(state="withdrawn"))
    connection.execute(said.where(tables.complaints.c.id == 15).values(state="erased"))
    show(connection)
