"""How urgent a complaint is, with the words that say so. Recall before precision."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from normalizer.complaint import URGENCIES, Urgency
from normalizer.phrases import Phrases, Speller

_DEPTH = re.compile(r"(\d(?<![\d.,].)\d{0,2}(?:[.,]\d{1,2})?)(?:\s?-\s?(\d{1,3}))?\s?(cm|centi|senti|m|mtr|meter)\b")
_LETTERS = re.compile(r"[a-z]+")
_LENGTH = re.compile(r"\s*(?:dari|panjang|persegi|jarak|ke|arah|sebelum|setelah|dr)\b")
_DEEPEST = 600
"""Centimetres: more is the length of something."""


@dataclass(frozen=True, slots=True)
class UrgencyLexicon:
    """What makes a complaint urgent, as plain data."""

    darurat: frozenset[str] = field(default=frozenset(), repr=False)
    mendesak: frozenset[str] = field(default=frozenset(), repr=False)
    neutral: frozenset[str] = field(default=frozenset(), repr=False)
    """Phrases that sound urgent and are not."""
    negations: frozenset[str] = frozenset()
    possible: frozenset[str] = frozenset()
    """Words that make an emergency a mere danger: rawan, takut, jangan."""
    least: Mapping[str, Urgency] = field(default_factory=dict, repr=False)
    """Category code to the urgency that its label alone stands for."""
    depth_cues: frozenset[str] = frozenset()
    depth_darurat: float = 100
    depth_mendesak: float = 40
    """Centimetres of water."""


class UrgencyJudge:
    """Reads urgency from words and from depths of water."""

    def __init__(self, lexicon: UrgencyLexicon, speller: Speller) -> None:
        self._lexicon = lexicon
        self._phrases: Phrases[Urgency] = Phrases(_meanings(lexicon), speller)

    def judge(self, text: str, words: list[str], written: list[str]) -> tuple[Urgency, tuple[str, ...]]:
        """Give the urgency and the words that caused it; `words` are the base forms of those `written`."""
        found: dict[Urgency, dict[str, None]] = {urgency: {} for urgency in URGENCIES}
        for hit in self._phrases.find(words):
            before = words[max(0, hit.start - 3) : hit.start]
            if self._lexicon.negations.isdisjoint(before[-2:]):
                real = hit.meaning != "darurat" or self._lexicon.possible.isdisjoint(before)
                found[hit.meaning if real else "mendesak"][" ".join(written[hit.start : hit.end])] = None
        for urgency, measure in self._depths(text):
            found[urgency][measure] = None
        for urgency in URGENCIES[:2]:
            if found[urgency]:
                return urgency, tuple(found[urgency])
        return "biasa", ()

    def at_least(
        self, category: str, label: str, urgency: Urgency, words: tuple[str, ...]
    ) -> tuple[Urgency, tuple[str, ...]]:
        """Raise the urgency to that of a label set by the channel or the citizen."""
        least = self._lexicon.least.get(category, "biasa")
        return (least, (label,)) if URGENCIES.index(least) < URGENCIES.index(urgency) else (urgency, words)

    def _depths(self, text: str) -> Iterator[tuple[Urgency, str]]:
        """Yield depths of water; a length, like that of a damaged road, has no word for water or height before it."""
        lexicon, lowered = self._lexicon, text.lower()
        for match in _DEPTH.finditer(lowered):
            before = _LETTERS.findall(lowered[max(0, match.start() - 40) : match.start()])[-3:]
            if lexicon.depth_cues.isdisjoint(before) or _LENGTH.match(lowered, match.end()):
                continue
            depth = _centimetres(match[2] or match[1], match[3])
            if lexicon.depth_mendesak <= depth <= _DEEPEST:
                yield ("darurat" if depth >= lexicon.depth_darurat else "mendesak"), match[0]


def _meanings(lexicon: UrgencyLexicon) -> Iterator[tuple[str, Urgency]]:
    yield from ((phrase, "darurat") for phrase in lexicon.darurat)
    yield from ((phrase, "mendesak") for phrase in lexicon.mendesak)
    yield from ((phrase, "biasa") for phrase in lexicon.neutral)


def _centimetres(number: str, unit: str) -> float:
    value = float(number.replace(",", "."))
    return value if unit in {"cm", "centi", "senti"} else value * 100
