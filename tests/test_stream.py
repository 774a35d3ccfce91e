"""News of the work lists: who hears what, when it ends, and that nothing but numbers is told."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from hub.store import tables
from hub.store.accounts import disable_account
from hub.store.sessions import close_session
from hub.store.tables import reports
from hub.store.views_queue import WorkList
from hub.store.views_sight import Sight
from hub.web.listeners import ANEW, FULL, OVER, PER_SESSION, ROOM, Listener, Listeners, read_moment, spell_moment
from hub.web.visitors import SESSION_COOKIE
from normalizer.number import make_number
from tests.test_web_browser import serving
from tests.web_fixtures import NOW, SETIABUDI, STAFF, TEBET, Office, add_report, open_office, seal


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("arus")) as made:
        yield made


class Ear:
    """Somebody who listens, and the listeners that they are one of."""

    def __init__(self, office: Office, name: str, *units: str, since: datetime | None = None) -> None:
        self.office, self.name = office, name
        office.enter(name)
        self.token = office.browser.cookies[SESSION_COOKIE]
        self.all: Listeners = office.app.state.listeners
        self.listener = self.join(units, since)

    def join(self, units: tuple[str, ...], since: datetime | None = None) -> Listener:
        role, area = STAFF[self.name]
        sight = Sight(role, area)  # type: ignore[arg-type]  # one of the roles
        lists = [(unit, WorkList(unit[:8] if unit[:2] == "31" else unit, sight, NOW)) for unit in units]
        return self.office.browser.portal.call(self.all.join, self.token, lists, since)  # type: ignore[union-attr,no-any-return]

    def look(self) -> None:
        self.office.browser.portal.call(self.all.look)  # type: ignore[union-attr]

    def hear(self) -> list[Any]:
        """Look once, and give what came: the messages' data, or a message without any."""
        self.look()
        return self.heard()

    def heard(self) -> list[Any]:
        said = []
        while not self.listener.inbox.empty():
            message = self.listener.inbox.get_nowait()
            said.append(json.loads(message.partition("data: ")[2]) if "antrean" in message else message)
        return said

    def rows(self) -> list[Any]:
        return [row for told in self.hear() for row in told["rows"]]


@pytest.fixture
def office(house: Office) -> Office:
    house.clear()
    house.app.state.listeners = Listeners(house.hub, every=None)
    return house


def add(office: Office, key: int, **values: Any) -> str:
    office.write(lambda c: add_report(c, key, **({"at": office.clock()} | values)))
    return make_number(key, "JKT")


def change(office: Office, key: int, **values: Any) -> None:
    changed = {"version": reports.c.version + 1, "updated_at": office.clock()} | values
    office.write(lambda c: c.execute(update(reports).where(reports.c.id == key).values(**changed)))


def test_a_new_report_is_told_by_number_and_counts(office: Office) -> None:
    ear = Ear(office, "petugas-tebet", TEBET)
    number = add(office, 1, urgency="darurat")
    (told,) = ear.hear()
    assert told["rows"] == [[number, 1, "darurat", True]]
    assert told["counts"]["semua"] == told["counts"]["darurat"] == told["counts"]["baru"] == 1
    assert ear.hear() == []


def test_words_never_go_out(office: Office) -> None:
    ear = Ear(office, "petugas-tebet", TEBET)
    add(office, 1, title="kata rahasia", owner="petugas-tebet")
    text = json.dumps(ear.hear())
    assert "kata" not in text
    assert "petugas-tebet" not in text


def test_a_change_is_told_once_with_its_version(office: Office) -> None:
    number = add(office, 1)
    ear = Ear(office, "petugas-tebet", TEBET)
    ear.hear()
    change(office, 1, status="proses", opened_at=NOW)
    assert ear.rows() == [[number, 2, "biasa", False]]
    office.clock._now += timedelta(seconds=5)
    assert ear.rows() == []


def test_nobody_hears_of_another_s_list(office: Office) -> None:
    ear = Ear(office, "petugas-tebet", TEBET)
    add(office, 1, kelurahan=f"{SETIABUDI}.1001")
    assert ear.hear() == []


def test_only_the_integrity_unit_hears_of_sealed_reports(office: Office) -> None:
    clerk, unit = Ear(office, "petugas-tebet", TEBET), Ear(office, "integritas", "integritas")
    number = add(office, 1)
    office.write(lambda c: seal(c, 1))
    clerk.look()
    assert clerk.heard() == []
    (told,) = unit.heard()
    assert [row[0] for row in told["rows"]] == [number]


def test_what_becomes_sealed_leaves_the_count_without_a_word(office: Office) -> None:
    ear = Ear(office, "petugas-tebet", TEBET)
    number = add(office, 1)
    assert ear.hear()[0]["counts"]["semua"] == 1
    office.write(lambda c: seal(c, 1))
    change(office, 1)
    later(ear)
    (told,) = ear.hear()
    assert (told["rows"], told["counts"]["semua"]) == ([], 0)
    assert number not in json.dumps(told)


def later(ear: Ear) -> None:
    """Counting rests for as long as it took, many times over: have that behind us."""
    for group in ear.all._groups.values():
        group.not_before = 0.0


def test_a_report_is_told_when_the_posko_has_it(office: Office) -> None:
    ear = Ear(office, "petugas-tebet", TEBET)
    number = add(office, 1)
    office.write(lambda c: c.execute(delete(tables.queue_entries)))
    assert ear.rows() == []
    office.clock._now += timedelta(minutes=5)
    row = {"report": 1, "unit": TEBET, "version": 1, "placed_at": office.clock()}
    office.write(lambda c: c.execute(insert(tables.queue_entries).values(row)))
    assert [row[0] for row in ear.rows()] == [number]


def test_a_report_that_moves_away_is_counted_no_longer(office: Office) -> None:
    ear = Ear(office, "petugas-tebet", TEBET)
    add(office, 1)
    ear.hear()
    change(office, 1, queue=SETIABUDI, kecamatan=SETIABUDI, kelurahan=f"{SETIABUDI}.1001")
    later(ear)
    (told,) = ear.hear()
    assert (told["rows"], told["counts"]["semua"]) == ([], 0)


def test_who_comes_back_hears_what_they_missed(office: Office) -> None:
    number = add(office, 1)
    ear = Ear(office, "petugas-tebet", TEBET, since=NOW - timedelta(minutes=1))
    (told,) = ear.heard()
    assert [row[0] for row in told["rows"]] == [number]
    assert Ear(office, "petugas-tebet", TEBET, since=NOW + timedelta(minutes=1)).heard() == []


@pytest.mark.parametrize("end", [close_session, lambda c, _token: disable_account(c, "petugas-tebet", NOW)])
def test_a_stream_ends_with_its_session(office: Office, end: Any) -> None:
    ear = Ear(office, "petugas-tebet", TEBET)
    office.write(lambda c: end(c, ear.token))
    add(office, 1)
    said = [message for _ in range(5) for message in ear.hear()]
    assert said[-1] == OVER
    assert len(ear.all) == 0


def test_a_session_that_nobody_uses_ends_although_its_page_listens(office: Office) -> None:
    ear = Ear(office, "petugas-tebet", TEBET)
    office.clock._now += timedelta(hours=3, minutes=1)
    assert OVER in [message for _ in range(5) for message in ear.hear()]


def test_who_is_too_slow_is_told_to_load_anew(office: Office) -> None:
    ear = Ear(office, "petugas-tebet", TEBET)
    for number in range(ROOM + 1):
        ear.listener.tell(f'event: antrean\ndata: {{"rows": [{number}]}}\n\n')
    assert ear.heard() == [ANEW]


def test_one_browser_holds_a_few_streams_only(office: Office) -> None:
    ear = Ear(office, "petugas-tebet", TEBET)
    for _ in range(PER_SESSION):
        ear.join((TEBET,))
    assert ear.heard() == [FULL]
    assert len(ear.all) == PER_SESSION


def test_a_list_that_nobody_looks_at_is_watched_no_longer(office: Office) -> None:
    ear = Ear(office, "petugas-tebet", TEBET)
    ear.all.leave(ear.listener)
    assert ear.all._groups == {}


def test_moments_are_read_back() -> None:
    assert read_moment(spell_moment(NOW)) == NOW
    assert read_moment("besok") is None


def test_the_stream_arrives_uncompressed_as_it_happens_and_is_no_use_of_the_session(tmp_path: Path) -> None:
    with open_office(tmp_path) as office, serving(office) as address:
        office.app.state.listeners = Listeners(office.hub, every=0.02)
        office.enter("petugas-tebet")
        office.clock._now += timedelta(minutes=20)
        headers = {
            "cookie": f"{SESSION_COOKIE}={office.browser.cookies[SESSION_COOKIE]}",
            "accept": "text/event-stream",
            "accept-encoding": "gzip",
        }
        asked = urllib.request.Request(f"{address}/arus?antrean={TEBET}", headers=headers)  # noqa: S310 - the test's own server
        with urllib.request.urlopen(asked, timeout=20) as stream:  # noqa: S310 - same
            assert stream.headers["content-type"].startswith("text/event-stream")
            assert stream.headers["content-encoding"] is None
            number = add(office, 1)
            line = next(line for line in stream if line.startswith(b"data: "))
            assert number.encode() in line
        seen = office.read(lambda c: c.execute(select(tables.sessions.c.seen_at)).scalar_one())
        assert seen == NOW
