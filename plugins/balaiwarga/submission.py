"""What a citizen has filled in: checked, kept as JSON, and read back as a complaint."""

from __future__ import annotations

import hashlib
import math
import re
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime

from pydantic import Base64Bytes, Field
from pydantic_core import to_json

from hub.plugin import Attachment, Complaint, Item, Reporter
from hub.uploads import Upload
from normalizer.complaint import Frozen, Instant
from plugins.balaiwarga.ticket import Ticket

WORDS, LEAST = 4000, 8
SHORT: dict[str, int] = {"alamat": 300, "kelurahan": 16, "nama": 100, "kontak": 120, "lat": 24, "lon": 24, "teliti": 12}
"""The other fields that hold text, and how many letters each takes."""
TICKS = ("anonim", "rahasia")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s.]{2,}")
_PHONE = re.compile(r"\+?[0-9]{8,15}")
_KELURAHAN = re.compile(r"\d{2}\.\d{2}\.\d{2}\.\d{4}")


class _Photo(Frozen):
    media_type: str
    data: Base64Bytes = Field(repr=False)


class Submission(Frozen):
    """One form, whole and in order."""

    text: str = Field(repr=False, max_length=WORDS)
    address: str = Field(default="", repr=False, max_length=SHORT["alamat"])
    kelurahan: str = ""
    lat: float | None = Field(default=None, ge=-90, le=90)
    lon: float | None = Field(default=None, ge=-180, le=180)
    accuracy: float | None = Field(default=None, ge=0)
    name: str = Field(default="", repr=False)
    contact: str = Field(default="", repr=False)
    anonim: bool = True
    rahasia: bool = False
    photos: tuple[Upload, ...] = Field(default=(), repr=False)


class _Kept(Frozen):
    """The body of a raw item."""

    at: Instant
    number: str
    text: str = Field(repr=False)
    address: str = Field(repr=False)
    kelurahan: str
    lat: float | None
    lon: float | None
    accuracy: float | None
    name: str = Field(repr=False)
    contact: str = Field(repr=False)
    anonim: bool
    rahasia: bool
    photos: tuple[_Photo, ...] = Field(repr=False)


def find_flaws(said: Mapping[str, str]) -> list[str]:
    """Name what must be put right before a form is taken: codes that the page spells out."""
    words = said["cerita"].strip()
    flaws = ["words-long"] if len(words) > WORDS else []
    flaws += ["words-short"] if len(re.findall(r"\w", words)) < LEAST else []
    flaws += ["contact"] if said["kontak"].strip() and not tidy_contact(said["kontak"]) else []
    flaws += [f"long-{name}" for name, most in SHORT.items() if name in {"alamat", "nama"} and len(said[name]) > most]
    return flaws


def make_submission(said: Mapping[str, str], photos: tuple[Upload, ...]) -> Submission:
    """Put a form without flaws into order. A position that is none, or no code of a kelurahan, is left out."""
    lat, lon = _number(said["lat"], 90), _number(said["lon"], 180)
    pinned = lat is not None and lon is not None
    kelurahan = said["kelurahan"].strip()
    return Submission(
        text=said["cerita"].strip(),
        address=said["alamat"].strip(),
        kelurahan=kelurahan if _KELURAHAN.fullmatch(kelurahan) else "",
        lat=lat if pinned else None,
        lon=lon if pinned else None,
        accuracy=_number(said["teliti"], 100_000, least=0) if pinned else None,
        name=said["nama"].strip(),
        contact=tidy_contact(said["kontak"]),
        anonim=bool(said["anonim"]),
        rahasia=bool(said["rahasia"]),
        photos=photos,
    )


def tidy_contact(contact: str) -> str:
    """Spell a phone number or an e-mail address the one way; empty where it is neither."""
    plain = contact.strip()
    if len(plain) > SHORT["kontak"]:
        return ""
    if _EMAIL.fullmatch(plain):
        return plain.lower()
    digits = re.sub(r"[\s().-]", "", plain)
    if not _PHONE.fullmatch(digits):
        return ""
    return f"+62{digits[1:]}" if digits.startswith("0") else digits


def _number(text: str, most: float, least: float | None = None) -> float | None:
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) and (-most if least is None else least) <= value <= most else None


def as_item(ticket: Ticket, submission: Submission, at: datetime) -> Item:
    """Make the raw item. Its mark leaves out the time: the same form sent again is a repeat."""
    said = submission.model_dump(exclude={"photos"}) | {"number": ticket.number}
    prints = [hashlib.sha256(photo.data).hexdigest() for photo in submission.photos]
    photos = [{"media_type": one.media_type, "data": b64encode(one.data).decode()} for one in submission.photos]
    mark = hashlib.sha256(to_json([said, prints])).hexdigest()
    return Item(ticket.key, to_json({"at": at, **said, "photos": photos}), mark)


def read_complaint(item: Item) -> Complaint:
    """Read a raw item. Who leaves no contact is known by the form's own key. Raises ValidationError."""
    kept = _Kept.model_validate_json(item.body)
    return Complaint(
        native_id=item.native_id,
        created_at=kept.at,
        text=kept.text,
        lat=kept.lat,
        lon=kept.lon,
        accuracy=kept.accuracy,
        address=kept.address,
        kelurahan_reported=kept.kelurahan,
        reporter=Reporter(handle=kept.contact or f"formulir:{item.native_id}", name=kept.name),
        anonim=kept.anonim,
        rahasia=kept.rahasia,
        number=kept.number,
        attachments=tuple(Attachment(data=one.data, media_type=one.media_type) for one in kept.photos),
    )
