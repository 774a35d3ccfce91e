"""`aduan demo` in a browser: the hub serves its pages while the recorded day goes by."""

from __future__ import annotations

import asyncio
import secrets
import socket
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from starlette.applications import Starlette

from hub.commands.demo import import_rows, town_and_hub
from hub.commands.demo_hands import Hands
from hub.commands.screen import say
from hub.commands.serving import Lifespan, make_server
from hub.commands.users import add
from hub.host import Hub
from sandbox.day import LENGTH, TAIL, Day, make_day
from sandbox.town import Town

SPEED = 60.0
"""The morning takes seven minutes."""
PACE = 40.0
"""Seconds that officials take for a step."""
FIRST_PORT = 8000
PORTS = 100


async def play_on(port: int | None = None) -> None:
    """Serve until a signal says stop, then leave nothing behind."""
    stack = AsyncExitStack()
    try:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="aduan-demo-")))
        day = make_day(datetime.now(UTC) - (LENGTH + TAIL) * (1 - 1 / SPEED))
        town, hub = await stack.enter_async_context(town_and_hub(folder, day, port or free_port()))
        await import_rows(hub, folder, day)
        logins = await add_staff(hub, day)
        await hub.start()
        _begin(stack, town, hub)
    except BaseException:
        await stack.aclose()
        raise
    _tell(hub, logins)
    await make_server(hub, _closing(stack)).serve()


def _begin(stack: AsyncExitStack, town: Town, hub: Hub) -> None:
    """Let officials and the day begin."""
    town.open_doors(Hands(hub).take)
    town.employ(hub.settings.web.public_url, PACE)
    replay = asyncio.create_task(town.replay(SPEED))

    async def end() -> None:
        replay.cancel()
        with suppress(asyncio.CancelledError):
            await replay

    stack.push_async_callback(end)


def _closing(stack: AsyncExitStack) -> Lifespan:
    """Close everything as the server stops: it raises its signal again at the end."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with stack:
            yield

    return lifespan


async def add_staff(hub: Hub, day: Day) -> dict[str, str]:
    """Make an account of each role with a new password, the clerk's in the kecamatan with most to do."""
    areas = Counter(truth.kelurahan[:8] for truth in day.truth.values() if truth.kelurahan)
    busiest = areas.most_common(1)[0][0]
    logins = {name: secrets.token_urlsafe(9) for name in ("petugas", "operator", "integritas", "admin")}
    for name, password in logins.items():
        area = busiest if name == "petugas" else ""
        await add(hub.store, hub.region, name, role=name, area=area, password=password)
    return logins


def _tell(hub: Hub, logins: dict[str, str]) -> None:
    say(f"Aduan Hub is at {hub.settings.web.public_url} — sign in as one of")
    for name, password in logins.items():
        say(f"  {name:<12}{password}")
    say(f"The morning goes by in {(LENGTH + TAIL).total_seconds() / SPEED / 60:.0f} minutes. Ctrl-C ends it.")


def free_port() -> int:
    """Find a port from 8000 up that nobody listens on. Raises OSError where all of the next hundred are taken."""
    for port in range(FIRST_PORT, FIRST_PORT + PORTS):
        with socket.socket() as attempt, suppress(OSError):
            attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            attempt.bind(("127.0.0.1", port))
            return port
    raise OSError(f"no port from {FIRST_PORT} to {FIRST_PORT + PORTS - 1} is free")
