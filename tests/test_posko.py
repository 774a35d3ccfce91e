"""The posko fills the work lists, whatever comes late or twice, and reads what staff write down at the counter."""

from __future__ import annotations

import base64
import inspect
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from hub.plugin import Complaint, Item, Notice, Page
from hub.testing import (
    NOW,
    REPORT,
    MemoryBoard,
    SinkCase,
    SourceCase,
    World,
    check_sink,
    check_source,
    make_context,
    make_delivery,
    sample_notice,
    sample_reply,
    sample_report,
)
from plugins.posko import Posko

pytestmark = pytest.mark.anyio


class Office(World):
    """Counts the reports on the board."""

    def effects(self) -> int:
        return len(self.board.queues)


async def test_contract() -> None:
    parcels = [sample_notice(sample_report(number=f"JKT-TEST000{number}")) for number in range(3)]
    assert "one-effect-a-key" in await check_sink(SinkCase(kind=Posko, options={}, world=Office, parcels=parcels))


async def put(*notices: Notice) -> dict[str, str]:
    board = MemoryBoard()
    context = make_context(board=board)
    posko = Posko(Posko.Options(), context)
    for number, notice in enumerate(notices):
        await posko.deliver(make_delivery(notice, f"key-{number}"))
    await context.http.aclose()
    return board.queues


async def test_a_report_stands_in_its_queue_alone() -> None:
    first = sample_notice(sample_report(version=1, queue="31.71.01"))
    moved = sample_notice(sample_report(version=2, queue="31.71.02"), event="report.updated", cause="units")
    assert await put(first) == {REPORT: "31.71.01"}
    assert await put(first, moved) == {REPORT: "31.71.02"}


async def test_a_late_delivery_does_not_bring_it_back() -> None:
    first = sample_notice(sample_report(version=1, queue="31.71.01"))
    moved = sample_notice(sample_report(version=2, queue="31.71.02"))
    assert await put(moved, first) == {REPORT: "31.71.02"}


@pytest.mark.parametrize(
    "gone",
    [
        sample_notice(sample_report(version=2, merged_into="JKT-TEST0002"), event="report.merged"),
        sample_notice(sample_report(version=2), event="report.withdrawn"),
        sample_notice(sample_report(version=2, queue=""), event="report.updated"),
    ],
    ids=["merged", "withdrawn", "nobody's"],
)
async def test_what_is_gone_leaves_the_list_for_good(gone: Notice) -> None:
    first = sample_notice(sample_report(version=1))
    assert await put(first, gone) == {}
    assert await put(gone, first) == {}


async def test_a_sealed_report_goes_to_the_queue_of_its_unit() -> None:
    sealed = sample_notice(sample_report(handling="sealed", queue="integritas"))
    assert Posko(Posko.Options(), make_context()).wants(sealed)
    assert await put(sealed) == {REPORT: "integritas"}


async def test_a_citizen_is_answered_by_the_page_on_their_receipt() -> None:
    posko = Posko(Posko.Options(), make_context())
    reply = sample_reply()
    assert posko.wants(reply)
    assert posko.manner.private
    assert (await posko.deliver(make_delivery(reply))).note


@given(queue=st.text(max_size=12), other=st.text(max_size=12), merged=st.sampled_from(["", "JKT-TEST0002"]))
def test_it_is_told_only_when_the_list_changes(queue: str, other: str, merged: str) -> None:
    posko = Posko(Posko.Options(), make_context())
    report = sample_report(queue=queue, merged_into=merged)
    same = report.model_copy(update={"version": 9, "status": "proses", "complaint_count": 5})
    moved = report.model_copy(update={"queue": other})
    assert posko.tells(sample_notice(report)) == posko.tells(sample_notice(same, event="report.updated"))
    if not merged:
        assert (posko.tells(sample_notice(report)) == posko.tells(sample_notice(moved))) == (queue == other)


# ----------------------------------------------------------------------------------------------------- at the counter


ENTRY = {
    "id": "JKT-TEST0001",
    "number": "JKT-TEST0001",
    "at": "2026-11-20T08:15:00+07:00",
    "text": "lampu jalan mati di gang contoh",
    "name": "Nama Contoh",
    "phone": "081200000000",
    "desk": "petugas-contoh",
}


def spelled(**members: Any) -> Item:
    entry = ENTRY | members
    return Item(str(entry["id"]), json.dumps(entry).encode())


def read(**members: Any) -> Complaint:
    (complaint,) = Posko(Posko.Options(), make_context()).read(spelled(**members))
    assert isinstance(complaint, Complaint)
    return complaint


class Fed(Posko):
    """A counter whose entries are pulled, so that the kit can look at how they are read."""

    async def pull(self, cursor: Any) -> AsyncIterator[Page]:
        start = cursor or 0
        for number in range(start, 3):
            yield Page([spelled(id=f"loket-contoh-{number}", number="")], number + 1)


async def test_the_contract_of_a_source() -> None:
    readme = Path(inspect.getfile(Posko)).with_name("README.md")
    assert "read-is-pure" in await check_source(SourceCase(kind=Fed, options={}, world=World, readme=readme))


def test_an_entry_is_a_complaint_of_its_own_time() -> None:
    complaint = read()
    assert complaint.created_at == datetime(2026, 11, 20, 1, 15, tzinfo=UTC)
    assert complaint.created_at < NOW
    assert (complaint.number, complaint.native_id) == ("JKT-TEST0001", "JKT-TEST0001")
    assert (complaint.text, complaint.anonim, complaint.rahasia) == (ENTRY["text"], True, False)


@pytest.mark.parametrize(("phone", "handle"), [("081200000000", "081200000000"), (" ", "JKT-TEST0001")])
def test_a_citizen_without_a_telephone_is_somebody_all_the_same(phone: str, handle: str) -> None:
    reporter = read(phone=phone, role="rt").reporter
    assert reporter is not None
    assert (reporter.handle, reporter.name, reporter.role) == (handle, "Nama Contoh", "rt")


def test_what_the_clerk_chose_is_kept() -> None:
    chosen = {"belongs_to": "JKT-TEST0002", "kelurahan": "31.74.01.1001", "address": "gang contoh", "rahasia": True}
    complaint = read(category="lampu-jalan", lat=-6.2, lon=106.8, **chosen)
    assert (complaint.category_hint, complaint.lat, complaint.lon) == ("lampu-jalan", -6.2, 106.8)
    assert (complaint.belongs_to, complaint.kelurahan_reported) == ("JKT-TEST0002", "31.74.01.1001")
    assert (complaint.address, complaint.rahasia) == ("gang contoh", True)


def test_half_a_position_is_none_and_an_unknown_category_stays_a_word() -> None:
    complaint = read(lat=-6.2, category="sesuatu")
    assert (complaint.lat, complaint.lon) == (None, None)
    assert (complaint.category_hint, complaint.category_reported) == ("", "sesuatu")


def test_papers_come_with_their_bytes_and_their_kind() -> None:
    data = base64.b64encode(b"%PDF contoh").decode()
    files = [
        {"kind": kind, "name": "a", "media_type": "application/pdf", "data": data} for kind in ("document", "photo")
    ]
    attached = read(files=files).attachments
    assert [(one.kind, one.data) for one in attached] == [("document", b"%PDF contoh"), ("photo", b"%PDF contoh")]


@pytest.mark.parametrize("bad", [{"at": "kemarin"}, {"text": None}, {"lat": 99.0}, {"role": "camat"}, {"files": [1]}])
def test_what_is_no_entry_is_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        read(**bad)


@given(st.text(max_size=200), st.text(max_size=30), st.text(max_size=30))
def test_no_word_is_changed(text: str, name: str, address: str) -> None:
    complaint = read(text=text, name=name, address=address)
    assert (complaint.text, complaint.address) == (text, address)
    assert complaint.reporter is not None
    assert complaint.reporter.name == name


def test_nobody_can_be_read_out_of_a_log() -> None:
    shown = repr(read())
    assert ENTRY["phone"] not in shown
    assert ENTRY["name"] not in shown
    assert ENTRY["text"] not in shown
