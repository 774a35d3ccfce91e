"""Units hand reports over on the pages: who may offer, who answers, and what the other then sees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, select

from hub.store import tables
from hub.store.accounts import add_account
from normalizer.number import make_number
from tests.web_fixtures import HASH, NOW, SETIABUDI, TEBET, Office, add_report, open_office, seal, token_on

ONE, FAR, SEALED = (make_number(key, "JKT") for key in (1, 3, 4))
PAGE = f"/laporan/{ONE}"
DEEDS = ("serahkan", "terima", "kembalikan", "tarik")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("serah")) as made:
        yield made


@pytest.fixture
def office(house: Office) -> Office:
    house.clear()

    def seed(connection: Connection) -> None:
        for name, area in (("petugas-pln", "pln"), ("petugas-sda", "dinas-sda")):
            add_account(connection, name, HASH, role="petugas", area=area, now=NOW)
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
    return office.post(f"/laporan/{ONE}/{deed}", data, page=page)


def offer(office: Office, to: str = "pln") -> None:
    assert send(office, "serahkan", to_unit=to, handover_reason="kabel milik PLN").status_code == 303


def test_a_report_is_offered_seen_and_accepted(office: Office) -> None:
    offer(office)
    assert "tetap bertanggung jawab" in office.browser.get(PAGE).text
    assert ONE in office.browser.get(f"/antrean/{TEBET}/serah-terima").text
    office.enter("petugas-pln")
    listed = office.browser.get("/antrean/pln/serah-terima").text
    assert ONE in listed
    assert "kabel milik PLN" in listed
    assert send(office, "terima", page="/antrean/pln/serah-terima").headers["location"] == PAGE
    assert (row_of(office).lead, row_of(office).queue, row_of(office).status) == ("pln", "pln", "disposisi")
    text = office.browser.get(PAGE).text
    assert "PT PLN telah menerimanya" in text


def test_who_returned_it_is_led_home_and_sees_it_no_more(office: Office) -> None:
    offer(office)
    office.enter("petugas-pln")
    assert send(office, "kembalikan", return_reason="").status_code == 422
    assert send(office, "kembalikan", return_reason="bukan kabel kami").headers["location"] == "/"
    assert office.browser.get(PAGE).status_code == 404
    office.enter("petugas-tebet")
    text = office.browser.get(PAGE).text
    assert "bukan kabel kami" in text
    assert 'name="to_unit"' in text


def test_who_is_not_asked_does_not_answer(office: Office) -> None:
    offer(office)
    for name, deed in (("petugas-tebet", "terima"), ("petugas-sda", "terima"), ("petugas-sda", "tarik")):
        office.enter(name)
        assert send(office, deed).status_code == 403, (name, deed)
    office.enter("petugas-pln")
    assert send(office, "tarik").status_code == 403
    assert row_of(office).queue == TEBET


def test_the_unit_that_only_helps_does_not_give_it_away(office: Office) -> None:
    office.enter("petugas-sda")
    assert 'name="to_unit"' not in office.browser.get(PAGE).text
    assert send(office, "serahkan", to_unit="pln").status_code == 403


def test_an_offer_taken_back_is_told_to_who_comes_late(office: Office) -> None:
    offer(office)
    assert send(office, "tarik").status_code == 303
    office.enter("petugas-pln")
    assert office.browser.get(PAGE).status_code == 404
    office.enter("admin")
    answer = send(office, "terima")
    assert answer.status_code == 422
    assert "tidak lagi ditawarkan" in answer.text


def test_an_old_version_hands_nothing_over(office: Office) -> None:
    send(office, "ambil")
    assert send(office, "serahkan", to_unit="pln", version="1").status_code == 409


@pytest.mark.parametrize("number", [FAR, SEALED, make_number(99, "JKT")])
@pytest.mark.parametrize("deed", DEEDS)
def test_what_is_out_of_sight_does_not_exist(office: Office, number: str, deed: str) -> None:
    token = token_on(office.browser.get(PAGE).text)
    data = {"csrf": token, "version": "1", "to_unit": "pln", "return_reason": "bukan kami"}
    assert office.browser.post(f"/laporan/{number}/{deed}", data=data).status_code == 404


def test_a_sealed_report_is_not_offered(office: Office) -> None:
    office.enter("integritas")
    page = f"/laporan/{SEALED}"
    assert 'name="to_unit"' not in office.browser.get(page).text
    answer = office.post(f"{page}/serahkan", {"version": "1", "to_unit": "pln"}, page=page)
    assert answer.status_code == 422
    assert "unit integritas harus membukanya" in answer.text


@pytest.mark.parametrize("unit", [SETIABUDI, "pln", "integritas"])
def test_the_list_of_another_unit_does_not_exist(office: Office, unit: str) -> None:
    assert office.browser.get(f"/antrean/{unit}/serah-terima").status_code == 404
