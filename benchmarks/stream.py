"""Synthetic complaints in the row shape of `aduan import`: spread over Jakarta and the hours like a real mix.

    python -m benchmarks.stream 100000 > stream.jsonl

Nearly half of them repeat an earlier incident, three in ten carry no coordinates. The same seed gives the same rows.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from hub.regions import load_region
from normalizer.region import Region
from sandbox.day.incidents import moved, read_kinds
from sandbox.day.model import Incident, Kind, Spot
from sandbox.day.words import Words

START = datetime(2026, 1, 5, tzinfo=UTC)
PER_DAY = 40_000
REPEATS = 0.45
UNPLACED = 0.27
"""Of the rows about a place; questions without one come on top."""
RESENT = 0.1
"""Of the repeats: the same citizen once more."""
REMEMBERED = 3000
"""Incidents that people still complain of."""
RECENT = 400.0
"""How far back the incident of a repeat usually lies, in incidents."""
CHANNELS = {"qlue": 30, "twitter": 20, "email": 15, "jaki": 20, "lapor": 10, "facebook": 5}
LOCAL = timedelta(hours=7)
HOURS = (2, 1, 1, 1, 2, 4, 7, 9, 9, 8, 7, 7, 6, 6, 6, 6, 7, 7, 6, 6, 5, 5, 4, 3)
"""How busy each local hour is."""


class Stream:
    """An endless stream of rows and the incidents behind them."""

    def __init__(self, seed: int = 1, start: datetime = START, per_day: int = PER_DAY) -> None:
        self.rng = random.Random(seed)
        self.at = start
        self._words = Words(start)
        self._details = self._words.details
        self._gap = 86_400 / per_day
        self._kinds = [kind for kind in read_kinds() if kind.code not in {"pungli", "uji-coba"}]
        self._shares = [float(kind.incidents) for kind in self._kinds]
        self._spots = read_streets(load_region("jakarta"))
        self._recent: list[tuple[Incident, Kind, str]] = []
        self._number = self._happened = 0

    def __iter__(self) -> Iterator[tuple[dict[str, Any], Incident]]:
        """Give rows for ever, each with its incident."""
        while True:
            self._pass_time()
            yield self._row()

    def _pass_time(self) -> None:
        busy = HOURS[(self.at + LOCAL).hour] * len(HOURS) / sum(HOURS)
        self.at += timedelta(seconds=self.rng.expovariate(busy / self._gap))

    def _row(self) -> tuple[dict[str, Any], Incident]:
        rng = self.rng
        repeat = self._recent and rng.random() < REPEATS
        incident, kind, first = self._again() if repeat else self._begin()
        self._number += 1
        reporter = first if repeat and rng.random() < RESENT else f"warga{rng.randrange(500_000)}"
        if not repeat:
            self._remember(incident, kind, reporter)
        return self._written(incident, kind, reporter), incident

    def _written(self, incident: Incident, kind: Kind, reporter: str) -> dict[str, Any]:
        rng = self.rng
        pinned = incident.placed and rng.random() >= UNPLACED
        row: dict[str, Any] = {
            "id": f"s{self._number:08d}",
            "channel": rng.choices(list(CHANNELS), list(CHANNELS.values()))[0],
            "text": self._words.short(incident, rng, placed=not pinned or rng.random() < 0.6),
            "created_at": self.at.isoformat(),
            "reporter": reporter,
        }
        if pinned:
            row["lat"], row["lon"] = moved(incident.lat, incident.lon, kind.scatter, rng)
        return row

    def _again(self) -> tuple[Incident, Kind, str]:
        back = int(self.rng.expovariate(1 / RECENT))
        return self._recent[-1 - back % len(self._recent)]

    def _begin(self) -> tuple[Incident, Kind, str]:
        rng = self.rng
        kind = rng.choices(self._kinds, self._shares)[0]
        spot = rng.choice(self._spots)
        lat, lon = moved(spot.lat, spot.lon, 60, rng)
        self._happened += 1
        incident = Incident(
            id=f"i{self._happened:07d}",
            kind=kind.code,
            spot=spot,
            lat=lat,
            lon=lon,
            rt=rng.randint(1, 14),
            rw=rng.randint(1, 12),
            house=rng.randint(1, 90),
            detail=rng.choice(self._details[kind.code]),
            begin=timedelta(),
            lasts=timedelta(),
            placed=kind.placed,
        )
        return incident, kind, ""

    def _remember(self, incident: Incident, kind: Kind, reporter: str) -> None:
        self._recent.append((incident, kind, reporter))
        if len(self._recent) > 2 * REMEMBERED:
            del self._recent[:REMEMBERED]


def read_streets(region: Region) -> list[Spot]:
    """Give every street of a region with the offices that it belongs to."""
    areas = {area.code: area for area in region.areas}
    return [
        Spot(
            street.name,
            area.name,
            area.code,
            area.kecamatan_name,
            area.kota_name,
            area.postal_code,
            street.lat,
            street.lon,
            "",
        )
        for street in region.streets
        if (area := areas[street.kelurahan])
    ]


def rows(count: int, seed: int = 1, *, gold: bool = False) -> Iterator[dict[str, Any]]:
    """Give so many rows; with `gold` each says its incident and category, as `aduan eval` reads them."""
    stream = iter(Stream(seed))
    for _ in range(count):
        row, incident = next(stream)
        yield {**row, "gold": {"incident": incident.id, "category": incident.kind}} if gold else row


def write_rows(file: Path, count: int, *, start: int = 0, seed: int = 1) -> None:
    """Write so many rows of a stream to a file, behind the first `start` of it."""
    with file.open("w", encoding="utf-8") as lines:
        for row in islice(rows(start + count, seed), start, None):
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--gold", action="store_true", help="with labels")
    asked = parser.parse_args()
    for row in rows(asked.count, asked.seed, gold=asked.gold):
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
