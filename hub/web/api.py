"""Reports as JSON for programs: catching up by a cursor, a token to do it with, and outlines for maps."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from shapely.geometry import mapping
from shapely.geometry import shape as to_shape
from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub.pipeline.outbox import snapshot
from hub.store.reports import load_reports
from hub.store.sessions import LASTS, open_session
from hub.store.views_api import Cursor, changed_after
from hub.web.access import Routes
from hub.web.pages import hub_of
from hub.web.problems import problem
from hub.web.visitors import visitor_of
from normalizer.number import make_number, read_number
from normalizer.region import Area, Region
from normalizer.report import Report

MOST = 200
SETTLED = timedelta(seconds=10)
"""A cursor never passes what is younger: a transaction may still end behind it. Such rows are given again."""
TOLERANCE = 0.0003
"""Degrees, about 30 metres: fine enough for an outline on a small map."""
PLACE = {"result", "level", "lat", "lon", "kelurahan", "kecamatan", "confidence", "metres_to_border"}


def add_routes(routes: Routes) -> None:
    """Add what programs use."""
    routes.add("/api/v1/reports", list_reports, access="staff", machines=True)
    routes.add("/api/v1/token", make_token, access="staff", machines=True, methods=["POST"])
    routes.add("/api/v1/wilayah/{code}", show_outlines, access="public")


async def list_reports(request: Request) -> Response:
    """Give changed reports, oldest change first, as whole snapshots; `next` is the cursor to ask with again."""
    hub, sight = hub_of(request), visitor_of(request).sight
    limit = _limit(request)
    asked = request.query_params.get("after", "")
    after = _read_cursor(asked)
    if asked and after is None:
        return problem(400, "This is not a cursor", detail="`after` is the `next` of an earlier answer")

    def read(connection: Connection) -> tuple[list[Cursor], dict[int, Report]]:
        found = list(changed_after(connection, sight, after, limit))
        states = load_reports(connection, [key for _, key in found])
        return found, snapshot(connection, list(states.values()), hub.desk.house)

    found, reports = await hub.store.read(read)
    horizon = hub.store.now() - SETTLED
    settled = [cursor for cursor in found if cursor[0] <= horizon]
    letters = hub.region.letters
    body = {
        "reports": [_snapshot(reports[key]) for _, key in found if key in reports],
        "next": _spell_cursor(settled[-1], letters) if settled else asked,
        "more": len(found) == limit,
    }
    return JSONResponse(body, headers={"Cache-Control": "no-store"})


def _snapshot(report: Report) -> dict[str, Any]:
    """Spell a report as the events of CROP carry it, with the hub's own names."""
    place = report.place.model_dump(mode="json", include=PLACE)
    plain = report.model_dump(mode="json", exclude={"number", "place", "handling", "queue"})
    return {"report": report.number, **plain, "cause": "catching-up", "place": place}


def _limit(request: Request) -> int:
    asked = request.query_params.get("limit", "")
    return min(max(int(asked[:6]), 1), MOST) if asked.isdecimal() else 50


def _spell_cursor(cursor: Cursor, letters: str) -> str:
    at, key = cursor
    return f"{at:%Y%m%dT%H%M%S.%f}_{make_number(key, letters)}"


def _read_cursor(text: str) -> Cursor | None:
    at, _, number = text.partition("_")
    key = read_number(number) if number else None
    try:
        return None if key is None else (datetime.strptime(f"{at}+0000", "%Y%m%dT%H%M%S.%f%z"), key)
    except ValueError:
        return None


async def make_token(request: Request) -> Response:
    """Give a token for `Authorization: Bearer`, good for as long as a session."""
    hub, account = hub_of(request), visitor_of(request).staff
    now = hub.store.now()
    token = await hub.store.write(lambda connection: open_session(connection, account.id, now))
    body = {"token": token, "expires_at": (now + LASTS).isoformat()}
    return JSONResponse(body, 201, headers={"Cache-Control": "no-store"})


async def show_outlines(request: Request) -> Response:
    """Give the kelurahan of a kecamatan, a kota, or beside a kelurahan, as simplified GeoJSON. Public facts."""
    code, region = request.path_params["code"], hub_of(request).region
    shapes = outlines(region, code)
    if not shapes["features"]:
        raise HTTPException(404)
    return JSONResponse(shapes, headers={"Cache-Control": "public, max-age=86400"}, media_type="application/geo+json")


_drawn: dict[tuple[str, str, str], dict[str, Any]] = {}


def outlines(region: Region, code: str) -> dict[str, Any]:
    """Build the outlines once for each version of the region's files."""
    key = region.code, region.version, code
    if key not in _drawn:
        wanted = next((area.kecamatan for area in region.areas if area.code == code), code)
        areas = [area for area in region.areas if f"{area.code}.".startswith(f"{wanted}.")]
        found = {"type": "FeatureCollection", "features": [_feature(area) for area in areas]}
        if not areas:
            return found
        _drawn[key] = found
    return _drawn[key]


def _feature(area: Area) -> dict[str, Any]:
    whole = to_shape({"type": "MultiPolygon", "coordinates": area.polygons})
    named = {"code": area.code, "name": area.name}
    return {"type": "Feature", "properties": named, "geometry": mapping(whole.simplify(TOLERANCE))}
