"""What citizens see: everybody very little by a number, the one who complained all of it by the secret address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, insert, select, update
from starlette.routing import Route
from structlog.testing import capture_logs

from hub.citizen_note import read_note, write_note
from hub.plugin import Item, Reporter
from hub.store import views_tracking
from hub.store.tables import additions, assignments, complaints, followups, photos, questions, raw_items, reports
from normalizer.intent import read_intent
from normalizer.number import make_number
from tests.balaiwarga_fixtures import NOW, WORDS, City, hidden, open_city, photo
from tests.public_fixtures import show
from tests.web_fixtures import add_complaint, add_report, add_staff, seal

HOUR = timedelta(hours=1)


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with open_city(tmp_path) as made:
        yield made


def number_of(key: int) -> str:
    return make_number(key, "JKT")


def words_on(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text.partition("<main")[2]))


def story(city: City, link: str) -> str:
    answer = city.browser.get(link)
    assert answer.status_code == 200
    return words_on(answer.text)


def follow_up(connection: Connection, report: int, key: str, **values: Any) -> int:
    row = {
        "report": report,
        "complaint": None,
        "channel": "crop",
        "native_id": key,
        "at": NOW + HOUR,
        "received_at": NOW + HOUR,
        "status": "",
        "reason": "",
        "note": "",
        "note_internal": "",
        "photos": [],
        "unit": "dinas-sda",
        "officer": "Petugas Contoh",
        "applied": True,
    }
    made = connection.execute(insert(followups).values(row | values)).inserted_primary_key
    assert made is not None
    return int(made[0])


def only_report(city: City) -> Any:
    return city.read(lambda c: c.execute(select(reports).where(reports.c.merged_into.is_(None))).one())


# ------------------------------------------------------------------------------------------------------- by its number


@pytest.fixture
def town(city: City) -> City:
    """Reports of every sort: public, private, rahasia among public ones, sealed, joined."""

    def seed(c: Connection) -> None:
        add_report(c, 5001, title="air di gang umum")
        add_report(c, 5002)
        c.execute(update(complaints).where(complaints.c.id == 5002).values(audience="private"))
        add_report(c, 5003)
        c.execute(update(complaints).where(complaints.c.id == 5003).values(audience="private"))
        add_complaint(c, 5103, 5003, rahasia=True)
        add_report(c, 5004)
        seal(c, 5004)
        add_report(c, 5005, merged_into=5001)
        add_report(c, 5006, merged_into=5004)
        add_report(c, 5007, handling="sealed", merged_into=5001)
        add_report(c, 5008, status="ditolak", reason="uji-coba", kelurahan="")
        add_report(c, 5009)
        add_complaint(c, 5109, 5009, rahasia=True, text="rahasia sekali")
        add_report(c, 5010, merged_into=5009)
        show(c)

    city.write(seed)
    return city


def test_everybody_sees_kind_kelurahan_status_and_date(town: City) -> None:
    text = words_on(town.browser.get("/lacak", params={"nomor": number_of(5001)}).text)
    assert "Banjir dan genangan" in text
    assert "Tebet Timur, Tebet" in text
    assert "Menunggu" in text
    assert "2026" in text
    assert "gang umum" not in text
    assert "jalan contoh" not in text.lower()


def test_of_private_channels_not_even_the_date(town: City) -> None:
    text = words_on(town.browser.get("/lacak", params={"nomor": number_of(5002)}).text)
    assert "Tebet Timur, Tebet" in text
    assert "2026" not in text


def test_a_place_that_nobody_knows_and_a_reason_are_said(town: City) -> None:
    text = words_on(town.browser.get("/lacak", params={"nomor": number_of(5008)}).text)
    assert "belum diketahui" in text
    assert "uji coba" in text


@pytest.mark.parametrize(
    "key",
    [5003, 5004, 5006, 5007, 5010],
    ids=["rahasia", "sealed", "joined to sealed", "once sealed", "joined to rahasia"],
)
def test_what_is_secret_is_as_unknown_as_a_number_that_never_was(town: City, key: int) -> None:
    as_it_is = {"accept-encoding": "identity"}  # packed, two numbers of one length are not of one length any more
    unknown, secret = (
        town.browser.get("/lacak", params={"nomor": number_of(one)}, headers=as_it_is) for one in (9999, key)
    )
    assert (unknown.status_code, secret.status_code) == (404, 404)
    assert secret.text.replace(number_of(key), "") == unknown.text.replace(number_of(9999), "")
    assert dict(secret.headers) == dict(unknown.headers)


def test_a_public_report_stays_so_when_a_rahasia_complaint_joins_it(town: City) -> None:
    text = words_on(town.browser.get("/lacak", params={"nomor": number_of(5009)}).text)
    assert "Tebet Timur, Tebet" in text
    assert "rahasia sekali" not in text


def test_a_joined_number_leads_to_the_report_that_lives(town: City) -> None:
    text = words_on(town.browser.get("/lacak", params={"nomor": number_of(5005)}).text)
    assert number_of(5001) in text
    assert "sudah digabungkan" in text
    assert "sudah digabungkan" not in town.browser.get("/lacak", params={"nomor": number_of(5001)}).text


@pytest.mark.parametrize("spelled", ["{}", " {} ", "{lower}", "{spaced}"])
def test_a_number_is_found_however_it_is_typed(town: City, spelled: str) -> None:
    number = number_of(5001)
    typed = spelled.format(number, lower=number.lower(), spaced=number.replace("-", " "))
    assert town.browser.get("/lacak", params={"nomor": typed}).status_code == 200


@pytest.mark.parametrize("typed", ["x", "0812 3456 7890", "JKT-", "'--", "a" * 500, "warga@example.org"])
def test_nothing_but_a_number_is_a_key(town: City, typed: str) -> None:
    assert town.browser.get("/lacak", params={"nomor": typed}).status_code == 404


def test_the_box_alone_asks_for_nothing(city: City) -> None:
    answer = city.browser.get("/lacak")
    assert answer.status_code == 200
    assert "tidak ditemukan" not in answer.text


def test_whoever_tries_numbers_must_slow_down(town: City) -> None:
    statuses = [town.browser.get("/lacak", params={"nomor": number_of(n)}).status_code for n in range(61)]
    assert statuses[:60] == [404] * 60
    assert statuses[60] == 429
    assert town.browser.get("/lacak").status_code == 200
    town.clock.advance(timedelta(minutes=10))
    assert town.browser.get("/lacak", params={"nomor": number_of(5001)}).status_code == 200


def test_a_ring_of_joined_reports_ends(town: City) -> None:
    town.write(lambda c: c.execute(update(reports).where(reports.c.id == 5001).values(merged_into=5005)))
    assert town.browser.get("/lacak", params={"nomor": number_of(5005)}).status_code == 404


# ----------------------------------------------------------------------------------------------- by the secret address


def test_a_complaint_that_is_still_read_asks_for_patience(city: City) -> None:
    _, link = city.complain()
    answer = city.browser.get(link)
    assert answer.status_code == 404
    assert '<meta http-equiv="refresh" content="3;url=?ke=1">' in answer.text
    city.settle()
    assert WORDS in story(city, link)


def test_patience_has_an_end(city: City) -> None:
    last = city.browser.get(f"/lacak/{'a' * 24}?ke=60")
    assert last.status_code == 404
    assert "http-equiv" not in last.text
    odd = [city.browser.get(f"/lacak/{'a' * 24}?ke={ke}") for ke in ("-1", "x", "9999999", "²")]
    assert {answer.status_code for answer in odd} == {404}


@pytest.mark.parametrize("code", ["a", "A" * 24, "1" * 24, "a" * 25])
def test_what_cannot_be_a_code_is_not_waited_for(city: City, code: str) -> None:
    answer = city.browser.get(f"/lacak/{code}")
    assert answer.status_code == 404
    assert "http-equiv" not in answer.text


def test_the_pages_stay_out_of_caches_engines_and_referrers(city: City) -> None:
    number, link = city.complain()
    city.settle()
    for path in (link, "/lacak", f"/lacak?nomor={number}", f"/lacak/{'a' * 24}"):
        headers = city.browser.get(path).headers
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-robots-tag"] == "noindex"
        assert headers["cache-control"] == "no-store"


def test_nothing_is_inline_and_nothing_comes_from_elsewhere(city: City) -> None:
    _, link = city.complain(photos=[photo()])
    paths = ["/", "/lacak", f"/lacak/{'a' * 24}"]
    city.settle()
    for path in (*paths, link):
        text = city.browser.get(path).text
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*src=)|javascript:", text), path
        for address in re.findall(r'(?:src|href)="([^"]+)"', text):
            assert address.startswith(("/", "#", "?", "tel:")), address


def test_the_story_tells_what_was_done_and_keeps_what_is_internal(city: City) -> None:
    number, link = city.complain(photos=[photo()])
    city.settle()
    report = only_report(city)

    def act(c: Connection) -> None:
        key = follow_up(c, report.id, "1", status="proses", note="pompa dikirim", note_internal="hubungi mandor")
        follow_up(c, report.id, "2", note_internal="hanya untuk rekan")
        follow_up(c, report.id, "3", status="selesai", applied=False)
        own = c.execute(select(photos)).one()
        values = {"raw_item": 1, "kind": "photo", "url": "", "state": "ready", "media_type": "image/jpeg"}
        c.execute(insert(photos).values(id="a" * 32, followup=key, position=0, content=own.content, **values))
        c.execute(update(reports).values(status="proses", answered_at=NOW))

    city.write(act)
    text = story(city, link)
    assert number in text
    assert "pompa dikirim" in text
    assert "Dinas Sumber Daya Air" in text
    assert "Aduan Anda sedang dikerjakan." in text
    for hidden_words in ("mandor", "rekan", "Petugas Contoh", "paling lambat", "Menurut petugas"):
        assert hidden_words not in text
    pictures = re.findall(r'<img src="(/foto/[^"]+)"', city.browser.get(link).text)
    assert len(pictures) == 2
    for picture in pictures:
        assert city.browser.get(picture.replace("&amp;", "&")).status_code == 200
        assert city.browser.get(picture.partition("?")[0]).status_code == 404


def test_the_day_of_an_answer_is_promised_until_there_is_one(city: City) -> None:
    _, link = city.complain()
    city.settle()
    # Three working days after Tuesday the third.
    assert "paling lambat Jumat, 6 Februari 2026" in story(city, link)
    city.clock.advance(timedelta(days=4))
    assert "seharusnya ada sebelum Jumat, 6 Februari 2026 berakhir" in story(city, link)
    city.write(lambda c: c.execute(update(reports).values(answered_at=NOW)))
    assert "paling lambat" not in story(city, link)


def test_a_complaint_that_was_joined_keeps_its_own_number(city: City) -> None:
    first, _ = city.complain(lat="-6.2349", lon="106.8221")
    city.settle()
    second, link = city.complain(lat="-6.2349", lon="106.8221", kontak="lain@example.org")
    city.settle()
    assert only_report(city).number == first
    text = story(city, link)
    assert f"Aduan Anda {second}" in text
    assert f"laporan {first}" in text
    assert first in city.browser.get("/lacak", params={"nomor": second}).text


def test_names_of_other_citizens_are_taken_out_of_notes(city: City) -> None:
    _, first = city.complain(nama="Warga Pertama", kontak="0812 1111 2222")
    _, second = city.complain(nama="Tetangga Kedua", kontak="kedua@example.org")
    city.settle()
    key = city.read(lambda c: c.execute(select(complaints.c.report).order_by(complaints.c.id)).scalars().first())
    note = "Warga Pertama dan Tetangga Kedua sudah ditemui, telepon 0812 1111 2222"

    def act(c: Connection) -> None:
        c.execute(update(complaints).values(report=key))
        follow_up(c, key, "1", note=note)

    city.write(act)
    assert "Warga Pertama" in story(city, first)
    assert "Tetangga Kedua" not in story(city, first)
    assert "Tetangga Kedua" in story(city, second)
    assert "Warga Pertama" not in story(city, second)
    assert "1111" not in story(city, second)


def test_a_name_stays_out_when_its_complaint_was_taken_out_of_the_report(city: City) -> None:
    _, link = city.complain(kontak="kedua@example.org")
    city.settle()
    here = only_report(city).id
    city.complain(nama="Warga Pertama", kontak="0812 1111 2222")
    city.settle()
    first = city.read(lambda c: c.execute(select(func.max(complaints.c.id))).scalar_one())
    mine = city.read(lambda c: c.execute(select(func.min(complaints.c.id))).scalar_one())

    def act(c: Connection) -> None:
        follow_up(c, here, "1", note="Warga Pertama sudah ditemui", received_at=NOW + HOUR)
        row = {"complaint": first, "cause": "merged", "score": 1.0, "evidence": [], "rules": "", "actor": "petugas"}
        c.execute(insert(assignments).values(report=here, at=NOW + HOUR, **row))
        c.execute(insert(assignments).values(report=5001, at=NOW + 2 * HOUR, **row))
        add_report(c, 5001)
        c.execute(update(complaints).where(complaints.c.id == first).values(report=5001))
        asked = {"kind": "other", "text": "Apa Warga Pertama tetangga Anda?", "by": "petugas", "at": NOW}
        c.execute(insert(questions).values(id="q", report=here, complaint=mine, due_at=NOW, state="open", **asked))

    city.write(act)
    text = story(city, link)
    assert "sudah ditemui" in text
    assert "tetangga Anda?" in text
    assert "Warga Pertama" not in text


def test_what_was_said_in_a_report_that_the_complaint_has_left_stays_and_what_comes_later_does_not(city: City) -> None:
    _, link = city.complain()
    city.settle()
    old, complaint = only_report(city).id, city.read(lambda c: c.execute(select(complaints.c.id)).scalar_one())

    def act(c: Connection) -> None:
        follow_up(c, old, "1", note="sebelum dipisah", received_at=NOW + HOUR)
        follow_up(c, old, "2", note="sesudah dipisah", received_at=NOW + 3 * HOUR)
        add_report(c, 5001)
        row = {"complaint": complaint, "report": 5001, "at": NOW + 2 * HOUR, "cause": "split", "score": 1.0}
        c.execute(insert(assignments).values(**row, evidence=[], rules="", actor="petugas"))
        c.execute(update(complaints).where(complaints.c.id == complaint).values(report=5001))
        follow_up(c, 5001, "3", note="di laporan baru")

    city.write(act)
    text = story(city, link)
    assert "sebelum dipisah" in text
    assert "di laporan baru" in text
    assert "sesudah dipisah" not in text


def test_a_question_of_the_officials_stands_on_the_page(city: City) -> None:
    _, link = city.complain()
    city.settle()
    report, complaint = only_report(city).id, city.read(lambda c: c.execute(select(complaints.c.id)).scalar_one())
    row = {"report": report, "complaint": complaint, "by": "petugas", "at": NOW, "due_at": NOW + HOUR, "state": "open"}

    def ask(c: Connection) -> None:
        c.execute(insert(questions).values(id="1", kind="where", text="", **row))
        c.execute(insert(questions).values(id="2", kind="other", text="Sejak kapan <b>airnya</b> naik?", **row))

    city.write(ask)
    answer = city.browser.get(link).text
    assert "Di mana tepatnya?" in answer
    assert "&lt;b&gt;airnya" in answer


def test_an_erased_complaint_is_gone(city: City) -> None:
    _, link = city.complain()
    city.settle()
    city.write(lambda c: c.execute(update(complaints).values(state="erased")))
    assert city.browser.get(link).status_code == 410


def test_nothing_is_added_to_an_erased_complaint(city: City) -> None:
    _, link = city.complain(kontak="0812 1111 2222")
    city.settle()
    fields = hidden(city.browser.get(link).text) | {"maksud": "keterangan", "kata": "masih ada lagi"}
    city.write(lambda c: c.execute(update(complaints).values(state="erased")))
    assert city.browser.post(link, data=fields).status_code == 410
    assert added(city) == []


# ------------------------------------------------------------------------------------------------------ adding to it


def add(city: City, link: str, photos: Any = (), **said: str) -> Any:
    fields = hidden(city.browser.get(link).text) | {"maksud": "keterangan", "kata": ""} | said
    files = [("foto", ("foto.jpg", one, "image/jpeg")) for one in photos]
    return city.browser.post(link, data=fields, files=files or [("foto", ("", b"", "application/octet-stream"))])


def added(city: City) -> list[Any]:
    city.settle()
    return city.read(lambda c: c.execute(select(additions).order_by(additions.c.id)).all())


def test_more_words_and_a_photo_join_the_complaint(city: City) -> None:
    _, link = city.complain()
    city.settle()
    answer = add(city, link, [photo()], kata="sekarang sampai pinggang")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{link}?terkirim=1")
    assert "Terima kasih" in story(city, answer.headers["location"])
    [row] = added(city)
    assert row.text == "sekarang sampai pinggang"
    assert (city.count("complaints"), city.count("photos")) == (1, 1)
    assert "sekarang sampai pinggang" in story(city, link)


def test_the_same_words_twice_are_one_message(city: City) -> None:
    _, link = city.complain()
    city.settle()
    fields = hidden(city.browser.get(link).text) | {"maksud": "keterangan", "kata": "masih naik"}
    assert {city.browser.post(link, data=fields).status_code for _ in range(2)} == {303}
    assert len(added(city)) == 1


@pytest.mark.parametrize(("button", "intent"), [("belum", "not-done"), ("beda", "beda")])
def test_the_buttons_speak_words_that_the_hub_understands(city: City, button: str, intent: str) -> None:
    _, link = city.complain()
    city.settle()
    city.write(lambda c: c.execute(update(reports).values(status="selesai", closed_at=NOW, complaint_count=2)))
    assert f'value="{button}"' in city.browser.get(link).text
    assert add(city, link, maksud=button, kata="lihat fotonya").status_code == 303
    [row] = added(city)
    assert read_intent(row.text) == intent
    assert row.text.endswith("lihat fotonya")


def test_buttons_that_make_no_sense_are_not_there(city: City) -> None:
    _, link = city.complain()
    city.settle()
    text = city.browser.get(link).text
    assert 'value="belum"' not in text
    assert 'value="beda"' not in text


@pytest.mark.parametrize(
    ("said", "files", "words"),
    [
        ({"kata": "  "}, [], "Mohon tulis sesuatu"),
        ({"kata": "a" * 2001}, [], "terlalu panjang"),
        ({"kata": "ada", "maksud": "lain"}, [], "Mohon tulis sesuatu"),
        ({"kata": "ini suratnya"}, [b"%PDF-1.7"], "bukan foto"),
        ({"kata": "banyak"}, [photo()] * 5, "terlalu banyak"),
    ],
)
def test_what_cannot_be_taken_is_said_and_the_words_stay(city: City, said: Any, files: Any, words: str) -> None:
    _, link = city.complain()
    city.settle()
    before = city.count("raw_items")
    answer = add(city, link, files, **said)
    assert answer.status_code == 422
    assert words in answer.text
    assert said["kata"].strip() in answer.text
    assert city.count("raw_items") == before


def test_additions_need_the_token_of_the_page_and_are_not_endless(city: City) -> None:
    _, link = city.complain()
    city.settle()
    assert add(city, link, kata="ada lagi", csrf="x").status_code == 403
    assert [add(city, link, kata=f"kabar {n}").status_code for n in range(11)] == [303] * 10 + [429]


def test_where_nobody_is_known_nothing_can_be_added(city: City) -> None:
    _, link = city.complain()
    city.settle()
    city.write(lambda c: c.execute(update(complaints).values(reporter=None)))
    assert 'name="kata"' not in city.browser.get(link).text
    fields = hidden(city.browser.get("/lapor").text) | {"maksud": "keterangan", "kata": "ada lagi"}
    assert city.browser.post(link, data=fields).status_code == 404


def test_a_note_reads_back_as_it_was_written() -> None:
    said = {"complaint": "a", "reporter": Reporter(handle="h", name="n"), "anonim": False, "rahasia": True}
    item = write_note("kunci", at=NOW, text="kata", **said)
    again = write_note("kunci", at=NOW + HOUR, text="kata", **said)
    other = write_note("kunci", at=NOW, text="kata lain", **said)
    assert (item.native_id, item.mark) == (again.native_id, again.mark)
    assert item.mark != other.mark
    reading = read_note(item)
    assert (reading.thread, reading.complaint.text, reading.complaint.rahasia) == ("a", "kata", True)
    assert reading.complaint.private
    with pytest.raises(ValueError, match="validation error"):
        read_note(Item("catatan-x", b"{}"))


# ------------------------------------------------------------------------------------------------------------- secrets

MARKERS = {"kata": "kataxrahasia", "nama": "Namaxrahasia", "telepon": "081299990001", "alamat": "gangxrahasia"}
SEALED = {"kata": "katatersegel", "nama": "Namatersegel", "telepon": "081299990002", "alamat": "gangtersegel"}


def said_with(marks: dict[str, str], words: str) -> dict[str, str]:
    told = f"{words} {marks['kata']}, saya {marks['nama']} hp {marks['telepon']}"
    return {"cerita": told, "nama": marks["nama"], "kontak": marks["telepon"], "alamat": marks["alamat"]}


def test_secret_complaints_leave_no_mark_on_any_public_page(city: City) -> None:
    secret = said_with(MARKERS, "Banjir di jalan contoh Tebet") | {"rahasia": "1", "photos": [photo()]}
    hush, secret_link = city.complain(**secret)
    told, sealed_link = city.complain(**said_with(SEALED, "Pungli: petugas kelurahan minta uang untuk mengurus KTP"))
    _, own = city.complain()
    city.settle()
    city.write(add_staff)
    assert city.read(lambda c: c.execute(select(reports.c.handling)).scalars().all()).count("sealed") == 1
    ids = city.read(lambda c: list(c.execute(select(photos.c.id)).scalars()))
    marks = [*MARKERS.values(), *SEALED.values(), "+6281299990001", "+6281299990002"]
    codes = [link.rpartition("/")[2] for link in (secret_link, sealed_link)]
    for path in public_paths(city, [hush, told], ids, own):
        answer = city.browser.get(path, follow_redirects=True)
        for word in (*marks, *codes):
            assert word.lower() not in answer.text.lower(), f"{word} on {path}"
    assert MARKERS["kata"] in story(city, secret_link)
    assert SEALED["kata"] in story(city, sealed_link)
    assert "Integritas" not in story(city, sealed_link)


def public_paths(city: City, numbers: list[str], photo_ids: list[str], own: str) -> Iterator[str]:
    """Every public route, with whatever a stranger could put into it."""
    rules = city.app.state.rules
    values = [*numbers, *photo_ids, "31.74.01", "31.74.01.1001", "balaiwarga", "id", "1"]
    for route in city.app.routes:
        if not isinstance(route, Route) or rules[route.path] != "public" or "GET" not in (route.methods or ()):
            continue
        for value in values if "{" in route.path else [""]:
            path = re.sub(r"\{[^}]+\}", value, route.path)
            yield path
            yield f"{path}?nomor={numbers[0]}&q={numbers[1]}"
    yield from (f"/lacak?nomor={number}" for number in numbers)
    yield own


def test_a_secret_address_is_in_no_log(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    _, link = city.complain()
    city.settle()
    code = link.rpartition("/")[2]

    def fail(*_: Any) -> None:
        raise RuntimeError("rusak")

    with capture_logs() as entries:
        add(city, link, kata="ada lagi")
        city.settle()
        monkeypatch.setattr(views_tracking, "notes_of", fail)
        city.browser._transport.raise_server_exceptions = False  # type: ignore[attr-defined]
        assert city.browser.get(link).status_code == 500
    assert any(entry.get("path") == "/lacak/{code}" for entry in entries)
    assert code not in repr(entries)
    assert code not in city.read(lambda c: repr(c.execute(select(raw_items)).all()))
