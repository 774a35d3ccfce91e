"""Whether a complaint is about the conduct of an official: such a one is sealed. In doubt it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from normalizer.phrases import Hit, Phrases, Speller

_Role = Literal["always", "official", "act", "act_near", "other", "neutral"]
_REACH = {"act": 12, "act_near": 3}
"""Words between an official and an act that still belong together."""
_AROUND = max(_REACH.values()) + 1
"""So many phrases away on either side, and no further, can one within reach stand."""


@dataclass(frozen=True, slots=True)
class ConductLexicon:
    """Officials, acts and all that tells an accusation from a plea, as plain data."""

    always: frozenset[str] = field(default=frozenset(), repr=False)
    officials: frozenset[str] = field(default=frozenset(), repr=False)
    acts: frozenset[str] = field(default=frozenset(), repr=False)
    acts_near: frozenset[str] = field(default=frozenset(), repr=False)
    """Acts that anybody may be blamed for: they count only close to an official."""
    others: frozenset[str] = field(default=frozenset(), repr=False)
    neutral: frozenset[str] = field(default=frozenset(), repr=False)
    addressed: frozenset[str] = field(default=frozenset(), repr=False)
    titles: frozenset[str] = frozenset()
    accusing: frozenset[str] = frozenset()
    harmless: frozenset[str] = frozenset()


class ConductJudge:
    """Finds accusations of officials."""

    def __init__(self, lexicon: ConductLexicon, speller: Speller) -> None:
        self._lexicon = lexicon
        self._phrases: Phrases[_Role] = Phrases(_meanings(lexicon), speller)
        self._addressed = frozenset(" ".join(speller.spell(phrase)) for phrase in lexicon.addressed)

    def is_accusation(self, words: list[str]) -> bool:
        """Tell whether these base forms blame an official."""
        hits = list(self._phrases.find(words))
        if any(hit.meaning == "always" for hit in hits):
            return True
        return any(
            self._did_it(hit, hits[max(0, at - _AROUND) : at + _AROUND + 1], words)
            for at, hit in enumerate(hits)
            if hit.meaning in _REACH
        )

    def _did_it(self, act: Hit[_Role], around: list[Hit[_Role]], words: list[str]) -> bool:
        """An official who is not merely called for stands nearer to the act than anybody else."""
        near = [
            (_distance(act, doer), doer.meaning == "other")
            for doer in around
            if doer.meaning in {"official", "other"}
            and _distance(act, doer) <= _REACH[act.meaning]
            and (doer.meaning == "other" or not self._is_called(doer, words))
        ]
        return bool(near) and not min(near)[1]

    def _is_called(self, official: Hit[_Role], words: list[str]) -> bool:
        """Asked for help ("mohon petugas …"), unless an accusation follows ("… yang minta uang")."""
        start = official.start
        while start and words[start - 1] in self._lexicon.titles:
            start -= 1
        called = any(" ".join(words[max(0, start - length) : start]) in self._addressed for length in (1, 2))
        after = [*words[official.end : official.end + 3], "", "", ""]
        which = 1 if after[1] == "yang" else 0
        if after[which] == "yang" and after[which + 1] in self._lexicon.harmless:
            return True
        return called and after[which] not in self._lexicon.accusing


def _distance(act: Hit[_Role], doer: Hit[_Role]) -> int:
    return act.start - doer.end if doer.end <= act.start else doer.start - act.end


def _meanings(lexicon: ConductLexicon) -> Iterator[tuple[str, _Role]]:
    yield from ((phrase, "neutral") for phrase in lexicon.neutral)
    yield from ((phrase, "always") for phrase in lexicon.always)
    yield from ((phrase, "other") for phrase in lexicon.others)
    yield from ((phrase, "official") for phrase in lexicon.officials)
    yield from ((phrase, "act") for phrase in lexicon.acts)
    yield from ((phrase, "act_near") for phrase in lexicon.acts_near)
