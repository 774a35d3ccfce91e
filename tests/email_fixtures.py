"""Mails and settings that the tests of the e-mail channel share."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

from hub.plugin import Addition, Complaint, Item, Page, Reading
from hub.testing import make_context
from plugins.email import Email

ARRIVED = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
OURS = "aduan@mail.test"
CITIZEN = "warga@example.org"
NUMBER = "JKT-6X8H7EAA"


def make_email(**options: Any) -> Email:
    plain = {"host": "imap.test", "username": OURS}
    if "oauth_token_command" not in options:
        plain["password"] = "not-a-secret-1"
    return Email(Email.Options.model_validate(plain | options), make_context())


def make_mail(
    text: str = "Lampu jalan mati di depan pasar contoh, sudah tiga malam gelap sekali.", **headers: str
) -> EmailMessage:
    mail = EmailMessage()
    plain = {
        "From": f"Warga Contoh <{CITIZEN}>",
        "To": OURS,
        "Subject": "Lampu mati",
        "Message-ID": "<satu@example.org>",
        "Date": "Fri, 20 Nov 2026 09:59:00 +0700",
    }
    for name, value in (plain | {name.replace("_", "-"): value for name, value in headers.items()}).items():
        if value:
            mail[name] = value
    mail.set_content(text)
    return mail


def item(raw: bytes) -> Item:
    return Item("mail-1", raw, meta={"internaldate": ARRIVED.isoformat()})


def read(mail: EmailMessage | bytes, **options: Any) -> Reading:
    raw = mail if isinstance(mail, bytes) else mail.as_bytes()
    (reading,) = make_email(**options).read(item(raw))
    return reading


def complaint(mail: EmailMessage | bytes, **options: Any) -> Complaint:
    """Read a mail that must be a complaint or an addition, and give the words of it."""
    reading = read(mail, **options)
    assert isinstance(reading, Complaint | Addition), reading
    return reading.complaint if isinstance(reading, Addition) else reading


class Host:
    """The least a host does: stores page and cursor together, knows repeats by id and fingerprint."""

    def __init__(self) -> None:
        self.items: dict[tuple[str, str], Item] = {}
        self.repeats = 0
        self.cursor: Any = None

    def store(self, page: Page) -> None:
        for one in page.items:
            known = (one.native_id, one.mark) in self.items
            self.repeats += known
            self.items[one.native_id, one.mark] = one
        self.cursor = page.cursor

    async def pull_once(self, source: Email, pages: int = 0) -> None:
        """Pull one pass; with a number, stop after so many pages without resuming, as a killed process does."""
        source.waits = False
        async with aclosing(source.pull(self.cursor)) as stream:
            async for page in stream:
                self.store(page)
                pages -= 1
                if pages == 0:
                    return

    def bodies(self) -> Sequence[bytes]:
        return [one.body for one in self.items.values()]
