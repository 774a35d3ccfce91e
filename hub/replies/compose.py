"""Makes the text for one citizen on one channel: what happened, the officials' words, what may be answered."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

from hub.plugin import Manner
from hub.replies.wording import Texts

ROOMY = 400
"""Characters from which a channel has room for the long texts."""
GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€"
)
"""3GPP TS 23.038, default alphabet with its extension."""
PLAIN = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "...", "\u00a0": " "})


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
    """Write the text, as long as the channel takes: officials' words are cut first, then the rest from its end."""
    names = {
        "number": about.number,
        "category": about.category,
        "place": about.place or texts["part.somewhere"],
        "link": about.link,
        "days": message.days,
    }
    before = [texts[_main(message, manner, texts)].format(**names)]
    if message.reason:
        before.append(texts[f"reason.{message.reason}"])
    if about.joined:
        before.append(texts["part.about"].format(**names))
    after = [texts[name].format(**names) for name in message.tail]
    if about.link and manner.links and manner.private:
        after.append(texts["part.link"].format(**names))
    if about.joined:
        after.append(texts["part.other"])
    note = texts["part.note"].format(note=" ".join(message.note.split())) if message.note.strip() else ""
    return _fit(before, note, after, manner)


def _main(message: Message, manner: Manner, texts: Texts) -> str:
    short = f"{message.main.partition('.')[0]}.short"
    return short if 0 < manner.max_chars < ROOMY and short in texts and message.main.endswith(".long") else message.main


def _fit(before: list[str], note: str, after: list[str], manner: Manner) -> str:
    spelled = [spell(part, manner.charset) for part in (*before, note, *after)]
    note_at = len(before)
    rest = [part for part in (*spelled[:note_at], *spelled[note_at + 1 :]) if part]
    note = spelled[note_at]
    if manner.max_chars and note:
        note = cut(note, manner.max_chars - sum(len(part) + 1 for part in rest), manner.charset)
    whole = " ".join(part for part in (*spelled[:note_at], note, *spelled[note_at + 1 :]) if part)
    return cut(whole, manner.max_chars, manner.charset) if manner.max_chars else whole


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
        return "".join(letter if letter in GSM7 else _ascii(letter) for letter in plain)
    return "".join(_ascii(letter) for letter in plain)


def _ascii(letter: str) -> str:
    if letter.isascii():
        return letter
    return unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode() or "?"
