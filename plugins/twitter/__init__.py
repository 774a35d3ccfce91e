"""X (Twitter): mentions of the city's account and searches come in, replies go out under the citizen's own post."""

from __future__ import annotations

from collections.abc import Callable

from hub.plugin import Channel, hookimpl
from plugins.twitter.channel import Twitter


@hookimpl
def register_channels(register: Callable[[type[Channel]], None]) -> None:
    """Add the kind `twitter`."""
    register(Twitter)
