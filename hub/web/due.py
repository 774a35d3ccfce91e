"""How long is left, as chips say it: in words, by which clock, and until when exactly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from hub.clocks.due import warning_at
from hub.web.language import mark

if TYPE_CHECKING:  # the words use this module
    from hub.web.words import Words

State = Literal["paused", "late", "near", "ahead"]
STEP = {
    "open": mark("An emergency is opened at once: by %(time)s."),
    "answer": mark("First answer to the citizens due by %(time)s, by the clock of the unit."),
    "done": mark("Done by %(time)s, by the clock of the unit."),
}
NEXT = {"open": mark("To be opened by"), "answer": mark("First answer by"), "done": mark("Done by")}
CLASS = {
    "ringan": mark("light"),
    "normatif": mark("ordinary (normatif)"),
    "tidak-berkadar-pengawasan": mark("without examination"),
    "berkadar-pengawasan": mark("with examination"),
    "permintaan-informasi": mark("question for information"),
}
"""Classes of the law, by code."""
LEGAL = mark("By law: %(time)s.")


@dataclass(frozen=True, slots=True)
class Left:
    """What a chip shows."""

    state: State
    text: str
    title: str


def time_left(words: Words, report: Any) -> Left | None:
    """Say how a report stands with its clock; None where nothing is due of it."""
    _ = words.language.gettext
    if report.asked_at is not None and report.due_kind:
        since = _(mark("The clock stands still since %(time)s.")) % {"time": words.moment(report.asked_at)}
        return Left("paused", _(mark("paused: waits for the citizen")), since)
    due: datetime | None = report.due_at
    if due is None:
        return None
    title = _(STEP[report.due_kind]) % {"time": words.moment(due)}
    if report.legal_due_at is not None:
        title = f"{title} {_(LEGAL) % {'time': words.moment(report.legal_due_at)}}"
    if due <= words.now:
        return Left("late", _(mark("%(span)s late")) % {"span": words.span(words.now - due)}, title)
    near = words.now >= warning_at(report.clock_from or due, due)
    return Left("near" if near else "ahead", _(mark("%(span)s left")) % {"span": words.span(due - words.now)}, title)
