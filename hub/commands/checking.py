"""`aduan check` and `aduan channels`: are the settings right, and does each channel answer."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from hub.clock import system_clock
from hub.clocks.keeper import keeper_of
from hub.host import Hub
from hub.plugin import BadOptions, NoPull, Source
from hub.regions import RegionError, load_region
from hub.registry import Registry
from hub.settings import ChannelSettings, Settings, literal_secrets
from hub.store.intake import ask_reload, save_channel
from hub.store.store import Store
from hub.store.tables import channels


def check(settings: Settings) -> tuple[list[str], list[str]]:
    """Give what is wrong with the settings, and what is only unwise."""
    registry = Registry()
    registry.load(settings.hub.plugins or None)
    wrong = [*_region(settings), *registry.check(settings)]
    wrong += [f"plugin {one.plugin}: {one.reason}" for one in registry.quarantined]
    return wrong, literal_secrets(settings, registry.options)


def _region(settings: Settings) -> list[str]:
    try:
        load_region(settings.hub.region)
    except RegionError as problem:
        return [f"{settings.origin.where(('hub', 'region'))}: {problem}"]
    return []


def estimates(settings: Settings) -> list[str]:
    """Say where deadlines rest on holidays that nobody has decreed, or that this program does not know yet."""
    try:
        keeper = keeper_of(load_region(settings.hub.region))
    except RegionError:
        return []
    year = system_clock().astimezone(keeper.zone).year
    guessed = [str(one) for one in (year, year + 1) if keeper.calendar.is_guessed(one)]
    advice = "holidays are estimates: write the days of the decree (SKB) into holidays.csv of the region pack"
    return [f"{' and '.join(guessed)}: {advice}"] if guessed else []


async def where_they_stand(store: Store, settings: Settings) -> list[dict[str, Any]]:
    """Give each configured channel with its stored state, or why it cannot be built."""
    registry = Registry()
    registry.load(settings.hub.plugins or None)
    rows = await store.read(lambda c: {row.name: row for row in c.execute(select(channels))})
    return [_standing(registry, channel, rows.get(channel.name)) for channel in settings.channels]


def _standing(registry: Registry, channel: ChannelSettings, row: Any) -> dict[str, Any]:
    state, reason = (row.state, row.state_reason) if row is not None else ("new", "")
    if not channel.enabled:
        state = "disabled"
    elif row is not None and row.paused:
        state = "paused"
    elif fault := _fault(registry, channel):
        state, reason = "wrong", fault
    last = row.last_item_at.isoformat() if row is not None and row.last_item_at else None
    return {"name": channel.name, "kind": channel.kind, "state": state, "reason": reason, "last_item_at": last}


def _fault(registry: Registry, channel: ChannelSettings) -> str:
    try:
        registry.check_options(channel)
    except BadOptions as problem:
        return str(problem)
    return ""


async def pause(store: Store, name: str, *, paused: bool) -> None:
    """Let a channel rest, or go on: a running hub heeds it at its next pull."""
    await store.write(lambda connection: save_channel(connection, name, {"paused": paused}))


async def reload(store: Store, name: str) -> None:
    """Let a running hub read a channel's settings again."""
    await store.write(lambda connection: ask_reload(connection, name))


async def try_channel(hub: Hub, name: str) -> str:
    """Pull one page without storing it; say what came. Raises the contract's errors, KeyError."""
    source = hub.channels[name].source
    if source is None or type(source).pull is Source.pull:
        return "takes pushes only: nothing to pull"
    source.waits = False
    try:
        async for page in source.pull(None):
            readings = [type(reading).__name__ for item in page.items for reading in source.read(item)]
            kinds = {kind: readings.count(kind) for kind in sorted(set(readings))}
            return f"answers: {len(page.items)} items in the first page {kinds or ''}".strip()
    except NoPull:
        return "takes pushes only: nothing to pull"
    return "answers: nothing new"
