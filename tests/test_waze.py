"""The Waze channel: what becomes of each alert, and that nothing in a feed breaks it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.plugin import (
    Complaint,
    Skip,
)
from hub.testing import HttpWorld, ManualClock, SourceCase, check_source
from normalizer.taxonomy import BY_CODE
from plugins.waze.kinds import KINDS
from plugins.waze.source import Waze
from tests.waze_fixtures import (
    FEED,
    TOKEN,
    Host,
    alert,
    answering,
    crowd,
    ids,
    pulled,
    readings,
    url,
    waze,
)

# ------------------------------------------------------------------------------------------------------------ contract


BAD_ALERTS: list[Any] = [
    None,
    7,
    "x",
    [],
    {},
    {"uuid": 5},
    alert(9000, type=None),
    alert(9001, location={"x": "nowhere"}),
    alert(9002, uuid="\0 x"),
    alert(9003, street="\ud800", reportDescription={}, subtype=4, pubMillis="?", reliability=[]),
]


@pytest.mark.anyio
async def test_contract() -> None:
    bad = crowd(510) | {"alerts": BAD_ALERTS + crowd(510)["alerts"]}
    case = SourceCase(
        kind=Waze,
        options={"feeds": [url()]},
        world=lambda: HttpWorld(lambda _: httpx2.Response(200, json=crowd(510))),
        bad_world=lambda: HttpWorld(lambda _: httpx2.Response(200, content=json.dumps(bad))),
        secrets=[TOKEN],
    )
    applied = await check_source(case)
    assert {"kill-loses-nothing", "bad-item-stays-alone", "keeps-secrets", "outages-retried"} <= set(applied)


# ------------------------------------------------------------------------------------------------------------- meaning


def test_every_alert_is_a_complaint_or_skipped_with_a_reason() -> None:
    expected = [
        "banjir",
        "jalan-rusak",
        "lampu-lalu-lintas",
        "kecelakaan",
        "kecelakaan",
        "bahaya-jalan",
        "-weak",
        "-stopped car",
        "parkir-liar",
        "-jam",
        "-light jam",
        "-closure",
        "bahaya-jalan",
        "rambu",
        "-weather",
        "lainnya",
    ]
    assert [
        f"-{one.reason}" if isinstance(one, Skip) else one.category_hint
        for one in readings(FEED)
        if isinstance(one, Skip | Complaint)
    ] == expected


def test_every_category_of_the_table_exists() -> None:
    categories = {kind.category for kind in KINDS.values() if not kind.skip}
    assert categories <= BY_CODE.keys()
    assert all(bool(kind.category) != bool(kind.skip) for kind in KINDS.values())


def test_a_complaint_keeps_what_the_driver_gave() -> None:
    first, *_, sign = [reading for reading in readings(FEED) if isinstance(reading, Complaint)][:-1]
    assert first.native_id == FEED["alerts"][0]["uuid"]
    assert first.created_at == datetime(2026, 11, 20, 2, 59, tzinfo=UTC)
    assert (first.title, first.text) == ("Banjir atau genangan", "Selutut di depan pasar contoh")
    assert (first.lat, first.lon) == (-6.221, 106.861)
    assert first.address == "Jl Contoh 1, Jakarta Timur"
    assert first.category_reported == "HAZARD_WEATHER_FLOOD"
    assert first.anonim
    assert first.reporter is None
    assert [photo.url for photo in sign.attachments] == ["https://photos.example.org/rambu.jpg"]


def test_a_time_ahead_of_the_poll_is_that_of_the_poll() -> None:
    ahead = readings(FEED)[3]
    assert isinstance(ahead, Complaint)
    assert ahead.created_at == ManualClock().now
    assert ahead.created_text == str(FEED["alerts"][3]["pubMillis"])


def test_absent_street_and_null_city_are_empty() -> None:
    bare = readings(FEED)[4]
    assert isinstance(bare, Complaint)
    assert bare.address == ""


@pytest.mark.parametrize(
    ("subtype", "words", "category"),
    [
        ("JAM_LIGHT_TRAFFIC", "Banjir di depan halte", "banjir"),
        ("HAZARD_ON_ROAD", "genangan dalam", "banjir"),
        ("HAZARD_ON_ROAD_OBJECT", "Jalan amblas", "jalan-rusak"),
        ("ROAD_CLOSED_EVENT", "Jembatan putus", "jalan-rusak"),
        ("HAZARD_ON_ROAD", "Lampu merah arah utara mati", "lampu-lalu-lintas"),
        ("HAZARD_ON_ROAD_CAR_STOPPED", "angkot parkir sembarangan", "parkir-liar"),
        ("HAZARD_ON_ROAD_OBJECT", "ada pohon  tumbang", "pohon"),
        ("HAZARD_ON_ROAD_POT_HOLE", "mohon perbaikan", "jalan-rusak"),
        ("HAZARD_ON_ROAD_POT_HOLE", "parkir", "jalan-rusak"),
        ("JAM_LIGHT_TRAFFIC", "tidak banjir kok", "-light jam"),
        ("JAM_LIGHT_TRAFFIC", "lampu merah", "-light jam"),
        ("JAM_LIGHT_TRAFFIC", "Jl Banjir Kanal", "-light jam"),
        ("ROAD_CLOSED_EVENT", "Lubang Buaya", "-closure"),
        ("ROAD_CLOSED_HAZARD", "Penutupan Pelintasan", "-works"),
        ("HAZARD_ON_ROAD", "Under construction", "-works"),
        ("HAZARD_WEATHER_SANDSTORM", "", "-weather"),
        ("HAZARD_ON_ROAD_UFO", "", "lainnya"),
        ("NO_SUBTYPE", "awas", "bahaya-jalan"),
        ("ACCIDENT_NEW", "", "lainnya"),
    ],
)
def test_words_of_a_description_decide(subtype: str, words: str, category: str) -> None:
    (one,) = readings({"alerts": [alert(1, subtype=subtype, reportDescription=words)]})
    assert (f"-{one.reason}" if isinstance(one, Skip) else getattr(one, "category_hint", "")) == category


def test_old_and_new_name_of_hazard_mean_the_same() -> None:
    for subtype in ("", "HAZARD_ON_ROAD_UFO", "HAZARD_ON_ROAD_POT_HOLE"):
        old, new = (
            readings({"alerts": [alert(1, type=name, subtype=subtype, reliability=6)]})
            for name in ("WEATHERHAZARD", "HAZARD")
        )
        assert old[0].model_dump(exclude={"category_reported"}) == new[0].model_dump(exclude={"category_reported"})
        assert isinstance(old[0], Complaint)


def test_jams_are_taken_when_asked_for_but_never_light_ones() -> None:
    jams = ["JAM_LIGHT_TRAFFIC", "JAM_MODERATE_TRAFFIC", "JAM_HEAVY_TRAFFIC", "JAM_STAND_STILL_TRAFFIC", ""]
    document = {"alerts": [alert(n, type="JAM", subtype=subtype) for n, subtype in enumerate(jams)]}
    assert not ids(readings(document), Complaint)
    taken = [one for one in readings(document, include_jams=True) if isinstance(one, Complaint)]
    assert [one.category_hint for one in taken] == ["macet"] * 3


@pytest.mark.anyio
async def test_nested_alerts_and_jams_are_not_taken() -> None:
    host = Host(waze(answering(FEED)))
    await host.pull()
    assert set(host.marks) == {row["uuid"] for row in FEED["alerts"]}


# ------------------------------------------------------------------------------------------------------------ anything


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)
members = st.sampled_from([*FEED["alerts"][0], "imageUrl"])
nearly_alerts = st.builds(
    lambda base, changes: base | changes,
    st.sampled_from(FEED["alerts"]),
    st.dictionaries(members, anything | st.dictionaries(st.sampled_from(["x", "y"]), anything), max_size=4),
)


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=200)
@given(st.lists(nearly_alerts | anything, max_size=4))
def test_no_json_breaks_reading(rows: list[Any]) -> None:
    channel = waze(answering({}))
    for item in pulled(channel, {"alerts": json.loads(json.dumps(rows))}):
        if item.quarantine:
            continue
        (one,) = channel.read(item)
        assert isinstance(one, Complaint | Skip)


@pytest.mark.anyio
async def test_what_is_no_alert_is_quarantined_with_its_reason() -> None:
    channel = waze(answering({"alerts": BAD_ALERTS, "endTimeMillis": 1}))
    items = [item async for page in channel.pull(None) for item in page.items]
    assert len(items) == len(BAD_ALERTS)
    assert [bool(item.quarantine) for item in items] == [True] * 9 + [False]
    assert items[6].native_id == alert(9000)["uuid"]
    again = [item async for page in channel.pull(None) for item in page.items]
    assert [item.native_id for item in items] == [item.native_id for item in again]
