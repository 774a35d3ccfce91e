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

    def formal(self, incident: Incident, at: timedelta, rng: random.Random) -> str:
        """Write to an office: whole sentences, the full address, since when."""
        where = self.place(incident, rng, "place_formal")
        first = f"{self.pick('formal_opening', rng)}{self.core(incident, rng)}. {where}".strip()
        since = f" Kejadian diketahui sejak pukul {self.hour(at)} WIB." if rng.random() < 0.4 else ""
        return first + since + self.pick("formal_closing", rng)

    def post(self, incident: Incident, rng: random.Random) -> str:
        """Write a post: careless, with a place and tags of its own."""
        where = self.place(incident, rng, rng.choice(("place", "place_short", "place")))
        said = f"{self.pick('post_opening', rng)}{self.core(incident, rng)} {where}".strip()
        tags = self.kinds[incident.kind]["tags"]
        tagged = "".join(f" #{tag}" for tag in rng.sample(tags, min(len(tags), rng.choice((0, 1, 1, 2)))))
        return mistyped(careless(said + self.pick("post_closing", rng), rng), rng) + tagged

    def chat(self, incident: Incident, rng: random.Random) -> list[str]:
        """Write bit by bit, as in a messenger: two to four messages."""
        bits = [self.pick("chat_opening", rng), careless(self.core(incident, rng), rng)]
        bits.append(careless(self.place(incident, rng), rng))
        bits.append(self.pick("chat_closing", rng) if rng.random() < 0.4 else "")
        return [bit for bit in bits if bit]

    def noted(self, incident: Incident, rng: random.Random) -> str:
        """Write down what somebody says, as a clerk does."""
        return self._framed(incident, rng, "clerk_opening", "clerk_closing")

    def filled_in(self, incident: Incident, rng: random.Random) -> str:
        """Write as in a form that has fields of its own for the rest."""
        return self._framed(incident, rng, "form_opening", "closing")

    def _framed(self, incident: Incident, rng: random.Random, opening: str, closing: str) -> str:
        where = self.place(incident, rng)
        return f"{self.pick(opening, rng)}{self.core(incident, rng)} {where}".strip() + "." + self.pick(closing, rng)

    def row(self, incident: Incident, rng: random.Random) -> str:
        """Write a line of a spreadsheet."""
        place = self.place(incident, rng, "place_short")
        return self.pick("sheet", rng).format(core=self.core(incident, rng), tempat=place)

    def duty(self, incident: Incident, rng: random.Random) -> str:
        """Write what the head of an RT reports on duty."""
        opening = str(self._texts["duty"]).format(rt=f"{incident.rt:03d}", rw=f"{incident.rw:02d}")
        return f"{opening}{self.core(incident, rng)} {self.place(incident, rng)}".strip()

    def all(self, name: str) -> list[str]:
        """Give all the sentences of this name."""
        return list(self._texts[name])

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


def mistyped(text: str, rng: random.Random) -> str:
    """Type as on the move: now and then a letter too few or two the wrong way round, never in a short word."""

    def slip(found: re.Match[str]) -> str:
        word = found[0]
        if rng.random() >= 0.04:
            return word
        at = rng.randint(1, len(word) - 3)
        swapped = word[at + 1] + word[at] if rng.random() < 0.6 else word[at + 1]
        return word[:at] + swapped + word[at + 2 :]

    return re.sub(r"\b[a-z]{6,}\b", slip, text)
