from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from hub.store import tables
from hub.web import story
from hub.web.language import LANGUAGES, language
from hub.web.words import Words
from normalizer import duplicates, evidence
from normalizer.number import make_number
from tests.web_fixtures import NOW, SETIABUDI, TEBET, Office, add_complaint, add_report, open_office, seal

ONE, TWO, FAR, SEALED = (make_number(key, "JKT") for key in (1, 2, 3, 4))
PAGE = f"/laporan/{ONE}"
SAID_ELSEWHERE = {"petugas"}
"""Codes that no rule gives: a clerk put the complaint there."""
CODE = re.compile(r"([a-z]+(?:-[a-z]+)*):|([a-z]+(?:-[a-z]+)+)")
"""A string that can only be a code: with a hyphen, or with figures to follow."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("kantor")) as made:
        yield made


@pytest.fixture
def office(house: Office) -> Office:
    house.clear()

    def seed(connection: Connection) -> None:
        for key in (1, 2, 4):
            add_report(connection, key)
        add_report(connection, 3, kelurahan=f"{SETIABUDI}.1001")
        add_complaint(connection, 11, 1, text="masih naik airnya", evidence=["jarak:35m", "selang:0.4j", "baru:9"])
        seal(connection, 4)

    house.write(seed)
    house.enter("petugas-tebet")
    return house


def row_of(office: Office, key: int = 1) -> Any:
    return office.read(lambda c: c.execute(select(tables.reports).where(tables.reports.c.id == key)).one())


def send(office: Office, deed: str, page: str = PAGE, **data: Any) -> Any:
    data.setdefault("version", str(row_of(office).version))
    return office.post(f"{page}/{deed}", data, page=page)


def test_the_page_shows_scrubbed_words_and_why_they_were_joined(office: Office) -> None:
    text = office.browser.get(PAGE).text
    assert "masih naik airnya" in text
    assert "0800-000-000" not in text
    assert "berjarak 35 meter" in text
    assert "berselang 0,4 jam" in text
    assert "baru:9" in text


SPOKEN = sorted(evidence.CODES | SAID_ELSEWHERE)


@pytest.mark.parametrize("code", SPOKEN)
def test_every_code_of_evidence_has_words(office: Office, code: str) -> None:
    told = {story.evidence(Words(language(name), office.hub.region, NOW, {}), f"{code}:3m") for name in LANGUAGES}
    assert len(told) == len(LANGUAGES)
    assert not [words for words in told if words.startswith(f"{code}:") or "%" in words]


def test_every_code_that_a_decision_may_give_is_listed() -> None:
    nodes = [node for module in (evidence, duplicates) for node in ast.walk(ast.parse(inspect.getsource(module)))]
    texts = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    written = {found.group(1) or found.group(2) for text in texts if (found := CODE.fullmatch(text))}
    assert written >= {"jarak", "nomor-dikutip"}
    assert not written - set(SPOKEN)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("selang:0.4j", "berselang 0,4 jam"),
        ("selang:12mnt", "berselang 12 menit"),
        ("jarak:35m", "berjarak 35 meter"),
        ("tempat-sama:2", "menyebut tempat yang sama"),
        ("rt-berbeda:3/5", "RT berbeda (3/5)"),
    ],
)
def test_figures_of_evidence_are_told_in_their_unit(office: Office, code: str, words: str) -> None:
    assert story.evidence(Words(language("id"), office.hub.region, NOW, {}), code) == words


def add_recurrence(connection: Connection, earlier: int, later: int) -> None:
    """The store's own lines, as the pipeline writes them."""
    for report, kind, data in (
        (later, "recurrence", {"earlier": make_number(earlier, "JKT")}),
        (earlier, "recurred", {"later": make_number(later, "JKT")}),
    ):
        row = {"report": report, "at": NOW, "kind": kind, "actor": "machine", "data": data}
        connection.execute(insert(tables.history).values(row))


def test_what_came_back_is_linked_both_ways(office: Office) -> None:
    office.write(lambda c: add_recurrence(c, 1, 2))
    old, new = (office.browser.get(f"/laporan/{number}").text for number in (ONE, TWO))
    assert "<dt>Terjadi lagi</dt>" in old
    assert f'<a href="/laporan/{TWO}">{TWO}</a> <span class="small">' in old
    assert "Jalan Contoh</span>" in old
    assert f"Terjadi lagi: {TWO}" in old
    assert "<dt>Pernah terjadi di sini</dt>" in new
    assert f'<a href="/laporan/{ONE}">' in new
    assert "Terjadi lagi" not in new
    assert "Pernah terjadi" not in old


@pytest.mark.parametrize("other", [3, 4])
def test_a_recurrence_out_of_sight_is_never_told(office: Office, other: int) -> None:
    office.write(lambda c: add_recurrence(c, 1, other))
    office.write(lambda c: add_recurrence(c, other, 1))
    text = office.browser.get(PAGE).text
    assert make_number(other, "JKT") not in text
    assert "Terjadi lagi" not in text
    assert "Pernah terjadi" not in text


def test_a_recurrence_leads_to_the_report_that_lives_on(office: Office) -> None:
    office.write(lambda c: add_recurrence(c, 1, 2))
    into = update(tables.reports).where(tables.reports.c.id == 2)
    office.write(lambda c: add_report(c, 5) and c.execute(into.values(merged_into=5)))
    assert f'<a href="/laporan/{make_number(5, "JKT")}">' in office.browser.get(PAGE).text
    office.write(lambda c: c.execute(into.values(merged_into=1)))
    assert "<dt>Terjadi lagi</dt>" not in office.browser.get(PAGE).text


def test_english_speaks_english(office: Office) -> None:
    office.browser.get("/bahasa/en?kembali=/")
    text = office.browser.get(PAGE).text
    assert "35 metres apart" in text
    assert "Follow up" in text


def test_opening_a_report_notes_that_it_was_seen(office: Office) -> None:
    assert row_of(office).opened_at is None
    office.browser.get(PAGE)
    assert row_of(office).opened_at == NOW


def test_an_operator_s_look_is_no_office_s_look(office: Office) -> None:
    office.enter("operator")
    assert office.browser.get(PAGE).status_code == 200
    assert row_of(office).opened_at is None


def test_a_follow_up_keeps_the_two_notes_apart(office: Office) -> None:
    answer = send(office, "tindak-lanjut", status="proses", note="pompa datang", note_internal="pinjam pompa")
    assert answer.headers["location"] == PAGE
    assert row_of(office).status == "proses"
    kept = office.read(lambda c: c.execute(select(tables.followups)).one())
    assert (kept.note, kept.note_internal, kept.officer) == ("pompa datang", "pinjam pompa", "petugas-tebet")
    text = office.browser.get(PAGE).text
    assert text.index("pompa datang") < text.index("pinjam pompa")


def test_a_change_based_on_an_old_version_is_shown_and_nothing_typed_is_lost(office: Office) -> None:
    version = row_of(office).version
    office.enter("admin")
    send(office, "tindak-lanjut", status="koordinasi", note="sudah dikoordinasikan")
    office.enter("petugas-tebet")
    answer = send(
        office,
        "tindak-lanjut",
        status="selesai",
        note="sudah surut semua",
        no_photo="sudah-hilang",
        version=str(version),
        seen="0",
    )
    assert answer.status_code == 409
    assert "sudah surut semua</textarea>" in answer.text
    assert "diubah orang lain" in answer.text
    assert "Status: Koordinasi, admin" in answer.text
    assert row_of(office).status == "koordinasi"


def test_what_nobody_chose_follows_the_report_after_a_conflict(office: Office) -> None:
    assert 'name="was_category" value="banjir"' in office.browser.get(PAGE).text
    office.enter("admin")
    send(office, "tindak-lanjut", status="koordinasi")
    send(office, "perbaiki", category="sampah")
    data = {"note": "x", "status": "menunggu", "was_status": "menunggu", "version": "1"}
    assert '<option value="koordinasi" selected>' in send(office, "tindak-lanjut", **data).text
    data = {"category": "banjir", "was_category": "banjir", "urgency": "darurat", "was_urgency": "biasa"}
    text = send(office, "perbaiki", **data, version="1").text
    assert '<option value="sampah" selected>' in text
    assert '<option value="darurat" selected>' in text


def test_an_empty_follow_up_changes_nothing(office: Office) -> None:
    answer = send(office, "tindak-lanjut", status="menunggu")
    assert answer.status_code == 422
    assert "tidak ada yang diubah" in answer.text
    assert row_of(office).version == 1


def test_a_refusal_needs_a_reason(office: Office) -> None:
    answer = send(office, "tindak-lanjut", status="ditolak", note="bukan di sini")
    assert answer.status_code == 422
    assert "penolakan harus disertai alasan" in answer.text
    assert "bukan di sini</textarea>" in answer.text
    answer = send(office, "tindak-lanjut", status="ditolak", reason="di-luar-wewenang")
    assert answer.status_code == 303
    assert (row_of(office).status, row_of(office).reason) == ("ditolak", "di-luar-wewenang")


def test_category_and_urgency_are_set_right(office: Office) -> None:
    assert send(office, "perbaiki", category="sampah", urgency="mendesak").status_code == 303
    row = row_of(office)
    assert (row.category, row.category_by, row.urgency) == ("sampah", "person", "mendesak")


def test_a_click_on_the_map_sets_the_place(office: Office) -> None:
    area = next(area for area in office.hub.region.areas if area.code == f"{TEBET}.1002")
    assert send(office, "perbaiki", lat=str(area.lat), lon=str(area.lon)).status_code == 303
    assert (row_of(office).kelurahan, row_of(office).place_by) == (area.code, "person")


@pytest.mark.parametrize("point", [("x", "y"), ("-6.2", ""), ("91", "106"), ("nan", "106")])
def test_a_position_that_is_none_is_refused(office: Office, point: tuple[str, str]) -> None:
    assert send(office, "perbaiki", lat=point[0], lon=point[1]).status_code == 422
    assert row_of(office).version == 1


def test_a_report_moved_out_of_the_area_is_out_of_sight(office: Office) -> None:
    answer = send(office, "perbaiki", kelurahan=f"{SETIABUDI}.1001", lead="")
    assert answer.headers["location"] == "/"
    assert office.browser.get(PAGE).status_code == 404


def test_two_reports_are_joined_and_the_merged_number_leads_to_the_older(office: Office) -> None:
    assert send(office, "gabung", into=TWO.lower()).headers["location"] == PAGE
    assert office.browser.get(f"/laporan/{TWO}").headers["location"] == PAGE
    text = office.browser.get(PAGE).text
    assert f"{TWO} digabungkan oleh petugas-tebet" in text
    merge = office.read(lambda c: c.execute(select(tables.merges.c.id)).scalar_one())
    assert send(office, "lepas", merge=str(merge)).status_code == 303
    assert office.browser.get(f"/laporan/{TWO}").status_code == 200


@pytest.mark.parametrize("into", [FAR, SEALED, "JKT-00000000", "", "' OR 1=1"])
def test_a_report_out_of_sight_cannot_be_joined(office: Office, into: str) -> None:
    answer = send(office, "gabung", into=into)
    assert answer.status_code == 422
    assert "tidak ada di wilayah Anda" in answer.text


def test_a_merge_of_another_report_cannot_be_undone_from_here(office: Office) -> None:
    row = {"source": 3, "target": 2, "complaints": [3], "by": "x", "at": NOW}
    merge = office.write(
        lambda c: c.execute(insert(tables.merges).values(row).returning(tables.merges.c.id)).scalar_one()
    )
    assert send(office, "lepas", merge=str(merge)).status_code == 404


def test_a_complaint_is_taken_out_into_a_report_of_its_own(office: Office) -> None:
    office.write(lambda c: c.execute(update(tables.reports).where(tables.reports.c.id == 1).values(complaint_count=2)))
    answer = send(office, "pisah", complaint="11")
    assert answer.status_code == 303
    left = office.read(lambda c: c.execute(select(tables.complaints.c.id).where(tables.complaints.c.report == 1)).all())
    assert [row.id for row in left] == [1]
    own = office.read(
        lambda c: c.execute(select(tables.complaints.c.report).where(tables.complaints.c.id == 11)).scalar()
    )
    text = office.browser.get(answer.headers["location"]).text
    assert f"<b>{make_number(own, 'JKT')}</b>. Menurut lokasinya" in text
    office.enter("admin")
    assert f'<a href="/laporan/{make_number(own, "JKT")}">' in office.browser.get(answer.headers["location"]).text


@pytest.mark.parametrize("other", [3, 4])
def test_no_address_tells_of_a_report_out_of_sight_by_its_number(office: Office, other: int) -> None:
    assert make_number(other, "JKT") not in office.browser.get(f"{PAGE}?dipisah={make_number(other, 'JKT')}").text


def test_the_number_of_a_receipt_leads_to_the_report_its_complaint_was_joined_to(office: Office) -> None:
    """The report that stands for such a number has no place of its own: nobody's area."""
    nowhere = {"kelurahan": "", "kecamatan": "", "queue": ""}
    office.write(lambda c: add_report(c, 7, merged_into=1, **nowhere) and add_report(c, 8, merged_into=4, **nowhere))
    assert office.browser.get(f"/laporan/{make_number(7, 'JKT')}").headers["location"] == PAGE
    assert office.browser.get("/laporan", params={"nomor": make_number(7, "JKT")}).headers["location"] == PAGE
    assert office.browser.get(f"/laporan/{make_number(8, 'JKT')}").status_code == 404


@pytest.mark.parametrize("complaint", ["2", "3", "4", "999", "x", ""])
def test_only_its_own_complaints_can_be_taken_out(office: Office, complaint: str) -> None:
    assert send(office, "pisah", complaint=complaint).status_code == 404


def add_question(connection: Connection, other: int) -> int:
    row = {"complaint": 11, "report": 1, "other": other, "score": 0.5, "evidence": ["jalan-sama"], "at": NOW}
    statement = insert(tables.suggestions).values(row).returning(tables.suggestions.c.id)
    return connection.execute(statement).scalar_one()


def test_a_question_is_answered_on_the_page(office: Office) -> None:
    question = office.write(lambda c: add_question(c, 2))
    assert "jalan yang sama" in office.browser.get(PAGE).text
    assert send(office, "jawab", suggestion=str(question), same="1").status_code == 303
    assert row_of(office, 2).merged_into == 1


@pytest.mark.parametrize("other", [3, 4])
def test_a_question_never_tells_of_a_report_out_of_sight(office: Office, other: int) -> None:
    question = office.write(lambda c: add_question(c, other))
    assert make_number(other, "JKT") not in office.browser.get(PAGE).text
    assert send(office, "jawab", suggestion=str(question), same="1").status_code == 404
    assert row_of(office, other).merged_into is None


@pytest.mark.parametrize("deed", ["tindak-lanjut", "perbaiki", "gabung", "lepas", "pisah", "jawab", "buka"])
def test_no_deed_reaches_a_report_out_of_sight(office: Office, deed: str) -> None:
    for number in (FAR, SEALED):
        data = {"version": "1", "status": "selesai", "note": "x", "into": ONE, "category": "sampah"}
        assert office.post(f"/laporan/{number}/{deed}", data, page=PAGE).status_code == 404
    assert row_of(office, 3).version == row_of(office, 4).version == 1


def test_an_operator_changes_no_report(office: Office) -> None:
    office.enter("operator")
    assert send(office, "tindak-lanjut", status="selesai").status_code == 403
    assert "tindak-lanjut" not in office.browser.get(PAGE).text


def test_only_the_integrity_unit_opens_what_is_sealed(office: Office) -> None:
    assert send(office, "buka").status_code == 404
    office.enter("integritas")
    page = f"/laporan/{SEALED}"
    assert office.browser.get(page).status_code == 200
    assert office.post(f"{page}/buka", {}, page=page).headers["location"] == "/"
    assert office.browser.get(page).status_code == 404
    office.enter("petugas-tebet")
    assert office.browser.get(page).status_code == 200


def test_a_typed_number_is_found_forgivingly(office: Office) -> None:
    typed = f" {ONE.lower().replace('-', ' ')} "
    assert office.browser.get("/laporan", params={"nomor": typed}).headers["location"] == PAGE
    assert office.browser.get("/laporan", params={"nomor": FAR}).status_code == 404


def test_every_answer_says_where_it_stands(office: Office) -> None:
    send(office, "tindak-lanjut", note="pompa datang")
    where = tables.deliveries.c.complaint == 11
    office.write(lambda c: c.execute(update(tables.deliveries).where(where).values(state="sent", reason="")))
    text = office.browser.get(PAGE).text
    assert "2 balasan: 1 terkirim, 1 tidak dapat dikirim" in text
    assert "tidak dapat dikirim: kanal ini tidak menerima balasan" in text
