"""Photos that come with a form: how many, how large, and what they are by their first bytes. For pages and plugins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from starlette.datastructures import FormData, UploadFile

from normalizer.complaint import Attachment

MOST = 4
MAX_BYTES = 10 * 1024 * 1024
MAX_TOTAL = 20 * 1024 * 1024
"""Bytes of all together: they are kept in one raw item."""
FORM_BYTES = 48 * 1024 * 1024
"""What a form may send at all: more than is taken, so that a page can say what is too much."""
HEAD = 16

Flaw = Literal["photos-many", "photos-large", "photos-kind"]


class BadUpload(ValueError):
    """Files that are not taken; `flaw` says why, in a code for pages."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw)
        self.flaw = flaw


@dataclass(frozen=True, slots=True)
class Upload:
    """A picture as it came. Its name is not kept: it may tell who somebody is."""

    media_type: str
    data: bytes = field(repr=False)

    @property
    def attachment(self) -> Attachment:
        """Give it as a complaint carries it."""
        return Attachment(data=self.data, media_type=self.media_type)


async def take_photos(form: FormData, name: str) -> tuple[Upload, ...]:
    """Read the pictures of one field. Raises BadUpload; nothing large is read before that is known."""
    files = [one for one in form.getlist(name) if isinstance(one, UploadFile) and one.filename]
    _check_sizes([one.size or 0 for one in files])
    return tuple([Upload(await _kind_of(one), await one.read()) for one in files])


def _check_sizes(sizes: Sequence[int]) -> None:
    if len(sizes) > MOST:
        raise BadUpload("photos-many")
    if max(sizes, default=0) > MAX_BYTES or sum(sizes) > MAX_TOTAL:
        raise BadUpload("photos-large")


async def _kind_of(file: Any) -> str:
    head = await file.read(HEAD)
    await file.seek(0)
    kind = picture_type(head)
    if not kind:
        raise BadUpload("photos-kind")
    return kind


def picture_type(head: bytes) -> str:
    """Name the media type of a picture by its first 12 bytes; empty for anything else."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return _BRANDS.get(head[8:12], "") if head[4:8] == b"ftyp" else ""


_BRANDS = dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"), "image/heic")
_BRANDS[b"avif"] = "image/avif"
"""ISO/IEC 23008-12: what a picture of this family calls itself behind `ftyp`."""
