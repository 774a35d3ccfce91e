"""Second factors, devices, shared counts of wrong passwords, and an audit that shows when it was tampered with."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from hub.store.audit import seal
from hub.store.tables.columns import Instant, Json, Key

revision = "0009"
down_revision = "0008"

APPEND_ONLY = "the audit is append-only"
NO = sa.text("false")


def upgrade() -> None:
    """Add tables and columns, seal the audit's old rows, and let nobody change them from now on."""
    for table, columns in (
        ("accounts", (_flag("must_change"), _word("factor"), sa.Column("factor_at", Instant), _step())),
        ("sessions", (_word("device", 60), _flag("pending"), _flag("elsewhere"))),
        ("audit", (_word("previous"), _word("hash"))),
    ):
        for column in columns:
            op.add_column(table, column)
    op.create_index("ix_audit_hash", "audit", ["hash"])
    op.create_table(
        "recovery_codes",
        sa.Column("account", Key, nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("used_at", Instant),
        sa.PrimaryKeyConstraint("account", "code", name="pk_recovery_codes"),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name="fk_recovery_codes_account"),
    )
    op.create_table(
        "attempts",
        sa.Column("id", Key, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_attempts"),
    )
    op.create_index("ix_attempts_key", "attempts", ["key", "at"])
    op.create_index("ix_attempts_at", "attempts", ["at"])
    _seal_old_rows(op.get_bind())
    _refuse_changes(op.get_bind().dialect.name)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=NO)


def _word(name: str, length: int = 64) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False, server_default="")


def _step() -> sa.Column[int]:
    return sa.Column("factor_step", sa.BigInteger(), nullable=False, server_default="0")


def _seal_old_rows(connection: sa.Connection) -> None:
    columns: list[sa.ColumnClause[Any]] = [sa.column("id", Key), sa.column("at", Instant), sa.column("data", Json)]
    columns += [sa.column(name, sa.String) for name in ("actor", "action", "subject", "previous", "hash")]
    audit = sa.table("audit", *columns)
    previous = ""
    for row in connection.execute(sa.select(*columns).order_by(audit.c.id)).all():
        said = {"at": row.at, "actor": row.actor, "action": row.action, "subject": row.subject, "data": row.data}
        sealed = seal(previous, **said)
        values = {"previous": previous, "hash": sealed}
        connection.execute(sa.update(audit).where(audit.c.id == row.id).values(**values))
        previous = sealed


def _refuse_changes(engine: str) -> None:
    if engine != "postgresql":
        for deed in ("UPDATE", "DELETE"):
            refuse = f"BEFORE {deed} ON audit BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END"
            op.execute(f"CREATE TRIGGER audit_no_{deed.lower()} {refuse}")
        return
    body = f"BEGIN RAISE EXCEPTION '{APPEND_ONLY}'; END"
    op.execute(f"CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
    for deeds, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        name = f"audit_no_{deeds.partition(' ')[0].lower()}"
        op.execute(f"CREATE TRIGGER {name} BEFORE {deeds} ON audit FOR EACH {each} EXECUTE FUNCTION audit_refuse()")
