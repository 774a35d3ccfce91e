"""What the search for the same incident keeps of a complaint: one flat JSON object, small enough to be read by the ten.

c   category            u   1 where the category is a guess … 3 none s   1 where it is sealed
p   [lat, lon, radius]  k   kelurahan code                            st  street named
rt  rw                  numbers named                                 m   {mark: [values]}: block, gang, number
t   informative words   x   the whole text                            r   reporter (all three hashed)
n   its own number      q   numbers it quotes                         th  its thread (hashed)
pl  {sort: name}        complexes, schools, markets named (hashed)    h   hours since 1970
ph  its photos' likeness, see `normalizer.pictures`
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from hashlib import blake2b
from typing import Any
from zlib import crc32

from normalizer.categories import Guess
from normalizer.complaint import Complaint, Place
from normalizer.text import tokens

Facts = Mapping[str, Any]

MAX_WORDS = 40
_REMEMBERED = 16384
"""Words whose spelling and hash are kept at hand: people use the same ones again and again."""
GUESSED, HARDLY, VAGUE = 0.5, 0.25, 3
"""Confidence from which a category is a guess, or hardly that; value of `u` where it is nothing."""
METRES = 111_320.0
"""One degree of latitude."""
EXACT = 60.0
"""Positions known within so many metres can be compared; a wider one only says about where."""
_SORTS = {
    "komplek": "komplek kompleks komp komplex perumahan perum perumnas cluster residence estate".split(),
    "apartemen": "apartemen apartment apartement apt".split(),
    "rusun": "rusun rusunawa rusunami".split(),
    "kampung": "kampung kampong kp kmp".split(),
    "masjid": "masjid mesjid mushola musholla musola gereja vihara".split(),
    "sekolah": "sekolah sd sdn smp smpn sma sman smk smkn universitas univ kampus".split(),
    "sehat": "rs rsud rsu puskesmas klinik".split(),
    "pasar": "pasar mall mal plaza".split(),
    "lintas": "simpang perempatan pertigaan flyover underpass terowongan jembatan stasiun terminal halte".split(),
}
_SORT_OF = {word: sort for sort, words in _SORTS.items() for word in words}
HOMES = frozenset({"komplek", "apartemen", "rusun"})
"""Sorts of which a spot has one: two complexes are two places, a school and a market may be one."""
_INSTALLATIONS = {
    "pompa": "pompa",
    "tanggul": "tanggul",
    "turap": "tanggul",
    "bendungan": "tanggul",
    "sodetan": "sodetan",
}
_ASKING = frozenset(
    "mohon tolong minta kirim kirimkan mengirim mengirimkan dikirim bantuan bantu bantuannya butuh membutuhkan perlu "
    "perlukan dibutuhkan diperlukan sediakan disediakan tambah tambahan kasih".split()
)
"""Words before an installation that is wanted there; without one it is what is broken."""
_FIRST_NAMES = frozenset(
    "taman griya pondok villa vila bumi puri graha duta citra green grand permata bukit kota kelapa muara rumah sakit "
    "islam negeri sari cipta puspa".split()
)
"""Words with which too many names begin to tell them apart."""
_NOISE = re.compile(r"#\w+|@\w+|https?://\S+|\[[^\[\]\n]{2,14}\]")
"""Hashtags, mentions, links, and the labels in brackets that stand for personal data."""
_NOISY = ("#", "@", "http", "[")
"""What noise holds: looked for first, in a tenth of the pattern's time."""
_STRETCH = re.compile(r"([a-z])\1{2,}")
_TWICE = re.compile(r"(\w)\1+")
_SOUNDS = (("oe", "u"), ("dj", "j"), ("tj", "c"), ("y", "i"))
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
    "malam hari jam kondisi parah banget makin terus sejak tadi sekarang agar supaya dalam atas bawah  banjir air "
    "genangan tergenang hujan drainase got saluran meluap surut masuk tinggi setinggi kali sungai  sampah macet rusak "
    "lubang berlubang lampu mati jatuh pohon tumbang parkir liar jakarta barat timur utara selatan  pusat kota "
    "kelurahan kecamatan perumahan perum komplek kompleks kampung raya meter nya dong nih "
    # What else stands in one complaint of a hundred, wherever it is about.
    "tapi mau saat anak terimakasih banyak tersebut pihak padahal dapat bantuannya oleh atau sama baru kenapa orang "
    "kalau kalo sdh pernah harus jadi sehingga hanya lebih tdk sebagai apa bulan tahun nama waktu maaf kok lama "
    "tempat  lanjuti keluhan saja aja lalu apakah tetapi kepada beberapa setelah utk keluar seperti namun ingin jika "
    "jangan  sebelumnya sebelum kembali mengganggu terjadi setiap tiap krn karna dikarenakan melaporkan semua tinggal "
    "satu  bukan bahwa walikota perbaikan diperbaiki sering selalu menjadi bagaimana pemerintah permohonan blm tetap "
    "buat  lain adanya besar kecil dilakukan kurang mobil motor malah selama tanggal hasil mulai kan minggu padam "
    "masalah  adalah gak nggak tsb dulu tanya membahayakan bahaya info informasi memang selesai membuat lewat "
    "sepanjang  langsung datang pun dgn dgm hampir bahkan arah mengenai serta ketika telah kabel ucapkan sampaikan "
    "tetangga  solusi mana sebelah sebrang seberang terlalu cukup sedang tentang berada masyarakat  tengah perlu umum "
    "mungkin perhatian apalagi foto dimana semoga kendaraan disana disini didepan kapan kemarin didaerah dpn mampet "
    "tersumbat buntu  mengalir deras cuaca ekstrem ekstrim ketinggian pompa pintu jalanan airnya banjirnya terendam "
    "rendam naik turun  lalin mencapai hampir dewasa paha lutut selutut betis kaki cepat subuh cek jln jadi yth mhn "
    "ditinggikan tinggikan "
    "assalamualaikum assalamu alaikum pemprov dki permisi halo hallo admin min hormat izin ijin melapor"
)
_COMMON = frozenset(_COMMON_WORDS.split())
"""What complaints of every kind say: sharing it says nothing."""


def facts(
    complaint: Complaint,
    place: Place,
    guess: Guess,
    text: str,
    quoted: tuple[str, ...],
    *,
    salt: bytes = b"",
    local: Collection[str] = (),
) -> dict[str, Any]:
    """Sum up a complaint for comparison: JSON values only, no word of it readable except street and block.

    `salt` (at most 16 bytes) makes the reporter's hash useless to whoever lacks it. `local` are words that everybody
    near there may use, like the name of the kelurahan: sharing them says nothing.
    """
    words = tokens(_NOISE.sub(" ", text) if any(map(text.__contains__, _NOISY)) else text)
    calm = list(map(_calmed, words))
    said = " ".join(calm)
    found: dict[str, Any] = {
        "c": guess.category,
        "u": doubt(guess),
        "a": list(guess.others) if not guess.sure else [],
        "s": 1 if guess.handling == "sealed" else 0,
        "p": _position(place),
        "k": place.kelurahan,
        "st": place.street,
        "rt": list(place.rt),
        "rw": list(place.rw),
        "m": _marks(words, text.lower()),
        "pl": _landmarks(words),
        "o": _works(words),
        "h": int(complaint.created_at.timestamp() // 3600),
        "t": signature([word for word in calm if word not in local] if local else calm),
        "x": hash64(said) if said else 0,
        "r": hash64(complaint.reporter.handle, salt) if complaint.reporter else 0,
        "n": f"jaki:{complaint.native_id}" if _OWN_NUMBER.fullmatch(complaint.native_id) else "",
        "q": list(quoted[:3]),
        "th": hash64(complaint.thread) if complaint.thread else 0,
    }
    return {name: value for name, value in found.items() if value}


def doubt(guess: Guess) -> int:
    """Say how far the kind is known: 0 for sure, 1 as a guess, 2 hardly, 3 not at all."""
    return 0 if guess.sure else 1 if guess.confidence >= GUESSED else 2 if guess.confidence >= HARDLY else VAGUE


def signature(words: Iterable[str]) -> list[int]:
    """Hash the words that can tell one complaint from another: sorted, 32 bits each, at most 40."""
    return sorted(filter(None, set(map(_telling, words))))[:MAX_WORDS]


@lru_cache(maxsize=_REMEMBERED)
def _telling(word: str) -> int | None:
    return None if word in _COMMON or len(word) <= 2 or word.isdigit() else crc32(word.encode())


@lru_cache(maxsize=_REMEMBERED)
def _calmed(word: str) -> str:
    """Take off what somebody shouts: `tolonggg` is `tolong`."""
    return _STRETCH.sub(r"\1", word)


def _position(place: Place) -> list[float] | None:
    if place.lat is None or place.lon is None or (place.level != "point" and place.result != "outside"):
        return None
    return [round(place.lat, 6), round(place.lon, 6), round(place.radius or 20)]


def _marks(words: list[str], text: str) -> dict[str, list[str]]:
    """Find what tells neighbours apart: block, gang, number of a street or complex (the name itself hashed)."""
    marks: dict[str, list[str]] = {}
    for before, word, after in zip(["", *words], words, [*words[1:], ""], strict=False):
        if not (word[-1].isdigit() or word in _ROMAN or before in _MARKS):
            continue
        glued = _GLUED.fullmatch(word) if word[-1].isdigit() and before not in _MARKS else None
        stem, value = glued.groups() if glued else (before, _ROMAN.get(word, word))
        name = _MARKS.get(stem) or (_numbered(stem, value) and after not in _UNITS and f"{crc32(stem.encode()):x}")
        if name and (value[-1].isdigit() or _beside(before, word, text)):
            marks.setdefault(name, []).append(value)
    return marks


def _beside(mark: str, value: str, text: str) -> bool:
    """Say whether a name follows its word at once: in "di gang, rawan" it does not."""
    return any(f"{mark}{between}{value}" in text for between in (" ", ". ", "."))


def _landmarks(words: list[str]) -> dict[str, int]:
    """Find the names of complexes, schools, markets: what follows the word for their sort, hashed."""
    found: dict[str, int] = {}
    for at in [at for at, word in enumerate(words) if word in _SORT_OF]:
        name = _name_at(words, at + 1)
        if name:
            found.setdefault(_SORT_OF[words[at]], crc32(sounded(name).encode()))
    return found


def _works(words: list[str]) -> list[str]:
    """List the pumps and dikes that a complaint is about: repairing one is other work than clearing a flood."""
    if _INSTALLATIONS.keys().isdisjoint(words):
        return []
    found = {
        _INSTALLATIONS[word]
        for at, word in enumerate(words)
        if word in _INSTALLATIONS and _ASKING.isdisjoint(words[max(0, at - 3) : at])
    }
    return sorted(found)


def sounded(name: str) -> str:
    """Give what two spellings of a name sound like: `billy` and `biliy` are one."""
    for old, new in _SOUNDS:
        name = name.replace(old, new)
    return _TWICE.sub(r"\1", name)


def _name_at(words: list[str], at: int) -> str:
    """Give the word that tells a name, with a common first one before it; empty where none follows."""
    first = words[at : at + 1]
    if not first or first[0] in _COMMON or len(first[0]) < 3:
        return ""
    longer = words[at : at + 2] if first[0] in _FIRST_NAMES else first
    return " ".join(longer)


def _numbered(stem: str, value: str) -> bool:
    return value.isdigit() and len(value) <= 3 and len(stem) > 3 and stem.isalpha() and stem not in _COUNTING


def hash64(text: str, salt: bytes = b"") -> int:
    """Give 64 signed bits that stand for a text; without the salt nobody can try texts out."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8, salt=salt).digest(), "big", signed=True)
