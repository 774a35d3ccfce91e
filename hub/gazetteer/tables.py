"""Reads places from a table: CSV with name, lat, lon and perhaps a kind, as spreadsheets write it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TextIO

from rich.progress import Progress

from hub.gazetteer.readings import Bad, Point, Reading, Unreadable, position

ALIASES = {
    "nama": "name",
    "latitude": "lat",
    "lintang": "lat",
    "longitude": "lon",
    "lng": "lon",
    "long": "lon",
    "bujur": "lon",
    "jenis": "kind",
    "type": "kind",
}
NEEDED = ("name", "lat", "lon")
DELIMITERS = ",;\t"


def read_table(path: Path, kind: str, progress: Progress) -> Iterator[Reading]:
    """Give the places of a CSV file; `kind` is that of rows without one. Raises Unreadable."""
    with progress.open(
        path, "r", encoding="utf-8-sig", errors="surrogateescape", newline="", description=path.name
    ) as stream:
        for line, row in records(stream):
            where = f"line {line}"
            if isinstance(row, str):
                yield Bad(where, row)
                continue
            try:
                yield Point(where, row["name"], row.get("kind", "").strip() or kind, position(row["lat"], row["lon"]))
            except ValueError as error:
                yield Bad(where, str(error))


def records(stream: TextIO, needed: tuple[str, ...] = NEEDED) -> Iterator[tuple[int, dict[str, str] | str]]:
    """Give each row with its line and by its columns' names, or what is wrong with it. Raises Unreadable."""
    head = stream.readline()
    reader = csv.reader(chain([head], stream), delimiter=max(DELIMITERS, key=head.count))
    columns = [ALIASES.get(name.strip().lower(), name.strip().lower()) for name in next(reader, [])]
    missing = [name for name in needed if name not in columns]
    if missing:
        raise Unreadable(f"the first line names no column {missing[0]!r}")
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, str(error)
            continue
        if any(row):
            yield line, _read(columns, row)


def _read(columns: list[str], row: list[str]) -> dict[str, str] | str:
    if len(row) != len(columns):
        return f"{len(row)} columns, the first line has {len(columns)}"
    if any(not value.isascii() and any("\udc80" <= letter <= "\udcff" for letter in value) for value in row):
        return "not UTF-8"
    return dict(zip(columns, row, strict=True))
