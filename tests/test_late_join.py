"""Whoever complains of what officials have finished meanwhile is told so, on every channel, like those before them."""

from __future__ import annotations

import pytest

from hub.pipeline.replying import NO_REPLIES
from hub.store.store import Store
from normalizer.region import Region
from normalizer.understand import Normalizer
from tests.reply_fixtures import BEDA, HOUR, MINUTE, make_works, replies, texts, told
from tests.store_fixtures import NOW, near, said

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("batch", [1, 50])
async def test_who_comes_late_is_told_that_it_is_over(
    store: Store, region: Region, normalizer: Normalizer, batch: int
) -> None:
    works = make_works(store, region, normalizer).sized(batch)
    await works.hear("mouth", said("a"))
    number = (await works.report()).number
    works.clock.advance(HOUR)
    await works.hear("crop", told("1", number, "selesai", at=NOW + HOUR))
    await works.hear("mail", said("b", at=NOW + MINUTE, here=near(5)))
    await works.hear("waze", said("c", at=NOW + MINUTE, here=near(5)))
    assert (await works.report_of("b")).number == (await works.report_of("c")).number == number
    (late,), (first,) = await texts(works, "b"), await texts(works, "a")
    assert late.startswith(f"Laporan {number} selesai ditindaklanjuti.")
    assert first.startswith(f"Laporan {number} selesai ditindaklanjuti.")
    assert BEDA in late
    assert [row.reason for row in await replies(works, "c")] == [NO_REPLIES]


async def test_who_comes_to_an_open_report_is_only_thanked(
    store: Store, region: Region, normalizer: Normalizer
) -> None:
    works = make_works(store, region, normalizer)
    await works.hear("mouth", said("a"))
    await works.hear("mail", said("b", at=NOW + MINUTE, here=near(5)))
    assert not await replies(works)
