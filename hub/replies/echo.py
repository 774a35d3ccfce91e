"""Recognises our own words when they come back: a reply of ours, or of another hub like this one, is no complaint."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from hub.replies.wording import Wording

_LEADING = re.compile(r"^(?:\s*@[\w.]+[\s,:]*)+")
_NUMBER = r"[A-Z]{2,4}-?[0-9A-Z]{8}"
_PLACE = re.compile(r"\{(\w+)\}")
_HEADS = ("received.", "status.", "question.", "expired.", "kept.", "struck.")
_LEAST = 12
"""Letters that a text must have beside its number, or anybody might begin with it."""


class Echo:
    """The first words of everything that a hub tells citizens."""

    def __init__(self, wording: Wording) -> None:
        heads = [text for texts in wording.values() for name, text in texts.items() if name.startswith(_HEADS)]
        self._heads = _pattern(tuple(heads))

    def hears(self, text: str) -> bool:
        """Say whether a message begins with our own words."""
        return self._heads.match(" ".join(_LEADING.sub("", text).split())) is not None


@lru_cache(maxsize=8)
def _pattern(heads: Sequence[str]) -> re.Pattern[str]:
    told = [head for head in heads if "{number}" in head and len(_PLACE.sub("", head)) >= _LEAST]
    return re.compile("|".join(_spelled(" ".join(head.split())) for head in told) or "(?!)")


def _spelled(head: str) -> str:
    words = [re.escape(words) for words in _PLACE.split(head)[::2]]
    names = [_NUMBER if name == "number" else ".{0,80}?" for name in _PLACE.findall(head)]
    return "".join(piece for pair in zip(words, [*names, ""], strict=True) for piece in pair)
