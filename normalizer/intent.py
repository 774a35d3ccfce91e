"""What a citizen's later message wants: not mine, not done, thank you, or simply more words."""

from __future__ import annotations

import re
from typing import Literal

from normalizer.text import tidy

Intent = Literal["beda", "not-done", "thanks", "words"]

# What repeats side by side gives nothing back (`*+`): a long row of signs would be tried in every way it can be cut.
_LEADING = re.compile(r"^(?:\s*@[\w.]+[\s,:]*)+")
_NOT_MINE = re.compile(
    r"^\W*beda\b(?!\s+(?:dengan|sama|dari)\b)|"
    r"\bbukan (?:masalah|aduan|laporan|keluhan) saya\b(?!\s+(?:saja|aja|sendiri|doang|semata)\b)|"
    r"\bnot my (?:problem|complaint|report)\b(?!\s+(?:alone|only)\b)",
    re.IGNORECASE,
)
_NOT_DONE = re.compile(
    r"\b(?:belum|blm|blom|tidak|tdk|ga|gak|nggak|ngga)\s+(?:juga\s+|ada\s+|pernah\s+)?"
    r"(?:selesai|beres|kelar|tuntas|diperbaiki|dikerjakan|ditangani|ditindak|diangkut|dibersihkan|benar|tindak\s?lanjut)|"
    r"\bmasih\s+(?:sama|ada|rusak|mati|padam|macet|banjir|bocor|mampet|berlubang|menumpuk|begitu|seperti)|"
    r"(?<!tidak )(?<!tdk )(?<!nggak )(?<!gak )(?<!ga )\b(?:rusak|mati|padam|macet|banjir|bocor|mampet|berlubang|"
    r"menumpuk)\s+(?:lagi|kembali)\b|"
    r"^\W*+(?:belum|blm)\b\W*+(?:pak|bu|min|kak|mas)?\W*+$|"
    r"\b(?:not|never|isn['’]t|hasn['’]t been)\s+(?:yet\s+|been\s+)?(?:done|fixed|finished|solved|repaired)|"
    r"\bstill (?:there|broken|(?:the )?same)",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"\b(?:terima\s?kasih|terimakasih|makasih|mksh|trims|trimakasih|tq|thanks|thank you|mantap|alhamdulillah|"
    r"(?:sudah|sdh|udah) (?:beres|selesai|bagus|diperbaiki|nyala|menyala))\b|"
    r"^\W*+(?:ok|oke|okay|baik|baiklah|siap|sip|noted|well noted)\b\W*+(?:pak|bu|min|kak|mas|sir|madam)?\W*+$",
    re.IGNORECASE,
)
THANKS_WORDS = 15
"""A longer message says more than thank you."""


def read_intent(text: str) -> Intent:
    """Say what a message on a known thread wants. Objections outrank politeness: "thanks, but it is still there"."""
    words = _LEADING.sub("", tidy(text)).strip()
    if _NOT_MINE.search(words):
        return "beda"
    if _NOT_DONE.search(words):
        return "not-done"
    if _THANKS.search(words) and len(words.split()) <= THANKS_WORDS:
        return "thanks"
    return "words"
