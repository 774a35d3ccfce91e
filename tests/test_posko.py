"""The posko sink fills the work lists, and keeps them right when deliveries arrive late or twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.plugin import Notice, Rejected
from hub.testing import (
    REPORT,
    MemoryBoard,
    SinkCase,
    World,
    check_sink,
    make_context,
    make_delivery,
    sample_notice,
    sample_reply,
    sample_report,
)
from plugins.posko import Posko

pytestmark = pytest.mark.anyio


class Office(World):
    """Counts the reports on the board."""

    def effects(self) -> int:
        return len(self.board.queues)


async def test_contract() -> None:
    parcels = [sample_notice(sample_report(number=f"JKT-TEST000{number}")) for number in range(3)]
    assert "one-effect-a-key" in await check_sink(SinkCase(kind=Posko, options={}, world=Office, parcels=parcels))


async def put(*notices: Notice) -> dict[str, str]:
    board = MemoryBoard()
    context = make_context(board=board)
    posko = Posko(Posko.Options(), context)
    for number, notice in enumerate(notices):
        await posko.deliver(make_delivery(notice, f"key-{number}"))
    await context.http.aclose()
    return board.queues


async def test_a_report_stands_in_its_queue_alone() -> None:
    first = sample_notice(sample_report(version=1, queue="31.71.01"))
    moved = sample_notice(sample_report(version=2, queue="31.71.02"), event="report.updated", cause="units")
    assert await put(first) == {REPORT: "31.71.01"}
    assert await put(first, moved) == {REPORT: "31.71.02"}


async def test_a_late_delivery_does_not_bring_it_back() -> None:
    first = sample_notice(sample_report(version=1, queue="31.71.01"))
    moved = sample_notice(sample_report(version=2, queue="31.71.02"))
    assert await put(moved, first) == {REPORT: "31.71.02"}


@pytest.mark.parametrize(
    "gone",
    [
        sample_notice(sample_report(version=2, merged_into="JKT-TEST0002"), event="report.merged"),
        sample_notice(sample_report(version=2), event="report.withdrawn"),
        sample_notice(sample_report(version=2, queue=""), event="report.updated"),
    ],
    ids=["merged", "withdrawn", "nobody's"],
)
async def test_what_is_gone_leaves_the_list_for_good(gone: Notice) -> None:
    first = sample_notice(sample_report(version=1))
    assert await put(first, gone) == {}
    assert await put(gone, first) == {}


async def test_a_sealed_report_goes_to_the_queue_of_its_unit() -> None:
    sealed = sample_notice(sample_report(handling="sealed", queue="integritas"))
    assert Posko(Posko.Options(), make_context()).wants(sealed)
    assert await put(sealed) == {REPORT: "integritas"}


async def test_replies_are_not_for_it() -> None:
    posko = Posko(Posko.Options(), make_context())
    assert not posko.wants(sample_reply())
    with pytest.raises(Rejected):
        await posko.deliver(make_delivery(sample_reply()))


@given(queue=st.text(max_size=12), other=st.text(max_size=12), merged=st.sampled_from(["", "JKT-TEST0002"]))
def test_it_is_told_only_when_the_list_changes(queue: str, other: str, merged: str) -> None:
    posko = Posko(Posko.Options(), make_context())
    report = sample_report(queue=queue, merged_into=merged)
    same = report.model_copy(update={"version": 9, "status": "proses", "complaint_count": 5})
    moved = report.model_copy(update={"queue": other})
    assert posko.tells(sample_notice(report)) == posko.tells(sample_notice(same, event="report.updated"))
    if not merged:
        assert (posko.tells(sample_notice(report)) == posko.tells(sample_notice(moved))) == (queue == other)
