"""How the channels are, and the few things that an operator does about it."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.plugin import Channel, Meter
from hub.store.audit import write_audit
from hub.store.deliveries import retry_dead
from hub.store.intake import retry_quarantined, save_channel
from hub.store.views_channels import Health, channel_health
from hub.web.access import Routes
from hub.web.pages import hub_of, page
from hub.web.visitors import visitor_of

_log = structlog.get_logger()


def add_routes(routes: Routes) -> None:
    """Add the page of the channels and what can be done there."""
    routes.add("/kanal", show_channels, access="staff")
    routes.add("/kanal/{name}/{deed}", act, access="admin", methods=["POST"])


async def show_channels(request: Request) -> Response:
    """Show every channel: configured ones first, then those that only the store knows."""
    hub = hub_of(request)
    health = await hub.store.read(channel_health)
    others = sorted(set(health) - set(hub.channels))
    return page(
        request,
        "channels.html",
        channels=hub.channels,
        health={name: health.get(name, Health()) for name in (*hub.channels, *others)},
        others=others,
        quarantined=hub.registry.quarantined,
        failures=list(hub.registry.failures.values()),
        faults=hub.faults,
        problems=hub.ready(),
        meters={name: _meters(channel.instance) for name, channel in hub.channels.items()},
    )


def _meters(channel: Channel) -> list[Meter]:
    """Read a channel's figures; one that cannot tell them spoils no page."""
    try:
        return list(channel.meters())
    except Exception as error:  # noqa: BLE001 - a plugin's fault is its own
        _log.warning("meters failed", channel=channel.context.channel, kind=type(error).__name__)
        return []


async def act(request: Request) -> Response:
    """Pause, resume, or try again what failed. Written down with who did it."""
    name, deed = request.path_params["name"], request.path_params["deed"]
    hub, actor = hub_of(request), visitor_of(request).staff.name
    work = DEEDS.get(deed)
    if work is None or name not in {*hub.channels, *await hub.store.read(channel_health)}:
        raise HTTPException(404)
    now = hub.store.now()

    def do(connection: Connection) -> None:
        write_audit(connection, now, actor, f"channel-{deed}", name)
        work(connection, name, now)

    await hub.store.write(do)
    _wake(request, name)
    return RedirectResponse("/kanal", 303)


def _pause(connection: Connection, name: str, _now: datetime) -> None:
    save_channel(connection, name, {"paused": True})


def _resume(connection: Connection, name: str, _now: datetime) -> None:
    save_channel(connection, name, {"paused": False})


def _read_again(connection: Connection, name: str, _now: datetime) -> None:
    retry_quarantined(connection, name)


def _send_again(connection: Connection, name: str, now: datetime) -> None:
    retry_dead(connection, now, channel=name)


DEEDS = {"jeda": _pause, "lanjut": _resume, "baca-ulang": _read_again, "kirim-ulang": _send_again}


def _wake(request: Request, name: str) -> None:
    running = hub_of(request).channels.get(name)
    if running is not None:
        running.wake.set()
        running.ring()
    hub_of(request).ring_dispatchers()
