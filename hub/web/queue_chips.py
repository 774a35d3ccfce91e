"""The filter of a list as chips: each names one thing that was chosen, and leads to the list without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from hub.store.queue_filter import Filter
from hub.web.language import mark
from hub.web.words import Words

SORTS = {
    "terbaru": mark("Newest first"),
    "terlama": mark("Oldest first"),
    "diubah": mark("Last changed first"),
    "terbanyak": mark("Most complaints first"),
    "tenggat": mark("Due first"),
}
PHOTO = {True: mark("With photo"), False: mark("Without photo")}


@dataclass(frozen=True, slots=True)
class Chip:
    """What was chosen, and the filter without it."""

    kind: str
    value: str
    without: Filter
    more: bool = False
    """Chosen in the panel, not in the bar."""


def chips(chosen: Filter, words: Words) -> Iterator[Chip]:
    """Give a chip for each value that narrows the list."""
    _ = words.language.gettext
    many: tuple[tuple[str, str, Callable[[str], str], bool], ...] = (
        ("categories", _(mark("Category")), words.category, False),
        ("kelurahan", _(mark("Kelurahan")), words.unit, False),
        ("urgencies", _(mark("Urgency")), words.urgency, True),
        ("statuses", _(mark("Status")), words.status, True),
        ("channels", _(mark("Channel")), words.channel, True),
    )
    if chosen.text:
        yield Chip(_(mark("Words")), f"“{chosen.text}”", replace(chosen, text=""))
    for member, kind, spell, more in many:
        values: tuple[str, ...] = getattr(chosen, member)
        for value in values:
            rest = tuple(other for other in values if other != value)
            yield Chip(kind, spell(value), replace(chosen, **{member: rest}), more)  # type: ignore[arg-type]  # members named above
    yield from _single(chosen, words)


def _single(chosen: Filter, words: Words) -> Iterator[Chip]:
    _ = words.language.gettext
    if chosen.photo is not None:
        yield Chip(_(mark("Photo")), _(PHOTO[chosen.photo]), replace(chosen, photo=None), more=True)
    if chosen.owner:
        yield Chip(_(mark("Officer")), chosen.owner, replace(chosen, owner=""), more=True)
    if chosen.since is not None:
        yield Chip(_(mark("From")), chosen.since.isoformat(), replace(chosen, since=None), more=True)
    if chosen.until is not None:
        yield Chip(_(mark("Until")), chosen.until.isoformat(), replace(chosen, until=None), more=True)
