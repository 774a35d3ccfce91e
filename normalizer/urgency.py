"""How urgent a complaint is, with the words that say so. Recall before precision."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from normalizer.complaint import URGENCIES, Urgency
from normalizer.phrases import Hit, Phrases, Speller

_DEPTH = re.compile(r"(\d(?<![\d.,/].)\d{0,2}(?:[.,]\d{1,2})?)(?:\s?-\s?(\d{1,3}))?\s?(cm|centi|senti|m|mtr|meter)\b")
_LETTERS = re.compile(r"[a-z]+")
_WORD = re.compile(r"[^\W_]+")
_LENGTH = re.compile(r"\s*(?:(?:dari|panjang|lebar|persegi|jarak|ke|arah|sebelum|setelah|dr)\b|[x*]\s*\d)")
_WATER = re.compile(
    r"\b(?:(?<!saluran )air|banjir|bnjir|banjr|genang|tergenang|rendam|terendam|luap|meluap|rob\b|flood)"
)
_DEEPEST = 600
"""Centimetres: more is the length of something."""

_REACH = 7
"""So many words before an emergency may still say that it is none."""
_REACH_AFTER = 6
_GAP = 6
"""So many words may stand between the two sides of a phrase with a gap: "kabel * menjuntai"."""
_LONGEST = 3
"""Words of a phrase in `negations` and `possible`."""
_NOW = frozenset("butuh kirim minta panggil tolong segera mohon perlu masih belum hilang sedang datang cari".split())
"""A phrase with one of these asks for help, or tells what goes on: no word around it makes it smaller."""
_STOPS = ".,!?;:\n"
_STAR = " * "
_FULL_STOPS = ".!?;\n"
_SKIPPED = 30
"""So many words of the text may be missing in a row among those looked at, like tags."""

_Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class UrgencyLexicon:
    """What makes a complaint urgent, as plain data."""

    darurat: frozenset[str] = field(default=frozenset(), repr=False)
    mendesak: frozenset[str] = field(default=frozenset(), repr=False)
    """With a gap, one of the words left of the star stands a few words before: "pohon|tiang * miring|mau patah"."""
    neutral: frozenset[str] = field(default=frozenset(), repr=False)
    """Phrases that sound urgent and are not."""
    negations: frozenset[str] = frozenset()
    """Right before a phrase they take it away: tidak, tidak ada."""
    possible: frozenset[str] = field(default=frozenset(), repr=False)
    """They make an emergency a mere danger: "rawan" before it, "bisa *" right before it, "* tahun lalu" after it."""
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
        self._needed = _needed(lexicon, speller)
        self._negations = frozenset(_spelled(lexicon.negations, speller))
        self._denying = frozenset(phrase.split()[-1] for phrase in self._negations)
        hedges = lexicon.possible
        self._before = frozenset(_spelled((hedge for hedge in hedges if "*" not in hedge), speller))
        self._beside = frozenset(_spelled((hedge for hedge in hedges if hedge.endswith(" *")), speller))
        self._after = frozenset(_spelled((hedge for hedge in hedges if hedge.startswith("* ")), speller))

    def judge(self, text: str, words: list[str], written: list[str]) -> tuple[Urgency, tuple[str, ...]]:
        """Give the urgency and the words that caused it; `words` are the base forms of those `written`."""
        found: dict[Urgency, dict[str, None]] = {urgency: {} for urgency in URGENCIES}
        needed = self._needed
        hits = [hit for hit in self._phrases.find(words) if hit.phrase not in needed or self._is_whole(hit, words)]
        telling = [hit for hit in hits if hit.meaning != "biasa"]
        if telling:
            sayings = _Sayings(text, words if len(telling) == len(hits) else _without_neutral(words, hits), written)
            for hit in telling:
                if not self._is_denied(hit, sayings):
                    real = hit.meaning != "darurat" or not self._is_only_possible(hit, sayings)
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

    def _is_whole(self, hit: Hit[Urgency], words: list[str]) -> bool:
        """Tell whether one of the words left of the gap stands before what is right of it."""
        return not self._needed[hit.phrase].isdisjoint(words[max(0, hit.start - _GAP) : hit.start])

    def _is_denied(self, hit: Hit[Urgency], sayings: _Sayings) -> bool:
        before = sayings.words[hit.start - 1] if hit.start else ""
        return before in self._denying and sayings.ends_with(self._negations, hit.start)

    def _is_only_possible(self, hit: Hit[Urgency], sayings: _Sayings) -> bool:
        """Feared, usual, over, or compared to: "takut tumbang menimpa rumah", "kecelakaan tahun lalu"."""
        if not _NOW.isdisjoint(hit.phrase.split()):
            return False
        return (
            sayings.ends_with(self._beside, hit.start)
            or sayings.hold_before(self._before, hit.start)
            or sayings.hold_after(self._after, hit.end)
        )

    def _depths(self, text: str) -> Iterator[tuple[Urgency, str]]:
        """Yield depths of water; a length, like that of a damaged road, has no word for water or height before it."""
        lexicon, lowered = self._lexicon, text.lower()
        for match in _DEPTH.finditer(lowered):
            before = _LETTERS.findall(lowered[max(0, match.start() - 40) : match.start()])
            if lexicon.depth_cues.isdisjoint(before[-3:]) or _LENGTH.match(lowered, match.end()):
                continue
            depth = _centimetres(match[2] or match[1], match[3])
            if lexicon.depth_mendesak <= depth <= _DEEPEST:
                deep = depth >= lexicon.depth_darurat and self._before.isdisjoint(before[-_REACH:])
                yield ("darurat" if deep and _is_of_water(match) else "mendesak"), match[0]


@dataclass(slots=True)
class _Sayings:
    """The words of a complaint, to look around in; a stop between two words parts them."""

    text: str
    words: list[str]
    written: list[str]
    spans: list[_Span | None] = field(default_factory=list)

    def ends_with(self, phrases: frozenset[str], end: int) -> bool:
        """Tell whether one of the phrases ends right before this word."""
        return any(
            " ".join(self.words[start:end]) in phrases and self._flows(start, end + 1, _STOPS)
            for start in range(max(0, end - _LONGEST), end)
        )

    def hold_before(self, phrases: frozenset[str], end: int) -> bool:
        """Tell whether one of the phrases stands a few words before this one, and belongs to it."""
        return any(
            self._flows(start, end + 1, _STOPS)
            for start in range(max(0, end - _REACH), end)
            if self._has(phrases, start, end)
        )

    def hold_after(self, phrases: frozenset[str], start: int) -> bool:
        """Tell whether one of the phrases stands a few words after this one; a comma parts nothing here."""
        last = min(len(self.words), start + _REACH_AFTER)
        return any(
            self._flows(start - 1, at + 1, _FULL_STOPS) for at in range(start, last) if self._has(phrases, at, last)
        )

    def _has(self, phrases: frozenset[str], start: int, last: int) -> bool:
        ends = range(start + 1, min(last, start + _LONGEST) + 1)
        return any(" ".join(self.words[start:end]) in phrases for end in ends)

    def _flows(self, start: int, end: int, stops: str) -> bool:
        """Tell whether no stop parts these words. In doubt one does: what sounds like an emergency then is one."""
        if not self.spans:
            self.spans = _locate(self.written, self.text.lower())
        first, last = self.spans[start], self.spans[end - 1]
        if first is None or last is None:
            return False
        return not any(stop in self.text[first[1] : last[0]] for stop in stops)


def _locate(written: list[str], lowered: str) -> list[_Span | None]:
    """Find where each word stands in the text: one after the other, tags and the like between them left out."""
    spans: list[_Span | None] = []
    found = [(match[0], match.span()) for match in _WORD.finditer(lowered)]
    at = 0
    for word in written:
        if at and found[at - 1][0] == word != found[min(at, len(found) - 1)][0]:
            spans.append(spans[-1])  # the second of two words that one short form stands for
            continue
        here = next((i for i in range(at, min(at + _SKIPPED, len(found))) if found[i][0] == word), None)
        spans.append(None if here is None else found[here][1])
        at = at if here is None else here + 1
    return spans


def _without_neutral(words: list[str], hits: list[Hit[Urgency]]) -> list[str]:
    """Blank out the phrases that mean nothing: the "kalau" of "kalau bisa" supposes nothing."""
    kept = [*words]
    for hit in hits:
        if hit.meaning == "biasa":
            kept[hit.start : hit.end] = [""] * (hit.end - hit.start)
    return kept


def _is_of_water(match: re.Match[str]) -> bool:
    return _WATER.search(match.string, max(0, match.start() - 80), match.end() + 30) is not None


def _spelled(phrases: Iterable[str], speller: Speller) -> Iterator[str]:
    return (" ".join(speller.spell(phrase)) for phrase in phrases)


def _needed(lexicon: UrgencyLexicon, speller: Speller) -> dict[str, set[str]]:
    """Give the words left of a gap by the phrase right of it, unless that phrase says enough by itself."""
    whole = {*lexicon.darurat, *lexicon.mendesak, *lexicon.neutral}
    alone = set(_spelled((phrase for phrase in whole if _STAR not in phrase), speller))
    needed: dict[str, set[str]] = {}
    for left, right in _gapped(lexicon):
        for phrase in _spelled(right, speller):
            if phrase not in alone:
                needed.setdefault(phrase, set()).update(_spelled(left, speller))
    return needed


def _gapped(lexicon: UrgencyLexicon) -> Iterator[tuple[list[str], list[str]]]:
    for phrase in lexicon.mendesak:
        left, star, right = phrase.partition(_STAR)
        if star:
            yield left.split("|"), right.split("|")


def _meanings(lexicon: UrgencyLexicon) -> Iterator[tuple[str, Urgency]]:
    yield from ((phrase, "darurat") for phrase in lexicon.darurat)
    yield from ((phrase, "mendesak") for phrase in lexicon.mendesak if _STAR not in phrase)
    yield from ((phrase, "biasa") for phrase in lexicon.neutral)
    yield from ((phrase, "mendesak") for _, right in _gapped(lexicon) for phrase in right)


def _centimetres(number: str, unit: str) -> float:
    value = float(number.replace(",", "."))
    return value if unit in {"cm", "centi", "senti"} else value * 100
