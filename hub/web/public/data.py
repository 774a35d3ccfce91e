"""Open data: public reports as GeoJSON and CSV, whole or what has changed since; nobody's personal data is in it."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from pydantic_core import to_json
from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from hub.host import Hub
from hub.store import views_public as views
from hub.store.views_public import Shown
from hub.web.access import Routes
from hub.web.language import mark
from hub.web.pages import hub_of
from hub.web.public.wishes import area_names, public_page
from normalizer.taxonomy import category

CHUNK = 1000
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "public, max-age=60",
    "Link": f'<{LICENCE}>; rel="license"',
}
COLUMNS = {
    "nomor": mark("Number of the report"),
    "kategori": mark("Code of its category"),
    "kategori_nama": mark("Name of its category"),
    "status": mark("menunggu, koordinasi, disposisi, proses, selesai, ditolak, or berakhir (ended by itself)"),
    "alasan": mark("Why it was refused; else empty"),
    "kelurahan": mark("Code of the kelurahan, as the Ministry of Home Affairs gives it"),
    "kelurahan_nama": mark("Name of the kelurahan"),
    "kecamatan": mark("Code of the kecamatan"),
    "lat": mark("Latitude to four decimals, about 11 metres; empty where only the kelurahan is shown"),
    "lon": mark("Longitude, likewise"),
    "jalan": mark("Street, where one was named"),
    "jumlah_aduan": mark("How many public complaints were joined in it"),
    "sejak": mark("When the first public complaint was made"),
    "dijawab": mark("When the officials first answered; empty: not yet"),
    "ditutup": mark("When it was finished, refused or ended; empty: open"),
    "berubah": mark("When this row last changed"),
}
"""The members of a row, and what each says."""


def add_routes(routes: Routes) -> None:
    """Add the files and their page."""
    routes.add("/data", show_data, access="public")
    routes.add("/data/laporan.geojson", give_geojson, access="public")
    routes.add("/data/laporan.csv", give_csv, access="public")


async def show_data(request: Request) -> Response:
    """Say what there is and what its members mean."""
    return public_page(request, "public_data.html", columns=COLUMNS, licence=LICENCE)


async def give_csv(request: Request) -> Response:
    """Give rows with a head line."""
    return await _answer(request, "text/csv; charset=utf-8", _csv)


async def give_geojson(request: Request) -> Response:
    """Give a FeatureCollection; where only the kelurahan is shown, a feature has no geometry."""
    return await _answer(request, "application/geo+json", _geojson)


Spell = Callable[[list[dict[str, Any]], bool], str]
"""Spells some rows; the first ones with what stands before all."""


async def _answer(request: Request, media_type: str, spell: Spell) -> Response:
    hub, since = hub_of(request), _since(request)
    last, count = await hub.store.read(views.last_change)
    guarded = ",".join(sorted(hub.settings.public.guarded))
    mark_ = sha256(f"{request.url.path}|{since}|{last}|{count}|{guarded}".encode()).hexdigest()[:24]
    headers = OPEN | {"ETag": f'"{mark_}"'}
    if last is not None:
        headers["Last-Modified"] = f"{last.astimezone(UTC):%a, %d %b %Y %H:%M:%S} GMT"
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return StreamingResponse(_stream(hub, since, spell), media_type=media_type, headers=headers)


def _since(request: Request) -> datetime | None:
    """Read `sejak`, an ISO 8601 time; one without a zone is UTC. 400 for anything else."""
    asked = request.query_params.get("sejak", "")
    if not asked:
        return None
    try:
        at = datetime.fromisoformat(asked.replace(" ", "+"))
    except ValueError:
        raise HTTPException(400) from None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


async def _stream(hub: Hub, since: datetime | None, spell: Spell) -> AsyncIterator[str]:
    """Give it a thousand rows at a time, each read on its own: a slow reader holds up nobody."""
    after = (since, -1) if since is not None else None
    first, names = True, area_names(hub.region)

    while True:
        here = after

        def read(connection: Connection, here: views.Position | None = here) -> list[Shown]:
            return list(views.changed_since(connection, here, hub.settings.public.guarded, CHUNK))

        found = await hub.store.read(read)
        yield spell([_row(one, names) for one in found], first)
        first = False
        if len(found) < CHUNK:
            break
        after = found[-1].changed_at, found[-1].key
    yield spell([], False)


def _row(one: Shown, names: Any) -> dict[str, Any]:
    return {
        "nomor": one.number,
        "kategori": one.category,
        "kategori_nama": category(one.category).name_id,
        "status": one.status,
        "alasan": one.reason,
        "kelurahan": one.kelurahan,
        "kelurahan_nama": names.get(one.kelurahan, ""),
        "kecamatan": one.kecamatan,
        "lat": one.lat,
        "lon": one.lon,
        "jalan": one.street,
        "jumlah_aduan": one.complaints,
        "sejak": one.first_at.isoformat(),
        "dijawab": one.answered_at.isoformat() if one.answered_at else "",
        "ditutup": one.closed_at.isoformat() if one.closed_at else "",
        "berubah": one.changed_at.isoformat(),
    }


def _csv(rows: list[dict[str, Any]], first: bool) -> str:  # noqa: FBT001 - a Spell
    out = io.StringIO()
    writer = csv.DictWriter(out, list(COLUMNS))
    if first:
        writer.writeheader()
    writer.writerows({name: _plain(value) for name, value in row.items()} for row in rows)
    return out.getvalue()


def _plain(value: Any) -> Any:
    """A spreadsheet takes what begins like this for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t")) else value


def _geojson(rows: list[dict[str, Any]], first: bool) -> str:  # noqa: FBT001 - a Spell
    if not rows and not first:
        return "]}"
    head = f'{{"type":"FeatureCollection","license":"{LICENCE}","features":[' if first else ","
    return head + ",".join(_features(rows))


def _features(rows: list[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        spot = None if row["lat"] is None else {"type": "Point", "coordinates": [row["lon"], row["lat"]]}
        members = {name: value for name, value in row.items() if name not in ("lat", "lon")}
        feature = {"type": "Feature", "id": row["nomor"], "geometry": spot, "properties": members}
        yield to_json(feature).decode()
