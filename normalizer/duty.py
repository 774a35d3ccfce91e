"""Heads of RT and RW report by duty: said by the channel, by the account's name, or by themselves."""

from __future__ import annotations

import re
from typing import Literal

Role = Literal["", "rt", "rw"]

# What repeats side by side gives nothing back (`*+`): a name of blanks would be tried in every way it can be cut.
_TITLE = r"(?:pak|bu|bapak|ibu|p\.?)?\s*+"
_NAME = re.compile(rf"^\W*+{_TITLE}(?:ketua|pengurus|sekretaris)?[\s_.]*+(rt|rw)[\s_.:]*+\d{{1,3}}\b", re.IGNORECASE)
_HEAD = re.compile(r"^\W*(?:ketua|pengurus)[\s_.]+(rt|rw)\b", re.IGNORECASE)
_SELF = re.compile(
    r"\b(?:saya|kami|selaku|sebagai|atas nama|dari)\s+(?:ini\s+|adalah\s+|selaku\s+|sebagai\s+)?"
    r"(?:ketua|pengurus)\s+(rt|rw)\b(?!\s+(?:saya|kami|kita|setempat|tidak|belum|malah|sudah|minta))",
    re.IGNORECASE,
)


def role_of(name: str, text: str) -> Role:
    """Give `rt` or `rw` where an account's name or its own words say so; empty otherwise.

    Talking about the head of an RT is not being it: "ketua RT kami tidak peduli" gives nothing.
    """
    found = _NAME.match(name) or _HEAD.match(name) or _SELF.search(text)
    if found is None:
        return ""
    return "rt" if found[1].casefold() == "rt" else "rw"
