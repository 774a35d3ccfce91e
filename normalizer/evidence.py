"""What speaks for and against two complaints meaning one incident: named evidence, each with its weight.

Evidence is codes and numbers (`jarak:35m`, `rt-berbeda:3/5`), never people's words, so that it may be kept for good.
Here stands what is seen; how much it counts stands in `normalizer.weights`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from normalizer.blocking import KIN, LOOK
from normalizer.facts import EXACT, HOMES, METRES, VAGUE, Facts, signature
from normalizer.pictures import alike
from normalizer.taxonomy import category
from normalizer.weights import WEIGHTS, Weights


class Item(NamedTuple):
    """One piece of evidence: the weight it is multiplied by, how much there is of it, and its code for people."""

    kind: str
    amount: float
    code: str


Weighed = tuple[float, tuple[str, ...]]
NEVER = -20.0
"""What "never" weighs."""
AT_ONCE = 1.0
"""Hours within which being soon speaks for one incident."""
BURST = 0.5
"""Hours in which several messages of one person from one spot, or one text told anew, are one story."""
STRETCH = 2.0
"""How many times farther what repeats another's words may lie."""
TELLING, ALIKE = 3, 0.7
"""So many telling words make a text that two people do not write by accident; so large a share of them is likeness."""
MOST_WORDS = 3
_DOUBTS = ("other_kind", "unsure_kind", "hazy_kind", "vague_kind")
"""What another kind weighs, by how far the vaguer one of the two is known."""
BESIDE = 0.5
"""Share that evidence counts which is half said already: blocks A14 and A17 are neighbours."""

_TIES = frozenset({"kirim-ulang", "teks-sama", "teks-mirip", "percakapan-sama", "nomor-dikutip", "foto-sama"})
_AGREEMENT = _TIES | {"rt-sama", "jalan-sama", "blok-sama", "gang-sama", "nomor-sama", "tempat-sama"}
CODES = _AGREEMENT | {
    "jarak", "sekitar", "jauh", "selang", "kelurahan-sama", "kelurahan-berbeda", "tanpa-tempat", "rt-berbeda",
    "rw-berbeda", "jalan-berbeda", "blok-berbeda", "gang-berbeda", "nomor-berbeda", "tempat-berbeda", "jenis-mirip",
    "jenis-kerabat", "pekerjaan-lain", "jenis-belum-pasti", "jenis-lain", "kata-sama", "kata-lain", "pelapor-sama",
    "tertutup", "berlawanan", "bentang", "jenis-campur",
}  # fmt: skip
"""Every code that a decision may be explained by, without the figures behind its colon."""


def weigh(a: Facts, b: Facts, hours: float, weights: Weights = WEIGHTS) -> Weighed:
    """Give the score (0 to 1) that two complaints so many hours apart mean one incident, and why."""
    items = list(compare(a, b, hours))
    total = sum([weights.get(kind, NEVER) * amount for kind, amount, _ in items])
    return round(1 / (1 + math.exp(-max(total, NEVER))), 3), tuple([code for _, _, code in items])


def compare(a: Facts, b: Facts, hours: float) -> Iterator[Item]:
    """List all that speaks for and against."""
    if "s" in a or "s" in b:
        return iter((_sealed(a, b),))
    linked = list(_links(a, b))
    return iter(linked) if linked else _beside(a, b, hours)


def metres(a: Sequence[float], b: Sequence[float]) -> float:
    """Give the distance between two points (latitude, longitude) of one city."""
    north = a[0] - b[0]
    east = (a[1] - b[1]) * math.cos(math.radians((a[0] + b[0]) / 2))
    return METRES * math.hypot(north, east)


def contradicts(evidence: Sequence[str]) -> bool:
    """Say whether the words name two different places."""
    return "-berbeda" in " ".join(evidence)


def agrees(evidence: tuple[str, ...]) -> bool:
    """Say whether the words name one and the same place, or are the same."""
    return not _AGREEMENT.isdisjoint([code.partition(":")[0] for code in evidence])


def ties(evidence: tuple[str, ...]) -> bool:
    """Say whether one is the other told again, whatever it is taken to be about."""
    return any(code.partition(":")[0] in _TIES for code in evidence)


def _sealed(a: Facts, b: Facts) -> Item:
    """Only the very same message of the very same person joins a sealed complaint, and only a sealed one."""
    if "s" in a and "s" in b and _same(a, b, "r") and _same(a, b, "x"):
        return Item("same_text", 1.0, "kirim-ulang")
    return Item("never", 1.0, "tertutup")


def _links(a: Facts, b: Facts) -> Iterator[Item]:
    """Links that hold whatever the words, the place or the time say."""
    if ("q" in a or "q" in b) and _numbers(a) & _numbers(b):
        yield Item("same_number", 1.0, "nomor-dikutip")
    # Many strangers comment under one post: a thread binds only what one person says in it.
    if _same(a, b, "th") and _same(a, b, "r"):
        yield Item("same_thread", 1.0, "percakapan-sama")
    if "ph" in a and "ph" in b and any(alike(one, other) for one in a["ph"] for other in b["ph"]):
        yield Item("same_photo", 1.0, "foto-sama")


def _numbers(facts: Facts) -> set[str]:
    """List the numbers a complaint is known by or names."""
    return {*facts.get("q", ()), *([facts["n"]] if "n" in facts else ())}


def _beside(a: Facts, b: Facts, hours: float) -> Iterator[Item]:
    """Compare place, time, words and kind of two complaints without a link."""
    span, reach = _measure(a, b)
    if hours > span:
        yield Item("never", 1.0, f"selang:{hours:.0f}j")
        return
    repeat = _repeat(a, b, hours)
    where = _where(a, b, reach * STRETCH if repeat else reach)
    if where is None:
        yield Item("never", 1.0, "jauh")
        return
    yield where
    yield _when(hours, span)
    named = list(_addresses(a, b))
    yield from named
    if repeat is not None:
        yield repeat
        return
    yield from _kinds(a, b)
    # Neighbouring lanes of one complex share most of their words: where the addresses differ, words say nothing.
    if not contradicts([item.code for item in named]):
        yield from _sayings(a, b, hours)


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
        return Item("blurred", 1.0, f"sekitar:{apart:.0f}m")
    return Item("near" if apart < reach else "far", abs(1 - apart / reach), f"jarak:{apart:.0f}m")


def _area(a: Facts, b: Facts) -> Item:
    if "k" not in a or "k" not in b:
        return Item("unplaced", 1.0, "tanpa-tempat")
    return _agree(a["k"] == b["k"], "kelurahan", "kelurahan")


def _when(hours: float, span: float) -> Item:
    """Within the first hour being soon says something; later it is the share of the span that is gone."""
    if hours < AT_ONCE:
        return Item("at_once", 1 - hours / AT_ONCE, f"selang:{60 * hours:.0f}mnt")
    return Item("late", hours / span, f"selang:{hours:.1f}j")


def _addresses(a: Facts, b: Facts) -> Iterator[Item]:
    """Compare what the words say about the place: RT, RW, street, block, gang, numbered names, landmarks."""
    if "rw" in a and "rw" in b and not _common(a["rw"], b["rw"]):
        yield Item("other_rw", 1.0, f"rw-berbeda:{a['rw'][0]}/{b['rw'][0]}")
    elif "rt" in a and "rt" in b:
        same = bool(_common(a["rt"], b["rt"]))
        yield (
            Item("same_rt", 1.0, "rt-sama") if same else Item("other_rt", 1.0, f"rt-berbeda:{a['rt'][0]}/{b['rt'][0]}")
        )
    if "st" in a and "st" in b:
        # Who stands at one spot names one street anyway; without positions it says where.
        street = _agree(_one_street(a, b), "street", "jalan")
        yield street._replace(amount=BESIDE) if street.kind == "same_street" and "p" in a and "p" in b else street
    if "m" in a and "m" in b:
        yield from _marks(a["m"], b["m"])
    if "pl" in a and "pl" in b:
        yield from _places(a["pl"], b["pl"])


@cache
def _agree(same: bool, kind: str, word: str) -> Item:  # noqa: FBT001 - the answer, not a switch
    return Item(f"same_{kind}", 1.0, f"{word}-sama") if same else Item(f"other_{kind}", 1.0, f"{word}-berbeda")


def _one_street(a: Facts, b: Facts) -> bool:
    """Compare as far as both go on: one names the street, the other its quarter as well, or another street first."""
    mine, theirs = a["st"], b["st"]
    if f"{mine} ".startswith(f"{theirs} ") or f"{theirs} ".startswith(f"{mine} "):
        return True
    return _named(mine, b) or _named(theirs, a)


def _named(street: str, other: Facts) -> bool:
    """Say whether all that tells a street stands among the other one's words."""
    telling = signature(street.split())
    return bool(telling) and set(telling).issubset(other.get("t", ()))


def _marks(a: Mapping[str, list[str]], b: Mapping[str, list[str]]) -> Iterator[Item]:
    for name in sorted(a.keys() & b.keys()):
        what = name if name in ("blok", "gang") else "nomor"
        same = bool(_common(a[name], b[name]))
        letters = {value[0] for value in a[name]} & {value[0] for value in b[name]}
        beside = name == "blok" and any(map(str.isalpha, letters))
        yield _agree(same, "mark", what)._replace(amount=1.0 if same or not beside else BESIDE)


def _places(a: Mapping[str, int], b: Mapping[str, int]) -> Iterator[Item]:
    """Compare the complexes, schools, markets named: of one sort, another name is another place."""
    for sort in sorted(a.keys() & b.keys()):
        if a[sort] == b[sort]:
            yield Item("same_place", 1.0, "tempat-sama")
        elif sort in HOMES:
            yield Item("other_place", 1.0, "tempat-berbeda")


def _kinds(a: Facts, b: Facts) -> Iterator[Item]:
    if a["c"] == b["c"]:
        return
    group, other = category(a["c"]).group, category(b["c"]).group
    guessed = max(a.get("u", 0), b.get("u", 0))
    if group == other:
        yield Item("like_kind", 1.0, "jenis-mirip")
    elif KIN.get(group) == other:
        yield Item("kin_guessed" if guessed else "kin_sure", 1.0, "jenis-kerabat")
    elif guessed and _possible(a) & _possible(b):
        yield Item("possible_kind", 1.0, "jenis-belum-pasti")
    elif guessed:
        yield Item(_DOUBTS[guessed], 1.0, "jenis-belum-pasti")
    else:
        yield Item("other_kind", 1.0, "jenis-lain")


def _possible(facts: Facts) -> set[str]:
    """List the groups of categories that it may belong to."""
    return {category(code).group for code in (facts["c"], *facts.get("a", ()))}


def _sayings(a: Facts, b: Facts, hours: float) -> Iterator[Item]:
    """Weigh words they share and one person's several messages from one spot."""
    if hours <= BURST and _same(a, b, "r"):
        yield Item("same_author", 1.0, f"pelapor-sama:{60 * hours:.0f}mnt")
    mine, theirs = a.get("t", ()), b.get("t", ())
    shared = len(_common(mine, theirs))
    if shared:
        yield Item("same_word", min(shared, MOST_WORDS), f"kata-sama:{shared}")
    elif a.get("o") != b.get("o") and "h" in a and "h" in b:  # what was stored earlier says nothing of works
        yield Item("other_work", 1.0, "pekerjaan-lain")
    elif min(len(mine), len(theirs)) >= TELLING:
        yield Item("no_word", 1.0, "kata-lain")


def _repeat(a: Facts, b: Facts, hours: float) -> Item | None:
    """Find out whether one says what the other said, and enough for that to be no accident."""
    if _same(a, b, "x") and _same(a, b, "r"):
        return Item("same_text", 1.5, "kirim-ulang")
    mine, theirs = a.get("t", ()), b.get("t", ())
    if _same(a, b, "x") and len(mine) >= TELLING:
        return Item("same_text", 1.0, "teks-sama")
    fewer, more = sorted((len(mine), len(theirs)))
    if hours <= BURST and fewer > TELLING and fewer >= ALIKE * more:
        shared = len(_common(mine, theirs))
        if shared >= ALIKE * more:
            return Item("like_text", 1.0, f"teks-mirip:{shared}")
    return None


def _measure(a: Facts, b: Facts) -> tuple[float, float]:
    """Give hours and metres within which two complaints may be one incident.

    What nobody knows the kind of takes the measure of what it is compared with.
    """
    if (a.get("u") == VAGUE) is (b.get("u") == VAGUE):
        return _scale(a["c"], b["c"])
    known = (a if b.get("u") == VAGUE else b)["c"]
    return _scale(known, known)


@cache
def _scale(a: str, b: str) -> tuple[float, float]:
    one, other = category(a), category(b)
    return max(one.span, other.span).total_seconds() / 3600, max(one.reach, other.reach)


def _common(a: Sequence[Any], b: Sequence[Any]) -> set[Any]:
    return set(a).intersection(b)


def _same(a: Facts, b: Facts, name: str) -> bool:
    return name in a and a[name] == b.get(name)
