"""What a citizen's later message wants, and the language it is answered in."""

from __future__ import annotations

import time

import pytest

from normalizer.intent import THANKS_WORDS, Intent, read_intent
from normalizer.language import guess_language

MEANT: dict[str, Intent] = {
    "BEDA": "beda",
    " *beda* ": "beda",
    "Beda pak, punya saya di jalan lain": "beda",
    "@akun_kota, @petugas: BEDA": "beda",
    "itu bukan masalah saya": "beda",
    "Sorry, this is not my complaint": "beda",
    # Words that only look like it.
    "Beda dengan kemarin, sekarang lebih dalam": "words",
    "bedanya apa?": "words",
    "ini bukan masalah saya saja, satu RT kena": "words",
    "not my problem alone": "words",
    "BELUM SELESAI": "not-done",
    "Belum pak!": "not-done",
    "blm diperbaiki juga": "not-done",
    "masih banjir": "not-done",
    "lampunya padam lagi": "not-done",
    "sudah diperbaiki tapi bocor lagi": "not-done",
    "tidak ada tindak lanjut": "not-done",
    "it isn't fixed": "not-done",
    "it isn’t fixed": "not-done",
    "still there!": "not-done",
    "terima kasih, tapi masih mati": "not-done",
    # No objection: what was wrong no longer is.
    "sudah tidak banjir lagi, terima kasih": "thanks",
    "terima kasih": "thanks",
    "makasih ya": "thanks",
    "sdh nyala": "thanks",
    "ok": "thanks",
    "Siap pak": "thanks",
    "Thank you!": "thanks",
    "di depan masjid, sebelah kiri": "words",
    "ok tapi kapan?": "words",
    "belum lama ini ada petugas lewat": "words",
    "": "words",
}


@pytest.mark.parametrize(("text", "intent"), MEANT.items())
def test_what_is_wanted(text: str, intent: Intent) -> None:
    assert read_intent(text) == intent
    assert read_intent(f"@akun.kota {text}") == intent


@pytest.mark.parametrize("head", ["belum", "ok", "tidak", "beda dengan", ""])
@pytest.mark.parametrize("row", ["!", ".,", "@a ", "&#38;", "#38;", "\n"])
def test_a_row_of_signs_is_read_at_once(head: str, row: str) -> None:
    started = time.perf_counter()
    read_intent(f"{head}&{row * (100_000 // len(row))}x")
    assert time.perf_counter() - started < 2


def test_a_long_message_says_more_than_thank_you() -> None:
    words = "terima kasih " + "kata " * (THANKS_WORDS - 2)
    assert read_intent(words) == "thanks"
    assert read_intent(words + "lagi") == "words"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The street light near my house has been broken since Monday", "en"),
        ("lampu jalan mati sejak Senin, mohon diperbaiki", "id"),
        ("please help, jalan rusak di depan rumah kami, tolong", "id"),
        ("the is", "id"),
        ("", "id"),
    ],
)
def test_the_language_is_guessed(text: str, language: str) -> None:
    assert guess_language(text) == language
