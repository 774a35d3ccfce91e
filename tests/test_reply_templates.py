"""Templates of replies: first ones in a new hub, kept by those who lead a unit, filled in for each report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, delete, select

from hub.store import tables, templates
from hub.store.accounts import add_account
from hub.store.store import Store
from normalizer.number import make_number
from normalizer.taxonomy import category
from tests.web_fixtures import HASH, NOW, TEBET, Office, add_report, open_office

ONE = make_number(1, "JKT")
KELURAHAN = f"{TEBET}.1001"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("templat")) as made:
        yield made


@pytest.fixture
def office(house: Office) -> Office:
    house.clear()

    def seed(connection: Connection) -> None:
        add_account(connection, "camat-tebet", HASH, role="camat", area=TEBET, now=NOW)
        add_report(connection, 1)
        for unit, kind, name in (
            ("", "", "umum"),
            (TEBET, "", "tebet"),
            ("31.74.02", "", "lain"),
            ("", "banjir", "air"),
        ):
            text = "Laporan {nomor} ({kategori}) di {kelurahan} ditangani {unit}."
            templates.save_template(connection, None, unit=unit, category=kind, name=name, text=text, by="", at=NOW)

    house.write(seed)
    house.enter("camat-tebet")
    return house


def named(office: Office) -> dict[str, Any]:
    rows = office.read(lambda c: c.execute(select(tables.templates)).all())
    return {row.name: row for row in rows}


@pytest.mark.anyio
async def test_the_first_ones_are_given_once(store: Store) -> None:
    for _ in range(2):
        await store.write(lambda c: templates.seed(c, NOW))
    rows = await store.read(lambda c: templates.all_templates(c, None))
    assert len(rows) >= 6
    assert not [row for row in rows if templates.strangers(row.text)]
    await store.write(lambda c: c.execute(delete(tables.templates)))
    await store.write(lambda c: templates.seed(c, NOW))
    assert list(await store.read(lambda c: templates.all_templates(c, None))) == []


def test_a_unit_is_offered_its_own_and_everybodys_the_most_fitting_first(office: Office) -> None:
    found = office.read(lambda c: templates.templates_for(c, KELURAHAN, "banjir"))
    assert [row.name for row in found] == ["air", "tebet", "umum"]
    found = office.read(lambda c: templates.templates_for(c, "pln", "pohon"))
    assert [row.name for row in found] == ["umum"]


def test_what_is_filled_in(office: Office) -> None:
    text = office.browser.get(f"/laporan/{ONE}").text
    area = next(area.name for area in office.hub.region.areas if area.code == KELURAHAN)
    kind = category("banjir").name_id.lower()
    assert f"Laporan {ONE} ({kind}) di {area} ditangani Dinas Sumber Daya Air." in text


def test_without_scripts_a_template_comes_with_the_page(office: Office) -> None:
    key = named(office)["tebet"].id
    text = office.browser.get(f"/laporan/{ONE}?templat={key}").text
    assert f"Laporan {ONE}" in text.partition('name="note"')[2].partition("</textarea>")[0]
    foreign = named(office)["lain"].id
    text = office.browser.get(f"/laporan/{ONE}?templat={foreign}").text
    assert "Laporan" not in text.partition('name="note"')[2].partition("</textarea>")[0].partition(">")[2]


def test_what_is_not_known_leaves_no_gap() -> None:
    assert templates.fill("Di {kelurahan}, hari ini .", {"kelurahan": ""}) == "Di, hari ini."
    assert templates.fill("{lain}", {"nomor": "1"}) == "{lain}"


def test_who_leads_keeps_the_templates_of_the_unit(office: Office) -> None:
    office.post("/templat", {"name": "baru", "text": "Halo {nomor}", "category": "pohon"}, page="/templat")
    made = named(office)["baru"]
    assert (made.unit, made.category, made.by) == (TEBET, "pohon", "camat-tebet")
    office.post(f"/templat/{made.id}", {"name": "baru", "text": "Salam {nomor}"}, page="/templat")
    assert (named(office)["baru"].text, named(office)["baru"].category) == ("Salam {nomor}", "")
    office.post(f"/templat/{made.id}/hapus", {}, page="/templat")
    assert "baru" not in named(office)


@pytest.mark.parametrize(("name", "text"), [("", "ada"), ("ada", ""), ("ada", "Halo {nama}")])
def test_what_is_wrong_is_said_and_kept(office: Office, name: str, text: str) -> None:
    answer = office.post("/templat", {"name": name, "text": text}, page="/templat")
    assert answer.status_code == 422
    assert "ada" not in named(office)
    assert text in answer.text


@pytest.mark.parametrize(
    ("who", "which", "status"),
    [
        ("camat-tebet", "umum", 403),
        ("camat-tebet", "lain", 404),
        ("petugas-tebet", "tebet", 403),
        ("operator", "umum", 403),
        ("integritas", "umum", 403),
        ("admin", "lain", 303),
    ],
)
def test_nobody_changes_those_of_others(office: Office, who: str, which: str, status: int) -> None:
    key = named(office)[which].id
    office.enter(who)
    assert office.browser.get("/templat").status_code == 200
    answer = office.post(f"/templat/{key}/hapus", {}, page="/kanal")
    assert answer.status_code == status
    assert (which in named(office)) == (status != 303)
