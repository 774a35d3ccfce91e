"""The list behind a figure of the board: the reports that it counts, and no others."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from hub.store.cut import Cut
from hub.store.periods import load_period
from hub.store.views_figures import count_reports, list_reports
from hub.store.views_ranking import FINISHED, JUDGED
from hub.web.access import Routes
from hub.web.board_frame import Frame, read_frame
from hub.web.board_span import spell_span
from hub.web.language import language_of, mark
from hub.web.pages import hub_of, page
from normalizer.number import make_number, read_number

PAGE = 50
MARK = {
    "terbuka": mark("still to be done"),
    "dijawab": mark("answered"),
    "tuntas": mark("done, with its time"),
    "dialihkan": mark("handed over by a person"),
    "dibuka-lagi": mark("opened again"),
    "dibantah": mark("disputed by citizens"),
    "rt-rw": mark("with words of heads of RT or RW"),
    "tidak-berakhir": mark("without what ended by itself"),
    "belum-selesai": mark("not closed"),
    "urusan-sendiri": mark("a matter of the kelurahan itself"),
    "urusan-lain": mark("a matter of others"),
    "dinilai": mark("counts in the ranking"),
    "selesai-lengkap": mark("done, with note and proof"),
    "selesai-tanpa-bukti": mark("done, without note or proof"),
    "sendiri-terbuka": mark("a matter of the kelurahan, still to be done"),
    "sendiri-koordinasi": mark("a matter of the kelurahan, in coordination"),
    "sendiri-ditolak": mark("a matter of the kelurahan, refused"),
    "sendiri-berakhir": mark("a matter of the kelurahan, ended by itself"),
    "sendiri-tuntas": mark("a matter of the kelurahan, done, with its time"),
}


def add_routes(routes: Routes) -> None:
    """Add the list."""
    routes.add("/papan/daftar", show_list, access="staff")


async def show_list(request: Request) -> Response:
    """Show a page of the reports that a figure counts."""
    frame, period = read_frame(request), request.query_params.get("periode", "")
    after = read_number(request.query_params.get("sesudah", "")[:40])

    def read(connection: Connection) -> dict[str, Any]:
        cut = as_frozen(connection, frame, period) if period else frame.cut
        rows = list_reports(connection, frame.sight, cut, after, PAGE + 1)
        return {"rows": rows, "count": count_reports(connection, frame.sight, cut)}

    context = await hub_of(request).store.read(read)
    rows = context.pop("rows")
    more = make_number(rows[PAGE - 1].id, frame.region.letters) if len(rows) > PAGE else ""
    kept = {name: value for name, value in request.query_params.items() if name != "sesudah"}
    context["spelled"] = spell_span(frame.span, language_of(request))
    context |= {"rows": rows[:PAGE], "more": more, "kept": kept, "marks": MARK, "since": since}
    return page(request, "board_list.html", frame=frame, **context)


def as_frozen(connection: Connection, frame: Frame, period: str) -> Cut:
    """Give the reports that made a frozen figure, as they stand today. 404 where nothing was frozen."""
    frozen, cut = load_period(connection, period), frame.cut
    if frozen is None:
        raise HTTPException(404)
    classes = frozen.members.get(cut.area or "", {})
    groups = {"dinilai": JUDGED, "sendiri-tuntas": FINISHED, None: tuple(classes)}
    names = groups.get(cut.mark) or (cut.mark or "",)
    keys = tuple(key for name in names for key in classes.get(name, ()))
    return replace(cut, mark=None, keys=keys)


def since(start: datetime, end: datetime | None) -> timedelta | None:
    """Give how long it took; None where it has not come to that, or came before."""
    return end - start if end is not None and end >= start else None
