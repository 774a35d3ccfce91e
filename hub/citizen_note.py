"""What citizens add on a tracking page: a raw item of their own channel, which the host reads itself.

So every channel has it, whatever its plugin knows.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field
from pydantic_core import to_json

from hub.plugin import Addition, Item
from hub.uploads import Upload
from normalizer.complaint import Attachment, Complaint, Instant, Reporter

FORMAT = "note"
"""`format` in the meta of its raw item."""


class _Photo(BaseModel):
    media_type: str
    data: Base64Bytes = Field(repr=False)


class CitizenNote(BaseModel):
    """One message. JSON, and the body of the raw item."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    complaint: str
    """Native id of the complaint that it continues."""
    handle: str = Field(repr=False)
    name: str = Field(default="", repr=False)
    at: Instant
    text: str = Field(repr=False, max_length=4000)
    anonim: bool = True
    rahasia: bool = False
    photos: tuple[_Photo, ...] = ()


def write_note(
    key: str,
    *,
    complaint: str,
    reporter: Reporter,
    at: datetime,
    text: str,
    anonim: bool,
    rahasia: bool,
    photos: Sequence[Upload] = (),
) -> Item:
    """Make the raw item. The same words under the same key are one message, however often they are sent."""
    said = {"complaint": complaint, "text": text}
    parts = (key, complaint, text, *(hashlib.sha256(photo.data).hexdigest() for photo in photos))
    body = said | {
        "handle": reporter.handle,
        "name": reporter.name,
        "at": at,
        "anonim": anonim,
        "rahasia": rahasia,
        "photos": [{"media_type": one.media_type, "data": b64encode(one.data).decode()} for one in photos],
    }
    name = hashlib.sha256(f"{complaint}\0{key}".encode()).hexdigest()[:24]
    mark = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    return Item(f"catatan-{name}", to_json(body), mark, {"format": FORMAT})


def read_note(item: Item) -> Addition:
    """Read a stored note. Raises ValidationError for what is none."""
    note = CitizenNote.model_validate_json(item.body)
    return Addition(
        native_id=item.native_id,
        thread=note.complaint,
        complaint=Complaint(
            native_id=item.native_id,
            created_at=note.at,
            text=note.text,
            reporter=Reporter(handle=note.handle, name=note.name),
            anonim=note.anonim,
            rahasia=note.rahasia,
            private=True,
            attachments=tuple(Attachment(data=one.data, media_type=one.media_type) for one in note.photos),
        ),
    )
