"""The schema's history ends at the tables of the program, on both engines; a database of another age is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from hub.store.engine import StoreError
from hub.store.keys import NAMES, take_keys
from hub.store.migrate import _config
from hub.store.store import Store
from hub.store.tables import metadata
from tests.store_fixtures import Database

pytestmark = pytest.mark.anyio
MOVED = "UPDATE alembic_version SET version_num = '{}'"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Store]:
    """Opens a database without any tables."""
    file = f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}"
    url = file if request.param == "sqlite" else request.getfixturevalue("empty_postgres")
    return lambda: Store(url, tmp_path / "blobs")


def _is_ours(name: str | None, _kind: str, _parents: Any) -> bool:
    return not (name or "").startswith("search_words")


def differences(connection: Connection) -> list[Any]:
    # The index of words is the engine's own: virtual tables on one, an index over an expression on the other.
    opts = {"compare_type": True, "compare_server_default": False, "include_name": _is_ours}
    context = MigrationContext.configure(connection, opts=opts)
    return list(compare_metadata(context, metadata))


async def test_an_empty_database_becomes_what_the_program_knows(empty: Callable[[], Store]) -> None:
    store = await empty().open()
    assert await store.write(differences) == []
    await store.close()


async def test_keys_are_taken_once(empty: Callable[[], Store]) -> None:
    store = await empty().open()
    for name in NAMES:
        first = await store.write(lambda connection, name=name: list(take_keys(connection, name, 3)))
        second = await store.write(lambda connection, name=name: list(take_keys(connection, name, 2)))
        assert len({*first, *second}) == 5
        assert sorted(first) == first
        assert max(first) < min(second)
    await store.close()


async def test_an_empty_database_is_refused_where_it_must_not_be_made(empty: Callable[[], Store]) -> None:
    with pytest.raises(StoreError, match="aduan db upgrade"):
        await empty().open(create=False)


async def test_upgrading_twice_changes_nothing(empty: Callable[[], Store]) -> None:
    first = await empty().upgrade()
    assert await empty().upgrade() == first
    store = await empty().open(create=False)
    assert await store.write(differences) == []
    await store.close()


async def test_a_database_without_its_mark_is_not_taken_for_empty(empty: Callable[[], Store]) -> None:
    store = await empty().open()
    await store.write(lambda connection: connection.execute(text("DELETE FROM alembic_version")))
    await store.close()
    with pytest.raises(StoreError):
        await empty().open()


async def test_a_newer_database_is_refused(empty: Callable[[], Store]) -> None:
    store = await empty().open()
    await store.write(lambda connection: connection.execute(text(MOVED.format("9999"))))
    await store.close()
    with pytest.raises(StoreError, match="newer program"):
        await empty().open()


async def test_an_older_database_is_refused_with_advice(
    empty: Callable[[], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await empty().open()
    await store.close()
    monkeypatch.setattr("hub.store.migrate._head", lambda _config: "a later one")
    with pytest.raises(StoreError, match="older than this program: run `aduan db upgrade`"):
        await empty().open()


async def test_the_first_schema_is_brought_up_to_date(empty: Callable[[], Store]) -> None:
    old = empty()
    async with old._engine.writer_engine.begin() as connection:
        await connection.run_sync(lambda c: command.upgrade(_config(c), "0001"))
    with pytest.raises(StoreError, match="older than this program"):
        await old.open()
    await empty().upgrade()
    store = await empty().open(create=False)
    assert await store.write(differences) == []
    await store.close()


async def test_every_table_has_a_primary_key(database: Database) -> None:
    store = await Store(database.url, database.blobs).open()
    bare = await store.read(
        lambda c: [name for name in metadata.tables if not inspect(c).get_pk_constraint(name)["constrained_columns"]]
    )
    assert bare == []
    await store.close()
