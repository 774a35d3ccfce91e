"""The store: one database, opened by its URL, brought to its schema, and guarded against a second hub."""

from __future__ import annotations

import asyncio
import fcntl
import os
import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import IO, TypeVar

from sqlalchemy import Connection
from sqlalchemy.engine import make_url

from hub.clock import Clock, system_clock
from hub.store.blobs import Blobs
from hub.store.engine import Engine, StoreError, make_engine, translate
from hub.store.migrate import check_schema, upgrade_schema

T = TypeVar("T")


class Store:
    """The door to everything stored. Units of work are the functions of the modules beside this one."""

    def __init__(self, url: str, blobs: Path, clock: Clock = system_clock) -> None:
        self.url = url
        self.blobs = Blobs(blobs)
        self.clock = clock
        self._engine: Engine = make_engine(url)
        self._guard: IO[str] | None = None

    @property
    def file(self) -> Path | None:
        """The SQLite file, or None on a server."""
        url = make_url(self.url)
        return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None

    async def open(self, *, create: bool = True) -> Store:
        """Connect; create the tables of an empty database. Raises StoreError with what to do."""
        if self.file is not None and not self.file.parent.is_dir():
            raise StoreError(f"the folder of the database does not exist: {self.file.parent}")
        if self.file is not None:
            await asyncio.to_thread(_try_file, self.file)
        try:
            async with self._engine.writer_engine.begin() as connection:
                await connection.run_sync(check_schema, create)
        except Exception as error:  # noqa: BLE001 - every failure to open is told in an operator's words
            await self.close()
            problem = translate(error)
            raise problem from (error if problem is not error else None)
        return self

    async def upgrade(self) -> str:
        """Bring the tables to this program's schema, and let go; gives the revision."""
        try:
            async with self._engine.writer_engine.begin() as connection:
                return await connection.run_sync(upgrade_schema)
        except Exception as error:
            raise translate(error) from error
        finally:
            await self.close()

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run a unit of work in a transaction; answers once it is durable. Raises StoreError, StoreBusy."""
        return await self._engine.write(work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run a unit of work that only reads."""
        return await self._engine.read(work)

    async def close(self) -> None:
        """Finish what was accepted and let go."""
        await self._engine.close()
        if self._guard is not None:
            self._guard.close()
            self._guard = None

    def now(self) -> datetime:
        """The injected clock's time: due times are compared with it, never with the database's own."""
        return self.clock()

    def claim(self, who: str) -> None:
        """Be the only hub on this SQLite file. Raises StoreError naming the holder."""
        if self.file is None or self._guard is not None:
            return
        guard = Path(f"{self.file}.hub").open("a+", encoding="utf-8")  # noqa: SIM115 - held as long as the hub runs
        try:
            fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            guard.seek(0)
            holder = guard.read().strip() or "another process"
            guard.close()
            raise StoreError(f"another hub works on {self.file}: {holder}. Stop it first") from None
        guard.truncate(0)
        guard.write(f"process {os.getpid()}, {who}, since {self.now():%Y-%m-%d %H:%M} UTC\n")
        guard.flush()
        self._guard = guard


def _try_file(file: Path) -> None:
    """Open and close it once. Raises StoreError.

    A connection of the engine that cannot open its file leaves a thread behind, which complains of a loop that is gone.
    """
    try:
        sqlite3.connect(file).close()
    except sqlite3.Error as error:
        raise StoreError(f"the database file cannot be used: {error}") from None
