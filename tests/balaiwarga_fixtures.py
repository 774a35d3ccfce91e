"""A running hub whose only channel is the city's form, and a browser without JavaScript before it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

from PIL import Image
from pydantic import SecretStr
from sqlalchemy import select

import plugins.balaiwarga
from hub.clock import ManualClock
from hub.host import Hub
from hub.plugin import Item
from hub.registry import Registry
from hub.settings import HubSettings, Settings, WebSettings
from hub.settings.model import ChannelSettings
from hub.store import tables
from tests.web_fixtures import NOW, Office, browse

WORDS = "Air setinggi lutut di gang contoh, pompa tidak menyala"
NO_FILES = [("foto", ("", b"", "application/octet-stream"))]
"""What a browser sends where no file was chosen."""
READING = timedelta(seconds=10)
"""What a person needs for the form at least."""


class Entry:
    """The entry point, as an installed package would announce it."""

    name = "balaiwarga"

    def load(self) -> Any:
        return plugins.balaiwarga


class Loaded(Registry):
    """Plugins that are in before the routes are asked for."""

    def __init__(self) -> None:
        super().__init__(lambda: [Entry()], {})
        super().load()

    def load(self, select: Any = None) -> None:
        return None


@dataclass
class City(Office):
    """The office, and what a citizen does with the pages."""

    def form(self) -> dict[str, str]:
        """Open the form and give its hidden fields."""
        text = self.browser.get("/lapor").text
        return hidden(text)

    def send(self, fields: dict[str, Any], photos: Sequence[bytes] = (), *, wait: timedelta = READING) -> Any:
        """Send a form after a person's time."""
        self.clock.advance(wait)
        files = [("foto", (f"foto-{n}.jpg", photo, "image/jpeg")) for n, photo in enumerate(photos)]
        return self.browser.post(
            "/lapor", data=fields, files=files or [("foto", ("", b"", "application/octet-stream"))]
        )

    def complain(self, **said: Any) -> tuple[str, str]:
        """Complain, follow to the receipt; give its number and the private path."""
        photos = said.pop("photos", ())
        answer = self.send(self.form() | {"cerita": WORDS, "anonim": "1"} | said, photos)
        assert answer.status_code == 303, re.findall(r'<li><a href="#\w+">([^<]+)', answer.text) or answer.text[:500]
        return read_receipt(self.browser.get(answer.headers["location"]).text)

    def settle(self) -> None:
        """Let the hub process and deliver all that is due."""
        self.browser.portal.call(self.hub.settle)  # type: ignore[union-attr]

    def submit(self, channel: str, items: Sequence[Item]) -> None:
        self.browser.portal.call(self.hub._take, channel, items)  # type: ignore[union-attr]

    def count(self, table: str) -> int:
        return len(self.read(lambda c: c.execute(select(getattr(tables, table))).all()))


def hidden(text: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text))


def read_receipt(text: str) -> tuple[str, str]:
    number = re.search(r'class="big-number">([^<]+)<', text)
    link = re.search(r'class="address"><a href="http://[^/]+(/lacak/[^"]+)"', text)
    assert number is not None
    assert link is not None
    return unescape(number[1]), link[1]


def photo(colour: str = "teal", size: tuple[int, int] = (64, 48)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


def settings_of(folder: Path, channels: Sequence[ChannelSettings]) -> Settings:
    return Settings(
        hub=HubSettings(database=f"sqlite:///{folder / 'aduan.db'}", blobs=folder / "blobs"),
        web=WebSettings(secret_key=SecretStr("only for tests"), public_url="http://hub.test"),
        channels=tuple(channels),
    )


@contextmanager
def open_city(folder: Path, clock: Any = None, channels: Sequence[ChannelSettings] | None = None) -> Iterator[City]:
    """Open a hub with the form, nothing running by itself."""
    clock = clock or ManualClock(NOW)
    wanted = [ChannelSettings(kind="balaiwarga")] if channels is None else channels
    hub = Hub(settings_of(folder, wanted), clock, registry=Loaded())

    with browse(hub) as (app, browser):
        yield City(hub, app, browser, clock)
