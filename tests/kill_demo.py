"""Kills a serving hub with SIGKILL at random moments of the recorded day, and compares with quiet runs.

    python -m tests.kill_demo --kills 50 --seed 1

Eight channels, CROP and officials who report back are real processes of the town. What must be equal: the complaints;
each stands in exactly one report. The partition may differ as far as two quiet runs differ (B-cubed), since the order
in which channels are pulled is not the same twice. CROP must have seen each key's effect once, in order per report.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import socket
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sandbox.day import LENGTH, TAIL, make_day
from sandbox.town import Town, start_of_day
from tests.cli_fixtures import ADUAN, Desk

STEPS = 10
SOURCES = ("waze", "email", "qlue", "twitter", "lapor", "petajakarta", "facebook", "file")
PATIENCE = 240.0
"""Seconds that a step may take."""
START = datetime.now(UTC)
"""One day for all runs."""


@dataclass(frozen=True)
class Lived:
    """What a day left behind."""

    reports: dict[tuple[str, str], str]
    """The report of each complaint."""
    twice: int
    """Complaints that stand in more than one report."""
    crop: Mapping[str, int]
    kills: int

    def b_cubed(self, other: Lived) -> float:
        """Compare two partitions of the same complaints: 1 where they are equal."""
        mine, theirs = _sizes(self.reports), _sizes(other.reports)
        both = Counter((self.reports[one], other.reports[one]) for one in self.reports)
        share = [both[self.reports[one], other.reports[one]] for one in self.reports]
        precision = sum(n / mine[self.reports[one]] for n, one in zip(share, self.reports, strict=True)) / len(share)
        recall = sum(n / theirs[other.reports[one]] for n, one in zip(share, self.reports, strict=True)) / len(share)
        return 2 * precision * recall / (precision + recall)


def _sizes(reports: Mapping[Any, str]) -> Counter[str]:
    return Counter(reports.values())


class Watcher:
    """Looks into the hub's database without getting in its way."""

    def __init__(self, database: Path) -> None:
        self.database = database

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        reader = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=1)
        try:
            yield reader
        finally:
            reader.close()

    def has_pulled_since(self, instant: str) -> bool:
        """Whether every source was pulled to its end since."""
        try:
            with self._reading() as reader:
                rows = dict(reader.execute("SELECT name, last_ok_at FROM channels").fetchall())
        except sqlite3.Error:
            return False
        return all((rows.get(name) or "") > instant for name in SOURCES)

    def waits(self) -> int:
        """How much is unread or due now."""
        now = datetime.now(UTC).isoformat(timespec="microseconds")
        with self._reading() as reader:
            unread = reader.execute("SELECT count(*) FROM raw_items WHERE state = 'new'").fetchone()[0]
            due = [
                reader.execute(
                    f"SELECT count(*) FROM {what} WHERE state = 'running' OR (state = 'due' AND next_at <= ?)",  # noqa: S608 - constants
                    (now,),
                ).fetchone()[0]
                for what in ("deliveries", "photos")
            ]
        return int(unread + sum(due))


@dataclass
class Day:
    """One hub living through the day."""

    folder: Path
    kills: int
    chance: random.Random
    share: float

    async def live(self) -> Lived:
        """Go through the day, and give what is left of it."""
        self.folder.mkdir()
        town = Town(make_day(start_of_day(START), share=self.share))
        await town.start()
        try:
            port = _free_port()
            (self.folder / "aduan.toml").write_text(town.settings(self.folder, port), encoding="utf-8")
            town.employ(f"http://127.0.0.1:{port}", pace=1)
            await self._go_through(town)
            return await asyncio.to_thread(self._left, town)
        finally:
            await town.stop()

    async def _go_through(self, town: Town) -> None:
        watcher = Watcher(self.folder / "aduan.db")
        for step in range(1, STEPS + 1):
            await town.move_to((LENGTH + TAIL) * step / STEPS)
            await self._disturb(step)
            async with asyncio.timeout(PATIENCE):
                await self._work_off(town, watcher, last=step == STEPS)

    async def _disturb(self, step: int) -> None:
        """Start the hub and kill it, as often as falls to this step."""
        for _ in range(self.kills * step // STEPS - self.kills * (step - 1) // STEPS):
            hub = await self._start()
            await asyncio.sleep(self.chance.uniform(0.3, 6.0))
            os.killpg(hub.pid, signal.SIGKILL)
            await hub.wait()

    async def _work_off(self, town: Town, watcher: Watcher, *, last: bool) -> None:
        hub = await self._start()
        begun = datetime.now(UTC).isoformat(timespec="microseconds")
        try:
            while not watcher.has_pulled_since(begun) or watcher.waits() or (last and self._is_awaited(town)):
                await asyncio.sleep(0.2)
                if last:
                    await town.move_to(town.at)
        finally:
            hub.terminate()
            await hub.wait()

    @staticmethod
    def _is_awaited(town: Town) -> bool:
        officers = town.crop.officers
        return officers is not None and officers.due > 0

    async def _start(self) -> asyncio.subprocess.Process:
        with (self.folder / "hub.log").open("ab") as log:
            return await asyncio.create_subprocess_exec(
                ADUAN, "serve", cwd=self.folder, stdout=log, stderr=log, start_new_session=True
            )

    def _left(self, town: Town) -> Lived:
        members = [
            ((one["channel"], one["id"]), row["number"])
            for row in Desk(self.folder).run("export", "reports", "--full").rows
            if not row["merged_into"]
            for one in row["complaints"]
        ]
        return Lived(dict(members), len(members) - len(dict(members)), dict(town.summary()["crop"]), self.kills)


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


@dataclass(frozen=True)
class Verdict:
    """A disturbed day beside two quiet ones."""

    quiet: tuple[Lived, Lived]
    killed: Lived

    @property
    def same_complaints(self) -> bool:
        return self.killed.reports.keys() == self.quiet[0].reports.keys() == self.quiet[1].reports.keys()

    @property
    def between_quiet(self) -> float:
        return self.quiet[0].b_cubed(self.quiet[1])

    @property
    def to_quiet(self) -> list[float]:
        """To either of them, the nearer first."""
        return sorted((self.killed.b_cubed(one) for one in self.quiet), reverse=True)

    def report(self) -> str:
        """Say it in words."""
        crop = self.killed.crop
        sizes = " and ".join(f"{len(one.reports)} in {len(set(one.reports.values()))}" for one in self.quiet)
        return (
            f"quiet days: {sizes} reports; killed {self.killed.kills} times: "
            f"{len(self.killed.reports)} in {len(set(self.killed.reports.values()))} reports, "
            f"{self.killed.twice} in two\n"
            f"B-cubed between the quiet days {self.between_quiet:.4f}, "
            f"killed to quiet {self.to_quiet[0]:.4f} and {self.to_quiet[1]:.4f}\n"
            f"CROP: {crop['effects']} effects, {crop['repeats']} repeats without, {crop['changed_repeats']} changed, "
            f"{crop['order_violations']} out of order, {crop['bad_signatures']} bad signatures"
        )


async def judge(folder: Path, kills: int, seed: int, share: float = 1.0) -> Verdict:
    """Live through two quiet days and a disturbed one."""
    chance = random.Random(seed)  # noqa: S311 - moments need no secrecy
    days = [Day(folder / name, count, chance, share) for name, count in (("a", 0), ("b", 0), ("k", kills))]
    first, second, killed = [await day.live() for day in days]
    return Verdict((first, second), killed)


def main() -> int:
    """Judge and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=50)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--share", type=float, default=1.0)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        verdict = asyncio.run(judge(Path(folder), chosen.kills, chosen.seed, chosen.share))
        sys.stdout.write(verdict.report() + "\n")
        if not verdict.same_complaints:
            for one in verdict.quiet:
                sys.stdout.write(f"missing or new: {sorted(one.reports.keys() ^ verdict.killed.reports.keys())[:20]}\n")
    return 0 if verdict.same_complaints else 1


if __name__ == "__main__":
    sys.exit(main())
