"""The recorded day: the same at every run, in the shapes that the channels read, and without a hint of its truth."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from hub.images import examine
from hub.plugin import Complaint, Item, Skip
from hub.regions import load_region
from plugins.email.options import MailOptions
from plugins.email.reading import read_mail
from sandbox.day import LENGTH, Day, Event, make_day
from sandbox.day.letters import HUB
from sandbox.day.photos import draw
from sandbox.day.robots import answer_to, bounce_of

START = datetime(2026, 1, 10, 22, 30, tzinfo=UTC)
OPTIONS = MailOptions(host="127.0.0.1", username=HUB, password="x", from_address=HUB)


@pytest.fixture(scope="module")
def day() -> Day:
    return make_day(START)


def mails(day: Day) -> list[Event]:
    return [event for event in day.events if event.do == "mail"]


def read(raw: bytes) -> object:
    return read_mail(Item(sha256(raw).hexdigest(), raw, meta={"internaldate": START.isoformat()}), OPTIONS)


def test_the_same_seed_gives_the_same_day(day: Day) -> None:
    assert make_day(START).events == day.events
    assert make_day(START, seed=1).events != day.events


def test_it_is_a_full_morning_on_every_channel(day: Day) -> None:
    by_channel = Counter(channel for channel, _ in day.truth)
    assert 1800 <= sum(by_channel.values()) <= 2300
    assert all(by_channel[channel] >= 400 for channel in ("waze", "qlue", "email"))
    by_incident = Counter(truth.incident for truth in day.truth.values())
    assert 300 <= len(by_incident) <= 450
    assert max(by_incident.values()) >= 25


def test_complaints_come_in_the_morning_and_ends_after_beginnings(day: Day) -> None:
    shown: dict[str, timedelta] = {}
    for event in day.events:
        if event.do in {"alert", "marker", "mail"}:
            shown[event.name] = event.at
            assert timedelta() <= event.at <= LENGTH + timedelta(hours=1)
        else:
            assert event.at >= shown[event.name]


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
    assert kinds["refused"] == day.refusable == 2
    assert kinds["Skip"] >= 12
    assert kinds["Addition"] >= 5
    assert kinds["Complaint"] > 400


def test_robots_are_no_citizens(day: Day) -> None:
    robots = [event for event in mails(day) if event.name.startswith("robot")]
    assert robots
    assert all(isinstance(read(event.raw), Skip) for event in robots)


def test_a_forward_keeps_its_complaint(day: Day) -> None:
    forwards = [event for event in mails(day) if b"Forwarded message" in event.raw]
    readings = [read(event.raw) for event in forwards]
    assert readings
    assert all(isinstance(one, Complaint) and len(one.text) > 60 for one in readings)


def test_exactly_one_complaint_is_about_an_official_and_one_is_secret(day: Day) -> None:
    assert Counter(truth.kind for truth in day.truth.values())["pungli"] == 1
    assert sum(row["rahasia"] for row in day.rows) == 1


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
