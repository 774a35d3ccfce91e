"""A drop folder: complaints in files that somebody puts there, tables of spreadsheets and dumps of history."""

from __future__ import annotations

from collections.abc import Callable

from hub.plugin import Channel, hookimpl
from plugins.file.channel import File


@hookimpl
def register_channels(register: Callable[[type[Channel]], None]) -> None:
    """Add the kind `file`."""
    register(File)
