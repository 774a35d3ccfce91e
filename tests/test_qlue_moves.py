"""The Qlue channel over many polls: statuses that move both ways, histories, and replies."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from structlog.testing import capture_logs

from hub.plugin import (
    Complaint,
    FollowUp,
    Item,
    PluginError,
    Reading,
    Rejected,
    Skip,
    Throttled,
    TryAgain,
    Unauthorized,
)
from hub.testing import (
    Fault,
    make_delivery,
    sample_notice,
    sample_reply,
)
from plugins.qlue.channel import Qlue
from sandbox.qlue import HISTORY
from tests.qlue_fixtures import (
    OPTIONS,
    Day,
    Host,
    QlueWorld,
    answering,
    fixture,
    moves,
    qlue,
    row,
)

# -------------------------------------------------------------------------------------------------------------- status


@pytest.mark.anyio
async def test_a_status_moves_forward_and_back_each_move_a_follow_up() -> None:
    day = Day(history_url="")
    day.feed.show(row(1))
    assert moves(await day.poll()) == []
    found: list[Reading] = []
    for status in ("process", "complete", "wait", "complete"):
        day.feed.progress("1", status)
        found += await day.poll()
        assert await day.poll() == []
    assert moves(found) == ["proses", "selesai", "menunggu", "selesai"]
    follow_ups = [reading for reading in found if isinstance(reading, FollowUp)]
    assert len({one.native_id for one in follow_ups}) == 4
    assert [one.at for one in follow_ups] == sorted(one.at for one in follow_ups)
    assert {one.about for one in follow_ups} == {"1"}


@pytest.mark.anyio
async def test_a_report_first_seen_finished_says_so() -> None:
    day = Day(history_url="")
    day.feed.show(row(1, status="complete"))
    complaint, done = await day.poll()
    assert isinstance(complaint, Complaint)
    assert isinstance(done, FollowUp)
    assert (done.status, done.at) == ("selesai", complaint.created_at)


@pytest.mark.anyio
async def test_new_words_are_a_revision_but_no_new_follow_up() -> None:
    day = Day(history_url="")
    day.feed.show(row(1, status="complete"))
    first = (await day.poll())[1]
    day.feed.show(row(1, status="complete", desc="Sudah surut"))
    revised, again = await day.poll()
    assert isinstance(revised, Complaint)
    assert revised.text == "Sudah surut"
    assert again == first


@pytest.mark.anyio
async def test_a_status_that_is_missing_for_once_has_not_moved() -> None:
    day = Day(history_url="")
    found: list[Reading] = []
    for status in ("wait", "complete", None, "complete"):
        day.feed.show(row(1, status=status))
        found += await day.poll()
    done = {reading.native_id for reading in found if isinstance(reading, FollowUp)}
    assert len(done) == 1


@pytest.mark.anyio
async def test_an_unknown_status_is_kept_and_logged_once() -> None:
    day = Day(history_url="")
    day.feed.show(row(1, status="Eskalasi"))
    with capture_logs() as lines:
        assert moves(await day.poll()) == ["eskalasi"]
        await day.poll()
    assert [line["status"] for line in lines] == ["eskalasi"]


@pytest.mark.anyio
@pytest.mark.parametrize("change", [{"image": "https://photos.example.org/b"}, {"location": {"lat": -6, "lng": 107}}])
async def test_photo_and_place_are_news_comments_and_names_are_not(change: Any) -> None:
    day = Day(history_url="")
    day.feed.show(row(1))
    await day.poll()
    day.feed.show(row(1, comment_count=9, username="warga999"))
    assert await day.poll() == []
    day.feed.show(row(1, **change))
    assert len(await day.poll()) == 1


# --------------------------------------------------------------------------------------------------------------- order


@pytest.mark.anyio
async def test_any_order_gives_the_same_set_and_late_low_ids_are_taken() -> None:
    rows = [row(number) for number in (103, 102, 101)]
    seen = []
    for order in (rows, rows[::-1], [rows[1], rows[2], rows[0]]):
        host = Host(qlue(answering(order), history_url=""))
        await host.pull()
        seen.append(host.marks)
    assert seen[0] == seen[1] == seen[2]
    day = Day()
    day.feed.show(row(103))
    await day.poll()
    day.feed.show(row(7))
    (late,) = await day.poll()
    assert isinstance(late, Complaint)
    assert late.native_id == "7"


@pytest.mark.anyio
async def test_an_id_twice_in_a_list_is_one_report() -> None:
    rows = [row(1), row(1, status="complete"), *(row(number) for number in range(2, 600)), row(1, status="process")]
    host = Host(qlue(answering(rows), history_url=""))
    assert len(await host.pull()) == 599
    assert await host.pull() == []


@pytest.mark.anyio
@pytest.mark.parametrize("fault", ["500", "html", "empty"])
async def test_a_failed_poll_changes_nothing(fault: Any) -> None:
    day = Day(history_url="")
    day.feed.show(row(1))
    await day.poll()
    cursor = day.host.cursor
    day.feed.fault = fault
    assert await day.poll() == []
    assert isinstance(day.host.error, TryAgain)
    assert day.host.cursor == cursor
    day.feed.fault = ""
    assert await day.poll() == []


@pytest.mark.anyio
@pytest.mark.parametrize("body", [b"", b"null", b"5", b"{}", b'{"data": {}}', b"<html>", b"[" * 9999, b"\xff"])
async def test_what_is_no_list_is_tried_again(body: bytes) -> None:
    host = Host(qlue(httpx2.MockTransport(lambda _: httpx2.Response(200, content=body))))
    await host.pull()
    assert isinstance(host.error, TryAgain)


@pytest.mark.anyio
async def test_a_report_that_leaves_the_list_is_no_end() -> None:
    day = Day()
    day.feed.show(row(1))
    day.feed.show(row(2))
    await day.poll()
    day.feed.hide("1")
    assert await day.poll() == []
    day.feed.show(row(1))
    assert await day.poll() == []


# ------------------------------------------------------------------------------------------------------------- history


@pytest.mark.anyio
async def test_a_history_becomes_follow_ups_once() -> None:
    day = Day()
    day.clock.now = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
    day.feed.show(row(1))
    await day.poll()
    for entry in fixture("history"):
        day.feed.progress("1", entry["status"], entry)
    found = await day.poll()
    notes = [reading for reading in found if isinstance(reading, FollowUp) and reading.note]
    assert [(one.status, one.note) for one in notes] == [
        ("proses", "Petugas menuju lokasi"),
        ("selesai", "Saluran sudah dibersihkan"),
    ]
    assert notes[0].at == datetime(2026, 11, 20, 2, 20, tzinfo=UTC)
    assert (notes[1].about, notes[1].unit, notes[1].officer) == ("1", "CROP", "petugas01")
    assert notes[1].photos == ("https://photos.example.org/after.jpg",)
    (moved,) = [reading for reading in found if isinstance(reading, FollowUp) and not reading.note]
    assert moved.at <= notes[0].at
    assert await day.poll() == []
    day.feed.show(row(1, status="complete", comment_count=5))
    assert await day.poll() == []


@pytest.mark.anyio
async def test_histories_are_fetched_only_where_something_moved_and_not_all_at_once() -> None:
    asked: list[str] = []
    rows = [row(number, status="complete" if number < 70 else "wait") for number in range(100)]

    def serve(request: httpx2.Request) -> httpx2.Response:
        if request.url.path != HISTORY:
            return httpx2.Response(200, json=rows)
        asked.append(request.url.params["pid"])
        return httpx2.Response(200, json=[])

    host = Host(qlue(httpx2.MockTransport(serve)))
    counts = []
    for _ in range(4):
        await host.pull()
        counts.append(len(asked))
    assert counts == [30, 60, 70, 70]
    assert sorted(map(int, asked)) == list(range(70))


@pytest.mark.anyio
async def test_a_long_history_counts_as_fetched_only_when_all_of_it_is_stored() -> None:
    entries = [fixture("history")[0] | {"description": f"Catatan {number}"} for number in range(600)]

    def serve(request: httpx2.Request) -> httpx2.Response:
        reports = [row(1, status="complete")]
        return httpx2.Response(200, json=entries if request.url.path == HISTORY else reports)

    pages = [page async for page in qlue(httpx2.MockTransport(serve)).pull(None)]
    assert [(len(page.items), page.cursor["due"]) for page in pages] == [(1, ["1"]), (500, ["1"]), (100, [])]


@pytest.mark.anyio
async def test_a_failing_history_does_not_block_the_reports_and_is_tried_later() -> None:
    sick = True

    def serve(request: httpx2.Request) -> httpx2.Response:
        if request.url.path != HISTORY:
            return httpx2.Response(200, json=[row(1, status="complete")])
        return httpx2.Response(403) if sick else httpx2.Response(200, json=fixture("history"))

    host = Host(qlue(httpx2.MockTransport(serve)))
    assert len(await host.pull()) == 2
    assert type(host.error) is TryAgain
    assert host.error.after == Qlue.every
    sick = False
    assert len(await host.pull()) == 2
    assert host.error is None


def test_a_history_row_without_a_time_is_refused_and_ours_is_skipped() -> None:
    channel = qlue(answering([]))
    entry = fixture("history")[0]

    def read(changes: dict[str, Any]) -> Sequence[Reading]:
        return channel.read(Item("1/x", json.dumps({"history_of": "1", "row": entry | changes}).encode()))

    assert read({"tl_by": channel.context.source_name}) == [Skip(reason="our own reply")]
    with pytest.raises(ValueError, match="no time"):
        read({"timestamp": "tadi"})


# ------------------------------------------------------------------------------------------------------------- replies


@pytest.mark.anyio
async def test_a_reply_is_a_row_of_the_history_and_is_recognised_when_it_comes_back() -> None:
    day = Day()
    day.feed.show(row(1))
    await day.poll()
    reply = sample_reply(complaint="1", status="selesai", photos=("https://hub.test/foto/1", "https://hub.test/foto/2"))
    await day.host.channel.deliver(make_delivery(reply, "key-1"))
    assert day.feed.replies == {
        "key-1": {
            "pid": "1",
            "tl_by": "https://hub.test",
            "username": "",
            "timestamp": "2026-11-20 10:00:00",
            "status": "complete",
            "description": reply.text,
            "file": "https://hub.test/foto/1",
        }
    }
    day.feed.show(row(1, comment_count=2))
    assert await day.poll() == [Skip(reason="our own reply")]


@pytest.mark.anyio
async def test_without_an_address_replies_are_undeliverable_with_that_reason() -> None:
    channel = qlue(answering([]), reply_url="")
    assert channel.wants(sample_reply())
    assert not channel.wants(sample_notice())
    with pytest.raises(Rejected, match="no write-back address is configured"):
        await channel.deliver(make_delivery(sample_reply()))


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("status", "kind", "uncertain"),
    [
        (401, Unauthorized, False),
        (404, Rejected, False),
        (422, Rejected, False),
        (409, TryAgain, False),
        (302, TryAgain, False),
        (500, TryAgain, True),
        (429, Throttled, False),
    ],
)
async def test_answers_to_a_reply(status: int, kind: type[PluginError], *, uncertain: bool) -> None:
    channel = qlue(httpx2.MockTransport(lambda _: httpx2.Response(status, headers={"location": "https://x.test"})))
    with pytest.raises(PluginError) as raised:
        await channel.deliver(make_delivery(sample_reply()))
    assert type(raised.value) is kind
    assert getattr(raised.value, "uncertain", False) is uncertain


@pytest.mark.anyio
@pytest.mark.parametrize(("fault", "uncertain"), [(Fault.REFUSED, False), (Fault.TIMEOUT, True), (Fault.RESET, True)])
async def test_a_lost_connection_leaves_the_outcome_unknown_a_refused_one_does_not(
    fault: Fault, *, uncertain: bool
) -> None:
    world = QlueWorld()
    await world.fail(fault)
    channel = Qlue(Qlue.Options.model_validate(OPTIONS), world.context())
    with pytest.raises(TryAgain) as raised:
        await channel.deliver(make_delivery(sample_reply()))
    assert raised.value.uncertain is uncertain
    assert raised.value.__context__ is None
