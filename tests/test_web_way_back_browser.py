"""The way back in a real browser: previews appear beside the form, a question goes out, and no page has barriers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from tests.axe import violations
from tests.browser import Browser, open_browser
from tests.test_web_browser import serving
from tests.way_back_fixtures import (
    KICAU,
    PAGE,
    SURAT,
    TWO,
    add_citizen,
    add_delivery,
    change,
    open_way_back,
    rows_of,
    seed,
)
from tests.web_fixtures import NOW, PASSWORD, TEBET, Office, add_report


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_way_back(tmp_path_factory.mktemp("kantor")) as made:
        made.write(seed)
        made.write(fill)
        for key, who in ((SURAT, "machine"), (KICAU, "citizen")):
            change(made, "complaints", key, doubt=who)
        yield made


def fill(connection: Connection) -> None:
    for key in range(2):
        add_delivery(connection, f"d{key}", act="a" * 32)
    add_delivery(connection, "w", complaint=KICAU, channel="kicau", state="waiting", waits_for="clerk")
    no_way = {"complaint": 1, "channel": "waze", "state": "undeliverable", "reason": "no private route"}
    add_delivery(connection, "u", **no_way)
    for key in (21, 22):
        add_report(connection, key, duty=True)
        add_citizen(connection, key + 100, key, "surat", role="rt")


@pytest.fixture(scope="module")
def address(office: Office) -> Iterator[str]:
    with serving(office) as found:
        yield found


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with open_browser(tmp_path_factory.mktemp("profil")) as browser:
        yield browser


@pytest.fixture
def browser(chromium: Browser, address: str) -> Browser:
    """Signed in as a clerk of Tebet."""
    sign_in(chromium, address, "petugas-tebet")
    return chromium


def sign_in(browser: Browser, address: str, name: str) -> None:
    browser.goto(f"{address}/masuk")
    browser.wait("document.querySelector('form.who, form.login') !== null")
    if browser.run("document.querySelector('form.who') !== null"):
        browser.leave("document.querySelector('form.who').requestSubmit()")
    browser.run(f"document.getElementById('name').value = '{name}'")
    browser.run(f"document.getElementById('password').value = '{PASSWORD}'")
    browser.leave("document.querySelector('form.login').requestSubmit()")
    browser.problems.clear()


def test_a_clerk_previews_and_asks(browser: Browser, office: Office, address: str) -> None:
    browser.goto(f"{address}{PAGE}")
    browser.run("document.getElementById('note').value = 'pompa sudah menyala'")
    browser.run("document.querySelector('.act [hx-post]').click()")
    browser.wait("document.querySelector('#preview .letter') !== null")
    assert "pompa sudah menyala" in browser.run("document.querySelector('#preview').textContent")
    assert browser.run("location.pathname") == PAGE

    form = f"document.querySelector('#a-{SURAT} .asking form')"
    browser.run(f"document.querySelector('#a-{SURAT} .asking').open = true")
    browser.run(f"{form}.querySelector('[value=photo]').checked = true")
    browser.run(f"{form}.querySelector('[hx-post]').click()")
    browser.wait(f"{form}.querySelector('.letter') !== null")
    assert "foto" in browser.run(f"{form}.querySelector('.letter').textContent")
    assert rows_of(office, "questions") == []
    browser.leave(f"{form}.requestSubmit({form}.querySelector('button'))")
    assert "Waktu berhenti" in browser.run("document.querySelector('.pause').textContent")
    assert [row.kind for row in rows_of(office, "questions")] == ["photo"]
    assert violations(browser) == []
    assert browser.problems == []


def test_ticks_in_the_lane_of_duty_reports_stay_until_they_are_sent(browser: Browser, address: str) -> None:
    browser.goto(f"{address}/antrean/{TEBET}?lajur=rt-rw&semua=1")
    assert browser.run("document.querySelectorAll('[name=pilih]:checked').length") == 2
    assert violations(browser) == []
    browser.leave("document.getElementById('bulk').requestSubmit(document.querySelector('[value=sah]'))")
    assert browser.run("document.querySelectorAll('.row').length") == 0
    assert browser.problems == []


def test_no_page_of_the_way_back_has_barriers(browser: Browser, office: Office, address: str) -> None:
    change(office, "reports", 2, status="selesai", closed_at=NOW, disputed_at=NOW)
    sign_in(browser, address, "admin")
    browser.goto(f"{address}/kanal")
    browser.run("window.confirm = () => true")
    browser.leave("document.querySelector('.brake-all').requestSubmit()")
    for path in ("/kanal", "/rem/replies", PAGE, f"/laporan/{TWO}", f"/antrean/{TEBET}?lajur=dibantah"):
        browser.goto(f"{address}{path}")
        assert "Balasan ditahan" in browser.run("document.querySelector('.held').textContent")
        assert violations(browser) == [], path
    browser.goto(f"{address}/rem/replies")
    browser.leave("document.querySelector('.brake form').requestSubmit()")
    assert browser.run("document.querySelector('.held') === null")
    assert browser.problems == []
