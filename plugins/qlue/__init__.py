"""Qlue: a city app's reports with photo and place, its officials' follow-ups, and answers to both."""

from __future__ import annotations

from collections.abc import Callable

from hub.plugin import Channel, hookimpl
from plugins.qlue.channel import Qlue


@hookimpl
def register_channels(register: Callable[[type[Channel]], None]) -> None:
    """Add the kind `qlue`."""
    register(Qlue)
