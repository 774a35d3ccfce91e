"""Checks of a source that is pulled: what the host relies on when it stores pages and resumes."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Any, cast

import anyio

from hub.plugin import NoPull, Page, Source
from hub.testing.case import (
    SourceCase,
    connect,
    expect_cancelled,
    expect_outage,
    expect_refusal,
    expect_throttling,
)
from hub.testing.check import Check, NotApplicable, check, demand
from hub.testing.secrets import expect_silence
from hub.testing.worlds import Fault, World

PULL: list[Check[SourceCase]] = []
MAX_ITEMS = 500
MAX_BYTES = 32 * 1024 * 1024
MAX_CURSOR = 256 * 1024
MAX_KILLS = 5
"""After this many pages another kill shows nothing new."""


async def pull(source: Source, patience: float, cursor: Any = None, stop: int = 0) -> list[Page]:
    """Pull as the host does; with `stop`, be killed when that page was given, before it is resumed."""
    pages: list[Page] = []
    try:
        stream = cast("AsyncGenerator[Page, None]", source.pull(cursor))
        with anyio.fail_after(patience):
            async with aclosing(stream):
                async for page in stream:
                    pages.append(page)
                    if len(pages) == stop:
                        break
    except NoPull:
        raise NotApplicable from None
    except TimeoutError:
        raise AssertionError(f"a pull did not end within {patience} s") from None
    return pages


async def pull_all(case: SourceCase, world: World | None = None) -> list[Page]:
    """Pull everything from a fresh world, or from the one given."""
    async with world or case.world() as there, connect(case, there) as source:
        pages = await pull(source, case.patience)
    demand(any(page.items for page in pages), "the world has no items: nothing could be checked")
    return pages


def _marks(pages: Sequence[Page]) -> set[tuple[str, str]]:
    return {(item.native_id, item.mark) for page in pages for item in page.items}


def _stored(cursor: Any) -> Any:
    return json.loads(json.dumps(cursor))


@check(PULL, "cursor-survives-json", "a cursor is stored as JSON between restarts")
async def cursor_survives_json(case: SourceCase) -> None:
    """Write and read every cursor."""
    for page in await pull_all(case):
        text = json.dumps(page.cursor)
        demand(json.loads(text) == page.cursor, f"a {type(page.cursor).__name__} comes back changed")
        demand(len(text.encode()) < MAX_CURSOR, f"{len(text)} bytes, {MAX_CURSOR} are too many")


@check(PULL, "kill-loses-nothing", "the process may die between any two pages, before or after one is committed")
async def kill_loses_nothing(case: SourceCase) -> None:
    """Kill after each page in turn, once it is committed and just before, and resume."""
    everything = await pull_all(case)
    for count in range(1, min(len(everything), MAX_KILLS) + 1):
        for committed in (count - 1, count):
            lost = _marks(everything) - await _killed(case, count, committed)
            demand(not lost, f"{len(lost)} items lost by a kill at page {count} with {committed} pages committed")


async def _killed(case: SourceCase, count: int, committed: int) -> set[tuple[str, str]]:
    async with case.world() as world:
        async with connect(case, world) as source:
            pages = (await pull(source, case.patience, stop=count))[:committed]
        cursor = _stored(pages[-1].cursor) if pages else None
        async with connect(case, world) as source:
            return _marks(pages) | _marks(await pull(source, case.patience, cursor))


@check(PULL, "ids-are-stable", "the hub knows a repeat by its id and fingerprint; others would be new complaints")
async def ids_are_stable(case: SourceCase) -> None:
    """Pull the same twice."""
    first, second = _marks(await pull_all(case)), _marks(await pull_all(case))
    demand(all(native_id for native_id, _ in first), "an item has no id")
    demand(first == second, f"{len(first ^ second)} items differ between two pulls of the same")


@check(PULL, "pages-are-bounded", "a page is one transaction and stands in memory: 500 items, 32 MB at most")
async def pages_are_bounded(case: SourceCase) -> None:
    """Measure every page."""
    for page in await pull_all(case):
        size = sum(len(item.body) for item in page.items)
        demand(len(page.items) <= MAX_ITEMS, f"a page has {len(page.items)} items")
        demand(size <= MAX_BYTES, f"a page has {size} bytes")


@check(PULL, "bad-item-stays-alone", "one bad item never keeps the good ones of its page away")
async def bad_item_stays_alone(case: SourceCase) -> None:
    """Pull from the bad world: nothing raised, nothing good missing."""
    if case.bad_world is None:
        raise NotApplicable
    lost = _marks(await pull_all(case)) - _marks(await pull_all(case, case.bad_world()))
    demand(not lost, f"{len(lost)} good items are missing beside a bad one")


@check(PULL, "credentials-refused", "an operator is woken instead of retrying for ever")
async def credentials_refused(case: SourceCase) -> None:
    """401 and 403 are Unauthorized."""
    await expect_refusal(case, _pulling(case))


@check(PULL, "throttling-obeyed", "a channel that ignores 429 is cut off")
async def throttling_obeyed(case: SourceCase) -> None:
    """429 is Throttled until the instant asked for."""
    await expect_throttling(case, _pulling(case))


@check(PULL, "outages-retried", "an outage passes; anything but TryAgain or Throttled would park the channel")
async def outages_retried(case: SourceCase) -> None:
    """5xx, lost connections, time-outs and HTML pages are TryAgain or Throttled."""
    await expect_outage(case, _pulling(case), Fault.PAGE)


@check(PULL, "cancels-at-once", "a stop or reload of the hub waits for no channel longer than a second")
async def cancels_at_once(case: SourceCase) -> None:
    """Cancel while the other side hangs."""
    await expect_cancelled(case, _pulling(case))


@check(PULL, "keeps-secrets", "reprs, errors and logs are read by many")
async def keeps_secrets(case: SourceCase) -> None:
    """Listen while it works and while it fails."""
    await expect_silence(case, _using(case))


def _pulling(case: SourceCase) -> Callable[[Source], Awaitable[None]]:
    async def act(source: Source) -> None:
        await pull(source, case.patience)

    return act


def _using(case: SourceCase) -> Callable[[Source], Awaitable[None]]:
    async def act(source: Source) -> None:
        for request in (*case.pushes, *case.forged):
            await source.receive(request)
        await pull(source, case.patience)

    return act
