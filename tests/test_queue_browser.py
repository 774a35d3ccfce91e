"""The queue in a real browser: news without moving anything, two windows and one stream, keys, the map, its weight."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, update

from hub.store.tables import reports
from hub.web.listeners import Listeners
from hub.web.visitors import SESSION_COOKIE
from normalizer.number import make_number
from tests.axe import violations
from tests.browser import Browser, open_browser
from tests.test_web_browser import serving
from tests.web_fixtures import NOW, TEBET, Office, add_report, open_office

QUEUE = f"/antrean/{TEBET}"
FIRST_VISIT, NEXT_PAGE = 250_000, 30_000
"""Bytes that a page of fifty rows may transfer."""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with open_office(tmp_path / "hub") as made:
        made.app.state.listeners = Listeners(made.hub, every=0.05)
        yield made


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> None:
    (tmp_path / "hub").mkdir()


def seed(connection: Connection, count: int = 50) -> None:
    for key in range(1, count + 1):
        urgency = "darurat" if key % 20 == 0 else "biasa"
        add_report(connection, key, urgency=urgency, lat=-6.23 + key / 5000, lon=106.85, opened_at=NOW)


def enter(office: Office, browser: Browser, address: str, name: str = "petugas-tebet") -> None:
    office.enter(name)
    browser.devtools(
        "Network.setCookie", name=SESSION_COOKIE, value=office.browser.cookies[SESSION_COOKIE], url=address
    )


def test_news_is_told_and_moves_nothing(office: Office, tmp_path: Path) -> None:
    office.write(lambda c: seed(c, 8))
    with serving(office) as address, open_browser(tmp_path / "profile") as browser:
        enter(office, browser, address)
        browser.goto(address + QUEUE)
        browser.press("j")
        browser.press("j")
        focused, top = browser.run("document.activeElement.href"), browser.run(PLACE)
        listening(office)

        office.write(lambda c: add_report(c, 30, at=office.clock()))
        browser.wait("document.getElementById('news').textContent === '1 laporan baru'")
        browser.wait("document.querySelector('[data-count=semua]').textContent === '9'")
        assert browser.run("document.getElementById('news').getAttribute('aria-live')") == "polite"
        assert (browser.run("document.activeElement.href"), browser.run(PLACE)) == (focused, top)
        assert browser.run("document.querySelectorAll('.row').length") == 8

        browser.press("n")
        browser.wait("document.querySelectorAll('.row').length === 9")
        assert browser.run("document.getElementById('news').textContent") == ""
        assert browser.problems == []


PLACE = "document.activeElement.getBoundingClientRect().top"


def listening(office: Office) -> None:
    """Wait until a stream is open."""
    end = time.monotonic() + 20
    while not len(office.app.state.listeners):
        assert time.monotonic() < end, "nobody listens"


def test_a_changed_row_is_marked_and_an_emergency_speaks_up(office: Office, tmp_path: Path) -> None:
    office.write(lambda c: seed(c, 3))
    with serving(office) as address, open_browser(tmp_path / "profile") as browser:
        enter(office, browser, address)
        browser.goto(address + QUEUE)
        listening(office)
        values = {"version": 2, "updated_at": office.clock(), "status": "proses"}
        office.write(lambda c: c.execute(update(reports).where(reports.c.id == 2).values(**values)))
        browser.wait(f"document.getElementById('r-{make_number(2, 'JKT')}').classList.contains('changed')")
        office.write(lambda c: add_report(c, 40, urgency="darurat", at=office.clock()))
        browser.wait("document.querySelector('[role=alert] .alarm') !== null")
        text = browser.run("document.querySelector('[role=alert] .alarm').textContent")
        assert "Darurat" in text
        assert make_number(40, "JKT") in text
        assert browser.run("document.querySelector('.alarm svg') !== null")


def test_two_windows_of_one_browser_share_one_stream(office: Office, tmp_path: Path) -> None:
    office.write(lambda c: seed(c, 3))
    with serving(office) as address, open_browser(tmp_path / "profile") as browser:
        enter(office, browser, address)
        browser.goto(address + QUEUE)
        listening(office)
        other = Browser(browser.page.context.new_page())
        other.goto(f"{address}{QUEUE}?lajur=baru")
        office.write(lambda c: add_report(c, 30, at=office.clock()))
        for one in (browser, other):
            one.wait("document.getElementById('news').textContent === '1 laporan baru'")
        assert len(office.app.state.listeners) == 1


def test_a_session_that_ended_says_so(office: Office, tmp_path: Path) -> None:
    office.write(lambda c: seed(c, 3))
    with serving(office) as address, open_browser(tmp_path / "profile") as browser:
        enter(office, browser, address)
        browser.goto(address + QUEUE)
        listening(office)
        office.clock._now = NOW.replace(hour=23)
        browser.wait("!document.getElementById('lost').hidden")
        assert "Sesi Anda telah berakhir" in browser.run("document.getElementById('lost').textContent")


def test_the_whole_list_goes_by_keys(office: Office, tmp_path: Path) -> None:
    office.write(lambda c: seed(c, 8))
    with serving(office) as address, open_browser(tmp_path / "profile") as browser:
        enter(office, browser, address)
        browser.goto(address + QUEUE)
        browser.press("?")
        assert browser.run("document.getElementById('keys-help').open")
        browser.press("Escape")
        browser.press("/")
        assert browser.run("document.activeElement.id") == "cari"
        browser.run("document.activeElement.blur()")
        browser.run("window.stale = true")
        browser.press("g")
        browser.press("b")
        browser.wait("window.stale === undefined && location.search === '?lajur=baru'")
        browser.wait("document.readyState === 'complete'")
        browser.press("j")
        browser.run("window.stale = true")
        browser.press("a")
        browser.wait("window.stale === undefined && location.pathname.startsWith('/laporan/')")
        number = browser.run("location.pathname.split('/')[2]")
        owner = office.read(lambda c: c.execute(reports.select().where(reports.c.number == number)).one().owner)
        assert owner == "petugas-tebet"

        browser.goto(address + QUEUE)
        browser.run("document.getElementById('keys-on').click()")
        browser.press("j")
        assert browser.run("document.activeElement.className") != "open"


def test_rows_and_points_know_each_other(office: Office, tmp_path: Path) -> None:
    office.write(lambda c: seed(c, 4))
    with serving(office) as address, open_browser(tmp_path / "profile") as browser:
        enter(office, browser, address)
        browser.goto(address + QUEUE)
        browser.wait("document.querySelectorAll('.queue-map .spot').length > 0")
        browser.wait("document.querySelectorAll('.area').length > 3")
        browser.press("j")
        browser.wait("document.querySelectorAll('.spot.hot').length === 1")
        browser.run("document.querySelector('.spot').dispatchEvent(new MouseEvent('mouseover', {bubbles: true}))")
        browser.wait("document.querySelectorAll('.row.hot').length > 0")


@pytest.mark.parametrize(("width", "scheme"), [(1366, "light"), (1366, "dark"), (360, "light")])
def test_there_are_no_barriers(office: Office, tmp_path: Path, width: int, scheme: Any) -> None:
    office.write(seed)
    with serving(office) as address, open_browser(tmp_path / "profile") as browser:
        enter(office, browser, address)
        browser.show(width, 768, scheme)
        browser.goto(f"{address}{QUEUE}?urgensi=darurat")
        assert violations(browser) == []
        browser.run("document.getElementById('more-filters').open = true")
        assert violations(browser) == []
        assert browser.run("document.documentElement.scrollWidth") <= width


def test_lists_and_filters_work_without_scripts(office: Office, tmp_path: Path) -> None:
    office.write(lambda c: seed(c, 20))
    with serving(office) as address, open_browser(tmp_path / "profile", scripts=False) as browser:
        enter(office, browser, address)
        browser.goto(address + QUEUE)
        browser.page.select_option("#kategori", "banjir")
        browser.page.select_option("#urut", "terlama")
        browser.page.click("#filter button")
        assert "kategori=banjir" in browser.page.url
        assert browser.page.locator(".row").count() == 20
        assert browser.page.locator(".row a.open").first.get_attribute("href") == f"/laporan/{make_number(20, 'JKT')}"
        assert browser.page.locator(".chip").count() == 1
        browser.page.click("#refresh")
        assert "kategori=banjir" in browser.page.url


def test_a_page_weighs_little(office: Office, tmp_path: Path) -> None:
    office.write(seed)
    with serving(office) as address, open_browser(tmp_path / "profile") as browser:
        enter(office, browser, address)
        first = weigh(browser, address + QUEUE)
        second = weigh(browser, f"{address}{QUEUE}?lajur=baru")
        assert first < FIRST_VISIT
        assert second < NEXT_PAGE


def weigh(browser: Browser, url: str) -> int:
    """Count the bytes of everything that a page brings, the map included."""
    sizes: list[float] = []
    browser.devtools("Network.enable")
    browser._devtools.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    browser.goto(url)
    browser.wait("document.querySelectorAll('.queue-map .spot').length > 0")
    return int(sum(sizes))
