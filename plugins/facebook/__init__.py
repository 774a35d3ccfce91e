"""A city's Facebook page: comments and visitors' posts, Messenger, and answers to both."""

from __future__ import annotations

from collections.abc import Callable

from hub.plugin import Channel, hookimpl
from plugins.facebook.channel import Facebook


@hookimpl
def register_channels(register: Callable[[type[Channel]], None]) -> None:
    """Add the kind `facebook`."""
    register(Facebook)
