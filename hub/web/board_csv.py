"""Each table of the board as a CSV file: codes beside names, waits in hours."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from hub.store.views_figures import Tally
from hub.web.access import Routes
from hub.web.board_figures import Figured, area_grouping, plain_tally, read_all
from hub.web.board_frame import Frame, read_frame
from hub.web.pages import hub_of, words_for
from hub.web.words import Words

Rows = Iterable[Mapping[str, Any]]
GUARDED = ("=", "+", "-", "@", "\t", "\r")
"""Beginnings that a spreadsheet takes for a formula."""


def add_routes(routes: Routes) -> None:
    """Add the files."""
    routes.add("/papan/tabel/{name}.csv", give_table, access="staff")


async def give_table(request: Request) -> Response:
    """Give a table of the board with the same days and area."""
    made = TABLES.get(request.path_params["name"])
    if made is None:
        raise HTTPException(404)
    frame = read_frame(request)
    found = await hub_of(request).store.read(lambda connection: read_all(connection, frame))
    rows = list(made(found, frame, words_for(request)))
    name = f"papan-{request.path_params['name']}-{frame.span.first}-{frame.span.last}.csv"
    return as_csv(rows, name)


def as_csv(rows: Sequence[Mapping[str, Any]], name: str) -> Response:
    """Spell rows as a file that spreadsheets open: a byte order mark, no formulas."""
    text = io.StringIO()
    if rows:
        sheet = csv.DictWriter(text, list(rows[0]))
        sheet.writeheader()
        sheet.writerows({member: _safe(value) for member, value in row.items()} for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response("\ufeff" + text.getvalue(), media_type="text/csv", headers=headers)


def _safe(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(GUARDED) else value


def _tallies(rows: Mapping[str, Tally], name: Callable[[str], str]) -> Rows:
    return ({"code": code, "name": name(code) if code else "", **plain_tally(tally)} for code, tally in rows.items())


def _days(found: Figured, _frame: Frame, _words: Words) -> Rows:
    statuses = ("selesai", "menunggu", "disposisi", "proses", "koordinasi", "ditolak", "berakhir")
    for day, counted in sorted(found.days.items()):
        yield {"day": day.isoformat(), "reports": counted.total(), **{status: counted[status] for status in statuses}}


def _apart(found: Figured, _frame: Frame, _words: Words) -> Rows:
    counted = {"koordinasi": found.total.coordinating, **found.apart, "berakhir": found.total.ended}
    refused = {f"ditolak:{reason}": count for reason, count in found.reasons.items()}
    return ({"what": what, "reports": count} for what, count in (counted | refused).items())


def _spots(found: Figured, _frame: Frame, words: Words) -> Rows:
    for spot in found.spots:
        lat, lon = spot.centre
        yield {
            "lat": lat,
            "lon": lon,
            "kelurahan": spot.kelurahan,
            "name": words.unit(spot.kelurahan),
            "not_closed": spot.open,
            "reports": spot.reports,
            "category": spot.category,
            "repeats": spot.repeats,
        }


TABLES: Mapping[str, Callable[[Figured, Frame, Words], Rows]] = {
    "hari": _days,
    "terpisah": _apart,
    "titik": _spots,
    "wilayah": lambda found, frame, words: _tallies(found.groups[area_grouping(frame)], words.unit),
    "unit": lambda found, _frame, words: _tallies(found.groups["unit"], words.office),
    "kategori": lambda found, _frame, words: _tallies(found.groups["category"], words.category),
    "kanal": lambda found, _frame, words: _tallies(found.groups["channel"], words.channel),
    "tugas": lambda found, _frame, words: _tallies(found.duty, words.office),
}
