"""The counter: what staff write down for a citizen at a desk, faster than paper, also without a network."""

from __future__ import annotations

from hub.web.access import Routes
from hub.web.counter import desk, sheets, standing, sync

PARTS = (desk, sync, standing, sheets)


def add_routes(routes: Routes) -> None:
    """Add the pages of the counter and what they talk to."""
    for part in PARTS:
        part.add_routes(routes)
