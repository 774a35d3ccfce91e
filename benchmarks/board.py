"""How long the board takes over a whole city and over one kecamatan, on SQLite and on PostgreSQL.

    python -m benchmarks.board [--reports 300000] [--days 90] [--postgres URL]

The reports are made up: spread over days, kelurahan and categories, most of them finished. An empty database of
PostgreSQL is needed: its tables are made, and stay.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection, text

from hub.pipeline.routing import route
from hub.regions import load_region
from hub.settings import async_url
from hub.spans import Span
from hub.store.bulk import insert_many
from hub.store.cut import Cut
from hub.store.store import Store
from hub.store.tables import complaints, reports
from hub.store.views_ranking import read_scores
from hub.store.views_sight import Sight
from hub.web.board_figures import read_all
from hub.web.board_frame import Frame
from normalizer.complaint import Place
from normalizer.number import make_number
from normalizer.region import Region
from normalizer.taxonomy import CATEGORIES

NOW = datetime(2026, 10, 31, 5, 0, tzinfo=UTC)
PART = 10_000
TRIES = 3
CHANNELS = ("qlue", "twitter", "waze", "lapor", "email", "posko")
STATUSES = ("selesai",) * 14 + ("proses", "menunggu", "menunggu", "disposisi", "koordinasi", "ditolak", "berakhir")
READERS = {
    "the city": Sight("operator", ""),
    "a kota": Sight("camat", "31.74"),
    "a kecamatan": Sight("camat", "31.74.01"),
}


def made_up(region: Region, many: int, days: int) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Give reports, each with a complaint."""
    draw = random.Random(1)
    kinds = [category for category in CATEGORIES if category.handling == "open"]
    for key in range(1, many + 1):
        area, kind = draw.choice(region.areas), draw.choice(kinds)
        place = Place(result="found", level="point", kelurahan=area.code, kecamatan=area.kecamatan, confidence=1.0)
        way = route(region, category=kind.code, place=place, handling="open")
        came = NOW - timedelta(days=days) * (1 - key / many)
        status, wait = draw.choice(STATUSES), timedelta(hours=draw.expovariate(1 / 60))
        closed = status in {"selesai", "ditolak", "berakhir"}
        yield (
            {
                "id": key,
                "number": make_number(key, region.letters),
                "version": 1,
                "status": status,
                "reason": "bukan-masalah" if status == "ditolak" else "",
                "category": kind.code,
                "category_confidence": 0.9,
                "category_by": "machine",
                "urgency": "biasa",
                "handling": "open",
                "handling_by": "machine",
                "place": place.model_dump(mode="json"),
                "place_by": "machine",
                "kelurahan": area.code,
                "kecamatan": area.kecamatan,
                "lat": area.lat + draw.gauss(0, 0.004),
                "lon": area.lon + draw.gauss(0, 0.004),
                "units": [unit.model_dump() for unit in way.units],
                "units_by": "machine",
                "lead": way.units[0].unit,
                "queue": way.queue,
                "rule": way.rule,
                "title": "laporan buatan untuk mengukur",
                "complaint_count": 1,
                "channel_counts": {},
                "first_at": came,
                "last_at": came,
                "created_at": came,
                "updated_at": came,
                "closed_at": came + wait if closed else None,
                "answered_at": came + wait / 3 if closed else None,
                "followed_up_by": "",
            },
            _complaint(key, came, draw.choice(CHANNELS)),
        )


def _complaint(key: int, at: datetime, channel: str) -> Mapping[str, Any]:
    return {
        "id": key,
        "channel": channel,
        "native_id": f"buatan-{key}",
        "raw_item": key,
        "revision": 1,
        "title": "",
        "text": "laporan buatan untuk mengukur",
        "created_at": at,
        "created_text": "",
        "received_at": at,
        "address": "",
        "category_reported": "",
        "category_hint": "",
        "kelurahan_reported": "",
        "tags": [],
        "thread": "",
        "reply_context": {},
        "anonim": True,
        "rahasia": False,
        "audience": "public",
        "state": "open",
        "report": key,
        "understanding": key,
        "track": f"buatan-{key}",
        "heard_at": at,
    }


async def fill(store: Store, region: Region, many: int, days: int) -> None:
    """Write the rows, and let the engine look at them."""
    rows = made_up(region, many, days)
    for _ in range(0, many, PART):
        pairs = [pair for pair, _number in zip(rows, range(PART), strict=False)]

        def write(connection: Connection, pairs: list[Any] = pairs) -> None:
            insert_many(connection, reports, [report for report, _ in pairs])
            insert_many(connection, complaints, [complaint for _, complaint in pairs])

        await store.write(write)
    await store.write(lambda connection: connection.execute(text("ANALYZE")))


async def measure(store: Store, region: Region, days: int) -> list[tuple[str, str, float]]:
    """Give the reader, the page and the seconds it took."""
    span = Span((NOW - timedelta(days=days - 1)).date(), NOW.date())
    found = []
    for title, sight in READERS.items():
        frame = Frame(sight, span, Cut(*span.bounds(ZoneInfo(region.zone))), region)
        works = {
            "board": partial(read_all, frame=frame),
            "ranking": lambda connection, frame=frame: read_scores(connection, frame.sight, frame.cut),
        }
        for name, work in works.items():
            taken = []
            for _ in range(TRIES):
                start = time.perf_counter()
                await store.read(work)
                taken.append(time.perf_counter() - start)
            found.append((title, name, statistics.median(taken)))
    return found


async def one_engine(url: str, many: int, days: int, folder: Path) -> list[tuple[str, str, float]]:
    """Fill and measure."""
    region = load_region("jakarta")
    store = await Store(async_url(url), folder / "blobs").open()
    try:
        await fill(store, region, many, days)
        return await measure(store, region, days)
    finally:
        await store.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=300_000)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--postgres", default="", help="the URL of an empty database")
    asked = parser.parse_args()
    grid = Table("engine", "reader", "page", "seconds", title=f"{asked.reports:,} reports in {asked.days} days")
    with tempfile.TemporaryDirectory() as folder:
        urls = {"SQLite": f"sqlite:///{folder}/aduan.db"} | ({"PostgreSQL": asked.postgres} if asked.postgres else {})
        for engine, url in urls.items():
            for title, name, seconds in asyncio.run(one_engine(url, asked.reports, asked.days, Path(folder))):
                grid.add_row(engine, title, name, f"{seconds:.2f}")
    Console(width=100).print(grid)


if __name__ == "__main__":
    main()
