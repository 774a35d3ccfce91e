"""Pages come in whole, with the cursor behind them; revisions are counted, repeats dropped, nothing is ever refused."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from hub.clock import ManualClock
from hub.pipeline.intake import LARGE, MAX_CURSOR, BadPage, take_items, take_page
from hub.plugin import Item, Page
from hub.store import intake
from hub.store.store import Store
from hub.store.tables import raw_items
from normalizer.region import Region
from normalizer.understand import Normalizer
from tests.store_fixtures import Database, Works

pytestmark = pytest.mark.anyio


@pytest.fixture
def works(store: Store, region: Region, normalizer: Normalizer) -> Works:
    return Works(store, region, normalizer)


async def cursor(store: Store, channel: str = "mouth") -> object:
    return await store.read(lambda connection: intake.cursor_of(connection, channel))


async def test_a_page_and_its_cursor_are_stored_together(works: Works) -> None:
    page = Page([Item("a", b"1"), Item("b", b"2", meta={"date": "2026"})], {"after": ["b", 2]})
    appended = await take_page(works.store, "mouth", page)
    assert (appended.items, appended.repeats, appended.quarantined) == (2, 0, 0)
    assert await cursor(works.store) == {"after": ["b", 2]}
    first, second = await works.rows("raw_items")
    assert (first.native_id, first.revision, first.body, first.state) == ("a", 1, b"1", "new")
    assert second.meta == {"date": "2026"}


async def test_what_breaks_between_items_and_cursor_leaves_neither(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    await take_page(works.store, "mouth", Page([Item("a", b"1")], 1))

    def fail(*_: object) -> None:
        raise OSError("a made-up fault")

    monkeypatch.setattr(intake, "save_channel", fail)
    with pytest.raises(OSError, match="made-up"):
        await take_page(works.store, "mouth", Page([Item("b", b"2")], 2))
    monkeypatch.undo()
    assert [row.native_id for row in await works.rows("raw_items")] == ["a"]
    assert await cursor(works.store) == 1


async def test_a_connection_lost_before_the_commit_leaves_neither(works: Works) -> None:
    await take_page(works.store, "mouth", Page([Item("a", b"1")], 1))
    engine = works.store._engine.writer_engine.sync_engine  # the only way to fail exactly there

    @event.listens_for(engine, "commit", once=True)
    def fail(_connection: object) -> None:
        raise OSError("a made-up fault")

    with pytest.raises(OSError, match="made-up"):
        await take_page(works.store, "mouth", Page([Item("b", b"2")], 2))
    assert [row.native_id for row in await works.rows("raw_items")] == ["a"]
    assert await cursor(works.store) == 1
    await take_page(works.store, "mouth", Page([Item("b", b"2")], 2))
    assert await cursor(works.store) == 2


async def test_wait_complete_wait_are_three_revisions(works: Works) -> None:
    for body in (b"wait", b"complete", b"wait"):
        assert (await works.take("mouth", Item("q", body))).items == 1
    assert (await works.take("mouth", Item("q", b"wait"))).repeats == 1
    assert [(row.revision, row.body) for row in await works.rows("raw_items")] == [
        (1, b"wait"),
        (2, b"complete"),
        (3, b"wait"),
    ]


async def test_one_id_twice_in_a_page(works: Works) -> None:
    page = [Item("q", b"one"), Item("q", b"one"), Item("q", b"two"), Item("q", b"one")]
    appended = await take_page(works.store, "mouth", Page(page, None))
    assert (appended.items, appended.repeats) == (3, 1)
    assert [row.revision for row in await works.rows("raw_items")] == [1, 2, 3]


async def test_a_fingerprint_speaks_for_the_body(works: Works) -> None:
    await works.take("mouth", Item("q", b"seen 3 times", fingerprint="same"))
    assert (await works.take("mouth", Item("q", b"seen 4 times", fingerprint="same"))).repeats == 1


async def test_channels_do_not_share_ids(works: Works) -> None:
    await works.take("mouth", Item("q", b"one"))
    assert (await works.take("ear", Item("q", b"one"))).items == 1
    assert {row.revision for row in await works.rows("raw_items")} == {1}


async def test_a_large_body_goes_to_the_blobs(works: Works) -> None:
    body = b"x" * (LARGE + 1)
    await works.take("mouth", Item("large", body), Item("small", body[:LARGE]))
    large, small = await works.rows("raw_items")
    assert large.body is None
    assert works.store.blobs.get(large.blob) == body
    assert (small.blob, len(small.body)) == ("", LARGE)


async def test_a_quarantined_item_is_kept_and_not_read(works: Works) -> None:
    appended = await works.take("mouth", Item("bad", b"\xff", quarantine="cannot be parsed"))
    assert (appended.items, appended.quarantined) == (1, 1)
    row = await works.rows("raw_items")
    assert (row[0].state, row[0].outcome, row[0].reason) == ("quarantined", "quarantined", "cannot be parsed")
    assert await works.store.read(lambda connection: intake.fresh_items(connection, 10)) == []


async def test_quarantined_items_can_be_retried_by_channel(works: Works) -> None:
    await works.take("mouth", Item("bad", b"", quarantine="why"))
    await works.take("ear", Item("bad", b"", quarantine="why"))
    assert await works.store.write(lambda connection: intake.retry_quarantined(connection, "mouth")) == 1
    (fresh,) = await works.store.read(lambda connection: intake.fresh_items(connection, 10))
    assert fresh.channel == "mouth"


async def test_what_a_source_must_not_send_is_refused_by_name(works: Works) -> None:
    with pytest.raises(BadPage, match="501 items"):
        await take_page(works.store, "mouth", Page([Item(str(n), b"") for n in range(501)], None))
    with pytest.raises(BadPage, match="no JSON"):
        await take_page(works.store, "mouth", Page([], object()))
    with pytest.raises(BadPage, match="cursor of"):
        await take_page(works.store, "mouth", Page([], "x" * MAX_CURSOR))
    assert await works.rows("channels") == []


async def test_a_push_leaves_the_cursor_alone(works: Works) -> None:
    await take_page(works.store, "mouth", Page([Item("a", b"1")], {"at": 7}))
    await take_items(works.store, "mouth", [Item("b", b"2")])
    assert await cursor(works.store) == {"at": 7}


async def test_a_cursor_may_go_back_to_none(works: Works) -> None:
    await take_page(works.store, "mouth", Page([], {"at": 7}))
    await take_page(works.store, "mouth", Page([], None))
    assert await cursor(works.store) is None


ODD = [
    Item("nul\0id", b"1"),
    Item("half \ud83d emoji", b"2"),
    Item("long " * 200, b"3"),
    Item("mark", b"4", fingerprint="m" * 1000),
    Item("meta", b"5", meta={"subject": "nul \0 and half \udc00"}),
]


@pytest.mark.parametrize("odd", ODD, ids=["nul", "surrogate", "long", "mark", "meta"])
async def test_an_odd_item_never_fails_its_page(works: Works, odd: Item) -> None:
    for _ in range(2):
        await take_page(works.store, "mouth", Page([Item("before", b""), odd, Item("after", b"")], None))
    assert len(await works.rows("raw_items")) == 3


async def test_long_ids_that_begin_alike_stay_apart(works: Works) -> None:
    await works.take("mouth", Item("x" * 600 + "a", b"1"), Item("x" * 600 + "b", b"1"))
    assert [row.revision for row in await works.rows("raw_items")] == [1, 1]


async def test_items_of_two_stores_at_once_are_stored_once(database: Database, clock: ManualClock) -> None:
    page = [Item(str(number), b"same") for number in range(50)]
    async with database.opened(clock) as one, database.opened(clock) as other:
        taken = await asyncio.gather(*(take_items(store, "mouth", page) for store in (one, other, one, other)))
        assert sum(appended.items for appended in taken) == 50
        assert sum(appended.repeats for appended in taken) == 150


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pages=st.lists(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), max_size=6), max_size=5))
async def test_a_revision_for_each_change_and_none_for_a_repeat(
    works: Works, pages: list[list[tuple[str, str]]]
) -> None:
    await works.store.write(lambda connection: connection.execute(raw_items.delete()))
    expected: dict[str, list[str]] = {}
    for page in pages:
        await take_page(works.store, "mouth", Page([Item(name, body.encode()) for name, body in page], None))
        for name, body in page:
            known = expected.setdefault(name, [])
            if known[-1:] != [body]:
                known.append(body)
    found: dict[str, list[str]] = {}
    for row in await works.rows("raw_items"):
        found.setdefault(row.native_id, []).append(row.body.decode())
        assert row.revision == len(found[row.native_id])
    assert found == expected
