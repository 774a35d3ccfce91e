"""Who works at a counter, and into which channel their words go."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import segno
from starlette.exceptions import HTTPException
from starlette.requests import Request

from hub.clocks.keeper import keeper_of
from hub.pipeline.lookup import Lookup
from hub.pipeline.supervisor import RunningChannel
from hub.plugin import Reception, Source
from hub.store.accounts import Account
from hub.web.pages import hub_of, words_for
from hub.web.visitors import visitor_of
from normalizer.region import Region

ROLES = frozenset({"petugas", "camat", "lurah", "admin"})
"""Who sits at a desk; operators keep the hub running, the integrity unit sees sealed reports only."""
PROMISE_DAYS = 3
"""Working days until a walk-in is answered."""


def clerk_of(request: Request) -> Account:
    """Give the account that works here. 403 for the other roles."""
    account = visitor_of(request).staff
    if account.role not in ROLES:
        raise HTTPException(403)
    return account


def office_of(request: Request) -> str:
    """Name the office of this desk; an account without an area works for the whole region."""
    area = clerk_of(request).area
    return words_for(request).office(area) if area else hub_of(request).region.title


def counter_of(request: Request) -> RunningChannel:
    """Give the channel that what is written down goes to. 404 where the settings have none."""
    for channel in hub_of(request).channels.values():
        if isinstance(channel.instance, Source) and channel.instance.counter:
            return channel
    raise HTTPException(404)


def reception_of(request: Request) -> Reception:
    """Give the door of that channel."""
    return counter_of(request).instance.context.reception


def lookup_of(request: Request) -> Lookup:
    """Give what looks things up."""
    hub = hub_of(request)
    return Lookup(hub.store, hub.understander, tuple(hub.channels))


def receipt_parts(request: Request, number: str) -> dict[str, Any]:
    """Give a number with its tracking link, and the link as rows of a QR code: `0` light, `1` dark."""
    link = reception_of(request).tracking_link(number)
    code = segno.make(link, micro=False, error="m")
    return {"number": number, "link": link, "qr": ["".join(str(cell) for cell in row) for row in code.matrix]}


def drawn(link: str) -> str:
    """Draw a link as a QR code: an SVG element for a page."""
    picture = BytesIO()
    segno.make(link, micro=False, error="m").save(
        picture, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=2, nl=False
    )
    return picture.getvalue().decode()


def promises(now: datetime, region: Region, days: int = 60) -> dict[str, str]:
    """Give for each day around now the day by which a citizen who came then is answered, both as ISO dates."""
    today, calendar = now.astimezone(ZoneInfo(region.zone)).date(), keeper_of(region).calendar
    around = (today + timedelta(days=step) for step in range(-days, days + 1))
    return {day.isoformat(): calendar.working_day_after(day, PROMISE_DAYS).isoformat() for day in around}
