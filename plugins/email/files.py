"""What is attached to a mail: photos apart from documents, which never leave the hub."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterable
from email.message import Message
from typing import Literal

from hub.plugin import Attachment
from plugins.email.charset import clean_line, decode_words
from plugins.email.guard import attempt

_MOST = 10
_FILE_BYTES = 15_000_000
_TOTAL_BYTES = 25_000_000
_ORNAMENT_BYTES = 5_000
_PAPERS = re.compile(
    r"(?i)(?<![a-z])(?:e?-?ktp|kk|kartu[ _-]?(?:keluarga|tanda|identitas)|identitas|surat|scan\w*|camscanner|sim|npwp"
    r"|paspor|passport|akta|ijazah|sertifikat)(?![a-z])"
)
_SIGNS = ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature")

for _type, _ending in (("image/heic", ".heic"), ("image/heif", ".heif"), ("image/webp", ".webp")):
    mimetypes.add_type(_type, _ending)


def name_of(part: Message) -> str:
    """Give a part's file name without its folder; empty where it has none."""
    name = decode_words(str(attempt(part.get_filename, None) or ""))
    return clean_line(re.split(r"[/\\]", name)[-1], 120)


def payload_of(part: Message) -> bytes:
    """Give a part's bytes, transfer encoding undone; of a broken one what can be read."""
    data = attempt(lambda: part.get_payload(decode=True), None)
    return data if isinstance(data, bytes) else b""


def read_file(part: Message, *, related: bool = False) -> Attachment | None:
    """Make an attachment of a part; None for signatures, ornaments of HTML mail, and empty or huge files."""
    name = name_of(part)
    media_type = _media_type(part, name)
    data = payload_of(part) if media_type not in _SIGNS else b""
    ornament = related and media_type == "image/gif" and len(data) <= _ORNAMENT_BYTES
    if not data or ornament or len(data) > _FILE_BYTES:
        return None
    return Attachment(kind=_kind(media_type, name), data=data, name=name, media_type=media_type)


def limit(files: Iterable[Attachment]) -> tuple[Attachment, ...]:
    """Keep the first ten files, 25 MB in all; the raw mail holds the rest."""
    kept: list[Attachment] = []
    total = 0
    for file in files:
        if len(kept) < _MOST and total + len(file.data) <= _TOTAL_BYTES:
            kept.append(file)
            total += len(file.data)
    return tuple(kept)


def _media_type(part: Message, name: str) -> str:
    declared = clean_line(part.get_content_type(), 100)
    guessed = mimetypes.guess_type(name)[0] or ""
    return guessed if declared == "application/octet-stream" and guessed.startswith(("image/", "video/")) else declared


def _kind(media_type: str, name: str) -> Literal["photo", "video", "document"]:
    if _PAPERS.search(name) or media_type == "image/svg+xml":  # SVG can carry scripts
        return "document"
    return {"image": "photo", "video": "video"}.get(media_type.partition("/")[0], "document")  # type: ignore[return-value] # the values are literals
