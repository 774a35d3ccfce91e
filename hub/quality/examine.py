"""Examines the normalizer on labelled complaints: where, what, and which are one incident. Gives plain figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from hub.quality.labels import Gold, Labelled, Pair
from hub.quality.measures import (
    Tally,
    b_cubed,
    bootstrap,
    calibration_error,
    components,
    macro_f1,
    pairwise,
    reliability,
    tally,
    wilson,
)
from hub.quality.replay import Arrived, Grouping
from hub.quality.rules import NOTHING, PLAIN, Rule, group

Figures = dict[str, Any]
TENTHS = tuple(edge / 10 for edge in range(11))
LEAST = 5
"""So many rows a class needs to count in the macro-F1."""


def place_figures(rows: Sequence[Labelled], arrived: Mapping[str, Arrived]) -> Figures:
    """Say how often the kelurahan and the kecamatan are right where they are named, and how often they are not."""
    found: Figures = {}
    for level in ("kecamatan", "kelurahan"):
        answers = [
            (getattr(arrived[row.id].understanding.place, level), getattr(row.gold, level), row.id)
            for row in rows
            if getattr(row.gold, level)
        ]
        said = [(answer == right, name) for answer, right, name in answers if answer]
        right = sum(good for good, _ in said)
        bins = reliability(((arrived[name].understanding.place.confidence, good) for good, name in said), TENTHS)
        found[level] = {
            "labelled": len(answers),
            "answered": len(said),
            "right": right,
            "share_right": _share(right, len(said)),
            "interval": wilson(right, len(said)),
            "undecided": _share(len(answers) - len(said), len(answers)),
            "reliability": [_bin(one) for one in bins],
        }
    return found


def is_right(answer: str, gold: Gold) -> bool:
    """Say whether a category is one of those that count."""
    return answer in {gold.category, gold.second_category} - {""}


def category_figures(rows: Sequence[Labelled], arrived: Mapping[str, Arrived]) -> Figures:
    """Say how often the category is right, for the classes alike, and whether confidence means what it says."""
    judged = [(arrived[row.id].understanding, row.gold) for row in rows if row.gold.category]
    good = [is_right(understood.category, gold) for understood, gold in judged]
    sure = [right for (understood, _), right in zip(judged, good, strict=True) if understood.category_sure]
    # A second label that is just as right counts as the true one where it was said.
    named = [
        (understood.category, understood.category if right else gold.category)
        for (understood, gold), right in zip(judged, good, strict=True)
    ]
    bins = reliability(
        ((understood.category_confidence, right) for (understood, _), right in zip(judged, good, strict=True)), TENTHS
    )
    classes = Counter(gold.category for _, gold in judged)
    return {
        "labelled": len(judged),
        "accuracy": _share(sum(good), len(good)),
        "interval": wilson(sum(good), len(good)),
        "macro_f1": macro_f1(named, LEAST),
        "classes": sum(count >= LEAST for count in classes.values()),
        "sure": _share(len(sure), len(judged)),
        "sure_right": _share(sum(sure), len(sure)),
        "sure_interval": wilson(sum(sure), len(sure)),
        "calibration_error": calibration_error(bins),
        "reliability": [_bin(one) for one in bins],
        "confused": [
            {"true": true, "said": said, "count": count}
            for (said, true), count in Counter(pair for pair in named if pair[0] != pair[1]).most_common(10)
        ],
    }


def pair_figures(pairs: Sequence[Pair], arrived: Mapping[str, Arrived], grouping: Grouping) -> Figures:
    """Compare joining with what people said of pairs; those they could not tell are left out.

    A pair counts as found only when both stand in one report without anybody's help. Plain rules are asked for each
    pair alone, without chains, which flatters them.
    """
    told = [pair for pair in pairs if pair.label != "unsure"]

    def ours(pair: Pair) -> bool:
        return grouping.together(pair.a, pair.b)

    def by(rule: Rule) -> Callable[[Pair], bool]:
        return lambda pair: rule.holds(arrived[pair.a], arrived[pair.b])

    answers = [("ours", ours), ("nothing", by(NOTHING)), *((rule.name, by(rule)) for rule in PLAIN)]
    return {
        "pairs": dict(Counter(pair.label for pair in pairs)),
        "rules": [{"rule": name, **_pair_row(told, says)} for name, says in answers],
        "asked": _share(grouping.asked, len(grouping.report)),
        "kinds": [
            {"kind": kind, "pairs": len(some), "joined": sum(map(ours, some))}
            for kind, some in _sorted_by(((pair.kind or pair.label), pair) for pair in told)
        ],
    }


def _pair_row(pairs: Sequence[Pair], says: Callable[[Pair], bool]) -> Figures:
    count = _count(pairs, says)
    parts = components((pair.a, pair.b) for pair in pairs)
    home = {name: number for number, part in enumerate(parts) for name in part}
    blocks: list[list[Pair]] = [[] for _ in parts]
    for pair in pairs:
        blocks[home[pair.a]].append(pair)
    tallies = [_count(block, says) for block in blocks]
    return _row(count) | {
        "precision_interval": bootstrap(tallies, lambda some: Tally.total(some).precision),
        "recall_interval": bootstrap(tallies, lambda some: Tally.total(some).recall),
    }


def _count(pairs: Iterable[Pair], says: Callable[[Pair], bool]) -> Tally:
    return tally((says(pair), pair.label == "dup") for pair in pairs)


def incident_figures(rows: Sequence[Labelled], arrived: Mapping[str, Arrived], grouping: Grouping) -> Figures:
    """Compare reports with whole incidents, by pairs and by B-cubed, ours beside the plain rules."""
    true = {row.id: row.gold.incident for row in rows if row.gold.incident}
    stream = [arrived[name] for name in true]
    groupings: list[tuple[str, Mapping[str, object]]] = [("ours", grouping.report)]
    groupings += [("nothing" if rule is NOTHING else rule.name, group(rule, stream)) for rule in (NOTHING, *PLAIN)]
    return {
        "complaints": len(true),
        "incidents": len(set(true.values())),
        "asked": _share(grouping.asked, len(grouping.report)),
        "rules": [{"rule": name, **grouping_row(said, true)} for name, said in groupings],
        "channels": _by_channel(rows, grouping),
    }


def grouping_row(said: Mapping[str, object], true: Mapping[str, object]) -> Figures:
    """Give pairwise and B-cubed figures of one grouping."""
    precision, recall, f = b_cubed(said, true)
    cubed = {"b_cubed_precision": precision, "b_cubed_recall": recall, "b_cubed_f": f}
    return _row(pairwise(said, true)) | cubed


def _by_channel(rows: Sequence[Labelled], grouping: Grouping) -> list[Figures]:
    """Give for each two channels how many of their true pairs were found, and how many joined pairs are true."""
    incident = {row.id: row.gold.incident for row in rows if row.gold.incident}
    channel = {row.id: row.channel for row in rows}
    true, joined, right = Counter[tuple[str, str]](), Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for which, count in ((incident, true), ({name: grouping.report[name] for name in incident}, joined)):
        for _, members in _sorted_by((str(home), name) for name, home in which.items()):
            mixed = Counter(channel[name] for name in members)
            count.update(_channel_pairs(mixed))
    for _, members in _sorted_by((f"{grouping.report[name]}|{home}", name) for name, home in incident.items()):
        right.update(_channel_pairs(Counter(channel[name] for name in members)))
    return [
        {
            "channels": " + ".join(pair),
            "pairs": n,
            "found": _share(right[pair], n),
            "right": _share(right[pair], joined[pair]),
        }
        for pair, n in true.most_common()
    ]


def _channel_pairs(count: Counter[str]) -> dict[tuple[str, str], int]:
    names = sorted(count)
    own = {(name, name): count[name] * (count[name] - 1) // 2 for name in names}
    mixed = {(a, b): count[a] * count[b] for at, a in enumerate(names) for b in names[at + 1 :]}
    return {pair: n for pair, n in chain(own.items(), mixed.items()) if n}


def _sorted_by(keyed: Iterable[tuple[str, Any]]) -> list[tuple[str, list[Any]]]:
    groups: dict[str, list[Any]] = {}
    for key, value in keyed:
        groups.setdefault(key, []).append(value)
    return sorted(groups.items())


def _row(count: Tally) -> Figures:
    return {"precision": count.precision, "recall": count.recall, "f1": count.f1}


def _share(some: int, total: int) -> float | None:
    return round(some / total, 4) if total else None


def _bin(one: Any) -> Figures:
    return {
        "from": one.low,
        "to": one.high,
        "answers": one.count,
        "claimed": round(one.confidence, 3),
        "right": round(one.accuracy, 3),
    }
