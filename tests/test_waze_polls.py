"""The Waze channel over many polls: repeats, ends, broken feeds, and what it remembers."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from structlog.testing import capture_logs

from hub.plugin import (
    BadOptions,
    Complaint,
    Ended,
    PluginError,
    Reading,
    Skip,
    Throttled,
    TryAgain,
    Unauthorized,
)
from hub.testing import ManualClock
from plugins.waze.source import Waze
from plugins.waze.vanish import FeedMemory, pack, unpack
from tests.waze_fixtures import (
    FEED,
    MINUTE,
    OTHER_TOKEN,
    TOKEN,
    Day,
    Host,
    alert,
    answering,
    crowd,
    ids,
    url,
    waze,
)

# ------------------------------------------------------------------------------------------------------------- repeats


@pytest.mark.anyio
async def test_thumbs_and_confidence_are_no_news_but_words_and_place_are() -> None:
    day = Day()
    day.feed.show(alert(1))
    assert len(await day.polls()) == 1
    day.feed.show(alert(1, confidence=3, reliability=10, nThumbsUp=4, reportRating=5, magvar=1))
    assert await day.polls() == []
    day.feed.show(alert(1, reportDescription="dalam sekali"))
    assert len(await day.polls()) == 1
    day.feed.show(alert(1, reportDescription="dalam sekali", location={"x": 106.9, "y": -6.2}))
    assert len(await day.polls()) == 1


@pytest.mark.anyio
async def test_a_weak_hazard_counts_once_confirmed_and_stays() -> None:
    day = Day()
    weak = alert(1, subtype="HAZARD_ON_ROAD_OBJECT", reliability=5)
    day.feed.show(weak)
    assert await day.polls() == [Skip(reason="weak")]
    day.feed.show(weak | {"reliability": 6})
    assert len(ids(await day.polls(), Complaint)) == 1
    day.feed.show(weak)
    assert await day.polls() == []


@pytest.mark.anyio
async def test_unknown_types_are_logged_once() -> None:
    day = Day()
    day.feed.show(alert(1, type="TELEPORT", subtype=""))
    day.feed.show(alert(2, type="TELEPORT", subtype=""))
    with capture_logs() as lines:
        await day.polls(2)
    assert [line["type"] for line in lines] == ["TELEPORT"]


# ---------------------------------------------------------------------------------------------------------------- ends


@pytest.mark.anyio
async def test_an_alert_ends_at_the_third_good_poll_without_it() -> None:
    day = Day()
    for number in range(5):
        day.feed.show(alert(number))
    await day.polls()
    day.feed.hide(alert(0)["uuid"])
    assert await day.polls(2) == []
    assert await day.polls() == [Ended(native_id=alert(0)["uuid"], why="vanished")]
    assert await day.polls(5) == []


@pytest.mark.anyio
async def test_one_poll_of_absence_ends_nothing_and_counting_starts_anew() -> None:
    day = Day()
    for number in range(5):
        day.feed.show(alert(number))
    await day.polls()
    for _ in range(3):
        day.feed.hide(alert(0)["uuid"])
        assert await day.polls(2) == []
        day.feed.show(alert(0))
        assert await day.polls() == []


@pytest.mark.anyio
async def test_an_ended_alert_that_comes_back_is_a_complaint_again() -> None:
    day = Day(ended_after=1)
    for number in range(5):
        day.feed.show(alert(number))
    await day.polls()
    for _ in range(2):
        day.feed.hide(alert(0)["uuid"])
        assert ids(await day.polls(), Ended) == [alert(0)["uuid"]]
        day.feed.show(alert(0))
        assert ids(await day.polls(), Complaint) == [alert(0)["uuid"]]


@pytest.mark.anyio
@pytest.mark.parametrize("fault", ["500", "429", "html", "empty", "stale", "half"])
async def test_a_broken_feed_ends_nothing(fault: Any) -> None:
    day = Day()
    for number in range(10):
        day.feed.show(alert(number))
    await day.polls()
    day.feed.hide(alert(0)["uuid"])
    day.feed.fault = fault
    assert await day.polls(10) == []
    day.feed.fault = ""
    assert await day.polls(2) == []
    assert ids(await day.polls(), Ended) == [alert(0)["uuid"]]


@pytest.mark.anyio
async def test_after_an_hour_even_most_of_a_feed_may_have_ended() -> None:
    day = Day()
    for number in range(4):
        day.feed.show(alert(number))
    await day.polls()
    for number in range(3):
        day.feed.hide(alert(number)["uuid"])
    assert await day.polls(29) == []
    assert len(ids(await day.polls(3), Ended)) == 3


@pytest.mark.anyio
async def test_without_an_end_time_the_poll_counts_by_its_own_time() -> None:
    clock = ManualClock()
    rows = [alert(number) for number in range(5)]
    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, json={"alerts": rows}))
    host = Host(waze(transport, clock))
    await host.pull()
    rows.pop()
    found: list[Reading] = []
    for _ in range(3):
        clock.advance(2 * MINUTE)
        found += await host.pull()
    assert len(ids(found, Ended)) == 1


@pytest.mark.anyio
async def test_an_impossible_end_time_does_not_stop_the_counting_for_ever() -> None:
    clock = ManualClock()
    rows = [alert(number) for number in range(5)]
    document = {"alerts": rows, "endTimeMillis": 9_999_999_999_999}
    host = Host(waze(httpx2.MockTransport(lambda _: httpx2.Response(200, json=document)), clock))
    await host.pull()
    rows.pop()
    found: list[Reading] = []
    for _ in range(6):
        clock.advance(2 * MINUTE)
        document["endTimeMillis"] = int(clock().timestamp() * 1000)
        found += await host.pull()
    assert len(ids(found, Ended)) == 1


@pytest.mark.anyio
async def test_feeds_that_disagree_about_an_alert_make_no_news_at_every_poll() -> None:
    day = Day(feeds=2)
    for words, feed in zip(("dalam", "lebar"), day.feeds, strict=True):
        feed.show(alert(1, reportDescription=words))
    (one,) = await day.polls(4)
    assert isinstance(one, Complaint)
    assert one.text == "dalam"


@pytest.mark.anyio
async def test_skipped_alerts_have_no_end() -> None:
    day = Day()
    for number in range(5):
        day.feed.show(alert(number))
    day.feed.show(alert(9, type="JAM", subtype=""))
    await day.polls()
    day.feed.hide(alert(9)["uuid"])
    assert await day.polls(5) == []


@pytest.mark.anyio
async def test_overlapping_feeds_give_an_alert_once_and_end_it_when_both_lost_it() -> None:
    day = Day(feeds=2)
    for feed in day.feeds:
        for number in range(5):
            feed.show(alert(number))
    assert len(ids(await day.polls(), Complaint)) == 5
    day.feeds[0].hide(alert(0)["uuid"])
    assert await day.polls(4) == []
    day.feeds[1].hide(alert(0)["uuid"])
    assert await day.polls(2) == []
    assert ids(await day.polls(), Ended) == [alert(0)["uuid"]]


# ------------------------------------------------------------------------------------------------------------- trouble


@pytest.mark.anyio
async def test_a_broken_feed_does_not_stop_the_others() -> None:
    day = Day(feeds=2)
    day.feeds[0].fault = "500"
    day.feeds[1].show(alert(1))
    assert ids(await day.polls(), Complaint) == [alert(1)["uuid"]]
    assert isinstance(day.host.error, TryAgain)
    assert day.host.error.after == Waze.every
    assert "feed 1: answered 500" in str(day.host.error)


@pytest.mark.anyio
async def test_a_refused_feed_rests_while_the_others_go_on() -> None:
    asked: list[str] = []

    def serve(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url.path)
        return httpx2.Response(403) if TOKEN in request.url.path else httpx2.Response(200, json=FEED)

    clock = ManualClock()
    host = Host(waze(httpx2.MockTransport(serve), clock, feeds=[url(), url(OTHER_TOKEN)]))
    for _ in range(3):
        await host.pull()
        assert isinstance(host.error, TryAgain)
        clock.advance(2 * MINUTE)
    assert len(asked) == 4
    clock.advance(timedelta(hours=1))
    await host.pull()
    assert len(asked) == 6


@pytest.mark.anyio
async def test_where_all_feeds_are_refused_the_operator_is_called_and_every_try_asks_again() -> None:
    asked: list[str] = []

    def refuse(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url.path)
        return httpx2.Response(403)

    host = Host(waze(httpx2.MockTransport(refuse), feeds=[url(), url(OTHER_TOKEN)]))
    for _ in range(2):
        await host.pull()
        assert isinstance(host.error, Unauthorized)
    assert len(asked) == 4


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("status", "headers", "kind"),
    [
        (401, {}, Unauthorized),
        (403, {}, Unauthorized),
        (429, {"retry-after": "soon"}, Throttled),
        (302, {"location": "https://elsewhere.test"}, TryAgain),
        (404, {}, TryAgain),
        (503, {"retry-after": "90"}, TryAgain),
    ],
)
async def test_answers_become_the_errors_of_the_contract(status: int, headers: Any, kind: type[PluginError]) -> None:
    host = Host(waze(httpx2.MockTransport(lambda _: httpx2.Response(status, headers=headers))))
    assert await host.pull() == []
    assert type(host.error) is kind
    assert host.cursor is None
    if status == 503:
        assert isinstance(host.error, TryAgain)
        assert host.error.after == timedelta(seconds=90)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b"{}", b'{"error": 1}', b'{"alerts": 5}', b"\xff\xfe", b"[" * 9999]
)
async def test_what_is_no_feed_is_tried_again(body: bytes) -> None:
    host = Host(waze(httpx2.MockTransport(lambda _: httpx2.Response(200, content=body))))
    await host.pull()
    assert isinstance(host.error, TryAgain)


@pytest.mark.anyio
async def test_missing_lists_are_empty() -> None:
    host = Host(waze(answering({"endTimeMillis": FEED["endTimeMillis"]})))
    assert await host.pull() == []
    assert host.error is None


@pytest.mark.anyio
async def test_errors_carry_no_address_not_even_as_context() -> None:
    def refuse(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError(f"cannot reach {request.url}", request=request)

    host = Host(waze(httpx2.MockTransport(refuse)))
    await host.pull()
    assert isinstance(host.error, TryAgain)
    assert host.error.__cause__ is None
    assert host.error.__context__ is None
    assert "waze.test" not in str(host.error)


def test_a_wrong_address_is_a_wrong_setting_and_is_not_shown() -> None:
    with pytest.raises(BadOptions) as refused:
        waze(answering(FEED), feeds=[url(), "ftp://secret.test/x"])
    assert str(refused.value) == "feed 2 is no http or https address"
    with pytest.raises(ValidationError) as wrong:
        Waze.Options.model_validate({"feeds": url()})
    assert TOKEN not in str(wrong.value)


# -------------------------------------------------------------------------------------------------------------- cursor


@pytest.mark.anyio
async def test_the_cursor_of_8000_alerts_fits_and_hides_the_address() -> None:
    host = Host(waze(answering(crowd(8000))))
    await host.pull()
    text = json.dumps(host.cursor)
    assert len(text) < 256_000
    assert TOKEN not in text
    assert len(host.marks) == 8000


@pytest.mark.anyio
async def test_a_crowd_beyond_all_measure_still_fits() -> None:
    rows = [alert(number, uuid=f"odd/{number:060}") for number in range(9000)]
    host = Host(waze(answering({"alerts": rows})))
    await host.pull()
    assert len(json.dumps(host.cursor)) < 256_000
    assert len(await host.pull()) == 0


@given(st.sets(st.uuids().map(str) | st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1)))
def test_packing_keeps_every_id(names: set[str]) -> None:
    assert set(unpack(pack(names))) == names


names = st.sets(st.integers(0, 9).map(str), max_size=10)


@given(st.lists(st.tuples(st.integers(1, 10**7), names, names), max_size=8))
def test_a_memory_survives_its_cursor(polls: list[tuple[int, set[str], set[str]]]) -> None:
    memory = FeedMemory()
    for end, complaints, skipped in polls:
        memory.take(end, complaints, skipped - complaints)
        memory = FeedMemory.load(json.loads(json.dumps(memory.dump())))
        assert complaints <= {uuid for uuid, misses in memory.missed.items() if misses == 0}
