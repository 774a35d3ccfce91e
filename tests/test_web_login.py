from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from hub.store.accounts import is_outdated
from hub.store.sessions import IDLE
from hub.store.tables import accounts, sessions
from hub.web.login import local_path
from tests.web_fixtures import PASSWORD, Office, add_report, open_office, token_on


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("kantor")) as made:
        yield made


@pytest.fixture
def office(house: Office) -> Office:
    house.clear()
    return house


def test_the_right_password_opens_a_session_that_scripts_cannot_read(office: Office) -> None:
    answer = office.sign_in("petugas-tebet")
    assert answer.status_code == 303
    cookie = next(value for name, value in answer.headers.multi_items() if "aduan_sesi" in value)
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert office.browser.get("/").headers["location"] == "/antrean/31.74.01"


def test_cookies_are_for_https_only_where_the_hub_is(tmp_path: Path) -> None:
    with open_office(tmp_path, public_url="https://aduan.example.org") as office:
        office.browser.base_url = "https://testserver"
        answer = office.sign_in("petugas-tebet")
        assert "Secure" in answer.headers["set-cookie"]
        assert "max-age" in answer.headers["strict-transport-security"]


def test_nobody_learns_which_names_exist(office: Office) -> None:
    wrong, unknown = office.sign_in("petugas-tebet", "salah-sekali"), office.sign_in("tidak-ada", "salah-sekali")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text.replace("petugas-tebet", "X").replace(token_on(wrong.text), "") == unknown.text.replace(
        "tidak-ada", "X"
    ).replace(token_on(unknown.text), "")


def test_guessing_is_slowed_down_and_ends_by_itself(office: Office) -> None:
    for _ in range(5):
        assert office.sign_in("petugas-tebet", "salah-sekali").status_code == 401
    assert office.sign_in("petugas-tebet").status_code == 429
    assert office.sign_in("admin").status_code == 303
    office.clock.advance(timedelta(minutes=16))
    assert office.sign_in("petugas-tebet").status_code == 303


def test_guessing_over_the_api_counts_too(office: Office) -> None:
    for _ in range(5):
        assert office.browser.get("/api/v1/reports", auth=("admin", "salah-sekali")).status_code == 401
    answer = office.browser.get("/api/v1/reports", auth=("admin", PASSWORD))
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


def test_an_old_hash_is_made_anew_at_sign_in(office: Office) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    office.write(lambda c: c.execute(update(accounts).where(accounts.c.name == "admin").values(password=weak)))
    assert office.sign_in("admin").status_code == 303
    stored = office.read(
        lambda c: c.execute(select(accounts.c.password).where(accounts.c.name == "admin")).scalar_one()
    )
    assert not is_outdated(stored)
    assert office.sign_in("admin").status_code == 303


def test_signing_out_ends_the_session_on_the_server(office: Office) -> None:
    office.sign_in("petugas-tebet")
    kept = dict(office.browser.cookies)
    assert office.post("/keluar", {}, page="/kanal").headers["location"] == "/masuk"
    office.browser.cookies.update(kept)
    assert office.browser.get("/kanal").headers["location"].startswith("/masuk")


def test_a_session_that_nobody_used_ends_and_polling_does_not_keep_it(office: Office) -> None:
    office.sign_in("petugas-tebet")
    step = IDLE / 3
    for _ in range(2):
        office.clock.advance(step)
        assert office.browser.get("/antrean/31.74.01", headers={"hx-request": "true"}).status_code == 200
    office.clock.advance(step)
    answer = office.browser.get("/antrean/31.74.01", headers={"hx-request": "true"})
    assert answer.headers["hx-redirect"] == "/masuk"


def test_using_pages_keeps_a_session(office: Office) -> None:
    office.sign_in("petugas-tebet")
    for _ in range(5):
        office.clock.advance(IDLE / 2)
        assert office.browser.get("/kanal").status_code == 200


@pytest.mark.parametrize("path", ["/keluar", "/laporan/JKT-6X8H7EAA/tindak-lanjut", "/kanal/waze/jeda"])
@pytest.mark.parametrize("token", ["", "wrong", "é"])
def test_every_form_needs_the_token_of_its_session(office: Office, path: str, token: str) -> None:
    office.write(lambda c: add_report(c, 1))
    office.sign_in("admin")
    assert office.browser.post(path, data={"csrf": token, "note": "x", "version": "1"}).status_code == 403
    assert office.browser.get("/kanal").status_code == 200


def test_another_sessions_token_does_not_count(office: Office) -> None:
    office.sign_in("admin")
    foreign = token_on(office.browser.get("/kanal").text)
    office.sign_in("operator")
    assert office.browser.post("/keluar", data={"csrf": foreign}).status_code == 403


def test_the_token_may_come_in_a_header(office: Office) -> None:
    office.sign_in("admin")
    token = token_on(office.browser.get("/kanal").text)
    assert office.browser.post("/keluar", headers={"X-CSRF-Token": token}).status_code == 303


def test_signing_in_needs_a_token_too(office: Office) -> None:
    assert office.browser.post("/masuk", data={"name": "admin", "password": PASSWORD}).status_code == 403


def test_cookies_count_for_nothing_where_programs_call(office: Office) -> None:
    office.sign_in("admin")
    assert office.browser.get("/api/v1/reports").status_code == 401
    assert office.browser.post("/api/v1/token").status_code == 401


@pytest.mark.parametrize("path", ["//jahat.example", "/\\jahat.example", "https://jahat.example", "/a\nb", ""])
def test_nobody_is_sent_to_another_site(office: Office, path: str) -> None:
    assert local_path(path) == ""
    answer = office.browser.get("/bahasa/en", params={"kembali": path})
    assert answer.headers["location"] == "/"


def test_after_signing_in_one_is_where_one_wanted_to_go(office: Office) -> None:
    to = office.browser.get("/kanal").headers["location"]
    form = {"name": "admin", "password": PASSWORD, "back": "/kanal"}
    assert to == "/masuk?kembali=/kanal"
    assert office.post("/masuk", form, page=to).headers["location"] == "/kanal"


def test_the_token_looks_different_on_every_page_and_always_counts(office: Office) -> None:
    office.sign_in("admin")
    first, second = (token_on(office.browser.get("/kanal").text) for _ in range(2))
    assert first != second
    for token in (first, second):
        assert office.browser.post("/kanal/tidak-ada/jeda", headers={"X-CSRF-Token": token}).status_code != 403


def test_the_bare_token_of_a_session_does_not_count(office: Office) -> None:
    office.sign_in("admin")
    bare = office.read(lambda c: c.execute(select(sessions.c.csrf)).scalar_one())
    assert office.browser.post("/keluar", data={"csrf": bare}).status_code == 403
