"""The ranking is fair: what it judges, what it leaves aside, who shares a rank, and what each figure opens."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert

from hub.store import tables
from hub.store.cut import Cut
from hub.store.store import Store
from hub.store.views_ranking import Score, ranked, read_scores
from hub.store.views_sight import Sight
from tests.ranking_fixtures import CAME, ONE, TWO, fill, follow, fresh
from tests.test_board import figures_on, listed
from tests.web_fixtures import NOW, SETIABUDI, Office, open_office

EVERYWHERE = Sight("operator", "")
CUT = Cut(CAME - timedelta(days=1), NOW)


async def scores(store: Store, sight: Sight = EVERYWHERE) -> dict[str, Score]:
    found = await store.read(lambda connection: read_scores(connection, sight, CUT))
    return {score.kelurahan: score for score in found}


@pytest.mark.anyio
async def test_what_is_judged_and_what_is_left_aside(store: Store) -> None:
    await store.write(fill)
    found = await scores(store)
    one, two = found[ONE], found[TWO]
    assert (one.judged, one.percent, one.rank) == (40, 68, 1)
    assert one.counts["urusan-lain"] == 50
    assert [one.counts[f"sendiri-{name}"] for name in ("koordinasi", "ditolak", "berakhir")] == [3, 2, 1]
    assert (two.judged, two.percent, two.rank) == (29, 100, None)
    assert one.median is not None
    assert abs(one.median - timedelta(hours=5)) < timedelta(seconds=1)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("values", "percent"),
    [
        ({"note": "Sudah.", "photos": ["https://contoh.invalid/a.jpg"]}, 100),
        ({"note": "Sudah.", "reason": "tanpa-foto"}, 100),
        ({"note": "Sudah."}, 50),
        ({"photos": ["https://contoh.invalid/a.jpg"]}, 50),
        ({"note_internal": "Sudah.", "photos": ["https://contoh.invalid/a.jpg"]}, 50),
        ({"note": "Sudah.", "photos": ["https://contoh.invalid/a.jpg"], "applied": False}, 50),
        ({"note": "Sudah.", "photos": ["https://contoh.invalid/a.jpg"], "status": "proses"}, 50),
    ],
)
async def test_done_counts_in_full_with_a_note_and_proof(store: Store, values: dict[str, object], percent: int) -> None:
    def write(connection: Connection) -> None:
        fresh(connection, ONE, status="selesai")
        (key,) = connection.execute(tables.reports.select().with_only_columns(tables.reports.c.id)).one()
        follow(connection, key, **values)

    await store.write(write)
    assert (await scores(store))[ONE].percent == percent


@pytest.mark.anyio
async def test_a_photo_that_was_uploaded_is_proof(store: Store) -> None:
    def write(connection: Connection) -> None:
        fresh(connection, ONE, status="selesai", note="Sudah.")
        (key,) = connection.execute(tables.followups.select().with_only_columns(tables.followups.c.id)).one()
        row = {"id": "a", "followup": key, "raw_item": 1, "position": 0, "kind": "photo", "url": "", "state": "ready"}
        connection.execute(insert(tables.photos).values(row))

    await store.write(write)
    assert (await scores(store))[ONE].percent == 100


@pytest.mark.anyio
async def test_only_what_the_reader_sees_is_ranked(store: Store) -> None:
    await store.write(fill)
    assert set(await scores(store, Sight("lurah", TWO))) == {TWO}
    assert await scores(store, Sight("camat", SETIABUDI)) == {}


def test_equal_percents_share_a_rank() -> None:
    done = {"a": 70, "b": 80, "c": 80, "d": 60}
    made = [Score(code, {"selesai-lengkap": some, "sendiri-terbuka": 100 - some}) for code, some in done.items()]
    assert [(score.kelurahan, score.rank) for score in ranked(made)] == [("b", 1), ("c", 1), ("a", 3), ("d", 4)]


def test_few_reports_leave_a_wide_range() -> None:
    few, many = (Score("a", {"selesai-lengkap": done, "sendiri-terbuka": done}) for done in (15, 1500))
    assert few.between is not None
    assert many.between is not None
    assert (few.between, many.between) == ((33, 67), (48, 52))
    assert Score("a", {}).between is None


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("peringkat")) as made:
        made.write(fill)
        yield made


@pytest.mark.parametrize("who", ["operator", "petugas-tebet", "lurah-contoh"])
def test_every_figure_opens_exactly_what_it_counts(house: Office, who: str) -> None:
    house.enter(who)
    text = house.browser.get("/papan/peringkat?hari=30").text
    assert "(24 + ½ × 6) ÷ 40" in text
    for link, shown in figures_on(text):
        numbers = listed(house, link)
        assert len(numbers) == int(shown) if shown.isdecimal() else numbers, (link, shown)


def test_the_file_has_the_same_figures(house: Office) -> None:
    house.enter("operator")
    text = house.browser.get("/papan/peringkat.csv?hari=30").text.removeprefix("\ufeff")
    rows = {row["kelurahan"]: row for row in csv.DictReader(io.StringIO(text))}
    assert (rows[ONE]["rank"], rows[ONE]["value_percent"], rows[ONE]["judged"]) == ("1", "68", "40")
    assert rows[TWO]["rank"] == ""


def test_sealed_reports_have_no_ranking(house: Office) -> None:
    house.enter("integritas")
    assert house.browser.get("/papan/peringkat").status_code == 404
    assert not re.search("peringkat", house.browser.get("/papan").text)
