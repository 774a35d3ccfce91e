"""What tests of every part share: both database engines with a fresh database a test, and the normalizer of Jakarta."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
import structlog
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from hub.clock import ManualClock
from hub.lexicons import load_categories, load_words
from hub.regions import load_region
from hub.store.keys import NAMES
from hub.store.store import Store
from hub.store.tables import metadata
from normalizer.categories import Categorizer
from normalizer.region import Region
from normalizer.understand import Normalizer
from tests.store_fixtures import NOW, Database, make_tables

STANDARD = "postgresql://postgres@127.0.0.1:5432/postgres"
"""Where a PostgreSQL for tests usually listens; ADUAN_TEST_POSTGRES names another."""
_END_OTHERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True, scope="session")
def plain_tracebacks() -> None:
    """Tracebacks without the values of locals: drawing a whole region takes minutes."""
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.processors.add_log_level, plain])


@pytest.fixture(scope="session")
def region() -> Region:
    return load_region("jakarta")


@pytest.fixture(scope="session")
def normalizer(region: Region) -> Normalizer:
    return Normalizer(region, Categorizer(load_categories(), load_words()), salt=b"only for tests")


# ------------------------------------------------------------------------------------------------------- PostgreSQL


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[URL]:
    """A PostgreSQL server: the one named or at hand, else one of our own in a temporary folder."""
    named = os.environ.get("ADUAN_TEST_POSTGRES", STANDARD)
    if _answers(named):
        yield make_url(named)
        return
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not programs:
        why = "no PostgreSQL: none answers, ADUAN_TEST_POSTGRES names none, and it is not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(why)
        pytest.skip(why)
    yield from _own_server(programs[-1], tmp_path_factory.mktemp("postgres"))


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _own_server(programs: Path, folder: Path) -> Iterator[URL]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    data = str(folder / "data")
    _as_nobody(folder, programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
    _as_nobody(folder, programs / "pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield make_url(f"postgresql://postgres@127.0.0.1:{port}/postgres")
    finally:
        _as_nobody(folder, programs / "pg_ctl", "-D", data, "-m", "immediate", "stop")


def _as_nobody(folder: Path, *command: Path | str) -> None:
    """Run one of PostgreSQL's programs: they refuse to run as root."""
    who = {}
    if os.geteuid() == 0:
        person = pwd.getpwnam("nobody")
        for part in (folder, *folder.parents[:3]):
            part.chmod(0o755)
        os.chown(folder, person.pw_uid, person.pw_gid)
        who = {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []}
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL, cwd=folder, **who)  # noqa: S603 - our own words


@pytest.fixture(scope="session")
def one_postgres(postgres: URL) -> Iterator[str]:
    """The URL of a PostgreSQL database with our tables: emptied for each test, which is quicker than a new one."""
    for url in _database(postgres):
        make_tables(url)
        yield url


def _empty(url: str) -> None:
    server = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(_END_OTHERS)
        with connection.transaction():
            connection.execute("ALTER TABLE audit DISABLE TRIGGER USER")
            for table in reversed(metadata.sorted_tables):
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table.name)))
            connection.execute("ALTER TABLE audit ENABLE TRIGGER USER")
            for name in NAMES:
                connection.execute(sql.SQL("ALTER SEQUENCE {} RESTART").format(sql.Identifier(f"key_{name}")))


def _order(server: URL, command: str) -> None:
    with psycopg.connect(server.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(command)  # type: ignore[arg-type]


def _spell(url: URL) -> str:
    return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


# --------------------------------------------------------------------------------------------------------- databases


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with our tables, to be copied."""
    file = tmp_path_factory.mktemp("sqlite") / "template.db"
    make_tables(f"sqlite+aiosqlite:///{file}")
    return file


@pytest.fixture
def empty_postgres(postgres: URL) -> Iterator[str]:
    """The URL of a PostgreSQL database without any tables."""
    yield from _database(postgres)


def _database(server: URL) -> Iterator[str]:
    name = f"aduan_test_{secrets.token_hex(6)}"
    _order(server, f"CREATE DATABASE {name}")
    # Tests kill clients, never the server: nothing has to wait for the disk.
    _order(server, f"ALTER DATABASE {name} SET synchronous_commit = off")
    yield _spell(server.set(database=name))
    _order(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A fresh database with our tables, on each engine in turn."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_file"), tmp_path / "aduan.db")
        yield Database(f"sqlite+aiosqlite:///{tmp_path / 'aduan.db'}", tmp_path / "blobs")
        return
    url = request.getfixturevalue("one_postgres")
    _empty(url)
    yield Database(url, tmp_path / "blobs")


@pytest.fixture
def sqlite_database(sqlite_file: Path, tmp_path: Path) -> Database:
    """A fresh SQLite file with our tables, for what concerns that engine only."""
    shutil.copy(sqlite_file, tmp_path / "only.db")
    return Database(f"sqlite+aiosqlite:///{tmp_path / 'only.db'}", tmp_path / "blobs")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
async def store(database: Database, clock: ManualClock) -> AsyncIterator[Store]:
    async with database.opened(clock) as opened:
        yield opened
