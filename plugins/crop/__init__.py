"""The officials' app CROP: hands it reports as signed events and takes its follow-ups."""

from __future__ import annotations

from collections.abc import Callable

from hub.plugin import Channel, hookimpl
from plugins.crop.channel import Crop

__all__ = ["Crop", "register_channels"]


@hookimpl
def register_channels(register: Callable[[type[Channel]], None]) -> None:
    """Offer the kind `crop`."""
    register(Crop)
