"""The store's door: instants, group commit, what is durable when an answer comes, and what a killed process leaves."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import OperationalError

from hub.clock import ManualClock
from hub.store import engine
from hub.store.engine import StoreBusy, StoreError
from hub.store.store import Store
from hub.store.tables import alerts, dump_json
from tests.store_fixtures import NOW, Database

pytestmark = pytest.mark.anyio


def put(key: str, at: datetime = NOW) -> Callable[[Connection], str]:
    def work(connection: Connection) -> str:
        connection.execute(insert(alerts).values(key=key, opened_at=at))
        return key

    return work


def keys(connection: Connection) -> list[str]:
    return list(connection.execute(select(alerts.c.key).order_by(alerts.c.key)).scalars())


async def test_an_instant_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(Exception, match="without a zone"):
        await store.write(put("naive", datetime(2026, 1, 1)))  # noqa: DTZ001 - that is the point
    assert await store.read(keys) == []


async def test_an_instant_comes_back_as_the_same_instant_in_utc(store: Store) -> None:
    jakarta = timezone(timedelta(hours=7))
    await store.write(put("local", datetime(2026, 1, 1, 6, 30, 0, 1, tzinfo=jakarta)))
    found = await store.read(lambda connection: connection.execute(select(alerts.c.opened_at)).scalar_one())
    assert found == datetime(2025, 12, 31, 23, 30, 0, 1, tzinfo=UTC)
    assert found.utcoffset() == timedelta(0)


async def test_instants_are_compared_as_instants(store: Store) -> None:
    await store.write(put("whole", NOW))
    await store.write(put("fraction", NOW + timedelta(microseconds=1)))
    later = select(alerts.c.key).where(alerts.c.opened_at > NOW)
    assert await store.read(lambda connection: connection.execute(later).scalars().all()) == ["fraction"]


async def test_a_failing_unit_of_work_fails_alone(store: Store) -> None:
    def fail(connection: Connection) -> None:
        connection.execute(insert(alerts).values(key="bad", opened_at=NOW))
        raise ZeroDivisionError("a made-up fault")

    async with asyncio.TaskGroup() as group:
        good = [group.create_task(store.write(put(f"good-{number}"))) for number in range(5)]
        bad = group.create_task(_problem(store, fail))
        rest = [group.create_task(store.write(put(f"late-{number}"))) for number in range(5)]
    assert isinstance(bad.result(), ZeroDivisionError)
    assert await store.read(keys) == sorted(task.result() for task in (*good, *rest))


async def _problem(store: Store, work: object) -> BaseException | None:
    try:
        await store.write(work)
    except Exception as error:  # noqa: BLE001 - looked at by the test
        return error
    return None


async def test_a_unit_of_work_that_breaks_a_constraint_fails_alone(store: Store) -> None:
    results = await asyncio.gather(
        store.write(put("one")), store.write(put("one")), store.write(put("two")), return_exceptions=True
    )
    assert sorted(isinstance(result, Exception) for result in results) == [False, False, True]
    assert await store.read(keys) == ["one", "two"]


async def test_error_texts_hold_no_parameters(store: Store) -> None:
    await store.write(put("a citizen's words"))
    problem = await _problem(store, put("a citizen's words"))
    assert "citizen" not in str(problem)


async def test_a_cancelled_callers_work_commits_whole(database: Database, clock: ManualClock) -> None:
    def two(connection: Connection) -> None:
        connection.execute(insert(alerts).values(key="first", opened_at=NOW))
        connection.execute(insert(alerts).values(key="second", opened_at=NOW))

    async with database.opened(clock) as store:
        caller = asyncio.create_task(store.write(two))
        await asyncio.sleep(0)
        caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller
    async with database.opened(clock) as store:
        assert await store.read(keys) == ["first", "second"]


async def test_closing_finishes_what_was_accepted(database: Database, clock: ManualClock) -> None:
    async with database.opened(clock) as store:
        writes = [asyncio.create_task(store.write(put(f"{number:02}"))) for number in range(20)]
        await asyncio.sleep(0)
    await asyncio.gather(*writes)
    async with database.opened(clock) as store:
        assert len(await store.read(keys)) == 20


async def test_a_full_queue_says_busy_and_loses_nothing_accepted(
    database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "QUEUE_SIZE", 3)
    async with database.opened(clock) as store:
        results = await asyncio.gather(*(store.write(put(str(n))) for n in range(20)), return_exceptions=True)
        accepted = [str(n) for n, result in enumerate(results) if not isinstance(result, Exception)]
        assert {type(result) for result in results if isinstance(result, Exception)} == {StoreBusy}
        assert 3 <= len(accepted) < 20
        assert await store.read(keys) == sorted(accepted)


async def test_a_reader_cannot_write_on_sqlite(sqlite_database: Database, clock: ManualClock) -> None:
    async with sqlite_database.opened(clock) as store:
        with pytest.raises(OperationalError, match="readonly"):
            await store.read(put("never"))


async def test_a_database_that_cannot_be_used_is_told_in_words(tmp_path: Path, no_database: Path) -> None:
    with pytest.raises(StoreError, match="folder of the database does not exist"):
        await Store(f"sqlite+aiosqlite:///{tmp_path / 'nowhere' / 'aduan.db'}", tmp_path).open()
    with pytest.raises(StoreError, match="cannot be used"):
        await Store(f"sqlite+aiosqlite:///{no_database}", tmp_path).open()
    with pytest.raises(StoreError, match="cannot be reached"):
        await Store("postgresql+psycopg://nobody@127.0.0.1:1/none", tmp_path).open()


@pytest.fixture
def no_database(tmp_path: Path) -> Path:
    file = tmp_path / "no.db"
    file.write_text("this is no database, whatever its name says")
    return file


async def test_a_database_held_by_another_process_is_busy(
    sqlite_database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY", 10)
    async with sqlite_database.opened(clock) as store, sqlite_database.opened(clock) as other:
        await store.write(put("first"))
        async with other._engine.writer_engine.begin():
            with pytest.raises(StoreBusy, match="another process"):
                await store.write(put("second"))


async def test_a_second_hub_on_one_file_is_refused_with_the_holders_name(
    sqlite_database: Database, clock: ManualClock
) -> None:
    async with sqlite_database.opened(clock) as first, sqlite_database.opened(clock) as second:
        first.claim("the first hub")
        with pytest.raises(StoreError, match=rf"process {os.getpid()}, the first hub"):
            second.claim("the second hub")
        await first.close()
        second.claim("the second hub")


def test_json_keeps_text_as_it_is() -> None:
    assert dump_json({"nama": "Jalan “Mawar” é"}) == '{"nama":"Jalan “Mawar” é"}'


WRITER = """
import asyncio, sys
from datetime import datetime, UTC
from pathlib import Path
from sqlalchemy import insert
from hub.store.store import Store
from hub.store.tables import alerts

async def write(store, number):
    at = datetime(2026, 1, 1, tzinfo=UTC)
    await store.write(lambda c: c.execute(insert(alerts).values(key=f"{number:06}", opened_at=at)))
    print(f"{number:06}", flush=True)

async def main(url):
    store = await Store(url, Path("unused")).open()
    number = 0
    while True:
        await asyncio.gather(*(write(store, number + step) for step in range(8)))
        number += 8

asyncio.run(main(sys.argv[1]))
"""


async def test_everything_answered_survives_kill_9(database: Database, clock: ManualClock) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WRITER, database.url, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    answered = [(await process.stdout.readline()).decode().strip() for _ in range(60)]
    process.send_signal(signal.SIGKILL)
    answered += [line.decode().strip() for line in (await process.stdout.read()).splitlines() if len(line) == 6]
    await process.wait()
    async with database.opened(clock) as store:
        stored = await store.read(keys)
        assert set(answered) <= set(stored)
        assert len(stored) == await store.read(lambda c: c.execute(select(func.count()).select_from(alerts)).scalar())
