"""Reads the editable word lists that come with the normalizer, or an operator's own copies of them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from normalizer.categories import CategoryLexicon
from normalizer.conduct import ConductLexicon
from normalizer.taxonomy import BY_CODE
from normalizer.text import Lexicon, plain
from normalizer.urgency import UrgencyLexicon

_STRENGTH = {
    "against": -2.0,
    "faint": 0.5,
    "weak": 1.0,
    "firm": 2.0,
    "strong": 3.0,
    "certain": 4.0,
    "decisive": 6.0,
}
"""In this order: a term in two lists has the stronger weight."""
_REPORTED_WEIGHT = 2.0


def bundled() -> Traversable:
    """Give the folder of the lists that come with the package."""
    return files("normalizer").joinpath("data", "lexicon")


@cache
def load_words(folder: Traversable | None = None) -> Lexicon:
    """Read slang, stop words and address words. Raises OSError, ValueError for a broken list."""
    folder = folder or bundled()
    about = _toml(folder, "words.toml")
    return Lexicon(
        slang=dict(_pairs(folder, "slang.tsv")),
        blocked=frozenset(about["blocked"]),
        stopwords=frozenset(word for line in _lines(folder, "stopwords.txt") for word in line.split()),
        address=frozenset(about["address"]),
        letters=about["letters"],
    )


@cache
def load_categories(folder: Traversable | None = None) -> CategoryLexicon:
    """Read what speaks for categories, urgency and sealing. Raises OSError, ValueError for a broken list."""
    folder = folder or bundled()
    lists = _toml(folder, "categories.toml")
    categories: dict[str, dict[str, Any]] = lists["category"]
    unknown = categories.keys() - BY_CODE.keys()
    if unknown:
        raise ValueError(f"categories.toml names unknown categories: {', '.join(sorted(unknown))}")
    forms = _toml(folder, "forms.toml")
    return CategoryLexicon(
        terms={code: dict(_terms(section)) for code, section in categories.items()},
        forms={form: base for base, forms_ in forms.items() for form in (base, *forms_)},
        hashtags={plain(tag): code for code, section in categories.items() for tag in section.get("hashtags", ())},
        reported=_reported(categories),
        overrides={phrase: code for code, phrases in lists["overrides"].items() for phrase in phrases},
        neutral=frozenset(lists["neutral"]),
        landmarks=frozenset(lists["landmarks"]),
        names=frozenset(lists.get("names", ())),
        places=frozenset(lists["places"]),
        cues={word: cue["share"] for cue in lists.get("cues", {}).values() for word in cue["words"]},
        negations=frozenset(lists["negations"]),
        negatable=frozenset(code for code, section in categories.items() if section.get("negatable")),
        urgency=_urgency(_toml(folder, "urgency.toml")),
        conduct=ConductLexicon(**{name: frozenset(words) for name, words in _toml(folder, "sealed.toml").items()}),
    )


def _terms(section: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for strength, weight in _STRENGTH.items():
        yield from ((term, weight) for term in section.get(strength, ()))


def _reported(categories: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, float]]:
    labels: dict[str, dict[str, float]] = {}
    for code, section in categories.items():
        for label in section.get("reported", ()):
            labels.setdefault(plain(label), {})[code] = _REPORTED_WEIGHT
    return labels


def _urgency(lists: Mapping[str, Any]) -> UrgencyLexicon:
    return UrgencyLexicon(
        darurat=frozenset(lists["darurat"]),
        mendesak=frozenset(lists["mendesak"]),
        neutral=frozenset(lists["neutral"]),
        negations=frozenset(lists["negations"]),
        possible=frozenset(lists["possible"]),
        least=lists["least"],
        depth_cues=frozenset(lists["depth"]["cues"]),
        depth_darurat=lists["depth"]["darurat"],
        depth_mendesak=lists["depth"]["mendesak"],
    )


def _toml(folder: Traversable, name: str) -> dict[str, Any]:
    return tomllib.loads(folder.joinpath(name).read_text(encoding="utf-8"))


def _lines(folder: Traversable, name: str) -> Iterator[str]:
    text = folder.joinpath(name).read_text(encoding="utf-8")
    return (line for line in text.splitlines() if line and not line.startswith("#"))


def _pairs(folder: Traversable, name: str) -> Iterator[tuple[str, str]]:
    for line in _lines(folder, name):
        written, _, standard = line.partition("\t")
        yield written, standard
