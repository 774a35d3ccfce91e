"""Photos are fetched by jobs of their own: their place counts, their failures hold nobody up, documents stay inside."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from ipaddress import IPv4Network
from typing import Any

import httpx2
import pytest
from PIL import ExifTags, Image

from hub.pipeline import erasing
from hub.pipeline import photos as jobs
from hub.pipeline.photos import SCHEDULE, PhotoJobs
from hub.plugin import Attachment
from hub.store import photos
from hub.store.store import Store
from normalizer.region import Region
from normalizer.understand import Normalizer
from tests.picture_fixtures import jpeg, scene
from tests.store_fixtures import HERE, NOW, Mouth, Works, item, officials, said

pytestmark = pytest.mark.anyio
URL = "http://127.0.0.1/1.jpg"
THERE = (-6.2084722, 106.8200694)
GPS = {1: "S", 2: (6.0, 12.0, 30.5), 3: "E", 4: (106.0, 49.0, 12.25)}
Answer = Callable[[httpx2.Request], httpx2.Response]


def picture(*, placed: bool = False) -> bytes:
    tags = Image.Exif()
    if placed:
        tags.get_ifd(ExifTags.IFD.GPSInfo).update(GPS)
    return jpeg(Image.new("RGB", (40, 30), "red"), exif=tags)


class Bytes(httpx2.AsyncByteStream):
    """A body that is read as it arrives."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self.data


class Web:
    """The web as the jobs see it."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answer: Answer = lambda _request: httpx2.Response(404)

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request.url.path)
        return self.answer(request)

    def shows(self, data: bytes, media_type: str = "image/jpeg") -> None:
        self.answer = lambda _request: httpx2.Response(200, stream=Bytes(data), headers={"content-type": media_type})


@pytest.fixture
def web() -> Web:
    return Web()


@pytest.fixture
def works(store: Store, region: Region, normalizer: Normalizer) -> Works:
    return Works(store, region, normalizer, {"mouth": Mouth(), "crop": officials()})


@pytest.fixture
async def job(works: Works, web: Web) -> AsyncIterator[PhotoJobs]:
    networks = {"": (IPv4Network("127.0.0.0/8"),)}
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(web)) as client:
        yield PhotoJobs(works.store, client, works.preparer, works.again, networks)


def with_photo(name: str = "a", url: str = URL, kind: Any = "photo", **others: Any) -> Any:
    return said(name, attachments=(Attachment(kind=kind, url=url),), **others)


async def the_photo(works: Works) -> Any:
    (row,) = await works.rows("photos")
    return row


async def test_a_photo_is_kept_without_its_exif_and_told(works: Works, web: Web, job: PhotoJobs) -> None:
    await works.hear("mouth", with_photo())
    await works.deliver("crop")
    web.shows(picture())
    assert await job.run_once() == 1
    row = await the_photo(works)
    assert (row.state, row.media_type, row.width) == ("ready", "image/jpeg", 40)
    assert not Image.open(io.BytesIO(works.store.blobs.get(row.content))).getexif()
    await works.deliver("crop")
    assert f"/foto/{row.id}".encode() in works.mouths["crop"].got[-1].body
    assert await job.run_once() == 0


async def test_a_photo_that_is_erased_while_it_is_fetched_leaves_no_file(
    works: Works, web: Web, job: PhotoJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    await works.hear("mouth", with_photo(here=()))
    ids = [(await works.complaint("a")).id]
    web.shows(picture(placed=True))
    fetch = job._keep

    async def and_erase(row: Any) -> Any:
        found = await fetch(row)
        await works.store.write(lambda c: erasing.erase(c, works.house, ids, "console", NOW))
        return found

    monkeypatch.setattr(job, "_keep", and_erase)
    await job.run_once()
    row = await the_photo(works)
    assert (row.state, row.content, row.lat) == ("erased", "", None)
    await erasing.Sweeper(works.store).run_once()
    assert [one for one in works.store.blobs.folder.rglob("*") if one.is_file()] == []
    assert [one.cause for one in await works.rows("understandings")] == ["first"]


async def test_the_place_of_a_photo_moves_the_queue(works: Works, web: Web, job: PhotoJobs) -> None:
    await works.hear("mouth", with_photo(here=()))
    before = await works.report()
    assert before.queue == "triase"
    web.shows(picture(placed=True))
    await job.run_once()
    report = await works.report()
    assert report.queue == report.kecamatan != ""
    assert report.lat == pytest.approx(THERE[0], abs=1e-4)
    first, second = await works.rows("understandings")
    assert (first.cause, second.cause) == ("first", "photo")
    assert (await works.complaint("a")).understanding == second.id


async def test_an_edit_does_not_lose_the_place_of_its_photo(works: Works, web: Web, job: PhotoJobs) -> None:
    await works.hear("mouth", with_photo(here=()))
    web.shows(picture(placed=True))
    await job.run_once()
    queue = (await works.report()).queue
    await works.hear("mouth", with_photo(here=(), title="masih"))
    assert (await the_photo(works)).state == "ready"
    assert await works.again.catch_up() == 1
    assert (await works.report()).queue == queue
    assert await works.again.catch_up() == await job.run_once() == 0


async def test_an_edit_that_comes_while_an_older_one_is_understood_is_understood_too(
    works: Works, web: Web, job: PhotoJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    await works.hear("mouth", with_photo(here=()))
    web.shows(picture(placed=True))
    await job.run_once()
    await works.hear("mouth", with_photo(here=(), title="masih"))
    understand = type(works.again).understand

    async def and_edit(again: Any, *args: Any, **others: Any) -> bool:
        monkeypatch.undo()
        done = await understand(again, *args, **others)
        await works.hear("mouth", with_photo(here=(), title="sudah surut"))
        return done

    monkeypatch.setattr(type(works.again), "understand", and_edit)
    assert [await works.again.catch_up() for _ in range(3)] == [1, 1, 0]
    latest = (await works.rows("understandings", id=(await works.complaint("a")).understanding))[0]
    assert "sudah surut" in latest.text
    assert latest.place["lat"] == pytest.approx(THERE[0], abs=1e-4)


async def test_reprocessing_does_not_lose_the_place_of_a_photo(works: Works, web: Web, job: PhotoJobs) -> None:
    await works.hear("mouth", with_photo(here=()))
    web.shows(picture(placed=True))
    await job.run_once()
    assert not await works.again.understand((await works.complaint("a")).id, "reprocess")


async def test_a_closed_report_stays_as_it_is(works: Works, web: Web, job: PhotoJobs) -> None:
    await works.hear("mouth", with_photo(here=()))
    report = await works.report()
    await works.desk.follow_up(report.number, report.version, "petugas", status="selesai")
    before = await works.report()
    web.shows(picture(placed=True))
    await job.run_once()
    assert await works.report() == before


async def test_a_document_is_kept_and_never_shown(works: Works, web: Web, job: PhotoJobs) -> None:
    await works.hear("mouth", with_photo(kind="document"))
    web.shows(b"%PDF-1.7 a made-up letter", "application/pdf")
    await job.run_once()
    row = await the_photo(works)
    assert (row.state, works.store.blobs.get(row.content)) == ("kept", b"%PDF-1.7 a made-up letter")
    await works.hear("mouth", said("b"))
    await works.deliver("crop")
    assert row.id.encode() not in works.mouths["crop"].got[-1].body


async def test_a_failing_photo_is_tried_by_schedule_then_given_up(works: Works, web: Web, job: PhotoJobs) -> None:
    await works.hear("mouth", with_photo())
    web.answer = lambda _request: httpx2.Response(503)
    for rest in (timedelta(0), *SCHEDULE):
        works.clock.advance(rest)
        assert await job.run_once() == 1
        assert await job.run_once() == 0
    row = await the_photo(works)
    assert (row.state, row.attempts) == ("failed", len(SCHEDULE) + 1)
    assert "127.0.0.1" not in row.reason
    assert (await works.report()).status == "menunggu"


async def test_what_is_no_picture_fails_at_once(works: Works, web: Web, job: PhotoJobs) -> None:
    await works.hear("mouth", with_photo())
    web.shows(b"this is no picture")
    await job.run_once()
    assert (await the_photo(works)).state == "failed"


async def test_a_forbidden_address_is_not_asked(works: Works, web: Web, job: PhotoJobs) -> None:
    await works.hear("mouth", with_photo(url="http://10.0.0.1/inside.jpg"))
    await job.run_once()
    assert web.asked == []
    assert (await the_photo(works)).state == "failed"


async def test_a_bug_of_a_reader_is_this_pictures_own(
    works: Works, web: Web, job: PhotoJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def choke(_data: bytes) -> Any:
        raise ZeroDivisionError("a made-up bug")

    monkeypatch.setattr(jobs, "examine", choke)
    await works.hear("mouth", with_photo())
    web.shows(picture())
    await job.run_once()
    assert (await the_photo(works)).reason == "bug: ZeroDivisionError"
    assert (await the_photo(works)).state == "failed"


async def test_the_bytes_of_a_mail_are_read_out_of_it_again(
    works: Works, job: PhotoJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken = said("mail", attachments=(Attachment(data=picture(), media_type="image/jpeg"),))
    monkeypatch.setattr(works.mouths["mouth"], "read", lambda _item: [spoken])
    await works.hear("mouth", item("mail"))
    await job.run_once()
    assert (await the_photo(works)).state == "ready"


async def test_a_dead_process_leaves_no_photo_behind(works: Works, web: Web, job: PhotoJobs) -> None:
    await works.hear("mouth", with_photo())
    await works.store.write(lambda connection: photos.lease_photos(connection, NOW, 10))
    web.shows(picture())
    assert await job.run_once() == 0
    works.clock.advance(photos.LEASE)
    assert await job.run_once() == 1
    assert (await the_photo(works)).state == "ready"


# ----------------------------------------------------------------------------------------------------- the same photo


WORDS = {"a": "banjir setinggi lutut di gang contoh", "b": "tolong pak, sudah dua hari begini"}
"""Nothing in these two says that they are about one thing, and only the first has a place."""


@pytest.fixture
def street() -> Image.Image:
    return scene(1)


async def show(works: Works, web: Web, job: PhotoJobs, name: str, image: bytes, **others: Any) -> None:
    """A citizen sends a complaint with this photo, and it is fetched."""
    spoken = {"text": WORDS.get(name, ""), "here": HERE if name == "a" else ()} | others
    await works.hear("mouth", with_photo(name, f"http://127.0.0.1/{name}.jpg", **spoken))
    web.shows(image)
    await job.run_once()


async def both(works: Works, web: Web, job: PhotoJobs, image: Image.Image, **others: Any) -> None:
    """Two strangers send one photo; one of them got it by a messenger."""
    await show(works, web, job, "a", jpeg(image), **others)
    await show(works, web, job, "b", jpeg(image.resize((320, 240)), 40))


async def test_a_person_is_asked_about_the_same_photo(
    works: Works, web: Web, job: PhotoJobs, street: Image.Image
) -> None:
    await both(works, web, job, street)
    a, b = [await works.complaint(name) for name in "ab"]
    assert a.report != b.report
    (asked,) = await works.rows("suggestions")
    assert (asked.complaint, asked.report, asked.other) == (b.id, b.report, a.report)
    assert asked.evidence == ["foto-sama"]
    assert asked.score > 0.5
    await works.desk.answer(asked.id, "petugas", same=True)
    assert (await works.complaint("b")).report == a.report


async def test_what_a_photo_looks_like_is_no_news_to_anybody_else(
    works: Works, web: Web, job: PhotoJobs, street: Image.Image
) -> None:
    await show(works, web, job, "a", jpeg(street))
    assert [line.kind for line in await works.rows("history")][-1] == "photo"
    assert [row.cause for row in await works.rows("understandings")] == ["first", "photo"]
    assert not await works.again.understand((await works.complaint("a")).id, "reprocess")
    assert len(await works.rows("understandings")) == 2


async def test_nobody_is_asked_about_different_photos(works: Works, web: Web, job: PhotoJobs) -> None:
    await show(works, web, job, "a", jpeg(scene(1)))
    await show(works, web, job, "b", jpeg(scene(2)))
    assert await works.rows("suggestions") == []


async def test_nobody_is_asked_about_even_pictures(works: Works, web: Web, job: PhotoJobs) -> None:
    await both(works, web, job, Image.new("RGB", (640, 480), "grey"))
    assert await works.rows("suggestions") == []


async def test_an_edit_loses_no_photo_and_asks_nobody_twice(
    works: Works, web: Web, job: PhotoJobs, street: Image.Image
) -> None:
    await both(works, web, job, street)
    version = (await works.report_of("b")).version
    await works.hear("mouth", with_photo("b", "http://127.0.0.1/b.jpg", text="tolong pak, tiga hari", here=()))
    assert await works.again.catch_up() == 1
    assert len(web.asked) == 2
    latest = (await works.rows("understandings", id=(await works.complaint("b")).understanding))[0]
    assert latest.facts["ph"]
    assert (await works.report_of("b")).version == version + 1
    assert len(await works.rows("suggestions")) == 1
    await works.hear("mouth", with_photo("a", "http://127.0.0.1/a.jpg", text=f"{WORDS['a']} lagi"))
    assert await works.again.catch_up() == 1
    assert len(await works.rows("suggestions")) == 1


async def test_what_a_person_parted_is_not_asked_about_again(
    works: Works, web: Web, job: PhotoJobs, street: Image.Image
) -> None:
    await show(works, web, job, "a", jpeg(street))
    await works.hear("mouth", with_photo("b", "http://127.0.0.1/b.jpg", text=WORDS["a"]))
    report = await works.report()
    number = await works.desk.split(report.number, (await works.complaint("a")).id, report.version, "petugas")
    assert (await works.report_of("a")).number == number
    assert await job.run_once() == 1
    assert [bool(row.likeness) for row in await works.rows("photos")] == [True, True]
    assert await works.rows("suggestions") == []


async def test_a_third_photo_asks_about_neither_side_twice(
    works: Works, web: Web, job: PhotoJobs, street: Image.Image
) -> None:
    await both(works, web, job, street)
    (asked,) = await works.rows("suggestions")
    await works.desk.answer(asked.id, "petugas", same=False)
    await show(works, web, job, "c", jpeg(street), text="ini fotonya", here=())
    mine = (await works.complaint("c")).report
    fresh = [(row.report, row.other) for row in await works.rows("suggestions", answer="")]
    assert sorted(fresh) == [(mine, (await works.complaint(name)).report) for name in "ab"]


@pytest.mark.parametrize("status", ["selesai", "ditolak"])
async def test_nobody_is_asked_about_what_is_finished(
    works: Works, web: Web, job: PhotoJobs, street: Image.Image, status: str
) -> None:
    await show(works, web, job, "a", jpeg(street))
    report = await works.report()
    works.clock.advance(timedelta(hours=1))
    reason = "di-luar-wewenang" if status == "ditolak" else ""
    await works.desk.follow_up(report.number, report.version, "petugas", status=status, reason=reason)
    await show(works, web, job, "b", jpeg(street))
    assert await works.rows("suggestions") == []


async def test_a_sealed_report_is_never_asked_about(
    works: Works, web: Web, job: PhotoJobs, street: Image.Image
) -> None:
    sealed = "petugas kelurahan minta uang pungli seratus ribu"
    await show(works, web, job, "a", jpeg(street), text=sealed)
    assert (await works.report()).handling == "sealed"
    await show(works, web, job, "b", jpeg(street))
    await show(works, web, job, "c", jpeg(street), text=f"{sealed} kemarin", here=())
    assert await works.rows("suggestions") == []


async def test_where_a_person_put_a_complaint_nobody_is_asked(
    works: Works, web: Web, job: PhotoJobs, street: Image.Image
) -> None:
    await show(works, web, job, "a", jpeg(street))
    number = (await works.report()).number
    await show(works, web, job, "c", jpeg(scene(3)), text="lampu jalan mati", here=())
    await show(works, web, job, "b", jpeg(street), belongs_to=(await works.report_of("c")).number)
    assert (await works.report_of("b")).number != number
    assert await works.rows("suggestions") == []


async def test_a_picture_that_everybody_sends_tells_nothing(
    works: Works, web: Web, job: PhotoJobs, monkeypatch: pytest.MonkeyPatch, street: Image.Image
) -> None:
    monkeypatch.setattr(photos, "COMMON", 3)
    for name in "abc":
        await show(works, web, job, name, jpeg(street))
    assert [row.complaint for row in await works.rows("suggestions")] == [(await works.complaint("b")).id]


async def test_an_erased_photo_is_not_known_again(works: Works, web: Web, job: PhotoJobs, street: Image.Image) -> None:
    await show(works, web, job, "a", jpeg(street))
    ids = [(await works.complaint("a")).id]
    await works.store.write(lambda c: erasing.erase(c, works.house, ids, "console", NOW))
    assert (await the_photo(works)).likeness is None
    assert [row.facts for row in await works.rows("understandings")] == [{}, {}]
    await show(works, web, job, "b", jpeg(street))
    assert await works.rows("suggestions") == []
