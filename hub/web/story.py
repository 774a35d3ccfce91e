"""Why complaints were joined and what happened to a report, in sentences that a clerk understands."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Any

from sqlalchemy import Row

from hub.web.language import mark
from hub.web.words import Words

EVIDENCE = {  # by code; where its figures have more than one unit, by code and unit
    "jarak": mark("%(value)s metres apart"),
    "sekitar": mark("about %(value)s metres apart, but one position is vague"),
    "selang": mark("%(value)s hours apart"),
    "selang mnt": mark("%(value)s minutes apart"),
    "bentang": mark("the report would stretch over %(value)s metres"),
    "jauh": mark("too far apart"),
    "tertutup": mark("sealed complaints are never compared"),
    "berlawanan": mark("other complaints of that report name another place"),
    "jenis-campur": mark("other complaints of that report are about another matter"),
    "kirim-ulang": mark("the same person sent the same words again"),
    "foto-sama": mark("the same photo"),
    "tautan-sama": mark("the same link"),
    "terusan": mark("it passes on the same post"),
    "uuid-sama": mark("the same event on Waze"),
    "nomor-dikutip": mark("it quotes the number of the report"),
    "percakapan-sama": mark("the same conversation"),
    "petugas": mark("put here by a clerk, with the citizen present"),
    "tanpa-tempat": mark("no place is known of one of them"),
    "kelurahan-sama": mark("the same kelurahan"),
    "kelurahan-berbeda": mark("another kelurahan"),
    "jenis-mirip": mark("a similar kind of complaint"),
    "jenis-kerabat": mark("a kind of complaint that often goes with it"),
    "jenis-lain": mark("another kind of complaint"),
    "jenis-belum-pasti": mark("the kind of complaint is not sure"),
    "pekerjaan-lain": mark("other work is needed"),
    "tempat-sama": mark("the same place is named"),
    "tempat-berbeda": mark("another place is named"),
    "rt-sama": mark("the same RT"),
    "rt-rw-sama": mark("the same RT and RW"),
    "rt-berdekatan": mark("RTs next to each other"),
    "rt-berbeda": mark("another RT (%(value)s)"),
    "rw-berbeda": mark("another RW (%(value)s)"),
    "jalan-sama": mark("the same street"),
    "jalan-berbeda": mark("another street"),
    "blok-sama": mark("the same block"),
    "blok-berbeda": mark("another block"),
    "gang-sama": mark("the same alley"),
    "gang-berbeda": mark("another alley"),
    "nomor-sama": mark("the same number in a name"),
    "nomor-berbeda": mark("another number in a name"),
    "teks-sama": mark("the same words"),
    "teks-mirip": mark("almost the same words"),
    "pelapor-sama": mark("the same person, %(value)s minutes apart"),
    "kata-sama": mark("%(value)s telling words in common"),
    "kata-lain": mark("no telling word in common"),
}
JOINED = {
    "opened": mark("Opened this report"),
    "joined": mark("Joined by the rules"),
    "merged": mark("Joined by %(actor)s"),
    "split": mark("Taken out of another report by %(actor)s"),
    "unmerged": mark("Given back by %(actor)s"),
}
HAPPENED = {
    "opened": mark("Report opened"),
    "joined": mark("One more complaint joined"),
    "revised": mark("A citizen changed their words"),
    "added": mark("A citizen wrote more"),
    "routed": mark("Goes to %(queue)s"),
    "recurrence": mark("It happened here before: %(earlier)s"),
    "recurred": mark("It happened again: %(later)s"),
    "status": mark("Status: %(status)s"),
    "follow-up": mark("Follow-up noted"),
    "corrected": mark("Set right: %(field)s"),
    "merged": mark("Joined with %(other)s"),
    "split": mark("Taken apart from %(other)s"),
    "vanished": mark("A complaint vanished at its source"),
    "withdrawn": mark("A citizen withdrew their complaint"),
    "erased": mark("A complaint was erased"),
    "photo": mark("A photo came in"),
    "understood": mark("The rules understood it anew"),
    "asked": mark("A citizen was asked: %(question)s"),
    "answered": mark("The citizen answered: the clock goes on"),
    "unanswered": mark("The citizen did not answer in time"),
    "doubted": mark("A citizen says that it is not about their problem"),
    "confirmed": mark("Confirmed that a complaint belongs here"),
    "disputed": mark("A citizen says that it is not done"),
    "dispute-kept": mark("The dispute was looked into: it stays finished"),
    "validated": mark("Report by a head of RT or RW: %(decision)s"),
    "called-back": mark("Called back: %(replies)s replies did not go out"),
    "units": mark("Handed on to %(unit)s"),
    "taken": mark("Taken on"),
    "given-back": mark("Given back: nobody works on it"),
    "assigned": mark("Given to %(owner)s"),
    "claim-expired": mark("Nothing was done for long: %(owner)s no longer works on it"),
    "clock": mark("Opened again: its clock begins anew"),
    "warned": mark("Nearly late: its unit should see to it"),
    "escalated": mark("Not done in time: brought before %(unit)s"),
    "offered": mark("Offered to %(unit)s"),
    "accepted": mark("%(unit)s has taken it over"),
    "returned": mark("%(former)s has returned it"),
    "withdrawn-offer": mark("No longer offered to %(former)s"),
    "passed-up": mark("Returned twice: now with %(unit)s, which stands above both"),
    "told": mark("One citizen was answered"),
    "forwarded": mark("Sent to CROP again"),
    "undone": mark("A deed on many reports was undone"),
    "nudged": mark("Somebody at a desk asked for news"),
}
TOLD_ELSEWHERE = frozenset({"follow-up", "status", "added", "asked", "told"})
"""Lines of history that the timeline shows by what was said."""
TOLD = {
    "warga": mark("answer to this citizen alone"),
    "diterima": mark("receipt"),
    "tl": mark("answer"),
    "tanya": mark("question"),
    "banding": mark("decision of the dispute"),
    "buka": mark("opened again"),
    "coret": mark("struck off"),
    "lewat": mark("closed: no answer"),
    "serah": mark("assigned"),
}
"""What a reply is, by the beginning of its cause."""
FIELDS = {
    "category": mark("category"),
    "place": mark("place"),
    "urgency": mark("urgency"),
    "lead": mark("unit in charge"),
    "legal_class": mark("legal class"),
    "handling": mark("no longer sealed"),
}
UNITS = "jmnt"
"""Letters behind the numbers of evidence: hours (j), metres (m), minutes (mnt)."""


def evidence(words: Words, code: str) -> str:
    """Spell one code of evidence; an unknown one stays as it is."""
    name, _, value = code.partition(":")
    spelled = value.rstrip(UNITS)
    known = EVIDENCE.get(f"{name} {value.removeprefix(spelled)}") or EVIDENCE.get(name)
    if known is None:
        return code
    if words.language.code == "id":
        spelled = spelled.replace(".", ",")
    return _fill(words, known, value=spelled)


def joined(words: Words, complaint: Row[Any]) -> str:
    """Say how a complaint came into its report."""
    known = JOINED.get(complaint.cause or "")
    return _fill(words, known, actor=complaint.actor) if known else ""


def happened(words: Words, entry: Row[Any]) -> str:
    """Say what a line of history means."""
    known = HAPPENED.get(entry.kind)
    data = entry.data
    translate = words.language.gettext
    spell: dict[str, Callable[[], str]] = {
        "queue": lambda: words.office(data.get("queue", "")),
        "status": lambda: words.status(data.get("status", "")) or translate(mark("unchanged")),
        "earlier": lambda: str(data.get("earlier", "")),
        "later": lambda: str(data.get("later", "")),
        "field": lambda: translate(FIELDS.get(data.get("field", ""), "")) if data.get("field") in FIELDS else "",
        "other": lambda: str(data.get("source") or data.get("into") or ""),
        "owner": lambda: str(data.get("owner", "")),
        "unit": lambda: words.office(str(data.get("after", ""))),
        "former": lambda: words.office(str(data.get("before", ""))),
        "question": lambda: words.question(data.get("question", "")),
        "decision": lambda: words.validated(data.get("decision", "")),
        "replies": lambda: words.number(data.get("replies", 0)),
    }
    return _fill(words, known, **{name: make() for name, make in spell.items()}) if known else entry.kind


def named(entry: Row[Any]) -> str:
    """Give the number of the other report that a line of history names; empty for none."""
    return str(next((entry.data[name] for name in ("into", "source", "earlier", "later") if entry.data.get(name)), ""))


def told_of(words: Words, cause: str) -> str:
    """Say what a reply is about."""
    known = TOLD.get(cause.partition(":")[0])
    return words.language.gettext(known) if known else words.language.gettext(mark("reply"))


def stands(words: Words, held: Container[str], found: Row[Any]) -> str:
    """Say how a reply stands, with the time that counts."""
    _ = words.language.gettext
    if found.state == "due" and ("replies" in held or found.channel in held):
        return _(mark("held back"))
    if found.state == "due" and found.next_at is not None and found.next_at > words.now:
        return _fill(words, mark("leaves at %(time)s"), time=words.clock(found.next_at))
    if found.state == "sent":
        return _fill(words, mark("sent %(time)s"), time=words.clock(found.settled_at))
    if found.state == "waiting":
        return words.waits_for(found.waits_for)
    if found.state == "superseded" and found.reason == "called back":
        return words.why(found.reason)
    spelled = words.delivery_state(found.state)
    return f"{spelled}: {words.why(found.reason)}" if found.reason and found.state != "superseded" else spelled


def _fill(words: Words, message: str, **values: str) -> str:
    return words.language.gettext(message) % values
