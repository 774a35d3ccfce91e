"""Words of a complaint: cleaned, compared, put into standard Indonesian. Places are found before slang is replaced."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import filterfalse

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_NESTED = re.compile(r"&(?:(?:amp|#0{0,5}38|#[xX]0{0,4}26);)+")
_BREAK = re.compile(r"[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_BLANK = re.compile(r"[^\S\n]+")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_APOSTROPHE = re.compile(r"['`´‘’](?<=[a-z].)(?=[a-z])")
_WORD = re.compile(r"[^\W_]+")
_ASCII_WORDS = "".join(chr(code).lower() if chr(code).isalnum() else " " for code in range(128))
"""Translates ASCII so that splitting it gives the words, in a fifth of the pattern's time."""
_TAG = re.compile(r"#\w+")
_PIECE = re.compile(r"[a-z]+(?:[2²](?:nya|an|ku|mu)?(?![a-z0-9]))?|\d+|[^\sa-z\d]+")
_FOLLOW_UP = re.compile(
    r"\b(mohon|mhn|tolong|tlg|segera|sgr|agar|untuk|utk|bisa|harap|belum|blm|sudah|sdh|minta|dapat|perlu|harus|tidak|tdk)"
    r"(\s+segera)?\s+(?:d\s?i?\s?)?tl\b(?!\s+\d)"
)
_JOINTS = frozenset("./'-")
"""Between a letter and its neighbour: they belong together."""
_HOUR = re.compile(r"\bpkl(?=\s?\d)")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """How people spell, as plain data; `hub.lexicons` reads it from files."""

    slang: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Written form to standard form. No standard form holds a written form, so replacing twice changes nothing."""
    blocked: frozenset[str] = frozenset()
    """Never replaced, whatever the slang table says."""
    stopwords: frozenset[str] = frozenset()
    address: frozenset[str] = frozenset()
    """A letter or number after one of these is part of an address."""
    letters: Mapping[str, str] = field(default_factory=dict)
    """Single letters with a meaning outside addresses: d = di."""


def tidy(text: str) -> str:
    """Give the text in one encoding: NFC, plain blanks, no invisible characters, HTML entities read, breaks once."""
    while (cleaned := _tidy_once(text)) != text:
        text = cleaned
    return text


def _tidy_once(text: str) -> str:
    if "&" in text:
        text = _ENTITY.sub(lambda match: html.unescape(match[0]), _NESTED.sub("&", text))
    if not (text.isascii() and text.isprintable()):
        text = _BREAK.sub("\n", unicodedata.normalize("NFC", _INVISIBLE.sub("", text)))
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def plain(text: str) -> str:
    """Give the key by which names are compared: lower-case words without accents, joined by single blanks."""
    return " ".join(tokens(text))


def tokens(text: str) -> list[str]:
    """List the words of a text as `plain` spells them; a reduplicated word counts as two."""
    if text.isascii():
        if "'" in text or "`" in text:
            text = _APOSTROPHE.sub("", text.lower())
        return text.translate(_ASCII_WORDS).split()
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    letters = "".join(filterfalse(unicodedata.combining, folded))
    return _WORD.findall(_APOSTROPHE.sub("", letters.lower()))


def strip_tags(text: str) -> str:
    """Take out hashtags, which make unrelated complaints look alike."""
    return _BLANK.sub(" ", _TAG.sub("", text)).strip()


def standardise(text: str, lexicon: Lexicon) -> str:
    """Give a lower-case copy in standard spelling. Addresses stay unharmed; still find places before."""
    lowered = text.lower()
    if "tl" in lowered:
        lowered = _FOLLOW_UP.sub(r"\1\2 ditindaklanjuti", lowered)
    if "pkl" in lowered:
        lowered = _HOUR.sub("pukul", lowered)
    return "".join(_respell(lowered, lexicon))


def _respell(text: str, lexicon: Lexicon) -> Iterator[str]:
    """Yield the text piece by piece; `before` is the word or number that a piece follows."""
    end, before = 0, ""
    for match in _PIECE.finditer(text):
        yield text[end : match.start()]
        end, piece = match.end(), match[0]
        glued = text[match.start() - 1 : match.start()]
        kept = not piece[0].isalpha() or glued.isalnum() or (len(piece) == 1 and glued in _JOINTS)
        yield piece if kept else _standard(piece, before, text[end : end + 2], lexicon)
        if piece[0].isalnum():
            before = piece
    yield text[end:]


def _standard(word: str, before: str, after: str, lexicon: Lexicon) -> str:
    stem, two, ending = word.partition("2" if "2" in word else "²")
    if len(word) == 1:
        address = before in lexicon.address or before.isdigit() or after.strip()[:1].isdigit() or after[:1] in _JOINTS
        return word if address else lexicon.letters.get(word, word)
    if stem in lexicon.blocked or (two and (len(stem) < 3 or stem in lexicon.address)):
        return word
    standard = lexicon.slang.get(stem, stem)
    return _doubled(standard) + ending if two else standard


def _doubled(word: str) -> str:
    """Reduplicate: berulang gives berulang-ulang, anak gives anak-anak."""
    root = word[3:] if word.startswith("ber") and len(word) > 6 else word
    return f"{word}-{root}" if "-" not in word else word


# Of lower-case text. Each begins with a letter and looks behind it afterwards: so the search leaps from `r` to `r`.
_LABELLED = re.compile(
    r"(rt|rw)(?<![a-z]..)(?![a-z]{2})[\s.:;_\-]{0,4}(?:no(?:mor)?[\s.:]{0,2})?"
    r"(\d{1,4}(?!\d|[.:]\d\d(?!\d))(?:\s?(?:,|/|&|\+|-|dan|s/?d|sampai)\s?(?:rt[\s.]?)?\d{1,3}(?![\d:]|[.,]\d))*)"
)
_PAIRED = re.compile(
    r"(rt|rw)(?<![a-z]..)[\s./\-]{0,3}(rt|rw)[\s.:;/\-]{0,4}(\d{1,3})\s?[/\-\s]\s?(\d{1,3})(?![\d/.:])"
)
_BARE = re.compile(r"(0\d\d)(?<![\d/.,\-]...)\s?/\s?(0\d\d)(?![\d/.,\-]\d|\d)")
_NOT_AN_ADDRESS = re.compile(
    r"\s?(?:jam|menit|detik|orang|kk|rumah|meter|mtr|juta|jt|ribu|rb|hari|bulan|tahun|minggu|kali|x|%|persen|warga|jiwa)\b"
)
_RW_NEXT = re.compile(r"[\s,./\-()]{0,4}(?:rw|dan\s+rw)")
_RANGE = re.compile(r"(\d+)\s?(?:s/?d|sampai|-)\s?(?:rt[\s.]?)?(\d+)")


def find_rt_rw(text: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Find the numbers of neighbourhoods (RT) and wards (RW) named in a text, each sorted, without zeros.

    Knows labels in either order, glued and in lists, `RT 005/007`, `RT/RW 05/07` and a bare `005/007`.
    """
    found: dict[str, set[int]] = {"rt": set(), "rw": set()}
    rest = _PAIRED.sub(lambda match: _take_pair(match, found), text.lower())
    rest = _LABELLED.sub(lambda match: _take_labelled(match, found), rest)
    for match in _BARE.finditer(rest):
        found["rt"].add(int(match[1]))
        found["rw"].add(int(match[2]))
    return tuple(sorted(_likely(found["rt"]))), tuple(sorted(_likely(found["rw"])))


def _likely(numbers: set[int]) -> set[int]:
    return {number for number in numbers if 0 < number < 200}


def _take_pair(match: re.Match[str], found: dict[str, set[int]]) -> str:
    if match[1] == match[2]:
        return match[0]
    found[match[1]].add(int(match[3]))
    found[match[2]].add(int(match[4]))
    return " "


def _take_labelled(match: re.Match[str], found: dict[str, set[int]]) -> str:
    label, numbers, rest = match[1], match[2], match.string[match.end() :][:24]
    values = [int(number) for number in re.findall(r"\d+", numbers)]
    if _NOT_AN_ADDRESS.match(rest):
        values.pop()
    rw_next = bool(_RW_NEXT.match(rest))
    if label == "rt" and not rw_next and len(values) == 2 and re.search(r"[/\-]", numbers) and "s/d" not in numbers:
        found["rt"].add(values[0])
        found["rw"].add(values[1])
    elif rw_next or ("," in numbers and not re.search(r"\s", numbers)) or re.search(r"[^\d,\s]", numbers):
        found[label].update(_spread(numbers, values))
    else:
        found[label].update(values[:1])
    return " "


def _spread(numbers: str, values: list[int]) -> list[int]:
    """Fill in ranges: `01 s/d 05` means five."""
    ranges = [range(int(first), int(last) + 1) for first, last in _RANGE.findall(numbers)]
    return values + [number for numbers in ranges if len(numbers) <= 30 for number in numbers]
