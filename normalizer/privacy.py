"""Personal data in a complaint: found, and replaced before anything leaves for a third party."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from normalizer.identifiers import (
    BIRTH,
    HARMLESS,
    HUB,
    JAKI,
    LAPOR,
    NO_PLACE,
    PROFILE,
    QLUE,
    RULES,
    URL,
    Rule,
    in_question,
    lower,
)
from normalizer.number import find_numbers, read_number

_MASK = "\ufffc"
"""Stands for what is settled already; no pattern matches it, and lengths stay as they are."""
_SEVEN = re.compile(r"\d{7}")
"""What every LAPOR! number is."""
_FIRST_YEAR = 2015
"""No JAKI number is older."""


@dataclass(frozen=True, slots=True)
class Found:
    """A stretch of personal data: what it is, and where it starts and ends."""

    kind: str
    """Also the neutral label that replaces it: NIK, telepon, e-mail, …"""
    start: int
    end: int


def find_personal(text: str) -> tuple[Found, ...]:
    """Find personal data by shape and by cue words, in order of place; stretches never overlap."""
    lowered = lower(text)
    found = list(_behind_links(text)) if _has_link(lowered) else []
    births, rules = in_question(BIRTH, lowered), in_question(RULES, lowered)
    if births or rules:
        masked = _cover_numbers(text, lowered)
        masked = _take_all(births, masked, found)
        masked = _cover_all(masked, (pattern for _, pattern in in_question(HARMLESS, lowered)))
        _take_all(rules, masked, found)
    return tuple(sorted(found, key=lambda one: one.start))


def _take_all(rules: Iterable[Rule], masked: str, found: list[Found]) -> str:
    """Try the rules in turn; what one has found is out of the next one's sight."""
    for kind, pattern in rules:
        masked = _take(kind, pattern, masked, found)
    return masked


def _take(kind: str, pattern: re.Pattern[str], masked: str, found: list[Found]) -> str:
    taken = [Found(kind, *match.span("it")) for match in pattern.finditer(masked)]
    found += taken
    return _replace(masked, ((one, _MASK * (one.end - one.start)) for one in taken)) if taken else masked


def _replace(text: str, changes: Iterable[tuple[Found, str]]) -> str:
    """Put other words in the place of stretches, given in order."""
    pieces: list[str] = []
    after = 0
    for one, words in changes:
        pieces += text[after : one.start], words
        after = one.end
    return "".join((*pieces, text[after:]))


def _has_link(lowered: str) -> bool:
    return "://" in lowered or "www." in lowered


def _behind_links(text: str) -> Iterator[Found]:
    """Yield accounts and phone numbers inside links; the rest of a link, like a map's position, stays."""
    for link in URL.finditer(text):
        for match in PROFILE.finditer(text, *link.span()):
            kind = str(match.lastgroup)
            yield Found(kind, *match.span(kind))


def _cover_numbers(text: str, lowered: str) -> str:
    """Cover report numbers and links. Each is looked for only where something of it is there."""
    if "-" in text:
        text = HUB.sub(lambda match: match[0] if read_number(match[1]) is None else _cover(match), text)
    if "jk" in lowered:
        text = JAKI.sub(_cover, text)
    return URL.sub(_cover, text) if _has_link(lowered) else text


def _cover_all(text: str, patterns: Iterable[re.Pattern[str]]) -> str:
    for pattern in patterns:
        text = pattern.sub(_cover, text)
    return text


def _cover(match: re.Match[str]) -> str:
    return _MASK * len(match[0])


def scrub(text: str, *, names: Sequence[str] = ()) -> str:
    """Replace personal data and the given names by labels in brackets like `[NIK]`, `[telepon]`, `[nama]`.

    Report numbers, RT/RW, house numbers, hours, posts' ids, positions and map links stay. Scrubbing again
    changes nothing.
    """
    patterns = tuple(_name_patterns(names, text)) if names else ()
    while (scrubbed := _scrub_once(text, patterns)) != text:
        text = scrubbed
    return text


def _scrub_once(text: str, names: Sequence[re.Pattern[str]]) -> str:
    found = find_personal(text)
    if found:
        text = _replace(text, ((one, f"[{one.kind}]") for one in found))
    for pattern in names:
        text = pattern.sub("[nama]", text)
    return text


def _name_patterns(names: Sequence[str], text: str) -> Iterator[re.Pattern[str]]:
    """Whole names in any case; their parts only where written like a name and not as part of an address.

    Only of names that stand in the text: a pattern takes longer to make than to try.
    """
    lowered = text.casefold()
    whole = sorted({name.strip() for name in names if len(name.strip()) >= 3}, key=len, reverse=True)
    for name in whole:
        if all(part.casefold() in lowered for part in name.split()):
            spaced = r"\s+".join(re.escape(part) for part in name.split())
            yield re.compile(rf"(?<![\w\[])@?{spaced}(?![\w\]])", re.IGNORECASE)
    parts = dict.fromkeys(part for name in whole for part in name.split() if len(part) >= 4 and part.isalpha())
    for part in parts:
        spellings = [spelling for spelling in (part.capitalize(), part.upper()) if spelling in text]
        if spellings:
            yield re.compile(rf"(?<![\w\[]){NO_PLACE}(?:{'|'.join(spellings)})(?![\w\]])")


def find_quoted(text: str, letters: str) -> tuple[str, ...]:
    """List the earlier reports a text names: `hub:JKT-…`, `jaki:JK…`, `qlue:…`, `lapor:…`, without repeats.

    `letters` begin the region's own numbers. LAPOR! and Qlue numbers need a cue word before them.
    """
    lowered = text.casefold()
    quoted = [f"hub:{number}" for number in find_numbers(text, letters)]
    if "jk" in lowered:
        quoted += [f"jaki:JK{match[1]}{match[2]}" for match in JAKI.finditer(text) if _is_day(match[1])]
    qlue = [match[1] for match in QLUE.finditer(text)] if "qlue" in lowered else []
    quoted += [f"qlue:{number}" for number in qlue]
    if _SEVEN.search(text):
        quoted += [f"lapor:{match[1]}" for match in LAPOR.finditer(text) if match[1] not in qlue]
    return tuple(dict.fromkeys(quoted))


def _is_day(digits: str) -> bool:
    """Tell whether yymmdd is a day on which such numbers may have been given out."""
    try:
        return date(2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:])).year >= _FIRST_YEAR
    except ValueError:
        return False
