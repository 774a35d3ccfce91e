"""The public map: a list of reports beside where they are, summed up on the server for the stretch looked at."""

from __future__ import annotations

from collections import Counter, OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import Any

from pydantic_core import to_json
from shapely.geometry import mapping
from shapely.geometry import shape as to_shape
from shapely.ops import unary_union
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from hub.store import views_public as views
from hub.store.publishing import GRAIN
from hub.store.views_public import Box, Drawn, Shown, Wish
from hub.web.access import Routes
from hub.web.pages import hub_of
from hub.web.problems import problem
from hub.web.public.wishes import (
    KEPT,
    public_page,
    read_box,
    read_filters,
    read_position,
    spell_position,
    wish_of,
)
from normalizer.region import Region

FRESH = timedelta(seconds=5)
"""What was worked out for one reader serves the next for so long."""
REMEMBERED = 200
ZOOMS = range(8, 20)
TILE_PIXELS, CELL_PIXELS = 256, 72
FINEST = 3
"""Steps of the grid at least: below them are reports in one place."""
NEAR = 13
"""From this zoom on what has no spot is counted by kelurahan, before by kecamatan."""
TOLERANCE = 0.0006
"""Degrees, about 65 metres: fine enough for a whole city."""


def add_routes(routes: Routes) -> None:
    """Add the map, and what it is drawn from."""
    sketches = Sketches()
    routes.add("/peta", show_map, access="public")
    routes.add("/peta/titik", sketches.show, access="public")
    routes.add("/peta/batas", show_borders, access="public")


async def show_map(request: Request) -> Response:
    """Show public reports beside the map, newest first; filters and page stand in the address."""
    hub = hub_of(request)
    filters = read_filters(request.query_params, hub.region)
    after = read_position(request.query_params.get("sesudah", ""))
    wish = wish_of(request, filters)

    def read(connection: Connection) -> dict[str, Any]:
        counts = views.count_reports(connection, wish)
        return {"found": views.list_reports(connection, wish, after), "total": sum(counts.values())}

    found = await hub.store.read(read)
    rest = spell_position(found["found"].after, hub.region)
    return public_page(request, "public_map.html", filters=filters, after=after is not None, rest=rest, **found)


@dataclass
class Sketches:
    """What was drawn of the map a moment ago."""

    drawn: OrderedDict[tuple[Wish, int], tuple[datetime, bytes]] = field(default_factory=OrderedDict)

    async def show(self, request: Request) -> Response:
        """Give what lies in a box at a zoom: sums by the cells of a grid, and what stands alone in one."""
        box, zoom = read_box(request.query_params.get("kotak", "")), request.query_params.get("z", "")
        if box is None or not zoom.isdecimal() or int(zoom[:3]) not in ZOOMS:
            return problem(400, "This is no stretch of the map", detail="kotak=west,south,east,north and z=8…19")
        hub, cell = hub_of(request), _cell(int(zoom))
        wish = _over(wish_of(request, read_filters(request.query_params, hub.region)), _snap(box, cell))
        body = self._known(wish, cell, hub.store.now())
        if body is None:
            drawn = await hub.store.read(partial(views.draw, wish=wish, cell=cell))
            body = to_json(_spell(drawn, hub.region, near=int(zoom) >= NEAR))
            self._remember(wish, cell, hub.store.now(), body)
        return Response(body, media_type="application/json", headers={"Cache-Control": KEPT})

    def _known(self, wish: Wish, cell: int, now: datetime) -> bytes | None:
        at, body = self.drawn.get((wish, cell), (None, b""))
        return body if at is not None and at <= now < at + FRESH else None

    def _remember(self, wish: Wish, cell: int, now: datetime, body: bytes) -> None:
        self.drawn[wish, cell] = now, body
        self.drawn.move_to_end((wish, cell))
        while len(self.drawn) > REMEMBERED:
            self.drawn.popitem(last=False)


def _cell(zoom: int) -> int:
    """Give the side of a cell that is about as wide as a finger on this zoom, in steps of a degree."""
    tiles: int = 2**zoom
    return max(round(CELL_PIXELS * 360 * GRAIN / (TILE_PIXELS * tiles)), FINEST)


def _snap(box: Box, cell: int) -> Box:
    """Widen a box to whole cells: neighbours see the same sums, and they can be remembered."""
    side = cell * 4
    low = [value // side * side for value in (box.west, box.south)]
    high = [(value // side + 1) * side - 1 for value in (box.east, box.north)]
    return Box(*low, *high)


def _over(wish: Wish, box: Box) -> Wish:
    return Wish(wish.category, wish.status, wish.area, wish.since, box, wish.guarded)


def _spell(drawn: Drawn, region: Region, *, near: bool) -> dict[str, Any]:
    points, areas = _inner_points(region), Counter[str]()
    for code, count in drawn.areas:
        areas[code if near else ".".join(code.split(".")[:3])] += count
    return {
        "cells": drawn.cells,
        "spots": [_spot(one) for one in drawn.spots],
        "areas": [[*points[code], code, count] for code, count in areas.items() if code in points],
    }


def _spot(one: Shown) -> list[Any]:
    return [one.lat, one.lon, one.number, one.category, one.status]


@lru_cache(maxsize=8)
def _inner_points(region: Region) -> dict[str, tuple[float, float, str]]:
    """Give a point inside each kelurahan, and about the middle of each kecamatan, with its name."""
    points = {area.code: (round(area.lat, 4), round(area.lon, 4), area.name) for area in region.areas}
    for code in {area.kecamatan for area in region.areas}:
        inside = [area for area in region.areas if area.kecamatan == code]
        lat = sum(area.lat for area in inside) / len(inside)
        lon = sum(area.lon for area in inside) / len(inside)
        points[code] = round(lat, 4), round(lon, 4), inside[0].kecamatan_name
    return points


async def show_borders(request: Request) -> Response:
    """Give the outlines of all kecamatan as GeoJSON: a whole city in a few dozen shapes."""
    body = _borders(hub_of(request).region)
    return Response(body, media_type="application/geo+json", headers={"Cache-Control": "public, max-age=86400"})


@lru_cache(maxsize=8)
def _borders(region: Region) -> bytes:
    shapes: dict[str, list[Any]] = {}
    names = {area.kecamatan: area.kecamatan_name for area in region.areas}
    for area in region.areas:
        shapes.setdefault(area.kecamatan, []).append(to_shape({"type": "MultiPolygon", "coordinates": area.polygons}))
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": names[code]},
            "geometry": mapping(unary_union(parts).simplify(TOLERANCE)),
        }
        for code, parts in sorted(shapes.items())
    ]
    return to_json({"type": "FeatureCollection", "features": features})
