from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from hub.store import tables
from normalizer.number import make_number
from tests.web_fixtures import NOW, PASSWORD, SETIABUDI, TEBET, Office, add_complaint, add_report, open_office, seal

ADMIN = ("admin", PASSWORD)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("kantor")) as made:
        yield made


@pytest.fixture
def office(house: Office) -> Office:
    house.clear()

    def seed(connection: Connection) -> None:
        for key in range(1, 6):
            add_report(connection, key, updated_at=NOW - timedelta(hours=9 - key))
        add_report(connection, 6, kelurahan=f"{SETIABUDI}.1001", updated_at=NOW - timedelta(hours=1))
        add_report(connection, 7)
        seal(connection, 7)

    house.write(seed)
    return house


def ask(office: Office, auth: Any = ADMIN, **params: Any) -> Any:
    return office.browser.get("/api/v1/reports", params=params, auth=auth)


def catch_up(office: Office, limit: int, after: str = "") -> tuple[list[str], str]:
    found: list[str] = []
    while True:
        answer = ask(office, limit=limit, after=after).json()
        found += [report["report"] for report in answer["reports"]]
        after = answer["next"]
        if not answer["more"]:
            return found, after


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_catching_up_gives_every_change_once_in_order(office: Office, limit: int) -> None:
    found, _ = catch_up(office, limit)
    assert found == [make_number(key, "JKT") for key in (1, 2, 3, 4, 5, 6)]


def test_a_later_change_is_all_that_comes_next(office: Office) -> None:
    _, cursor = catch_up(office, 50)
    assert catch_up(office, 50, cursor) == ([], cursor)
    row = tables.reports.c.id == 2
    office.write(lambda c: c.execute(update(tables.reports).where(row).values(updated_at=NOW, version=2)))
    assert catch_up(office, 50, cursor)[0] == [make_number(2, "JKT")]


def test_what_changed_a_moment_ago_is_given_again_until_nothing_can_slip_behind_it(office: Office) -> None:
    _, cursor = catch_up(office, 50)
    row = tables.reports.c.id == 2
    office.write(lambda c: c.execute(update(tables.reports).where(row).values(updated_at=NOW)))
    found, again = catch_up(office, 50, cursor)
    assert (found, again) == ([make_number(2, "JKT")], cursor)
    office.clock.advance(timedelta(seconds=30))
    found, beyond = catch_up(office, 50, cursor)
    assert found == [make_number(2, "JKT")]
    assert catch_up(office, 50, beyond)[0] == []


def test_a_snapshot_carries_what_crop_gets(office: Office) -> None:
    office.write(lambda c: add_complaint(c, 40, 1, text="air masih naik", rahasia=True, channel="qlue"))
    report = ask(office, limit=1).json()["reports"][0]
    assert set(report) >= {"report", "version", "cause", "status", "reason", "category", "urgency", "place", "units"}
    assert set(report) >= {"merged_into", "complaint_count", "complaints", "created_at", "updated_at"}
    assert report["place"]["kelurahan"] == f"{TEBET}.1001"
    newest = report["complaints"][0]
    assert (newest["text"], newest["rahasia"], newest["channel"]) == ("air masih naik", True, "qlue")
    assert "0800-000-000" not in json.dumps(report)


def test_an_area_s_account_catches_up_with_its_area(office: Office) -> None:
    answer = ask(office, auth=("camat-setiabudi", PASSWORD)).json()
    assert [report["report"] for report in answer["reports"]] == [make_number(6, "JKT")]


def test_a_token_is_as_good_as_the_password_until_it_ends(office: Office) -> None:
    made = office.browser.post("/api/v1/token", auth=ADMIN)
    assert made.status_code == 201
    headers = {"Authorization": f"Bearer {made.json()['token']}"}
    assert office.browser.get("/api/v1/reports", headers=headers).status_code == 200
    office.clock.advance(timedelta(hours=13))
    assert office.browser.get("/api/v1/reports", headers=headers).status_code == 401
    stored = office.read(lambda c: c.execute(select(tables.sessions)).all())
    assert made.json()["token"] not in str(stored)


@pytest.mark.parametrize("header", ["Basic", "Basic !!!", "Bearer", "Bearer x", "Digest x", "Basic YWRtaW46"])
def test_no_credential_no_answer(office: Office, header: str) -> None:
    answer = office.browser.get("/api/v1/reports", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert "www-authenticate" in answer.headers


@pytest.mark.parametrize("after", ["x", "1", "20260101T000000.000000", "20260101T000000.000000_JKT-00000000", "_"])
def test_a_broken_cursor_is_refused(office: Office, after: str) -> None:
    answer = ask(office, after=after)
    assert answer.status_code == 400
    assert answer.json()["status"] == 400


def test_outlines_are_small_and_whole(office: Office) -> None:
    shapes = office.browser.get(f"/api/v1/wilayah/{TEBET}").json()
    assert len(shapes["features"]) == sum(area.kecamatan == TEBET for area in office.hub.region.areas)
    assert office.browser.get(f"/api/v1/wilayah/{TEBET}.1001").json() == shapes
    assert len(json.dumps(shapes)) < 20_000
    assert office.browser.get("/api/v1/wilayah/99").status_code == 404
