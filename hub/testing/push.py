"""Checks of a source that others push to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import anyio

from hub.plugin import Item, NoReceive, Received, Request, Unauthorized
from hub.testing.case import SourceCase, meet
from hub.testing.check import Check, NotApplicable, check, demand

PUSH: list[Check[SourceCase]] = []


async def receive(case: SourceCase, request: Request) -> Received:
    """Push one request to a fresh channel; a refusal may also be raised."""
    async with meet(case) as source:
        try:
            with anyio.fail_after(case.patience):
                return await source.receive(request)
        except Unauthorized:
            return Received(status=401)
        except NoReceive:
            raise AssertionError("it takes no pushes") from None


@check(PUSH, "pushes-are-stable", "who pushes will push again, and the hub must know the repeat")
async def pushes_are_stable(case: SourceCase) -> None:
    """Push each good request twice."""
    if not case.pushes:
        raise NotApplicable
    for request in case.pushes:
        first, second = await receive(case, request), await receive(case, request)
        demand(200 <= first.status < 300, f"a good push is answered {first.status}")
        demand(_marks(first.items) == _marks(second.items), "a repeated push gives other items")


def _marks(items: Sequence[Item]) -> set[tuple[str, str]]:
    return {(item.native_id, item.mark) for item in items}


@check(PUSH, "forged-pushes-refused", "anybody on the internet can reach a hook")
async def forged_pushes_refused(case: SourceCase) -> None:
    """Push what nobody, or somebody else, has signed."""
    if not case.forged:
        raise NotApplicable
    for request in case.forged:
        answer = await receive(case, request)
        demand(not answer.items and answer.status in {401, 403}, f"a forged push is answered {answer.status}")


@check(PUSH, "cut-pushes-answered", "connections break, and a bug in a hook must not show as 500")
async def cut_pushes_answered(case: SourceCase) -> None:
    """Push the good requests with their bodies cut short."""
    if not case.pushes:
        raise NotApplicable
    for request in case.pushes:
        for end in (0, 1, len(request.body) // 2, -1):
            answer = await receive(case, replace(request, body=request.body[:end]))
            demand(answer.status < 500, f"a push cut short is answered {answer.status}")
