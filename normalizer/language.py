"""Which of our two languages a message is written in, so that it is answered in the same."""

from __future__ import annotations

import re
from typing import Literal

Language = Literal["id", "en"]

_WORD = re.compile(r"[a-z']+")
ENGLISH = frozenset(
    "the is are was were been has have had this that there they you your my our please with for from and not but "
    "near since still since very when where what who can could would should street road broken water light".split()
)
INDONESIAN = frozenset(
    "yang di dan ini itu ada tidak gak nggak ga sudah udah belum mohon tolong dari ke dengan untuk saya kami jalan jl "
    "banjir lampu rusak pak bu min sampah depan dekat sejak masih bisa karena juga lagi air macet warga".split()
)


def guess_language(text: str) -> Language:
    """Give `en` where English words clearly outnumber Indonesian ones; `id` otherwise."""
    words = _WORD.findall(text.casefold())
    english = sum(word in ENGLISH for word in words)
    return "en" if english >= 3 and english > 2 * sum(word in INDONESIAN for word in words) else "id"
