"""`[public]`: what everybody may see; which complaints lead to somebody's home."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

from hub.settings.table import Table

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


class PublicSettings(Table):
    """`[public]`: what everybody may see."""

    guarded: frozenset[str] = GUARDED
    """Categories of complaint that lead to somebody's home: they show their kelurahan, not the spot or any words."""
    frames: tuple[Annotated[str, AfterValidator(check_site)], ...] = ()
    """Sites that may show the map in a frame of their own pages, like "https://example.org"."""
