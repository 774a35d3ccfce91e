"""What people use today to tell duplicates: plain rules of distance and time, to measure ours against."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, combinations

from hub.quality.replay import Arrived
from normalizer.duplicates import window
from normalizer.evidence import metres
from normalizer.facts import METRES


@dataclass(frozen=True, slots=True)
class Rule:
    """Two complaints within so many metres and hours, and of one category where it says so, are one incident."""

    metres: float
    hours: float
    same_category: bool = False

    @property
    def name(self) -> str:
        """Give what a table calls it."""
        time = f"{self.hours:g} h" if self.hours <= 48 else f"{self.hours / 24:g} d"
        return f"{self.metres:g} m, {time}" + (", same category" if self.same_category else "")

    def holds(self, a: Arrived, b: Arrived) -> bool:
        """Say whether the rule takes both for one; without two positions it takes nothing for one."""
        here, there = a.understanding.facts.get("p"), b.understanding.facts.get("p")
        if here is None or there is None or abs((a.at - b.at).total_seconds()) > 3600 * self.hours:
            return False
        if self.same_category and a.understanding.category != b.understanding.category:
            return False
        return metres(here, there) <= self.metres

    def pairs(self, arrived: Sequence[Arrived]) -> Iterator[tuple[Arrived, Arrived]]:
        """Give the pairs that the rule may hold for."""
        return _near(self, arrived)


NOTHING = Rule(-1, 0)
"""Joins nothing: what every figure has to beat."""
FIXMYSTREET = Rule(250, 14 * 24, same_category=True)
"""FixMyStreet suggests reports of one category within 250 m (Cobrand/Default.pm); it does not join them."""
PLAIN = (FIXMYSTREET, Rule(250, 14 * 24), Rule(100, 7 * 24), Rule(80, 6), Rule(50, 3), Rule(40, 1.5))


@dataclass(frozen=True, slots=True)
class Tuned(Rule):
    """The best plain rule on made-up streams: the category's own span; street and kelurahan without a position."""

    metres: float = 80
    hours: float = 30 * 24
    same_category: bool = True

    @property
    def name(self) -> str:
        """Give what a table calls it."""
        return f"{self.metres:g} m, category's own span, street + kelurahan"

    def holds(self, a: Arrived, b: Arrived) -> bool:
        """Say whether the rule takes both for one."""
        mine, theirs = a.understanding, b.understanding
        if mine.category != theirs.category or abs(a.at - b.at) > window(mine.category):
            return False
        here, there = mine.facts.get("p"), theirs.facts.get("p")
        if here is not None and there is not None:
            return metres(here, there) <= self.metres
        street = mine.place.street
        return bool(street) and (street, mine.place.kelurahan) == (theirs.place.street, theirs.place.kelurahan)

    def pairs(self, arrived: Sequence[Arrived]) -> Iterator[tuple[Arrived, Arrived]]:
        """Give the pairs that the rule may hold for, those on one street too."""
        return chain(_on_one_street(arrived), _near(self, arrived))


def group(rule: Rule, arrived: Sequence[Arrived]) -> dict[str, str]:
    """Group complaints by a rule, chains included: each stands under the first of its group."""
    home = {one.id: one.id for one in arrived}
    for a, b in rule.pairs(arrived):
        if rule.holds(a, b):
            home[_root(home, b.id)] = _root(home, a.id)
    return {name: _root(home, name) for name in home}


def _root(home: dict[str, str], name: str) -> str:
    while home[name] != name:
        home[name] = home[home[name]]
        name = home[name]
    return name


def _near(rule: Rule, arrived: Sequence[Arrived]) -> Iterator[tuple[Arrived, Arrived]]:
    """Give the pairs in one cell and in neighbouring ones."""
    cells: dict[tuple[int, int, int], list[Arrived]] = {}
    for one in arrived:
        place = one.understanding.facts.get("p")
        if place is not None and rule.metres >= 0:
            edge = max(rule.metres, 1.0)
            east = METRES * math.cos(math.radians(place[0])) * place[1]
            key = (int(METRES * place[0] // edge), int(east // edge), int(one.at.timestamp() // (3600 * rule.hours)))
            cells.setdefault(key, []).append(one)
    steps = [(x, y, z) for x in (-1, 0, 1) for y in (-1, 0, 1) for z in (-1, 0, 1) if (x, y, z) > (0, 0, 0)]
    for (x, y, z), here in cells.items():
        yield from combinations(here, 2)
        for dx, dy, dz in steps:
            yield from ((a, b) for b in cells.get((x + dx, y + dy, z + dz), ()) for a in here)


def _on_one_street(arrived: Sequence[Arrived]) -> Iterator[tuple[Arrived, Arrived]]:
    streets: dict[tuple[str, str, str], list[Arrived]] = {}
    for one in arrived:
        place = one.understanding.place
        if place.street:
            streets.setdefault((place.street, place.kelurahan, one.understanding.category), []).append(one)
    for members in streets.values():
        yield from combinations(members, 2)
