"""The PetaJakarta channel: three servers, two formats and an archive, read as one."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from hub.plugin import BadOptions, Complaint, Item, PluginError, Reading, Skip, TryAgain
from hub.testing import Fault, HttpWorld, SourceCase, check_source, make_context
from plugins.petajakarta.channel import PetaJakarta
from plugins.petajakarta.report import GENERATED
from plugins.petajakarta.topology import features_of_topology
from plugins.petajakarta.values import depth_of, link_of, text_of
from sandbox.petajakarta import V2, V3, Reports, make_app, topology

BASE = "https://peta.test"
V2_URL = BASE + V2.removesuffix("/reports/confirmed")
SHARED = Path(os.environ.get("ADUAN_SHARED", Path(__file__).parents[2] / "shared")) / "data" / "petajakarta"

pytestmark = pytest.mark.anyio


def report(pkey: int = 1, **changes: Any) -> dict[str, Any]:
    plain = {"pkey": pkey, "created_at": "2026-11-20T01:15:00.000Z", "lon": 106.8, "lat": -6.2, "text": "Banjir"}
    return plain | changes


def showing(*rows: dict[str, Any]) -> Reports:
    reports = Reports()
    for row in rows:
        reports.show(row)
    return reports


def channel(transport: httpx2.AsyncBaseTransport, **options: Any) -> PetaJakarta:
    parsed = PetaJakarta.Options.model_validate({"url": BASE} | options)
    return PetaJakarta(parsed, make_context(transport=transport))


def answering(document: Any, status: int = 200) -> httpx2.MockTransport:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return httpx2.MockTransport(lambda _: httpx2.Response(status, content=body))


def served(reports: Reports) -> httpx2.ASGITransport:
    return httpx2.ASGITransport(make_app(reports))


async def pull(source: PetaJakarta) -> list[Item]:
    return [item async for page in source.pull(None) for item in page.items]


async def read_all(transport: httpx2.AsyncBaseTransport, **options: Any) -> list[Reading]:
    source = channel(transport, **options)
    return [reading for item in await pull(source) if not item.quarantine for reading in source.read(item)]


def complaints(found: Sequence[Reading]) -> list[Complaint]:
    return [reading for reading in found if isinstance(reading, Complaint)]


async def one(row: dict[str, Any], **options: Any) -> Complaint:
    (found,) = complaints(await read_all(served(showing(row)), **options))
    return found


def collection(*features: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def feature(**properties: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [106.8, -6.2]},
        "properties": properties,
    }


# ------------------------------------------------------------------------------------------------------------ contract


BAD: list[Any] = [None, 7, "x", [], {}, {"properties": 5}, {"properties": {"pkey": None}}, feature(pkey=[1])]


class Map(HttpWorld):
    def __init__(self, *bad: Any) -> None:
        app = served(showing(*(report(number) for number in range(1, 511)), report(600, is_training=True)))

        async def answer(request: httpx2.Request) -> httpx2.Response:
            good = await app.handle_async_request(request)
            document = json.loads(await good.aread())
            document["result"]["features"][3:3] = bad
            return httpx2.Response(200, json=document)

        super().__init__(answer)


class OldMap(HttpWorld):
    def __init__(self) -> None:
        super().__init__(served(showing(*(report(number) for number in range(1, 12)))).handle_async_request)


async def test_contract_with_the_present_api() -> None:
    applied = await check_source(
        SourceCase(kind=PetaJakarta, options={"url": BASE}, world=Map, bad_world=lambda: Map(*BAD))
    )
    assert {"kill-loses-nothing", "bad-item-stays-alone", "outages-retried", "credentials-refused"} <= set(applied)


async def test_contract_with_the_old_api() -> None:
    case = SourceCase(kind=PetaJakarta, options={"url": V2_URL, "dialect": "v2"}, world=OldMap)
    assert "read-is-pure" in await check_source(case)


# ----------------------------------------------------------------------------------------------------------- questions


async def test_only_documented_parameters_are_sent_and_the_client_names_itself() -> None:
    reports = showing(report())
    await read_all(served(reports))
    (asked,) = reports.asked
    assert asked.pop("user-agent") == "aduan-hub (+https://hub.test)"
    assert asked == {"geoformat": "geojson", "timeperiod": "3600", "admin": "ID-JK", "disaster": "flood"}


@pytest.mark.parametrize(
    ("url", "dialect", "path"),
    [
        (BASE, "v3", V3),
        (BASE + "/", "v3", V3),
        (BASE + "/reports", "v3", V3),
        (V2_URL, "v2", V2),
        (BASE + V2, "v2", V2),
        (BASE + "/2017-02-21.geojson", "v2", "/2017-02-21.geojson"),
    ],
)
async def test_the_address_is_that_of_the_api_or_of_its_list(url: str, dialect: str, path: str) -> None:
    seen: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request.url.path)
        found = collection()
        return httpx2.Response(200, json={"statusCode": 200, "result": found} if dialect == "v3" else found)

    await read_all(httpx2.MockTransport(answer), url=url, dialect=dialect)
    assert seen == [path]


@pytest.mark.parametrize(
    "wrong",
    [
        {"admin": "jbd"},
        {"admin": "id-jk"},
        {"admin": "ID-JK "},
        {"dialect": "v1"},
        {"timeperiod": 604_801},
        {"disaster": "rain"},
        {"qlue": "drop"},
    ],
)
def test_a_wrong_option_is_found_before_anything_is_asked(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        PetaJakarta.Options.model_validate(wrong)


@pytest.mark.parametrize("address", ["peta.test", "ftp://peta.test", "https://", "http://x:port/"])
def test_a_wrong_address_is_a_wrong_setting(address: str) -> None:
    with pytest.raises(BadOptions, match="url"):
        channel(answering({}), url=address)


# ------------------------------------------------------------------------------------------------------------- answers


@pytest.mark.parametrize("fault", ["400", "204", "500", "503", "inside", "html"])
@pytest.mark.parametrize("dialect", ["v3", "v2"])
async def test_every_fault_is_tried_again(fault: Any, dialect: str) -> None:
    reports = showing(report())
    reports.fault = fault
    with pytest.raises(TryAgain):
        await read_all(served(reports), url=BASE if dialect == "v3" else V2_URL, dialect=dialect)


@pytest.mark.parametrize(
    "document",
    [
        {"statusCode": 200},
        {"statusCode": 200, "result": None},
        {"statusCode": 404, "found": False, "result": None},
        {"statusCode": 400, "result": {"type": "FeatureCollection", "features": []}},
        {"status": 400, "message": "Time period should be less"},
        {"message": "URL not found", "url": "/"},
        {"type": "FeatureCollection", "features": []},
        {"statusCode": 200, "result": {"type": "FeatureCollection"}},
        {"statusCode": 200, "result": {"type": "FeatureCollection", "features": {}}},
        {"statusCode": 200, "result": {"type": "Topology", "objects": {"collection": {"geometries": []}}}},
        [],
        None,
        b"",
        b"[" * 100_000,
    ],
)
async def test_a_body_without_reports_is_a_failed_poll_and_not_a_dry_day(document: Any) -> None:
    with pytest.raises(TryAgain):
        await read_all(answering(document))


@pytest.mark.parametrize("features", [[], None])
async def test_nothing_to_report_is_no_failure(features: Any) -> None:
    empty = {"type": "FeatureCollection", "features": features}
    assert await read_all(answering({"statusCode": 200, "result": empty})) == []
    assert await read_all(answering(empty), dialect="v2") == []


async def test_an_empty_old_map_answers_null() -> None:
    assert await read_all(served(Reports()), url=V2_URL, dialect="v2") == []


# ------------------------------------------------------------------------------------------------------------- formats


POINTS = [[106.816, -6.183], [106.9, -6.1], [106.7, -6.3]]


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize(("dialect", "name"), [("v3", "output"), ("v2", "collection")])
async def test_topojson_lands_where_geojson_does(count: int, dialect: str, name: str) -> None:
    rows = [feature(pkey=str(number), created_at="2026-11-20T08:00:00", text="Banjir") for number in range(count)]
    for row, point in zip(rows, POINTS, strict=False):
        row["geometry"]["coordinates"] = point
    document: Any = topology(rows, name)
    if count == 1:
        assert document["objects"][name]["geometries"][0]["coordinates"] == [0, 0]
    document = {"statusCode": 200, "result": document} if dialect == "v3" else document
    found = complaints(await read_all(answering(document), dialect=dialect))
    for complaint, (lon, lat) in zip(found, POINTS, strict=False):
        assert (complaint.lat, complaint.lon) == (pytest.approx(lat, abs=1e-4), pytest.approx(lon, abs=1e-4))
    assert len(found) == count


@pytest.mark.parametrize("transform", [{}, {"scale": [1, 1]}, {"scale": "x", "translate": [1, 2]}, 5])
async def test_a_broken_transform_gives_no_place_rather_than_a_wrong_one(transform: Any) -> None:
    point = {"type": "Point", "coordinates": [5, 5], "properties": {"pkey": "1"}}
    document = {"objects": {"output": {"geometries": [point]}}, "transform": transform}
    (found,) = features_of_topology(document, "output") or []
    assert found["geometry"] is None


async def test_times_are_utc_in_v3_and_jakartas_in_v2() -> None:
    row = report(created_at="2026-11-20T01:15:00.500Z")
    new, old = await one(row), await one(row, url=V2_URL, dialect="v2")
    assert new.created_at == old.created_at == datetime(2026, 11, 20, 1, 15, 0, 500_000, tzinfo=UTC)
    assert (new.created_text, old.created_text) == ("2026-11-20T01:15:00.500Z", "2026-11-20T08:15:00.500000")
    assert new.native_id == old.native_id == "1"


# ------------------------------------------------------------------------------------------------------------- archive


@pytest.mark.parametrize("fraction", ["", ".2", ".64", ".262"])
async def test_the_archive_has_no_ids_and_times_of_any_precision(fraction: str) -> None:
    row = feature(
        created_at=f"2017-02-21T06:34:22{fraction}",
        source="grasp",
        image_url=None,
        title=None,
        report_data={"flood_depth": 70},
        tags={"instance_region_code": "jbd", "local_area_id": "null"},
        text="Air naik",
    )
    (found,) = complaints(await read_all(answering(collection(row, row)), dialect="v2"))
    assert found.created_at.replace(microsecond=0) == datetime(2017, 2, 20, 23, 34, 22, tzinfo=UTC)
    assert found.native_id.startswith("arsip-")
    assert found.category_hint == "banjir"
    assert found.tags == ("via:grasp", "flood_depth:70", "region:jbd")
    other = row | {"properties": row["properties"] | {"text": "Air surut"}}
    (second,) = complaints(await read_all(answering(collection(other)), dialect="v2"))
    assert second.native_id != found.native_id


async def test_a_row_without_id_is_a_wreck_in_v3() -> None:
    row = feature(created_at="2017-02-21T06:34:22Z", text="x")
    (item,) = await pull(channel(answering({"statusCode": 200, "result": collection(row)})))
    assert item.quarantine == "no usable pkey"


# ------------------------------------------------------------------------------------------------------------- reports


async def test_a_card_with_depth_and_photo() -> None:
    link = "https://images.peta.test/a.jpg"
    data = {"flood_depth": 70, "report_type": "flood", "points": 3}
    found = await one(report(report_data=data, image_url=link, status="verified"))
    assert (found.category_reported, found.category_hint, found.anonim, found.reporter) == (
        "flood",
        "banjir",
        True,
        None,
    )
    assert found.tags == ("via:grasp", "flood_depth:70", "report_type:flood", "region:ID-JK", "verified")
    assert [(photo.kind, photo.url) for photo in found.attachments] == [("photo", link)]
    assert (found.lat, found.lon) == (-6.2, 106.8)


@pytest.mark.parametrize(
    ("disaster", "hint"),
    [
        ("flood", "banjir"),
        ("fire", "kebakaran"),
        ("wind", "bencana"),
        ("typhoon", "bencana"),
        ("quake", ""),
        (None, ""),
    ],
)
async def test_the_kind_of_disaster_is_a_category(disaster: Any, hint: str) -> None:
    assert (await one(report(disaster_type=disaster))).category_hint == hint


async def test_a_report_without_words_gets_a_plain_line_and_says_so() -> None:
    silent = await one(report(title=" ", text="", report_data={"flood_depth": 70}))
    assert silent.text == "Laporan banjir tanpa keterangan, kedalaman air 70 cm."
    assert GENERATED in silent.tags
    assert (await one(report(text=None, disaster_type=None))).text == "Laporan bencana tanpa keterangan."


@pytest.mark.parametrize(("title", "text"), [("genangan air ", ""), (" ", "#banjir"), (None, "x")])
async def test_words_of_citizens_are_left_alone(title: Any, text: str) -> None:
    found = await one(report(title=title, text=text))
    assert (found.title, found.text) == ((title or "").strip(), text)
    assert GENERATED not in found.tags


async def test_drills_are_skipped_and_say_so() -> None:
    rows = [report(1, is_training=True), report(2, is_training=None), report(3)]
    found = await read_all(served(showing(*rows)))
    assert [reading.reason for reading in found if isinstance(reading, Skip)] == ["drill"]
    assert {complaint.native_id for complaint in complaints(found)} == {"2", "3"}


@pytest.mark.parametrize(
    ("link", "kinds"),
    [
        ("https://images.peta.test/undefined.jpg", []),
        ("https://images.peta.test/null", []),
        ("null", []),
        (None, []),
        ("javascript:x", []),
        ("https://images.peta.test/a.MP4?x=1", ["video"]),
        ("https://images.peta.test/undefined-behaviour.jpg", ["photo"]),
    ],
)
async def test_what_the_image_field_holds(link: Any, kinds: list[str]) -> None:
    assert [photo.kind for photo in (await one(report(image_url=link))).attachments] == kinds


async def test_a_place_of_zero_is_none() -> None:
    found = await one(report(lon=0, lat=0))
    assert (found.lat, found.lon) == (None, None)


@pytest.mark.parametrize(("qlue", "taken", "photos"), [("take", 1, 1), ("link", 1, 0), ("skip", 0, 0)])
async def test_reports_that_the_map_has_from_qlue(qlue: str, taken: int, photos: int) -> None:
    row = report(source="qlue", image_url="https://photos.peta.test/a")
    found = await read_all(served(showing(row)), qlue=qlue)
    assert len(complaints(found)) == taken
    assert all("via:qlue" in complaint.tags for complaint in complaints(found))
    assert sum(len(complaint.attachments) for complaint in complaints(found)) == photos
    assert len(found) == 1


@pytest.mark.parametrize(
    ("change", "is_news"),
    [
        ({"status": "verified"}, True),
        ({"text": "Surut"}, True),
        ({"report_data": {"flood_depth": 10}}, True),
        ({"image_url": "https://images.peta.test/b.jpg"}, True),
        ({"tags": {"local_area_id": "5"}}, False),
        ({"title": "x"}, False),
        ({"partner_code": "x"}, False),
    ],
)
async def test_what_counts_as_a_change(change: dict[str, Any], is_news: bool) -> None:  # noqa: FBT001 - a table
    reports = showing(report())
    source = channel(served(reports))
    (before,) = await pull(source)
    reports.show(report(**change))
    (after,) = await pull(source)
    assert (before.mark != after.mark) is is_news
    assert before.native_id == after.native_id


# -------------------------------------------------------------------------------------------------------------- values


@pytest.mark.parametrize(
    ("depth", "cm"),
    [(70, 70), ("71", 71), (70.4, 70), (0, None), (-5, None), (True, None), ("dalam", None), (1e9, None)],
)
def test_depths(depth: Any, cm: int | None) -> None:
    assert depth_of(depth) == cm


@given(st.one_of(st.text(), st.integers(), st.floats(), st.none(), st.lists(st.text())))
def test_no_value_breaks_reading(value: Any) -> None:
    assert isinstance(text_of(value), str)
    link_of(value)
    depth_of(value)


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)
names = st.sampled_from(["pkey", "created_at", "source", "status", "image_url", "report_data", "tags", "title", "text"])
rows = st.fixed_dictionaries(
    {"geometry": anything | st.fixed_dictionaries({"type": st.just("Point"), "coordinates": anything})},
    optional={"properties": anything | st.dictionaries(names, anything, max_size=6)},
)


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=150)
@given(st.sampled_from(["v3", "v2"]), st.lists(rows | anything, max_size=3))
async def test_no_json_breaks_a_poll(dialect: str, found: list[Any]) -> None:
    document = collection(*found)
    source = channel(
        answering({"statusCode": 200, "result": document} if dialect == "v3" else document), dialect=dialect
    )
    for item in await pull(source):
        assert item.quarantine or source.read(item)


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=150)
@given(anything | st.fixed_dictionaries({"type": st.just("Topology"), "objects": anything, "transform": anything}))
async def test_no_answer_is_a_bug(document: Any) -> None:
    for dialect in ("v3", "v2"):
        try:
            await pull(channel(answering({"statusCode": 200, "result": document}), dialect=dialect))
            await pull(channel(answering(document), dialect=dialect))
        except PluginError:
            continue


# ------------------------------------------------------------------------------------------------------- real captures


@pytest.mark.parametrize(
    ("path", "dialect", "count"),
    [
        ("samples/petabencana_reports_topojson.json", "v3", 1),
        ("samples/petabencana_archive_reports_geojson.json", "v3", 1),
        ("petajakarta_v2/reports_confirmed_sample_2015-2016.geojson", "v2", 10),
    ],
)
async def test_real_answers(path: str, dialect: str, count: int) -> None:
    if not (SHARED / path).is_file():
        pytest.skip(f"{path} is not here: set ADUAN_SHARED")
    found = complaints(await read_all(answering((SHARED / path).read_bytes()), dialect=dialect))
    assert len(found) == count
    assert all(one.lat and -7 < one.lat < -5.9 and one.words.strip() for one in found)


async def test_a_server_that_hangs_is_a_time_out() -> None:
    world = Map()
    await world.fail(Fault.TIMEOUT)
    source = PetaJakarta(PetaJakarta.Options(url=BASE), world.context())
    with pytest.raises(TryAgain, match="timed out"):
        await pull(source)
