"""The Facebook page through the day: what people do there, pushed to the hub, and pushed again when it was away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import httpx2

from sandbox.day.model import Day, Event
from sandbox.facebook import Page

OF_THE_DAY = 100_000
"""From here on count the ids of the day's own events, however much is answered in between: the same in every run."""


class Wall:
    """Lets events happen on a page, by its own ids."""

    def __init__(self, page: Page, day: Day, photo: Callable[[str], str]) -> None:
        self._page, self._day, self._photo = page, day, photo
        self._real: dict[str, str] = {}
        """The page's own ids of what the day knows by names of its own."""
        self._now = page.clock
        self._undelivered: list[bytes] = []
        self._shown = 0

    async def show(self, event: Event) -> None:
        """Let one thing happen. Facebook keeps what the hub did not take, and pushes it again later, in order."""
        await self.push_again()
        body = event.body
        late = timedelta(minutes=body.get("late", 0))
        at = self._day.start + event.at - late
        self._page.clock = lambda: at
        before, count = len(self._page.pushed), self._page.count
        self._shown += 1
        self._page.count = OF_THE_DAY + self._shown
        try:
            real = await self._act(event)
        except httpx2.TransportError:
            self._undelivered += self._page.pushed[before:]
            real = self._newest(event)
        finally:
            self._page.clock, self._page.count = self._now, count
        if real:
            self._real[event.name] = real
            self._day.rename("facebook", event.name, real)

    async def say(self, person: str, text: str, photo: str) -> None:
        """Let somebody write by Messenger now."""
        before = len(self._page.pushed)
        try:
            await self._page.message(person, text, images=[photo] if photo else [])
        except httpx2.TransportError:
            self._undelivered += self._page.pushed[before:]

    async def push_again(self) -> None:
        """Push what the hub did not take before."""
        while self._undelivered:
            try:
                await self._page.send(self._undelivered[0])
            except httpx2.TransportError:
                return
            del self._undelivered[0]

    async def _act(self, event: Event) -> str:
        page, body = self._page, event.body
        who, text = body.get("who", page.id), body.get("text", "")
        photo = self._photo(body["photo"]) if "photo" in body else ""
        match body["act"]:
            case "own" | "post":
                return await page.post(who, text, photo)
            case "comment":
                return await page.comment(who, self._real[body["below"]], text, photo=photo)
            case "message":
                return await page.message(who, text, images=[photo] if photo else [])
            case "edit":
                await page.edit(self._real[body["of"]], text)
            case "remove":
                await page.remove(self._real[body["of"]])
            case "echo":
                await page.echo(who, text)
            case "again" if len(page.pushed) >= body["back"]:
                await page.send(page.pushed[-body["back"]])
        return ""

    def _newest(self, event: Event) -> str:
        """Give the id of what was just written although its push failed."""
        body, page = event.body, self._page
        match body["act"]:
            case "own" | "post":
                return next(reversed(page.posts))
            case "comment":
                return str(page.under[self._real[body["below"]]][-1]["id"])
            case "message":
                return str(page.talks[body["who"]][-1]["id"])
        return ""
