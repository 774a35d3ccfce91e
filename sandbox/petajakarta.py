"""A stand-in for PetaBencana's API and the older one of petajakarta.org: one list, both dialects and formats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, Literal

import anyio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

Fault = Literal["", "401", "403", "429", "400", "500", "503", "204", "inside", "html", "timeout"]
"""`inside`: a 200 whose body says that it failed. The rest are codes, a web page, and silence."""
V3 = "/reports"
V2 = "/banjir/data/api/v2/reports/confirmed"
WIB = timezone(timedelta(hours=7))
KNOWN = {"admin", "city", "disaster", "geoformat", "timeperiod"}
"""Parameters that the documentation names; one more is a 400, as on the strictest server."""
OLD = ("pkey", "created_at", "source", "status", "url", "image_url", "title", "text")
DEFAULTS: dict[str, Any] = {
    "source": "grasp",
    "status": "confirmed",
    "url": None,
    "image_url": None,
    "disaster_type": "flood",
    "is_training": False,
    "report_data": None,
    "tags": {"instance_region_code": "ID-JK", "local_area_id": "null"},
    "title": None,
    "text": "",
    "partner_code": None,
    "partner_icon": None,
}


class Reports:
    """What the map shows at this moment."""

    def __init__(self) -> None:
        self.fault: Fault = ""
        """What goes wrong with every request from now on."""
        self.asked: list[dict[str, str]] = []
        """Parameters of every request, and its `user-agent`."""
        self._reports: dict[str, tuple[list[float], dict[str, Any]]] = {}

    def show(self, report: Mapping[str, Any]) -> None:
        """Let a report appear or change: `lon`, `lat` and properties of v3, at least `pkey` and `created_at`."""
        position = [report["lon"], report["lat"]]
        properties = {name: value for name, value in report.items() if name not in {"lon", "lat"}}
        self._reports[str(report["pkey"])] = (position, DEFAULTS | properties | {"pkey": str(report["pkey"])})

    def hide(self, pkey: str) -> None:
        """Let a report leave the window."""
        self._reports.pop(pkey, None)

    def features(self) -> list[dict[str, Any]]:
        """Give all reports as v3 has them, the newest first."""
        newest = sorted(self._reports.values(), key=lambda one: datetime.fromisoformat(one[1]["created_at"]))
        return [_feature(position, properties) for position, properties in reversed(newest)]

    def old_features(self) -> list[dict[str, Any]]:
        """Give all reports as v2 had them: fewer properties, numbers as ids, times of Jakarta without a zone."""
        found = self.features()
        for feature in found:
            row = {name: feature["properties"][name] for name in OLD}
            local = datetime.fromisoformat(row["created_at"]).astimezone(WIB).replace(tzinfo=None)
            feature["properties"] = row | {"pkey": int(row["pkey"]), "created_at": local.isoformat()}
        return found


def make_app(reports: Reports, delay: float = 60) -> Starlette:
    """Serve the map in both dialects. A time-out lasts `delay` seconds."""

    async def present(request: Request) -> Response:
        _note(reports, request)
        if refusal := await _refusal(reports, delay):
            return refusal
        if unknown := sorted(request.query_params.keys() - KNOWN):
            text = f'"{unknown[0]}" is not allowed'
            return JSONResponse({"statusCode": 400, "error": "Bad Request", "message": text}, 400)
        plain = request.query_params.get("geoformat", "topojson") == "geojson"
        found = reports.features()
        return JSONResponse({"statusCode": 200, "result": _collection(found) if plain else topology(found, "output")})

    async def past(request: Request) -> Response:
        _note(reports, request)
        if refusal := await _refusal(reports, delay):
            return refusal
        found = reports.old_features()
        plain = request.query_params.get("format", "geojson") == "geojson" or not found
        return JSONResponse(_collection(found or None) if plain else topology(found, "collection"))

    return Starlette(routes=[Route(V3, present), Route(V2, past)])


def topology(features: Sequence[Mapping[str, Any]], name: str) -> dict[str, Any]:
    """Write point features as TopoJSON, the way the servers do: whole numbers from the lowest corner on."""
    points = [feature["geometry"]["coordinates"] for feature in features]
    low = [min((point[axis] for point in points), default=0) for axis in (0, 1)]
    high = [max((point[axis] for point in points), default=0) for axis in (0, 1)]
    scale = [(high[axis] - low[axis]) / 9999 or 1 for axis in (0, 1)]
    geometries = [
        {
            "type": "Point",
            "properties": feature["properties"],
            "coordinates": [round((point[axis] - low[axis]) / scale[axis]) for axis in (0, 1)],
        }
        for feature, point in zip(features, points, strict=True)
    ]
    return {
        "type": "Topology",
        "objects": {name: {"type": "GeometryCollection", "geometries": geometries}},
        "arcs": [],
        "transform": {"scale": scale, "translate": low},
        "bbox": [*low, *high],
    }


def _feature(position: list[float], properties: dict[str, Any]) -> dict[str, Any]:
    geometry = {"type": "Point", "coordinates": position}
    return {"type": "Feature", "geometry": geometry, "properties": dict(properties)}


def _collection(features: Sequence[Mapping[str, Any]] | None) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}


def _note(reports: Reports, request: Request) -> None:
    reports.asked.append({**request.query_params, "user-agent": request.headers.get("user-agent", "")})


async def _refusal(reports: Reports, delay: float) -> Response | None:
    if reports.fault.isdigit() and reports.fault != "400":
        return Response(status_code=int(reports.fault))
    match reports.fault:
        case "400":
            return JSONResponse({"statusCode": 400, "message": "Error while processing request"}, 400)
        case "inside":
            return JSONResponse({"statusCode": 400, "error": "Error while formatting"})
        case "html":
            return HTMLResponse("<!doctype html><title>Peta</title>")
        case "timeout":
            await anyio.sleep(delay)
    return None
