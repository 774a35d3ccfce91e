"""What items do to complaints and reports: revisions, threads, follow-ups and whose word counts, sealing, ends."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hub.clock import ManualClock
from hub.plugin import Addition, Attachment, Complaint, Ended, FollowUp, Notice, Skip
from hub.replies import ReplyRules
from hub.store import intake
from hub.store.store import Store
from normalizer.region import Region
from normalizer.understand import Normalizer
from tests.store_fixtures import HERE, NOW, Database, Mouth, Works, item, near, officials, said

pytestmark = pytest.mark.anyio
HOUR = timedelta(hours=1)
BRIBE = "petugas minta uang pungli untuk urus surat"


def make_mouths() -> dict[str, Mouth]:
    private, board = Mouth("mail", private=True), officials("posko", sealed=True)
    return {"mouth": Mouth(), "ear": Mouth("ear"), "mail": private, "crop": officials(), "posko": board}


@pytest.fixture
def works(store: Store, region: Region, normalizer: Normalizer) -> Works:
    return Works(store, region, normalizer, make_mouths())


def told(serial: str, number: str, status: str = "", *, at: Any = NOW, **others: Any) -> FollowUp:
    """What CROP says of a report."""
    return FollowUp(native_id=serial, report=number, at=at, status=status, **others)


def about(serial: str, name: str, status: str = "", *, at: Any = NOW, **others: Any) -> FollowUp:
    """What a complaint's own source says of it."""
    return FollowUp(native_id=serial, about=name, at=at, status=status, **others)


# -------------------------------------------------------------------------------------------------------- complaints


async def test_two_channels_one_incident_one_report(works: Works) -> None:
    assert await works.hear("mouth", said("a")) == {"complaint": 1}
    assert await works.hear("ear", said("b", here=near(10))) == {"complaint": 1}
    report = await works.report()
    assert (report.complaint_count, report.channel_counts, report.version) == (2, {"mouth": 1, "ear": 1}, 2)
    assert (report.category, report.queue) == ("banjir", "31.74.03")
    first, second = await works.rows("assignments")
    assert (first.cause, second.cause, second.report) == ("opened", "joined", report.id)
    assert any(code.startswith("jarak") for code in second.evidence)


async def test_a_revision_stays_in_its_report(works: Works) -> None:
    await works.hear("mouth", said("a"))
    await works.hear("mouth", said("b", here=near(3000)))
    assert await works.hear("mouth", said("b", "jalan berlubang besar di tikungan")) == {"revision": 1}
    assert [row.complaint_count for row in await works.rows("reports")] == [1, 1]
    report = await works.report_of("b")
    assert (report.category, report.lat) == ("jalan-rusak", HERE[0])
    assert len(await works.rows("understandings", complaint=(await works.complaint("b")).id)) == 2


async def test_an_older_revision_read_later_undoes_nothing(works: Works) -> None:
    await works.take("mouth", item("a", said("a", "lama"), quarantine="a fault since mended"))
    await works.hear("mouth", said("a", "baru"))
    await works.store.write(intake.retry_quarantined)
    await works.processor.run_once()
    assert (await works.complaint("a")).text == "baru"
    assert {row.outcome for row in await works.rows("raw_items")} == {"complaint", "revision"}


async def test_a_photo_of_an_edited_message_is_kept_once(works: Works) -> None:
    photo = Attachment(url="https://photos.test/1.jpg")
    other = Attachment(url="https://photos.test/2.jpg")
    await works.hear("mouth", said("a", attachments=(photo,)))
    await works.hear("mouth", said("a", "lebih parah", attachments=(photo, other)))
    assert sorted(row.url for row in await works.rows("photos")) == [photo.url, other.url]


async def test_a_poisonous_item_is_set_aside_and_its_neighbours_go_in(works: Works) -> None:
    def refine(complaint: Complaint, understanding: Any) -> Any:
        poison = complaint.native_id == "bad"
        return understanding.model_copy(update={"facts": {"c": object()}}) if poison else understanding

    works = Works(works.store, works.region, works.normalizer, works.mouths, refine=refine)
    await works.hear("mouth", said("a"), said("bad", here=near(9000)), said("b", here=near(3000)))
    assert sorted(row.native_id for row in await works.rows("complaints")) == ["a", "b"]
    (bad,) = await works.rows("raw_items", native_id="bad")
    assert bad.state == "quarantined"
    assert bad.reason.startswith("bug: ")


async def test_what_cannot_be_understood_is_set_aside_alone(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    understand = works.normalizer.understand

    def choke(complaint: Complaint, **others: Any) -> Any:
        if complaint.native_id == "bad":
            raise ZeroDivisionError("a made-up fault")
        return understand(complaint, **others)

    monkeypatch.setattr(works.normalizer, "understand", choke)
    await works.hear("mouth", said("a"), said("bad"))
    (bad,) = await works.rows("raw_items", native_id="bad")
    assert (bad.state, bad.reason) == ("quarantined", "ZeroDivisionError")
    assert (await works.complaint("a")).state == "open"


async def test_odd_letters_are_replaced_and_everything_is_stored(works: Works) -> None:
    await works.hear("mouth", item("odd", said("odd", "banjir \0 di sini", title="judul \0", tags=("a\0",))))
    row = await works.complaint("odd")
    assert (row.text, row.title, row.tags) == ("banjir \ufffd di sini", "judul \ufffd", ["a\ufffd"])


async def test_a_skipped_item_keeps_its_reason(works: Works) -> None:
    assert await works.hear("mouth", item("s", Skip(reason="an announcement"))) == {"skipped": 1}
    (row,) = await works.rows("raw_items")
    assert (row.state, row.reason) == ("skipped", "an announcement")


async def test_an_item_of_no_channel_is_quarantined_until_there_is_one(works: Works) -> None:
    await works.hear("nobody", said("a"))
    (row,) = await works.rows("raw_items")
    assert (row.state, row.reason) == ("quarantined", "no channel nobody is configured that could read it")
    works.mouths["nobody"] = Mouth("nobody")
    await works.store.write(lambda connection: intake.retry_quarantined(connection, "nobody"))
    await works.processor.run_once()
    assert (await works.complaint("a")).channel == "nobody"


# --------------------------------------------------------------------------------------------------------- additions


def more(serial: str, thread: str, who: str = "ani", text: str = "masih belum surut") -> Addition:
    complaint = said(serial, text, who=who, thread=thread if thread.startswith("post") else "")
    return Addition(native_id=serial, thread=thread, complaint=complaint)


@pytest.mark.parametrize("thread", ["post-1", "a", "unknown post-1"])
async def test_the_same_citizen_on_the_same_thread_adds(works: Works, thread: str) -> None:
    await works.hear("mouth", said("a", who="ani", thread="post-1"))
    assert await works.hear("mouth", more("more", thread)) == {"addition": 1}
    assert len(await works.rows("complaints")) == 1
    assert [row.text for row in await works.rows("additions")] == ["masih belum surut"]


async def test_an_addition_by_report_number(works: Works) -> None:
    await works.hear("mouth", said("a", who="ani"))
    assert await works.hear("mouth", more("more", (await works.report()).number)) == {"addition": 1}


async def test_another_citizen_on_the_thread_complains(works: Works) -> None:
    await works.hear("mouth", said("a", who="ani", thread="post-1"))
    assert await works.hear("mouth", more("other", "post-1", who="budi")) == {"complaint": 1}
    assert await works.hear("mouth", more("again", "post-1", who="budi")) == {"addition": 1}
    assert (await works.rows("additions"))[0].complaint == (await works.complaint("other")).id


async def test_an_edited_addition_replaces_itself(works: Works) -> None:
    await works.hear("mouth", said("a", who="ani", thread="t"))
    await works.hear("mouth", item("more", more("more", "t")))
    edited = more("more", "t", text="sudah surut")
    assert await works.hear("mouth", item("more", edited)) == {"addition": 1}
    assert [row.text for row in await works.rows("additions")] == ["sudah surut"]


async def test_an_edited_message_that_stood_alone_still_does(works: Works) -> None:
    await works.hear("mouth", more("alone", "post-1"))
    edited = more("alone", "post-1", text="jalan berlubang besar")
    assert await works.hear("mouth", item("alone", edited)) == {"revision": 1}
    assert await works.rows("additions") == []


async def test_still_not_done_disputes_a_finished_report(works: Works) -> None:
    await works.hear("mouth", said("a", who="ani", thread="t"))
    await works.hear("crop", told("1", (await works.report()).number, "selesai"))
    await works.hear("mouth", more("more", "t"))
    report = await works.report()
    assert (report.status, report.disputed_at) == ("selesai", NOW)


# -------------------------------------------------------------------------------------------------------- follow-ups


async def opened(works: Works, channel: str = "mouth") -> str:
    await works.hear(channel, said("a"))
    return str((await works.report()).number)


async def test_follow_ups_apply_in_the_order_of_their_own_time(works: Works) -> None:
    number = await opened(works)
    await works.hear("crop", told("2", number, "selesai", at=NOW))
    await works.hear("crop", told("1", number, "proses", at=NOW - HOUR, note="kami berangkat"))
    assert (await works.report()).status == "selesai"
    assert [(row.native_id, row.applied) for row in await works.rows("followups")] == [("2", True), ("1", False)]


async def test_statuses_may_go_back(works: Works) -> None:
    number = await opened(works)
    for serial, status in enumerate(("selesai", "proses", "menunggu")):
        await works.hear("crop", told(str(serial), number, status, at=NOW + serial * HOUR))
        works.clock.advance(HOUR)
        report = await works.report()
        assert report.status == status
        assert (report.closed_at is None) == (status != "selesai")


async def test_a_clock_that_runs_ahead_silences_nobody(works: Works) -> None:
    number = await opened(works)
    await works.hear("crop", told("1", number, "proses", at=NOW + 7 * HOUR))
    works.clock.advance(HOUR)
    await works.hear("crop", told("2", number, "selesai", at=NOW + HOUR))
    assert (await works.report()).status == "selesai"
    assert (await works.rows("followups"))[0].at == NOW + 7 * HOUR


async def test_the_own_source_decides_until_crop_has_spoken(works: Works) -> None:
    number = await opened(works)
    await works.hear("mouth", about("1", "a", "proses"))
    assert (await works.report()).status == "proses"
    await works.hear("crop", told("2", number, "koordinasi"))
    await works.hear("mouth", about("3", "a", "selesai"))
    assert (await works.report()).status == "koordinasi"
    assert [row.applied for row in await works.rows("followups")] == [True, True, False]


async def test_a_channel_that_decides_always_does(store: Store, region: Region, normalizer: Normalizer) -> None:
    works = Works(store, region, normalizer, make_mouths(), decides=frozenset({"mouth"}))
    number = await opened(works)
    await works.hear("crop", told("1", number, "koordinasi"))
    await works.hear("mouth", about("2", "a", "selesai"))
    assert (await works.report()).status == "selesai"


async def test_an_unknown_status_is_kept_and_changes_nothing(works: Works) -> None:
    number = await opened(works)
    await works.hear("crop", told("1", number, "sedang dipikirkan"))
    assert (await works.report()).status == "menunggu"
    assert (await works.rows("followups"))[0].status == "sedang dipikirkan"


async def test_a_repeated_follow_up_counts_once(works: Works) -> None:
    number = await opened(works)
    await works.hear("crop", told("1", number, "proses", note="petugas datang"))
    await works.hear("crop", item("again", told("1", number, "proses", note="petugas datang")))
    assert len(await works.rows("followups")) == 1
    assert len(await works.deliveries(kind="reply")) == 1


async def test_a_follow_up_on_a_merged_number_lands_on_the_survivor(works: Works) -> None:
    await works.hear("mouth", said("a"))
    await works.hear("mouth", said("b", here=near(3000)))
    first, second = await works.rows("reports", "id")
    await works.desk.merge(first.number, second.number, 1, "petugas")
    await works.hear("crop", told("1", second.number, "proses"))
    assert [(row.status, row.merged_into) for row in await works.rows("reports", "id")] == [
        ("proses", None),
        ("menunggu", first.id),
    ]


async def test_an_unknown_report_waits_in_quarantine(works: Works) -> None:
    await works.hear("mouth", about("f", "later", "proses"))
    (row,) = await works.rows("raw_items")
    assert (row.state, row.reason) == ("quarantined", "a follow-up for a complaint that is not known")
    await works.hear("mouth", said("later"))
    await works.store.write(intake.retry_quarantined)
    await works.processor.run_once()
    assert (await works.report()).status == "proses"


async def test_every_citizen_is_answered_once_on_the_own_channel(works: Works) -> None:
    await works.hear("mouth", said("a", who="ani"), said("b", here=near(5), who="budi"))
    await works.hear("ear", said("c", here=near(8), who="citra"))
    number = (await works.report()).number
    await works.hear("crop", told("1", number, "proses", note="petugas datang"))
    await works.hear("mouth", about("1", "a", note="kata kanal sendiri"))
    replies = await works.deliveries(kind="reply")
    assert sorted((row.channel, row.complaint) for row in replies if row.cause == "tl:crop:1") == [
        ("ear", (await works.complaint("c")).id),
        ("mouth", (await works.complaint("a")).id),
        ("mouth", (await works.complaint("b")).id),
    ]
    assert {row.state for row in replies} == {"due"}


async def test_news_that_never_went_out_goes_with_the_next(works: Works) -> None:
    await works.hear("mouth", said("a"))
    number = (await works.report()).number
    await works.hear("crop", told("1", number, "proses", note="petugas datang"))
    await works.hear("crop", told("2", number, "selesai", note="sudah kering"))
    first, second = await works.deliveries(kind="reply")
    assert (first.state, second.state) == ("superseded", "due")
    text = json.loads(second.parcel)["text"]
    assert "selesai" in text
    assert "petugas datang sudah kering" in text


async def test_two_channels_may_use_the_same_follow_up_id(works: Works) -> None:
    await works.hear("mouth", said("a"))
    await works.hear("ear", said("b", here=near(5)))
    number = (await works.report()).number
    await works.hear("crop", told("1", number, "proses", note="satu"))
    assert await works.hear("posko", told("1", number, "koordinasi", note="dua")) == {"followup": 1}
    assert len({row.key for row in await works.deliveries(kind="reply")}) == 4


async def test_an_internal_note_answers_nobody(works: Works) -> None:
    number = await opened(works)
    await works.hear("crop", told("1", number, note_internal="tunggu dana"))
    assert await works.deliveries(kind="reply") == []


@pytest.mark.parametrize(
    ("channel", "complaint", "reason"),
    [
        ("mouth", said("a", who=""), "anonymous source: nobody to answer"),
        ("mouth", said("a", rahasia=True), "no private route"),
        ("mouth", said("a", BRIBE), "no private route"),
        ("mail", said("a", rahasia=True), ""),
        ("mail", said("a", BRIBE), ""),
    ],
)
async def test_who_cannot_be_answered_and_why(works: Works, channel: str, complaint: Complaint, reason: str) -> None:
    await works.hear(channel, complaint)
    await works.hear("posko", told("1", (await works.report()).number, "proses", note="kami periksa"))
    reply = (await works.deliveries(kind="reply"))[-1]
    assert (reply.reason, reply.state) == (reason, "undeliverable" if reason else "due")


async def test_a_channel_without_a_sink_takes_no_replies(works: Works) -> None:
    works.house.sinks.pop("mouth")  # type: ignore[attr-defined]  # a dict in this house
    number = await opened(works)
    await works.hear("crop", told("1", number, "proses"))
    (reply,) = await works.deliveries(kind="reply")
    assert (reply.state, reply.reason) == ("undeliverable", "this channel takes no replies")


async def test_every_channel_that_takes_replies_acknowledges(works: Works) -> None:
    works = replace(works, rules=ReplyRules())
    await works.hear("mail", said("a"))
    await works.hear("mouth", said("b", here=near(5)))
    await works.hear("crop", told("1", (await works.report()).number, "proses"))
    replies = [row for row in await works.deliveries(kind="reply") if row.cause == "diterima"]
    assert [row.channel for row in replies] == ["mail", "mouth"]
    number = (await works.report()).number
    assert all(number in json.loads(row.parcel)["text"] for row in replies)


async def test_two_machines_do_not_thank_each_other_for_ever(works: Works) -> None:
    works = replace(works, rules=ReplyRules(acknowledgements=2))
    await works.hear("mail", *(said(f"a{number}", who="robot", here=near(5000 * number)) for number in range(4)))
    await works.hear("mail", said("b", who="robot", here=near(50_000)))
    assert len(await works.deliveries(kind="reply")) == 2


# ------------------------------------------------------------------------------------------------------------ sealed


async def test_a_sealed_complaint_goes_to_the_integrity_unit_alone(works: Works) -> None:
    await works.hear("mouth", said("a", BRIBE))
    report = await works.report()
    assert (report.handling, report.queue, report.lead) == ("sealed", "integritas", "integritas")
    assert [row.channel for row in await works.deliveries(kind="report")] == ["posko"]


async def test_sealed_and_open_are_never_joined(works: Works) -> None:
    await works.hear("mouth", said("a", BRIBE), said("b"), said("c", f"{BRIBE} lagi"))
    assert [row.handling for row in await works.rows("reports", "id")] == ["sealed", "open", "sealed"]


async def test_a_quoted_number_does_not_open_a_sealed_report(works: Works) -> None:
    await works.hear("mouth", said("a", BRIBE))
    number = (await works.report()).number
    await works.hear("mouth", said("b", f"melanjutkan laporan {number}, banjir lagi"))
    assert (await works.report_of("b")).handling == "open"


async def test_a_report_that_becomes_sealed_is_withdrawn(works: Works) -> None:
    await works.hear("mouth", said("a"))
    await works.deliver("crop")
    await works.hear("mouth", said("a", BRIBE))
    await works.deliver("crop")
    last = works.mouths["crop"].got[-1].parcel
    assert isinstance(last, Notice)
    assert (last.event, last.report.complaints, last.report.category) == ("report.withdrawn", (), "lainnya")
    assert b"pungli" not in works.mouths["crop"].got[-1].body


async def test_words_that_seal_are_never_sent_when_they_come_later(works: Works) -> None:
    await works.hear("mouth", said("a"))
    await works.deliver("crop")
    await works.hear("mouth", item("b", Addition(native_id="b", thread="a", complaint=said("b", BRIBE, who="akun-a"))))
    report = await works.report()
    assert (report.handling, report.queue) == ("sealed", "integritas")
    await works.deliver("crop")
    last = works.mouths["crop"].got[-1].parcel
    assert isinstance(last, Notice)
    assert last.event == "report.withdrawn"
    assert not any(b"pungli" in delivery.body for delivery in works.mouths["crop"].got)


async def test_a_sealed_complaint_that_quotes_an_open_report_stays_alone(works: Works) -> None:
    await works.hear("mouth", said("a"))
    number = (await works.report()).number
    await works.hear("mouth", said("b", f"melanjutkan laporan {number}, {BRIBE}"))
    assert ((await works.report_of("a")).handling, (await works.report_of("b")).handling) == ("open", "sealed")


async def test_a_report_that_becomes_sealed_before_it_was_sent_is_never_sent(works: Works) -> None:
    await works.hear("mouth", said("a"))
    await works.hear("mouth", said("a", BRIBE))
    await works.deliver("crop")
    assert works.mouths["crop"].got == []


async def test_a_report_that_becomes_sealed_between_two_tries_is_not_tried_again(works: Works) -> None:
    await works.hear("mouth", said("a"))

    def lose(_delivery: Any) -> None:
        raise TimeoutError

    works.mouths["crop"].script = lose
    await works.deliver("crop")
    await works.hear("mouth", said("a", BRIBE))
    works.mouths["crop"].script = lambda _delivery: None
    await works.later("crop", HOUR)
    (only,) = works.mouths["crop"].got
    assert isinstance(only.parcel, Notice)
    assert only.parcel.event == "report.withdrawn"


async def test_the_integrity_unit_opens_a_report_and_it_stays_open(works: Works) -> None:
    await works.hear("mouth", said("a", BRIBE))
    await works.desk.open_sealed((await works.report()).number, "integritas")
    report = await works.report()
    assert (report.handling, report.handling_by) == ("open", "person")
    assert report.queue != "integritas"
    await works.deliver("crop")
    assert len(works.mouths["crop"].got) == 1
    await works.hear("mouth", said("a", f"{BRIBE} lagi"))
    assert (await works.report()).handling == "open"


# -------------------------------------------------------------------------------------------------------------- ends


async def test_a_jam_is_over_when_nobody_reports_it_any_more(works: Works) -> None:
    await works.hear("mouth", said("a", "macet total"), said("b", "macet total", here=near(20)))
    await works.hear("mouth", Ended(native_id="a", why="vanished"))
    assert (await works.report()).status == "menunggu"
    await works.hear("mouth", Ended(native_id="b", why="vanished"))
    assert (await works.report()).status == "berakhir"


async def test_a_pothole_is_not(works: Works) -> None:
    await works.hear("mouth", said("a", "jalan berlubang besar"))
    await works.hear("mouth", Ended(native_id="a", why="vanished"))
    assert (await works.report()).status == "menunggu"
    assert (await works.complaint("a")).state == "vanished"


async def test_what_officials_work_on_does_not_end_by_itself(works: Works) -> None:
    await works.hear("mouth", said("a", "macet total"))
    await works.hear("crop", told("1", (await works.report()).number, "proses"))
    await works.hear("mouth", Ended(native_id="a", why="vanished"))
    assert (await works.report()).status == "proses"


async def test_what_reappears_is_open_again(works: Works) -> None:
    await works.hear("mouth", item("a", said("a", "macet total")))
    await works.hear("mouth", item("a", Ended(native_id="a", why="vanished")))
    assert await works.hear("mouth", item("a", said("a", "macet total"))) == {"revision": 1}
    report = await works.report()
    assert (report.status, report.closed_at) == ("menunggu", None)
    assert (await works.complaint("a")).state == "open"
    await works.hear("mouth", item("a", Ended(native_id="a", why="vanished")))
    assert (await works.report()).status == "berakhir"


async def test_what_all_citizens_took_back_is_refused_as_withdrawn(works: Works) -> None:
    await works.hear("mouth", said("a", "jalan berlubang besar"))
    await works.hear("mouth", Ended(native_id="a", why="withdrawn"))
    report = await works.report()
    assert (report.status, report.reason) == ("ditolak", "dicabut")


async def test_the_end_of_something_unknown_is_quarantined(works: Works) -> None:
    await works.hear("mouth", Ended(native_id="never", why="vanished"))
    (row,) = await works.rows("raw_items")
    assert (row.state, row.reason) == ("quarantined", "the end of a complaint that is not known")


# ----------------------------------------------------------------------------------------------------- two at a time


async def test_two_processes_never_open_two_reports_for_one_incident(
    database: Database, region: Region, normalizer: Normalizer
) -> None:
    clock = ManualClock(NOW)
    async with database.opened(clock) as one, database.opened(clock) as other:
        both = [Works(store, region, normalizer, make_mouths()).sized(3) for store in (one, other)]
        await both[0].take("mouth", *(said(f"m{n}", here=near(n), who="sama") for n in range(12)))
        await both[0].take("ear", *(said(f"e{n}", here=near(n), who="sama") for n in range(12)))
        await asyncio.gather(*(works.processor.run_once() for works in both))
        assert (await both[0].report()).complaint_count == 24
        assert len(await both[0].rows("assignments")) == 24
        assert {row.state for row in await both[0].rows("raw_items")} == {"done"}
        assert sum((works.processor.tally for works in both[1:]), both[0].processor.tally).total() == 24


async def test_two_processes_and_the_revisions_of_one_message(
    database: Database, region: Region, normalizer: Normalizer
) -> None:
    clock = ManualClock(NOW)
    async with database.opened(clock) as one, database.opened(clock) as other:
        both = [Works(store, region, normalizer, make_mouths()).sized(1) for store in (one, other)]
        for number in range(8):
            await both[0].take("mouth", item("a", said("a", f"banjir, kabar ke {number}")))
        await asyncio.gather(*(works.processor.run_once() for works in both))
        await both[0].processor.run_once()
        assert (await both[0].complaint("a")).text == "banjir, kabar ke 7"
        assert (await both[0].report()).complaint_count == 1
        assert {row.state for row in await both[0].rows("raw_items")} == {"done"}


@pytest.mark.parametrize("secret", [said("a", BRIBE), said("a", rahasia=True)], ids=["sealed", "rahasia"])
@pytest.mark.parametrize(("channel", "state"), [("mouth", "undeliverable"), ("mail", "due")])
async def test_what_becomes_secret_is_answered_in_private_only(
    works: Works, secret: Complaint, channel: str, state: str
) -> None:
    await works.hear(channel, said("a"))
    await works.hear("crop", told("1", (await works.report()).number, "proses", note="kami periksa"))
    assert (await works.deliveries(kind="reply"))[-1].state == "due"
    await works.hear(channel, secret)
    assert (await works.deliveries(kind="reply"))[-1].state == state


async def test_officials_hand_a_report_over(works: Works) -> None:
    number = await opened(works)
    await works.hear("crop", told("1", number, "disposisi", unit="dinas-bina-marga"))
    report = await works.report()
    assert (report.lead, report.units_by) == ("dinas-bina-marga", "person")
    await works.hear("crop", told("2", number, "proses", unit="tukang entah siapa", at=NOW + HOUR))
    await works.hear("crop", told("3", number, "selesai", unit="31.74.01", at=NOW + 2 * HOUR))
    assert (await works.report()).lead == "dinas-bina-marga"
    (line,) = [row for row in await works.rows("history") if row.kind == "units"]
    assert line.data["after"] == "dinas-bina-marga"
