"""Every route, every role: what is not theirs answers as what was never given out; no change without a token."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import anyio
import pytest
from sqlalchemy import Connection
from starlette.routing import Route
from starlette.testclient import TestClient

from hub.clock import ManualClock
from hub.host import Hub
from hub.registry import Registry
from hub.settings.model import ChannelSettings
from hub.store.accounts import add_account, find_account
from hub.store.sessions import open_session
from hub.web.access import SAFE
from hub.web.visitors import SESSION_COOKIE
from tests.balaiwarga_fixtures import settings_of
from tests.route_matrix import OPEN, QUEUES, RAW, ROLES, ROWS, SEEDS, SEES, THINGS, WORDS, Row
from tests.web_fixtures import HASH, NOW, Office, add_staff, browse, token_on

ALIKE, SHORT = "alike", 4
"""What is put for the thing asked for, so that answers can be compared; a plain number is left where it stands."""
FIELD = re.compile(r"\{([a-z ]+)\}")
TOKEN = re.compile(r'name="csrf" value="[^"]*"|"csrf":"[^"]*"|"token":"[^"]*"')
A_LINE = """

{missing}
is an address without a line in tests/route_matrix.py. Add one to ROWS, like

    "{missing}": row("{access}"),

and fill in what the address reads: see the top of that file."""


class Loaded(Registry):
    """All plugins, in before the routes are asked for."""

    def __init__(self) -> None:
        super().__init__()
        super().load()

    def load(self, select: Any = None) -> None:
        return None


@dataclass(frozen=True)
class Answer:
    """What came back, without what differs between any two answers."""

    status: int
    text: str
    to: str


@dataclass
class House(Office):
    """The office, and who has a session with which token in its forms."""

    sessions: dict[str, str] = field(default_factory=dict)
    forms: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    clock = ManualClock(NOW)
    hub = Hub(_settings(tmp_path_factory.mktemp("jalan")), clock, registry=Loaded())
    with browse(hub) as (app, browser):
        made = House(hub, app, browser, clock)
        made.write(add_staff)
        made.write(_others)
        for seed in SEEDS:
            made.write(seed)
        yield made


def _settings(folder: Path) -> Any:
    return settings_of(folder, [ChannelSettings(kind="balaiwarga"), ChannelSettings(kind="lapor", enabled=False)])


def _others(connection: Connection) -> None:
    for name, (role, area) in ROLES.items():
        if name:
            add_account(connection, name, HASH, role=role, area=area, now=NOW)


# ------------------------------------------------------------------------------------------------------------- calling


class Walk:
    """One account on its way through one address."""

    def __init__(self, office: House, name: str, address: str, row: Row) -> None:
        self.office, self.name, self.row = office, name, row
        self.method, _, self.path = address.partition(" ")
        self.browser: TestClient = office.browser
        self.browser.cookies.clear()
        self.token = office.sessions.get(name) or self._enter()
        if self.token:
            self.browser.cookies.set(SESSION_COOKIE, self.token)

    def _enter(self) -> str:
        if not self.name:
            return ""

        def open_(connection: Connection) -> str:
            found = find_account(connection, self.name)
            assert found is not None
            return open_session(connection, found[0].id, self.office.clock())

        token = self.office.sessions[self.name] = str(self.office.write(open_))
        return token

    def things(self) -> list[str]:
        """Name the things that this address reads."""
        fields = FIELD.findall(f"{self.path}?{self.row.query}")
        fields += [found for value in self.row.form.values() for found in FIELD.findall(value)]
        filled = [FIELD.findall(self.row.fills[name]) if name in self.row.fills else [name] for name in fields]
        return sorted({name for names in filled for name in names if name in THINGS})

    def fill(self, text: str, **things: str) -> str | None:
        """Put things into a text; None where there is none of its kind for this account."""
        own_units = sorted(QUEUES[self.name])
        own = {"own unit": own_units[0] if own_units else None, "own": _own_number(self.name)}
        while found := FIELD.search(text):
            name = found[1]
            value = self.row.fills.get(name) or things.get(name) or own.get(name)
            if value is None:
                return None
            text = text.replace(found[0], value)
        return text

    def call(self, *, csrf: bool = True, **things: str) -> Answer | None:
        """Ask; None where there is nothing of this account's own to ask with."""
        path, query = self.fill(self.path, **things), self.fill(self.row.query, **things)
        form = {name: self.fill(value, **things) for name, value in self.row.form.items()}
        if path is None or query is None or None in form.values():
            return None
        headers = dict(self.row.headers)
        if self.row.machine:
            self.browser.cookies.clear()
            headers |= {"authorization": f"Bearer {self.token}"} if self.token else {}
        elif self.method not in SAFE and csrf:
            headers["x-csrf-token"] = self._form_token()
        target = f"{path}?{query}" if query else path
        if self.row.stream:
            return self._listen(target, headers, things)
        sent = {} if self.method in SAFE else {"data": form} if self.row.json is None else {"json": self.row.json}
        answer = self.browser.request(self.method, target, headers=headers, **sent)
        return _plain(answer.status_code, answer.text, _to(answer), things)

    def _form_token(self) -> str:
        """Give what the forms of this session carry."""
        known = self.office.forms.get(self.token) if self.token else None
        token = known or token_on(self.browser.get("/kanal" if self.name else "/masuk").text)
        self.office.forms[self.token] = token
        return token

    def _listen(self, target: str, headers: dict[str, str], things: dict[str, str]) -> Answer:
        """Read what an endless answer says at first, then hang up."""
        request = self.browser.build_request(self.method, target, headers=headers)
        status, said, to = self.browser.portal.call(_listen, self.office.app, request)  # type: ignore[union-attr]
        return _plain(status, said, to, things)


async def _listen(app: Any, request: Any) -> tuple[int, str, str]:
    status, said, to = 0, [], ""
    asked = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> Any:
        for message in asked:
            return message
        await anyio.sleep_forever()
        raise AssertionError

    async def send(message: Any) -> None:
        nonlocal status, to
        status = message.get("status", status)
        to = dict(message.get("headers", ())).get(b"location", to.encode()).decode()
        said.append(message.get("body", b""))

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "path": request.url.path,
        "raw_path": request.url.raw_path,
        "query_string": request.url.query,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": ("127.0.0.1", 1),
        "server": ("testserver", 80),
        "scheme": "http",
        "root_path": "",
    }
    with anyio.move_on_after(0.4):
        await app(scope, receive, send)
    return status, b"".join(said).decode(), to


def _own_number(name: str) -> str | None:
    seen = sorted(SEES[name])
    return THINGS["number"].spelled[seen[0]] if seen else None


def _to(answer: Any) -> str:
    return str(answer.headers.get("location", "") or answer.headers.get("hx-redirect", ""))


def _plain(status: int, text: str, to: str, things: dict[str, str]) -> Answer:
    text = TOKEN.sub("", unescape(text))
    for value in things.values():
        for spelled in {value, quote(value, safe="")} if len(value) > SHORT else ():
            alone = re.compile(rf"(?<![\w.]){re.escape(spelled)}(?![\w.])")
            text, to = alone.sub(ALIKE, text), alone.sub(ALIKE, to)
    return Answer(status, text, to)


# ------------------------------------------------------------------------------------------------------------ the tests


def _routes(office: House) -> dict[str, Route]:
    found = {}
    for route in office.app.routes:
        if isinstance(route, Route):
            found |= {f"{method} {route.path}": route for method in (route.methods or set()) - {"HEAD"}}
    return found


def _rows() -> Sequence[Any]:
    each = ((address, rows if isinstance(rows, tuple) else (rows,)) for address, rows in ROWS.items())
    return [pytest.param(address, row, id=f"{address} {n}") for address, rows in each for n, row in enumerate(rows)]


def test_every_address_has_its_line(office: House) -> None:
    rules = office.app.state.rules
    missing = {address: rules[address.partition(" ")[2]] for address in _routes(office) if address not in ROWS}
    assert not missing, "".join(A_LINE.format(missing=address, access=rule) for address, rule in missing.items())
    gone = set(ROWS) - set(_routes(office))
    assert not gone, f"tests/route_matrix.py has lines for addresses that are gone: {sorted(gone)}"


@pytest.mark.parametrize(("address", "row"), _rows())
def test_nobody_learns_of_what_is_not_theirs(office: House, address: str, row: Row) -> None:
    path = address.partition(" ")[2]
    assert office.app.state.rules[path] == row.access, "the line says another access rule than the route"
    office.sessions.clear()
    office.clock.advance(timedelta(minutes=20))  # nobody is told to slow down
    for name in ROLES:
        walk = Walk(office, name, address, row)
        _check_tokens(walk)
        _check_things(walk)


def _check_tokens(walk: Walk) -> None:
    """Whatever may change something asks for the form's token, or for a program's own name."""
    if walk.method in SAFE or walk.row.machine:
        return
    things = {name: THINGS[name].unknown for name in walk.things()}
    answer = walk.call(csrf=False, **things)
    if answer is not None:
        shut_out = not walk.name and walk.row.access != "public"
        assert answer.status == (303 if shut_out else 403), f"{walk.name}: {answer.status} without a token"
        assert answer.to.startswith("/masuk") is shut_out


def _check_things(walk: Walk) -> None:
    names = walk.things()
    never = walk.call(**{name: THINGS[name].unknown for name in names})
    if never is None:
        return
    _check_words(walk, never)
    if not walk.name and walk.row.access != "public":
        assert never.status == 401 or never.to.startswith("/masuk"), f"the public gets {never.status}"
    for thing in {value for name in names for value in THINGS[name].spelled}:
        _check_thing(walk, thing, never)


def _check_thing(walk: Walk, thing: Any, never: Answer) -> None:
    names = walk.things()
    mine = all(thing not in THINGS[name].spelled or thing in THINGS[name].seen_by(walk.name) for name in names)
    if mine and walk.method not in SAFE:
        return  # it would be done
    answer = walk.call(**{name: THINGS[name].spelled.get(thing, THINGS[name].unknown) for name in names})
    assert answer is not None
    _check_words(walk, answer)
    if not mine:
        assert answer == never, f"{walk.name or 'the public'} learns that {thing} exists"


def _check_words(walk: Walk, answer: Answer) -> None:
    """No word and no number of a report that this account may not know of."""
    who = walk.name or "the public"
    assert RAW not in answer.text, f"{who} is shown what was not scrubbed"
    for key in WORDS.keys() - SEES[walk.name]:
        assert WORDS[key] not in answer.text + answer.to, f"{who} reads the words of report {key}"
        if walk.name or key not in OPEN:
            assert THINGS["number"].spelled[key] not in answer.text + answer.to, f"{who} is shown number {key}"


def test_the_walk_sees_what_it_looks_for(office: House) -> None:
    """The words are on the pages of those who may read them: else the walk would find nothing anywhere."""
    for name, seen in SEES.items():
        for key in seen:
            answer = Walk(office, name, "GET /laporan/{number}", Row("staff")).call(
                number=THINGS["number"].spelled[key]
            )
            assert answer is not None
            assert WORDS[key] in answer.text
