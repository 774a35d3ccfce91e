"""The Qlue channel: four shapes of one feed, read leniently."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.plugin import (
    BadOptions,
    Complaint,
)
from hub.testing import (
    ManualClock,
    SinkCase,
    SourceCase,
    check_sink,
    check_source,
    make_context,
    sample_reply,
)
from plugins.qlue.channel import Qlue
from plugins.qlue.generations import GENERATIONS, Generation
from plugins.qlue.history import history_item
from plugins.qlue.marker import Marker
from plugins.qlue.values import link_of, place_of, tags_of, time_of
from plugins.qlue.window import Window
from tests.qlue_fixtures import (
    BASE,
    OPTIONS,
    RECONSTRUCTED,
    SHARED,
    WIB,
    Host,
    QlueWorld,
    answering,
    fixture,
    qlue,
    read_all,
    row,
)

# ------------------------------------------------------------------------------------------------------------ contract


BAD_ROWS: list[Any] = [None, 7, "x", [], {}, {"id": None}, {"id": "\0"}, {"id": [1]}, {"profile": 5}]


@pytest.mark.anyio
async def test_contract_of_the_source() -> None:
    applied = await check_source(
        SourceCase(kind=Qlue, options=OPTIONS, world=QlueWorld, bad_world=lambda: QlueWorld(*BAD_ROWS))
    )
    assert {"kill-loses-nothing", "bad-item-stays-alone", "keeps-secrets", "credentials-refused"} <= set(applied)


@pytest.mark.anyio
async def test_contract_of_the_sink() -> None:
    parcels = [sample_reply(complaint="1"), sample_reply(complaint="2", photos=("https://hub.test/foto/1",))]
    applied = await check_sink(SinkCase(kind=Qlue, options=OPTIONS, world=QlueWorld, parcels=parcels))
    assert {"one-effect-a-key", "lost-answer-one-effect", "keeps-secrets", "manner-holds"} <= set(applied)


# -------------------------------------------------------------------------------------------------------------- shapes


@pytest.mark.anyio
@pytest.mark.parametrize("generation", list(GENERATIONS))
async def test_every_shape_gives_the_same_report(generation: Generation) -> None:
    first = (await read_all(fixture(generation), generation))[0]
    assert first.created_at == datetime(2026, 11, 20, 1, 15, tzinfo=UTC)
    assert first.created_text == "2026-11-20 08:15:00"
    assert first.title == ""
    assert "banjir" in first.text.lower()
    assert (first.lat, first.lon) == (-6.168111, 106.768616)
    assert [(one.kind, one.url) for one in first.attachments] == [("photo", "https://photos.example.org/a=s480-c")]
    assert first.anonim
    assert (first.reporter is None) == (generation == "g3")


@pytest.mark.anyio
@pytest.mark.parametrize("generation", list(RECONSTRUCTED))
async def test_whole_captures_are_read_and_a_repeat_is_nothing(generation: Generation) -> None:
    path = SHARED / f"{RECONSTRUCTED[generation]}_RECONSTRUCTED.json"
    if not path.is_file():
        pytest.skip(f"{path.name} is not here: set ADUAN_SHARED")
    document = json.loads(path.read_text())
    host = Host(qlue(answering(document), generation=generation, history_url=""))
    found = await host.pull()
    complaints = [reading for reading in found if isinstance(reading, Complaint)]
    assert len(complaints) == len(document["data"] if generation == "g3" else document)
    assert all(one.created_at.year == 2017 and one.attachments for one in complaints)
    assert await host.pull() == []


@pytest.mark.anyio
async def test_what_only_the_second_generation_knows() -> None:
    first, clip, moved, waste = await read_all(fixture("g2"), "g2")
    assert first.category_reported == "Flood"
    assert first.kelurahan_reported == "CONTOH UTARA"
    assert moved.kelurahan_reported == "3171011002"
    assert first.tags == ("drainaseburuk",)
    assert moved.tags == ("cuacaekstrim", "lautpasang")
    assert (moved.lat, moved.lon, moved.text) == (-6.2, 106.8, "")
    assert [one.kind for one in clip.attachments] == ["video"]
    assert (clip.lat, waste.lat) == (None, None)
    assert waste.created_at == datetime(2026, 11, 20, 0, 55, 30, 250_000, tzinfo=UTC)
    assert waste.attachments == ()


@pytest.mark.anyio
async def test_what_the_other_generations_know() -> None:
    bare = (await read_all(fixture("g1"), "g1", url=f"{BASE}/x.php?category=ic_2flod"))[1]
    assert (bare.category_reported, bare.attachments, bare.lat) == ("ic_2flod", (), None)
    _, clip, empty = await read_all(fixture("g3"), "g3")
    assert clip.attachments[0].kind == "video"
    assert (empty.title, empty.text, empty.category_hint) == ("Banjir", "", "banjir")
    (flat,) = await read_all(fixture("g4"), "g4")
    assert (flat.tags, flat.address, flat.kelurahan_reported) == (("cuacaekstrim",), "003/005", "CONTOH UTARA")
    assert flat.reporter
    assert flat.reporter.handle == "warga001"


@pytest.mark.anyio
@pytest.mark.parametrize("time", [None, "kemarin", "", 5, "0001-01-01 00:00:00"])
async def test_a_report_without_a_readable_time_is_as_old_as_its_first_sight(time: Any) -> None:
    (one,) = await read_all([row(1, timestamp=time)], "g2")
    assert one.created_at == ManualClock().now


# -------------------------------------------------------------------------------------------------------------- values


@pytest.mark.parametrize(
    ("lat", "lon"), [(0, 106.8), (-6.2, 0), ("0", "0"), (None, None), (0.0004, -0.0002), ("x", 1), (91, 1), (-6, 181)]
)
def test_no_place(lat: Any, lon: Any) -> None:
    assert place_of(lat, lon) is None


def test_places_in_numbers_and_texts() -> None:
    assert place_of("-6.2", 106) == (-6.2, 106.0)


def test_times_without_a_zone_are_the_regions() -> None:
    naive = time_of("2026-11-20 08:15:00", WIB)
    assert naive
    assert naive.utcoffset() == timedelta(hours=7)
    assert time_of("2026-11-20T01:15:00Z", WIB) == naive


@pytest.mark.parametrize("tags", [["Banjir", "macet"], "banjir, macet", "#banjir#macet", "banjir macet"])
def test_tags_come_in_several_shapes(tags: Any) -> None:
    assert tags_of([tags], "dalam #Macet") == ("banjir", "macet")


@given(st.one_of(st.text(), st.integers(), st.floats(), st.none(), st.lists(st.text())))
def test_no_value_breaks_reading(value: Any) -> None:
    time_of(value, WIB)
    place_of(value, value)
    tags_of([value], str(value))


# -------------------------------------------------------------------------------------------------------------- limits


@pytest.mark.parametrize("option", ["url", "history_url", "reply_url"])
@pytest.mark.parametrize("address", ["qlue.test/list", "ftp://qlue.test", "http://x:port/", "https://"])
def test_a_wrong_address_is_a_wrong_setting(option: str, address: str) -> None:
    with pytest.raises(BadOptions, match=option):
        Qlue(Qlue.Options.model_validate(OPTIONS | {option: address}), make_context())


@pytest.mark.parametrize("length", [8, 24])
def test_the_cursor_is_bounded_and_keeps_the_newest(length: int) -> None:
    window = Window(None)
    for number in range(20_000):
        window.see(f"{number:0{length}}", "x" * 24, 10**6)
    cursor = json.loads(json.dumps(window.dump()))
    assert len(json.dumps(cursor)) < 256_000
    assert f"{19_999:0{length}}" in cursor["seen"]
    assert len(cursor["seen"]) > 2000


# ------------------------------------------------------------------------------------------------------------ anything


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)
members = st.sampled_from(["id", "type", "profile", "post_id", "post_date", "location", "timestamp", "file", "lat"])
nearly_rows = st.dictionaries(members, anything | st.dictionaries(st.text(), anything, max_size=3), max_size=5)


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=200)
@given(st.sampled_from(list(GENERATIONS)), st.integers(0, 10**9), nearly_rows | anything)
def test_no_json_breaks_reading(generation: Generation, number: int, rubbish: Any) -> None:
    channel = qlue(answering([]), generation=generation)
    fields = GENERATIONS[generation]
    rows = [rubbish, {**rubbish, fields.id: number}] if isinstance(rubbish, dict) else [rubbish]
    for one in json.loads(json.dumps(rows)):
        item = Marker(one, fields).item(ManualClock().now, 0)
        assert item.quarantine or isinstance(channel.read(item)[0], Complaint)


@given(st.lists(anything, max_size=3))
def test_no_json_breaks_histories(entries: list[Any]) -> None:
    for entry in json.loads(json.dumps(entries)):
        assert history_item("1", entry).native_id.startswith("1/")


@pytest.mark.parametrize(
    ("link", "taken"),
    [
        ("http://photos.example.org/a", "https://photos.example.org/a"),
        ("http://127.0.0.1:8080/a", "http://127.0.0.1:8080/a"),
        ("https://photos.example.org/a", "https://photos.example.org/a"),
        ("ftp://photos.example.org/a", ""),
    ],
)
def test_a_photo_is_fetched_safely_where_its_host_has_a_name(link: str, taken: str) -> None:
    assert link_of(link) == taken
