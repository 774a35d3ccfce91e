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
from tests.store_fixtures import NOW, Mouth, Works, item, officials, said

pytestmark = pytest.mark.anyio
URL = "http://127.0.0.1/1.jpg"
THERE = (-6.2084722, 106.8200694)
GPS = {1: "S", 2: (6.0, 12.0, 30.5), 3: "E", 4: (106.0, 49.0, 12.25)}
Answer = Callable[[httpx2.Request], httpx2.Response]


def picture(*, placed: bool = False) -> bytes:
    tags = Image.Exif()
    if placed:
        tags.get_ifd(ExifTags.IFD.GPSInfo).update(GPS)
    written = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(written, "JPEG", exif=tags)
    return written.getvalue()


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
    await job.run_once()
    assert (await works.report()).queue == queue
    assert len(web.asked) == 1
    assert (await the_photo(works)).state == "ready"


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
