"""Tables: CSV and its relatives, with commas, semicolons or tabs, lines inside quotes, and titles above the header."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from itertools import islice
from typing import IO

from plugins.file.columns import Columns
from plugins.file.lines import KEPT, Line, Lines
from plugins.file.problems import Unreadable
from plugins.file.record import Record, table_record

DELIMITERS = "\t;,"
MOST_LINES = 200
MOST_BYTES = 256_000
"""A row larger than these has a quote that nobody closed: only its first line is given up."""
HEADER_WITHIN = 10
"""Rows among which the names of the columns are looked for: people write titles above them."""


class _TooLarge(csv.Error):
    """A row does not end where rows do."""


class TableRows:
    """Rows of a table behind its header."""

    def __init__(self, open_: Callable[[], IO[bytes]], columns: Columns, delimiters: str = DELIMITERS) -> None:
        """Find the header. Raises Unreadable where none of the first rows names a column for the words."""
        found = [header for one in delimiters if (header := _header(open_, columns, one))]
        if not found:
            raise Unreadable("no column for the text", 1)
        # A header has most cells when it is cut at the right character.
        self._delimiter, self._header, self.position, self.line = max(found, key=lambda one: len(one[1]))
        self._stream = open_()
        self._go_to(self.position, self.line)

    def skip_to(self, position: int, line: int) -> None:
        """Go on behind what was read before; never in front of the header."""
        if position > self.position:
            self._go_to(position, line)

    def close(self) -> None:
        """Let the file go."""
        self._stream.close()

    def next(self) -> Record | None:
        """Give the next row that is not blank; a broken one alone, with the line it begins on."""
        while found := _row(self._lines, self._delimiter):
            lines, cells = found
            self.position, self.line = lines[-1].end, lines[-1].number
            if cells is None:
                return Record(lines[0].number, lines[0].data[:KEPT], "broken row" if lines[0].whole else "too long")
            if any(cell.strip() for cell in cells):
                return table_record(lines[0].number, self._header, cells)
        return None

    def _go_to(self, position: int, line: int) -> None:
        self._stream.seek(position)
        self._lines = Lines(self._stream, position, line)
        self.position, self.line = position, line


def _header(open_: Callable[[], IO[bytes]], columns: Columns, delimiter: str) -> tuple[str, list[str], int, int] | None:
    """Give the delimiter, the names of the columns, and where they end; None where there are none."""
    with open_() as stream:
        lines = Lines(stream)
        for taken, cells in islice(iter(lambda: _row(lines, delimiter), None), HEADER_WITHIN):
            if cells and columns.is_header(cells):
                return delimiter, [" ".join(cell.split()) for cell in cells], taken[-1].end, taken[-1].number
    return None


def _row(lines: Lines, delimiter: str) -> tuple[list[Line], list[str] | None] | None:
    """Give the lines of the next row and its cells, None for a broken one; None behind the last."""
    first = lines.next()
    if first is None:
        return None
    taken = [first]
    try:
        cells = next(csv.reader(_feed(lines, taken), delimiter=delimiter, strict=True), [])
    except csv.Error:
        lines.give_back(taken[1:])
        return taken[:1], None
    return taken, cells


def _feed(lines: Lines, taken: list[Line]) -> Iterator[str]:
    """Give the text of the first line, and of as many more as the row asks for."""
    line: Line | None = taken[0]
    size = 0
    while line is not None:
        size += len(line.data)
        if not line.whole or len(taken) > MOST_LINES or (size > MOST_BYTES and len(taken) > 1):
            raise _TooLarge
        yield line.text
        line = lines.next()
        if line is not None:
            taken.append(line)
