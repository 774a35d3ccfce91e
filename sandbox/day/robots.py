"""Mail that no citizen wrote, and what comes back to a mail of the hub's own."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes, policy
from email.utils import format_datetime, parseaddr

from sandbox.day import letters
from sandbox.day.letters import HUB, Letter

BOUNCE = """\
From: MAILER-DAEMON@example.org
To: {to}
Subject: Undelivered Mail Returned to Sender
Date: {date}
Message-ID: <pantul.{number}@example.org>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="pantul"

--pantul
Content-Type: text/plain

Surel Anda tidak dapat disampaikan: alamat tidak dikenal.

--pantul
Content-Type: message/delivery-status

Reporting-MTA: dns; example.org

Final-Recipient: rfc822; {lost_to}
Action: failed
Status: 5.1.1

--pantul
Content-Type: text/rfc822-headers

Message-ID: {lost_id}

--pantul--
"""
SUBJECTS = ("Diskon akhir pekan", "Buletin mingguan perumahan contoh", "Undangan webinar", "Promo katering")


def make_robots(start: datetime, rng: random.Random) -> Iterator[bytes]:
    """Write automatic answers, newsletters, and a bounce of a mail that was never ours."""
    for number in range(6):
        yield _robot(start, 90_000 + number, "Balasan otomatis: sedang cuti", {"Auto-Submitted": "auto-replied"})
    for number in range(5):
        unsubscribe = {"List-Unsubscribe": "<mailto:keluar@example.org>", "Precedence": "bulk"}
        yield _robot(start, 91_000 + number, rng.choice(SUBJECTS), unsubscribe)
    letter = Letter(
        "Mail Delivery System", "mailer-daemon@example.org", "Undelivered Mail", "Tidak sampai.", start, 92_000
    )
    yield letters.written(letters.plain(letter))


def _robot(start: datetime, number: int, subject: str, fields: dict[str, str]) -> bytes:
    text = "Terima kasih atas surel Anda. Pesan ini dikirim otomatis."
    mail = letters.plain(Letter("Layanan Contoh", f"layanan{number}@example.org", subject, text, start, number))
    for name, value in fields.items():
        mail[name] = value
    return letters.written(mail)


def answer_to(raw: bytes, words: str, at: datetime, number: int, photo: bytes = b"") -> bytes:
    """Let a citizen answer a mail of the hub's in its thread, with a photo or without."""
    asked = message_from_bytes(raw, policy=policy.default)
    body = asked.get_body(("plain",))
    name, address = parseaddr(str(asked["To"]))
    letter = Letter(
        name=name or "Warga Contoh",
        address=address,
        subject=f"Re: {asked['Subject']}",
        text=words,
        at=at,
        number=number,
        answers=str(asked["Message-ID"]),
    )
    mail = letters.answer(letter, body.get_content() if body else "")
    if photo:
        mail.add_attachment(photo, maintype="image", subtype="jpeg", filename="IMG_0002.jpg")
    return letters.written(mail)


def bounce_of(raw: bytes, sender: str, at: datetime, number: int) -> bytes:
    """Let a mail server report that a mail of the hub's cannot be delivered (RFC 3464)."""
    lost = message_from_bytes(raw, policy=policy.default)
    return BOUNCE.format(
        to=sender or HUB,
        date=format_datetime(at),
        number=number,
        lost_to=parseaddr(str(lost["To"]))[1],
        lost_id=lost["Message-ID"],
    ).encode()
