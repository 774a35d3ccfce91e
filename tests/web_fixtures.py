"""A real hub on an empty SQLite file, and made-up rows to look at."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Connection, delete, insert, text, update
from starlette.applications import Starlette
from starlette.testclient import TestClient

from hub.clock import ManualClock
from hub.host import Hub
from hub.registry import Registry
from hub.settings import HubSettings, Settings, WebSettings
from hub.store import tables
from hub.store.accounts import add_account, find_account, hash_password
from hub.store.sessions import open_session
from hub.web.app import make_app
from hub.web.visitors import SESSION_COOKIE, Doorkeeper
from normalizer.number import make_number

NOW = datetime(2026, 2, 3, 5, 0, tzinfo=UTC)
PASSWORD = "kata-sandi-contoh"
HASH = hash_password(PASSWORD)
TEBET, SETIABUDI = "31.74.01", "31.74.02"
STAFF = {
    "petugas-tebet": ("petugas", TEBET),
    "camat-setiabudi": ("camat", SETIABUDI),
    "lurah-contoh": ("lurah", "31.74.01.1001"),
    "integritas": ("integritas", ""),
    "operator": ("operator", ""),
    "admin": ("admin", ""),
}


@dataclass
class Office:
    """A browser before a running hub, and the hub behind it."""

    hub: Hub
    app: Starlette
    browser: TestClient
    clock: ManualClock

    def clear(self) -> None:
        """Forget everything but the staff; it is `NOW` again and nobody has tried a password."""
        self.clock._now = NOW
        self.browser.cookies.clear()
        self.app.state.door = Doorkeeper(self.hub, self.app.state.secret)
        self.write(_empty)

    def write(self, work: Any) -> Any:
        return self.browser.portal.call(self.hub.store.write, work)  # type: ignore[union-attr]

    def read(self, work: Any) -> Any:
        return self.browser.portal.call(self.hub.store.read, work)  # type: ignore[union-attr]

    def sign_in(self, name: str, password: str = PASSWORD) -> TestClient:
        """Forget who was signed in, and sign in."""
        self.browser.cookies.clear()
        return self.post("/masuk", {"name": name, "password": password}, page="/masuk")

    def enter(self, name: str) -> None:
        """Have a session without typing the password: hashing it takes long on purpose."""

        def open_(connection: Connection) -> str:
            found = find_account(connection, name)
            assert found is not None
            return open_session(connection, found[0].id, NOW)

        self.browser.cookies.clear()
        self.browser.cookies.set(SESSION_COOKIE, self.write(open_))

    def post(self, path: str, data: dict[str, Any], *, page: str) -> Any:
        """Send a form as a browser does: with the token of the page it stands on."""
        return self.browser.post(path, data={"csrf": token_on(self.browser.get(page).text), **data})


def token_on(text: str) -> str:
    return text.partition('name="csrf" value="')[2].partition('"')[0]


@contextmanager
def browse(hub: Hub) -> Iterator[tuple[Starlette, TestClient]]:
    """Open a hub that nothing runs in, and a browser before its pages; both end with the block."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await hub.open()
        try:
            yield
        finally:
            await hub.close()

    app = make_app(hub, lifespan=lifespan)
    with TestClient(app, follow_redirects=False) as browser:
        yield app, browser


@contextmanager
def open_office(folder: Path, registry: Registry | None = None, **web: Any) -> Iterator[Office]:
    settings = Settings(
        hub=HubSettings(database=f"sqlite:///{folder / 'aduan.db'}", blobs=folder / "blobs"),
        web=WebSettings(secret_key=SecretStr("only for tests"), **web),
    )
    clock = ManualClock(NOW)
    hub = Hub(settings, clock, registry=registry or Registry(list, {}))

    with browse(hub) as (app, browser):
        office = Office(hub, app, browser, clock)
        office.clear()
        yield office


def _empty(connection: Connection) -> None:
    guard = connection.execute(text("SELECT sql FROM sqlite_master WHERE name = 'audit_no_delete'")).scalar_one()
    connection.execute(text("DROP TRIGGER audit_no_delete"))
    _delete_rows(connection)
    connection.execute(text(guard))
    add_staff(connection)


def _delete_rows(connection: Connection) -> None:
    for table in reversed(tables.metadata.sorted_tables):
        if table.name not in {"counters", "facts"}:
            connection.execute(delete(table))


def add_staff(connection: Connection) -> None:
    connection.execute(update(tables.counters).values(next=1000))
    for name, (role, area) in STAFF.items():
        add_account(connection, name, HASH, role=role, area=area, now=NOW)


def add_report(connection: Connection, key: int, **values: Any) -> str:
    """Put down a report with one complaint, in the queue of its kecamatan."""
    kelurahan = values.pop("kelurahan", f"{TEBET}.1001")
    kecamatan = values.pop("kecamatan", kelurahan[:8])
    at = values.pop("at", NOW - timedelta(minutes=90) + timedelta(minutes=key))
    place = {
        "result": "found" if kelurahan else "unplaced",
        "level": "point" if kelurahan else "none",
        "kelurahan": kelurahan,
        "kecamatan": kecamatan,
        "street": "jalan contoh" if kelurahan else "",
    }
    number = make_number(key, "JKT")
    row = {
        "id": key,
        "number": number,
        "version": 1,
        "status": "menunggu",
        "reason": "",
        "category": "banjir",
        "category_confidence": 0.9,
        "category_by": "machine",
        "urgency": "biasa",
        "handling": "open",
        "handling_by": "machine",
        "place": place | values.pop("place", {}),
        "place_by": "machine",
        "kelurahan": kelurahan,
        "kecamatan": kecamatan,
        "units": [{"unit": "dinas-sda", "role": "lead", "by": "machine"}],
        "units_by": "machine",
        "lead": "dinas-sda",
        "queue": kecamatan or "triase",
        "rule": "",
        "title": f"air setinggi lutut di gang contoh {key}",
        "complaint_count": 1,
        "channel_counts": {"waze": 1},
        "first_at": at,
        "last_at": at,
        "created_at": at,
        "updated_at": at,
        "followed_up_by": "",
    }
    connection.execute(insert(tables.reports).values(row | values))
    unit = (row | values)["queue"]
    connection.execute(insert(tables.queue_entries).values(report=key, unit=unit, version=1, placed_at=at))
    add_complaint(connection, key, key, text=(row | values)["title"], at=at, place=row["place"])
    return number


def add_complaint(connection: Connection, key: int, report: int, **values: Any) -> int:
    at = values.pop("at", NOW - timedelta(minutes=30))
    text, place = values.pop("text", "air masuk rumah"), values.pop("place", {"result": "unplaced", "level": "none"})
    evidence = values.pop("evidence", [])
    cause = values.pop("cause", "joined" if evidence else "opened")
    understanding = {
        "id": key,
        "complaint": key,
        "cause": "first",
        "made_at": at,
        "rules": "t",
        "gazetteer": "t",
        "text": text,
        "place": place,
        "category": "banjir",
        "category_confidence": 0.9,
        "category_sure": True,
        "category_words": [],
        "urgency": "biasa",
        "urgency_words": [],
        "handling": "open",
        "quoted": [],
        "facts": {"c": "banjir"},
    }
    complaint = {
        "id": key,
        "channel": "waze",
        "native_id": f"contoh-{key}",
        "raw_item": key,
        "revision": 1,
        "title": "",
        "text": f"{text} (hubungi 0800-000-000)",
        "created_at": at,
        "created_text": "",
        "received_at": at,
        "address": "",
        "category_reported": "",
        "category_hint": "",
        "kelurahan_reported": "",
        "tags": [],
        "thread": "",
        "reply_context": {},
        "anonim": True,
        "rahasia": False,
        "audience": "public",
        "state": "open",
        "report": report,
        "understanding": key,
        "track": f"track-{key}",
        "heard_at": at,
    }
    connection.execute(insert(tables.understandings).values(understanding))
    connection.execute(insert(tables.complaints).values(complaint | values))
    connection.execute(
        insert(tables.assignments).values(
            complaint=key, report=report, at=at, cause=cause, score=0.8, evidence=evidence, rules="t", actor="machine"
        )
    )
    return key


def seal(connection: Connection, key: int) -> None:
    """Make a report one that only the integrity unit may see."""
    values = {"handling": "sealed", "category": "pungli", "queue": "integritas", "lead": "integritas"}
    connection.execute(update(tables.reports).where(tables.reports.c.id == key).values(**values))
    connection.execute(
        update(tables.queue_entries).where(tables.queue_entries.c.report == key).values(unit="integritas")
    )
