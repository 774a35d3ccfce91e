"""The board: is anybody answered, how soon, and by whom."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub.store.views_board import Board, Figures, duty_counts, read_board
from hub.web.access import Routes
from hub.web.pages import hub_of, page
from hub.web.visitors import visitor_of

SPANS = {"7": timedelta(days=7), "30": timedelta(days=30), "90": timedelta(days=90)}
AIM = 0.8
"""The share that Qlue published for Jakarta."""


def add_routes(routes: Routes) -> None:
    """Add the board, as a page and as JSON."""
    routes.add("/papan", show_board, access="staff")
    routes.add("/papan.json", give_board, access="staff")


async def show_board(request: Request) -> Response:
    """Show the figures of the days asked for."""
    days, board, duty, month = await _read(request)
    return page(request, "board.html", days=days, spans=list(SPANS), board=board, duty=duty, month=month, aim=AIM)


async def give_board(request: Request) -> Response:
    """Give the same figures to a spreadsheet: waits in hours."""
    days, board, _, _ = await _read(request)
    groups = {name: {code: _plain(figures) for code, figures in found.items()} for name, found in board.groups.items()}
    return JSONResponse({"days": int(days), "total": _plain(board.total), **groups})


async def _read(request: Request) -> tuple[str, Board, list[tuple[str, str, str, int]], datetime]:
    hub, sight = hub_of(request), visitor_of(request).sight
    days = request.query_params.get("hari", "30")
    days = days if days in SPANS else "30"
    now = hub.store.now()
    month = now.astimezone(ZoneInfo(hub.region.zone)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)

    def read(connection: Connection) -> tuple[Board, list[tuple[str, str, str, int]]]:
        return read_board(connection, sight, now - SPANS[days]), duty_counts(connection, sight, month, now)

    board, duty = await hub.store.read(read)
    return days, board, duty, month


def _plain(figures: Figures) -> dict[str, Any]:
    return {
        "complaints": figures.complaints,
        "followed_up": figures.followed_up,
        "share": figures.share,
        "koordinasi": figures.coordinating,
        "ditolak": figures.refused,
        "berakhir": figures.ended,
        "first_answer_hours": _hours(figures.first_answer),
        "done_hours": _hours(figures.done),
    }


def _hours(wait: timedelta | None) -> float | None:
    return None if wait is None else round(wait.total_seconds() / 3600, 2)
