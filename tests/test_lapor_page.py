"""The page for statuses in a running hub: what staff type in moves the report, and the way back says what it lacks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import Connection, select

from hub.clock import ManualClock
from hub.host import Hub
from hub.registry import Registry
from hub.settings import ChannelSettings, HubSettings, Settings, WebSettings
from hub.store import tables
from plugins.lapor.page import FORM, PATH
from tests.test_lapor_folder import HEADER, row, table
from tests.web_fixtures import NOW, Office, browse, token_on

WORDS = "Lubang besar di Jalan Tebet Barat Raya depan toko roti, kelurahan Tebet Barat, motor sering jatuh"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A hub whose one channel reads a folder; the stranger's way in, by an entry point."""
    folder = tmp_path_factory.mktemp("lapor")
    (folder / "drop").mkdir()
    registry = Registry(lambda: [EntryPoint("lapor", "plugins.lapor", "aduan.plugins")], {})
    registry.load()
    registry._find = list  # the hub loads again when it opens
    options = {"export_folder": folder / "drop"}
    settings = Settings(
        hub=HubSettings(database=f"sqlite:///{folder / 'aduan.db'}", blobs=folder / "blobs"),
        web=WebSettings(secret_key=SecretStr("only for tests")),
        channels=[ChannelSettings(name="lapor", kind="lapor", decides=True, options=options)],
    )
    clock = ManualClock(NOW)
    hub = Hub(settings, clock, registry=registry)

    with browse(hub) as (app, browser):
        there = Office(hub, app, browser, clock)
        there.clear()
        yield there


@pytest.fixture
def known(office: Office) -> Office:
    """The hub knows one report of LAPOR!, and staff of a kecamatan sit before it."""
    office.clear()
    options: Any = office.hub.channels["lapor"].instance.options
    drop: Path = options.export_folder
    for file in drop.iterdir():
        file.unlink()
    (drop / "ekspor.csv").write_text(table(spoken(1, WORDS)))
    work(office)
    office.enter("petugas-tebet")
    return office


def spoken(number: int, words: str, **changes: str) -> list[str]:
    """Give a row without a title, as by SMS, that was written an hour ago by the hub's clock."""
    cells = row(number, words, **changes)
    return [cells[0], "", words, f"{NOW - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}", *cells[4:]]


def work(office: Office) -> None:
    failed = office.browser.portal.call(office.hub.run_once)  # type: ignore[union-attr]
    assert failed == {}


def rows(office: Office, name: str, *columns: str) -> list[tuple[Any, ...]]:
    there = tables.metadata.tables[name]

    def read(connection: Connection) -> list[tuple[Any, ...]]:
        return [tuple(one) for one in connection.execute(select(*(there.c[column] for column in columns)))]

    found: list[tuple[Any, ...]] = office.read(read)
    return found


def send(office: Office, **said: str) -> Any:
    return office.post(FORM, {"channel": "lapor", **said}, page=PATH)


def test_a_typed_status_moves_the_report_and_is_not_answered_where_it_came_from(known: Office) -> None:
    answer = send(known, tracking_id="#9160001", status="selesai", note="Lubang sudah ditambal", note_internal="tim 2")
    assert answer.status_code == 200
    assert "#9160001" in answer.text
    work(known)
    assert rows(known, "reports", "status") == [("selesai",)]
    kept = rows(known, "followups", "channel", "status", "note", "note_internal", "applied")
    assert kept == [("lapor", "selesai", "Lubang sudah ditambal", "tim 2", True)]


def test_the_same_form_sent_twice_counts_once(known: Office) -> None:
    for _ in range(2):
        assert send(known, tracking_id="9160001", status="proses").status_code == 200
    work(known)
    assert len(rows(known, "followups", "id")) == 1
    known.clock.advance(timedelta(minutes=1))
    assert send(known, tracking_id="9160001", status="proses").status_code == 200
    work(known)
    assert len(rows(known, "followups", "id")) == 2


def test_a_number_that_nobody_knows_waits(known: Office) -> None:
    assert send(known, tracking_id="9169999", status="proses").status_code == 200
    work(known)
    assert rows(known, "followups", "id") == []
    assert ("quarantined",) in rows(known, "raw_items", "state")


@pytest.mark.parametrize(
    "said",
    [
        {"tracking_id": "nomor", "status": "proses"},
        {"tracking_id": "9160001", "status": "beres"},
        {"tracking_id": "9160001"},
        {"tracking_id": "9160001", "status": "proses", "channel": "waze"},
    ],
    ids=["number", "status", "empty", "channel"],
)
@pytest.mark.parametrize("spoken", ["id", "en"])
def test_what_cannot_be_taken_is_said_and_what_was_typed_stays(
    known: Office, said: dict[str, str], spoken: str
) -> None:
    known.browser.cookies.set("bahasa", spoken)
    answer = send(known, note="<b>catatan</b>" if len(said) > 1 else "", **said)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert f'value="{said["tracking_id"]}"' in answer.text
    assert "<b>catatan" not in answer.text


def test_only_staff_and_only_with_the_forms_token(known: Office) -> None:
    page = known.browser.get(PATH)
    assert page.status_code == 200
    form = {"channel": "lapor", "tracking_id": "9160001", "status": "proses"}
    assert known.browser.post(FORM, data=form).status_code == 403
    known.browser.cookies.clear()
    assert known.browser.get(PATH).status_code == 303
    assert known.browser.post(FORM, data={"csrf": token_on(page.text), **form}).status_code == 303


def test_a_reply_without_a_way_back_says_where_to_type_it_in(known: Office) -> None:
    work(known)
    assert rows(known, "deliveries", "kind", "state", "reason")[-1] == (
        "reply",
        "undeliverable",
        "no status path is configured: type it in on the admin site",
    )


def test_the_same_complaint_again_by_sms_joins_the_first(known: Office) -> None:
    options: Any = known.hub.channels["lapor"].instance.options
    by_sms = [*spoken(2, WORDS), "SMS"]
    (options.export_folder / "sms.csv").write_text(table(by_sms, header=[*HEADER, "Sumber"]))
    work(known)
    assert len(rows(known, "complaints", "id")) == 2
    assert rows(known, "reports", "complaint_count") == [(2,)]


def test_a_secret_report_stays_secret_and_no_answer_may_be_shown(known: Office) -> None:
    options: Any = known.hub.channels["lapor"].instance.options
    secret = spoken(3, "Lampu jalan mati di Jalan Rahasia Contoh, Setiabudi", rahasia="1")
    (options.export_folder / "rahasia.csv").write_text(table(secret))
    work(known)
    assert ("9160003", True, True, "private") in rows(known, "complaints", "native_id", "anonim", "rahasia", "audience")
    assert not known.hub.channels["lapor"].instance.manner.private  # type: ignore[attr-defined]
