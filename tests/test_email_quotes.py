"""What a citizen wrote now, apart from what their mail program quoted. All people are made up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.email.html import html_to_text
from plugins.email.quotes import is_forward, part_signature, says_little, strip_quotes

NEW = "Lampunya masih mati, mohon dicek lagi di depan pasar contoh."
OLD = "Laporan Anda kami teruskan."

QUOTES = {
    "gmail": f"Pada tanggal Sel, 3 Nov 2026 pukul 09.12 Aduan Kota <aduan@mail.test> menulis:\n\n> {OLD}\n> Salam",
    "gmail on two lines": f"Pada Sel, 3 Nov 2026 09.12, Aduan Kota <aduan@mail.test>\nmenulis:\n\n> {OLD}",
    "yahoo": f"    Pada Selasa, 3 November 2026 09.12.00 WIB, Aduan Kota <aduan@mail.test> menulis:  \n\n{OLD}\nSalam",
    "outlook": (
        "________________________________\nDari: Aduan Kota\nDikirim: Selasa, 3 November 2026 09.12\n"
        f"Kepada: warga\nSubjek: RE: Lampu\n\n{OLD}"
    ),
    "outlook english": (
        f"From: Aduan Kota\nSent: Tuesday, November 3, 2026 09:12\nTo: warga\nSubject: RE: Lampu\n\n{OLD}"
    ),
    "samsung": f"-------- Pesan asli --------Dari: Aduan Tanggal: 03/11/26 Kepada: warga Subjek: Lampu\n{OLD}",
    "english": f"On Tue, Nov 3, 2026 at 09:12 Aduan Kota <aduan@mail.test> wrote:\n> {OLD}",
    "original message": f"-----Original Message-----\nFrom: Aduan\nSent: x\nTo: y\n\n{OLD}",
    "marks only": f"> {OLD}\n>> lebih lama",
}


@pytest.mark.parametrize("client", QUOTES)
def test_the_quoted_mail_goes(client: str) -> None:
    assert strip_quotes(f"{NEW}\n\n{QUOTES[client]}") == NEW


def test_words_below_and_between_marked_quotes_stay() -> None:
    text = f"Pada Sel, 3 Nov 2026 09.12, Aduan <a@mail.test> menulis:\n> Sudah selesai?\nBelum.\n> Di mana?\n{NEW}"
    assert strip_quotes(text) == f"Belum.\n{NEW}"


@pytest.mark.parametrize(
    "text",
    [
        "Pada hari Senin lampu mati.\nSaya sudah menulis: dua kali.",
        "Pada pukul 9 petugas menulis catatan lalu pergi.",
        "Dari pasar ke arah barat jalan rusak.\nKepada dinas mohon perbaikan.",
        "Dari: warga RW 03\nmohon lampu diperbaiki",
        "Tanggal: 3 November\nLokasi: pasar contoh",
    ],
)
def test_ordinary_sentences_are_no_quotes(text: str) -> None:
    assert strip_quotes(text) == text


@pytest.mark.parametrize(
    "marker",
    ["---------- Forwarded message ---------", "---------- Pesan Terusan ----------", "Begin forwarded message:"],
)
def test_a_forward_stays_whole(marker: str) -> None:
    text = f"Tolong ditindak\n\n{marker}\nDari: Warga Contoh\nTanggal: 3 Nov 2026\nKepada: RT\n\n> Got mampet di RT 05"
    assert is_forward(text)
    assert strip_quotes(text) == text


@pytest.mark.parametrize(
    ("text", "little"),
    [
        ("Tolong ditindak", True),
        ("Mohon laporan di bawah ini ditindaklanjuti oleh dinas, terima kasih banyak", True),
        (NEW + " Terima kasih.", False),
    ],
)
def test_too_few_words_to_stand_alone(text: str, *, little: bool) -> None:
    assert says_little(text) is little


@pytest.mark.parametrize("farewell", ["-- ", "--", "Hormat saya,", "Salam,", "Best regards"])
def test_a_signature_is_set_apart_and_tells_the_address(farewell: str) -> None:
    words = part_signature(f"{NEW}\n\n{farewell}\nWarga Contoh\nJl. Contoh No. 1, RT 01/RW 02\nKel. Contoh\n0000-0000")
    assert words.new == NEW
    assert words.address == "Jl. Contoh No. 1, RT 01/RW 02, Kel. Contoh"


def test_a_greeting_at_the_start_is_no_signature() -> None:
    assert part_signature(f"Salam,\n{NEW}").new == f"Salam,\n{NEW}"


@pytest.mark.parametrize("device", ["Dikirim dari iPhone saya", "Dikirim dari Galaxy saya", "Sent from my iPhone"])
def test_the_device_says_nothing(device: str) -> None:
    assert part_signature(f"{NEW}\n\n{device}").new == NEW


@given(st.text(alphabet=st.sampled_from("Pada 1menulis:\n>-Dari"), max_size=300))
def test_stripping_twice_changes_nothing(text: str) -> None:
    once = strip_quotes(text)
    assert strip_quotes(once) == once


@given(st.lists(st.text(max_size=30), max_size=10))
def test_nothing_is_invented(lines: list[str]) -> None:
    text = "\n".join(lines)
    said = {line.strip() for line in text.split("\n")}
    assert {line.strip() for line in strip_quotes(text).split("\n")} <= said | {""}


def test_gmail_quotes_go_but_its_forwards_stay() -> None:
    reply = f'<div>{NEW}</div><div class="gmail_quote"><div>Pada ... menulis:</div><blockquote>{OLD}</blockquote></div>'
    forward = f'<div>Tolong</div><div class="gmail_quote">---------- Forwarded message ---------<br>{OLD}</div>'
    assert html_to_text(reply, quotes=False).strip() == NEW
    assert OLD in html_to_text(reply)
    assert OLD in html_to_text(forward, quotes=False)


@pytest.mark.parametrize("marker", ['<div id="divRplyFwdMsg">Dari: x</div>', '<div id="appendonsend"></div>'])
def test_what_follows_the_marker_of_outlook_goes(marker: str) -> None:
    assert html_to_text(f"<div><p>{NEW}</p>{marker}<hr><div>{OLD}</div></div>", quotes=False).strip() == NEW


def test_hidden_words_go_and_links_to_maps_stay() -> None:
    text = html_to_text(
        '<title>Judul</title><span style="Display: None">tersembunyi</span><style>p{}</style>'
        '<p>Di <a href="https://maps.app.goo.gl/abc">sini</a>, lihat <a href="https://example.org/x">ini</a></p>'
    )
    assert "https://maps.app.goo.gl/abc" in text
    assert "example.org" not in text
    assert "tersembunyi" not in text
    assert "Judul" not in text
