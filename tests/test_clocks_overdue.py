"""The loop over deadlines: warned once, escalated once, whatever is killed and however many look; and who is woken."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from hub.alerts import Alerts, News
from hub.metrics import Metrics
from hub.pipeline.house import House
from hub.pipeline.overdue import Overdue
from hub.pipeline.watch import Watch
from hub.plugin import Addition
from hub.store.alerts import AlertBook
from hub.store.store import Store
from normalizer.clocks import DayChange
from normalizer.region import Region
from normalizer.understand import Normalizer
from tests.store_fixtures import NOW, Database, Mouth, Works, officials, said

pytestmark = pytest.mark.anyio
WHO = "petugas-contoh"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
HOLE = "jalan berlubang besar di depan pasar"
FIRE = "kebakaran rumah, tolong cepat, ada korban terjebak"


@pytest.fixture
def works(store: Store, region: Region, normalizer: Normalizer) -> Works:
    return Works(store, region, normalizer, {"mouth": Mouth(), "crop": officials(), "posko": officials("posko")})


@pytest.fixture
def overdue(works: Works) -> Overdue:
    return Overdue(works.store, works.house)


async def lines(works: Works) -> list[str]:
    return [row.kind for row in await works.rows("history") if row.kind in ("warned", "escalated")]


async def hole(works: Works) -> Any:
    """A report that is due tomorrow at ten, by the hours of its agency; it is noon."""
    await works.hear("mouth", said("a", HOLE))
    return await works.report()


async def test_warned_before_and_escalated_after_once_each(works: Works, overdue: Overdue) -> None:
    before = await hole(works)
    assert await overdue.run_once() == 0
    works.clock.advance(before.due_at - NOW - 5 * HOUR)
    assert [await overdue.run_once() for _ in range(3)] == [1, 0, 0]
    works.clock.advance(5 * HOUR)
    assert [await overdue.run_once() for _ in range(3)] == [1, 0, 0]
    row = await works.report()
    assert (row.warned_at, row.escalated_at, row.version) == (before.due_at - 5 * HOUR, before.due_at, before.version)
    *_, told = await works.rows("history")
    assert await lines(works) == ["warned", "escalated"]
    assert told.data == {"due": "answer", "at": before.due_at.isoformat(), "after": row.kecamatan}


async def test_a_restart_and_a_second_process_escalate_nothing_again(
    works: Works, database: Database, overdue: Overdue
) -> None:
    for one in range(5):
        await works.hear("mouth", said(f"a{one}", HOLE, here=(-6.2 - one / 50, 106.82)))
    works.clock.advance(2 * DAY)
    async with database.opened(works.clock) as other:
        done = await asyncio.gather(overdue.run_once(), Overdue(other, works.house).run_once())
    again = await Overdue(works.store, works.house).run_once()
    assert (sum(done), again, await lines(works)) == (5, 0, ["escalated"] * 5)


async def test_a_kill_between_mark_and_line_is_not_possible(
    works: Works, overdue: Overdue, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hole(works)
    works.clock.advance(2 * DAY)
    with monkeypatch.context() as patch:
        patch.setattr("hub.pipeline.overdue.reports.write_history", killed)
        with pytest.raises(RuntimeError, match="killed"):
            await overdue.run_once()
    assert ((await works.report()).escalated_at, await lines(works)) == (None, [])
    assert (await overdue.run_once(), await lines(works)) == (1, ["escalated"])


def killed(*_: Any) -> None:
    raise RuntimeError("killed")


async def test_what_was_done_meanwhile_is_not_escalated(works: Works, overdue: Overdue) -> None:
    row = await hole(works)
    works.clock.advance(2 * DAY)
    await works.desk.follow_up(row.number, row.version, WHO, status="selesai", note="sudah")
    assert await overdue.run_once() == 0


async def test_the_next_step_is_escalated_on_its_own(works: Works, overdue: Overdue) -> None:
    row = await hole(works)
    works.clock.advance(2 * DAY)
    await overdue.run_once()
    await works.desk.follow_up(row.number, row.version, WHO, status="proses", note="kami datang")
    row = await works.report()
    assert (row.due_kind, row.escalated_at) == ("done", None)
    works.clock.advance(7 * DAY)
    await overdue.run_once()
    assert (await works.report()).escalated_at == NOW + 9 * DAY


async def test_while_a_citizen_is_asked_nobody_is_late(works: Works, overdue: Overdue) -> None:
    row = await hole(works)
    complaint = await works.complaint("a")
    await works.desk.ask(row.number, row.version, WHO, complaint=complaint.id, kind="where")
    works.clock.advance(3 * DAY)
    assert await overdue.run_once() == 0


async def test_a_sealed_report_goes_up_to_nobody_else(works: Works, overdue: Overdue) -> None:
    await works.hear("mouth", said("a", "petugas minta uang pungli untuk urus surat"))
    works.clock.advance(30 * DAY)
    await overdue.run_once()
    *_, line = await works.rows("history")
    assert (line.kind, line.data["after"]) == ("escalated", "integritas")


async def test_a_new_holiday_moves_what_is_open_and_nothing_else(works: Works, overdue: Overdue) -> None:
    before = await hole(works)
    await overdue.run_once()
    tomorrow = DayChange(date(2026, 2, 4), "Libur kota", "libur", "made up")
    house = House(replace(works.region, day_changes=(tomorrow,)), works.house.sinks)
    await Overdue(works.store, house).run_once()
    after = await works.report()
    assert (after.due_at, after.legal_due_at) == (before.due_at + DAY, before.legal_due_at + DAY)
    assert after.version == before.version
    await Overdue(works.store, house).run_once()
    assert await works.report() == after


# ---------------------------------------------------------------------------------------------------- who is woken


@pytest.fixture
def heard() -> list[tuple[str, str, str]]:
    return []


@pytest.fixture
def watch(works: Works, heard: list[tuple[str, str, str]], tmp_path: Path) -> Watch:
    async def tell(news: News) -> None:
        heard.append((news.state, news.key, news.text))

    book = AlertBook(works.store)
    alerts = Alerts([tell], book, works.clock, "https://hub.example.org")
    return Watch(works.store, {}, alerts, book, Metrics(), "triase", tmp_path)


async def test_an_emergency_that_nobody_opens_wakes_somebody_once(
    works: Works, watch: Watch, heard: list[tuple[str, str, str]]
) -> None:
    await works.hear("mouth", said("a", FIRE))
    number = (await works.report()).number
    works.clock.advance(4 * MINUTE)
    await watch.look()
    assert heard == []
    works.clock.advance(MINUTE)
    for _ in range(3):
        await watch.look()
    await works.desk.seen(number)
    for _ in range(3):
        await watch.look()
    key = f"emergency:{number}"
    assert [(state, name) for state, name, _ in heard] == [("raised", key), ("cleared", key)]
    assert all(number in text for *_, text in heard)
    assert not any(word in text for *_, text in heard for word in FIRE.split())


async def test_a_dispute_that_nobody_decides_wakes_somebody(
    works: Works, watch: Watch, heard: list[tuple[str, str, str]]
) -> None:
    row = await hole(works)
    version = await works.desk.follow_up(row.number, row.version, WHO, status="selesai", note="sudah")
    await works.deliver("mouth")
    await works.hear("mouth", objection())
    works.clock.advance(3 * DAY)
    for _ in range(2):
        await watch.look()
    version = (await works.report()).version
    await works.desk.decide_dispute(row.number, version, WHO, unit="lain", reopen=True)
    await watch.look()
    key = f"dispute:{row.number}"
    assert [(state, name) for state, name, _ in heard] == [("raised", key), ("cleared", key)]


def objection() -> Any:
    words = said("a-2", "belum selesai, masih berlubang", at=NOW + HOUR, who="akun-a", here=None)
    return Addition(native_id="a-2", thread="a", complaint=words)
