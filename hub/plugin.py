"""THE CONTRACT between the hub and everything that adds a channel. Readable in five minutes.

A plugin package announces an entry point in the group `aduan.plugins` that names a module; the module implements
`register_channels(register)` and registers one class for each kind of channel. The host builds an instance for every
`[[channel]]` of the settings, keeps its cursor, its retries, its rate and its health. The plugin only translates.

    class Potholes(Source):
        kind = "potholes"
        class Options(BaseModel):
            url: str
        async def pull(self, cursor):
            answer = await self.context.http.get(self.options.url)
            yield Page([Item(str(row["id"]), json.dumps(row).encode()) for row in answer.json()], cursor)
        def read(self, item):
            row = json.loads(item.body)
            return [Complaint(native_id=item.native_id, text=row["text"], created_at=row["at"])]

    @hookimpl
    def register_channels(register):
        register(Potholes)

The errors a plugin raises stand in `hub.errors`, the hooks in `hub.hooks`; both are imported from here. Anything else
that is raised is a bug: retried with a cap, then the channel is parked, its traceback kept.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field, SecretStr

from hub.errors import (
    BadOptions,
    NoPull,
    NoReceive,
    PluginError,
    Rejected,
    Throttled,
    TryAgain,
    Unauthorized,
    WindowClosed,
)
from hub.hooks import Access, Change, Hooks, Route, hookimpl
from hub.services import QueueBoard, Reception
from normalizer.complaint import Attachment, Complaint, Frozen, Instant, Reporter
from normalizer.report import Report, Status

if TYPE_CHECKING:
    import httpx2
    import structlog

API = 1
"""The contract's version. It grows only by members with defaults; a kind with another number is not loaded."""

Audience = Literal["public", "private"]

__all__ = [
    "API",
    "Access",
    "Addition",
    "Attachment",
    "BadOptions",
    "Change",
    "Channel",
    "Complaint",
    "Context",
    "Delivery",
    "Ended",
    "FollowUp",
    "Hooks",
    "Item",
    "Manner",
    "Meter",
    "NoPull",
    "NoReceive",
    "Notice",
    "Outcome",
    "Page",
    "Parcel",
    "PluginError",
    "QueueBoard",
    "Reading",
    "Receipt",
    "Received",
    "Reception",
    "Rejected",
    "Reply",
    "Reporter",
    "Request",
    "Route",
    "Secret",
    "Sink",
    "Skip",
    "Source",
    "Throttled",
    "TryAgain",
    "Unauthorized",
    "WindowClosed",
    "hookimpl",
]

Secret = SecretStr
"""Type of an option that must never be shown: its text is given by `.get_secret_value()` only."""


# ---------------------------------------------------------------------------------------------- what a source gives


@dataclass(frozen=True, slots=True)
class Item:
    """One thing a source handed over, verbatim. Stored before anybody reads it."""

    native_id: str
    """Unique in its channel, the same at every repeat."""
    body: bytes = field(repr=False)
    fingerprint: str = ""
    """What must differ for the item to count as changed; the body's sha256 where empty."""
    meta: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Facts about the item that are not in its body, such as IMAP's INTERNALDATE."""
    quarantine: str = ""
    """Why this item must not be read at all (too large, cannot be parsed): stored, shown, never lost."""

    @property
    def mark(self) -> str:
        """The fingerprint that the host compares."""
        return self.fingerprint or hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class Page:
    """A bounded number of items (at most 500, 32 MB) and the cursor that stands behind them.

    Both are committed together. A cursor is JSON, below 256 kB.
    """

    items: Sequence[Item]
    cursor: Any


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody pushed to `/hooks/{channel}`."""

    method: str
    headers: Mapping[str, str]
    """Names in lower case."""
    query: Mapping[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Received:
    """Items to store, and the answer to give once they are stored."""

    items: Sequence[Item] = ()
    status: int = 202
    body: bytes = b""
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


class Addition(Frozen):
    """A later message of the same citizen on the same thread: more words, a photo, an answer, "still not done"."""

    native_id: str
    thread: str
    """The thread, native id or report number it belongs to. Where none is known it becomes a complaint."""
    complaint: Complaint
    """The message, as it would stand alone."""


class FollowUp(Frozen):
    """What officials did or said."""

    native_id: str
    report: str = ""
    """Report number, or empty where `about` says the complaint."""
    about: str = ""
    """Native id of a complaint of this channel."""
    at: Instant
    status: str = ""
    """A report status; an unknown one is kept and changes nothing."""
    note: str = Field(default="", repr=False)
    """For the public."""
    note_internal: str = Field(default="", repr=False)
    photos: tuple[str, ...] = ()
    unit: str = ""
    officer: str = Field(default="", repr=False)


class Ended(Frozen):
    """A complaint is no longer there at its source."""

    native_id: str
    why: Literal["vanished", "withdrawn", "erased"]


class Outcome(Frozen):
    """What became of a delivery whose end the sink learns later (a bounce, a read receipt)."""

    key: str
    result: Literal["delivered", "failed"]
    reason: str = ""


class Skip(Frozen):
    """Not a complaint, and why: shown in the channel's figures."""

    reason: str


Reading = Complaint | Addition | FollowUp | Ended | Outcome | Skip


# ------------------------------------------------------------------------------------------------ what a sink gets


@dataclass(frozen=True, slots=True)
class Manner:
    """How a sink speaks. Templates, previews and the outbox read only this."""

    max_chars: int = 0
    """Longest text of a reply; 0 = no limit."""
    charset: Literal["unicode", "gsm7", "ascii"] = "unicode"
    links: bool = True
    photos: int = 0
    """How many photos a reply may carry."""
    threads: bool = False
    """A reply can stand under the citizen's own message."""
    window: timedelta | None = None
    """How long after the citizen's last message a reply may be sent; None = always."""
    rate: float = 0
    """Deliveries a minute; 0 = as fast as the sink takes them."""
    private: bool = False
    """Only the citizen sees it: needed to answer a sealed or rahasia complaint."""


class Notice(Frozen):
    """A report as a sink is told of it: the event, its cause, the whole report at that version."""

    kind: Literal["notice"] = "notice"
    event: Literal[
        "report.created", "report.updated", "report.merged", "report.split", "report.withdrawn", "complaint.erased"
    ]
    cause: str
    """Code of what happened: `opened`, `joined`, `status`, `place`, `units`, …"""
    at: Instant
    report: Report


class Reply(Frozen):
    """What one citizen is told on the channel that they used."""

    kind: Literal["reply"] = "reply"
    report: str
    complaint: str
    """Native id of the citizen's message."""
    cause: str
    at: Instant
    status: Status
    text: str = Field(repr=False)
    """Cut and spelled by the sink's manner."""
    photos: tuple[str, ...] = ()
    thread: str = ""
    reply_context: dict[str, str] = Field(default_factory=dict, repr=False)
    note: str = Field(default="", repr=False)
    """The officials' public words alone, as they stand in the text."""
    unit: str = ""
    """Name of the unit that acts."""
    link: str = Field(default="", repr=False)
    """The citizen's own tracking page, where the sink is private; it stands in the text where there is room."""
    question: bool = False
    """Staff ask something: an answer is waited for."""
    by_hand: bool = False
    """A person wrote it."""


Parcel = Annotated[Notice | Reply, Field(discriminator="kind")]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One sending of a parcel. Retries carry the same key and the same body."""

    key: str
    parcel: Notice | Reply
    body: bytes = field(repr=False)
    """The parcel's JSON as it was frozen when the delivery was written."""
    attempt: int = 1
    uncertain: bool = False
    """An earlier try's outcome is unknown: look up before sending again where the other side has no idempotency."""
    to: Reporter | None = None
    """Whom a reply is for; only ever given to the channel that they used."""
    heard_at: datetime | None = None
    """When that citizen last spoke, for channels with a window."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The other side has it."""

    remote_id: str = ""
    note: str = ""


# ------------------------------------------------------------------------------------------------------ the channel


@dataclass(frozen=True, slots=True)
class Context:
    """What the host lends a channel."""

    channel: str
    http: httpx2.AsyncClient
    """Follows no redirects, times out, keeps addresses out of the log."""
    log: structlog.stdlib.BoundLogger
    clock: Callable[[], datetime]
    """Now, in UTC. Plugins ask nobody else for the time."""
    zone: ZoneInfo
    """The region's: for times that come without one."""
    source_name: str
    """The hub's public address: `source` of what it sends, domain of its message ids."""
    known_report: Callable[[str], Awaitable[bool]]
    board: QueueBoard
    reception: Reception


@dataclass(frozen=True, slots=True)
class Meter:
    """A figure that runs towards a limit: calls left, money spent. Shown beside the channel's state."""

    label: str
    used: float
    limit: float = 0
    """0 = none."""
    unit: str = ""
    resets_at: datetime | None = None


class Channel:
    """A configured instance of a kind. A class may be a Source, a Sink, or both."""

    kind: ClassVar[str]
    API: ClassVar[int] = API
    title: ClassVar[str] = ""
    """As pages show it; the kind where empty."""
    audience: ClassVar[Audience] = "private"
    """`public` where anybody could read the complaint at its source."""
    attribution: ClassVar[str] = ""
    """Shown with everything that comes from here, where the source's terms ask for it."""

    class Options(BaseModel):
        """Settings of the kind; forms and docs are made from it."""

    counter: ClassVar[bool] = False
    """What staff write down at a desk comes in here, as `hub.desk_entry.DeskEntry`."""
    options: Any

    def __init__(self, options: BaseModel, context: Context) -> None:
        self.options = options
        self.context = context

    def meters(self) -> Sequence[Meter]:
        """Say how much of a quota or a budget is used up."""
        return ()

    async def close(self) -> None:
        """Let go of connections and threads. Called once, also after failures."""


class Source(Channel, ABC):
    """Things come from it. Implements `pull`, `receive` or both, and `read`."""

    every: ClassVar[timedelta] = timedelta(minutes=5)
    """Rest between two pulls, unless the settings say otherwise."""
    silent_after: ClassVar[timedelta] = timedelta(hours=24)
    """No item for longer than this is unusual."""
    waits: bool = True
    """`pull` may wait at the source for something new (IMAP IDLE); set to False for a single pass."""

    def pull(self, cursor: Any) -> AsyncIterator[Page]:
        """Give what is new behind the cursor (None at first), page by page.

        The generator is resumed only once the page is committed: what stands behind `yield` may acknowledge it at
        the source. It may never run, so it must be repeatable. Raises the contract's errors.
        """
        raise NoPull

    async def receive(self, request: Request) -> Received:
        """Take what was pushed. Must not store anything itself; check signatures here."""
        raise NoReceive

    @abstractmethod
    def read(self, item: Item) -> Sequence[Reading]:
        """Say what an item means. Pure, may run again at any time; whatever it raises quarantines this item only."""


class Sink(Channel, ABC):
    """Parcels are delivered to it."""

    manner: ClassVar[Manner] = Manner()

    def manner_of(self, reply_context: Mapping[str, str]) -> Manner:
        """Say how this one citizen is spoken to, where the channel has more than one way. Pure."""
        return self.manner

    def wants(self, parcel: Notice | Reply) -> bool:
        """Say whether this parcel is for this sink. Pure."""
        return isinstance(parcel, Reply)

    def tells(self, notice: Notice) -> str:
        """Sum up what the other side would learn from this notice; an unchanged sum makes no new delivery. Pure."""
        return notice.report.model_dump_json(exclude={"version", "updated_at"})

    def due(self, notice: Notice, before: Notice | None, last: datetime | None) -> datetime | None:
        """Give the earliest instant for this notice, after what was told before and when; None = at once. Pure."""
        return None

    @abstractmethod
    async def deliver(self, delivery: Delivery) -> Receipt:
        """Bring it there. Raises the contract's errors; a time-out or lost connection counts as outcome unknown."""
