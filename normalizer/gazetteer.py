"""Every name a region's places go by, and the areas it may mean: built once from the region's plain data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar

from normalizer.geometry import Boundaries, Position
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

INSIDE = 0.83
"""Share of the kelurahan itself when its bare name is said, measured on the names of stops; the others of its
kecamatan have the rest."""
ALONG = 0.75
"""The same, for the streets and complexes called after it."""
AROUND, AT = 250.0, 120.0
"""Metres around a known point of a street or stop, and of a building, in which people who name it may be."""
SLIGHT = 0.03
"""Share of an area below which it is left out."""
LONG, SLIPPED = 8, 0.95
"""Letters from which a name is known with a slip of the finger in it, and what is left of the trust then."""
NAMESAKE = 2.0
"""How much likelier the area is, of those around a known point, that the street or spot there is called after."""
AREA_OVER_STREET = 0.75
"""Share of the area where a street that runs elsewhere too has its name: Mangga Besar."""

STOP = "halte"
"""Begins the keys of stops: what is said with any word for a stop or a junction before it."""

_DIRECTIONS = frozenset({"utara", "selatan", "barat", "timur"})
_TITLES = ("kota administrasi ", "kabupaten administrasi ", "kabupaten ", "kota ")
_STOPS = frozenset({"bus_stop", "halte_brt", "halte_big", "stop_at_station"})
_TRUST = dict.fromkeys(_STOPS, 0.75)
_LANDMARK = 0.8
_STREET, _SHORT_STREET, _LONG_BARE_STREET, _BARE_STREET = 0.82, 0.4, 0.75, 0.5
# How often the kecamatan was right: measured on the bus stops, shops and streets whose name ends with an area's.
_WIDE_NAME, _NAME, _BEGINNING = 0.85, 0.88, 0.75
_ELSEWHERE = 0.85

Weights = Mapping[int, float]
Around = Mapping[Position, Weights]
"""The shares of the areas around each known point."""
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
    said: str = ""
    """Its key."""
    along: Weights = field(default_factory=dict)
    """Of an area: where the streets and complexes called after it are."""
    ordinary: bool = False
    """An everyday word too: it needs a cue."""
    short: bool = False
    """One word with its cue: a longer name may begin like it."""
    points: Mapping[int, Position] = field(default_factory=dict)
    """Of a street or spot: where, by area."""


def names(region: Region, ground: Boundaries) -> dict[str, Name]:
    """Give every name by its key; where two share one: areas win, then streets with their cue, spots, bare streets."""
    around = _surroundings(region, ground)
    areas = _areas(region)
    bare_streets = _bare_streets(region, around, areas)
    slips = _slips(areas)
    for said in areas.keys() & bare_streets.keys():
        areas[said] = _mixed(areas[said], bare_streets[said])
    return {
        **slips,
        **bare_streets,
        **_spots(region, around, areas),
        **_streets(replace(region, streets=(*region.streets, *_families(region))), around, areas),
        **_outside(region),
        **areas,
    }


def _surroundings(region: Region, ground: Boundaries) -> Around:
    stops = [spot for spot in region.spots if spot.kind in _STOPS]
    buildings = [spot for spot in region.spots if spot.kind not in _STOPS]
    found: dict[Position, Weights] = {}
    groups: tuple[tuple[Sequence[Spot | Street], float], ...] = ((buildings, AT), ((*stops, *region.streets), AROUND))
    for places, metres in groups:
        known = list({(place.lat, place.lon) for place in places})
        found.update(zip(known, ground.around(known, metres), strict=True))
    return found


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
    found = {
        code: Name("area", code, said=code, bare=_even(members), along=_even(members), trust=0.9)
        for code, members in kota.items()
    }
    for name in kelurahan.keys() | kecamatan.keys() | stems:
        own, wide = kelurahan.get(name, set()), kecamatan.get(name, set())
        longer = begun.get(name, set()) - own
        meant = _meant(own, wide, longer)
        found[name] = Name(
            "area",
            name,
            said=name,
            kelurahan=_even(own),
            kecamatan=_even(wide),
            bare=_spread(meant, region, INSIDE),
            along=_spread(meant, region, ALONG),
            trust=_WIDE_NAME if wide else _NAME if own else _BEGINNING,
            ordinary=name in ordinary,
        )
    return found


def _slips(areas: Mapping[str, Name]) -> dict[str, Name]:
    """Give the long names of areas with one letter left out, doubled, or swapped with the next one."""
    slips: dict[str, Name] = {}
    for said, area in areas.items():
        if len(said) < LONG or area.ordinary or not (area.kelurahan or area.kecamatan):
            continue
        slipped = replace(area, trust=area.trust * SLIPPED)
        for at in range(1, len(said)):
            before, letter, after, rest = said[:at], said[at], said[at + 1 : at + 2], said[at + 2 :]
            for slip in (before + after + rest, before + letter * 2 + after + rest, before + after + letter + rest):
                slips[slip] = slipped
    return slips


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


def _spread(meant: Weights, region: Region, inside: float) -> dict[int, float]:
    """Leave some of each area's share to the others of its kecamatan: people go by what is near, not by borders."""
    totals: dict[str, float] = defaultdict(float)
    for index, weight in meant.items():
        totals[region.areas[index].kecamatan] += weight
    members = {code: [i for i, area in enumerate(region.areas) if area.kecamatan == code] for code in totals}
    spread = {index: (1 - inside) * totals[code] / len(some) for code, some in members.items() for index in some}
    return {index: share + inside * meant.get(index, 0.0) for index, share in spread.items()}


def _mixed(area: Name, street: Name) -> Name:
    """Mix what an area's name means with where the street of the same name runs."""
    shares = {index: AREA_OVER_STREET * part for index, part in area.bare.items()}
    for index, part in street.bare.items():
        shares[index] = shares.get(index, 0.0) + (1 - AREA_OVER_STREET) * part
    return replace(area, bare=shares)


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
    spoken = ((key(name), name) for name in region.outside_names)
    return {said: Name("outside", name, said=said, bare={OUTSIDE: 1.0}, trust=_ELSEWHERE) for said, name in spoken}


# ------------------------------------------------------------------------------------------------ streets and spots


def _streets(region: Region, around: Around, areas: Mapping[str, Name]) -> dict[str, Name]:
    """Give streets by their name with its cue, as in `jalan pramuka`."""
    grouped = _grouped(region, ((key(street.name), street) for street in region.streets))
    return _named("street", grouped, around, areas, _street_trust)


def _street_trust(street: Street) -> float:
    """One word alone (Mawar, Damai) names streets all over a city, of which a list knows only some."""
    return _STREET if len(_spoken_words(street.name)) > 2 else _SHORT_STREET


def _bare_streets(region: Region, around: Around, areas: Mapping[str, Name]) -> dict[str, Name]:
    """Give streets of two words and more without their cue, as in `gatot subroto`."""
    said = ((_spoken_words(street.name), street) for street in region.streets)
    grouped = _grouped(region, (("".join(rest), street) for (_cue, *rest), street in said if _telling(rest)))
    return _named("street", grouped, around, areas, _bare_trust)


def _families(region: Region) -> Iterator[Street]:
    """Give what several streets' names begin with: Jalan Kelapa Kopyor for the one with Barat, the one with Timur."""
    known = {key(street.name) for street in region.streets}
    families: dict[str, list[Street]] = defaultdict(list)
    for street in region.streets:
        first = street.name.split()[:3]
        if len(first) == 3 and _telling(_spoken_words(" ".join(first[1:]))):
            families[" ".join(first)].append(street)
    for beginning, members in families.items():
        if key(beginning) not in known and len({key(street.name) for street in members}) > 1:
            yield from (replace(street, name=beginning) for street in members)


def _bare_trust(street: Street) -> float:
    return _LONG_BARE_STREET if len(_spoken_words(street.name)) > 3 else _BARE_STREET


def _telling(said: list[str]) -> bool:
    return len([word for word in said if not word.isdigit()]) > 1 and len("".join(said)) > 7


def _spots(region: Region, around: Around, areas: Mapping[str, Name]) -> dict[str, Name]:
    grouped = _grouped(region, ((said, spot) for spot in region.spots for said in _said_of(spot)))
    return _named("spot", grouped, around, areas, lambda spot: _TRUST.get(spot.kind, _LANDMARK))


def _said_of(spot: Spot) -> Iterator[str]:
    """Give the keys of a spot; one word alone would be any word, so it needs a word for a stop before it."""
    said = _spoken_words(spot.name)
    if len([word for word in said if not word.isdigit()]) > 1 and len("".join(said)) > 5:
        yield "".join(said)
    if spot.kind in _STOPS:
        yield STOP + "".join(said)


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


def _named(
    kind: NameKind,
    grouped: Mapping[str, list[tuple[int, P]]],
    around: Around,
    areas: Mapping[str, Name],
    trust: Callable[[P], float],
) -> dict[str, Name]:
    """Make the names of streets or spots; each may mean what lies around its known points."""
    found = {}
    for said, places in grouped.items():
        name = places[0][1].name
        spoken = _spoken_words(name)
        weights: dict[int, float] = defaultdict(float)
        for index, place in places:
            for other, part in (around[place.lat, place.lon] or {index: 1.0}).items():
                weights[other] += part / len(places)
        namesake = _namesake(spoken, areas)
        near = {index: part * (1 + NAMESAKE * (index in namesake)) for index, part in weights.items() if part > SLIGHT}
        found[said] = Name(
            kind,
            name,
            said=said,
            bare=share(near),
            trust=trust(places[0][1]),
            short=kind == "street" and len(spoken) < 3,
            points={index: (place.lat, place.lon) for index, place in places},
        )
    return found


def _namesake(spoken: list[str], areas: Mapping[str, Name]) -> Weights:
    """Give the area that a street or spot is called after, if any."""
    for length in range(len(spoken) - 1, 0, -1):
        for start in range(len(spoken) - length + 1):
            area = areas.get("".join(spoken[start : start + length]))
            if area and not area.ordinary:
                return area.kelurahan or area.kecamatan or area.bare
    return {}
