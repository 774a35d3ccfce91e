"""Names as a gazetteer wants them: one spelling, nobody's person, and nothing that any such place is called."""

from __future__ import annotations

import re

from hub.gazetteer.readings import STREET
from normalizer.placewords import words

STOPS = frozenset({"bus_stop", "halte_brt", "halte_big", "stop_at_station"})
"""Kinds whose names people say after `halte`, so that one word is enough."""

LONGEST = 80
"""Letters; what is longer is a sentence."""
_CUES = (
    (re.compile(r"^(jl|jln|jalan)\b[.\s]*", re.IGNORECASE), "Jalan "),
    (re.compile(r"^(gg|gang)\b[.\s]*", re.IGNORECASE), "Gang "),
)
_ROADS = frozenset({"jalan", "gang", "tol", "lorong", "flyover", "fly", "underpass", "jembatan", "bundaran", "simpang"})
"""Words that begin the name of a road; before others people say `jalan`."""
_ASIDE = re.compile(r"\([^)]*\)")
_PAUSE = re.compile(r"[,;()!?|]")
"""Where a name in a text ends, so that none can go on there: what follows is mostly an address or a remark."""
_PERSON = re.compile(
    r"^(drg?|prof|bidan|bd|notaris|dokter|rumah (pak|bu|bapak|ibu|h)|kos(t|an)?|kontrakan)\b|\bprakt[ei]k\b",
    re.IGNORECASE,
)
_DOCTOR = re.compile(r"\b(drg?|bidan|bd|dokter)\b", re.IGNORECASE)
_PRACTICES = frozenset({"clinic", "pharmacy"})
_PUBLIC = frozenset({STREET, "hospital", "school", "park"}) | STOPS
"""Kinds that bear the names of persons of history: RSUD dr. Soetomo, Jalan dr. Saharjo."""
_ANY = frozenset(
    "masjid mesjid musholla mushola musala langgar surau gereja pura vihara kelenteng sekolah sd sdn mi tk paud negeri "
    "swasta smp sma smk smpn sman smkn mts mtsn ma man slb pesantren madrasah kampus universitas taman lapangan parkir "
    "pos satpam kamling keamanan ronda hansip security rumah sakit puskesmas posyandu klinik apotek pasar kantor "
    "kelurahan kecamatan desa kepala camat lurah rw rt balai warga pertemuan serbaguna gedung jembatan penyeberangan "
    "orang pintu masuk keluar gerbang terminal stasiun halte jalan gang blok komplek kompleks perumahan perum "
    "apartemen rusun bermain anak umum bacaan makam pemakaman kuburan tpu tempat kolam renang futsal bola basket voli "
    "olahraga pemadam kebakaran polisi polsek pospol sektor posko toilet wc sampah pembuangan sementara tps bank "
    "sekretariat karang taruna seberang sbr simpang perempatan pertigaan bundaran samping depan belakang kampung "
    "kali sungai jami ibadah area utama".split()
)
"""Words that say what a place is, not which."""
ANY = "only words that any such place bears"
_CITYWIDE = frozenset({"smpn", "sman", "smkn", "smp", "sma", "smk", "mtsn", "man"})
"""Schools that are numbered through a whole city."""
_SAID = {"housing": "Perumahan", "apartment": "Apartemen", "rail_station": "Stasiun", "terminal": "Terminal"}
"""What people say before the name of such a place, and maps leave out."""
_ALWAYS = frozenset({"rail_station", "terminal"})
"""Before others it is said where the name is one word."""


def spelled_out(name: str, kind: str) -> str:
    """Give a name in one spelling: up to the first comma, `Jalan` and `Gang` in full, a street with its cue."""
    name = " ".join(_PAUSE.split(_ASIDE.sub(" ", name))[0].split())
    spoken = _spoken(name)
    if not spoken:
        return name
    if kind == STREET:
        for written, cue in _CUES:
            name = written.sub(cue, name)
        return name if spoken[0] in _ROADS else f"Jalan {name}"
    said = _SAID.get(kind, "")
    missing = said and said.lower() not in spoken and (kind in _ALWAYS or len(spoken) == 1)
    return f"{said} {name}" if missing else name


def fault(name: str, kind: str) -> str:
    """Say why a name is of no use, empty where it is."""
    spoken = _spoken(name)
    if not spoken or len(name) > LONGEST or not name.isprintable():
        return "no name, or none to be said"
    if kind == STREET:
        return ANY if all(word in _ANY or word.isdigit() or len(word) == 1 for word in spoken) else ""
    if (_PERSON.search(name) and kind not in _PUBLIC) or (kind in _PRACTICES and _DOCTOR.search(name)):
        return "named after a person who practises there"
    if all(word in _ANY or word.isdigit() for word in spoken) and not _numbered_school(spoken):
        return ANY
    return "a single word, which could be anything" if len(spoken) == 1 and kind not in STOPS else ""


def _spoken(name: str) -> list[str]:
    return [word for word in words(name) if word]


def _numbered_school(spoken: list[str]) -> bool:
    return spoken[-1].isdigit() and bool(_CITYWIDE.intersection(spoken))
