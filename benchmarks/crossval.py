"""Learns the weights of evidence on some labelled pairs and tries them on others that hang together with none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from hub.quality.labels import Pair
from hub.quality.measures import Tally, bootstrap, components, tally
from hub.quality.replay import Arrived, Grouping, replay
from normalizer.duplicates import decide
from normalizer.evidence import NEVER, compare
from normalizer.weights import POLICY, Policy

FOLDS = 5
PULL = 30.0
"""How strongly learned weights are held to those that a duty officer would set."""
PRECISE = 0.95
"""Precision on the pairs learned from that a threshold has to keep."""
THRESHOLDS = (0.40, 0.44, 0.48, 0.52, 0.56, 0.60)
REVIEW = 0.08
"""So far below the threshold a person is asked."""
_FIXED = frozenset({"same_number", "same_thread", "same_photo"})
"""Links that no labelled pair has."""
KINDS = {
    "distance": ("near", "far"),
    "time": ("at_once", "late"),
    "RT and RW": ("same_rt", "other_rt", "other_rw"),
    "block, gang, street": ("same_mark", "other_mark", "same_street", "other_street"),
    "complexes and landmarks": ("same_place", "other_place"),
    "category": tuple(name for name in POLICY.weights if name.endswith("_kind") or name.startswith("kin_")),
    "other work": ("other_work",),
    "shared words": ("same_word", "no_word"),
    "repeated texts": ("same_text", "like_text"),
}
"""Kinds of evidence that can be left out, with their weights."""


@dataclass(frozen=True)
class Split:
    """Pairs with the fold that each belongs to: connected ones share it."""

    pairs: Sequence[Pair]
    fold: Mapping[str, int]

    def held_out(self, fold: int) -> list[Pair]:
        """Give the pairs of one fold."""
        return [pair for pair in self.pairs if self.fold[pair.a] == fold]

    def rest(self, fold: int) -> list[Pair]:
        """Give all others."""
        return [pair for pair in self.pairs if self.fold[pair.a] != fold]


def split(pairs: Sequence[Pair]) -> Split:
    """Share connected parts of the graph of pairs out to folds, unsure pairs left out but counted as connections."""
    parts = sorted(components((pair.a, pair.b) for pair in pairs), key=min)
    fold = {name: number % FOLDS for number, part in enumerate(parts) for name in part}
    return Split([pair for pair in pairs if pair.label != "unsure"], fold)


def learn(pairs: Sequence[Pair], arrived: Mapping[str, Arrived], policy: Policy = POLICY) -> Policy:
    """Fit the weights by logistic regression, held to the policy's own (ridge towards them, Newton's steps)."""
    names = [name for name in policy.weights if name not in _FIXED]
    seen = [_seen(pair, arrived) for pair in pairs]
    x = np.array([[one.get(name, 0.0) for name in names] for one in seen])
    y = np.array([pair.label == "dup" for pair in pairs], dtype=float)
    start = np.array([policy.weights[name] for name in names])
    never = np.array([NEVER * one.get("never", 0.0) for one in seen])
    w = start.copy()
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(x @ w + never, -30, 30)))
        slope = x.T @ (p - y) + PULL * (w - start)
        curve = (x * (p * (1 - p))[:, None]).T @ x + PULL * np.eye(len(w))
        step = np.linalg.solve(curve, slope)
        w -= step
        if np.abs(step).max() < 1e-6:
            break
    return replace(policy, weights={**policy.weights, **dict(zip(names, map(float, w.round(2)), strict=True))})


def _seen(pair: Pair, arrived: Mapping[str, Arrived]) -> dict[str, float]:
    a, b = arrived[pair.a], arrived[pair.b]
    hours = abs((a.at - b.at).total_seconds()) / 3600
    found: dict[str, float] = {}
    for item in compare(a.understanding.facts, b.understanding.facts, hours):
        found[item.kind] = found.get(item.kind, 0.0) + item.amount
    return found


def run(arrived: Sequence[Arrived], policy: Policy) -> Grouping:
    """Let the stream arrive under a policy."""
    return replay(arrived, partial(decide, policy=policy))


def count(grouping: Grouping, pairs: Sequence[Pair]) -> Tally:
    """Count the pairs that were found."""
    return tally((grouping.together(pair.a, pair.b), pair.label == "dup") for pair in pairs)


@dataclass(frozen=True)
class Trial:
    """What held-out pairs came to."""

    tallies: Sequence[Tally]
    """One for each connected part."""
    asked: float
    thresholds: Sequence[float]

    @property
    def total(self) -> Tally:
        """Give all together."""
        return sum(self.tallies, Tally())

    def interval(self, name: str) -> tuple[float, float]:
        """Give the 95 % interval of precision or recall when connected parts are drawn again."""
        return bootstrap(self.tallies, lambda some: float(getattr(sum(some, Tally()), name)))


def cross_validate(pairs: Sequence[Pair], arrived: Sequence[Arrived]) -> Trial:
    """Learn weights and threshold without a fold, try them on it: in the whole stream, as a hub would see it."""
    known = {one.id: one for one in arrived}
    parts = split(pairs)
    tallies: list[Tally] = []
    asked, thresholds = 0.0, []
    for fold in range(FOLDS):
        policy = _fit_threshold(arrived, parts.rest(fold), learn(parts.rest(fold), known))
        grouping = run(arrived, policy)
        asked += grouping.asked / len(arrived) / FOLDS
        thresholds.append(policy.join)
        tallies += [count(grouping, some) for some in _connected(parts.held_out(fold))]
    return Trial(tallies, asked, thresholds)


def _fit_threshold(arrived: Sequence[Arrived], pairs: Sequence[Pair], policy: Policy) -> Policy:
    """Take the threshold that finds most among those that are precise enough."""

    def worth(one: Policy) -> tuple[bool, float]:
        found = count(run(arrived, one), pairs)
        return found.precision >= PRECISE, found.recall if found.precision >= PRECISE else found.precision

    return max((replace(policy, join=join, perhaps=join - REVIEW) for join in THRESHOLDS), key=worth)


def _connected(pairs: Sequence[Pair]) -> Iterator[list[Pair]]:
    for part in components((pair.a, pair.b) for pair in pairs):
        yield [pair for pair in pairs if pair.a in part]


def without(kinds: Sequence[str]) -> Policy:
    """Give the policy that pays no heed to some kinds of evidence."""
    return replace(POLICY, weights={**POLICY.weights, **dict.fromkeys(kinds, 0.0)})
