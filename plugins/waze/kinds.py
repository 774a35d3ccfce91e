"""What each Waze type means to the hub: one table, then the words of a description that know better.

Types and subtypes: Waze Data Feed specifications 3.0, alerts. The set is open: drivers' apps add to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

STRONG = 6
"""Reliability (0-10) from which a vague hazard counts; 5 is Waze's default for one unconfirmed tap."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A type or subtype: how people call it, and which category it is or why it is no complaint."""

    label: str
    category: str = ""
    skip: str = ""
    vague: bool = False
    """Counts only with reliability `STRONG` or words of its own."""
    jam: bool = False
    """Counts only where the channel includes jams."""


KINDS: dict[str, Kind] = {
    # subtypes
    "HAZARD_WEATHER_FLOOD": Kind("Banjir atau genangan", "banjir"),
    "HAZARD_ON_ROAD_POT_HOLE": Kind("Jalan berlubang", "jalan-rusak"),
    "HAZARD_ON_ROAD_TRAFFIC_LIGHT_FAULT": Kind("Lampu lalu lintas rusak", "lampu-lalu-lintas"),
    "HAZARD_ON_SHOULDER_MISSING_SIGN": Kind("Rambu hilang atau rusak", "rambu"),
    "HAZARD_ON_ROAD_ROAD_KILL": Kind("Bangkai hewan di jalan", "hewan"),
    "HAZARD_ON_SHOULDER_ANIMALS": Kind("Hewan di bahu jalan", "hewan"),
    "HAZARD_ON_ROAD_OBJECT": Kind("Benda di jalan", "bahaya-jalan", vague=True),
    "HAZARD_ON_ROAD_OIL": Kind("Tumpahan oli di jalan", "bahaya-jalan", vague=True),
    "HAZARD_ON_ROAD": Kind("Bahaya di jalan", "bahaya-jalan", vague=True),
    "HAZARD_ON_SHOULDER": Kind("Bahaya di bahu jalan", "bahaya-jalan", vague=True),
    "HAZARD_ON_ROAD_CAR_STOPPED": Kind("Kendaraan berhenti di jalan", skip="stopped car"),
    "HAZARD_ON_SHOULDER_CAR_STOPPED": Kind("Kendaraan berhenti di bahu jalan", skip="stopped car"),
    "HAZARD_ON_ROAD_CONSTRUCTION": Kind("Pekerjaan jalan", skip="works"),
    "HAZARD_ON_ROAD_LANE_CLOSED": Kind("Lajur ditutup", skip="works"),
    "HAZARD_ON_ROAD_EMERGENCY_VEHICLE": Kind("Kendaraan darurat", skip="emergency vehicle"),
    "HAZARD_ON_ROAD_ICE": Kind("Es di jalan", skip="weather"),
    "HAZARD_WEATHER": Kind("Cuaca", skip="weather"),  # and every other HAZARD_WEATHER_…, see `kind_of`
    "ACCIDENT_MAJOR": Kind("Kecelakaan berat", "kecelakaan"),
    "ACCIDENT_MINOR": Kind("Kecelakaan ringan", "kecelakaan"),
    "JAM_LIGHT_TRAFFIC": Kind("Lalu lintas ramai", skip="light jam"),
    "JAM_MODERATE_TRAFFIC": Kind("Lalu lintas tersendat", skip="light jam"),
    "JAM_HEAVY_TRAFFIC": Kind("Macet parah", "macet", jam=True),
    "JAM_STAND_STILL_TRAFFIC": Kind("Macet total", "macet", jam=True),
    "ROAD_CLOSED_HAZARD": Kind("Jalan tertutup karena bahaya", "bahaya-jalan"),
    "ROAD_CLOSED_CONSTRUCTION": Kind("Penutupan jalan karena pekerjaan", skip="closure"),
    "ROAD_CLOSED_EVENT": Kind("Penutupan jalan karena acara", skip="closure"),
    # types, where the subtype is empty or new
    "ACCIDENT": Kind("Kecelakaan", "kecelakaan"),
    "JAM": Kind("Kemacetan", "macet", jam=True),
    "HAZARD": Kind("Bahaya di jalan", "bahaya-jalan", vague=True),
    "ROAD_CLOSED": Kind("Penutupan jalan", skip="closure"),
    "CONSTRUCTION": Kind("Pekerjaan jalan", skip="works"),
    "POLICE": Kind("Polisi", skip="not a complaint"),
    "CHIT_CHAT": Kind("Obrolan", skip="not a complaint"),
    "MISC": Kind("Lain-lain", skip="not a complaint"),
}
UNKNOWN = Kind("Laporan Waze", "lainnya")

WORDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    # Banjir Kanal is a canal and Lubang Buaya a kelurahan: neither is a complaint.
    ("banjir", re.compile(r"(?<!bebas )(?<!tidak )(?<!tdk )(?<!gak )(?<!bukan )banjir(?!\s*kanal)|genangan")),
    ("jalan-rusak", re.compile(r"lubang(?!\s*buaya)|amblas|jembatan\s+(putus|rusak)")),
    ("lampu-lalu-lintas", re.compile(r"(lampu\s+(merah|lalu\s?lintas)|traffic\s+light)\b.*\b(mati|padam|rusak)")),
    ("pohon", re.compile(r"pohon\s+tumbang")),
)
"""Lower-case descriptions that say what it is, whatever was tapped. The first that fits decides."""
PARKING = re.compile(r"parkir")
PARKED = frozenset({"HAZARD_ON_ROAD_CAR_STOPPED", "HAZARD_ON_SHOULDER_CAR_STOPPED", "HAZARD_ON_SHOULDER"})
WORKS = re.compile(r"konstruksi|construction|perbaikan|penutupan")


@dataclass(frozen=True, slots=True)
class Verdict:
    """A category, or the reason why the alert is no complaint."""

    label: str
    category: str = ""
    skip: str = ""


def kind_of(type_: str, subtype: str) -> Kind:
    """Find the kind by subtype, then by type; an unheard-of hazard or type is `UNKNOWN`."""
    if subtype in KINDS:
        return KINDS[subtype]
    if subtype.startswith("HAZARD_WEATHER"):
        return KINDS["HAZARD_WEATHER"]
    return UNKNOWN if type_ == "HAZARD" and subtype else KINDS.get(type_, UNKNOWN)


def spoken(subtype: str, words: str) -> str:
    """Give the category that a description names, empty where it names none."""
    plain = " ".join(words.lower().split())
    if subtype in PARKED and PARKING.search(plain):
        return "parkir-liar"
    return next((category for category, pattern in WORDS if pattern.search(plain)), "")


def judge(kind: Kind, said: str, words: str, *, strong: bool, jams: bool) -> Verdict:
    """Decide what becomes of an alert: its own words first, then its kind."""
    if said:
        return Verdict(kind.label, said)
    if kind.skip:
        return Verdict(kind.label, skip=kind.skip)
    if kind.category == "bahaya-jalan" and WORKS.search(words.lower()):
        return Verdict(kind.label, skip="works")
    if kind.vague and not strong and not words:
        return Verdict(kind.label, skip="weak")
    if kind.jam and not jams:
        return Verdict(kind.label, skip="jam")
    return Verdict(kind.label, kind.category)
