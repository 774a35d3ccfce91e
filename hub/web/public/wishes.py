"""What public pages share: filters from the address, areas that may be asked for, answers that may be kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import HTMLResponse

from hub.store.publishing import GRAIN
from hub.store.views_public import GROUPS, Box, Position, Wish
from hub.web.language import mark
from hub.web.pages import attributions, hub_of, page
from hub.web.visitors import visitor_of
from normalizer.number import make_number, read_number
from normalizer.region import Region
from normalizer.taxonomy import BY_CODE, CATEGORIES

KEPT = "public, max-age=30"
"""Half a minute old is young enough for everybody who only looks."""
SPANS = {
    "7": mark("7 days"),
    "30": mark("30 days"),
    "90": mark("90 days"),
    "365": mark("a year"),
    "semua": mark("ever"),
}
USUAL_SPAN = "30"
STATES = {
    "": mark("All but ended by itself"),
    "menunggu": mark("Waiting"),
    "ditangani": mark("Being worked on"),
    "selesai": mark("Done"),
    "ditolak": mark("Refused"),
    "berakhir": mark("Ended by itself"),
    "semua": mark("All"),
}
FILTERS = ("kategori", "status", "wilayah", "periode", "kotak")


@dataclass(frozen=True, slots=True)
class Filters:
    """What stands in the address of a list, each known or empty."""

    kategori: str = ""
    status: str = ""
    wilayah: str = ""
    periode: str = USUAL_SPAN
    kotak: str = ""

    def query(self, **others: str) -> str:
        """Spell them as a query, without what is usual."""
        usual = {"periode": USUAL_SPAN}
        given = {name: others.get(name, getattr(self, name)) for name in FILTERS}
        kept = {name: value for name, value in given.items() if value and value != usual.get(name, "")}
        return urlencode(kept | {name: value for name, value in others.items() if value and name not in FILTERS})

    @property
    def narrowed(self) -> bool:
        """Somebody chose something."""
        return self != Filters()


def read_filters(params: QueryParams, region: Region) -> Filters:
    """Read the filters; what is not known counts as not said."""
    box = read_box(params.get("kotak", ""))
    return Filters(
        kategori=_one_of(BY_CODE, params.get("kategori", "")),
        status=_one_of(STATES, params.get("status", "")),
        wilayah=_one_of(area_names(region), params.get("wilayah", "")),
        periode=_one_of(SPANS, params.get("periode", "")) or USUAL_SPAN,
        kotak=spell_box(box) if box is not None else "",
    )


def _one_of(known: Mapping[str, Any], value: str) -> str:
    return value if value in known else ""


def wish_of(request: Request, filters: Filters) -> Wish:
    """Give the wish that the store understands."""
    hub = hub_of(request)
    span = None if filters.periode == "semua" else timedelta(days=int(filters.periode))
    # By whole minutes: what is asked for twice within one is found among what was worked out already.
    now = hub.store.now().replace(second=0, microsecond=0)
    return Wish(
        category=filters.kategori,
        status=filters.status,
        area=filters.wilayah,
        since=now - span if span is not None else None,
        box=read_box(filters.kotak),
        guarded=hub.settings.public.guarded,
    )


def read_box(text: str) -> Box | None:
    """Read `west,south,east,north` in degrees; None for what is none."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
        if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
            return None
    except ValueError:
        return None
    return Box(*(round((value + turn) * GRAIN) for value, turn in ((west, 180), (south, 90), (east, 180), (north, 90))))


def spell_box(box: Box) -> str:
    """Spell a box as `read_box` reads it."""
    sides = (box.west / GRAIN - 180, box.south / GRAIN - 90, box.east / GRAIN - 180, box.north / GRAIN - 90)
    return ",".join(f"{side:.4f}" for side in sides)


def read_position(text: str) -> Position | None:
    """Read where a page of a list starts: time and number of the last report before it."""
    at, _, number = text.partition("_")
    key = read_number(number) if number else None
    try:
        return None if key is None else (datetime.strptime(at, "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC), key)
    except ValueError:
        return None


def spell_position(position: Position | None, region: Region) -> str:
    """Spell where the next page starts; empty where there is none."""
    return f"{position[0]:%Y%m%dT%H%M%S.%f}_{make_number(position[1], region.letters)}" if position else ""


@lru_cache(maxsize=8)
def area_names(region: Region) -> Mapping[str, str]:
    """Give the areas that may be asked for, by code: kota, kecamatan and kelurahan."""
    names = {area.kota: area.kota_name for area in region.areas}
    names |= {area.kecamatan: area.kecamatan_name for area in region.areas}
    return names | {area.code: area.name for area in region.areas}


@lru_cache(maxsize=8)
def area_tree(region: Region) -> Mapping[str, Mapping[str, str]]:
    """Give the kecamatan of each kota by name, for a list to choose from."""
    kotas = sorted({(area.kota_name, area.kota) for area in region.areas})
    return {
        name: dict(sorted({area.kecamatan: area.kecamatan_name for area in region.areas if area.kota == code}.items()))
        for name, code in kotas
    }


def public_page(request: Request, template: str, **context: Any) -> HTMLResponse:
    """Render a page that anybody may keep for half a minute; staff's own, with their name on it, nobody keeps."""
    shown = page(request, template, **context, **choices(request))
    if visitor_of(request).account is None:
        shown.headers["Cache-Control"] = KEPT
        shown.headers["Vary"] = "Cookie"  # the language
    return shown


def choices(request: Request) -> dict[str, Any]:
    """Give what pages offer to choose from, and what they say of their sources."""
    hub = hub_of(request)
    public = [name for name in hub.channels if hub.audience(name) == "public"]
    return {
        "spans": SPANS,
        "states": STATES,
        "kinds": [one.code for one in CATEGORIES if one.handling == "open"],
        "tree": area_tree(hub.region),
        "attributions": attributions(request, public),
        "group_of": {status: name for name, group in GROUPS.items() for status in group},
        "may_complain": "/lapor" in request.app.state.rules,
    }
