"""The counter's pages and what its script talks to: numbers and entries once, nothing lost, nothing shown."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from hub.desk_entry import DeskEntry
from hub.store.tables import complaints
from normalizer.number import make_number
from tests.counter_fixtures import WORDS, Desk, entry, open_counter, rows, settle
from tests.web_fixtures import NOW, SETIABUDI, Office, add_report, seal, token_on


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_counter(tmp_path_factory.mktemp("counter")) as office:
        yield office


@pytest.fixture
def office(running: Office) -> Office:
    running.clear()
    return running


# ------------------------------------------------------------------------------------------------------ who works here


@pytest.mark.parametrize("name", ["petugas-tebet", "camat-setiabudi", "lurah-contoh", "admin"])
def test_those_who_sit_at_a_desk_get_the_page(office: Office, name: str) -> None:
    office.enter(name)
    page = office.browser.get("/loket")
    assert page.status_code == 200
    assert 'id="entry"' in page.text


@pytest.mark.parametrize("name", ["operator", "integritas"])
@pytest.mark.parametrize("path", ["/loket", "/loket/bekal", "/loket/cari", "/loket/formulir"])
def test_others_do_not(office: Office, name: str, path: str) -> None:
    office.enter(name)
    assert office.browser.get(path).status_code == 403


def test_the_public_is_asked_to_sign_in(office: Office) -> None:
    assert office.browser.get("/loket").headers["location"] == "/masuk?kembali=/loket"
    assert office.browser.get("/loket/bekal").status_code == 303


def test_without_a_counter_in_the_settings_there_is_none(tmp_path: Path) -> None:
    with open_counter(tmp_path, counter=False) as office:
        office.enter("petugas-tebet")
        assert office.browser.get("/loket").status_code == 404


def test_the_page_shows_nothing_of_any_citizen(office: Office) -> None:
    """The browser keeps it for bad times, and who sits there next is somebody else."""
    desk = Desk(office)
    desk.send(entry("loket-contoh-1", name="Nama Contoh", phone="0800000000"))
    settle(office)
    page = office.browser.get("/loket").text
    assert "Nama Contoh" not in page
    assert WORDS not in page


# ------------------------------------------------------------------------------------------------------------- numbers


def test_numbers_are_given_once_with_a_link_and_a_code(office: Office) -> None:
    desk = Desk(office)
    first, second = desk.numbers(3), desk.numbers(3)
    numbers = [one["number"] for one in first + second]
    assert len(set(numbers)) == 6
    assert all(one["link"].endswith(office.hub.track_code("loket", one["number"])) for one in first)
    assert all(len(row) == len(one["qr"]) and set(row) <= {"0", "1"} for one in first for row in one["qr"])
    assert {row.holder for row in rows(office, "receipts")} == {"petugas-tebet a1b2c3"}


@pytest.mark.parametrize("body", [{"count": 0}, {"count": 101}, {"count": "5"}, {}, [], 5])
def test_a_strange_wish_for_numbers_is_refused(office: Office, body: Any) -> None:
    assert Desk(office).post("/loket/nomor", body).status_code == 400


def test_a_foreign_form_gets_nothing(office: Office) -> None:
    office.enter("petugas-tebet")
    for path, body in (("/loket/nomor", {"count": 1}), ("/loket/kirim", [entry("loket-contoh-1")])):
        assert office.browser.post(path, json=body).status_code == 403
        assert office.browser.post(path, json=body, headers={"x-csrf-token": "x"}).status_code == 403
    assert rows(office, "receipts") == rows(office, "raw_items") == []


# ------------------------------------------------------------------------------------------------------------- entries


def test_an_entry_becomes_a_complaint_with_its_number_and_its_true_time(office: Office) -> None:
    desk = Desk(office)
    (held,) = desk.numbers(1)
    before = NOW - timedelta(hours=5)
    assert desk.send(entry(held["number"], at=before.isoformat())) == [{"id": held["number"], "state": "taken"}]
    settle(office)
    (complaint,) = rows(office, "complaints")
    (report,) = rows(office, "reports")
    assert report.number == held["number"]
    assert (complaint.native_id, complaint.created_at, complaint.received_at) == (held["number"], before, NOW)
    assert held["link"].endswith(complaint.track)
    assert complaint.anonim


def test_sending_again_changes_nothing(office: Office) -> None:
    desk = Desk(office)
    one = entry(desk.numbers(1)[0]["number"])
    states = [answer["state"] for _ in range(3) for answer in desk.send(one, one)]
    settle(office)
    states += [answer["state"] for answer in desk.send(one)]
    settle(office)
    assert states == ["taken", *["known"] * 6]
    assert len(rows(office, "complaints")) == len(rows(office, "raw_items")) == 1


def test_a_number_is_not_used_for_two_citizens(office: Office) -> None:
    desk = Desk(office)
    number = desk.numbers(1)[0]["number"]
    desk.send(entry(number))
    settle(office)
    other, twin = entry(number, text="lampu jalan mati"), entry("loket-contoh-2", number=number)
    assert [answer["state"] for answer in desk.send(other, twin)] == ["bad", "bad"]
    assert len(rows(office, "raw_items")) == 1


def test_a_number_that_nobody_reserved_is_refused(office: Office) -> None:
    (answer,) = Desk(office).send(entry(make_number(5, "JKT")))
    assert (answer["state"], answer["reason"]) == (
        "bad",
        "Nomor ini bukan dari cadangan loket: periksa, atau kosongkan",
    )


@pytest.mark.parametrize(
    "bad",
    [
        {"id": "pendek"},
        {"text": "x" * 20_001},
        {"at": "2026-02-03T10:00:00"},
        {"at": (NOW + timedelta(hours=1)).isoformat()},
        {"lat": 91},
        {"role": "lurah"},
        {"files": [{"kind": "film", "data": ""}]},
        {"asing": 1},
    ],
)
def test_a_bad_entry_is_answered_alone(office: Office, bad: dict[str, Any]) -> None:
    answers = Desk(office).send(entry("loket-contoh-1"), entry("loket-contoh-2") | bad, entry("loket-contoh-3"))
    assert [answer["state"] for answer in answers] == ["taken", "bad", "taken"]
    assert answers[1]["reason"]
    assert [row.native_id for row in rows(office, "raw_items")] == ["loket-contoh-1", "loket-contoh-3"]


@pytest.mark.parametrize("body", [{}, "x", [1], [None], [[]]])
def test_what_is_no_list_of_entries_breaks_nothing(office: Office, body: Any) -> None:
    answer = Desk(office).post("/loket/kirim", body)
    assert answer.status_code == 400 or answer.json() == [answer.json()[0] | {"state": "bad"}]
    assert rows(office, "raw_items") == []


def test_lists_in_lists_without_end_are_refused(office: Office) -> None:
    desk = Desk(office)
    deep = {"content": b"[" * 100_000, "headers": {"x-csrf-token": desk.csrf}}
    for path in ("/loket/kirim", "/loket/nomor", "/loket/cocok"):
        assert office.browser.post(path, **deep).status_code == 400


def test_a_citizen_is_added_to_the_report_that_the_clerk_chose(office: Office) -> None:
    desk = Desk(office)
    first, second = (one["number"] for one in desk.numbers(2))
    desk.send(entry(first))
    settle(office)
    desk.send(entry(second, text="", kelurahan="", belongs_to=first))
    settle(office)
    assert {row.complaint_count for row in rows(office, "reports", number=first)} == {2}
    (alias,) = rows(office, "reports", number=second)
    assert alias.merged_into == rows(office, "reports", number=first)[0].id


def test_papers_are_kept_as_documents_and_never_shown(office: Office) -> None:
    paper = {"kind": "document", "name": "surat.pdf", "media_type": "application/pdf"}
    file = paper | {"data": base64.b64encode(b"%PDF-1.7 contoh").decode()}
    Desk(office).send(entry("loket-contoh-1", files=[file]))
    settle(office)
    (kept,) = rows(office, "photos")
    assert (kept.kind, kept.state, kept.media_type) == ("document", "kept", "application/pdf")
    assert office.hub.store.blobs.get(kept.content) == b"%PDF-1.7 contoh"
    assert office.browser.get(f"/foto/{kept.id}").status_code == 404


def test_the_stored_body_is_an_entry_that_reads_the_same(office: Office) -> None:
    file = {"kind": "photo", "name": "a.jpg", "media_type": "image/jpeg", "data": base64.b64encode(b"x" * 200).decode()}
    Desk(office).send(entry("loket-contoh-1", files=[file]))
    (row,) = rows(office, "raw_items")
    read = DeskEntry.model_validate_json(row.body)
    assert (read.at, read.files[0].data) == (NOW, b"x" * 200)
    assert row.meta == {"sender": "petugas-tebet"}


# ------------------------------------------------------------------------------------------------------ while one types


def test_matching_reports_are_shown_without_other_peoples_words_to_citizens(office: Office) -> None:
    desk = Desk(office)
    desk.send(entry("loket-contoh-1", lat=-6.2349, lon=106.8521, name="Nama Contoh"))
    settle(office)
    (report,) = rows(office, "reports")
    draft = {"text": WORDS, "lat": -6.23491, "lon": 106.85211}
    open_ = desk.post("/loket/cocok", draft).text
    hidden = desk.post("/loket/cocok", draft | {"hidden": True}).text
    assert f'data-number="{report.number}"' in open_
    assert f'data-number="{report.number}"' in hidden
    assert "air masuk rumah" in open_
    assert "air masuk rumah" not in hidden
    assert "Nama Contoh" not in open_ + hidden


def test_reports_of_another_area_and_sealed_ones_do_not_match(office: Office) -> None:
    here = {"lat": -6.2349, "lon": 106.8521}
    desk = Desk(office)
    desk.send(entry("loket-contoh-1", **here))
    settle(office)
    (report,) = rows(office, "reports")
    other = Desk(office, "camat-setiabudi")
    assert report.number not in other.post("/loket/cocok", {"text": WORDS, **here}).text
    office.write(lambda c: seal(c, report.id))
    assert report.number not in Desk(office).post("/loket/cocok", {"text": WORDS, **here}).text


@pytest.mark.parametrize("body", [[], {"lat": 200}, {"text": "x" * 20_001}])
def test_a_strange_draft_is_refused(office: Office, body: Any) -> None:
    assert Desk(office).post("/loket/cocok", body).status_code == 400


# -------------------------------------------------------------------------------------------------------- minta update


def find(office: Office, number: str) -> Any:
    return office.browser.get("/loket/cari", params={"nomor": number})


def test_a_citizen_asks_for_an_update_and_the_question_is_noted(office: Office) -> None:
    number = office.write(lambda c: add_report(c, 1))
    office.enter("petugas-tebet")
    page = find(office, number)
    assert "Menunggu" in page.text
    form = {"csrf": token_on(page.text), "nomor": number, "report": number}
    answer = office.browser.post("/loket/cari", data=form)
    assert answer.headers["location"] == f"/loket/cari?nomor={number}"
    assert "belum dijawab" in find(office, number).text
    (nudge,) = rows(office, "nudges")
    assert (nudge.by, nudge.at, nudge.answered_at) == ("petugas-tebet", NOW, None)


def test_the_page_shows_the_public_words_only(office: Office) -> None:
    number = office.write(lambda c: add_report(c, 1))
    office.enter("petugas-tebet")
    portal = office.browser.portal
    assert portal is not None

    async def say() -> None:
        words = {"note": "pompa datang", "note_internal": "hanya untuk kami"}
        await office.hub.desk.follow_up(number, 1, "petugas-tebet", status="proses", **words)

    portal.call(say)
    page = find(office, number).text
    assert "pompa datang" in page
    assert "hanya untuk kami" not in page
    assert "air setinggi lutut" not in page


def test_a_number_of_another_system_leads_to_the_report(office: Office) -> None:
    number = office.write(lambda c: add_report(c, 1))
    office.enter("petugas-tebet")
    assert number not in find(office, "contoh-1").text  # its channel is not configured here
    assert "Tidak ada laporan" in find(office, "1234567").text


def test_a_closed_report_is_not_asked_about(office: Office) -> None:
    number = office.write(lambda c: add_report(c, 1, status="selesai", closed_at=NOW))
    office.enter("petugas-tebet")
    token = token_on(office.browser.get("/loket/cari").text)
    answer = office.browser.post("/loket/cari", data={"csrf": token, "nomor": number, "report": number})
    assert answer.status_code == 409
    assert rows(office, "nudges") == []


def test_nobody_asks_about_a_report_that_they_may_not_see(office: Office) -> None:
    number = office.write(lambda c: add_report(c, 1, kelurahan=f"{SETIABUDI}.1001"))
    sealed = office.write(lambda c: (add_report(c, 2), seal(c, 2))[0])
    office.enter("petugas-tebet")
    token = token_on(office.browser.get("/loket/cari").text)
    for hidden in (number, sealed):
        assert 'class="card standing"' not in find(office, hidden).text
        assert office.browser.post("/loket/cari", data={"csrf": token, "report": hidden}).status_code == 404
    assert rows(office, "nudges") == []


def test_a_foreign_number_that_reads_like_one_of_ours_opens_no_other_report(office: Office) -> None:
    hidden = office.write(lambda c: add_report(c, 1, kelurahan=f"{SETIABUDI}.1001"))
    own = office.write(lambda c: add_report(c, 2))
    named = update(complaints).where(complaints.c.report == 2).values(channel="loket", native_id=hidden)
    office.write(lambda c: c.execute(named))
    office.enter("petugas-tebet")
    assert own in find(office, hidden).text
    token = token_on(office.browser.get("/loket/cari").text)
    assert office.browser.post("/loket/cari", data={"csrf": token, "report": hidden}).status_code == 303
    assert [row.report for row in rows(office, "nudges")] == [2]


# --------------------------------------------------------------------------------------------------------- paper, other


@pytest.mark.parametrize("count", ["9" * 5000, "²", "-1", ""])
def test_what_is_no_number_of_forms_is_ten(office: Office, count: str) -> None:
    office.enter("petugas-tebet")
    page = office.browser.get("/loket/formulir", params={"jumlah": count})
    assert 'value="10"' in page.text


def test_paper_forms_carry_numbers_of_their_own(office: Office) -> None:
    office.enter("petugas-tebet")
    page = office.browser.get("/loket/formulir", params={"jumlah": "3"})
    assert 'value="3"' in page.text
    sheets = office.browser.post("/loket/formulir", data={"csrf": token_on(page.text), "jumlah": "3"}).text
    reserved = {row.report for row in rows(office, "receipts")}
    assert sheets.count('class="sheet"') == len(reserved) == 3
    assert sheets.count("<svg") >= 3
    assert "style=" not in sheets


def test_a_paper_form_is_entered_later_at_any_desk(office: Office) -> None:
    office.enter("petugas-tebet")
    token = token_on(office.browser.get("/loket/formulir").text)
    sheets = office.browser.post("/loket/formulir", data={"csrf": token, "jumlah": "1"}).text
    number = sheets.partition('class="paper-number">')[2].partition("<")[0]
    other = Desk(office, "lurah-contoh")
    assert other.send(entry(number, at=(NOW - timedelta(days=2)).isoformat()))[0]["state"] == "taken"
    settle(office)
    assert rows(office, "reports")[0].number == number


def test_the_provisions_promise_by_the_calendar(office: Office) -> None:
    office.enter("petugas-tebet")
    body = office.browser.get("/loket/bekal").json()
    assert body["promises"]["2026-02-03"] == "2026-02-06"
    assert body["promises"]["2026-03-17"] == "2026-03-27"
    assert body["offset"] == 420
    assert datetime.fromisoformat(body["now"]) == NOW.astimezone(UTC)


def test_the_worker_names_what_it_keeps(office: Office) -> None:
    answer = office.browser.get("/loket/pekerja.js")
    assert answer.headers["service-worker-allowed"] == "/loket"
    assert answer.headers["content-type"].startswith("text/javascript")
    kept = [line.strip(' ",') for line in answer.text.splitlines() if line.startswith(' "/static/')]
    assert len(kept) > 10
    for path in kept:
        assert office.browser.get(path).status_code == 200, path
    page = office.enter("petugas-tebet") or office.browser.get("/loket").text
    wanted = {part.partition('"')[0] for part in page.split('="')[1:] if part.startswith("/static/")}
    assert wanted <= set(kept)


def test_the_desk_is_offered_to_those_who_work_there(office: Office) -> None:
    office.enter("petugas-tebet")
    assert 'href="/loket"' in office.browser.get("/loket/cari").text
    office.enter("operator")
    assert 'href="/loket"' not in office.browser.get("/kanal").text
