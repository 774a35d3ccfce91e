"""Every name a region's places go by, and the areas it may mean: built once from the region's plain data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from normalizer.geometry import Position
from normalizer.placewords import key, words
from normalizer.region import Region, Spot, Street

NameKind = Literal["area", "street", "spot", "postal", "outside"]

OUTSIDE = -1
"""Stands for everything outside the region where areas are counted by their index."""
OWN = 0.45
"""Share of the kelurahan that bears its kecamatan's name, when the bare name is said."""
LONGER = 0.3
"""Weight of an area whose name goes on where the said name ends, against the one it fits: Cipinang, Cipinang Muara."""
WIDE = 2
"""In how many kecamatan a street or spot may be before its name says nothing."""

_DIRECTIONS = frozenset({"utara", "selatan", "barat", "timur"})
_TITLES = ("kota administrasi ", "kabupaten administrasi ", "kabupaten ", "kota ")
_STOPS = frozenset({"bus_stop", "halte_brt", "halte_big", "stop_at_station"})
_TRUST = dict.fromkeys(_STOPS, 0.55)
_LANDMARK = 0.7
# How often a bare name was right in 500 flood reports of 2017 with coordinates, and in 3,400 names of bus stops.
_WIDE_NAME, _NAME, _BEGINNING = 0.8, 0.73, 0.6

Weights = Mapping[int, float]
Located = Spot | Street
P = TypeVar("P", Spot, Street)


@dataclass(frozen=True, slots=True)
class Name:
    """What one name may mean."""

    kind: NameKind
    text: str
    kelurahan: Weights = field(default_factory=dict)
    """Areas that bear it, where it is said to be a kelurahan."""
    kecamatan: Weights = field(default_factory=dict)
    """Areas in the kecamatan that bears it, where it is said to be a kecamatan."""
    bare: Weights = field(default_factory=dict)
    """Areas by how likely each is meant when the name stands alone. They sum to 1."""
    trust: float = 0.7
    """How often the bare name is right."""
    ordinary: bool = False
    """An everyday word too: it needs a cue."""
    points: Mapping[int, Position] = field(default_factory=dict)
    """Of a street or spot: where, by area."""


def names(region: Region) -> dict[str, Name]:
    """Give every name by its key; where two share one: areas win, then streets with their cue, spots, bare streets."""
    return {
        **_bare_streets(region),
        **_spots(region),
        **_streets(region),
        **_outside(region),
        **_areas(region),
    }


def share(weights: Mapping[int, float]) -> dict[int, float]:
    """Scale weights so that they sum to 1."""
    total = sum(weights.values())
    return {index: weight / total for index, weight in weights.items()} if total else {}


def _even(indexes: Iterable[int]) -> dict[int, float]:
    return share(dict.fromkeys(indexes, 1.0))


# ------------------------------------------------------------------------------------------------------------ areas


def _areas(region: Region) -> dict[str, Name]:
    kelurahan, kecamatan, kota = _spoken(region)
    begun = _begun(region)
    stems = {stem for stem, members in begun.items() if _said(stem, members, region)}
    ordinary = {key(name) for name in region.ordinary_names}
    found = {code: Name("area", code, bare=_even(members), trust=0.9) for code, members in kota.items()}
    for name in kelurahan.keys() | kecamatan.keys() | stems:
        own, wide = kelurahan.get(name, set()), kecamatan.get(name, set())
        longer = begun.get(name, set()) - own
        found[name] = Name(
            "area",
            name,
            kelurahan=_even(own),
            kecamatan=_even(wide),
            bare=_meant(own, wide, longer),
            trust=_WIDE_NAME if wide else _NAME if own else _BEGINNING,
            ordinary=name in ordinary,
        )
    return found


def _meant(own: set[int], wide: set[int], longer: set[int]) -> dict[int, float]:
    """Weigh the areas that a bare name may mean."""
    if wide and own <= wide:
        rest = wide - own or wide
        return share({**dict.fromkeys(rest, (1 - OWN) / len(rest)), **dict.fromkeys(own, OWN)})
    if wide:
        # Kelurahan Jatinegara does not lie in kecamatan Jatinegara: people mean the larger one.
        return share({**dict.fromkeys(wide, 0.85 / len(wide)), **dict.fromkeys(own - wide, 0.15)})
    if own:
        return share({**dict.fromkeys(longer, LONGER), **dict.fromkeys(own, 1.0)})
    return _even(longer)


def _spoken(region: Region) -> tuple[dict[str, set[int]], dict[str, set[int]], dict[str, set[int]]]:
    """Give the areas by key of each kelurahan, kecamatan and kota, with all spellings."""
    levels: tuple[dict[str, set[int]], ...] = (defaultdict(set), defaultdict(set), defaultdict(set))
    spellings: dict[str, list[str]] = defaultdict(list)
    for code, variant in region.variants:
        spellings[code].append(variant)
    for index, area in enumerate(region.areas):
        said = ((area.code, area.name), (area.kecamatan, area.kecamatan_name), (area.kota, _bare(area.kota_name)))
        for level, (code, name) in zip(levels, said, strict=True):
            for spelling in (name, *spellings[code]):
                level[key(spelling)].add(index)
    return levels[0], levels[1], levels[2]


def _bare(kota: str) -> str:
    lowered = kota.lower()
    return next((kota[len(title) :] for title in _TITLES if lowered.startswith(title)), kota)


def _begun(region: Region) -> dict[str, set[int]]:
    """Give the areas whose names go on after each beginning of a name."""
    begun: dict[str, set[int]] = defaultdict(set)
    for index, area in enumerate(region.areas):
        spoken = _spoken_words(area.name)
        for length in range(1, len(spoken)):
            begun["".join(spoken[:length])].add(index)
    return begun


def _said(stem: str, members: set[int], region: Region) -> bool:
    """Say whether people say the beginning for the whole, as Sunter for Sunter Agung and Sunter Jaya.

    They do where it names several areas of one kecamatan, or areas that differ by a direction only.
    """
    rests = {key(region.areas[index].name).removeprefix(stem) for index in members}
    together = len({region.areas[index].kecamatan for index in members}) == 1
    return len(stem) > 3 and (rests <= _DIRECTIONS or (together and len(members) > 1))


def _outside(region: Region) -> dict[str, Name]:
    return {key(name): Name("outside", name, bare={OUTSIDE: 1.0}, trust=0.75) for name in region.outside_names}


# ------------------------------------------------------------------------------------------------ streets and spots


def _streets(region: Region) -> dict[str, Name]:
    """Give streets by their name with its cue, as in `jalan pramuka`."""
    grouped = _grouped(region, ((key(street.name), street) for street in region.streets))
    return {said: _name("street", places, _street_trust(places[0][1])) for said, places in grouped.items()}


def _street_trust(street: Located) -> float:
    """One word alone (Mawar, Damai) names streets all over a city, of which a list knows only some."""
    return 0.6 if len(_spoken_words(street.name)) > 2 else 0.4


def _bare_streets(region: Region) -> dict[str, Name]:
    """Give streets of two words and more without their cue, as in `gatot subroto`."""
    said = ((_spoken_words(street.name), street) for street in region.streets)
    grouped = _grouped(region, (("".join(rest), street) for (_cue, *rest), street in said if _telling(rest)))
    return {name: _name("street", places, 0.4) for name, places in grouped.items()}


def _telling(said: list[str]) -> bool:
    return len([word for word in said if not word.isdigit()]) > 1 and len("".join(said)) > 7


def _spots(region: Region) -> dict[str, Name]:
    grouped = _grouped(region, ((said, spot) for spot in region.spots for said in _said_of(spot)))
    return {said: _name("spot", places, _TRUST.get(places[0][1].kind, _LANDMARK)) for said, places in grouped.items()}


def _said_of(spot: Spot) -> Iterator[str]:
    """Give the keys of a spot; one word alone would be any word, so it needs `halte` before it."""
    said = _spoken_words(spot.name)
    if len([word for word in said if not word.isdigit()]) > 1 and len("".join(said)) > 5:
        yield "".join(said)
    if spot.kind in _STOPS:
        yield "halte" + "".join(said)


def _spoken_words(name: str) -> list[str]:
    return [word for word in words(name) if word]


def _grouped(region: Region, keyed: Iterable[tuple[str, P]]) -> dict[str, list[tuple[int, P]]]:
    """Give the places of each key with their areas, without keys that are found all over the region."""
    codes = {area.code: index for index, area in enumerate(region.areas)}
    grouped: dict[str, list[tuple[int, P]]] = defaultdict(list)
    for said, place in keyed:
        grouped[said].append((codes[place.kelurahan], place))
    wide = [area.kecamatan for area in region.areas]
    return {said: places for said, places in grouped.items() if len({wide[index] for index, _ in places}) <= WIDE}


def _name(kind: NameKind, places: Sequence[tuple[int, Located]], trust: float) -> Name:
    points = {index: (place.lat, place.lon) for index, place in places}
    return Name(kind, places[0][1].name, bare=_even(points), trust=trust, points=points)
