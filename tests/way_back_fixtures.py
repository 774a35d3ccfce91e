"""An office with three channels that speak differently, and one report that came by all of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select, update

from hub.store import tables
from normalizer.number import make_number
from tests.store_fixtures import Mouth
from tests.web_fixtures import NOW, SETIABUDI, Office, add_complaint, add_report, open_office, seal

ONE, TWO, FAR, SEALED = (make_number(key, "JKT") for key in (1, 2, 3, 4))
PAGE = f"/laporan/{ONE}"
SURAT, KICAU, DENGAR = 11, 12, 1
"""Complaints of the first report: by letter (private, roomy), by a public short channel, by one that only listens."""


@contextmanager
def open_way_back(folder: Path) -> Iterator[Office]:
    with open_office(folder) as office:
        office.hub.sinks["surat"] = Mouth("surat", private=True, threads=True)
        office.hub.sinks["kicau"] = Mouth("kicau", max_chars=280, links=False)
        yield office


def seed(connection: Connection) -> None:
    for key in (1, 2, 4):
        add_report(connection, key)
    add_report(connection, 3, kelurahan=f"{SETIABUDI}.1001")
    seal(connection, 4)
    add_citizen(connection, SURAT, 1, "surat", text="air masuk ke rumah kami")
    add_citizen(connection, KICAU, 1, "kicau", text="jalanan sudah seperti sungai")
    counts = {"complaint_count": 3, "channel_counts": {"waze": 1, "surat": 1, "kicau": 1}}
    connection.execute(update(tables.reports).where(tables.reports.c.id == 1).values(**counts))


def add_citizen(connection: Connection, key: int, report: int, channel: str, **values: Any) -> None:
    """Put down a complaint whose reporter can be answered."""
    row = {"key": f"orang-{key}", "channel": channel, "handle_hash": f"h{key}", "handle": f"@contoh_{key}"}
    row |= {"name": "", "created_at": NOW, "last_at": NOW}
    connection.execute(insert(tables.reporters).values(row))
    add_complaint(connection, key, report, channel=channel, reporter=f"orang-{key}", **values)


def add_delivery(connection: Connection, key: str, **values: Any) -> None:
    row = {"key": key, "channel": "surat", "kind": "reply", "report": 1, "complaint": SURAT, "version": 1}
    row |= {"cause": "tl:x", "act": "", "digest": "", "urgent": False, "state": "due", "created_at": NOW}
    row |= {"parcel": b'{"text": "Laporan sedang dikerjakan.", "link": ""}', "next_at": NOW + timedelta(minutes=2)}
    connection.execute(insert(tables.deliveries).values(row | values))


def row_of(office: Office, key: int = 1) -> Any:
    return office.read(lambda c: c.execute(select(tables.reports).where(tables.reports.c.id == key)).one())


def rows_of(office: Office, table: str, **which: Any) -> list[Any]:
    columns = getattr(tables, table).c
    wanted = [columns[name] == value for name, value in which.items()]
    return office.read(lambda c: c.execute(select(getattr(tables, table)).where(*wanted)).all())


def change(office: Office, table: str, key: int, **values: Any) -> None:
    found = getattr(tables, table)
    office.write(lambda c: c.execute(update(found).where(found.c.id == key).values(**values)))


def send(office: Office, deed: str, number: str = ONE, page: str = PAGE, **data: Any) -> Any:
    data.setdefault("version", str(row_of(office).version))
    return office.post(f"/laporan/{number}/{deed}", data, page=page)
