"""A report has one owner at a time: taken, given back, assigned, let go when nothing is done."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from hub.pipeline.desk import Conflict, NotAllowed
from hub.pipeline.taking import Claims, Taken
from hub.plugin import Notice
from hub.store import claims
from hub.store.store import Store
from normalizer.region import Region
from normalizer.understand import Normalizer
from tests.store_fixtures import NOW, Mouth, Works, officials, said

pytestmark = pytest.mark.anyio
SITI, BUDI = "petugas-satu", "petugas-dua"
HOUR = timedelta(hours=1)


@pytest.fixture
def works(store: Store, region: Region, normalizer: Normalizer) -> Works:
    return Works(store, region, normalizer, {"mouth": Mouth(), "crop": officials()})


@pytest.fixture
async def number(works: Works) -> str:
    await works.hear("mouth", said("a"))
    return str((await works.report()).number)


async def kinds(works: Works) -> list[str]:
    return [row.kind for row in await works.rows("history")]


async def lapse(works: Works, by: timedelta) -> int:
    works.clock.advance(by)
    return await Claims(works.store, works.house).run_once()


async def test_a_report_is_taken_for_a_while(works: Works, number: str) -> None:
    before = (await works.report()).version
    assert await works.desk.take(number, SITI) == before + 1
    report = await works.report()
    assert (report.owner, report.owner_at, report.owner_until) == (SITI, NOW, NOW + 4 * HOUR)
    assert (await kinds(works))[-1] == "taken"
    assert await works.desk.take(number, SITI) == before + 1


async def test_of_two_at_once_one_has_it_and_the_other_is_told_who(works: Works, number: str) -> None:
    results = await asyncio.gather(works.desk.take(number, SITI), works.desk.take(number, BUDI), return_exceptions=True)
    owner = (await works.report()).owner
    (refused,) = [result for result in results if isinstance(result, Taken)]
    assert refused.owner == owner
    assert (await kinds(works)).count("taken") == 1


async def test_whoever_does_something_keeps_it(works: Works, number: str) -> None:
    seen = await works.desk.take(number, SITI)
    works.clock.advance(3 * HOUR)
    await works.desk.follow_up(number, seen, SITI, status="proses")
    assert (await works.report()).owner_until == NOW + 7 * HOUR
    assert await lapse(works, 3 * HOUR) == 0


async def test_what_somebody_else_does_keeps_nothing(works: Works, number: str) -> None:
    seen = await works.desk.take(number, SITI)
    works.clock.advance(3 * HOUR)
    await works.desk.follow_up(number, seen, BUDI, note_internal="sudah dilihat")
    assert (await works.report()).owner_until == NOW + 4 * HOUR


async def test_a_claim_lapses_once_and_somebody_else_may_take_it(works: Works, number: str) -> None:
    seen = await works.desk.take(number, SITI)
    assert await lapse(works, 4 * HOUR) == 1
    report = await works.report()
    assert (report.owner, report.owner_until, report.version) == ("", None, seen + 1)
    assert await lapse(works, HOUR) == 0
    assert (await kinds(works)).count("claim-expired") == 1
    await works.desk.take(number, BUDI)


async def test_a_lapsed_claim_needs_no_sweep_to_be_free(works: Works, number: str) -> None:
    await works.desk.take(number, SITI)
    works.clock.advance(4 * HOUR)
    await works.desk.take(number, BUDI)
    assert (await works.report()).owner == BUDI


async def test_what_was_assigned_does_not_lapse(works: Works, number: str) -> None:
    seen = (await works.report()).version
    await works.desk.assign(number, seen, "camat-contoh", to=SITI)
    assert await lapse(works, 100 * HOUR) == 0
    assert (await works.report()).owner == SITI
    with pytest.raises(Conflict):
        await works.desk.assign(number, seen, "camat-contoh", to=BUDI)


async def test_only_the_owner_gives_it_back_or_who_leads(works: Works, number: str) -> None:
    await works.desk.take(number, SITI)
    with pytest.raises(Taken):
        await works.desk.give_back(number, BUDI)
    await works.desk.give_back(number, SITI)
    with pytest.raises(NotAllowed, match="nobody works"):
        await works.desk.give_back(number, SITI)
    await works.desk.take(number, SITI)
    await works.desk.give_back(number, "camat-contoh", leads=True)
    assert (await works.report()).owner == ""


async def test_a_closed_report_is_not_taken_and_its_owner_stays_named(works: Works, number: str) -> None:
    seen = await works.desk.take(number, SITI)
    await works.desk.follow_up(number, seen, SITI, status="selesai")
    assert await lapse(works, 100 * HOUR) == 0
    assert (await works.report()).owner == SITI
    with pytest.raises(NotAllowed, match="closed"):
        await works.desk.take(number, BUDI)


async def test_others_are_not_told_who_works_on_it(works: Works, number: str) -> None:
    await works.deliver("crop")
    await works.desk.take(number, SITI)
    await works.deliver("crop")
    told: list[Any] = [delivery.parcel for delivery in works.mouths["crop"].got]
    assert all(isinstance(parcel, Notice) and SITI not in parcel.model_dump_json() for parcel in told)


async def test_who_looks_is_forgotten_after_five_minutes(works: Works, number: str) -> None:
    report, minute = await works.report(number=number), timedelta(minutes=1)

    async def looking(at: Any) -> list[str]:
        return await works.store.read(lambda c: claims.lookers(c, report.id, BUDI, at))

    for at in (NOW, NOW + minute):
        await works.store.write(lambda c, at=at: claims.look(c, report.id, SITI, at))
    await works.store.write(lambda c: claims.look(c, report.id, BUDI, NOW))
    assert await looking(NOW + 5 * minute) == [SITI]
    assert await looking(NOW + 6 * minute) == []
    assert (await works.report()).version == report.version
    await lapse(works, 10 * minute)
    assert await works.rows("looks") == []
