"""The complaint as a row of `aduan import`: one JSON object a line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import from_json

from normalizer.complaint import Attachment, Complaint, Reporter


def _words(value: Any) -> Any:
    return value.replace("\0", "") if isinstance(value, str) else value  # PostgreSQL cannot hold it


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else _words(value)


Words = Annotated[str, BeforeValidator(_words)]
Text = Annotated[str, BeforeValidator(_text)]


class Row(BaseModel):
    """One line of an import. Further members are kept in the raw item and have no meaning."""

    model_config = ConfigDict(extra="ignore")

    id: Text = Field(min_length=1, max_length=512)
    channel: str = Field(min_length=1, max_length=80, pattern=r"^[\w.:-]+$")
    text: Words
    title: Words = ""
    lat: float | None = Field(default=None, ge=-90, le=90)
    lon: float | None = Field(default=None, ge=-180, le=180)
    address: Words = ""
    category: Words = ""
    created_at: datetime
    reporter: Text = ""
    thread: Text = ""
    anonim: bool = True
    rahasia: bool = False
    photos: list[Words] = []


def parse_row(line: bytes, zone: ZoneInfo, now: datetime) -> Row:
    """Check a line; a naive time is the region's zone, a missing one is now. Raises ValueError saying what is wrong."""
    try:
        value = from_json(line)  # unlike the standard library's, safe against deep nesting and half characters
    except ValueError as error:
        raise ValueError(f"not JSON: {error}") from None
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - a bad line is a bad value, whatever its type
    values = {name: member for name, member in value.items() if member is not None}
    values.setdefault("created_at", now)
    row = Row.model_validate(values)
    return row.model_copy(update={"created_at": _instant(row.created_at, zone)})


def _instant(time: datetime, zone: ZoneInfo) -> datetime:
    aware = time if time.tzinfo else time.replace(tzinfo=zone)
    try:
        aware.astimezone(UTC)
    except OverflowError:
        raise ValueError("created_at: no time on this calendar") from None
    return aware


def read_row(body: bytes, meta: Mapping[str, str]) -> Complaint:
    """Read a stored line; `meta` holds the zone and the time of its import."""
    row = parse_row(body, ZoneInfo(meta["zone"]), datetime.fromisoformat(meta["at"]))
    here = row.lat is not None and row.lon is not None
    return Complaint(
        native_id=row.id,
        created_at=row.created_at,
        created_text=row.created_at.isoformat(),
        title=row.title,
        text=row.text,
        lat=row.lat if here else None,
        lon=row.lon if here else None,
        address=row.address,
        category_reported=row.category,
        reporter=Reporter(handle=row.reporter) if row.reporter else None,
        thread=row.thread,
        anonim=row.anonim,
        rahasia=row.rahasia,
        attachments=tuple(Attachment(url=url) for url in row.photos),
    )
