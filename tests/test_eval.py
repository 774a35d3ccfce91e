"""`aduan eval`: labels in, figures out; and that joining without a store is joining as the hub does it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from benchmarks.stream import rows
from hub.host import make_normalizer
from hub.quality.labels import read_labelled
from hub.quality.replay import Arrived, arrive, replay
from hub.quality.rules import NOTHING, Rule, Tuned, group
from normalizer.complaint import Place, Understanding
from normalizer.duplicates import keys, probes
from tests.cli_fixtures import Desk

HERE = (-6.16489, 106.81067)
NORTH = 1 / 111_320


def line(number: int, text: str, minutes: int = 0, metres: float = 0, **gold: str) -> dict[str, Any]:
    return {
        "id": f"r{number}",
        "channel": "qlue" if number % 2 else "sms",
        "text": text,
        "lat": HERE[0] + metres * NORTH,
        "lon": HERE[1],
        "created_at": f"2026-11-20T07:{minutes:02}:00+07:00",
        "gold": gold,
    }


DAY = [
    line(1, "Banjir sepaha di depan pasar, air terus naik", incident="a", category="banjir", kecamatan="31.71.01"),
    line(2, "banjir depan pasar, tolong pompa", 5, 15, incident="a", category="banjir"),
    line(3, "Lampu jalan padam sejak Senin", 9, 900, incident="b", category="lampu-jalan", kelurahan="31.74.01.1001"),
]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    desk.write("day.jsonl", DAY)
    return desk


def test_labels_become_figures(desk: Desk) -> None:
    found = desk.run("eval", "day.jsonl", "--json")
    assert (found.code, found.json["complaints"], found.json["reports"]) == (0, 3, 2)
    assert found.json["category"]["accuracy"] == 1
    assert found.json["place"]["kecamatan"] | {"reliability": []} == {
        "labelled": 1, "answered": 1, "right": 1, "share_right": 1, "undecided": 0, "reliability": [],
        "interval": found.json["place"]["kecamatan"]["interval"],
    }  # fmt: skip
    assert found.json["place"]["kelurahan"]["right"] == 0
    rules = {row["rule"]: row for row in found.json["incidents"]["rules"]}
    assert (rules["ours"]["precision"], rules["ours"]["recall"], rules["ours"]["b_cubed_f"]) == (1, 1, 1)
    assert rules["nothing"]["recall"] == 0
    assert found.json["incidents"]["channels"] == [{"channels": "qlue + sms", "pairs": 1, "found": 1, "right": 1}]


def test_pairs_are_judged_and_unsure_ones_left_out(desk: Desk) -> None:
    desk.write("pairs.csv", "a,b,label,kind\nr1,r2,dup,\nr1,r3,not,far\nr2,r3,unsure,\n")
    pairs = desk.run("eval", "day.jsonl", "--pairs", "pairs.csv", "--json").json["pairs"]
    assert pairs["pairs"] == {"dup": 1, "not": 1, "unsure": 1}
    assert pairs["kinds"] == [{"kind": "dup", "pairs": 1, "joined": 1}, {"kind": "far", "pairs": 1, "joined": 0}]
    ours = pairs["rules"][0]
    assert (ours["rule"], ours["precision"], ours["recall"]) == ("ours", 1, 1)


def test_tables_are_for_people(desk: Desk) -> None:
    shown = desk.run("eval", "day.jsonl").out
    assert "3 complaints in 2 reports" in shown
    assert "what confidence means" in shown


def test_bad_lines_are_named_and_the_rest_is_measured(desk: Desk) -> None:
    lines = [*map(json.dumps, DAY), "{", json.dumps(DAY[0]), json.dumps(line(9, "x", category="banjirr"))]
    lines.append(json.dumps({**line(10, "x"), "gold": ["banjir"]}))
    desk.write("day.jsonl", "\n".join(lines))
    desk.write("pairs.csv", "a,b,label\nr1,r9,dup\nr1,r2,same\nr1,,dup\nr1,r1,dup\n")
    found = desk.run("eval", "day.jsonl", "--pairs", "pairs.csv", "--json")
    assert found.code == 1
    assert found.json["complaints"] == 3
    for words in (
        "day.jsonl, line 4: not JSON",
        "line 5: the id 'r1' stands there twice",
        "line 6: gold: there is no category 'banjirr'",
        "line 7: gold: not a JSON object",
        "pairs.csv, line 2: no complaint has the id 'r9'",
        "line 3: label 'same'; choose from dup, not, unsure",
        "line 4: no b",
        "line 5: a and b are one complaint",
    ):
        assert words in found.err


def test_pairs_without_a_heading_are_told(desk: Desk) -> None:
    (desk.folder / "pairs.csv").write_bytes("r1;r2;dup\n\xe9".encode("latin-1"))
    found = desk.run("eval", "day.jsonl", "--pairs", "pairs.csv")
    assert found.code == 1
    assert "the first line names the columns a,b,label" in found.err


def test_without_labels_it_says_what_is_wanted(desk: Desk) -> None:
    desk.write("bare.jsonl", [{key: value for key, value in DAY[0].items() if key != "gold"}])
    found = desk.run("eval", "bare.jsonl")
    assert found.code == 2
    assert "bare.jsonl holds no labels" in found.err


def test_a_replay_joins_what_the_hub_joins(desk: Desk) -> None:
    desk.settings()
    desk.write("stream.jsonl", list(rows(250, seed=7, gold=True)))
    assert desk.run("import", "stream.jsonl").code == 0
    stored = {frozenset(one["id"] for one in row["complaints"]) for row in desk.run("export", "reports").rows}
    normalizer = make_normalizer("jakarta", b"")
    read = read_labelled(desk.folder / "stream.jsonl", "Asia/Jakarta").rows
    grouping = replay(arrive(((row.id, row.complaint) for row in read), normalizer.understand))
    groups: dict[int, set[str]] = {}
    for name, report in grouping.report.items():
        groups.setdefault(report, set()).add(name)
    assert stored == set(map(frozenset, groups.values()))
    assert len(stored) < 250


# --------------------------------------------------------------------------------------------------------- plain rules


def arrived(name: str, metres: float, minutes: int = 0, kind: str = "banjir", **place: str) -> Arrived:
    facts: dict[str, Any] = {"c": kind} if place else {"c": kind, "p": [HERE[0] + metres * NORTH, HERE[1], 15]}
    understood = Understanding(
        text="", place=Place(**place), category=kind, category_confidence=1, category_sure=True, facts=facts,
        keys=keys(facts), probes=probes(facts),
    )  # fmt: skip
    return Arrived(name, datetime(2026, 11, 20, tzinfo=UTC) + timedelta(minutes=minutes), understood)


def test_a_radius_rule_chains_and_doing_nothing_does_not() -> None:
    chain = [arrived(str(number), 70 * number, number) for number in range(4)] + [arrived("far", 400)]
    assert set(group(Rule(80, 6), chain).values()) == {"0", "far"}
    assert len(set(group(NOTHING, chain).values())) == 5
    assert len(set(group(Rule(80, 0.01), chain).values())) == 5


def test_a_rule_may_ask_for_one_category() -> None:
    mixed = [arrived("a", 0), arrived("b", 5, kind="pohon")]
    assert len(set(group(Rule(80, 6), mixed).values())) == 1
    assert len(set(group(Rule(80, 6, same_category=True), mixed).values())) == 2


def test_the_tuned_rule_knows_streets_where_a_position_is_missing() -> None:
    street = {"street": "contoh", "kelurahan": "31.71.02.1001"}
    some = [arrived("a", 0, **street), arrived("b", 0, 9, **street), arrived("c", 0, 9, **{**street, "street": "lain"})]
    assert group(Tuned(), some) == {"a": "a", "b": "a", "c": "c"}


def test_a_stream_is_replayed_in_the_order_of_its_times() -> None:
    later, sooner = arrived("later", 0, 9), arrived("sooner", 3, 1)
    grouping = replay([later, sooner])
    assert grouping.together("later", "sooner")
    assert grouping.decisions["sooner"].outcome == "separate"
