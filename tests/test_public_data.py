"""Open data holds what the map shows and nothing of what is private; the map stands in frames of named sites only."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from tests.public_fixtures import SECRET, add_spotted, number_of, settle, show
from tests.web_fixtures import NOW, Office, add_complaint, open_office

FILES = ("/data/laporan.csv", "/data/laporan.geojson")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("data")) as made:
        yield made


@pytest.fixture
def town(house: Office) -> Office:
    house.clear()
    house.write(settle)
    return house


def rows(office: Office, query: str = "") -> list[dict[str, str]]:
    answer = office.browser.get(f"/data/laporan.csv{query}")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_both_files_hold_the_public_reports_alone(town: Office) -> None:
    public = {number_of(key) for key in (1, 2, 3, 4)}
    assert {row["nomor"] for row in rows(town)} == public
    shapes = town.browser.get("/data/laporan.geojson").json()
    assert {one["id"] for one in shapes["features"]} == public
    assert {one["id"] for one in shapes["features"] if one["geometry"] is None} == {number_of(2)}
    assert town.browser.get("/data").status_code == 200


def test_an_empty_hub_gives_an_empty_file(house: Office) -> None:
    house.clear()
    assert house.browser.get("/data/laporan.geojson").json()["features"] == []
    assert rows(house) == []


@pytest.mark.parametrize("private", [{"audience": "private"}, {"rahasia": True}], ids=["private", "rahasia"])
def test_private_complaints_change_nothing_that_is_public(town: Office, private: dict[str, object]) -> None:
    """The rows are the same whether private complaints stand in the reports or not."""
    before = [town.browser.get(path).content for path in FILES]

    def join(connection: Connection) -> None:
        exact = {"result": "found", "level": "point", "lat": -6.3, "lon": 106.9, "confidence": 1.0}
        for key in (1, 2, 4):
            place = exact | {"kelurahan": "31.74.03.1001", "kecamatan": "31.74.03", "street": "jalan pribadi"}
            add_complaint(connection, 900 + key, key, text=SECRET, place=place, **private)
        show(connection)

    town.write(join)
    assert [town.browser.get(path).content for path in FILES] == before


def test_only_what_changed_since_is_given_and_the_same_is_not_sent_twice(town: Office) -> None:
    assert rows(town, "?sejak=2030-01-01T00:00:00Z") == []
    assert len(rows(town, "?sejak=2020-01-01")) == 4
    assert town.browser.get("/data/laporan.csv?sejak=x").status_code == 400
    answer = town.browser.get("/data/laporan.csv")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["last-modified"].endswith("GMT")
    again = town.browser.get("/data/laporan.csv", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_long_files_come_whole(town: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.web.public.data.CHUNK", 7)

    def many(connection: Connection) -> None:
        for key in range(300, 330):
            add_spotted(connection, key, at=NOW)
        show(connection)

    town.write(many)
    assert len({row["nomor"] for row in rows(town)}) == 34
    assert len(town.browser.get("/data/laporan.geojson").json()["features"]) == 34


def test_no_site_may_frame_the_map_unless_it_is_named(town: Office) -> None:
    answer = town.browser.get("/peta/sematkan")
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-frame-options"] == "DENY"
    public = town.hub.settings.public.model_copy(update={"frames": ("https://contoh.test",)})
    object.__setattr__(town.hub.settings, "public", public)
    try:
        answer = town.browser.get("/peta/sematkan?wilayah=31.74.01")
        assert "frame-ancestors https://contoh.test" in answer.headers["content-security-policy"]
        assert "x-frame-options" not in answer.headers
        assert "set-cookie" not in answer.headers
        assert "<form" not in answer.text
        assert "https://contoh.test" in town.browser.get("/sematkan").text
        assert "frame-ancestors 'none'" in town.browser.get("/peta").headers["content-security-policy"]
    finally:
        object.__setattr__(town.hub.settings, "public", public.model_copy(update={"frames": ()}))
