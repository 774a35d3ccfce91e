"""Wrong passwords are counted for all processes together."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from hub.store.attempts import ADDRESS, PAIR, WINDOW, fail, forget, neighbourhood, wait
from hub.store.tables import attempts
from tests.store_fixtures import NOW, Database

pytestmark = pytest.mark.anyio
TRIED = ((PAIR, "a"), (ADDRESS, "b"))


async def test_what_one_process_counted_the_other_knows(database: Database, clock) -> None:
    async with database.opened(clock) as one, database.opened(clock) as other:
        for _ in range(PAIR.most - 1):
            await one.write(lambda c: fail(c, TRIED, NOW))
        assert await other.read(lambda c: wait(c, TRIED, NOW)) is None
        await one.write(lambda c: fail(c, TRIED, NOW + timedelta(minutes=1)))
        assert await other.read(lambda c: wait(c, TRIED, NOW + timedelta(minutes=1))) == timedelta(minutes=14)
        await other.write(lambda c: forget(c, PAIR, "a"))
        assert await one.read(lambda c: wait(c, TRIED, NOW)) is None


async def test_old_failures_are_forgotten(store) -> None:
    await store.write(lambda c: fail(c, TRIED, NOW))
    await store.write(lambda c: fail(c, TRIED, NOW + WINDOW))
    assert await store.read(lambda c: c.execute(select(func.count()).select_from(attempts)).scalar_one()) == 2


async def test_no_name_is_kept_as_it_was_typed(store) -> None:
    await store.write(lambda c: fail(c, TRIED, NOW))
    kept = await store.read(lambda c: c.execute(select(attempts.c.key)).scalars().all())
    assert all(len(key) == 64 for key in kept)


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("192.0.2.7", "192.0.2.7"),
        ("testclient", "testclient"),
    ],
)
async def test_whoever_has_one_ipv6_address_has_many(address: str, counted: str) -> None:
    assert neighbourhood(address) == counted
