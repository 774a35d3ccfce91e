"""From their columns to the rows of `aduan import`: which column means what, and what each cell says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from pydantic import ValidationError

from hub.rows import Row
from plugins.file.problems import Problem
from plugins.file.values import degrees, flag, links, time_of, words

Name = Literal[
    "id",
    "text",
    "title",
    "lat",
    "lon",
    "address",
    "category",
    "created_at",
    "reporter",
    "thread",
    "anonim",
    "rahasia",
    "photos",
]
NAMES: tuple[Name, ...] = get_args(Name)
WORDS: frozenset[str] = frozenset({"text", "title"})
READERS: Mapping[str, Callable[[Any], Any]] = {
    "created_at": time_of,
    "lat": degrees,
    "lon": degrees,
    "anonim": flag,
    "rahasia": flag,
    "photos": links,
}
"""How a cell is read; the rest are words."""
JOINED = frozenset({"id", "text", "title", "address", "category", "created_at", "thread"})
"""Several columns may make up one of these: a date and a time, a street and a number."""
Pairs = Iterable[tuple[str, Any]]
_LIMITS = {
    "string_too_long": "too long",
    "less_than_equal": "outside the range",
    "greater_than_equal": "outside the range",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A row as it is understood: the members of an import row without channel, its id, and what is wrong with it."""

    id: str
    values: dict[str, Any]
    mark: str
    """Sums up what it says: the same in any file, encoding and order of columns."""
    problems: tuple[Problem, ...]
    is_empty: bool
    """Nothing in it means anything to us: a blank row of a spreadsheet."""


class Columns:
    """Their names for the members of an import row; unless told otherwise the members' own."""

    def __init__(self, fields: Mapping[str, Name]) -> None:
        named = {_plain(column): name for column, name in fields.items()}
        own: dict[str, Name] = {name: name for name in NAMES if name not in named.values()}
        if "photos" in own:
            own["photos[]"] = "photos"
        self._names: dict[str, Name] = own | named

    def name_of(self, column: str) -> Name | None:
        """Give the member that a column means, None for none. Case and blanks do not count."""
        return self._names.get(_plain(column))

    def is_header(self, cells: Iterable[str]) -> bool:
        """Say whether these are the names of columns: one of them must hold a complaint's words."""
        return any(self.name_of(cell) in WORDS for cell in cells)

    def understand(self, line: int, pairs: Pairs) -> Entry:
        """Read a row. Whatever is wrong with it is named, never raised."""
        cells = self._sort(pairs)
        problems: list[Problem] = []
        values: dict[str, Any] = {}
        for name, found in cells.items():
            try:
                values[name] = _value(name, [cell for _, cell in found])
            except ValueError as error:
                problems.append(Problem(line, found[0][0], str(error)))
        said = {name: [_spelled(cell) for _, cell in found] for name, found in cells.items()}
        values["id"] = values.get("id") or f"row-{_sum(said)}"
        if not problems:
            problems = _check(line, values, {name: found[0][0] for name, found in cells.items()})
        return Entry(values["id"], values, _sum(said), tuple(problems), not cells)

    def _sort(self, pairs: Pairs) -> dict[str, list[tuple[str, Any]]]:
        """Give the cells that say something by the member they mean, with the name of their column."""
        cells: dict[str, list[tuple[str, Any]]] = {}
        for column, cell in pairs:
            name = self.name_of(column)
            if name and not _is_blank(name, cell):
                cells.setdefault(name, []).append((column, cell))
        return dict(sorted(cells.items()))


def _is_blank(name: str, cell: Any) -> bool:
    """Say whether a cell says nothing. A lone dash is how people fill what they do not know."""
    if isinstance(cell, str):
        return not cell.strip() or (cell.strip() == "-" and name not in WORDS)
    return cell is None or cell in ([], {})


def _value(name: str, cells: list[Any]) -> Any:
    if name == "photos":
        return [link for cell in cells for link in links(cell)]
    cell = " ".join(words(cell) for cell in cells) if name in JOINED and len(cells) > 1 else cells[0]
    read: Callable[[Any], Any] = READERS.get(name, words)
    return read(cell)


def _check(line: int, values: Mapping[str, Any], columns: Mapping[str, str]) -> list[Problem]:
    """Hold it against the row of an import."""
    if not (values.get("text") or values.get("title") or values.get("photos")):
        return [Problem(line, "", "no words")]
    try:
        Row.model_validate({"channel": "file", "text": "", "created_at": "2000-01-01T00:00:00Z", **values})
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)
        return [_problem(line, str(one["loc"][0]), one["type"], columns) for one in found]
    return []


def _problem(line: int, name: str, kind: str, columns: Mapping[str, str]) -> Problem:
    return Problem(line, columns.get(name, name), _LIMITS.get(kind, "cannot be used"))


def _spelled(cell: Any) -> str:
    """Spell a cell alike whether it comes from a table or from JSON."""
    if isinstance(cell, str):
        return cell.replace("\r\n", "\n").strip()
    return json.dumps(cell, sort_keys=True)


def _sum(said: Mapping[str, Any]) -> str:
    return hashlib.blake2b(json.dumps(said, sort_keys=True).encode(), digest_size=16).hexdigest()


def _plain(column: str) -> str:
    return " ".join(column.strip("\ufeff").split()).casefold()
