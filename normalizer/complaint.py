"""One citizen's message in three layers: said (never changed), understood (by rules), decided (by a person)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def in_utc(value: datetime) -> datetime:
    """Give the same instant in UTC; refuse a time without a zone, whose instant nobody knows."""
    if value.tzinfo is None:
        message = "a time without a zone is not an instant"
        raise ValueError(message)
    return value.astimezone(UTC)


Instant = Annotated[datetime, AfterValidator(in_utc)]
Urgency = Literal["darurat", "mendesak", "biasa"]
Handling = Literal["open", "sealed"]
PlaceResult = Literal["found", "unplaced", "outside"]
PlaceLevel = Literal["point", "street", "kelurahan", "kecamatan", "kota", "none"]

URGENCIES: tuple[Urgency, ...] = ("darurat", "mendesak", "biasa")
"""Most urgent first."""


class Frozen(BaseModel):
    """A value of the model: immutable, and unknown members are a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Reporter(Frozen):
    """Who speaks, as the channel knows them. Kept in a table of its own, never beside the words."""

    handle: str = Field(repr=False)
    """What an answer on that channel is addressed to: an e-mail address, an account, a phone number."""
    name: str = Field(default="", repr=False)
    role: Literal["", "rt", "rw"] = ""
    """Head of a neighbourhood (RT) or of several (RW), who reports by duty."""


class Attachment(Frozen):
    """A file that came with a complaint: behind a URL, or with its bytes where the source had them."""

    kind: Literal["photo", "video", "document"] = "photo"
    """A document (identity card, letter) never leaves the hub."""
    url: str = Field(default="", repr=False)
    data: bytes = Field(default=b"", repr=False)
    name: str = Field(default="", repr=False)
    media_type: str = ""


class Complaint(Frozen):
    """What one citizen said on one channel, as it arrived. This layer is never changed."""

    native_id: str
    """The source's own id; unique in its channel, stable over repeats and edits."""
    created_at: Instant
    """When the citizen spoke, by the source's account."""
    created_text: str = ""
    """The source's own spelling of that time, zone or not."""
    title: str = Field(default="", repr=False)
    text: str = Field(default="", repr=False)
    lat: float | None = Field(default=None, ge=-90, le=90)
    lon: float | None = Field(default=None, ge=-180, le=180)
    """WGS 84 degrees. Both or none."""
    accuracy: float | None = Field(default=None, ge=0)
    """Metres, where the source states how good the position is."""
    address: str = Field(default="", repr=False)
    category_reported: str = ""
    """What the citizen or the channel called it, verbatim."""
    category_hint: str = ""
    """Our category code, where the channel's own coding says it for sure (Waze subtypes)."""
    kelurahan_reported: str = ""
    """Name or code of the kelurahan by the channel: evidence only."""
    tags: tuple[str, ...] = ()
    reporter: Reporter | None = None
    thread: str = ""
    """The conversation it belongs to on its channel: Message-ID, post id."""
    reply_context: dict[str, str] = Field(default_factory=dict, repr=False)
    """What the same channel needs to answer in place (subject, references); never an identity."""
    anonim: bool = True
    """The name is hidden from the public, every sink and every clerk. Unknown counts as yes."""
    rahasia: bool = False
    """Nothing of it is shown publicly."""
    private: bool = False
    """Said where nobody else reads it, on a channel that is public otherwise: a message beside comments."""
    number: str = ""
    """A report number from the host's reserve that the citizen holds already, on a receipt."""
    belongs_to: str = ""
    """Number of the report that a member of staff says it belongs to."""
    attachments: tuple[Attachment, ...] = ()

    @property
    def words(self) -> str:
        """Title and text in one, the title only where it adds something."""
        title = self.title.strip()
        return f"{title}\n{self.text}" if title and title not in self.text else self.text


class Place(Frozen):
    """Where it is, how sure we are, and what speaks for another kelurahan."""

    result: PlaceResult = "unplaced"
    level: PlaceLevel = "none"
    lat: float | None = None
    lon: float | None = None
    radius: float | None = None
    """Metres: the true spot is probably within this of lat, lon."""
    kelurahan: str = ""
    kecamatan: str = ""
    """Kemendagri codes with dots, like 31.71.01.1002 and 31.71.01."""
    confidence: float = Field(default=0.0, ge=0, le=1)
    metres_to_border: float | None = None
    runner_up: str = ""
    """The kelurahan next likely: across the nearest border, or the one the text names."""
    conflict: bool = False
    """Coordinates and words name different kecamatan."""
    street: str = ""
    """Plain key of the street named, see `normalizer.text.plain`."""
    rt: tuple[int, ...] = ()
    rw: tuple[int, ...] = ()
    evidence: tuple[str, ...] = ()
    """What decided, in order of weight: `coordinates`, `exif`, `kelurahan:…`, `street:…`, `spot:…`, `postal:…`."""


class Understanding(Frozen):
    """What the rules made of a complaint: one for each run, with the versions that made it."""

    text: str = Field(repr=False)
    """Title and text, personal data scrubbed: what leaves to third parties."""
    place: Place
    category: str
    category_confidence: float = Field(ge=0, le=1)
    category_sure: bool
    category_words: tuple[str, ...] = ()
    urgency: Urgency = "biasa"
    urgency_words: tuple[str, ...] = ()
    handling: Handling = "open"
    quoted: tuple[str, ...] = ()
    """Numbers of earlier reports in the text: ours, JK…, with a prefix for the system: `hub:…`, `jaki:…`."""
    facts: dict[str, Any] = Field(default_factory=dict, repr=False)
    """What the search for the same incident compares, see `normalizer.duplicates`. JSON values only."""
    keys: tuple[int, ...] = ()
    """Blocking keys it is found by: signed 64-bit."""
    probes: tuple[int, ...] = ()
    """Blocking keys to look under: its own and its neighbours'."""
    rules: str = ""
    gazetteer: str = ""
