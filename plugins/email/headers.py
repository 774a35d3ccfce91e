"""Headers of a mail, read so that no hostile one can raise or stall: the standard library's parsers do both."""

from __future__ import annotations

import re
from email.message import Message

from plugins.email.charset import clean_line, decode, decode_words

_LIMIT = 10_000
_IN_ANGLES = re.compile(r"<\s*([^<>\s]{1,250}@[^<>\s@]{1,250})\s*>")
_BARE = re.compile(r"[^\s<>()\[\]\",;:@]{1,250}@[^\s<>()\[\]\",;:@]{1,250}")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,400}>")


class Headers:
    """Fields by name, in order, undecoded until asked for."""

    def __init__(self, message: Message) -> None:
        self._fields: dict[str, list[str]] = {}
        for name, value in message.raw_items():
            data = str(value)[:_LIMIT].encode("utf-8", "surrogateescape")
            self._fields.setdefault(name.lower(), []).append(decode(data))

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def raw(self, name: str) -> str:
        """Give the first field of this (lower-case) name as it stands, unfolded; empty where there is none."""
        return " ".join(self._fields.get(name, [""])[0].split())

    def all(self, *names: str) -> str:
        """Give all fields of these names as one text, in lower case."""
        return " ".join(value for name in names for value in self._fields.get(name, [])).lower()

    def text(self, name: str) -> str:
        """Give the first field of this name for people to read."""
        return clean_line(decode_words(self.raw(name)))

    def word(self, name: str) -> str:
        """Give the first word of a structured field, like `auto-replied` or `multipart/report`, in lower case."""
        return re.split(r"[\s;(]", self.raw(name).lower(), maxsplit=1)[0]

    def address(self, name: str) -> tuple[str, str]:
        """Give address and display name of the first field of this name; both empty where it holds none."""
        raw = self.raw(name)
        # The last pair of angles: an address in the display name is decoration.
        found = _IN_ANGLES.findall(raw)
        address = found[-1] if found else next(iter(_BARE.findall(raw)), "")
        shown = decode_words(raw.split("<")[0]).strip("\"' ") if found else ""
        return address, clean_line(shown, 100)

    def message_id(self) -> str:
        """Give this mail's own id with its angles; empty where it has none."""
        return next(iter(_MESSAGE_ID.findall(self.raw("message-id"))), "")

    def chain(self) -> list[str]:
        """List the ids of the mails before this one, oldest first."""
        ids = _MESSAGE_ID.findall(self.raw("references")) + _MESSAGE_ID.findall(self.raw("in-reply-to"))
        return list(dict.fromkeys(ids))
