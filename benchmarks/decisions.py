"""What one decision costs at 10,000 and at 1,000,000 stored open complaints: is the same incident known already?

Run: `python -m benchmarks.decisions [--rows N]`. Timed is the whole way of one complaint, one after the other: the keys
it looks under are read from the store (`find_known`, which loads what stands there) and weighed (`decide`). Not timed:
understanding it, the rows of the reports found, the hop to the store's own thread. All stores are asked in turn, four
times, and the best time of each complaint counts: caches are warm, and what else the machine does matters little.

The large store is 25 days of a city with 40,000 complaints a day. It is compared with two small ones, each a part of
it: the same 25 days of a hundredth of the city, which differs in nothing but size; and the whole city's last six hours,
in which there is less to be found as well. Every complaint is written to all three on each engine at hand; a database
server at 127.0.0.1:5432 (or ADUAN_TEST_POSTGRES) gets databases of our own, dropped afterwards.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import mean, median, quantiles
from typing import Any

import psycopg
from pydantic_core import from_json
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

from benchmarks.history import PATTERN, City, Stored
from hub.store.incidents import Probe, find_known
from hub.store.tables import blocks, complaints, dump_json, metadata, spell_instant, understandings
from normalizer.blocking import probes
from normalizer.duplicates import Arrival, Candidate, decide, window

LARGE, SMALL = 1_000_000, 10_000
ASKING, ROUNDS = 300, 4
RECENT = timedelta(days=3)
AIM = 1.3
Holds = Callable[[Stored], bool]
Kind = Callable[[str], AbstractContextManager[Engine]]
SERVER = os.environ.get("ADUAN_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")


# ---------------------------------------------------------------------------------------------------------- the stores

_NO_WORDS = {"title": "", "address": "", "category_reported": "", "category_hint": "", "kelurahan_reported": ""}


def complaint_row(one: Stored) -> dict[str, Any]:
    """Spell the first layer."""
    at = spell_instant(one.at)
    return {
        **_NO_WORDS,
        **dict.fromkeys(("created_at", "created_text", "received_at", "heard_at"), at),
        **dict.fromkeys(("id", "raw_item", "understanding"), one.id),
        "native_id": f"s{one.id:08}",
        "channel": "qlue",
        "revision": 1,
        "text": one.told.understanding.text,
        "tags": "[]",
        "thread": "",
        "reply_context": "{}",
        "anonim": True,
        "rahasia": False,
        "audience": "public",
        "state": "open",
        "report": one.report,
        "track": f"{one.id:032}",
    }


def understanding_row(one: Stored) -> dict[str, Any]:
    """Spell the second layer."""
    at, facts = spell_instant(one.at), dump_json(one.facts)
    return {**one.told.rest, "id": one.id, "complaint": one.id, "made_at": at, "facts": facts}


def block_rows(one: Stored) -> Iterator[dict[str, Any]]:
    """Spell what it is found by."""
    at = spell_instant(one.at)
    for key in one.keys:
        yield {"key": key, "at": at, "complaint": one.id}


class Written:
    """The rows of some complaints, spelled once for all stores."""

    def __init__(self, some: Sequence[Stored]) -> None:
        self.some = some
        self.rows = [
            (("complaints", [complaint_row(one)]), ("understandings", [understanding_row(one)]), ("staged", staged))
            for one in some
            for staged in (list(block_rows(one)),)
        ]


@dataclass
class Shelf:
    """One store on one engine, and which complaints it holds."""

    engine: Engine
    holds: Holds
    count: int = 0

    def prepare(self) -> None:
        """Make the tables; keys wait in one of their own, to be written in order."""
        with self.engine.begin() as connection:
            metadata.create_all(connection, tables=[complaints, understandings, blocks])
            connection.exec_driver_sql("CREATE TABLE staged AS SELECT key, at, complaint FROM blocks")

    def put(self, written: Written) -> None:
        """Write complaints."""
        mine = [rows for one, rows in zip(written.some, written.rows, strict=True) if self.holds(one)]
        self.count += len(mine)
        with self.engine.begin() as connection:
            for tables in zip(*mine, strict=True):
                _copy(connection, tables[0][0], [row for _, rows in tables for row in rows])

    def finish(self) -> None:
        """Write the keys, and let a server learn what it holds."""
        with self.engine.begin() as connection:
            connection.exec_driver_sql("INSERT INTO blocks SELECT key, at, complaint FROM staged ORDER BY 1, 2, 3")
            connection.exec_driver_sql("DROP TABLE staged")
        if self.engine.dialect.name == "postgresql":
            with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM ANALYZE")


def _copy(connection: Connection, table: str, rows: Sequence[dict[str, Any]]) -> None:
    """Write rows of ready-made values by the engine's quickest way."""
    if not rows:
        return
    names = ", ".join(rows[0])
    if connection.dialect.name == "postgresql":
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as into:
            for row in rows:
                into.write_row(tuple(row.values()))
    else:
        marks = ", ".join("?" * len(rows[0]))
        statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - names of ours
        connection.exec_driver_sql(statement, [tuple(row.values()) for row in rows])


@contextmanager
def sqlite_engine(folder: Path, name: str) -> Iterator[Engine]:
    """Open an empty file, with the settings that the hub has."""
    engine = create_engine(f"sqlite:///{folder / name}.db", json_serializer=dump_json, json_deserializer=from_json)

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=OFF", "cache_size=-32000"):
            connection.execute(f"PRAGMA {pragma}")

    yield engine
    engine.dispose()


@contextmanager
def postgres_engine(name: str) -> Iterator[Engine]:
    """Open an empty database of our own."""
    database = f"aduan_bench_{name}_{secrets.token_hex(4)}"
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {database}")
        engine = create_engine(
            make_url(SERVER).set(drivername="postgresql+psycopg", database=database), json_deserializer=from_json
        )
        try:
            yield engine
        finally:
            engine.dispose()
            server.execute(f"DROP DATABASE {database} WITH (FORCE)")


def has_server() -> bool:
    """Say whether a PostgreSQL server answers."""
    try:
        psycopg.connect(SERVER, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


# ------------------------------------------------------------------------------------------------------- the measuring


@dataclass(slots=True)
class Cost:
    """What one complaint's look-up and decision cost in one store: microseconds, the best of several rounds."""

    found: int = 0
    looking: float = math.inf
    deciding: float = math.inf

    @property
    def whole(self) -> float:
        """Give both."""
        return self.looking + self.deciding


def ask(connection: Connection, one: Stored, cost: Cost) -> None:
    """Let a complaint look for its like, as if it were new."""
    span = window(one.told.understanding.category)
    probe = Probe(frozenset(probes(one.facts)), one.at - span, one.at + span)
    begin = time.perf_counter()
    found = {known.complaint: known for under in find_known(connection, [probe]).values() for known in under}
    middle = time.perf_counter()
    found.pop(one.id, None)
    decide(Arrival(one.at, one.facts), [Candidate(k.complaint, k.report, k.at, k.facts) for k in found.values()])
    end = time.perf_counter()
    cost.found = len(found)
    cost.looking = min(cost.looking, 1e6 * (middle - begin))
    cost.deciding = min(cost.deciding, 1e6 * (end - middle))


def measure(shelves: Sequence[Shelf], asking: Sequence[Stored]) -> list[list[Cost]]:
    """Ask all stores in turn, so that whatever else the machine does falls on each alike."""
    costs = [[Cost() for _ in asking] for _ in shelves]
    connections = [shelf.engine.connect() for shelf in shelves]
    for _ in range(ROUNDS):
        for at, one in enumerate(asking):
            for connection, row in zip(connections, costs, strict=True):
                ask(connection, one, row[at])
    for connection in connections:
        connection.close()
    return costs


def show(title: str, shelves: Sequence[Shelf], costs: Sequence[Sequence[Cost]]) -> Table:
    """Lay out what was measured: the last store is the large one, the others are its parts."""
    table = Table("stored", "found, mean", "look-up p50, µs", "decision p50, µs", "both p50", "p95", title=title)
    for shelf, row in zip(shelves, costs, strict=True):
        cells = median(one.looking for one in row), median(one.deciding for one in row), *_both(row)
        table.add_row(f"{shelf.count:,}", f"{mean(one.found for one in row):.1f}", *(f"{cell:,.0f}" for cell in cells))
    ratios = [large / small for small, large in zip(_both(costs[0]), _both(costs[-1]), strict=True)]
    table.add_row(f"times, aim {AIM}", "", "", "", *(f"{ratio:.2f}" for ratio in ratios))
    return table


def _both(costs: Sequence[Cost]) -> tuple[float, float]:
    whole = [one.whole for one in costs]
    return median(whole), quantiles(whole, n=20)[-1]


def fill(stores: Sequence[Shelf], asking: Sequence[Holds], history: Iterator[Stored]) -> list[list[Stored]]:
    """Write the history; give the complaints that will ask, some late ones of each kind."""
    late: list[list[Stored]] = [[] for _ in asking]
    for shelf in stores:
        shelf.prepare()
    while some := list(islice(history, PATTERN)):
        written = Written(some)
        for shelf in stores:
            shelf.put(written)
        for number, asks in enumerate(asking):
            late[number] = [one for one in (*late[number], *filter(asks, some)) if one.at > some[-1].at - RECENT]
    for shelf in stores:
        shelf.finish()
    return [random.Random(1).sample(some, min(ASKING, len(some))) for some in late]


def run(opened: Sequence[Sequence[Engine]], rows: int) -> Iterator[Table]:
    """Fill a large store and its two parts on each engine, and compare."""
    city, small = City(), min(SMALL, rows // 10)
    streets, inner = city.part(small / rows), city.part(small / rows / 4)

    def is_late(one: Stored) -> bool:
        return one.id > rows - small

    stores = [
        (Shelf(district, lambda one: one.street in streets), Shelf(hours, is_late), Shelf(whole, lambda _: True))
        for district, hours, whole in opened
    ]
    # Well inside the part: at its edge half of what is near would be missing from the small store.
    asking = (lambda one: one.street in inner, is_late)
    central, late = fill([shelf for three in stores for shelf in three], asking, city.history(rows))
    for district, hours, whole in stores:
        name = whole.engine.dialect.name
        yield show(f"{name}: as long, in a part of the city", (district, whole), measure((district, whole), central))
        yield show(f"{name}: the city's latest hours", (hours, whole), measure((hours, whole), late))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=LARGE, help="complaints in the large store")
    rows, console = parser.parse_args().rows, Console(width=120)
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        kinds: list[Kind] = [partial(sqlite_engine, Path(name)), *([postgres_engine] if has_server() else [])]
        opened = [[stack.enter_context(kind(part)) for part in ("district", "hours", "city")] for kind in kinds]
        for table in run(opened, rows):
            console.print(table)


if __name__ == "__main__":
    main()
