"""Waze for Cities: drivers' reports of floods, potholes, accidents, from the city's partner feeds."""

from __future__ import annotations

from collections.abc import Callable

from hub.plugin import Channel, hookimpl
from plugins.waze.source import Waze


@hookimpl
def register_channels(register: Callable[[type[Channel]], None]) -> None:
    """Add the kind `waze`."""
    register(Waze)
