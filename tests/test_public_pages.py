"""What everybody sees of the town's reports: the map's list, an area, one report."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, insert, select, update

from hub.store import tables
from tests.public_fixtures import SECRET, add_spotted, number_of, settle, show
from tests.web_fixtures import NOW, Office, add_complaint, open_office

PUBLIC, HIDDEN = (1, 2, 3, 4), (10, 11, 12, 13, 14, 15)
CITY = "106.6,-6.4,107.0,-6.0"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("kota")) as made:
        yield made


@pytest.fixture
def town(house: Office) -> Office:
    house.clear()
    house.write(settle)
    return house


def words_on(office: Office, path: str) -> str:
    answer = office.browser.get(path)
    assert answer.status_code == 200, path
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text.partition("<main")[2]))


def numbers_on(office: Office, path: str) -> set[str]:
    return set(re.findall(r"JKT-[0-9A-Z]{8}", office.browser.get(path).text))


def test_the_map_lists_public_reports_and_no_others(town: Office) -> None:
    assert numbers_on(town, "/peta") == {number_of(key) for key in PUBLIC}
    assert town.read(
        lambda c: set(c.execute(select(tables.reports.c.id).where(tables.reports.c.public)).scalars())
    ) == {*PUBLIC}


@pytest.mark.parametrize("key", HIDDEN)
def test_what_is_not_public_has_no_page(town: Office, key: int) -> None:
    answer = town.browser.get(f"/peta/laporan/{number_of(key)}")
    if key == 14:
        assert answer.headers["location"] == f"/peta/laporan/{number_of(1)}"
    else:
        assert answer.status_code == 404


def test_private_words_stand_on_no_public_page(town: Office) -> None:
    paths = ["/peta", "/peta/31.74.01", "/peta/31.74.01.1001", f"/peta/titik?kotak={CITY}&z=11"]
    paths += [f"/peta/laporan/{number_of(key)}" for key in PUBLIC]
    for path in paths:
        assert SECRET not in town.browser.get(path).text, path


def test_a_kind_that_leads_to_a_home_shows_its_kelurahan_only(town: Office) -> None:
    page = words_on(town, f"/peta/laporan/{number_of(2)}")
    assert "Tebet Timur" in page
    for secret in ("nomor tujuh", "Jalan Contoh", "data-lat"):
        assert secret not in page
    assert "nomor tujuh" not in words_on(town, "/peta")
    drawn = town.browser.get(f"/peta/titik?kotak={CITY}&z=19").json()
    assert number_of(2) not in {spot[2] for spot in drawn["spots"]}
    assert [name for _, _, name, _, count in drawn["areas"]] == ["Tebet Timur"]


def test_a_mixed_report_shows_what_its_public_complaints_say(town: Office) -> None:
    """What a private complaint told better, place or kind, is not shown."""

    def seed(connection: Connection) -> None:
        add_spotted(connection, 20, category="kriminal", title=SECRET)
        connection.execute(update(tables.complaints).where(tables.complaints.c.id == 20).values(audience="private"))
        rough = {"result": "found", "level": "kelurahan", "kelurahan": "31.74.02.1001", "kecamatan": "31.74.02"}
        add_complaint(connection, 120, 20, text="ada keributan", place=rough)
        show(connection)

    town.write(seed)
    page = words_on(town, f"/peta/laporan/{number_of(20)}")
    assert "Banjir" in page
    assert "Kriminal" not in page
    assert "Setiabudi" in page
    assert "Jalan Contoh" not in page
    assert "ada keributan" in page
    assert SECRET not in page


def test_a_rahasia_complaint_takes_nothing_from_others_and_adds_nothing(town: Office) -> None:
    before = words_on(town, f"/peta/laporan/{number_of(1)}")

    def join(connection: Connection) -> None:
        add_complaint(connection, 101, 1, rahasia=True, text=SECRET)
        show(connection)

    town.write(join)
    assert words_on(town, f"/peta/laporan/{number_of(1)}") == before


def test_filters_stand_in_the_address(town: Office) -> None:
    assert numbers_on(town, "/peta?status=selesai") == {number_of(4)}
    assert numbers_on(town, "/peta?kategori=pmks") == {number_of(2)}
    assert numbers_on(town, "/peta?wilayah=31.74.02") == {number_of(4)}
    assert numbers_on(town, "/peta?kotak=106.85,-6.24,106.86,-6.23") == {number_of(key) for key in (1, 3, 4)}
    town.clock._now = NOW.replace(month=12)
    assert numbers_on(town, "/peta") == set()
    assert numbers_on(town, "/peta?periode=semua") == {number_of(key) for key in PUBLIC}


def test_nonsense_in_the_address_counts_as_nothing(town: Office) -> None:
    query = "kategori=x&status=y&wilayah=31&periode=-1&kotak=a,b,c,d&sesudah=z_z"
    assert numbers_on(town, f"/peta?{query}") == {number_of(key) for key in PUBLIC}
    assert town.browser.get("/peta/31.99.99").status_code == 404
    assert town.browser.get("/peta/laporan/x").status_code == 404
    assert town.browser.get("/peta/titik?kotak=1,2,3&z=11").status_code == 400
    assert town.browser.get(f"/peta/titik?kotak={CITY}&z=99").status_code == 400


def test_pages_follow_one_another_without_a_gap(town: Office) -> None:
    def many(connection: Connection) -> None:
        for key in range(200, 270):
            add_spotted(connection, key)
        show(connection)

    town.write(many)
    seen: list[str] = []
    path = "/peta"
    while path:
        text = town.browser.get(path).text
        seen += re.findall(r'class="open" href="/peta/laporan/(\S+)"', text)
        found = re.search(r'rel="next" href="([^"]+)"', text)
        path = found[1].replace("&amp;", "&") if found else ""
    assert len(seen) == len(set(seen)) == 74


def test_many_are_summed_up_far_away_and_parted_near_by(town: Office) -> None:
    def many(connection: Connection) -> None:
        for key in range(200, 260):
            add_spotted(connection, key, spot={"lat": -6.21 - key / 1e4, "lon": 106.85})
        show(connection)

    town.write(many)
    far = town.browser.get(f"/peta/titik?kotak={CITY}&z=10").json()
    near = town.browser.get("/peta/titik?kotak=106.84,-6.24,106.86,-6.22&z=19").json()
    assert len(far["cells"]) + len(far["spots"]) < 5
    assert sum(count for *_, count in far["cells"]) + len(far["spots"]) == 63
    assert len(near["spots"]) + len(near["cells"]) > 10


def test_officials_public_notes_are_shown_without_names_and_internal_ones_never(town: Office) -> None:
    def note(connection: Connection) -> None:
        row = {"report": 1, "channel": "crop", "native_id": "n", "at": NOW, "received_at": NOW, "status": "proses"}
        row |= {"note": "Pompa dikirim, hubungi 0812 3456 7890", "note_internal": "hati-hati", "photos": []}
        row |= {"unit": "dinas-sda", "officer": "Petugas Contoh", "applied": True}
        connection.execute(insert(tables.followups).values(row))

    town.write(note)
    page = words_on(town, f"/peta/laporan/{number_of(1)}")
    assert "Pompa dikirim" in page
    for secret in ("0812", "hati-hati", "Petugas Contoh"):
        assert secret not in page


def test_an_area_has_a_page_with_figures_and_what_lies_inside(town: Office) -> None:
    page = words_on(town, "/peta/31.74.01")
    assert "Tebet Timur" in page
    assert numbers_on(town, "/peta/31.74.01") == {number_of(key) for key in (1, 2, 3)}
    assert numbers_on(town, "/peta/31.74") == {number_of(key) for key in PUBLIC}
    assert numbers_on(town, "/peta/31.74.02.1001") == {number_of(4)}


def test_pages_may_be_kept_for_a_moment_and_set_no_cookie(town: Office) -> None:
    for path in ("/peta", "/peta/31.74.01", f"/peta/laporan/{number_of(1)}", f"/peta/titik?kotak={CITY}&z=11"):
        answer = town.browser.get(path)
        assert answer.headers["cache-control"] == "public, max-age=30"
        assert "set-cookie" not in answer.headers
    town.enter("petugas-tebet")
    assert town.browser.get("/peta").headers["cache-control"] == "no-store"
