"""Deeds on many reports on the pages, without scripts: tick, see what would happen, do it, undo it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select

from hub.store import tables
from hub.store.accounts import add_account
from normalizer.number import make_number
from tests.web_fixtures import HASH, NOW, SETIABUDI, TEBET, Office, add_report, open_office, seal

ONE, TWO, FAR, SEALED = (make_number(key, "JKT") for key in (1, 2, 3, 4))
HERE = f"/antrean/{TEBET}"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("massal")) as made:
        yield made


@pytest.fixture
def office(house: Office) -> Office:
    house.clear()

    def seed(connection: Connection) -> None:
        for name, role in (("petugas-lain", "petugas"), ("camat-tebet", "camat")):
            add_account(connection, name, HASH, role=role, area=TEBET, now=NOW)
        for key in (1, 2, 4):
            add_report(connection, key)
        add_report(connection, 3, kelurahan=f"{SETIABUDI}.1001")
        seal(connection, 4)

    house.write(seed)
    house.enter("petugas-tebet")
    return house


def reports(office: Office) -> dict[int, Any]:
    rows = office.read(lambda c: c.execute(select(tables.reports)).all())
    return {row.id: row for row in rows}


def send(office: Office, question: str = "", **data: Any) -> Any:
    return office.post(f"{HERE}/massal{question}", data, page=HERE)


def do(office: Office, *numbers: str, **data: Any) -> str:
    """Go through both steps; gives where the result stands."""
    ticked = [f"{number}.1" for number in numbers]
    page = send(office, step="check", pilih=ticked, **data)
    assert page.status_code == 200, page.text
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text.partition("Batal")[0])
    form: dict[str, Any] = {}
    for name, value in fields:
        form.setdefault(name, []).append(value)
    answer = office.browser.post(f"{HERE}/massal", data=form)
    assert answer.status_code == 303
    return str(answer.headers["location"])


def test_the_list_can_be_ticked(office: Office) -> None:
    text = office.browser.get(HERE).text
    assert f'name="pilih" value="{ONE}.1"' in text
    assert f'action="{HERE}/massal"' in text


def test_nothing_happens_before_it_was_seen(office: Office) -> None:
    page = send(
        office,
        deed="category",
        category="sampah",
        step="check",
        pilih=[f"{ONE}.1", f"{TWO}.9", f"{FAR}.1", f"{SEALED}.1"],
    )
    assert "4 laporan" in page.text
    assert "1 akan diubah" in page.text
    assert "3 tidak" in page.text
    assert page.text.count("laporan itu tidak ada di wilayah Anda") == 2
    assert {row.category for key, row in reports(office).items() if key != 4} == {"banjir"}


def test_it_is_done_once_seen_and_undone(office: Office) -> None:
    result = do(office, ONE, TWO, deed="category", category="sampah")
    assert [reports(office)[key].category for key in (1, 2, 3)] == ["sampah", "sampah", "banjir"]
    text = office.browser.get(result).text
    assert "2 laporan diubah" in text
    office.post(f"{result}/urungkan", {}, page=result)
    assert {row.category for key, row in reports(office).items() if key != 4} == {"banjir"}
    assert "Diurungkan untuk 2 laporan" in office.browser.get(result).text


def test_what_somebody_changed_meanwhile_is_listed(office: Office) -> None:
    result = do(office, ONE, TWO, deed="category", category="sampah")
    office.enter("petugas-lain")
    version = str(reports(office)[1].version)
    office.post(f"/laporan/{ONE}/perbaiki", {"version": version, "category": "pohon"}, page=f"/laporan/{ONE}")
    office.enter("petugas-tebet")
    office.post(f"{result}/urungkan", {}, page=result)
    text = office.browser.get(result).text
    assert "Tidak diurungkan (1)" in text
    assert [reports(office)[key].category for key in (1, 2)] == ["pohon", "banjir"]


def test_all_that_match_the_filter(office: Office) -> None:
    page = send(office, "?kelurahan=31.74.01.1001", deed="category", category="sampah", step="check", semua_saring="1")
    assert "2 akan diubah" in page.text
    page = send(office, "?kelurahan=31.74.01.1002", deed="category", category="sampah", step="check", semua_saring="1")
    assert page.status_code == 422


def test_done_is_said_report_by_report(office: Office) -> None:
    page = send(office, deed="status", status="selesai", step="check", pilih=[f"{ONE}.1"])
    assert page.status_code == 422
    assert "satu per satu" in page.text
    assert send(office, deed="status", status="proses", step="check", pilih=[f"{ONE}.1"]).status_code == 200


def test_a_clerk_assigns_to_nobody_else(office: Office) -> None:
    wanted = {"deed": "assign", "step": "check", "pilih": [f"{ONE}.1"]}
    assert send(office, owner="petugas-lain", **wanted).status_code == 422
    assert send(office, owner="petugas-tebet", **wanted).status_code == 200
    office.enter("camat-tebet")
    assert send(office, owner="camat-setiabudi", **wanted).status_code == 422
    do(office, ONE, deed="assign", owner="petugas-lain")
    assert reports(office)[1].owner == "petugas-lain"


def test_others_do_not_see_or_undo_it(office: Office) -> None:
    result = do(office, ONE, deed="category", category="sampah")
    for name, status in (("petugas-lain", 404), ("camat-setiabudi", 404), ("integritas", 404), ("camat-tebet", 200)):
        office.enter(name)
        assert office.browser.get(result).status_code == status, name
    office.enter("petugas-lain")
    assert office.post(f"{result}/urungkan", {}, page=HERE).status_code == 404
    assert reports(office)[1].category == "sampah"


def test_the_operator_only_looks(office: Office) -> None:
    office.enter("operator")
    assert send(office, deed="forward", step="check", pilih=[f"{ONE}.1"]).status_code == 403
    assert 'name="pilih"' not in office.browser.get(HERE).text


def test_too_late_is_said(office: Office) -> None:
    result = do(office, ONE, deed="category", category="sampah")
    office.clock.advance(timedelta(minutes=16))
    assert "urungkan" not in office.browser.get(result).text
    answer = office.post(f"{result}/urungkan", {}, page=HERE)
    assert answer.status_code == 422
    assert reports(office)[1].category == "sampah"


def test_nothing_ticked_is_said(office: Office) -> None:
    answer = send(office, deed="category", category="sampah", step="check")
    assert answer.status_code == 422
