"""The two engines behind one door: units of work go in, answers come out once they are durable.

A unit of work is a plain function of a SQLAlchemy connection. It cannot await, so it cannot talk to the network
inside a transaction, and it reads the same on SQLite and PostgreSQL.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

import structlog
from pydantic_core import from_json
from sqlalchemy import Connection, ExceptionContext, event
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import StaticPool

from hub.store.tables import dump_json

T = TypeVar("T")
Work = Callable[[Connection], T]

QUEUE_SIZE = 1000
GROUP_SIZE = 200
BUSY = 30_000
"""Milliseconds to wait for another process's transaction on SQLite."""
_RETRIES = 5
# Parameters are people's words: they stay out of error texts.
_COMMON: dict[str, Any] = {"json_serializer": dump_json, "json_deserializer": from_json, "hide_parameters": True}
_log = structlog.get_logger()


class StoreError(Exception):
    """The database cannot be used; the text says what to do."""


class StoreBusy(StoreError):
    """The writer's queue is full: come back later."""


def translate(error: BaseException) -> BaseException:
    """Turn what engines say about full disks and missing servers into words for an operator."""
    text = " ".join(str(getattr(link, "orig", None) or link) for link in _chain(error))
    if isinstance(error, PoolTimeout):
        return StoreBusy("every connection to the database is taken")
    if isinstance(error, DBAPIError | sqlite3.Error | OSError):
        if "disk is full" in text or "No space left" in text:
            return StoreError("the disk is full: nothing was stored; free some room and run the command again")
        if "unable to open" in text or "readonly" in text or "not a database" in text or "malformed" in text:
            return StoreError(f"the database file cannot be used: {getattr(error, 'orig', None) or error}")
        if isinstance(error, OperationalError) and "locked" in text:
            return StoreBusy("another process holds the database")
        if isinstance(error, OperationalError | InterfaceError) and "no such table" not in text:
            return StoreError(f"the database cannot be reached: {text.splitlines()[0] if text else 'no answer'}")
    return error


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    # A full disk ends SQLite's transaction; what fails next hides the reason in its context.
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


@dataclass
class _Job:
    work: Work[Any]
    answer: asyncio.Future[Any] = field(repr=False)


class SqliteEngine:
    """One writer task with group commit, and readers that cannot write."""

    def __init__(self, url: str) -> None:
        self.writer_engine = create_async_engine(url, poolclass=StaticPool, **_COMMON)
        self.reader_engine = create_async_engine(url, pool_size=4, max_overflow=4, **_COMMON)
        _prepare_sqlite(self.writer_engine, writes=True)
        _prepare_sqlite(self.reader_engine, writes=False)
        self._jobs: asyncio.Queue[_Job] = asyncio.Queue(QUEUE_SIZE)
        self._task: asyncio.Task[None] | None = None

    async def write(self, work: Work[T]) -> T:
        """Run a unit of work, and answer once it is on disk."""
        job = _Job(work, asyncio.get_running_loop().create_future())
        try:
            self._jobs.put_nowait(job)
        except asyncio.QueueFull:
            raise StoreBusy("the writer's queue is full") from None
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._write_groups(), name="store-writer")
        # The work goes on when its caller is cancelled: half of a unit of work is worse than one nobody waits for.
        return await asyncio.shield(job.answer)

    async def read(self, work: Work[T]) -> T:
        """Run a reading unit of work on a connection of its own."""
        async with self.reader_engine.connect() as connection:
            return await connection.run_sync(work)

    async def close(self) -> None:
        """Finish what was accepted, then let go."""
        if self._task is not None:
            await self._jobs.join()
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self.writer_engine.dispose()
        await self.reader_engine.dispose()

    async def _write_groups(self) -> None:
        while True:
            await self._commit_group(await self._jobs.get())

    async def _commit_group(self, first: _Job) -> None:
        done: list[tuple[_Job, Any, BaseException | None]] = []
        try:
            async with self.writer_engine.begin() as connection:
                done.append(await _attempt(connection, first))
                while not self._jobs.empty() and len(done) < GROUP_SIZE:
                    done.append(await _attempt(connection, self._jobs.get_nowait()))
        except Exception as error:  # noqa: BLE001 - whatever failed the commit is every caller's to know
            failure = translate(error)
            done = [(job, None, failure) for job, _, _ in done] or [(first, None, failure)]
        for job, result, problem in done:
            _answer(job, result, problem)
            self._jobs.task_done()


class PostgresEngine:
    """Each unit of work in a transaction of its own; a deadlock or a serialization failure runs it again."""

    def __init__(self, url: str) -> None:
        self.writer_engine = create_async_engine(url, pool_size=8, max_overflow=8, pool_pre_ping=True, **_COMMON)
        self.reader_engine = self.writer_engine
        _hide_values(self.writer_engine)
        self._accepted: set[asyncio.Task[Any]] = set()

    async def write(self, work: Work[T]) -> T:
        """Run a unit of work, and answer once it is durable."""
        if len(self._accepted) >= QUEUE_SIZE:
            raise StoreBusy("the writer's queue is full")
        # It is kept here, for its caller may be cancelled: what nobody holds can vanish half done.
        task = asyncio.create_task(self._write(work))
        self._accepted.add(task)
        task.add_done_callback(self._accepted.discard)
        return await asyncio.shield(task)

    async def _write(self, work: Work[T]) -> T:
        for attempt in range(_RETRIES):
            try:
                async with self.writer_engine.begin() as connection:
                    return await connection.run_sync(work)
            except PoolTimeout as error:
                raise translate(error) from error
            except DBAPIError as error:
                if attempt == _RETRIES - 1 or getattr(error.orig, "sqlstate", "") not in {"40001", "40P01"}:
                    raise translate(error) from error
        raise StoreError("the database kept refusing a transaction")

    async def read(self, work: Work[T]) -> T:
        """Run a reading unit of work."""
        try:
            async with self.reader_engine.connect() as connection:
                return await connection.run_sync(work)
        except (DBAPIError, PoolTimeout) as error:
            raise translate(error) from error

    async def close(self) -> None:
        """Finish what was accepted, then let go of every connection."""
        await asyncio.gather(*self._accepted, return_exceptions=True)
        await self.writer_engine.dispose()


Engine = SqliteEngine | PostgresEngine


def make_engine(url: str) -> Engine:
    """Build the engine for a database URL (already with its async driver)."""
    return PostgresEngine(url) if url.startswith("postgresql") else SqliteEngine(url)


async def _attempt(connection: AsyncConnection, job: _Job) -> tuple[_Job, Any, BaseException | None]:
    try:
        async with connection.begin_nested():
            return job, await connection.run_sync(job.work), None
    except Exception as error:  # noqa: BLE001 - a failing unit of work fails alone; its caller gets the error
        return job, None, translate(error)


def _answer(job: _Job, result: Any, problem: BaseException | None) -> None:
    if job.answer.cancelled():
        return
    if problem is None:
        job.answer.set_result(result)
    else:
        job.answer.set_exception(problem)


def _hide_values(engine: AsyncEngine) -> None:
    @event.listens_for(engine.sync_engine, "handle_error")
    def keep_first_line(context: ExceptionContext) -> None:
        # PostgreSQL quotes the row in the lines after the first: people's words stay out of error texts.
        for error in (context.original_exception, context.sqlalchemy_exception):
            if error is not None and error.args:
                error.args = (str(error.args[0]).partition("\n")[0],)


def _prepare_sqlite(engine: AsyncEngine, *, writes: bool) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        # With the driver's own transactions a SAVEPOINT's rows would survive the outer rollback.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY}"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.execute("PRAGMA cache_size=-32000")
        # 32 MB of log between two checkpoints: pages that change in every batch are written back once, not each time.
        cursor.execute("PRAGMA wal_autocheckpoint=8000")
        if not writes:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
