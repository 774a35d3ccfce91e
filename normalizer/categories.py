"""What a complaint is about: weighted words and phrases from an editable list, and what the channel says of it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from normalizer.complaint import Complaint, Handling, Urgency
from normalizer.conduct import ConductJudge, ConductLexicon
from normalizer.phrases import Hit, Phrases, Speller
from normalizer.taxonomy import BY_CODE, OTHER
from normalizer.text import Lexicon, plain, strip_tags
from normalizer.urgency import UrgencyJudge, UrgencyLexicon

_TAG = re.compile(r"#(\w+)")
_TAG_WEIGHT = 2.0
_ACCUSED_WEIGHT = 3.0
"""For extortion and the like where an official is blamed: from anybody else it is something else."""
_LANDMARK = 0.25
"""Share of a term's weight where it only names a landmark."""
_TEMPERATURE = 1.2
"""Chosen so that a confidence of 0.8 and more is right in 9 of 10 hand-labelled complaints."""
_FLOOR = 1.5
"""Weight of "something else": little evidence leaves much doubt."""
_FADE = 0.85
_SURE = 0.8

_SHOWN = 6
"""Of the words that decided."""

_Weights = tuple[tuple[str, float], ...]
_Evidence = dict[str, dict[str, tuple[float, str | Hit[_Weights]]]]
"""Category code to phrase to its weight and how it was written, or where."""
_Label = tuple[str, str, float]
"""As it was written, the category code it stands for, its weight."""
_Decision = tuple[str, float, tuple[str, ...]]
"""Category code, confidence, the words that decided."""


@dataclass(frozen=True, slots=True)
class CategoryLexicon:
    """The editable lists as plain data; `hub.lexicons` reads them from files."""

    terms: Mapping[str, Mapping[str, float]] = field(default_factory=dict, repr=False)
    """Category code to its terms and their weights."""
    forms: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Inflected form to base form."""
    hashtags: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Start of a hashtag to category code."""
    reported: Mapping[str, Mapping[str, float]] = field(default_factory=dict, repr=False)
    """A channel's own label, as `plain` spells it, to category codes and weights."""
    overrides: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Phrases in a text that contradict what the channel's coding says, to category code."""
    neutral: frozenset[str] = frozenset()
    landmarks: frozenset[str] = frozenset()
    """Words like "depan" that make a place a landmark."""
    places: frozenset[str] = frozenset()
    negations: frozenset[str] = frozenset()
    negatable: frozenset[str] = frozenset()
    """Categories of things that happen: "tidak ada banjir" speaks against them, "tidak ada lampu" is a complaint."""
    urgency: UrgencyLexicon = field(default_factory=UrgencyLexicon, repr=False)
    conduct: ConductLexicon = field(default_factory=ConductLexicon, repr=False)


@dataclass(frozen=True, slots=True)
class Guess:
    """What a complaint is about, how sure that is, and the words that decided."""

    category: str
    confidence: float
    """Between 0 and 1: the share of guesses this sure that are right, roughly."""
    sure: bool
    words: tuple[str, ...]
    urgency: Urgency
    urgency_words: tuple[str, ...]
    handling: Handling


class Categorizer:
    """Guesses categories by the lists it was given. Keeps no state between complaints; can be pickled."""

    def __init__(self, lexicon: CategoryLexicon, words: Lexicon) -> None:
        self._lexicon = lexicon
        self._speller = Speller(lexicon.forms, words)
        self._terms: Phrases[_Weights] = Phrases(_weights(lexicon, self._speller), self._speller)
        self._places = frozenset(" ".join(self._speller.spell(place)) for place in lexicon.places)
        overrides = (*((phrase, "") for phrase in lexicon.neutral), *lexicon.overrides.items())
        self._overrides: Phrases[str] = Phrases(overrides, self._speller)
        self._urgency = UrgencyJudge(lexicon.urgency, self._speller)
        self._conduct = ConductJudge(lexicon.conduct, self._speller)

    def guess(self, complaint: Complaint) -> Guess:
        """Guess category, urgency and handling from the words, the tags and the channel's own coding."""
        text = complaint.words
        words, written = self._speller.align(strip_tags(text) if "#" in text else text)
        labels = tuple(self._labels(complaint))
        accused = self._conduct.is_accusation(words) or any(_is_sealed(code) for _, code, _ in labels)
        category, confidence, deciding = self._category(complaint, words, written, labels, accused=accused)
        urgency, urgent_words = self._urgency.judge(text, words, written)
        for shown, code, _ in labels:
            if not shown.startswith("#"):
                urgency, urgent_words = self._urgency.at_least(code, shown, urgency, urgent_words)
        return Guess(
            category=category,
            confidence=round(confidence, 3),
            sure=confidence >= _SURE,
            words=deciding,
            urgency=urgency,
            urgency_words=urgent_words,
            handling="sealed" if accused or _is_sealed(category) else "open",
        )

    def _labels(self, complaint: Complaint) -> Iterator[_Label]:
        """Yield what channel and citizen call it: our own code, the reported label, tags."""
        if complaint.category_hint in BY_CODE:
            yield complaint.category_hint, complaint.category_hint, _TAG_WEIGHT
        label = complaint.category_reported
        for code, weight in self._lexicon.reported.get(plain(label), {}).items():
            yield label.strip(), code, weight
        for tag in (*_TAG.findall(complaint.words), *complaint.tags):
            code = self._tag_category(plain(tag).replace(" ", ""))
            if code:
                yield f"#{tag.lstrip('#').lower()}", code, _TAG_WEIGHT

    def _category(
        self, complaint: Complaint, words: list[str], written: list[str], labels: tuple[_Label, ...], *, accused: bool
    ) -> _Decision:
        if complaint.category_hint in BY_CODE:
            contradiction = next((hit for hit in self._overrides.find(words) if hit.meaning), None)
            if contradiction is None:
                return complaint.category_hint, 0.95, ()
            return contradiction.meaning, 0.9, (" ".join(written[contradiction.start : contradiction.end]),)
        evidence: _Evidence = {}
        for hit, code, weight in self._speaking(words):
            evidence.setdefault(code, {}).setdefault(hit.phrase, (weight, hit))
        for shown, code, weight in labels:
            evidence.setdefault(code, {})[shown] = (weight, shown)
        for code in filter(_is_sealed, evidence) if accused else ():
            evidence[code]["accused"] = (_ACCUSED_WEIGHT, "")
        return _decide(evidence, written)

    def _speaking(self, words: list[str]) -> Iterator[tuple[Hit[_Weights], str, float]]:
        """Yield phrases with category and weight; a landmark counts little, and so does the rest of its name."""
        landmark_end = -1
        for hit in self._terms.find(words):
            before, share = words[max(0, hit.start - 2) : hit.start], 1.0
            if hit.phrase in self._places and (
                hit.start == landmark_end or not self._lexicon.landmarks.isdisjoint(before)
            ):
                share, landmark_end = _LANDMARK, hit.end
            if "bukan" in before[-1:]:
                continue
            denied = not self._lexicon.negations.isdisjoint(before)
            for code, weight in hit.meaning:
                if not (denied and code in self._lexicon.negatable):
                    yield hit, code, weight * share

    def _tag_category(self, tag: str) -> str:
        """Match by prefix, the longest first: tags are glued to words, like `#drainaseburuktlg`."""
        lengths = range(len(tag), 2, -1)
        return next((self._lexicon.hashtags[tag[:end]] for end in lengths if tag[:end] in self._lexicon.hashtags), "")


def _is_sealed(code: str) -> bool:
    return BY_CODE[code].handling == "sealed"


def _weights(lexicon: CategoryLexicon, speller: Speller) -> Iterator[tuple[str, _Weights]]:
    """Yield each phrase with its weights; one says no less than the words that it uses up."""
    yield from ((phrase, ()) for phrase in lexicon.neutral)
    merged: dict[str, dict[str, float]] = {}
    for code, terms in lexicon.terms.items():
        for term, weight in terms.items():
            weights = merged.setdefault(" ".join(speller.spell(term)), {})
            weights[code] = max(weight, weights.get(code, weight))
    for phrase, weights in merged.items():
        words = [merged.get(word, {}) for word in phrase.split()]
        yield (
            phrase,
            tuple(
                (code, max([weight, *(word.get(code, weight) for word in words)])) for code, weight in weights.items()
            ),
        )


def _decide(evidence: _Evidence, written: list[str]) -> _Decision:
    """Weigh the categories against each other and against the doubt that it is something else."""
    sums = {code: _sum([weight for weight, _ in phrases.values()]) for code, phrases in evidence.items()}
    best = max(sums, key=lambda code: sums[code], default=OTHER.code)
    if sums.get(best, 0) <= 0:
        return OTHER.code, 0.0, ()
    odds = [math.exp((value - sums[best]) / _TEMPERATURE) for value in (_FLOOR, *sums.values())]
    strongest_first = sorted(evidence[best].values(), key=lambda one: -one[0])
    shown = (_said(words, written) for _, words in strongest_first[:_SHOWN] if words)
    return best, 1 / sum(odds), tuple(dict.fromkeys(shown))


def _said(words: str | Hit[_Weights], written: list[str]) -> str:
    return words if isinstance(words, str) else " ".join(written[words.start : words.end])


def _sum(weights: list[float]) -> float:
    """Add up, the strongest first, each further one for less: many faint words are not one strong word."""
    if len(weights) == 1:
        return weights[0]
    return sum(weight * _FADE**rank for rank, weight in enumerate(sorted(weights, reverse=True)))
