"""Parcels and deliveries for tests: plainly made up, and whole."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hub.plugin import Delivery, Notice, Reply, Reporter
from hub.testing.doubles import NOW, REPORT
from normalizer.complaint import Place
from normalizer.report import Member, Report, UnitShare


def sample_report(**changes: Any) -> Report:
    """Give a report of one complaint, with members replaced as named."""
    place = Place(
        result="found",
        level="kelurahan",
        lat=-6.2,
        lon=106.8,
        kelurahan="31.71.01.1002",
        kecamatan="31.71.01",
        confidence=0.8,
        metres_to_border=120.0,
    )
    plain: dict[str, Any] = {
        "number": REPORT,
        "version": 1,
        "category": "jalan-rusak",
        "urgency": "biasa",
        "place": place,
        "units": (UnitShare(unit="31.71.01.1002"), UnitShare(unit="dinas-contoh", role="supporting")),
        "queue": "31.71.01",
        "created_at": NOW - timedelta(hours=1),
        "updated_at": NOW,
        "complaint_count": 1,
        "complaints": (sample_member(),),
    }
    return Report(**plain | changes)


def sample_member(**changes: Any) -> Member:
    """Give a complaint as third parties see it."""
    plain: dict[str, Any] = {
        "channel": "contoh",
        "id": "c-1",
        "text": "Jalan berlubang di depan pasar contoh – RW 03",
        "created_at": NOW - timedelta(hours=1),
        "anonim": True,
        "rahasia": False,
    }
    return Member(**plain | changes)


def sample_notice(report: Report | None = None, **changes: Any) -> Notice:
    """Give the news of a report, `report.created` unless told otherwise."""
    plain: dict[str, Any] = {"event": "report.created", "cause": "opened", "at": NOW}
    return Notice(report=report or sample_report(), **plain | changes)


def sample_reply(**changes: Any) -> Reply:
    """Give an answer to one citizen."""
    plain: dict[str, Any] = {
        "report": REPORT,
        "complaint": "c-1",
        "cause": "status",
        "at": NOW,
        "status": "proses",
        "text": f"Laporan {REPORT} sedang dikerjakan.",
    }
    return Reply(**plain | changes)


def make_delivery(
    parcel: Notice | Reply,
    key: str = "key-1",
    *,
    attempt: int = 1,
    uncertain: bool = False,
    to: Reporter | None = None,
) -> Delivery:
    """Freeze a parcel as the host does."""
    body = parcel.model_dump_json().encode()
    return Delivery(key=key, parcel=parcel, body=body, attempt=attempt, uncertain=uncertain, to=to)
