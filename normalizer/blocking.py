"""What the search for the same incident keeps of a complaint, and the keys under which it is found.

Facts are one flat JSON object, small enough to be read ten at a time for every new complaint:

    c   category            u   1 where the category is a guess only      s   1 where it is sealed
    p   [lat, lon, radius]  k   kelurahan code                            st  street named
    rt  rw                  numbers named                                 m   {mark: [values]}: block, gang, number
    t   informative words   x   the whole text                            r   reporter (all three hashed)
    n   its own number      q   numbers it quotes                         th  its thread (hashed)
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import cache
from hashlib import blake2b
from typing import Any
from zlib import crc32

from normalizer.categories import Guess
from normalizer.complaint import Complaint, Place
from normalizer.taxonomy import CATEGORIES, category
from normalizer.text import plain

Facts = Mapping[str, Any]

LOOK = 2.5
"""How many times a category's usual reach is searched: one housing complex is wider than one pothole."""
METRES = 111_320.0
"""One degree of latitude."""
KIN = {"air": "saluran", "jalan": "bahaya", "lampu": "listrik", "macet": "lalu-lintas"}
KIN |= {other: group for group, other in KIN.items()}
"""Groups that people mix up where one causes the other: a flood by a clogged drain, a lamp without power."""
MAX_KEYS, MAX_PROBES, MAX_WORDS = 4, 24, 40

_MASK, _ROW_FACTOR = (1 << 64) - 1, 0x9E3779B97F4A7C15
_COLUMN_FACTOR, _MIX_FACTOR = 0xC2B2AE3D27D4EB4F, 0xD6E8FEB86659FD93
_NOISE = re.compile(r"#\w+|@\w+|https?://\S+|\[[^\[\]\n]{2,14}\]")
"""Hashtags, mentions, links, and the labels in brackets that stand for personal data."""
_STRETCH = re.compile(r"([a-z])\1{2,}")
_OWN_NUMBER = re.compile(r"JK\d{10}")
_GLUED = re.compile(r"([a-z]{2,})(\d{1,3})")
_MARKS = {"blok": "blok", "block": "blok", "gang": "gang", "gg": "gang"}
_UNITS = frozenset({"cm", "m", "meter", "km", "kali", "jam", "menit", "hari", "orang", "kk", "titik", "an"})
_ROMAN_NUMERALS = "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx"
_ROMAN = {numeral: str(number) for number, numeral in enumerate(_ROMAN_NUMERALS.split(), start=1)}
_COUNTING_WORDS = (
    "hari jam sampai setinggi sekitar tinggi kurang lebih nomor lantai hanya cuma selama dari kedalaman ketinggian "
    "hingga informasi tampak bagian pukul tanggal sudah banjir blok gang kira tahun bulan minggu ukuran diameter "
    "foto gambar laporan aduan kecamatan kelurahan sekarang cuaca jumlah total maret april juni juli agustus"
)
_COUNTING = frozenset(_COUNTING_WORDS.split())
"""Words before a number that count or measure instead of naming a street."""
_COMMON_WORDS = (
    "yang dan di ke dari ini itu ada tidak untuk dengan pada juga sudah belum akan bisa saya kami kita pak bapak ibu "
    "mohon tolong harap minta segera bantuan bantu dibantu terima kasih tindak lanjut ditindaklanjuti ditindak lagi "
    "masih sangat sekali karena akibat sampai hingga depan belakang dekat samping sekitar jalan gang blok rumah warga "
    "lurah camat gubernur petugas pemda dinas terkait laporan lapor lokasi daerah wilayah selamat pagi siang sore "
    "malam hari jam kondisi parah banget makin terus sejak tadi sekarang agar supaya dalam atas bawah "
    "banjir air genangan tergenang hujan drainase got saluran meluap surut masuk tinggi setinggi kali sungai "
    "sampah macet rusak lubang berlubang lampu mati jatuh pohon tumbang parkir liar jakarta barat timur utara selatan "
    "pusat kota kelurahan kecamatan perumahan perum komplek kompleks kampung raya meter nya dong nih"
)
_COMMON = frozenset(_COMMON_WORDS.split())
"""What complaints of every kind say: sharing it says nothing."""


def facts(
    complaint: Complaint, place: Place, guess: Guess, text: str, quoted: tuple[str, ...], *, salt: bytes = b""
) -> dict[str, Any]:
    """Sum up a complaint for comparison: JSON values only, no word of it readable except street and block.

    `salt` (at most 16 bytes) makes the reporter's hash useless to whoever lacks it.
    """
    spelled = plain(_NOISE.sub(" ", text))
    said = _STRETCH.sub(r"\1", spelled)
    found: dict[str, Any] = {
        "c": guess.category,
        "u": 0 if guess.sure else 1,
        "s": 1 if guess.handling == "sealed" else 0,
        "p": _position(place),
        "k": place.kelurahan,
        "st": place.street,
        "rt": list(place.rt),
        "rw": list(place.rw),
        "m": _marks(spelled.split()),
        "t": signature(said.split()),
        "x": _hash64(said) if said else 0,
        "r": _hash64(complaint.reporter.handle, salt) if complaint.reporter else 0,
        "n": f"jaki:{complaint.native_id}" if _OWN_NUMBER.fullmatch(complaint.native_id) else "",
        "q": list(quoted[:3]),
        "th": _hash64(complaint.thread) if complaint.thread else 0,
    }
    return {name: value for name, value in found.items() if value}


def signature(words: list[str]) -> list[int]:
    """Hash the words that can tell one complaint from another: sorted, 32 bits each, at most 40."""
    telling = {crc32(word.encode()) for word in set(words) - _COMMON if len(word) > 2 and not word.isdigit()}
    return sorted(telling)[:MAX_WORDS]


def keys(facts: Facts) -> tuple[int, ...]:
    """Give the signed 64-bit keys a complaint is found by, at most four, the most telling first."""
    cell = _cells(facts, category(facts["c"]).group, around=False) if _in_grid(facts) else ()
    return _distinct(cell + _own(facts) + _saying(facts) + _street(facts) + _talk(facts))[:MAX_KEYS]


def probes(facts: Facts) -> tuple[int, ...]:
    """Give the keys under which complaints about the same incident may stand, at most 24."""
    near: tuple[int, ...] = ()
    if _in_grid(facts):
        group = category(facts["c"]).group
        near = _cells(facts, group, around=True)
        near += _cells(facts, KIN[group], around=True) if group in KIN else ()
    return _distinct(_own(facts) + _saying(facts) + _street(facts) + _talk(facts) + near)[:MAX_PROBES]


def reach(code: str) -> float:
    """Give the metres within which a complaint of this category is searched for its like."""
    return LOOK * category(code).reach


@cache
def grid(group: str) -> tuple[float, int]:
    """Give the edge in metres of the group's cells, as long as its farthest search and a hair more, and their seed."""
    farthest = max(reach(kind.code) for kind in CATEGORIES if kind.group == group)
    return 1.02 * farthest, _hash64(f"cell|{group}")


def _position(place: Place) -> list[float] | None:
    if place.lat is None or place.lon is None or (place.level != "point" and place.result != "outside"):
        return None
    return [round(place.lat, 6), round(place.lon, 6), round(place.radius or 20)]


def _marks(words: list[str]) -> dict[str, list[str]]:
    """Find what tells neighbours apart: block, gang, number of a street or complex (the name itself hashed)."""
    marks: dict[str, list[str]] = {}
    for before, word, after in zip(["", *words], words, [*words[1:], ""], strict=False):
        if not (word[-1].isdigit() or word in _ROMAN or before in _MARKS):
            continue
        glued = _GLUED.fullmatch(word) if word[-1].isdigit() and before not in _MARKS else None
        stem, value = glued.groups() if glued else (before, _ROMAN.get(word, word))
        name = _MARKS.get(stem) or (_numbered(stem, value) and after not in _UNITS and f"{crc32(stem.encode()):x}")
        if name:
            marks.setdefault(name, []).append(value)
    return marks


def _numbered(stem: str, value: str) -> bool:
    return value.isdigit() and len(value) <= 3 and len(stem) > 3 and stem.isalpha() and stem not in _COUNTING


def _in_grid(facts: Facts) -> bool:
    return "p" in facts and "s" not in facts


def _column(row: int, lon: float, edge: float) -> int:
    """Count columns in a row of cells: degrees of longitude shrink from row to row."""
    return math.floor(lon * METRES * math.cos(math.radians(row * edge / METRES)) / edge)


def _cells(facts: Facts, group: str, *, around: bool) -> tuple[int, ...]:
    """Give the key of the group's cell that holds the position, then those of the eight cells around it."""
    lat, lon, _ = facts["p"]
    edge, seed = grid(group)
    middle = math.floor(lat * METRES / edge)
    steps = (0, -1, 1) if around else (0,)
    corners = ((middle + step, _column(middle + step, lon, edge)) for step in steps)
    return tuple(_cell_key(seed, row, column + step) for row, column in corners for step in steps)


def _cell_key(seed: int, row: int, column: int) -> int:
    """Mix a cell into 64 signed bits: cheaper than a hash, and a position has up to eighteen cells to look in."""
    mixed = ((seed ^ (row * _ROW_FACTOR + column * _COLUMN_FACTOR)) * _MIX_FACTOR) & _MASK
    return mixed - (1 << 64) if mixed >> 63 else mixed


def _own(facts: Facts) -> tuple[int, ...]:
    return (_hash64(f"number|{facts['n']}"),) if "n" in facts else ()


def _street(facts: Facts) -> tuple[int, ...]:
    """Key of the street by its first word: people write the rest of the name in many ways."""
    if "s" in facts or not ("st" in facts and "k" in facts):
        return ()
    return (_hash64(f"street|{category(facts['c']).group}|{facts['k']}|{facts['st'].split()[0]}"),)


def _saying(facts: Facts) -> tuple[int, ...]:
    """Key of the whole text, whatever its category: people who send again often choose another topic.

    Short texts and sealed complaints count only from the same reporter: everybody says "flood" in a flood.
    """
    if "x" not in facts:
        return ()
    if "k" in facts and "s" not in facts and len(facts.get("t", ())) >= 3:
        return (_hash64(f"said|{facts['x']}|{facts['k']}"),)
    return (_hash64(f"said|{facts['x']}|{facts['r']}"),) if "r" in facts else ()


def _talk(facts: Facts) -> tuple[int, ...]:
    """Keys of the numbers quoted and of the conversation."""
    if "s" in facts:
        return ()
    quoted = tuple(_hash64(f"number|{number}") for number in facts.get("q", ()))
    return (*quoted, _hash64(f"thread|{facts['th']}")) if "th" in facts else quoted


def _distinct(found: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(found))


def _hash64(text: str, salt: bytes = b"") -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8, salt=salt).digest(), "big", signed=True)
