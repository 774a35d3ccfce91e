"""Which alerts are open: kept, so that a restart does not tell the same again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from hub.store.store import Store
from hub.store.tables import alerts


class AlertBook:
    """The open alerts of a store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def open_alert(self, key: str, at: datetime) -> bool:
        """Open an alert; False where it is open already."""

        def work(connection: object) -> bool:
            dialect = postgresql if connection.dialect.name == "postgresql" else sqlite  # type: ignore[attr-defined]
            statement = dialect.insert(alerts).values(key=key, opened_at=at).on_conflict_do_nothing()
            # By the row that comes back: PostgreSQL's driver counts none for an insert.
            return connection.execute(statement.returning(alerts.c.key)).first() is not None  # type: ignore[attr-defined]

        return await self.store.write(work)

    async def close_alert(self, key: str, at: datetime) -> bool:
        """Close an alert; False where it was not open."""
        return await self.store.write(lambda c: bool(c.execute(delete(alerts).where(alerts.c.key == key)).rowcount))

    async def open_keys(self) -> list[str]:
        """List the open alerts."""
        return await self.store.read(lambda c: list(c.execute(select(alerts.c.key).order_by(alerts.c.key)).scalars()))
