"""One deed on many reports: tried out, done to each as it was shown, undone where nobody has gone on."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from hub.pipeline.bulk import CHANGED, UNKNOWN, Bulk, BulkDeed, Hand
from hub.pipeline.desk import NotAllowed
from hub.plugin import Notice
from hub.store import bulk_deeds
from hub.store.store import Store
from hub.store.views_sight import Sight
from normalizer.region import Region
from normalizer.understand import Normalizer
from tests.reply_fixtures import make_works, parcel, replies, states, texts
from tests.store_fixtures import Works, near, officials, said

pytestmark = pytest.mark.anyio
WHO = "camat-contoh"
EVERYWHERE = Sight("admin", "")
HAND = Hand(WHO, EVERYWHERE)
NAME = "a" * 32
MINUTE = timedelta(minutes=1)
BRIBE = "petugas minta uang pungli untuk urus surat"


@pytest.fixture
def works(store: Store, region: Region, normalizer: Normalizer) -> Works:
    works = make_works(store, region, normalizer)
    works.mouths["crop"] = officials()
    return works


@pytest.fixture
def bulk(works: Works) -> Bulk:
    return Bulk(works.store, works.house)


async def three(works: Works) -> list[tuple[str, int]]:
    """Three reports: of two citizens on two channels, of one, of one who cannot be told anything."""
    await works.hear("mouth", said("a"))
    await works.hear("ear", said("b"))
    await works.hear("mouth", said("c", here=near(3000)))
    await works.hear("waze", said("d", here=near(6000)))
    return [(row.number, row.version) for row in await works.rows("reports", "id")]


async def items(works: Works) -> list[Any]:
    return list(await works.store.read(lambda c: bulk_deeds.items_of(c, NAME)))


async def test_trying_it_out_counts_and_changes_nothing(works: Works, bulk: Bulk) -> None:
    chosen = await three(works)
    await works.desk.follow_up(chosen[1][0], chosen[1][1], WHO, note_internal="dilihat")
    before = await works.rows("reports", "id")
    plan = await bulk.plan(BulkDeed("status", status="proses", text="Menuju {kelurahan}"), chosen, EVERYWHERE)
    assert plan.good == (chosen[0], chosen[2])
    assert plan.problems == {chosen[1][0]: CHANGED}
    assert (sorted(plan.channels), plan.unreached) == (["ear", "mouth"], 1)
    assert await works.rows("reports", "id") == before
    assert await replies(works) == []


async def test_it_is_done_to_each_as_it_was_shown(works: Works, bulk: Bulk) -> None:
    chosen = await three(works)
    await works.desk.take(chosen[1][0], "petugas-lain")
    await bulk.do(NAME, "31.74.01", HAND, BulkDeed("status", status="proses", text="Menuju {nomor}"), chosen)
    assert [row.status for row in await works.rows("reports", "id")] == ["proses", "menunggu", "proses"]
    assert [(item.number, item.problem) for item in await items(works)] == [
        (chosen[0][0], ""),
        (chosen[1][0], CHANGED),
        (chosen[2][0], ""),
    ]
    assert f"Menuju {chosen[0][0]}" in (await texts(works, "a"))[0]
    assert len(await replies(works)) == 3


async def test_sent_twice_it_is_done_once(works: Works, bulk: Bulk) -> None:
    chosen, deed = await three(works), BulkDeed("reply", text="Kami periksa.")
    await asyncio.gather(*(bulk.do(NAME, "31.74.01", HAND, deed, chosen) for _ in range(2)))
    assert len(await works.rows("followups")) == 3
    assert [item.problem for item in await items(works)] == ["", "", ""]


async def test_it_goes_on_where_a_dead_process_stopped(works: Works, bulk: Bulk) -> None:
    chosen, deed = await three(works), BulkDeed("reply", text="Kami periksa.")
    await bulk.do(NAME, "31.74.01", HAND, deed, chosen[:1])
    await bulk.do(NAME, "31.74.01", HAND, deed, chosen)
    assert len(await works.rows("followups")) == 3


async def test_the_deed_of_another_is_not_gone_on_with(works: Works, bulk: Bulk) -> None:
    chosen, deed = await three(works), BulkDeed("reply", text="Kami periksa.")
    await bulk.do(NAME, "31.74.01", HAND, deed, chosen[:1])
    with pytest.raises(NotAllowed):
        await bulk.do(NAME, "31.74.01", Hand("orang-lain", EVERYWHERE), deed, chosen)


async def test_what_is_out_of_sight_is_unknown(works: Works, bulk: Bulk) -> None:
    await works.hear("mouth", said("a"), said("b", BRIBE, here=near(3000)))
    rows = await works.rows("reports", "id")
    chosen = [(row.number, row.version) for row in rows] + [("JKT-00000000", 1)]
    for sight in (Sight("petugas", "31.71.01"), Sight("admin", "")):
        plan = await bulk.plan(BulkDeed("category", category="sampah"), chosen, sight)
        assert plan.problems[rows[1].number] == plan.problems["JKT-00000000"] == UNKNOWN
    assert (rows[0].number in plan.problems) is False
    await bulk.do(
        NAME, "31.71.01", Hand(WHO, Sight("petugas", "31.71.01")), BulkDeed("category", category="sampah"), chosen
    )
    assert {row.category for row in await works.rows("reports")} == {row.category for row in rows}


@pytest.mark.parametrize(
    ("deed", "missing"),
    [
        (BulkDeed("status"), "choose"),
        (BulkDeed("status", status="ditolak"), "refusal"),
        (BulkDeed("category", category="tidak-ada"), "choose"),
        (BulkDeed("reply", text=" "), "choose"),
        (BulkDeed("assign"), "choose"),
        (BulkDeed("hapus"), "choose"),
        (BulkDeed("forward"), ""),
    ],
)
def test_what_is_missing_is_said_first(deed: BulkDeed, missing: str) -> None:
    assert deed.problem().startswith(missing) if not missing else missing in deed.problem()


# ---------------------------------------------------------------------------------------------------------------- undo


async def test_replies_wait_and_are_called_back(works: Works, bulk: Bulk) -> None:
    chosen = await three(works)
    await bulk.do(NAME, "31.74.01", HAND, BulkDeed("status", status="proses"), chosen)
    assert await works.deliver("mouth") == 0
    await bulk.undo(NAME, HAND)
    assert {row.status for row in await works.rows("reports")} == {"menunggu"}
    assert {item.undone for item in await items(works)} == {"yes"}
    assert set(await states(works)) == {"superseded", "undeliverable"}
    assert await works.later("mouth", 10 * MINUTE) == 0


async def test_what_has_gone_out_is_not_undone(works: Works, bulk: Bulk) -> None:
    chosen = await three(works)
    await bulk.do(NAME, "31.74.01", HAND, BulkDeed("status", status="proses"), chosen)
    assert await works.later("ear", 3 * MINUTE) == 1
    await bulk.undo(NAME, HAND)
    found = {item.number: item.undone for item in await items(works)}
    assert found == {chosen[0][0]: "there is nothing left to call back", chosen[1][0]: "yes", chosen[2][0]: "yes"}
    assert [row.status for row in await works.rows("reports", "id")] == ["proses", "menunggu", "menunggu"]


async def test_what_somebody_went_on_with_stays(works: Works, bulk: Bulk) -> None:
    chosen = await three(works)
    await bulk.do(NAME, "31.74.01", HAND, BulkDeed("category", category="sampah"), chosen)
    await works.desk.take(chosen[0][0], "petugas-lain")
    await bulk.undo(NAME, HAND)
    assert [row.category for row in await works.rows("reports", "id")] == ["sampah", "banjir", "banjir"]
    assert [item.undone for item in await items(works)] == [CHANGED, "yes", "yes"]


async def test_an_undone_category_was_nobodys_decision(works: Works, bulk: Bulk) -> None:
    chosen = await three(works)
    before = await works.rows("reports", "id")
    await bulk.do(NAME, "31.74.01", HAND, BulkDeed("category", category="sampah"), chosen)
    await bulk.undo(NAME, HAND)
    for old, new in zip(before, await works.rows("reports", "id"), strict=True):
        for name in ("category", "category_by", "category_confidence", "category_sure"):
            assert getattr(new, name) == getattr(old, name)
    assert all(row.undone_at is not None for row in await works.rows("decisions"))


async def test_owners_are_put_back(works: Works, bulk: Bulk) -> None:
    chosen = await three(works)
    await works.desk.take(chosen[0][0], "petugas-lain")
    owned = await works.rows("reports", "id")
    chosen = [(row.number, row.version) for row in owned]
    await bulk.do(NAME, "31.74.01", HAND, BulkDeed("assign", owner="petugas-contoh"), chosen)
    assert {row.owner for row in await works.rows("reports")} == {"petugas-contoh"}
    await bulk.undo(NAME, HAND)
    again = await works.rows("reports", "id")
    assert [(r.owner, r.owner_at, r.owner_until) for r in again] == [
        (r.owner, r.owner_at, r.owner_until) for r in owned
    ]


async def test_after_a_quarter_of_an_hour_nothing_is_undone(works: Works, bulk: Bulk) -> None:
    await bulk.do(NAME, "31.74.01", HAND, BulkDeed("category", category="sampah"), await three(works))
    works.clock.advance(15 * MINUTE)
    with pytest.raises(NotAllowed, match="too late"):
        await bulk.undo(NAME, HAND)


async def test_crop_is_told_again_though_nothing_changed(works: Works, bulk: Bulk) -> None:
    works.house.sinks["crop"] = works.mouths["crop"]  # type: ignore[index]  # a plain dict in tests
    chosen = (await three(works))[:1]
    await works.deliver("crop")
    count = len(works.mouths["crop"].got)
    await bulk.do(NAME, "31.74.01", HAND, BulkDeed("forward"), chosen)
    await works.deliver("crop")
    (again,) = works.mouths["crop"].got[count:]
    assert isinstance(again.parcel, Notice)
    assert (again.parcel.report.number, again.parcel.cause) == (chosen[0][0], "forwarded")
    with pytest.raises(NotAllowed, match="taken back"):
        await bulk.undo(NAME, HAND)


async def test_an_emergency_is_answered_at_once(works: Works, bulk: Bulk) -> None:
    await works.hear("mouth", said("a", "kebakaran rumah, tolong cepat, ada korban terjebak"))
    report = await works.report()
    await bulk.do(
        NAME, "31.74.01", HAND, BulkDeed("reply", text="Pemadam menuju lokasi."), [(report.number, report.version)]
    )
    assert await works.deliver("mouth") == 1
    assert "Pemadam" in parcel((await replies(works, "a"))[0]).text
