"""What speaks for and against two complaints meaning one incident: named evidence, each with its weight.

Evidence is codes and numbers (`jarak:35m`, `rt-berbeda:3/5`), never people's words, so that it may be kept for good.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from normalizer.blocking import KIN, LOOK, METRES, Facts
from normalizer.taxonomy import category

Weighed = tuple[float, tuple[str, ...]]
Item = tuple[float, str]

JOIN, PERHAPS = 0.6, 0.4
"""Scores from which two complaints are one incident, or a person should look."""
EXACT = 60.0
"""Positions known within so many metres can be compared; a wider one only says about where."""
BURST_HOURS = 0.5
"""What one person sends within half an hour from one spot is one story."""

_AGREEMENT = frozenset(
    {"rt-sama", "jalan-sama", "blok-sama", "gang-sama", "nomor-sama", "kirim-ulang", "teks-sama"}
    | {"percakapan-sama", "nomor-dikutip"}
)

# Weights are log-odds: 0 is undecided. Set by hand, then checked on labelled pairs of a flood day, whose groups of
# connected pairs were held out in turn: precision .97, recall .92.
NEAR, FAR = 2.2, 1.1  # at no distance, falling to nothing at the category's usual reach; lost over each reach more
LATE = -0.8  # at the end of the category's span
SAME_RT, OTHER_RT, OTHER_RW = 2.0, -2.5, -3.0
SAME_MARK, OTHER_MARK = 1.5, -2.0
SAME_STREET, OTHER_STREET = 1.2, -1.0
SAME_WORD, MOST_WORDS = 0.6, 1.8
SAME_TEXT, SAME_AUTHOR = 3.0, 1.5
OTHER_KIND, KIN_GUESSED, KIN_SURE, OTHER_GROUP = -0.5, -0.3, -1.2, -3.0
SAME_NUMBER, SAME_THREAD = 8.0, 5.0
BLURRED, SAME_KELURAHAN, UNPLACED, OTHER_KELURAHAN = -1.0, -1.5, -3.0, -4.0


def weigh(a: Facts, b: Facts, hours: float) -> Weighed:
    """Give the score (0 to 1) that two complaints so many hours apart mean one incident, and why."""
    if "s" in a or "s" in b:
        return _sealed(a, b)
    linked = _links(a, b)
    if linked:
        return _sum(linked)
    span, reach = _scale(a["c"], b["c"])
    if hours > span:
        return 0.0, (f"selang:{hours:.0f}j",)
    where = _where(a, b, reach)
    if where is None:
        return 0.0, ("jauh",)
    items = [where, (LATE * hours / span, f"selang:{hours:.1f}j")]
    named = _addresses(a, b)
    if _repeats(a, b):
        return _sum([*items, *named, _repeat(a, b)])
    # Neighbouring lanes of one complex share most of their words: where the addresses differ, words say nothing.
    apart = any(weight < 0 for weight, _ in named)
    return _sum(items + named + _kinds(a, b) + ([] if apart else _sayings(a, b, hours)))


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Give the distance between two points (latitude, longitude) of one city."""
    north = a[0] - b[0]
    east = (a[1] - b[1]) * math.cos(math.radians((a[0] + b[0]) / 2))
    return METRES * math.hypot(north, east)


def contradicts(evidence: tuple[str, ...]) -> bool:
    """Say whether the words name two different places."""
    return any("-berbeda" in code for code in evidence)


def agrees(evidence: tuple[str, ...]) -> bool:
    """Say whether the words name one and the same place, or are the same."""
    return not _AGREEMENT.isdisjoint(evidence)


def _sealed(a: Facts, b: Facts) -> Weighed:
    """Only the very same message of the very same person joins a sealed complaint, and only a sealed one."""
    if "s" in a and "s" in b and _same(a, b, "r") and _same(a, b, "x"):
        return _sum([(SAME_TEXT, "kirim-ulang")])
    return 0.0, ("tertutup",)


def _links(a: Facts, b: Facts) -> list[Item]:
    """Links that hold whatever the words, the place or the time say."""
    items = [(SAME_NUMBER, "nomor-dikutip")] if ("q" in a or "q" in b) and _numbers(a) & _numbers(b) else []
    # Many strangers comment under one post: a thread binds only what one person says in it.
    return [*items, (SAME_THREAD, "percakapan-sama")] if _same(a, b, "th") and _same(a, b, "r") else items


def _numbers(facts: Facts) -> set[str]:
    """List the numbers a complaint is known by or names."""
    return {*facts.get("q", ()), *([facts["n"]] if "n" in facts else ())}


def _where(a: Facts, b: Facts, reach: float) -> Item | None:
    """Weigh the two places; None where they lie too far apart to go on."""
    here, there = a.get("p"), b.get("p")
    if here is None or there is None:
        return _area(a, b)
    apart = metres(here, there)
    blur = here[2] + there[2] if max(here[2], there[2]) > EXACT else 0.0
    if apart > LOOK * reach + blur:
        return None
    if blur:
        return BLURRED, f"sekitar:{apart:.0f}m"
    return (NEAR if apart < reach else FAR) * (1 - apart / reach), f"jarak:{apart:.0f}m"


def _area(a: Facts, b: Facts) -> Item:
    if "k" not in a or "k" not in b:
        return UNPLACED, "tanpa-tempat"
    return (SAME_KELURAHAN, "kelurahan-sama") if a["k"] == b["k"] else (OTHER_KELURAHAN, "kelurahan-berbeda")


def _kinds(a: Facts, b: Facts) -> list[Item]:
    if a["c"] == b["c"]:
        return []
    group, other = category(a["c"]).group, category(b["c"]).group
    if group == other:
        return [(OTHER_KIND, "jenis-mirip")]
    if KIN.get(group) == other:
        return [(KIN_GUESSED if "u" in a or "u" in b else KIN_SURE, "jenis-kerabat")]
    return [(OTHER_GROUP, "jenis-lain")]


def _addresses(a: Facts, b: Facts) -> list[Item]:
    """Compare what the words say about the place: RT, RW, street, block, gang, numbered names."""
    items = []
    if "rw" in a and "rw" in b and not _common(a["rw"], b["rw"]):
        items.append((OTHER_RW, f"rw-berbeda:{a['rw'][0]}/{b['rw'][0]}"))
    elif "rt" in a and "rt" in b:
        same = _common(a["rt"], b["rt"])
        items.append((SAME_RT, "rt-sama") if same else (OTHER_RT, f"rt-berbeda:{a['rt'][0]}/{b['rt'][0]}"))
    if "st" in a and "st" in b:
        items.append((SAME_STREET, "jalan-sama") if _one_street(a["st"], b["st"]) else (OTHER_STREET, "jalan-berbeda"))
    if "m" in a and "m" in b:
        items += _marks(a["m"], b["m"])
    return items


def _one_street(a: str, b: str) -> bool:
    """Compare as far as both go on: one names the street, the other its quarter as well."""
    return a == b or f"{a} ".startswith(f"{b} ") or f"{b} ".startswith(f"{a} ")


def _marks(a: Mapping[str, list[str]], b: Mapping[str, list[str]]) -> list[Item]:
    items = []
    for name in a.keys() & b.keys():
        what = name if name in ("blok", "gang") else "nomor"
        same = _common(a[name], b[name])
        items.append((SAME_MARK, f"{what}-sama") if same else (OTHER_MARK, f"{what}-berbeda"))
    return sorted(items)


def _sayings(a: Facts, b: Facts, hours: float) -> list[Item]:
    """Weigh words they share and one person's several messages from one spot."""
    items = [(SAME_AUTHOR, f"pelapor-sama:{60 * hours:.0f}mnt")] if hours <= BURST_HOURS and _same(a, b, "r") else []
    shared = len(_common(a.get("t", ()), b.get("t", ())))
    return [*items, (min(SAME_WORD * shared, MOST_WORDS), f"kata-sama:{shared}")] if shared else items


def _repeat(a: Facts, b: Facts) -> Item:
    return (SAME_TEXT + SAME_AUTHOR, "kirim-ulang") if _same(a, b, "r") else (SAME_TEXT, "teks-sama")


def _repeats(a: Facts, b: Facts) -> bool:
    """Say whether both say the same, and enough for that to be no accident."""
    return _same(a, b, "x") and (_same(a, b, "r") or len(a.get("t", ())) >= 3)


@cache
def _scale(a: str, b: str) -> tuple[float, float]:
    """Give hours and metres within which complaints of these categories may be one incident."""
    one, other = category(a), category(b)
    return max(one.span, other.span).total_seconds() / 3600, max(one.reach, other.reach)


def _common(a: Sequence[Any], b: Sequence[Any]) -> set[Any]:
    return set(a).intersection(b)


def _same(a: Facts, b: Facts, name: str) -> bool:
    return name in a and a[name] == b.get(name)


def _sum(items: list[Item]) -> Weighed:
    weights, codes = zip(*items, strict=True)
    return round(1 / (1 + math.exp(-sum(weights))), 3), codes
