"""How likely each area is, after independent witnesses of whom each is right as often as it is trusted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

Weights = Mapping[int, float]
"""Shares of areas, by index; they sum to 1."""
Testimony = tuple[Weights, float]
"""What a witness says, and how often it is right. Where it is wrong, it may be anywhere."""


def weigh(testimonies: Iterable[Testimony], count: int) -> dict[int, float]:
    """Give the likelihood of every area that was named, out of `count` that were equally likely before."""
    odds: dict[int, float] = {}
    for weights, trust in testimonies:
        lift = trust * count / (1 - trust)
        for index, weight in weights.items():
            odds[index] = odds.get(index, 1.0) * (1 + lift * weight)
    total = sum(odds.values()) + count - len(odds)
    return {index: value / total for index, value in odds.items()}


def likeliest(belief: Mapping[int, float]) -> list[int]:
    """List areas, the likeliest first; equal ones in the region's order."""
    return sorted(sorted(belief), key=belief.__getitem__, reverse=True)
