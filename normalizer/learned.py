"""What a city's own corrections teach about categories: weights beside the lists, as plain data, and their scoring.

A model corrects the lists and never replaces them: without weights it decides as they do.
"""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from normalizer.phrases import Hit
from normalizer.taxonomy import CATEGORIES, OTHER

ABSENT = -2.0
"""Score of a category that nothing in the lists speaks for; "something else" then has 0."""
Weights = Mapping[str, float]
"""Category code to weight, in the unit of the lists' own weights."""

_OPEN = tuple(category.code for category in CATEGORIES if category.handling == "open")
"""What is sealed is never learned, neither into nor out of."""


@dataclass(frozen=True, slots=True)
class Learned:
    """A model. Made by `aduan train categories`, read by `hub.learning`."""

    words: Mapping[str, Weights] = field(default_factory=dict, repr=False)
    """Word or two words in a row, in base form, to what each says."""
    answers: Mapping[str, Weights] = field(default_factory=dict, repr=False)
    """What the lists alone answer, to what that means here."""
    temperature: float = 1.0
    """Scores are divided by it, so that a confidence is the share of such answers that are right."""
    sure: float = 0.8
    """Answers of this confidence and more are right in 9 of 10."""
    name: str = ""
    """Tells one model from another; see `Understanding.rules`."""
    _firsts: frozenset[str] = field(init=False, repr=False)
    """Words that begin a pair."""

    def __post_init__(self) -> None:
        pairs = (phrase.partition(" ") for phrase in self.words)
        object.__setattr__(self, "_firsts", frozenset(first for first, blank, _ in pairs if blank))

    def find(self, words: Sequence[str]) -> Iterator[Hit[Weights]]:
        """Yield what it knows in a list of base forms, each once."""
        seen: set[str] = set()
        for start, end, phrase in spans(words, self._firsts):
            if phrase in self.words and phrase not in seen:
                seen.add(phrase)
                yield Hit(start, end, phrase, self.words[phrase])

    def weigh(self, sums: Mapping[str, float], phrases: Iterable[str]) -> dict[str, float]:
        """Give the score of every category: what the lists say, what they mean by it here, what the words add."""
        scores = begin(sums)
        for weights in (self.answers.get(answer(sums), {}), *(self.words.get(phrase, {}) for phrase in phrases)):
            for code, weight in weights.items():
                scores[code] += weight
        return scores

    def decide(self, scores: Mapping[str, float]) -> tuple[str, float]:
        """Give the best category and its confidence."""
        odds = self.odds(scores)
        best = max(odds, key=odds.__getitem__)
        return best, odds[best] / sum(odds.values())

    def odds(self, scores: Mapping[str, float]) -> dict[str, float]:
        """Give how likely each category is beside the best, which has 1."""
        best = max(scores.values())
        return {code: math.exp((score - best) / self.temperature) for code, score in scores.items()}


def spans(words: Sequence[str], firsts: Container[str] | None = None) -> Iterator[tuple[int, int, str]]:
    """Yield every word and every two words in a row, with the numbers of the first and of the one after the last.

    Where `firsts` is given, only pairs that begin with one of these.
    """
    for end, word in enumerate(words, start=1):
        yield end - 1, end, word
        if end < len(words) and (firsts is None or word in firsts):
            yield end - 1, end + 1, f"{word} {words[end]}"


def begin(sums: Mapping[str, float]) -> dict[str, float]:
    """Give every open category its score by the lists alone."""
    scores = {code: sums.get(code, ABSENT) for code in _OPEN}
    scores[OTHER.code] = max(0.0, scores[OTHER.code])
    return scores


def answer(sums: Mapping[str, float]) -> str:
    """Give what the lists alone would answer."""
    best = max(sums, key=lambda code: sums[code], default=OTHER.code)
    return best if sums.get(best, 0.0) > 0 else OTHER.code
