"""What the staff's pages of the way back read, on both engines."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert, update

from hub.store import tables, views_dialogue
from hub.store.store import Store
from hub.store.views_channels import behind, channel_health
from hub.store.views_queue import LANES, Position, WorkList, lane_counts, queue_page
from hub.store.views_sight import Sight
from tests.way_back_fixtures import KICAU, SURAT, add_delivery, seed
from tests.web_fixtures import NOW, TEBET, add_report

pytestmark = pytest.mark.anyio
WORK = WorkList(TEBET, Sight("petugas", TEBET), NOW)


def fill(connection: Connection) -> None:
    seed(connection)
    for key in range(31, 36):
        add_report(connection, key, duty=key == 35)
    add_delivery(connection, "sent", act="a", state="sent", settled_at=NOW)
    add_delivery(connection, "late", act="a")
    for key in range(7):
        add_delivery(connection, f"due{key}", act="b", next_at=NOW + timedelta(minutes=10 - key))
    add_delivery(connection, "clerk", act="b", complaint=KICAU, state="waiting", waits_for="clerk")
    add_delivery(connection, "citizen", report=31, complaint=31, state="waiting", waits_for="citizen")
    add_delivery(connection, "no", complaint=1, channel="waze", state="undeliverable", reason="x")
    own = {"score": 1.0, "evidence": ["beda"], "at": NOW}
    for key, other in ((32, 32), (33, 34)):
        connection.execute(insert(tables.suggestions).values(complaint=key, report=key, other=other, **own))
    dispute = {"complaint": 34, "at": NOW, "due_at": NOW, "photos": 0, "decision": ""}
    connection.execute(insert(tables.disputes).values(report=34, **dispute))
    closed = {"status": "selesai", "closed_at": NOW}
    connection.execute(update(tables.reports).where(tables.reports.c.id.in_((32, 34))).values(**closed))
    connection.execute(update(tables.reports).where(tables.reports.c.id == 34).values(disputed_at=NOW))


def lanes(connection: Connection) -> dict[str, list[int]]:
    return {lane: [row.id for row in queue_page(connection, WORK, lane).rows] for lane in LANES}


async def test_lanes_and_their_counts_agree(store: Store) -> None:
    await store.write(fill)
    found = await store.read(lanes)
    assert found["mungkin-duplikat"] == [33, 32, 1]
    assert (found["dibantah"], found["menunggu-warga"], found["rt-rw"]) == ([34], [31], [35])
    counts = await store.read(lambda c: lane_counts(c, WORK))
    assert counts == {lane: len(rows) for lane, rows in found.items() if lane != "selesai"}


async def test_a_lane_with_closed_reports_goes_on_where_a_page_ends(store: Store) -> None:
    await store.write(fill)
    after, found = None, []
    for _ in range(4):
        page = await store.read(lambda c, after=after: queue_page(c, WORK, "mungkin-duplikat", after, 1))
        found += [row.id for row in page.rows]
        after = page.after
    assert found == [33, 32, 1, 33]
    assert (await store.read(lambda c: queue_page(c, WORK, "dibantah", Position(False, 34)))).rows == []


async def test_deeds_under_way_and_how_replies_stand(store: Store) -> None:
    await store.write(fill)
    (act,) = await store.read(lambda c: views_dialogue.acts_under_way(c, 1))
    assert (act.act, act.count, act.next_at) == ("b", 8, NOW + timedelta(minutes=4))
    replies = await store.read(lambda c: views_dialogue.replies_to(c, [SURAT, KICAU]))
    assert [len(replies[key]) for key in (SURAT, KICAU)] == [views_dialogue.LAST, 1]
    by_act = await store.read(lambda c: views_dialogue.replies_by_act(c, 1))
    assert {(row.state, row.count) for row in by_act["b"]} == {("due", 7), ("waiting", 1)}


async def test_what_waits_is_counted_by_channel_and_reason(store: Store) -> None:
    await store.write(fill)
    health = await store.read(channel_health)
    assert health["surat"].waiting == {"clerk": 1, "citizen": 1}
    assert health["waze"].barred == [("x", 1)]
    held = await store.read(lambda c: behind(c, "replies"))
    assert (held.total, held.counts, len(held.samples)) == (8, [("surat", "reply", 8)], 1)
    assert (await store.read(lambda c: behind(c, "kicau"))).total == 0
