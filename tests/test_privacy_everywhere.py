"""Marker strings are planted with three citizens and looked for on every route, as every role, in logs and errors."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select
from starlette.routing import Route
from structlog.testing import capture_logs

from hub.pipeline.intake import take_items
from hub.plugin import Item
from hub.registry import Registry
from hub.store import tables
from hub.store.export import complaint_rows
from tests.web_fixtures import NOW, STAFF, TEBET, Office, open_office

NAME, HANDLE, PHONE, NIK = "Zulfikri Marsinangga", "zulfikri.marsinangga", "081290077331", "3174051203900007"
SECRET = "kucinghitambelang"
"""A word of the rahasia complaint."""
SEALED = "ondelondelungu"
"""A word of the sealed complaint."""
HERE = {"lat": -6.2297, "lon": 106.8527}
"""In Tebet."""
PEOPLE = (NAME, HANDLE, PHONE, NIK, "Zulfikri", "Marsinangga")


def row(native_id: str, text: str, **others: Any) -> Item:
    said = {"id": native_id, "channel": "kota", "text": text, "created_at": NOW.isoformat(), **HERE, **others}
    return Item(
        native_id, json.dumps(said).encode(), meta={"format": "row", "zone": "Asia/Jakarta", "at": NOW.isoformat()}
    )


PLANTED = (
    row(
        "a",
        f"banjir setinggi lutut di Tebet, saya {NAME}, telp {PHONE}, {HANDLE}@contoh.test, NIK {NIK}",
        reporter=NAME,
    ),
    row("b", f"lampu jalan mati dekat rumah {SECRET}", rahasia=True, reporter="budi@contoh.test"),
    row("c", f"petugas kelurahan minta pungli 200 ribu, {SEALED}", reporter="citra@contoh.test"),
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("rahasia"), Registry()) as made:
        portal = made.browser.portal
        assert portal is not None
        portal.call(take_items, made.hub.store, "kota", PLANTED)
        portal.call(made.hub.processor.run_once)
        yield made


def reports(house: Office) -> dict[str, Any]:
    """The report of each complaint, by its native id."""
    joined = select(tables.complaints.c.native_id, tables.reports, tables.complaints.c.track).join(
        tables.complaints, tables.complaints.c.report == tables.reports.c.id
    )
    return {found.native_id: found for found in house.read(lambda connection: list(connection.execute(joined)))}


def addresses(house: Office) -> list[str]:
    """Every address that can be asked for, with everything that could stand in its gaps."""
    known = reports(house)
    fill = {
        "number": [found.number for found in known.values()],
        "unit": [TEBET, "integritas", "triase", *(found.queue for found in known.values())],
        "code": ["a" * 24],
        "name": ["kota", "email"],
        "channel": ["kota"],
    }
    found = []
    for path in house.app.state.rules:
        gaps = re.findall(r"{(\w+)(?::\w+)?}", path)
        for values in product(*(fill.get(gap, ["1"]) for gap in gaps)):
            address = path
            for gap, value in zip(gaps, values, strict=True):
                address = re.sub(rf"{{{gap}(:\w+)?}}", value, address)
            found.append(address)
    numbers = [found_.number for found_ in known.values()]
    return [*found, *(f"/lacak?nomor={number}" for number in numbers), *(f"/laporan?nomor={one}" for one in numbers)]


def readable(house: Office) -> set[str]:
    """Paths that answer GET."""
    return {route.path for route in house.app.routes if isinstance(route, Route) and "GET" in (route.methods or ())}


@pytest.fixture(scope="module", params=["", *STAFF])
def seen(request: pytest.FixtureRequest, house: Office) -> tuple[str, dict[str, str], str]:
    """What one role gets to see anywhere, and what was logged meanwhile."""
    house.browser.cookies.clear()
    if request.param:
        house.enter(request.param)
    answers = {}
    with capture_logs() as lines:
        for address in addresses(house):
            answer = house.browser.get(address)
            answers[address] = f"{answer.headers} {answer.text}"
            if not request.param or "laporan" in address:
                refused = house.browser.post(address, data={"csrf": "x"})
                answers[f"POST {address}"] = f"{refused.headers} {refused.text}"
    return request.param, answers, repr(lines)


def test_everything_was_planted_where_it_hurts(house: Office) -> None:
    known = reports(house)
    assert {name: found.handling for name, found in known.items()} == {"a": "open", "b": "open", "c": "sealed"}
    assert {found.kecamatan for found in known.values()} == {TEBET}
    assert readable(house)


def test_a_name_stands_nowhere(seen: tuple[str, dict[str, str], str]) -> None:
    _, answers, logged = seen
    found = {address: word for address, text in answers.items() for word in PEOPLE if word in text}
    assert found == {}
    assert not [word for word in PEOPLE if word in logged]


def test_sealed_words_are_for_the_integrity_unit_alone(house: Office, seen: tuple[str, dict[str, str], str]) -> None:
    who, answers, logged = seen
    number = reports(house)["c"].number
    shown = [address for address, text in answers.items() if SEALED in text]
    named = [address for address, text in answers.items() if number in text and number not in address]
    if who == "integritas":
        assert shown
    else:
        assert (shown, named) == ([], [])
    assert SEALED not in logged


def test_rahasia_words_are_for_staff_alone(house: Office, seen: tuple[str, dict[str, str], str]) -> None:
    who, answers, logged = seen
    number = reports(house)["b"].number
    if not who:
        assert [address for address, text in answers.items() if SECRET in text] == []
        assert [address for address, text in answers.items() if number in text and number not in address] == []
    assert SECRET not in logged


def test_no_sink_is_told_a_name_or_anything_sealed(house: Office) -> None:
    parcels = house.read(lambda connection: list(connection.execute(select(tables.deliveries))))
    third = [bytes(one.parcel).decode() for one in parcels if one.kind == "report" and one.channel != "posko"]
    assert not [word for word in (*PEOPLE, SEALED) for parcel in third if word in parcel]


def test_an_export_holds_no_name_and_nothing_sealed(house: Office) -> None:
    rows = house.read(lambda connection: complaint_rows(connection, 0, full=False))
    text = json.dumps([one for one in rows if not one["_hidden"]], default=str)
    assert not [word for word in (*PEOPLE, SEALED) if word in text]
