"""What speaks for the place of a report, in words: positions, names in the text, contradictions, a border nearby."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hub.web.language import mark
from hub.web.words import Words

WITNESSES = {
    "coordinates": mark("the position that came with it"),
    "exif": mark("the position in the photo"),
    "reported": mark("chosen by the citizen: %(name)s"),
    "kelurahan": mark("the words name %(name)s"),
    "kecamatan": mark("the words name kecamatan %(name)s"),
    "street": mark("the street named: %(name)s"),
    "spot": mark("the place named: %(name)s"),
    "postal": mark("the postal code %(name)s"),
    "name": mark("a name in the words: %(name)s"),
    "border": mark("across the border is %(name)s"),
}
SHOWN = 5


def witnesses(words: Words, place: Mapping[str, Any]) -> list[str]:
    """Spell what decided, in order of weight; unknown codes stay out."""
    spelled = (_spell(words, str(code)) for code in place.get("evidence", ()))
    return list(dict.fromkeys(line for line in spelled if line))[:SHOWN]


def _spell(words: Words, code: str) -> str:
    kind, _, value = code.partition(":")
    known = WITNESSES.get(kind)
    name: dict[str, Callable[[str], str]] = {
        "reported": words.office,
        "kelurahan": words.office,
        "border": words.office,
        "kecamatan": words.unit,
    }
    spelled = name.get(kind, str.title)(value)
    return words.language.gettext(known) % {"name": spelled} if known else ""
