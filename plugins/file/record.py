"""One row as it stands in a file, before anybody asks what it means."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from pydantic_core import from_json

from plugins.file.columns import Pairs
from plugins.file.lines import KEPT


@dataclass(frozen=True, slots=True)
class Record:
    """A row, or what cannot be read as one: then `reason` says why and `body` is its beginning."""

    line: int
    """Number of its first line, from 1."""
    body: bytes = field(repr=False)
    """JSON: an object as it stood in the file, or a table's row as a list of column and cell."""
    reason: str = ""

    @property
    def pairs(self) -> Pairs:
        """Its cells with the names of their columns."""
        return pairs_of(self.body)


class Rows(Protocol):
    """The rows of an open file, one after the other."""

    position: int
    """Bytes of the (unpacked) file up to behind the last row given."""
    line: int
    """Lines up to there."""

    def next(self) -> Record | None:
        """Give the next row, None behind the last. Raises Unreadable where it goes no further."""
        ...


def table_record(line: int, header: Sequence[str], cells: Sequence[str]) -> Record:
    """Make the record of a table's row, every cell beside the name of its column. Missing cells are empty."""
    body = json.dumps(list(zip(header, cells, strict=False)), ensure_ascii=False).encode("utf-8", "replace")
    spare = [cell for cell in cells[len(header) :] if cell.strip()]
    return Record(line, body, "more cells than the header" if spare else "")


def json_record(line: int, body: bytes) -> Record:
    """Make the record of a JSON text, which must be an object."""
    try:
        value = from_json(body)  # unlike the standard library's, safe against deep nesting and half characters
    except ValueError:
        return Record(line, body[:KEPT], "not JSON")
    return Record(line, body) if isinstance(value, dict) else Record(line, body[:KEPT], "not a JSON object")


def pairs_of(body: bytes) -> list[tuple[str, Any]]:
    """Read a stored row. Raises ValueError where it is none."""
    value = from_json(body)
    if isinstance(value, dict):
        return list(value.items())
    if not isinstance(value, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in value):
        raise ValueError("not a row")
    return [(str(column), cell) for column, cell in value]
