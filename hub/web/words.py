"""Codes as the words that staff use: statuses, urgencies, places, ages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_timedelta
from babel.numbers import format_decimal

from hub.web.due import CLASS, NEXT, Left, time_left
from hub.web.language import Language, mark
from normalizer.region import Region
from normalizer.taxonomy import category

STATUS = {
    "menunggu": mark("Waiting"),
    "koordinasi": mark("In coordination"),
    "disposisi": mark("Assigned"),
    "proses": mark("In progress"),
    "selesai": mark("Done"),
    "ditolak": mark("Refused"),
    "berakhir": mark("Ended by itself"),
}
REASON = {
    "bukan-masalah": mark("not a problem"),
    "di-luar-wewenang": mark("not within our powers"),
    "di-luar-wilayah": mark("outside our area"),
    "tidak-cukup-keterangan": mark("not enough information"),
    "dicabut": mark("withdrawn by the citizen"),
    "uji-coba": mark("a test"),
}
NO_PHOTO = {
    "tidak-terlihat": mark("no photo: the result cannot be seen"),
    "sudah-hilang": mark("no photo: it was gone when we came"),
    "tidak-pantas-difoto": mark("no photo: it is not fit to be shown"),
    "bukan-di-lapangan": mark("no photo: nothing was done on the spot"),
}
"""Why a finished report has no photo of the result."""
URGENCY = {"darurat": mark("Emergency"), "mendesak": mark("Urgent"), "biasa": mark("Ordinary")}
LANE = {
    "semua": mark("All"),
    "darurat": mark("Emergency"),
    "baru": mark("New"),
    "punya-saya": mark("Mine"),
    "tanpa-petugas": mark("Nobody's yet"),
    "hampir-lewat": mark("Nearly late"),
    "lewat": mark("Late"),
    "perlu-lokasi": mark("Needs a place"),
    "perlu-kategori": mark("Category not sure"),
    "mungkin-duplikat": mark("Perhaps a duplicate"),
    "dibantah": mark("Disputed"),
    "menunggu-crop": mark("Waits for CROP"),
    "menunggu-warga": mark("Waits for citizens"),
    "diserahkan": mark("Handed over"),
    "luar-wilayah": mark("Outside the area"),
    "rt-rw": mark("RT/RW"),
    "selesai": mark("Closed"),
}
LEVEL = {
    "point": mark("exact spot"),
    "street": mark("about this street"),
    "kelurahan": mark("only the kelurahan is known"),
    "kecamatan": mark("only the kecamatan is known"),
    "kota": mark("only the city is known"),
    "none": mark("place unknown"),
}
CHANNEL_STATE = {
    "starting": mark("starting"),
    "running": mark("working"),
    "waiting": mark("waiting for the next turn"),
    "throttled": mark("asked to slow down"),
    "needs-credentials": mark("needs new credentials"),
    "parked": mark("stopped after errors"),
    "paused": mark("paused"),
    "silent": mark("silent for unusually long"),
}
DELIVERY_STATE = {
    "due": mark("waiting to be sent"),
    "running": mark("being sent"),
    "sent": mark("sent"),
    "superseded": mark("replaced by a newer one"),
    "undeliverable": mark("cannot be delivered"),
    "dead": mark("given up"),
    "waiting": mark("waits"),
}
WAITS_FOR = {
    "citizen": mark("waits until the citizen writes again"),
    "clerk": mark("waits until a clerk has looked"),
}
QUESTION = {
    "where": mark("Where exactly?"),
    "photo": mark("A photo, please"),
    "still": mark("Is it still there?"),
    "other": mark("Something else"),
}
HANDOVER = {
    "offered": mark("offered"),
    "accepted": mark("accepted"),
    "returned": mark("returned"),
    "withdrawn": mark("withdrawn"),
}
NEIGHBOUR = {"rt": mark("head of RT"), "rw": mark("head of RW")}
VALIDATED = {"sah": mark("validated"), "dicoret": mark("struck off")}
NO_WAY = (
    mark("this channel takes no replies"),
    mark("anonymous source: nobody to answer"),
    mark("no private route"),
    mark("nobody has looked whether this complaint belongs to the report"),
    mark("waits for a clerk: is this complaint about this report?"),
    mark("the citizen has not written again"),
    mark("the citizen must write first"),
    mark("the reporter was erased"),
    mark("called back"),
)
"""Why the hub itself gives up a reply or lets it wait, for the catalogs."""
ROLE = {
    "petugas": mark("clerk"),
    "camat": mark("head of kecamatan"),
    "lurah": mark("head of kelurahan"),
    "integritas": mark("integrity unit"),
    "operator": mark("operator"),
    "admin": mark("administrator"),
}

METERS = (
    mark("Requests"),
    mark("Posts read today"),
    mark("Posts read this month"),
    mark("Replies this month"),
    mark("Estimated cost this month"),
)
"""What plugins call their figures."""
JUST_NOW = timedelta(seconds=45)


@dataclass(frozen=True)
class Words:
    """Spells codes, places and times for one reader."""

    language: Language
    region: Region
    now: datetime
    channels: Mapping[str, str]
    """Titles by name."""

    @cached_property
    def zone(self) -> ZoneInfo:
        """The region's time zone."""
        return ZoneInfo(self.region.zone)

    def _of(self, table: Mapping[str, str], code: str) -> str:
        return self.language.gettext(table[code]) if code in table else code

    def status(self, code: str) -> str:
        """Spell a report's status."""
        return self._of(STATUS, code)

    def reason(self, code: str) -> str:
        """Spell why a report was refused, or is done without a photo."""
        return self._of(REASON | NO_PHOTO, code)

    def urgency(self, code: str) -> str:
        """Spell an urgency."""
        return self._of(URGENCY, code)

    def lane(self, code: str) -> str:
        """Spell a lane of the queue."""
        return self._of(LANE, code)

    def level(self, code: str) -> str:
        """Spell how exactly a place is known."""
        return self._of(LEVEL, code)

    def channel_state(self, code: str) -> str:
        """Spell how a channel is."""
        return self._of(CHANNEL_STATE, code)

    def delivery_state(self, code: str) -> str:
        """Spell how a delivery stands."""
        return self._of(DELIVERY_STATE, code)

    def waits_for(self, code: str) -> str:
        """Spell for whom a reply waits."""
        return self._of(WAITS_FOR, code)

    def question(self, code: str) -> str:
        """Spell what a citizen is asked."""
        return self._of(QUESTION, code)

    def handover(self, code: str) -> str:
        """Spell what came of an offer."""
        return self._of(HANDOVER, code)

    def neighbour(self, code: str) -> str:
        """Spell the office of a head of RT or RW."""
        return self._of(NEIGHBOUR, code)

    def validated(self, code: str) -> str:
        """Spell what was decided of a report by a head of RT or RW."""
        return self._of(VALIDATED, code)

    def why(self, reason: str) -> str:
        """Spell why something was not delivered: the hub's own reasons are translated, a channel's stay as they are."""
        return self.language.gettext(reason) if reason in NO_WAY else reason

    def meter(self, label: str) -> str:
        """Name a figure that a plugin shows: its own words where no translation is known."""
        kind, _, path = label.partition(" ")
        if kind == METERS[0]:
            return f"{self.language.gettext(kind)} {path}"
        return self.language.gettext(label)

    def role(self, code: str) -> str:
        """Spell an account's role."""
        return self._of(ROLE, code)

    def device(self, code: str) -> str:
        """Spell what somebody is signed in with, see `hub.web.devices`."""
        browser, _sep, system = code.partition("/")
        if not browser:
            return self.language.gettext("A program")
        spelled = self.language.gettext("%(browser)s on %(system)s") % {"browser": browser, "system": system}
        return spelled if system else browser

    def category(self, code: str) -> str:
        """Name a category."""
        found = category(code)
        return found.name_en if self.language.code == "en" else found.name_id

    def channel(self, name: str) -> str:
        """Name a channel as pages show it."""
        return self.channels.get(name) or name

    def unit(self, code: str) -> str:
        """Name a unit or an area."""
        return names_of(self.region).get(code, code)

    def office(self, code: str) -> str:
        """Name a unit as it calls itself, like `Kecamatan Tebet`."""
        return offices_of(self.region).get(code) or self.unit(code)

    def area_label(self) -> str:
        """Name what the smallest areas of this region are: kelurahan, desa, or both."""
        kinds = {area.code[9:10] == "1" for area in self.region.areas}
        text = mark("Kelurahan") if kinds == {True} else mark("Desa") if kinds == {False} else mark("Desa or kelurahan")
        return self.language.gettext(text)

    def distance(self, metres: int) -> str:
        """Spell a distance: metres, from a kilometre on kilometres."""
        if metres < 1000:
            return f"{self.number(metres)} m"
        return f"{self.number(round(metres / 1000, 1))} km"

    def where(self, place: Mapping[str, Any]) -> str:
        """Spell a place: kelurahan, else kecamatan; outside and unknown in words."""
        _ = self.language.gettext
        if place.get("result") == "outside":
            return _("Outside the area")
        code = place.get("kelurahan") or place.get("kecamatan")
        return self.unit(code) if code else _("No place yet")

    def street(self, place: Mapping[str, Any]) -> str:
        """Spell the street of a place, RT and RW with it."""
        parts = [str(place.get("street", "")).title()]
        for name, label in (("rt", "RT"), ("rw", "RW")):
            numbers = place.get(name) or ()
            parts += [f"{label} {'/'.join(str(number) for number in numbers)}"] if numbers else []
        return " · ".join(part for part in parts if part)

    def age(self, at: datetime | None) -> str:
        """Spell how long ago, in plain words."""
        if at is None:
            return "–"
        if abs(at - self.now) < JUST_NOW:
            return self.language.gettext(mark("just now"))
        return format_timedelta(at - self.now, add_direction=True, threshold=1.2, locale=self.language.locale)

    def span(self, length: timedelta) -> str:
        """Spell a length of time in its largest unit."""
        return format_timedelta(length, threshold=1.2, locale=self.language.locale)

    def due(self, report: Any) -> Left | None:
        """Say how long is left of a report's next step; None where nothing is due."""
        return time_left(self, report)

    def step(self, code: str) -> str:
        """Spell what is due next, as a label."""
        return self._of(NEXT, code)

    def legal_classes(self) -> Sequence[str]:
        """List the classes of the law."""
        return tuple(self.region.clocks.legal)

    def class_of(self, report: Any) -> str:
        """Give the class of a report: what a person set, else that of its category."""
        return report.legal_class or category(report.category).legal_class

    def legal_class(self, code: str) -> str:
        """Spell a class of the law, with its term."""
        days = self.region.clocks.legal.get(code, 0)
        term = self.language.ngettext("%(num)s working day", "%(num)s working days", days) % {"num": days}
        return f"{self._of(CLASS, code)}, {term}"

    def seconds(self, count: int) -> str:
        """Spell so many seconds in their largest unit."""
        return self.span(timedelta(seconds=count))

    def moment(self, at: datetime | None) -> str:
        """Spell an instant in the region's time."""
        if at is None:
            return "–"
        local = at.astimezone(self.zone)
        return format_datetime(local, "d MMM y, HH.mm", locale=self.language.locale)

    def clock(self, at: datetime | None) -> str:
        """Spell an instant of today by the clock alone, another one in full."""
        if at is None:
            return "–"
        local = at.astimezone(self.zone)
        today = local.date() == self.now.astimezone(self.zone).date()
        return format_datetime(local, "HH.mm", locale=self.language.locale) if today else self.moment(at)

    def number(self, value: float) -> str:
        """Spell a number."""
        return format_decimal(value, locale=self.language.locale)


_NAMES: dict[tuple[str, str], Mapping[str, str]] = {}
_OFFICES: dict[tuple[str, str], Mapping[str, str]] = {}


def names_of(region: Region) -> Mapping[str, str]:
    """Give the names of areas, and of the units that are none, by code."""
    key = region.code, region.version
    if key not in _NAMES:
        names = {unit.code: unit.name for unit in region.units}
        names |= {area.kota: area.kota_name for area in region.areas}
        names |= {area.kecamatan: area.kecamatan_name for area in region.areas}
        _NAMES[key] = names | {area.code: area.name for area in region.areas}
    return _NAMES[key]


def offices_of(region: Region) -> Mapping[str, str]:
    """Give the names of units by code."""
    key = region.code, region.version
    if key not in _OFFICES:
        _OFFICES[key] = {unit.code: unit.name for unit in region.units}
    return _OFFICES[key]
