"""The few hooks of the contract, all synchronous: they register objects, the objects do the async work.

Part of the contract: import `hookimpl` from `hub.plugin`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

import pluggy

from normalizer.complaint import Complaint, Understanding
from normalizer.report import Report, UnitShare

if TYPE_CHECKING:
    from hub.plugin import Channel

hookspec = pluggy.HookspecMarker("aduan")
hookimpl = pluggy.HookimplMarker("aduan")

Access = Literal["public", "staff", "admin", "signed"]


@dataclass(frozen=True, slots=True)
class Route:
    """Units for a report, as a plugin would have them."""

    units: tuple[UnitShare, ...]
    queue: str
    rule: str
    """Name of the rule, for the report's history."""


@dataclass(frozen=True, slots=True)
class Change:
    """A report has changed: ids and codes, no words."""

    report: str
    version: int
    cause: str
    at: datetime


class Hooks:
    """The few hooks, all synchronous: they register objects, the objects do the work."""

    @staticmethod
    @hookspec
    def register_channels(register: Callable[[type[Channel]], None]) -> None:
        """Call `register(Class)` for each kind of channel."""

    @staticmethod
    @hookspec
    def refine_complaint(complaint: Complaint, understanding: Understanding) -> Understanding | None:
        """Improve what the normalizer understood. Called one by one in the configured order; None leaves it."""

    @staticmethod
    @hookspec
    def route_report(report: Report) -> Route | None:
        """Name the units of a report before the region's rules do; None leaves it to them."""

    @staticmethod
    @hookspec
    def report_changed(event: Change) -> None:
        """Learn of a change after it was stored (from the outbox, never inline)."""

    @staticmethod
    @hookspec
    def register_routes(add: Callable[..., None]) -> None:
        """Call `add(path, endpoint, access=…)`: public, staff, admin or signed. Without access there is no route.

        `methods` are its HTTP methods, `max_body` the bytes that may be sent to it. The endpoint is Starlette's, and
        finds in `request.state`: `visitor` (who asks), `page(title, body_html)` and `render(folder, template, **names)`
        (an answer in the hub's layout; the template extends `base.html`), `csrf()` (the hidden field that every form
        needs), and `channels(kind)` (the running channels of a kind).
        """

    @staticmethod
    @hookspec
    def register_commands(cli: Any) -> None:
        """Add commands to the `aduan` command line (a Typer app)."""
