"""Checks of `read`: pure, and alone with a bad item."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, get_args
from unittest.mock import patch

from hub.plugin import Item, Reading, Source
from hub.testing.case import SourceCase, connect, meet
from hub.testing.check import Check, NotApplicable, check, demand
from hub.testing.pull import pull_all
from hub.testing.push import receive

READ: list[Check[SourceCase]] = []
MAX_MANGLED = 20
"""Good items that are mangled: more of the same kind show nothing new."""
PATIENCE = 5.0
"""Seconds that one mangled item may take."""
_RUBBISH = (b"", b"\x00", b"\xff\xfe", b"null", b"0", b"[]", b"{}", b'""', b"[" * 100_000, b"<" * 1000, b"\r\n\r\n")


async def items_of(case: SourceCase) -> list[Item]:
    """All good items, pushed and pulled."""
    items = [item for request in case.pushes for item in (await receive(case, request)).items]
    try:
        items += [item for page in await pull_all(case) for item in page.items]
    except NotApplicable:
        demand(items, "there are neither pulls nor pushes: nothing could be checked")
    return items


@check(READ, "read-gives-readings", "the host files what an item means by the type of its readings")
async def read_gives_readings(case: SourceCase) -> None:
    """Read every good item."""
    items = await items_of(case)
    async with meet(case) as source:
        for item in items:
            for reading in source.read(item):
                demand(isinstance(reading, get_args(Reading)), f"a {type(reading).__name__} is no reading")


@check(READ, "read-is-pure", "items are read again after every change of the rules, also years later")
async def read_is_pure(case: SourceCase) -> None:
    """Read every good item twice, by two instances, without a network and 400 days apart."""
    items = [item for item in await items_of(case) if not item.quarantine]
    async with case.world() as world:
        async with connect(case, world) as source:
            first = [_read(source, item) for item in items]
        world.clock.advance(timedelta(days=400))
        async with connect(case, world) as source:
            demand(first == [_read(source, item) for item in items], "the second reading differs from the first")


def _read(source: Source, item: Item) -> Sequence[Reading]:
    with _no_network():
        return list(source.read(item))


@contextmanager
def _no_network() -> Iterator[None]:
    def refuse(*_args: Any, **_named: Any) -> None:
        raise AssertionError("read talks to the network")

    with patch.object(socket.socket, "connect", refuse), patch.object(socket, "getaddrinfo", refuse):
        yield


@check(READ, "bad-items-end", "a mangled item is quarantined with its reason; it neither hangs nor harms the next")
async def bad_items_end(case: SourceCase) -> None:
    """Read rubbish, then the good items again."""
    items = [item for item in await items_of(case) if not item.quarantine]
    async with meet(case) as source:
        before = [_read(source, item) for item in items]
        for bad in (*case.mangled, *_mangle(items[:MAX_MANGLED])):
            _ends(partial(_refuse_or_read, source, bad))
        demand(before == [_read(source, item) for item in items], "good items read differently after bad ones")


def _mangle(items: Sequence[Item]) -> Iterator[Item]:
    for item in items:
        size = len(item.body)
        for end in (size // 3, size // 2, size - 1):
            yield replace(item, body=item.body[:end])
        yield replace(item, body=item.body[::-1])
        yield replace(item, meta={})
    for body in _RUBBISH:
        yield replace(items[0], body=body)


def _refuse_or_read(source: Source, item: Item) -> None:
    with suppress(Exception):  # refusing it is right, in whatever way
        list(source.read(item))


def _ends(act: Callable[[], None]) -> None:
    """Run it in a thread that may be left behind: a loop without end cannot be stopped otherwise."""
    thread = threading.Thread(target=act, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    demand(not thread.is_alive(), f"a mangled item is still being read after {PATIENCE} s")
