"""The LAPOR! channel: its list of reports, read by a map of fields that anybody may have changed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from hub.plugin import BadOptions, NoPull, Unauthorized
from hub.testing import ManualClock, SinkCase, SourceCase, check_sink, check_source, make_context, sample_reply
from normalizer.taxonomy import BY_CODE
from normalizer.understand import Normalizer
from plugins.lapor.categories import labels
from plugins.lapor.channel import Lapor
from plugins.lapor.values import tracking_id
from plugins.lapor.window import Window
from sandbox.lapor import REPORTS, Fault
from tests.lapor_fixtures import (
    FOLDER_ONLY,
    OPTIONS,
    TOKEN,
    Day,
    Host,
    LaporWorld,
    answering,
    complaints,
    follow_ups,
    lapor,
    moves,
    read_one,
    report,
)

# ------------------------------------------------------------------------------------------------------------ contract

BAD_ROWS: list[Any] = [None, 7, "x", [], {}, {"TrackingID": None}, {"TrackingID": "#\0"}, {"TrackingID": ["#9160001"]}]


@pytest.mark.anyio
async def test_contract_of_the_source() -> None:
    applied = await check_source(
        SourceCase(kind=Lapor, options=OPTIONS, world=LaporWorld, bad_world=lambda: LaporWorld(*BAD_ROWS))
    )
    assert {"kill-loses-nothing", "bad-item-stays-alone", "keeps-secrets", "credentials-refused"} <= set(applied)


@pytest.mark.anyio
async def test_contract_of_the_sink() -> None:
    parcels = [sample_reply(complaint="9160001"), sample_reply(complaint="9160002", status="selesai")]
    applied = await check_sink(SinkCase(kind=Lapor, options=OPTIONS, world=LaporWorld, parcels=parcels))
    assert {"one-effect-a-key", "lost-answer-one-effect", "keeps-secrets", "manner-holds"} <= set(applied)


# --------------------------------------------------------------------------------------------------------- one report


@pytest.mark.anyio
async def test_a_report_with_everything() -> None:
    one = await read_one(
        report(
            7,
            pelapor="Warga Contoh",
            anonim="0",
            lat="-6.2",
            lng="106,8",
            lokasi="Jalan Contoh 7",
            kategori="PEKERJAAN\u00a0UMUM DAN PENATAAN RUANG",
            sub_kategori="JALAN\u00a0 BERLUBANG",
            lampiran=["https://lapor.test/a.jpg", {"url": "https://lapor.test/b.pdf"}],
        )
    )
    assert (one.native_id, one.title) == ("9160007", "Lubang contoh 7")
    assert one.created_at == datetime(2026, 11, 19, 18, 0, tzinfo=UTC)
    assert one.created_text == "9 jam yang lalu"
    assert (one.lat, one.lon, one.address) == (-6.2, 106.8, "Jalan Contoh 7")
    assert one.category_reported == "PEKERJAAN UMUM DAN PENATAAN RUANG / JALAN BERLUBANG"
    assert one.category_hint == "jalan-rusak"
    assert one.tags == ("lapor:pengaduan", "lapor:website")
    assert one.reporter
    assert (one.reporter.handle, one.reporter.name) == ("lapor:9160007", "Warga Contoh")
    assert (one.anonim, one.rahasia) == (False, False)
    assert [(file.kind, file.url) for file in one.attachments] == [
        ("photo", "https://lapor.test/a.jpg"),
        ("document", "https://lapor.test/b.pdf"),
    ]


@pytest.mark.anyio
async def test_a_report_with_nothing_but_its_number_is_not_lost() -> None:
    one = await read_one({"TrackingID": "#9160001", "yang_belum_dikenal": {"dalam": ["sekali"]}})
    assert (one.native_id, one.text, one.category_reported, one.lat) == ("9160001", "", "", None)
    assert one.created_at == ManualClock().now
    assert (one.anonim, one.rahasia) == (True, False)


@pytest.mark.anyio
async def test_fields_have_the_names_of_the_settings() -> None:
    row = {"meta": {"nomor_resmi": 9160001}, "uraian": "Lampu mati", "KAPAN": "Kemarin, 02:19", "isi": "x"}
    one = await read_one(row, fields={"id": "meta.nomor_resmi", "text": ["uraian_lengkap", "Uraian"], "time": "kapan"})
    assert (one.native_id, one.text) == ("9160001", "Lampu mati")
    assert one.created_at == datetime(2026, 11, 18, 19, 19, tzinfo=UTC)


@pytest.mark.anyio
@pytest.mark.parametrize("name", ["Anonim", "ANONIM ", "anonim"])
async def test_anonim_is_nobodys_name(name: str) -> None:
    one = await read_one(report(pelapor=name, anonim="0"))
    assert one.reporter
    assert one.reporter.name == ""
    assert one.anonim


@pytest.mark.anyio
@pytest.mark.parametrize("anonim", ["1", "0", "", "mungkin"])
@pytest.mark.parametrize("rahasia", ["1", "0", "", "Rahasia"])
async def test_the_two_flags_are_kept_apart_and_unknown_is_anonim(anonim: str, rahasia: str) -> None:
    one = await read_one(report(anonim=anonim, rahasia=rahasia, pelapor="Warga Contoh"))
    assert one.anonim == (anonim != "0")
    assert one.rahasia == (rahasia in {"1", "Rahasia"})


@pytest.mark.anyio
async def test_a_message_by_sms_is_free_text_and_shows_no_phone() -> None:
    one = await read_one(
        report(sumber="SMS", pelapor="+62 811-0000-0000", isi="mohon di cek lampu jln contoh mati pak")
    )
    assert one.text == "mohon di cek lampu jln contoh mati pak"
    assert "lapor:sms" in one.tags
    assert "811" not in one.model_dump_json()


@pytest.mark.parametrize("written", ["#9160001", "9160001", " # 9160001\u00a0", 9160001.0])
def test_a_tracking_id_is_its_digits(written: Any) -> None:
    assert tracking_id(written) == "9160001"


@pytest.mark.parametrize(
    "written", ["", None, "Selesai", "#", "12", "9160001 9160002", "９１６０００１", True, ["9160001"]]
)
def test_no_tracking_id(written: Any) -> None:
    assert tracking_id(written) == ""


# ---------------------------------------------------------------------------------------------------------- categories


def test_every_label_means_a_category_of_ours() -> None:
    codes = [*labels().subs.values(), *labels().mains.values(), *labels().pairs.values()]
    assert set(codes) <= set(BY_CODE)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("main", "sub", "hint"),
    [
        ("PEKERJAAN UMUM DAN PENATAAN RUANG", "PASAR", "fasilitas-umum"),
        ("EKONOMI DAN KEUANGAN", "PASAR", ""),
        ("PERHUBUNGAN", "LAMPU PENERANGAN JALAN UMUM", "lampu-jalan"),
        ("PU", "PENERANGAN JALAN", "lampu-jalan"),
        ("KTP (KARTU TANDA PENDUDUK)", "", "kependudukan"),
        ("KEPENDUDUKAN > AKTA KELAHIRAN", "", "kependudukan"),
        ("TOPIK LAINNYA", "", ""),
        ("", "", ""),
    ],
)
async def test_a_sub_category_counts_where_it_means_one_thing(main: str, sub: str, hint: str) -> None:
    one = await read_one(report(kategori=main, sub_kategori=sub))
    assert one.category_hint == hint
    assert one.category_reported == " / ".join(part for part in (*main.split(" > "), sub) if part)


@pytest.mark.anyio
async def test_a_main_category_is_one_hint_among_the_words(normalizer: Normalizer) -> None:
    vague = await read_one(report(kategori="KESEHATAN", judul="", isi="Mohon ditindaklanjuti"))
    wrong = await read_one(report(kategori="KESEHATAN", judul="", isi="Banjir, air masuk rumah di Jalan Contoh"))
    assert (vague.category_hint, wrong.category_hint) == ("", "")
    assert normalizer.understand(vague).category == "kesehatan"
    assert normalizer.understand(wrong).category == "banjir"


@pytest.mark.anyio
async def test_a_topic_number_is_looked_up() -> None:
    day = Day()
    day.stream.show(report(kategori="13"))
    day.stream.show(report(2, kategori="999"))
    unknown, known = complaints(await day.poll())
    assert known.category_reported == "PEKERJAAN UMUM DAN PENATAAN RUANG / JALAN BERLUBANG"
    assert known.category_hint == "jalan-rusak"
    assert (unknown.category_reported, unknown.category_hint) == ("999", "")


# ------------------------------------------------------------------------------------------------------------ statuses


@pytest.mark.anyio
async def test_a_status_moves_and_goes_back_and_a_repeat_is_nothing() -> None:
    day = Day()
    name = day.stream.show(report())
    assert moves(await day.poll()) == []
    seen = []
    for status in ("Ditindaklanjuti oleh Instansi", "Selesai", "Belum", "Selesai"):
        day.stream.progress(name, status)
        seen += follow_ups(await day.poll())
        assert await day.poll() == []
    assert [one.status for one in seen] == ["proses", "selesai", "menunggu", "selesai"]
    assert {one.about for one in seen} == {name}
    assert len({one.native_id for one in seen}) == 4
    assert [one.at for one in seen] == sorted(one.at for one in seen)


@pytest.mark.anyio
async def test_an_unknown_status_is_kept_as_it_is_and_can_be_taught() -> None:
    day = Day()
    name = day.stream.show(report(status="Diarsipkan Admin"))
    (done,) = follow_ups(await day.poll())
    assert (done.status, done.about) == ("Diarsipkan Admin", name)
    taught = Day(statuses={"diarsipkan  admin": "ditolak"})
    taught.stream.show(report(status="Diarsipkan Admin"))
    assert moves(await taught.poll()) == ["ditolak"]


@pytest.mark.anyio
async def test_closing_by_itself_is_an_internal_note_and_its_countdown_no_news() -> None:
    day = Day()
    day.stream.show(report(status="Proses", selesai_otomatis="Selesai otomatis dalam 10 hari"))
    (done,) = follow_ups(await day.poll())
    assert (done.note, done.note_internal) == ("", "Selesai otomatis dalam 10 hari")
    day.stream.show(report(status="Proses", selesai_otomatis="Selesai otomatis dalam 9 hari", tanggal="Kemarin, 02:19"))
    assert await day.poll() == []


@pytest.mark.anyio
async def test_what_the_agency_answered() -> None:
    day = Day()
    row = report(status="Proses", disposisi="Terdisposisi ke DINAS CONTOH", updated_at="2026-11-20 08:00:00")
    name = day.stream.show(row)
    assert [one.note for one in follow_ups(await day.poll())] == [""]
    day.stream.progress(name, "Proses", "Lubang sudah ditambal.")
    (done,) = follow_ups(await day.poll())
    assert (done.note, done.unit, done.status) == ("Lubang sudah ditambal.", "DINAS CONTOH", "proses")
    assert done.at == datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


# ------------------------------------------------------------------------------------------------------------- pulling


@pytest.mark.anyio
@pytest.mark.parametrize("fault", ["401", "429", "500", "html", "refused-json"])
async def test_anything_but_a_list_leaves_everything_as_it_is(fault: Fault) -> None:
    day = Day()
    day.stream.show(report())
    await day.poll()
    before = day.host.cursor
    day.stream.fault = fault
    day.stream.show(report(2))
    assert await day.poll() == []
    assert isinstance(day.host.error, Unauthorized if fault == "401" else Exception)
    assert day.host.cursor == before
    day.stream.fault = ""
    assert [one.native_id for one in complaints(await day.poll())] == ["9160002"]


@pytest.mark.anyio
async def test_a_wrong_token_stops_the_channel() -> None:
    day = Day(token="another one")
    await day.poll()
    assert isinstance(day.host.error, Unauthorized)


@pytest.mark.anyio
@pytest.mark.parametrize("pages", [1, 2, 3])
async def test_killed_between_pages_nothing_is_lost_and_nothing_moves_twice(pages: int) -> None:
    day = Day()
    for number in range(510):
        day.stream.show(report(number, status="Proses" if number % 2 else "Belum"))
    first = await day.host.pull(pages)
    rest = await day.poll()
    found = [one.native_id for one in complaints([*first, *rest])]
    assert (len(found), len(set(found))) == (510, 510)
    assert len(moves([*first, *rest])) == 255
    assert await day.poll() == []


@pytest.mark.anyio
async def test_a_server_that_knows_no_pages_is_asked_twice_only() -> None:
    asked = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(200, json={"data": {"items": [report(number) for number in range(200)]}})

    host = Host(lapor(httpx2.MockTransport(answer), paths={"reports": REPORTS}))
    assert len(complaints(await host.pull())) == 200
    assert len(asked) == 2


@pytest.mark.anyio
async def test_the_form_carries_token_and_parameters() -> None:
    forms = []

    async def answer(request: httpx2.Request) -> httpx2.Response:
        forms.append(httpx2.QueryParams((await request.aread()).decode()))
        return httpx2.Response(200, json={"list": {"at": [report()]}})

    options = {
        "paths": {"reports": REPORTS},
        "rows": "list.at",
        "token_field": "KUNCI",
        "parameters": {"instansi": "9"},
    }
    await Host(lapor(httpx2.MockTransport(answer), **options)).pull()
    assert dict(forms[0]) == {"KUNCI": TOKEN, "instansi": "9", "page": "1", "limit": "200"}


@pytest.mark.anyio
async def test_without_anything_to_pull_it_is_left_alone() -> None:
    with pytest.raises(NoPull):
        async for _ in lapor(**FOLDER_ONLY).pull(None):
            pass


def test_the_cursor_is_bounded_and_keeps_the_newest() -> None:
    window = Window(None)
    for number in range(20_000):
        window.see(f"{9_000_000 + number}", "Ditindaklanjuti é oleh Instansi")
    for number in range(500):
        window.finish(f"{number:012}", "1234567890-1700000000000000000", ["0a1b2c3d"] * 2000)
    cursor = window.dump()
    assert len(json.dumps(cursor)) < 256_000
    assert "9019999" in cursor["seen"]
    assert len(cursor["seen"]) > 1500
    assert sum(map(len, cursor["rows"].values())) > 3000


# ------------------------------------------------------------------------------------------------------------ settings


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"base_url": "lapor.test"}, "base_url"),
        ({"base_url": "", "paths": {"reports": "/x"}}, "base_url"),
        ({"push_reports": True, "service_account": {}}, "service_account"),
    ],
)
def test_settings_that_cannot_work(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(BadOptions, match=said):
        Lapor(Lapor.Options.model_validate(OPTIONS | wrong), make_context())


@pytest.mark.parametrize(
    "wrong",
    [{"fields": {"nomer": "x"}}, {"statuses": {"x": "beres"}}, {"paths": {"list": "/"}}, {"paging": {"limit": 0}}],
)
def test_settings_that_nobody_knows(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Lapor.Options.model_validate(OPTIONS | wrong)


# ------------------------------------------------------------------------------------------------------------ anything

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)
members = st.sampled_from(["TrackingID", "isi", "tanggal", "status", "kategori", "lampiran", "lat", "lon", "anonim"])


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=200, deadline=None)
@given(st.dictionaries(members, anything, max_size=6) | anything, st.integers(100, 10**9))
@pytest.mark.anyio
async def test_no_json_breaks_reading(rubbish: Any, number: int) -> None:
    rows = json.loads(
        json.dumps([rubbish, {**rubbish, "TrackingID": number}] if isinstance(rubbish, dict) else [rubbish])
    )
    host = Host(lapor(answering(rows), paths={"reports": REPORTS}))
    found = await host.pull()
    assert host.error is None
    assert len(complaints(found)) + len(host.bad) == len({item.native_id for item in host.items})
