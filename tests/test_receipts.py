"""Numbers on receipts: given out before the complaint was understood, and good for ever, whatever becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest

from hub.pipeline.reception import ChannelReception
from hub.plugin import Complaint, Item
from hub.store import receipts, reports
from hub.store.receipts import MOST
from hub.store.storable import shorten_id
from hub.store.store import Store
from hub.tracking import track_code
from normalizer.number import make_number, read_number
from normalizer.region import Region
from normalizer.understand import Normalizer
from tests.reply_fixtures import WHO, make_works, parcel, replies, told
from tests.store_fixtures import Works, item, near, said

pytestmark = pytest.mark.anyio


@pytest.fixture
def works(store: Store, region: Region, normalizer: Normalizer) -> Works:
    return make_works(store, region, normalizer, acknowledgements=20)


def reception(works: Works, channel: str = "mouth") -> ChannelReception:
    async def take(name: str, items: Sequence[Item]) -> None:
        await works.take(name, *items)

    link, code = "https://aduan.example.org/lacak/{}".format, partial(track_code, b"")
    return ChannelReception(works.store, channel, works.region.letters, take, link, code)


def with_number(native_id: str, number: str, **others: Any) -> Complaint:
    return said(native_id, **others).model_copy(update={"number": number})


async def leads_to(works: Works, number: str) -> int | None:
    return await works.store.read(lambda connection: reports.find_report(connection, number))


async def test_reserved_numbers_are_never_given_twice(works: Works) -> None:
    first, second = await reception(works).reserve(2, "loket-1"), await reception(works, "ear").reserve(3)
    await works.hear("mouth", said("a"))
    own = (await works.report()).number
    assert len({*first, *second, own}) == 6
    assert [(row.channel, row.holder, row.complaint) for row in await works.rows("receipts")] == [
        *[("mouth", "loket-1", None)] * 2,
        *[("ear", "", None)] * 3,
    ]
    assert await reception(works).reserve(0) == []


@pytest.mark.parametrize("count", [-1, MOST + 1])
async def test_no_more_than_a_block_at_once(works: Works, count: int) -> None:
    with pytest.raises(ValueError, match="at once"):
        await reception(works).reserve(count)


async def test_the_report_has_the_number_of_the_receipt(works: Works) -> None:
    (number,) = await reception(works).reserve(1)
    await works.hear("mouth", with_number("a", number.lower().replace("-", " ")))
    assert (await works.report()).number == number
    (receipt,) = await works.rows("receipts")
    assert receipt.complaint == (await works.complaint("a")).id
    (row,) = await replies(works)
    assert number in parcel(row).text


async def test_a_joined_complaints_receipt_leads_to_the_report_for_ever(works: Works) -> None:
    await works.hear("ear", said("old"))
    await works.hear("ear", said("far", here=near(5000)))
    (number,) = await reception(works).reserve(1)
    await works.hear("mouth", with_number("a", number))
    survivor = await works.report_of("old")
    assert (await works.complaint("a")).report == survivor.id
    assert await leads_to(works, number) == survivor.id
    await works.hear("crop", told("1", number, "proses"))
    assert (await works.report(id=survivor.id)).status == "proses"
    # Also where that report is joined to another.
    far = await works.report_of("far")
    merged = await works.report(id=survivor.id)
    await works.desk.merge(far.number, merged.number, far.version, WHO)
    assert await leads_to(works, number) == survivor.id


async def test_taken_apart_the_complaint_stands_alone_under_its_number(works: Works) -> None:
    await works.hear("ear", said("old"), said("other"))
    (number,) = await reception(works).reserve(1)
    await works.hear("mouth", with_number("a", number), said("more"))
    (merge,) = await works.rows("merges")
    assert (merge.by, merge.complaints) == ("machine", [(await works.complaint("a")).id])
    await works.desk.unmerge(merge.id, WHO)
    alone = await works.report_of("a")
    assert (alone.number, alone.merged_into, alone.complaint_count) == (number, None, 1)
    assert (alone.category, alone.kecamatan) == ("banjir", "31.74.03")
    assert (await works.report_of("old")).complaint_count == 3
    await works.hear("mouth", said("again", who="orang-lain"))
    assert (await works.report_of("old")).complaint_count + (await works.report_of("a")).complaint_count == 5


async def test_a_number_is_good_for_one_complaint_of_its_channel(works: Works) -> None:
    mine, others = (await reception(works).reserve(1))[0], (await reception(works, "ear").reserve(1))[0]
    await works.hear("mouth", with_number("a", mine), with_number("b", mine, here=near(3000)))
    await works.hear("mouth", with_number("c", mine, here=near(6000)), with_number("d", others, here=near(9000)))
    letters = works.region.letters
    made_up = make_number(read_number(others) + 1000, letters)  # type: ignore[operator]  # a number is one
    await works.hear("mouth", with_number("e", made_up, here=near(12_000)), with_number("f", "x", here=near(15_000)))
    numbers = [(await works.report_of(name)).number for name in "abcdef"]
    assert numbers[0] == mine
    assert len(set(numbers)) == 6
    assert {mine, others, made_up} & set(numbers[1:]) == set()
    assert await leads_to(works, others) is None
    # The rightful holder still has it.
    await works.hear("ear", with_number("g", others, here=near(18_000)))
    assert (await works.report_of("g")).number == others


async def test_a_made_up_number_is_not_in_the_way_of_who_gets_it_later(works: Works) -> None:
    (number,) = await reception(works).reserve(1)
    ahead = make_number(read_number(number) + 1, works.region.letters)  # type: ignore[operator]  # a number is one
    await works.hear("mouth", with_number("a", ahead), with_number("b", ahead, here=near(4000)))
    assert len(await works.rows("reports")) == 2
    assert await reception(works).reserve(1) != [number]


@pytest.mark.parametrize("size", [1, 2, 300])
async def test_wherever_a_run_was_cut_the_numbers_are_the_same(works: Works, size: int) -> None:
    numbers = await reception(works).reserve(3)
    works.sized(size)
    await works.take("mouth", with_number("a", numbers[0]), with_number("b", numbers[1]), said("c"))
    await works.take("mouth", with_number("d", numbers[2], here=near(5000)), with_number("b", numbers[1]))
    await works.processor.run_once()
    assert [(row.number, row.merged_into is None) for row in await works.rows("reports")] == [
        (numbers[0], True),
        (numbers[1], False),
        (numbers[2], True),
    ]
    assert [row.complaint for row in await works.rows("receipts")] == [
        (await works.complaint(name)).id for name in "abd"
    ]
    assert (await works.report_of("a")).complaint_count == 3


async def test_an_edited_complaint_keeps_its_number(works: Works) -> None:
    first, second = await reception(works).reserve(2)
    await works.hear("mouth", with_number("a", first))
    await works.hear("mouth", with_number("a", second, text="banjir, airnya naik"))
    assert (await works.report()).number == first
    assert [row.complaint is None for row in await works.rows("receipts")] == [False, True]
    free = await works.store.read(lambda c: receipts.free_receipts(c, [row_key(second)]))
    assert free == {row_key(second): "mouth"}


def row_key(number: str) -> int:
    key = read_number(number)
    assert key is not None
    return key


# ----------------------------------------------------------------------------------------------- the clerk knows better


async def test_a_clerk_who_saw_both_puts_a_complaint_where_it_belongs(works: Works) -> None:
    await works.hear("ear", said("old", here=near(5000)))
    old = await works.report_of("old")
    (number,) = await reception(works).reserve(1)
    seen = with_number("a", number, text="lampu jalan mati").model_copy(update={"belongs_to": old.number})
    await works.hear("mouth", seen)
    complaint = await works.complaint("a")
    assert (complaint.report, complaint.doubt) == (old.id, "")
    assert (await works.rows("assignments"))[-1].evidence == ["petugas"]
    assert await leads_to(works, number) == old.id


async def test_a_clerk_cannot_put_anything_into_a_sealed_report(works: Works) -> None:
    await works.hear("mail", said("secret", "petugas minta uang pungli untuk urus surat"))
    sealed = await works.report_of("secret")
    for name, number in (("a", sealed.number), ("b", "JKT-00000000")):
        here = near(6000 if name == "a" else 12_000)
        await works.hear("mouth", said(name, here=here).model_copy(update={"belongs_to": number}))
    assert sealed.id not in {(await works.complaint(name)).report for name in "ab"}
    assert (await works.report(id=sealed.id)).complaint_count == 1


async def test_what_must_be_sealed_is_not_put_into_an_open_report(works: Works) -> None:
    await works.hear("mouth", said("a"))
    report = await works.report_of("a")
    bribe = said("b", "petugas minta uang pungli untuk urus surat")
    await works.hear("mouth", bribe.model_copy(update={"belongs_to": report.number}))
    assert (await works.report_of("b")).handling == "sealed"
    report = await works.report_of("a")
    assert (report.handling, report.complaint_count) == ("open", 1)


# ------------------------------------------------------------------------------------------------------ the reception


async def test_what_a_page_submits_is_on_disk_and_its_link_is_good_at_once(works: Works) -> None:
    desk = reception(works)
    link = desk.tracking_link("a")
    await desk.submit([Item("a", b"[]")])
    assert [(row.channel, row.native_id) for row in await works.rows("raw_items")] == [("mouth", "a")]
    assert link.startswith("https://aduan.example.org/lacak/")
    assert link != desk.tracking_link("b")
    assert link != reception(works, "ear").tracking_link("a")
    await works.hear("mouth", said("c"))
    assert desk.tracking_link("c").endswith((await works.complaint("c")).track)
    long = "x" * 2000
    await works.hear("mouth", item(long, said(shorten_id(long, 512), here=near(4000))))
    tracks = {row.track for row in await works.rows("complaints")}
    assert desk.tracking_link(long).rpartition("/")[2] in tracks
