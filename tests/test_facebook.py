"""The Facebook page: the contract, signatures, what events mean, and both ways in giving the same."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from hub.plugin import (
    Addition,
    BadOptions,
    Complaint,
    Ended,
    Item,
    NoPull,
    Rejected,
    Request,
    Secret,
    Skip,
    Unauthorized,
)
from hub.testing import NOW, SinkCase, SourceCase, check_sink, check_source, make_context
from plugins.facebook.channel import Facebook
from plugins.facebook.values import instant
from plugins.facebook.webhook import is_signed
from sandbox.facebook import PAGE_ID, VERIFY_TOKEN
from tests.facebook_fixtures import (
    ANI,
    BUDI,
    DAY,
    HOUR,
    MINUTE,
    OPTIONS,
    FacebookWorld,
    Wall,
    comment,
    entry,
    reply_to,
    said,
    sending,
    signed,
)

pytestmark = pytest.mark.anyio
VECTOR = b'{"object":"page","entry":[]}'
PROOF = "sha256=6a5f0a148836edd071340dcb9d15e1495c2578fcdd886e46cc4f5d0577771513"
ODD_ROWS = (
    {"message": "tanpa nomor"},
    {"id": "x_1", "message": "tanpa waktu", "created_time": "kemarin"},
    {"id": [], "comments": 5},
    {"id": "x_2", "attachments": 7, "comments": {"data": [None, {"id": 5}]}},
    "baris",
    None,
)


async def test_contract_of_the_source() -> None:
    good = signed(entry(comment()), entry(messaging=[said()]))
    unsigned = replace(good, headers={})
    forged = replace(good, headers={"x-hub-signature-256": "sha256=" + "0" * 64})
    applied = await check_source(
        SourceCase(
            kind=Facebook,
            options=OPTIONS,
            world=FacebookWorld,
            bad_world=lambda: FacebookWorld(*ODD_ROWS),
            pushes=[good],
            forged=[unsigned, forged, replace(good, body=good.body + b" ")],
        )
    )
    assert {"kill-loses-nothing", "bad-item-stays-alone", "forged-pushes-refused", "keeps-secrets"} <= set(applied)


class OneTalk(FacebookWorld):
    """Somebody has written to the page and posted there."""

    async def _live(self) -> None:
        await self.page.post(ANI, "jalan berlubang")
        await self.page.message(ANI, "sudah dua hari")


async def test_contract_of_the_sink() -> None:
    parcels = [reply_to(f"{PAGE_ID}_5001"), reply_to("m_5002", way="message")]
    applied = await check_sink(
        SinkCase(kind=Facebook, options=OPTIONS, world=OneTalk, parcels=parcels, deliver=sending)
    )
    assert {"one-effect-a-key", "lost-answer-one-effect", "throttling-obeyed", "manner-holds"} <= set(applied)


@pytest.mark.parametrize(
    "wrong", [{"graph_url": "ftp://x"}, {"page_id": "kota"}, {"api_version": "latest"}, {"colour": "blue"}]
)
def test_wrong_options_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises((ValidationError, BadOptions)):
        Wall(**wrong)


# ---------------------------------------------------------------------------------------------------------- who pushes


def test_the_signature_of_the_fact_sheet() -> None:
    secret = Secret("app-secret-for-tests")
    assert len(VECTOR) == 28
    assert is_signed(secret, PROOF, VECTOR)
    assert is_signed(secret, PROOF[:7] + PROOF[7:].upper(), VECTOR)
    for wrong in ("", PROOF[7:], PROOF.upper(), PROOF[:-1], PROOF[:-1] + "4", "sha1=" + PROOF[7:], "sha256=žž"):
        assert not is_signed(secret, wrong, VECTOR)
    assert not is_signed(secret, PROOF, VECTOR + b"\n")
    assert not is_signed(Secret(""), PROOF, VECTOR)


@settings(max_examples=100, deadline=None)
@given(at=st.integers(0), flip=st.integers(1, 255))
def test_any_changed_byte_is_refused(at: int, flip: int) -> None:
    request = signed(entry(comment()))
    body = bytearray(request.body)
    body[at % len(body)] ^= flip
    secret = Secret(OPTIONS["app_secret"])
    assert is_signed(secret, request.headers["x-hub-signature-256"], request.body)
    assert not is_signed(secret, request.headers["x-hub-signature-256"], bytes(body))


@pytest.mark.parametrize("ascii_only", [True, False])
async def test_the_signature_is_over_the_bytes_as_they_came(*, ascii_only: bool) -> None:
    words = "banjir – dekat musala ✅ /"
    document = {"object": "page", "entry": [entry(comment(message=words))]}
    body = json.dumps(document, ensure_ascii=ascii_only).replace("/", "\\/" if ascii_only else "/").encode()
    got = await Wall().channel.receive(signed(body=body))
    (reading,) = Wall().channel.read(got.items[0])
    assert isinstance(reading, Addition)
    assert reading.complaint.text == words


async def test_what_is_refused_is_logged_without_its_words() -> None:
    wall, secret_word = Wall(), "sangat-rahasia"
    forged = replace(signed(entry(comment(message=secret_word))), headers={"x-hub-signature-256": PROOF})
    with structlog.testing.capture_logs() as entries:
        for request in (forged, replace(forged, headers={})):
            with pytest.raises(Unauthorized) as refusal:
                await wall.channel.receive(request)
            assert secret_word not in str(refusal.value)
    assert [one["event"] for one in entries] == ["facebook_push_refused"] * 2
    assert secret_word not in repr(entries)
    assert PROOF[7:] not in repr(entries)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"hub.mode": "subscribe", "hub.verify_token": VERIFY_TOKEN, "hub.challenge": "1158201444"}, 200),
        ({"hub.mode": "subscribe", "hub.verify_token": "other", "hub.challenge": "1158201444"}, 403),
        ({"hub.mode": "unsubscribe", "hub.verify_token": VERIFY_TOKEN, "hub.challenge": "1"}, 403),
        ({}, 403),
    ],
)
async def test_the_set_up_question(query: dict[str, str], status: int) -> None:
    got = await Wall().channel.receive(Request("GET", {}, query, b""))
    assert (got.status, got.body) == (status, b"1158201444" if status == 200 else b"")


async def test_without_a_verify_token_nobody_is_verified() -> None:
    query = {"hub.mode": "subscribe", "hub.verify_token": "", "hub.challenge": "1"}
    got = await Wall(verify_token="").channel.receive(Request("GET", {}, query, b""))
    assert got.status == 403


@pytest.mark.parametrize("body", [b"", b"[1", b"nothing"])
async def test_what_is_signed_and_no_batch_is_rejected(body: bytes) -> None:
    with pytest.raises(Rejected):
        await Wall().channel.receive(signed(body=body))


@pytest.mark.parametrize("body", [b"[]", b"5", b'{"entry": 5}', b'{"entry": [[], {"id": {}}, {"changes": 3}]}'])
async def test_what_is_signed_and_empty_gives_nothing(body: bytes) -> None:
    got = await Wall().channel.receive(signed(body=body))
    assert (got.items, got.status) == ([], 200)


# ----------------------------------------------------------------------------------------------------------- replays


async def test_a_redelivery_gives_the_same_items() -> None:
    wall = Wall()
    await wall.page.post(ANI, "jalan rusak")
    await wall.page.message(ANI, "di depan pasar")
    first = wall.take()
    wall.restart()
    for body in wall.page.pushed[:]:
        await wall.page.send(body)
    assert [(one.native_id, one.mark) for one in wall.take()] == [(one.native_id, one.mark) for one in first]
    assert len({one.native_id for one in first}) == 2


async def test_what_was_signed_long_ago_is_refused_as_a_replay() -> None:
    wall = Wall(max_age_hours=24)
    await wall.page.comment(ANI, await wall.page.post(BUDI, "banjir"), "di sini juga")
    wall.take()
    wall.clock.advance(23 * HOUR)
    await wall.page.send(wall.page.pushed[-1])
    assert (wall.answers[-1], len(wall.take())) == (200, 1)
    wall.clock.advance(2 * HOUR)
    with structlog.testing.capture_logs() as entries:
        await wall.page.send(wall.page.pushed[1])
    assert (wall.answers[-1], wall.items) == (401, [])
    assert entries[0]["reason"].startswith("a replay")


async def test_old_entries_are_left_out_and_new_ones_beside_them_taken() -> None:
    wall = Wall()
    old = entry(comment(comment_id="1_9"), at=NOW - 10 * DAY)
    milliseconds = entry(messaging=[said()]) | {"time": int(NOW.timestamp() * 1000)}
    stale = milliseconds | {"time": int((NOW - 10 * DAY).timestamp() * 1000)}
    got = await wall.channel.receive(signed(old, stale, milliseconds))
    assert [item.native_id for item in got.items] == ["m_1"]


async def test_another_pages_entries_are_left_out() -> None:
    got = await Wall().channel.receive(signed(entry(comment()) | {"id": "999"}))
    assert (got.items, got.status) == ([], 200)


# ------------------------------------------------------------------------------------------------------ what they mean


async def read_one(value: dict[str, Any]) -> Any:
    wall = Wall()
    got = await wall.channel.receive(signed(entry(value) if "item" in value else entry(messaging=[value])))
    (item,) = got.items
    assert not item.quarantine
    return wall.channel.read(item)[0]


async def test_a_comment() -> None:
    reading = await read_one(comment(photo="https://photos.test/1.jpg"))
    assert isinstance(reading, Addition)
    assert (reading.native_id, reading.thread) == ("1_2", f"{PAGE_ID}_1")
    said = reading.complaint
    assert said.created_at == NOW
    assert said.reporter is not None
    assert (said.reporter.handle, said.reporter.name, said.anonim, said.private) == (ANI, "Warga Contoh", True, False)
    assert [(file.kind, file.url) for file in said.attachments] == [("photo", "https://photos.test/1.jpg")]


async def test_an_answer_to_a_comment_names_both_its_parents() -> None:
    reading = await read_one(comment(parent_id="1_1"))
    assert isinstance(reading, Addition)
    assert reading.thread.split() == ["1_1", f"{PAGE_ID}_1"]


@pytest.mark.parametrize("item", ["post", "status", "photo"])
async def test_a_visitors_post(item: str) -> None:
    post = comment(item=item, comment_id=None, parent_id=None, photo="https://photos.test/1.jpg")
    reading = await read_one(post)
    assert isinstance(reading, Complaint)
    assert reading.native_id == f"{PAGE_ID}_1"
    assert len(reading.attachments) == 1


async def test_an_event_that_does_not_say_who_wrote() -> None:
    reading = await read_one(comment(**{"from": None}))
    assert isinstance(reading, Complaint)
    assert reading.reporter is None
    older = await read_one(comment(**{"from": None}, sender_id=BUDI, sender_name="Warga Lama"))
    assert isinstance(older, Addition)
    assert older.complaint.reporter is not None
    assert older.complaint.reporter.handle == BUDI


STICKER = {"type": "sticker", "payload": {"url": "https://photos.test/s.png", "sticker_id": 369}}
OLD_STICKER = {"type": "image", "payload": {"url": "https://photos.test/s.png", "sticker_id": 369}}


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (comment(**{"from": {"id": PAGE_ID, "name": "Halaman"}}), "the page's own"),
        (comment(**{"from": {"id": PAGE_ID}}, verb="remove"), "the page's own"),
        (comment(message=""), "neither words nor photos"),
        (comment(verb="hide"), "unknown verb: hide"),
        (comment(verb="renamed"), "unknown verb: renamed"),
        (comment(item="reaction", reaction_type="like"), "not a message or post: reaction"),
        (comment(item="event"), "not a message or post: event"),
        (said(is_echo=True, app_id=5), "the page's own"),
        (said() | {"sender": {"id": PAGE_ID}}, "the page's own"),
        (said(text=None, attachments=[STICKER]), "neither words nor photos"),
        (said(text=None, attachments=[OLD_STICKER]), "neither words nor photos"),
        ({"sender": {"id": ANI}, "timestamp": 1, "reaction": {"mid": "m_1"}}, "not a message or post: reaction"),
        ({"sender": {"id": ANI}, "timestamp": 1, "postback": {"title": "x"}}, "not a message or post: postback"),
    ],
)
async def test_what_is_nothing_for_us_and_why(event: dict[str, Any], reason: str) -> None:
    assert await read_one(event) == Skip(reason=reason)


async def test_receipts_are_not_even_stored() -> None:
    events = [{"sender": {"id": ANI}, "timestamp": 1, what: {"watermark": 1}} for what in ("delivery", "read")]
    assert (await Wall().channel.receive(signed(entry(messaging=events)))).items == []


async def test_other_fields_than_the_feed_are_named() -> None:
    change = {"field": "mention", "value": {"post_id": "1_2"}}
    got = await Wall().channel.receive(signed(entry() | {"changes": [change]}))
    assert Wall().channel.read(got.items[0]) == [Skip(reason="not a message or post: mention")]


async def test_a_message() -> None:
    reading = await read_one(said(reply_to={"mid": "m_0"}))
    assert isinstance(reading, Addition)
    assert reading.thread.split() == ["m_0", "inbox:2026-11-20", "inbox:2026-11-19"]
    message = reading.complaint
    assert message.created_at == NOW
    assert message.private
    assert not message.rahasia
    assert message.reply_context == {"way": "message", "last": NOW.isoformat()}
    assert ANI not in repr(message.model_dump(exclude={"reporter"}))


async def test_pictures_voices_and_shared_links() -> None:
    files = [
        {"type": "image", "payload": {"url": "https://photos.test/1.jpg"}},
        {"type": "audio", "payload": {"url": "https://photos.test/1.mp4"}},
        {"type": "fallback", "title": "Peta", "payload": {"url": "https://maps.test/?q=-6.2,106.8"}},
        {"type": "fallback"},
        {"type": "image", "payload": {}},
    ]
    reading = await read_one(said(text=None, attachments=files))
    assert isinstance(reading, Addition)
    assert reading.complaint.text == "Peta\nhttps://maps.test/?q=-6.2,106.8"
    assert [file.kind for file in reading.complaint.attachments] == ["photo", "document"]


async def test_an_image_without_words_is_a_complaint() -> None:
    files = [{"type": "image", "payload": {"url": "https://photos.test/1.jpg"}}]
    reading = await read_one(said(text=None, attachments=files))
    assert isinstance(reading, Addition)
    assert (reading.complaint.text, len(reading.complaint.attachments)) == ("", 1)


async def test_one_push_may_mix_everything() -> None:
    wall = Wall()
    async with wall.page.batch():
        post = await wall.page.post(ANI, "jalan rusak")
        await wall.page.comment(BUDI, post, "betul")
        await wall.page.message(BUDI, "lampu mati", standby=True)
        await wall.page.echo(BUDI, "Terima kasih")
    assert len(wall.page.pushed) == 1
    assert [type(reading) for reading in wall.heard()] == [Complaint, Addition, Addition, Skip]


@pytest.mark.parametrize(
    "value",
    [
        comment(created_time="kemarin"),
        comment(created_time=10**30),
        comment(comment_id=None, post_id=None),
        comment(comment_id={"a": 1}, post_id=None),
        said(mid="m_1") | {"timestamp": None},
        said(mid="m_1") | {"sender": {}},
    ],
)
async def test_a_wreck_is_kept_with_its_reason_and_harms_nothing(value: dict[str, Any]) -> None:
    wall = Wall()
    wreck = entry(value) if "item" in value else entry(messaging=[value])
    got = await wall.channel.receive(signed(wreck, entry(comment(comment_id="1_7"))))
    assert [bool(item.quarantine) for item in got.items] == [True, False]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def bent(whole: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """An event some of whose members are anything."""
    return st.dictionaries(st.sampled_from(sorted(whole)), json_values, min_size=1, max_size=3).map(
        lambda odd: whole | odd
    )


@settings(max_examples=200, deadline=None)
@given(odd=st.one_of(bent(comment()), bent(said()), bent(said()["message"]).map(lambda message: said(**message))))
async def test_no_shape_of_an_event_brings_the_hook_down(odd: dict[str, Any]) -> None:
    wall = Wall()
    got = await wall.channel.receive(signed(entry(odd) if "verb" in odd else entry(messaging=[odd])))
    for item in got.items:
        assert item.native_id
        if not item.quarantine:
            assert wall.channel.read(item)


@pytest.mark.parametrize("time", [1793671919, 1793671919000, "2026-11-03T02:11:59+0000", "01793671919"])
def test_seconds_milliseconds_and_iso(time: Any) -> None:
    assert instant(time) == datetime.fromtimestamp(1793671919, UTC)


@pytest.mark.parametrize("time", [10**400, -(10**400), "9" * 400, "²", True, None, [1]], ids=range(7))
def test_what_is_no_time_is_a_wreck(time: Any) -> None:
    with pytest.raises(ValueError, match=r".*"):
        instant(time)


# ---------------------------------------------------------------------------------------------- edits, removals, order


async def test_an_edit_is_the_same_complaint_and_a_removal_its_end() -> None:
    wall = Wall()
    post = await wall.page.post(ANI, "jalan rusak")
    wall.clock.advance(MINUTE)
    await wall.page.edit(post, "jalan rusak parah")
    await wall.page.remove(post)
    first, second, third = wall.heard()
    assert isinstance(first, Complaint)
    assert isinstance(second, Complaint)
    assert (first.native_id, second.native_id, second.text) == (post, post, "jalan rusak parah")
    assert third == Ended(native_id=post, why="erased")


async def test_words_that_come_after_their_edit_or_removal_are_overtaken() -> None:
    wall = Wall()
    for verb, name in (("edited", "1_2"), ("remove", "1_3")):
        newer = entry(comment(comment_id=name, verb=verb, message="baru"), at=NOW + MINUTE)
        await wall.page.push([newer])
        await wall.page.push([entry(comment(comment_id=name))])
        reading, late = wall.heard()
        assert isinstance(reading, Addition | Ended)
        assert late == Skip(reason="overtaken by a later change")


async def test_the_later_of_two_edits_counts_whatever_comes_first() -> None:
    wall = Wall()
    for minutes, words in ((2, "kedua"), (1, "pertama"), (2, "kedua")):
        await wall.page.push([entry(comment(verb="edited", message=words), at=NOW + minutes * MINUTE)])
    later, earlier, again = wall.take()
    assert wall.channel.read(earlier) == [Skip(reason="overtaken by a later change")]
    assert (later.native_id, later.mark) == (again.native_id, again.mark)


async def test_words_that_are_edited_back_and_forth_are_four_states() -> None:
    wall = Wall()
    for minutes, words in enumerate(("a", "b", "a", "b")):
        verb = "edited" if minutes else "add"
        await wall.page.push([entry(comment(verb=verb, message=words), at=NOW + minutes * MINUTE)])
    assert len({item.native_id for item in wall.take()}) == 4


# ------------------------------------------------------------------------------------------------------------- polling


async def test_a_poll_gives_what_was_pushed_under_the_same_names() -> None:
    wall = Wall()
    for number in range(5):
        post = await wall.page.post(ANI, f"jalan rusak {number}", photo="https://photos.test/1.jpg" if number else "")
        for serial in range(4):
            name = await wall.page.comment(BUDI, post, f"betul {serial}", photo="https://photos.test/2.jpg")
        await wall.page.comment(ANI, post, "masih begitu", parent=name)
    await wall.page.post(PAGE_ID, "pengumuman")
    for person in (ANI, BUDI, "7003", "7004"):
        await wall.page.message(person, "lampu mati", images=["https://photos.test/3.jpg"])
    pushed = {item.native_id: wall.channel.read(item)[0] for item in wall.take()}
    wall.restart()
    pulled = {item.native_id: wall.channel.read(item)[0] for item in await wall.pull()}
    assert set(pulled) == set(pushed)
    assert len(pulled) == 5 * 6 + 1 + 4
    for name, reading in pushed.items():
        assert pulled[name] == reading


async def test_a_poll_follows_no_address_and_shows_no_token() -> None:
    wall = Wall()
    for number in range(7):
        await wall.page.post(ANI, f"jalan rusak {number}")
    assert len({item.native_id for item in await wall.pull()}) == 7
    assert {request.url.host for request in wall.asked} == {"graph.test"}
    assert not any(OPTIONS["page_token"] in str(request.url) for request in wall.asked)
    assert all(request.url.path.startswith("/v25.0/") for request in wall.asked)
    assert any("after" in request.url.params for request in wall.asked)


async def test_a_new_comment_on_an_old_post_is_found() -> None:
    wall = Wall()
    post = await wall.page.post(ANI, "jalan rusak")
    await wall.pull()
    wall.clock.advance(3 * DAY)
    name = await wall.page.comment(BUDI, post, "belum juga")
    assert any(item.native_id.startswith(name) for item in await wall.pull())


async def test_a_poll_asks_only_for_conversations_that_went_on() -> None:
    wall = Wall(poll=["messages"])
    for person in range(7000, 7010):
        await wall.page.message(str(person), "lampu mati")
    wall.clock.advance(HOUR)
    assert len(await wall.pull()) == 10
    wall.asked.clear()
    wall.clock.advance(HOUR)
    await wall.page.message("7005", "masih mati")
    assert [item.native_id for item in await wall.pull()] == ["m_5011"]
    assert len(wall.asked) == 1


async def test_a_poll_knows_less_than_what_was_pushed_meanwhile() -> None:
    wall = Wall()
    post = await wall.page.post(ANI, "jalan rusak")
    row = dict(wall.page.posts[post])
    await wall.page.remove(post)
    wall.page.posts[post] = row
    assert await wall.pull() == []


async def test_an_edit_is_seen_by_polling_alone() -> None:
    wall = Wall()
    post = await wall.page.post(ANI, "jalan rusak")
    (before,) = await wall.pull()
    wall.page.posts[post]["message"] = "jalan rusak parah"
    (after,) = await wall.pull()
    assert before.native_id != after.native_id
    (reading,) = wall.channel.read(after)
    assert isinstance(reading, Complaint)
    assert (reading.native_id, reading.text) == (post, "jalan rusak parah")


async def test_a_picture_that_is_added_later_is_seen_by_polling_alone() -> None:
    wall = Wall()
    post = await wall.page.post(ANI, "jalan rusak")
    (before,) = await wall.pull()
    picture = {"type": "photo", "media": {"image": {"src": "https://photos.test/1.jpg"}}}
    wall.page.posts[post]["attachments"] = {"data": [{"type": "album", "subattachments": {"data": [picture, picture]}}]}
    (after,) = await wall.pull()
    assert before.native_id != after.native_id
    (reading,) = wall.channel.read(after)
    assert isinstance(reading, Complaint)
    assert [file.url for file in reading.attachments] == ["https://photos.test/1.jpg"] * 2


async def test_a_check_in_is_a_hint_of_the_address() -> None:
    wall = Wall()
    post = await wall.page.post(ANI, "jalan rusak")
    wall.page.posts[post]["place"] = {"name": "Pasar Contoh", "location": {"city": "Jakarta", "latitude": -6.2}}
    (reading,) = wall.channel.read((await wall.pull())[0])
    assert isinstance(reading, Complaint)
    assert (reading.address, reading.lat) == ("Pasar Contoh, Jakarta", None)


async def test_polling_can_be_left_out() -> None:
    with pytest.raises(NoPull):
        await Wall(poll=[]).pull()


async def test_meters_show_the_fullest_of_each_limit() -> None:
    wall = Wall()
    wall.page.usage = {
        "x-app-usage": '{"call_count": 28, "total_time": 25, "total_cputime": 31}',
        "x-page-usage": "not json",
        "x-business-use-case-usage": json.dumps(
            {PAGE_ID: [{"type": "pages", "call_count": 95, "estimated_time_to_regain_access": 12}]}
        ),
    }
    await wall.pull()
    app, business = wall.channel.meters()
    assert (app.label, app.used, app.limit, app.unit, app.resets_at) == ("app calls", 31, 100, "%", None)
    assert (business.used, business.resets_at) == (95, NOW + timedelta(minutes=12))


def test_an_item_of_another_kind_is_a_wreck() -> None:
    channel = Facebook(Facebook.Options.model_validate(OPTIONS), make_context())
    for body in (b"[]", b'{"is": "poem"}', b"{}"):
        with pytest.raises(ValueError, match="not an item"):
            channel.read(Item("x", body))
