"""`aduan import`: what comes in, what is said about bad lines, and the summary's shape."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli_fixtures import FIGURES, STATES, WITHOUT_CHANNELS, Desk, Ran, row

FLOOD = {"lat": -6.16489, "lon": 106.81067}
LINES = [
    row(1, "Banjir sepaha di depan pasar, air terus naik", **FLOOD) | {"created_at": "2026-11-20T07:00:00"},
    row(2, "banjir depan pasar sudah sepaha, tolong pompa", "posko:sawah-besar", lat=-6.16479, lon=106.81077),
    row(3, "Lampu jalan mati sejak Senin", reporter=812),
]
BROKEN = '{"id": "4", "channel": "sms", "text": "rahasia sekali'
INCOMPLETE = '{"id": "5", "channel": "sms", "title": "rahasia sekali"}'


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = Desk(tmp_path_factory.mktemp("import"))
    desk.settings()
    good = [json.dumps(line) for line in LINES]
    desk.write("day.jsonl", "\n".join([good[0], BROKEN, "", good[1], INCOMPLETE, good[2]]) + "\n")
    return desk


@pytest.fixture(scope="module")
def first(desk: Desk) -> Ran:
    return desk.run("import", "day.jsonl", "--json")


def test_bad_lines_are_named_by_number_and_the_rest_is_imported(first: Ran) -> None:
    assert first.code == 1
    assert "day.jsonl:2: not JSON" in first.err
    assert "day.jsonl:5: text: Field required" in first.err
    assert first.json["complaints"] == len(LINES)


def test_what_citizens_wrote_in_bad_lines_is_not_repeated(first: Ran) -> None:
    assert "rahasia" not in first.err + first.out


def test_the_summary_has_exactly_its_members(first: Ran) -> None:
    summary = first.json
    assert set(summary) == {"channels", "complaints", "reports", "deliveries", "replies"}
    assert all(set(figures) == set(FIGURES) for figures in summary["channels"].values())
    assert set(summary["deliveries"]) == set(summary["replies"]) == set(STATES)


def test_a_channels_items_are_the_sum_of_what_became_of_them(first: Ran) -> None:
    channels = first.json["channels"]
    assert set(channels) == {"sms", "posko:sawah-besar"}
    assert channels["sms"]["complaints"] == 2
    for figures in channels.values():
        assert figures["items"] == sum(count for name, count in figures.items() if name not in {"items", "repeats"})


@pytest.fixture(scope="module")
def stored(desk: Desk, first: Ran) -> list[dict[str, Any]]:
    assert first.json["complaints"]
    return exported(desk)


def test_complaints_of_one_incident_are_joined_across_channels(first: Ran, stored: list[dict[str, Any]]) -> None:
    assert first.json["reports"] == 2
    reports = {one["id"]: one["report"] for one in stored}
    assert reports["1"] == reports["2"] != reports["3"]


def test_a_time_without_a_zone_is_the_citys(stored: list[dict[str, Any]]) -> None:
    assert {one["id"]: one["created_at"] for one in stored}["1"] == "2026-11-20T00:00:00+00:00"


def test_the_same_file_again_changes_nothing(desk: Desk, first: Ran) -> None:
    again = desk.run("import", "day.jsonl", "--json").json
    assert again["complaints"] == first.json["complaints"]
    assert again["reports"] == first.json["reports"]
    assert {name: (one["items"], one["repeats"]) for name, one in again["channels"].items()} == {
        "posko:sawah-besar": (0, 1),
        "sms": (0, 2),
    }


def test_an_edited_line_is_a_revision_of_its_complaint(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.settings()
    desk.write("a.jsonl", [row(1, "Lampu jalan mati")])
    desk.write("b.jsonl", [row(1, "Lampu jalan mati, dua tiang")])
    assert desk.run("import", "a.jsonl").code == 0
    figures = desk.run("import", "b.jsonl", "--json").json["channels"]["sms"]
    assert (figures["revisions"], figures["complaints"]) == (1, 0)
    [stored] = exported(desk)
    assert (stored["revision"], stored["text"]) == (2, "Lampu jalan mati, dua tiang")


def test_without_json_nothing_is_on_stdout_and_words_are_on_stderr(desk: Desk, first: Ran) -> None:
    done = desk.run("import", "day.jsonl")
    assert first.code == done.code == 1
    assert done.out == ""
    assert done.err.splitlines()[-1].startswith("5 lines read. 3 complaints in 2 reports")


@pytest.mark.parametrize("way", ["option", "environment", "folder"])
def test_the_settings_are_named_in_three_ways(tmp_path: Path, way: str) -> None:
    settings = 'region = "karo"'
    desk, elsewhere = Desk(tmp_path), tmp_path / "elsewhere"
    elsewhere.mkdir()
    desk.settings(f"{WITHOUT_CHANNELS}{settings}\n", "aduan.toml" if way == "folder" else "elsewhere/hub.toml")
    words = ["-c", "elsewhere/hub.toml"] if way == "option" else []
    env = {"ADUAN_CONFIG": str(elsewhere / "hub.toml")} if way == "environment" else {}
    done = desk.run("dead", "list", "--json", *words, env=env)
    assert (done.code, done.json) == (0, [])
    assert ((tmp_path if way == "folder" else elsewhere) / "aduan.db").exists()


def test_a_broken_channel_in_the_settings_does_not_keep_a_file_out(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.settings(f'{WITHOUT_CHANNELS}[[channel]]\nkind = "waze"\n')
    desk.write("day.jsonl", [row(1, "Pohon tumbang", "waze")])
    done = desk.run("import", "day.jsonl", "--json")
    assert done.code == 0
    assert done.json["channels"]["waze"]["complaints"] == 1


def exported(desk: Desk) -> list[dict[str, Any]]:
    return desk.run("export", "complaints").rows
