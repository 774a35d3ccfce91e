"""The positions a complaint comes with: which of them mean something, where each lies, which is the one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from normalizer.belief import Testimony
from normalizer.complaint import Complaint
from normalizer.gazetteer import OUTSIDE
from normalizer.geometry import BLUR, Boundaries, Position, Spotting
from normalizer.placewords import positions

HANDHELD = 15.0
"""Metres that a telephone's position is usually off, where the channel does not say."""
COARSE = 200.0
"""Metres from which a stated accuracy is worse than a photo's own position."""
DEGREE = 111_000.0
"""Metres, about."""
VAGUE = 1000.0
"""Metres from which a rounded position inside the region is a name of the city rather than of a place."""
SURE = 0.97
"""Trust in a position: a reporter may stand elsewhere than the matter."""
REPAIRED = 0.85
"""Trust in a position whose sign or order had to be put right."""
BESIDE = 0.6
"""Trust in a position just outside the region that is taken in all the same."""
SECOND = 0.5
"""Trust in a position beside the one that was chosen."""
APART = 300.0
"""Metres from which two positions of one complaint tell two places."""
LEANING = 0.2
"""How much likelier the words must make a later position than the first to choose it."""


@dataclass(frozen=True, slots=True)
class Fix:
    """A position somebody gave, and where it lies; no spotting means outside the region."""

    label: str
    position: Position
    accuracy: float
    spotting: Spotting | None
    trust: float = SURE

    def testimony(self, trust: float | None = None) -> Testimony:
        """Say how likely the point's area and the one across the nearest border are."""
        spotting = self.spotting
        if spotting is None:
            return {OUTSIDE: 1.0}, trust or self.trust
        return _sides(spotting, self.accuracy), trust or self.trust


def _sides(spotting: Spotting, accuracy: float) -> Mapping[int, float]:
    if spotting.neighbour is None or spotting.metres_to_border is None:
        return {spotting.area: 1.0}
    # A stated accuracy is a radius for two cases in three; along one direction it is about two thirds of that.
    spread = math.hypot(BLUR / 2, accuracy / 1.5)
    here = 0.5 + 0.5 * math.erf(spotting.metres_to_border / (spread * math.sqrt(2)))
    return {spotting.area: here, spotting.neighbour: 1 - here}


def fixes(ground: Boundaries, complaint: Complaint, photo: Position | None) -> Iterator[Fix]:
    """Give the positions that mean something, the most trusted first; default pins and Null Island do not."""
    for label, position, accuracy in _given(complaint, photo):
        if ground.speaks(position):
            grain = _grain(position)
            fix = _fix(ground, label, position, max(accuracy, grain))
            if not fix.spotting or grain < VAGUE:
                yield fix


def _given(complaint: Complaint, photo: Position | None) -> list[tuple[str, Position, float]]:
    given: list[tuple[str, Position, float]] = []
    if complaint.lat is not None and complaint.lon is not None:
        given.append(("coordinates", (complaint.lat, complaint.lon), complaint.accuracy or HANDHELD))
    if photo is not None:
        given.insert(0 if given and given[0][2] > COARSE else 1, ("exif", photo, HANDHELD))
    links = positions(f"{complaint.address}\n{complaint.words}")
    return given + [("link", position, HANDHELD) for position in links]


def _grain(position: Position) -> float:
    """Give the metres that a position is rounded by: half of what its last decimal stands for."""
    decimals = max(len(repr(value).partition(".")[2]) for value in position)
    return DEGREE / 2 / 10.0**decimals


def _fix(ground: Boundaries, label: str, position: Position, accuracy: float) -> Fix:
    for reading in ground.readings(position):
        spotting = ground.spot(reading, accuracy)
        if spotting:
            trust = SURE if reading == position else REPAIRED
            return Fix(label, reading, accuracy, spotting, BESIDE if spotting.metres_off else trust)
    return Fix(label, position, accuracy, None)


def chosen(ground: Boundaries, inside: list[Fix], belief: Mapping[int, float]) -> Fix:
    """Take the first position, unless the words clearly speak for another."""
    first = inside[0]
    for other in inside[1:]:
        apart = ground.metres(first.position, other.position) > APART + first.accuracy + other.accuracy
        if apart and _believed(belief, other) > _believed(belief, first) + LEANING:
            return other
    return first


def _believed(belief: Mapping[int, float], fix: Fix) -> float:
    return sum(belief.get(index, 0.0) for index in fix.testimony()[0])
