"""Reports: the working copy of a row, its numbers, its history and the units that must act."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, get_args

from sqlalchemy import Connection, bindparam, select, update

from hub.store.bulk import insert_many
from hub.store.publishing import publish
from hub.store.tables import history, reports
from normalizer.complaint import Handling, Place, Urgency
from normalizer.number import read_number
from normalizer.report import CLOSED, Reason, Status, UnitShare

CHUNK = 500
By = str
"""`machine` or `person`."""


@dataclass(slots=True)
class ReportState:
    """A report as a batch works on it. Written back whole, once, when it has changed."""

    id: int
    number: str
    created_at: datetime
    first_at: datetime
    last_at: datetime
    updated_at: datetime
    version: int = 0
    status: Status = "menunggu"
    reason: Reason = ""
    category: str = "lainnya"
    category_confidence: float = 0.0
    category_by: By = "machine"
    category_sure: bool = False
    """Right nine times in ten, or said by a person; else somebody should look."""
    urgency: Urgency = "biasa"
    urgency_by: By = "machine"
    handling: Handling = "open"
    handling_by: By = "machine"
    place: Place = field(default_factory=Place)
    place_by: By = "machine"
    units: tuple[UnitShare, ...] = ()
    units_by: By = "machine"
    queue: str = ""
    rule: str = ""
    title: str = field(default="", repr=False)
    complaint_count: int = 0
    channel_counts: dict[str, int] = field(default_factory=dict)
    anchor: tuple[float, float] | None = None
    closed_at: datetime | None = None
    opened_at: datetime | None = None
    disputed_at: datetime | None = None
    followed_up_by: str = ""
    last_follow_up_at: datetime | None = None
    answered_at: datetime | None = None
    asked_at: datetime | None = None
    nudged_at: datetime | None = None
    duty: bool = False
    validated: str = ""
    merged_into: int | None = None
    owner: str = ""
    """Account that works on it; until `owner_until` where that is a claim that expires."""
    owner_at: datetime | None = None
    owner_until: datetime | None = None
    legal_class: str = ""
    clock_from: datetime | None = None
    paused_seconds: int = 0
    due_kind: str = ""
    """The next step that is due at `due_at`: `answer`, `done`, or empty."""
    due_at: datetime | None = None
    legal_due_at: datetime | None = None
    warned_at: datetime | None = None
    escalated_at: datetime | None = None
    event: int | None = None
    public: bool = False
    new: bool = True
    causes: list[str] = field(default_factory=list)
    """Why it changes in this batch; empty: it does not."""

    @property
    def lead(self) -> str:
        """The unit that must act."""
        return next((share.unit for share in self.units if share.role == "lead"), "")

    @property
    def is_closed(self) -> bool:
        """Finished, refused or ended."""
        return self.status in CLOSED

    def touch(self, cause: str, now: datetime) -> None:
        """Count a change."""
        self.version += 1
        self.updated_at = now
        self.causes.append(cause)


def load_reports(connection: Connection, ids: Iterable[int], *, lock: bool = False) -> dict[int, ReportState]:
    """Give these reports as working copies; locked against other processes until the transaction ends."""
    found: dict[int, ReportState] = {}
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), CHUNK):
        statement = select(reports).where(reports.c.id.in_(wanted[start : start + CHUNK])).order_by(reports.c.id)
        if lock:
            statement = statement.with_for_update()
        found.update({row["id"]: _state(row) for row in connection.execute(statement).mappings()})
    return found


def find_report(connection: Connection, number: str) -> int | None:
    """Give the id behind a number; a merged number leads to its survivor."""
    key = read_number(number)
    while key is not None:
        row = connection.execute(select(reports.c.id, reports.c.merged_into).where(reports.c.id == key)).one_or_none()
        if row is None:
            return None
        if row.merged_into is None:
            return int(row.id)
        key = row.merged_into
    return None


def own_key(number: str) -> int:
    """Give the key that a number spells, merged or not. Raises ValueError for no number."""
    key = read_number(number)
    if key is None:
        raise ValueError("that is not a report number")
    return key


def save_reports(connection: Connection, states: Sequence[ReportState], *, shown: bool = True) -> None:
    """Write new and changed working copies, and what everybody may see of them.

    Not `shown`: the caller publishes them, once their complaints are stored.
    """
    fresh = [_row(state) for state in states if state.new]
    changed = [{"report": state.id, **_row(state)} for state in states if not state.new]
    insert_many(connection, reports, fresh)
    if changed:
        connection.execute(_UPDATE, changed)
    if shown:
        publish(connection, states)


def write_history(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Append what happened: `report`, `at`, `kind`, `actor`, `data`."""
    insert_many(connection, history, rows)


def deed_of(connection: Connection, report: int, act: str) -> Any:
    """Give the latest line of history that caused these replies."""
    lines = connection.execute(
        select(history).where(history.c.report == report).order_by(history.c.id.desc()).limit(50)
    )
    return next((line for line in lines if line.data.get("act") == act), None)


_PLAIN = (
    "id number version status reason category category_confidence category_by category_sure urgency urgency_by "
    "handling handling_by place_by units_by queue rule title complaint_count channel_counts first_at last_at "
    "created_at updated_at closed_at opened_at disputed_at followed_up_by last_follow_up_at answered_at asked_at "
    "nudged_at duty validated merged_into owner owner_at owner_until legal_class clock_from paused_seconds due_kind "
    "due_at legal_due_at warned_at escalated_at event public"
).split()
_UPDATE = (
    update(reports)
    .where(reports.c.id == bindparam("report"))
    .values({column.name: bindparam(column.name) for column in reports.c if column.name != "id"})
)


def _row(state: ReportState) -> dict[str, Any]:
    place = state.place
    return {name: getattr(state, name) for name in _PLAIN} | {
        "place": vars(place),
        "kelurahan": place.kelurahan,
        "kecamatan": place.kecamatan,
        "lat": place.lat,
        "lon": place.lon,
        "units": [vars(share) for share in state.units],
        "lead": state.lead,
        "anchor": list(state.anchor) if state.anchor else None,
    }


def _state(row: Mapping[Any, Any]) -> ReportState:
    values = {name: row[name] for name in _PLAIN}
    return ReportState(
        **values,
        place=Place.model_validate(row["place"]),
        units=tuple(UnitShare.model_validate(share) for share in row["units"]),
        anchor=tuple(row["anchor"]) if row["anchor"] else None,
        new=False,
    )


def is_status(value: str) -> bool:
    """Say whether this is one of our statuses."""
    return value in get_args(Status)
