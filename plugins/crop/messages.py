"""What goes over the wire, out and in. The JSON Schemas in docs/schemas are made from these."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StrictStr

from normalizer.complaint import Instant, PlaceLevel, PlaceResult, Urgency
from plugins.crop.options import EventType


class _Out(BaseModel):
    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


class EventPlace(_Out):
    """Where it is, as well as the hub knows."""

    result: PlaceResult
    level: PlaceLevel
    """How exact it is: a point, a street, or only an area."""
    lat: float | None
    lon: float | None
    """WGS 84 degrees."""
    kelurahan: str
    kecamatan: str
    """Kemendagri codes with dots, empty where unknown."""
    confidence: float
    """0 to 1."""
    metres_to_border: float | None
    """Distance to the next kelurahan; a small one means that the neighbour may be meant."""


class EventUnit(_Out):
    """Who must act."""

    unit: str
    """Code of the unit, or CROP's name for it where one is configured."""
    role: Literal["lead", "supporting"]
    by: Literal["machine", "person"]
    """Suggested by the hub's rules, or set by a person."""


class EventComplaint(_Out):
    """What one citizen wrote, without personal data of anybody."""

    channel: str
    id: str
    text: str = Field(repr=False)
    """Ends in ` […]` where it was cut."""
    created_at: Instant
    anonim: bool
    """The citizen's name is hidden from everybody."""
    rahasia: bool
    """Nothing of this complaint may be shown publicly."""
    photos: tuple[str, ...]
    """Links."""


class Snapshot(_Out):
    """The whole report at one version. A higher version replaces a lower one."""

    report: str
    """Report number."""
    version: int
    cause: str
    """Code of what happened, like `opened`, `joined`, `status`."""
    status: str
    reason: str
    """Code of why it was refused, else empty."""
    category: str
    urgency: Urgency
    place: EventPlace
    units: tuple[EventUnit, ...]
    merged_into: str
    """Number of the report that took this one in, else empty."""
    complaint_count: int
    """How many complaints there are in all."""
    complaints: tuple[EventComplaint, ...]
    """The newest, at most 20, newest first; fewer where the body would pass 20 kB."""


class CropEvent(_Out):
    """What the hub posts."""

    type: EventType
    timestamp: Instant
    """When it happened; the same on every retry."""
    source: str
    """Address of the hub."""
    id: str
    """The same as the header `webhook-id`; the same on every retry."""
    data: Snapshot


_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)


def _written_out(value: Any) -> Any:
    """Refuse numbers: nobody knows whether they are seconds or milliseconds."""
    if not isinstance(value, str) or not re.match(r"\d{4}-\d\d-\d\d[Tt ]", value):
        raise ValueError("must be a date and time like 2026-11-20T10:00:00+07:00")
    return value


def _in_our_time(value: datetime) -> datetime:
    """Refuse slips of the pen, and times that cannot be told in another zone."""
    if not _EARLIEST <= value < _LATEST:
        raise ValueError("must lie between 2000 and 2100")
    return value


_Code = Annotated[StrictStr, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
_Link = Annotated[StrictStr, Field(max_length=2000, pattern=r"^https?://[^\s\x00-\x1f\x7f]+$")]
_Words = Annotated[StrictStr, Field(max_length=10_000)]
_Name = Annotated[StrictStr, Field(max_length=200)]


class CropFollowUp(BaseModel):
    """What CROP posts: what officials did or said. Unknown members are ignored; null is the same as absent."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True, use_attribute_docstrings=True)

    id: _Code
    """CROP's own id of this follow-up: a second one with the same id has no effect."""
    report: _Code
    """Report number."""
    status: _Name
    """A report status, or CROP's word for it; empty = unchanged."""
    at: Annotated[AwareDatetime, BeforeValidator(_written_out), AfterValidator(_in_our_time)]
    """When it was done, with an offset; follow-ups apply in the order of this time."""
    note: _Words | None = Field(None, repr=False)
    """For the citizens."""
    note_internal: _Words | None = Field(None, repr=False)
    """For officials only."""
    photos: Annotated[list[_Link], Field(max_length=20)] | None = None
    """Links, for the citizens."""
    unit: _Name | None = None
    officer: _Name | None = Field(None, repr=False)
    """Never shown publicly."""
