"""LAPOR! 1708 (SP4N): its reports by API or by export, statuses typed in by staff, and the way back into it."""

from __future__ import annotations

from collections.abc import Callable

from hub.plugin import Channel, hookimpl
from plugins.lapor.channel import Lapor
from plugins.lapor.page import FORM, PATH, show, take


@hookimpl
def register_channels(register: Callable[[type[Channel]], None]) -> None:
    """Add the kind `lapor`."""
    register(Lapor)


@hookimpl
def register_routes(add: Callable[..., None]) -> None:
    """Add the page on which staff type in what a tracking id has come to, and where its form goes."""
    add(PATH, show, access="staff")
    add(FORM, take, access="staff", methods=("POST",))
