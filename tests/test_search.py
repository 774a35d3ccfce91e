"""Words lead to reports as soon as they are stored, and no longer once they are erased, on both engines."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Connection, delete, select

from hub.clock import ManualClock
from hub.pipeline import erasing
from hub.store import search, tables
from hub.store.queue_filter import Filter
from hub.store.views_queue import WorkList, found_keys
from hub.store.views_sight import Sight
from normalizer.region import Region
from normalizer.understand import Normalizer
from tests.store_fixtures import NOW, Database, Mouth, Works, said

pytestmark = pytest.mark.anyio
ADMIN = Sight("admin", "")


@pytest.fixture
async def works(database: Database, region: Region, normalizer: Normalizer) -> AsyncIterator[Works]:
    async with database.opened(ManualClock(NOW)) as store:
        posko = Mouth("posko")
        posko.takes = lambda _parcel: False
        yield Works(store, region, normalizer, {"mouth": Mouth(), "posko": posko})


def look(connection: Connection, queue: str, words: str, sight: Sight = ADMIN) -> list[int]:
    """Find in a list, whether the posko has been given it or not: nothing delivers here."""
    placed = set(connection.execute(select(tables.queue_entries.c.report)).scalars())
    rows = connection.execute(select(tables.queue_rows).where(tables.queue_rows.c.queue == queue))
    for row in rows.all():
        if row.report not in placed:
            entry = {"report": row.report, "unit": queue, "version": 1, "placed_at": NOW}
            connection.execute(tables.queue_entries.insert().values(entry))
    work = WorkList(queue, sight, NOW)
    return found_keys(connection, work, "semua", Filter(text=words))


async def found(works: Works, queue: str, words: str, sight: Sight = ADMIN) -> list[int]:
    return await works.store.write(lambda connection: look(connection, queue, words, sight))


async def untouched(works: Works) -> bool:
    """Making the index of everything anew would change nothing."""

    def check(connection: Connection) -> bool:
        kept = connection.execute(select(tables.search_docs).order_by(tables.search_docs.c.report)).all()
        connection.execute(delete(tables.search_docs))
        search.index_all(connection)
        return kept == connection.execute(select(tables.search_docs).order_by(tables.search_docs.c.report)).all()

    return await works.store.write(check)


async def test_words_are_found_at_once_by_their_beginning_and_without_their_accents(works: Works) -> None:
    await works.hear("mouth", said("a", "Genangan tinggi di depan warung Café Melati"))
    report = await works.report()
    for words in ("genangan", "GENANG", "cafe melati", "café", report.number, report.number.lower().replace("-", " ")):
        assert await found(works, report.queue, words) == [report.id], words
    for words in ("mawar", "genangan mawar", "nangan", "!!!", '" OR *', "'; --"):
        assert await found(works, report.queue, words) == [], words


async def test_other_queues_do_not_find_it(works: Works) -> None:
    await works.hear("mouth", said("a", "Genangan tinggi di depan warung melati"))
    assert await found(works, "31.71.01", "genangan") == []


async def test_later_words_are_found_too_and_none_once_they_are_erased(works: Works) -> None:
    await works.hear("mouth", said("a", "Genangan tinggi di depan warung melati"))
    report, complaint = await works.report(), await works.complaint("a")
    assert await found(works, report.queue, "melati") == [report.id]
    await works.store.write(lambda c: erasing.erase(c, works.house, [complaint.id], "admin", NOW))
    assert await found(works, report.queue, "melati") == []
    docs = await works.rows("search_docs")
    assert not any("melati" in row.words for row in docs)


async def test_what_staff_join_and_part_is_found_where_it_stands(works: Works) -> None:
    await works.hear("mouth", said("a", "pohon tumbang menutup jalan kenanga"))
    await works.hear("mouth", said("b", "lampu jalan mati di gang dahlia", here=None))
    first, second = await works.report_of("a"), await works.report_of("b")
    await works.desk.merge(second.number, first.number, second.version, "petugas")
    assert await found(works, first.queue, "dahlia") == [first.id]
    assert await untouched(works)


async def test_a_sealed_report_is_found_by_no_one_else(works: Works) -> None:
    await works.hear("mouth", said("a", "petugas kelurahan minta uang pelicin untuk surat domisili"))
    report = await works.report()
    assert report.handling == "sealed"
    assert await found(works, report.queue, "pelicin", Sight("integritas", "")) == [report.id]
    assert await found(works, report.queue, "pelicin") == []
    assert await untouched(works)


async def test_a_store_without_an_index_gets_one(works: Works) -> None:
    await works.hear("mouth", *(said(f"k{n}", f"genangan nomor{n} di gang", here=None) for n in range(5)))
    assert await untouched(works)
    queue = (await works.report_of("k3")).queue
    assert await found(works, queue, "nomor3") == [(await works.report_of("k3")).id]
