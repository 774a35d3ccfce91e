"""The words and files of a mail, gathered from its tree of parts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.message import Message

from hub.plugin import Attachment
from plugins.email.charset import clean, decode
from plugins.email.files import name_of, payload_of, read_file
from plugins.email.guard import attempt, parse
from plugins.email.headers import Headers
from plugins.email.html import html_to_text
from plugins.email.quotes import is_forward, strip_quotes

_MOST_PARTS = 300
_MOST_TEXT = 200_000
_STUB = 60
_ENCRYPTED = ("application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted")
_HEADERS_ONLY = ("message/delivery-status", "message/disposition-notification", "text/rfc822-headers")
_BOUNDARY = re.compile(rb"(?m)^--([^\s\"]{1,70})\s*$")


@dataclass(slots=True)
class Body:
    """What was found: all words, the words without quoted mails, the files."""

    whole: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)
    forwarded: bool = False
    parts: int = 0

    @property
    def text(self) -> str:
        """All words."""
        return "\n\n".join(filter(None, self.whole))

    @property
    def new_text(self) -> str:
        """The words without quoted mails."""
        return "\n\n".join(filter(None, self.new))


def read_body(message: Message) -> Body:
    """Gather words and files. Raises ValueError where they are encrypted or nested too deeply."""
    body = Body()
    try:
        _take(body, message)
    except RecursionError:
        raise ValueError("too deeply nested") from None
    return body


def _take(body: Body, part: Message, *, related: bool = False) -> None:
    body.parts += 1
    media_type = part.get_content_type()
    if media_type in _ENCRYPTED:
        raise ValueError("encrypted, or signed so that only a key shows the words")
    if body.parts > _MOST_PARTS or media_type in _HEADERS_ONLY:
        return
    if part.is_multipart():
        _take_container(body, part, media_type)
    elif media_type.startswith("multipart/"):
        _take_broken(body, part)
    elif media_type in {"text/plain", "text/html"} and not _is_file(part, body):
        _take_text(body, part, media_type)
    elif file := read_file(part, related=related):
        body.files.append(file)


def _take_container(body: Body, part: Message, media_type: str) -> None:
    children = [child for child in part.get_payload() if isinstance(child, Message)]
    if media_type == "multipart/signed":
        children = children[:1]
    if media_type == "multipart/alternative":
        _take_alternatives(body, children)
        return
    for child in children:
        if media_type == "message/rfc822":
            _take_mail(body, child)
        else:
            _take(body, child, related=media_type == "multipart/related")


def _take_broken(body: Body, part: Message) -> None:
    """Take parts whose boundary was announced wrongly by the boundary that stands between them, else as text."""
    data = payload_of(part)
    boundary = _BOUNDARY.search(data) if body.parts == 1 else None  # once a mail: parsing again has its price
    again = _reparse(boundary[1], data) if boundary else None
    if again is not None and again.is_multipart():
        _take(body, again)
    else:
        _take_text(body, part, "text/plain")


def _reparse(boundary: bytes, data: bytes) -> Message | None:
    return attempt(lambda: parse(b'Content-Type: multipart/mixed; boundary="%b"\n\n%b' % (boundary, data)), None)


def _take_alternatives(body: Body, children: list[Message]) -> None:
    """Take the plain version, unless it is a stub ("see the HTML version"); files of every version."""
    versions = []
    for child in children:
        version = Body(parts=body.parts)
        _take(version, child)
        body.parts = version.parts
        body.files += version.files
        versions.append((child.get_content_type() == "text/plain", version))
    spoken = [(plain, version) for plain, version in versions if version.text]
    if not spoken:
        return
    longest = max((version for _, version in spoken), key=lambda version: len(version.text))
    best = next((version for plain, version in spoken if plain), longest)
    if len(best.text) < _STUB and len(longest.text) > 3 * len(best.text):
        best = longest
    body.whole += best.whole
    body.new += best.new
    body.forwarded |= best.forwarded


def _take_mail(body: Body, inner: Message) -> None:
    """Take a mail that is attached whole: somebody hands on a complaint, its subject is part of the words."""
    body.forwarded = True
    subject = Headers(inner).text("subject")
    body.whole.append(subject)
    body.new.append(subject)
    _take(body, inner)


def _take_text(body: Body, part: Message, media_type: str) -> None:
    charset = attempt(lambda: part.get_content_charset(""), "")
    text = decode(payload_of(part), str(charset))[: 2 * _MOST_TEXT]
    if media_type == "text/html":
        whole, new = clean(html_to_text(text)), clean(html_to_text(text, quotes=False))
    else:
        whole = new = clean(text)
    body.forwarded |= is_forward(whole)
    body.whole.append(whole[:_MOST_TEXT])
    body.new.append(strip_quotes(new[:_MOST_TEXT]))


def _is_file(part: Message, body: Body) -> bool:
    """Say whether a text is a file: some senders give the body itself a name."""
    return attempt(part.get_content_disposition, None) == "attachment" or bool(name_of(part) and body.whole)
