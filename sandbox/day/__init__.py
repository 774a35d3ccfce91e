"""A flood morning in Jakarta that never was, in the real shapes of its channels. The same seed, the same day."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from sandbox.day.alerts import TAPPED, Alerts
from sandbox.day.cards import Cards
from sandbox.day.desks import Desks
from sandbox.day.hostile import WAYS
from sandbox.day.incidents import make_incidents, make_voices
from sandbox.day.mails import Mails
from sandbox.day.markers import Markers
from sandbox.day.model import LENGTH, TAIL, Answer, Channel, Day, Event, Truth, Voice
from sandbox.day.rows import make_rows
from sandbox.day.streams import Streams
from sandbox.day.tweets import Tweets
from sandbox.day.walls import Walls
from sandbox.day.words import Words

__all__ = ["LENGTH", "TAIL", "Answer", "Channel", "Day", "Event", "Truth", "make_day"]

ROWS = 6
FIRST = {"alert", "marker", "tweet", "stream"}
"""What appears, before what happens to it in the same moment."""
COPIED = 12
"""Of so many floods on Qlue the map shows one."""
DRILLS = 2


def make_day(start: datetime, seed: int = 2026, share: float = 1.0) -> Day:
    """Record the morning that begins at this instant. `share` keeps only a part of the incidents, for quick tries."""
    day, words = Day(start), Words(start)
    happened = make_incidents(_dice(seed, "incidents"), words.details)
    if share < 1:
        happened = _dice(seed, "share").sample(happened, max(1, round(len(happened) * share)))
    voices = make_voices(happened, _dice(seed, "voices"))
    _speak(day, words, voices, seed)
    placed = [incident for incident, kind in happened if kind.placed and kind.code != "pungli"]
    desk = _dice(seed, "desk")
    day.rows = make_rows(day, words, desk.sample(placed, min(ROWS, len(placed))), desk)
    day.events.sort(key=lambda event: (event.at, event.name, event.do not in FIRST))
    _leave_one(day)
    return day


def _leave_one(day: Day) -> None:
    """Let one report stand on Qlue from the beginning: its list is never empty, an empty one is a fault."""
    first = next((event for event in day.events if event.do == "marker"), None)
    if first is not None:
        day.events.remove(first)
        day.events.insert(0, replace(first, at=timedelta()))


def _speak(day: Day, words: Words, voices: list[Voice], seed: int) -> None:
    alerts = Alerts(day, words, _dice(seed, "waze"))
    markers = Markers(day, words, _dice(seed, "qlue"))
    mails = Mails(day, words, _dice(seed, "email"))
    tweets = Tweets(day, words, _dice(seed, "twitter"))
    streams = Streams(day, words, _dice(seed, "lapor"))
    cards = Cards(day, words, _dice(seed, "petajakarta"))
    walls = Walls(day, words, _dice(seed, "facebook"))
    desks = Desks(day, words, _dice(seed, "desks"))
    ways: dict[Channel, Callable[[Voice], None]] = {
        "waze": alerts.tap,
        "qlue": markers.pin,
        "email": mails.write,
        "twitter": tweets.post,
        "lapor": streams.report,
        "petajakarta": cards.pin,
        "facebook": walls.write,
        "balaiwarga": desks.fill_in,
        "posko": desks.note_down,
        "file": desks.list_up,
    }
    for voice in voices:
        known = voice.channel != "waze" or voice.incident.kind in TAPPED
        ways[voice.channel if known else "qlue"](voice)
    for noise in (alerts.make_noise, mails.write_robots, tweets.make_noise, walls.make_noise, desks.save_sheets):
        noise()
    _copy_floods(day, cards, voices)
    victims = [voice for voice in voices if voice.incident.kind in {"sampah", "saluran-air"}]
    if len(victims) >= len(WAYS):
        mails.write_hostile(_dice(seed, "hostile").sample(victims, len(WAYS)))


def _copy_floods(day: Day, cards: Cards, voices: list[Voice]) -> None:
    """Let the flood map show some of Qlue's floods, and a drill."""
    floods = [
        event
        for event in day.events
        if event.do == "marker"
        and day.truth["qlue", event.name].kind == "banjir"
        and event.body["profile"]["location"]["lat"]
    ]
    cards.copy(floods[::COPIED])
    drilled = [voice for voice in voices if voice.incident.kind == "banjir"][:DRILLS]
    for voice in drilled:
        cards.drill(voice)


def _dice(seed: int, purpose: str) -> random.Random:
    """Give dice of their own to each purpose, so that a change in one leaves the others as they were."""
    return random.Random(f"{seed} {purpose}")
