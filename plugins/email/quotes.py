"""What a citizen wrote now, apart from what their mail program quoted. Knows Indonesian clients and English ones."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_ATTRIBUTION = re.compile(r"(?i)^\s*(?:pada|on)\b(?=.{0,300}\d).{5,300}\b(?:menulis|wrote)\s*:\s*$", re.DOTALL)
_ATTRIBUTION_START = re.compile(r"(?i)^\s*(?:pada|on)\s")
_FROM = re.compile(r"(?i)^\s*[*_]{0,2}(?:dari|from)\s*:")
_FIELD = re.compile(r"(?i)^\s*[*_]{0,2}(?:dikirim|sent|tanggal|date|kepada|to|cc|subjek|perihal|subject)\s*:")
_ORIGINAL = re.compile(r"(?i)^\s*-{2,}\s*(?:pesan asli|original message|original appointment)\s*-{2,}")
_FORWARD = re.compile(
    r"(?im)^\s*(?:-{2,}\s*(?:forwarded message|forwarded by|pesan terusan|pesan (?:yang )?diteruskan)\b"
    r"|begin forwarded message:|(?:mulai|awal) pesan terusan\s*:|pesan terusan\s*:)"
)
_RULE = re.compile(r"^\s*[_-]{5,}\s*$")
_DEVICE = re.compile(
    r"(?i)^\s*(?:dikirim dari|terkirim dari|sent from|sent via|get outlook for|dapatkan outlook untuk)\b.{0,60}$"
)
_FAREWELL = re.compile(
    r"(?i)^\s*(?:hormat (?:saya|kami)|salam(?: hormat| hangat)?|wassalam\w*|best regards|kind regards|regards)\s*[,.]?$"
)
_POINTS_BELOW = re.compile(r"(?i)\b(?:di ?bawah|berikut|terlampir|terusan|diteruskan|below|forwarded)\b")
_ADDRESS = re.compile(r"(?i)\b(?:jl\.?|jln\.?|jalan|gang|gg\.?|rt\.?|rw\.?|kel\.?|kelurahan|kec\.?|kecamatan|desa)\b")
_SHORT = 60


@dataclass(frozen=True, slots=True)
class Words:
    """A text in its parts."""

    new: str = field(repr=False)
    signature: str = field(default="", repr=False)

    @property
    def address(self) -> str:
        """The lines of the signature that name a street, RT/RW, kelurahan or kecamatan, as one line."""
        return ", ".join(line.strip() for line in self.signature.split("\n") if _ADDRESS.search(line))


def is_forward(text: str) -> bool:
    """Say whether a text hands on another mail: then the quoted part is the complaint."""
    return bool(_FORWARD.search(text))


def says_little(text: str) -> bool:
    """Say whether the new words alone are too few, or point at the quoted ones."""
    return len(text) < _SHORT or (len(text) < 5 * _SHORT and bool(_POINTS_BELOW.search(text)))


def strip_quotes(text: str) -> str:
    """Leave out the quoted mail and the line that introduces it; a forward stays whole."""
    if is_forward(text):
        return text.strip()
    lines = text.split("\n")
    kept: list[str] = []
    at = 0
    while at < len(lines):
        if length := _introduction(lines, at):
            at += length
            if not _marked(lines, at):
                break  # quoted without marks: the rest of the mail
        elif _starts_block(lines, at):
            break
        else:
            if not lines[at].lstrip().startswith(">"):
                kept.append(lines[at])
            at += 1
    return _without_rule(kept)


def part_signature(text: str) -> Words:
    """Set the signature apart: behind `-- `, or behind a farewell near the end. Lines of devices go."""
    lines = [line for line in text.split("\n") if not _DEVICE.match(line)]
    for at, line in enumerate(lines):
        if line.rstrip() == "--" or (_FAREWELL.match(line) and at and _is_tail(lines[at + 1 :])):
            new = "\n".join(lines[:at]).strip()
            if new:
                return Words(new, "\n".join(lines[at + 1 :]).strip())
    return Words("\n".join(lines).strip())


def _introduction(lines: list[str], at: int) -> int:
    """Give how many lines from here say "Pada … menulis:"; 0 where they do not."""
    if not _ATTRIBUTION_START.match(lines[at]):
        return 0
    return next((length for length in (1, 2, 3) if _ATTRIBUTION.match("\n".join(lines[at : at + length])[:400])), 0)


def _marked(lines: list[str], at: int) -> bool:
    following = next((line for line in lines[at : at + 4] if line.strip()), "")
    return following.lstrip().startswith(">")


def _starts_block(lines: list[str], at: int) -> bool:
    """Say whether a quoted mail's header fields start here, as Outlook and Samsung write them."""
    if _ORIGINAL.match(lines[at]):
        return True
    following = [line for line in lines[at + 1 : at + 8] if line.strip()][:5]
    return bool(_FROM.match(lines[at])) and sum(1 for line in following if _FIELD.match(line)) >= 2


def _without_rule(lines: list[str]) -> str:
    while lines and (not lines[-1].strip() or _RULE.match(lines[-1])):
        lines = lines[:-1]
    return "\n".join(lines).strip()


def _is_tail(lines: list[str]) -> bool:
    filled = [line for line in lines if line.strip()]
    return 0 < len(filled) <= 8 and all(len(line) <= 80 for line in filled)
