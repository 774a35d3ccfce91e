"""Made-up reports of two kelurahan, some of them finished with proof, for the ranking and what is frozen of it."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

from sqlalchemy import Connection, insert

from hub.store import tables
from tests.web_fixtures import NOW, TEBET, add_report

ONE, TWO = f"{TEBET}.1001", f"{TEBET}.1002"
CAME = NOW - timedelta(days=20)
"""In January 2026."""
keys = count(100)


def fresh(
    connection: Connection, kelurahan: str, many: int = 1, *, note: str = "", proof: bool = False, **row: Any
) -> None:
    """Put down reports that the kelurahan leads, finished with a note and a photo where that is said."""
    for _ in range(many):
        key = next(keys)
        closed = {"closed_at": CAME + timedelta(hours=5)} if row.get("status") == "selesai" else {}
        add_report(connection, key, **({"at": CAME, "lead": kelurahan, "kelurahan": kelurahan} | closed | row))
        if note:
            follow(connection, key, note=note, photos=["https://contoh.invalid/sesudah.jpg"] if proof else [])


def follow(connection: Connection, report: int, **values: Any) -> None:
    row = {
        "report": report,
        "channel": "posko",
        "native_id": f"tl-{next(keys)}",
        "at": CAME + timedelta(hours=5),
        "received_at": CAME + timedelta(hours=5),
        "status": "selesai",
        "note": "",
        "note_internal": "",
        "photos": [],
        "unit": "",
        "officer": "",
        "applied": True,
    }
    connection.execute(insert(tables.followups).values(row | values))


def fill(connection: Connection) -> None:
    """In the first 24 done with proof, 6 without, 10 still to be done; in the second too few to rank."""
    fresh(connection, ONE, 24, status="selesai", note="Sudah ditambal.", proof=True)
    fresh(connection, ONE, 6, status="selesai")
    fresh(connection, ONE, 10, status="proses")
    fresh(connection, ONE, 3, status="koordinasi")
    fresh(connection, ONE, 2, status="ditolak", reason="bukan-masalah")
    fresh(connection, ONE, 1, status="berakhir")
    fresh(connection, ONE, 50, lead="dinas-sda")
    fresh(connection, ONE, 4, duty=True)
    fresh(connection, ONE, 5, handling="sealed")
    fresh(connection, TWO, 29, status="selesai", note="Sudah diangkut.", proof=True)
