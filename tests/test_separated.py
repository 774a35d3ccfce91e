"""What a person took apart stays apart for the machine: through edits, new understandings and a third complaint."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete

from hub.plugin import Addition
from hub.store.store import Store
from hub.store.tables import separations
from normalizer.region import Region
from normalizer.understand import Normalizer
from tests.store_fixtures import HERE, NOW, Mouth, Works, near, officials, said

pytestmark = pytest.mark.anyio
WHO = "petugas"
TEXT = "banjir setinggi lutut di depan warung contoh"


@pytest.fixture
def works(store: Store, region: Region, normalizer: Normalizer) -> Works:
    return Works(store, region, normalizer, {"mouth": Mouth(), "crop": officials()})


async def parted(works: Works) -> tuple[Any, Any]:
    """Two complaints that the machine joined and a person took apart: the reports of the one that stayed and of b."""
    await works.hear("mouth", said("a", TEXT), said("b", TEXT, here=near(5)))
    report = await works.report()
    await works.desk.split(report.number, (await works.complaint("b")).id, report.version, WHO)
    return await stand(works, "a", "b")


async def stand(works: Works, *names: str) -> tuple[Any, ...]:
    return tuple([(await works.complaint(name)).report for name in names])


async def test_an_edit_moves_nothing(works: Works) -> None:
    before = await parted(works)
    await works.hear("mouth", said("b", f"{TEXT}, tambah tinggi", here=HERE))
    await works.hear("mouth", said("a", f"{TEXT}, tambah tinggi"))
    assert await stand(works, "a", "b") == before


async def test_an_edit_to_the_very_same_words_moves_nothing(works: Works) -> None:
    before = await parted(works)
    await works.hear("mouth", said("b", TEXT, who="akun-a"))
    assert await stand(works, "a", "b") == before


@pytest.mark.parametrize("cause", ["reprocess", "photo", "added"])
async def test_a_new_understanding_moves_nothing_and_asks_nobody(works: Works, cause: str) -> None:
    before = await parted(works)
    for name in "ab":
        await works.again.understand((await works.complaint(name)).id, cause, photo=near(20))
    assert len(await works.rows("understandings")) == 4
    assert await stand(works, "a", "b") == before
    assert await works.rows("suggestions") == []


async def test_the_number_of_the_other_report_moves_nothing(works: Works) -> None:
    before = await parted(works)
    number = (await works.report(id=before[0])).number
    more = said("b2", f"sama dengan {number}", who="akun-b")
    await works.hear("mouth", Addition(native_id="b2", complaint=more, thread="b"))
    await works.again.catch_up()
    assert await stand(works, "a", "b") == before


async def test_a_third_complaint_joins_one_side_and_bridges_nothing(works: Works) -> None:
    before = await parted(works)
    await works.hear("mouth", said("c", TEXT, here=near(2)))
    await works.hear("mouth", said("d", TEXT, here=near(3)))
    assert await stand(works, "a", "b") == before
    assert {*await stand(works, "c", "d")} <= {*before}
    assert [row.merged_into for row in await works.rows("reports")] == [None, None]


async def test_nobody_is_asked_to_join_again_what_a_person_took_apart(works: Works) -> None:
    await parted(works)
    await works.hear("mouth", said("c", TEXT, here=near(2)))
    assert await works.rows("suggestions") == []


@pytest.mark.parametrize("batch", [1, 50])
async def test_a_question_is_asked_once_for_two_reports(works: Works, batch: int) -> None:
    await parted(works.sized(batch))
    await works.store.write(lambda connection: connection.execute(delete(separations)))
    await works.hear("mouth", *(said(name, TEXT, here=near(2)) for name in "cde"))
    (asked,) = await works.rows("suggestions")
    assert {asked.report, asked.other} == {*await stand(works, "a", "b")}


async def test_whoever_sends_again_comes_to_their_own_side(works: Works) -> None:
    before = await parted(works)
    await works.hear("mouth", said("b-lagi", TEXT, here=near(5), who="akun-b"))
    assert await stand(works, "b-lagi") == before[1:]


async def test_what_was_given_back_from_a_merged_report_stays_apart(works: Works) -> None:
    await works.hear("mouth", said("a", TEXT), said("b", "lampu jalan mati", here=near(3000)))
    first, second = await works.rows("reports", "id")
    await works.desk.merge(first.number, second.number, first.version, WHO)
    (merge,) = await works.rows("merges")
    await works.desk.unmerge(merge.id, WHO)
    before = await stand(works, "a", "b")
    await works.again.understand((await works.complaint("b")).id, "photo", photo=HERE)
    await works.hear("mouth", said("b", TEXT))
    assert await stand(works, "a", "b") == before == (first.id, second.id)
    assert await works.rows("suggestions") == []


# ------------------------------------------------------------------------------------------------------ what comes back


async def test_what_comes_back_is_linked_both_ways_and_joined_to_nothing(works: Works) -> None:
    await works.hear("mouth", said("a", TEXT))
    old = await works.report()
    await works.desk.follow_up(old.number, old.version, WHO, status="selesai")
    await works.hear("mouth", said("b", TEXT, at=NOW))
    old, new = await works.rows("reports", "id")
    assert (old.complaint_count, new.complaint_count, old.status) == (1, 1, "selesai")
    lines = {(line.report, line.kind): line.data for line in await works.rows("history")}
    assert lines[new.id, "recurrence"] == {"earlier": old.number}
    assert lines[old.id, "recurred"] == {"later": new.number}
