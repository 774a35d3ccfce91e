"""Balai Warga: the city's own form. Complaints come in by a page of the hub, answers stand on the tracking page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hub.plugin import Channel, hookimpl
from hub.uploads import FORM_BYTES
from plugins.balaiwarga import pages
from plugins.balaiwarga.channel import BalaiWarga

__all__ = ["BalaiWarga", "register_channels", "register_routes"]


@hookimpl
def register_channels(register: Callable[[type[Channel]], None]) -> None:
    """Offer the kind `balaiwarga`."""
    register(BalaiWarga)


@hookimpl
def register_routes(add: Callable[..., Any]) -> None:
    """Add the form, its receipt and its script."""
    add("/lapor", pages.show_form, access="public")
    add("/lapor", pages.submit, access="public", methods=["POST"], max_body=FORM_BYTES)
    add("/lapor/tanda-terima", pages.show_receipt, access="public")
    add("/lapor/lapor.js", pages.give_script, access="public")
