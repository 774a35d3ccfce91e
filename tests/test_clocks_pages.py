"""What clerks see of clocks: chips with shape, word and moment; the legal class; what was brought before a camat."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from hub.store import tables
from tests.web_fixtures import NOW, SETIABUDI, TEBET, Office, add_report, open_office

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("clocks")) as office:
        yield office


@pytest.fixture
def office(house: Office) -> Office:
    house.clear()
    return house


def clocked(office: Office, key: int = 1, **values: Any) -> str:
    clock = {"due_kind": "answer", "clock_from": NOW - DAY, "due_at": NOW + 3 * HOUR, "legal_due_at": NOW + 3 * DAY}
    return str(office.write(lambda c: add_report(c, key, **{**clock, **values})))


@pytest.mark.parametrize(
    ("values", "state", "words"),
    [
        ({"due_at": NOW + 3 * DAY}, "ahead", "sisa 3 hari"),
        ({"due_at": NOW + 3 * HOUR}, "near", "sisa 3 jam"),
        ({"due_at": NOW - 2 * DAY}, "late", "lewat 2 hari"),
        ({"due_at": None, "asked_at": NOW - HOUR}, "paused", "jeda: menunggu warga"),
    ],
)
def test_a_chip_says_it_by_shape_word_and_moment(
    office: Office, values: dict[str, Any], state: str, words: str
) -> None:
    number = clocked(office, **values)
    office.enter("petugas-tebet")
    for path in (f"/antrean/{TEBET}", f"/laporan/{number}"):
        chip = office.browser.get(path).text.partition(f'<span class="due {state}"')[2].partition("</span>")[0]
        assert "<svg" in chip
        assert words in chip
        assert " Feb 2026, " in chip.partition("<svg")[0]


def test_what_is_closed_has_no_chip(office: Office) -> None:
    number = clocked(office, status="selesai", closed_at=NOW, due_kind="", due_at=None, legal_due_at=None)
    office.enter("petugas-tebet")
    assert 'class="due' not in office.browser.get(f"/laporan/{number}").text


def test_the_legal_class_is_set_by_staff_and_by_its_version(office: Office) -> None:
    number = clocked(office)
    office.enter("petugas-tebet")
    page = f"/laporan/{number}"
    version = office.read(lambda c: c.execute(select(tables.reports.c.version)).scalar_one())
    sent = {"version": version, "legal_class": "berkadar-pengawasan"}
    assert office.post(f"{page}/kelas", sent, page=page).status_code == 303
    row = office.read(lambda c: c.execute(select(tables.reports)).one())
    assert (row.legal_class, row.legal_due_at - NOW > 80 * DAY) == ("berkadar-pengawasan", True)
    assert office.post(f"{page}/kelas", sent, page=page).status_code == 409
    again = {**sent, "version": row.version}
    assert office.post(f"{page}/kelas", again, page=page).status_code == 422
    strange = {"version": row.version, "legal_class": "terserah"}
    assert office.post(f"{page}/kelas", strange, page=page).status_code == 422
    decided = office.read(lambda c: c.execute(select(tables.decisions.c["field", "value"])).one())
    assert tuple(decided) == ("legal_class", "berkadar-pengawasan")


def test_a_camat_reads_what_was_brought_before_them(office: Office) -> None:
    late = {"due_at": NOW - DAY, "escalated_at": NOW - HOUR, "kecamatan": SETIABUDI, "queue": SETIABUDI}
    numbers = [clocked(office, key, **late) for key in range(1, 13)]
    other = clocked(office, 20, due_at=NOW - DAY, escalated_at=NOW - HOUR)
    hidden = clocked(office, 21, **late, handling="sealed")
    office.enter("camat-setiabudi")
    digest = (
        office.browser.get(f"/antrean/{SETIABUDI}")
        .text.partition('<details class="brought')[2]
        .partition("</details>")[0]
    )
    assert "12 laporan" in digest
    assert sum(number in digest for number in numbers) == 10
    assert other not in digest
    assert hidden not in digest


def test_nobody_else_reads_it_and_a_fragment_leaves_it_out(office: Office) -> None:
    clocked(office, due_at=NOW - DAY, escalated_at=NOW - HOUR)
    office.enter("petugas-tebet")
    assert 'class="brought' not in office.browser.get(f"/antrean/{TEBET}").text
