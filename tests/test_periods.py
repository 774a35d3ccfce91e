"""Figures of a period stay as they were, on both engines; a lurah objects, the camat answers, nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, select, update

from hub.clock import ManualClock
from hub.pipeline.freezing import Freezer, latest_over
from hub.spans import read_period
from hub.store import tables
from hub.store.accounts import add_account
from hub.store.periods import Frozen, list_periods, load_period
from hub.store.store import Store
from tests.ranking_fixtures import ONE, TWO, fill
from tests.test_board import figures_on, listed
from tests.web_fixtures import HASH, NOW, SETIABUDI, TEBET, Office, open_office

ZONE = ZoneInfo("Asia/Jakarta")
JANUARY = "2026-01"


def finish_all(connection: Connection) -> None:
    connection.execute(update(tables.reports).values(status="selesai"))


async def freeze_january(store: Store) -> Frozen:
    await Freezer(store, ZONE).freeze(read_period(JANUARY), "console")
    frozen = await store.read(lambda connection: load_period(connection, JANUARY))
    assert frozen is not None
    return frozen


@pytest.mark.anyio
async def test_later_changes_do_not_move_it(store: Store) -> None:
    await store.write(fill)
    before = await freeze_january(store)
    await store.write(finish_all)
    assert not await Freezer(store, ZONE).freeze(read_period(JANUARY), "console")
    after = await store.read(lambda connection: load_period(connection, JANUARY))
    assert after is not None
    assert after.scores == before.scores
    assert [(score.kelurahan, score.percent, score.rank) for score in after.scores] == [(ONE, 68, 1), (TWO, 100, None)]
    assert after.scores[0].median is not None
    assert abs(after.scores[0].median - timedelta(hours=5)) < timedelta(seconds=1)


@pytest.mark.anyio
async def test_sealed_reports_are_not_frozen(store: Store) -> None:
    await store.write(fill)
    frozen = await freeze_january(store)
    kept = {key for classes in frozen.members.values() for keys in classes.values() for key in keys}
    table = tables.reports.c
    sealed = await store.read(lambda c: set(c.execute(select(table.id).where(table.handling == "sealed")).scalars()))
    assert sealed
    assert not kept & sealed


@pytest.mark.anyio
async def test_it_freezes_by_itself_a_week_after_the_end(store: Store) -> None:
    clock = store.clock
    assert isinstance(clock, ManualClock)
    await store.write(fill)
    freezer = Freezer(store, ZONE)
    await freezer.run_once()
    assert JANUARY not in await store.read(list_periods)
    clock.advance(datetime(2026, 2, 8, tzinfo=UTC) - store.now())
    assert await freezer.run_once() == [JANUARY]
    assert await freezer.run_once() == []


@pytest.mark.anyio
async def test_a_new_hub_freezes_no_empty_past(store: Store) -> None:
    assert await Freezer(store, ZONE).run_once() == []
    assert await store.read(list_periods) == []


@pytest.mark.parametrize(
    ("day", "names"),
    [
        (date(2026, 2, 1), ["2026-01", "2025-T4"]),
        (date(2026, 1, 31), ["2025-12", "2025-T4"]),
        (date(2026, 4, 1), ["2026-03", "2026-T1"]),
    ],
)
def test_the_latest_periods_that_are_over(day: date, names: list[str]) -> None:
    assert [span.period for span in latest_over(day)] == names


@pytest.mark.parametrize("name", ["2026", "2026-13", "2026-T5", "2026-T0", "2026-1", "x", "", "2026-T", "2026-01-01"])
def test_what_is_no_period(name: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_period(name)


# ------------------------------------------------------------------------------------------------------------- pages


def more_staff(connection: Connection) -> None:
    for name, area in (("camat-tebet", TEBET), ("camat-setiabudi", SETIABUDI)):
        add_account(connection, name, HASH, role="camat", area=area, now=NOW)


@pytest.fixture(scope="module")
def open_one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("periode")) as made:
        yield made


@pytest.fixture
def office(open_one: Office) -> Office:
    open_one.clear()
    open_one.write(more_staff)
    open_one.write(fill)
    open_one.browser.portal.call(Freezer(open_one.hub.store, ZONE).freeze, read_period(JANUARY), "console")  # type: ignore[union-attr]
    return open_one


PAGE = f"/papan/peringkat?periode={JANUARY}"


def object_to(office: Office, text: str = "Enam laporan itu milik dinas.") -> int:
    office.enter("lurah-contoh")
    sent = office.post("/papan/peringkat/sanggah", {"periode": JANUARY, "text": text}, page=PAGE)
    return int(sent.status_code)


def answer(office: Office, who: str, text: str = "Diperiksa: benar milik kelurahan.") -> int:
    (key,) = office.read(lambda connection: connection.execute(select(tables.objections.c.id)).scalars().all())
    office.enter(who)
    path = f"/papan/peringkat/sanggah/{key}/jawab"
    return int(office.post(path, {"text": text}, page="/papan").status_code)


def test_frozen_figures_open_the_reports_that_made_them(office: Office) -> None:
    office.write(finish_all)
    office.enter("operator")
    text = office.browser.get(PAGE).text
    assert "68 %" in text
    assert "100 %" in text
    for link, shown in figures_on(text):
        numbers = listed(office, link)
        assert len(numbers) == int(shown) if shown.isdecimal() else numbers, (link, shown)


def test_a_lurah_learns_the_own_place_and_nothing_of_the_neighbours(office: Office) -> None:
    office.enter("lurah-contoh")
    text = office.browser.get(PAGE).text
    assert "Peringkat 1 dari 1" in text
    assert TWO not in text


def test_an_objection_stands_beside_the_figures_with_its_answer(office: Office) -> None:
    assert object_to(office) == 303
    assert object_to(office, "Sekali lagi.") == 409
    assert answer(office, "camat-tebet") == 303
    assert answer(office, "camat-tebet", "Lain lagi.") == 409
    office.enter("operator")
    text = office.browser.get(PAGE).text
    assert "Enam laporan itu milik dinas." in text
    assert "Diperiksa: benar milik kelurahan." in text
    assert "68 %" in text
    trail = office.read(lambda connection: connection.execute(select(tables.audit.c.action, tables.audit.c.data)).all())
    assert [row.action for row in trail if "objec" in row.action] == ["object", "answer-objection"]
    assert "dinas" not in str(trail)


def test_who_may_object_and_answer(office: Office) -> None:
    office.enter("camat-tebet")
    sent = office.post("/papan/peringkat/sanggah", {"periode": JANUARY, "text": "Saya juga."}, page="/masuk")
    assert sent.status_code == 403
    assert object_to(office) == 303
    refused = {"camat-setiabudi": 404, "petugas-tebet": 403, "lurah-contoh": 403, "operator": 403}
    assert {who: answer(office, who) for who in refused} == refused
    office.enter("camat-setiabudi")
    assert "Enam laporan" not in office.browser.get(PAGE).text
    assert answer(office, "admin") == 303


def test_nothing_is_objected_without_words_or_figures(office: Office) -> None:
    assert object_to(office, "  ") == 422
    office.enter("lurah-contoh")
    sent = office.post("/papan/peringkat/sanggah", {"periode": "2020-01", "text": "Apa ini?"}, page=PAGE)
    assert sent.status_code == 404
    assert office.browser.get("/papan/peringkat?periode=2020-01").status_code == 404
