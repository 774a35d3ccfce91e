"""Kills `aduan import` with SIGKILL at random moments, runs it again to its end, and compares with a quiet run.

    python -m tests.kill --kills 50 --seed 1

What must be equal: the complaints with all that was understood of them, and which of them share a report, with that
report's state. Numbers of reports and the hub's own times may differ.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from tests.cli_fixtures import Desk

ROWS = 1500
WIB = timezone(timedelta(hours=7))
TALK = (
    ("Banjir {depth} di {street}, air terus naik", "Air sudah {depth} depan rumah di {street}", "{street} banjir lagi"),
    ("Lampu jalan mati di {street}", "Gelap sekali, lampu {street} padam", "PJU {street} mati sejak Senin"),
    ("Jalan berlubang di {street}, bahaya", "Lubang besar {street}", "{street} rusak parah, banyak motor jatuh"),
    ("Sampah menumpuk di {street}", "Bau sampah {street} tidak diangkut", "Tolong angkut sampah di {street}"),
)
CHANNELS = ("sms", "web", "desk", "app")
DEPTHS = ("semata kaki", "selutut", "sepaha")
_OWN = {
    "complaints": ("received_at", "report"),
    "reports": ("number", "created_at", "updated_at", "complaints"),
}
"""What belongs to one run: the hub's times, and numbers."""


def write_day(file: Path, seed: int, rows: int = ROWS) -> None:
    """Write a made-up day: incidents of one to nine complaints, in the order of their times."""
    chance = random.Random(seed)  # noqa: S311 - a made-up day needs no secrecy
    day: list[dict[str, Any]] = []
    while len(day) < rows:
        day += _incident(chance, len(day))
    day = sorted(day[:rows], key=lambda one: str(one["created_at"]))
    file.write_text("".join(json.dumps(one) + "\n" for one in day), encoding="utf-8")


def _incident(chance: random.Random, number: int) -> Iterator[dict[str, Any]]:
    talk, street = chance.choice(TALK), f"Jalan Contoh {chance.randrange(400)}"
    lat, lon = chance.uniform(-6.30, -6.15), chance.uniform(106.75, 106.90)
    start = datetime(2026, 11, 20, tzinfo=WIB) + timedelta(minutes=chance.randrange(1300))
    for member in range(chance.randint(1, 9)):
        placed = chance.random() < 0.8
        yield {
            "id": f"{number + member}",
            "channel": chance.choice(CHANNELS),
            "text": chance.choice(talk).format(street=street, depth=chance.choice(DEPTHS)),
            "created_at": (start + timedelta(minutes=chance.randrange(90))).isoformat(),
            "reporter": f"warga-{chance.randrange(500)}",
            **({"lat": lat + chance.gauss(0, 0.0002), "lon": lon + chance.gauss(0, 0.0002)} if placed else {}),
        }


@dataclass(frozen=True)
class Stored:
    """What an import left behind, apart from numbers and the hub's own times."""

    complaints: dict[str, dict[str, Any]]
    reports: dict[frozenset[str], dict[str, Any]]

    @classmethod
    def of(cls, desk: Desk) -> Stored:
        """Read it by `aduan export`."""
        complaints = {_name(one): one for one in _rows(desk, "complaints")}
        reports = {frozenset(map(_name, one["complaints"])): one for one in _rows(desk, "reports")}
        return cls(
            {name: _without(one, "complaints") for name, one in complaints.items()},
            {members: _without(one, "reports") for members, one in reports.items()},
        )

    def differences(self, other: Stored) -> list[str]:
        """Say what differs: complaints, then reports by their members."""
        found = [f"complaint {name}" for name in _unequal(self.complaints, other.complaints)]
        return found + [f"report of {', '.join(sorted(one))}" for one in _unequal(self.reports, other.reports)]


def _name(one: dict[str, Any]) -> str:
    return f"{one['channel']} {one['id']}"


def _rows(desk: Desk, what: str) -> list[dict[str, Any]]:
    return desk.run("export", what, "--full").rows


def _without(one: dict[str, Any], what: str) -> dict[str, Any]:
    return {name: value for name, value in one.items() if name not in _OWN[what]}


def _unequal(one: dict[Any, Any], other: dict[Any, Any]) -> list[Any]:
    return [key for key in one.keys() | other.keys() if one.get(key) != other.get(key)]


@dataclass
class Trial:
    """A file, the quiet run over it, and any number of disturbed ones."""

    folder: Path
    seed: int
    rows: int = ROWS
    killed_at: list[int] = field(default_factory=list)
    """How far each killed run had come: stored items and complaints."""
    rounds: int = 0
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311 - moments need no secrecy
        write_day(self.folder / "day.jsonl", self.seed, self.rows)
        self.quiet = self._desk("quiet")
        done = self.quiet.run("import", self.folder / "day.jsonl")
        if done.code != 0:
            raise RuntimeError(done.err)
        self.expected = Stored.of(self.quiet)

    def _desk(self, name: str) -> Desk:
        (self.folder / name).mkdir()
        desk = Desk(self.folder / name)
        desk.settings()
        return desk

    def run(self, kills: int) -> list[str]:
        """Kill so many runs, each database taken to its end; give all differences."""
        differences: list[str] = []
        while len(self.killed_at) < kills:
            self.rounds += 1
            desk = self._desk(f"round-{self.rounds}")
            while len(self.killed_at) < kills and self._killed(desk):
                pass
            differences += [f"round {self.rounds}: {one}" for one in self._finish(desk).differences(self.expected)]
        return differences

    def _killed(self, desk: Desk) -> bool:
        """Start an import and kill it somewhere between where the last one stopped and the end; False: it was done."""
        database = desk.folder / "aduan.db"
        before = _progress(database)
        if before == 2 * self.rows:
            return False
        goal = self.chance.randint(before, 2 * self.rows - 1)
        process = desk.start("import", self.folder / "day.jsonl")
        while process.poll() is None and _progress(database) < goal:
            time.sleep(0.005)
        time.sleep(self.chance.uniform(0, 0.25 if goal else 1.0))
        if process.poll() is not None:
            process.communicate()
            return False
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        self.killed_at.append(_progress(database))
        return True

    def _finish(self, desk: Desk) -> Stored:
        done = desk.run("import", self.folder / "day.jsonl")
        if done.code != 0:
            raise RuntimeError(done.err)
        return Stored.of(desk)

    def report(self) -> str:
        """Sum the trial up in words."""
        moments = " ".join(map(str, sorted(self.killed_at)))
        return (
            f"{len(self.killed_at)} kills over {self.rounds} databases, seed {self.seed}; "
            f"items + complaints stored at each, of {2 * self.rows}: {moments}\n"
            f"quiet run: {len(self.expected.complaints)} complaints in {len(self.expected.reports)} reports"
        )


def _progress(database: Path) -> int:
    """Count stored items and complaints, without getting in the way."""
    try:
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=0) as reader:
            found = reader.execute("SELECT (SELECT count(*) FROM raw_items) + (SELECT count(*) FROM complaints)")
            return int(found.fetchone()[0])
    except sqlite3.Error:
        return 0
    finally:
        if "reader" in locals():
            reader.close()


def main() -> int:
    """Run a trial and print its comparison."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=50)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        trial = Trial(Path(folder), chosen.seed)
        differences = trial.run(chosen.kills)
        sys.stdout.write("\n".join([trial.report(), *differences, f"{len(differences)} differences"]) + "\n")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
