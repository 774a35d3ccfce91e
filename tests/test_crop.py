"""CROP, the way out: signed, whole, small, once."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import anyio
import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from standardwebhooks.webhooks import Webhook

from hub.answers import LONGEST_REST, retry_after
from hub.plugin import Delivery, PluginError, Rejected, Throttled, TryAgain, Unauthorized
from hub.testing import (
    NOW,
    REPORT,
    HttpWorld,
    ManualClock,
    SinkCase,
    check_sink,
    make_context,
    make_delivery,
    sample_member,
    sample_notice,
    sample_reply,
    sample_report,
)
from normalizer.complaint import Place
from normalizer.report import UnitShare
from plugins.crop import Crop
from plugins.crop.answers import refusal
from plugins.crop.messages import CropEvent
from plugins.crop.snapshot import CUT_MARK, MAX_BODY
from tests.crop_fixtures import NEW, OLD, OPTIONS, URL, OtherSide, crop

pytestmark = pytest.mark.anyio


async def test_contract_as_a_sink() -> None:
    parcels = [sample_notice(sample_report(version=version)) for version in (1, 2)]
    assert "lost-answer-one-effect" in await check_sink(
        SinkCase(kind=Crop, options=OPTIONS, world=OtherSide, parcels=parcels)
    )


async def sent(delivery: Delivery | None = None, **options: Any) -> httpx2.Request:
    world = OtherSide()
    async with crop(world, ManualClock(datetime.now(UTC)), **options) as channel:
        await channel.deliver(delivery or make_delivery(sample_notice()))
    return world.requests[-1]


@pytest.mark.parametrize("secret", [OLD, NEW])
async def test_an_independent_verifier_accepts_either_secret(secret: str) -> None:
    request = await sent()
    told = Webhook(secret).verify(request.content, dict(request.headers))
    assert told["data"]["complaints"][0]["text"].endswith("– RW 03")
    assert request.headers["idempotency-key"] == '"key-1"'
    assert request.headers["webhook-id"] == told["id"] == "key-1"


async def test_a_retry_sends_the_same_bytes_under_the_same_key_with_a_new_signature() -> None:
    world, clock = OtherSide(), ManualClock()
    for attempt in (1, 2):
        async with crop(world, clock) as channel:
            await channel.deliver(make_delivery(sample_notice(), attempt=attempt))
        clock.advance(timedelta(minutes=5))
    first, second = world.requests
    assert first.content == second.content
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]


async def test_the_event_is_the_whole_report_in_crops_words() -> None:
    report = sample_report(status="proses", version=7, complaint_count=3)
    maps = {"status_map": {"proses": "DIKERJAKAN"}, "unit_map": {"dinas-contoh": "DINAS CONTOH"}}
    request = await sent(make_delivery(sample_notice(report, event="report.updated", cause="status")), **maps)
    told = json.loads(request.content)
    assert {name: told[name] for name in ("type", "timestamp", "source", "id")} == {
        "type": "report.updated",
        "timestamp": "2026-11-20T03:00:00Z",
        "source": "https://hub.test",
        "id": "key-1",
    }
    data = told["data"]
    assert (data["report"], data["version"], data["cause"], data["status"]) == (REPORT, 7, "status", "DIKERJAKAN")
    assert [unit["unit"] for unit in data["units"]] == ["31.71.01.1002", "DINAS CONTOH"]
    assert data["complaint_count"] == 3
    assert set(data["place"]) == {
        *("result", "level", "lat", "lon", "kelurahan", "kecamatan", "confidence", "metres_to_border")
    }
    assert set(data["complaints"][0]) == {"channel", "id", "text", "created_at", "anonim", "rahasia", "photos"}


@pytest.mark.parametrize(
    ("auth", "secret", "header"),
    [("bearer", "made-up-token", "Bearer made-up-token"), ("basic", "hub:pw", "Basic aHViOnB3")],
)
async def test_other_ways_to_prove_ourselves(auth: str, secret: str, header: str) -> None:
    request = await sent(auth=auth, secrets=[secret], receive_secrets=[])
    assert request.headers["authorization"] == header
    assert "webhook-signature" not in request.headers


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=300).flatmap(
    lambda text: st.integers(1, 40).map(lambda times: text * times)
)
members = st.lists(
    st.builds(
        sample_member,
        id=st.uuids().map(str),
        text=texts,
        created_at=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  # hypothesis wants naive bounds
        photos=st.lists(st.just("https://hub.test/foto/" + "x" * 300), max_size=30).map(tuple),
    ),
    max_size=20,
)


@settings(max_examples=60, deadline=None)
@given(complaints=members)
async def test_a_body_is_small_valid_and_keeps_the_newest(complaints: list[Any]) -> None:
    delivery = make_delivery(sample_notice(sample_report(complaints=tuple(complaints), complaint_count=99)))
    body = (await sent(delivery)).content
    assert len(body) < MAX_BODY
    told = CropEvent.model_validate_json(body).data
    assert told.complaint_count == 99
    newest = sorted(complaints, key=lambda one: (one.created_at, one.channel, one.id), reverse=True)
    assert [one.id for one in told.complaints] == [one.id for one in newest[: len(told.complaints)]]
    for one, original in zip(told.complaints, newest, strict=False):
        assert one.text == original.text or original.text.startswith(one.text.removesuffix(CUT_MARK))


async def test_the_limit_counts_bytes_not_characters() -> None:
    many = tuple(sample_member(id=f"c-{number}", text="🌊" * 1000) for number in range(20))
    assert len((await sent(make_delivery(sample_notice(sample_report(complaints=many))))).content) < MAX_BODY


async def test_long_texts_are_cut_before_complaints_are_left_out() -> None:
    many = tuple(sample_member(id=f"c-{number}", text="Banjir setinggi lutut. " * 100) for number in range(20))
    told = CropEvent.model_validate_json(
        (await sent(make_delivery(sample_notice(sample_report(complaints=many))))).content
    )
    assert len(told.data.complaints) == 20
    assert all(complaint.text.endswith(CUT_MARK) for complaint in told.data.complaints)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (200, None), (201, None), (202, None), (204, None),
        (301, Unauthorized), (302, Unauthorized), (307, Unauthorized), (308, Unauthorized),
        (400, Rejected), (404, TryAgain), (405, Rejected), (413, Rejected), (415, Rejected), (422, Rejected),
        (401, Unauthorized), (403, Unauthorized), (410, Unauthorized),
        (408, TryAgain), (409, TryAgain), (425, TryAgain), (429, Throttled),
        (500, TryAgain), (502, TryAgain), (503, TryAgain), (504, TryAgain),
    ],
)  # fmt: skip
def test_what_an_answer_means(status: int, error: type[PluginError] | None) -> None:
    headers = {"location": "https://elsewhere.test/"} if status // 100 == 3 else {}
    assert type(refusal(httpx2.Response(status, headers=headers), NOW)) is (error or type(None))


@pytest.mark.parametrize("retry_after", ["90", format_datetime(NOW + timedelta(seconds=90), usegmt=True)])
@pytest.mark.parametrize("status", [409, 429, 500, 503])
def test_a_wish_for_rest_is_obeyed(status: int, retry_after: str) -> None:
    error = refusal(httpx2.Response(status, headers={"Retry-After": retry_after}), NOW)
    assert isinstance(error, Throttled)
    assert error.until == NOW + timedelta(seconds=90)


@given(text=st.one_of(st.text(), st.integers().map(str), st.datetimes().map(format_datetime)))
def test_any_retry_after_is_bounded_or_ignored(text: str) -> None:
    rest = retry_after(text, NOW)
    assert rest is None or timedelta(0) <= rest <= LONGEST_REST


async def test_nothing_sent_is_not_uncertain() -> None:
    channel = Crop(Crop.Options.model_validate(OPTIONS), make_context())
    with pytest.raises(TryAgain) as error:
        await channel.deliver(make_delivery(sample_notice()))
    assert not error.value.uncertain
    await channel.context.http.aclose()


@pytest.mark.parametrize(
    ("looked_up", "methods"),
    [
        (httpx2.Response(200, json={"id": "crop-a/b?1"}), ["GET"]),
        (httpx2.Response(200, json={"id": "another"}), ["GET", "POST"]),
        (httpx2.Response(200, json=["crop-a/b?1"]), ["GET", "POST"]),
        (httpx2.Response(200, html="<title>Welcome</title>"), ["GET", "POST"]),
        (httpx2.Response(404), ["GET", "POST"]),
        (httpx2.Response(405), ["GET", "POST"]),
        (httpx2.Response(500), ["GET", "POST"]),
    ],
)
async def test_an_unknown_outcome_is_looked_up(looked_up: httpx2.Response, methods: list[str]) -> None:
    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return looked_up if request.method == "GET" else httpx2.Response(202)

    async with crop(HttpWorld(answer)) as channel:
        await channel.deliver(make_delivery(sample_notice(), "crop-a/b?1", attempt=2, uncertain=True))
    assert [request.method for request in asked] == methods
    assert str(asked[0].url) == f"{URL}/crop-a%2Fb%3F1"


@pytest.mark.parametrize("key", ["with.dot", "with blank", 'with"quote', "with\nline", "ключ", ""])
async def test_a_key_that_cannot_be_signed_is_never_sent(key: str) -> None:
    async with crop() as channel:
        with pytest.raises(Rejected):
            await channel.deliver(make_delivery(sample_notice(), key))


async def test_replies_are_not_for_crop() -> None:
    async with crop() as channel:
        assert not channel.wants(sample_reply())
        with pytest.raises(Rejected):
            await channel.deliver(make_delivery(sample_reply()))


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({}, True),
        ({"areas": ["31.71"]}, True),
        ({"areas": ["31.7"]}, False),
        ({"areas": ["31.71.01.1002"]}, True),
        ({"areas": ["31.71.02", "31.72"]}, False),
        ({"units": ["dinas-contoh"]}, True),
        ({"units": ["dinas-lain"]}, False),
        ({"categories": ["jalan-rusak"]}, True),
        ({"categories": ["banjir"]}, False),
    ],
)
async def test_filters(options: dict[str, Any], *, wanted: bool) -> None:
    async with crop(**options) as channel:
        assert channel.wants(sample_notice()) is wanted


@pytest.mark.parametrize(
    ("event", "posted"),
    [("report.created", True), ("report.updated", False), ("report.withdrawn", True), ("complaint.erased", True)],
)
async def test_events_that_are_left_out_are_not_posted(event: str, *, posted: bool) -> None:
    world = OtherSide()
    async with crop(world, events=["report.created"]) as channel:
        assert channel.wants(sample_notice(event=event)), "leaving an event out does not withdraw the report"
        await channel.deliver(make_delivery(sample_notice(event=event)))
    assert world.effects() == posted


async def test_a_withdrawal_tells_nothing_but_the_number() -> None:
    report = sample_report(handling="sealed", category="pungli", version=3, status="ditolak")
    body = (await sent(make_delivery(sample_notice(report, event="report.withdrawn", cause="units")))).content
    told = CropEvent.model_validate_json(body).data
    assert (told.report, told.version, told.status) == (REPORT, 3, "ditolak")
    assert (told.category, told.complaints, told.units, told.place.kelurahan) == ("", (), (), "")
    assert b"pungli" not in body


@pytest.mark.parametrize("event", ["report.created", "report.updated", "report.withdrawn", "complaint.erased"])
async def test_a_sealed_report_never_goes_to_crop(event: str) -> None:
    async with crop() as channel:
        assert not channel.wants(sample_notice(sample_report(handling="sealed"), event=event))


REMOTE = Place(result="found", level="kelurahan", kelurahan="31.71.02.1001", kecamatan="31.71.02")


@pytest.mark.parametrize(
    ("change", "waits"),
    [
        ({"complaint_count": 2}, True),
        ({"category": "banjir"}, True),
        ({"status": "proses"}, False),
        ({"urgency": "darurat"}, False),
        ({"place": REMOTE}, False),
        ({"units": (UnitShare(unit="dinas-lain"),)}, False),
    ],
)
async def test_only_what_officials_need_at_once_does_not_wait(change: dict[str, Any], *, waits: bool) -> None:
    before = sample_notice()
    after = sample_notice(sample_report(version=2, **change), event="report.updated", cause="joined")
    async with crop(min_interval=90) as channel:
        assert channel.due(after, before, NOW) == (NOW + timedelta(seconds=90) if waits else None)
        assert channel.due(after, None, None) is None
        assert channel.due(after.model_copy(update={"event": "report.merged"}), before, NOW) is None
        assert channel.tells(after) != channel.tells(before)


async def test_an_erasure_is_told_even_if_nothing_else_changed() -> None:
    async with crop() as channel:
        assert channel.tells(sample_notice()) == channel.tells(sample_notice(event="report.updated", cause="again"))
        assert channel.tells(sample_notice()) != channel.tells(sample_notice(event="complaint.erased"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"secrets": ["whsec_not base64!"]},
        {"secrets": ["whsec_"]},
        {"secrets": []},
        {"receive_secrets": ["väry-secret"]},
        {"auth": "basic", "secrets": ["no-colon-secret"], "receive_secrets": []},
        {"auth": "bearer", "secrets": ["two\nlines-secret"], "receive_secrets": []},
        {"status_map": {"beres": "TL"}},
        {"url": "ftp://crop.test"},
        {"unheard_of": 1},
    ],
)
def test_bad_options_are_refused_and_not_repeated(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as error:
        Crop.Options.model_validate(OPTIONS | wrong)
    assert not any(secret in str(error.value) for secret in (*OPTIONS["secrets"], "secret\n", "not base64", "väry"))


async def test_two_at_once_share_nothing() -> None:
    async with crop() as channel, anyio.create_task_group() as tasks:
        for number in range(5):
            tasks.start_soon(channel.deliver, make_delivery(sample_notice(), f"key-{number}"))
