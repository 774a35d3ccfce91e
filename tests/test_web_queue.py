from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, delete, event, insert, update

from hub.store import tables
from hub.store.views_queue import LANES, PAGE, Position, WorkList, lane_counts, oldest_open, queue_page
from hub.store.views_sight import Sight
from hub.web.queue_rail import lane_groups
from normalizer.number import make_number
from tests.web_fixtures import NOW, SETIABUDI, TEBET, Office, add_complaint, add_report, open_office


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("kantor")) as made:
        yield made


@pytest.fixture
def office(house: Office) -> Office:
    house.clear()
    house.enter("petugas-tebet")
    return house


def shown(office: Office, path: str = f"/antrean/{TEBET}") -> list[str]:
    return re.findall(r'id="r-([A-Z0-9-]+)"', office.browser.get(path).text)


def numbers(*keys: int) -> list[str]:
    return [make_number(key, "JKT") for key in keys]


def test_emergencies_come_first_then_the_newest(office: Office) -> None:
    def seed(connection: Connection) -> None:
        for key, urgency in enumerate(["biasa", "darurat", "mendesak", "darurat", "biasa"], 1):
            add_report(connection, key, urgency=urgency)

    office.write(seed)
    assert shown(office) == numbers(4, 2, 5, 3, 1)


def test_each_lane_holds_its_reports_and_its_count_says_so(office: Office) -> None:
    def seed(connection: Connection) -> None:
        soon, gone = NOW + timedelta(hours=1), NOW - timedelta(hours=1)
        add_report(connection, 1, owner="petugas-tebet", owner_until=soon, due_at=soon, due_kind="answer")
        add_report(
            connection, 2, urgency="darurat", status="proses", owner="petugas-lain", due_at=gone, due_kind="done"
        )
        add_report(connection, 3, kelurahan="", kecamatan=TEBET, queue=TEBET, category_sure=False)
        add_report(connection, 4, status="selesai", category_sure=False)
        add_report(connection, 5, status="ditolak", urgency="darurat")
        add_report(connection, 6, status="koordinasi", owner="petugas-tebet", owner_until=gone)
        add_report(connection, 7, status="proses", place={"result": "outside"})
        row = {"complaint": 6, "report": 6, "other": 1, "score": 0.5, "evidence": [], "at": NOW}
        connection.execute(insert(tables.suggestions).values(row))
        connection.execute(insert(tables.suggestions).values(row | {"other": 2, "answer": "other"}))

    office.write(seed)
    lanes = {lane: shown(office, f"/antrean/{TEBET}?lajur={lane}") for lane in LANES}
    assert lanes == {
        "semua": numbers(2, 7, 6, 3, 1),
        "darurat": numbers(2),
        "baru": numbers(3, 1),
        "punya-saya": numbers(1),
        "tanpa-petugas": numbers(7, 6, 3),
        "hampir-lewat": numbers(1),
        "lewat": numbers(2),
        "perlu-lokasi": numbers(3),
        "perlu-kategori": numbers(3),
        "mungkin-duplikat": numbers(6, 1),
        "dibantah": [],
        "menunggu-crop": [],
        "menunggu-warga": [],
        "diserahkan": [],
        "luar-wilayah": numbers(7),
        "rt-rw": [],
        "selesai": numbers(5, 4),
    }
    work = WorkList(TEBET, Sight("petugas", TEBET), NOW, reader="petugas-tebet")
    counts = office.read(lambda c: lane_counts(c, work))
    assert counts == {lane: len(found) for lane, found in lanes.items() if lane != "selesai"}


def test_pages_give_every_row_once(office: Office) -> None:
    def seed(connection: Connection) -> None:
        for key in range(1, 2 * PAGE + 8):
            add_report(connection, key, urgency="darurat" if key % 40 == 0 else "biasa")

    office.write(seed)
    found, path = [], f"/antrean/{TEBET}"
    while path:
        text = office.browser.get(path).text
        found += re.findall(r'id="r-([A-Z0-9-]+)"', text)
        link = re.search(r'rel="next" href="([^"]+)"', text)
        path = link[1].replace("&amp;", "&") if link else ""
    assert len(found) == len(set(found)) == 2 * PAGE + 7
    assert found[:2] == numbers(80, 40)


def test_the_list_refreshes_without_the_page_around_it(office: Office) -> None:
    office.write(lambda c: add_report(c, 1))
    answer = office.browser.get(f"/antrean/{TEBET}?lajur=baru", headers={"hx-request": "true"})
    assert answer.text.strip().startswith("<section")
    assert answer.text.strip().endswith("</section>")
    assert f'hx-get="/antrean/{TEBET}?lajur=baru"' in office.browser.get(f"/antrean/{TEBET}?lajur=baru").text


def test_every_lane_stands_once_in_the_rail(office: Office) -> None:
    assert sorted(lane for _, lanes in lane_groups() for lane in lanes) == sorted(LANES)
    text = office.browser.get(f"/antrean/{TEBET}").text
    assert [lane for lane in LANES if text.count(f'data-lane="{lane}" ') != 1] == []


def test_an_emergency_is_loud_only_where_there_is_one(office: Office) -> None:
    quiet = re.search(r'class="(lane darurat[^"]*)"', office.browser.get(f"/antrean/{TEBET}").text)
    office.write(lambda c: add_report(c, 1, urgency="darurat"))
    loud = re.search(r'class="(lane darurat[^"]*)"', office.browser.get(f"/antrean/{TEBET}").text)
    assert (quiet and quiet[1], loud and loud[1]) == ("lane darurat none", "lane darurat")


def test_the_map_starts_at_the_outline_of_the_unit(office: Office) -> None:
    text = office.browser.get(f"/antrean/{TEBET}").text
    found = re.search(r'data-areas="([^"]*)" data-bounds="([^"]*)"', text)
    assert found is not None
    south, west, north, east = map(float, found[2].split(","))
    assert found[1] == TEBET
    assert -6.27 < south < -6.23 < north < -6.19
    assert 106.82 < west < 106.85 < east < 106.89


def test_pages_are_sent_small(office: Office) -> None:
    office.write(lambda c: [add_report(c, key) for key in range(1, PAGE + 1)])
    answer = office.browser.get(f"/antrean/{TEBET}", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < 30_000


def test_only_what_the_posko_was_given_is_listed(office: Office) -> None:
    office.write(lambda c: [add_report(c, 1), add_report(c, 2)])
    office.write(lambda c: c.execute(delete(tables.queue_entries).where(tables.queue_entries.c.report == 2)))
    assert shown(office) == numbers(1)


def test_a_merged_report_is_in_no_list(office: Office) -> None:
    office.write(lambda c: [add_report(c, 1), add_report(c, 2, merged_into=1)])
    assert shown(office) == numbers(1)


def test_a_kelurahan_sees_its_share_of_the_kecamatan(office: Office) -> None:
    office.write(lambda c: [add_report(c, 1), add_report(c, 2, kelurahan=f"{TEBET}.1002")])
    assert shown(office, f"/antrean/{TEBET}.1002") == numbers(2)


def test_a_row_says_what_where_when_and_through_whom(office: Office) -> None:
    def seed(connection: Connection) -> None:
        at = NOW - timedelta(minutes=5)
        add_report(connection, 1, urgency="mendesak", complaint_count=3, channel_counts={"waze": 1, "qlue": 2}, at=at)

    office.write(seed)
    text = office.browser.get(f"/antrean/{TEBET}").text
    for part in ("Mendesak", "Banjir dan genangan", "gang contoh", "Tebet Timur", "Jalan Contoh", "5 menit yang lalu"):
        assert part in text
    assert "3 aduan" in text
    assert re.search(r"qlue <b>2</b>.*waze", text)


def test_an_empty_lane_says_so_kindly(office: Office) -> None:
    assert "Tidak ada yang menunggu" in office.browser.get(f"/antrean/{TEBET}").text


def test_people_s_words_cannot_become_markup(office: Office) -> None:
    office.write(lambda c: add_report(c, 1, title="<script>alert(1)</script>"))
    text = office.browser.get(f"/antrean/{TEBET}").text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


def test_the_longest_wait_is_told(office: Office) -> None:
    def seed(connection: Connection) -> None:
        add_report(connection, 1, status="selesai", at=NOW - timedelta(days=3))
        add_report(connection, 2, status="proses", at=NOW - timedelta(hours=7))
        add_report(connection, 3, at=NOW - timedelta(hours=1))

    office.write(seed)
    work = WorkList(TEBET, Sight("petugas", TEBET), NOW)
    assert office.read(lambda c: oldest_open(c, work)) == NOW - timedelta(hours=7)


def test_unplaced_reports_of_the_kecamatan_stay_with_it(office: Office) -> None:
    office.write(lambda c: add_report(c, 1, kelurahan="", kecamatan=SETIABUDI, queue=SETIABUDI))
    assert shown(office) == []


def plans(office: Office, work: Any) -> str:
    """Tell how the engine would find the rows of all statements that `work` runs."""
    kept: list[str] = []

    def explain(connection: Connection) -> None:
        def keep(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
            if not statement.startswith("EXPLAIN"):
                pending.append((statement, parameters))

        pending: list[tuple[str, Any]] = []
        event.listen(connection, "before_cursor_execute", keep)
        work(connection)
        event.remove(connection, "before_cursor_execute", keep)
        for statement, parameters in pending:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            kept.extend(row[3] for row in rows)

    office.read(explain)
    return "\n".join(kept)


@pytest.mark.parametrize("lane", LANES)
@pytest.mark.parametrize("after", [None, Position(False, 1)])
def test_no_page_reads_more_of_the_store_than_it_shows(office: Office, lane: Any, after: Position | None) -> None:
    office.write(lambda c: [add_report(c, key) for key in range(1, 4)])
    work = WorkList(TEBET, Sight("petugas", TEBET), NOW)
    plan = plans(office, lambda c: (queue_page(c, work, lane, after), lane_counts(c, work), oldest_open(c, work)))
    assert "queue_rows USING PRIMARY KEY (queue=? AND open=? AND urgent=?" in plan
    scans = re.findall(r"SCAN (\w+)", plan)
    assert not {name for name in scans if not name.startswith(("anon", "CONSTANT"))}


def test_a_report_that_moves_leaves_the_list_at_once(office: Office) -> None:
    office.write(lambda c: add_report(c, 1))
    where = tables.reports.c.id == 1
    office.write(lambda c: c.execute(update(tables.reports).where(where).values(queue=SETIABUDI, kecamatan=SETIABUDI)))
    assert shown(office) == []


def test_a_photo_is_shown_small(office: Office) -> None:
    def seed(connection: Connection) -> None:
        add_report(connection, 1)
        add_complaint(connection, 20, 1)
        row = {"raw_item": 1, "position": 0, "url": "", "complaint": 20}
        connection.execute(insert(tables.photos).values(row | {"id": "a" * 32, "kind": "photo", "state": "ready"}))
        document = {"id": "b" * 32, "kind": "document", "state": "kept", "position": 1}
        connection.execute(insert(tables.photos).values(row | document))

    office.write(seed)
    text = office.browser.get(f"/antrean/{TEBET}").text
    assert f"/foto/{'a' * 32}?kecil=1" in text
    assert "b" * 32 not in text
