"""Deliveries: everything arrives in order, whatever the other side does, by a durable schedule behind a breaker."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from hub.pipeline.dispatch import BREAK_AFTER, SCHEDULE, Dispatcher
from hub.plugin import (
    Delivery,
    FollowUp,
    Notice,
    Rejected,
    Reply,
    Throttled,
    TryAgain,
    Unauthorized,
    WindowClosed,
)
from hub.store import deliveries, people
from hub.store.store import Store
from normalizer.region import Region
from normalizer.understand import Normalizer
from tests.store_fixtures import HERE, NOW, Mouth, Works, near, officials, said

pytestmark = pytest.mark.anyio
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def works(store: Store, region: Region, normalizer: Normalizer) -> Works:
    return Works(store, region, normalizer, {"mouth": Mouth("mouth"), "crop": officials()})


def crop(works: Works) -> Mouth:
    return works.mouths["crop"]


def failing(error: Callable[[], Exception], *, only: str = "") -> Callable[[Delivery], None]:
    """A sink that is down, or one that chokes on one report."""

    def script(delivery: Delivery) -> None:
        if not only or number_of(delivery) == only:
            raise error()

    return script


def number_of(delivery: Delivery) -> str:
    parcel = delivery.parcel
    return parcel.report.number if isinstance(parcel, Notice) else parcel.report


async def reports(works: Works, count: int) -> list[str]:
    """So many reports far apart; their numbers in the order of their keys."""
    await works.hear("mouth", *(said(f"r{n}", here=near(5000 * n)) for n in range(count)))
    return [row.number for row in await works.rows("reports", "id")]


async def states(works: Works, **where: Any) -> list[str]:
    return [row.state for row in await works.deliveries(**where)]


async def test_a_delivery_is_sent_once(works: Works) -> None:
    await reports(works, 2)
    assert await works.deliver("crop") == 2
    assert await works.deliver("crop") == 0
    assert await states(works, channel="crop") == ["sent", "sent"]
    first = crop(works).got[0]
    assert (first.attempt, first.uncertain) == (1, False)
    assert first.body == (await works.deliveries(key=first.key))[0].parcel


async def test_retries_carry_the_same_key_and_bytes(works: Works) -> None:
    await reports(works, 1)
    seen: list[Delivery] = []

    def script(delivery: Delivery) -> None:
        seen.append(delivery)
        if len(seen) < 3:
            raise TryAgain("not yet")

    crop(works).script = script
    for _ in range(3):
        await works.later("crop", HOUR)
    assert [delivery.attempt for delivery in seen] == [1, 2, 3]
    assert len({(delivery.key, delivery.body) for delivery in seen}) == 1
    assert await states(works, channel="crop") == ["sent"]


async def test_a_lost_connection_leaves_the_outcome_uncertain(works: Works) -> None:
    await reports(works, 1)
    crop(works).script = failing(lambda: TimeoutError("no answer"))
    await works.deliver("crop")
    crop(works).script = lambda _delivery: None
    await works.later("crop", HOUR)
    assert crop(works).got[0].uncertain


async def test_a_plain_refusal_is_not_uncertain(works: Works) -> None:
    await reports(works, 1)
    crop(works).script = failing(lambda: TryAgain("503"))
    await works.deliver("crop")
    crop(works).script = lambda _delivery: None
    await works.later("crop", HOUR)
    assert not crop(works).got[0].uncertain


OUTAGES = {
    "500": lambda _works: TryAgain("500"),
    "time-out": lambda _works: TimeoutError(),
    "reset": lambda _works: ConnectionResetError(),
    "429": lambda works: Throttled(works.clock() + 2 * MINUTE),
}


async def test_after_a_day_of_outage_everything_arrives_in_order(works: Works) -> None:
    numbers = await reports(works, 4)
    troubles = random.Random(7)  # noqa: S311 - the same troubles in every run
    crop(works).script = failing(lambda: OUTAGES[troubles.choice(list(OUTAGES))](works))
    for hour in range(24):
        changes = [
            FollowUp(native_id=f"{hour}-{number}", report=number, at=works.clock(), status=_status(hour))
            for number in numbers[hour % 2 :: 2]
        ]
        await works.hear("board", *changes)
        for _ in range(2):
            await works.later("crop", 30 * MINUTE)
    assert crop(works).got == []
    waiting = await works.deliveries(channel="crop")
    assert "dead" not in {row.state for row in waiting}
    assert max(row.attempts for row in waiting) <= BREAK_AFTER + 1

    crop(works).script = lambda _delivery: None
    for _ in range(12):
        await works.later("crop", MINUTE)
    assert {row.state for row in await works.deliveries(channel="crop")} <= {"sent", "superseded"}
    assert len({delivery.key for delivery in crop(works).got}) == len(crop(works).got)
    for number in numbers:
        got = [delivery.parcel for delivery in crop(works).got if number_of(delivery) == number]
        versions = [parcel.report.version for parcel in got if isinstance(parcel, Notice)]
        assert versions == sorted(versions)
        assert versions[-1] == (await works.report(number=number)).version


def _status(hour: int) -> str:
    return ("koordinasi", "disposisi", "proses")[hour % 3]


@pytest.fixture(autouse=True)
def board(works: Works) -> None:
    works.mouths["board"] = Mouth("board")


async def test_an_open_breaker_burns_no_attempts(works: Works) -> None:
    await reports(works, 3)
    tries: list[str] = []

    def script(delivery: Delivery) -> None:
        tries.append(delivery.key)
        raise TryAgain("down")

    crop(works).script = script
    for _ in range(40):
        await works.later("crop", 10 * MINUTE)
    rows = await works.deliveries(channel="crop")
    assert {row.state for row in rows} == {"due"}
    assert max(row.attempts for row in rows) <= BREAK_AFTER
    assert 30 < len(tries) < 60
    crop(works).script = lambda _delivery: None
    await works.later("crop", 10 * MINUTE)
    assert await states(works, channel="crop") == ["sent"] * 3


async def test_one_row_that_fails_is_given_up_by_schedule_and_blocks_nobody(works: Works) -> None:
    bad, good = await reports(works, 2)
    crop(works).script = failing(lambda: TryAgain("this one only"), only=bad)
    began = works.clock()
    dispatcher = Dispatcher(works.store, "crop", crop(works), jitter=_Steady())
    for serial in range(15):
        if await works.deliveries(channel="crop", state="dead"):
            break
        await works.hear(
            "board", FollowUp(native_id=f"g{serial}", report=good, at=works.clock(), status=_status(serial))
        )
        await dispatcher.run_once()
        (row,) = [row for row in await works.deliveries(channel="crop") if row.report != 2 and row.state == "due"] or [
            None
        ]
        if row is not None and row.next_at > works.clock():
            works.clock.advance(row.next_at - works.clock())
    (dead,) = await works.deliveries(channel="crop", state="dead")
    assert (dead.attempts, dead.reason) == (len(SCHEDULE), "this one only")
    assert works.clock() - began == sum(SCHEDULE, timedelta())
    assert sum(SCHEDULE, timedelta()) == timedelta(hours=75, minutes=35, seconds=5)
    assert {number_of(delivery) for delivery in crop(works).got} == {good}

    await works.hear("board", FollowUp(native_id="after", report=bad, at=works.clock(), status="proses"))
    crop(works).script = lambda _delivery: None
    await works.deliver("crop")
    last = crop(works).got[-1].parcel
    assert isinstance(last, Notice)
    assert (last.report.number, last.report.status) == (bad, "proses")
    assert len(await works.deliveries(channel="crop", state="dead")) == 1


class _Steady(random.Random):
    def uniform(self, a: float, b: float) -> float:
        return (a + b) / 2


async def test_a_newer_version_supersedes_a_never_tried_one(works: Works) -> None:
    (number,) = await reports(works, 1)
    await works.hear("mouth", said("more", here=HERE))
    await works.hear("board", FollowUp(native_id="f", report=number, at=NOW, status="proses"))
    assert await states(works, channel="crop") == ["superseded", "superseded", "due"]
    await works.deliver("crop")
    (only,) = crop(works).got
    assert isinstance(only.parcel, Notice)
    assert (only.parcel.event, only.parcel.report.status, only.parcel.report.complaint_count) == (
        "report.created",
        "proses",
        2,
    )


async def test_a_tried_one_is_never_superseded_and_goes_first(works: Works) -> None:
    (number,) = await reports(works, 1)
    crop(works).script = failing(lambda: TryAgain("once"))
    await works.deliver("crop")
    await works.hear("board", FollowUp(native_id="f", report=number, at=NOW, status="proses"))
    crop(works).script = lambda _delivery: None
    await works.deliver("crop")
    assert crop(works).got == []
    await works.later("crop", HOUR)
    assert [d.parcel.report.status for d in crop(works).got if isinstance(d.parcel, Notice)] == ["menunggu", "proses"]


async def test_an_unchanged_sum_makes_no_delivery(works: Works) -> None:
    (number,) = await reports(works, 1)
    await works.deliver("crop")
    await works.hear("board", FollowUp(native_id="f", report=number, at=NOW, note_internal="hanya untuk kami"))
    assert await states(works, channel="crop") == ["sent"]


async def test_a_follow_up_is_not_echoed_but_what_comes_later_is_told(works: Works) -> None:
    (number,) = await reports(works, 1)
    await works.deliver("crop")
    await works.hear("crop", FollowUp(native_id="1", report=number, at=NOW, status="proses"))
    assert await states(works, channel="crop") == ["sent"]
    version = (await works.report()).version
    await works.desk.follow_up(number, version, "petugas", status="menunggu")
    await works.deliver("crop")
    last = crop(works).got[-1].parcel
    assert isinstance(last, Notice)
    assert last.report.status == "menunggu"


async def test_min_interval_is_the_sinks_to_say(works: Works) -> None:
    (number,) = await reports(works, 1)
    await works.deliver("crop")

    def due(notice: Notice, before: Notice | None, last: Any) -> Any:
        quick = before is None or notice.report.status != before.report.status
        return None if quick else last + MINUTE

    crop(works).due = due  # type: ignore[method-assign]
    await works.hear("mouth", said("second", here=HERE))
    works.clock.advance(20 * SECOND)
    await works.hear("mouth", said("third", here=HERE))
    assert await works.deliver("crop") == 0
    assert await works.later("crop", 40 * SECOND) == 1
    await works.hear("mouth", said("fourth", here=HERE))
    await works.hear("board", FollowUp(native_id="f", report=number, at=NOW, status="proses"))
    assert await works.deliver("crop") == 1
    counts = [d.parcel.report.complaint_count for d in crop(works).got if isinstance(d.parcel, Notice)]
    assert counts == [1, 3, 4]


async def test_throttled_waits_as_asked_and_burns_nothing(works: Works) -> None:
    await reports(works, 1)
    crop(works).script = failing(lambda: Throttled(works.clock() + HOUR))
    await works.deliver("crop")
    (row,) = await works.deliveries(channel="crop")
    assert (row.state, row.attempts, row.next_at) == ("due", 0, NOW + HOUR)
    crop(works).script = lambda _delivery: None
    assert await works.later("crop", 59 * MINUTE) == 0
    assert await works.later("crop", MINUTE) == 1


async def test_refused_credentials_burn_nothing_and_show(works: Works) -> None:
    await reports(works, 1)
    crop(works).script = failing(lambda: Unauthorized("401"))
    dispatcher = Dispatcher(works.store, "crop", crop(works))
    await dispatcher.run_once()
    assert dispatcher.state == "needs-credentials"
    (row,) = await works.deliveries(channel="crop")
    assert (row.state, row.attempts) == ("due", 0)
    crop(works).script = lambda _delivery: None
    assert await works.later("crop", 16 * MINUTE) == 1


async def test_a_rejected_notice_is_dead_and_can_be_retried(works: Works) -> None:
    await reports(works, 1)
    crop(works).script = failing(lambda: Rejected("422: no such category"))
    await works.deliver("crop")
    (row,) = await works.deliveries(channel="crop")
    assert (row.state, row.reason) == ("dead", "422: no such category")
    crop(works).script = lambda _delivery: None
    assert await works.store.write(lambda c: deliveries.retry_dead(c, works.clock(), channel="crop")) == 1
    await works.deliver("crop")
    assert crop(works).got[0].uncertain
    assert await states(works, channel="crop") == ["sent"]


async def answered(works: Works) -> Any:
    """A reply that waits to go to one citizen."""
    (number,) = await reports(works, 1)
    await works.hear("board", FollowUp(native_id="f", report=number, at=NOW, status="proses", note="petugas datang"))
    (reply,) = await works.deliveries(kind="reply")
    return reply


async def test_a_reply_reaches_its_citizen(works: Works) -> None:
    await answered(works)
    await works.deliver("mouth")
    (got,) = works.mouths["mouth"].got
    assert isinstance(got.parcel, Reply)
    assert got.to is not None
    assert got.to.handle == "akun-r0"
    assert "petugas datang" in got.parcel.text


async def test_a_closed_window_waits_for_the_citizen(works: Works) -> None:
    await answered(works)
    works.mouths["mouth"].script = failing(lambda: WindowClosed("24 hours are over"))
    await works.deliver("mouth")
    assert await states(works, kind="reply") == ["waiting"]


async def test_a_rejected_reply_is_undeliverable(works: Works) -> None:
    await answered(works)
    works.mouths["mouth"].script = failing(lambda: Rejected("no such account"))
    await works.deliver("mouth")
    assert await states(works, kind="reply") == ["undeliverable"]


async def test_an_erased_reporter_is_not_answered(works: Works) -> None:
    await answered(works)
    key = (await works.complaint("r0")).reporter
    await works.store.write(lambda connection: people.forget(connection, key))
    await works.deliver("mouth")
    assert works.mouths["mouth"].got == []
    assert await states(works, kind="reply") == ["undeliverable"]


async def test_leases_of_a_dead_process_are_taken_over_uncertain(works: Works) -> None:
    await reports(works, 1)
    await works.store.write(lambda c: deliveries.lease_due(c, "crop", "dead process", works.clock(), 10, probe=False))
    assert await works.deliver("crop") == 0
    now = works.clock()
    assert await works.store.write(lambda c: deliveries.reclaim(c, now, alone=False)) == 0
    later = works.clock.advance(6 * MINUTE)
    assert await works.store.write(lambda c: deliveries.reclaim(c, later, alone=False)) == 1
    await works.deliver("crop")
    assert crop(works).got[0].uncertain
    assert await states(works, channel="crop") == ["sent"]


async def test_what_a_dead_process_still_says_is_not_heard(works: Works) -> None:
    await reports(works, 1)
    now = works.clock()
    (lost,) = await works.store.write(lambda c: deliveries.lease_due(c, "crop", "slow", now, 10, probe=False))
    await works.store.write(lambda c: deliveries.reclaim(c, now, alone=True))
    await works.deliver("crop")
    await works.store.write(lambda c: deliveries.settle(c, lost.id, "slow", {"state": "dead"}))
    assert await states(works, channel="crop") == ["sent"]


async def test_two_dispatchers_send_nothing_twice(works: Works) -> None:
    await reports(works, 12)
    both = [Dispatcher(works.store, "crop", crop(works)) for _ in range(2)]
    await asyncio.gather(*(dispatcher.run_once() for dispatcher in both))
    keys = [delivery.key for delivery in crop(works).got]
    assert sorted(keys) == sorted({row.key for row in await works.deliveries(channel="crop")})


async def test_urgent_ones_go_first(works: Works) -> None:
    await works.hear("mouth", *(said(f"r{n}", here=near(5000 * n)) for n in range(3)))
    await works.hear("mouth", said("fire", "kebakaran rumah, tolong cepat, ada korban terjebak", here=near(90_000)))
    now = works.clock()
    first = await works.store.write(lambda c: deliveries.lease_due(c, "crop", "one", now, 1, probe=False))
    assert first[0].report == (await works.report_of("fire")).id


async def test_a_late_outcome_is_recorded(works: Works) -> None:
    reply = await answered(works)
    await works.deliver("mouth")
    now = works.clock()
    await works.store.write(lambda c: deliveries.mark_outcome(c, reply.key, delivered=False, reason="bounced", now=now))
    (row,) = await works.deliveries(kind="reply")
    assert (row.state, row.reason) == ("undeliverable", "bounced")


async def test_a_bug_in_a_sink_stops_nobody_else(works: Works) -> None:
    bad, good = await reports(works, 2)
    crop(works).script = failing(lambda: ZeroDivisionError("a made-up bug"), only=bad)
    await works.deliver("crop")
    assert [number_of(delivery) for delivery in crop(works).got] == [good]
    waiting = await works.deliveries(channel="crop", state="due")
    assert [(row.reason, row.uncertain) for row in waiting] == [("bug: ZeroDivisionError", True)]


async def test_a_channel_gets_no_more_than_its_rate_and_the_urgent_first(
    store: Store, region: Region, normalizer: Normalizer
) -> None:
    works = Works(store, region, normalizer, {"mouth": Mouth(rate=2 / 15), "board": officials("board")})
    told = [said(f"a{number}", here=near(5000 * number)) for number in range(4)]
    told.append(said("api", "kebakaran besar, tolong", here=near(50_000)))
    await works.hear("mouth", *told)
    for row in await works.rows("reports", "id"):
        spoken = FollowUp(native_id=f"f{row.id}", report=row.number, at=NOW, status="proses")
        await works.hear("board", spoken)
    dispatcher = Dispatcher(store, "mouth", works.mouths["mouth"])
    assert [await dispatcher.run_once() for _ in range(2)] == [2, 0]
    assert dispatcher.state == "throttled"
    first = {delivery.parcel.complaint for delivery in works.mouths["mouth"].got}  # type: ignore[union-attr]
    assert "api" in first, "the two of one batch go out side by side, in no order of their own"
    waiting = [row for row in await works.deliveries(kind="reply") if row.state == "due"]
    assert {row.next_at - store.now() for row in waiting} == {timedelta(minutes=15)}
    works.clock.advance(timedelta(minutes=15))
    assert [await dispatcher.run_once() for _ in range(2)] == [2, 0]
