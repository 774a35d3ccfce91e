from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Connection, create_engine, select

from hub.store import accounts, sessions, tables
from hub.store.accounts import AccountError
from hub.store.audit import write_audit
from hub.store.sessions import IDLE, LASTS

NOW = datetime(2026, 2, 3, 5, 0, tzinfo=UTC)
HASH = accounts.hash_password("kata-sandi-contoh")


@pytest.fixture
def connection() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    tables.metadata.create_all(engine)
    with engine.begin() as made:
        yield made
    engine.dispose()


def add(connection: Connection, name: str = "petugas-contoh") -> int:
    return accounts.add_account(connection, name, HASH, role="petugas", area="31.74.01", now=NOW)


def test_a_password_is_kept_as_argon2id_and_compared() -> None:
    assert HASH.startswith("$argon2id$")
    assert accounts.check_password(HASH, "kata-sandi-contoh")
    assert not accounts.check_password(HASH, "kata-sandi-conto")
    assert not accounts.check_password(None, "kata-sandi-contoh")
    assert not accounts.check_password("not a hash", "kata-sandi-contoh")


def test_a_weaker_hash_is_outdated() -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("x")
    assert accounts.is_outdated(weak)
    assert not accounts.is_outdated(HASH)


@pytest.mark.parametrize(
    ("name", "password", "role", "area"),
    [
        ("", "kata-sandi-contoh", "petugas", "31.74.01"),
        (" blank", "kata-sandi-contoh", "petugas", "31.74.01"),
        ("a", "short", "petugas", "31.74.01"),
        ("a", "kata-sandi-contoh", "raja", "31.74.01"),
        ("a", "kata-sandi-contoh", "petugas", ""),
    ],
)
def test_what_cannot_be_an_account_is_refused(name: str, password: str, role: str, area: str) -> None:
    with pytest.raises(AccountError):
        accounts.check_account(name, password, role, area)


def test_operators_need_no_area() -> None:
    accounts.check_account("a", "kata-sandi-contoh", "operator", "")


def test_the_store_keeps_no_token(connection: Connection) -> None:
    token = sessions.open_session(connection, add(connection), NOW)
    row = connection.execute(select(tables.sessions)).one()
    assert token not in row
    assert len(row.id) == 64


def test_a_session_lasts_a_working_day(connection: Connection) -> None:
    token = sessions.open_session(connection, add(connection), NOW)
    at = NOW
    while at + IDLE / 2 < NOW + LASTS:
        at += IDLE / 2
        sessions.touch_session(connection, token, at)
    assert sessions.find_session(connection, token, NOW + LASTS - timedelta(seconds=1)) is not None
    assert sessions.find_session(connection, token, NOW + LASTS) is None


def test_an_idle_session_ends(connection: Connection) -> None:
    token = sessions.open_session(connection, add(connection), NOW)
    assert sessions.find_session(connection, token, NOW + IDLE - timedelta(seconds=1)) is not None
    assert sessions.find_session(connection, token, NOW + IDLE) is None


def test_a_closed_session_is_gone_and_others_stay(connection: Connection) -> None:
    account = add(connection)
    first, second = (sessions.open_session(connection, account, NOW) for _ in range(2))
    sessions.close_session(connection, first)
    assert sessions.find_session(connection, first, NOW) is None
    found = sessions.find_session(connection, second, NOW)
    assert found is not None
    assert found.account.name == "petugas-contoh"


def test_a_new_password_ends_every_session(connection: Connection) -> None:
    token = sessions.open_session(connection, add(connection), NOW)
    assert add(connection) == 1
    assert sessions.find_session(connection, token, NOW) is None


def test_a_disabled_account_is_out_at_once(connection: Connection) -> None:
    token = sessions.open_session(connection, add(connection), NOW)
    assert accounts.disable_account(connection, "petugas-contoh", NOW)
    assert sessions.find_session(connection, token, NOW) is None
    assert accounts.find_account(connection, "petugas-contoh") is None
    assert not accounts.disable_account(connection, "nobody", NOW)


def test_audit_rows_hold_codes(connection: Connection) -> None:
    write_audit(connection, NOW, "admin", "export", "reports", full=True)
    row = connection.execute(select(tables.audit)).one()
    assert (row.actor, row.action, row.subject, row.data) == ("admin", "export", "reports", {"full": True})
