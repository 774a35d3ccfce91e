"""A channel lives on its own: it says what state it is in, backs off, parks, rests, and goes on where it stood."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from hub.pipeline import supervisor
from hub.pipeline.supervisor import CREDENTIALS_REST, LONGEST, MAX_BUGS, SHORTEST, RunningChannel
from hub.plugin import (
    BadOptions,
    Item,
    NoPull,
    Page,
    Reading,
    Received,
    Request,
    Source,
    Throttled,
    TryAgain,
    Unauthorized,
)
from hub.settings import ChannelSettings
from hub.store.intake import channel_row, cursor_of
from hub.store.store import Store
from tests.store_fixtures import NOW

pytestmark = pytest.mark.anyio
Script = Callable[[Any], AsyncIterator[Page]]


class Feed(Source):
    """Does as its script says."""

    kind = "feed"
    silent_after = timedelta(hours=6)

    def __init__(self) -> None:
        self.script: Script = quiet
        self.resumed: list[Any] = []

    def pull(self, cursor: Any) -> AsyncIterator[Page]:
        return self.script(cursor)

    async def receive(self, request: Request) -> Received:
        return Received([Item("pushed", request.body)], status=202)

    def read(self, item: Item) -> Sequence[Reading]:
        return []


async def quiet(_cursor: Any) -> AsyncIterator[Page]:
    for page in ():
        yield page


def failing(error: Exception) -> Script:
    async def script(_cursor: Any) -> AsyncIterator[Page]:
        raise error
        yield  # a generator that never gets so far

    return script


def counting(last: int, *, fails_before: int = -1) -> Script:
    """Pages of one item, numbered; the cursor is the next number."""

    async def script(cursor: Any) -> AsyncIterator[Page]:
        for number in range(cursor or 0, last):
            if number == fails_before:
                raise TryAgain("lost on the way")
            yield Page([Item(str(number), b"")], number + 1)

    return script


@pytest.fixture
def feed() -> Feed:
    return Feed()


@pytest.fixture
def channel(store: Store, feed: Feed) -> RunningChannel:
    return RunningChannel(ChannelSettings(kind="feed", every=timedelta(minutes=2)), feed, store)


async def stored(channel: RunningChannel) -> Any:
    return await channel.store.read(lambda connection: channel_row(connection, channel.name))


async def cursor(channel: RunningChannel) -> Any:
    return await channel.store.read(lambda connection: cursor_of(connection, channel.name))


async def test_a_pull_stores_and_waits_for_the_next(channel: RunningChannel, feed: Feed) -> None:
    rung: list[str] = []
    channel.ring = lambda: rung.append("new")
    feed.script = counting(3)
    assert await channel.run_once() == 120
    assert (channel.state, await cursor(channel), rung) == ("waiting", 3, ["new"] * 3)
    assert channel.tally["items"] == 3
    assert (await stored(channel)).state == "waiting"


async def test_the_generator_goes_on_only_after_the_commit(channel: RunningChannel, feed: Feed) -> None:
    async def script(_cursor: Any) -> AsyncIterator[Page]:
        for number in (1, 2):
            yield Page([Item(str(number), b"")], number)
            feed.resumed.append(await cursor(channel))

    feed.script = script
    await channel.run_once()
    assert feed.resumed == [1, 2]


async def test_it_goes_on_behind_the_last_committed_page(channel: RunningChannel, feed: Feed) -> None:
    feed.script = counting(5, fails_before=2)
    await channel.run_once()
    assert (channel.state, channel.reason, await cursor(channel)) == ("waiting", "lost on the way", 2)
    again = RunningChannel(channel.settings, feed, channel.store)
    feed.script = counting(5)
    await again.run_once()
    assert again.tally["items"] == 3
    assert await cursor(channel) == 5


@pytest.mark.parametrize(
    ("error", "state", "rest"),
    [
        (Unauthorized("401"), "needs-credentials", CREDENTIALS_REST),
        (BadOptions("no such feed"), "parked", None),
        (Throttled(NOW + timedelta(minutes=7), "429"), "throttled", 420),
        (Throttled(NOW - timedelta(minutes=7), "429"), "throttled", 1),
        (Throttled(None, "429"), "throttled", 60),
        (TryAgain("later", timedelta(seconds=33)), "waiting", 33),
    ],
)
async def test_what_each_error_makes_of_a_channel(
    channel: RunningChannel, feed: Feed, error: Exception, state: str, rest: float | None
) -> None:
    feed.script = failing(error)
    assert await channel.run_once() == rest
    assert (channel.state, channel.reason) == (state, str(error))
    row = await stored(channel)
    assert (row.state, row.state_reason, row.state_at) == (state, str(error), NOW)


async def test_backoff_grows_with_full_jitter_up_to_a_limit(channel: RunningChannel, feed: Feed) -> None:
    feed.script = failing(TryAgain("down"))
    rests = [await channel.run_once() for _ in range(30)]
    assert all(rest is not None and SHORTEST <= rest <= LONGEST for rest in rests)
    assert all(rest is not None and rest <= max(SHORTEST, 2.0**tried) for tried, rest in enumerate(rests[:8]))
    assert len(set(rests[10:])) > 15
    assert max(rest or 0 for rest in rests) > 100


async def test_it_is_logged_once_when_lost_and_once_when_back(channel: RunningChannel, feed: Feed) -> None:
    down, refused = failing(TryAgain("down")), failing(Unauthorized("401"))
    with capture_logs() as logs:
        for script in (down, counting(5, fails_before=2), down, refused, quiet, quiet):
            feed.script = script
            await channel.run_once()
    assert [entry["event"] for entry in logs] == ["channel is lost", "channel is back"]


async def test_since_when_it_is_lost_outlives_its_tries(channel: RunningChannel, feed: Feed, clock: Any) -> None:
    feed.script = failing(TryAgain("down"))
    for _ in range(3):
        await channel.run_once()
        clock.advance(timedelta(minutes=4))
    assert (channel.lost_at, channel.lost_as) == (NOW, "waiting")
    feed.script = quiet
    await channel.run_once()
    assert (channel.lost_at, channel.lost_as) == (None, "")


async def test_a_bug_is_logged_once_lost_and_parks_in_the_end(channel: RunningChannel, feed: Feed) -> None:
    feed.script = failing(ZeroDivisionError("a made-up bug"))
    with capture_logs() as logs:
        rests = [await channel.run_once() for _ in range(MAX_BUGS)]
    assert all(rest is not None for rest in rests[:-1])
    assert rests[-1] is None
    assert (channel.state, channel.reason) == ("parked", "bug: ZeroDivisionError")
    assert "made-up bug" in channel.fault
    assert [entry["event"] for entry in logs] == ["channel failed by a bug", "channel is lost"]


async def test_bugs_in_a_row_are_counted_from_the_last_good_pull(channel: RunningChannel, feed: Feed) -> None:
    for _ in range(3):
        feed.script = failing(ZeroDivisionError("a made-up bug"))
        for _ in range(MAX_BUGS - 1):
            await channel.run_once()
        feed.script = quiet
        await channel.run_once()
    assert channel.state == "waiting"


async def test_a_paused_channel_rests_until_it_is_resumed(channel: RunningChannel, feed: Feed) -> None:
    feed.script = counting(1)
    channel.heed(paused=True)
    await channel.run_once()
    assert (channel.state, await cursor(channel)) == ("paused", None)
    task = asyncio.create_task(channel.run())
    channel.heed(paused=False)
    async with asyncio.timeout(5):
        while await cursor(channel) != 1:  # noqa: ASYNC110 - the store has no bell for readers
            await asyncio.sleep(0.01)
    task.cancel()


async def test_a_source_that_is_pushed_only_waits(channel: RunningChannel, feed: Feed) -> None:
    feed.script = failing(NoPull())
    assert await channel.run_once() is None
    assert channel.state == "waiting"


async def test_a_push_is_stored_before_it_is_answered(channel: RunningChannel) -> None:
    received = await channel.receive(Request("POST", {}, {}, b"body"))
    assert received.status == 202
    assert channel.tally["items"] == 1
    assert channel.last_item_at == NOW


async def test_silence_is_a_state_of_its_own(channel: RunningChannel, feed: Feed, clock: Any) -> None:
    feed.script = counting(1)
    await channel.run_once()
    assert not channel.is_silent
    clock.advance(timedelta(hours=5))
    assert not channel.is_silent
    clock.advance(timedelta(hours=2))
    await channel.run_once()
    assert channel.is_silent
    assert channel.state == "waiting"
    feed.script = counting(2)
    await channel.run_once()
    assert not channel.is_silent


async def test_a_channel_that_never_gave_anything_falls_silent_too(channel: RunningChannel, clock: Any) -> None:
    for _ in range(8):
        await channel.run_once()
        clock.advance(timedelta(hours=1))
    assert channel.is_silent


async def test_it_stops_within_a_second_and_closes_its_generator(channel: RunningChannel, feed: Feed) -> None:
    begun, closed = asyncio.Event(), asyncio.Event()

    async def endless(_cursor: Any) -> AsyncIterator[Page]:
        try:
            begun.set()
            await asyncio.Event().wait()
            yield Page([], None)
        finally:
            closed.set()

    feed.script = endless
    task = asyncio.create_task(channel.run())
    await begun.wait()
    task.cancel()
    async with asyncio.timeout(1):
        with pytest.raises(asyncio.CancelledError):
            await task
    assert closed.is_set()


async def test_one_channels_failure_is_its_own(store: Store, feed: Feed) -> None:
    broken, well = Feed(), feed
    broken.script, well.script = failing(ZeroDivisionError("a made-up bug")), counting(2)
    channels = [
        RunningChannel(ChannelSettings(kind="feed", name=name), one, store)
        for name, one in (("broken", broken), ("well", well))
    ]
    await asyncio.gather(*(one.run_once() for one in channels))
    assert [one.state for one in channels] == ["waiting", "waiting"]
    assert [one.failures for one in channels] == [1, 0]
    assert await cursor(channels[1]) == 2


def test_the_longest_rest_is_a_quarter_of_an_hour() -> None:
    assert supervisor.LONGEST == 900
