"""Makes the text for one citizen on one channel: what happened, the officials' words, what may be answered."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from hub.plugin import Manner
from hub.replies.wording import Texts

ROOMY = 400
"""Characters from which a channel has room for the long texts."""
GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""3GPP TS 23.038, default alphabet. Without its extension, whose letters take the room of two."""
ONE_SEPTET = str.maketrans("[]{}\\|~^`", "()()//- '", "") | {ord("€"): "EUR"}
PLAIN = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "...", "\u00a0": " "})


_NOTE, _LINK, _REASON, _TAIL, _ABOUT, _MAIN, _OTHER = range(7)
"""Parts of a text, in the order in which they make room for the others."""
_CUT = frozenset({_NOTE, _REASON, _ABOUT, _MAIN})
_LEAST_NOTE = 24
"""Officials' words in less room than this are left out."""


class _Part(NamedTuple):
    """A piece of the text, and how soon it can be missed."""

    text: str
    rank: int


@dataclass(frozen=True, slots=True)
class Message:
    """What is to be told, before anybody's channel is thought of."""

    main: str
    """Name of the text, like `status.selesai`."""
    reason: str = ""
    note: str = field(default="", repr=False)
    """The officials' public words."""
    tail: tuple[str, ...] = ()
    """Names of further texts, at the end."""
    days: int = 0


@dataclass(frozen=True, slots=True)
class About:
    """What one citizen's text says of the report."""

    number: str
    category: str
    place: str
    joined: bool = False
    """Others complained of it too: the citizen is told what it is about, and may say that it is not theirs."""
    link: str = ""


def compose(message: Message, about: About, manner: Manner, texts: Texts) -> str:
    """Write the text, as long as the channel takes.

    Where there is too little room the officials' words are cut first, then what can be missed goes, part by part. The
    number at the beginning and "not your problem?" at the end stay.
    """
    names = {
        "number": about.number,
        "category": about.category,
        "place": about.place or texts["part.somewhere"],
        "link": about.link,
        "days": message.days,
    }
    parts = [_Part(texts[_main(message, manner, texts)].format(**names), _MAIN)]
    if message.reason:
        parts.append(_Part(texts[f"reason.{message.reason}"], _REASON))
    if about.joined:
        parts.append(_Part(texts["part.about"].format(**names), _ABOUT))
    if message.note.strip():
        rank = _ABOUT if message.main.startswith("question.") else _NOTE  # a question is nothing without its words
        parts.append(_Part(texts["part.note"].format(note=" ".join(message.note.split())), rank))
    parts += [_Part(texts[name].format(**names), _TAIL) for name in message.tail]
    if about.link and manner.links and manner.private:
        parts.append(_Part(texts["part.link"].format(**names), _LINK))
    if about.joined:
        parts.append(_Part(texts["part.other"], _OTHER))
    return _fit(parts, manner)


def _main(message: Message, manner: Manner, texts: Texts) -> str:
    short = f"{message.main.partition('.')[0]}.short"
    return short if 0 < manner.max_chars < ROOMY and short in texts and message.main.endswith(".long") else message.main


def _fit(parts: list[_Part], manner: Manner) -> str:
    texts = [spell(part.text, manner.charset) for part in parts]
    for rank in range(_OTHER) if manner.max_chars else ():
        for at in (at for at, part in enumerate(parts) if part.rank == rank):
            rest = len(_join(texts[:at] + texts[at + 1 :]))
            texts[at] = _shorten(texts[at], rank, manner.max_chars - rest - 1, manner.charset)
    whole = _join(texts)
    return cut(whole, manner.max_chars, manner.charset) if manner.max_chars else whole


def _shorten(text: str, rank: int, room: int, charset: str) -> str:
    """Cut what may be cut; a link, or what may be answered, is there whole or not at all."""
    if len(text) <= room:
        return text
    if rank == _NOTE and room < _LEAST_NOTE:
        return ""
    return cut(text, room, charset) if rank in _CUT else ""


def _join(texts: Iterable[str]) -> str:
    return " ".join(text for text in texts if text)


def cut(text: str, most: int, charset: str = "unicode") -> str:
    """Cut a text to so many characters, at a word's end where there is one; empty where nothing sensible is left."""
    if len(text) <= most:
        return text
    end = "…" if charset == "unicode" else "..."
    if most < 12:
        return ""
    head = text[: most - len(end)]
    return (head.rsplit(" ", 1)[0] if " " in head else head).rstrip(" .,;:") + end


def spell(text: str, charset: str) -> str:
    """Spell a text with the letters that a channel has."""
    if charset == "unicode":
        return text
    plain = unicodedata.normalize("NFKC", text.translate(PLAIN))
    if charset == "gsm7":
        spelled = "".join(letter if letter in GSM7 else _ascii(letter) for letter in plain.translate(ONE_SEPTET))
        return spelled.translate(ONE_SEPTET)
    return "".join(_ascii(letter) for letter in plain)


def _ascii(letter: str) -> str:
    if letter.isascii():
        return letter
    return unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode() or "?"
