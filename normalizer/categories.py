"""What a complaint is about: weighted words and phrases from an editable list, and what the channel says of it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from operator import itemgetter

from normalizer.complaint import Complaint, Handling, Urgency
from normalizer.conduct import ConductJudge, ConductLexicon
from normalizer.learned import Learned, answer
from normalizer.phrases import Hit, Phrases, Speller
from normalizer.taxonomy import BY_CODE, OTHER
from normalizer.text import Lexicon, plain, strip_tags
from normalizer.urgency import UrgencyJudge, UrgencyLexicon

_TAG = re.compile(r"#(\w+)")
_HOUR = re.compile(r"\bpkl(?=[\s.:]{0,2}\d)", re.IGNORECASE)
"""Short for "pukul", at; else it is a street vendor."""
_TAG_WEIGHT = 2.0
_ACCUSED_WEIGHT = 3.0
"""For extortion and the like where an official is blamed: from anybody else it is something else."""
_LANDMARK = 0.25
"""Share of a term's weight where it only names a landmark."""
_WEAK = 1.0
"""A phrase this weak takes weight away from its words: "di trotoar" says where, "trotoar" what."""
_NAME = 7
"""Words of a text that may be a name and nothing else: "Pasar Contoh depan halte" says where, not what."""
_REACH = 6
"""So many words on, a cue still bears on a term."""
_EARLY, _OPENING = 0.6, 25
"""What is said first is the matter: so much more a term weighs at the very start, fading over so many words."""
_TEMPERATURE = 1.7
"""Chosen on complaints looked at while tuning, so that of answers of one confidence about that share is right."""
_FLOOR = 2.0
"""Weight of "something else": little evidence leaves much doubt."""
_FADE = 0.85
_SURE = 0.8

_LIKELY, _OTHERS = 0.12, 2
"""Likelihood from which another category may be the right one, and how many of them are named."""
_SHOWN = 6
"""Of the words that decided."""

_Weights = tuple[tuple[str, float], ...]
_Evidence = dict[str, dict[str, tuple[float, str | Hit[_Weights]]]]
"""Category code to phrase to its weight and how it was written, or where."""
_Label = tuple[str, str, float]
"""As it was written, the category code it stands for, its weight."""
_Decision = tuple[str, float, tuple[str, ...], tuple[str, ...]]
"""Category code, confidence, the words that decided, other codes that may be."""


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
    names: frozenset[str] = frozenset()
    """Words like "jalan", "komplek" that make a place just after them a part of a name."""
    places: frozenset[str] = frozenset()
    cues: Mapping[str, float] = field(default_factory=dict, repr=False)
    """Words that make what follows more or less the matter, to the share of its weight: mohon, akibat, mengenai."""
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
    others: tuple[str, ...] = ()
    """Categories that it may be instead, the likeliest first."""


class Categorizer:
    """Guesses categories by the lists it was given. Keeps no state between complaints; can be pickled."""

    def __init__(self, lexicon: CategoryLexicon, words: Lexicon, learned: Learned | None = None) -> None:
        self.learned = learned
        self._lexicon = lexicon
        self._speller = Speller(lexicon.forms, words)
        self._terms: Phrases[_Weights] = Phrases(_weights(lexicon, self._speller), self._speller)
        self._places = frozenset(" ".join(self._speller.spell(place)) for place in lexicon.places)
        self._names = frozenset(word for name in lexicon.names for word in self._speller.spell(name))
        self._landmarks = frozenset(word for mark in lexicon.landmarks for word in self._speller.spell(mark))
        self._limiting = self._names | self._landmarks | lexicon.negations
        self._cues = {word: share for cue, share in lexicon.cues.items() for word in self._speller.spell(cue)}
        overrides = (*((phrase, "") for phrase in lexicon.neutral), *lexicon.overrides.items())
        self._overrides: Phrases[str] = Phrases(overrides, self._speller)
        self._urgency = UrgencyJudge(lexicon.urgency, self._speller)
        self._conduct = ConductJudge(lexicon.conduct, self._speller)

    def guess(self, complaint: Complaint) -> Guess:
        """Guess category, urgency and handling from the words, the tags and the channel's own coding."""
        text = complaint.words
        words, written = self._align(text)
        labels = tuple(self._labels(complaint, text))
        accused = self._conduct.is_accusation(words) or any(_is_sealed(code) for _, code, _ in labels)
        category, confidence, deciding, others = self._category(complaint, words, written, labels, accused=accused)
        urgency, urgent_words = self._urgency.judge(text, words, written)
        for shown, code, _ in labels:
            if not shown.startswith("#"):
                urgency, urgent_words = self._urgency.at_least(code, shown, urgency, urgent_words)
        return Guess(
            category=category,
            confidence=round(confidence, 3),
            sure=confidence >= (self.learned.sure if self.learned else _SURE),
            words=deciding,
            urgency=urgency,
            urgency_words=urgent_words,
            handling="sealed" if accused or _is_sealed(category) else "open",
            others=others,
        )

    def _labels(self, complaint: Complaint, text: str) -> Iterator[_Label]:
        """Yield what channel and citizen call it: our own code, the reported label, tags."""
        if complaint.category_hint in BY_CODE:
            yield complaint.category_hint, complaint.category_hint, _TAG_WEIGHT
        label = complaint.category_reported
        for code, weight in self._lexicon.reported.get(plain(label), {}).items() if label else ():
            yield label.strip(), code, weight
        for tag in (*(_TAG.findall(text) if "#" in text else ()), *complaint.tags):
            code = self._tag_category(plain(tag).replace(" ", ""))
            if code:
                yield f"#{tag.lstrip('#').lower()}", code, _TAG_WEIGHT

    def _category(
        self, complaint: Complaint, words: list[str], written: list[str], labels: tuple[_Label, ...], *, accused: bool
    ) -> _Decision:
        if complaint.category_hint in BY_CODE:
            contradiction = next((hit for hit in self._overrides.find(words) if hit.meaning), None)
            if contradiction is None:
                return complaint.category_hint, 0.95, (), ()
            return contradiction.meaning, 0.9, (" ".join(written[contradiction.start : contradiction.end]),), ()
        evidence = self._evidence(words, labels, accused=accused)
        if self.learned is None or accused or _is_sealed(answer(_sums(evidence))):
            return _decide(evidence, written)
        return _correct(self.learned, evidence, words, written)

    def spell(self, text: str) -> list[str]:
        """List the words of a text in base form, without tags."""
        return self._align(text)[0]

    def weigh(self, complaint: Complaint) -> tuple[list[str], dict[str, float]]:
        """Give the words in base form, and what the lists weigh for each category: what is learned from."""
        text = complaint.words
        words = self.spell(text)
        return words, _sums(self._evidence(words, tuple(self._labels(complaint, text)), accused=False))

    def _evidence(self, words: list[str], labels: tuple[_Label, ...], *, accused: bool) -> _Evidence:
        evidence: _Evidence = {}
        spoken = list(self._speaking(words))
        if len(words) <= _NAME and all(hit.phrase in self._places for hit, _ in spoken if hit.meaning):
            spoken = [(hit, share * _LANDMARK) for hit, share in spoken]
        for hit, share in spoken:
            for code, weight in hit.meaning:
                phrases = evidence.setdefault(code, {})
                if hit.phrase not in phrases:
                    phrases[hit.phrase] = weight * share, hit
        for shown, code, weight in labels:
            evidence.setdefault(code, {})[shown] = (weight, shown)
        for code in filter(_is_sealed, evidence) if accused else ():
            evidence[code]["accused"] = (_ACCUSED_WEIGHT, "")
        return evidence

    def _speaking(self, words: list[str]) -> Iterator[tuple[Hit[_Weights], float]]:
        """Yield phrases and the share of their weight: more for what is asked for, none for what a place is called."""
        place_end, known, cue, cue_share = -1, self._cues, -_REACH - 1, 1.0
        cues = iter([at for at, word in enumerate(words) if word in known])
        upcoming = next(cues, len(words))
        for hit in self._terms.find(words):
            start = hit.start
            while upcoming < start:
                cue, cue_share, upcoming = upcoming, known[words[upcoming]], next(cues, len(words))
            share = cue_share if start - cue <= _REACH else 1.0
            if start < _OPENING:
                share *= 1 + _EARLY * (1 - start / _OPENING)
            before = words[start - 2 if start > 1 else 0 : start]
            if start == place_end or not self._limiting.isdisjoint(before):
                limit, allowed = self._limit(hit, before, named=start == place_end)
                if limit < 1:
                    place_end = hit.end
                if limit:
                    yield allowed, share * limit
            else:
                yield hit, share

    def _limit(self, hit: Hit[_Weights], before: list[str], *, named: bool) -> tuple[float, Hit[_Weights]]:
        """Give what is left of a term after words that deny it or make it a part of a name."""
        if "bukan" in before[-1:]:
            return 1.0, Hit(hit.start, hit.end, hit.phrase, ())
        if not self._lexicon.negations.isdisjoint(before):
            meaning = tuple((code, weight) for code, weight in hit.meaning if code not in self._lexicon.negatable)
            hit = Hit(hit.start, hit.end, hit.phrase, meaning)
        if hit.phrase not in self._places:
            return 1.0, hit
        if named or not self._names.isdisjoint(before):
            return 0.0, hit
        return (1.0 if self._landmarks.isdisjoint(before) else _LANDMARK), hit

    def _tag_category(self, tag: str) -> str:
        """Match by prefix, the longest first: tags are glued to words, like `#drainaseburuktlg`."""
        lengths = range(len(tag), 2, -1)
        return next((self._lexicon.hashtags[tag[:end]] for end in lengths if tag[:end] in self._lexicon.hashtags), "")

    def _align(self, text: str) -> tuple[list[str], list[str]]:
        """List the words in base form and as they were written, without tags."""
        if "#" in text:
            text = strip_tags(text)
        if "pkl" in text or "Pkl" in text or "PKL" in text:
            text = _HOUR.sub("pukul", text)
        return self._speller.align(text)


def _is_sealed(code: str) -> bool:
    return BY_CODE[code].handling == "sealed"


def _weights(lexicon: CategoryLexicon, speller: Speller) -> Iterator[tuple[str, _Weights]]:
    """Yield each phrase with its weights; one says no less than the words that it uses up, unless it is a weak one."""
    yield from ((phrase, ()) for phrase in lexicon.neutral)
    merged: dict[str, dict[str, float]] = {}
    for code, terms in lexicon.terms.items():
        for term, weight in terms.items():
            weights = merged.setdefault(" ".join(speller.spell(term)), {})
            weights[code] = max(weight, weights.get(code, weight))
    for phrase, weights in merged.items():
        words = [merged.get(word, {}) for word in phrase.split()]
        yield phrase, tuple((code, _whole(weight, code, words)) for code, weight in weights.items())


def _whole(weight: float, code: str, words: list[dict[str, float]]) -> float:
    return weight if weight <= _WEAK else max([weight, *(word.get(code, weight) for word in words)])


def _decide(evidence: _Evidence, written: list[str]) -> _Decision:
    """Weigh the categories against each other and against the doubt that it is something else."""
    sums = _sums(evidence)
    best = max(sums, key=sums.__getitem__, default=OTHER.code)
    if sums.get(best, 0) <= 0:
        return OTHER.code, 0.0, (), ()
    odds = {code: math.exp((value - sums[best]) / _TEMPERATURE) for code, value in sums.items()}
    total = sum(odds.values()) + math.exp((_FLOOR - sums[best]) / _TEMPERATURE)
    return best, 1 / total, _telling(evidence[best], written), _others(odds, best, total)


def _others(odds: Mapping[str, float], best: str, total: float) -> tuple[str, ...]:
    likely = [code for code, odd in odds.items() if code != best and odd >= _LIKELY * total]
    return tuple(sorted(likely, key=lambda code: (-odds[code], code))[:_OTHERS])


def _correct(learned: Learned, evidence: _Evidence, words: list[str], written: list[str]) -> _Decision:
    """Let what the city's corrections taught have its say after the lists."""
    hits = list(learned.find(words))
    odds = learned.odds(learned.weigh(_sums(evidence), (hit.phrase for hit in hits)))
    best, total = max(odds, key=odds.__getitem__), sum(odds.values())
    telling = dict(evidence.get(best, {}))
    for hit in hits:
        if hit.meaning.get(best, 0.0) > 0:
            telling[f"+{hit.phrase}"] = hit.meaning[best], Hit(hit.start, hit.end, hit.phrase, ())
    return best, odds[best] / total, _telling(telling, written), _others(odds, best, total)


def _sums(evidence: _Evidence) -> dict[str, float]:
    return {code: _sum(phrases) for code, phrases in evidence.items()}


def _telling(phrases: Mapping[str, tuple[float, str | Hit[_Weights]]], written: list[str]) -> tuple[str, ...]:
    """Give the words that decided, the strongest first."""
    strongest_first = sorted(phrases.values(), key=itemgetter(0), reverse=True)
    shown = [_said(words, written) for _, words in strongest_first[:_SHOWN] if words]
    return tuple(dict.fromkeys(shown))


def _said(words: str | Hit[_Weights], written: list[str]) -> str:
    """Give words as they were written; an abbreviation that stands for several words, once."""
    if isinstance(words, str):
        return words
    if words.end - words.start == 1:
        return written[words.start]
    said = written[words.start : words.end]
    return " ".join(word for at, word in enumerate(said) if not at or word is not said[at - 1])


def _sum(phrases: dict[str, tuple[float, str | Hit[_Weights]]]) -> float:
    """Add up, the strongest first, each further one for less: many faint words are not one strong word."""
    weights = [weight for weight, _ in phrases.values()]
    if len(weights) == 1:
        return weights[0]
    total, fade = 0.0, 1.0
    for weight in sorted(weights, reverse=True):
        total += weight * fade
        fade *= _FADE
    return total
