"""What staff write: once however often it is sent, to all or to one; done with words and a photo; next in the lane."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from PIL import Image
from starlette.requests import Request

from hub.store.keys import derive_key
from hub.web.lane_way import came_from
from normalizer.number import make_number
from tests.way_back_fixtures import (
    DENGAR,
    KICAU,
    ONE,
    PAGE,
    SURAT,
    TWO,
    change,
    open_way_back,
    row_of,
    rows_of,
    seed,
    send,
)
from tests.web_fixtures import NOW, TEBET, Office, token_on

KEY = "kunci-formulir-contoh"
LANE = f"/antrean/{TEBET}?lajur=baru"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_way_back(tmp_path_factory.mktemp("kantor")) as made:
        yield made


@pytest.fixture
def office(house: Office) -> Office:
    house.clear()
    house.write(seed)
    house.enter("petugas-tebet")
    return house


def photo() -> bytes:
    """A picture that tells where it was taken."""
    written, exif = io.BytesIO(), Image.Exif()
    exif.get_ifd(0x8825).update({1: "S", 2: (6.0, 12.0, 0.0), 3: "E", 4: (106.0, 51.0, 0.0)})
    exif[0x9286] = "rumah saya"
    Image.new("RGB", (64, 48), "teal").save(written, "JPEG", exif=exif)
    return written.getvalue()


def upload(office: Office, file: bytes, **data: Any) -> Any:
    data |= {"csrf": token_on(office.browser.get(PAGE).text), "version": str(row_of(office).version)}
    return office.browser.post(f"{PAGE}/tindak-lanjut", data=data, files={"foto": ("a.jpg", file, "image/jpeg")})


# ------------------------------------------------------------------------------------------------------------- once


def test_the_same_form_sent_twice_is_done_once(office: Office) -> None:
    for _ in range(2):
        data = {"note": "pompa datang", "status": "proses", "was_status": "menunggu", "kunci": KEY, "version": "1"}
        answer = send(office, "tindak-lanjut", **data)
        assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
        assert f"aduan_terkirim={KEY}" in answer.headers["set-cookie"]
    assert len(rows_of(office, "followups")) == 1
    assert row_of(office).version == 2


def test_other_words_under_the_same_key_are_not_swallowed(office: Office) -> None:
    send(office, "tindak-lanjut", note="pompa datang", kunci=KEY, version="1")
    assert send(office, "tindak-lanjut", note="pompa rusak", kunci=KEY, version="1").status_code == 409
    assert send(office, "tindak-lanjut", note="pompa rusak", kunci=KEY).status_code == 303
    assert [row.note for row in rows_of(office, "followups")] == ["pompa datang", "pompa rusak"]


def test_a_question_sent_twice_is_asked_once(office: Office) -> None:
    for _ in range(2):
        assert send(office, "tanya", complaint=str(SURAT), kind="photo", kunci=KEY, version="1").status_code == 303
    assert len(rows_of(office, "questions")) == 1


# ---------------------------------------------------------------------------------------------------------- to one


def test_one_citizen_alone_is_answered(office: Office) -> None:
    for _ in range(2):
        answer = send(office, "tindak-lanjut", note="kami ke rumah Anda", warga=str(SURAT), kunci=KEY, version="1")
        assert answer.status_code == 303
    (reply,) = rows_of(office, "deliveries", kind="reply")
    assert (reply.complaint, reply.state) == (SURAT, "due")
    assert rows_of(office, "followups") == []
    text = office.browser.get(PAGE).text
    assert "menjawab satu warga, lewat surat" in text
    assert "kami ke rumah Anda" in text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"warga": SURAT, "note": "x", "status": "proses"}, "status berlaku untuk semua warga"),
        ({"warga": SURAT, "note": " "}, "tulis dulu apa yang ingin disampaikan"),
        ({"warga": DENGAR, "note": "x"}, "tidak dapat dikabari lewat kanalnya"),
    ],
)
def test_what_cannot_go_to_one_is_refused_and_kept(office: Office, data: dict[str, Any], words: str) -> None:
    answer = send(office, "tindak-lanjut", **{name: str(value) for name, value in data.items()})
    assert answer.status_code == 422
    assert words in answer.text
    assert rows_of(office, "deliveries", kind="reply") == []


def test_only_citizens_of_this_report_can_be_answered(office: Office) -> None:
    assert send(office, "tindak-lanjut", note="x", warga="2").status_code == 404
    assert send(office, "pratinjau", note="x", warga="2").status_code == 404
    assert "Ini dikirim ke 1 warga" in send(office, "pratinjau", note="x", warga=str(SURAT)).text


# ------------------------------------------------------------------------------------------------------------- note


def test_a_note_among_colleagues_never_takes_the_public_words_with_it(office: Office) -> None:
    data = {"note": "untuk warga", "note_internal": "untuk kita", "status": "proses", "hanya": "internal"}
    refused = send(office, "tindak-lanjut", **data)
    assert refused.status_code == 422
    assert "untuk warga</textarea>" in refused.text
    assert send(office, "tindak-lanjut", **data, draf="1").status_code == 303
    (row,) = rows_of(office, "followups")
    assert (row.note, row.note_internal, row.status) == ("", "untuk kita", "")
    assert rows_of(office, "deliveries", kind="reply") == []


# ------------------------------------------------------------------------------------------------------------- done


@pytest.mark.parametrize(
    ("data", "words"),
    [({}, "tulis apa yang dikerjakan"), ({"note": "sudah surut"}, "harus disertai foto hasil")],
)
def test_done_needs_words_and_a_photo_or_why_not(office: Office, data: dict[str, str], words: str) -> None:
    answer = send(office, "tindak-lanjut", status="selesai", **data)
    assert (answer.status_code, words in answer.text) == (422, True)
    assert row_of(office).status == "menunggu"
    assert send(office, "tindak-lanjut", status="selesai", note="surut", no_photo="karangan").status_code == 422
    assert send(office, "tindak-lanjut", status="selesai", note="surut", no_photo="sudah-hilang").status_code == 303
    assert row_of(office).status == "selesai"
    assert "sudah tidak ada saat didatangi" in office.browser.get(PAGE).text


def test_a_photo_of_the_result_is_drawn_anew_and_shown(office: Office) -> None:
    assert upload(office, photo(), status="selesai", note="pompa menyala, sudah surut").status_code == 303
    (kept,) = rows_of(office, "photos")
    assert (kept.state, kept.complaint, kept.lat) == ("ready", None, None)
    shown = office.browser.get(f"/foto/{kept.id}").content
    assert not Image.open(io.BytesIO(shown)).getexif()
    assert b"rumah saya" not in shown
    assert f'href="/foto/{kept.id}" data-photo="Petugas' in office.browser.get(PAGE).text


@pytest.mark.parametrize("file", [b"<svg onload=alert(1)>", b"\xff\xd8\xff broken"])
def test_what_is_no_photo_is_refused_and_nothing_is_done(office: Office, file: bytes) -> None:
    answer = upload(office, file, status="selesai", note="sudah surut")
    assert answer.status_code == 422
    assert "hanya foto yang dapat dilampirkan" in answer.text
    assert "sudah surut</textarea>" in answer.text
    assert (row_of(office).status, rows_of(office, "photos")) == ("menunggu", [])


# ------------------------------------------------------------------------------------------------------ done and next


def shown(office: Office, dari: str = LANE) -> str:
    return str(office.browser.get(PAGE, params={"dari": dari}).text)


def test_done_and_next_leads_through_the_lane_the_clerk_came_from(office: Office) -> None:
    text = shown(office)
    (following,) = re.findall(r'name="lanjut" value="([^"]*)"', text)
    assert following in {ONE, TWO, ""}
    data = {"note": "x", "no_photo": "sudah-hilang", "lalu": "selesai", "dari": LANE}
    answer = send(office, "tindak-lanjut", **data, lanjut=TWO)
    assert unescape(answer.headers["location"]).startswith(f"/laporan/{TWO}?dari=%2Fantrean%2F{TEBET}")
    assert row_of(office).status == "selesai"
    change(office, "reports", 1, status="proses", closed_at=None)
    assert send(office, "tindak-lanjut", **data).headers["location"] == LANE


@pytest.mark.parametrize(
    "dari",
    ["https://contoh.test/", "//contoh.test/antrean/x", "/keluar", "/antrean/../keluar", "/antrean/x\nSet-Cookie:a=b"],
)
def test_nobody_is_led_elsewhere(office: Office, dari: str) -> None:
    assert 'name="dari" value=""' in shown(office, dari)
    answer = send(office, "tindak-lanjut", note="x", dari=dari, lalu="berikutnya", lanjut="https://contoh.test")
    assert answer.headers["location"] == "/"


def test_another_office_s_list_tells_nothing(office: Office) -> None:
    assert 'rel="next"' not in shown(office, "/antrean/31.74.02")


def test_the_list_is_known_by_where_the_reader_came_from(office: Office) -> None:
    text = office.browser.get(PAGE, headers={"referer": f"http://testserver{LANE}"}).text
    assert f'href="{LANE}"' in text
    text = office.browser.get(PAGE, headers={"referer": f"http://contoh.test{LANE}"}).text
    assert f'href="{LANE}"' not in text


def test_a_report_s_own_address_keeps_the_list() -> None:
    headers = [(b"host", b"hub.test"), (b"referer", f"http://hub.test{PAGE}?dari=%2Fantrean%2F{TEBET}".encode())]
    scope = {"type": "http", "method": "POST", "path": PAGE, "query_string": b"", "headers": headers, "scheme": "http"}
    assert came_from(Request(scope)) == f"/antrean/{TEBET}"


# ---------------------------------------------------------------------------------------------------------- conflicts


def test_two_clerks_see_field_by_field_and_one_button_sends_on_top(office: Office) -> None:
    office.enter("admin")
    send(office, "tindak-lanjut", status="koordinasi", note="sudah dikoordinasikan")
    office.enter("petugas-tebet")
    data = {"status": "proses", "was_status": "menunggu", "note": "pompa datang", "kunci": KEY, "seen": "0"}
    text = send(office, "tindak-lanjut", **data, version="1").text
    row = re.search(r'<th scope="row">Status</th>(.*?)</tr>', text)
    assert row is not None
    assert re.findall(r"<td>(?:<b>)?([^<]*)", row[1]) == ["Menunggu", "Koordinasi", "Proses"]
    assert "<b>sudah dikoordinasikan</b></td><td><b>pompa datang</b>" in text
    assert 'form="jawab">Kirim punya saya juga' in text
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', text.partition('id="jawab"')[2]))
    assert fields["kunci"] == KEY
    sent = {"note": "pompa datang", "status": "proses", **fields}
    assert office.browser.post(f"{PAGE}/tindak-lanjut", data=sent).status_code == 303
    assert row_of(office).status == "proses"


def test_a_deed_without_words_can_be_done_all_the_same(office: Office) -> None:
    send(office, "tindak-lanjut", note="x")
    text = send(office, "pisah", complaint=str(KICAU), version="1").text
    assert "Tetap lakukan" in text
    assert f'name="complaint" value="{KICAU}"' in text.partition('id="conflict"')[2].partition("Tetap lakukan")[0]


# ----------------------------------------------------------------------------------------------------------- timeline


def test_the_timeline_is_one_and_can_be_filtered_and_turned(office: Office) -> None:
    send(office, "tindak-lanjut", note="pompa datang", status="proses")
    office.clock._now = NOW + timedelta(minutes=1)
    send(office, "perbaiki", category="sampah")
    line = office.browser.get(PAGE).text.partition('class="timeline"')[2]
    order = ["Diperbaiki", "pompa datang", "Warga mengadu lewat"]
    assert [line.index(words) for words in order] == sorted(line.index(words) for words in order)
    turned = office.browser.get(f"{PAGE}?urut=lama").text.partition('class="timeline"')[2]
    assert turned.index("Warga mengadu lewat") < turned.index("pompa datang")
    chosen = office.browser.get(f"{PAGE}?saring=warga").text
    assert not re.search(r'data-who="petugas">\s*<span class="dot', chosen)
    assert re.search(r'data-who="petugas" hidden>', chosen)


def test_the_number_of_the_page_and_the_act_are_not_confused(office: Office) -> None:
    """Replies to a follow-up stand with it: nothing of them is left over on the line."""
    send(office, "tindak-lanjut", note="pompa datang")
    (row,) = rows_of(office, "followups")
    assert {one.act for one in rows_of(office, "deliveries", kind="reply")} == {derive_key(ONE, f"tl:{row.native_id}")}
    assert "kind-reply" not in office.browser.get(PAGE).text


# --------------------------------------------------------------------------------------------------------- candidates


def test_open_reports_nearby_are_offered_within_one_s_sight(office: Office) -> None:
    text = office.browser.get(f"{PAGE}/sekitar").text
    assert TWO in text
    assert make_number(3, "JKT") not in text
    assert make_number(4, "JKT") not in text
