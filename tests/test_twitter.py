"""The X channel: the contract, and pulls that lose nothing, over a stand-in that speaks X's protocol."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hub.plugin import BadOptions, Complaint, Ended, PluginError, Throttled, TryAgain, Unauthorized
from hub.testing import SinkCase, SourceCase, check_sink, check_source, make_context, sample_reply
from plugins.twitter.channel import Twitter
from plugins.twitter.meter import Seen, Spend
from plugins.twitter.state import State
from plugins.twitter.values import id_at, time_in
from tests.twitter_fixtures import CITIZEN, KEYS, LAMP, OPTIONS, Day, Door, XWorld, closed_port, open_door, post

pytestmark = pytest.mark.anyio


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with open_door() as opened:
        yield opened


@pytest.fixture
async def day(door: Door) -> AsyncIterator[Day]:
    async with Day(door) as started:
        yield started


# ------------------------------------------------------------------------------------------------------------ contract


async def test_contract_of_the_source(door: Door) -> None:
    applied = await check_source(
        SourceCase(
            kind=Twitter,
            options=OPTIONS | {"api_url": door.url},
            world=lambda: XWorld(door),
            bad_world=lambda: XWorld(door, post("@AduanKota", edit_history_tweet_ids="no list", entities=7, geo=[])),
            secrets=[KEYS.bearer, KEYS.access_token_secret],
        )
    )
    wanted = {"kill-loses-nothing", "bad-item-stays-alone", "keeps-secrets", "credentials-refused", "cancels-at-once"}
    assert wanted <= set(applied)


async def test_contract_of_the_sink(door: Door) -> None:
    ids = [one["id"] for one in XWorld(door).x.mentions()]
    context = [{"tweet": one, "summoned": "yes"} for one in ids]
    parcels = [sample_reply(complaint=context[at]["tweet"], thread=ids[at], reply_context=context[at]) for at in (0, 1)]
    applied = await check_sink(
        SinkCase(kind=Twitter, options=OPTIONS | {"api_url": door.url}, world=lambda: XWorld(door), parcels=parcels)
    )
    assert {"one-effect-a-key", "lost-answer-one-effect", "unknown-outcome-said", "manner-holds"} <= set(applied)


# --------------------------------------------------------------------------------------------------------------- pulls


async def test_mentions_and_search_become_complaints_once(day: Day) -> None:
    mention = day.x.show(post(LAMP))
    found = day.x.show(post("Banjir masuk rumah kami di RT 03, tolong pompa"))
    day.x.show(post("Selamat pagi semuanya"))
    readings = [one for one in await day.poll() if isinstance(one, Complaint)]
    assert {one.native_id for one in readings} == {mention, found}
    assert await day.poll() == []


async def test_the_account_is_looked_up_once_and_again_when_it_changes(day: Day) -> None:
    await day.poll()
    await day.restart()
    await day.poll()
    assert len(day.asked("by/username")) == 1
    day.options["account"] = CITIZEN["username"]
    await day.restart()
    await day.poll()
    assert len(day.asked("by/username")) == 2
    assert day.cursor["account_id"] == CITIZEN["id"]


async def test_an_account_that_nobody_has_is_a_wrong_setting(door: Door) -> None:
    async with Day(door, account="nobody_at_all") as day:
        await day.poll()
        assert isinstance(day.error, BadOptions)


@pytest.mark.parametrize("forget", [0, 1])
@pytest.mark.parametrize("stop", [1, 2, 3, 4])
async def test_a_kill_between_pages_neither_loses_nor_doubles(day: Day, stop: int, forget: int) -> None:
    day.x.page = 5
    ids = {day.x.show(post(f"{LAMP} {number}")) for number in range(17)}
    first = await day.pull(stop, forget)
    await day.restart()
    late = day.x.show(post("@AduanKota pohon tumbang"))
    rest = await day.pull() + await day.pull()
    got = [item.native_id for item in (*first, *rest)]
    assert sorted(got) == sorted({*ids, late})


async def test_the_next_round_starts_at_the_first_page_of_this_one_and_a_little_earlier(day: Day) -> None:
    day.x.page = 5
    ids = [day.x.show(post(f"{LAMP} {number}")) for number in range(12)]
    await day.pull()
    assert len({query["since_id"] for query in day.asked("mentions")}) == 1
    assert day.cursor["mentions"]["since"] == ids[-1]
    day.clock.advance(timedelta(hours=1))
    await day.pull()
    assert day.asked("mentions")[-1]["since_id"] == ids[-1]
    newest = day.x.show(post(LAMP))
    await day.pull()
    await day.pull()
    assert int(day.asked("mentions")[-1]["since_id"]) < int(newest)


async def test_a_post_that_x_lists_late_is_still_found(day: Day) -> None:
    hidden = day.x.next_id()
    day.clock.advance(timedelta(seconds=1))
    day.x.show(post(LAMP))
    await day.poll()
    day.x.show(post(f"{LAMP} juga", id=hidden))
    assert [one.native_id for one in await day.poll() if isinstance(one, Complaint)] == [hidden]


async def test_a_token_that_comes_twice_ends_the_round(day: Day) -> None:
    day.x.fault = "loop"
    day.x.show(post(LAMP))
    await day.pull()
    assert day.error is None
    assert len(day.asked("mentions")) == 2
    assert day.cursor["mentions"]["round"] is None


async def test_a_pull_is_bounded_and_the_next_goes_on(door: Door) -> None:
    async with Day(door, query="") as day:
        day.x.page = 5
        for number in range(111):
            day.x.show(post(f"{LAMP} {number}"))
        first = await day.pull()
        assert len(first) == 100
        assert len(await day.pull()) == 11


async def test_after_a_long_outage_search_reads_by_time_and_mentions_by_id(day: Day) -> None:
    await day.poll()
    before = day.cursor["mentions"]["since"]
    day.clock.advance(timedelta(days=20))
    lost = day.x.show(post("Banjir masuk rumah kami di RT 03, tolong pompa"))
    assert [one.native_id for one in await day.poll() if isinstance(one, Complaint)] == [lost]
    assert "since_id" not in day.asked("search")[-1]
    assert day.asked("search")[-1]["start_time"] == "2026-12-03T03:09:00Z"
    assert day.asked("mentions")[-1]["since_id"] == before


async def test_a_round_cut_long_ago_starts_again_within_searchs_reach(day: Day) -> None:
    day.x.page = 5
    for number in range(12):
        day.x.show(post(f"Banjir di RT {number}, tolong pompa"))
    await day.pull(stop=2)
    assert day.cursor["search"]["round"]
    day.clock.advance(timedelta(days=20))
    day.x.show(post("Banjir masuk rumah kami di RT 03, tolong pompa"))
    assert len(await day.pull()) == 1
    assert day.error is None


async def test_a_token_that_x_no_longer_takes_begins_the_round_anew(day: Day) -> None:
    day.x.page = 5
    for number in range(12):
        day.x.show(post(f"{LAMP} {number}"))
    first = await day.pull(stop=1)
    day.cursor["mentions"]["round"]["tokens"] = ["?"]
    assert len(first) + len(await day.pull()) == 12
    assert day.error is None


async def test_the_first_pull_looks_back_a_day_only(day: Day) -> None:
    old = day.clock() - timedelta(days=3)
    day.x.show(post(LAMP, id=str(id_at(old))))
    assert await day.poll() == []


@pytest.mark.parametrize(
    "options",
    [{"consumer_key": "", "consumer_secret": "", "access_token": "", "access_token_secret": ""}, {"bearer_token": ""}],
)
async def test_either_kind_of_keys_will_do_for_reading(door: Door, options: dict[str, str]) -> None:
    async with Day(door, **options) as day:
        day.x.show(post(LAMP))
        day.x.show(post("Banjir masuk rumah kami di RT 03, tolong pompa"))
        assert len(await day.poll()) == 2


@pytest.mark.parametrize("spelling", ["tweet", "post"])
async def test_both_spellings_are_read_and_nulls_are_nothing(day: Day, spelling: str) -> None:
    day.x.spelling = spelling
    photo = {"media_key": "3_1", "type": "photo", "url": "https://pbs.example.org/a.jpg"}
    quoted = day.x.show(post("Saluran di depan pasar penuh lumpur"), media=[photo])
    day.x.posts[quoted]["attachments"] = {"media_keys": ["3_1"]}
    refers = [{"type": "quoted", "id": quoted}]
    day.x.show(post("@AduanKota ini masih belum dikerjakan", user=CITIZEN, referenced_tweets=refers))
    (one,) = await day.poll()
    complaint = getattr(one, "complaint", one)
    assert complaint.text == "@AduanKota ini masih belum dikerjakan\nSaluran di depan pasar penuh lumpur"
    assert [file.url for file in complaint.attachments] == ["https://pbs.example.org/a.jpg"]


async def test_an_edit_is_a_revision_and_an_old_version_never_follows_a_new_one(day: Day) -> None:
    first = day.x.show(post(LAMP))
    (before,) = await day.poll()
    day.clock.advance(timedelta(minutes=5))
    old = dict(day.x.posts[first])
    new = day.x.edit(first, LAMP + " segera")
    (after,) = await day.poll()
    assert isinstance(before, Complaint)
    assert isinstance(after, Complaint)
    assert (after.native_id, after.reply_context["tweet"]) == (first, new)
    assert (after.created_at - before.created_at).total_seconds() < 1
    day.x.posts[first] = old
    assert await day.poll() == []


async def test_likes_are_no_news(day: Day) -> None:
    one = day.x.show(post(LAMP))
    await day.poll()
    day.x.posts[one]["public_metrics"] = {"like_count": 500}
    assert await day.poll() == []


async def test_a_missing_referenced_post_harms_nothing(day: Day) -> None:
    day.x.show(post(LAMP, referenced_tweets=[{"type": "quoted", "id": "3"}]))
    (one,) = await day.poll()
    assert isinstance(one, Complaint)


async def test_complaints_deleted_at_x_end_where_the_operator_pays_for_looking(door: Door) -> None:
    async with Day(door, recheck_days=7, query="") as day:
        kept, gone = day.x.show(post(LAMP)), day.x.show(post(f"{LAMP} juga"))
        day.x.show(post("@AduanKota https://example.org"))
        await day.poll()
        day.x.delete(gone)
        assert await day.poll() == []
        day.clock.advance(timedelta(days=1))
        await day.restart()
        assert await day.poll() == [Ended(native_id=gone, why="erased")]
        assert set(day.asked("/2/tweets")[-1]["ids"].split(",")) == {kept, gone}
        await day.poll()
        assert len(day.asked("/2/tweets")) == 1


# -------------------------------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("fault", "error", "until"),
    [
        ("401", Unauthorized, None),
        ("402", Unauthorized, None),
        ("403", Unauthorized, None),
        ("403-bare", Unauthorized, None),
        ("429", Throttled, timedelta(seconds=120)),
        ("429-legacy", Throttled, timedelta(seconds=120)),
        ("429-html", Throttled, timedelta(seconds=120)),
        ("429-date", Throttled, timedelta(seconds=120)),
        ("429-bare", Throttled, timedelta(minutes=15)),
        ("cap-daily", Throttled, timedelta(hours=21)),
        ("cap-monthly", Throttled, timedelta(days=10, hours=21)),
        ("400", TryAgain, None),
        ("500", TryAgain, None),
        ("502", TryAgain, None),
        ("503", TryAgain, None),
        ("503-html", TryAgain, None),
        ("503-empty", TryAgain, None),
        ("200-html", TryAgain, None),
        ("slow", TryAgain, None),
        ("cut", TryAgain, None),
    ],
)
async def test_what_x_answers_in_the_contracts_words(
    day: Day, fault: Any, error: type[PluginError], until: timedelta | None
) -> None:
    day.x.show(post(LAMP))
    day.x.fault, day.x.fault_on = fault, "mentions"
    await day.pull()
    assert isinstance(day.error, error)
    if isinstance(day.error, Throttled):
        assert day.error.until == day.clock() + (until or timedelta())
    assert not isinstance(day.error, TryAgain) or not day.error.uncertain
    day.x.fault = ""
    assert len(await day.pull()) == 1


async def test_nobody_there_is_tried_again(door: Door) -> None:
    async with Day(door, api_url=closed_port()) as day:
        await day.pull()
        assert isinstance(day.error, TryAgain)


async def test_a_query_that_x_does_not_take_is_a_wrong_setting(day: Day) -> None:
    day.options["query"] = " "
    await day.restart()
    await day.pull()
    assert isinstance(day.error, BadOptions)


@pytest.mark.parametrize(
    "options",
    [
        {"access_token": ""},
        {"bearer_token": "", "consumer_key": "", "consumer_secret": "", "access_token": "", "access_token_secret": ""},
        {"api_url": "ftp://x.test"},
        {"api_url": "http://x:port"},
        {"filter_file": "/nowhere/at/all.toml"},
    ],
)
def test_settings_that_cannot_work_are_refused(options: dict[str, str]) -> None:
    with pytest.raises(BadOptions, match=next(iter(options)) if len(options) == 1 else "bearer_token"):
        Twitter(Twitter.Options.model_validate(OPTIONS | options), make_context())


# --------------------------------------------------------------------------------------------------------------- costs


async def test_what_was_read_is_counted_once_a_day_and_survives_a_restart(day: Day) -> None:
    for number in range(3):
        day.x.show(post(f"{LAMP} {number}"))
    await day.poll()
    await day.poll()
    await day.restart()
    await day.poll()
    figures = {one.label: one for one in day.channel.meters()}
    assert figures["Posts read today"].used == 3
    assert figures["Posts read this month"].limit == 3_000_000
    assert figures["Estimated cost this month"].used == pytest.approx(0.01 + 3 * 0.005, abs=0.01)
    assert figures["Posts read this month"].resets_at == datetime(2026, 12, 1, tzinfo=UTC)
    (window,) = [one for label, one in figures.items() if "mentions" in label]
    assert (window.used, window.limit) == (3, 450)


async def test_a_budget_ends_reading_until_the_next_month(door: Door) -> None:
    async with Day(door, monthly_budget=0.02, query="") as day:
        for number in range(4):
            day.x.show(post(f"{LAMP} {number}"))
        assert len(await day.pull()) == 4
        day.x.show(post(LAMP))
        await day.pull()
        assert isinstance(day.error, Throttled)
        assert day.error.until == datetime(2026, 12, 1, tzinfo=UTC)
        day.clock.advance(timedelta(days=12))
        await day.pull()
        assert day.error is None


def test_a_new_day_and_a_new_month_count_from_nothing() -> None:
    spend, now = Spend(), datetime(2026, 11, 29, 23, tzinfo=UTC)
    spend.read(10, 0.005, now)
    later = Spend()
    later.load(spend.dump(), now + timedelta(days=1))
    assert (later.dump()["posts_day"], later.dump()["posts_month"]) == (0, 10)
    later.turn(now + timedelta(days=2))
    assert later.usd == 0


@pytest.mark.parametrize("stored", [None, 5, "x", [], {"spend": 7, "mentions": [], "seen": {}, "edits": "x"}])
def test_any_cursor_will_do(stored: Any) -> None:
    state = State(stored, "AduanKota")
    assert State(state.dump({}), "AduanKota").dump({}) == state.dump({})


def test_the_cursor_stays_small() -> None:
    seen = Seen(None)
    assert seen.add(str(number) for number in range(10**18, 10**18 + 9000)) == 9000
    assert len(seen.dump()) == Seen.SIZE


def test_ids_tell_the_time() -> None:
    assert time_in("1576994746135764992") == datetime(2022, 10, 3, 17, 57, 1, 281_000, tzinfo=UTC)
    assert time_in("20") is None
    assert time_in(str(id_at(datetime(2026, 11, 20, tzinfo=UTC)))) == datetime(2026, 11, 20, tzinfo=UTC)
