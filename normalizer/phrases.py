"""Finds known words and phrases in a text in one pass: what categories, urgency and conduct are told by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from normalizer.text import Lexicon, tokens

T = TypeVar("T")
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_ENDINGS = frozenset({"nya", "lah", "kah", "pun"})


_REMEMBERED = 50_000
"""Words whose base form is kept: most of what people write is a few thousand words."""


class Speller:
    """Gives each word its standard base form, so that the lists need one form of a word only."""

    def __init__(self, forms: Mapping[str, str], words: Lexicon) -> None:
        known: dict[str, str] = {}
        slang = {key: value for key, value in words.slang.items() if key not in words.blocked}
        for written in {*slang, *forms}:
            standard = tokens(slang.get(written, written))
            known[written] = " ".join(forms.get(word, word) for word in standard) or written
        for base in forms.values():
            known.setdefault(base, base)
        self._bases = _Bases(known)

    def spell(self, text: str) -> list[str]:
        """List the words of a text in base form; `anak2` counts as `anak`."""
        return self.align(text)[0]

    def align(self, text: str) -> tuple[list[str], list[str]]:
        """List the base forms and beside each the word as it was written."""
        written = tokens(text)
        bases = list(map(self._bases.__getitem__, written))
        if " " in "".join(bases):
            pairs = [(base, word) for word, several in zip(written, bases, strict=True) for base in several.split()]
            return [base for base, _ in pairs], [word for _, word in pairs]
        return bases, written


class _Bases(dict[str, str]):
    """Base forms by written word: those of the lists, and the others as they are met. Several words are joined."""

    def __init__(self, known: Mapping[str, str]) -> None:
        super().__init__(known)
        self._known = dict(known)

    def __missing__(self, word: str) -> str:
        base = self._of(word)
        if len(self) < _REMEMBERED:
            self[word] = base
        return base

    def _of(self, word: str) -> str:
        """Take off the 2 of reduplication, particles, and letters that are drawn out: banjirrr."""
        word = _DRAWN_OUT.sub(r"\1", word)
        stem = word.rstrip("2") if len(word) > 4 and word[-1] == "2" else word
        if stem[-3:] in _ENDINGS and len(stem) > 6:
            stem = stem[:-3]
        return self._known.get(stem, stem) or word


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
        firsts, count, after = self._firsts, len(words), 0
        for start in [at for at, word in enumerate(words) if word in firsts]:
            if start < after:
                continue
            node: _Node[T] | None = firsts[words[start]]
            end, found = start, None
            while node is not None:
                end += 1
                if node.complete:
                    found, after = node.complete, end
                node = node.nexts.get(words[end]) if end < count else None
            if found:
                yield Hit(start, after, *found)
