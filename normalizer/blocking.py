"""The keys under which complaints about one incident are found: few, and as many for a million stored as for ten."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

from normalizer.facts import METRES, Facts, hash64
from normalizer.pictures import bands
from normalizer.taxonomy import CATEGORIES, category

LOOK = 2.5
"""How many times a category's usual reach is searched: one housing complex is wider than one pothole."""
KIN = {"air": "saluran", "jalan": "bahaya", "lampu": "listrik", "macet": "lalu-lintas"}
KIN |= {other: group for group, other in KIN.items()}
"""Groups that people mix up where one causes the other: a flood by a clogged drain, a lamp without power."""
MAX_KEYS, MAX_PROBES = 18, 58
VICINITY = 80.0
"""Metres within which a complaint of unknown kind is compared with all that happens there."""
SHIFT = 12
"""Hours in which such keys are cut: what is half as old at most is found."""

_MASK, _HALF = (1 << 64) - 1, 1 << 63
_ROW_FACTOR, _COLUMN_FACTOR, _MIX_FACTOR = 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0xD6E8FEB86659FD93


def keys(facts: Facts) -> tuple[int, ...]:
    """Give the signed 64-bit keys a complaint is found by, at most eighteen, the most telling first."""
    cell = _cells(facts, category(facts["c"]).group, around=False) if _in_grid(facts) else ()
    near = _vicinity(facts, around=False)
    return _distinct(cell + _own(facts) + _saying(facts) + _street(facts) + _ward(facts) + near + _talk(facts))[
        :MAX_KEYS
    ]


def probes(facts: Facts) -> tuple[int, ...]:
    """Give the keys under which complaints about the same incident may stand, at most 58."""
    near = _vicinity(facts, around=True)
    if _in_grid(facts):
        group = category(facts["c"]).group
        near += _cells(facts, group, around=True)
        near += _cells(facts, KIN[group], around=True) if group in KIN else ()
    return _distinct(_own(facts) + _saying(facts) + _street(facts) + _ward(facts) + _talk(facts) + near)[:MAX_PROBES]


def reach(code: str) -> float:
    """Give the metres within which a complaint of this category is searched for its like."""
    return LOOK * category(code).reach


@cache
def grid(group: str) -> tuple[float, int]:
    """Give the edge in metres of the group's cells, as long as its farthest search and a hair more, and their seed."""
    farthest = max(reach(kind.code) for kind in CATEGORIES if kind.group == group)
    return 1.02 * farthest, _seed(f"cell|{group}")


def _seed(name: str) -> int:
    """Give 64 bits without a sign: Python mixes those in half the time."""
    return hash64(name) & _MASK


def _in_grid(facts: Facts) -> bool:
    return "p" in facts and "s" not in facts


def _column(row: int, lon: float, edge: float) -> int:
    """Count columns in a row of cells: degrees of longitude shrink from row to row."""
    return math.floor(lon * METRES * math.cos(math.radians(row * edge / METRES)) / edge)


def _cells(facts: Facts, group: str, *, around: bool) -> tuple[int, ...]:
    """Give the key of the group's cell that holds the position, then those of the eight cells around it."""
    lat, lon, _ = facts["p"]
    edge, seed = grid(group)
    middle = math.floor(lat * METRES / edge)
    steps = (0, -1, 1) if around else (0,)
    corners = [(middle + step, _column(middle + step, lon, edge)) for step in steps]
    return _cell_keys([(row, column + step) for row, column in corners for step in steps], (seed,))


def _vicinity(facts: Facts, *, around: bool) -> tuple[int, ...]:
    """Give the keys of place and hour alone: what has no sure kind looks at everything, everything looks at that."""
    if not _in_grid(facts) or "h" not in facts:
        return ()
    guessed = "u" in facts
    hours = (facts["h"] - SHIFT // 2, facts["h"] + SHIFT // 2) if around else (facts["h"],)
    names = (("any",) if guessed else ("vague",)) if around else (("any", "vague") if guessed else ("any",))
    seeds = [_shift(name, hour // SHIFT) for name in names for hour in hours]
    return _cell_keys(_corners(facts["p"], VICINITY / METRES if around else 0.0), seeds)


@lru_cache(maxsize=1024)
def _shift(name: str, number: int) -> int:
    return _seed(f"{name}|{number}")


def _corners(at: Sequence[float], aside: float) -> list[tuple[int, int]]:
    """Give the cells that lie so many degrees or less from a position: one, two or four."""
    edge, lat, lon = 2 * VICINITY, at[0], at[1]
    rows = {math.floor((lat - aside) * METRES / edge), math.floor((lat + aside) * METRES / edge)}
    return [
        (row, column) for row in rows for column in {_column(row, lon - aside, edge), _column(row, lon + aside, edge)}
    ]


def _cell_keys(cells: Iterable[tuple[int, int]], seeds: Sequence[int]) -> tuple[int, ...]:
    """Mix cells into 64 signed bits each: cheaper than a hash, and a position has up to eighteen cells to look in."""
    places = [row * _ROW_FACTOR + column * _COLUMN_FACTOR for row, column in cells]
    return tuple([((seed ^ place) * _MIX_FACTOR + _HALF & _MASK) - _HALF for place in places for seed in seeds])


def _own(facts: Facts) -> tuple[int, ...]:
    return (hash64(f"number|{facts['n']}"),) if "n" in facts else ()


def _street(facts: Facts) -> tuple[int, ...]:
    """Key of the street by its first word: people write the rest of the name in many ways."""
    if "s" in facts or not ("st" in facts and "k" in facts):
        return ()
    return (hash64(f"street|{category(facts['c']).group}|{facts['k']}|{facts['st'].split()[0]}"),)


def _ward(facts: Facts) -> tuple[int, ...]:
    """Keys of the neighbourhood named, for who gives no position: RT and RW are numbered anew in each kelurahan."""
    if "s" in facts or not ("rt" in facts and "rw" in facts and "k" in facts):
        return ()
    where = f"{category(facts['c']).group}|{facts['k']}|{facts['rw'][0]}"
    return tuple(hash64(f"ward|{where}|{rt}") for rt in facts["rt"][:2])


def _saying(facts: Facts) -> tuple[int, ...]:
    """Key of the whole text, whatever its category: people who send again often choose another topic.

    Short texts and sealed complaints count only from the same reporter: everybody says "flood" in a flood.
    """
    if "x" not in facts:
        return ()
    if "k" in facts and "s" not in facts and len(facts.get("t", ())) >= 3:
        return (hash64(f"said|{facts['x']}|{facts['k']}"),)
    return (hash64(f"said|{facts['x']}|{facts['r']}"),) if "r" in facts else ()


def _talk(facts: Facts) -> tuple[int, ...]:
    """Keys of the numbers quoted, of the conversation, and of its pictures."""
    if "s" in facts:
        return ()
    quoted = tuple(hash64(f"number|{number}") for number in facts.get("q", ()))
    pictures = tuple(hash64(f"photo|{band}") for likeness in facts.get("ph", ()) for band in bands(likeness))
    thread = (hash64(f"thread|{facts['th']}"),) if "th" in facts else ()
    return quoted + thread + pictures


def _distinct(found: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(found))
