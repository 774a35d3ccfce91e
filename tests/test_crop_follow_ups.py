"""CROP, the way in: proven, checked, and never a 500."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.plugin import FollowUp, Received, Request
from hub.testing import (
    NOW,
    REPORT,
    SourceCase,
    check_source,
)
from plugins.crop import Crop
from plugins.crop.follow_ups import our_status, our_unit
from tests.crop_fixtures import FOLLOW_UP, OLD, OPTIONS, OtherSide, crop, pushed

pytestmark = pytest.mark.anyio


async def test_contract_as_a_source() -> None:
    pushes = [pushed(), pushed(FOLLOW_UP | {"id": "tl-2", "status": "selesai"}, key="tl-2")]
    forged = [pushed(secret=OLD), replace(pushed(), headers={}), replace(pushed(), body=b'{"id": 1}')]
    case = SourceCase(kind=Crop, options=OPTIONS, world=OtherSide, pushes=pushes, forged=forged)
    assert {"pushes-are-stable", "forged-pushes-refused", "bad-items-end"} <= set(await check_source(case))


async def received(request: Request, **options: Any) -> Received:
    async with crop(**options) as channel:
        return await channel.receive(request)


async def test_a_follow_up_is_stored_as_it_came_and_a_repeat_is_the_same_item() -> None:
    request = pushed()
    first, second = await received(request), await received(replace(request, body=request.body))
    assert (first.status, first.items[0].native_id, first.items[0].body) == (202, "tl-1", request.body)
    changed = await received(pushed(FOLLOW_UP | {"note": "Lain"}))
    assert first.items[0].mark == second.items[0].mark == changed.items[0].mark


@pytest.mark.parametrize(("seconds", "status"), [(-301, 401), (-299, 202), (299, 202), (301, 401)])
async def test_the_clocks_may_differ_by_five_minutes(seconds: int, status: int) -> None:
    assert (await received(pushed(at=NOW + timedelta(seconds=seconds)))).status == status


@pytest.mark.parametrize(
    "headers",
    [
        {"webhook-signature": ""},
        {"webhook-signature": "garbage"},
        {"webhook-signature": "v1,,"},
        {"webhook-signature": "v1,abc"},
        {"webhook-signature": "v1,ÿ"},
        {"webhook-signature": "v2,XsVwWEr0wMrEIfr2tHeQma6HKXOe8+p6M6y6WV3wPdI="},
        {"webhook-id": ""},
        {"webhook-id": "tl-2"},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "nan"},
        {"webhook-timestamp": f"{int(NOW.timestamp())}.5"},
        {"webhook-timestamp": "9" * 400},
        {"webhook-timestamp": "١٧٩٥١٤٣٦٠٠"},
    ],
)
async def test_a_bad_proof_is_401(headers: dict[str, str]) -> None:
    good = pushed()
    answer = await received(replace(good, headers={**good.headers, **headers}))
    assert (answer.status, answer.items) == (401, ())


async def test_one_good_signature_among_others_is_enough() -> None:
    good = pushed()
    signatures = f"garbage v1a,xyz  v1,AAAA {good.headers['webhook-signature']}"
    assert (await received(replace(good, headers={**good.headers, "webhook-signature": signatures}))).status == 202


async def test_without_secrets_nothing_is_accepted() -> None:
    assert (await received(pushed(), receive_secrets=[])).status == 401


@pytest.mark.parametrize(
    ("auth", "secret", "header", "status"),
    [
        ("bearer", "made-up", "Bearer made-up", 202),
        ("bearer", "made-up", "Bearer made", 401),
        ("bearer", "made-up", "", 401),
        ("basic", "crop:pw", "Basic Y3JvcDpwdw==", 202),
        ("basic", "crop:pw", "Basic Y3JvcDpwdx==", 401),
    ],
)
async def test_other_proofs_in(auth: str, secret: str, header: str, status: int) -> None:
    request = Request("POST", {"authorization": header}, {}, json.dumps(FOLLOW_UP).encode())
    answer = await received(request, auth=auth, secrets=[secret], receive_secrets=[secret])
    assert answer.status == status


@pytest.mark.parametrize("body", ["", "{", "nope", '{"id": NaN}', '"\\ud800"', "[" * 10_000])
async def test_what_is_not_json_is_400(body: str) -> None:
    assert (await received(pushed(body))).status == 400


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        *(({name: None}, f"#/{name}") for name in ("id", "report", "status", "at")),
        ({"id": 7}, "#/id"),
        ({"id": ""}, "#/id"),
        ({"id": "a\u0000b"}, "#/id"),
        ({"status": 3}, "#/status"),
        ({"at": 1795143600}, "#/at"),
        ({"at": "1795143600"}, "#/at"),
        ({"at": "2026-11-20T10:00:00"}, "#/at"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "#/at"),
        ({"at": "9999-12-31T23:59:59-14:00"}, "#/at"),
        ({"at": "2026-11-20T11:00:00+07:00"}, "#/at"),
        ({"note": ["x"]}, "#/note"),
        ({"photos": "https://crop.test/1.jpg"}, "#/photos"),
        ({"photos": ["https://crop.test/1.jpg", "javascript:alert(1)"]}, "#/photos/1"),
    ],
)
async def test_a_wrong_member_is_named(change: dict[str, Any], pointer: str) -> None:
    answer = await received(pushed(FOLLOW_UP | change))
    told = json.loads(answer.body)
    assert (answer.status, answer.media_type, told["status"]) == (422, "application/problem+json", 422)
    assert [error["pointer"] for error in told["errors"]] == [pointer]
    assert told["errors"][0]["detail"]


async def test_every_missing_member_is_named() -> None:
    told = json.loads((await received(pushed({}))).body)
    assert {error["pointer"] for error in told["errors"]} == {"#/id", "#/report", "#/status", "#/at"}
    assert json.loads((await received(pushed([]))).body)["errors"][0]["pointer"] == "#"


async def test_refusals_do_not_repeat_what_was_sent() -> None:
    answer = await received(pushed(FOLLOW_UP | {"note": ["Budi Contoh"], "at": "Budi Contoh"}))
    assert b"Budi" not in answer.body


async def test_an_unknown_report_is_404() -> None:
    assert (await received(pushed(FOLLOW_UP | {"report": "JKT-TEST9999"}))).status == 404


async def test_only_post_is_taken() -> None:
    assert (await received(replace(pushed(), method="GET"))).status == 405


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.sampled_from([*FOLLOW_UP.values()][:4]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None)
@given(change=st.dictionaries(st.sampled_from([*FOLLOW_UP]), values, max_size=3))
async def test_whatever_is_accepted_can_be_read(change: dict[str, Any]) -> None:
    text = json.dumps(FOLLOW_UP | change)
    async with crop() as channel:
        answer = await channel.receive(pushed(text))
        assert answer.status in {202, 400, 404, 422}
        for item in answer.items:
            (reading,) = channel.read(item)
            assert isinstance(reading, FollowUp)
            assert "\x00" not in reading.model_dump_json()


@settings(max_examples=150, deadline=None)
@given(body=st.binary(max_size=200), header=st.text(max_size=60), stamp=st.text(max_size=12))
async def test_rubbish_never_fails_the_hook(body: bytes, header: str, stamp: str) -> None:
    headers = {"webhook-id": header, "webhook-signature": header, "webhook-timestamp": stamp}
    assert (await received(Request("POST", headers, {}, body))).status == 401
    assert (await received(Request("POST", {"authorization": header}, {}, body), auth="bearer")).status == 401


async def test_a_follow_up_is_read_in_our_words() -> None:
    maps = {"status_map": {"selesai": "TL"}, "unit_map": {"31.71.01.1002": "Kelurahan Contoh"}}
    async with crop(**maps) as channel:
        answer = await channel.receive(pushed(FOLLOW_UP | {"status": " tl ", "note": "Beres\u0007\n"}))
        (reading,) = channel.read(answer.items[0])
    assert reading == FollowUp(
        native_id="tl-1",
        report=REPORT,
        at=NOW,
        status="selesai",
        note="Beres",
        photos=("https://crop.test/foto/1.jpg",),
        unit="31.71.01.1002",
        officer="Petugas Contoh",
    )


@pytest.mark.parametrize(
    ("word", "ours"),
    [
        ("PROSES ", "proses"),
        ("dikerjakan", "koordinasi"),
        ("Menunggu", "menunggu"),
        ("antre", "antre"),
        ("", ""),
        ("selesai", "selesai"),
        ("TL", "selesai"),
    ],
)
def test_status_words(word: str, ours: str) -> None:
    words: Any = {"koordinasi": "Dikerjakan", "disposisi": "Dikerjakan", "menunggu": "menunggu", "selesai": "TL"}
    assert our_status(word, {**words, "ditolak": "proses"}) == ours


@given(status=st.sampled_from(["menunggu", "proses", "selesai"]), word=st.text(min_size=1).filter(str.strip))
def test_a_mapped_status_comes_back(status: Any, word: str) -> None:
    assert our_status(f" {word.upper()} ", {status: word.upper()}) in {status, word.strip().casefold()}


def test_an_unknown_unit_stays_as_it_was_said() -> None:
    assert our_unit("Dinas Lain", {"a": "Dinas Contoh"}) == "Dinas Lain"
    assert our_unit("DINAS CONTOH", {"a": "Dinas Contoh"}) == "a"
