"""A counter to work at: the pages of a real hub with a posko channel, and a browser before them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from pydantic import SecretStr
from sqlalchemy import select

from hub.clock import ManualClock
from hub.host import Hub
from hub.registry import Registry
from hub.settings import ChannelSettings, HubSettings, Settings, WebSettings
from hub.store import tables
from tests.web_fixtures import NOW, TEBET, Office, browse

WORDS = "banjir setinggi lutut di depan pasar, air masuk rumah"


@contextmanager
def open_counter(folder: Path, *, counter: bool = True) -> Iterator[Office]:
    """An office whose hub has a posko channel, and processes what comes in when told to."""
    settings = Settings(
        hub=HubSettings(database=f"sqlite:///{folder / 'aduan.db'}", blobs=folder / "blobs"),
        web=WebSettings(secret_key=SecretStr("only for tests")),
        channel=[ChannelSettings(name="loket", kind="posko")] if counter else [],
    )
    clock = ManualClock(NOW)
    hub = Hub(settings, clock, registry=Registry(environment={"ADUAN_PLUGINS": "posko"}))

    with browse(hub) as (app, browser):
        office = Office(hub, app, browser, clock)
        office.clear()
        yield office


def settle(office: Office) -> None:
    """Let the hub read, join and deliver what is there."""
    office.browser.portal.call(office.hub.settle)  # type: ignore[union-attr]


def rows(office: Office, name: str, **where: Any) -> list[Any]:
    """Give rows of a table, oldest first."""
    table = tables.metadata.tables[name]
    wanted = [table.c[column] == value for column, value in where.items()]
    return office.read(lambda c: c.execute(select(table).where(*wanted).order_by(next(iter(table.primary_key)))).all())


class Desk:
    """A clerk's browser without scripts: what the page sends, sent by hand."""

    def __init__(self, office: Office, name: str = "petugas-tebet") -> None:
        self.office = office
        office.enter(name)
        self.csrf = office.browser.get("/loket/bekal").json()["csrf"]

    def post(self, path: str, body: Any) -> Any:
        return self.office.browser.post(path, json=body, headers={"x-csrf-token": self.csrf})

    def numbers(self, count: int = 5) -> list[dict[str, Any]]:
        answer = self.post("/loket/nomor", {"count": count, "desk": "a1b2c3"})
        assert answer.status_code == 201
        return answer.json()  # type: ignore[no-any-return]

    def send(self, *entries: dict[str, Any]) -> list[dict[str, str]]:
        answer = self.post("/loket/kirim", list(entries))
        assert answer.status_code == 200, answer.text
        return answer.json()  # type: ignore[no-any-return]


def entry(given: str, /, **members: Any) -> dict[str, Any]:
    """What a desk sends for one citizen, under this id or number."""
    number = {"number": given} if given.startswith("JKT-") else {}
    return {"id": given, "at": NOW.isoformat(), "text": WORDS, "kelurahan": f"{TEBET}.1001"} | number | members


class Serving:
    """The pages of an office on one port, that can go away and come back there."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.port = 0
        self.address = ""
        self._server: uvicorn.Server | None = None
        self._done = threading.Event()

    def start(self) -> None:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen()
        self.port = listener.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        server = uvicorn.Server(uvicorn.Config(self.office.app, log_config=None, lifespan="off"))
        self._server, self._done = server, threading.Event()
        done = self._done

        async def serve() -> None:
            try:
                await server._serve([listener])
            finally:
                listener.close()
                done.set()

        portal = self.office.browser.portal
        assert portal is not None
        portal.start_task_soon(serve)

    def stop(self) -> None:
        if self._server is not None:
            self._server.should_exit = self._server.force_exit = True
            assert self._done.wait(10)
            self._server = None


@contextmanager
def serving(office: Office) -> Iterator[Serving]:
    pages = Serving(office)
    pages.start()
    try:
        yield pages
    finally:
        pages.stop()
