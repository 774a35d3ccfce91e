"""`aduan export` and `aduan run --once`: rows in their exact shapes, what is sealed, what a spreadsheet would run."""

from __future__ import annotations

import csv
import json
import re
import sqlite3
from io import StringIO
from itertools import chain
from pathlib import Path

import pytest

from hub.host import Hub
from hub.settings import load_settings
from tests.cli_fixtures import STATES, WITHOUT_CHANNELS, Desk, row

COMPLAINT = """id channel revision text created_at received_at category category_confidence category_sure
category_reported urgency place anonim rahasia photos report""".split()
PLACE = "result level lat lon kelurahan kecamatan confidence metres_to_border".split()
REPORT = """number version status reason category urgency place units queue created_at updated_at merged_into
complaints""".split()
FOLLOW_UP = "id report channel status note photos unit at".split()
DELIVERY = "key channel kind report complaint state attempts next_at reason".split()

LINES = [
    row(1, "Banjir sepaha di depan pasar", lat=-6.16489, lon=106.81067),
    row(2, '=HYPERLINK("http://evil.test") lampu jalan mati, hubungi 0812 0000 0000'),
    row(3, "Pak lurah minta uang pungli untuk urus KTP"),
]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = Desk(tmp_path_factory.mktemp("export"))
    desk.settings(f'{WITHOUT_CHANNELS}[[channel]]\nkind = "posko"\n')
    desk.write("day.jsonl", LINES)
    assert desk.run("import", "day.jsonl").code == 0
    return desk


def test_run_once_delivers_what_an_import_left_due(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.settings(f'{WITHOUT_CHANNELS}[[channel]]\nkind = "posko"\n')
    desk.write("day.jsonl", LINES[:1])
    before = desk.run("import", "day.jsonl", "--json").json
    done = desk.run("run", "--once", "--json")
    assert done.code == 0
    assert (before["deliveries"]["due"], before["deliveries"]["sent"]) == (1, 0)
    assert (done.json["deliveries"]["due"], done.json["deliveries"]["sent"]) == (0, 1)
    assert set(done.json["deliveries"]) == set(STATES)
    assert done.json["channels"].get("posko", {}).get("items", 0) == 0
    [delivery] = desk.run("export", "deliveries").rows
    assert set(delivery) == set(DELIVERY)
    assert (delivery["channel"], delivery["kind"], delivery["state"]) == ("posko", "report", "sent")


def test_complaints_have_their_shape_and_no_phone_numbers(desk: Desk) -> None:
    rows = desk.run("export", "complaints").rows
    assert [set(one) for one in rows] == [set(COMPLAINT)] * 2
    assert {frozenset(one["place"]) for one in rows} == {frozenset(PLACE)}
    assert "0812" not in json.dumps(rows)


def test_reports_have_their_shape(desk: Desk) -> None:
    rows = desk.run("export", "reports").rows
    assert [set(one) for one in rows] == [set(REPORT)] * 2
    assert rows[0]["complaints"] == [{"channel": "sms", "id": "1"}]
    assert all(re.fullmatch(r"JKT-[0-9A-HJKMNP-TV-Z]{8}", one["number"]) for one in rows)


@pytest.mark.anyio
async def test_follow_ups_have_their_shape(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.write("day.jsonl", LINES[:1])
    settings = desk.settings()
    assert desk.run("import", "day.jsonl").code == 0
    [report] = desk.run("export", "reports").rows
    hub = Hub(load_settings(settings))
    await hub.open()
    await hub.desk.follow_up(report["number"], report["version"], "petugas", status="proses", note="Dikerjakan")
    await hub.close()
    [followup] = desk.run("export", "followups").rows
    assert set(followup) == set(FOLLOW_UP)
    assert (followup["report"], followup["status"], followup["note"]) == (report["number"], "proses", "Dikerjakan")


def test_sealed_ones_are_hidden_from_every_export(desk: Desk) -> None:
    for what in ("complaints", "reports", "deliveries"):
        done = desk.run("export", what)
        assert done.code == 0
        assert "pungli" not in done.out
    assert len(done.rows) == 2


def test_full_shows_sealed_ones_with_what_was_said_and_is_audited(desk: Desk) -> None:
    rows = desk.run("export", "complaints", "--full").rows
    assert {one["id"]: one["said"]["text"] for one in rows} == {line["id"]: line["text"] for line in LINES}
    with sqlite3.connect(desk.folder / "aduan.db") as database:
        found = database.execute("SELECT actor, action, subject FROM audit").fetchall()
    assert ("console", "export", "complaints") in found


def test_csv_runs_nothing_in_a_spreadsheet(desk: Desk) -> None:
    done = desk.run("export", "complaints", "--format", "csv")
    rows = list(csv.DictReader(StringIO(done.out)))
    assert rows[1]["text"].startswith("'=HYPERLINK")
    assert not any(cell[:1] in "=+@\t\r" for cell in chain(*(one.values() for one in rows)) if cell)
    assert set(rows[0]) == {*COMPLAINT, *(f"place_{name}" for name in PLACE)} - {"place"}


def test_negative_coordinates_stay_numbers_in_csv(desk: Desk) -> None:
    [first, _] = csv.DictReader(StringIO(desk.run("export", "reports", "--format", "csv").out))
    assert float(first["place_lat"]) == pytest.approx(-6.16489, abs=0.001)


def test_geojson_is_a_collection_of_points(desk: Desk) -> None:
    done = desk.run("export", "reports", "--format", "geojson")
    collection = json.loads(done.out)
    assert collection["type"] == "FeatureCollection"
    placed, unplaced = collection["features"]
    assert placed["geometry"]["type"] == "Point"
    assert placed["geometry"]["coordinates"] == pytest.approx([106.81067, -6.16489], abs=0.001)
    assert unplaced["geometry"] is None
    assert placed["properties"]["number"].startswith("JKT-")


def test_a_file_takes_the_rows_and_stdout_stays_empty(desk: Desk) -> None:
    done = desk.run("export", "reports", "-o", "reports.jsonl")
    assert (done.code, done.out) == (0, "")
    assert len((desk.folder / "reports.jsonl").read_text().splitlines()) == 2


@pytest.mark.parametrize("what", ["deliveries", "followups"])
@pytest.mark.parametrize("form", ["csv", "geojson"])
def test_nothing_stored_is_an_empty_document(tmp_path: Path, what: str, form: str) -> None:
    desk = Desk(tmp_path)
    desk.settings()
    done = desk.run("export", what, "--format", form)
    assert done.code == 0
    assert json.loads(done.out)["features"] == [] if form == "geojson" else done.out == ""


def test_a_full_disk_is_said_where_the_export_goes(desk: Desk) -> None:
    done = desk.run("export", "complaints", "-o", "/dev/full")
    assert done.code == 3
    assert "disk is full" in done.err
