"""The way back: what each citizen is told, on their own channel, when, and what keeps it from going out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import time
from typing import Any

import pytest
from sqlalchemy import event

from hub.pipeline import citizens, replying
from hub.pipeline.desk import NotAllowed
from hub.pipeline.dispatch import BREAK_AFTER, Dispatcher
from hub.pipeline.replying import NO_PRIVATE_ROUTE, NO_REPLIES, NOBODY
from hub.plugin import Complaint, Delivery, Reporter, TryAgain
from hub.store import deliveries
from hub.store import replies as reply_store
from hub.store.intake import save_channel
from hub.store.store import Store
from normalizer.privacy import scrub
from normalizer.region import Region
from normalizer.understand import Normalizer
from tests.reply_fixtures import (
    BEDA,
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    WHO,
    expire,
    make_works,
    more,
    pair,
    parcel,
    replies,
    states,
    texts,
    told,
    version,
)
from tests.store_fixtures import NOW, Works, near, said

pytestmark = pytest.mark.anyio
BRIBE = "petugas minta uang pungli untuk urus surat"
FIRE = "kebakaran rumah, tolong cepat, ada korban terjebak"
Build = Callable[..., Works]


@pytest.fixture
def build(store: Store, region: Region, normalizer: Normalizer) -> Build:
    return lambda **rules: make_works(store, region, normalizer, **rules)


@pytest.fixture
def works(build: Build) -> Works:
    return build()


# ------------------------------------------------------------------------------------------------ the acknowledgement


async def test_every_channel_that_takes_replies_thanks_with_the_number(build: Build) -> None:
    works = build(acknowledgements=20)
    for at, channel in enumerate(("mouth", "ear", "mail", "chat", "mixed", "waze")):
        await works.hear(channel, said(channel, here=near(5000 * at)))
    thanked = {row.channel: parcel(row) for row in await replies(works)}
    assert set(thanked) == {"mouth", "ear", "mail", "chat", "mixed"}
    for channel, reply in thanked.items():
        assert reply.report == (await works.report_of(channel)).number
        assert reply.report in reply.text
        assert await works.deliver(channel) == 1


async def test_nobody_is_thanked_for_ever(build: Build) -> None:
    works = build(acknowledgements=3)
    await works.hear("mouth", *(said(f"a{n}", here=near(5000 * n), who="mesin") for n in range(2)))
    await works.hear("mouth", *(said(f"b{n}", here=near(5000 * n + 20_000), who="mesin") for n in range(4)))
    await works.hear("mouth", said("other", here=near(90_000)))
    assert len(await replies(works)) == 4
    works.clock.advance(DAY + MINUTE)
    await works.hear("mouth", said("c", here=near(70_000), who="mesin"))
    assert len(await replies(works, "c")) == 1


async def test_an_edited_complaint_is_thanked_once(build: Build) -> None:
    works = build(acknowledgements=20)
    await works.hear("mouth", said("a"))
    await works.hear("mouth", said("a", "banjir, airnya naik"))
    assert len(await replies(works)) == 1


async def test_three_hundred_new_complaints_cost_no_query_each(build: Build) -> None:
    works = build(acknowledgements=20)
    # The blocks of keys and rows are the same for both, so the same queries are asked.
    few = await _queries(works, [said(f"a{n}", here=near(1500 * n)) for n in range(3)])
    many = await _queries(works, [said(f"b{n}", here=near(1500 * n + 30_000)) for n in range(300)])
    assert len(await replies(works)) == 303
    assert many - few < 30


async def _queries(works: Works, complaints: list[Complaint]) -> int:
    count = 0

    def see(*_args: Any) -> None:
        nonlocal count
        count += 1

    engine = works.store._engine.writer_engine.sync_engine
    event.listen(engine, "before_cursor_execute", see)
    try:
        await works.hear("mouth", *complaints)
    finally:
        event.remove(engine, "before_cursor_execute", see)
    return count


# ------------------------------------------------------------------------------------------------------- one for each


async def test_one_reply_for_each_complaint_on_its_own_channel(works: Works) -> None:
    await works.hear("mouth", said("a"), said("a2"))
    await works.hear("mail", said("b"))
    await works.hear("waze", said("c"))
    await works.hear("ear", said("d", who=""))
    number = (await works.report()).number
    await works.hear("crop", told("1", number, "proses", note="Pompa dikirim."))
    rows = {parcel(row).complaint: row for row in await replies(works)}
    assert {name: (row.channel, row.state, row.reason) for name, row in rows.items()} == {
        "a": ("mouth", "due", ""),
        "a2": ("mouth", "due", ""),
        "b": ("mail", "due", ""),
        "c": ("waze", "undeliverable", NO_REPLIES),
        "d": ("ear", "undeliverable", NOBODY),
    }
    assert await works.deliver("mouth") == 2
    assert {got.to.handle for got in works.mouths["mouth"].got if got.to is not None} == {"akun-a", "akun-a2"}


async def test_each_is_answered_in_their_language(works: Works) -> None:
    await works.hear("mouth", said("a"))
    await works.hear("mouth", said("b", "The street is flooded and the water has not gone since this morning, banjir"))
    assert [row.language for row in await works.rows("complaints")] == ["id", "en"]
    number = (await works.report_of("b")).number
    await works.hear("crop", told("1", number, "selesai", note="Pompa dikirim."))
    (text,) = await texts(works, "b")
    assert text.startswith(f"Report {number} has been followed up")
    assert "Officers: Pompa dikirim." in text


async def test_a_joined_complaint_is_told_what_it_is_about(works: Works) -> None:
    number = await pair(works)
    await works.hear("crop", told("1", number, "proses"))
    for text in await texts(works):
        assert "Tentang: Banjir dan genangan, Kuningan Barat, Mampang Prapatan." in text
        assert text.endswith(BEDA)


async def test_who_is_alone_is_not_asked_whether_it_is_theirs(works: Works) -> None:
    await works.hear("mouth", said("a"))
    await works.hear("crop", told("1", (await works.report()).number, "proses"))
    (text,) = await texts(works)
    assert "BEDA" not in text


async def test_nobody_reads_of_the_others(works: Works) -> None:
    mine = Reporter(handle="contoh_satu", name="Contoh Satu")
    other = Reporter(handle="contoh.dua@example.org", name="Misalnya Dua")
    for name, who in (("a", mine), ("b", other)):
        await works.hear("mouth", said(name).model_copy(update={"reporter": who}))
    note = "Bertemu Contoh Satu dan MISALNYA DUA (@contoh_satu), hubungi 081234567890 atau contoh.dua@example.org"
    await works.hear("crop", told("1", (await works.report()).number, "proses", note=note))
    (first,), (second,) = await texts(works, "a"), await texts(works, "b")
    assert "Contoh Satu" in first
    assert "MISALNYA DUA" in second
    for text, foreign in ((first, ("MISALNYA", "contoh.dua")), (second, ("Contoh Satu", "contoh_satu"))):
        for word in (*foreign, "081234567890"):
            assert word not in text
    for row in await replies(works):
        assert parcel(row).note in parcel(row).text


async def test_names_are_looked_for_once_not_for_everybody(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    count = 0

    def counted(text: str, **others: Any) -> str:
        nonlocal count
        count += 1
        return scrub(text, **others)

    monkeypatch.setattr(replying, "scrub", counted)
    people = [Reporter(handle=f"warga{n}", name=f"Warga Contoh Ke{n}") for n in range(60)]
    await works.hear("mouth", *(said(f"c{n}").model_copy(update={"reporter": who}) for n, who in enumerate(people)))
    note = "Bertemu Warga Contoh Ke7, warga senang."
    await works.hear("crop", told("1", (await works.report()).number, "proses", note=note))
    assert 2 <= count < 12
    for n in range(60):
        (row,) = await replies(works, f"c{n}")
        assert ("Ke7" in parcel(row).note) == (n == 7)


async def test_history_holds_no_words(works: Works) -> None:
    marker = "ZXQPENANDA"
    number = await pair(works)
    await works.hear("mouth", more("a1", "a", f"{marker} BELUM SELESAI", photos=1))
    await works.desk.ask(
        number,
        await version(works, number),
        WHO,
        complaint=(await works.complaint("a")).id,
        kind="other",
        text=f"{marker}?",
    )
    await works.deliver("mouth")
    await works.hear("mouth", more("a2", "a", f"{marker} di sini"))
    await works.hear("crop", told("1", number, "selesai", note=marker, officer=marker))
    await works.hear("mouth", more("a3", "a", f"{marker} belum selesai"))
    await works.desk.decide_dispute(number, await version(works, number), WHO, unit="lain", reopen=False, reason=marker)
    for row in (*await works.rows("history"), *await works.rows("assignments")):
        assert marker not in str(row)


# ---------------------------------------------------------------------------------------------------------- coalescing


async def test_what_never_went_out_goes_out_with_the_next(works: Works) -> None:
    await works.hear("mouth", said("a"))
    number = (await works.report()).number
    await works.hear("crop", told("1", number, "proses", note="Pompa dikirim."))
    await works.hear("crop", told("2", number, "selesai", note="Air surut.", at=NOW + SECOND))
    assert await states(works) == ["superseded", "due"]
    last = (await texts(works))[-1]
    assert "Pompa dikirim. Air surut." in last
    assert "selesai" in last
    assert await works.deliver("mouth") == 1


async def test_the_same_words_are_not_said_twice(works: Works) -> None:
    await works.hear("mouth", said("a"))
    number = (await works.report()).number
    for serial in range(3):
        at = NOW + serial * SECOND
        await works.hear("crop", told(str(serial), number, "proses", note="Petugas datang.", at=at))
    assert (await texts(works))[-1].count("Petugas datang.") == 1


async def test_what_may_have_gone_out_is_never_superseded(works: Works) -> None:
    await works.hear("mouth", said("a"))
    number = (await works.report()).number
    await works.hear("crop", told("1", number, "proses", note="Pompa dikirim."))

    def lost(_delivery: Delivery) -> None:
        raise TryAgain("no answer", uncertain=True)

    works.mouths["mouth"].script = lost
    await works.deliver("mouth")
    await works.hear("crop", told("2", number, "selesai", at=NOW + SECOND))
    assert await states(works) == ["due", "due"]
    assert "Pompa" not in (await texts(works))[-1]
    works.mouths["mouth"].script = lambda _delivery: None
    await works.later("mouth", HOUR)
    assert [got.uncertain for got in works.mouths["mouth"].got] == [True, False]
    assert await states(works) == ["sent", "sent"]


async def test_a_question_is_never_superseded_and_supersedes_nothing(works: Works) -> None:
    await works.hear("mouth", said("a"))
    number = (await works.report()).number
    await works.hear("crop", told("1", number, "proses", note="Pompa dikirim."))
    key = (await works.complaint("a")).id
    await works.desk.ask(number, await version(works, number), WHO, complaint=key, kind="where")
    assert await states(works) == ["due", "due"]
    await works.hear("crop", told("2", number, "koordinasi", at=NOW + SECOND))
    assert await states(works) == ["superseded", "due", "due"]


async def test_two_replies_to_one_citizen_have_a_gap_unless_it_is_over(build: Build) -> None:
    works = build(gap=10 * MINUTE)
    await works.hear("mouth", said("a"))
    number = (await works.report()).number
    await works.hear("crop", told("1", number, "koordinasi"))
    await works.deliver("mouth")
    sent = works.clock()
    await works.hear("crop", told("2", number, "proses", at=NOW + SECOND))
    assert (await replies(works))[-1].next_at == sent + 10 * MINUTE
    assert await works.later("mouth", 9 * MINUTE) == 0
    await works.hear("crop", told("3", number, "selesai", at=NOW + MINUTE))
    assert await works.deliver("mouth") == 1


@pytest.mark.parametrize("size", [1, 2, 300])
async def test_a_batch_tells_what_single_items_would(build: Build, size: int) -> None:
    works = build(acknowledgements=20).sized(size)
    await works.hear("mouth", said("a"))
    number = (await works.report()).number
    await works.hear("crop", told("0", number, "selesai"))
    await works.take("mouth", more("a1", "a", "belum selesai", photos=1))
    await works.take("crop", told("1", number, "proses", at=NOW + MINUTE, note="Pompa dikirim."))
    await works.take("ear", said("b"), more("b1", "b", "BEDA"))
    await works.take("crop", told("2", number, "koordinasi", at=NOW + 2 * MINUTE))
    await works.processor.run_once()
    found = [(parcel(row).complaint, row.cause.partition(":")[0], row.state) for row in await replies(works)]
    assert sorted(found) == [
        ("a", "buka", "superseded"),
        ("a", "diterima", "superseded"),
        ("a", "tl", "due"),
        ("a", "tl", "superseded"),
        ("a", "tl", "superseded"),
        ("b", "diterima", "superseded"),
        ("b", "tl", "waiting"),
    ]


# ---------------------------------------------------------------------------------------------- quiet hours, the brake

QUIET = (time(11), time(14))
"""It is noon in Jakarta."""


async def test_in_quiet_hours_only_emergencies_and_thanks_go_out(build: Build) -> None:
    works = build(quiet=QUIET, acknowledgements=20)
    await works.hear("mouth", said("a"), said("fire", FIRE, here=near(9000)))
    assert await works.deliver("mouth") == 2
    for name in ("a", "fire"):
        await works.hear("crop", told(name, (await works.report_of(name)).number, "proses"))
    assert [parcel(got).complaint for got in await replies(works, state="due") if got.next_at <= NOW] == ["fire"]
    assert await works.deliver("mouth") == 1
    (waiting,) = await replies(works, state="due")
    assert waiting.next_at == NOW + 2 * HOUR
    assert await works.later("mouth", 2 * HOUR - SECOND) == 0
    assert await works.later("mouth", SECOND) == 1


async def test_a_probe_of_a_channel_that_was_down_wakes_nobody(build: Build) -> None:
    works = build(quiet=QUIET)
    await works.hear("mouth", said("a"))
    await works.hear("crop", told("1", (await works.report()).number, "proses"))
    down = {"failures": BREAK_AFTER, "open_until": NOW}
    await works.store.write(lambda c: save_channel(c, "mouth", down))
    assert await works.later("mouth", MINUTE) == 0
    assert await works.later("mouth", 2 * HOUR) == 1


async def crowd(works: Works, count: int) -> str:
    await works.hear("mouth", *(said(f"c{n}") for n in range(count)))
    return str((await works.report()).number)


async def test_many_replies_wait_and_can_be_called_back(build: Build) -> None:
    works = build(many=3, undo=2 * MINUTE)
    number = await crowd(works, 4)
    await works.hear("crop", told("1", number, "proses", note="Pompa dikirim."))
    await works.later("mouth", 2 * MINUTE)
    assert await states(works) == ["sent"] * 4
    await works.desk.follow_up(number, await version(works, number), WHO, status="selesai")
    assert await works.later("mouth", 119 * SECOND) == 0
    act = (await replies(works))[-1].act
    assert await works.desk.call_back(number, WHO, act=act) == 4
    report = await works.report()
    assert (report.status, report.closed_at) == ("proses", None)
    assert await works.later("mouth", HOUR) == 0
    assert await states(works, act=act) == ["superseded"] * 4
    with pytest.raises(NotAllowed):
        await works.desk.call_back(number, WHO, act=act)


async def test_what_has_begun_to_go_out_is_not_called_back(build: Build) -> None:
    works = build(many=3, undo=2 * MINUTE)
    number = await crowd(works, 4)
    await works.hear("chat", said("late"))
    await works.desk.follow_up(number, await version(works, number), WHO, status="selesai")
    act = (await replies(works))[-1].act
    await works.later("chat", 2 * MINUTE)
    assert await states(works, act=act) == ["due"] * 4 + ["sent"]
    with pytest.raises(NotAllowed):
        await works.desk.call_back(number, WHO, act=act)
    assert await states(works, act=act) == ["due"] * 4 + ["sent"]
    assert (await works.report()).status == "selesai"


async def test_what_crop_said_by_mistake_is_called_back_too(build: Build) -> None:
    works = build(many=3)
    number = await crowd(works, 4)
    await works.desk.follow_up(number, await version(works, number), WHO, status="ditolak", reason="di-luar-wewenang")
    await works.later("mouth", HOUR)
    await works.hear("crop", told("1", number, "selesai", at=works.clock()))
    assert await works.desk.call_back(number, WHO, act=(await replies(works))[-1].act) == 4
    report = await works.report()
    assert (report.status, report.reason) == ("ditolak", "di-luar-wewenang")
    last = works.mouths["crop"]
    await works.deliver("crop")
    assert last.got[-1].parcel.report.status == "ditolak"  # type: ignore[union-attr]


async def test_what_a_called_back_deed_had_replaced_goes_out_after_all(build: Build) -> None:
    works = build(many=3)
    number = await crowd(works, 4)
    await works.hear("ear", said("doubter"))
    await works.hear("crop", told("1", number, "proses", note="Pompa dikirim."))
    await works.hear("ear", more("d1", "doubter", "BEDA"))
    await works.hear("crop", told("2", number, "selesai", at=NOW + SECOND))
    act = (await replies(works))[-1].act
    assert await works.desk.call_back(number, WHO, act=act) == 5
    assert await works.later("mouth", HOUR) == 4
    assert await works.later("ear", HOUR) == 0
    for name in ("c0", "c3"):
        assert await states(works, name) == ["sent", "superseded"]
        assert "Pompa dikirim." in (await texts(works, name, state="sent"))[0]
    assert await states(works, "doubter") == ["waiting", "superseded"]


async def test_few_replies_go_at_once(build: Build) -> None:
    works = build(many=3)
    number = await crowd(works, 3)
    await works.desk.follow_up(number, await version(works, number), WHO, status="proses")
    assert await works.deliver("mouth") == 3


async def hold(works: Works, name: str) -> bool:
    return await works.store.write(lambda c: reply_store.hold(c, name, WHO, works.clock()))


@pytest.mark.parametrize(("name", "held"), [("replies", {"mouth", "ear"}), ("mouth", {"mouth"})])
async def test_the_brake_holds_at_once_and_loses_nothing(works: Works, name: str, held: set[str]) -> None:
    number = await pair(works)
    await works.hear("crop", told("1", number, "proses"))
    assert await hold(works, name)
    assert not await hold(works, name)
    for channel in ("mouth", "ear"):
        assert await works.deliver(channel) == (0 if channel in held else 1)
    behind = await works.store.read(lambda c: reply_store.waiting_behind(c, name))
    assert {(row.channel, row.kind, row.count) for row in behind} == {(channel, "reply", 1) for channel in held}
    samples = await works.store.read(lambda c: reply_store.samples_behind(c, name))
    assert {row.channel for row in samples} == held
    assert await works.deliver("crop") > 0
    assert await works.store.write(lambda c: reply_store.release(c, name))
    assert not await works.store.write(lambda c: reply_store.release(c, name))
    for channel in sorted(held):
        assert await works.deliver(channel) == 1
    assert await states(works) == ["sent", "sent"]


async def test_a_hold_on_a_sink_of_reports_holds_reports(works: Works) -> None:
    await works.hear("mouth", said("a"))
    await hold(works, "crop")
    assert await works.deliver("crop") == 0
    await works.store.write(lambda c: reply_store.release(c, "crop"))
    assert await works.deliver("crop") == 1


async def test_what_was_overtaken_behind_the_brake_is_not_sent(works: Works) -> None:
    await works.hear("mouth", said("a"))
    number = (await works.report()).number
    await hold(works, "replies")
    await works.hear("crop", told("1", number, "proses"))
    await works.hear("crop", told("2", number, "selesai", at=NOW + SECOND))
    await works.store.write(lambda c: reply_store.release(c, "replies"))
    assert await works.deliver("mouth") == 1
    assert "selesai" in (await texts(works, state="sent"))[0]


async def test_no_process_sends_what_another_replaces(store: Store, region: Region, normalizer: Normalizer) -> None:
    works = make_works(store, region, normalizer)
    await crowd(works, 40)
    number = (await works.report()).number
    for serial in range(6):
        at = NOW + serial * SECOND
        status = ("koordinasi", "proses")[serial % 2]
        pulls = [Dispatcher(works.store, "mouth", works.mouths["mouth"]).run_once() for _ in range(2)]
        await asyncio.gather(
            works.hear("crop", told(str(serial), number, status, at=at, note=f"kabar{serial}.")), *pulls
        )
        works.clock.advance(HOUR)
    await works.deliver("mouth")
    for n in range(40):
        sent = " ".join(parcel(row).note for row in await replies(works, f"c{n}", state="sent"))
        assert [sent.count(f"kabar{serial}.") for serial in range(6)] == [1] * 6


# -------------------------------------------------------------------------------------------------------- private ways


async def test_a_secret_complaint_is_answered_only_where_nobody_else_reads(works: Works) -> None:
    public, private = {"way": "comment"}, {"way": "message"}
    await works.hear("mouth", said("a", rahasia=True))
    await works.hear("mail", said("b", rahasia=True))
    await works.hear("mixed", said("c", rahasia=True, reply_context=public))
    await works.hear("mixed", said("d", rahasia=True, reply_context=private), said("e"))
    await works.hear("crop", told("1", (await works.report()).number, "proses"))
    found = {parcel(row).complaint: (row.state, row.reason) for row in await replies(works)}
    assert found == {
        "a": ("undeliverable", NO_PRIVATE_ROUTE),
        "b": ("due", ""),
        "c": ("undeliverable", NO_PRIVATE_ROUTE),
        "d": ("due", ""),
        "e": ("due", ""),
    }


async def test_a_sealed_report_is_answered_only_in_private(works: Works) -> None:
    await works.hear("mouth", said("a", BRIBE))
    await works.hear("mail", said("b", BRIBE, here=near(4000)))
    for name in ("a", "b"):
        number = (await works.report_of(name)).number
        await works.desk.follow_up(number, await version(works, number), WHO, status="proses")
    found = {parcel(row).complaint: (row.state, row.reason) for row in await replies(works)}
    assert found == {"a": ("undeliverable", NO_PRIVATE_ROUTE), "b": ("due", "")}


async def test_what_becomes_secret_is_withheld_by_each_citizens_own_way(works: Works) -> None:
    ways = {"c": "comment", "d": "message"}
    first = {name: said(name, reply_context={"way": way}) for name, way in ways.items()}
    await works.hear("mixed", *first.values())
    await works.hear("crop", told("1", (await works.report()).number, "proses"))
    await works.hear("mixed", *(one.model_copy(update={"rahasia": True}) for one in first.values()))
    assert {parcel(row).complaint: row.state for row in await replies(works)} == {"c": "undeliverable", "d": "due"}


# --------------------------------------------------------------------------------------------------------- the window


async def test_a_closed_window_waits_for_the_citizens_next_word(works: Works) -> None:
    await works.hear("chat", said("a", at=NOW - 2 * DAY))
    number = (await works.report()).number
    await works.hear("crop", told("1", number, "proses"))
    await works.deliver("chat")
    (row,) = await replies(works)
    assert (row.state, row.waits_for, works.mouths["chat"].got) == ("waiting", "citizen", [])
    await works.hear("chat", more("a1", "a", "bagaimana kabarnya?", at=works.clock()))
    assert await works.deliver("chat") == 1
    assert works.mouths["chat"].got[0].heard_at == works.clock()


async def test_a_new_complaint_of_the_same_citizen_opens_the_window_too(works: Works) -> None:
    await works.hear("chat", said("a", at=NOW - 2 * DAY, who="warga"))
    await works.hear("crop", told("1", (await works.report()).number, "proses"))
    await works.deliver("chat")
    await works.hear("chat", said("other", here=near(9000), who="orang-lain"))
    assert await works.deliver("chat") == 0
    await works.hear("chat", said("b", "lampu jalan mati", here=near(9000), who="warga"))
    assert await works.deliver("chat") == 1
    assert works.mouths["chat"].got[0].heard_at == NOW


async def test_what_the_sink_itself_refuses_waits_too(works: Works) -> None:
    await works.hear("mouth", said("a"))
    await works.hear("crop", told("1", (await works.report()).number, "proses"))
    (row,) = await replies(works)
    now = works.clock()
    values = {"state": "waiting", "waits_for": "citizen", "next_at": now + DAY, "attempts": 1}
    await works.store.write(lambda c: deliveries.lease_due(c, "mouth", "one", now, 1, probe=False))
    await works.store.write(lambda c: deliveries.settle(c, row.id, "one", values))
    await works.hear("mouth", said("b", here=near(9000), who="akun-a"))
    assert await works.deliver("mouth") == 1


async def test_who_never_writes_again_cannot_be_told(build: Build) -> None:
    works = build(patience=5 * DAY)
    await works.hear("chat", said("a", at=NOW - 2 * DAY))
    await works.hear("crop", told("1", (await works.report()).number, "proses"))
    dispatcher = Dispatcher(works.store, "chat", works.mouths["chat"], patience=works.rules.patience)
    await dispatcher.run_once()
    works.clock.advance(5 * DAY - SECOND)
    await expire(works)
    assert await states(works) == ["waiting"]
    works.clock.advance(SECOND)
    assert await expire(works) == 1
    (row,) = await replies(works)
    assert (row.state, row.reason) == ("undeliverable", "the citizen has not written again")


# -------------------------------------------------------------------------------------------- not theirs, not certain


async def doubted(works: Works, *, then: str = "selesai") -> str:
    """Citizen `b` says that it is not theirs; then the report is finished."""
    number = await pair(works)
    await works.hear("crop", told("1", number, "koordinasi"))
    await works.hear("ear", more("b1", "b", "BEDA, punya saya di jalan lain"))
    await works.hear("crop", told("2", number, then, note="Air surut.", at=NOW + SECOND))
    return number


async def test_beda_asks_a_clerk_and_holds_the_citizens_replies(works: Works) -> None:
    number = await doubted(works)
    key = (await works.complaint("b")).id
    assert (await works.complaint("b")).doubt == "citizen"
    (question,) = await works.rows("suggestions")
    assert (question.complaint, question.report, question.other, question.evidence) == (
        key,
        (await works.report()).id,
        (await works.report()).id,
        ["beda"],
    )
    assert await states(works, "b") == ["superseded", "waiting"]
    assert (await replies(works, "b"))[-1].waits_for == "clerk"
    assert await works.deliver("ear") == 0
    assert await works.deliver("mouth") == 1
    assert (await works.report()).number == number


async def test_a_clerk_says_the_same_and_all_goes_out(works: Works) -> None:
    await doubted(works)
    (question,) = await works.rows("suggestions")
    await works.desk.answer(question.id, WHO, same=True)
    assert (await works.complaint("b")).doubt == ""
    assert await works.deliver("ear") == 1
    assert "Air surut." in (await texts(works, "b", state="sent"))[0]
    assert [row.answer for row in await works.rows("suggestions")] == ["same"]


async def test_a_clerk_says_another_and_it_stands_alone_for_ever(build: Build) -> None:
    works = build(acknowledgements=20)
    number = await doubted(works)
    (question,) = await works.rows("suggestions")
    await works.desk.answer(question.id, WHO, same=False)
    report = await works.report_of("b")
    assert report.number != number
    assert await states(works, "b") == ["superseded"] * 3 + ["due"]
    assert report.number in (await texts(works, "b"))[-1]
    (separation,) = await works.rows("separations")
    assert (separation.complaint, separation.report) == (
        (await works.complaint("b")).id,
        (await works.report(number=number)).id,
    )
    assert (await works.complaint("b")).doubt == ""


async def test_nobody_is_told_done_for_a_join_that_nobody_is_sure_of(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(citizens, "SURE", 1.1)
    number = await pair(works)
    assert [row.doubt for row in await works.rows("complaints")] == ["", "machine"]
    await works.hear("crop", told("1", number, "proses"))
    assert await works.deliver("ear") == 1
    await works.hear("crop", told("2", number, "selesai", at=NOW + SECOND))
    assert await states(works, "b") == ["sent", "waiting"]
    assert await states(works, "a") == ["superseded", "due"]
    key = (await works.complaint("b")).id
    await works.desk.confirm(number, await version(works, number), WHO, complaint=key)
    assert await works.deliver("ear") == 1
    with pytest.raises(NotAllowed):
        await works.desk.confirm(number, await version(works, number), WHO, complaint=99_999)


async def test_a_refusal_waits_for_a_clerk_too_and_is_given_up(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    works = build(patience=3 * DAY)
    monkeypatch.setattr(citizens, "SURE", 1.1)
    number = await pair(works)
    await works.desk.follow_up(number, await version(works, number), WHO, status="ditolak", reason="uji-coba")
    assert await states(works, "b") == ["waiting"]
    works.clock.advance(3 * DAY)
    await expire(works)
    (row,) = await replies(works, "b")
    assert row.state == "undeliverable"
    assert "nobody has looked" in row.reason


async def test_a_clerk_who_confirms_at_night_wakes_nobody(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    works = build(quiet=QUIET)
    monkeypatch.setattr(citizens, "SURE", 1.1)
    number = await pair(works)
    await works.hear("crop", told("2", number, "selesai"))
    key = (await works.complaint("b")).id
    await works.desk.confirm(number, await version(works, number), WHO, complaint=key)
    assert await works.deliver("ear") == 0
    assert await works.later("ear", 2 * HOUR) == 1


async def test_joining_two_reports_settles_no_citizens_doubt(works: Works) -> None:
    await works.hear("mouth", said("old", here=near(3000)))
    await works.hear("mouth", said("a"), said("b"))
    await works.hear("mouth", more("b1", "b", "BEDA"))
    first, second = await works.rows("reports")
    await works.desk.merge(second.number, first.number, second.version, WHO)
    assert (await works.complaint("b")).doubt == "citizen"
    (question,) = await works.rows("suggestions", answer="")
    assert (question.report, question.other) == (first.id, first.id)
    await works.hear("crop", told("1", second.number, "proses"))
    assert await states(works, "b") == ["waiting"]
    await works.desk.answer(question.id, WHO, same=False)
    assert (await works.report_of("b")).number not in (first.number, second.number)


# ----------------------------------------------------------------------------------------------------------- loops


async def test_our_own_words_coming_back_are_no_complaint(build: Build) -> None:
    works = build(acknowledgements=20)
    await works.hear("mouth", said("a"))
    await works.hear("crop", told("1", (await works.report()).number, "selesai", note="Air surut."))
    for serial, text in enumerate(await texts(works)):
        assert await works.hear("ear", said(f"e{serial}", text)) == {"skipped": 1}
        assert await works.hear("ear", said(f"m{serial}", f"@warga @akun.kota {text}")) == {"skipped": 1}
        assert await works.hear("mouth", more(f"r{serial}", "a", text)) == {"skipped": 1}
    assert len(await works.rows("complaints")) == 1
    assert (await works.report()).status == "selesai"
    assert {row.reason for row in await works.rows("raw_items", state="skipped")} == {
        "an acknowledgement, not a complaint"
    }


async def test_a_citizens_answer_is_no_new_complaint(works: Works) -> None:
    await works.hear("mouth", said("a", thread="utas"))
    number = (await works.report()).number
    await works.hear("crop", told("1", number, "proses"))
    await works.deliver("mouth")
    key = works.mouths["mouth"].got[0].key
    for serial, thread in enumerate(("utas", "a", key, number)):
        heard = more(f"x{serial}", thread, "terima kasih", who="akun-a")
        assert await works.hear("mouth", heard) == {"addition": 1}
    assert await works.hear("mouth", more("y", "utas", "terima kasih", who="orang-lain")) == {"complaint": 1}
