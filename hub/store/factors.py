"""The second factor of an account: asked for, proved, used once a code, and taken away."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, delete, func, insert, select, update

from hub.store.tables import accounts, recovery_codes
from hub.totp import matching_step, secret_of

RECOVERY = 10
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters that nobody mistakes for another."""


def propose_factor(connection: Connection, account: int) -> str:
    """Begin to set one up, or go on with what was begun; it counts once a code proved it."""
    row = connection.execute(select(accounts.c.factor, accounts.c.factor_at).where(accounts.c.id == account)).one()
    if row.factor:
        return str(row.factor)
    factor = secrets.token_urlsafe(24)
    connection.execute(update(accounts).where(accounts.c.id == account).values(factor=factor, factor_step=0))
    return factor


def proposed(connection: Connection, account: int) -> str:
    """Give what was begun; empty where nothing was."""
    return str(connection.execute(select(accounts.c.factor).where(accounts.c.id == account)).scalar_one())


def confirm_factor(connection: Connection, account: int, key: bytes, code: str, now: datetime) -> list[str] | None:
    """Put it in force with its first code; give the recovery codes, to be shown once. None for a wrong code."""
    if not _use_code(connection, account, key, code, now):
        return None
    connection.execute(update(accounts).where(accounts.c.id == account).values(factor_at=now))
    return renew_recovery(connection, account, key)


def renew_recovery(connection: Connection, account: int, key: bytes) -> list[str]:
    """Give ten new recovery codes; older ones are worth nothing."""
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(10)) for _ in range(RECOVERY)]
    connection.execute(delete(recovery_codes).where(recovery_codes.c.account == account))
    rows = [{"account": account, "code": _hash(key, account, code)} for code in codes]
    connection.execute(insert(recovery_codes), rows)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def pass_factor(connection: Connection, account: int, key: bytes, typed: str, now: datetime) -> str:
    """Check what was typed at sign-in: gives `code`, `recovery`, or nothing. Each works once."""
    plain = "".join(typed.split()).replace("-", "").lower()
    if _use_code(connection, account, key, plain, now):
        return "code"
    known = (recovery_codes.c.account == account, recovery_codes.c.code == _hash(key, account, plain))
    unused = update(recovery_codes).where(*known, recovery_codes.c.used_at.is_(None)).values(used_at=now)
    return "recovery" if connection.execute(unused).rowcount else ""


def drop_factor(connection: Connection, account: int) -> None:
    """Take it away, with its recovery codes."""
    values = {"factor": "", "factor_at": None, "factor_step": 0}
    connection.execute(update(accounts).where(accounts.c.id == account).values(**values))
    connection.execute(delete(recovery_codes).where(recovery_codes.c.account == account))


def recovery_left(connection: Connection, account: int) -> int:
    """Count the recovery codes that still work."""
    unused = (recovery_codes.c.account == account, recovery_codes.c.used_at.is_(None))
    return int(connection.execute(select(func.count()).select_from(recovery_codes).where(*unused)).scalar_one())


def _use_code(connection: Connection, account: int, key: bytes, code: str, now: datetime) -> bool:
    """Use up a code: of two requests with the same one, the second comes too late."""
    row = connection.execute(select(accounts.c.factor, accounts.c.factor_step).where(accounts.c.id == account)).one()
    step = matching_step(secret_of(key, row.factor), code, now, row.factor_step) if row.factor else None
    if step is None:
        return False
    unused = (accounts.c.id == account, accounts.c.factor_step < step)
    return connection.execute(update(accounts).where(*unused).values(factor_step=step)).rowcount == 1


def _hash(key: bytes, account: int, code: str) -> str:
    return hmac.new(key, f"recovery:{account}:{code}".encode(), sha256).hexdigest()
