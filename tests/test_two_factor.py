"""One's own account and the page of accounts: passwords, sessions, the second factor, and who may change whom."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import select, update

from hub.store.tables import accounts, audit, sessions
from hub.totp import STEP, code_at, secret_of, step_at
from hub.web.devices import device_of
from hub.web.visitors import SESSION_COOKIE, STEP_COOKIE
from tests.web_fixtures import PASSWORD, TEBET, Office, open_office

FRESH = "kata-sandi-yang-baru"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/109.0 Safari/537.36"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("akun")) as made:
        yield made


@pytest.fixture
def office(house: Office) -> Office:
    house.clear()
    return house


def code(office: Office, name: str = "admin", steps: int = 0) -> str:
    factor = office.read(lambda c: c.execute(select(accounts.c.factor).where(accounts.c.name == name)).scalar_one())
    return code_at(secret_of(office.hub.secret, factor), step_at(office.clock()) + steps)


def switch_on(office: Office, name: str = "admin") -> list[str]:
    office.sign_in(name)
    assert office.post("/akun/kode", {"password": PASSWORD}, page="/akun").headers["location"] == "/akun/kode"
    answer = office.post("/akun/kode/pakai", {"code": code(office, name)}, page="/akun/kode")
    assert answer.status_code == 200
    office.clock.advance(timedelta(seconds=STEP))
    return re.findall(r"<code>([a-z0-9-]{11})</code>", answer.text)


def second_step(office: Office, typed: str, name: str = "admin"):
    assert office.sign_in(name).headers["location"] == "/masuk/kode"
    return office.post("/masuk/kode", {"code": typed}, page="/masuk/kode")


def use(office: Office, token: str) -> None:
    office.browser.cookies.clear()
    office.browser.cookies.set(SESSION_COOKIE, token)


def actions(office: Office) -> list[str]:
    return list(office.read(lambda c: c.execute(select(audit.c.action).order_by(audit.c.id)).scalars().all()))


@pytest.mark.parametrize(("at", "expected"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")])
def test_codes_are_those_of_the_standard(at: int, expected: str) -> None:
    assert code_at(b"12345678901234567890", at // 30) == expected


def test_a_password_alone_opens_nothing(office: Office) -> None:
    switch_on(office)
    assert office.sign_in("admin").headers["location"] == "/masuk/kode"
    assert SESSION_COOKIE not in office.browser.cookies
    assert office.browser.get("/kanal").headers["location"].startswith("/masuk")
    half = office.browser.cookies[STEP_COOKIE]
    office.browser.cookies.set(SESSION_COOKIE, half)
    assert office.browser.get("/kanal").headers["location"].startswith("/masuk")


def test_password_and_code_open_a_new_session(office: Office) -> None:
    switch_on(office)
    answer = second_step(office, code(office))
    assert answer.headers["location"] == "/"
    assert office.browser.get("/kanal").status_code == 200
    assert office.browser.get("/masuk/kode").headers["location"] == "/masuk"


def test_a_code_counts_once(office: Office) -> None:
    switch_on(office)
    typed = code(office)
    assert second_step(office, typed).status_code == 303
    assert second_step(office, typed).status_code == 401
    office.clock.advance(timedelta(seconds=STEP))
    assert second_step(office, code(office)).status_code == 303


def test_codes_are_not_guessed(office: Office) -> None:
    switch_on(office)
    office.sign_in("admin")
    for _ in range(5):
        assert office.post("/masuk/kode", {"code": "000000"}, page="/masuk/kode").status_code == 401
    assert office.post("/masuk/kode", {"code": code(office)}, page="/masuk/kode").status_code == 429
    assert "sign-in-slowed" in actions(office)


def test_a_recovery_code_lets_in_once(office: Office) -> None:
    codes = switch_on(office)
    assert len(set(codes)) == 10
    assert second_step(office, codes[0].upper()).status_code == 303
    assert second_step(office, codes[0]).status_code == 401
    assert "9 kode cadangan" in office.browser.get("/akun").text or second_step(office, codes[1]).status_code == 303


def test_the_store_keeps_neither_secret_nor_codes(office: Office) -> None:
    codes = switch_on(office)
    row = office.read(lambda c: c.execute(select(accounts).where(accounts.c.name == "admin")).one())
    assert code(office) not in str(row)
    dump = "\n".join(office.hub.store.file.read_bytes().decode("latin-1").splitlines())
    assert not any(one in dump or one.replace("-", "") in dump for one in codes)


def test_programs_need_the_code_too(office: Office) -> None:
    switch_on(office)
    office.browser.cookies.clear()
    assert office.browser.post("/api/v1/token", auth=("admin", PASSWORD)).status_code == 401
    headers = {"X-Aduan-Code": code(office)}
    answer = office.browser.post("/api/v1/token", auth=("admin", PASSWORD), headers=headers)
    assert answer.status_code == 201
    bearer = {"authorization": f"Bearer {answer.json()['token']}"}
    assert office.browser.get("/api/v1/reports", headers=bearer).status_code == 200


def test_where_the_settings_ask_for_it_nothing_else_comes_first(tmp_path: Path) -> None:
    with open_office(tmp_path, two_factor="admins") as office:
        office.sign_in("petugas-tebet")
        assert office.browser.get("/kanal").status_code == 200
        office.sign_in("admin")
        for path in ("/kanal", "/antrean", "/papan", "/pengguna", "/audit"):
            assert office.browser.get(path).headers["location"] == "/akun"
        assert office.browser.get("/api/v1/reports", auth=("admin", PASSWORD)).status_code == 403
        switch_on(office)
        assert office.browser.get("/kanal").status_code == 200
        assert office.post("/akun/kode/lepas", {"password": PASSWORD}, page="/akun").status_code == 403


def test_a_new_password_ends_all_other_sessions_and_this_one_gets_a_new_id(office: Office) -> None:
    office.sign_in("petugas-tebet")
    old = office.browser.cookies[SESSION_COOKIE]
    office.sign_in("petugas-tebet")
    here = office.browser.cookies[SESSION_COOKIE]
    form = {"password": PASSWORD, "new": FRESH, "again": FRESH}
    assert office.post("/akun/sandi", form, page="/akun").headers["location"] == "/akun?sudah=sandi"
    assert office.browser.cookies[SESSION_COOKIE] not in {old, here}
    assert office.browser.get("/akun").status_code == 200
    for token in (old, here):
        use(office, token)
        assert office.browser.get("/akun").headers["location"].startswith("/masuk")
    assert office.sign_in("petugas-tebet").status_code == 401
    assert office.sign_in("petugas-tebet", FRESH).status_code == 303


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"password": "salah-sekali", "new": FRESH, "again": FRESH}, 401),
        ({"password": PASSWORD, "new": "pendek", "again": "pendek"}, 422),
        ({"password": PASSWORD, "new": PASSWORD, "again": PASSWORD}, 422),
        ({"password": PASSWORD, "new": FRESH, "again": "lain-lain-lain"}, 422),
    ],
)
def test_a_password_is_not_changed_by_mistake(office: Office, form: dict[str, str], status: int) -> None:
    office.sign_in("petugas-tebet")
    assert office.post("/akun/sandi", form, page="/akun").status_code == status
    assert office.sign_in("petugas-tebet").status_code == 303


def test_sessions_are_listed_by_device_and_ended_one_by_one(office: Office) -> None:
    office.browser.headers["user-agent"] = WINDOWS
    office.sign_in("petugas-tebet")
    first = office.browser.cookies[SESSION_COOKIE]
    office.browser.headers["user-agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0"
    office.sign_in("petugas-tebet")
    text = office.browser.get("/akun").text
    assert "Chrome di Windows" in text
    assert "Firefox di Linux" in text
    name = re.findall(r'name="session" value="(\w{16})"', text)
    assert len(name) == 1
    assert office.post("/akun/sesi", {"session": name[0]}, page="/akun").status_code == 303
    use(office, first)
    assert office.browser.get("/akun").headers["location"].startswith("/masuk")


def test_nobody_ends_the_session_of_another(office: Office) -> None:
    office.sign_in("operator")
    theirs = office.read(lambda c: c.execute(select(sessions.c.id)).scalar_one())[:16]
    office.sign_in("petugas-tebet")
    for name in (theirs, "", "%" * 16, "_" * 16):
        assert office.post("/akun/sesi", {"session": name}, page="/akun").status_code == 404
    assert office.read(lambda c: len(c.execute(select(sessions.c.id)).all())) == 2


@pytest.mark.parametrize(("agent", "device"), [(WINDOWS, "Chrome/Windows"), ("curl/8", ""), ("", "")])
def test_devices_are_told_coarsely(agent: str, device: str) -> None:
    assert device_of(agent) == device


# ------------------------------------------------------------------------------------------------ the page of accounts


def key_of(office: Office, name: str) -> int:
    return int(office.read(lambda c: c.execute(select(accounts.c.id).where(accounts.c.name == name)).scalar_one()))


def shown_password(text: str) -> str:
    found = re.search(r'<code class="secret">([0-9a-f-]+)</code>', unescape(text))
    assert found is not None
    return found[1]


def test_an_admin_adds_somebody_who_chooses_a_password_first(office: Office) -> None:
    office.sign_in("admin")
    form = {"name": "petugas-baru", "role": "petugas", "area": f"{TEBET} · Tebet"}
    password = shown_password(office.post("/pengguna", form, page="/pengguna").text)
    assert office.post("/pengguna", form, page="/pengguna").status_code == 409
    office.sign_in("petugas-baru", password)
    assert office.browser.get(f"/antrean/{TEBET}").headers["location"] == "/akun"
    office.post("/akun/sandi", {"password": password, "new": FRESH, "again": FRESH}, page="/akun")
    assert office.browser.get(f"/antrean/{TEBET}").status_code == 200


@pytest.mark.parametrize(
    ("role", "area"),
    [("petugas", ""), ("petugas", "dinas-tidak-ada"), ("lurah", TEBET), ("camat", f"{TEBET}.1001"), ("raja", "")],
)
def test_role_and_area_must_go_together(office: Office, role: str, area: str) -> None:
    office.sign_in("admin")
    answer = office.post("/pengguna", {"name": "a", "role": role, "area": area}, page="/pengguna")
    assert answer.status_code == 422
    assert office.read(lambda c: c.execute(select(accounts).where(accounts.c.name == "a")).first()) is None


def test_a_closed_account_is_out_at_once_and_a_role_holds_at_once(office: Office) -> None:
    office.sign_in("petugas-tebet")
    theirs = office.browser.cookies[SESSION_COOKIE]
    office.sign_in("admin")
    key = key_of(office, "petugas-tebet")
    assert office.post(f"/pengguna/{key}/tutup", {}, page="/pengguna").status_code == 303
    use(office, theirs)
    assert office.browser.get("/kanal").headers["location"].startswith("/masuk")
    assert office.sign_in("petugas-tebet").status_code == 401
    office.sign_in("admin")
    office.post(f"/pengguna/{key}/buka", {}, page="/pengguna")
    office.post(f"/pengguna/{key}/peran", {"role": "lurah", "area": f"{TEBET}.1001"}, page="/pengguna")
    office.sign_in("petugas-tebet")
    assert office.browser.get("/").headers["location"] == f"/antrean/{TEBET}.1001"
    assert {"account-disable", "account-enable", "account-role"} <= set(actions(office))


@pytest.mark.parametrize(("deed", "form"), [("tutup", {}), ("peran", {"role": "operator", "area": ""})])
def test_the_last_admin_stays(office: Office, deed: str, form: dict[str, str]) -> None:
    office.sign_in("admin")
    key = key_of(office, "admin")
    assert office.post(f"/pengguna/{key}/{deed}", form, page="/pengguna").status_code == 422
    assert office.sign_in("admin").status_code == 303
    office.write(lambda c: c.execute(update(accounts).where(accounts.c.name == "operator").values(role="admin")))
    assert office.post(f"/pengguna/{key}/{deed}", form, page="/pengguna").status_code == 303


def test_a_reset_password_and_a_reset_factor_end_sessions(office: Office) -> None:
    switch_on(office, "operator")
    theirs = office.browser.cookies[SESSION_COOKIE]
    office.sign_in("admin")
    key = key_of(office, "operator")
    assert office.post(f"/pengguna/{key}/lepas-kode", {}, page="/pengguna").status_code == 303
    password = shown_password(office.post(f"/pengguna/{key}/sandi", {}, page="/pengguna").text)
    use(office, theirs)
    assert office.browser.get("/kanal").headers["location"].startswith("/masuk")
    assert office.sign_in("operator").status_code == 401
    assert office.sign_in("operator", password).headers["location"] == "/"
    assert {"factor-on", "factor-reset", "account-password"} <= set(actions(office))


@pytest.mark.parametrize("name", ["operator", "petugas-tebet", "camat-setiabudi", "integritas"])
def test_only_admins_touch_accounts_and_read_the_audit(office: Office, name: str) -> None:
    office.enter(name)
    assert {office.browser.get(path).status_code for path in ("/pengguna", "/audit", "/audit/berkas")} == {403}
    key = key_of(office, "admin")
    assert office.post(f"/pengguna/{key}/sandi", {}, page="/kanal").status_code == 403


def test_the_audit_is_filtered_and_its_export_is_audited(office: Office) -> None:
    office.sign_in("admin")
    text = office.browser.get("/audit?tindakan=sign-in&pelaku=admin").text
    assert "sign-in" in text
    assert "/audit?" not in office.browser.get("/audit?pelaku=tidak-ada").text
    rows = office.browser.get("/audit/berkas?bentuk=jsonl").text.splitlines()
    assert len(rows) == 2
    assert actions(office) == ["sign-in", "export"]
    assert office.browser.get("/audit/berkas?bentuk=csv").text.startswith("id,at,actor")
