"""The recorded day: the same at every run, in the shapes that the channels read, and without a hint of its truth."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import get_args

import pytest

from hub.desk_entry import DeskEntry
from hub.images import examine
from hub.plugin import Complaint, Item, Skip
from hub.regions import load_region
from normalizer.intent import read_intent
from plugins.email.options import MailOptions
from plugins.email.reading import read_mail
from plugins.twitter.filter import Signs, load_filter
from sandbox.day import LENGTH, Channel, Day, Event, make_day
from sandbox.day.letters import HUB
from sandbox.day.markers import MONAS
from sandbox.day.photos import draw
from sandbox.day.robots import answer_to, bounce_of
from sandbox.day.tweets import ACCOUNT, ACCOUNT_ID
from sandbox.day.words import Words

START = datetime(2026, 1, 10, 22, 30, tzinfo=UTC)
LEAST = {"file": 10, "waze": 250, "qlue": 300, "twitter": 250}
OPTIONS = MailOptions(host="127.0.0.1", username=HUB, password="x", from_address=HUB)


@pytest.fixture(scope="module")
def day() -> Day:
    return make_day(START)


def shown(day: Day, do: str) -> list[Event]:
    return [event for event in day.events if event.do == do]


def mails(day: Day) -> list[Event]:
    return [event for event in day.events if event.do == "mail"]


def read(raw: bytes) -> object:
    return read_mail(Item(sha256(raw).hexdigest(), raw, meta={"internaldate": START.isoformat()}), OPTIONS)


def test_the_same_seed_gives_the_same_day(day: Day) -> None:
    assert make_day(START).events == day.events
    assert make_day(START, seed=1).events != day.events


def test_it_is_a_full_morning_on_every_channel(day: Day) -> None:
    by_channel = Counter(channel for channel, _ in day.truth)
    assert 1800 <= sum(by_channel.values()) <= 2200
    assert by_channel.keys() == set(get_args(Channel))
    assert all(count >= LEAST.get(channel, 80) for channel, count in by_channel.items())
    by_incident = Counter(truth.incident for truth in day.truth.values())
    assert 300 <= len(by_incident) <= 450
    assert max(by_incident.values()) >= 25


def test_complaints_come_in_the_morning_and_ends_after_beginnings(day: Day) -> None:
    begun: dict[str, timedelta] = {}
    for event in day.events:
        if event.do in {"gone", "progress", "retype", "disposition", "uncard"}:
            assert event.at >= begun[event.name]
        else:
            begun[event.name] = event.at
            assert timedelta() <= event.at <= LENGTH + timedelta(hours=2)


def test_nothing_that_a_hub_sees_names_its_incident(day: Day) -> None:
    names = {truth.incident for truth in day.truth.values()}
    shown = json.dumps([dict(event.body) for event in day.events]).encode() + b"".join(e.raw for e in mails(day))
    assert not [name for name in names if name.encode() in shown]


def test_every_complaint_shown_has_a_truth(day: Day) -> None:
    markers = {event.name for event in day.events if event.do == "marker"}
    assert {name for channel, name in day.truth if channel == "qlue"} == markers
    assert {name for channel, name in day.truth if channel == "email"} <= {event.name for event in mails(day)}


def test_places_are_real_ones(day: Day) -> None:
    areas = {area.code for area in load_region("jakarta").areas}
    assert {truth.kelurahan for truth in day.truth.values()} - {""} <= areas


def test_statuses_go_both_ways(day: Day) -> None:
    moves = [event.body["status"] for event in day.events if event.do == "progress"]
    assert Counter(moves).keys() == {"process", "complete", "wait"}


def test_mails_mean_what_they_should(day: Day) -> None:
    kinds: Counter[str] = Counter()
    for event in mails(day):
        try:
            kinds[type(read(event.raw)).__name__] += 1
        except ValueError:
            kinds["refused"] += 1
    assert kinds["refused"] == day.refusable - 1 == 2  # and a row of the spreadsheet
    assert kinds["Skip"] >= 12
    assert kinds["Addition"] >= 2
    assert kinds["Complaint"] > 120


def test_robots_are_no_citizens(day: Day) -> None:
    robots = [event for event in mails(day) if event.name.startswith("robot")]
    assert robots
    assert all(isinstance(read(event.raw), Skip) for event in robots)


def test_a_forward_keeps_its_complaint(day: Day) -> None:
    forwards = [event for event in mails(day) if b"Forwarded message" in event.raw]
    readings = [read(event.raw) for event in forwards]
    assert readings
    assert all(isinstance(one, Complaint) and len(one.text) > 60 for one in readings)


def test_officials_are_complained_of_where_it_stays_secret(day: Day) -> None:
    told = [(channel, name) for (channel, name), truth in day.truth.items() if truth.kind == "pungli"]
    assert sorted(channel for channel, _ in told) == ["balaiwarga", "email", "facebook"]
    names = {name for _, name in told}
    assert [event.body["act"] for event in shown(day, "wall") if event.name in names] == ["message"]
    assert [event.body["anonim"] for event in shown(day, "form") if event.name in names] == [True]


def test_some_things_are_secret(day: Day) -> None:
    assert sum(row["rahasia"] for row in day.rows) == 1
    assert sum(event.body["rahasia"] for event in shown(day, "form")) >= 3
    exported = shown(day, "export")
    assert exported
    assert all(event.body["rahasia"] == "1" for event in exported)
    assert {event.body["rahasia"] for event in shown(day, "stream")} == {"0"}


def test_one_incident_is_told_on_many_channels(day: Day) -> None:
    told: dict[str, set[str]] = {}
    for (channel, _), truth in day.truth.items():
        told.setdefault(truth.incident, set()).add(channel)
    assert sum(len(channels) >= 5 for channels in told.values()) >= 50
    assert max(map(len, told.values())) >= 8


def test_the_flood_map_is_terse_and_its_drill_is_marked(day: Day) -> None:
    cards = [event.body for event in shown(day, "card")]
    own = [card for card in cards if card.get("source") != "qlue" and not card.get("is_training")]
    assert sum(not card["text"] for card in own) > len(own) / 4
    assert all(card["report_data"]["flood_depth"] for card in own)
    assert sum(bool(card.get("is_training")) for card in cards) == 2
    assert any(card.get("source") == "qlue" for card in cards)
    assert any((card["lat"], card["lon"]) == MONAS for card in own)


def test_messenger_is_chatty_within_two_minutes(day: Day) -> None:
    bits: dict[str, list[timedelta]] = {}
    for event in shown(day, "wall"):
        if event.body["act"] == "message":
            bits.setdefault(event.body["who"], []).append(event.at)
    bursts = [[at for at in said if at - said[0] <= timedelta(minutes=2)] for said in bits.values()]
    assert sum(len(burst) >= 3 for burst in bursts) > len(bursts) / 2


def test_people_do_on_facebook_what_people_do(day: Day) -> None:
    acts = Counter(event.body["act"] for event in shown(day, "wall"))
    assert acts.keys() == {"own", "message", "comment", "post", "edit", "remove", "echo", "again"}
    assert any("late" in event.body for event in shown(day, "wall"))


def test_posts_on_x_call_the_account_quote_and_are_corrected(day: Day) -> None:
    posts = [event for event in shown(day, "tweet") if ("twitter", event.name) in day.truth]
    called = sum(f"@{ACCOUNT}" in event.body["text"] for event in posts)
    assert 0.75 < called / len(posts) < 0.97
    kinds = {one["type"] for event in shown(day, "tweet") for one in event.body.get("referenced_tweets", ())}
    assert kinds == {"quoted", "retweeted", "replied_to"}
    assert shown(day, "retype")
    assert any(event.body.get("author_id") == ACCOUNT_ID for event in shown(day, "tweet"))


def test_news_and_jokes_on_x_are_no_complaints() -> None:
    words, sieve = Words(START), load_filter()
    for text in (*words.all("news"), *words.all("jokes")):
        assert sieve.refusal(Signs(text)), text
    for text in words.all("news"):
        assert sieve.refusal(Signs(f"{text} @{ACCOUNT}", called=True)), text


def test_statuses_at_lapor_go_back_too(day: Day) -> None:
    moves = [event.body["status"] for event in shown(day, "disposition")]
    assert Counter(moves).keys() == {"Terdisposisi", "Proses", "Selesai", "Ditanggapi oleh pelapor"}


def test_the_counter_and_the_form(day: Day) -> None:
    entries = [DeskEntry.model_validate({**event.body, "number": "JKT-EGZ6Y7DS"}) for event in shown(day, "entry")]
    assert any(entry.role == "rt" for entry in entries)
    waits = [day.start + event.at - entry.at for event, entry in zip(shown(day, "entry"), entries, strict=True)]
    assert max(waits) > timedelta(minutes=20)
    forms = Counter(event.name for event in shown(day, "form"))
    assert set(forms.values()) == {1, 2}
    assert any(event.body["photos"] for event in shown(day, "form"))


def test_the_spreadsheet_grows_and_one_row_is_wrong(day: Day) -> None:
    first, second = (event.body["rows"] for event in shown(day, "sheet"))
    assert second[: len(first)] == first
    assert len(second) > len(first)
    assert [row["Tanggal"] for row in second].count("kemarin lusa") == 1


def test_citizens_answer_on_three_channels(day: Day) -> None:
    assert {channel for channel, _ in day.talkers} == {"email", "twitter", "facebook"}
    intents = {read_intent(answer.words) for answer in day.talkers.values()}
    assert intents == {"beda", "not-done", "thanks", "words"}
    assert any(answer.photo for answer in day.talkers.values())


def test_people_are_plainly_made_up(day: Day) -> None:
    for event in mails(day):
        assert b"@example.org" in event.raw
    users = {event.body["profile"]["username"] for event in day.events if event.do == "marker"}
    assert all(user.startswith("warga_contoh_") for user in users)


def test_a_photo_says_where_it_was_taken() -> None:
    picture = examine(draw("contoh", (-6.2, 106.8), "2026:01:11 06:00:00"))
    assert (picture.lat, picture.lon) == pytest.approx((-6.2, 106.8), abs=1e-5)
    assert examine(draw("contoh")).lat is None


def test_a_citizen_answers_in_the_thread_of_the_hub() -> None:
    head = f"From: {HUB}\nTo: Warga Contoh <w@example.org>\nSubject: [JKT-EGZ6Y7DS] x\n"
    ours = f"{head}Message-ID: <k.JKT-EGZ6Y7DS@jakarta.test>\n\nhalo\n"
    reading = read(answer_to(ours.encode(), "Belum surut.", START, 1))
    assert type(reading).__name__ == "Addition"
    assert getattr(reading, "complaint").text == "Belum surut."  # noqa: B009 - the line above is the type's check


def test_a_bounce_names_the_mail_that_came_back() -> None:
    ours = f"From: {HUB}\nTo: w@example.org\nMessage-ID: <kunci.JKT-EGZ6Y7DS@jakarta.test>\n\nhalo\n"
    reading = read(bounce_of(ours.encode(), "aduan+kunci@jakarta.test", START, 1))
    assert type(reading).__name__ == "Outcome"
    assert getattr(reading, "key") == "kunci"  # noqa: B009 - the line above is the type's check
