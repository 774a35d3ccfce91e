"""What `[public]` starts from: which complaints lead to somebody's home, and how a site is written."""

from __future__ import annotations

import re

GUARDED = frozenset(
    {
        "bantuan-sosial",
        "kependudukan",
        "kesehatan",
        "ketertiban",
        "kriminal",
        "pelayanan-publik",
        "pendidikan",
        "perizinan",
        "pmks",
        "rokok",
    }
)
"""Categories that show their kelurahan to the public, not the spot or any words."""
SITE = re.compile(r"https?://(\*\.)?[a-z0-9.-]+(:\d{1,5})?")


def check_site(address: str) -> str:
    """Give it back where it is the address of a site, as `frame-ancestors` takes it. Raises ValueError."""
    if SITE.fullmatch(address) is None:
        raise ValueError('is no site; write it like "https://example.org", without a path')
    return address
