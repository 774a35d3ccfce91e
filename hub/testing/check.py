"""What a check is, and how a failed one tells the integrator why it is there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Case = TypeVar("Case")


class ContractFailure(AssertionError):
    """One line for each check that failed: its name, why it is there, what was seen."""


class NotApplicable(Exception):
    """The case has nothing for this check to look at: a source without pushes, a world without that fault."""


@dataclass(frozen=True, slots=True)
class Check(Generic[Case]):
    """One promise of the contract, and how to see that it is kept."""

    name: str
    why: str
    run: Callable[[Case], Awaitable[None]]


def check(
    group: list[Check[Case]], name: str, why: str
) -> Callable[[Callable[[Case], Awaitable[None]]], Callable[[Case], Awaitable[None]]]:
    """Enter the function into a group of checks; `why` is the one line that a failure shows."""

    def enter(run: Callable[[Case], Awaitable[None]]) -> Callable[[Case], Awaitable[None]]:
        group.append(Check(name, why, run))
        return run

    return enter


def demand(condition: object, found: str) -> None:
    """Fail the running check with what was found unless the condition holds."""
    if not condition:
        raise AssertionError(found)


async def run_checks(checks: Sequence[Check[Case]], case: Case) -> tuple[str, ...]:
    """Run all checks, give the names of those that applied, raise one ContractFailure for all that failed."""
    applied: list[str] = []
    failures: list[str] = []
    first: Exception | None = None
    for one in checks:
        try:
            await one.run(case)
        except NotApplicable:
            continue
        except Exception as error:  # noqa: BLE001  # whatever a plugin raises is this check's finding
            first = first or error
            failures.append(f"{one.name}: {one.why} — {_seen(error)}")
        applied.append(one.name)
    if failures:
        raise ContractFailure("\n".join(failures)) from first
    return tuple(applied)


def _seen(error: Exception) -> str:
    return str(error) if type(error) is AssertionError else f"{type(error).__name__}: {error}"
