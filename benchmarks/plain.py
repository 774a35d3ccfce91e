"""What anybody would write first, to be measured beside: names looked up, words stemmed, numbers blotted out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from itertools import chain

from normalizer.region import Region
from normalizer.text import plain

LONGEST = 6
_WORD = re.compile(r"\w+")
_PERSONAL = (
    ("NIK", re.compile(r"(?<!\d)\d{16}(?!\d)")),
    ("telepon", re.compile(r"(?<!\d)(?:\+?62|0)[\s.\-]?8(?:[\s.\-]?\d){7,11}(?!\d)")),
    ("e-mail", re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")),
    ("plat nomor", re.compile(r"\b[A-Z]{1,2}\s?\d{1,4}\s?[A-Z]{1,3}\b")),
)


class Dictionary:
    """All names of a region, looked up by every run of at most six words, the longest first."""

    def __init__(self, region: Region) -> None:
        areas = (name for area in region.areas for name in (area.name, area.kecamatan_name))
        streets, spots = (street.name for street in region.streets), (spot.name for spot in region.spots)
        self.names = {tuple(plain(name).split()) for name in chain(areas, streets, spots)}

    def find(self, text: str) -> list[str]:
        """List the names in a text."""
        return list(self._found(_WORD.findall(text.lower())))

    def _found(self, words: list[str]) -> Iterator[str]:
        at = 0
        while at < len(words):
            lengths = (length for length in range(LONGEST, 0, -1) if tuple(words[at : at + length]) in self.names)
            length = next(lengths, 0)
            if length:
                yield " ".join(words[at : at + length])
            at += length or 1


def blot(text: str) -> str:
    """Replace what looks like personal data, by the patterns alone."""
    for label, pattern in _PERSONAL:
        text = pattern.sub(f"[{label}]", text)
    return text


def has_stemmer() -> bool:
    """Say whether PySastrawi is installed (never the package Sastrawi, which has the same import name)."""
    return find_spec("Sastrawi") is not None


def make_stemmer() -> Callable[[str], str]:
    """Make a stemmer that has not met any word yet."""
    factory = import_module("Sastrawi.Stemmer.StemmerFactory").StemmerFactory()
    stem: Callable[[str], str] = factory.create_stemmer().stem
    return stem
