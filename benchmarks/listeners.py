"""What live updates cost: 200 open event streams against the hub's pages, and the processor's share they take.

    python -m benchmarks.listeners                        SQLite, in a temporary folder
    python -m benchmarks.listeners postgresql://USER@HOST/NAME    an empty database

Every kecamatan's list has listeners; the changes come as on a flood Saturday. The share is of one core, of the process
that serves, over the measured time, with nothing else asked of it.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import random
import socket
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn
from sqlalchemy import Connection, insert, update

from hub.host import Hub
from hub.registry import Registry
from hub.settings import HubSettings, Settings
from hub.store.accounts import add_account
from hub.store.reports import ReportState, save_reports
from hub.store.sessions import open_session
from hub.store.tables import queue_entries, reports
from hub.web.app import make_app
from hub.web.visitors import SESSION_COOKIE
from normalizer.number import make_number

LISTENERS = 200
REPORTS = 20_000
CHANGES = 2.0
"""Reports that change in a second, over all lists."""
SECONDS = 30.0
PAGE_SIZE = 500
TICKS = os.sysconf("SC_CLK_TCK")


def settings(url: str, folder: Path) -> Settings:
    return Settings(hub=HubSettings(database=url, blobs=folder / "blobs"))


def make_hub(url: str, folder: Path) -> Hub:
    return Hub(settings(url, folder), registry=Registry(list, {}))


def serve(url: str, folder: Path, listener: socket.socket) -> None:
    """Be the process that is measured: the pages alone."""

    async def run() -> None:
        hub = make_hub(url, folder)
        await hub.open()
        server = uvicorn.Server(uvicorn.Config(make_app(hub), log_config=None, lifespan="off"))
        try:
            await server.serve([listener])
        finally:
            await hub.close()

    asyncio.run(run())


async def fill(hub: Hub) -> list[tuple[str, str]]:
    """Put reports into all lists; give each listener's list and cookie."""
    units = sorted({area.kecamatan for area in hub.region.areas})
    now = datetime.now(UTC)

    def put(connection: Connection, keys: range) -> None:
        states = []
        for key in keys:
            unit = units[key % len(units)]
            state = ReportState(
                key, make_number(key, hub.region.letters), created_at=now, first_at=now, last_at=now, updated_at=now
            )
            state.queue, state.category, state.urgency = unit, "banjir", "biasa"
            states.append(state)
        save_reports(connection, states)
        placed = [{"report": key, "unit": "", "version": 1, "placed_at": now} for key in keys]
        connection.execute(insert(queue_entries), placed)

    for start in range(1, REPORTS + 1, PAGE_SIZE):
        await hub.store.write(lambda c, start=start: put(c, range(start, start + PAGE_SIZE)))

    def sign_in(connection: Connection) -> list[tuple[str, str]]:
        found = []
        for number in range(LISTENERS):
            unit = units[number % len(units)]
            account = add_account(connection, f"petugas-{number}", "-", role="petugas", area=unit, now=now)
            found.append((unit, open_session(connection, account, now)))
        return found

    return await hub.store.write(sign_in)


class Stream:
    """One listener's connection, and how many messages came."""

    def __init__(self) -> None:
        self.messages = self.opened = 0

    async def listen(self, port: int, unit: str, token: str) -> None:
        """Hold a stream open and count what comes."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)  # the socket waits until it is served
        writer.write(
            f"GET /arus?antrean={unit} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n"
            f"Cookie: {SESSION_COOKIE}={token}\r\n\r\n".encode()
        )
        async for line in reader:
            self.opened += line.startswith(b"HTTP/1.1 200")
            self.messages += line.startswith(b"event: antrean")


async def change(hub: Hub, until: float) -> int:
    """Change reports at a steady pace; give how many."""
    chance, done = random.Random(1), 0
    while time.monotonic() < until:
        key = chance.randrange(1, REPORTS + 1)
        values: dict[str, Any] = {"version": reports.c.version + 1, "updated_at": datetime.now(UTC)}
        statement = update(reports).where(reports.c.id == key).values(**values)
        await hub.store.write(lambda c, statement=statement: c.execute(statement) and None)
        done += 1
        await asyncio.sleep(1 / CHANGES)
    return done


def spent(process: int) -> float:
    """Give the seconds of a core that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


async def measure(url: str, folder: Path) -> str:
    hub = make_hub(url, folder)
    await hub.open()
    seats = await fill(hub)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(512)
        port = listener.getsockname()[1]
        process = multiprocessing.get_context("spawn").Process(target=serve, args=(url, folder, listener), daemon=True)
        process.start()
        streams = [Stream() for _ in seats]
        tasks = [asyncio.create_task(stream.listen(port, *seat)) for stream, seat in zip(streams, seats, strict=True)]
        while not all(stream.opened for stream in streams):  # noqa: ASYNC110 - many small things to wait for, once
            await asyncio.sleep(0.2)  # until the process serves, and everybody listens
        assert process.pid is not None
        begun, before = time.monotonic(), spent(process.pid)
        changes = await change(hub, begun + SECONDS)
        share = (spent(process.pid) - before) / (time.monotonic() - begun)
        heard = sum(stream.opened and not task.done() for stream, task in zip(streams, tasks, strict=True))
        for task in tasks:
            task.cancel()
        process.terminate()
        process.join(10)
    await hub.close()
    told = sum(stream.messages for stream in streams)
    engine = url.partition(":")[0]
    return f"{engine}: {heard} listeners, {changes} changes, {told} messages, {share:.0%} of a core"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("urls", nargs="*")
    urls = parser.parse_args().urls
    with tempfile.TemporaryDirectory() as name:
        for url in urls or [f"sqlite:///{name}/aduan.db"]:
            print(asyncio.run(measure(url, Path(name))))


if __name__ == "__main__":
    main()
