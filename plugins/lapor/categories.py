"""LAPOR!'s category labels and the hub's codes. Labels come from a file that an editor of words can keep."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("data") / "categories.toml"


@dataclass(frozen=True, slots=True)
class Labels:
    """Codes by label. Names of sub-categories are not unique, so a pair of main and sub counts before the sub alone."""

    pairs: Mapping[tuple[str, str], str]
    subs: Mapping[str, str]
    mains: Mapping[str, str]

    def sure(self, main: str, sub: str) -> str:
        """Give the code where the sub-category names one thing; else empty. A label alone may be a sub-category."""
        return self.pairs.get((_key(main), _key(sub))) or self.subs.get(_key(sub or main), "")

    def likely(self, main: str) -> str:
        """Give the code that most complaints under a main category have; else empty."""
        return self.mains.get(_key(main), "")


@cache
def labels() -> Labels:
    """Read the file."""
    data = tomllib.loads(FILE.read_text(encoding="utf-8"))
    pairs = {(_key(main), _key(sub)): code for main, subs in data["under"].items() for sub, code in subs.items()}
    subs = {_key(sub): code for sub, code in data["sub"].items()}
    return Labels(pairs, subs, {_key(main): code for main, code in data["main"].items()})


def split(category: str, subcategory: str) -> tuple[str, str]:
    """Give main and sub label; a single field may hold both as `MAIN > SUB`."""
    if subcategory:
        return category, subcategory
    parts = [part.strip() for part in category.replace("»", ">").split(">")]
    return (parts[0], parts[-1]) if len(parts) > 1 else (category, "")


def _key(label: str) -> str:
    return " ".join(label.upper().split())
