"""A report passes from unit to unit and always has exactly one that is responsible."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from hub.pipeline.desk import Conflict, NotAllowed
from hub.pipeline.handover import RECEIVERS, holder_of, list_of, may_give, superior_of
from hub.pipeline.taking import Claims
from hub.plugin import FollowUp, Notice
from hub.store import handovers
from hub.store.reports import load_reports
from hub.store.store import Store
from hub.store.tables import reports
from hub.store.views_sight import Sight
from normalizer.region import Region
from normalizer.understand import Normalizer
from tests.store_fixtures import NOW, Mouth, Works, near, officials, said

pytestmark = pytest.mark.anyio
WHO = "petugas-contoh"
BRIBE = "petugas minta uang pungli untuk urus surat"
HOUR = timedelta(hours=1)


@pytest.fixture
def works(store: Store, region: Region, normalizer: Normalizer) -> Works:
    board = officials("posko", sealed=True)
    return Works(store, region, normalizer, {"mouth": Mouth(), "crop": officials(), "posko": board})


@pytest.fixture
async def number(works: Works) -> str:
    await works.hear("mouth", said("a"))
    return str((await works.report()).number)


async def offer(works: Works, number: str, to: str, reason: str = "") -> int:
    return await works.desk.hand_over(number, (await works.report(number=number)).version, WHO, to=to, reason=reason)


async def accept(works: Works, number: str) -> int:
    return await works.desk.accept(number, (await works.report(number=number)).version, "penerima")


async def refuse(works: Works, number: str, reason: str = "bukan wewenang kami") -> int:
    version = (await works.report(number=number)).version
    return await works.desk.return_offer(number, version, "penerima", reason=reason)


async def sees(works: Works, area: str, number: str) -> bool:
    which = select(reports.c.id).where(reports.c.number == number, Sight("petugas", area).clause())
    return bool(await works.store.read(lambda c: c.execute(which).all()))


# ----------------------------------------------------------------------------------------------------- one hand-over


async def test_until_it_accepts_the_giver_stays_responsible(works: Works, number: str) -> None:
    before = await works.report()
    assert not await sees(works, "pln", number)
    await offer(works, number, "pln", "kabel PLN")
    report = await works.report()
    assert (report.queue, report.lead, report.status) == (before.queue, before.lead, before.status)
    assert await sees(works, "pln", number)
    assert await works.deliveries(kind="reply") == []


async def test_who_accepts_leads_in_its_own_list_and_by_its_own_clock(works: Works, number: str) -> None:
    await works.desk.take(number, WHO)
    await offer(works, number, "pln")
    works.clock.advance(2 * HOUR)
    await accept(works, number)
    report = await works.report()
    assert (report.queue, report.lead, report.units_by, report.owner) == ("pln", "pln", "person", "")
    assert (report.status, report.clock_from) == ("disposisi", NOW + 2 * HOUR)
    assert [unit["role"] for unit in report.units].count("lead") == 1
    (reply,) = await works.deliveries(kind="reply")
    assert "diteruskan kepada unit yang menangani" in reply.parcel.decode()
    assert b"wewenang" not in reply.parcel


async def test_what_is_under_way_stays_under_way(works: Works, number: str) -> None:
    await works.desk.follow_up(number, (await works.report()).version, WHO, status="proses")
    count = len(await works.deliveries(kind="reply"))
    await offer(works, number, "pln")
    await accept(works, number)
    assert (await works.report()).status == "proses"
    assert len(await works.deliveries(kind="reply")) == count


async def test_a_kelurahan_takes_over_within_the_list_of_its_kecamatan(works: Works, number: str) -> None:
    await offer(works, number, "31.71.01.1001")
    await accept(works, number)
    report = await works.report()
    assert (report.lead, report.queue) == ("31.71.01.1001", "31.71.01")
    assert await sees(works, "31.71.01.1001", number)
    assert await sees(works, "31.71.01", number)


async def test_who_returns_says_why_and_sees_it_no_longer(works: Works, number: str) -> None:
    before = await works.report()
    await offer(works, number, "pln")
    with pytest.raises(NotAllowed, match="says why"):
        await refuse(works, number, " ")
    await refuse(works, number)
    report = await works.report()
    assert (report.queue, report.lead) == (before.queue, before.lead)
    assert not await sees(works, "pln", number)
    (row,) = await works.rows("handovers")
    assert (row.state, row.answered_by, row.answer_reason) == ("returned", "penerima", "bukan wewenang kami")


async def test_history_holds_codes_and_no_reasons(works: Works, number: str) -> None:
    await offer(works, number, "pln", "rahasia kantor")
    await refuse(works, number)
    lines = [row for row in await works.rows("history") if row.kind in ("offered", "returned")]
    assert [line.data for line in lines] == [
        {"before": lines[0].data["before"], "after": "pln"},
        {"before": "pln", "after": lines[0].data["before"]},
    ]


async def test_the_second_return_goes_to_whoever_stands_above_both(works: Works, number: str) -> None:
    home = (await works.report()).queue
    neighbour = next(u.code for u in works.region.units if u.kind == "kecamatan" and u.code[:5] == home[:5] != u.code)
    await offer(works, number, "pln")
    await refuse(works, number)
    await offer(works, number, neighbour)
    await refuse(works, number)
    report = await works.report()
    assert (report.queue, report.lead) == (home[:5], home[:5])
    assert [row.kind for row in await works.rows("history")][-2:] == ["returned", "passed-up"]
    await offer(works, number, "pln")
    await refuse(works, number)
    assert (await works.report()).queue == home[:5], "returns are counted anew"


async def test_agencies_meet_at_the_triage_desk(works: Works, number: str) -> None:
    for unit in ("pln", "dinas-lh"):
        await offer(works, number, unit)
        await refuse(works, number)
    assert (await works.report()).queue == works.region.triage_unit


def test_the_common_superior(region: Region) -> None:
    assert superior_of(region, "31.74.01.1001", "31.74.01.1002") == "31.74.01"
    assert superior_of(region, "31.74.01.1001", "31.74.02") == "31.74"
    assert superior_of(region, "31.74.01", "31.74.01.1001") == "31.74.01"
    assert superior_of(region, "up-perparkiran", "up-lalu-lintas") == "dinas-perhubungan"
    assert superior_of(region, "31.74.01", "pln") == region.triage_unit


async def test_an_offer_can_be_taken_back(works: Works, number: str) -> None:
    await offer(works, number, "pln")
    await works.desk.withdraw(number, (await works.report()).version, WHO)
    with pytest.raises(NotAllowed, match="any more"):
        await accept(works, number)
    await offer(works, number, "dinas-lh")


# ---------------------------------------------------------------------------------------------------- what is refused


async def test_a_report_is_offered_to_one_unit_at_a_time(works: Works, number: str) -> None:
    await offer(works, number, "pln")
    with pytest.raises(NotAllowed, match="already"):
        await offer(works, number, "dinas-lh")


async def test_of_two_answers_at_once_one_counts(works: Works, number: str) -> None:
    seen = await offer(works, number, "pln")
    results = await asyncio.gather(
        works.desk.accept(number, seen, "satu"),
        works.desk.return_offer(number, seen, "dua", reason="bukan kami"),
        return_exceptions=True,
    )
    assert sorted(isinstance(result, Conflict) for result in results) == [False, True]


@pytest.mark.parametrize("unit", ["integritas", "triase", "luar-wilayah", "tidak-ada", ""])
async def test_not_every_unit_is_offered_reports(works: Works, number: str, unit: str) -> None:
    with pytest.raises(NotAllowed, match="no such unit"):
        await offer(works, number, unit)


async def test_a_unit_is_not_offered_what_it_has(works: Works, number: str) -> None:
    with pytest.raises(NotAllowed, match="already"):
        await offer(works, number, (await works.report()).queue)


async def test_a_sealed_report_is_handed_over_by_nobody(works: Works) -> None:
    await works.hear("mouth", said("a", BRIBE))
    report = await works.report()
    with pytest.raises(NotAllowed, match="integrity unit"):
        await offer(works, report.number, "pln")
    await works.desk.open_sealed(report.number, "integritas")
    await offer(works, report.number, "pln")


async def test_the_offer_of_a_closed_report_ends(works: Works, number: str) -> None:
    version = await offer(works, number, "pln")
    await works.desk.follow_up(number, version, WHO, status="selesai")
    with pytest.raises(NotAllowed, match="closed"):
        await accept(works, number)
    await Claims(works.store, works.house).run_once()
    assert [row.state for row in await works.rows("handovers")] == ["withdrawn"]


# ------------------------------------------------------------------------------------------ what a person set, stays


async def test_later_complaints_move_neither_unit_nor_list(works: Works) -> None:
    await works.hear("mouth", said("a", "banjir setinggi lutut di sini", here=near(0)))
    number = (await works.report()).number
    await offer(works, number, "dinas-lh")
    await accept(works, number)
    before = await works.report()
    await works.hear("mouth", said("b", "banjir setinggi lutut, ada korban terjebak", here=near(4)))
    await works.again.understand((await works.complaint("a")).id, "photo", photo=near(3000))
    await works.hear("mouth", said("a", "banjir setinggi lutut di sini!!", here=near(1)))
    report = await works.report()
    assert report.complaint_count == 2
    assert (
        (report.lead, report.queue, report.rule)
        == (before.lead, before.queue, before.rule)
        == (
            "dinas-lh",
            "dinas-lh",
            "handed-over",
        )
    )


async def test_a_corrected_place_leaves_it_with_its_unit(works: Works, number: str) -> None:
    await offer(works, number, "dinas-lh")
    seen = await accept(works, number)
    await works.desk.correct(number, seen, WHO, kelurahan="31.71.01.1001")
    report = await works.report()
    assert (report.kelurahan, report.queue, report.lead) == ("31.71.01.1001", "dinas-lh", "dinas-lh")


async def test_crop_may_still_hand_it_on(works: Works, number: str) -> None:
    home = (await works.report()).queue
    await offer(works, number, "dinas-lh")
    await accept(works, number)
    at = NOW + timedelta(seconds=1)
    await works.hear("crop", FollowUp(native_id="1", report=number, at=at, status="proses", unit="bpbd"))
    report = await works.report()
    assert (report.lead, report.queue) == ("bpbd", home)


async def test_crop_is_told_of_the_new_unit_as_before(works: Works, number: str) -> None:
    await works.deliver("crop")
    await offer(works, number, "pln")
    assert await works.deliveries(channel="crop", state="due") == []
    await accept(works, number)
    await works.deliver("crop")
    last = works.mouths["crop"].got[-1].parcel
    assert isinstance(last, Notice)
    assert (last.report.lead, last.report.units[0].by, last.report.status) == ("pln", "person", "disposisi")


# --------------------------------------------------------------------------------------------------------- invariants


ANSWERS = (
    "accept",
    "accept",
    "accept",
    "return",
    "return",
    "return",
    "withdraw",
    "offer",
    "join",
    "close",
    "sweep",
    "sweep",
)
OTHERS = ("offer", "offer", "offer", "join", "place", "close", "reopen", "reopen", "accept", "return")


@pytest.mark.parametrize("seed", range(2))
async def test_whatever_happens_one_unit_is_responsible(works: Works, number: str, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - a game, not a secret
    units = [unit.code for unit in works.region.units if unit.kind in RECEIVERS]
    key = (await works.report()).id
    played = set()
    for step in range(25):
        before = await _holder(works, key)
        move = dice.choice(ANSWERS if await works.rows("handovers", state="offered") else OTHERS)
        happened = await _play(works, number, move, dice.choice(units), step)
        played |= {move} if happened else set()
        after = await _holder(works, key)
        shares = [unit for unit in (await works.report(id=key)).units if unit["role"] == "lead"]
        offers = [row for row in await works.rows("handovers") if row.state == "offered"]
        assert len(shares) == 1
        assert after in {unit.code for unit in works.region.units}
        assert len(offers) <= 1
        assert after == before or (happened and move in ("accept", "return", "join", "place")), (move, before, after)
        assert await sees(works, after, number)
    assert played >= {"offer", "return"}


async def _holder(works: Works, key: int) -> str:
    state = (await works.store.read(lambda c: load_reports(c, [key])))[key]
    assert list_of(works.region, holder_of(state, works.region)) == state.queue
    return holder_of(state, works.region)


async def _play(works: Works, number: str, move: str, unit: str, step: int) -> bool:
    works.clock.advance(timedelta(minutes=1))
    version = (await works.report(number=number)).version
    desk = works.desk
    try:
        match move:
            case "offer":
                await desk.hand_over(number, version, WHO, to=unit)
            case "accept":
                await desk.accept(number, version, WHO)
            case "return":
                await desk.return_offer(number, version, WHO, reason="bukan kami")
            case "withdraw":
                await desk.withdraw(number, version, WHO)
            case "join":
                await works.hear("mouth", said(f"j{step}", at=works.store.now(), here=near(step % 5)))
            case "sweep":
                await Claims(works.store, works.house).run_once()
            case "place":
                await desk.correct(number, version, WHO, place=near(step % 7 * 400))
            case _:
                await desk.follow_up(number, version, WHO, status="selesai" if move == "close" else "proses")
    except NotAllowed:
        return False
    return True


def test_who_may_give(region: Region) -> None:
    at_list = SimpleNamespace(kelurahan="31.74.01.1001", queue="31.74.01", lead="dinas-sda")
    areas = ("31.74.01", "31.74.01.1001", "31.74.01.1002", "31.74", "dinas-sda", "")
    assert [area for area in areas if may_give(area, at_list, region)] == ["31.74.01", "31.74.01.1001", "31.74", ""]
    taken_over = SimpleNamespace(kelurahan="31.74.01.1001", queue="dinas-sda", lead="dinas-sda")
    assert [area for area in areas if may_give(area, taken_over, region)] == ["dinas-sda", ""]


async def test_a_list_of_offers_is_the_receivers_alone(works: Works, number: str) -> None:
    await offer(works, number, "pln")
    for area, count in (("pln", 1), ("dinas-lh", 0)):
        found = await works.store.read(lambda c, a=area: handovers.offers_to(c, a, Sight("petugas", a)))
        assert len(found) == count
