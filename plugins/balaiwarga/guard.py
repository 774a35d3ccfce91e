"""Tells hurried programs from people, without a third party and without turning anybody away."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta

from plugins.balaiwarga.ticket import Ticket

TRAP = "situs"
"""A field that people do not see, and that programs like to fill."""
ANSWER = "jumlah"
FASTEST = 3
"""Seconds that nobody undercuts who reads the form."""
MANY = 6
WINDOW = timedelta(minutes=10)
KEPT = 10_000


class Visits:
    """Which complaints came from which address lately. In memory only; forgets the longest untouched addresses."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, dict[str, datetime]] = OrderedDict()

    def count_others(self, address: str, key: str, now: datetime) -> int:
        """Count the complaints of this address within the window, without this one."""
        recent = {name: at for name, at in self._seen.get(address, {}).items() if at > now - WINDOW}
        return len(recent.keys() - {key})

    def note(self, address: str, key: str, now: datetime) -> None:
        """Remember a complaint that was taken."""
        keys = self._seen.pop(address, {})
        recent = {name: at for name, at in keys.items() if at > now - WINDOW}
        self._seen[address] = recent | {key: now}
        if len(self._seen) > KEPT:
            self._seen.popitem(last=False)


def is_suspect(form: Mapping[str, str], ticket: Ticket, now: datetime, others: int) -> bool:
    """Say whether a question is due, and not yet answered."""
    hurried = now.timestamp() - ticket.at < FASTEST
    doubtful = bool(form.get(TRAP)) or hurried or others >= MANY
    return doubtful and form.get(ANSWER, "").strip() != str(sum(ticket.sum))
