"""When a reply may go out: quiet hours, a gap between two, time to think again before many."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hub.replies.wording import Wording, bundled_wording

Quiet = tuple[time, time]
"""From and until, in the region's zone; may pass midnight."""


@dataclass(frozen=True, slots=True)
class ReplyRules:
    """`[replies]` of the settings."""

    quiet: Quiet | None = None
    gap: timedelta = timedelta(minutes=10)
    """Between two replies to one citizen about one complaint, unless the second says that it is over."""
    many: int = 100
    """An act that causes more replies than this waits, so that it can be undone."""
    undo: timedelta = timedelta(minutes=2)
    acknowledgements: int = 20
    """So many a day to one citizen at most: two machines must not thank each other for ever (RFC 3834)."""
    patience: timedelta = timedelta(days=30)
    """How long a reply waits for the citizen's next message, or for a clerk."""
    answer: timedelta = timedelta(days=7)
    """How long a citizen has to answer a question."""
    wording: Wording = field(default_factory=bundled_wording, repr=False)


def after_quiet(at: datetime, quiet: Quiet | None, zone: ZoneInfo) -> datetime:
    """Give the same instant, or the end of the quiet hours that it falls into."""
    if quiet is None or quiet[0] == quiet[1]:
        return at
    start, end = quiet
    local = at.astimezone(zone)
    clock = local.time()
    inside = start <= clock < end if start < end else clock >= start or clock < end
    if not inside:
        return at
    wake = local.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
    if wake <= local:
        wake += timedelta(days=1)
    return wake.astimezone(UTC)
