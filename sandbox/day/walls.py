"""The morning on the city's Facebook page: Messenger bit by bit, comments, visitors' posts, and the page's own."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from sandbox.day.model import LENGTH, MINUTE, Day, Event, Voice
from sandbox.day.tweets import answer_of
from sandbox.day.words import Words

LATE = 24.5 * 60 * MINUTE
"""So old is a message that Facebook hands over late: the time to answer it has passed."""
PICTURES = 12
POSTS = "halaman"


class Walls:
    """Writes on the page. Ids are made by the page itself; here everything has a name of its own."""

    def __init__(self, day: Day, words: Words, rng: random.Random) -> None:
        self._day, self._words, self._rng = day, words, rng
        self._count = self._late = 0

    def write(self, voice: Voice) -> None:
        """Let a citizen write to the page, in one of three ways. What must stay secret is told by Messenger."""
        dice = self._rng.random()
        if dice < 0.5 or voice.incident.kind == "pungli":
            self._chat(voice)
        elif dice < 0.85:
            self._comment(voice)
        else:
            text = self._words.short(voice.incident, self._rng, placed=True)
            name = self._act(voice.at, "post", voice, text=text, photo=self._photo(0.5))
            self._day.hear(voice, name)
            self._change(voice, name, text)

    def make_noise(self) -> None:
        """Let the page itself post and write, and Facebook push some of it twice."""
        rng = self._rng
        for number, text in enumerate(self._words.all("page_posts")):
            self._day.events.append(Event(timedelta(), "wall", f"{POSTS}-{number}", {"act": "own", "text": text}))
        for number, text in enumerate(self._words.all("page_inbox")):
            at = rng.uniform(60, LENGTH / MINUTE) * MINUTE
            self._day.events.append(Event(at, "wall", f"gema-{number}", {"act": "echo", "who": "8", "text": text}))
        for number in range(6):
            at = rng.uniform(60, LENGTH / MINUTE) * MINUTE
            self._day.events.append(Event(at, "wall", f"ulang-{number}", {"act": "again", "back": rng.randint(1, 12)}))

    def _chat(self, voice: Voice) -> None:
        rng, at = self._rng, voice.at
        bits = self._words.chat(voice.incident, rng)
        first = ""
        late = self._late < 2 and voice.incident.placed and rng.random() < 0.15
        self._late += late
        for bit in bits:
            name = self._act(at, "message", voice, text=bit, late=LATE / MINUTE if late else 0)
            first = first or name
            at += rng.randint(5, 25) * MINUTE / 60
        if rng.random() < 0.35 and voice.incident.placed and not late:
            self._act(at, "message", voice, photo=self._photo(1))
        self._day.hear(voice, first)
        dice = rng.random()
        if dice < 0.12 or (late and self._late == 2):
            later = at + rng.randint(4, 10 if late else 60) * MINUTE
            self._act(later, "message", voice, text=self._words.pick("chat_more", rng))
        elif dice < 0.3:
            self._day.talkers["facebook", who_is(voice)] = answer_of(self._words, rng)

    def _comment(self, voice: Voice) -> None:
        text = self._words.short(voice.incident, self._rng, placed=True)
        below = f"{POSTS}-{self._rng.randrange(len(self._words.all('page_posts')))}"
        name = self._act(voice.at, "comment", voice, text=text, below=below, photo=self._photo(0.2))
        self._day.hear(voice, name)
        self._change(voice, name, text)

    def _change(self, voice: Voice, name: str, text: str) -> None:
        """Let some correct what they wrote, and one in a while take it away."""
        later, dice = voice.at + self._rng.randint(3, 30) * MINUTE, self._rng.random()
        if dice < 0.08:
            place = self._words.place(voice.incident, self._rng, "place_formal")
            self._act(later, "edit", voice, text=f"{text} {place}".strip(), of=name)
        elif dice < 0.13:
            self._act(later, "remove", voice, of=name)

    def _photo(self, likely: float) -> str:
        if self._rng.random() >= likely:
            return ""
        picture = f"fb-{self._rng.randrange(PICTURES):02d}.jpg"
        self._day.photos.setdefault(picture, None)
        return picture

    def _act(self, at: timedelta, act: str, voice: Voice, **more: Any) -> str:
        self._count += 1
        name = f"fb-{self._count:04d}"
        body = {"act": act, "who": who_is(voice)} | {key: value for key, value in more.items() if value}
        self._day.events.append(Event(at, "wall", name, body))
        return name


def who_is(voice: Voice) -> str:
    """Give a citizen's number on Facebook."""
    return str(70_000 + voice.citizen)
