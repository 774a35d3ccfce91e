"""The texts that citizens are told, in two languages, from files that an operator may replace line by line."""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LANGUAGES = ("id", "en")
PLACEHOLDERS = frozenset({"number", "category", "place", "note", "link", "days"})

Texts = Mapping[str, str]
"""Templates by dotted name, like `status.selesai`."""
Wording = Mapping[str, Texts]
"""Templates by language."""


class WordingError(ValueError):
    """A file of texts cannot be used; says which line and why."""


@cache
def bundled_wording() -> Wording:
    """Give the texts as they are shipped."""
    return {language: _flat(_read(HERE / f"{language}.toml")) for language in LANGUAGES}


def load_wording(files: Mapping[str, Path]) -> Wording:
    """Give the texts with those of an operator's files instead, by language. Raises WordingError."""
    wording = {language: dict(texts) for language, texts in bundled_wording().items()}
    for language, file in files.items():
        own = _flat(_read(file))
        for name, text in own.items():
            _check(file, name, text, known=name in wording[language])
        wording[language].update(own)
    return wording


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise WordingError(f"{file}: cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise WordingError(f"{file}: is not TOML: {error}") from None


def _flat(tables: Mapping[str, Any]) -> dict[str, str]:
    named = {table: texts if isinstance(texts, Mapping) else {"": texts} for table, texts in tables.items()}
    return {f"{table}.{name}".rstrip("."): str(text) for table, texts in named.items() for name, text in texts.items()}


def _check(file: Path, name: str, text: str, *, known: bool) -> None:
    if not known:
        raise WordingError(f"{file}: there is no text named {name}")
    try:
        used = list(string.Formatter().parse(text))
    except ValueError as error:
        raise WordingError(f"{file}: {name}: {error}") from None
    if unknown := {field for _, field, _, _ in used if field is not None} - PLACEHOLDERS:
        known_ones = ", ".join(sorted(PLACEHOLDERS))
        raise WordingError(f"{file}: {name}: {{{min(unknown)}}} is not known; known are {known_ones}")
    if any(spec or conversion for _, _, spec, conversion in used):
        raise WordingError(f"{file}: {name}: in braces stands a name only")
    if own := _needed(bundled_wording()["id"][name]) - _needed(text):
        raise WordingError(f"{file}: {name}: {{{min(own)}}} is missing")


def _needed(text: str) -> set[str]:
    """Placeholders that a text cannot do without: nobody is told of a report without its number."""
    return {field for _, field, _, _ in string.Formatter().parse(text) if field in ("number", "note", "link")}
