"""The morning in the mailbox: what citizens write by mail, and what robots and broken programs send beside."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from hashlib import sha256

from sandbox.day import hostile, letters
from sandbox.day.incidents import moved
from sandbox.day.letters import Letter
from sandbox.day.model import LENGTH, MINUTE, ZONE, Day, Event, Voice
from sandbox.day.photos import draw
from sandbox.day.robots import make_robots
from sandbox.day.tweets import answer_of
from sandbox.day.words import Words

FORMS = ("plain", "webmail", "html_only", "signed", "forwarded", "outlook", "photo", "paper")
SHARES = (30, 20, 10, 8, 6, 5, 18, 3)


class Mails:
    """Writes mails into a day."""

    def __init__(self, day: Day, words: Words, rng: random.Random) -> None:
        self._day, self._words, self._rng = day, words, rng
        self._number = 0
        self._forms: dict[str, Callable[[Voice, Letter], EmailMessage]] = {
            "plain": lambda _voice, letter: letters.plain(letter),
            "webmail": lambda _voice, letter: letters.webmail(letter),
            "html_only": lambda _voice, letter: letters.html_only(letter),
            "signed": lambda voice, letter: letters.signed(
                letter, words.place(voice.incident, rng, "place_formal") or "Jakarta"
            ),
            "forwarded": lambda voice, letter: letters.forwarded(letter, f"Warga Contoh {voice.citizen + 5000}"),
            "outlook": lambda voice, letter: letters.outlook(letter, words.core(voice.incident, rng)),
            "photo": self._photo,
            "paper": lambda _voice, letter: letters.with_paper(letter),
        }

    def write(self, voice: Voice) -> None:
        """Let a citizen write about an incident; some write again, or talk on when they are answered."""
        rng = self._rng
        letter = self._letter(voice)
        mail = self._forms[rng.choices(FORMS, SHARES)[0]](voice, letter)
        self._send(voice, voice.at, mail)
        dice = rng.random()
        if dice < 0.12:
            self._day.talkers["email", letter.address] = answer_of(self._words, rng)
        elif dice < 0.13:
            self._day.unreachable.add(letter.address)
        elif dice < 0.16:
            self._write_on(voice, letter)
        elif dice < 0.20:
            again = replace(letter, number=self._count(), at=letter.at + 6 * MINUTE)
            self._send(voice, voice.at + 6 * MINUTE, letters.plain(again))

    def write_robots(self) -> None:
        """Let robots write: they are no citizens."""
        for number, raw in enumerate(make_robots(self._day.start, self._rng)):
            at = self._rng.uniform(0, LENGTH / MINUTE) * MINUTE
            self._day.events.append(Event(at, "mail", f"robot-{number}", raw=raw))

    def write_hostile(self, voices: list[Voice]) -> None:
        """Let broken programs and attackers write, each about an incident of one of the voices."""
        for voice, spoil in zip(voices, hostile.WAYS, strict=True):
            raw = spoil(self._letter(voice))
            name = sha256(raw).hexdigest()
            self._day.events.append(Event(voice.at, "mail", name, raw=raw))
            self._day.hear(replace(voice, channel="email"), name)
            self._day.refusable += spoil in hostile.REFUSABLE

    def _letter(self, voice: Voice) -> Letter:
        return Letter(
            name=f"Warga Contoh {voice.citizen}",
            address=f"warga{voice.citizen}@example.org",
            subject=self._words.subject(voice.incident, self._rng),
            text=self._words.long(voice.incident, voice.at, self._rng),
            at=self._day.start + voice.at,
            number=self._count(),
        )

    def _write_on(self, voice: Voice, letter: Letter) -> None:
        """Continue one's own mail, a little later."""
        later = voice.at + self._rng.randint(10, 40) * MINUTE
        more = replace(
            letter,
            subject=f"Re: {letter.subject}",
            text=self._words.pick("still", self._rng),
            at=self._day.start + later,
            number=self._count(),
            answers=letter.message_id,
        )
        self._send(voice, later, letters.answer(more, letter.text))

    def _photo(self, voice: Voice, letter: Letter) -> EmailMessage:
        """Attach a photo; two thirds of the cameras say where they were."""
        incident, rng = voice.incident, self._rng
        spot = moved(incident.lat, incident.lon, 15, rng) if rng.random() < 0.67 and incident.placed else None
        picture = draw(f"surat-{letter.number}", spot, f"{letter.at.astimezone(ZONE):%Y:%m:%d %H:%M:%S}")
        return letters.with_photo(letter, picture, inline=rng.random() < 0.3)

    def _send(self, voice: Voice, at: timedelta, mail: EmailMessage) -> None:
        raw = letters.written(mail)
        name = sha256(raw).hexdigest()
        self._day.events.append(Event(at, "mail", name, raw=raw))
        self._day.hear(voice, name)

    def _count(self) -> int:
        self._number += 1
        return self._number
