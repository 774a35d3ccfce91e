"""Where a complaint is: coordinates, photo, channel and words weighed together; what contradicts is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from normalizer.belief import Testimony, likeliest, weigh
from normalizer.complaint import Complaint, Place, PlaceLevel
from normalizer.fixes import SECOND, SURE, Fix, chosen, fixes
from normalizer.gazetteer import OUTSIDE
from normalizer.geometry import BLUR, Boundaries, Spotting
from normalizer.names import Mention, Names
from normalizer.placewords import street
from normalizer.region import Region
from normalizer.text import find_rt_rw

REPORTED = 0.8
"""Trust in the kelurahan that a channel names."""
LIKELY = {"kelurahan": 0.55, "kecamatan": 0.68, "kota": 0.68, "outside": 0.5}
"""From here on a place of this level is named; below, only a larger one around it, or none. With these, about nine
in ten of the kecamatan named were right."""
ECHO = 0.5
"""What is left of the trust in a name that is part of one said already: Kalibata City, Kalibata."""
CLEAR = 0.6
"""Likelihood from which words speak against coordinates."""
APART = 150.0
"""Metres between a position and the area named, from which the two disagree."""
WORTH_NAMING = 0.05
MEANT = 0.6
"""Share from which a name is said to mean an area."""
TEXT_OUTSIDE = 0.6
"""Most that words alone can say for a place outside."""
POSITION_OUTSIDE = 0.95
DISPUTED = 0.6
KECAMATAN, KOTA = 8, 5
"""Length of their codes."""
LARGER: tuple[tuple[PlaceLevel, int], ...] = (("kecamatan", KECAMATAN), ("kota", KOTA))
"""What to name where a kelurahan would be a guess, with the length of its codes."""
RADIUS = {"street": 300.0, "spot": 200.0}
"""Metres around the known point of a street or landmark in which the matter probably is."""


@dataclass(frozen=True, slots=True)
class Said:
    """What words and channel say about the place."""

    mentions: tuple[Mention, ...]
    testimonies: tuple[Testimony, ...]
    belief: Mapping[int, float]
    order: list[int]
    evidence: tuple[str, ...]
    members: dict[str, Any]
    """Of a place: street, rt and rw, whatever the position."""


@lru_cache(maxsize=4)
def placer_of(region: Region) -> Placer:
    """Give the placer of a region; its names and borders take most of a second to build, once for a process."""
    return Placer(region)


class Placer:
    """Finds places in one region. Pure, and cheap to send to another process: it takes only the region along."""

    def __init__(self, region: Region) -> None:
        self._region = region
        self._areas = region.areas
        self._codes = {length: [area.code[:length] for area in region.areas] for length in (KECAMATAN, KOTA)}
        self._ground = Boundaries(region)
        self._names = Names(region, self._ground)

    def __reduce__(self) -> tuple[Any, ...]:
        return Placer, (self._region,)

    def place(self, complaint: Complaint, *, photo: tuple[float, float] | None = None) -> Place:
        """Place a complaint. `photo` is the latitude and longitude its picture was taken at.

        The level is `point` only where a position was given; `street` stands for a known point of the street or
        landmark named. Coarser levels have no latitude and longitude.
        """
        said = self._said(complaint)
        given = list(fixes(self._ground, complaint, photo))
        inside = [fix for fix in given if fix.spotting]
        if inside:
            fix = chosen(self._ground, inside, said.belief)
            return self._at(fix, [other for other in inside if other is not fix], said)
        return self._off(given[0], said) if given else self._by_words(said)

    def _said(self, complaint: Complaint) -> Said:
        text = f"{complaint.address}\n{complaint.words}" if complaint.address else complaint.words
        mentions = _once(self._names.find(text))
        testimonies: list[Testimony] = [
            (mention.weights, mention.trust * ECHO if _echoes(mention, mentions[:at]) else mention.trust)
            for at, mention in enumerate(mentions)
        ]
        evidence = [self._label(mention) for mention in mentions]
        reported = self._names.kelurahan(complaint.kelurahan_reported) if complaint.kelurahan_reported else {}
        if reported:
            testimonies.append((reported, REPORTED))
            evidence.insert(0, f"reported:{self._areas[min(reported)].code}")
        belief = weigh(testimonies, len(self._areas) + 1)
        rt, rw = find_rt_rw(text)
        return Said(
            mentions=mentions,
            testimonies=tuple(testimonies),
            belief=belief,
            order=likeliest(belief),
            evidence=tuple(evidence),
            members={"street": street(text), "rt": rt, "rw": rw},
        )

    def _label(self, mention: Mention) -> str:
        if mention.name.kind != "area":
            return f"{mention.name.kind}:{mention.name.text}"
        best = max(mention.weights, key=mention.weights.__getitem__)
        if mention.weights[best] >= MEANT:
            return f"kelurahan:{self._areas[best].code}"
        kecamatan = self._by(KECAMATAN, mention.weights)
        best_wide = max(kecamatan, key=kecamatan.__getitem__)
        return f"kecamatan:{best_wide}" if kecamatan[best_wide] >= MEANT else f"name:{mention.name.text}"

    # ------------------------------------------------------------------------------------------------- by a position

    def _at(self, fix: Fix, others: list[Fix], said: Said) -> Place:
        """Place by a position inside the region; words decide only between the two sides of a border."""
        rest = [other.testimony(SECOND) for other in others]
        belief = weigh([fix.testimony(), *rest, *said.testimonies], len(self._areas) + 1)
        index, across = _side(fix, belief)
        against = self._against(fix, index, said)
        area, runner = self._areas[index], across if against is None else against
        return Place(
            result="found",
            level="point",
            lat=fix.position[0],
            lon=fix.position[1],
            radius=fix.accuracy,
            kelurahan=area.code,
            kecamatan=area.kecamatan,
            confidence=round(min(belief[index], SURE), 3),
            metres_to_border=_border(fix),
            runner_up="" if runner is None else self._areas[runner].code,
            conflict=against is not None,
            evidence=(fix.label, *(other.label for other in others), *self._edge(fix, index), *said.evidence),
            **said.members,
        )

    def _edge(self, fix: Fix, index: int) -> Iterator[str]:
        """Name the border that a position is so near to that no map can tell its side."""
        spotting = fix.spotting
        if spotting and spotting.neighbour is not None and (spotting.metres_to_border or 0.0) < BLUR:
            across = spotting.neighbour if index == spotting.area else spotting.area
            yield f"border:{self._areas[across].code}"

    def _against(self, fix: Fix, index: int, said: Said) -> int | None:
        """Give the area that the words clearly name in another kecamatan, away from the position."""
        wide = self._by(KECAMATAN, said.belief)
        best = max(wide, key=lambda code: wide[code], default="")
        if not best or wide[best] < CLEAR or best == self._areas[index].kecamatan:
            return None
        named = [other for other in said.order if other != OUTSIDE and self._areas[other].kecamatan == best]
        return named[0] if self._ground.metres_to(fix.position, named) > APART else None

    def _off(self, fix: Fix, said: Said) -> Place:
        """Place outside the region by a position, also where the words name an area inside: both are kept."""
        named = next((index for index in said.order[:1] if index != OUTSIDE and said.belief[index] >= CLEAR), None)
        return Place(
            result="outside",
            level="point",
            lat=fix.position[0],
            lon=fix.position[1],
            radius=fix.accuracy,
            confidence=POSITION_OUTSIDE if named is None else DISPUTED,
            runner_up="" if named is None else self._areas[named].code,
            conflict=named is not None,
            evidence=(fix.label, *said.evidence),
            **said.members,
        )

    # --------------------------------------------------------------------------------------------------------- by words

    def _by_words(self, said: Said) -> Place:
        best = said.order[0] if said.order else None
        likely = 0.0 if best is None else said.belief[best]
        if best == OUTSIDE and likely >= LIKELY["outside"]:
            return Place(
                result="outside", confidence=round(min(likely, TEXT_OUTSIDE), 3), evidence=said.evidence, **said.members
            )
        if best is not None and best != OUTSIDE and self._sure(best, likely, said):
            return self._in(best, likely, said)
        return self._around(said)

    def _sure(self, index: int, likely: float, said: Said) -> bool:
        """Say whether the words are sure enough of a kelurahan, and of the kecamatan it is in."""
        kecamatan = self._by(KECAMATAN, said.belief)[self._areas[index].kecamatan]
        return likely >= LIKELY["kelurahan"] and kecamatan >= LIKELY["kecamatan"]

    def _in(self, index: int, likely: float, said: Said) -> Place:
        """Place in one kelurahan: at the street or landmark named in it, if any."""
        known = [mention for mention in said.mentions if index in mention.name.points]
        level, members = "kelurahan", {}
        if known:
            spot = min(known, key=lambda mention: RADIUS[mention.name.kind])
            lat, lon = spot.name.points[index]
            level, members = "street", {"lat": lat, "lon": lon, "radius": RADIUS[spot.name.kind]}
        area = self._areas[index]
        return Place(
            result="found",
            level=level,
            kelurahan=area.code,
            kecamatan=area.kecamatan,
            confidence=round(min(likely, SURE), 3),
            runner_up=self._second(index, said),
            evidence=said.evidence,
            **members,
            **said.members,
        )

    def _around(self, said: Said) -> Place:
        """Place in a kecamatan or kota that the words leave likely, else nowhere."""
        if not said.order:
            return Place(evidence=said.evidence, **said.members)
        for level, length in LARGER:
            wide = self._by(length, said.belief)
            best = max(wide, key=lambda code: wide[code], default="")
            if best and wide[best] >= LIKELY[level]:
                return Place(
                    result="found",
                    level=level,
                    kecamatan=best if level == "kecamatan" else "",
                    confidence=round(min(wide[best], SURE), 3),
                    runner_up=self._second(None, said),
                    evidence=said.evidence,
                    **said.members,
                )
        return Place(runner_up=self._second(None, said), evidence=said.evidence, **said.members)

    def _second(self, first: int | None, said: Said) -> str:
        """Give the likeliest other kelurahan, where it is worth naming."""
        for index in said.order[:3]:
            if index not in {first, OUTSIDE}:
                return self._areas[index].code if said.belief[index] >= WORTH_NAMING else ""
        return ""

    def _by(self, length: int, belief: Mapping[int, float]) -> dict[str, float]:
        """Sum up likelihoods by the beginning of the area codes."""
        codes, wide = self._codes[length], dict[str, float]()
        for index, likely in belief.items():
            if index != OUTSIDE:
                code = codes[index]
                wide[code] = wide.get(code, 0.0) + likely
        return wide


def _once(mentions: list[Mention]) -> tuple[Mention, ...]:
    """Keep one mention of each name, the most trusted; the most trusted first."""
    best: dict[str, Mention] = {}
    for mention in sorted(mentions, key=lambda mention: -mention.trust):
        best.setdefault(f"{mention.name.kind}:{mention.name.text}", mention)
    return tuple(best.values())


def _echoes(mention: Mention, before: tuple[Mention, ...]) -> bool:
    """Say whether a name was said within, or around, a more trusted one: it is no second witness."""
    said = mention.name.said
    return not mention.cued and any(said in other.name.said or other.name.said in said for other in before)


def _border(fix: Fix) -> float | None:
    spotting = fix.spotting
    return None if spotting is None or spotting.metres_to_border is None else round(spotting.metres_to_border, 1)


def _side(fix: Fix, belief: Mapping[int, float]) -> tuple[int, int | None]:
    """Give the area of a position and the one across the border; the likelier one where the border is a blur."""
    spotting = fix.spotting or Spotting(OUTSIDE, None, None)
    area, across = spotting.area, spotting.neighbour
    if across is None or spotting.metres_to_border is None or spotting.metres_to_border > max(BLUR, fix.accuracy):
        return area, across
    return (area, across) if belief[area] >= belief[across] else (across, area)
