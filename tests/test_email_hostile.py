"""Mails that want to crash or stall the hub: read, or refused with a reason, and soon."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.plugin import Addition, Complaint, Reading
from plugins.email.html import html_to_text
from tests.email_fixtures import complaint, item, make_email, make_mail, read

SHARED = Path(os.environ.get("ADUAN_SHARED", Path(__file__).parents[1] / ".." / "shared"))
HEAD = b"From: warga@example.org\nTo: aduan@mail.test\nSubject: Lampu mati\n"
SECONDS = 5.0


def read_in_time(raw: bytes) -> Reading | ValueError:
    started = time.perf_counter()
    try:
        reading: Reading | ValueError = read(raw)
    except ValueError as error:
        reading = error
    assert time.perf_counter() - started < SECONDS
    return reading


@given(st.binary(max_size=2000))
def test_arbitrary_bytes(raw: bytes) -> None:
    read_in_time(raw)


HEADERS = [
    "From: ",
    "To: aduan@mail.test\n",
    "Subject: Re: ",
    "Message-ID: <[x@y]>\n",
    "References: <a@b> <",
    "Content-Type: multipart/mixed; boundary=b\n",
    'Content-Type: multipart/alternative; boundary="b\n',
    "Content-Type: multipart/report\n",
    "Content-Type: message/rfc822\n",
    "Content-Type: text/html; charset=",
    "Content-Type: text/plain; name*\n",
    'Content-Type: image/jpeg; name="=?x?b?!!?="\n',
    "Content-Transfer-Encoding: base64\n",
    "Content-Transfer-Encoding: x-uuencode\n",
    "Content-Disposition: attachment; filename*0*=x''%\n",
    "Date: Kam, 32 Nop 2026 99:99\n",
    "Auto-Submitted: \n",
    "Return-Path: <>\n",
]
WORDS = [
    *(
        "\n",
        "\r\n",
        "\r",
        "\n\n",
        "--b\n",
        "--b--\n",
        "\x00",
        " ",
        "<",
        ">",
        "@",
        "(",
        "=?",
        "utf-7\n",
        "unicode_escape\n",
    ),
    "=?UTF-8?Q?=0AMy_self?= <me@example.org>\n",
    "=?utf-8?b?8J+Y?= =?utf-8?b?gA==?=",
    "<blockquote><table><tr><td style='",
    "<!--",
    "&#xD800;",
    "Pada 1 Nov menulis:\n",
    "Dari: x\nKepada: y\nPerihal: z\n",
    "> > ",
    "---------- Forwarded message ---------\n",
    "-- \n",
    "begin 644 x\n",
]
PIECES = st.sampled_from([piece.encode() for piece in HEADERS + WORDS])


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(PIECES | st.binary(max_size=8), max_size=60).map(b"".join))
def test_pieces_of_mails_in_any_order(raw: bytes) -> None:
    read_in_time(raw)


HTML_PIECES = st.sampled_from(
    [
        *(
            "<p>",
            "</p>",
            "<table>",
            "<tr><td>",
            "</table>",
            "<ul><li>",
            "<pre>",
            "<a href='https://osm.org/x'>",
            "</a>",
        ),
        *("<!--", "-->", "<![CDATA[", "<?xml version='1.0' encoding='x'?>", "<!DOCTYPE", "<svg><title>", "<plaintext>"),
        *("<div class=gmail_quote>", "<div id=appendonsend>", "<div style='display:none'>", "<style>", "<textarea>"),
        *(
            "&#0;",
            "&#xD800;",
            "&amp",
            "\x00",
            "\ud7ff",
            "<td colspan=99999999>",
            "<font size=x>",
            "<head>",
            "<frameset>",
        ),
    ]
)
HTML = HEAD + b"Content-Type: text/html\n\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n"


def nest(depth: int) -> bytes:
    return HEAD + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(depth))


BOMBS = {
    "nested multiparts": nest(1000),
    "nested mails": HEAD + b"Content-Type: message/rfc822\n\n" * 2000 + b"x",
    "nested mails behind bare returns": HEAD.replace(b"\n", b"\r") + b"Content-Type: message/rfc822\r\r" * 2000 + b"x",
    "many parts": MIXED + b"--b\n\nx\n" * 50_000,
    "many parts, just allowed": MIXED + b"--b\n\nx\n" * 2_900,
    "many lines below open parts": nest(90) + b"x\n" * 400_000,
    "nothing but lines": HEAD + b"\n" + b"\n" * 5_000_000,
    "one long line": HEAD + b"\n" + b"x" * 15_000_000,
    "many addresses": b"From: " + b"a@example.org, " * 20_000 + b"\n\nx",
    "nested comments": b"From: " + b"(" * 50_000 + b"\n\nx",
    "angles": b"From: " + b"<" * 200_000 + b"\n\nx",
    "at signs": b"From: " + b"a@" * 100_000 + b"\nReferences: " + b"<a" * 100_000 + b"\n\nx",
    "semicolons": HEAD + b"Content-Type: text/plain" + b';"' * 100_000 + b"\n\nx",
    "folded semicolons": HEAD + b"Content-Type: text/plain" + b';"\n ' * 50_000 + b"\n\nx",
    "encoded words": HEAD.replace(b"Lampu", b"=?utf-8?q?a?=" * 20_000) + b"\nx",
    "long header": HEAD + b"X-Long: " + b"x" * 1_000_000 + b"\n\nx",
    "deep HTML": HTML + b"<div>" * 60_000 + b"lampu mati",
    "deep blockquotes": HTML + b"<blockquote>" * 20_000 + b"lampu mati",
    "wide table": HTML + b"<table>" + b"<tr><td>" + b"x" * 100_000 + b"<tr><td>y" * 20_000,
    "tall style": HTML + b'<p style="margin-top:99999999em;padding-left:99999999em">lampu</p>',
    "many links": HTML + b'<a href="https://maps.google.com/?q=1">x' * 10_000,
    "attributions": HEAD + b"\n" + b"Pada 1\n" * 50_000,
    "header blocks": HEAD + b"\n" + b"Dari: a\n" * 50_000,
    "quotes": HEAD + b"\n" + b">" * 200_000 + b"\n" + b"> x\n" * 50_000,
    "numbers": HEAD.replace(b"Lampu", b"JKT-0000000" * 5_000) + b"\nx",
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_end_soon(name: str) -> None:
    read_in_time(BOMBS[name])


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (HEAD + b"X: y\n" * 60_000 + b"\nx", "header block"),
        (nest(120), "nested"),
        (MIXED + b"--b\n\nx\n" * 4_000, "parts"),
        (HEAD + b"Content-Type: text/plain" + b";x\n " * 3_000 + b"\n\nx", "content header"),
        (HEAD + b"\n" * 600_000, "lines"),
        (b" \n \n", "empty"),
    ],
)
def test_what_no_honest_program_sends_is_refused(raw: bytes, end: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read(raw.replace(b"\n", end))


def test_a_mail_with_a_large_photo_is_read_soon() -> None:
    mail = make_mail()
    mail.add_attachment(b"\xff\xd8" + bytes(14_000_000), maintype="image", subtype="jpeg", filename="besar.jpg")
    reading = read_in_time(mail.as_bytes())
    assert isinstance(reading, Complaint)
    assert len(reading.attachments[0].data) == 14_000_002


@given(st.lists(HTML_PIECES | st.text(max_size=5), max_size=40).map("".join))
def test_any_html_gives_text(html: str) -> None:
    for quotes in (True, False):
        assert isinstance(html_to_text(html, quotes=quotes), str)


def test_every_mail_of_the_collection_ends_soon() -> None:
    folder = SHARED / "data" / "mail"
    if not folder.is_dir():
        pytest.skip("no collection of real mails here")
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            raw = path.read_bytes()
            for body in (raw, raw[: len(raw) // 2], raw[len(raw) // 3 :], raw.replace(b"\n", b"\r\n"), raw[::-1]):
                read_in_time(body)


@pytest.mark.parametrize(
    ("header", "handle"),
    [
        (b"=?UTF-8?Q?=0AMy_self?= <me@example.org>", "me@example.org"),
        (b'"palsu@example.net" <asli@example.org>', "asli@example.org"),
        (b"asli@example.org (Warga Contoh)", "asli@example.org"),
        (b"asli@example.org, dua@example.org", "asli@example.org"),
        (b"<asli@example.org>\nFrom: <dua@example.org>", "asli@example.org"),
        (b"R\xfcdi <asli@example.org>", "asli@example.org"),
        (b"undisclosed:;", None),
        (b"", None),
    ],
)
def test_who_speaks(header: bytes, handle: str | None) -> None:
    reporter = complaint(b"From: " + header + b"\n\nLampu mati").reporter
    assert (reporter.handle if reporter else None) == handle


@pytest.mark.parametrize(
    ("declared", "data", "text"),
    [
        ("X-UNKNOWN", "kélurahan".encode(), "kélurahan"),
        ("us-ascii", "kélurahan".encode(), "kélurahan"),
        ("utf-8", "kélurahan".encode("cp1252"), "kélurahan"),
        ("unicode_escape", rb"lampu \u0041", r"lampu \u0041"),
        ("utf-7", b"lampu +AGE-", "lampu +AGE-"),
        ("rot13", b"lampu", "lampu"),
        ("idna", b"xn--lampu", "xn--lampu"),
        ("iso-2022-jp", "まみ".encode("iso-2022-jp"), "まみ"),
        ("utf-16", "lampu".encode("utf-16"), "lampu"),
        ("koi8-r", "лампа".encode("koi8-r"), "лампа"),
    ],
)
def test_character_sets_that_lie(declared: str, data: bytes, text: str) -> None:
    head = HEAD + b"Content-Type: text/plain; charset=" + declared.encode()
    assert complaint(head + b"\nContent-Transfer-Encoding: 8bit\n\n" + data).text == text


def test_headers_that_the_standard_library_chokes_on() -> None:
    raw = (
        HEAD
        + b"Message-ID: <[x@y]>\nCc: (x): a@b;\nContent-Type: text/plain; name*\nDate: Kam, 32 Nop 2026\n\nLampu mati"
    )
    told = complaint(raw)
    assert told.text == "Lampu mati"
    assert told.thread == "<[x@y]>"
    assert told.created_text == "Kam, 32 Nop 2026"


def test_a_boundary_that_was_announced_wrongly() -> None:
    part = b"--betul\nContent-Type: text/html\n\n<p>Lampu <b>mati</b></p>\n--betul--\n"
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=salah\n\n" + part
    assert complaint(raw).text == "Lampu mati"


@pytest.mark.parametrize(
    "content_type",
    ["application/pkcs7-mime; smime-type=enveloped-data", "multipart/encrypted; boundary=b"],
)
def test_encrypted_mail_waits_for_a_person(content_type: str) -> None:
    with pytest.raises(ValueError, match="encrypted"):
        read(HEAD + b"Content-Type: " + content_type.encode() + b"\n\n--b\n\nMIIB\n--b--\n")


def test_signed_mail_needs_no_key() -> None:
    raw = HEAD + (
        b'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; boundary=b\n\n--b\n\nLampu mati\n'
        b"--b\nContent-Type: application/pkcs7-signature; name=smime.p7s\n\nMIIB\n--b--\n"
    )
    told = complaint(raw)
    assert (told.text, told.attachments) == ("Lampu mati", ())


def test_reading_twice_gives_the_same() -> None:
    email, one = make_email(), item(HEAD + b"\nLampu mati di RW 03")
    assert email.read(one) == email.read(one)
    assert isinstance(email.read(one)[0], Complaint | Addition)
