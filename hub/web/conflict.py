"""Two people changed one report: what it was, what it is now, what the second one wants; nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row
from starlette.datastructures import FormData

from hub.web.language import mark
from hub.web.words import Words

FORMS = {
    "tindak-lanjut": "jawab",
    "perbaiki": "betulkan",
    "banding": "putuskan",
    "validasi": "validasi",
    "gabung": "form-gabung",
}
"""Where on the page what was typed stands again, by deed."""
PRESSED = ("lalu", "hanya", "decision", "reopen")
"""Names of buttons that say more than `send`."""
STAMP = frozenset({"csrf", "version", "seen", "dari", "draf"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One field: as the form was shown, as it is now, as the reader wants it."""

    label: str
    was: str
    theirs: str
    mine: str


@dataclass(frozen=True, slots=True)
class Again:
    """How it is sent on top: by a form of the page, else by one that holds the fields alone."""

    deed: str
    form: str
    name: str = ""
    value: str = ""
    fields: Sequence[tuple[str, str]] = ()


def differences(words: Words, report: Row[Any], form: FormData, said: Sequence[Any]) -> list[Difference]:
    """Compare field by field; `said` are the follow-ups since the form was shown."""
    spell: dict[str, tuple[str, Callable[[str], str]]] = {
        "status": (mark("Status"), words.status),
        "category": (mark("Category"), words.category),
        "urgency": (mark("Urgency"), words.urgency),
        "kelurahan": (words.area_label(), words.office),
        "lead": (mark("In charge"), words.office),
    }
    translate = words.language.gettext
    found = []
    for name, (label, spelled) in spell.items():
        if f"was_{name}" not in form:
            continue
        was, now = str(form[f"was_{name}"]), str(getattr(report, name))
        mine = str(form.get(name, "")) or was
        if was != now or mine != was:
            found.append(Difference(translate(label), *(spelled(code) if code else "–" for code in (was, now, mine))))
    if form.get("lat") and form.get("lon"):
        pin = f"{form['lat']}, {form['lon']}"
        found.append(Difference(translate(mark("Place")), "–", words.where(report.place), pin))
    return [*found, *_words(words, form, said)]


def _words(words: Words, form: FormData, said: Sequence[Any]) -> list[Difference]:
    labels = {"note": mark("Answer to the citizens"), "note_internal": mark("Note among colleagues")}
    found = []
    for name, label in labels.items():
        theirs = " / ".join(getattr(row, name) for row in said if getattr(row, name))
        mine = str(form.get(name, "")).strip()
        if theirs or mine:
            found.append(Difference(words.language.gettext(label), "–", theirs or "–", mine or "–"))
    return found


def again(deed: str, form: FormData) -> Again:
    """Say how the same is done on top of what changed."""
    named = f"tanya-{form.get('complaint', '')}" if deed == "tanya" else FORMS.get(deed, "")
    name = next((one for one in PRESSED if one in form), "")
    fields = [(key, str(value)) for key, value in form.multi_items() if key not in STAMP and isinstance(value, str)]
    return Again(deed, named, name, str(form.get(name, "")), fields)
