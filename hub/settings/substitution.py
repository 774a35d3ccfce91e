"""Values of the settings that stand elsewhere: in the environment or in a file, so that no secret need be written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Location = tuple[str | int, ...]
"""Where a value stands: ("channel", 0, "options", "password")."""

WHOLE = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")
PART = re.compile(r"\$\$|\$\{([^}]*)(\}?)")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
FILE = "file:"


class SubstitutionError(Exception):
    """A value could not be found. Its text names the variable or file, never a value."""


@dataclass(frozen=True, slots=True)
class Substitution:
    """`$NAME`, `${NAME}`, `file:PATH` and `$$` in the strings of a settings tree."""

    environment: Mapping[str, str]
    folder: Path
    """What a relative `file:` is relative to."""

    def text(self, written: str) -> str:
        """Give the value meant; raises SubstitutionError. What was put in is not looked at again."""
        if written.startswith(FILE):
            return self._file(self._parts(written.removeprefix(FILE)))
        whole = WHOLE.fullmatch(written)
        return self._variable(whole[1]) if whole else self._parts(written)

    def tree(self, value: Any, report: Callable[[Location, str], None], at: Location = ()) -> Any:
        """Give a copy with every string replaced; what fails is reported and becomes an empty string."""
        if isinstance(value, Mapping):
            return {key: self.tree(inner, report, (*at, key)) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.tree(inner, report, (*at, index)) for index, inner in enumerate(value)]
        return self._or_report(value, report, at) if isinstance(value, str) else value

    def _or_report(self, written: str, report: Callable[[Location, str], None], at: Location) -> str:
        try:
            return self.text(written)
        except SubstitutionError as error:
            report(at, str(error))
            return ""

    def _parts(self, written: str) -> str:
        return PART.sub(self._part, written)

    def _part(self, match: re.Match[str]) -> str:
        if match[0] == "$$":
            return "$"
        if not match[2] or not NAME.fullmatch(match[1]):
            raise SubstitutionError("has a ${ that names no variable; write ${NAME}, or $${ for the characters")
        return self._variable(match[1])

    def _variable(self, name: str) -> str:
        if name not in self.environment:
            raise SubstitutionError(f"needs the environment variable {name}, which is not set; set it and try again")
        return self.environment[name]

    def _file(self, name: str) -> str:
        path = self.folder / name
        try:
            return path.read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
            raise SubstitutionError(f"needs the file {path}, which cannot be read: {reason}") from None


def is_literal(written: str) -> bool:
    """Say whether a value stands in the settings file itself: neither a variable nor a file gives any of it."""
    variable = any(match[0] != "$$" for match in PART.finditer(written))
    return not (variable or written.startswith(FILE) or WHOLE.fullmatch(written))


def strings(value: Any, at: Location = ()) -> Iterator[tuple[Location, str]]:
    """Give every string of a settings tree with its place."""
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from strings(inner, (*at, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from strings(inner, (*at, index))
