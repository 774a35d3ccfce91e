"""Names of places found in a text: the longest first, each with the areas it may mean and how far it is trusted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from rapidfuzz import fuzz, process

from normalizer.gazetteer import STOP, Name, Weights, names
from normalizer.geometry import Boundaries
from normalizer.placewords import (
    BREAK,
    CITY_CUES,
    COMPLEX_CUES,
    COMPLEX_ENDS,
    GATE_CUES,
    KECAMATAN_CUES,
    KELURAHAN_CUES,
    LEVEL_CUES,
    NAME_ENDS,
    NEAR_CUES,
    PASSING_CUES,
    PERSON_CUES,
    PLACE_CUES,
    POSTAL_CUES,
    ROAD_CUES,
    STOP_CUES,
    STREET_CUES,
    WATER_CUES,
    words,
)
from normalizer.region import Region

LONGEST = 7
"""Words in a name."""
HEAD = 9
"""Letters that tell most words from the beginning of a name."""
CUED = 0.95
"""Trust in a name with the word for its level before it."""
MISSPELLED = 0.55
ALIKE = 86.0
"""Percent of likeness from which a misspelled name after its cue is taken for the right one."""
ON_A_ROAD = 0.85
"""Trust in the kecamatan of a kelurahan that a street or a side street is called after."""
ON_A_LONG_ROAD = 0.6
"""The same, where it is called after a larger area: Jalan Raya Cakung goes far."""
NEXT_TO = 0.65
"""Trust in an area that a housing estate is called after."""
AT_A_LANDMARK = 0.75
"""Trust in an area that a station, a flyover or a terminal is called after."""
LOOSE = 0.6
"""Trust in a city beside the region that only occurs in a text: people name kitchens and companies after cities."""
BY_WATER = 0.25
"""Trust in an area that a river is called after, or that a toll road leads to."""
TOLL_WORDS = 6
"""How far behind `tol` the ends of the road are named: Tol Lingkar Luar Cilincing-Cikunir."""
GOES_ON = 0.5
"""Trust in an everyday word behind its cue where the next word may belong to the name."""
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

    def __init__(self, region: Region, ground: Boundaries) -> None:
        self._areas = region.areas
        self._names = names(region, ground)
        self._heads = _heads((*self._names, *STOP_CUES))
        self._whole = self._names.keys() | STOP_CUES
        self._levels = [
            said for said, name in self._names.items() if said == name.said and (name.kelurahan or name.kecamatan)
        ]
        self._closest = lru_cache(maxsize=16384)(self._alike)
        self._fitting = lru_cache(maxsize=128)(self._as_long)
        self._postal: dict[str, Name] = {}
        for code in {area.postal_code for area in region.areas} - {""}:
            members = [index for index, area in enumerate(region.areas) if area.postal_code == code]
            self._postal[code] = Name(
                "postal", code, said=code, bare=dict.fromkeys(members, 1 / len(members)), trust=POSTAL
            )

    def find(self, text: str) -> list[Mention]:
        """Find the mentions in a text in their order. One inside a longer one is not kept; overlapping ones are."""
        said = words(text)
        found: list[Mention] = []
        reached = 0
        for start in self._beginnings(said):
            mention = self._longest(said, start)
            if mention is None and start and said[start - 1] in LEVEL_CUES:
                mention = self._misspelled(said, start)
            if mention and mention.end > reached:
                reached = mention.end
                if mention.trust:
                    found.append(mention)
        return [*_settled(said, found), *self._postals(said, found)]

    def _beginnings(self, said: list[str]) -> list[int]:
        """List where a name may begin: two words tell most of the others apart at once."""
        heads, whole = self._heads, self._whole
        likely = [start for start, word in enumerate(said) if word[:HEAD] in heads]
        found = [start for start in likely if said[start] in whole or (said[start] + said[start + 1])[:HEAD] in heads]
        if LEVEL_CUES.isdisjoint(said):
            return found
        behind_cues = {start for start, word in enumerate(said) if word and said[start - 1] in LEVEL_CUES}
        return sorted(behind_cues.union(found))

    def kelurahan(self, reported: str) -> Weights:
        """Give the areas that a channel means by the name or dotted code of a kelurahan."""
        for index, area in enumerate(self._areas):
            if area.code == reported.strip():
                return {index: 1.0}
        entry = self._names.get("".join(word for word in words(reported) if word not in KELURAHAN_CUES))
        return (entry.kelurahan or entry.kecamatan) if entry else {}

    def _longest(self, said: list[str], start: int) -> Mention | None:
        mention = self._run(said, start, start, "")
        if mention is None and said[start] in STOP_CUES:
            before = said[start - 1]
            if before not in STREET_CUES and (said[start] != "merah" or before == "lampu"):
                return self._run(said, start, start + 1, STOP)
        return mention

    def _run(self, said: list[str], start: int, end: int, joined: str) -> Mention | None:
        """Find the longest name that goes on from `joined` with the words behind `end`."""
        best = None
        for word in said[end : start + LONGEST]:
            joined += word
            end += 1
            if word == BREAK or len(joined) > self._heads.get(joined[:HEAD], 0):
                break
            name = self._names.get(joined)
            if name is not None:
                best = _taken(name, said, start, end)
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
                return replace(_taken(name, said, start, start + length), trust=MISSPELLED)
        return None

    def _alike(self, written: str) -> Name | None:
        """Find the area whose name is most like it. Names much longer or shorter cannot be."""
        close = process.extractOne(written, self._fitting(len(written)), scorer=fuzz.ratio, score_cutoff=ALIKE)
        return self._names[close[0]] if close else None

    def _as_long(self, length: int) -> list[str]:
        """List the names about as long as a word of so many letters."""
        return [said for said in self._levels if 200 * min(len(said), length) >= ALIKE * (len(said) + length)]

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


def _heads(names: Iterable[str]) -> dict[str, int]:
    """Give every beginning of the names, up to a length, with the letters of the longest name that begins so."""
    longest: dict[str, int] = {}
    for said in names:
        longest[said[:HEAD]] = max(longest.get(said[:HEAD], 0), len(said))
    heads = dict(longest)
    for head, letters in longest.items():
        for length in range(1, len(head)):
            if heads.get(head[:length], 0) < letters:
                heads[head[:length]] = letters
    return heads


def _taken(name: Name, said: list[str], start: int, end: int) -> Mention:
    """Read a name by the words around it; without trust where they say that it is none, nor is any part of it."""
    cue = said[start - 1] if start else BREAK
    if name.kelurahan or name.kecamatan:
        if cue in KELURAHAN_CUES:
            return Mention(name, start, end, name.kelurahan or name.kecamatan, CUED, cued=True)
        if cue in KECAMATAN_CUES:
            return Mention(name, start, end, name.kecamatan or name.kelurahan, CUED, cued=True)
    before = {cue, said[start - 2] if start > 1 else BREAK}
    if cue in PERSON_CUES or (name.kind == "outside" and before & (ROAD_CUES | PASSING_CUES)):
        return Mention(name, start, end, name.bare, 0.0)
    weights, trust = _read(name, cue, before, said[end])
    if name.kind == "area" and "tol" in said[max(0, start - TOLL_WORDS) : start] and not _at_a_gate(said, start):
        trust = min(trust, BY_WATER)
    return Mention(name, start, end, weights, trust * PASSING if cue in PASSING_CUES else trust)


def _read(name: Name, cue: str, before: set[str], after: str) -> tuple[Weights, float]:
    """Say what an uncued name means between the words before and behind it; no trust where it is no name."""
    if name.kind == "area":
        return _area(name, cue, before, after)
    trust = name.trust
    if name.kind == "outside":
        trust = CUED if cue in CITY_CUES else trust if cue in PLACE_CUES else LOOSE
    elif name.short and not _ends(after):
        trust = 0.0
    return name.bare, trust


def _area(name: Name, cue: str, before: set[str], after: str) -> tuple[Weights, float]:
    """Say whether the name of an area is that of something called after it, and what it means then."""
    road = bool(before & STREET_CUES or cue in ROAD_CUES)
    if name.ordinary and road:
        return name.bare, 0.0
    if cue in COMPLEX_CUES or after in COMPLEX_ENDS:
        return name.along, BY_WATER if cue in WATER_CUES else NEXT_TO
    if road or _numbers(after):
        return name.along, _beside(name, cue, after)
    return name.bare, name.trust


def _beside(name: Name, cue: str, after: str) -> float:
    """Give the trust in an area that a road, a station or a river is called after."""
    if cue in WATER_CUES:
        return BY_WATER
    if cue in NEAR_CUES:
        return AT_A_LANDMARK
    far = bool(name.kecamatan or not name.kelurahan) and (_numbers(after) or not _ends(after))
    return ON_A_LONG_ROAD if far else ON_A_ROAD


def _at_a_gate(said: list[str], start: int) -> bool:
    """Say whether the toll road before is only its gate: `keluar tol X` is at X."""
    toll = max(at for at in range(max(0, start - TOLL_WORDS), start) if said[at] == "tol")
    return toll == start - 1 and toll > 0 and said[toll - 1] in GATE_CUES


def _numbers(word: str) -> bool:
    """Say whether a word may be the number of a street among those of one name: Tebet Barat IX."""
    return word.isdigit() and len(word) < 3


def _ends(word: str) -> bool:
    """Say whether a name cannot go on with this word."""
    return not word or word.isdigit() or word in NAME_ENDS


def _settled(said: list[str], found: list[Mention]) -> list[Mention]:
    """Weigh each mention by the kept one right behind it."""
    kept: list[Mention] = []
    for mention in reversed(found):
        after = kept[-1] if kept else None
        next_to = after if after and _chained(said[mention.end : after.start]) else None
        weighed = _before(mention, next_to, said)
        if weighed:
            kept.append(weighed)
    return kept[::-1]


def _before(mention: Mention, next_to: Mention | None, said: list[str]) -> Mention | None:
    """Weigh a mention by the one that it stands before, if any, and by the words behind it."""
    if mention.name.ordinary and not (next_to and _holds(next_to, mention)):
        if not mention.cued:
            return None
        if not _ends(said[mention.end]) and not (next_to and next_to.start == mention.end):
            # Kelurahan Dukuh Pakis is another city's.
            return replace(mention, trust=GOES_ON)
    if next_to and mention.name.kind != "outside" and (next_to.name.kind == "outside" or next_to.trust == ELSEWHERE):
        return replace(mention, trust=ELSEWHERE)
    if mention.cued and not next_to and _in_an_unknown_kecamatan(said, mention.end):
        return replace(mention, trust=GOES_ON)
    return mention


def _in_an_unknown_kecamatan(said: list[str], end: int) -> bool:
    """Say whether a kecamatan is named here: one of the region's would have been found."""
    at = end + (said[end] == BREAK)
    return said[at : at + 1] == ["kecamatan"] and not _ends(said[at + 1])


def _chained(between: list[str]) -> bool:
    """Say whether these words only lead from one part of an address to the next: `kecamatan`, and an unknown name."""
    unknown = 1
    for word in between:
        if word in LEVEL_CUES:
            unknown = 2
        elif word not in _BETWEEN:
            unknown -= 1
            if unknown < 0 or word in NAME_ENDS or word in PASSING_CUES:
                return False
    return True


def _holds(wide: Mention, narrow: Mention) -> bool:
    return wide.name.kind == "area" and wide.name is not narrow.name and wide.weights.keys() >= narrow.weights.keys()
