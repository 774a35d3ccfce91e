"""`aduan sandbox`: the stand-ins alone, for a hub of one's own."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

from hub.commands.screen import say
from sandbox.day import LENGTH, TAIL, make_day
from sandbox.town import Town


async def run_town(folder: Path, port: int, speed: float, output: Path | None = None, pace: float = 20) -> None:
    """Replay the day until cancelled; the settings that point a hub on `port` at it go to stdout or a file.

    The file appears whole, once every door is open.
    """
    town = Town(make_day(datetime.now(UTC) - (LENGTH + TAIL) * (1 - 1 / speed)))
    await town.start()
    try:
        _hand_over(town.settings(folder, port), output)
        town.employ(f"http://127.0.0.1:{port}", pace)
        say(f"The town is open at {town.http}; /summary counts what it has seen. Ctrl-C ends it.")
        await town.replay(speed)
    except asyncio.CancelledError:
        say(f"The town has closed: {town.summary()}")
    finally:
        await town.stop()


def _hand_over(settings: str, output: Path | None) -> None:
    if output is None:
        sys.stdout.write(settings)
        sys.stdout.flush()
        return
    draft = output.with_suffix(".new")
    draft.write_text(settings, encoding="utf-8")
    draft.replace(output)
