"""What an integrator hands the kit: a kind, good options, and the world it speaks with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Generic, TypeVar

import anyio

from hub.plugin import (
    Channel,
    Delivery,
    Item,
    Notice,
    PluginError,
    Reply,
    Request,
    Sink,
    Source,
    Throttled,
    TryAgain,
    Unauthorized,
)
from hub.testing.check import NotApplicable, demand
from hub.testing.doubles import NOW
from hub.testing.worlds import RETRY_AFTER, Fault, World

Kind = TypeVar("Kind", bound=Channel)


@dataclass(frozen=True, kw_only=True)
class Case(Generic[Kind]):
    """What every check needs to know."""

    kind: type[Kind]
    options: Mapping[str, Any]
    world: Callable[[], World]
    """Makes a fresh world; called for every check, often several times."""
    secrets: Sequence[str] = ()
    """Texts that must never be seen, besides those of the secret options."""
    readme: Path | None = None
    """README.md beside the module where None."""
    patience: float = 10
    """Seconds that one pull or delivery may take."""


@dataclass(frozen=True, kw_only=True)
class SourceCase(Case[Source]):
    """A source; its world holds at least one item, better several pages of them."""

    bad_world: Callable[[], World] | None = None
    """A world with the same items and a bad one among them."""
    mangled: Sequence[Item] = ()
    """Items that `read` may refuse; the kit adds its own."""
    pushes: Sequence[Request] = ()
    """Good requests to `receive`, valid at `NOW`."""
    forged: Sequence[Request] = ()
    """Requests that must be refused: nobody, or somebody else, has signed them."""


@dataclass(frozen=True, kw_only=True)
class SinkCase(Case[Sink]):
    """A sink; its world counts effects."""

    parcels: Sequence[Notice | Reply]
    """Wanted by the sink, each with one effect of its own."""
    deliver: Callable[[Notice | Reply, str], Delivery] | None = None
    """Freezes a parcel under a key, where a delivery needs more than `make_delivery` gives it."""


@asynccontextmanager
async def connect(case: Case[Kind], world: World) -> AsyncIterator[Kind]:
    """Build the channel as the host does, and close it."""
    context = world.context()
    channel = case.kind(case.kind.Options.model_validate(dict(case.options)), context)
    try:
        yield channel
    finally:
        await channel.close()
        await context.http.aclose()


@asynccontextmanager
async def meet(case: Case[Kind], fault: Fault | None = None) -> AsyncIterator[Kind]:
    """Build the channel in a fresh world, which shows the fault if one is named."""
    async with case.world() as world:
        if fault and not await world.fail(fault):
            raise NotApplicable
        async with connect(case, world) as channel:
            yield channel


async def expect(
    case: Case[Kind],
    faults: Iterable[Fault],
    errors: tuple[type[PluginError], ...],
    act: Callable[[Kind], Awaitable[object]],
) -> list[PluginError]:
    """Act under each fault that the world can play; give the errors, which must be of the named types."""
    seen: list[PluginError] = []
    for fault in faults:
        try:
            async with meet(case, fault) as channel:
                with anyio.fail_after(case.patience):
                    await act(channel)
        except NotApplicable:
            continue
        except errors as error:
            seen.append(error)
            continue
        except Exception as error:
            raise AssertionError(f"{fault}: {type(error).__name__} instead of {_names(errors)}") from error
        raise AssertionError(f"{fault}: nothing was raised instead of {_names(errors)}")
    if not seen:
        raise NotApplicable
    return seen


def _names(errors: tuple[type[PluginError], ...]) -> str:
    return " or ".join(error.__name__ for error in errors)


REFUSALS = (Fault.UNAUTHORIZED, Fault.FORBIDDEN)
THROTTLES = (Fault.THROTTLED, Fault.THROTTLED_DATE)
OUTAGES = (Fault.ERROR, Fault.BAD_GATEWAY, Fault.UNAVAILABLE, Fault.REFUSED, Fault.TIMEOUT, Fault.RESET)


async def expect_refusal(case: Case[Kind], act: Callable[[Kind], Awaitable[object]]) -> None:
    """Refused credentials are Unauthorized."""
    await expect(case, REFUSALS, (Unauthorized,), act)


async def expect_throttling(case: Case[Kind], act: Callable[[Kind], Awaitable[object]]) -> None:
    """A wish for rest is Throttled, until the instant that was asked for."""
    wanted = NOW + timedelta(seconds=RETRY_AFTER)
    for error in await expect(case, THROTTLES, (Throttled,), act):
        until = error.until if isinstance(error, Throttled) else None
        demand(until and abs(until - wanted) <= timedelta(seconds=1), f"rests until {until}, asked was {wanted}")


async def expect_outage(case: Case[Kind], act: Callable[[Kind], Awaitable[object]], *more: Fault) -> None:
    """What may pass by itself is TryAgain or Throttled."""
    await expect(case, (*OUTAGES, *more), (TryAgain, Throttled), act)


async def expect_cancelled(case: Case[Kind], act: Callable[[Kind], Awaitable[object]]) -> None:
    """Cancel while the other side hangs, and see that the plugin lets go within a second."""
    async with case.world() as world:
        if not await world.fail(Fault.HANG):
            raise NotApplicable
        async with connect(case, world) as channel, anyio.create_task_group() as tasks:
            tasks.start_soon(_until_end, act, channel, world.waiting)
            with anyio.move_on_after(1):
                await world.waiting.wait()
            started = anyio.current_time()
            tasks.cancel_scope.cancel()
        took = anyio.current_time() - started
        demand(took < 1, f"took {took:.1f} s to let go")


async def _until_end(act: Callable[[Kind], Awaitable[object]], channel: Kind, end: anyio.Event) -> None:
    """Act; one that gives up by itself need not be cancelled."""
    try:
        await act(channel)
    except (PluginError, NotApplicable):
        end.set()
