"""Reports and their clocks, through the doors by which reports change."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hub.plugin import Addition, FollowUp
from hub.store.store import Store
from normalizer.region import Region
from normalizer.understand import Normalizer
from tests.store_fixtures import NOW, Mouth, Works, officials, said

pytestmark = pytest.mark.anyio
WHO = "petugas-contoh"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WIB = ZoneInfo("Asia/Jakarta")
HOLE = "jalan berlubang besar di depan pasar"
FIRE = "kebakaran rumah, tolong cepat, ada korban terjebak"


@pytest.fixture
def works(store: Store, region: Region, normalizer: Normalizer) -> Works:
    return Works(store, region, normalizer, {"mouth": Mouth(), "crop": officials(), "posko": officials("posko")})


def local(row: Any, name: str = "due_at") -> str:
    return f"{getattr(row, name).astimezone(WIB):%a %d %H:%M}"


async def test_a_new_report_is_due_by_the_clock_of_its_unit(works: Works) -> None:
    await works.hear("mouth", said("a", HOLE))
    row = await works.report()
    assert (row.lead, row.due_kind, row.clock_from, row.legal_class) == ("dinas-bina-marga", "answer", NOW, "")
    # Tuesday noon: four hours today, two tomorrow; and five working days, of which today is none.
    assert (local(row), local(row, "legal_due_at")) == ("Wed 04 10:00", "Tue 10 16:00")


async def test_late_mail_counts_from_when_it_came(works: Works) -> None:
    await works.take("mouth", said("a", HOLE))
    works.clock.advance(2 * HOUR)
    await works.processor.run_once()
    row = await works.report()
    assert (row.clock_from, local(row)) == (NOW, "Wed 04 10:00")


async def test_after_the_answer_it_is_due_to_be_done_and_then_nothing(works: Works) -> None:
    await works.hear("mouth", said("a", HOLE))
    row = await works.report()
    version = await works.desk.follow_up(row.number, row.version, WHO, status="proses", note="petugas datang")
    row = await works.report()
    assert (row.due_kind, local(row)) == ("done", "Tue 10 16:00")
    await works.desk.follow_up(row.number, version, WHO, status="selesai", note="sudah diperbaiki")
    row = await works.report()
    assert (row.due_kind, row.due_at, row.legal_due_at) == ("", None, None)


async def test_what_is_opened_again_begins_anew(works: Works) -> None:
    await works.hear("mouth", said("a", HOLE))
    row = await works.report()
    version = await works.desk.follow_up(row.number, row.version, WHO, status="selesai", note="sudah")
    works.clock.advance(30 * DAY)
    version = await works.desk.follow_up(row.number, version, WHO, status="proses", note="belum ternyata")
    row = await works.report()
    assert (row.due_kind, row.clock_from) == ("done", NOW + 30 * DAY)
    assert local(row, "legal_due_at") == "Thu 12 16:00"  # from Thursday 5 March, five days on
    works.clock.advance(DAY)
    await works.desk.correct(row.number, version, WHO, urgency="mendesak")
    again = await works.report()
    assert (again.due_at, again.legal_due_at) == (row.due_at, row.legal_due_at)


async def test_a_close_that_is_called_back_changes_no_clock(works: Works) -> None:
    await works.hear("mouth", said("a", HOLE))
    before = await works.report()
    await works.desk.follow_up(before.number, before.version, WHO, status="selesai", note="sudah")
    act = (await works.rows("history", kind="status"))[-1].data["act"]
    works.clock.advance(HOUR / 60)
    await works.desk.call_back(before.number, WHO, act=act)
    after = await works.report()
    assert (after.clock_from, after.due_kind, after.due_at) == (before.clock_from, "answer", before.due_at)


async def test_the_clock_stands_still_while_a_citizen_is_asked(works: Works) -> None:
    await works.hear("mouth", said("a", HOLE))
    row = await works.report()
    complaint = await works.complaint("a")
    works.clock.advance(HOUR)
    await works.desk.ask(row.number, row.version, WHO, complaint=complaint.id, kind="where")
    asked = await works.report()
    assert (asked.due_kind, asked.due_at, asked.legal_due_at) == ("answer", None, None)
    await works.deliver("mouth")
    works.clock.advance(DAY)
    await works.hear("mouth", said_more("a"))
    row = await works.report()
    assert (row.asked_at, row.paused_seconds) == (None, 86_400)
    assert (local(row), local(row, "legal_due_at")) == ("Thu 05 10:00", "Wed 11 16:00")


def said_more(about: str) -> Any:
    later = said(f"{about}-2", "di depan pasar rumput", at=NOW + DAY + HOUR, who=f"akun-{about}")
    return Addition(thread=about, complaint=later, native_id=later.native_id)


async def test_another_category_has_other_terms(works: Works) -> None:
    await works.hear("mouth", said("a", HOLE))
    row = await works.report()
    await works.desk.correct(row.number, row.version, WHO, category="pohon")
    row = await works.report()
    assert local(row, "legal_due_at") == "Thu 05 16:00"


async def test_an_emergency_is_to_be_opened_first(works: Works) -> None:
    await works.hear("mouth", said("a", FIRE))
    row = await works.report()
    assert (row.urgency, row.due_kind, row.due_at) == ("darurat", "open", NOW + HOUR / 12)
    works.clock.advance(HOUR / 60)
    await works.desk.seen(row.number)
    seen = await works.report()
    assert (seen.due_kind, seen.version) == ("answer", row.version)
    assert seen.due_at > row.due_at


async def test_an_emergency_that_crop_takes_up_is_no_longer_to_be_opened(works: Works) -> None:
    await works.hear("mouth", said("a", FIRE))
    number = (await works.report()).number
    await works.hear("crop", FollowUp(native_id="1", report=number, at=NOW, status="proses", note="berangkat"))
    assert (await works.report()).due_kind == "done"


async def test_a_report_that_is_joined_is_due_for_nothing_until_it_is_apart(works: Works) -> None:
    await works.hear("mouth", said("a", HOLE), said("b", "sampah menumpuk di pinggir jalan", here=(-6.2, 106.83)))
    first, second = await works.rows("reports", "id")
    await works.desk.merge(second.number, first.number, second.version, WHO)
    kept, gone = await works.rows("reports", "id")
    assert (kept.due_at, gone.due_at) == (first.due_at, None)
    (merge,) = await works.rows("merges")
    await works.desk.unmerge(merge.id, WHO)
    assert [row.due_at for row in await works.rows("reports", "id")] == [first.due_at, second.due_at]


async def test_a_part_keeps_the_clock_of_the_whole(works: Works) -> None:
    await works.hear("mouth", said("a", HOLE), said("b", HOLE))
    row = await works.report()
    works.clock.advance(DAY)
    complaint = await works.complaint("b")
    await works.desk.split(row.number, complaint.id, row.version, WHO)
    assert {one.clock_from for one in await works.rows("reports")} == {NOW}
