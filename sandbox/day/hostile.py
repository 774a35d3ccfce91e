"""Mails as broken programs and attackers make them. Each carries a complaint, or must be refused with a reason."""

from __future__ import annotations

import base64
from collections.abc import Callable

from sandbox.day.letters import HUB, Letter


def _raw(
    letter: Letter, *, fields: str = "", kind: str = "text/plain; charset=utf-8", body: bytes | None = None
) -> bytes:
    head = (
        f"From: {letter.name} <{letter.address}>\r\nTo: {HUB}\r\nSubject: {letter.subject}\r\n"
        f"Message-ID: {letter.message_id}\r\n{fields}MIME-Version: 1.0\r\nContent-Type: {kind}\r\n\r\n"
    )
    return head.encode() + (letter.text.encode() if body is None else body)


def _line_in_name(letter: Letter) -> bytes:
    return _raw(letter).replace(b"From: ", b"From: =?UTF-8?Q?=0AWarga?= <warga@example.org>\r\nX-From: ", 1)


def _bracketed_id(letter: Letter) -> bytes:
    return _raw(letter).replace(letter.message_id.encode(), b"<[surat@contoh]>", 1)


def _half_parameter(letter: Letter) -> bytes:
    return _raw(letter, kind="text/plain; name*")


def _unknown_charset(letter: Letter) -> bytes:
    return _raw(letter, kind="text/plain; charset=X-TIDAK-DIKENAL")


def _python_charset(letter: Letter) -> bytes:
    return _raw(letter, kind="text/plain; charset=unicode_escape")


def _broken_base64(letter: Letter) -> bytes:
    coded = base64.encodebytes(letter.text.encode() * 2)
    spoilt = coded[:-9] + b"*??*\r\n="
    return _raw(letter, fields="Content-Transfer-Encoding: base64\r\n", body=spoilt)


def _wrong_charset(letter: Letter) -> bytes:
    return _raw(letter, kind="text/plain; charset=us-ascii", body=letter.text.encode() + " – “sudah” parah".encode())


def _wrong_date(letter: Letter) -> bytes:
    return _raw(letter, fields="Date: Kam, 32 Nop 2026 25:61:00 WIB\r\n")


def _two_senders(letter: Letter) -> bytes:
    return _raw(letter, fields="From: Orang Lain Contoh <lain@example.org>\r\n")


def _nested(letter: Letter, depth: int) -> bytes:
    opening = b"".join(
        b"--n%d\r\nContent-Type: multipart/mixed; boundary=n%d\r\n\r\n" % (level, level + 1) for level in range(depth)
    )
    body = opening + b"--n%d\r\nContent-Type: text/plain\r\n\r\n" % depth + letter.text.encode()
    return _raw(letter, kind="multipart/mixed; boundary=n0", body=body)


def _nested_some(letter: Letter) -> bytes:
    return _nested(letter, 40)


def _nested_much(letter: Letter) -> bytes:
    return _nested(letter, 110)


def _many_parts(letter: Letter) -> bytes:
    part = b"--p\r\nContent-Type: text/plain\r\n\r\nx\r\n"
    return _raw(letter, kind="multipart/mixed; boundary=p", body=part * 4000)


def _large(letter: Letter) -> bytes:
    return _raw(letter, body=letter.text.encode() + b"\r\n" + b"lorem ipsum dolor sit amet \r\n" * 40_000)


def _deep_html(letter: Letter) -> bytes:
    body = b"<div>" * 600 + letter.text.encode() + b"</div>" * 600
    return _raw(letter, kind="text/html; charset=utf-8", body=body)


def _bare(letter: Letter) -> bytes:
    return f"From: {letter.address}\nTo: {HUB}\n\n{letter.text}\n".encode()


def _raw_subject(letter: Letter) -> bytes:
    return _raw(letter).replace(b"Subject: ", b"Subject: \xe9\xe8 \xf1 ", 1)


def _many_comments(letter: Letter) -> bytes:
    return _raw(letter, fields="Cc: " + "(" * 3000 + "\r\n")


def _empty(letter: Letter) -> bytes:
    return _raw(letter, body=b"\r\n").replace(f"Subject: {letter.subject}".encode(), b"Subject: ", 1)


WAYS: tuple[Callable[[Letter], bytes], ...] = (
    _line_in_name,
    _bracketed_id,
    _half_parameter,
    _unknown_charset,
    _python_charset,
    _broken_base64,
    _wrong_charset,
    _wrong_date,
    _two_senders,
    _nested_some,
    _nested_much,
    _many_parts,
    _large,
    _deep_html,
    _bare,
    _raw_subject,
    _many_comments,
    _empty,
)
"""Every way to spoil a mail."""
REFUSABLE = (_nested_much, _many_parts)
"""Built so that reading them would cost more than any complaint is worth."""
