"""Exports as rows: CSV of any office program, or JSON. What cannot be a row is kept with its line and the reason."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

MOST_REPAIRS = 1000
"""After so many bad lines the rest of a file is kept as one: each costs a fresh start behind it."""
MOST_KEPT = 64_000
"""Letters kept of a bad line."""


class NoTable(ValueError):
    """A file that cannot be read as a table. The reason names no content."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row with the line it begins on (for JSON: its ordinal). A bad one has a problem, and its text as `cells`."""

    number: int
    cells: dict[str, Any] = field(repr=False)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A header and the rows below it."""

    header: list[str]
    lines: Iterator[Line] = field(repr=False)


def read_table(content: bytes, *, is_json: bool) -> Table:
    """Read a file; raises NoTable."""
    text = decode(content)
    return _json(text) if is_json else _csv(text)


def decode(content: bytes) -> str:
    """Read bytes as UTF-8 or UTF-16 where they say so, as UTF-8 where they can be that, else as Windows-1252."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _json(text: str) -> Table:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise NoTable("not JSON") from None
    rows = find_rows(document)
    if rows is None:
        raise NoTable("no list of rows in it")
    header = list(dict.fromkeys(name for row in rows if isinstance(row, dict) for name in row))
    return Table(header, (_object(number, row) for number, row in enumerate(rows, start=1)))


def _object(number: int, row: Any) -> Line:
    if isinstance(row, dict):
        return Line(number, row)
    return Line(number, {"row": row}, "not an object")


def find_rows(document: Any, path: str = "") -> list[Any] | None:
    """Give the list in a document: where the path leads, or itself, or under one of the usual names; None without."""
    for name in filter(None, path.split(".")):
        document = document.get(name) if isinstance(document, dict) else None
    for _ in range(3):
        if isinstance(document, list):
            return document
        if path or not isinstance(document, dict):
            return None
        usual = ("data", "results", "result", "rows", "items", "reports", "laporan", "topics")
        document = next((document[name] for name in usual if isinstance(document.get(name), list | dict)), None)
    return None


def _csv(text: str) -> Table:
    lines = list(io.StringIO(text.replace("\0", ""), newline=""))
    begin = next((at for at, line in enumerate(lines) if line.strip(" ,;\t\r\n")), None)
    if begin is None:
        raise NoTable("empty")
    delimiter = _delimiter(lines[begin])
    try:
        header = [name.strip() for name in next(csv.reader(lines[begin : begin + 1], delimiter=delimiter))]
    except (csv.Error, StopIteration):
        raise NoTable("its first line is no header") from None
    return Table(header, _rows(lines, begin + 1, header, delimiter))


def _delimiter(line: str) -> str:
    return max(";,\t|", key=line.count)


def _rows(lines: list[str], at: int, header: list[str], delimiter: str) -> Iterator[Line]:
    """Give every row. Behind a bad line it starts afresh, so that an open quote costs its own line only."""
    for _ in range(MOST_REPAIRS):
        at = yield from _good_rows(lines, at, header, delimiter)
        if at >= len(lines):
            return
        yield Line(at + 1, _kept(lines[at]), "the row does not fit the header, or a quote in it is wrong")
        at += 1
    if at < len(lines):
        yield Line(at + 1, _kept("".join(lines[at:])), "too many bad lines: the rest of the file was not read")


def _good_rows(lines: list[str], at: int, header: list[str], delimiter: str) -> Generator[Line, None, int]:
    """Give rows until one is bad; give back the index of its first line, or of the end."""
    reader = csv.reader(islice(lines, at, None), delimiter=delimiter, strict=True)
    start, done = at, 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return len(lines)
        except csv.Error:
            return start + done
        begin, done = start + done, reader.line_num
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) < len(header) or any(cell.strip() for cell in cells[len(header) :]):
            return begin
        yield Line(begin + 1, dict(zip(header, cells, strict=False)))


def _kept(text: str) -> dict[str, Any]:
    return {"text": text[:MOST_KEPT]}
