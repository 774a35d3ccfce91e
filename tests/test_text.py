"""Cleaning, comparing and respelling the words of a complaint."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.lexicons import load_words
from normalizer.text import Lexicon, find_rt_rw, plain, standardise, strip_tags, tidy, tokens

WORDS = load_words()
CHAT = st.lists(
    st.sampled_from(
        ["yg", "d", "n", "p", "RT", "05", "/", "RW 07", "blok", "Blok D", "anak2", "No. 5", "tl", "di", "pkl 8", "mhn"]
    ),
    max_size=12,
).map(" ".join)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("jalan\u00a0rusak", "jalan rusak"),
        ("sam\u00adpah\u200b menumpuk\ufeff", "sampah menumpuk"),
        ("berlubang &amp; miring", "berlubang & miring"),
        ("berlubang &amp;amp; miring", "berlubang & miring"),
        ("https://example.org/?a=1&region=2&lt=3", "https://example.org/?a=1&region=2&lt=3"),
        ("satu \r\n\r\n  dua\rtiga\u2028empat", "satu\ndua\ntiga\nempat"),
        ("cafe\u0301", "café"),
        ("rusak \ud83d", "rusak"),
        ("  \n ", ""),
    ],
)
def test_tidy_leaves_one_encoding(raw: str, clean: str) -> None:
    assert tidy(raw) == clean


@given(st.text() | st.text(alphabet="&amp;#38lt \n\r\u200b\u00a0"))
def test_tidying_twice_changes_nothing_and_never_adds(text: str) -> None:
    once = tidy(text)
    assert tidy(once) == once
    assert len(once) <= 3 * len(text)  # NFC may take some letters apart
    once.encode()


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("KEBON  JERUK", "kebon jeruk"),
        ("Jl. H. Agus-Salim,No.5", "jl h agus salim no 5"),
        ("Jum'at", "jumat"),
        ("Cafè Ramé", "cafe rame"),
        ("", ""),
    ],
)
def test_plain_key(name: str, key: str) -> None:
    assert plain(name) == key
    assert tokens(name) == key.split()


@given(st.text())
def test_a_plain_key_is_its_own_key(text: str) -> None:
    assert plain(plain(text)) == plain(text)


def test_hashtags_are_taken_out() -> None:
    assert strip_tags("Banjir #drainaseburuk di gang #banjir") == "Banjir di gang"


@pytest.mark.parametrize(
    ("written", "standard"),
    [
        ("Lampu yg mati blm diperbaiki", "lampu yang mati belum diperbaiki"),
        ("anak2 & gorong2", "anak-anak & gorong-gorong"),
        ("sudah berulang2 lapor", "sudah berulang-ulang lapor"),
        ("kabel2nya kendor", "kabel-kabelnya kendor"),
        ("org2 buang sampah d kali", "orang-orang buang sampah di kali"),
        ("mohon di TL", "mohon ditindaklanjuti"),
        ("macet di tl fatmawati", "macet di tl fatmawati"),
        ("pkl 08.00 s/d selesai", "pukul 08.00 s/d selesai"),
        ("PKL di trotoar", "pkl di trotoar"),
    ],
)
def test_slang_becomes_standard(written: str, standard: str) -> None:
    assert standardise(written, WORDS) == standard


@pytest.mark.parametrize(
    "address",
    [
        "blok d no 5 n",
        "rt 05/rw 07 kel. tengah",
        "gg. 2 no.12-a",
        "blok2 b",
        "sma 2",
        "tmn anggrek km 5",
        "kk dan ktp",
        "gn sahari",
        "unit d/3",
        "kav. p",
    ],
)
def test_addresses_stay_unharmed(address: str) -> None:
    assert standardise(address, WORDS) == address


@given(CHAT | st.text())
def test_respelling_twice_changes_nothing(text: str) -> None:
    once = standardise(text, WORDS)
    assert standardise(once, WORDS) == once


def test_the_blocked_win_over_the_slang_table() -> None:
    lexicon = Lexicon(slang={"kel": "keluarga", "yg": "yang"}, blocked=frozenset({"kel"}))
    assert standardise("Kel yg", lexicon) == "kel yang"


def test_no_standard_form_is_itself_slang() -> None:
    written = WORDS.slang.keys() - WORDS.blocked
    assert not {word for standard in WORDS.slang.values() for word in tokens(standard)} & written


@pytest.mark.parametrize(
    ("text", "rt", "rw"),
    [
        ("RT 05/RW 07", (5,), (7,)),
        ("RT.09 RW.11", (9,), (11,)),
        ("rt : 3 rw : 4", (3,), (4,)),
        ("rt. 2 - rw. 5", (2,), (5,)),
        ("rt5 rw4", (5,), (4,)),
        ("RT05RW07", (5,), (7,)),
        ("RT 005/007", (5,), (7,)),
        ("Jl. Contoh 005/007 no 3", (5,), (7,)),
        ("RW 07 RT 05", (5,), (7,)),
        ("RT 3,4 RW 5", (3, 4), (5,)),
        ("RT 3, 4 dan 5 RW 02", (3, 4, 5), (2,)),
        ("RT 01 s/d 04 RW 03", (1, 2, 3, 4), (3,)),
        ("air dari RT 3 masuk RT 5", (3, 5), ()),
        ("RT/RW 05/07", (5,), (7,)),
        ("RW/RT 007/005", (5,), (7,)),
        ("RT 05 , RW 001", (5,), (1,)),
        ("di RT 5, 10 rumah terendam", (5,), ()),
        ("pak RT 24 jam siaga, buka 24/7", (), ()),
        ("ketua RT 0812345678", (), ()),
        ("tanggal 05/07/2020 dan 1/2 meter", (), ()),
        ("rt 08.30 mulai", (), ()),
        ("smart 5 dan art 7", (), ()),
        ("", (), ()),
    ],
)
def test_neighbourhoods_are_found(text: str, rt: tuple[int, ...], rw: tuple[int, ...]) -> None:
    assert find_rt_rw(text) == (rt, rw)


@given(
    st.integers(1, 99),
    st.integers(1, 99),
    st.sampled_from(["RT {} RW {}", "rt.{:03} / rw.{:03}", "Rt{:02}Rw{:02}", "RT {:03}/{:03}"]),
)
def test_any_neighbourhood_is_found(rt: int, rw: int, shape: str) -> None:
    assert find_rt_rw(shape.format(rt, rw)) == ((rt,), (rw,))


@given(st.text(alphabet="rtw0123456789 /.,:-dans"))
def test_neighbourhoods_are_sorted_small_numbers(text: str) -> None:
    for numbers in find_rt_rw(text):
        assert list(numbers) == sorted(set(numbers))
        assert all(0 < number < 200 for number in numbers)
