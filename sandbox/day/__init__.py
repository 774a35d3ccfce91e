"""A flood morning in Jakarta that never was, in the real shapes of its channels. The same seed, the same day."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta

from sandbox.day.alerts import TAPPED, Alerts
from sandbox.day.hostile import WAYS
from sandbox.day.incidents import make_incidents, make_voices
from sandbox.day.mails import Mails
from sandbox.day.markers import Markers
from sandbox.day.model import LENGTH, TAIL, Day, Event, Truth, Voice
from sandbox.day.rows import make_rows
from sandbox.day.words import Words

__all__ = ["LENGTH", "TAIL", "Day", "Event", "Truth", "make_day"]

ROWS = 6


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
    day.events.sort(key=lambda event: (event.at, event.name, event.do != "alert"))
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
    ways = {"waze": alerts.tap, "qlue": markers.pin, "email": mails.write}
    for voice in voices:
        known = voice.channel != "waze" or voice.incident.kind in TAPPED
        ways[voice.channel if known else "qlue"](voice)
    alerts.make_noise()
    mails.write_robots()
    victims = [voice for voice in voices if voice.incident.kind in {"sampah", "saluran-air"}]
    if len(victims) >= len(WAYS):
        mails.write_hostile(_dice(seed, "hostile").sample(victims, len(WAYS)))


def _dice(seed: int, purpose: str) -> random.Random:
    """Give dice of their own to each purpose, so that a change in one leaves the others as they were."""
    return random.Random(f"{seed} {purpose}")
