"""What staff write down for a citizen at a desk: read by channels with `counter = True`. Part of the contract."""

from __future__ import annotations

from typing import Literal

from pydantic import Base64Bytes, Field

from normalizer.complaint import Frozen, Instant


class DeskFile(Frozen):
    """A photo, or a paper that the citizen brought."""

    kind: Literal["photo", "document"] = "photo"
    name: str = Field(default="", repr=False, max_length=200)
    media_type: str = ""
    data: Base64Bytes = Field(repr=False)


class DeskEntry(Frozen):
    """One citizen's words at one desk. JSON, and the body of the raw item."""

    id: str = Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")
    """Made by the desk, once: sending it again changes nothing."""
    at: Instant
    """When the citizen stood there, which may be long before it reached the hub."""
    text: str = Field(repr=False, max_length=20_000)
    name: str = Field(default="", repr=False, max_length=200)
    phone: str = Field(default="", repr=False, max_length=40)
    number: str = ""
    """From the desk's reserve, on the receipt."""
    belongs_to: str = ""
    """The report that the clerk says it is about."""
    lat: float | None = Field(default=None, ge=-90, le=90)
    lon: float | None = Field(default=None, ge=-180, le=180)
    address: str = Field(default="", repr=False, max_length=500)
    kelurahan: str = ""
    category: str = ""
    anonim: bool = True
    rahasia: bool = False
    role: Literal["", "rt", "rw"] = ""
    files: tuple[DeskFile, ...] = ()
    desk: str = ""
    """Name of the account that wrote it down."""
