"""How much each kind of evidence counts: log-odds, 0 is undecided.

Set by what a duty officer would say and checked on pairs of flood reports that people compared, see `docs/quality.md`.
`python -m benchmarks.quality --fit` learns them from those pairs and says what they come to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Weights = Mapping[str, float]
JOIN, PERHAPS = 0.48, 0.4
"""Scores from which two complaints are one incident, or a person should look."""

WEIGHTS: Weights = {
    # Where: at no distance, falling to nothing at the category's usual reach; lost over each reach more.
    "near": 2.2,
    "far": -1.6,
    "blurred": -1.4,
    "same_kelurahan": -1.9,
    "other_kelurahan": -4.0,
    "unplaced": -3.0,
    # When: at once, falling to nothing within an hour; lost at the end of the category's span.
    "at_once": 0.4,
    "late": -2.0,
    # What the words say about where.
    "same_rt": 2.0,
    "other_rt": -2.5,
    "other_rw": -3.0,
    "same_mark": 1.5,
    "other_mark": -2.0,
    "same_street": 1.2,
    "other_street": -1.0,
    "same_place": 1.5,
    "other_place": -1.5,
    # What it is about.
    "like_kind": -1.0,
    "kin_guessed": -0.8,
    "kin_sure": -2.0,
    "possible_kind": -0.8,
    "vague_kind": -0.2,
    "hazy_kind": -2.5,
    "unsure_kind": -4.0,
    "other_kind": -4.0,
    "other_work": -1.5,
    # Who and how.
    "same_word": 0.6,
    "no_word": -1.2,
    "same_text": 3.0,
    "like_text": 2.0,
    "same_author": 1.5,
    "same_photo": 4.0,
    "same_thread": 5.0,
    "same_number": 8.0,
}


@dataclass(frozen=True, slots=True)
class Policy:
    """How evidence is weighed, and from which score on something is done about it."""

    weights: Weights = field(default_factory=lambda: WEIGHTS)
    join: float = JOIN
    perhaps: float = PERHAPS


POLICY = Policy()
