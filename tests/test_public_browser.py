"""A citizen's minutes in a real browser, with and without JavaScript: complaining, the receipt, following it up."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from PIL import Image
from sqlalchemy import insert, select, update

from hub.store.tables import complaints, followups, photos, raw_items, reports
from tests.axe import violations
from tests.balaiwarga_fixtures import NOW, READING, WORDS, City, open_city, photo
from tests.browser import Browser, open_browser
from tests.test_web_browser import serving

SPOT = (-6.2261, 106.8588)
SIZES = ((360, 800), (1366, 768))
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@contextmanager
def citizen(folder: Path, *, scripts: bool = True) -> Iterator[tuple[City, Browser, str]]:
    """A hub that serves its pages, and a browser before it."""
    with (
        open_city(folder) as city,
        serving(city) as address,
        open_browser(folder / "profile", scripts=scripts) as browser,
    ):
        yield city, browser, address


def type_into(browser: Browser, **said: str) -> None:
    for name, words in said.items():
        browser.run(f"""{{ const field = document.getElementById({name!r}); field.value = {words!r};
            field.dispatchEvent(new Event("input", {{ bubbles: true }}));
            field.dispatchEvent(new Event("change", {{ bubbles: true }})); }}""")


def choose(browser: Browser, *files: Path) -> None:
    """Choose files as a person does in the dialog."""
    browser.page.set_input_files("#foto", files)


def press(browser: Browser, selector: str) -> None:
    """Click where the element is, as a finger does; scripts of the page need not be on."""
    browser.page.locator(selector).first.click()


def follow(browser: Browser, selector: str) -> None:
    """Press what leads to another page, and wait for that page."""
    browser.run("window.stale = true")
    press(browser, selector)
    browser.wait("window.stale === undefined && document.readyState === 'complete'")


def placed_photo(lat: float, lon: float) -> bytes:
    """A photo whose EXIF says where it was taken."""

    def degrees(value: float) -> tuple[float, float, float]:
        whole, rest = divmod(abs(value) * 3600, 3600)
        return (whole, rest // 60, rest % 60)

    exif = Image.Exif()
    exif.get_ifd(0x8825).update(
        {1: "S" if lat < 0 else "N", 2: degrees(lat), 3: "W" if lon < 0 else "E", 4: degrees(lon)}
    )
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "teal").save(out, "JPEG", exif=exif)
    return out.getvalue()


def looks_well(browser: Browser) -> None:
    """No barrier and nothing cut off, narrow and wide, light and dark."""
    for width, height in SIZES:
        for scheme in SCHEMES:
            browser.show(width, height, scheme)
            assert violations(browser) == [], (width, scheme)
            assert browser.run("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_citizen_complains_and_follows_it_up(tmp_path: Path, *, scripts: bool) -> None:
    picture = tmp_path / "foto.jpg"
    picture.write_bytes(photo())
    with citizen(tmp_path, scripts=scripts) as (city, browser, address):
        browser.goto(f"{address}/")
        follow(browser, 'a.door[href="/lapor"]')
        assert browser.run("document.querySelector('.with-script').hidden") is not scripts
        city.clock.advance(READING)
        type_into(browser, cerita=WORDS, alamat="Gang Contoh 5", kelurahan="31.74.01.1001")
        choose(browser, picture)
        follow(browser, "#lapor button[type=submit]")
        assert browser.run("location.pathname") == "/lapor/tanda-terima"
        number = browser.run("document.querySelector('.big-number').textContent")
        link = browser.run("document.querySelector('.address a').pathname")
        city.settle()

        browser.goto(f"{address}{link}")
        assert WORDS in browser.run("document.querySelector('.story').textContent")
        assert browser.run("document.querySelector('.public-head .number').textContent") == number
        browser.wait("[...document.images].every((one) => one.complete && one.naturalWidth > 0)")
        type_into(browser, kata="sekarang sampai pinggang")
        follow(browser, "button[value=keterangan]")
        assert "Terima kasih" in browser.run("document.querySelector('.notice.good').textContent")
        assert len(city.read(lambda c: c.execute(select(raw_items)).all())) == 2
        assert browser.problems == []


def test_a_browser_without_scripts_keeps_asking_until_the_complaint_is_read(tmp_path: Path) -> None:
    with citizen(tmp_path, scripts=False) as (city, browser, address):
        _, link = city.complain()
        browser.goto(f"{address}{link}")
        assert "sedang dibaca" in browser.run("document.body.textContent")
        city.settle()
        browser.wait("document.querySelector('.story') !== null")


def test_a_photo_s_place_becomes_the_pin_and_can_be_taken_away(tmp_path: Path) -> None:
    picture = tmp_path / "foto.jpg"
    picture.write_bytes(placed_photo(*SPOT))
    with citizen(tmp_path) as (city, browser, address):
        browser.goto(f"{address}/lapor")
        choose(browser, picture)
        browser.wait("document.querySelector('#previews canvas') !== null")
        browser.wait("document.querySelectorAll('#pin-map .dot').length === 1")
        assert abs(float(browser.run("document.forms.lapor.lat.value")) - SPOT[0]) < 1e-4
        assert abs(float(browser.run("document.forms.lapor.lon.value")) - SPOT[1]) < 1e-4
        browser.wait("document.querySelectorAll('#pin-map .area').length > 100")
        press(browser, "#unpin")
        browser.wait("document.querySelectorAll('#pin-map .dot').length === 0")
        assert browser.run("document.forms.lapor.lat.value") == ""
        press(browser, "#pin-map")
        browser.wait("document.forms.lapor.lat.value !== ''")
        assert city.browser.get("/lapor").status_code == 200
        assert browser.problems == []


def test_the_browser_s_own_position_is_taken(tmp_path: Path) -> None:
    with citizen(tmp_path) as (city, browser, address):
        browser.goto(f"{address}/lapor")
        browser.page.context.grant_permissions(["geolocation"])
        browser.page.context.set_geolocation({"latitude": SPOT[0], "longitude": SPOT[1], "accuracy": 15})
        press(browser, "#here")
        browser.wait("document.forms.lapor.lat.value !== ''")
        city.clock.advance(READING)
        type_into(browser, cerita=WORDS)
        follow(browser, "#lapor button[type=submit]")
        city.settle()
        row = city.read(lambda c: c.execute(select(complaints)).one())
        assert (row.lat, row.lon, row.accuracy) == (*SPOT, 15)


def test_a_draft_comes_back_and_is_gone_once_it_was_sent(tmp_path: Path) -> None:
    with citizen(tmp_path) as (city, browser, address):
        browser.goto(f"{address}/lapor")
        type_into(browser, cerita=WORDS, nama="Warga Contoh")
        assert browser.run("document.getElementById('cerita-count').textContent") == f"{len(WORDS)} / 4000"
        kept = browser.run("localStorage.getItem('lapor-draf')")
        assert WORDS in kept
        assert "Warga Contoh" not in kept
        browser.goto(f"{address}/lapor?lagi")
        assert browser.run("document.getElementById('cerita').value") == WORDS
        city.clock.advance(READING)
        follow(browser, "#lapor button[type=submit]")
        assert browser.run("localStorage.getItem('lapor-draf')") is None


def test_no_draft_is_kept_of_what_is_secret(tmp_path: Path) -> None:
    with citizen(tmp_path) as (_city, browser, address):
        browser.goto(f"{address}/lapor")
        type_into(browser, cerita=WORDS)
        press(browser, "#rahasia")
        browser.wait("localStorage.getItem('lapor-draf') === null")
        type_into(browser, cerita=f"{WORDS} lagi")
        assert browser.run("localStorage.getItem('lapor-draf')") is None


def test_two_quick_clicks_send_once(tmp_path: Path) -> None:
    with citizen(tmp_path) as (city, browser, address):
        browser.goto(f"{address}/lapor")
        city.clock.advance(READING)
        type_into(browser, cerita=WORDS)
        browser.leave(
            "const button = document.querySelector('#lapor button[type=submit]'); button.click(); button.click();"
        )
        assert browser.run("location.pathname") == "/lapor/tanda-terima"
        assert city.count("raw_items") == 1


def test_too_many_photos_are_said_before_anything_is_sent(tmp_path: Path) -> None:
    files = [tmp_path / f"{n}.jpg" for n in range(5)]
    for file in files:
        file.write_bytes(photo())
    with citizen(tmp_path) as (_city, browser, address):
        browser.goto(f"{address}/lapor")
        choose(browser, *files)
        browser.wait("!document.getElementById('foto-flaw').hidden")
        assert browser.run("document.forms.lapor.checkValidity()") is False


def test_no_page_for_citizens_has_a_barrier(tmp_path: Path) -> None:
    with citizen(tmp_path) as (city, browser, address):
        number, link = city.complain(photos=[photo()])
        city.settle()
        city.write(finish)
        for path in ("/", "/lapor", "/lacak", f"/lacak?nomor={number}", "/lacak?nomor=x", link):
            browser.goto(f"{address}{path}")
            looks_well(browser)
        browser.goto(f"{address}/lapor")
        browser.run("document.getElementById('cerita').required = false")
        browser.run("document.getElementById('situs').value = 'x'")
        type_into(browser, kontak="bukan nomor")
        follow(browser, "#lapor button[type=submit]")
        assert browser.run("document.activeElement.className") == "notice bad"
        looks_well(browser)
        browser.goto(f"{address}/lapor?lagi")
        city.clock.advance(READING)
        type_into(browser, cerita=WORDS)
        follow(browser, "#lapor button[type=submit]")
        assert browser.run("location.pathname") == "/lapor/tanda-terima"
        looks_well(browser)


def finish(connection: Any) -> None:
    """Let officials say something, and be done."""
    report = connection.execute(select(reports.c.id)).scalar_one()
    row = {"report": report, "channel": "crop", "received_at": NOW, "note_internal": "", "photos": [], "officer": ""}
    said = {"status": "proses", "note": "Pompa dikirim.", "unit": "dinas-sda", "applied": True, "native_id": "1"}
    connection.execute(insert(followups).values(at=NOW + timedelta(hours=1), **row, **said))
    connection.execute(update(reports).values(status="selesai", complaint_count=2))
    connection.execute(update(photos).values(followup=None))
