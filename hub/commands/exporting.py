"""`aduan export`: what is stored, as JSON lines, CSV or GeoJSON."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import AsyncIterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Literal

from sqlalchemy import insert

from hub.store.export import SLICES
from hub.store.store import Store
from hub.store.tables import audit

Format = Literal["jsonl", "csv", "geojson"]


async def export(store: Store, what: str, *, full: bool) -> AsyncIterator[dict[str, Any]]:
    """Give every row that may leave; `full` is audited."""
    if full:
        row = {"at": store.now(), "actor": "console", "action": "export", "subject": what, "data": {"full": True}}
        await store.write(lambda connection: connection.execute(insert(audit).values(**row)).rowcount)
    after = 0
    while rows := await store.read(lambda c, after=after: SLICES[what](c, after, full=full)):  # type: ignore[misc]
        after = rows[-1]["_key"]
        for row in rows:
            hidden = row.pop("_hidden")
            row.pop("_key")
            if not hidden:
                yield row


async def write_rows(rows: AsyncIterator[dict[str, Any]], file: Path | None, form: Format) -> int:
    """Write rows to a file or stdout; give how many."""
    with _out(file) as out:
        writer = {"jsonl": _jsonl, "csv": _csv, "geojson": _geojson}[form]
        return await writer(rows, out)


@contextmanager
def _out(file: Path | None) -> Any:
    if file is None:
        yield sys.stdout
        sys.stdout.flush()  # a full disk must be told here, not at the interpreter's end
        return
    with file.open("w", encoding="utf-8", newline="") as out:
        yield out


async def _jsonl(rows: AsyncIterator[dict[str, Any]], out: IO[str]) -> int:
    count = 0
    async for row in rows:
        out.write(json.dumps(row, ensure_ascii=False) + "\n")
        count += 1
    return count


async def _csv(rows: AsyncIterator[dict[str, Any]], out: IO[str]) -> int:
    count, writer = 0, None
    async for row in rows:
        flat = {name: _cell(value) for name, value in _flat(row).items()}
        if writer is None:
            writer = csv.DictWriter(out, list(flat))
            writer.writeheader()
        writer.writerow(flat)
        count += 1
    return count


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    place = row.get("place")
    others = {name: value for name, value in row.items() if name != "place"}
    return (
        {**others, **{f"place_{name}": value for name, value in place.items()}} if isinstance(place, dict) else others
    )


def _cell(value: Any) -> Any:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value
    # A spreadsheet runs what begins like a formula.
    return f"'{text}" if isinstance(text, str) and text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


async def _geojson(rows: AsyncIterator[dict[str, Any]], out: IO[str]) -> int:
    count = 0
    out.write('{"type": "FeatureCollection", "features": [')
    async for row in rows:
        place = row.get("place") or {}
        lat, lon = place.get("lat"), place.get("lon")
        point = {"type": "Point", "coordinates": [lon, lat]} if lat is not None and lon is not None else None
        feature = {"type": "Feature", "geometry": point, "properties": row}
        out.write(("," if count else "") + "\n" + json.dumps(feature, ensure_ascii=False))
        count += 1
    out.write("\n]}\n")
    return count
