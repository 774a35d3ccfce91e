"""Blank paper forms for days without power: each with a number from the reserve and a slip to tear off."""

from __future__ import annotations

import asyncio

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from hub.web.access import Routes
from hub.web.counter.clerk import PROMISE_DAYS, clerk_of, counter_of, drawn, office_of, reception_of
from hub.web.pages import page

MOST = 50


def add_routes(routes: Routes) -> None:
    """Add the forms."""
    routes.add("/loket/formulir", choose_sheets, access="staff")
    routes.add("/loket/formulir", print_sheets, access="staff", methods=["POST"])


async def choose_sheets(request: Request) -> Response:
    """Ask how many."""
    clerk_of(request)
    counter_of(request)
    return page(request, "counter_sheets.html", count=_count(request.query_params.get("jumlah", "")), most=MOST)


async def print_sheets(request: Request) -> Response:
    """Set so many numbers aside and show their forms, a page of paper each."""
    account, form = clerk_of(request), await request.form()
    reception = reception_of(request)
    numbers = await reception.reserve(_count(str(form.get("jumlah", ""))), holder=f"{account.name} kertas")
    links = [reception.tracking_link(number) for number in numbers]
    codes = await asyncio.to_thread(lambda: [Markup(drawn(link)) for link in links])  # noqa: S704 - our own drawing
    sheets = list(zip(numbers, links, codes, strict=True))
    office = office_of(request)
    return page(request, "counter_paper.html", sheets=sheets, office=office, promise_days=PROMISE_DAYS)


def _count(asked: str) -> int:
    return min(max(int(asked), 1), MOST) if asked.isdecimal() and len(asked) < 6 else 10
