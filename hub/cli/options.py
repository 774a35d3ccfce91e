"""What several commands share: the settings' file, an opened hub or store, and complaints about a wrong choice."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

T = TypeVar("T")
FAILED, USAGE = 1, 2

Config = Annotated[
    Path | None,
    typer.Option("-c", "--config", metavar="FILE", help="Settings. Default: $ADUAN_CONFIG, else ./aduan.toml."),
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as one JSON document.")]


def settings_of(config: Path | None) -> Any:
    """Read the settings. Raises SettingsError."""
    from hub.settings import load_settings

    named = config or (Path(os.environ["ADUAN_CONFIG"]) if os.environ.get("ADUAN_CONFIG") else None)
    return load_settings(named or Path("aduan.toml"))


def hub_settings(config: Path | None) -> Any:
    """Read what concerns the hub itself; the defaults where no settings were named and none lie here."""
    from hub.settings import HubSettings

    if config is None and not os.environ.get("ADUAN_CONFIG") and not Path("aduan.toml").exists():
        return HubSettings()
    return settings_of(config).hub


async def with_hub(config: Path | None, work: Callable[[Any], Awaitable[T]], processes: int = 0) -> T:
    """Open a hub, work with it, and let it go."""
    from hub.host import Hub

    hub = Hub(settings_of(config), processes=processes)
    try:
        await hub.open()
        return await work(hub)
    finally:
        await hub.close()


async def with_store(config: Path | None, work: Callable[[Any], Awaitable[T]]) -> T:
    """Open the store alone, work with it, and let it go."""
    from hub.settings import async_url
    from hub.store.store import Store

    settings = settings_of(config)
    store = Store(async_url(settings.hub.database), settings.hub.blobs)
    await store.open()
    try:
        return await work(store)
    finally:
        await store.close()


def choose(what: str, value: str, choices: Any) -> None:
    """Refuse a value that is none of the choices."""
    if value not in choices:
        known = f"choose from {', '.join(choices)}" if choices else "the settings have none"
        raise typer.BadParameter(f"{value!r}; {known}", param_hint=what)
