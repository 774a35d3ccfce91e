"""The stand-in against the real plugin, over real connections: it must notice what a strict CROP would."""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from typing import Any

import anyio
import httpx2
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.plugin import FollowUp, PluginError, Throttled, TryAgain, Unauthorized
from hub.plugin import Request as Push
from hub.testing import REPORT, ManualClock, make_context, make_delivery, sample_notice, sample_report
from plugins.crop import Crop as Channel
from sandbox.crop import EVENTS, FAULTS, Crop, Officers, made_up_secret, make_app

pytestmark = pytest.mark.anyio
OUT, IN = made_up_secret("to crop"), made_up_secret("from crop")


@contextmanager
def served(app: Starlette) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@asynccontextmanager
async def channel(
    url: str, transport: httpx2.AsyncBaseTransport | None = None, **options: Any
) -> AsyncIterator[Channel]:
    context = make_context(transport=transport or httpx2.AsyncHTTPTransport(), clock=ManualClock(datetime.now(UTC)))
    settings = {"url": f"{url}{EVENTS}", "secrets": [OUT], "receive_secrets": [IN], "timeout": 0.3, **options}
    yield Channel(Channel.Options.model_validate(settings), context)
    await context.http.aclose()


EXPECTED: dict[str, tuple[type[PluginError], bool]] = {
    "401": (Unauthorized, False),
    "410": (Unauthorized, False),
    "429": (Throttled, False),
    "500": (TryAgain, False),
    "503": (Throttled, False),
    "timeout": (TryAgain, True),
    "reset": (TryAgain, True),
    "lost": (TryAgain, True),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_after_every_fault_a_retry_has_one_effect(fault: str) -> None:
    error, uncertain = EXPECTED[fault]
    crop = Crop([OUT], faults=[fault])
    with served(make_app(crop, delay=0.6)) as url:
        async with channel(url) as sender:
            with pytest.raises(error) as failure:
                await sender.deliver(make_delivery(sample_notice()))
            assert getattr(failure.value, "uncertain", False) is uncertain
            await sender.deliver(make_delivery(sample_notice(), attempt=2, uncertain=uncertain))
    seen = crop.summary()
    assert (seen["effects"], seen["faults"], seen["changed_repeats"], seen["bad_signatures"]) == (1, 1, 0, 0)


@asynccontextmanager
async def in_process(crop: Crop, **options: Any) -> AsyncIterator[Channel]:
    async with channel("http://crop.test", httpx2.ASGITransport(make_app(crop)), **options) as sender:
        yield sender


async def test_it_counts_repeats_order_and_bad_signatures() -> None:
    crop = Crop([OUT])
    async with in_process(crop) as sender:
        for version, key in ((2, "b"), (2, "b"), (1, "a")):
            await sender.deliver(make_delivery(sample_notice(sample_report(version=version)), key))
        with pytest.raises(PluginError):
            await sender.deliver(make_delivery(sample_notice(sample_report(version=3)), "b"))
    async with in_process(crop, secrets=[IN]) as stranger:
        with pytest.raises(Unauthorized):
            await stranger.deliver(make_delivery(sample_notice(), "c"))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(make_app(crop)), base_url="http://crop.test") as http:
        seen = (await http.get("/summary")).json()
    wanted = {
        "effects": 2,
        "repeats": 2,
        "changed_repeats": 1,
        "order_violations": 1,
        "bad_signatures": 1,
        "reports": 1,
    }
    assert {name: seen[name] for name in wanted} == wanted


async def test_faults_can_be_planned_from_outside() -> None:
    crop = Crop([OUT])
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(make_app(crop)), base_url="http://crop.test") as http:
        assert (await http.post("/faults", json=["500", "429"])).json() == {"planned": 2}
        assert (await http.post("/faults", json=["fire"])).status_code == 422
    assert list(crop.faults) == ["500", "429"]


async def test_officers_answer_every_new_report_with_signed_follow_ups() -> None:
    read: list[FollowUp] = []
    refusals = [503]
    done = anyio.Event()
    async with channel("http://crop.test") as receiver:

        async def hook(request: Request) -> Response:
            if refusals:
                return Response(status_code=refusals.pop())
            push = Push(request.method, dict(request.headers), {}, await request.body())
            answer = await receiver.receive(push)
            read.extend(reading for item in answer.items for reading in receiver.read(item))  # type: ignore[misc]
            if len(read) == 2:
                done.set()
            return Response(answer.body, answer.status)

        hub = httpx2.ASGITransport(Starlette(routes=[Route("/hooks/crop", hook, methods=["POST"])]))
        officers = Officers("http://hub.test/hooks/crop", IN, 0.01, "https://crop.test/after.jpg", hub)
        crop = Crop([OUT], officers)
        async with in_process(crop) as sender, anyio.create_task_group() as tasks:
            tasks.start_soon(officers.work)
            for version in (1, 2):
                await sender.deliver(make_delivery(sample_notice(sample_report(version=version)), f"v{version}"))
            with anyio.fail_after(5):
                await done.wait()
            tasks.cancel_scope.cancel()
    assert {reading.report for reading in read} == {REPORT}
    assert sorted(reading.status for reading in read) == ["proses", "selesai"]
    finished = next(reading for reading in read if reading.status == "selesai")
    assert finished.note
    assert finished.photos == ("https://crop.test/after.jpg",)


async def test_officers_stop_work_on_a_report_that_was_merged_away() -> None:
    officers = Officers("http://hub.test/hooks/crop", IN, pace=1000)
    crop = Crop([OUT], officers)
    async with in_process(crop) as sender:
        await sender.deliver(make_delivery(sample_notice(), "a"))
        assert crop.summary()["followups_due"] == 2
        merged = sample_notice(sample_report(version=2, merged_into="JKT-TEST0002"), event="report.merged")
        await sender.deliver(make_delivery(merged, "b"))
    assert json.loads(json.dumps(crop.summary()))["followups_due"] == 0
