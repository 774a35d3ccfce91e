"""Whether two reports are one: what speaks for it in figures and words, both photos, and others nearby to choose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row

from hub.store import views_report as views
from hub.store.views_sight import Sight
from hub.web.language import mark
from normalizer.evidence import metres
from normalizer.facts import signature
from normalizer.text import tokens

WORDS_SHOWN = 8
PHOTOS_SHOWN = 2
NEAR = 1500
"""Metres within which others are offered."""
LIKELY = ((0.75, mark("very likely the same")), (0.5, mark("perhaps the same")), (0.0, mark("only a faint likeness")))


@dataclass(frozen=True, slots=True)
class Candidate:
    """Another report, and how it compares with this one."""

    row: Any
    metres: int | None
    apart: timedelta
    likely: str = ""
    words: Sequence[str] = ()
    photos: Sequence[str] = ()
    text: str = field(default="", repr=False)
    """The latest words of its citizens."""


def read_candidates(connection: Connection, report: Row[Any], suggestions: Sequence[Any]) -> list[Candidate]:
    """Compare with each report that is perhaps the same."""
    if not suggestions:
        return []
    keys = [report.id, *(row.other_id for row in suggestions)]
    texts = {key: views.latest_words(connection, key) for key in keys}
    photos = views.some_photos(connection, keys, PHOTOS_SHOWN)
    mine = _telling(texts[report.id])
    return [
        Candidate(
            row,
            _metres(report, row),
            abs(row.first_at - report.first_at),
            next(word for least, word in LIKELY if row.score >= least),
            sorted(mine & _telling(texts[row.other_id]))[:WORDS_SHOWN],
            photos.get(row.other_id, ()),
            next(iter(texts[row.other_id]), ""),
        )
        for row in suggestions
    ]


def read_nearby(connection: Connection, report: Row[Any], sight: Sight, limit: int = 8) -> list[Candidate]:
    """Give other open reports around this one, nearest first; where it has no position, the newest of its area."""
    rows = views.open_around(connection, report, sight)
    found = [Candidate(row, _metres(report, row), abs(row.first_at - report.first_at)) for row in rows]
    near = [one for one in found if one.metres is not None and one.metres <= NEAR]
    if report.lat is None or not near:
        return found[:limit]
    return sorted(near, key=lambda one: one.metres or 0)[:limit]


def _metres(one: Any, other: Any) -> int | None:
    if None in (one.lat, one.lon, other.lat, other.lon):
        return None
    return round(metres((one.lat, one.lon), (other.lat, other.lon)))


def _telling(texts: Sequence[str]) -> set[str]:
    """Give the words that can tell one complaint from another, as they are written."""
    return {word for text in texts for word in tokens(text.lower()) if signature([word])}
