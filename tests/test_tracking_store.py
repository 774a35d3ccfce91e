"""The questions behind the tracking pages, on both engines."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from hub.store import views_tracking as views
from hub.store.store import Store
from hub.store.tables import additions, deliveries, followups, merges, photos, questions, receipts
from hub.store.views_photos import find_photo
from normalizer.number import make_number
from tests.public_fixtures import show
from tests.web_fixtures import NOW, add_complaint, add_report, seal

pytestmark = pytest.mark.anyio
LETTER = b'{"kind":"reply","by_hand":true,"note":"kata petugas"}'


def seed(c: Connection) -> None:
    """A report with one more complaint that came in on a receipt, and all that belongs to it."""
    add_report(c, 1)
    add_complaint(c, 3, 1)
    add_report(c, 2, merged_into=1)
    add_report(c, 4)
    seal(c, 4)
    show(c)
    c.execute(insert(receipts).values(report=2, channel="waze", holder="", at=NOW, complaint=3))
    c.execute(insert(merges).values(source=2, target=1, complaints=[3], by="machine", at=NOW))
    said = {"channel": "crop", "at": NOW, "received_at": NOW, "note_internal": "", "photos": [], "unit": ""}
    c.execute(
        insert(followups).values(id=7, report=1, native_id="1", status="", note="n", officer="", applied=True, **said)
    )
    file = {"raw_item": 1, "position": 0, "kind": "photo", "url": "", "state": "ready"}
    c.execute(insert(photos).values(id="resmi", followup=7, **file))
    c.execute(insert(photos).values(id="warga", complaint=3, **file))
    more = {"raw_item": 9, "channel": "waze", "native_id": "x", "text": "lagi", "scrubbed": "lagi"}
    c.execute(insert(additions).values(complaint=3, created_at=NOW, **more))
    asked = {"report": 1, "complaint": 3, "kind": "where", "text": "", "by": "p", "at": NOW, "due_at": NOW}
    c.execute(insert(questions).values(id="q", state="open", **asked))
    sent: dict[str, Any] = {"channel": "waze", "kind": "reply", "report": 1, "version": 1, "cause": "", "digest": ""}
    sent |= {"complaint": 3, "parcel": LETTER, "urgent": False, "state": "sent", "created_at": NOW, "settled_at": NOW}
    c.execute(insert(deliveries).values(key="k", **sent))


async def test_every_question_has_its_answer(store: Store) -> None:
    await store.write(seed)

    def ask(c: Connection) -> None:
        complaint = views.tracked_complaint(c, "track-3")
        assert complaint is not None
        assert views.report_of(c, complaint).id == 1
        assert views.receipt_number(c, 3) == make_number(2, "JKT")
        assert views.receipt_number(c, 1) == ""
        assert [row.note for row in views.notes_of(c, complaint)] == ["n"]
        assert views.photos_of_notes(c, [7]) == {7: ["resmi"]}
        assert views.own_photos(c, 3) == ["warga"]
        assert [row.text for row in views.own_words(c, 3)] == ["lagi"]
        assert [row.kind for row in views.questions_to(c, 3)] == ["where"]
        assert views.letters_to(c, 3) == [(NOW, "kata petugas")]
        assert views.tracked_complaint(c, "track-9") is None

    await store.read(ask)


async def test_a_number_leads_to_what_everybody_may_know(store: Store) -> None:
    await store.write(seed)

    def ask(c: Connection) -> None:
        found = views.public_report(c, make_number(2, "JKT"))
        assert found is not None
        assert (found.number, found.kelurahan) == (make_number(1, "JKT"), "31.74.01.1001")
        assert found.since == NOW - timedelta(minutes=89)
        assert views.public_report(c, make_number(4, "JKT")) is None
        assert views.public_report(c, "") is None

    await store.read(ask)


async def test_officials_photos_are_for_holders_of_the_link(store: Store) -> None:
    await store.write(seed)

    def ask(c: Connection) -> None:
        assert find_photo(c, "resmi", None, signed=False) is None
        assert find_photo(c, "resmi", None, signed=True) is not None
        assert find_photo(c, "warga", None, signed=False) is None, "no clerk has looked at it"
        assert find_photo(c, "warga", None, signed=True) is not None

    await store.read(ask)
