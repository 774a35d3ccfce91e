"""The counter in a real browser: by keyboard from an empty page to the receipt, and without a network."""

from __future__ import annotations

import base64
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hub.web.visitors import SESSION_COOKIE
from normalizer.number import read_number
from tests.axe import violations
from tests.browser import Browser, open_browser
from tests.counter_fixtures import WORDS, Desk, Serving, entry, open_counter, rows, serving, settle
from tests.web_fixtures import NOW, Office

KEYS_A_SECOND = 5
"""A slow typist. With ADUAN_TYPE_SLOWLY the keys are really pressed at this pace."""
SECONDS = 45
PLACE, AREA, PHONE = "jl tebet barat raya", "tebet barat", "081200000000"
ALL_SENT = "document.getElementById('net').textContent.startsWith('Semua terkirim')"


class Clerk:
    """Hands on a keyboard; counts what they press."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.pressed = 0
        self.rest = 1 / KEYS_A_SECOND if os.environ.get("ADUAN_TYPE_SLOWLY") else 0.0

    def press(self, key: str, *, alt: bool = False) -> None:
        self.pressed += 1 + alt
        time.sleep(self.rest)
        self.browser.press(f"Alt+{key}" if alt else key)

    def write(self, words: str) -> None:
        for letter in words:
            self.press(letter)

    def fill(self, words: str, place: str = PLACE, area: str = AREA, phone: str = PHONE) -> None:
        for part in (words, place, area):
            self.write(part)
            self.press("Tab")
        self.write(phone)

    def save(self) -> str:
        """Save; give the number on the receipt."""
        printed = self.browser.run("window.printed")
        self.press("F9")
        self.browser.wait(f"window.printed > {printed}")
        number = self.browser.run("document.querySelector('[data-put=number]').textContent")
        assert read_number(number) is not None
        return str(number)


@contextmanager
def at_the_desk(folder: Path) -> Iterator[tuple[Office, Serving, Browser]]:
    with open_counter(folder) as office, serving(office) as pages, open_browser(folder / "profile") as browser:
        Desk(office)
        sign_in(office, pages, browser)
        open_desk(pages, browser)
        browser.wait(ALL_SENT)
        yield office, pages, browser


def sign_in(office: Office, pages: Serving, browser: Browser) -> None:
    office.enter("petugas-tebet")
    token = office.browser.cookies.get(SESSION_COOKIE)
    browser.page.context.add_cookies([{"name": SESSION_COOKIE, "value": token or "", "url": pages.address}])


def open_desk(pages: Serving, browser: Browser) -> None:
    """Open the page, with a printer that only counts."""
    browser.goto(f"{pages.address}/loket")
    browser.wait("document.getElementById('counter')?.dataset.ready === '1'")
    browser.run("window.printed = 0; window.print = () => { window.printed += 1 }")


def drop_network(browser: Browser, *, offline: bool) -> None:
    speed = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    browser.devtools("Network.emulateNetworkConditions", offline=offline, **speed)


# ------------------------------------------------------------------------------------------------------------- by keys


def test_from_an_empty_page_to_the_printed_receipt_by_keyboard(tmp_path: Path, record_testsuite_property: Any) -> None:
    with at_the_desk(tmp_path) as (office, _pages, browser):
        clerk = Clerk(browser)
        assert browser.run("document.activeElement.id") == "text"
        began = time.monotonic()
        clerk.fill(WORDS)
        number = clerk.save()
        record_testsuite_property("counter-keys", clerk.pressed)
        record_testsuite_property("counter-seconds", round(time.monotonic() - began, 1))
        assert clerk.pressed / KEYS_A_SECOND < SECONDS, f"{clerk.pressed} keys"
        assert browser.run("document.activeElement.id") == "text"
        assert browser.run("document.getElementById('entry').elements.text.value") == ""
        browser.wait(ALL_SENT)
        settle(office)
        (complaint,) = rows(office, "complaints")
        assert (complaint.text, complaint.address) == (WORDS, PLACE)
        assert complaint.kelurahan_reported == rows(office, "reports")[0].kelurahan != ""
        assert rows(office, "reports")[0].number == number
        receipt = browser.run("document.getElementById('paper').textContent")
        assert "Jumat, 06 Februari 2026" in receipt
        assert complaint.track in receipt
        assert PHONE not in receipt
        assert browser.problems == []


def test_one_key_adds_the_citizen_to_a_report(tmp_path: Path) -> None:
    with at_the_desk(tmp_path) as (office, _pages, browser):
        Desk(office).send(entry("loket-contoh-1", kelurahan="31.74.01.1002"))
        settle(office)
        (report,) = rows(office, "reports")
        sign_in(office, _pages, browser)
        clerk = Clerk(browser)
        clerk.fill("genangan di depan sekolah, got mampet, banjir")
        browser.wait(f"document.querySelector('.match')?.dataset.number === '{report.number}'")
        clerk.press("1", alt=True)
        assert browser.run("document.querySelector('.match').getAttribute('aria-pressed')") == "true"
        number = clerk.save()
        browser.wait(ALL_SENT)
        settle(office)
        assert rows(office, "reports", number=report.number)[0].complaint_count == 2
        assert rows(office, "reports", number=number)[0].merged_into == report.id


def test_the_citizens_mode_hides_the_words_of_others(tmp_path: Path) -> None:
    with at_the_desk(tmp_path) as (office, pages, browser):
        Desk(office).send(entry("loket-contoh-1", text="banjir di rumah kami, tolong", kelurahan="31.74.01.1002"))
        settle(office)
        sign_in(office, pages, browser)
        clerk = Clerk(browser)
        clerk.fill("banjir")
        clerk.press("F2")
        clerk.fill("genangan banjir di sekolah")
        browser.wait("document.querySelector('.match .match-title') !== null")
        clerk.press("F4")
        browser.wait(
            "document.querySelector('.match') !== null && document.querySelector('.match .match-title') === null"
        )
        seen = browser.run("document.body.innerText")
        assert "tolong" not in seen
        assert "Diparkir" not in seen
        assert "Antrean" not in seen
        open_desk(pages, browser)
        assert browser.run("document.body.classList.contains('for-citizens')")


def test_drafts_are_parked_and_survive_a_reload(tmp_path: Path) -> None:
    with at_the_desk(tmp_path) as (_office, pages, browser):
        clerk = Clerk(browser)
        for words in ("aduan pertama", "aduan kedua"):
            clerk.write(words)
            clerk.press("F2")
            browser.wait("document.getElementById('entry').elements.text.value === ''")
        browser.wait("document.querySelectorAll('#parked li').length === 2")
        clerk.write("belum selesai")
        browser.wait("Shelf.all('drafts').then((all) => all.some((one) => one.fields.text === 'belum selesai'))")
        open_desk(pages, browser)
        assert browser.run("document.getElementById('entry').elements.text.value") == "belum selesai"
        clerk.press("F2")
        browser.wait("document.querySelectorAll('#parked li').length === 3")
        clerk.press("F2")
        browser.wait("document.getElementById('entry').elements.text.value === 'aduan pertama'")
        browser.wait("document.querySelectorAll('#parked li').length === 2")


def test_a_number_is_given_to_one_citizen_however_many_windows_are_open(tmp_path: Path) -> None:
    with at_the_desk(tmp_path) as (_office, _pages, browser):
        filing = "Shelf.file({ text: 'contoh', files: [], at: Sync.clock().toISOString() })"
        twelve = f"Promise.all(Array.from({{ length: 12 }}, () => {filing}))"
        found = browser.run(f"{twelve}.then((all) => all.map((one) => one.held.number))")
        assert len(set(found)) == 12


@pytest.mark.parametrize("words", ["petugas minta uang pungli untuk urus surat"])
def test_a_slip_does_not_tell_what_must_stay_secret(tmp_path: Path, words: str) -> None:
    with at_the_desk(tmp_path) as (_office, _pages, browser):
        clerk = Clerk(browser)
        clerk.fill(words)
        browser.wait("document.querySelector('#matches .guess') !== null")
        guess = browser.run("document.querySelector('#matches .guess').textContent.split(' · ')[0]")
        clerk.save()
        assert guess not in browser.run("document.getElementById('paper').textContent")


# ------------------------------------------------------------------------------------------------- without a network


def test_three_citizens_while_the_network_is_down(tmp_path: Path) -> None:
    with at_the_desk(tmp_path) as (office, _pages, browser):
        clerk, numbers, times = Clerk(browser), [], []
        drop_network(browser, offline=True)
        for words in ("lampu jalan mati", "sampah menumpuk", "pohon tumbang"):
            clerk.fill(words)
            times.append(browser.run("Sync.clock().toISOString()"))
            numbers.append(clerk.save())
        browser.wait("document.getElementById('net').textContent === 'Luar jaringan: 3 aduan menunggu dikirim'")
        assert rows(office, "raw_items") == []
        drop_network(browser, offline=False)
        browser.run("Sync.now()")
        browser.wait(ALL_SENT)
        settle(office)
        stored = rows(office, "complaints")
        assert [row.native_id for row in stored] == numbers
        assert {row.number for row in rows(office, "reports")} == set(numbers)
        for row, began in zip(stored, times, strict=True):
            assert 0 <= (row.created_at - datetime.fromisoformat(began)).total_seconds() < 20
            assert abs(row.created_at - NOW) < timedelta(minutes=5), "the hub's time, whatever the desk's clock shows"


def test_the_page_opens_while_the_hub_is_away_and_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    with at_the_desk(tmp_path) as (office, pages, browser):
        browser.wait("navigator.serviceWorker.ready.then((known) => known.active?.state === 'activated')")
        browser.wait("caches.match('/loket').then((kept) => kept !== undefined)")
        clerk = Clerk(browser)
        pages.stop()
        open_desk(pages, browser)
        clerk.fill("aduan saat hub mati")
        first = clerk.save()
        open_desk(pages, browser)
        second = (clerk.fill("aduan kedua saat hub mati"), clerk.save())[1]
        pages.start()
        browser.run("Sync.now()")
        browser.wait(ALL_SENT)
        browser.run("Sync.now()")
        settle(office)
        assert [row.native_id for row in rows(office, "complaints")] == [first, second]


def test_entries_wait_for_whoever_signs_in_again(tmp_path: Path) -> None:
    with at_the_desk(tmp_path) as (office, pages, browser):
        browser.page.context.clear_cookies()
        clerk = Clerk(browser)
        clerk.fill("aduan setelah sesi berakhir")
        number = clerk.save()
        browser.wait("document.getElementById('net').textContent.startsWith('Sesi berakhir: 1 aduan')")
        assert not browser.run("document.getElementById('sign-in').hidden")
        sign_in(office, pages, browser)
        browser.run("Sync.now()")
        browser.wait(ALL_SENT)
        settle(office)
        assert [row.native_id for row in rows(office, "complaints")] == [number]


def test_a_refused_entry_is_shown_and_can_be_set_right(tmp_path: Path) -> None:
    with at_the_desk(tmp_path) as (office, _pages, browser):
        clerk = Clerk(browser)
        clerk.write("dari formulir kertas")
        browser.run("document.getElementById('entry').elements.form_number.value = 'JKT-00000001'")
        clerk.press("F9")
        browser.wait("document.querySelectorAll('#refused li').length === 1")
        assert "Nomor ini bukan dari cadangan loket" in browser.run("document.getElementById('refused').textContent")
        browser.run("document.querySelector('#refused button').click()")
        browser.wait("document.getElementById('entry').elements.text.value === 'dari formulir kertas'")
        browser.run("document.getElementById('entry').elements.form_number.value = ''")
        number = clerk.save()
        browser.wait(ALL_SENT)
        settle(office)
        assert [row.native_id for row in rows(office, "complaints")] == [number]
        assert browser.run("Shelf.count('queue')") == 0


# ------------------------------------------------------------------------------------------------------- on paper


def test_the_receipt_fits_its_paper(tmp_path: Path) -> None:
    with at_the_desk(tmp_path) as (_office, _pages, browser):
        clerk = Clerk(browser)
        clerk.fill(WORDS)
        clerk.save()
        for size, millimetres in (("58", 58), ("80", 80), ("a4", 210)):
            browser.run(
                f"document.getElementById('paper-size').value = '{size}';"
                "document.getElementById('paper-size').dispatchEvent(new Event('change'))"
            )
            assert pages_of(browser) == [millimetres], size


def pages_of(browser: Browser) -> list[int]:
    """Print; give the width of each page in millimetres."""
    answer: dict[str, Any] = browser.devtools("Page.printToPDF", preferCSSPageSize=True)
    boxes = re.findall(rb"/MediaBox ?\[0 0 ([\d.]+) [\d.]+\]", base64.b64decode(answer["data"]))
    return [round(float(width) / 72 * 25.4) for width in boxes]


def test_a_form_is_a_page_of_a4(tmp_path: Path) -> None:
    with at_the_desk(tmp_path) as (_office, pages, browser):
        browser.goto(f"{pages.address}/loket/formulir?jumlah=2")
        browser.leave("document.querySelector('main form').requestSubmit()")
        assert pages_of(browser) == [210, 210]
        assert violations(browser) == []


def test_nobody_meets_a_barrier(tmp_path: Path) -> None:
    with at_the_desk(tmp_path) as (office, pages, browser):
        Desk(office).send(entry("loket-contoh-1", kelurahan="31.74.01.1002"))
        settle(office)
        sign_in(office, pages, browser)
        assert violations(browser) == []
        clerk = Clerk(browser)
        clerk.fill(WORDS)
        browser.wait("document.querySelector('.match') !== null")
        browser.run("for (const one of document.querySelectorAll('#entry details')) one.open = true")
        assert violations(browser) == []
        number = clerk.save()
        assert violations(browser) == []
        browser.wait(ALL_SENT)
        settle(office)
        for path in (f"/loket/cari?nomor={number}", "/loket/formulir"):
            browser.goto(pages.address + path)
            assert violations(browser) == [], path
