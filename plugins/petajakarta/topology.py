"""TopoJSON points as GeoJSON features: a server that ignores `geoformat` answers in its own default.

The trap: positions are multiplied by `transform.scale` and moved by `transform.translate`. A topology of one point says
0, 0 and keeps the true place in `translate`; read raw, everything lies in the Gulf of Guinea.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Place = Callable[[Any], Any]


def features_of_topology(document: dict[str, Any], name: str) -> list[Any] | None:
    """Give the geometries of the object `name` as features with degrees; None where there is no such object."""
    objects = document.get("objects")
    collection = objects.get(name) if isinstance(objects, dict) else None
    if not isinstance(collection, dict):
        return None
    geometries = collection.get("geometries")
    if geometries is None:
        return []
    if not isinstance(geometries, list):
        return None
    place = _placer(document.get("transform"))
    return [_feature(geometry, place) for geometry in geometries]


def _placer(transform: Any) -> Place:
    """Give the function from written positions to degrees; the identity where positions are not transformed.

    A transform that cannot be read gives no position at all: a wrong place is worse than none.
    """
    if transform is None:
        return lambda position: position
    scale = _pair(transform.get("scale")) if isinstance(transform, dict) else None
    move = _pair(transform.get("translate")) if isinstance(transform, dict) else None
    if scale is None or move is None:
        return lambda _: None

    def place(position: Any) -> Any:
        at = _pair(position)
        return at and [at[0] * scale[0] + move[0], at[1] * scale[1] + move[1]]

    return place


def _feature(geometry: Any, place: Place) -> Any:
    """Make one feature; what is no object stays as it is, for the reader to refuse."""
    if not isinstance(geometry, dict):
        return geometry
    point = place(geometry.get("coordinates")) if geometry.get("type") == "Point" else None
    return {
        "type": "Feature",
        "geometry": point and {"type": "Point", "coordinates": point},
        "properties": geometry.get("properties"),
    }


def _pair(value: Any) -> tuple[float, float] | None:
    if not isinstance(value, list) or len(value) < 2:
        return None
    x, y = value[:2]
    whole = all(isinstance(one, int | float) and not isinstance(one, bool) for one in (x, y))
    try:
        return (float(x), float(y)) if whole else None
    except OverflowError:
        return None
