"""Mails in the forms that mail programs really give them: plain, HTML, quoted, forwarded, with photos and papers."""

from __future__ import annotations

import html
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256

from sandbox.day.model import ZONE

HUB = "aduan@jakarta.test"
DAYS = ("Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")


@dataclass(frozen=True, slots=True)
class Letter:
    """What every form is made of."""

    name: str
    address: str
    subject: str
    text: str
    at: datetime
    number: int
    answers: str = ""
    """Message-ID of the mail that it continues."""

    @property
    def message_id(self) -> str:
        """Its own id."""
        return f"<surat.{self.number}@example.org>"


def plain(letter: Letter) -> EmailMessage:
    """Write it as plain text."""
    mail = EmailMessage()
    mail["From"] = f"{letter.name} <{letter.address}>"
    mail["To"] = f"Aduan Jakarta <{HUB}>"
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(letter.at.astimezone(ZONE))
    mail["Message-ID"] = letter.message_id
    if letter.answers:
        mail["In-Reply-To"] = mail["References"] = letter.answers
    mail.set_content(letter.text + "\n", cte="quoted-printable")
    return mail


def webmail(letter: Letter) -> EmailMessage:
    """Write it as a web mailer does: text and HTML, a hidden first line, a signature."""
    mail = plain(letter)
    body = html.escape(letter.text).replace("\n", "<br>")
    mail.add_alternative(
        f'<div style="display:none">pratinjau</div><div dir="ltr">{body}</div><br>-- <br>'
        f'<div class="gmail_signature">{html.escape(letter.name)}</div>',
        subtype="html",
    )
    return mail


def html_only(letter: Letter) -> EmailMessage:
    """Write it as some phones do: HTML without text."""
    mail = plain(letter)
    lines = "".join(f"<p>{html.escape(line)}</p>" for line in letter.text.splitlines())
    mail.set_content(f"<html><head><title>x</title></head><body>{lines}</body></html>", subtype="html")
    return mail


def signed(letter: Letter, address: str) -> EmailMessage:
    """Write it with a signature that holds the address."""
    mail = plain(letter)
    mail.set_content(f"{letter.text}\n\n-- \n{letter.name}\n{address}\nDikirim dari iPhone saya\n")
    return mail


def forwarded(letter: Letter, neighbour: str) -> EmailMessage:
    """Pass on what somebody else wrote: all that matters stands in the quotation."""
    mail = plain(letter)
    mail.replace_header("Subject", f"Fwd: {letter.subject}")
    mail.set_content(
        "Tolong ditindak.\n\n---------- Forwarded message ---------\n"
        f"Dari: {neighbour} <tetangga@example.org>\nDate: {_spoken(letter.at)}\n"
        f"Subject: {letter.subject}\nTo: {letter.name} <{letter.address}>\n\n{letter.text}\n"
    )
    return mail


def outlook(letter: Letter, earlier: str) -> EmailMessage:
    """Write it above an older mail, as Outlook in Indonesian quotes."""
    mail = plain(letter)
    mail.replace_header("Subject", f"BLS: {letter.subject}")
    mail.set_content(
        f"{letter.text}\n\nDari: {letter.name} <{letter.address}>\nDikirim: {_spoken(letter.at - timedelta(days=1))}\n"
        f"Kepada: Aduan Jakarta <{HUB}>\nSubjek: {letter.subject}\n\n{earlier}\n"
    )
    return mail


def answer(letter: Letter, quoted: str) -> EmailMessage:
    """Answer a mail, as Gmail in Indonesian quotes."""
    mail = plain(letter)
    lines = "\n".join(f"> {line}" for line in quoted.splitlines())
    before = _spoken(letter.at - timedelta(minutes=20))
    mail.set_content(f"{letter.text}\n\nPada tanggal {before} Aduan Jakarta\n<{HUB}> menulis:\n\n{lines}\n")
    return mail


def with_photo(letter: Letter, photo: bytes, name: str = "IMG_0001.jpg", *, inline: bool = False) -> EmailMessage:
    """Attach a photo."""
    mail = plain(letter)
    mail.add_attachment(
        photo, maintype="image", subtype="jpeg", filename=name, disposition="inline" if inline else "attachment"
    )
    return mail


def with_paper(letter: Letter) -> EmailMessage:
    """Attach a letter as a document."""
    mail = plain(letter)
    mail.add_attachment(
        b"%PDF-1.4\n% contoh\n%%EOF\n", maintype="application", subtype="pdf", filename="surat keterangan.pdf"
    )
    return mail


def written(mail: EmailMessage) -> bytes:
    """Give the bytes, the same at every run: boundaries are made from the Message-ID, not by chance."""
    name = sha256(str(mail["Message-ID"]).encode()).hexdigest()[:16]
    for number, part in enumerate(mail.walk()):
        if part.is_multipart():
            part.set_boundary(f"batas-{name}-{number}")
    return mail.as_bytes()


def _spoken(at: datetime) -> str:
    local = at.astimezone(ZONE)
    month = MONTHS[local.month - 1]
    return f"{DAYS[local.weekday()]}, {local.day} {month} {local.year} pukul {local:%H.%M}"
