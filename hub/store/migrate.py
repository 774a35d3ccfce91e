"""The schema's history: creates, upgrades and checks the tables by Alembic, inside a connection of ours."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from hub.store.engine import StoreError


def upgrade_schema(connection: Connection) -> str:
    """Bring the tables to this program's schema; give its revision."""
    config = _config(connection)
    command.upgrade(config, "head")
    return _head(config)


def check_schema(connection: Connection, create: bool) -> None:  # noqa: FBT001 - called through run_sync
    """Create the tables of an empty database; refuse one of another age, saying what to do."""
    config = _config(connection)
    found = MigrationContext.configure(connection).get_current_revision()
    if found == _head(config):
        return
    if found is None and not inspect(connection).has_table("raw_items"):
        if not create:
            raise StoreError("the database is empty: run `aduan db upgrade` first")
        command.upgrade(config, "head")
    elif found in {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}:
        raise StoreError("the database is older than this program: run `aduan db upgrade`")
    else:
        raise StoreError("the database was written by a newer program: upgrade this one")


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.attributes["connection"] = connection
    return config


def _head(config: Config) -> str:
    return ScriptDirectory.from_config(config).get_current_head() or ""
