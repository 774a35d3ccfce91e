"""Names of places found in a text: the longest first, each with the areas it may mean and how far it is trusted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from rapidfuzz import fuzz, process

from normalizer.gazetteer import Name, Weights, names
from normalizer.placewords import (
    BREAK,
    KECAMATAN_CUES,
    KELURAHAN_CUES,
    LEVEL_CUES,
    PASSING_CUES,
    PERSON_CUES,
    POSTAL_CUES,
    ROAD_CUES,
    STREET_CUES,
    words,
)
from normalizer.region import Region

LONGEST = 7
"""Words in a name."""
HEAD = 6
"""Letters that tell most words from the beginning of a name."""
CUED = 0.95
"""Trust in a name with the word for its level before it."""
MISSPELLED = 0.8
ALIKE = 86.0
"""Percent of likeness from which a misspelled name after its cue is taken for the right one."""
ON_A_ROAD = 0.35
"""Trust in an area that a street is called after: Jalan Raya Cakung goes far."""
PASSING = 0.5
"""What is left of the trust in a place that somebody comes from or goes to."""
ELSEWHERE = 0.2
"""Trust in an area with the name of a neighbouring city behind it: Cipayung, Depok."""
POSTAL = 0.8

_BETWEEN = frozenset({BREAK, "kecamatan", "kota", "kotamadya", "kabupaten", "jakarta", "adm", "administrasi"})


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a text. `start` and `end` count its words."""

    name: Name
    start: int
    end: int
    weights: Weights
    trust: float
    cued: bool = False


class Names:
    """The names of one region, ready to be found in texts."""

    def __init__(self, region: Region) -> None:
        self._areas = region.areas
        self._names = names(region)
        self._heads = {said[:length] for said in self._names for length in range(1, HEAD + 1)}
        self._levels = [said for said, name in self._names.items() if name.kelurahan or name.kecamatan]
        self._closest = lru_cache(maxsize=16384)(self._alike)
        self._postal: dict[str, Name] = {}
        for code in {area.postal_code for area in region.areas} - {""}:
            members = [index for index, area in enumerate(region.areas) if area.postal_code == code]
            self._postal[code] = Name("postal", code, bare=dict.fromkeys(members, 1 / len(members)), trust=POSTAL)

    def find(self, text: str) -> list[Mention]:
        """Find the mentions in a text in their order. One inside a longer one is not kept; overlapping ones are."""
        said = words(text)
        found: list[Mention] = []
        reached = 0
        for start, word in enumerate(said):
            mention = self._longest(said, start) if word[:HEAD] in self._heads else None
            if mention is None and word and start and said[start - 1] in LEVEL_CUES:
                mention = self._misspelled(said, start)
            if mention and mention.end > reached:
                found.append(mention)
                reached = mention.end
        return [*_settled(said, found), *self._postals(said, found)]

    def kelurahan(self, reported: str) -> Weights:
        """Give the areas that a channel means by the name or dotted code of a kelurahan."""
        for index, area in enumerate(self._areas):
            if area.code == reported.strip():
                return {index: 1.0}
        entry = self._names.get("".join(word for word in words(reported) if word not in KELURAHAN_CUES))
        return (entry.kelurahan or entry.kecamatan) if entry else {}

    def _longest(self, said: list[str], start: int) -> Mention | None:
        best, joined, end = None, "", start
        for word in said[start : start + LONGEST]:
            joined += word
            end += 1
            if word == BREAK or joined[:HEAD] not in self._heads:
                break
            name = self._names.get(joined)
            if name is not None:
                best = _taken(name, said, start, end) or best
        return best

    def _misspelled(self, said: list[str], start: int) -> Mention | None:
        """Find the likeliest area for what follows a cue and is no name as it stands."""
        for length in (3, 2, 1):
            written = said[start : start + length]
            joined = "".join(written)
            if BREAK in written or len(joined) < 5:
                continue
            name = self._closest(joined)
            if name:
                mention = _taken(name, said, start, start + length)
                return mention and replace(mention, trust=MISSPELLED)
        return None

    def _alike(self, written: str) -> Name | None:
        """Find the area whose name is most like it. Names much longer or shorter cannot be."""
        fits = [said for said in self._levels if 200 * min(len(said), len(written)) >= ALIKE * len(said + written)]
        close = process.extractOne(written, fits, scorer=fuzz.ratio, score_cutoff=ALIKE)
        return self._names[close[0]] if close else None

    def _postals(self, said: list[str], found: list[Mention]) -> Iterator[Mention]:
        """Find postal codes with a cue, or behind the name of an area."""
        if self._postal.keys().isdisjoint(said):
            return
        ends = {mention.end for mention in found}
        for at, word in enumerate(said):
            if word in self._postal:
                before = at - 1 if at and said[at - 1] == BREAK else at
                if before in ends or (before and said[before - 1] in POSTAL_CUES):
                    name = self._postal[word]
                    yield Mention(name, at, at + 1, name.bare, name.trust)


def _taken(name: Name, said: list[str], start: int, end: int) -> Mention | None:
    """Read a name by the words before it; None where they say that it is none."""
    cue = said[start - 1] if start else BREAK
    if name.kelurahan or name.kecamatan:
        if cue in KELURAHAN_CUES:
            return Mention(name, start, end, name.kelurahan or name.kecamatan, CUED, cued=True)
        if cue in KECAMATAN_CUES:
            return Mention(name, start, end, name.kecamatan or name.kelurahan, CUED, cued=True)
    before = {cue, said[start - 2] if start > 1 else BREAK}
    if cue in PERSON_CUES or (name.kind == "outside" and before & (ROAD_CUES | PASSING_CUES)):
        return None
    trust = name.trust
    if name.kind == "area" and (before & STREET_CUES or cue in ROAD_CUES):
        if name.ordinary:
            return None
        trust = ON_A_ROAD
    return Mention(name, start, end, name.bare, trust * PASSING if cue in PASSING_CUES else trust)


def _settled(said: list[str], found: list[Mention]) -> list[Mention]:
    """Weigh each mention by the kept one right behind it."""
    kept: list[Mention] = []
    for mention in reversed(found):
        after = kept[-1] if kept else None
        next_to = after if after and _BETWEEN.issuperset(said[mention.end : after.start]) else None
        if mention.name.ordinary and not mention.cued and not (next_to and _holds(next_to, mention)):
            continue
        elsewhere = next_to and next_to.name.kind == "outside" and mention.name.kind != "outside"
        kept.append(replace(mention, trust=ELSEWHERE) if elsewhere else mention)
    return kept[::-1]


def _holds(wide: Mention, narrow: Mention) -> bool:
    return wide.name.kind == "area" and wide.weights.keys() > narrow.weights.keys()
