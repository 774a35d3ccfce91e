"""The page says who works on a report and who has it open; clerks take, give back and assign."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select

from hub.store import tables
from hub.store.accounts import add_account
from normalizer.number import make_number
from tests.web_fixtures import HASH, NOW, SETIABUDI, TEBET, Office, add_report, open_office, seal, token_on

ONE, FAR, SEALED = (make_number(key, "JKT") for key in (1, 3, 4))
PAGE = f"/laporan/{ONE}"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("petugas")) as made:
        yield made


@pytest.fixture
def office(house: Office) -> Office:
    house.clear()

    def seed(connection: Connection) -> None:
        for name, role, area in (
            ("petugas-lain", "petugas", TEBET),
            ("camat-tebet", "camat", TEBET),
            ("lurah-lain", "lurah", f"{TEBET}.1002"),
        ):
            add_account(connection, name, HASH, role=role, area=area, now=NOW)
        add_report(connection, 1)
        add_report(connection, 3, kelurahan=f"{SETIABUDI}.1001")
        add_report(connection, 4)
        seal(connection, 4)

    house.write(seed)
    house.enter("petugas-tebet")
    return house


def row_of(office: Office, key: int = 1) -> Any:
    return office.read(lambda c: c.execute(select(tables.reports).where(tables.reports.c.id == key)).one())


def send(office: Office, deed: str, page: str = PAGE, **data: Any) -> Any:
    data.setdefault("version", str(row_of(office).version))
    return office.post(f"{page}/{deed}", data, page=page)


def test_the_second_taker_reads_who_has_it(office: Office) -> None:
    shown = str(row_of(office).version)
    assert send(office, "ambil").status_code == 303
    office.enter("petugas-lain")
    answer = send(office, "ambil", version=shown)
    assert answer.status_code == 422
    assert "petugas-tebet sudah mengerjakan laporan ini" in answer.text
    assert row_of(office).owner == "petugas-tebet"


def test_an_owner_gives_it_back_and_others_do_not(office: Office) -> None:
    send(office, "ambil")
    assert "lepas-tugas" in office.browser.get(PAGE).text
    office.enter("petugas-lain")
    assert "lepas-tugas" not in office.browser.get(PAGE).text
    assert send(office, "lepas-tugas").status_code == 422
    office.enter("camat-tebet")
    assert send(office, "lepas-tugas").status_code == 303
    assert row_of(office).owner == ""


def test_a_camat_gives_work_to_colleagues_who_see_it(office: Office) -> None:
    office.enter("camat-tebet")
    text = office.browser.get(PAGE).text
    assert "<option>petugas-lain" in text
    assert "<option>camat-setiabudi" not in text
    assert send(office, "tugaskan", to="camat-setiabudi").status_code == 422
    assert send(office, "tugaskan", to="lurah-lain").status_code == 422, "the lurah of another kelurahan sees it not"
    assert send(office, "tugaskan", to="petugas-lain").status_code == 303
    assert (row_of(office).owner, row_of(office).owner_until) == ("petugas-lain", None)


def test_a_clerk_gives_work_to_nobody_else(office: Office) -> None:
    assert send(office, "tugaskan", to="petugas-lain").status_code == 403
    assert send(office, "tugaskan", to="petugas-tebet").status_code == 303
    assert row_of(office).owner == "petugas-tebet"


def test_the_operator_only_looks(office: Office) -> None:
    office.enter("operator")
    assert send(office, "ambil").status_code == 403


@pytest.mark.parametrize("number", [FAR, SEALED, make_number(99, "JKT")])
@pytest.mark.parametrize("deed", ["ambil", "lepas-tugas", "tugaskan", "melihat"])
def test_what_is_out_of_sight_does_not_exist(office: Office, number: str, deed: str) -> None:
    token = token_on(office.browser.get(PAGE).text)
    answer = office.browser.post(
        f"/laporan/{number}/{deed}", data={"csrf": token, "version": "1", "to": "petugas-tebet"}
    )
    assert answer.status_code == 404
    assert office.read(lambda c: c.execute(select(tables.looks)).all()) == []


def test_who_else_has_it_open_is_said(office: Office) -> None:
    def look() -> str:
        token = token_on(office.browser.get(PAGE).text)
        headers = {"x-csrf-token": token, "hx-request": "true"}
        return str(office.browser.post(f"{PAGE}/melihat", headers=headers).text)

    assert "membuka" not in look()
    office.enter("petugas-lain")
    assert "petugas-tebet sedang membuka laporan ini" in look()
    assert "petugas-tebet sedang membuka laporan ini" in office.browser.get(PAGE).text
    office.clock.advance(timedelta(minutes=6))
    assert "sedang membuka" not in office.browser.get(PAGE).text


def test_looking_keeps_no_session_alive(office: Office) -> None:
    token = token_on(office.browser.get(PAGE).text)
    office.clock.advance(timedelta(minutes=10))
    headers = {"x-csrf-token": token, "hx-request": "true"}
    assert office.browser.post(f"{PAGE}/melihat", headers=headers).status_code == 200
    seen = office.read(lambda c: c.execute(select(tables.sessions.c.seen_at)).scalars().all())
    assert max(seen) == NOW
