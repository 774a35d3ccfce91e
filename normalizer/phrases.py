"""Finds known words and phrases in a text in one pass: what categories, urgency and conduct are told by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from normalizer.text import Lexicon, tokens

T = TypeVar("T")
_ENDINGS = frozenset({"nya", "lah", "kah", "pun"})


class Speller:
    """Gives each word its standard base form, so that the lists need one form of a word only."""

    def __init__(self, forms: Mapping[str, str], words: Lexicon) -> None:
        self._known: dict[str, tuple[str, ...]] = {}
        slang = {key: value for key, value in words.slang.items() if key not in words.blocked}
        for written in {*slang, *forms}:
            standard = tokens(slang.get(written, written))
            self._known[written] = tuple(forms.get(word, word) for word in standard)
        for base in forms.values():
            self._known.setdefault(base, (base,))

    def spell(self, text: str) -> list[str]:
        """List the words of a text in base form; `anak2` counts as `anak`."""
        return self.align(text)[0]

    def align(self, text: str) -> tuple[list[str], list[str]]:
        """List the base forms and beside each the word as it was written."""
        bases: list[str] = []
        written: list[str] = []
        for word in tokens(text):
            base = self._known.get(word)
            if base is None and (word[-3:] in _ENDINGS or word[-1] == "2"):
                base = self._strip(word)
            if base:
                bases += base
                written += (word,) * len(base)
            else:
                bases.append(word)
                written.append(word)
        return bases, written

    def _strip(self, word: str) -> tuple[str, ...]:
        stem = word.rstrip("2") if len(word) > 4 and word[-1] == "2" else word
        if stem[-3:] in _ENDINGS and len(stem) > 6:
            stem = stem[:-3]
        return self._known.get(stem, (stem,))


@dataclass(slots=True)
class Hit(Generic[T]):
    """A phrase found: the numbers of its first word and of the word after it, and what it stands for."""

    start: int
    end: int
    phrase: str
    meaning: T


@dataclass(slots=True)
class _Node(Generic[T]):
    """The words that may come next in a phrase, and what is complete here: the phrase and its meaning."""

    nexts: dict[str, _Node[T]] = field(default_factory=dict)
    complete: tuple[str, T] | None = None


class Phrases(Generic[T]):
    """Phrases with what each stands for. Where several match, the longest wins and its words are used up."""

    def __init__(self, meanings: Iterable[tuple[str, T]], speller: Speller) -> None:
        self._firsts: dict[str, _Node[T]] = {}
        for phrase, meaning in meanings:
            words = speller.spell(phrase)
            node = self._firsts.setdefault(words[0], _Node())
            for word in words[1:]:
                node = node.nexts.setdefault(word, _Node())
            node.complete = node.complete or (" ".join(words), meaning)

    def find(self, words: list[str]) -> Iterator[Hit[T]]:
        """Yield the phrases in a list of base forms, from left to right."""
        after = 0
        for start in [at for at, word in enumerate(words) if word in self._firsts]:
            if start < after:
                continue
            hit = self._longest(words, start)
            if hit:
                after = hit.end
                yield hit

    def _longest(self, words: list[str], start: int) -> Hit[T] | None:
        hit, end = None, start + 1
        node = self._firsts.get(words[start])
        while node:
            if node.complete:
                hit = Hit(start, end, *node.complete)
            node = node.nexts.get(words[end]) if end < len(words) else None
            end += 1
        return hit
