"""Triggers that keep `queue_rows` as true as the tables it is made of, whoever writes to those.

The same SQL serves both engines, so it is written plainly. Only the wrapping differs.
"""

# ruff: noqa: S608 - the statements are put together from constants
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from normalizer.report import CLOSED

_CLOSED = ", ".join(f"'{status}'" for status in sorted(CLOSED))
_COLUMNS = {
    "report": "NEW.id",
    "queue": "CASE WHEN NEW.merged_into IS NULL THEN NEW.queue ELSE '' END",
    "open": f"NEW.status NOT IN ({_CLOSED})",
    "urgent": "NEW.urgency = 'darurat'",
    "handling": "NEW.handling",
    "status": "NEW.status",
    "urgency": "NEW.urgency",
    "category": "NEW.category",
    "kelurahan": "NEW.kelurahan",
    "kecamatan": "NEW.kecamatan",
    "outside": "coalesce((NEW.place ->> 'result') = 'outside', false)",
    "sure": "NEW.category_sure",
    "duty": "NEW.duty AND NEW.validated = ''",
    "asked": "NEW.asked_at IS NOT NULL",
    "disputed": "NEW.disputed_at IS NOT NULL",
    "followed": "NEW.followed_up_by <> ''",
    "owner": "NEW.owner",
    "owner_until": "NEW.owner_until",
    "due_at": "NEW.due_at",
    "created_at": "NEW.created_at",
    "updated_at": "NEW.updated_at",
    "complaints": "NEW.complaint_count",
    "channels": "CAST(NEW.channel_counts AS text)",
}
"""What comes from the report itself."""
_OF_COMPLAINT = "WHERE report = (SELECT report FROM complaints WHERE id = NEW.complaint)"
_NAMES = ", ".join(_COLUMNS)
_SAME = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS if name != "report")
_COPY = (
    f"INSERT INTO queue_rows ({_NAMES}) VALUES ({', '.join(_COLUMNS.values())}) "
    f"ON CONFLICT (report) DO UPDATE SET {_SAME}"
)
_PHOTO = (
    "UPDATE queue_rows SET photo = EXISTS (SELECT 1 FROM complaints JOIN photos ON photos.complaint = complaints.id "
    "WHERE complaints.report = queue_rows.report AND photos.kind = 'photo' AND photos.state = 'ready')"
)
_PERHAPS = (
    "UPDATE queue_rows SET perhaps = coalesce((SELECT max(CASE WHEN there.queue = here.queue THEN 2 ELSE 1 END) FROM ("
    "SELECT other AS id FROM suggestions WHERE report = queue_rows.report AND answer = '' UNION ALL "
    "SELECT report AS id FROM suggestions WHERE other = queue_rows.report AND answer = '') AS pair "
    "JOIN reports AS there ON there.id = pair.id JOIN reports AS here ON here.id = queue_rows.report "
    "WHERE there.id <> here.id AND there.merged_into IS NULL AND there.handling = here.handling), 0)"
)
_PARTNERS = (
    "SELECT other FROM suggestions WHERE report = NEW.id AND answer = '' UNION ALL "
    "SELECT report FROM suggestions WHERE other = NEW.id AND answer = '' UNION ALL SELECT NEW.id"
)
_TOLD = (
    "UPDATE queue_rows SET told = told || NEW.channel || ' ' "
    "WHERE report = NEW.report AND replace(told, ' ' || NEW.channel || ' ', '') = told"
)
_MOVED = (
    "OLD.queue <> NEW.queue OR OLD.handling <> NEW.handling OR (OLD.merged_into IS NULL) <> (NEW.merged_into IS NULL)"
)


@dataclass(frozen=True, slots=True)
class Watch:
    """Something that happens to a table, and what follows from it."""

    name: str
    event: str
    """Like `UPDATE OF state ON deliveries`."""
    then: str
    when: str = ""

    def statements(self, dialect: str) -> Iterator[str]:
        """Spell it for an engine."""
        when = f" WHEN ({self.when})" if self.when else ""
        head = f"CREATE TRIGGER {self.name} AFTER {self.event} FOR EACH ROW{when}"
        if dialect == "sqlite":
            yield f"{head} BEGIN {self.then}; END"
        else:
            yield (
                f"CREATE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
                f"BEGIN {self.then}; RETURN NULL; END $$"
            )
            yield f"{head} EXECUTE FUNCTION {self.name}()"


WATCHES = (
    Watch("queue_reports_made", "INSERT ON reports", _COPY),
    Watch("queue_reports_changed", "UPDATE ON reports", _COPY),
    Watch("queue_reports_moved", "UPDATE ON reports", f"{_PERHAPS} WHERE report IN ({_PARTNERS})", _MOVED),
    Watch("queue_reports_gone", "DELETE ON reports", "DELETE FROM queue_rows WHERE report = OLD.id"),
    Watch("queue_placed", "INSERT ON queue_entries", "UPDATE queue_rows SET placed = true WHERE report = NEW.report"),
    Watch("queue_taken", "DELETE ON queue_entries", "UPDATE queue_rows SET placed = false WHERE report = OLD.report"),
    Watch("queue_told_now", "INSERT ON deliveries", _TOLD, "NEW.kind = 'report' AND NEW.state = 'sent'"),
    Watch("queue_told", "UPDATE OF state ON deliveries", _TOLD, "NEW.kind = 'report' AND NEW.state = 'sent'"),
    Watch(
        "queue_asked_now",
        "INSERT ON suggestions",
        f"{_PERHAPS} WHERE report IN (NEW.report, NEW.other)",
        "NEW.answer = '' AND NEW.report <> NEW.other",
    ),
    Watch(
        "queue_asked",
        "UPDATE ON suggestions",
        f"{_PERHAPS} WHERE report IN (NEW.report, NEW.other, OLD.report, OLD.other)",
    ),
    Watch(
        "queue_pictured_now",
        "INSERT ON photos",
        f"{_PHOTO} {_OF_COMPLAINT}",
        "NEW.kind = 'photo' AND NEW.state = 'ready'",
    ),
    Watch(
        "queue_pictured",
        "UPDATE OF state ON photos",
        f"{_PHOTO} {_OF_COMPLAINT}",
        "NEW.kind = 'photo' AND (NEW.state = 'ready') <> (OLD.state = 'ready')",
    ),
    Watch(
        "queue_rejoined",
        "UPDATE OF report ON complaints",
        f"{_PHOTO} WHERE report IN (NEW.report, OLD.report)",
        "NEW.report <> OLD.report",
    ),
)


def spell_watches(dialect: str) -> Iterator[str]:
    """Spell all triggers for an engine."""
    for watch in WATCHES:
        yield from watch.statements(dialect)


def spell_fill(dialect: str) -> Iterator[str]:
    """Spell what makes the rows of an older store."""
    values = ", ".join(_COLUMNS.values()).replace("NEW.", "reports.")
    yield f"INSERT INTO queue_rows ({_NAMES}) SELECT {values} FROM reports"
    yield "UPDATE queue_rows SET placed = true WHERE report IN (SELECT report FROM queue_entries)"
    yield f"{_PERHAPS} WHERE report IN (SELECT report FROM suggestions UNION ALL SELECT other FROM suggestions)"
    yield f"{_PHOTO} WHERE report IN (SELECT report FROM complaints JOIN photos ON photos.complaint = complaints.id)"
    joined = "group_concat(channel, ' ')" if dialect == "sqlite" else "string_agg(channel, ' ')"
    sent = "report = queue_rows.report AND kind = 'report' AND state = 'sent'"
    heard = f"SELECT DISTINCT channel FROM deliveries WHERE {sent}"
    yield f"UPDATE queue_rows SET told = coalesce((SELECT ' ' || {joined} || ' ' FROM ({heard}) AS heard), ' ')"
