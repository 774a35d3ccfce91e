"""The contract kit: checks that every source and sink, ours or a stranger's, runs in its tests.

    def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json=[{"id": 1, "text": "Lampu mati"}])

    @pytest.mark.anyio
    async def test_contract() -> None:
        case = SourceCase(kind=Potholes, options={"url": "https://api.test"}, world=lambda: HttpWorld(answer))
        await check_source(case)

A channel that does not speak HTTP brings a subclass of `World`; one that is a source and a sink runs both.
"""

from __future__ import annotations

from typing import Any

from hub.testing.basics import BASICS
from hub.testing.case import SinkCase, SourceCase
from hub.testing.check import Check, ContractFailure, NotApplicable, run_checks
from hub.testing.doubles import NOW, REPORT, ManualClock, MemoryBoard, MemoryReception, make_context
from hub.testing.pull import PULL
from hub.testing.push import PUSH
from hub.testing.read import READ
from hub.testing.samples import make_delivery, sample_member, sample_notice, sample_reply, sample_report
from hub.testing.sink import SINK
from hub.testing.worlds import RETRY_AFTER, Fault, HttpWorld, World

__all__ = [
    "NOW",
    "REPORT",
    "RETRY_AFTER",
    "SINK_CHECKS",
    "SOURCE_CHECKS",
    "Check",
    "ContractFailure",
    "Fault",
    "HttpWorld",
    "ManualClock",
    "MemoryBoard",
    "MemoryReception",
    "NotApplicable",
    "SinkCase",
    "SourceCase",
    "World",
    "check_sink",
    "check_source",
    "make_context",
    "make_delivery",
    "sample_member",
    "sample_notice",
    "sample_reply",
    "sample_report",
]

SOURCE_CHECKS: tuple[Check[Any], ...] = (*BASICS, *PULL, *PUSH, *READ)
SINK_CHECKS: tuple[Check[Any], ...] = (*BASICS, *SINK)


async def check_source(case: SourceCase) -> tuple[str, ...]:
    """Run every check of a source; give the names of those that applied, raise ContractFailure for those that fail."""
    return await run_checks(SOURCE_CHECKS, case)


async def check_sink(case: SinkCase) -> tuple[str, ...]:
    """Run every check of a sink; give the names of those that applied, raise ContractFailure for those that fail."""
    return await run_checks(SINK_CHECKS, case)
