"""How long a page of a work list takes with a million reports in the store, 20,000 of them open in one kecamatan.

Run: `python -m benchmarks.queue [--reports N] [--open N] [--keep FOLDER] [--engines sqlite,postgresql]`. Every lane is
asked for whole, further pages, filters, orders and searches, through the real page. PostgreSQL: ADUAN_BENCH_POSTGRES
names a server; the database made there is dropped at the end. Words are made up.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import os
import re
import secrets
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import psycopg
from psycopg import sql
from sqlalchemy import Connection
from sqlalchemy.engine import make_url

from benchmarks.queue_store import HOT, NOW, STAFF, Town, tables_of
from hub.clock import ManualClock
from hub.host import Hub
from hub.settings import load_settings
from hub.settings.model import async_url
from hub.store.accounts import add_account, find_account
from hub.store.queue_watch import spell_fill
from hub.store.search import spell_index
from hub.store.sessions import open_session
from hub.store.store import Store
from hub.store.views_queue import LANES
from hub.web.app import make_app
from hub.web.visitors import SESSION_COOKIE

SERVER = os.environ.get("ADUAN_BENCH_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
SETTINGS = """
[hub]
database = "{url}"
[web]
secret_key = "only for this benchmark"
[[channel]]
kind = "posko"
[[channel]]
kind = "crop"
options = {{ url = "http://127.0.0.1:9/crop", secrets = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] }}
"""
PLAIN = ("", "urut=terlama", "urut=diubah", "urut=terbanyak", "urut=tenggat")
FILTERS = (
    "kategori=banjir",
    "kategori=pohon&kategori=taman",
    f"kelurahan={HOT}.1003",
    "kanal=qlue",
    "kanal=lapor&urut=diubah",
    "status=proses",
    "urgensi=darurat",
    "dari=2026-02-01&sampai=2026-02-03",
    "foto=ya",
    "foto=tidak&kategori=hewan&urut=terbanyak",
    f"petugas={STAFF}",
)
SEARCHES = (
    "cari=jalan",
    "cari=banjir",
    "cari=ban",
    "cari=banjir+jalan&urut=tenggat",
    "cari=kata17+kata3",
    "cari=takada",
    "cari={number}",
    "cari=jalan&kategori=banjir&foto=ya",
)
DEEP = 3
"""Further pages that are turned to."""


@dataclass
class Times:
    """Seconds of the requests of one lane, and the largest answer."""

    seconds: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    """Seconds of this process's processor: what a page costs where others do not use the machine."""
    slowest: tuple[float, str] = (0, "")

    def add(self, taken: float, busy: float, what: str) -> None:
        """Keep one."""
        self.seconds.append(taken)
        self.busy.append(busy)
        self.slowest = max(self.slowest, (taken, what))


def at(share: float, seconds: Sequence[float]) -> float:
    """Give the milliseconds below which this share of them lies."""
    ordered = sorted(seconds)
    return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


# ---------------------------------------------------------------------------------------------------------- the store


def fill_sqlite(file: Path, town: Town) -> None:
    """Write everything with the triggers off, and make their rows at once, as an upgrade does."""
    connection = sqlite3.connect(file, isolation_level=None)
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-800000"):
        connection.execute(f"PRAGMA {pragma}")
    triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    for name, columns, rows in tables_of(town):
        marks = ",".join("?" * len(columns))
        connection.execute("BEGIN")
        connection.executemany(f"INSERT INTO {name} ({','.join(columns)}) VALUES ({marks})", rows)  # noqa: S608 - names of ours
        connection.execute("COMMIT")
    connection.execute("BEGIN")
    for statement in (*spell_fill("sqlite"), "INSERT INTO search_words (search_words) VALUES ('rebuild')"):
        connection.execute(statement)
    for _, statement in triggers:
        connection.execute(statement)
    connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()


def fill_postgres(url: str, town: Town) -> None:
    """Copy everything with the triggers off, and make their rows at once, as an upgrade does."""
    with psycopg.connect(url, autocommit=True) as connection:
        watched = ("reports", "queue_entries", "deliveries", "suggestions", "photos", "complaints")
        for name in watched:
            connection.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(name)))
        connection.execute("DROP INDEX search_words")
        for name, columns, rows in tables_of(town):
            names = sql.SQL(",").join(map(sql.Identifier, columns))
            into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(name), names)
            with connection.cursor() as cursor, cursor.copy(into) as copy:
                for row in rows:
                    copy.write_row(row)
        for statement in (*spell_fill("postgresql"), *spell_index("postgresql")):
            connection.execute(statement)  # type: ignore[arg-type]
        for name in watched:
            connection.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(name)))
        connection.execute("VACUUM ANALYZE")


@contextmanager
def postgres_database() -> Iterator[str]:
    """Give the address of an empty database, for as long as the block runs."""
    name = f"aduan_queue_{secrets.token_hex(4)}"
    url = make_url(SERVER).set(drivername="postgresql")
    plain = url.render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        make = sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0")
        connection.execute(make.format(sql.Identifier(name)))
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


async def make_tables(settings: Path) -> None:
    """Make the empty tables."""
    read = load_settings(settings)
    await (await Store(async_url(read.hub.database), read.hub.blobs).open()).close()


# ----------------------------------------------------------------------------------------------------------- the page


async def measure(settings: Path, rounds: int) -> tuple[dict[str, Times], dict[str, tuple[int, int]]]:
    """Ask for every lane in every way; give the times, and the sizes of the first pages."""
    hub = Hub(load_settings(settings), ManualClock(NOW))
    await hub.open()
    try:
        token = await hub.store.write(_sign_in)
        transport = httpx2.ASGITransport(make_app(hub, lifespan=None))
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://127.0.0.1", cookies={SESSION_COOKIE: token}, timeout=120
        ) as browser:
            return await _ask_all(browser, rounds)
    finally:
        await hub.close()


def _sign_in(connection: Connection) -> str:
    if find_account(connection, STAFF) is None:
        add_account(connection, STAFF, "none", role="petugas", area=HOT, now=NOW)
    found = find_account(connection, STAFF)
    assert found is not None
    return open_session(connection, found[0].id, NOW)


async def _ask_all(browser: httpx2.AsyncClient, rounds: int) -> tuple[dict[str, Times], dict[str, tuple[int, int]]]:
    first = (await _get(browser, f"/antrean/{HOT}"))[0]
    number = re.findall(r'id="r-([A-Z0-9-]+)"', first)[0]
    times, sizes = {lane: Times() for lane in LANES}, {}
    for _ in range(rounds):
        for lane in LANES:
            for query in (*PLAIN, *FILTERS, *SEARCHES):
                path: str | None = f"/antrean/{HOT}?lajur={lane}&{query.format(number=number)}"
                for _page in range(1 + DEEP if query in PLAIN else 1):
                    if path is None:
                        break
                    text, taken, busy = await _get(browser, path)
                    times[lane].add(taken, busy, path)
                    sizes.setdefault(lane, (len(text.encode()), len(gzip.compress(text.encode(), 6))))
                    path = _next(text)
    return times, sizes


async def _get(browser: httpx2.AsyncClient, path: str) -> tuple[str, float, float]:
    begin, before = time.perf_counter(), time.process_time()
    answer = await browser.get(path)
    taken, busy = time.perf_counter() - begin, time.process_time() - before
    if answer.status_code != 200:
        raise SystemExit(f"{path}: {answer.status_code}")
    return answer.text, taken, busy


def _next(text: str) -> str | None:
    link = re.search(r'rel="next"[^>]* href="([^"]+)"|href="([^"]+)"[^>]* rel="next"', text)
    return (link[1] or link[2]).replace("&amp;", "&") if link else None


# ------------------------------------------------------------------------------------------------------------ to print


def show(engine: str, times: dict[str, Times], sizes: dict[str, tuple[int, int]]) -> None:
    """Print a table of one engine."""
    print(f"\n{engine:<17} {'pages':>6} {'p50 ms':>7} {'p95 ms':>7} {'cpu p95':>8} {'kB':>5} {'gzip':>5}  slowest")
    for lane, kept in times.items():
        raw, packed = sizes[lane]
        slowest = f"{1000 * kept.slowest[0]:.0f} ms {kept.slowest[1].partition('lajur=')[2]}"
        print(f"{lane:<17} {_spell(kept)} {raw / 1000:>5.0f} {packed / 1000:>5.1f}  {slowest}")
    every = times.values()
    everything = Times([one for kept in every for one in kept.seconds], [one for kept in every for one in kept.busy])
    print(f"{'all':<17} {_spell(everything)}")


def _spell(kept: Times) -> str:
    wall, busy = kept.seconds, kept.busy
    return f"{len(wall):>6} {at(0.5, wall):>7.1f} {at(0.95, wall):>7.1f} {at(0.95, busy):>8.1f}"


def _timed(what: str, begin: float) -> None:
    print(f"{what}: {time.perf_counter() - begin:.0f} s", flush=True)


def run(engine: str, folder: Path, town: Town, rounds: int) -> None:
    """Build a store where there is none, and measure."""
    settings = folder / f"{engine}.toml"
    with postgres_database() if engine == "postgresql" else _file(folder) as url:
        settings.write_text(SETTINGS.format(url=url), encoding="utf-8")
        begin = time.perf_counter()
        if engine == "postgresql" or not (folder / "aduan.db").exists():
            asyncio.run(make_tables(settings))
            fill_postgres(url, town) if engine == "postgresql" else fill_sqlite(folder / "aduan.db", town)
        _timed(f"{engine}: {town.reports:,} reports, {town.open:,} open in {HOT}, built in", begin)
        show(engine, *asyncio.run(measure(settings, rounds)))


@contextmanager
def _file(folder: Path) -> Iterator[str]:
    yield f"sqlite:///{folder / 'aduan.db'}"


def main() -> None:
    """Build, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=1_000_000)
    parser.add_argument("--open", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--engines", default="sqlite,postgresql")
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = asked.keep or Path(name)
        folder.mkdir(exist_ok=True)
        for engine in asked.engines.split(","):
            run(engine, folder, Town(asked.reports, asked.open), asked.rounds)


if __name__ == "__main__":
    main()
