"""The board: what came in, what became of it, how soon, and where it comes from."""

from __future__ import annotations

from typing import Any, get_args

from babel.dates import format_date
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub.spans import Span
from hub.store.views_board import Board, Figures, read_board
from hub.store.views_figures import Grouping
from hub.web import board_csv, board_list, ranking
from hub.web.access import Routes
from hub.web.board_figures import Figured, area_grouping, area_word, hours, plain_tally, read_all
from hub.web.board_frame import read_frame
from hub.web.board_span import choices, spell_span
from hub.web.charts import OUTCOMES, stack
from hub.web.language import language_of
from hub.web.outline_map import draw
from hub.web.pages import hub_of, page


def add_routes(routes: Routes) -> None:
    """Add the board as a page, as JSON and as files, and the lists behind its figures."""
    board_csv.add_routes(routes)
    board_list.add_routes(routes)
    ranking.add_routes(routes)
    routes.add("/papan", show_board, access="staff")
    routes.add("/papan.json", give_board, access="staff")


async def show_board(request: Request) -> Response:
    """Show the figures of the days and the area asked for."""
    frame = read_frame(request)
    found = await hub_of(request).store.read(lambda connection: read_all(connection, frame))
    today = hub_of(request).store.now().astimezone(frame.zone).date()
    return page(
        request,
        "board_sealed.html" if frame.sight.sealed else "board.html",
        frame=frame,
        spelled=spell_span(frame.span, language_of(request)),
        found=found,
        choices=choices(today),
        chart=stack(found.days, frame.span.first, min(frame.span.last, max(today, frame.span.first))),
        outcomes=OUTCOMES,
        map=draw(frame.region, frame.area, found.spots),
        complaints_too=request.query_params.get("aduan") == "1",
        by_area=area_grouping(frame),
        area_word=area_word(frame),
        days=lambda first, last: spell_span(Span(first, last), language_of(request)),
        short_day=lambda day: format_date(day, "d MMM", locale=language_of(request).locale),
    )


# ------------------------------------------------------------------------------------------------------ for programs


async def give_board(request: Request) -> Response:
    """Give the figures to a spreadsheet, waits in hours: complaint by complaint, and under `reports` by report."""
    frame = read_frame(request)

    def read(connection: Connection) -> tuple[Board, Figured]:
        board = read_board(connection, frame.sight, frame.cut.since, frame.cut.until)
        return board, read_all(connection, frame)

    board, found = await hub_of(request).store.read(read)
    groups = {name: {code: _plain(figures) for code, figures in rows.items()} for name, rows in board.groups.items()}
    span = {"days": frame.span.days, **frame.span.query()}
    return JSONResponse(span | {"total": _plain(board.total), **groups, "reports": _by_report(found)})


def _by_report(found: Figured) -> dict[str, Any]:
    wanted = get_args(Grouping)
    return {
        "total": plain_tally(found.total),
        **{
            name: {code: plain_tally(tally) for code, tally in found.groups[name].items()}
            for name in wanted
            if name in found.groups
        },
        "apart": dict(found.apart),
        "reasons": dict(found.reasons),
        "days": {day.isoformat(): dict(statuses) for day, statuses in sorted(found.days.items())},
        "duty": {code: plain_tally(tally) for code, tally in found.duty.items()},
    }


def _plain(figures: Figures) -> dict[str, Any]:
    return {
        "complaints": figures.complaints,
        "followed_up": figures.followed_up,
        "share": figures.share,
        "koordinasi": figures.coordinating,
        "ditolak": figures.refused,
        "berakhir": figures.ended,
        "first_answer_hours": hours(figures.first_answer),
        "done_hours": hours(figures.done),
    }
