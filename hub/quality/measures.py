"""Measures of right and wrong answers. Pure counting: no model, no files."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TypeVar

T = TypeVar("T")
SAMPLES = 1000
"""Of a bootstrap."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Yes-or-no answers: said yes and right, said yes and wrong, said no and wrong."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """Share of yeses that are right; 1 where none was said: who says nothing tells no lie."""
        said = self.right + self.wrong
        return self.right / said if said else 1.0

    @property
    def recall(self) -> float:
        """Share of what is true that was found."""
        true = self.right + self.missed
        return self.right / true if true else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.right / (2 * self.right + self.wrong + self.missed) if self.right else 0.0

    @staticmethod
    def total(some: Sequence[Tally]) -> Tally:
        """Add up many at once."""
        return Tally(sum(one.right for one in some), sum(one.wrong for one in some), sum(one.missed for one in some))

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.right + other.right, self.wrong + other.wrong, self.missed + other.missed)


def tally(answers: Iterable[tuple[bool, bool]]) -> Tally:
    """Count (said, true)."""
    count = Counter(answers)
    return Tally(count[True, True], count[True, False], count[False, True])


def pairwise(said: Mapping[str, object], true: Mapping[str, object]) -> Tally:
    """Compare two groupings of the same things pair by pair, without listing the pairs."""
    both = Counter((said[one], true[one]) for one in true)
    groups, incidents = Counter(said[one] for one in true), Counter(true.values())
    together = sum(map(_pairs, both.values()))
    return Tally(
        together, sum(map(_pairs, groups.values())) - together, sum(map(_pairs, incidents.values())) - together
    )


def _pairs(count: int) -> int:
    return count * (count - 1) // 2


def b_cubed(said: Mapping[str, object], true: Mapping[str, object]) -> tuple[float, float, float]:
    """Give precision, recall and F by B-cubed (Bagga and Baldwin 1998): the mean over things, not over pairs."""
    both = Counter((said[one], true[one]) for one in true)
    groups, incidents = Counter(said[one] for one in true), Counter(true.values())
    total = len(true) or 1
    precision = sum(n * n / groups[group] for (group, _), n in both.items()) / total
    recall = sum(n * n / incidents[incident] for (_, incident), n in both.items()) / total
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def macro_f1(answers: Sequence[tuple[str, str]], least: int = 5) -> float:
    """Give the mean F1 over classes with at least so many true rows, of (said, true)."""
    true = Counter(label for _, label in answers)
    scores = [
        tally((said == label, real == label) for said, real in answers).f1 for label, n in true.items() if n >= least
    ]
    return sum(scores) / len(scores) if scores else 0.0


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of about one confidence."""

    low: float
    high: float
    count: int
    confidence: float
    """Mean of what was claimed."""
    accuracy: float
    """Share that was right."""


def reliability(answers: Iterable[tuple[float, bool]], edges: Sequence[float]) -> list[Bin]:
    """Sort (confidence, right) into bins between the edges; empty ones are left out."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for confidence, right in answers:
        bins[max(0, sum(confidence >= edge for edge in edges[1:-1]))].append((confidence, right))
    return [
        Bin(
            edges[at],
            edges[at + 1],
            len(some),
            sum(confidence for confidence, _ in some) / len(some),
            sum(right for _, right in some) / len(some),
        )
        for at, some in sorted(bins.items())
    ]


def calibration_error(bins: Sequence[Bin]) -> float:
    """Give the mean distance between claimed and true, by number of answers."""
    total = sum(one.count for one in bins)
    return sum(one.count * abs(one.confidence - one.accuracy) for one in bins) / total if total else 0.0


def wilson(right: int, total: int) -> tuple[float, float]:
    """Give the 95 % interval of a share by Wilson's score."""
    if not total:
        return 0.0, 1.0
    z, share = 1.96, right / total
    middle, spread = share + z * z / (2 * total), z * sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return max(0.0, (middle - spread) / (1 + z * z / total)), min(1.0, (middle + spread) / (1 + z * z / total))


def bootstrap(
    blocks: Sequence[T], measure: Callable[[Sequence[T]], float], *, samples: int = SAMPLES, seed: int = 1
) -> tuple[float, float]:
    """Give the 95 % interval of a measure when whole blocks are drawn again: what hangs together stays together."""
    dice = random.Random(seed)  # noqa: S311 - a sample, no secret
    values = sorted(measure(dice.choices(blocks, k=len(blocks))) for _ in range(samples)) if blocks else [0.0]
    return values[int(0.025 * len(values))], values[min(len(values) - 1, int(0.975 * len(values)))]


def components(pairs: Iterable[tuple[str, str]]) -> list[set[str]]:
    """Give the connected parts of a graph: labels inside one part hang together and are held out together."""
    home: dict[str, set[str]] = {}
    for a, b in pairs:
        one, other = home.setdefault(a, {a}), home.setdefault(b, {b})
        if one is not other:
            one |= other
            home.update(dict.fromkeys(other, one))
    return list({id(part): part for part in home.values()}.values())
