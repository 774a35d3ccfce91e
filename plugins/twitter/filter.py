"""Tells a complaint from news, announcements and chatter by words that people can change: `data/filter.toml`.

Every group of words that a post has adds its weight once. What weighs too little is left out with the reason; a post
that calls the account needs less, one that speaks of an emergency needs hardly anything.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from hub.plugin import BadOptions
from normalizer.text import tokens

_LINK = re.compile(r"https?://\S+")
_TAG = re.compile(r"#\w+")
_NAME = re.compile(r"@\w+")
_DEPTH = re.compile(r"(?i)\b\d{2,3}\s?(?:cm|centi|senti)")
_LONGEST = 2_000
"""Letters that are weighed: what a complaint is about stands in its beginning."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What the filter goes by."""

    words: str = field(repr=False)
    called: bool = False
    """It mentions the account in its own words."""
    answers_us: bool = False
    photo: bool = False
    point: bool = False
    poll: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """How much speaks for a complaint, what does, and the least that is asked."""

    score: float
    least: float
    found: tuple[str, ...]
    """Names of the groups and signs, those against it first."""

    @property
    def keep(self) -> bool:
        """It counts as a complaint."""
        return self.score >= self.least


@dataclass(frozen=True, slots=True)
class Group:
    """Words of one kind: each group that occurs adds its weight once."""

    weight: float
    phrases: frozenset[str] = field(repr=False)
    """Words in lower case without punctuation, up to four in a row."""
    unless: frozenset[str] = frozenset()
    """Groups beside which this one does not count."""


class Filter:
    """A word list, ready to judge."""

    def __init__(self, groups: Mapping[str, Group], least: Mapping[str, float], signs: Mapping[str, float]) -> None:
        self._groups, self._least, self._signs = dict(groups), dict(least), dict(signs)

    def refusal(self, signs: Signs) -> str:
        """Give why a post is no complaint; empty where it may be one."""
        bare = tokens(_NAME.sub(" ", _TAG.sub(" ", _LINK.sub(" ", signs.words[:_LONGEST]))))
        if not bare and not _TAG.search(signs.words) and not signs.photo:
            return "no words but links and names"
        verdict = self.judge(signs)
        if verdict.keep:
            return ""
        return f"no complaint by its words ({verdict.score:g} of {verdict.least:g}: {', '.join(verdict.found) or '-'})"

    def judge(self, signs: Signs) -> Verdict:
        """Weigh a post."""
        words = signs.words[:_LONGEST]
        found = self._count(_phrases(words))
        found |= {name: self._signs[name] for name, is_there in _marks(signs, words).items() if is_there}
        if "urgent" in found:
            # Recall of emergencies comes first: what speaks against one weighs half.
            found = {name: weight / 2 if weight < 0 else weight for name, weight in found.items()}
        least = self._least["reply" if signs.answers_us else "called" if signs.called else "found"]
        return Verdict(sum(found.values()), least, tuple(sorted(found, key=lambda name: found[name])))

    def _count(self, said: frozenset[str]) -> dict[str, float]:
        occurs = {name for name, group in self._groups.items() if not group.phrases.isdisjoint(said)}
        return {name: self._groups[name].weight for name in occurs if self._groups[name].unless.isdisjoint(occurs)}


def _marks(signs: Signs, words: str) -> dict[str, bool]:
    """Say which signs beside the words a post shows."""
    tags, links = len(_TAG.findall(words)), len(_LINK.findall(words))
    return {
        "photo": signs.photo,
        "point": signs.point,
        "depth": _DEPTH.search(words) is not None,
        "poll": signs.poll,
        "link": links > 0,
        "headline": links > 0 and len(tokens(_LINK.sub("", words))) <= 16,
        "tags": tags >= 3,
        "shout": words.count("!") >= 2 and tags >= 1,
    }


def _phrases(words: str) -> frozenset[str]:
    said = tokens(_LINK.sub(" ", words))
    return frozenset(" ".join(said[at : at + size]) for size in range(1, 5) for at in range(len(said) - size + 1))


@cache
def load_filter(path: Path | None = None) -> Filter:
    """Read a word list, the shipped one where no file is named. Raises BadOptions."""
    try:
        source = path or files("plugins.twitter").joinpath("data", "filter.toml")
        return _filter(tomllib.loads(source.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadOptions(f"filter_file: cannot be used ({type(error).__name__})") from None


def _filter(lists: dict[str, Any]) -> Filter:
    groups = {name: _group(group) for name, group in lists["group"].items()}
    least = {name: float(lists["least"][name]) for name in ("called", "found", "reply")}
    signs = {name: float(lists["sign"][name]) for name in _marks(Signs(""), "")}
    return Filter(groups, least, signs)


def _group(written: dict[str, Any]) -> Group:
    phrases = frozenset(" ".join(tokens(phrase)) for phrase in written["words"])
    return Group(float(written["weight"]), phrases, frozenset(written.get("unless", ())))
