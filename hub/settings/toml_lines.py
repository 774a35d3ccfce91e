"""Lines of a TOML file's keys, which tomllib does not tell: a wrong setting is named by its line."""

from __future__ import annotations

import re
from collections import Counter

from hub.settings.substitution import Location

NAME = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""
DOTTED = rf"({NAME}(?:\s*\.\s*{NAME})*)"
HEADER = re.compile(rf"\s*(\[\[?)\s*{DOTTED}\s*\]\]?\s*(?:#.*)?$")
KEY = re.compile(rf"\s*{DOTTED}\s*=")
PART = re.compile(r""""([^"]*)"|'([^']*)'|([\w-]+)""")
LONG_STRING = re.compile(r'"{3}|\'{3}')


class TomlLines:
    """Where each key of a well-formed TOML text stands.

    Keys inside inline tables and elements of arrays have no entry of their own: they are found at the line of the
    key that holds them.
    """

    def __init__(self, text: str) -> None:
        self._lines: dict[Location, int] = {}
        self._tables: Counter[Location] = Counter()
        self._scan(text)

    def find(self, location: Location) -> int:
        """Give the line, from 1, of the key or of the nearest thing around it."""
        for length in range(len(location), 0, -1):
            if location[:length] in self._lines:
                return self._lines[location[:length]]
        return 1

    def _scan(self, text: str) -> None:
        table: Location = ()
        in_string = False
        for number, line in enumerate(text.splitlines(), 1):
            if not in_string:
                table = self._note(line, number, table)
            in_string ^= len(LONG_STRING.findall(line)) % 2 == 1

    def _note(self, line: str, number: int, table: Location) -> Location:
        if header := HEADER.match(line):
            table = self._resolve(_split(header[2]), again=header[1] == "[[")
            self._lines.setdefault(table, number)
        elif key := KEY.match(line):
            self._lines.setdefault((*table, *_split(key[1])), number)
        return table

    def _resolve(self, names: list[str], *, again: bool) -> Location:
        """Add the running number of each array of tables on the way."""
        location: Location = ()
        for position, name in enumerate(names, 1):
            location = (*location, name)
            self._tables[location] += again and position == len(names)
            if self._tables[location]:
                location = (*location, self._tables[location] - 1)
        return location


def _split(dotted: str) -> list[str]:
    return [basic or literal or bare for basic, literal, bare in PART.findall(dotted)]
