"""What a mail means: a complaint, more words on one, a bounce, or nothing for us."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.plugin import Addition, Complaint, Item, Outcome, Skip
from plugins.email.ids import bounce_address, bounced_keys, make_message_id, own_ids
from plugins.email.reading import strip_prefixes
from tests.email_fixtures import ARRIVED, CITIZEN, NUMBER, OURS, complaint, make_email, make_mail, read

OUR_ID = make_message_id("key-1", NUMBER, "mail.test")
FORWARD = "Tolong ditindak\n\n---------- Forwarded message ---------\nDari: Warga\n\nGot mampet di RT 05 RW 03."


def test_a_complaint() -> None:
    reading = read(make_mail())
    assert isinstance(reading, Complaint)
    assert reading.native_id == "mail-1"
    assert reading.created_at == ARRIVED  # when our server took it; the Date header is a claim
    assert reading.created_text == "Fri, 20 Nov 2026 09:59:00 +0700"
    assert reading.title == "Lampu mati"
    assert reading.text.startswith("Lampu jalan mati")
    assert reading.reporter is not None
    assert (reading.reporter.handle, reading.reporter.name) == (CITIZEN, "Warga Contoh")
    assert reading.anonim is True
    assert reading.thread == "<satu@example.org>"
    assert reading.reply_context == {"message_id": "<satu@example.org>", "subject": "Lampu mati"}


def test_identity_is_nowhere_but_in_the_reporter() -> None:
    told = read(make_mail())
    assert isinstance(told, Complaint)
    assert CITIZEN not in repr(told)
    assert CITIZEN not in str(told.reply_context)


def test_the_time_is_needed() -> None:
    email = make_email()
    with pytest.raises(ValueError, match="no time"):
        email.read(Item("x", make_mail(Date="").as_bytes()))
    (told,) = email.read(Item("x", make_mail().as_bytes()))
    assert isinstance(told, Complaint)
    assert told.created_at.isoformat() == "2026-11-20T02:59:00+00:00"


@pytest.mark.parametrize(
    ("subject", "plain"),
    [
        ("Re: Fwd: Lampu mati", "Lampu mati"),
        ("Bls: RE[2]: Lampu", "Lampu"),
        ("Trs: Lampu", "Lampu"),
        (f"Re: [{NUMBER}] Lampu", "Lampu"),
        ("Repot: jalan rusak", "Repot: jalan rusak"),
    ],
)
def test_prefixes_of_subjects(subject: str, plain: str) -> None:
    assert strip_prefixes(subject) == plain


# ---------------------------------------------------------------------------------------------- conversations


@pytest.mark.parametrize("header", ["In_Reply_To", "References"])
def test_an_answer_to_our_answer(header: str) -> None:
    reading = read(
        make_mail("Masih mati.", **{header: f"<satu@example.org> {OUR_ID}", "Message_ID": "<dua@example.org>"})
    )
    assert isinstance(reading, Addition)
    assert reading.thread.split() == ["<satu@example.org>", NUMBER]
    assert reading.complaint.text == "Masih mati."
    assert reading.complaint.thread == "<satu@example.org>"


def test_only_our_id_is_left_of_the_conversation() -> None:
    reading = read(make_mail(In_Reply_To=OUR_ID))
    assert isinstance(reading, Addition)
    assert reading.thread == NUMBER


def test_ids_of_other_domains_are_not_ours() -> None:
    reading = read(make_mail(In_Reply_To=make_message_id("key-1", NUMBER, "example.net")))
    assert isinstance(reading, Complaint)


def test_a_number_in_the_subject() -> None:
    reading = read(make_mail(Subject=f"Re: Lampu mati [{NUMBER}]"))
    assert isinstance(reading, Addition)
    assert reading.thread == NUMBER
    assert isinstance(read(make_mail(Subject="Re: Lampu mati [JKT-00000001]")), Complaint)  # its check letter is wrong


def test_a_second_mail_of_the_citizen_on_their_first() -> None:
    reading = read(make_mail(Subject="Re: Lampu mati", In_Reply_To="<nol@example.org>"))
    assert isinstance(reading, Addition)
    assert (reading.thread, reading.complaint.thread) == ("<nol@example.org>", "<nol@example.org>")


def test_a_short_answer_to_us_stays_short() -> None:
    quoted = "Sudah nyala.\n\nPada Sel, 3 Nov 2026 09.12, Aduan <aduan@mail.test> menulis:\n> Apakah sudah?"
    assert complaint(make_mail(quoted, In_Reply_To=OUR_ID)).text == "Sudah nyala."


def test_a_short_note_on_a_quoted_mail_keeps_it() -> None:
    quoted = "Tolong ditindak\n\nPada Sel, 3 Nov 2026 09.12, Tetangga <t@example.org> menulis:\n> Got mampet di RT 05"
    assert "Got mampet di RT 05" in complaint(make_mail(quoted)).text


def test_a_forward_is_the_complaint() -> None:
    assert "Got mampet" in complaint(make_mail(FORWARD, Subject="Fwd: Got")).text


def test_a_mail_attached_to_a_mail_is_part_of_the_words() -> None:
    mail = make_mail("Mohon ditindak.")
    mail.add_attachment(make_mail("Got mampet di RT 05.", Subject="Got mampet"))
    told = complaint(mail)
    assert "Got mampet di RT 05." in told.text


def test_the_address_in_the_signature() -> None:
    told = complaint(
        make_mail(
            "Lampu jalan mati sudah tiga malam, gelap sekali, mohon diperbaiki.\n\n-- \nWarga\nJl. Contoh 1 RT 01/02"
        )
    )
    assert told.address == "Jl. Contoh 1 RT 01/02"
    assert "Jl. Contoh" not in told.text


def test_a_stub_gives_way_to_html() -> None:
    mail = make_mail("Lihat versi HTML.")
    mail.add_alternative(
        "<p>Lampu jalan mati di depan pasar contoh, sudah tiga malam gelap sekali.</p>", subtype="html"
    )
    assert complaint(mail).text.startswith("Lampu jalan mati")


# ------------------------------------------------------------------------------------------------ attachments


def attach(
    mail: EmailMessage, name: str, media_type: str = "image/jpeg", data: bytes = b"\xff\xd8 foto"
) -> EmailMessage:
    main, _, sub = media_type.partition("/")
    mail.add_attachment(data, maintype=main, subtype=sub, filename=name)
    return mail


@pytest.mark.parametrize(
    ("name", "media_type", "kind"),
    [
        ("IMG_0001.jpg", "image/jpeg", "photo"),
        ("IMG_0001.HEIC", "application/octet-stream", "photo"),
        ("foto.heic", "image/heic", "photo"),
        ("jalan.mp4", "video/mp4", "video"),
        ("KTP saya.jpg", "image/jpeg", "document"),
        ("foto_kk.png", "image/png", "document"),
        ("Scan0001.jpg", "image/jpeg", "document"),
        ("surat pengantar.jpg", "image/jpeg", "document"),
        ("gambar.svg", "image/svg+xml", "document"),
        ("surat.pdf", "application/pdf", "document"),
        ("lapor.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "document"),
        ("kktv.jpg", "image/jpeg", "photo"),
    ],
)
def test_photos_and_documents(name: str, media_type: str, kind: str) -> None:
    (file,) = complaint(attach(make_mail(), name, media_type)).attachments
    assert (file.kind, file.name, file.data) == (kind, name, b"\xff\xd8 foto")


def test_inline_photos_of_phones() -> None:
    mail = make_mail()
    mail.add_alternative("<p>Lampu jalan mati di depan pasar contoh <img src='cid:a'></p>", subtype="html")
    html = mail.get_body(("html",))
    assert html is not None
    html.add_related(b"\xff\xd8 foto", "image", "jpeg", cid="<a>", filename="IMG_1.jpg")
    html.add_related(b"GIF89a", "image", "gif", cid="<b>")
    assert [file.name for file in complaint(mail).attachments] == ["IMG_1.jpg"]


def test_ten_files_at_most() -> None:
    mail = make_mail()
    for number in range(15):
        attach(mail, f"{number}.jpg")
    assert len(complaint(mail).attachments) == 10


def test_names_of_files_have_no_folders() -> None:
    (file,) = complaint(attach(make_mail(), "../../etc/foto.jpg")).attachments
    assert file.name == "foto.jpg"


def test_a_photo_without_words_is_a_complaint() -> None:
    assert complaint(attach(make_mail("", Subject=""), "a.jpg")).attachments


def test_nothing_at_all_is_skipped() -> None:
    assert isinstance(read(make_mail("", Subject="")), Skip)


# --------------------------------------------------------------------------------------------- automatic mail

ROBOTS: list[dict[str, str]] = [
    {"Auto_Submitted": "auto-replied"},
    {"Auto_Submitted": "auto-generated (report)"},
    {"Precedence": "bulk"},
    {"Precedence": "list"},
    {"List_Id": "<news.example.org>"},
    {"List_Unsubscribe": "<mailto:x@example.org>"},
    {"X_Autoreply": "yes"},
    {"Subject": "Automatic reply: Lampu"},
    {"From": "noreply@example.org"},
    {"From": "no-reply+12@example.org"},
    {"From": "list-request@example.org"},
    {"From": "owner-list@example.org"},
    {"From": f"Aduan <{OURS.upper()}>"},
]


@pytest.mark.parametrize("headers", ROBOTS)
def test_mail_of_machines_is_skipped(headers: dict[str, str]) -> None:
    assert isinstance(read(make_mail(**headers)), Skip)


@pytest.mark.parametrize(
    "headers", [{"Auto_Submitted": "no"}, {"Precedence": "first-class"}, {"From": "norma@example.org"}]
)
def test_mail_of_citizens_is_not(headers: dict[str, str]) -> None:
    assert isinstance(read(make_mail(**headers)), Complaint)


def test_a_web_form_speaks_for_the_citizen() -> None:
    told = complaint(make_mail(From="noreply@form.test", Reply_To=f"Warga <{CITIZEN}>"))
    assert told.reporter is not None
    assert told.reporter.handle == CITIZEN


def test_our_own_group_is_no_newsletter() -> None:
    headers = {"List_Id": "Aduan <aduan.kota.test>", "Precedence": "list"}
    assert isinstance(read(make_mail(**headers), own_lists=["aduan.kota.test"]), Complaint)
    assert isinstance(read(make_mail(**headers, Auto_Submitted="auto-replied"), own_lists=["aduan.kota.test"]), Skip)


@pytest.mark.parametrize(
    ("headers", "options", "silent"),
    [
        ({}, {}, False),
        ({"X_Auto_Response_Suppress": "All"}, {}, True),
        ({"To": "orang-lain@example.org"}, {}, True),
        ({"To": "lain@example.org", "Cc": f"Aduan <{OURS}>"}, {}, False),
        ({"To": "lapor@mail.test"}, {"addresses": ["Lapor@mail.test"]}, False),
        ({"Authentication_Results": "mx.mail.test; dmarc=fail"}, {"authserv_id": "mx.mail.test"}, True),
        ({"Authentication_Results": "mx.mail.test; dmarc=pass"}, {"authserv_id": "mx.mail.test"}, False),
        ({"Authentication_Results": "mx.example.net; dmarc=fail"}, {"authserv_id": "mx.mail.test"}, False),
    ],
)
def test_who_must_not_be_answered(headers: dict[str, str], options: dict[str, Any], *, silent: bool) -> None:
    assert bool(complaint(make_mail(**headers), **options).reply_context.get("silent")) is silent


# ------------------------------------------------------------------------------------------------------ bounces


def bounce(action: str = "failed", status: str = "5.1.1", returned: str = OUR_ID, **headers: str) -> bytes:
    plain = {"From": "MAILER-DAEMON@mx.test", "To": OURS, "Subject": "Undelivered", "Return-Path": "<>"}
    head = "".join(f"{name}: {value}\n" for name, value in (plain | headers).items())
    return (
        f'{head}Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n--b\n\nGagal.\n'
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.test\n\n"
        f"Final-Recipient: rfc822; {CITIZEN}\nAction: {action}\nStatus: {status}\n\n"
        f"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {returned}\n\n--b--\n"
    ).encode()


def test_a_bounce_tells_the_delivery_that_failed() -> None:
    assert read(bounce()) == Outcome(key="key-1", result="failed", reason="5.1.1")


def test_a_bounce_of_our_own_copy_says_nothing_of_the_citizens() -> None:
    raw = bounce().replace(CITIZEN.encode(), OURS.upper().encode())
    assert read(raw) == Skip(reason="bounce of our own copy")


def test_a_bounce_to_a_tagged_sender() -> None:
    raw = bounce(returned="<lain@example.net>", To=bounce_address("key-7", OURS))
    assert read(raw) == Outcome(key="key-7", result="failed", reason="5.1.1")


def test_a_report_of_success() -> None:
    assert read(bounce("delivered", "2.0.0")) == Outcome(key="key-1", result="delivered", reason="2.0.0")


@pytest.mark.parametrize("raw", [bounce("delayed", "4.4.1"), bounce(returned="<lain@example.net>")])
def test_other_reports_are_skipped(raw: bytes) -> None:
    assert isinstance(read(raw), Skip)


def test_a_plain_bounce() -> None:
    mail = make_mail(f"User unknown\n\n> Message-ID: {OUR_ID}", From="postmaster@mx.test")
    assert read(mail) == Outcome(key="key-1", result="failed", reason="bounced")


def test_an_automatic_reply_with_null_sender_is_no_bounce() -> None:
    mail = make_mail("Saya sedang cuti.", Return_Path="<>", Auto_Submitted="auto-replied", In_Reply_To=OUR_ID)
    assert isinstance(read(mail), Skip)


@given(st.text(min_size=1, max_size=40), st.sampled_from([NUMBER, ""]))
def test_ids_name_their_delivery(key: str, number: str) -> None:
    assert list(own_ids(f"x {make_message_id(key, number, 'mail.test')} y", "MAIL.test")) == [(key, number)]


@given(st.text(min_size=1, max_size=25))
def test_tagged_senders_name_their_delivery(key: str) -> None:
    address = bounce_address(key, OURS)
    assert bounced_keys(f"Aduan <{address.upper()}>", OURS) in ([key], [])
    assert (address == OURS) == (len(address.partition("@")[0]) <= len("aduan"))
    assert len(address.partition("@")[0]) <= 64
    if address != OURS:
        assert bounced_keys(address, OURS) == [key]
