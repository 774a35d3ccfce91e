"""Whether a complaint is about the conduct of an official: such a one is sealed. In doubt it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from normalizer.phrases import Hit, Phrases, Speller

_Role = Literal[
    "always", "grave", "official", "public", "body", "private", "act", "act_near", "demand", "kin", "other", "neutral"
]
_PUBLIC: frozenset[_Role] = frozenset({"official", "public"})
_ALL: frozenset[_Role] = _PUBLIC | {"body"}
_DOERS: frozenset[_Role] = _ALL | {"other", "private"}
_REACH = {"act": 15, "demand": 15, "act_near": 3, "grave": 30, "kin": 0}
"""Words between an official and an act that still belong together."""
_AROUND = max(_REACH.values()) + 1
"""So many phrases away on either side, and no further, can one within reach stand."""
_MONEY = re.compile(r"(?:rp)?\d+(?:rb|rban|ribu|jt|juta|k)|[1-9]?[05]0|000|rp|rb|ribu|jt|juta|rupiah")
_MONEY_WITHIN = 5
"""Words after a demand."""
_BESIDE = 5
"""Within so many words of what only officials are blamed for, an official did it, whoever else stands nearby."""
_NAME = 4
"""Words of the name of an area, at most: "kelurahan Suka Maju kecamatan …"."""
_OWN = frozenset({"saya", "kami", "kita"})
_LINKS = frozenset({"dan", "atau", "apa", "ke", "maupun", "sampai", "sama"})


@dataclass(frozen=True, slots=True)
class ConductLexicon:
    """Officials, acts and all that tells an accusation from a plea, as plain data."""

    always: frozenset[str] = field(default=frozenset(), repr=False)
    grave: frozenset[str] = field(default=frozenset(), repr=False)
    """What only officials are blamed for, unless somebody else stands nearby."""
    officials: frozenset[str] = field(default=frozenset(), repr=False)
    numbered: frozenset[str] = frozenset()
    """Officials whose word also begins an address: in front of a number it mostly does."""
    areas: frozenset[str] = frozenset()
    """Officials whose word also begins the name of an area: "kelurahan … kecamatan …" is an address."""
    public: frozenset[str] = field(default=frozenset(), repr=False)
    """Officials that are no private ones, whatever else is said: "SMPN"."""
    bodies: frozenset[str] = field(default=frozenset(), repr=False)
    """They are officials unless it is a private school or clinic that is spoken of: "guru"."""
    private: frozenset[str] = field(default=frozenset(), repr=False)
    """What tells of a private school or clinic."""
    acts: frozenset[str] = field(default=frozenset(), repr=False)
    acts_near: frozenset[str] = field(default=frozenset(), repr=False)
    """Acts that anybody may be blamed for: they count only close to an official."""
    kin: frozenset[str] = field(default=frozenset(), repr=False)
    """Right beside an official they tell of favours."""
    demands: frozenset[str] = field(default=frozenset(), repr=False)
    """They are acts where money follows."""
    money: frozenset[str] = frozenset()
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
        self._money = frozenset(" ".join(speller.spell(word)) for word in lexicon.money)

    def is_accusation(self, words: list[str]) -> bool:
        """Tell whether these base forms blame an official."""
        hits = list(self._phrases.find(words))
        meanings = {hit.meaning for hit in hits}
        if "always" in meanings:
            return True
        officials = _PUBLIC if "private" in meanings and "public" not in meanings else _ALL
        return any(
            self._did_it(hit, hits[max(0, at - _AROUND) : at + _AROUND + 1], words, officials)
            for at, hit in enumerate(hits)
            if hit.meaning in _REACH and self._is_act(hit, words)
        )

    def _is_act(self, hit: Hit[_Role], words: list[str]) -> bool:
        """A demand asks for money; "keluarga saya" is nobody's favour."""
        if hit.meaning == "demand":
            return self._asks_money(hit, words)
        return hit.meaning != "kin" or _OWN.isdisjoint(words[hit.end : hit.end + 1])

    def _did_it(self, act: Hit[_Role], around: list[Hit[_Role]], words: list[str], officials: frozenset[_Role]) -> bool:
        """An official who is not merely called for stands nearer to the act than anybody else."""
        near = [
            (_distance(act, doer), doer.meaning not in officials)
            for doer in around
            if doer.meaning in _DOERS
            and _distance(act, doer) <= _REACH[act.meaning]
            and (doer.meaning not in officials or not (self._is_called(doer, words) or self._is_address(doer, words)))
        ]
        if act.meaning == "grave":
            return not near or (not min(near)[1] and (min(near)[0] <= _BESIDE or not any(other for _, other in near)))
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

    def _is_address(self, official: Hit[_Role], words: list[str]) -> bool:
        """Tell "di RT 5" from "RT 5 yang pilih kasih"."""
        if official.phrase in self._lexicon.areas:
            return self._names_area(official, words)
        after = [*words[official.end : official.end + 2], "", ""]
        return (
            official.phrase in self._lexicon.numbered and after[0].isdigit() and after[1] not in self._lexicon.accusing
        )

    def _names_area(self, official: Hit[_Role], words: list[str]) -> bool:
        """Tell the address "kelurahan Suka Maju kecamatan …" from "kelurahan dan kecamatan"."""
        for name in (
            words[official.end : official.end + _NAME + 1],
            words[max(0, official.start - _NAME - 1) : official.start][::-1],
        ):
            length = next((at for at, word in enumerate(name) if word in self._lexicon.areas), 0)
            if length and _LINKS.isdisjoint(name[:length]):
                return True
        return False

    def _asks_money(self, demand: Hit[_Role], words: list[str]) -> bool:
        after = words[demand.end : demand.end + _MONEY_WITHIN]
        return any(word in self._money or _MONEY.fullmatch(word) for word in after)


def _distance(act: Hit[_Role], doer: Hit[_Role]) -> int:
    return act.start - doer.end if doer.end <= act.start else doer.start - act.end


def _meanings(lexicon: ConductLexicon) -> Iterator[tuple[str, _Role]]:
    yield from ((phrase, "neutral") for phrase in lexicon.neutral)
    yield from ((phrase, "always") for phrase in lexicon.always)
    yield from ((phrase, "grave") for phrase in lexicon.grave)
    yield from ((phrase, "private") for phrase in lexicon.private)
    yield from ((phrase, "other") for phrase in lexicon.others)
    yield from ((phrase, "public") for phrase in lexicon.public)
    yield from ((phrase, "body") for phrase in lexicon.bodies)
    yield from ((phrase, "official") for phrase in lexicon.officials)
    yield from ((phrase, "act") for phrase in lexicon.acts)
    yield from ((phrase, "act_near") for phrase in lexicon.acts_near)
    yield from ((phrase, "kin") for phrase in lexicon.kin)
    yield from ((phrase, "demand") for phrase in lexicon.demands)
