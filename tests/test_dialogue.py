"""What staff and citizens say to each other: questions, disputes, duty reports, nudges; also joined and split."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from hub.pipeline.deadlines import Deadlines
from hub.pipeline.desk import NotAllowed
from hub.pipeline.nudging import Nudger, nudges_of
from hub.plugin import Notice, Reporter, TryAgain
from hub.store import replies as reply_store
from hub.store import talks
from hub.store.store import Store
from normalizer.region import Region
from normalizer.understand import Normalizer
from tests.reply_fixtures import (
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
Build = Callable[..., Works]
VAGUE = "lampu jalan mati sudah seminggu"


@pytest.fixture
def build(store: Store, region: Region, normalizer: Normalizer) -> Build:
    return lambda **rules: make_works(store, region, normalizer, **rules)


@pytest.fixture
def works(build: Build) -> Works:
    return build()


async def ask(works: Works, native_id: str = "a", kind: str = "where", text: str = "") -> str:
    row = await works.report_of(native_id)
    key = (await works.complaint(native_id)).id
    return await works.desk.ask(row.number, row.version, WHO, complaint=key, kind=kind, text=text)


async def finish(works: Works, native_id: str = "a", status: str = "selesai", **others: Any) -> str:
    row = await works.report_of(native_id)
    await works.desk.follow_up(row.number, row.version, WHO, status=status, **others)
    for channel in ("mouth", "ear", "chat"):
        await works.deliver(channel)
    return str(row.number)


# --------------------------------------------------------------------------------------------------------- questions


async def test_one_citizen_is_asked_and_the_clock_stands_still(works: Works) -> None:
    await pair(works)
    await ask(works, "b", "other", "Pagar warna apa?")
    assert (await works.report()).asked_at == NOW
    (row,) = await replies(works)
    reply = parcel(row)
    assert (row.channel, reply.complaint, reply.question, reply.by_hand) == ("ear", "b", True, True)
    assert "Pagar warna apa?" in reply.text
    assert "dalam 7 hari" in reply.text
    assert await works.deliver("ear") == 1
    (question,) = await works.rows("questions")
    assert (question.state, question.due_at) == ("open", NOW + 7 * DAY)


async def test_an_answer_places_the_complaint_anew(works: Works) -> None:
    await works.hear("mouth", said("a", VAGUE, here=None))
    await ask(works)
    await works.deliver("mouth")
    before = await works.report()
    answer = "di Jalan Kemang Raya, kelurahan Bangka, kecamatan Mampang Prapatan"
    assert await works.hear("mouth", more("a1", "a", answer)) == {"addition": 1}
    report = await works.report()
    assert (report.asked_at, [row.state for row in await works.rows("questions")]) == (None, ["answered"])
    assert await works.again.catch_up() == 1
    report = await works.report()
    assert before.kelurahan == ""
    assert report.kecamatan == "31.74.03"
    assert report.queue == "31.74.03" != before.queue
    assert await works.again.catch_up() == 0
    assert (await works.complaint("a")).text == VAGUE


async def test_what_comes_while_it_is_understood_is_understood_next(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    await works.hear("mouth", said("a", VAGUE, here=None))
    await works.hear("mouth", more("a1", "a", "lampunya di depan pasar"))
    plain = type(works.again).understand

    async def slow(self: Any, key: int, cause: str) -> bool:
        done = await plain(self, key, cause)
        if len(await works.rows("additions")) == 1:
            await works.hear("mouth", more("a2", "a", "di kelurahan Bangka, kecamatan Mampang Prapatan"))
        return done

    monkeypatch.setattr(type(works.again), "understand", slow)
    await works.again.catch_up()
    assert (await works.report()).kecamatan == ""
    assert await works.again.catch_up() == 1
    assert (await works.report()).kecamatan == "31.74.03"


async def test_an_edited_answer_is_understood_again(works: Works) -> None:
    await works.hear("mouth", said("a", VAGUE, here=None))
    await works.hear("mouth", more("a1", "a", "dekat pasar"))
    await works.again.catch_up()
    await works.hear("mouth", more("a1", "a", "dekat pasar di kelurahan Bangka, Mampang Prapatan"))
    assert await works.again.catch_up() == 1
    assert (await works.report()).kecamatan == "31.74.03"


async def test_no_answer_closes_and_says_so_and_a_late_answer_reopens(works: Works) -> None:
    await works.hear("mouth", said("a", VAGUE, here=None))
    await ask(works)
    await works.deliver("mouth")
    works.clock.advance(7 * DAY - SECOND)
    assert await expire(works) == 0
    works.clock.advance(SECOND)
    assert await expire(works) == 1
    assert await expire(works) == 0
    report = await works.report()
    assert (report.status, report.reason, report.asked_at) == ("ditolak", "tidak-cukup-keterangan", None)
    await works.deliver("mouth")
    assert "belum menerima jawaban" in (await texts(works))[-1]
    await works.hear("mouth", more("a1", "a", "di depan masjid, terima kasih", at=works.clock()))
    report = await works.report()
    assert (report.status, report.reason, report.disputed_at) == ("menunggu", "", None)
    assert "dibuka kembali" in (await texts(works))[-1]


async def test_one_silent_citizen_closes_nothing_for_the_others(works: Works) -> None:
    await pair(works)
    await ask(works, "b")
    await works.deliver("ear")
    works.clock.advance(7 * DAY)
    await expire(works)
    report = await works.report()
    assert (report.status, report.asked_at) == ("menunggu", None)
    assert [row.state for row in await works.rows("questions")] == ["expired"]
    assert len(await replies(works)) == 1


async def test_the_clock_goes_on_only_when_nobody_is_asked_any_more(works: Works) -> None:
    await pair(works)
    await ask(works, "a")
    works.clock.advance(MINUTE)
    await ask(works, "b")
    for channel in ("mouth", "ear"):
        await works.deliver(channel)
    await works.hear("mouth", more("a1", "a", "di depan masjid"))
    assert (await works.report()).asked_at == NOW + MINUTE
    await works.hear("ear", more("b1", "b", "di depan masjid"))
    assert (await works.report()).asked_at is None


async def test_who_was_never_reached_has_not_failed_to_answer(works: Works) -> None:
    await works.hear("mouth", said("a", VAGUE, here=None))
    await works.store.write(lambda c: reply_store.hold(c, "replies", WHO, NOW))
    await ask(works)
    await works.deliver("mouth")
    works.clock.advance(8 * DAY)
    await expire(works)
    assert (await works.report()).status == "menunggu"
    await works.store.write(lambda c: reply_store.release(c, "replies"))
    await works.deliver("mouth")
    works.clock.advance(7 * DAY)
    await expire(works)
    assert (await works.report()).status == "ditolak"


async def test_a_word_before_the_question_went_out_is_no_answer_to_it(works: Works) -> None:
    await works.hear("chat", said("a", VAGUE, here=None, at=NOW - 2 * DAY))
    await ask(works)
    await works.deliver("chat")
    assert await states(works) == ["waiting"]
    await works.hear("chat", more("a1", "a", "halo?", at=NOW))
    assert (await works.report()).asked_at == NOW
    assert await works.deliver("chat") == 1
    await works.hear("chat", more("a2", "a", "di depan masjid", at=NOW))
    assert (await works.report()).asked_at is None


async def test_only_who_can_be_reached_is_asked(works: Works) -> None:
    await works.hear("waze", said("a"))
    with pytest.raises(NotAllowed):
        await ask(works)
    assert (await works.rows("questions"), await replies(works), (await works.report()).asked_at) == ([], [], None)


async def test_questions_that_make_no_sense_are_refused(works: Works) -> None:
    await works.hear("mouth", said("a"))
    for kind, text in (("why", ""), ("other", " ")):
        with pytest.raises(NotAllowed):
            await ask(works, "a", kind, text)
    await finish(works)
    with pytest.raises(NotAllowed):
        await ask(works)


async def test_the_answer_is_quicker_than_the_deadline(works: Works) -> None:
    await works.hear("mouth", said("a", VAGUE, here=None))
    name = await ask(works)
    await works.deliver("mouth")
    works.clock.advance(8 * DAY)
    late = await works.store.read(lambda c: talks.expired_questions(c, works.clock()))
    await works.hear("mouth", more("a1", "a", "di depan masjid", at=works.clock()))
    deadlines = Deadlines(works.store, works.house)
    for question in late:
        await works.store.write(partial(deadlines._expire, question.id, question.report))
    assert (await works.report()).status == "menunggu"
    assert [(row.id, row.state) for row in await works.rows("questions")] == [(name, "answered")]


# ---------------------------------------------------------------------------------------------------------- disputes


async def test_one_citizen_who_objects_is_decided_on_within_a_working_day(works: Works) -> None:
    await pair(works)
    await finish(works)
    await works.hear("mouth", more("a1", "a", "BELUM SELESAI"))
    report = await works.report()
    assert (report.status, report.disputed_at) == ("selesai", NOW)
    (row,) = await works.rows("disputes")
    # The third of February 2026 is a Tuesday, so is the day after no holiday.
    assert timedelta(hours=24) < row.due_at - NOW < timedelta(hours=36)
    assert (row.complaint, row.photos, row.decision) == ((await works.complaint("a")).id, 0, "")


async def test_a_refused_citizen_alone_is_told_why(works: Works) -> None:
    number = await pair(works)
    await finish(works)
    await works.hear("mouth", more("a1", "a", "belum selesai"))
    decide = works.desk.decide_dispute
    seen = await version(works, number)
    with pytest.raises(NotAllowed):
        await decide(number, seen, WHO, unit="lain", reopen=False)
    await decide(number, seen, WHO, unit="lain", reopen=False, reason="Foto menunjukkan jalan kering.")
    report = await works.report()
    assert (report.status, report.disputed_at) == ("selesai", None)
    (last,) = await replies(works, state="due")
    assert parcel(last).complaint == "a"
    assert "Foto menunjukkan jalan kering." in parcel(last).text
    assert [(row.decision, row.by) for row in await works.rows("disputes")] == [("kept", WHO)]
    with pytest.raises(NotAllowed):
        await decide(number, await version(works, number), WHO, unit="lain", reopen=True)


async def test_a_clerk_who_agrees_reopens_and_all_are_told(works: Works) -> None:
    number = await pair(works)
    await finish(works)
    await works.hear("mouth", more("a1", "a", "belum selesai"))
    await works.desk.decide_dispute(number, await version(works, number), WHO, unit="lain", reopen=True)
    report = await works.report()
    assert (report.status, report.disputed_at, report.closed_at) == ("menunggu", None, None)
    told_now = [parcel(row) for row in await replies(works, state="due")]
    assert {reply.complaint for reply in told_now} == {"a", "b"}
    assert all("dibuka kembali" in reply.text for reply in told_now)


async def test_a_second_citizen_reopens_it_without_a_clerk(works: Works) -> None:
    await pair(works)
    await finish(works)
    await works.hear("mouth", more("a1", "a", "belum selesai"), more("a2", "a", "masih banjir pak"))
    assert (await works.report()).status == "selesai"
    await works.hear("ear", more("b1", "b", "masih banjir"))
    assert (await works.report()).status == "menunggu"
    assert {row.decision for row in await works.rows("disputes")} == {"reopened"}


async def test_a_new_photo_reopens_it_without_a_clerk(works: Works) -> None:
    await pair(works)
    await finish(works)
    await works.hear("mouth", more("a1", "a", "lihat ini", photos=1))
    assert (await works.report()).status == "menunggu"
    assert [(row.photos, row.decision) for row in await works.rows("disputes")] == [(1, "reopened")]
    assert {row.url for row in await works.rows("photos")} == {"https://photos.test/a1-0.jpg"}


async def test_thanks_and_small_talk_reopen_nothing(works: Works) -> None:
    await pair(works)
    await finish(works)
    await works.hear("mouth", more("a1", "a", "terima kasih"), more("a2", "a", "ok pak"))
    assert ((await works.report()).disputed_at, await works.rows("disputes")) == (None, [])
    # What nobody can be sure of is a clerk's to read; two of it are no second opinion.
    await works.hear("mouth", more("a3", "a", "kapan ada pengecekan lagi?"))
    await works.hear("ear", more("b1", "b", "nomor petugasnya berapa ya?"))
    report = await works.report()
    assert (report.status, report.disputed_at) == ("selesai", NOW)


@pytest.mark.parametrize("who", ["crop", "staff"])
async def test_a_dispute_is_over_when_officials_reopen(works: Works, who: str) -> None:
    number = await pair(works)
    await finish(works)
    await works.hear("mouth", more("a1", "a", "belum selesai"))
    if who == "crop":
        await works.hear("crop", told("9", number, "proses", at=works.clock() + SECOND))
    else:
        await finish(works, status="proses")
    assert (await works.report()).disputed_at is None
    works.clock.advance(HOUR)
    await finish(works)
    await works.hear("ear", more("b1", "b", "belum selesai", at=works.clock()))
    report = await works.report()
    assert (report.status, report.disputed_at) == ("selesai", works.clock())
    assert [row.decision for row in await works.rows("disputes")] == ["reopened", ""]


# ------------------------------------------------------------------------------------------------------ duty reports


def by_duty(native_id: str, role: str = "rt", **others: Any) -> Any:
    who = Reporter(handle=f"akun-{native_id}", role=role)
    return said(native_id, **others).model_copy(update={"reporter": who})


async def test_reports_by_heads_of_rt_and_rw_carry_their_role(works: Works) -> None:
    await works.hear("mouth", by_duty("a"), by_duty("b", "rw"))
    assert [row.role for row in await works.rows("complaints")] == ["rt", "rw"]
    report = await works.report()
    assert (report.duty, report.validated) == (True, "")
    await works.hear("ear", said("c"))
    assert not (await works.report()).duty


async def test_a_duty_report_is_accepted_or_struck_with_a_reason(works: Works) -> None:
    await works.hear("mouth", by_duty("a"), by_duty("b", here=near(5000)))
    first, second = await works.rows("reports")
    validate = works.desk.validate
    await validate(first.number, first.version, WHO, unit="lain", decision="sah")
    assert ((await works.report(id=first.id)).validated, await replies(works)) == ("sah", [])
    for unit, decision, reason in (
        (second.lead, "dicoret", "Tidak ada."),
        ("lain", "dicoret", " "),
        ("lain", "hilang", ""),
    ):
        with pytest.raises(NotAllowed):
            await validate(second.number, second.version, WHO, unit=unit, decision=decision, reason=reason)
    await validate(second.number, second.version, WHO, unit="lain", decision="dicoret", reason="Sudah dilaporkan.")
    report = await works.report(id=second.id)
    assert (report.status, report.reason, report.validated) == ("ditolak", "bukan-masalah", "dicoret")
    (text,) = await texts(works, "b")
    assert "dicoret" in text
    assert "Sudah dilaporkan." in text
    assert "Balas pesan ini" in text


async def test_a_struck_report_is_contested_but_not_before_the_unit_complained_about(works: Works) -> None:
    await works.hear("mouth", by_duty("a"))
    row = await works.report()
    await works.desk.validate(row.number, row.version, WHO, unit="lain", decision="dicoret", reason="Tidak ada.")
    await works.deliver("mouth")
    await works.hear("mouth", more("a1", "a", "Saya keberatan, itu nyata"))
    report = await works.report()
    assert report.disputed_at is not None
    seen = report.version
    with pytest.raises(NotAllowed):
        await works.desk.decide_dispute(row.number, seen, WHO, unit=report.lead, reopen=False, reason="x")
    await works.desk.decide_dispute(row.number, seen, WHO, unit="lain", reopen=True, reason="Betul, nyata.")
    report = await works.report()
    assert (report.status, report.validated) == ("menunggu", "")
    assert "Betul, nyata." in (await texts(works))[-1]


async def test_only_duty_reports_are_validated(works: Works) -> None:
    await works.hear("mouth", said("a"))
    row = await works.report()
    with pytest.raises(NotAllowed):
        await works.desk.validate(row.number, row.version, WHO, unit="lain", decision="sah")


async def test_a_joined_report_is_by_duty_only_if_all_of_it_is(works: Works) -> None:
    await works.hear("mouth", by_duty("a"), said("b", here=near(5000)))
    first, second = await works.rows("reports")
    await works.desk.merge(second.number, first.number, second.version, WHO)
    assert not (await works.report(id=first.id)).duty
    (merge,) = await works.rows("merges")
    await works.desk.unmerge(merge.id, WHO)
    assert [row.duty for row in await works.rows("reports")] == [True, False]


# --------------------------------------------------------------------------------------------- joined and taken apart


async def apart(works: Works) -> tuple[Any, Any]:
    """Two reports, of `a` and of `b`."""
    await works.hear("mouth", said("a"))
    await works.hear("ear", said("b", here=near(5000)))
    first, second = await works.rows("reports")
    return first, second


async def join(works: Works) -> Any:
    """Put the second into the first; the row of the joining."""
    first, second = await works.rows("reports")
    await works.desk.merge(second.number, first.number, second.version, WHO)
    return (await works.rows("merges"))[-1]


async def test_an_open_question_follows_its_complaint_and_still_goes_out(works: Works) -> None:
    first, second = await apart(works)
    await ask(works, "b")
    merge = await join(works)
    survivor, gone = await works.rows("reports")
    assert (survivor.asked_at, gone.asked_at) == (NOW, None)
    assert await works.deliver("ear") == 1
    await works.desk.unmerge(merge.id, WHO)
    assert [row.asked_at for row in await works.rows("reports")] == [None, NOW]
    await works.hear("ear", more("b1", "b", "di depan masjid"))
    assert [row.asked_at for row in await works.rows("reports")] == [None, None]
    assert (first.id, second.id) == (survivor.id, gone.id)


async def test_a_question_of_a_split_complaint_still_goes_out(works: Works) -> None:
    number = await pair(works)
    await ask(works, "b")
    key = (await works.complaint("b")).id
    await works.desk.split(number, key, await version(works, number), WHO)
    assert [row.asked_at for row in await works.rows("reports")] == [None, NOW]
    assert await works.deliver("ear") == 1


async def test_an_open_dispute_follows_its_complaint(works: Works) -> None:
    await apart(works)
    for name in ("a", "b"):
        await finish(works, name)
    await works.hear("ear", more("b1", "b", "belum selesai"))
    merge = await join(works)
    survivor, gone = await works.rows("reports")
    assert (survivor.disputed_at, gone.disputed_at) == (NOW, None)
    await works.hear("mouth", more("a1", "a", "belum selesai"))
    assert (await works.report(id=survivor.id)).status == "menunggu"
    assert merge.source == gone.id


async def test_a_dispute_that_comes_into_an_open_report_is_settled(works: Works) -> None:
    await apart(works)
    await finish(works, "b")
    await works.hear("ear", more("b1", "b", "belum selesai"))
    await join(works)
    survivor = (await works.rows("reports"))[0]
    assert (survivor.status, survivor.disputed_at) == ("menunggu", None)
    assert [row.decision for row in await works.rows("disputes")] == ["reopened"]


async def test_pending_replies_of_a_joined_report_are_not_sent_but_thanks_are(build: Build) -> None:
    works = build(acknowledgements=20)
    await apart(works)
    row = await works.report_of("b")
    await works.hear("ear", said("b2", here=near(5000)))
    await works.desk.follow_up(row.number, await version(works, row.number), WHO, status="proses")
    await works.hear("ear", said("b3", here=near(5000)))
    await join(works)
    assert await states(works, "b") == ["superseded", "superseded"]
    assert await states(works, "b3") == ["due"]
    await works.hear("crop", told("1", row.number, "selesai"))
    first = (await works.rows("reports"))[0]
    assert parcel((await replies(works, "b"))[-1]).report == first.number


async def test_a_split_complaint_is_told_its_own_number(build: Build) -> None:
    works = build(acknowledgements=20)
    number = await pair(works)
    await works.deliver("ear")
    fresh = await works.desk.split(number, (await works.complaint("b")).id, await version(works, number), WHO)
    (text,) = await texts(works, "b", state="due")
    assert fresh in text
    assert number not in text


async def test_a_word_that_arrives_after_a_joining_reaches_the_survivor(works: Works) -> None:
    await apart(works)
    await finish(works, "a")
    await finish(works, "b")
    await join(works)
    await works.hear("ear", more("b1", "b", "belum selesai"))
    assert [row.disputed_at for row in await works.rows("reports")] == [NOW, None]


# ------------------------------------------------------------------------------------------------------------ photos


async def test_photos_of_officials_reach_citizens_by_our_links(works: Works) -> None:
    number = await pair(works, first="mail", second="ear")
    urls = ("https://crop.test/1.jpg", "https://crop.test/2.jpg")
    await works.hear("crop", told("1", number, "selesai", photos=urls))
    photos = await works.rows("photos", "position")
    (follow_up,) = await works.rows("followups")
    assert [(row.url, row.followup, row.complaint, row.state) for row in photos] == [
        (url, follow_up.id, None, "due") for url in urls
    ]
    with_room, without = parcel((await replies(works, "a"))[0]), parcel((await replies(works, "b"))[0])
    assert with_room.photos == (f"/foto/{photos[0].id}",)
    assert without.photos == ()
    for row in await replies(works):
        assert b"crop.test" not in row.parcel


# ------------------------------------------------------------------------------------------------------------ nudges


async def nudge(works: Works, number: str) -> bool:
    return await Nudger(works.store, works.house).nudge(number, "posko-contoh")


async def nudged(works: Works) -> list[str]:
    parcels = [got.parcel for got in works.mouths["crop"].got]
    return [one.cause for one in parcels if isinstance(one, Notice) and one.cause == "nudge"]


async def test_officials_are_asked_once_although_nothing_has_changed(works: Works) -> None:
    await works.hear("mouth", said("a"))
    number = (await works.report()).number
    await works.deliver("crop")
    assert await nudge(works, number)
    assert not await nudge(works, number)
    await works.deliver("crop")
    assert await nudged(works) == ["nudge"]
    asked = await works.store.read(lambda c: nudges_of(c, 1))
    assert [answered for *_, answered in asked] == [None, None]
    works.clock.advance(HOUR)
    await works.hear("crop", told("1", number, note="Besok dikerjakan.", at=works.clock()))
    asked = await works.store.read(lambda c: nudges_of(c, 1))
    assert [answered for *_, answered in asked] == [works.clock()] * 2
    assert await nudge(works, number)


async def test_a_question_to_officials_is_not_lost_in_later_news(works: Works) -> None:
    await works.hear("mouth", said("a"))
    number = (await works.report()).number
    await works.deliver("crop")
    await nudge(works, number)
    await works.hear("ear", said("b"))
    await works.desk.correct(number, await version(works, number), WHO, urgency="mendesak")
    await works.deliver("crop")
    assert await nudged(works) == ["nudge"]
    last = works.mouths["crop"].got[-1].parcel
    assert isinstance(last, Notice)
    assert last.report.urgency == "mendesak"


async def test_a_channel_that_was_down_is_asked_when_it_is_back(works: Works) -> None:
    await works.hear("mouth", said("a"))
    number = (await works.report()).number
    await works.deliver("crop")
    await nudge(works, number)

    def down(_delivery: Any) -> None:
        raise TryAgain("503")

    works.mouths["crop"].script = down
    await works.deliver("crop")
    works.mouths["crop"].script = lambda _delivery: None
    await works.later("crop", HOUR)
    assert await nudged(works) == ["nudge"]
