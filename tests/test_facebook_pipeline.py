"""Facebook through the host's own pipeline: what conversations come to, repeats, removals, and the way back."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from hub.clock import ManualClock
from hub.plugin import FollowUp
from hub.store.store import Store
from normalizer.region import Region
from normalizer.understand import Normalizer
from tests.facebook_fixtures import ANI, BUDI, DAY, HOUR, MINUTE, Wall, comment, entry
from tests.store_fixtures import NOW, Works, officials

pytestmark = pytest.mark.anyio
SELONG = "31.74.07.1004"
PLACE = "di Jl. Senopati, Kelurahan Selong, Kebayoran Baru"


class House:
    """The page, the channel and the pipeline behind it."""

    def __init__(self, store: Store, region: Region, normalizer: Normalizer) -> None:
        assert isinstance(store.clock, ManualClock)
        self.clock = store.clock
        self.wall = Wall(self.clock)
        self.page = self.wall.page
        self.works = Works(store, region, normalizer, {"facebook": self.wall.channel})  # type: ignore[dict-item]  # a channel speaks for itself

    async def hear(self) -> dict[str, int]:
        """Store and process what was pushed."""
        return dict(await self.works.hear("facebook", *self.wall.take()))

    async def restart(self) -> None:
        self.wall.restart()
        self.works.mouths["facebook"] = self.wall.channel  # type: ignore[assignment]  # as above

    async def texts(self) -> list[str]:
        return [row.text for row in await self.works.rows("complaints", "id")]

    async def added(self) -> list[str]:
        return [row.text for row in await self.works.rows("additions", "id")]


@pytest.fixture
def house(store: Store, region: Region, normalizer: Normalizer) -> House:
    return House(store, region, normalizer)


async def test_messages_of_two_minutes_are_one_complaint_and_later_ones_additions(house: House) -> None:
    await house.page.message(ANI, "Jalan berlubang besar")
    assert await house.hear() == {"complaint": 1}
    assert (await house.works.report()).kelurahan == ""
    house.clock.advance(MINUTE)
    await house.page.message(ANI, images=["https://photos.test/1.jpg"])
    await house.page.message(ANI, PLACE)
    assert await house.hear() == {"revision": 2}
    house.clock.advance(2 * MINUTE)
    await house.page.message(ANI, "Sudah seminggu")
    assert await house.hear() == {"addition": 1}
    assert await house.texts() == [f"Jalan berlubang besar\n{PLACE}"]
    assert await house.added() == ["Sudah seminggu"]
    report = await house.works.report()
    assert (report.complaint_count, report.kelurahan) == (1, SELONG)
    assert [row.url for row in await house.works.rows("photos")] == ["https://photos.test/1.jpg"]


async def test_a_burst_in_one_push_is_the_same(house: House) -> None:
    async with house.page.batch():
        await house.page.message(ANI, "Jalan berlubang besar")
        await house.page.message(ANI, PLACE)
        await house.page.message(BUDI, "Lampu jalan mati di Jl. Gandaria")
    assert await house.hear() == {"complaint": 2, "revision": 1}
    assert sorted(await house.texts()) == [f"Jalan berlubang besar\n{PLACE}", "Lampu jalan mati di Jl. Gandaria"]


async def test_a_burst_among_additions_is_one_addition(house: House) -> None:
    await house.page.message(ANI, "Jalan berlubang besar")
    house.clock.advance(HOUR)
    await house.page.message(ANI, "Masih begitu")
    house.clock.advance(MINUTE)
    await house.page.message(ANI, "Malah tambah besar")
    assert await house.hear() == {"complaint": 1, "addition": 2}
    assert await house.added() == ["Masih begitu\nMalah tambah besar"]


async def test_after_a_restart_it_is_still_one_complaint(house: House) -> None:
    await house.page.message(ANI, "Jalan berlubang besar")
    await house.hear()
    await house.restart()
    house.clock.advance(MINUTE)
    await house.page.message(ANI, PLACE)
    assert await house.hear() == {"addition": 1}
    assert await house.added() == [PLACE]


async def test_a_conversation_lasts_until_the_next_day(house: House) -> None:
    counts: Counter[str] = Counter()
    for _ in range(3):
        await house.page.message(ANI, "Jalan berlubang besar")
        counts.update(await house.hear())
        house.clock.advance(DAY)
    assert counts == {"complaint": 2, "addition": 1}


async def test_two_people_never_share_a_conversation(house: House) -> None:
    await house.page.message(ANI, "Jalan berlubang besar")
    await house.page.message(BUDI, "Masih begitu")
    assert await house.hear() == {"complaint": 2}


async def test_a_new_matter_is_a_complaint_of_its_own_and_what_follows_belongs_to_it(house: House) -> None:
    await house.page.message(ANI, "Jalan berlubang besar")
    house.clock.advance(HOUR)
    await house.page.message(ANI, "Saya mau lapor yang lain: lampu jalan mati")
    house.clock.advance(MINUTE)
    await house.page.message(ANI, "di Jl. Gandaria")
    assert await house.hear() == {"complaint": 2, "revision": 1}
    house.clock.advance(HOUR)
    await house.page.message(ANI, "tiga tiang yang mati")
    assert await house.hear() == {"addition": 1}
    (addition,) = await house.works.rows("additions")
    second = (await house.works.rows("complaints", "id"))[1]
    assert second.text == "Saya mau lapor yang lain: lampu jalan mati\ndi Jl. Gandaria"
    assert addition.complaint == second.id


async def test_comments_belong_to_their_authors(house: House) -> None:
    post = await house.page.post(ANI, "Jalan berlubang besar di Jl. Senopati")
    assert await house.hear() == {"complaint": 1}
    await house.page.comment(ANI, post, "Sudah seminggu")
    assert await house.hear() == {"addition": 1}
    other = await house.page.comment(BUDI, post, "Lampu jalan mati juga")
    assert await house.hear() == {"complaint": 1}
    await house.page.comment(BUDI, post, "tiga tiang", parent=other)
    assert await house.hear() == {"addition": 1}
    own = await house.page.post(house.page.id, "Pengumuman")
    assert await house.hear() == {"skipped": 1}
    for words in ("Banjir di gang kami", "Sampah menumpuk"):
        await house.page.comment(ANI, own, words)
    assert await house.hear() == {"complaint": 2}


async def test_nothing_pushed_again_changes_anything(house: House) -> None:
    post = await house.page.post(ANI, "Jalan rusak")
    await house.hear()
    house.clock.advance(MINUTE)
    await house.page.edit(post, "Jalan rusak parah")
    await house.page.message(ANI, "Lampu mati")
    assert await house.hear() == {"revision": 1, "complaint": 1}
    for restarted in (False, True):
        if restarted:
            await house.restart()
        for body in house.page.pushed[:3]:
            await house.page.send(body)
        assert await house.hear() == {}
    assert await house.texts() == ["Jalan rusak parah", "Lampu mati"]


async def test_what_was_removed_stays_removed_however_often_it_is_pushed(house: House) -> None:
    post = await house.page.post(ANI, "Jalan rusak")
    await house.page.remove(post)
    assert await house.hear() == {"complaint": 1, "ended": 1}
    await house.restart()
    for body in house.page.pushed[:2]:
        await house.page.send(body)
    assert await house.hear() == {}
    assert (await house.works.complaint(post)).state == "erased"


async def test_a_removal_before_its_words_opens_nothing(house: House) -> None:
    await house.page.push([entry(comment(verb="remove"), at=NOW), entry(comment(), at=NOW)])
    assert await house.hear() == {"quarantined": 1, "skipped": 1}
    assert await house.texts() == []


async def test_an_edit_before_its_words_is_what_counts(house: House) -> None:
    edited = comment(verb="edited", message="kedua", created_time=int(NOW.timestamp()))
    first = comment(message="pertama", created_time=int(NOW.timestamp()))
    await house.page.push([entry(edited, at=NOW + MINUTE), entry(first, at=NOW)])
    assert await house.hear() == {"complaint": 1, "skipped": 1}
    assert await house.texts() == ["kedua"]


async def test_an_edited_addition_replaces_what_it_said(house: House) -> None:
    post = await house.page.post(ANI, "Jalan rusak")
    name = await house.page.comment(ANI, post, "sudah seminggu")
    house.clock.advance(MINUTE)
    await house.page.edit(name, "sudah sebulan")
    assert await house.hear() == {"complaint": 1, "addition": 2}
    assert await house.added() == ["sudah sebulan"]


async def test_both_ways_together_make_no_doubles(house: House) -> None:
    post = await house.page.post(ANI, "Jalan rusak", photo="https://photos.test/1.jpg")
    await house.page.comment(BUDI, post, "Lampu mati juga")
    await house.page.message(BUDI, "Sampah menumpuk")
    await house.hear()
    assert dict(await house.works.hear("facebook", *await house.wall.pull())) == {}
    await house.restart()
    assert dict(await house.works.hear("facebook", *await house.wall.pull())) == {}
    assert len(await house.texts()) == 3


async def test_an_answer_finds_its_way_back(house: House) -> None:
    house.works.mouths["crop"] = officials()
    name = await house.page.comment(ANI, await house.page.post(BUDI, "Jalan rusak"), "Lampu jalan mati")
    await house.hear()
    message = await house.page.message(ANI, "Sampah menumpuk")
    await house.hear()
    for serial, native_id in enumerate((name, message)):
        number = (await house.works.report_of(native_id)).number
        told = FollowUp(native_id=str(serial), report=number, at=NOW, status="proses", note="Petugas menuju lokasi.")
        await house.works.hear("crop", told)
        await house.works.deliver("facebook")
        assert number in repr([house.page.comments[-1:], house.page.messages[-1:]][serial])
    assert [answer["to"] for answer in house.page.comments] == [name]
    assert [answer["recipient"] for answer in house.page.messages] == [{"id": ANI}]
    stored = await house.works.complaint(message)
    assert ANI not in repr((stored.thread, stored.reply_context, stored.text))


async def test_a_closed_window_opens_when_the_citizen_writes_again(house: House) -> None:
    house.works.mouths["crop"] = officials()
    message = await house.page.message(ANI, "Sampah menumpuk")
    await house.hear()
    await house.works.deliver("facebook")
    house.page.messages.clear()
    house.clock.advance(30 * HOUR)
    number = (await house.works.report_of(message)).number
    told = FollowUp(native_id="1", report=number, at=NOW + 30 * HOUR, status="proses", note="Petugas menuju lokasi.")
    await house.works.hear("crop", told)
    await house.works.later("facebook", DAY / 2)
    assert house.page.messages == []
    await house.page.message(ANI, f"bagaimana {number}?")
    assert await house.hear() == {"addition": 1}
    await house.works.later("facebook", HOUR)
    assert "Petugas menuju lokasi" in house.page.messages[-1]["message"]["text"]


async def test_messages_are_private_and_comments_are_not(house: House) -> None:
    public = replace(house.works.house, audience=lambda _: "public")
    house.works.processor = replace(house.works.processor, house=public)
    name = await house.page.comment(ANI, await house.page.post(BUDI, "Jalan rusak"), "Lampu jalan mati")
    message = await house.page.message(ANI, "Sampah menumpuk")
    await house.hear()
    assert [(await house.works.complaint(one)).audience for one in (name, message)] == ["public", "private"]
