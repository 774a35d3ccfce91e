"""Numbers that a desk holds in reserve, and the entries that it hands in: at once, or when the network is back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, select
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub.desk_entry import DeskEntry
from hub.plugin import Item
from hub.store.tables import raw_items
from hub.store.views_lookup import receipt_of
from hub.web.access import Routes
from hub.web.counter.clerk import clerk_of, counter_of, receipt_parts, reception_of
from hub.web.language import language_of, mark
from hub.web.pages import hub_of
from normalizer.number import read_number

MOST_NUMBERS, MOST_ENTRIES = 100, 100
MAX_BODY = 24 * 1024 * 1024
AHEAD = timedelta(minutes=10)
"""So far a desk's clock may run ahead."""

BAD_SHAPE = mark("This cannot be stored: %(what)s")
NOT_RESERVED = mark("This number is not from a desk's reserve: check it, or leave it out")
USED = mark("This number already belongs to another complaint")
TOO_EARLY = mark("The time lies in the future: set it right")


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knows about an entry's id and number."""

    mark: str = ""
    """Fingerprint of what came in under this id; empty where nothing did."""
    reserved: bool = False
    """Its number was set aside for this counter."""
    used: bool = False
    """And a complaint came in on it."""


def add_routes(routes: Routes) -> None:
    """Add what the desk's page talks to."""
    routes.add("/loket/nomor", reserve_numbers, access="staff", methods=["POST"])
    routes.add("/loket/kirim", take_entries, access="staff", methods=["POST"], max_body=MAX_BODY)


async def reserve_numbers(request: Request) -> Response:
    """Give the desk a block of numbers, each with its tracking link: nobody else gets them."""
    account, asked = clerk_of(request), await _json(request)
    count, desk = (asked.get(name) for name in ("count", "desk")) if isinstance(asked, dict) else (0, "")
    if not isinstance(count, int) or not 0 < count <= MOST_NUMBERS:
        raise HTTPException(400)
    numbers = await reception_of(request).reserve(count, holder=f"{account.name} {str(desk)[:16]}".strip())
    # Drawing a block of codes takes a third of a second: not in the loop that serves everybody.
    body = await asyncio.to_thread(lambda: [receipt_parts(request, number) for number in numbers])
    return JSONResponse(body, 201, headers={"Cache-Control": "no-store"})


async def take_entries(request: Request) -> Response:
    """Store entries in their order; sending one again changes nothing. Each is answered `taken`, `known` or `bad`."""
    account, rows = clerk_of(request), await _json(request)
    if not isinstance(rows, list) or len(rows) > MOST_ENTRIES:
        raise HTTPException(400)
    channel, store = counter_of(request).name, hub_of(request).store
    read = [_read(request, row) for row in rows]
    entries = [entry for entry in read if isinstance(entry, DeskEntry)]
    known = await store.read(lambda connection: _known(connection, channel, entries))
    pile = _Pile(request, known, store.now(), account.name)
    answers = [pile.put(one) if isinstance(one, DeskEntry) else one for one in read]
    await reception_of(request).submit(list(pile.items.values()))
    return JSONResponse(answers, headers={"Cache-Control": "no-store"})


async def _json(request: Request) -> Any:
    try:
        return await request.json()
    except (ValueError, RecursionError):
        raise HTTPException(400) from None


def _read(request: Request, row: Any) -> DeskEntry | dict[str, str]:
    """Read an entry; what cannot be one is answered with the member that stands against it."""
    try:
        return DeskEntry.model_validate(row)
    except ValidationError as error:
        problem = error.errors(include_input=False, include_url=False)[0]
        what = ".".join(str(part) for part in problem["loc"]) or "?"
        name = row.get("id") if isinstance(row, dict) else None
        return _bad(request, name if isinstance(name, str) else "", BAD_SHAPE, what=what)


def _known(connection: Connection, channel: str, entries: Sequence[DeskEntry]) -> Mapping[str, Known]:
    found = {}
    for entry in entries:
        newest = select(raw_items.c.mark).where(raw_items.c.channel == channel, raw_items.c.native_id == entry.id)
        stored = connection.execute(newest.order_by(raw_items.c.revision.desc()).limit(1)).scalar_one_or_none()
        key = read_number(entry.number) if entry.number else None
        held = receipt_of(connection, key) if key is not None else None
        ours = held is not None and held.channel == channel
        found[entry.id] = Known(stored or "", ours, held is not None and held.complaint is not None)
    return found


@dataclass
class _Pile:
    """Entries of one delivery: the new and good ones become items."""

    request: Request
    known: Mapping[str, Known]
    now: datetime
    sender: str
    items: dict[str, Item] = field(default_factory=dict)
    numbers: set[str] = field(default_factory=set)

    def put(self, entry: DeskEntry) -> dict[str, str]:
        """Take an entry, or say what stands against it."""
        item = Item(entry.id, entry.model_dump_json().encode(), meta={"sender": self.sender})
        before = self.items[entry.id].mark if entry.id in self.items else self.known[entry.id].mark
        if before == item.mark:
            return {"id": entry.id, "state": "known"}
        problem = USED if before else self._problem(entry)
        if problem:
            return _bad(self.request, entry.id, problem)
        self.items[entry.id] = item
        self.numbers.add(entry.number)
        return {"id": entry.id, "state": "taken"}

    def _problem(self, entry: DeskEntry) -> str:
        if entry.at > self.now + AHEAD:
            return TOO_EARLY
        if not entry.number:
            return ""
        known = self.known[entry.id]
        if known.used or entry.number in self.numbers:
            return USED
        return "" if known.reserved else NOT_RESERVED


def _bad(request: Request, name: str, reason: str, **values: str) -> dict[str, str]:
    return {"id": name, "state": "bad", "reason": language_of(request).gettext(reason) % values}
