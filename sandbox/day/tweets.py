"""The morning on X: short posts to the account or about it, retweets, quotes, edits, and much that is no complaint."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from sandbox.day.incidents import moved
from sandbox.day.model import LENGTH, MINUTE, Answer, Day, Event, Voice
from sandbox.day.words import Words

ACCOUNT = "AduanKota"
ACCOUNT_ID = "1000000000000000009"
QUERY = f"(banjir OR tumbang OR berlubang OR padam) -is:retweet -from:{ACCOUNT}"
"""What the hub searches for beside the mentions."""
EPOCH = 1288834974657
"""Milliseconds since 1970 at which X's ids begin."""
FIRST_USER = 1_500_000_000_000_000_000
PICTURES = 12


class Tweets:
    """Posts into a day."""

    def __init__(self, day: Day, words: Words, rng: random.Random) -> None:
        self._day, self._words, self._rng = day, words, rng
        self._count = 0
        self._latest: dict[str, tuple[str, str]] = {}
        """Id and text of the newest post about an incident."""

    def post(self, voice: Voice) -> None:
        """Let a citizen post; some quote a neighbour, correct themselves, write on, or talk when they are answered."""
        rng, incident = self._rng, voice.incident
        called = rng.random() < 0.86 or not incident.placed
        said = self._words.post(incident, rng)
        text = f"@{ACCOUNT} {said}" if called else self._findable(voice, said)
        dice, before = rng.random(), self._latest.get(incident.id)
        if before and dice < 0.12:
            text = f"@{ACCOUNT} {self._words.pick('post_again', rng)}"
            body = self._body(voice, text) | {"referenced_tweets": [{"type": "quoted", "id": before[0]}]}
        else:
            body = self._body(voice, text) | self._whereabouts(voice)
        name = self._show(voice, voice.at, body)
        self._day.hear(voice, name)
        self._latest[incident.id] = (name, text)
        self._go_on(voice, name, text, called=called)

    def make_noise(self) -> None:
        """Let papers, jokers, and the account itself post, and others retweet."""
        for number, text in enumerate(self._words.all("news") * 3):
            self._say(text if number % 2 else f"{text} @{ACCOUNT}", 900_000 + number)
        for number, text in enumerate(self._words.all("jokes") * 2):
            self._say(text, 905_000 + number)
        for text in self._words.all("own_posts"):
            self._say(text, 0)
        for number, (name, text) in enumerate(list(self._latest.values())[:: max(1, len(self._latest) // 14)]):
            again = {"referenced_tweets": [{"type": "retweeted", "id": name}]}
            self._say(f"RT @warga: {text}"[:280], 910_000 + number, **again)

    def _go_on(self, voice: Voice, name: str, text: str, *, called: bool) -> None:
        rng, dice = self._rng, self._rng.random()
        if dice < 0.06:
            fixed = {"text": text.replace("  ", " ") + " (ralat: " + self._words.place(voice.incident, rng) + ")"}
            self._day.events.append(Event(voice.at + rng.randint(2, 25) * MINUTE, "retype", name, fixed))
        elif dice < 0.11:
            later = voice.at + rng.randint(8, 50) * MINUTE
            more = self._body(voice, f"@{ACCOUNT} {self._words.pick('post_more', rng)}")
            more |= {"conversation_id": name, "referenced_tweets": [{"type": "replied_to", "id": name}]}
            self._show(voice, later, more | {"in_reply_to_user_id": user_of(voice.citizen)})
        elif dice < 0.20 and called:
            self._day.talkers["twitter", user_of(voice.citizen)] = answer_of(self._words, rng)

    def _findable(self, voice: Voice, said: str) -> str:
        """Write about it without calling the account: only who searches finds it."""
        word = {"banjir": "banjir", "pohon": "tumbang", "jalan-rusak": "berlubang", "lampu-jalan": "padam"}
        known = word.get(voice.incident.kind, "banjir")
        return said if known in said else f"{said} {known}"

    def _whereabouts(self, voice: Voice) -> dict[str, Any]:
        """Few posts carry a point, some the box of a kecamatan, some a photo."""
        rng, incident = self._rng, voice.incident
        more: dict[str, Any] = {}
        dice = rng.random()
        if dice < 0.1 and incident.placed:
            lat, lon = moved(incident.lat, incident.lon, 30, rng)
            more["geo"] = {"coordinates": {"type": "Point", "coordinates": [lon, lat]}}
        elif dice < 0.22 and incident.placed:
            more["place"] = incident.spot.kecamatan
        if rng.random() < 0.3:
            picture = f"x-{rng.randrange(PICTURES):02d}.jpg"
            self._day.photos.setdefault(picture, None)
            more["photo"] = picture
        return more

    def _body(self, voice: Voice, text: str) -> dict[str, Any]:
        name = f"Warga Contoh {voice.citizen}"
        return {"text": text, "user": {"id": user_of(voice.citizen), "name": name, "username": f"warga{voice.citizen}"}}

    def _say(self, text: str, who: int, **more: Any) -> None:
        at = self._rng.uniform(30, LENGTH / MINUTE) * MINUTE
        user = {"id": user_of(who), "name": f"Akun Contoh {who}", "username": f"akun{who}"} if who else None
        body = {"text": text, **more} | ({"user": user} if user else {"author_id": ACCOUNT_ID})
        self._day.events.append(Event(at, "tweet", self._id(at), body))

    def _show(self, voice: Voice, at: timedelta, body: dict[str, Any]) -> str:
        name = self._id(at)
        self._day.events.append(Event(at, "tweet", name, body))
        return name

    def _id(self, at: timedelta) -> str:
        self._count += 1
        return str(snowflake(self._day.start + at) + self._count % 4096)


def user_of(citizen: int) -> str:
    """Give a citizen's number on X."""
    return str(FIRST_USER + citizen)


def snowflake(at: datetime) -> int:
    """Give the first id of an instant."""
    return (int(at.timestamp() * 1000) - EPOCH) << 22


def answer_of(words: Words, rng: random.Random) -> Answer:
    """Choose what a citizen answers: not mine, not done, thank you, or just more."""
    dice = rng.random()
    if dice < 0.3:
        return Answer(words.pick("not_mine", rng), "BEDA")
    if dice < 0.6:
        return Answer(words.pick("not_done", rng), "selesai ditindaklanjuti", photo=rng.random() < 0.5)
    if dice < 0.8:
        return Answer(words.pick("thanks", rng), "selesai ditindaklanjuti")
    return Answer(words.pick("still", rng))
