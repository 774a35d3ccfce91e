"""The types that columns have, and the collection that every table belongs to."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from pydantic_core import to_json
from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Integer,
    MetaData,
    String,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator, TypeEngine

from normalizer.complaint import in_utc


class Instant(TypeDecorator[datetime]):
    """An instant in UTC. Refuses naive values; sorts as text of one width on SQLite."""

    impl = String(32)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Use the engine's own type where it has one."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(String(32))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Give what the engine stores."""
        if value is None:
            return None
        return in_utc(value) if dialect.name == "postgresql" else spell_instant(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Give an aware datetime in UTC."""
        if value is None or isinstance(value, datetime):
            return value and value.astimezone(UTC)
        return datetime.fromisoformat(value)


@lru_cache(maxsize=4096)
def spell_instant(value: datetime) -> str:
    """Spell an instant as SQLite keeps it. The rows of a batch share most of their times."""
    return in_utc(value).isoformat(timespec="microseconds")


Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
Key = BigInteger().with_variant(Integer, "sqlite")
"""An integer key; SQLite numbers a plain INTEGER by itself."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


_EMPTY: dict[type[Any], str] = {list: "[]", dict: "{}", tuple: "[]"}


def dump_json(value: Any) -> str:
    """Spell JSON as the store keeps it: compact, text as it is."""
    # Most lists and objects that a complaint brings are empty.
    return to_json(value).decode() if value else _EMPTY.get(type(value)) or to_json(value).decode()
