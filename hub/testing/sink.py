"""Checks of a sink: one effect for one key, errors the host understands, and a manner that holds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

import anyio

from hub.plugin import Delivery, Notice, Receipt, Reply, Sink, Throttled, TryAgain
from hub.testing.case import (
    SinkCase,
    connect,
    expect,
    expect_cancelled,
    expect_outage,
    expect_refusal,
    expect_throttling,
    meet,
)
from hub.testing.check import Check, NotApplicable, check, demand
from hub.testing.samples import make_delivery
from hub.testing.secrets import expect_silence
from hub.testing.worlds import Fault

SINK: list[Check[SinkCase]] = []


def freeze(case: SinkCase, parcel: Notice | Reply, key: str = "key-1") -> Delivery:
    """Make a delivery as the case wants it."""
    return (case.deliver or make_delivery)(parcel, key)


@check(SINK, "wants-its-parcels", "a sink that wants nothing gets nothing, and nobody notices")
async def wants_its_parcels(case: SinkCase) -> None:
    """Ask about every parcel of the case."""
    demand(case.parcels, "the case has no parcels: nothing could be checked")
    async with meet(case) as sink:
        for parcel in case.parcels:
            demand(sink.wants(parcel) is True, f"a {parcel.kind} of the case is not wanted")


@check(SINK, "decides-purely", "wants, tells and due are asked inside a transaction, and again after a restart")
async def decides_purely(case: SinkCase) -> None:
    """Ask two instances, 400 days apart."""
    async with case.world() as world:
        async with connect(case, world) as sink:
            first = [_decisions(sink, parcel) for parcel in case.parcels]
        world.clock.advance(timedelta(days=400))
        async with connect(case, world) as sink:
            again = [_decisions(sink, parcel.model_copy(deep=True)) for parcel in case.parcels]
    demand(first == again, "the second answer differs from the first")


def _decisions(sink: Sink, parcel: Notice | Reply) -> tuple[bool, str, datetime | None]:
    if isinstance(parcel, Reply):
        return sink.wants(parcel), "", None
    last = parcel.at - timedelta(seconds=1)
    return sink.wants(parcel), sink.tells(parcel), sink.due(parcel, parcel, last)


@check(SINK, "tells-news-only", "a new version that tells the other side nothing must make no delivery")
async def tells_news_only(case: SinkCase) -> None:
    """Raise only the version and the time of change."""
    notices = [parcel for parcel in case.parcels if isinstance(parcel, Notice)]
    if not notices:
        raise NotApplicable
    async with meet(case) as sink:
        for notice in notices:
            report = notice.report
            later = {"version": report.version + 1, "updated_at": report.updated_at + timedelta(hours=1)}
            newer = notice.model_copy(update={"report": report.model_copy(update=later)})
            demand(sink.tells(notice) == sink.tells(newer), "a mere new version counts as news")


@check(SINK, "one-effect-a-key", "a delivery is tried until it is known to have arrived; the key stays the same")
async def one_effect_a_key(case: SinkCase) -> None:
    """Deliver each parcel twice, the second time by a restarted channel that does not know the outcome."""
    async with case.world() as world:
        for count, parcel in enumerate(case.parcels, start=1):
            delivery = freeze(case, parcel, f"key-{count}")
            async with connect(case, world) as sink:
                demand(isinstance(await sink.deliver(delivery), Receipt), "deliver gives no Receipt")
            demand(world.effects() == count, f"{world.effects()} effects after {count} deliveries")
            async with connect(case, world) as sink:
                await sink.deliver(replace(delivery, attempt=2, uncertain=True))
            demand(world.effects() == count, f"a repeat had an effect: {world.effects()} after {count} keys")


@check(
    SINK, "unknown-outcome-said", "where the answer is lost the next try must look first; uncertain=True asks for it"
)
async def unknown_outcome_said(case: SinkCase) -> None:
    """Lose the answer."""
    for error in await expect(case, (Fault.LOST, Fault.TIMEOUT, Fault.RESET), (TryAgain,), _delivering(case)):
        demand(isinstance(error, TryAgain) and error.uncertain, "a lost answer must be TryAgain(uncertain=True)")


@check(SINK, "lost-answer-one-effect", "a time-out after the other side has taken it is the commonest double post")
async def lost_answer_one_effect(case: SinkCase) -> None:
    """Lose the answer, then deliver again in the same world, which is well by then."""
    async with case.world() as world:
        if not await world.fail(Fault.LOST):
            raise NotApplicable
        delivery = freeze(case, case.parcels[0])
        async with connect(case, world) as sink:
            try:
                await sink.deliver(delivery)
            except (TryAgain, Throttled):
                await world.recover()
        async with connect(case, world) as sink:
            await sink.deliver(replace(delivery, attempt=2, uncertain=True))
        demand(world.effects() == 1, f"{world.effects()} effects of one delivery")


@check(SINK, "credentials-refused", "an operator is woken, and no attempts burn meanwhile")
async def credentials_refused(case: SinkCase) -> None:
    """401 and 403 are Unauthorized."""
    await expect_refusal(case, _delivering(case))


@check(SINK, "throttling-obeyed", "a channel that ignores 429 is cut off")
async def throttling_obeyed(case: SinkCase) -> None:
    """429 is Throttled until the instant asked for."""
    await expect_throttling(case, _delivering(case))


@check(SINK, "outages-retried", "a sink that is down for a day gets everything when it is back")
async def outages_retried(case: SinkCase) -> None:
    """5xx, lost connections and time-outs are TryAgain or Throttled."""
    await expect_outage(case, _delivering(case))


@check(SINK, "cancels-at-once", "a stop or reload of the hub waits for no channel longer than a second")
async def cancels_at_once(case: SinkCase) -> None:
    """Cancel while the other side hangs."""
    await expect_cancelled(case, _delivering(case))


@check(SINK, "manner-holds", "templates and previews believe the manner: what fits into it must be taken")
async def manner_holds(case: SinkCase) -> None:
    """Deliver a reply as long, and with as many photos, as the manner allows."""
    manner = case.kind.manner
    demand(min(manner.max_chars, manner.photos, manner.rate) >= 0, "a limit is negative")
    demand(manner.window is None or manner.window > timedelta(0), "the window is empty")
    replies = [parcel for parcel in case.parcels if isinstance(parcel, Reply)]
    if not replies:
        return
    photos = tuple(f"https://hub.test/foto/{number}" for number in range(manner.photos))
    longest = replies[0].model_copy(update={"text": "a" * (manner.max_chars or 5000), "photos": photos})
    async with meet(case) as sink:
        await sink.deliver(freeze(case, longest))


@check(SINK, "keeps-secrets", "reprs, errors and logs are read by many")
async def keeps_secrets(case: SinkCase) -> None:
    """Listen while it works and while it fails."""
    await expect_silence(case, _delivering(case))


def _delivering(case: SinkCase) -> Callable[[Sink], Awaitable[None]]:
    async def act(sink: Sink) -> None:
        with anyio.fail_after(case.patience):
            await sink.deliver(freeze(case, case.parcels[0]))

    return act
