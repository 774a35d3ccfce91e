"""Who asks for it is erased: their words, files and name stand nowhere any more; who was told of them stays known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from hub.pipeline import erasing
from hub.pipeline.erasing import Sweeper
from hub.plugin import Addition, Attachment, Complaint, Ended, FollowUp, Reporter
from hub.replies import ReplyRules
from hub.store import tables
from hub.store.store import Store
from normalizer.region import Region
from normalizer.understand import Normalizer
from tests.store_fixtures import HERE, NOW, Mouth, Works, item, officials, said

pytestmark = pytest.mark.anyio
MARK = "zirkonmerah"
LONG = 80_000
"""Characters: more than a row takes, so the raw body goes to a file."""


@pytest.fixture
def works(store: Store, region: Region, normalizer: Normalizer) -> Works:
    made = Works(store, region, normalizer, {"mouth": Mouth(private=True), "crop": officials()})
    return replace(made, rules=ReplyRules())


def everything(connection: Connection) -> str:
    """All that stands in any table."""
    rows = [row for table in tables.metadata.sorted_tables for row in connection.execute(select(table))]
    return "\n".join(repr([bytes(cell) if isinstance(cell, memoryview) else cell for cell in row]) for row in rows)


def files_with(store: Store, words: str) -> list[Path]:
    return [one for one in store.blobs.folder.rglob("*") if one.is_file() and words.encode() in one.read_bytes()]


def marked(native_id: str, text: str, **others: Any) -> Complaint:
    reporter = Reporter(handle=f"{MARK}@contoh.test", name=f"Ibu {MARK}")
    lat, lon = HERE
    files = (Attachment(kind="document", data=MARK.encode(), name=f"{MARK}.txt", media_type="text/plain"),)
    return Complaint(
        native_id=native_id,
        text=text,
        title=MARK,
        address=f"gang {MARK}",
        created_at=NOW,
        reporter=reporter,
        lat=lat,
        lon=lon,
        attachments=files,
        thread=f"utas-{MARK}",
        **others,
    )


async def filled(works: Works) -> str:
    """One incident of two citizens; one of them has left marks everywhere."""
    long = f"banjir setinggi lutut {MARK} " + "air " * (LONG // 4)
    await works.hear("mouth", marked("a", long))
    await works.hear("mouth", marked("a", f"{long} lagi"), said("b"))
    more = marked("c", f"sampai sekarang {MARK}")
    await works.hear("mouth", Addition(native_id="c", thread="a", complaint=more))
    number = (await works.report_of("a")).number
    await works.deliver("crop")
    await works.hear("crop", FollowUp(native_id="f", report=number, at=NOW, status="proses", note="petugas datang"))
    await works.deliver("mouth")
    return str(number)


async def test_nothing_of_an_erased_citizen_is_left(works: Works) -> None:
    number = await filled(works)
    assert MARK in await works.store.read(everything)
    assert files_with(works.store, MARK)
    ids = await works.store.read(lambda c: erasing.find_reporter(c, "mouth", f"{MARK}@contoh.test"))
    done = await works.store.write(lambda c: erasing.erase(c, works.house, ids, "console", works.store.now()))
    await Sweeper(works.store).run_once()
    assert MARK not in await works.store.read(everything)
    assert files_with(works.store, MARK) == []
    assert (done.complaints, done.reports, dict(done.received_by)) == (1, (number,), {"crop": 1})


async def test_the_other_citizen_and_the_report_stay(works: Works) -> None:
    number = await filled(works)
    ids = await works.store.read(lambda c: erasing.find_complaint(c, "mouth", "a"))
    await works.store.write(lambda c: erasing.erase(c, works.house, ids, "console", works.store.now()))
    report = await works.report_of("b")
    assert (report.number, report.status, report.complaint_count) == (number, "proses", 2)
    assert report.title == "banjir setinggi lutut"
    await works.deliver("crop")
    told = works.mouths["crop"].got[-1].parcel
    assert (told.event, [member.id for member in told.report.complaints]) == ("complaint.erased", ["b"])  # type: ignore[union-attr]


async def test_what_its_source_erased_is_erased_here(works: Works) -> None:
    await filled(works)
    await works.hear("mouth", item("gone", Ended(native_id="a", why="erased")))
    await Sweeper(works.store).run_once()
    assert MARK not in await works.store.read(everything)


async def test_it_does_not_come_back_with_an_edit(works: Works) -> None:
    await filled(works)
    await works.hear("mouth", item("gone", Ended(native_id="a", why="erased")))
    await works.hear("mouth", marked("a", f"saya ubah lagi {MARK}"))
    await Sweeper(works.store).run_once()
    assert (await works.complaint("a")).state == "erased"
    assert MARK not in await works.store.read(everything)


async def test_an_erased_addition_leaves_its_complaint(works: Works) -> None:
    await works.hear("mouth", said("a", who="ani"))
    more = said("c", f"tambahan {MARK}", who="ani")
    await works.hear("mouth", Addition(native_id="c", thread="a", complaint=more))
    await works.again.catch_up()
    await works.hear("mouth", item("gone", Ended(native_id="c", why="erased")))
    await works.again.catch_up()
    assert (await works.complaint("a")).state == "open"
    (latest,) = await works.rows("understandings", id=(await works.complaint("a")).understanding)
    assert MARK not in latest.text
