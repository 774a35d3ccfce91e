"""The board: shares and medians on both engines, of what an account may see and of nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import Connection, insert

from hub.store import tables
from hub.store.store import Store
from hub.store.views_board import duty_counts, read_board
from hub.store.views_sight import Sight
from tests.web_fixtures import NOW, TEBET, Office, add_complaint, add_report, open_office

EVERYWHERE = Sight("operator", "")
MONTH = timedelta(days=30)
HOUR = timedelta(hours=1)


def fill(connection: Connection) -> None:
    """Three finished after one, three and eight hours, one open, one ended by itself, one sealed."""
    for key, hours in enumerate((1, 3, 8), start=1):
        came = NOW - timedelta(days=1)
        done = {"status": "selesai", "answered_at": came + HOUR, "closed_at": came + hours * HOUR}
        add_report(connection, key, at=came, **done)
    add_report(connection, 4, category="sampah")
    add_report(connection, 5, status="berakhir", closed_at=NOW)
    add_report(connection, 6, handling="sealed", status="selesai", closed_at=NOW)


@pytest.mark.anyio
async def test_shares_and_medians(store: Store) -> None:
    await store.write(fill)
    board = await store.read(lambda connection: read_board(connection, EVERYWHERE, NOW - MONTH))
    total = board.total
    assert (total.complaints, total.followed_up, total.ended) == (5, 3, 1)
    assert total.share == 3 / 4
    assert total.done is not None
    assert abs(total.done - 3 * HOUR) < timedelta(seconds=1)
    assert set(board.groups["category"]) == {"banjir", "sampah"}
    assert board.groups["category"]["sampah"].done is None
    assert board.groups["channel"]["waze"].complaints == 5


@pytest.mark.anyio
async def test_nothing_yet_is_no_share(store: Store) -> None:
    board = await store.read(lambda connection: read_board(connection, EVERYWHERE, NOW - MONTH))
    assert (board.total.complaints, board.total.share, board.groups["unit"]) == (0, None, {})


@pytest.mark.anyio
async def test_an_even_number_has_the_mean_of_the_middle_two(store: Store) -> None:
    def two(connection: Connection) -> None:
        for key, hours in ((1, 2), (2, 6)):
            add_report(
                connection, key, at=NOW - timedelta(days=1), status="selesai", closed_at=NOW - 24 * HOUR + hours * HOUR
            )

    await store.write(two)
    board = await store.read(lambda connection: read_board(connection, EVERYWHERE, NOW - MONTH))
    assert board.total.done is not None
    assert abs(board.total.done - 4 * HOUR) < timedelta(seconds=1)


@pytest.mark.anyio
async def test_what_an_account_may_not_see_counts_for_nothing(store: Store) -> None:
    await store.write(fill)
    seen = [
        await store.read(lambda connection, sight=sight: read_board(connection, sight, NOW - MONTH))
        for sight in (Sight("petugas", "31.71.01"), Sight("petugas", TEBET), Sight("integritas", ""))
    ]
    assert [board.total.complaints for board in seen] == [0, 5, 1]


@pytest.mark.anyio
async def test_duty_reports_are_counted_by_neighbourhood(store: Store) -> None:
    def write(connection: Connection) -> None:
        place = {"result": "found", "level": "kelurahan", "kelurahan": f"{TEBET}.1001", "rt": [5], "rw": [7]}
        add_report(connection, 1)
        for key in (11, 12, 13):
            add_complaint(connection, key, 1, place=place, role="rt" if key < 13 else "rw")

    await store.write(write)
    counted = await store.read(lambda connection: duty_counts(connection, EVERYWHERE, NOW - MONTH, NOW))
    assert counted == [(f"{TEBET}.1001", "RT 005/RW 07", "rt", 2), (f"{TEBET}.1001", "RT 005/RW 07", "rw", 1)]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("papan")) as made:
        made.write(fill)
        yield made


def test_the_page_and_the_sheet_say_the_same(house: Office) -> None:
    house.enter("operator")
    page = house.browser.get("/papan?hari=7").text
    sheet = house.browser.get("/papan.json?hari=7").json()
    assert "75 %" in page
    assert (sheet["total"]["share"], sheet["total"]["done_hours"]) == (0.75, 3.0)


def test_the_board_is_for_staff(house: Office) -> None:
    house.browser.cookies.clear()
    assert house.browser.get("/papan").status_code == 303


# -------------------------------------------------------------------------------------------- figures and their lists

FIGURE = re.compile(r'<a class="figure" href="([^"]+)">([^<]+)</a>')


def fill_more(connection: Connection) -> None:
    """Some of everything that the board counts: statuses, reasons, channels, spots, duty, disputes."""
    fill(connection)
    came = NOW - timedelta(days=3)
    add_report(connection, 11, at=came, status="ditolak", reason="di-luar-wewenang", closed_at=NOW, category="sampah")
    add_report(connection, 12, at=came, status="koordinasi", kelurahan=f"{TEBET}.1002", lead=f"{TEBET}.1002")
    add_report(connection, 13, at=came, status="proses", units_by="person", lat=-6.2304, lon=106.8501)
    add_report(connection, 14, at=came, lat=-6.2305, lon=106.8502, complaint_count=3)
    add_complaint(connection, 15, 14, channel="qlue")
    add_complaint(connection, 16, 14, channel="qlue")
    add_report(connection, 17, at=came, duty=True)
    add_complaint(connection, 18, 17, role="rt", place={"result": "found", "kelurahan": f"{TEBET}.1001", "rt": [5]})
    add_report(connection, 19, at=came, lead="", kelurahan="")
    add_report(connection, 20, at=came, merged_into=14)
    said = {"report": 13, "channel": "posko", "received_at": NOW, "note": "", "note_internal": "", "photos": []}
    for number, status in enumerate(("selesai", "proses")):
        connection.execute(
            insert(tables.followups).values(
                **said, native_id=f"s{number}", at=NOW + number * HOUR, status=status, unit="", officer="", applied=True
            )
        )
    connection.execute(insert(tables.disputes).values(report=1, complaint=1, at=NOW, due_at=NOW, photos=0, decision=""))


def figures_on(text: str) -> list[tuple[str, str]]:
    return [(unescape(link), shown) for link, shown in FIGURE.findall(text)]


def listed(house: Office, link: str) -> list[str]:
    """Follow a list through all its pages."""
    numbers: list[str] = []
    while link:
        answer = house.browser.get(link)
        assert answer.status_code == 200, link
        numbers += re.findall(r'data-report="([^"]+)"', answer.text)
        further = re.search(r'<a class="button" href="(/papan/daftar[^"]+)"', answer.text)
        link = unescape(further[1]) if further else ""
    return numbers


@pytest.mark.parametrize("who", ["operator", "petugas-tebet", "lurah-contoh", "integritas"])
@pytest.mark.parametrize("query", ["hari=7", "hari=30&aduan=1", "hari=90", "hari=7&wilayah=31.74"])
def test_every_figure_opens_exactly_what_it_counts(office: Office, who: str, query: str) -> None:
    office.write(fill_more)
    office.enter(who)
    found = figures_on(office.browser.get(f"/papan?{query}").text)
    assert found
    for link, shown in found:
        numbers = listed(office, link)
        assert len(set(numbers)) == len(numbers)
        assert len(numbers) == int(shown) if shown.isdecimal() else numbers, (link, shown)


@pytest.fixture(scope="module")
def open_one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("papan-penuh")) as made:
        yield made


@pytest.fixture
def office(open_one: Office) -> Office:
    open_one.clear()
    return open_one
