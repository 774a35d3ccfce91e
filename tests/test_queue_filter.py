"""A filter survives its address, and an address that means nothing is told so instead of failing."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import Connection, insert, update
from starlette.datastructures import QueryParams

from hub.store import queue_watch, search, tables
from hub.store.queue_filter import SORTS, Filter
from hub.store.store import Store
from hub.store.views_queue import LANES, Position, WorkList, count_found, found_keys, lane_counts, queue_page
from hub.store.views_sight import Sight
from hub.web.queue_filter import filter_of, lane_of, position_of, spell, spell_position
from normalizer.complaint import URGENCIES
from normalizer.region import Region
from normalizer.report import STATUSES
from normalizer.taxonomy import BY_CODE
from tests.web_fixtures import NOW, TEBET, Office, add_report, open_office

WORK = WorkList(TEBET, Sight("petugas", TEBET), NOW, reader="petugas-tebet", officials=frozenset({"crop"}))
TEXTS = ("", "banjir jalan", "a&b=c", "100% + 1", "Jl. Kenanga #3", "naïve ☂", "'; DROP TABLE reports; --")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("kantor")) as made:
        made.enter("petugas-tebet")
        yield made


def any_filter(rng: random.Random, areas: list[str]) -> Filter:
    def some(codes: Any) -> tuple[str, ...]:
        return tuple(rng.sample(sorted(codes), rng.randrange(4)))

    first = date(2026, 1, 1) + timedelta(days=rng.randrange(60))
    return Filter(
        categories=some(BY_CODE),
        kelurahan=some(areas),
        channels=some(("qlue", "twitter", "surat")),
        statuses=some(STATUSES),
        urgencies=some(URGENCIES)[:2],
        since=rng.choice((None, first)),
        until=rng.choice((None, first + timedelta(days=rng.randrange(9)))),
        photo=rng.choice((None, True, False)),
        owner=rng.choice(("", "petugas-tebet", "rahmat & kawan")),
        text=rng.choice(TEXTS),
        sort=rng.choice(SORTS),
    )


@pytest.mark.parametrize("seed", range(30))
def test_a_filter_comes_back_from_its_address(seed: int, region: Region) -> None:
    chosen = any_filter(random.Random(seed), [area.code for area in region.areas[:9]])  # noqa: S311 - a fixed seed
    read = filter_of(QueryParams(spell(chosen)), region)
    assert (read.chosen, read.problems) == (chosen, ())


def test_what_leaves_nothing_out_is_spelled_as_nothing() -> None:
    assert spell(Filter()) == ""
    assert not Filter(sort="diubah").narrows
    assert Filter(text="banjir").narrows


@pytest.mark.parametrize(
    "query",
    [
        "kategori=tidak-ada",
        "kelurahan=99.99.99.9999",
        "status=hilang",
        "urgensi=sekali",
        "dari=kemarin",
        "dari=9999-12-31",
        "sampai=0001-01-01",
        "dari=2026-02-03&sampai=2026-02-01",
        "foto=mungkin",
        "urut=acak",
        "kanal=" + "x" * 300,
    ],
)
def test_what_cannot_be_read_is_left_out_and_told(query: str, office: Office, region: Region) -> None:
    assert filter_of(QueryParams(query), region).problems
    assert office.browser.get(f"/antrean/{TEBET}?{query}").status_code == 200


@pytest.mark.parametrize(
    "end", ["x", "b-", "b-JKT", "d-JKT-00000000", "b-{n}~", "b-{n}~x", "b-{n}~-9", "b-{n}~" + "9" * 30]
)
@pytest.mark.parametrize("sort", SORTS)
def test_no_end_of_a_page_is_an_error(end: str, sort: str, office: Office) -> None:
    number = (
        office.write(lambda c: add_report(c, 7)) if not office.read(lambda c: found_keys(c, WORK, "semua")) else "JKT"
    )
    path = f"/antrean/{TEBET}?urut={sort}&sesudah={end.format(n=number)}"
    assert office.browser.get(path).status_code == 200


@pytest.mark.parametrize("sort", SORTS)
def test_where_a_page_ends_comes_back_from_its_address(sort: Any) -> None:
    at = datetime(2026, 2, 3, 4, 5, 6, 789, tzinfo=UTC)
    values: dict[str, Any] = {"diubah": at, "terbanyak": 12, "tenggat": None}
    for value in {values.get(sort), at if sort == "tenggat" else values.get(sort)}:
        end = Position(urgent=True, report=77, value=value)
        assert position_of(QueryParams({"sesudah": spell_position(end, "JKT")}), sort) == end


def test_an_unknown_lane_is_the_first() -> None:
    assert lane_of(QueryParams("lajur=entah")) == "semua"
    assert lane_of(QueryParams("lajur=selesai")) == "selesai"


# ----------------------------------------------------------------------------------------------- the rows, both engines


def town(connection: Connection) -> None:
    """Sixty reports of every kind, each found by a word of its own."""
    rng = random.Random(5)  # noqa: S311 - a fixed seed
    for key in range(1, 61):
        closed, owned = key % 6 == 0, key % 4 == 0
        add_report(
            connection,
            key,
            urgency="darurat" if key % 9 == 0 else "biasa",
            status="selesai" if closed else rng.choice(("menunggu", "proses")),
            category=rng.choice(("banjir", "pohon")),
            category_sure=key % 5 > 0,
            kelurahan="" if key % 13 == 0 else f"{TEBET}.100{1 + key % 3}",
            kecamatan=TEBET,
            queue=TEBET,
            complaint_count=rng.randrange(1, 5),
            channel_counts={rng.choice(("waze", "qlue")): 1},
            at=NOW - timedelta(hours=rng.randrange(90)),
            updated_at=NOW - timedelta(minutes=rng.randrange(9)),
            due_at=None if key % 3 else NOW + timedelta(hours=rng.randrange(-5, 9)),
            due_kind="" if key % 3 else "done",
            owner="petugas-tebet" if owned else "",
            owner_until=NOW + timedelta(minutes=rng.choice((-5, 5))) if owned else None,
            asked_at=NOW if key % 11 == 0 else None,
            duty=key % 8 == 0,
            disputed_at=NOW if key % 12 == 0 else None,
            place={"result": "outside"} if key % 17 == 0 else {},
            title=f"kata{key} banjir",
        )
    told = {
        "channel": "crop",
        "kind": "report",
        "version": 1,
        "cause": "opened",
        "digest": "",
        "parcel": b"",
        "urgent": False,
    }
    for key in range(1, 61, 2):
        row = told | {"key": f"k{key}", "report": key, "state": "sent", "created_at": NOW}
        connection.execute(insert(tables.deliveries).values(row))
    for key in (12, 24):
        row = {"report": key, "complaint": key, "at": NOW, "due_at": NOW, "photos": 0, "decision": ""}
        connection.execute(insert(tables.disputes).values(row))
    for key in range(2, 60, 7):
        row = {"complaint": key, "report": key, "other": key + 1, "score": 0.5, "evidence": [], "at": NOW}
        connection.execute(insert(tables.suggestions).values(row))
    search.index_reports(connection, range(1, 61))


def turned(connection: Connection, lane: Any, chosen: Filter) -> list[int]:
    """Turn all pages, while new reports come in."""
    keys, after = [], None
    while True:
        page = queue_page(connection, WORK, lane, after, 7, chosen=chosen)
        keys += [row.id for row in page.rows]
        after = page.after
        if after is None:
            return keys
        position_of(QueryParams({"sesudah": spell_position(after, "JKT")}), chosen.sort)


@pytest.mark.anyio
@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("text", ["", "banjir"])
async def test_pages_of_every_lane_and_order_hold_every_row_once(store: Store, sort: Any, text: str) -> None:
    await store.write(town)
    for lane in LANES:
        chosen = Filter(sort=sort, text=text)
        keys = await store.read(lambda c, lane=lane, chosen=chosen: turned(c, lane, chosen))
        whole = await store.read(lambda c, lane=lane, chosen=chosen: found_keys(c, WORK, lane, chosen))
        assert keys == whole
        assert len(set(keys)) == len(keys) == await store.read(lambda c, lane=lane: count_found(c, WORK, lane))
        urgent = [key % 9 == 0 for key in keys]
        assert urgent == sorted(urgent, reverse=True)


@pytest.mark.anyio
async def test_lanes_count_what_they_hold(store: Store) -> None:
    await store.write(town)
    counts = await store.read(lambda c: lane_counts(c, WORK))
    held = {lane: await store.read(lambda c, lane=lane: len(found_keys(c, WORK, lane))) for lane in counts}
    assert counts == held
    empty = {lane for lane, count in counts.items() if not count}
    assert empty <= {"diserahkan"}


@pytest.mark.anyio
async def test_new_reports_do_not_move_the_next_page(store: Store) -> None:
    await store.write(town)
    before = await store.read(lambda c: found_keys(c, WORK, "semua"))
    first = await store.read(lambda c: queue_page(c, WORK, "semua", None, 20))
    await store.write(lambda c: [add_report(c, key) for key in range(100, 110)])
    second = await store.read(lambda c: queue_page(c, WORK, "semua", first.after, 20))
    assert [row.id for row in second.rows] == before[20:40]


@pytest.mark.anyio
async def test_every_filter_leaves_in_what_it_names(store: Store) -> None:
    await store.write(town)

    async def keys(**chosen: Any) -> set[int]:
        return set(await store.read(lambda c: found_keys(c, WORK, "semua", Filter(**chosen))))

    rows = await store.read(
        lambda c: c.execute(tables.reports.select().where(tables.reports.c.status != "selesai")).all()
    )

    def those(test: Any) -> set[int]:
        return {row.id for row in rows if test(row)}

    assert await keys(categories=("pohon",)) == those(lambda row: row.category == "pohon")
    assert await keys(kelurahan=(f"{TEBET}.1002",)) == those(lambda row: row.kelurahan == f"{TEBET}.1002")
    assert await keys(channels=("qlue",)) == those(lambda row: "qlue" in row.channel_counts)
    assert await keys(channels=("qlu",)) == set()
    assert await keys(statuses=("proses",)) == those(lambda row: row.status == "proses")
    assert await keys(urgencies=("darurat",)) == those(lambda row: row.urgency == "darurat")
    assert await keys(owner="petugas-tebet") == those(lambda row: row.owner and row.owner_until > NOW)
    day = (NOW - timedelta(days=1)).date()
    assert await keys(since=day, until=day) == those(lambda row: row.created_at.date() == day)
    assert await keys(photo=True) == set()
    assert await keys(text="kata7") == {7}
    assert await keys(text="kata7 banjir", categories=("tidak",)) == set()


@pytest.mark.anyio
async def test_the_database_keeps_the_rows_as_they_would_be_made_anew(store: Store) -> None:
    def change(connection: Connection) -> None:
        town(connection)
        reports = tables.reports
        connection.execute(update(reports).where(reports.c.id.in_((3, 4))).values(merged_into=1))
        connection.execute(update(reports).where(reports.c.id == 5).values(status="ditolak", owner="petugas-lain"))
        connection.execute(update(reports).where(reports.c.id == 10).values(queue="31.74.02"))
        connection.execute(update(tables.suggestions).where(tables.suggestions.c.report == 9).values(answer="other"))
        photo = {"raw_item": 1, "position": 0, "url": "", "kind": "photo"}
        for key, state in ((1, "ready"), (2, "due"), (7, "ready")):
            connection.execute(
                insert(tables.photos).values(photo | {"id": f"{key:032d}", "complaint": key, "state": state})
            )
        connection.execute(update(tables.photos).where(tables.photos.c.complaint == 2).values(state="ready"))
        connection.execute(update(tables.photos).where(tables.photos.c.complaint == 1).values(state="erased"))
        connection.execute(update(tables.complaints).where(tables.complaints.c.id == 7).values(report=8))
        connection.execute(tables.queue_entries.delete().where(tables.queue_entries.c.report == 11))
        connection.execute(tables.reports.delete().where(reports.c.id == 57))

    def compare(connection: Connection) -> tuple[list[Any], list[Any]]:
        rows = tables.queue_rows.select().order_by(tables.queue_rows.c.report)
        kept = connection.execute(rows).all()
        connection.execute(tables.queue_rows.delete())
        for statement in queue_watch.spell_fill(connection.dialect.name):
            connection.exec_driver_sql(statement)
        return kept, connection.execute(rows).all()

    await store.write(change)
    kept, made = await store.write(compare)
    assert kept == made
    assert {row.report for row in kept if row.photo} == {2, 8}


def test_a_filtered_page_links_on_within_its_filter(office: Office) -> None:
    office.clear()
    office.enter("petugas-tebet")
    office.write(lambda c: [add_report(c, key, category="pohon" if key % 2 else "banjir") for key in range(1, 121)])
    path, seen = f"/antrean/{TEBET}?kategori=pohon&urut=terlama", []
    while path:
        text = office.browser.get(path).text
        seen += re.findall(r'id="r-([A-Z0-9-]+)"', text)
        link = re.search(r'<a[^>]*rel="next"[^>]*>', text)
        path = unescape(re.search(r'href="([^"]+)"', link[0])[1]) if link else ""  # type: ignore[index]
    assert len(seen) == len(set(seen)) == 60
