"""Answers on Facebook: comments and messages, the window, repeats, and what refusals mean."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from hub.plugin import PluginError, Receipt, Rejected, Throttled, TryAgain, Unauthorized, WindowClosed
from hub.testing import NOW, REPORT, ManualClock, make_context, make_delivery, sample_notice, sample_reply
from plugins.facebook.channel import Facebook
from tests.facebook_fixtures import ANI, BUDI, DAY, HOUR, MINUTE, OPTIONS, Wall, caught, reply_to, sending

pytestmark = pytest.mark.anyio


async def commented() -> tuple[Wall, str]:
    wall = Wall()
    return wall, await wall.page.comment(ANI, await wall.page.post(BUDI, "banjir"), "di sini juga")


async def written(**options: Any) -> tuple[Wall, str]:
    wall = Wall(**options)
    return wall, await wall.page.message(ANI, "lampu mati")


def test_only_replies_to_what_came_from_facebook_are_wanted() -> None:
    channel = Wall().channel
    assert channel.wants(reply_to("1_2"))
    assert channel.wants(reply_to("m_1", way="message"))
    assert not channel.wants(sample_reply())
    assert not channel.wants(sample_notice())


async def test_a_comment_stands_under_the_citizens_own() -> None:
    wall, name = await commented()
    receipt = await wall.channel.deliver(sending(reply_to(name)))
    (answer,) = wall.page.comments
    assert (answer["to"], answer["id"]) == (name, receipt.remote_id)
    assert REPORT in answer["message"]
    assert wall.asked[-1].headers["authorization"] == f"Bearer {OPTIONS['page_token']}"


async def test_a_public_comment_holds_the_number_and_nothing_personal() -> None:
    wall, name = await commented()
    text = "Yth. Warga Contoh, kami hubungi 0812-3456-7890."
    await wall.channel.deliver(sending(reply_to(name, text=text)))
    (answer,) = wall.page.comments
    assert answer["message"].startswith(REPORT)
    assert "0812" not in answer["message"]
    assert "Warga Contoh" not in answer["message"]


async def test_a_message_goes_to_the_person_alone_within_the_window() -> None:
    wall, name = await written()
    wall.clock.advance(24 * HOUR)
    await wall.channel.deliver(sending(reply_to(name, way="message", text="Kami hubungi 0812-3456-7890.")))
    (answer,) = wall.page.messages
    assert answer["recipient"] == {"id": ANI}
    assert answer["messaging_type"] == "RESPONSE"
    assert answer["message"] == {"text": "Kami hubungi 0812-3456-7890."}
    assert len(wall.asked) == 1


async def test_nobody_to_answer() -> None:
    wall, name = await written()
    with pytest.raises(Rejected):
        await wall.channel.deliver(make_delivery(reply_to(name, way="message")))


# -------------------------------------------------------------------------------------------------------- the window


async def test_after_a_day_the_window_is_closed() -> None:
    wall, name = await written()
    wall.clock.advance(24 * HOUR + MINUTE)
    assert type(await caught(lambda: wall.channel.deliver(sending(reply_to(name, way="message"))))) is WindowClosed
    assert wall.page.messages == []


async def test_a_later_message_opens_it_again() -> None:
    wall, name = await written()
    wall.clock.advance(30 * HOUR)
    await wall.page.message(ANI, "masih mati")
    wall.clock.advance(HOUR)
    await wall.channel.deliver(replace(sending(reply_to(name, way="message")), heard_at=NOW + 30 * HOUR))
    assert len(wall.page.messages) == 1


def test_each_way_has_its_manner() -> None:
    channel = Wall().channel
    comment, message = (channel.manner_of({"way": way}) for way in ("comment", "message"))
    assert (comment.private, comment.links, comment.window) == (False, False, None)
    assert (message.private, message.links, message.window) == (True, True, DAY)
    assert Wall(human_agent=True).channel.manner_of({"way": "message"}).window == 7 * DAY
    assert channel.manner_of({}) == channel.manner == comment


async def test_facebook_itself_says_that_it_is_closed() -> None:
    wall, name = await written()
    wall.clock.advance(25 * HOUR)
    parcel = reply_to(name, way="message", last=NOW + 20 * HOUR)
    assert type(await caught(lambda: wall.channel.deliver(sending(parcel)))) is WindowClosed


@pytest.mark.parametrize(
    ("human_agent", "by_hand", "after", "sent"),
    [
        (True, True, 6 * DAY, True),
        (True, True, 8 * DAY, False),
        (True, False, DAY * 2, False),
        (False, True, DAY * 2, False),
    ],
)
async def test_a_persons_words_may_be_late_where_that_is_allowed(
    *, human_agent: bool, by_hand: bool, after: timedelta, sent: bool
) -> None:
    wall, name = await written(human_agent=human_agent)
    wall.clock.advance(after)
    delivery = sending(reply_to(name, way="message", by_hand=by_hand))
    if sent:
        await wall.channel.deliver(delivery)
        assert (wall.page.messages[0]["messaging_type"], wall.page.messages[0]["tag"]) == ("MESSAGE_TAG", "HUMAN_AGENT")
    else:
        assert type(await caught(lambda: wall.channel.deliver(delivery))) is WindowClosed


# ----------------------------------------------------------------------------------------------------------- repeats


async def test_what_was_said_before_this_reply_is_not_taken_for_it() -> None:
    wall, name = await written()
    parcel = reply_to(name, way="message")
    await wall.channel.deliver(sending(parcel))
    wall.clock.advance(HOUR)
    later = parcel.model_copy(update={"at": NOW + HOUR})
    await wall.channel.deliver(sending(later, "key-2", uncertain=True))
    assert len(wall.page.messages) == 2


async def test_a_look_that_fails_leaves_the_outcome_unknown() -> None:
    wall, name = await commented()
    wall.page.fault = "500"
    error = await caught(lambda: wall.channel.deliver(sending(reply_to(name), uncertain=True)))
    assert isinstance(error, TryAgain)
    assert wall.page.comments == []


def answering(
    *answers: dict[str, Any], status: int = 400, headers: dict[str, str] | None = None
) -> tuple[Facebook, list[httpx2.Request]]:
    """A channel on a Facebook that gives these answers in turn, the last one for ever."""
    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        body = answers[min(len(asked), len(answers) - 1)]
        asked.append(request)
        return httpx2.Response(status if "error" in body else 200, json=body, headers=headers)

    context = make_context(transport=httpx2.MockTransport(answer), clock=ManualClock())
    return Facebook(Facebook.Options.model_validate(OPTIONS), context), asked


def error(code: int, subcode: int = 0) -> dict[str, Any]:
    told = {"message": "(#1) about Warga Contoh", "type": "OAuthException", "code": code, "fbtrace_id": "Atrace"}
    return {"error": told | ({"error_subcode": subcode} if subcode else {})}


async def test_the_same_words_after_a_lost_answer_count_as_sent() -> None:
    channel, _ = answering({"data": []}, error(506))
    receipt = await channel.deliver(sending(reply_to("1_2"), uncertain=True))
    assert receipt.note.startswith("probably sent")


@pytest.mark.parametrize("way", ["comment", "message"])
async def test_the_same_words_to_another_citizen_get_a_mark(way: str) -> None:
    channel, asked = answering(error(506), {"id": "1_3", "message_id": "m_3"})
    receipt = await channel.deliver(sending(reply_to("1_2", way=way)))
    assert receipt.remote_id
    assert receipt.note.startswith("with a mark")
    assert asked[0].content != asked[1].content


@pytest.mark.parametrize("way", ["comment", "message"])
async def test_a_link_that_cannot_be_read_is_left_out(way: str) -> None:
    channel, asked = answering(error(1609005), {"id": "1_3", "message_id": "m_3"})
    parcel = reply_to("1_2", way=way, text=f"Lihat https://hub.test/lacak {REPORT}")
    assert (await channel.deliver(sending(parcel))).note == "without its link"
    assert "https" not in asked[-1].content.decode()
    assert REPORT in asked[-1].content.decode()


@pytest.mark.parametrize(
    ("code", "subcode", "kind"),
    [
        (1, 0, TryAgain),
        (2, 0, TryAgain),
        (4, 0, Throttled),
        (17, 0, Throttled),
        (32, 0, Throttled),
        (341, 0, Throttled),
        (613, 0, Throttled),
        (80001, 0, Throttled),
        (3, 0, Unauthorized),
        (10, 0, Unauthorized),
        (200, 0, Unauthorized),
        (299, 0, Unauthorized),
        (102, 0, Unauthorized),
        (190, 460, Unauthorized),
        (368, 0, Unauthorized),
        (10, 2018278, WindowClosed),
        (551, 0, Rejected),
        (100, 33, Rejected),
    ],
)
async def test_what_refusals_mean(code: int, subcode: int, kind: type[PluginError]) -> None:
    channel, _ = answering(error(code, subcode), status=403 if code in {10, 200} else 400)
    refusal = await caught(lambda: channel.deliver(sending(reply_to("m_1", way="message"))))
    assert type(refusal) is kind
    assert "Warga" not in str(refusal)
    assert not isinstance(refusal, TryAgain) or refusal.uncertain


@pytest.mark.parametrize("code", [1, 4, 10, 190, 100, 368])
async def test_a_refused_poll_never_parks_the_channel(code: int) -> None:
    channel, _ = answering(error(code))

    async def pull() -> None:
        async for _ in channel.pull(None):
            pass

    kinds: dict[int, type[PluginError]] = {1: TryAgain, 4: Throttled, 100: TryAgain}
    refusal = await caught(pull)
    assert type(refusal) is kinds.get(code, Unauthorized)
    assert not isinstance(refusal, TryAgain) or not refusal.uncertain


async def test_the_token_that_was_revoked_says_why() -> None:
    channel, _ = answering(error(190, 460))
    assert "the password changed" in str(await caught(lambda: channel.deliver(sending(reply_to("1_2")))))


@pytest.mark.parametrize(("minutes", "rest"), [(0, timedelta(minutes=5)), (40, timedelta(minutes=40))])
async def test_a_limit_rests_as_long_as_facebook_says(minutes: int, rest: timedelta) -> None:
    usage = f'{{"1": [{{"type": "pages", "call_count": 100, "estimated_time_to_regain_access": {minutes}}}]}}'
    channel, _ = answering(error(32), headers={"x-business-use-case-usage": usage})
    refusal = await caught(lambda: channel.deliver(sending(reply_to("1_2"))))
    assert isinstance(refusal, Throttled)
    assert refusal.until == NOW + rest


async def test_an_error_with_a_good_status_is_still_an_error() -> None:
    channel, _ = answering(error(190), status=200)
    assert isinstance(await caught(lambda: channel.deliver(sending(reply_to("1_2")))), Unauthorized)


async def test_a_comment_that_is_gone_is_final() -> None:
    wall, name = await commented()
    await wall.page.remove(name)
    assert isinstance(await caught(lambda: wall.channel.deliver(sending(reply_to(name)))), Rejected)


async def test_a_notice_is_not_for_us() -> None:
    with pytest.raises(Rejected):
        await Wall().channel.deliver(make_delivery(sample_notice()))


async def test_a_receipt_names_what_was_sent() -> None:
    wall, name = await written()
    receipt = await wall.channel.deliver(sending(reply_to(name, way="message")))
    assert receipt == Receipt(wall.page.messages[0]["message_id"])
