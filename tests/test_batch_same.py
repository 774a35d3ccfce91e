"""A batch of n leaves the same as n batches of one: it does not matter where a run was killed and began again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.clock import ManualClock
from hub.plugin import Addition, Ended, FollowUp, Item
from normalizer.region import Region
from normalizer.understand import Normalizer
from tests.store_fixtures import NOW, Database, Mouth, Works, item, near, officials, said

pytestmark = pytest.mark.anyio

TEXTS = (
    "banjir setinggi lutut depan warung contoh",
    "air masuk rumah sudah semata kaki, banjir",
    "jalan berlubang besar di tikungan",
    "macet total sejak pagi",
    "kebakaran rumah, tolong cepat, ada korban terjebak",
    "petugas minta uang pungli untuk urus surat",
    "sampah menumpuk bau",
)
WHERE = (near(0), near(15), near(120), near(3000), None)
PEOPLE = ("ani", "budi", "")
NAMES = ("1", "2", "3", "4")
CHANNELS = ("mouth", "ear")

times = st.integers(0, 180).map(lambda minutes: NOW - timedelta(minutes=minutes))
complaints = st.builds(
    lambda name, text, here, who, at: said(name, text, here=here, who=who, at=at, thread=f"t{name}"),
    st.sampled_from(NAMES),
    st.sampled_from(TEXTS),
    st.sampled_from(WHERE),
    st.sampled_from(PEOPLE),
    times,
)
additions = st.builds(
    lambda serial, thread, words: Addition(
        native_id=f"a{serial}", thread=thread, complaint=words.model_copy(update={"native_id": f"a{serial}"})
    ),
    st.integers(1, 3),
    st.sampled_from(("t1", "t2", "2", "3 t4", "unknown")),
    complaints,
)
ends = st.builds(Ended, native_id=st.sampled_from(NAMES), why=st.sampled_from(("vanished", "withdrawn")))
statuses = st.sampled_from(("proses", "selesai", "menunggu", "ditolak", "odd", ""))
follow_ups = st.builds(
    lambda serial, about, at, status, note: FollowUp(
        native_id=f"f{serial}", about=about, at=at, status=status, note=note
    ),
    st.integers(1, 5),
    st.sampled_from(NAMES),
    times,
    statuses,
    st.sampled_from(("", "sudah kami tangani")),
)
official = st.builds(
    lambda serial, report, at, status, note: ("crop", serial, report, at, status, note),
    st.integers(1, 5),
    st.integers(1, 4),
    times,
    statuses,
    st.sampled_from(("", "petugas di lokasi")),
)
streams = st.lists(
    st.tuples(st.sampled_from(CHANNELS), st.one_of(complaints, complaints, complaints, additions, ends, follow_ups))
    | official,
    min_size=2,
    max_size=12,
)


def spell(stream: Sequence[Any], numbers: Sequence[str]) -> list[tuple[str, Item]]:
    """Give each piece its item; every one differs from the last under its name, so none is a repeat."""
    spelled = []
    for serial, piece in enumerate(stream):
        if piece[0] == "crop":
            _, name, report, at, status, note = piece
            number = numbers[report - 1] if report <= len(numbers) else "JKT-00000000"
            reading: Any = FollowUp(native_id=f"c{name}", report=number, at=at, status=status, note=note)
            spelled.append(("crop", item(f"c{name}", reading, fingerprint=str(serial))))
        else:
            channel, reading = piece
            spelled.append((channel, item(reading.native_id, reading, fingerprint=str(serial))))
    return spelled


SAID = "channel native_id text raw_item state category_hint thread".split()
REPORT = (
    "version status reason category category_confidence urgency handling place units queue lead title complaint_count "
    "channel_counts anchor first_at last_at closed_at disputed_at followed_up_by last_follow_up_at"
).split()


async def outcome(works: Works) -> dict[str, Any]:
    """All that must be the same. Keys are taken ahead, so complaints and reports go by what was said first."""
    complaints, assigned = await works.rows("complaints", "id"), await works.rows("assignments", "id")
    names = {row.id: f"{row.channel}/{row.native_id}" for row in complaints}
    opened = {row.report: names[row.complaint] for row in reversed(assigned)}
    numbers = {row.number: opened[row.id] for row in await works.rows("reports")}
    live = [row for row in await works.deliveries() if row.state != "superseded"]
    return {
        "complaints": [[opened[row.report], *(getattr(row, name) for name in SAID)] for row in complaints],
        "assignments": [(names[row.complaint], opened[row.report], row.cause, row.evidence) for row in assigned],
        "reports": {
            opened[row.id]: {name: getattr(row, name) for name in REPORT} for row in await works.rows("reports")
        },
        "additions": [
            (names[row.complaint], row.native_id, row.text) for row in await works.rows("additions", "native_id")
        ],
        "follow-ups": [
            (opened[row.report], row.channel, row.native_id, row.applied) for row in await works.rows("followups", "id")
        ],
        "raw": [(row.native_id, row.outcome, row.reason) for row in await works.rows("raw_items")],
        "suggestions": [(names[row.complaint], opened[row.other]) for row in await works.rows("suggestions", "id")],
        "deliveries": sorted((opened[row.report], names.get(row.complaint, ""), *_told(row, numbers)) for row in live),
    }


def _told(row: Any, numbers: Mapping[str, str]) -> tuple[str, ...]:
    """What a delivery tells whom. A notice's version is that of the last change that the sink learns from."""
    parcel = json.loads(row.parcel)
    if row.kind == "report":
        report = {**parcel["report"], "version": 0, "updated_at": "", "number": ""}
        return row.channel, row.state, parcel["event"], json.dumps(report)
    text = parcel["text"]
    for number, name in numbers.items():
        text = text.replace(number, name)
    return row.channel, row.state, row.reason, row.cause, parcel["status"], text


async def run(works: Works, stream: Sequence[Any], batch: int) -> dict[str, Any]:
    for mouth in ("mouth", "ear"):
        await works.take(mouth, said(f"first-{mouth}", TEXTS[0], who="ani", thread="t1"))
    await works.processor.run_once()
    numbers = [row.number for row in await works.rows("reports")]
    await works.take_all(spell(stream, numbers))
    await works.sized(batch).processor.run_once()
    return await outcome(works)


@pytest.fixture
def fresh(
    tmp_path_factory: pytest.TempPathFactory, sqlite_file: Path, region: Region, normalizer: Normalizer
) -> Callable[[AsyncExitStack], Awaitable[Works]]:
    """Opens as many works with databases of their own as a property needs."""
    private, board = Mouth("mouth", private=True), officials("posko", sealed=True)
    mouths = {"mouth": private, "ear": Mouth("ear"), "crop": officials(), "posko": board}

    async def make(stack: AsyncExitStack) -> Works:
        folder = tmp_path_factory.mktemp("same")
        shutil.copy(sqlite_file, folder / "aduan.db")
        database = Database(f"sqlite+aiosqlite:///{folder / 'aduan.db'}", folder)
        return Works(await stack.enter_async_context(database.opened(ManualClock(NOW))), region, normalizer, mouths)

    return make


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(stream=streams, size=st.sampled_from((2, 3, 50)))
async def test_a_batch_leaves_what_single_items_leave(
    fresh: Callable[[AsyncExitStack], Awaitable[Works]], stream: Sequence[Any], size: int
) -> None:
    async with AsyncExitStack() as stack:
        single = await run(await fresh(stack), stream, 1)
        whole = await run(await fresh(stack), stream, size)
    for name, expected in single.items():
        assert whole[name] == expected, name
