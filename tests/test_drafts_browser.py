"""Nothing typed is lost in a real browser: dropped network, ended session, closed page; nothing arrives twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import delete

from hub.store import tables
from tests.axe import violations
from tests.browser import Browser, open_browser
from tests.test_web_browser import serving
from tests.way_back_fixtures import PAGE, open_way_back, rows_of, seed
from tests.web_fixtures import PASSWORD, Office

WORDS = "pompa sudah menyala"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_way_back(tmp_path_factory.mktemp("kantor")) as made:
        yield made


@pytest.fixture(scope="module")
def address(office: Office) -> Iterator[str]:
    with serving(office) as found:
        yield found


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with open_browser(tmp_path_factory.mktemp("profil")) as browser:
        yield browser


@pytest.fixture
def browser(chromium: Browser, office: Office, address: str) -> Browser:
    """On the report's page, as a clerk of Tebet, with words typed."""
    office.clear()
    office.write(seed)
    chromium.page.context.clear_cookies()
    sign_in(chromium, address)
    chromium.run("localStorage.clear()")
    chromium.goto(f"{address}{PAGE}")
    chromium.page.fill("#note", WORDS)
    return chromium


def sign_in(browser: Browser, address: str) -> None:
    browser.goto(f"{address}/masuk")
    browser.page.fill("#name", "petugas-tebet")
    browser.page.fill("#password", PASSWORD)
    browser.leave("document.querySelector('form.login').requestSubmit()")


def notes(office: Office) -> list[str]:
    return [row.note for row in rows_of(office, "followups")]


def send(browser: Browser) -> None:
    browser.run("document.querySelector('#jawab button.strong').click()")


def shown(what: str) -> str:
    return f"document.querySelector('[data-say={what}]').checkVisibility()"


def test_a_dropped_network_keeps_the_words_and_sends_them_once(browser: Browser, office: Office) -> None:
    browser.page.context.set_offline(True)
    send(browser)
    browser.wait(shown("offline"))
    assert notes(office) == []
    browser.page.context.set_offline(False)
    browser.wait("document.querySelector('.timeline')?.textContent.includes('pompa sudah menyala')")
    assert notes(office) == [WORDS]
    assert browser.run("Object.keys(localStorage).filter((name) => name.startsWith('draft:')).length") == 0


def test_an_ended_session_sends_once_after_signing_in_again(browser: Browser, office: Office, address: str) -> None:
    office.write(lambda c: c.execute(delete(tables.sessions)))
    send(browser)
    browser.wait(shown("signed-out"))
    assert notes(office) == []
    sign_in(browser, address)
    browser.goto(f"{address}{PAGE}")
    browser.wait("document.querySelector('.timeline')?.textContent.includes('pompa sudah menyala')")
    assert notes(office) == [WORDS]


def test_words_come_back_to_a_page_that_was_closed(browser: Browser, address: str) -> None:
    browser.goto(f"{address}/kanal")
    browser.goto(f"{address}{PAGE}")
    assert browser.run("document.getElementById('note').value") == WORDS
    assert browser.run(shown("restored"))
    assert violations(browser) == []
    browser.leave("document.querySelector('form.who').requestSubmit()")
    assert browser.run("Object.keys(localStorage).filter((name) => name.startsWith('draft:')).length") == 0
