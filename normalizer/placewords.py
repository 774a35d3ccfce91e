"""The words of a text as far as they tell a place: spelled one way, cues kept, whatever is no word taken out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from normalizer.geometry import Position
from normalizer.text import tokens

BREAK = ""
"""Stands in a list of words where a name cannot go on: a comma, a new line, a link."""

STREET_CUES = frozenset({"jalan", "gang"})
KELURAHAN_CUES = frozenset({"kelurahan", "lurah", "desa", "ds"})
KECAMATAN_CUES = frozenset({"kecamatan", "camat"})
LEVEL_CUES = KELURAHAN_CUES | KECAMATAN_CUES
POSTAL_CUES = frozenset({"pos", "kodepos", "jakarta", "jkt", "dki"})
PASSING_CUES = frozenset({"arah", "menuju", "ke", "dari", "tujuan", "warga", "perbatasan", "jurusan"})
"""Words before a place that the matter is not at, or not surely."""
STOP_CUES = frozenset(
    "halte shelter simpang simpangan perempatan pertigaan per4an per3an per4 per3 bundaran stasiun merah".split()
)
"""Words before what a stop or a junction is called, which may be one everyday word; the last behind `lampu`."""
NEAR_CUES = frozenset({"flyover", "over", "stasiun", "terminal", "tol", "bundaran", "underpass", "interchange"})
"""What is called after the area that it is in, or next to."""
GATE_CUES = frozenset({"exit", "gerbang", "pintu", "keluar", "masuk", "gt"})
"""Words before `tol` that make it a gate."""
WATER_CUES = frozenset({"kali", "sungai", "kanal"})
"""What runs through half the city under the name of one area: Kali Cakung."""
ROAD_CUES = frozenset({"jalan", "gang", "raya"}) | NEAR_CUES | WATER_CUES
"""Words before the name of an area that make it that of a road, a river, a station: Jalan Raya Bogor, Kali Cakung."""
CITY_CUES = frozenset({"kota", "kabupaten", "kab", "walikota", "bupati", "pemkot", "pemkab", "kodya", "kotamadya"})
"""Words before a city that make it the one in question: not only a word that somebody mentions."""
PLACE_CUES = frozenset({BREAK, "di", "daerah", "wilayah", "kelurahan", "kecamatan", "desa"})
"""Words before a city that make it a place rather than a kind of food."""
COMPLEX_CUES = frozenset({"villa", "vila", "griya", "graha", "puri", "bukit", "perum", "plaza", "mall", "hotel"})
COMPLEX_ENDS = frozenset(
    "indah permai mas lestari asri elok regency residence residences garden city park square village estate".split()
)
"""Words before or behind the name of an area that make it that of a housing estate, which may be next to it."""
PERSON_CUES = frozenset({"pak", "bu", "bapak", "ibu", "bpk", "sdr", "sdri", "hari", "malam", "tgl"})
"""Words before what is a person's name or a day, not a place: Pak Guntur, hari Senen."""

_SPELLINGS = {
    **dict.fromkeys(("jl", "jln", "jlan", "jalanan", "dijalan", "dijl", "dijln"), "jalan"),
    **dict.fromkeys(("gg", "gng", "digang"), "gang"),
    **dict.fromkeys(("pd", "pdk", "pondk"), "pondok"),
    **dict.fromkeys(("tj", "tjg", "tg"), "tanjung"),
    **dict.fromkeys(("kp", "kmp", "kpg"), "kampung"),
    **dict.fromkeys(("ps", "psr"), "pasar"),
    **dict.fromkeys(("sel", "slt"), "selatan"),
    **dict.fromkeys(("tim", "tmr"), "timur"),
    **dict.fromkeys(("bar", "brt"), "barat"),
    "utr": "utara",
    "klp": "kelapa",
    "kb": "kebon",
    "gn": "gunung",
    "lb": "lebak",
    "st": "stasiun",
    "jend": "jenderal",
    "kec": "kecamatan",
    "kel": "kelurahan",
}
_ROMAN = {
    numeral: str(number)
    for number, numeral in enumerate(
        "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx".split(),
        start=1,
    )
}
_SOUNDS = (("kebun", "kebon"), ("pulau", "pulo"), ("durian", "duren"))
_NO_WORD = re.compile(r"https?://\S+|www\.\S+|\S*@\S+")
_STOP = re.compile(r"[,;\n()!?|][,;\n()!?|]*")
"""The first character apart, so that the search leaps to it."""
_FRACTION = re.compile(r"\.\d{3}")
_NUMBER = r"(-?\d{1,3}\.\d{3,})"
_PIN = re.compile(rf"!3d{_NUMBER}!4d{_NUMBER}")
_PAIR = re.compile(rf"{_NUMBER}\s?(?:,|%2C|;|\s)(?:\s|\+|%20)?{_NUMBER}", re.IGNORECASE)
_VIEW = re.compile(r"@-?\d{1,3}\.\d+,-?\d{1,3}\.\d+,(\d{1,2}(?:\.\d+)?)z")
_CLOSE = 15.0
"""Zoom of a map from which its middle is probably what the sender means."""
_ARC = r"(\d{1,3})°\s?(\d{1,2})['′’]\s?(\d{1,2}(?:\.\d+)?)[\"″”]\s?"
_DEGREES = re.compile(rf"{_ARC}([NSU])[\s,+]*{_ARC}([EWTB])", re.IGNORECASE)
"""Degrees, minutes and seconds as maps write them; U(tara), T(imur) and B(arat) are Indonesian, S is south in both."""


def words(text: str) -> list[str]:
    """List the words of a text, each spelled the one way names are spelled by, with BREAK where a name ends."""
    if "@" in text or "://" in text or "www." in text:
        text = _NO_WORD.sub("\n", text)
    found: list[str] = []
    for clause in _STOP.split(text):
        found += map(spelled, tokens(clause))
        found.append(BREAK)
    return found


@lru_cache(maxsize=16384)
def spelled(word: str) -> str:
    """Give the one spelling of a word: abbreviations in full, Roman numerals as digits."""
    if len(word) <= 8:
        word = _SPELLINGS.get(word) or _ROMAN.get(word, word)
    for written, standard in _SOUNDS:
        if written in word:
            return word.replace(written, standard)
    return word


def key(name: str) -> str:
    """Give what two spellings of a name have in common: no blanks, no punctuation, no abbreviations."""
    return "".join(words(name))


def positions(text: str) -> Iterator[Position]:
    """Find coordinates in a text: map links with a pin, with `@lat,lon` or `q=lat,lon`, and plain pairs.

    What a map is seen from is none where the link has a pin too, or where it is seen from far off.
    """
    if "°" in text:
        for match in _DEGREES.finditer(text):
            yield _decimal(*match.group(1, 2, 3, 4)), _decimal(*match.group(5, 6, 7, 8))
    if not _FRACTION.search(text):
        return
    pins = list(_PIN.finditer(text))
    if "@" in text:
        text = _VIEW.sub(lambda view: " " if pins or float(view[1]) < _CLOSE else view[0], text)
    for match in (*pins, *_PAIR.finditer(text)):
        lat, lon = float(match[1]), float(match[2])
        if abs(lat) <= 180 and abs(lon) <= 180:
            yield lat, lon


def _decimal(degrees: str, minutes: str, seconds: str, side: str) -> float:
    value = int(degrees) + int(minutes) / 60 + float(seconds) / 3600
    return -value if side in "SsWwBb" else value


_STREET = re.compile(
    r"[JjGg](?<!\w.)(?:(?:(?<=[Jj])[Ll][Nn]?|(?<=[Gg])[Gg])\b|(?:(?<=J)(?:alan|ALAN)|(?<=G)(?:ang|ANG))\b(?=[.\s]+[A-Z]))"
    r"[.\s]*([^,;\n()!?|]{2,60})"
)
"""Jl, Jln, Gg in any case; Jalan, Gang before a name. Looks behind after the first letter: the search leaps to it."""
NAME_ENDS = frozenset(
    "no nomor rt rw kelurahan kecamatan blok km kota jakarta di ke dari yang yg ada arah menuju depan dpn dekat dkt "
    "samping belakang sebelah seberang sebrang persis tepatnya sekitar sekitarnya setelah sebelum sampai dan sudah sdh "
    "masih belum blm banyak sangat mohon tolong pak banjir genangan tergenang rusak berlubang bolong macet gelap mati "
    "jalan gang dgn dengan ini itu pada dapat agar untuk utk karena krn "
    "sejak tiap setiap kemarin tadi bau tertutup terendam mulai".split()
)
"""Words that no name of a place goes on with."""
_NO_STREETS = frozenset({"smpn", "sman", "sdn", "smkn", "mtsn", "smp", "sma", "sd", "ini", "itu", "tersebut", "utama"})


def street(text: str) -> str:
    """Give the key of the first street that a text names, empty where it names none; gazetteer or not."""
    for match in _STREET.finditer(text):
        name: list[str] = []
        for word in map(spelled, tokens(match[1])[:5]):
            if (
                word in NAME_ENDS
                or word[:2] in {"rt", "rw"}
                or (word.isdigit() and not name)
                or (not name and word in _NO_STREETS)
            ):
                break
            name.append(word)
        if name and len("".join(name)) > 2:
            return " ".join(name[:4])
    return ""
