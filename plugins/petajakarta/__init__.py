"""PetaJakarta, today PetaBencana: flood reports of a public map. One way only."""

from __future__ import annotations

from collections.abc import Callable

from hub.plugin import Channel, hookimpl
from plugins.petajakarta.channel import PetaJakarta


@hookimpl
def register_channels(register: Callable[[type[Channel]], None]) -> None:
    """Add the kind `petajakarta`."""
    register(PetaJakarta)
