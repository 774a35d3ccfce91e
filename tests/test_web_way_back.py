"""The way back on the staff's pages: questions, doubts, disputes, previews, deeds called back, and who may do it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from hub.store import tables
from hub.store.keys import derive_key
from hub.web import bulk as bulk_page
from hub.web import classing, composer, deeds, dialogue, handover, taking
from hub.web.story import HAPPENED, TOLD
from tests.way_back_fixtures import (
    DENGAR,
    FAR,
    KICAU,
    ONE,
    PAGE,
    SEALED,
    SURAT,
    TWO,
    add_citizen,
    add_delivery,
    change,
    open_way_back,
    row_of,
    rows_of,
    seed,
    send,
)
from tests.web_fixtures import NOW, TEBET, Office, add_report

PIPELINE = Path(deeds.__file__).parents[1] / "pipeline"
DEEDS = ("tanya", "memang-sama", "banding", "validasi", "batal", "pratinjau")
ACT = "a" * 32


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


def shown(office: Office, path: str = PAGE) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", office.browser.get(path).text)).split())


def ask(office: Office, complaint: int = SURAT, kind: str = "where", **data: Any) -> Any:
    return send(office, "tanya", complaint=str(complaint), kind=kind, **data)


# -------------------------------------------------------------------------------------------------------- questions


def test_one_citizen_is_asked_and_the_clock_stands_still_visibly(office: Office) -> None:
    assert ask(office, text="Di depan sekolah?").headers["location"] == PAGE
    (question,) = rows_of(office, "questions")
    assert (question.complaint, question.kind, question.by) == (SURAT, "where", "petugas-tebet")
    text = shown(office)
    assert "Waktu berhenti. Menunggu jawaban warga sejak 3 Feb 2026, 12.00 sampai 10 Feb 2026, 12.00" in text
    assert "Di mana tepatnya? Di depan sekolah?" in text
    (reply,) = rows_of(office, "deliveries", kind="reply")
    assert (reply.complaint, reply.channel) == (SURAT, "surat")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"kind": "other", "text": " "}, "tulis dulu apa yang ingin ditanyakan"),
        ({"kind": "lain"}, "pertanyaan itu tidak ada"),
        ({"complaint": DENGAR}, "tidak menerima balasan"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_with_words(
    office: Office, data: dict[str, Any], words: str
) -> None:
    answer = ask(office, **data)
    assert answer.status_code == 422
    assert words in answer.text
    assert rows_of(office, "questions") == []
    assert row_of(office).asked_at is None


def test_what_was_typed_survives_a_refusal(office: Office) -> None:
    change(office, "reports", 1, status="selesai", closed_at=NOW)
    answer = ask(office, text="masih ada?")
    assert answer.status_code == 422
    assert "laporan yang sudah ditutup tidak bertanya lagi" in answer.text
    change(office, "reports", 1, status="proses", closed_at=None)
    answer = ask(office, kind="lain", text="apakah pompanya menyala?")
    assert "apakah pompanya menyala?</textarea>" in answer.text


def test_nobody_is_asked_who_cannot_be_told(office: Office) -> None:
    text = office.browser.get(PAGE).text
    parts = re.split(r'<li class="complaint" id="a-(\d+)">', text)
    by_key = dict(zip(parts[1::2], parts[2::2], strict=True))
    assert "kanal ini tidak menerima balasan" in by_key[str(DENGAR)]
    assert "Tanya warga ini" not in by_key[str(DENGAR)]
    assert "Tanya warga ini" in by_key[str(SURAT)]


@pytest.mark.parametrize("complaint", ["2", "4", "999", "x", ""])
def test_only_its_own_citizens_can_be_asked(office: Office, complaint: str) -> None:
    assert send(office, "tanya", complaint=complaint, kind="where").status_code == 404
    assert send(office, "memang-sama", complaint=complaint).status_code == 404
    assert send(office, "pratinjau", complaint=complaint, kind="where").status_code == 404


# --------------------------------------------------------------------------------------------------------- previews


def test_the_preview_shows_each_channel_s_own_text(office: Office) -> None:
    note = "Pompa dari dinas sudah menyala sejak pagi. " * 12
    answer = send(office, "pratinjau", status="proses", note=note)
    letters = [unescape(found) for found in re.findall(r'<p class="words letter">(.*?)</p>', answer.text, re.DOTALL)]
    by_size = sorted(letters, key=len)
    assert len(by_size[0]) <= 280 < len(by_size[1])
    assert all("sedang dikerjakan" in letter and ONE in letter for letter in letters)
    assert "Ini dikirim ke 2 warga" in answer.text
    assert "kanal ini tidak menerima balasan" in answer.text
    assert rows_of(office, "deliveries") == []
    assert row_of(office).version == 1


def test_the_preview_keeps_the_citizen_s_secret_address(office: Office) -> None:
    answer = send(office, "pratinjau", status="proses", note="x")
    assert "/lacak/…" in answer.text
    assert f"track-{SURAT}" not in answer.text


def test_the_preview_scrubs_other_reporters(office: Office) -> None:
    text = send(office, "pratinjau", note=f"terima kasih @contoh_{KICAU}, hubungi 0812-3456-7890").text
    letters = re.findall(r'<p class="words letter">(.*?)</p>', text, re.DOTALL)
    assert sum(f"contoh_{KICAU}" in letter for letter in letters) <= 1
    assert not any("0812-3456-7890" in letter for letter in letters)


def test_the_preview_without_scripts_sends_what_it_shows(office: Office) -> None:
    page = send(office, "pratinjau", status="proses", was_status="menunggu", note="pompa datang").text
    fields = dict(
        re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.partition('tindak-lanjut"')[2])
    )
    assert office.browser.post(f"{PAGE}/tindak-lanjut", data=fields).status_code == 303
    assert row_of(office).status == "proses"


def test_the_preview_is_a_piece_of_the_page_for_scripts(office: Office) -> None:
    token = office.browser.get(PAGE).text.partition('name="csrf" value="')[2].partition('"')[0]
    data = {"csrf": token, "complaint": str(KICAU), "kind": "photo"}
    answer = office.browser.post(f"{PAGE}/pratinjau", data=data, headers={"hx-request": "true"})
    assert answer.text.strip().startswith('<div class="preview">')
    assert "dapatkah Anda mengirim foto" in answer.text


def test_the_composer_says_whom_it_reaches(office: Office) -> None:
    assert "ke 2 warga , 2 kanal · 1 tidak dapat dikabari" in shown(office).replace("warga,", "warga ,")


# ----------------------------------------------------------------------------------------------------------- doubts


@pytest.mark.parametrize(("who", "words"), [("machine", "Mesin tidak yakin"), ("citizen", "bukan masalahnya")])
def test_a_doubt_is_settled_where_it_stands(office: Office, who: str, words: str) -> None:
    change(office, "complaints", SURAT, doubt=who)
    assert words in shown(office)
    waits = {"state": "waiting", "waits_for": "clerk"}
    office.write(lambda c: add_delivery(c, "k", **waits))
    assert send(office, "memang-sama", complaint=str(SURAT)).status_code == 303
    assert words not in shown(office)
    (reply,) = rows_of(office, "deliveries", key="k")
    assert (reply.state, reply.waits_for) == ("due", "")


def test_a_doubted_complaint_gets_a_report_of_its_own(office: Office) -> None:
    change(office, "complaints", SURAT, doubt="citizen")
    assert send(office, "pisah", complaint=str(SURAT)).status_code == 303
    (moved,) = rows_of(office, "complaints", id=SURAT)
    assert (moved.report != 1, moved.doubt) == (True, "")


# --------------------------------------------------------------------------------------------------------- disputes


def add_dispute(connection: Connection, report: int = 1, complaint: int = SURAT) -> None:
    row = {"report": report, "complaint": complaint, "at": NOW, "due_at": NOW + timedelta(days=1), "photos": 0}
    connection.execute(insert(tables.disputes).values(row | {"decision": ""}))
    for key, owner in (("b" * 32, {"complaint": complaint}), ("c" * 32, {"followup": 77})):
        values = {"raw_item": 1, "position": 0, "url": key, "id": key, "kind": "photo", "state": "ready"} | owner
        connection.execute(insert(tables.photos).values(values))
    followup = {"id": 77, "report": report, "channel": "crop", "native_id": "7", "at": NOW, "received_at": NOW}
    followup |= {"status": "selesai", "note": "", "note_internal": "", "photos": [], "unit": "", "officer": ""}
    connection.execute(insert(tables.followups).values(followup | {"applied": True}))


@pytest.fixture
def disputed(office: Office) -> Office:
    change(office, "reports", 1, status="selesai", closed_at=NOW, disputed_at=NOW)
    office.write(add_dispute)
    return office


def test_a_dispute_shows_both_sides_photos_and_its_term(disputed: Office) -> None:
    text = disputed.browser.get(PAGE).text.partition('id="banding"')[2].partition("</section>")[0]
    theirs, _, ours = text.partition("Foto petugas")
    assert "b" * 32 in theirs
    assert "c" * 32 in ours
    assert "4 Feb 2026, 12.00" in text
    assert "surat" in text
    assert f"contoh_{SURAT}" not in text


def test_a_dispute_that_is_refused_is_told_why(disputed: Office) -> None:
    answer = send(disputed, "banding", reopen="0")
    assert answer.status_code == 422
    assert "tulis alasannya" in answer.text
    assert send(disputed, "banding", reopen="0", decision_reason="sudah dicek ke lokasi").status_code == 303
    (found,) = rows_of(disputed, "disputes")
    assert (found.decision, found.reason, found.by) == ("kept", "sudah dicek ke lokasi", "petugas-tebet")
    (reply,) = rows_of(disputed, "deliveries", kind="reply")
    assert b"sudah dicek ke lokasi" in reply.parcel
    assert "Belum selesai, kata warga" not in shown(disputed)


def test_a_dispute_opens_the_report_again(disputed: Office) -> None:
    assert send(disputed, "banding", reopen="1").status_code == 303
    assert (row_of(disputed).status, row_of(disputed).disputed_at) == ("menunggu", None)


# ------------------------------------------------------------------------------------------------- replies, called back


def test_each_complaint_says_how_its_replies_stand(office: Office) -> None:
    def write(connection: Connection) -> None:
        add_delivery(connection, "1", cause="diterima", state="sent", settled_at=NOW - timedelta(minutes=18))
        add_delivery(connection, "2", next_at=NOW + timedelta(minutes=2))
        waits = {"state": "waiting", "complaint": KICAU, "channel": "kicau"}
        add_delivery(connection, "3", waits_for="citizen", **waits)
        add_delivery(connection, "4", waits_for="clerk", **waits)
        no_way = {"state": "undeliverable", "reason": "no private route", "complaint": KICAU}
        add_delivery(connection, "5", **no_way)

    office.write(write)
    text = shown(office)
    for words in ("tanda terima terkirim 11.42", "kabar berangkat pukul 12.02", "menunggu warga menulis lagi"):
        assert words in text
    assert "menunggu petugas memeriksa" in text
    assert "tidak ada jalur pribadi" in text


def test_a_deed_whose_replies_wait_is_called_back(office: Office) -> None:
    office.write(lambda c: [add_delivery(c, str(key), act=ACT, complaint=key) for key in (SURAT, KICAU)])
    page = office.browser.get(PAGE).text
    assert "2 balasan berangkat pukul 12.02." in page
    assert send(office, "batal", act=ACT).status_code == 303
    assert {row.state for row in rows_of(office, "deliveries", act=ACT)} == {"superseded"}
    assert "balasan berangkat" not in shown(office)
    assert "Dibatalkan: 2 balasan" in shown(office)
    answer = send(office, "batal", act=ACT)
    assert (answer.status_code, "tidak ada lagi yang dapat dibatalkan" in answer.text) == (422, True)


def test_calling_back_puts_the_status_back(office: Office) -> None:
    send(office, "tindak-lanjut", status="selesai", note="sudah surut", no_photo="sudah-hilang")
    acts = {row.act for row in rows_of(office, "deliveries", kind="reply")}
    assert len(acts) == 1
    assert send(office, "batal", act=acts.pop()).status_code == 303
    assert row_of(office).status == "menunggu"


@pytest.mark.parametrize("values", [{"state": "sent"}, {"state": "running"}, {"uncertain": True}])
def test_what_may_have_gone_out_is_not_offered_for_calling_back(office: Office, values: dict[str, Any]) -> None:
    office.write(lambda c: [add_delivery(c, "1", act=ACT), add_delivery(c, "2", act=ACT, **values)])
    assert 'name="act"' not in office.browser.get(PAGE).text
    assert send(office, "batal", act=ACT).status_code == 422


def test_another_report_s_deed_cannot_be_called_back_from_here(office: Office) -> None:
    office.write(lambda c: add_delivery(c, "1", act=ACT, report=4, complaint=4))
    assert send(office, "batal", act=ACT).status_code == 422
    assert rows_of(office, "deliveries", key="1")[0].state == "due"


def test_a_follow_up_of_another_system_counts_its_replies(office: Office) -> None:
    def write(connection: Connection) -> None:
        add_dispute(connection)
        act = derive_key(ONE, "tl:crop:7")
        add_delivery(connection, "1", act=act, state="sent", settled_at=NOW)
        add_delivery(connection, "2", act=act, state="undeliverable", reason="no private route", complaint=KICAU)

    office.write(write)
    assert "2 balasan: 1 terkirim, 1 tidak dapat dikirim" in shown(office)


# --------------------------------------------------------------------------------------------------- duty, in bulk


@pytest.fixture
def duty(office: Office) -> Office:
    def write(connection: Connection) -> None:
        for key in (21, 22, 23):
            add_report(connection, key, duty=True, urgency="darurat" if key == 23 else "mendesak")
            add_citizen(connection, key + 100, key, "surat", role="rt")

    office.write(write)
    return office


def numbers_in(office: Office, lane: str) -> list[str]:
    text = office.browser.get(f"/antrean/{TEBET}?lajur={lane}").text
    return re.findall(r'id="r-([A-Z0-9-]+)"', text)


def name(key: int) -> str:
    return next(row.number for row in NUMBERS if row.id == key)


NUMBERS: list[Any] = []


def bulk(office: Office, *keys: int, decision: str = "sah", **data: Any) -> Any:
    NUMBERS[:] = rows_of(office, "reports")
    ticks = [f"{row.number}.{data.pop('version', row.version)}" for row in NUMBERS if row.id in keys]
    path = f"/antrean/{TEBET}/validasi"
    return office.post(path, {"pilih": ticks, "decision": decision, **data}, page=f"/antrean/{TEBET}?lajur=rt-rw")


def test_duty_reports_have_a_lane_and_only_emergencies_stay_on_top(duty: Office) -> None:
    assert len(numbers_in(duty, "rt-rw")) == 3
    number = row_of(duty, 23).number
    assert numbers_in(duty, "darurat") == [number]
    assert number in numbers_in(duty, "baru")
    assert row_of(duty, 21).number not in numbers_in(duty, "baru")
    assert "yang darurat menurut kata-katanya tetap di atas" in duty.browser.get(f"/antrean/{TEBET}").text


def test_duty_reports_are_validated_in_bulk(duty: Office) -> None:
    assert bulk(duty, 21, 22).status_code == 303
    assert [row_of(duty, key).validated for key in (21, 22, 23)] == ["sah", "sah", ""]
    assert bulk(duty, 23, decision="dicoret", decision_reason="sudah ditangani kemarin").status_code == 303
    assert (row_of(duty, 23).validated, row_of(duty, 23).status) == ("dicoret", "ditolak")
    (told,) = [row for row in rows_of(duty, "deliveries", kind="reply", report=23) if row.state == "due"]
    assert b"sudah ditangani kemarin" in told.parcel


def test_striking_off_needs_a_reason_and_the_ticks_stay(duty: Office) -> None:
    answer = bulk(duty, 21, 22, decision="dicoret")
    assert answer.status_code == 409
    assert answer.text.count("tulis alasannya") == 2
    assert len(re.findall(r'name="pilih"[^>]* checked', answer.text)) == 2
    assert row_of(duty, 21).validated == ""


def test_bulk_says_what_somebody_else_changed(duty: Office) -> None:
    answer = bulk(duty, 21, version=99)
    assert answer.status_code == 409
    assert "sudah diubah orang lain" in answer.text
    assert bulk(duty).status_code == 422


def test_bulk_never_reaches_a_report_out_of_sight(duty: Office) -> None:
    change(duty, "reports", 3, duty=True)
    change(duty, "reports", 4, duty=True)
    answer = bulk(duty, 3, 4)
    assert answer.status_code == 409
    assert answer.text.count("tidak ada di wilayah Anda") == 2
    assert row_of(duty, 3).validated == row_of(duty, 4).validated == ""


def test_the_unit_complained_about_does_not_decide(duty: Office) -> None:
    change(duty, "reports", 21, lead=TEBET, units=[{"unit": TEBET, "role": "lead", "by": "machine"}])
    answer = send(duty, "validasi", row_of(duty, 21).number, decision="sah", version="1")
    assert answer.status_code == 422
    assert "unit yang diadukan tidak boleh memutuskan" in answer.text
    assert send(duty, "validasi", row_of(duty, 22).number, decision="sah", version="1").status_code == 303


# ------------------------------------------------------------------------------------------------------------ lanes


def test_what_waits_for_somebody_has_its_lane(office: Office) -> None:
    def write(connection: Connection) -> None:
        for key in range(31, 37):
            add_report(connection, key)
        clerk = {"state": "waiting", "waits_for": "clerk", "channel": "surat"}
        add_delivery(connection, "w1", report=32, complaint=32, state="waiting", waits_for="citizen")
        add_delivery(connection, "w2", report=33, complaint=33, **clerk)
        own = {"score": 1.0, "evidence": ["beda"], "at": NOW}
        for key, other in ((34, 34), (35, 36), (35, 3)):
            row = {"complaint": key, "report": key, "other": other}
            connection.execute(insert(tables.suggestions).values(row | own))

    office.write(write)
    change(office, "reports", 31, asked_at=NOW)
    change(office, "reports", 33, status="selesai", closed_at=NOW)
    change(office, "reports", 34, status="selesai", closed_at=NOW)
    keys = {row.number: row.id for row in rows_of(office, "reports")}
    lanes = {lane: sorted(keys[number] for number in numbers_in(office, lane)) for lane in ("menunggu-warga",)}
    assert lanes == {"menunggu-warga": [31, 32]}
    assert sorted(keys[number] for number in numbers_in(office, "mungkin-duplikat")) == [33, 34, 35, 36]
    change(office, "reports", 36, merged_into=35)
    assert sorted(keys[number] for number in numbers_in(office, "mungkin-duplikat")) == [33, 34]
    assert re.search(r'data-count="mungkin-duplikat"[^>]*>2<', office.browser.get(f"/antrean/{TEBET}").text)


def test_a_disputed_report_comes_back_into_the_queue(disputed: Office) -> None:
    assert numbers_in(disputed, "dibantah") == [ONE]
    assert "dibantah baru saja" in shown(disputed, f"/antrean/{TEBET}?lajur=dibantah")
    send(disputed, "banding", reopen="0", decision_reason="sudah dicek")
    assert numbers_in(disputed, "dibantah") == []


# --------------------------------------------------------------------------------------------------- who may do what


@pytest.mark.parametrize("deed", DEEDS)
def test_no_deed_reaches_a_report_out_of_sight(office: Office, deed: str) -> None:
    for number, key in ((FAR, 3), (SEALED, 4)):
        data = {"version": "1", "complaint": str(key), "kind": "where", "reopen": "1", "decision": "sah", "act": ACT}
        assert send(office, deed, number, **data).status_code == 404
        assert row_of(office, key).version == 1


@pytest.mark.parametrize("deed", DEEDS)
def test_who_only_looks_does_nothing(office: Office, deed: str) -> None:
    office.enter("operator")
    assert send(office, deed, complaint=str(SURAT), kind="where").status_code == 403
    assert bulk(office, 1).status_code == 403
    assert "/tanya" not in office.browser.get(PAGE).text
    assert row_of(office).version == 1


@pytest.mark.parametrize("deed", DEEDS)
def test_no_deed_without_the_form_s_token(office: Office, deed: str) -> None:
    data = {"version": "1", "complaint": str(SURAT), "kind": "where"}
    assert office.browser.post(f"{PAGE}/{deed}", data=data).status_code == 403
    assert row_of(office).version == 1


@pytest.mark.parametrize("deed", ["tanya", "memang-sama", "banding", "validasi"])
def test_a_deed_based_on_an_old_version_is_a_conflict(office: Office, deed: str) -> None:
    data = {"complaint": str(SURAT), "kind": "where", "reopen": "1", "decision": "sah"}
    answer = send(office, deed, version="0", **data)
    assert answer.status_code == 409
    assert "diubah orang lain" in answer.text


def test_a_sealed_report_s_dialogue_is_the_integrity_unit_s_alone(office: Office) -> None:
    office.write(lambda c: add_citizen(c, 41, 4, "surat", text="TANDA-RAHASIA minta uang"))
    office.enter("integritas")
    page, waiting = f"/laporan/{SEALED}", f"/antrean/{TEBET}?lajur=menunggu-warga"
    data = {"complaint": "41", "kind": "where", "version": "1"}
    assert send(office, "tanya", SEALED, page, text="TANDA-RAHASIA", **data).status_code == 303
    assert "TANDA-RAHASIA" in office.browser.get(page).text
    for who in ("petugas-tebet", "camat-setiabudi", "operator", "admin"):
        office.enter(who)
        for path in (page, PAGE, f"/laporan/{TWO}", "/kanal", f"/antrean/{TEBET}", waiting):
            assert "TANDA-RAHASIA" not in office.browser.get(path).text
        assert SEALED not in office.browser.get(waiting).text


# ------------------------------------------------------------------------------------------------------------- words


def calls(tree: ast.AST, *names: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in names:
                yield node


def constants(nodes: list[ast.expr]) -> set[str]:
    return {part.value for node in nodes for part in ast.walk(node) if isinstance(part, ast.Constant)}  # type: ignore[misc]


def test_every_refusal_of_the_desk_has_words() -> None:
    said = set()
    for file in PIPELINE.glob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        said |= constants([node.args[1] for node in calls(tree, "check") if len(node.args) == 2])
        said |= constants([node.args[0] for node in calls(tree, "NotAllowed") if node.args])
    assert said
    pages = (bulk_page, classing, composer, deeds, dialogue, handover, taking)
    spelled = {text for page in pages for text in page.REFUSALS}
    assert said - spelled == set()


def test_every_kind_of_history_has_words() -> None:
    kinds = set()
    for file in PIPELINE.glob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        kinds |= constants([node.args[1] for node in calls(tree, "note", "change") if len(node.args) > 1])
        for node in ast.walk(tree):
            if not isinstance(node, ast.Dict):
                continue
            keys = [key.value if isinstance(key, ast.Constant) else None for key in node.keys]
            if {"kind", "actor"} <= set(keys):
                kinds |= constants([node.values[keys.index("kind")]])
    kinds = {kind for kind in kinds if isinstance(kind, str)}
    assert {"asked", "disputed", "called-back", "nudged"} <= kinds
    assert kinds - set(HAPPENED) == set()


def test_every_cause_of_a_reply_has_words() -> None:
    text = "".join(file.read_text(encoding="utf-8") for file in PIPELINE.glob("*.py"))
    causes = set(re.findall(r'f"([a-z]+):\{', text)) & {"tl", "tanya", "banding", "buka", "coret", "lewat"}
    assert causes <= set(TOLD)
