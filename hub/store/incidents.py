"""The search for complaints that may mean the same incident: by blocking key and time, at a cost that stays flat."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import BigInteger, Integer

from hub.store.bulk import insert_many
from hub.store.tables import Instant, Json, blocks, dump_json

_ON_SQLITE = text(
    "SELECT b.key, b.complaint FROM json_each(:keys) AS p"
    " JOIN blocks AS b ON b.key = p.value AND b.at BETWEEN :since AND :until"
).bindparams(bindparam("since", type_=Instant), bindparam("until", type_=Instant))
_ON_POSTGRES = text(
    "SELECT b.key, b.complaint FROM unnest(:keys) AS p(key)"
    " JOIN blocks AS b ON b.key = p.key AND b.at BETWEEN :since AND :until"
).bindparams(
    bindparam("keys", type_=ARRAY(BigInteger)), bindparam("since", type_=Instant), bindparam("until", type_=Instant)
)
# One statement for any number of ids: SQLAlchemy spells it once, a server plans it once.
_LOAD_ON_SQLITE = text(
    "SELECT c.id, c.report, c.created_at, u.facts FROM json_each(:ids) AS wanted JOIN complaints AS c"
    " ON c.id = wanted.value JOIN understandings AS u ON u.id = c.understanding WHERE c.state <> 'erased'"
).columns(created_at=Instant, facts=Json)
_LOAD_ON_POSTGRES = (
    text(
        "SELECT c.id, c.report, c.created_at, u.facts FROM unnest(:ids) AS wanted(id) JOIN complaints AS c"
        " ON c.id = wanted.id JOIN understandings AS u ON u.id = c.understanding WHERE c.state <> 'erased'"
    )
    .bindparams(bindparam("ids", type_=ARRAY(BigInteger)))
    .columns(created_at=Instant, facts=Json)
)
LOCKS = 1024
"""Keys share so many locks: a server has room for a few thousand in all."""
_LOCK = text(
    "SELECT count(pg_advisory_xact_lock(747, place)) FROM (SELECT unnest(:places) AS place ORDER BY 1) AS sorted"
).bindparams(bindparam("places", type_=ARRAY(Integer)))


@dataclass(slots=True)
class Known:
    """A complaint as the search knows it. Changes as a batch goes on."""

    complaint: int
    report: int
    at: datetime
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Probe:
    """Keys to look under, and the time in which something there still matters."""

    keys: frozenset[int]
    since: datetime
    until: datetime


def lock_keys(connection: Connection, keys: Iterable[int]) -> None:
    """Keep other processes from opening a report under these keys, until the transaction ends.

    Taken in sorted order, so that two batches never wait for each other.
    """
    if connection.dialect.name == "postgresql":
        places = sorted({key % LOCKS for key in keys})
        connection.execute(_LOCK, {"places": places})


def find_known(connection: Connection, probes: Iterable[Probe]) -> dict[int, list[Known]]:
    """List the complaints under each probed key."""
    pairs = {pair for probe in probes for pair in _pairs(connection, probe)}
    known = load_known(connection, {complaint for _, complaint in pairs})
    found: dict[int, list[Known]] = {}
    for key, complaint in sorted(pairs):
        if complaint in known:
            found.setdefault(key, []).append(known[complaint])
    return found


def _pairs(connection: Connection, probe: Probe) -> list[tuple[int, int]]:
    on_postgres = connection.dialect.name == "postgresql"
    keys = list(probe.keys)
    rows = connection.execute(
        _ON_POSTGRES if on_postgres else _ON_SQLITE,
        {"keys": keys if on_postgres else dump_json(keys), "since": probe.since, "until": probe.until},
    )
    return [(key, complaint) for key, complaint in rows]


def load_known(connection: Connection, ids: Iterable[int]) -> dict[int, Known]:
    """Give these complaints as the search compares them; erased ones are left out."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    on_postgres = connection.dialect.name == "postgresql"
    rows = connection.execute(
        _LOAD_ON_POSTGRES if on_postgres else _LOAD_ON_SQLITE, {"ids": wanted if on_postgres else dump_json(wanted)}
    )
    return {key: Known(key, report, at, facts) for key, report, at, facts in rows}


def save_blocks(connection: Connection, rows: Sequence[dict[str, Any]], replaced: Sequence[int] = ()) -> None:
    """Write blocking keys (`key`, `at`, `complaint`); those of the replaced complaints go first."""
    if replaced:
        connection.execute(delete(blocks).where(blocks.c.complaint.in_(replaced)))
    insert_many(connection, blocks, rows)
