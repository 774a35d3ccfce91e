"""How many complaints a second go from `import` through processing to due deliveries, durable, as the store grows.

Run: `python -m benchmarks.pipeline [--full]`. Measures at 10,000 stored complaints and, with `--full`, at 200,000,
beside bare inserts of the same rows of all tables in the same run. Ratios are comparable, seconds are this machine's.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from benchmarks.stream import write_rows
from hub.commands import importing
from hub.host import Hub
from hub.settings import load_settings
from hub.store.tables import metadata

MEASURED = 10_000
SMALL, LARGE = 10_000, 200_000
COMMIT_EVERY = 300
"""Complaints in one transaction, as the pipeline has them."""
SETTINGS = """
[hub]
database = "sqlite:///aduan.db"
[[channel]]
kind = "posko"
[[channel]]
kind = "crop"
options = { url = "http://127.0.0.1:9/crop", secrets = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] }
"""


@dataclass(frozen=True)
class Pace:
    """One measured import."""

    stored: int
    complaints: int
    seconds: float
    reports: int
    deliveries: int

    @property
    def rate(self) -> float:
        """Complaints a second."""
        return self.complaints / self.seconds


async def measure(folder: Path, stored: int) -> Pace:
    """Import MEASURED more complaints into a store that is brought to `stored` first."""
    hub = Hub(load_settings(folder / "aduan.toml"), processes=1)
    await hub.open()
    try:
        before = await hub.store.read(_counts)
        if before[0] < stored:
            await _import(hub, folder, count=stored - before[0], start=before[0])
            before = await hub.store.read(_counts)
        seconds = await _import(hub, folder, count=MEASURED, start=before[0])
        after = await hub.store.read(_counts)
        return Pace(before[0], after[0] - before[0], seconds, after[1] - before[1], after[2] - before[2])
    finally:
        await hub.close()


def _counts(connection: object) -> tuple[int, int, int]:
    counted = [
        connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()  # type: ignore[attr-defined]  # noqa: S608 - constants
        for table in ("complaints", "reports", "deliveries")
    ]
    return counted[0], counted[1], counted[2]


async def _import(hub: Hub, folder: Path, *, count: int, start: int) -> float:
    file = folder / "rows.jsonl"
    write_rows(file, count, start=start)
    begin = time.perf_counter()
    await importing.Import(hub, file).run()
    return time.perf_counter() - begin


def bare_inserts(folder: Path) -> float:
    """Insert every row of the store into an empty copy of it, without indexes left out; give complaints a second."""
    source = sqlite3.connect(folder / "aduan.db")
    copy = sqlite3.connect(folder / "bare.db", isolation_level=None)
    copy.execute("PRAGMA journal_mode=WAL")
    copy.execute("PRAGMA synchronous=FULL")
    for (statement,) in source.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid"):
        if "sqlite_sequence" not in statement:
            copy.execute(statement)
    rows = {table.name: source.execute(f"SELECT * FROM {table.name}").fetchall() for table in metadata.sorted_tables}  # noqa: S608 - names of ours
    complaints = len(rows["complaints"])
    commits = -(-complaints // COMMIT_EVERY)
    begin = time.perf_counter()
    for part in range(commits):
        copy.execute("BEGIN IMMEDIATE")
        for name, all_ in rows.items():
            some = all_[part * len(all_) // commits : (part + 1) * len(all_) // commits]
            if some:
                marks = ",".join("?" * len(some[0]))
                copy.executemany(f"INSERT INTO {name} VALUES ({marks})", some)  # noqa: S608 - names of ours
        copy.execute("COMMIT")
    seconds = time.perf_counter() - begin
    copy.close()
    source.close()
    (folder / "bare.db").unlink()
    return complaints / seconds


@contextmanager
def quiet() -> Iterator[None]:
    """Keep progress bars off the table."""
    before = importing.to_people
    importing.to_people = lambda: Console(quiet=True)
    try:
        yield
    finally:
        importing.to_people = before


def main() -> None:
    """Measure, and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="also at 200,000 stored complaints")
    sizes = (SMALL, LARGE) if parser.parse_args().full else (SMALL,)
    with tempfile.TemporaryDirectory() as name, quiet():
        folder = Path(name)
        (folder / "aduan.toml").write_text(SETTINGS, encoding="utf-8")
        paces = []
        for size in sizes:
            paces.append(asyncio.run(measure(folder, size)))
            if size == SMALL:
                bare = bare_inserts(folder)
        print(f"{'stored':>9} {'complaints/s':>13} {'reports':>8} {'deliveries':>11} {'of bare inserts':>16}")
        for pace in paces:
            share = pace.rate / bare
            print(f"{pace.stored:>9,} {pace.rate:>13,.0f} {pace.reports:>8,} {pace.deliveries:>11,} {share:>15.0%}")
        print(f"bare inserts of the same rows: {bare:,.0f} complaints/s")
        if len(paces) > 1:
            print(f"at {LARGE:,} stored: {paces[1].rate / paces[0].rate:.2f} times the rate at {SMALL:,}")
        main_, helper = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
        print(f"memory: {main_.ru_maxrss // 1024} MB, helper {helper.ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main()
