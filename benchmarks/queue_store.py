"""A made-up town for `benchmarks.queue`: a million reports as rows, the same for the same numbers."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import islice
from typing import Any

from hub.regions import load_region
from hub.store.search import words_of
from hub.store.tables import dump_json, spell_instant
from normalizer.number import make_number

HOT = "31.74.01"
STAFF = "petugas-contoh"
NOW = datetime(2026, 2, 3, 5, 0, tzinfo=UTC)
KINDS = ("banjir", "jalan-rusak", "sampah", "pohon", "lampu-jalan", "macet", "hewan", "taman", "rambu", "trotoar")
OPEN, CLOSED = (
    ("menunggu", "koordinasi", "disposisi", "proses"),
    ("selesai", "selesai", "selesai", "ditolak", "berakhir"),
)
CHANNELS = ("qlue", "twitter", "email", "lapor", "waze", "facebook")
COMMON = ("jalan", "air", "depan", "rumah", "tolong", "banjir", "warga", "sudah", "gang", "malam")
RARE = 5_000
"""Made-up words, the first of them often."""
RECENT = 0.6
"""Of the open ones of the flooded kecamatan: came in last."""
Rows = Iterator[Sequence[Any]]


@dataclass(frozen=True)
class Town:
    """How many reports there are, and how many of them are open in one kecamatan."""

    reports: int
    open: int

    @cached_property
    def areas(self) -> list[tuple[str, str]]:
        """Kelurahan and their kecamatan."""
        return [(area.code, area.kecamatan) for area in load_region("jakarta").areas]

    @cached_property
    def flooded(self) -> list[str]:
        """Kelurahan of the kecamatan with the many open ones."""
        return [code for code, kecamatan in self.areas if kecamatan == HOT]

    @cached_property
    def hot(self) -> frozenset[int]:
        """Keys of its open reports: most are new, the rest of any age."""
        rng = random.Random(1)
        late = int(self.open * RECENT)
        recent = rng.sample(range(self.reports - 2 * late, self.reports), late)
        rest = rng.sample(range(1, self.reports - 2 * late), self.open - late)
        return frozenset([*recent, *rest])


@dataclass(frozen=True, slots=True)
class Made:
    """What all tables need to know of a report."""

    key: int
    kelurahan: str
    queue: str
    status: str
    open: bool
    urgent: bool
    at: datetime


def made(town: Town) -> Iterator[Made]:
    """Give the reports one by one: the same each time."""
    rng, span = random.Random(2), timedelta(days=400) / town.reports
    for key in range(1, town.reports + 1):
        hot = key in town.hot
        kelurahan, queue = (rng.choice(town.flooded), HOT) if hot else rng.choice(town.areas)
        # Elsewhere three in a hundred are open; here the rest is closed, so that the number is exact.
        open_ = hot or (queue != HOT and rng.random() < 0.03)
        at = NOW - span * (town.reports - key)
        yield Made(key, kelurahan, queue, rng.choice(OPEN if open_ else CLOSED), open_, rng.random() < 0.02, at)


def tables_of(town: Town) -> Iterator[tuple[str, Sequence[str], Rows]]:
    """Give name, columns and rows of each table to fill."""
    yield "reports", list(_report(next(made(town)), random.Random(3))), _values(_reports(town))
    yield "search_docs", ("report", "words"), _documents(town)
    yield "queue_entries", ("report", "unit", "version", "placed_at"), _entries(town)
    for name, rows in (
        ("complaints", _complaints(town)),
        ("photos", _photos(town)),
        ("suggestions", _suggestions(town)),
        ("deliveries", _deliveries(town)),
        ("disputes", _disputes(town)),
    ):
        kept = list(rows)
        yield name, list(kept[0]), _values(iter(kept))


def _values(rows: Iterator[dict[str, Any]]) -> Rows:
    return (tuple(row.values()) for row in rows)


def _reports(town: Town) -> Iterator[dict[str, Any]]:
    rng = random.Random(3)
    return (_report(one, rng) for one in made(town))


def _report(one: Made, rng: random.Random) -> dict[str, Any]:
    at, placed = spell_instant(one.at), rng.random() > 0.03
    kelurahan = one.kelurahan if placed else ""
    count = min(40, int(rng.paretovariate(1.5)))
    owned, dated = one.open and rng.random() < 0.4, one.open and rng.random() < 0.8
    street = f"jalan {_word(rng)}"
    place = {"result": "found" if placed else "unplaced", "level": "point", "kelurahan": kelurahan, "street": street}
    return {
        "id": one.key,
        "number": make_number(one.key, "JKT"),
        "version": 1 + rng.randrange(5),
        "status": one.status,
        "reason": "",
        "category": KINDS[min(9, int(rng.expovariate(0.4)))],
        "category_confidence": 0.9,
        "category_by": "machine",
        "category_sure": rng.random() > 0.1,
        "urgency": "darurat" if one.urgent else "biasa",
        "urgency_by": "machine",
        "handling": "open",
        "handling_by": "machine",
        "place": dump_json(place),
        "place_by": "machine",
        "kelurahan": kelurahan,
        "kecamatan": one.queue,
        "lat": -6.23 + rng.random() / 50,
        "lon": 106.84 + rng.random() / 50,
        "units": '[{"unit":"dinas-sda","role":"lead","by":"machine"}]',
        "units_by": "machine",
        "lead": "dinas-sda",
        "queue": one.queue,
        "rule": "banjir",
        "title": " ".join(_word(rng) for _ in range(8)),
        "complaint_count": count,
        "channel_counts": dump_json({rng.choice(CHANNELS): count}),
        "first_at": at,
        "last_at": at,
        "created_at": at,
        "updated_at": spell_instant(one.at + timedelta(minutes=rng.randrange(3000))),
        "followed_up_by": rng.choice(("", "", "crop")),
        "asked_at": at if one.open and rng.random() < 0.03 else None,
        "disputed_at": None,
        "duty": rng.random() < 0.02,
        "validated": "",
        "owner": (STAFF if rng.random() < 0.1 else f"petugas-{rng.randrange(20)}") if owned else "",
        "owner_until": spell_instant(NOW + timedelta(minutes=rng.randrange(-60, 60))) if owned else None,
        "due_kind": "answer" if dated else "",
        "due_at": spell_instant(NOW + timedelta(minutes=rng.randrange(-3000, 9000))) if dated else None,
        "clock_from": at if dated else None,
    }


def _word(rng: random.Random) -> str:
    """Some words are in most complaints, most words in few."""
    if rng.random() < 0.4:
        return COMMON[min(9, int(rng.expovariate(0.3)))]
    return f"kata{int(RARE * rng.random() ** 3)}"


def _documents(town: Town) -> Rows:
    rng = random.Random(4)
    for one in made(town):
        scope = "".join(words_of(one.queue))
        words = dict.fromkeys(_word(rng) for _ in range(18))
        yield one.key, " ".join(f"{scope}·{word}" for word in words)


def _entries(town: Town) -> Rows:
    return ((one.key, one.queue, 1, spell_instant(one.at)) for one in made(town))


def _open(town: Town) -> Iterator[Made]:
    return (one for one in made(town) if one.key in town.hot)


def _complaints(town: Town) -> Iterator[dict[str, Any]]:
    at = spell_instant(NOW)
    empty = dict.fromkeys(
        (
            "title",
            "text",
            "created_text",
            "address",
            "category_reported",
            "category_hint",
            "kelurahan_reported",
            "thread",
        ),
        "",
    )
    for one in _open(town):
        yield {
            **empty,
            "id": one.key,
            "channel": "qlue",
            "native_id": f"q{one.key}",
            "raw_item": one.key,
            "revision": 1,
            "created_at": at,
            "received_at": at,
            "tags": "[]",
            "reply_context": "{}",
            "anonim": True,
            "rahasia": False,
            "audience": "public",
            "state": "open",
            "report": one.key,
            "understanding": one.key,
            "track": f"t{one.key}",
            "heard_at": at,
        }


def _photos(town: Town) -> Iterator[dict[str, Any]]:
    for one in _open(town):
        if one.key % 4 == 0:
            yield {
                "id": f"{one.key:032d}",
                "complaint": one.key,
                "raw_item": one.key,
                "position": 0,
                "kind": "photo",
                "url": "",
                "state": "ready",
            }


def _suggestions(town: Town) -> Iterator[dict[str, Any]]:
    """One in ten open ones is perhaps the same as another; as many old questions were never answered."""
    at = spell_instant(NOW)
    keys = sorted(town.hot)
    pairs = [(key, keys[(index * 7 + 1) % len(keys)]) for index, key in enumerate(keys) if index % 10 == 0]
    pairs += [(key, key - 1) for key in range(2, town.reports, 20) if key not in town.hot]
    for number, (report, other) in enumerate(pairs, 1):
        own = number % 500 == 0
        yield {
            "id": number,
            "complaint": report,
            "report": report,
            "other": report if own else other,
            "score": 0.5,
            "evidence": "[]",
            "at": at,
            "answer": "",
        }


def _deliveries(town: Town) -> Iterator[dict[str, Any]]:
    """Most open ones were told to officials; some replies wait."""
    for number, one in enumerate(_open(town), 1):
        waits = ("citizen", "clerk")[number % 3 == 0] if number % 10 == 0 else ""
        yield {
            "id": number,
            "key": f"k{number}",
            "channel": "crop",
            "kind": "reply" if waits else "report",
            "report": one.key,
            "complaint": one.key if waits else None,
            "version": 1,
            "cause": "opened",
            "waits_for": waits,
            "digest": "",
            "parcel": b"{}",
            "urgent": False,
            "state": "waiting" if waits else "sent",
            "created_at": spell_instant(NOW),
        }


def _disputes(town: Town) -> Iterator[dict[str, Any]]:
    at = spell_instant(NOW)
    for number, one in enumerate(islice((one for one in made(town) if not one.open), 300), 1):
        yield {
            "id": number,
            "report": one.key,
            "complaint": one.key,
            "at": at,
            "due_at": at,
            "photos": 0,
            "decision": "",
        }
