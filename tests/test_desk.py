"""What staff do holds against the machine, against each other, and can be undone."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from hub.pipeline.desk import Conflict, NotAllowed, UnknownReport
from hub.plugin import FollowUp, Notice
from hub.store.store import Store
from normalizer.region import Region
from normalizer.understand import Normalizer
from tests.store_fixtures import HERE, NOW, Mouth, Works, near, officials, said

pytestmark = pytest.mark.anyio
WHO = "petugas-contoh"
FIRE = "kebakaran rumah, tolong cepat, ada korban terjebak"
BRIBE = "petugas minta uang pungli untuk urus surat"


@pytest.fixture
def works(store: Store, region: Region, normalizer: Normalizer) -> Works:
    board = officials("posko", sealed=True)
    return Works(store, region, normalizer, {"mouth": Mouth(), "crop": officials(), "posko": board})


async def one(works: Works, text: str = "banjir setinggi lutut", **others: Any) -> tuple[str, int]:
    await works.hear("mouth", said("a", text, **others))
    report = await works.report()
    return report.number, report.version


async def two(works: Works) -> tuple[str, str]:
    """Two reports: the first with complaints a and c, the second with b."""
    await works.hear("mouth", said("a"), said("b", here=near(3000)), said("c", here=near(8)))
    first, second = await works.rows("reports", "id")
    return first.number, second.number


async def members(works: Works, number: str) -> list[str]:
    report = await works.report(number=number)
    return [row.native_id for row in await works.rows("complaints", "id", report=report.id)]


async def version(works: Works, number: str) -> int:
    return int((await works.report(number=number)).version)


# ----------------------------------------------------------------------------------------------- follow-ups, versions


async def test_a_follow_up_moves_and_answers(works: Works) -> None:
    number, seen = await one(works)
    words = {"note": "petugas datang", "note_internal": "untuk kami saja"}
    raised = await works.desk.follow_up(number, seen, WHO, status="proses", **words)
    report = await works.report()
    assert (report.status, report.version, report.followed_up_by) == ("proses", raised, "staff")
    (reply,) = await works.deliveries(kind="reply")
    assert b"petugas datang" in reply.parcel
    assert b"untuk kami saja" not in reply.parcel


async def test_a_change_based_on_an_old_version_is_a_conflict(works: Works) -> None:
    number, seen = await one(works)
    await works.desk.follow_up(number, seen, WHO, status="proses")
    with pytest.raises(Conflict) as conflict:
        await works.desk.correct(number, seen, WHO, category="sampah")
    assert conflict.value.version == seen + 1
    assert (await works.report()).category == "banjir"


async def test_of_two_at_once_one_wins(works: Works) -> None:
    number, seen = await one(works)
    results = await asyncio.gather(
        *(works.desk.follow_up(number, seen, name, status="proses", note=name) for name in ("satu", "dua", "tiga")),
        return_exceptions=True,
    )
    assert sorted(isinstance(result, Conflict) for result in results) == [False, True, True]
    assert len(await works.rows("followups")) == 1


async def test_a_refusal_needs_its_reason(works: Works) -> None:
    number, seen = await one(works)
    for status, reason in (("ditolak", ""), ("proses", "uji-coba"), ("ditolak", "tidak-ada"), ("aneh", "")):
        with pytest.raises(NotAllowed):
            await works.desk.follow_up(number, seen, WHO, status=status, reason=reason)
    await works.desk.follow_up(number, seen, WHO, status="ditolak", reason="bukan-masalah")
    report = await works.report()
    assert (report.status, report.reason, report.closed_at) == ("ditolak", "bukan-masalah", NOW)


async def test_staff_are_heard_though_crops_clock_runs_ahead(works: Works) -> None:
    number, _ = await one(works)
    ahead = NOW.replace(hour=12)
    await works.hear("crop", FollowUp(native_id="1", report=number, at=ahead, status="proses"))
    await works.desk.follow_up(number, await version(works, number), WHO, status="selesai")
    assert (await works.report()).status == "selesai"


async def test_an_unknown_report(works: Works) -> None:
    with pytest.raises(UnknownReport):
        await works.desk.follow_up("JKT-00000000", 1, WHO, status="proses")


async def test_the_first_look_is_noted(works: Works) -> None:
    number, seen = await one(works)
    await works.desk.seen(number)
    report = await works.report()
    assert (report.opened_at, report.version) == (NOW, seen)


# --------------------------------------------------------------------------------------------------------- corrections


async def test_corrections_hold_against_later_complaints(works: Works) -> None:
    number, seen = await one(works)
    seen = await works.desk.correct(number, seen, WHO, category="saluran-air", place=near(40), urgency="biasa")
    seen = await works.desk.correct(number, seen, WHO, lead="bpbd")
    await works.hear("mouth", said("b", "banjir sedada, ada korban terjebak", here=near(5)))
    report = await works.report_of("b")
    assert report.number == number
    assert (report.category, report.urgency, report.lead) == ("saluran-air", "biasa", "bpbd")
    assert report.lat == pytest.approx(near(40)[0])


async def test_corrections_hold_against_understanding_again(works: Works) -> None:
    number, seen = await one(works, FIRE)
    await works.desk.correct(number, seen, WHO, category="lainnya", place=near(3000), urgency="biasa", lead="bpbd")
    before = await works.report()
    await works.again.understand((await works.complaint("a")).id, "photo", photo=near(200))
    await works.hear("mouth", said("a", f"{FIRE}!!"))
    report = await works.report()
    for name in ("category", "urgency", "lead", "lat", "place", "queue"):
        assert getattr(report, name) == getattr(before, name), name


async def test_a_corrected_place_moves_the_queue(works: Works) -> None:
    number, seen = await one(works)
    await works.desk.correct(number, seen, WHO, kelurahan="31.71.01.1001")
    report = await works.report()
    assert (report.kelurahan, report.queue) == ("31.71.01.1001", "31.71.01")
    (last,) = await works.deliveries(channel="crop", state="due")
    assert b'"queue":"31.71.01"' in last.parcel


@pytest.mark.parametrize(
    "wrong", [{"category": "tidak-ada"}, {"urgency": "sangat"}, {"lead": "tidak-ada"}, {"kelurahan": "99.99.99.9999"}]
)
async def test_what_is_not_there_cannot_be_set(works: Works, wrong: dict[str, str]) -> None:
    number, seen = await one(works)
    with pytest.raises(NotAllowed):
        await works.desk.correct(number, seen, WHO, **wrong)  # type: ignore[arg-type]
    assert await version(works, number) == seen


async def test_every_correction_stands_in_the_history(works: Works) -> None:
    number, seen = await one(works)
    await works.desk.correct(number, seen, WHO, category="sampah")
    rows = [row for row in await works.rows("history") if row.kind == "corrected"]
    assert [(row.actor, row.data) for row in rows] == [(WHO, {"field": "category"})]


# ------------------------------------------------------------------------------------------------- joining, splitting


async def test_the_older_survives_a_merge_and_undoing_gives_back_exactly_its_own(works: Works) -> None:
    first, second = await two(works)
    await works.desk.merge(second, first, await version(works, second), WHO)
    assert await members(works, first) == ["a", "b", "c"]
    assert await members(works, second) == []
    await works.hear("mouth", said("d", here=near(6)))
    assert await members(works, first) == ["a", "b", "c", "d"]
    (merge,) = await works.rows("merges")
    await works.desk.unmerge(merge.id, WHO)
    assert await members(works, first) == ["a", "c", "d"]
    assert await members(works, second) == ["b"]
    assert [row.complaint_count for row in await works.rows("reports", "id")] == [3, 1]
    assert (await works.report(number=second)).merged_into is None
    assert len(await works.rows("assignments", complaint=(await works.complaint("b")).id)) == 3


async def test_undoing_after_another_merge_finds_its_complaints(works: Works) -> None:
    await works.hear("mouth", *(said(name, here=near(3000 * n)) for n, name in enumerate("abc")))
    one_, two_, three = [row.number for row in await works.rows("reports", "id")]
    await works.desk.merge(three, two_, 1, WHO)
    await works.desk.merge(two_, one_, await version(works, two_), WHO)
    assert await members(works, one_) == ["a", "b", "c"]
    inner, outer = await works.rows("merges")
    await works.desk.unmerge(inner.id, WHO)
    assert await members(works, three) == ["c"]
    assert await members(works, one_) == ["a", "b"]
    await works.desk.unmerge(outer.id, WHO)
    assert await members(works, two_) == ["b"]
    assert await members(works, one_) == ["a"]


async def test_a_merge_is_undone_once(works: Works) -> None:
    first, second = await two(works)
    await works.desk.merge(first, second, await version(works, first), WHO)
    (merge,) = await works.rows("merges")
    await works.desk.unmerge(merge.id, WHO)
    with pytest.raises(NotAllowed):
        await works.desk.unmerge(merge.id, WHO)
    with pytest.raises(NotAllowed):
        await works.desk.merge(first, first, await version(works, first), WHO)


async def test_sinks_learn_of_merging_and_parting(works: Works) -> None:
    first, second = await two(works)
    await works.deliver("crop")
    await works.desk.merge(second, first, await version(works, second), WHO)
    await works.deliver("crop")
    (merge,) = await works.rows("merges")
    await works.desk.unmerge(merge.id, WHO)
    await works.deliver("crop")
    heard = [d.parcel for d in works.mouths["crop"].got if isinstance(d.parcel, Notice)]
    assert [parcel.event for parcel in heard if parcel.report.number == second] == [
        "report.created",
        "report.merged",
        "report.split",
    ]
    assert [parcel.report.merged_into for parcel in heard if parcel.report.number == second] == ["", first, ""]


async def test_a_sealed_report_is_never_joined_to_an_open_one(works: Works) -> None:
    await works.hear("mouth", said("a", BRIBE), said("b"))
    sealed, open_ = [row.number for row in await works.rows("reports", "id")]
    with pytest.raises(NotAllowed, match="sealed"):
        await works.desk.merge(sealed, open_, 1, WHO)
    assert await works.rows("merges") == []


async def test_a_split_complaint_gets_a_report_of_its_own_and_stays_there(works: Works) -> None:
    first, _ = await two(works)
    number = await works.desk.split(first, (await works.complaint("c")).id, await version(works, first), WHO)
    assert await members(works, first) == ["a"]
    assert await members(works, number) == ["c"]
    kept = await works.report(number=first)
    (row,) = await works.rows("separations")
    assert (row.complaint, row.report, row.by) == ((await works.complaint("c")).id, kept.id, WHO)
    await works.hear("mouth", said("c", "banjir setinggi lutut, masih", here=near(1)))
    assert await members(works, number) == ["c"]


async def test_a_split_keeps_what_the_integrity_unit_decided(works: Works) -> None:
    await works.hear("mouth", said("a", BRIBE, who="sama"), said("b", BRIBE, who="sama"))
    report = await works.report()
    await works.desk.open_sealed(report.number, "integritas")
    number = await works.desk.split(
        report.number, (await works.complaint("b")).id, await version(works, report.number), WHO
    )
    assert (await works.report(number=number)).handling == "open"


async def test_a_report_keeps_its_last_complaint(works: Works) -> None:
    number, seen = await one(works)
    with pytest.raises(NotAllowed, match="last complaint"):
        await works.desk.split(number, (await works.complaint("a")).id, seen, WHO)


# --------------------------------------------------------------------------------------------------------- suggestions


async def suggested(works: Works) -> Any:
    """Two reports that may be the same, as the machine asks."""
    await works.hear("mouth", said("a", "banjir setinggi lutut", here=HERE))
    await works.hear("mouth", said("b", "air menggenang, banjir", here=near(110)))
    (asked,) = await works.rows("suggestions")
    return asked


async def test_same_joins(works: Works) -> None:
    asked = await suggested(works)
    await works.desk.answer(asked.id, WHO, same=True)
    assert sorted(row.complaint_count for row in await works.rows("reports")) == [0, 2]
    with pytest.raises(NotAllowed):
        await works.desk.answer(asked.id, WHO, same=False)


async def test_other_keeps_apart(works: Works) -> None:
    asked = await suggested(works)
    await works.desk.answer(asked.id, WHO, same=False)
    (row,) = await works.rows("separations")
    assert (row.complaint, row.report) == (asked.complaint, asked.other)
    assert [row.complaint_count for row in await works.rows("reports")] == [1, 1]


async def test_a_late_no_to_what_was_joined_meanwhile_changes_nothing(works: Works) -> None:
    asked = await suggested(works)
    first, second = [row.number for row in await works.rows("reports", "id")]
    await works.desk.merge(first, second, await version(works, first), WHO)
    await works.desk.answer(asked.id, WHO, same=False)
    assert await works.rows("separations") == []
