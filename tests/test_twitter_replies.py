"""Answers on X: whom they may go to, how long they may be, and what X's refusals mean."""

from __future__ import annotations

import unicodedata
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.plugin import Complaint, Delivery, PluginError, Receipt, Rejected, Reply, Throttled, TryAgain, Unauthorized
from hub.testing import make_delivery, sample_notice, sample_reply
from plugins.twitter.channel import Twitter
from plugins.twitter.reply import LONGEST, mark_of, spell, weight
from tests.twitter_fixtures import KEYS, LAMP, NEIGHBOUR, Day, Door, closed_port, open_door, post

NO_SIGNATURE = dict.fromkeys(("consumer_key", "consumer_secret", "access_token", "access_token_secret"), "")


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with open_door() as opened:
        yield opened


@pytest.fixture
async def day(door: Door) -> AsyncIterator[Day]:
    async with Day(door) as started:
        yield started


async def complain(day: Day, words: str = LAMP, **more: Any) -> Reply:
    """Let a citizen complain; give the reply as the host would write it."""
    day.x.show(post(words, **more))
    (complaint,) = await day.poll()
    assert isinstance(complaint, Complaint)
    return answer_to(complaint)


def answer_to(complaint: Complaint, **changes: Any) -> Reply:
    return sample_reply(
        complaint=complaint.native_id, thread=complaint.thread, reply_context=complaint.reply_context, **changes
    )


# ----------------------------------------------------------------------------------------------------- who is answered


@pytest.mark.anyio
async def test_a_citizen_who_called_is_answered_under_the_post(day: Day) -> None:
    reply = await complain(day)
    assert day.channel.wants(reply)
    receipt = await day.channel.deliver(make_delivery(reply))
    (sent,) = day.x.replies
    assert (receipt.remote_id, sent["to"]) == (sent["id"], reply.complaint)
    assert sent["text"].startswith(reply.text)


@pytest.mark.anyio
async def test_a_citizen_found_by_search_only_is_not_answered(day: Day) -> None:
    reply = await complain(day, "Banjir masuk rumah kami di RT 03, tolong pompa")
    assert not day.channel.wants(reply)
    with pytest.raises(Rejected, match="mention or quote"):
        await day.channel.deliver(make_delivery(reply))


@pytest.mark.anyio
async def test_who_quotes_a_post_of_ours_has_called(day: Day) -> None:
    ours = day.x.show(post("Kabar dari kami", user=day.x.users[day.x.account_id]))
    refers = [{"type": "quoted", "id": ours}]
    reply = await complain(day, "Banjir masuk rumah kami di RT 03, tolong pompa", referenced_tweets=refers)
    assert day.channel.wants(reply)
    assert isinstance(await day.channel.deliver(make_delivery(reply)), Receipt)


@pytest.mark.anyio
async def test_replies_can_be_switched_off_and_reports_are_never_wanted(door: Door) -> None:
    async with Day(door, replies=False) as day:
        assert not day.channel.wants(await complain(day))
        assert not day.channel.wants(sample_notice())
        with pytest.raises(Rejected):
            await day.channel.deliver(make_delivery(sample_notice()))


@pytest.mark.anyio
async def test_an_edited_post_is_answered_at_its_newest_version(day: Day) -> None:
    first = day.x.show(post(LAMP))
    await day.poll()
    newest = day.x.edit(first, LAMP + " segera")
    (complaint,) = await day.poll()
    assert isinstance(complaint, Complaint)
    await day.channel.deliver(make_delivery(answer_to(complaint)))
    assert day.x.replies[0]["to"] == newest


@pytest.mark.anyio
async def test_what_we_wrote_and_answers_to_it_are_told_apart(day: Day) -> None:
    reply = await complain(day)
    await day.channel.deliver(make_delivery(reply))
    ours = day.x.replies[0]["id"]
    back = {"in_reply_to_user_id": day.x.account_id, "referenced_tweets": [{"type": "replied_to", "id": ours}]}
    day.x.show(post("@AduanKota masih padam sampai sekarang", conversation_id=reply.thread, **back))
    (addition,) = await day.poll()
    assert reply.thread in getattr(addition, "thread", "").split()


# ----------------------------------------------------------------------------------------------------- what X refuses


@pytest.mark.anyio
async def test_a_duplicate_after_an_unknown_outcome_counts_as_sent(day: Day) -> None:
    delivery = make_delivery(await complain(day))
    day.x.fault = "lost"
    with pytest.raises(TryAgain) as raised:
        await day.channel.deliver(delivery)
    assert raised.value.uncertain
    day.x.fault, day.x.fault_on = "503", "search"
    receipt = await day.channel.deliver(replace(delivery, attempt=2, uncertain=True))
    assert "probably" in receipt.note
    assert len(day.x.replies) == 1


@pytest.mark.anyio
async def test_an_earlier_try_is_looked_up_before_sending_again(day: Day) -> None:
    delivery = make_delivery(await complain(day))
    await day.channel.deliver(delivery)
    receipt = await day.channel.deliver(replace(delivery, attempt=2, uncertain=True))
    assert receipt.remote_id == day.x.replies[0]["id"]
    assert len(day.asked("/2/tweets")) - len(day.asked("search")) == 1


@pytest.mark.anyio
async def test_the_same_words_reach_every_citizen_of_a_report(day: Day) -> None:
    first, second = await complain(day), await complain(day, f"{LAMP} juga di sini", user=NEIGHBOUR)
    for key, reply in (("a", first), ("b", second)):
        await day.channel.deliver(make_delivery(reply, key))
    assert len({one["text"] for one in day.x.replies}) == 2


@pytest.mark.anyio
async def test_a_post_that_is_gone_is_final(day: Day) -> None:
    reply = await complain(day)
    day.x.delete(reply.complaint)
    with pytest.raises(Rejected, match="gone"):
        await day.channel.deliver(make_delivery(reply))


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("fault", "error", "uncertain"),
    [
        ("401", Unauthorized, None),
        ("402", Unauthorized, None),
        ("403", Unauthorized, None),
        ("403-bare", Unauthorized, None),
        ("400", Rejected, None),
        ("429", Throttled, None),
        ("429-bare", Throttled, None),
        ("429-html", Throttled, None),
        ("cap-daily", Throttled, None),
        ("cap-monthly", Throttled, None),
        ("500", TryAgain, True),
        ("503-html", TryAgain, True),
        ("503-empty", TryAgain, True),
        ("200-html", TryAgain, True),
        ("slow", TryAgain, True),
        ("cut", TryAgain, True),
    ],
)
async def test_every_refusal_in_the_contracts_words(
    day: Day, fault: Any, error: type[PluginError], uncertain: Any
) -> None:
    delivery = make_delivery(await complain(day))
    day.x.fault = fault
    with pytest.raises(error) as raised:
        await day.channel.deliver(delivery)
    assert getattr(raised.value, "uncertain", None) is uncertain
    assert day.x.replies == []


@pytest.mark.anyio
async def test_where_nobody_answers_nothing_was_sent(day: Day) -> None:
    delivery = make_delivery(await complain(day))
    day.options["api_url"] = closed_port()
    await day.restart()
    with pytest.raises(TryAgain) as raised:
        await day.channel.deliver(delivery)
    assert not raised.value.uncertain


@pytest.mark.anyio
async def test_an_apps_token_cannot_write_and_the_accounts_can(door: Door) -> None:
    async with Day(door, **NO_SIGNATURE) as day:
        delivery = make_delivery(await complain(day))
        with pytest.raises(Unauthorized, match="own keys"):
            await day.channel.deliver(delivery)
        day.options["bearer_token"] = KEYS.user
        await day.restart()
        assert (await day.channel.deliver(delivery)).remote_id


@pytest.mark.anyio
async def test_a_reply_is_counted(day: Day) -> None:
    await day.channel.deliver(make_delivery(await complain(day)))
    await day.poll()
    await day.restart()
    await day.poll()
    figures = {one.label: one.used for one in day.channel.meters()}
    assert figures["Replies this month"] == 1
    assert figures["Estimated cost this month"] == pytest.approx(0.03, abs=0.011)


@pytest.mark.anyio
async def test_a_delivery_without_a_post_is_final(day: Day) -> None:
    with pytest.raises(Rejected):
        await day.channel.deliver(Delivery("key", sample_reply(complaint="c-1"), b""))


# -------------------------------------------------------------------------------------------------------------- length


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("Laporan JKT-7K3M9QXD sedang dikerjakan.", 39),
        ("– “kutip” ’", 11),
        ("…", 2),
        ("🙏", 2),
        ("👍🏽", 2),
        ("❤️", 2),
        ("道路", 4),
        ("e\u0301", 1),
        ("lihat jakarta.go.id.", 6 + 23 + 1),
        ("lihat https://example.org/a/very/long/address/indeed/longer/than/that ya", 6 + 23 + 3),
    ],
)
def test_texts_count_as_x_counts_them(text: str, counted: int) -> None:
    assert weight(text) == counted


def test_the_manner_leaves_room_for_the_mark() -> None:
    text = "a" * Twitter.manner.max_chars
    assert spell(text, "key") == text + mark_of("key")
    assert weight(spell(text, "key")) == LONGEST
    assert timedelta(minutes=15) * Twitter.manner.rate == timedelta(minutes=100)


def test_the_mark_is_the_deliverys_own_and_stays() -> None:
    assert spell("Halo", "a") == spell("Halo", "a") != spell("Halo", "b")


@given(st.text(max_size=600), st.text(max_size=20))
def test_no_text_is_too_long(text: str, key: str) -> None:
    spelled = spell(text, key)
    assert weight(spelled) <= LONGEST
    assert spelled.endswith(mark_of(key))
    assert unicodedata.is_normalized("NFC", spelled) or weight(spelled) <= LONGEST
