"""The audit: a chain that shows every change, rows that nobody may touch, on both engines."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial

import pytest
from alembic import command
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from hub.store.audit import TURN, holds, verify, write_audit
from hub.store.migrate import _config
from hub.store.store import Store
from hub.store.tables import audit
from tests.cli_fixtures import Desk
from tests.store_fixtures import NOW, Database

pytestmark = pytest.mark.anyio
UNGUARDED = {
    "sqlite": ("DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete"),
    "postgresql": ("ALTER TABLE audit DISABLE TRIGGER USER",),
}
GUARDED = "ALTER TABLE audit ENABLE TRIGGER USER"


async def note(store: Store, count: int) -> None:
    for n in range(count):
        at = NOW + timedelta(seconds=n)
        await store.write(partial(_note, at=at, n=n))


def _note(connection, at, n):
    write_audit(connection, at, "admin", "export", f"JKT-{n}", full=True, of=["é", 1.5, None])


async def tamper(store: Store, *statements) -> None:
    """Do what somebody with the database's own password could."""

    def work(connection):
        engine = connection.dialect.name
        for switch in UNGUARDED[engine]:
            connection.execute(text(switch))
        for statement in statements:
            connection.execute(statement)
        if engine == "postgresql":
            connection.execute(text(GUARDED))

    await store.write(work)


async def keys(store: Store) -> list[int]:
    return list(await store.read(lambda c: c.execute(select(audit.c.id).order_by(audit.c.id)).scalars().all()))


async def test_what_nobody_touched_fits(store: Store) -> None:
    await note(store, 5)
    verdict = await store.read(verify)
    assert (verdict.rows, verdict.broken) == (5, 0)
    assert await store.read(lambda c: holds(c, verdict.head))


@pytest.mark.parametrize("deed", ["UPDATE audit SET actor = 'x'", "DELETE FROM audit"])
async def test_the_database_refuses_changes(store: Store, deed: str) -> None:
    await note(store, 2)
    with pytest.raises(DBAPIError, match="append-only"):
        await store.write(lambda c: c.execute(text(deed)))
    assert (await store.read(verify)).rows == 2


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_nor_can_it_be_emptied(store: Store) -> None:
    await note(store, 2)
    with pytest.raises(DBAPIError, match="append-only"):
        await store.write(lambda c: c.execute(text("TRUNCATE audit")))


@pytest.mark.parametrize(
    "values", [{"actor": "x"}, {"subject": "x"}, {"action": "x"}, {"data": {}}, {"at": NOW}, {"hash": "0" * 64}]
)
async def test_a_changed_row_is_named(store: Store, values: dict) -> None:
    await note(store, 5)
    third = (await keys(store))[2]
    await tamper(store, update(audit).where(audit.c.id == third).values(**values))
    verdict = await store.read(verify)
    assert (verdict.broken, verdict.rows) == (third, 2)


async def test_a_removed_row_shows_at_the_next_one(store: Store) -> None:
    await note(store, 5)
    found = await keys(store)
    await tamper(store, delete(audit).where(audit.c.id == found[2]))
    assert (await store.read(verify)).broken == found[3]


async def test_a_row_slipped_in_at_the_end_is_named(store: Store) -> None:
    await note(store, 2)
    row = {"at": NOW, "actor": "x", "action": "x", "subject": "", "data": {}, "previous": "", "hash": "1" * 64}
    await store.write(lambda c: c.execute(insert(audit).values(**row)))
    assert (await store.read(verify)).broken == (await keys(store))[-1]


async def test_rows_cut_off_at_the_end_are_missed_by_the_last_hash(store: Store) -> None:
    await note(store, 3)
    head = (await store.read(verify)).head
    await tamper(store, delete(audit).where(audit.c.id == (await keys(store))[-1]))
    assert (await store.read(verify)).broken == 0
    assert not await store.read(lambda c: holds(c, head))


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_several_processes_write_one_chain(database: Database, clock) -> None:
    async with database.opened(clock) as one, database.opened(clock) as other:
        await asyncio.gather(*(note(store, 10) for store in (one, other, one)))
        verdict = await one.read(verify)
        assert (verdict.rows, verdict.broken) == (30, 0)
        held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = :turn"
        assert await one.read(lambda c: c.execute(text(held), {"turn": TURN & 0xFFFF_FFFF}).scalar_one()) == 0


async def test_old_rows_are_sealed_when_the_schema_comes_up_to_date(tmp_path) -> None:
    def store() -> Store:
        return Store(f"sqlite+aiosqlite:///{tmp_path / 'old.db'}", tmp_path)

    old = store()
    at = "2026-02-03T05:00:00.000000+00:00"
    row = f"INSERT INTO audit (at, actor, action, subject, data) VALUES ('{at}', 'a', 'b', 'c', '{{}}')"  # noqa: S608 - ours
    async with old._engine.writer_engine.begin() as connection:
        await connection.run_sync(lambda c: command.upgrade(_config(c), "0008"))
        for _ in range(3):
            await connection.execute(text(row))
    await old.close()
    await store().upgrade()
    fresh = await store().open(create=False)
    await note(fresh, 1)
    verdict = await fresh.read(verify)
    assert (verdict.rows, verdict.broken) == (4, 0)
    await fresh.close()


async def test_the_command_says_where_it_breaks(tmp_path) -> None:
    desk = Desk(tmp_path)
    desk.settings()
    added = desk.run("user", "add", "admin-contoh", "--role", "admin", "--password-stdin", stdin="kata-sandi-contoh\n")
    assert added.code == 0, added.err
    ran = desk.run("audit", "verify", "--json")
    assert (ran.code, ran.json["rows"]) == (0, 1)
    assert desk.run("audit", "verify", "--head", ran.json["head"]).code == 0
    assert desk.run("audit", "verify", "--head", "0" * 64).code == 1
    store = await Store(f"sqlite+aiosqlite:///{tmp_path / 'aduan.db'}", tmp_path).open()
    await tamper(store, update(audit).values(actor="somebody else"))
    await store.close()
    broken = desk.run("audit", "verify")
    assert broken.code == 1
    assert "Row 1 does not fit" in broken.err
