"""`aduan demo`: a town of stand-ins and a hub in one process; the recorded day at once, or to look at in a browser."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from hub.commands.demo_checks import (
    check_answers,
    check_flows,
    check_places,
    count_replies,
    finished_complaints,
    is_good,
    report_rows,
)
from hub.commands.demo_hands import Hands
from hub.commands.importing import Import
from hub.commands.screen import to_people
from hub.commands.summary import summarize
from hub.host import Hub
from hub.pipeline.supervisor import RunningChannel
from hub.plugin import NoPull, Request
from hub.settings import load_settings
from sandbox.day import LENGTH, TAIL, Day, make_day
from sandbox.town import Town, start_of_day

ROUNDS = 21
"""Looks at every source while the day goes by: one in twenty minutes."""
PACE = 2.0
"""Seconds that officials take for a step in a hurry."""
ONCE = 0.5
"""Share of the morning's incidents that are told at once: it must end within two minutes on two cores."""
WAIT = 1.0


class ToHub(httpx2.AsyncBaseTransport):
    """Hands a request to a hub in the same process, as its web application would."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Give the hub's answer."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        pushed = Request(request.method, headers, dict(request.url.params), await request.aread())
        received = await self._hub.receive(request.url.path.rpartition("/")[2], pushed)
        return httpx2.Response(received.status, content=received.body)


@asynccontextmanager
async def town_and_hub(folder: Path, day: Day, port: int = 8000) -> AsyncIterator[tuple[Town, Hub]]:
    """Start a town, and open a hub in this folder that is pointed at it; nothing of the hub runs yet."""
    town = Town(day)
    await town.start()
    try:
        file = folder / "aduan.toml"
        file.write_text(town.settings(folder, port), encoding="utf-8")
        hub = Hub(load_settings(file))
        try:
            await hub.open()
            yield town, hub
        finally:
            await hub.close()
    finally:
        await town.stop()


async def play_once(folder: Path, *, share: float = ONCE, pace: float = PACE) -> tuple[dict[str, Any], bool]:
    """Replay the whole day as fast as it goes; give the summary with its checks, and whether all is well."""
    day = make_day(start_of_day(datetime.now(UTC)), share=share)
    async with town_and_hub(folder, day) as (town, hub):
        hub.store.claim("aduan demo")
        await import_rows(hub, folder, day)
        town.open_doors(Hands(hub).take)
        town.employ(hub.settings.web.public_url, pace, ToHub(hub))
        await _live_through(town, hub)
        return await _result(town, hub)


async def import_rows(hub: Hub, folder: Path, day: Day) -> None:
    """Take in what was written down at the desk."""
    file = folder / "loket.jsonl"
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in day.rows), encoding="utf-8")
    await Import(hub, file).run()
    hub.processor.after = hub.ring_dispatchers


async def _live_through(town: Town, hub: Hub) -> None:
    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn()
    with Progress(*columns, console=to_people(), transient=True) as progress:
        bar = progress.add_task("the day", total=ROUNDS)
        for number in range(1, ROUNDS + 1):
            await town.move_to((LENGTH + TAIL) * number / ROUNDS)
            await work(hub)
            progress.advance(bar)
        progress.update(bar, description="what is left")
        await _finish(town, hub)


async def _finish(town: Town, hub: Hub) -> None:
    """Work until nothing came of it and nothing is still to come."""
    while True:
        before = _items(hub)
        await town.move_to(town.at)
        await work(hub)
        officers = town.crop.officers
        if _items(hub) == before and not (officers and officers.due):
            return
        await asyncio.sleep(WAIT)


def _items(hub: Hub) -> int:
    return sum(channel.tally["items"] for channel in hub.channels.values())


async def work(hub: Hub) -> None:
    """Pull every source once, process, deliver what is due."""
    await asyncio.gather(*(_pull(channel) for channel in hub.channels.values()))
    await hub.settle()


async def _pull(channel: RunningChannel) -> None:
    if channel.source is not None:
        channel.source.waits = False
        with suppress(NoPull):
            await channel.pull()


async def _result(town: Town, hub: Hub) -> tuple[dict[str, Any], bool]:
    repeats = {name: channel.tally["repeats"] for name, channel in hub.channels.items() if channel.source}
    summary = await hub.store.read(lambda connection: summarize(connection, 0, repeats))
    rows, gone_out = await hub.store.read(report_rows), await hub.store.read(count_replies)
    finished = await hub.store.read(finished_complaints)
    counted = town.summary()
    checks = check_places(rows, town.crop.reports, hub.region.integrity_unit)
    checks |= check_flows(summary["channels"], gone_out, counted) | check_answers(finished)
    return {**summary, "checks": checks, "town": counted}, is_good(checks)
