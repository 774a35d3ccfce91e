"""`aduan papan freeze`: keep the figures of a period as they are."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from hub.commands.screen import Misuse, say
from hub.pipeline.freezing import Freezer
from hub.spans import read_period
from hub.store.store import Store
from normalizer.region import Region


async def freeze_period(store: Store, region: Region, name: str) -> None:
    """Freeze a month or a quarter that is over. Raises Misuse."""
    try:
        span = read_period(name)
    except ValueError:
        raise Misuse(f"{name!r} is neither a month like 2026-10 nor a quarter like 2026-T4") from None
    zone = ZoneInfo(region.zone)
    if span.last >= store.now().astimezone(zone).date():
        raise Misuse(f"{name} is not over: it can be frozen from the day after {span.last}")
    fresh = await Freezer(store, zone).freeze(span, "console")
    say(f"{name}: {'frozen' if fresh else 'was frozen before, nothing was changed'}.")
