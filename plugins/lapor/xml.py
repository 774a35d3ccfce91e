"""The XML of LAPOR!'s integration interface, as seen in use in May 2018: `addstream`, and our proposal for a status.

Nothing in it is trusted: an answer with a document type is refused, so that no entity is ever expanded.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from xml.parsers import expat

from plugins.lapor.options import Account

CONTENT_TYPE = "text/xml; charset=UTF8"
_WANTED = ("trackingid", "transaksiid")


@dataclass(frozen=True, slots=True)
class Taken:
    """What LAPOR! says of what it took."""

    tracking_id: str
    transaction_id: str


class BadAnswer(ValueError):
    """Not the XML that was hoped for."""


def stream_body(token: str, account: Account, text: str, *, rahasia: bool, anonim: bool) -> bytes:
    """Spell a report for `addstream`. `account` is the city's own; no citizen is named."""
    names = (account.email, account.phone, account.first_name, account.last_name)
    email, phone, first, last = (_text(name) for name in names)
    return (
        f'<lapor token="{_text(token)}">'
        f"<pelapor><email>{email}</email><telpon>{phone}</telpon>"
        f"<namadepan>{first}</namadepan><namabelakang>{last}</namabelakang></pelapor>"
        f'<laporan rahasia="{int(rahasia)}" anonim="{int(anonim)}"><isi>{_text(text)}</isi></laporan>'
        f"</lapor>"
    ).encode()


def status_body(token: str, tracking_id: str, status: str, text: str, key: str) -> bytes:
    """Spell a status. Our proposal: LAPOR!'s own form is not public."""
    return (
        f'<lapor token="{_text(token)}">'
        f'<tindaklanjut trackingid="{_text(tracking_id)}" referensi="{_text(key)}">'
        f"<status>{_text(status)}</status><isi>{_text(text)}</isi></tindaklanjut>"
        f"</lapor>"
    ).encode()


def read_taken(content: bytes) -> Taken:
    """Find the two numbers wherever they stand. Raises BadAnswer where it is no XML or names no tracking id."""
    finder = _Finder()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = finder.start
    parser.EndElementHandler = finder.end
    parser.CharacterDataHandler = finder.words
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError, LookupError):  # an encoding that nobody knows is a LookupError
        raise BadAnswer("answered something that is no XML") from None
    tracking, transaction = (finder.found.get(name, "").strip().lstrip("#") for name in _WANTED)
    if not tracking:
        raise BadAnswer("answered without a tracking id")
    return Taken(tracking[:40], transaction[:40])


class _Finder:
    """Collects the texts of the wanted elements."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}
        self._inside = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._inside = _local(name)
        for attribute, value in attributes.items():
            self._take(_local(attribute), value)

    def end(self, _name: str) -> None:
        self._inside = ""

    def words(self, words: str) -> None:
        self._take(self._inside, words)

    def _take(self, name: str, words: str) -> None:
        if name in _WANTED:
            self.found[name] = self.found.get(name, "") + words


def _local(name: str) -> str:
    """Give a name without prefix and case."""
    return name.rpartition(":")[2].lower()


def _refuse_doctype(*_: object) -> None:
    raise BadAnswer("answered with a document type")


def _text(text: str) -> str:
    """Spell a text inside XML 1.0: escaped, without characters that XML cannot hold."""
    return escape("".join(letter for letter in text if _is_allowed(ord(letter))))


def _is_allowed(code: int) -> bool:
    return code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or code >= 0x10000
