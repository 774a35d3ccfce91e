"""Words as people type them: whole sentences in mails, short and careless ones in apps."""

from __future__ import annotations

import random
import re
from datetime import datetime, timedelta
from typing import Any

from sandbox.day.model import ZONE, Incident, read_toml

SHORT = {
    "yang": "yg",
    "tidak": "gak",
    "sudah": "udah",
    "dengan": "dgn",
    "jalan": "jln",
    "tolong": "tlg",
    "banyak": "bnyk",
    "sekali": "bgt",
    "belum": "blm",
    "depan": "dpn",
    "dekat": "dkt",
    "sampai": "smpe",
    "karena": "krn",
    "mohon": "mhn",
    "terima kasih": "makasih",
    "saja": "aja",
    "sebelah": "sblh",
}


class Words:
    """Composes what a citizen says of an incident."""

    def __init__(self, start: datetime) -> None:
        texts = read_toml("texts.toml")
        self.kinds: dict[str, Any] = texts["kind"]
        self._texts = texts
        self._start = start

    @property
    def details(self) -> dict[str, list[str]]:
        """What may be particular about an incident of each kind."""
        return {kind: table["details"] for kind, table in self.kinds.items()}

    def pick(self, name: str, rng: random.Random) -> str:
        """Give one of the sentences of this name."""
        return str(rng.choice(self._texts[name]))

    def core(self, incident: Incident, rng: random.Random) -> str:
        """Say what is wrong, without the place."""
        return str(rng.choice(self.kinds[incident.kind]["said"])).format(d=incident.detail)

    def place(self, incident: Incident, rng: random.Random, form: str = "place") -> str:
        """Say where it is, in one of the forms `place`, `place_short`, `place_formal`; empty where it has no place."""
        if not incident.placed:
            return ""
        near = form == "place" and incident.spot.landmark and rng.random() < 0.4
        patterns = self._texts["place_near" if near else form]
        usable = [one for one in patterns if incident.spot.landmark or "{patokan}" not in one]
        return self._filled(rng.choice(usable), incident, rng)

    def short(self, incident: Incident, rng: random.Random, *, placed: bool) -> str:
        """Write as in an app: what is wrong, perhaps where, careless."""
        core = self.core(incident, rng)
        where = self.place(incident, rng, rng.choice(("place", "place_short"))) if placed else ""
        parts = [core, where] if rng.random() < 0.6 or not where else [f"{where},", core]
        text = self.pick("opening", rng) + " ".join(part for part in parts if part)
        if rng.random() < 0.35:
            text += self.pick("closing", rng)
        return careless(text, rng) if rng.random() < 0.65 else text[:1].upper() + text[1:]

    def long(self, incident: Incident, at: timedelta, rng: random.Random) -> str:
        """Write as in a mail: a greeting, what, where, since when, a wish."""
        where = self.place(incident, rng)
        core = self.core(incident, rng)
        first = f"{self.pick('opening', rng)}{core} {where}".strip() + "."
        rest = [self.place(incident, rng, "place_formal")] if rng.random() < 0.45 else []
        if rng.random() < 0.5:
            rest.append(self.pick("remark", rng).format(jam=self.hour(at)))
        text = " ".join(part for part in [first[:1].upper() + first[1:], *rest] if part) + self.pick("closing", rng)
        return careless(text, rng) if rng.random() < 0.25 else text

    def subject(self, incident: Incident, rng: random.Random) -> str:
        """Name it in a line."""
        name = incident.kind.replace("-", " ")
        where = self.place(incident, rng, "place_short")
        told = f"Laporan {name} {where}", f"{name.capitalize()} {where}", f"Mohon bantuan {name} {where}"
        return rng.choice((*told, f"Aduan: {name}", "Laporan warga")).strip()

    def hour(self, at: timedelta) -> str:
        """Spell a time of the day as people do."""
        return f"{(self._start + at).astimezone(ZONE):%H.%M}"

    def _filled(self, pattern: str, incident: Incident, rng: random.Random) -> str:
        spot = incident.spot
        width = rng.choice((1, 2, 3))
        return pattern.format(
            jalan=respelled(spot.street, rng),
            kel=spot.kelurahan,
            kec=spot.kecamatan,
            kota=spot.kota,
            pos=spot.postal,
            patokan=spot.landmark,
            rt=f"{incident.rt:0{width}d}",
            rw=f"{incident.rw:0{width}d}",
            no=incident.house,
        )


def respelled(street: str, rng: random.Random) -> str:
    """Spell `Jalan …` as people do."""
    return street.replace("Jalan ", rng.choice(("Jalan ", "Jl. ", "Jl ", "Jln ", "jln. ")), 1)


def careless(text: str, rng: random.Random) -> str:
    """Write it in a hurry: no capitals, short forms, no full stop."""

    def shorten(found: re.Match[str]) -> str:
        return SHORT[found[0]] if rng.random() < 0.6 else found[0]

    plain = re.sub(r"\b(?:" + "|".join(SHORT) + r")\b", shorten, text.lower()).rstrip(".")
    return plain + rng.choice(("", "", "", "!!", "...", " 🙏"))
