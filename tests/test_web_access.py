"""Who may open what: every route, every role."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from hub.store.tables import audit
from hub.web.access import NoAccessRule, Routes
from normalizer.number import make_number
from tests.route_matrix import ROWS
from tests.web_fixtures import SETIABUDI, STAFF, TEBET, Office, add_report, open_office, seal, token_on

TEBET_REPORT, OTHER_KELURAHAN, SETIABUDI_REPORT, SEALED, NOWHERE = 1, 2, 3, 4, 5


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("akses")) as made:

        def seed(connection):
            add_report(connection, TEBET_REPORT)
            add_report(connection, OTHER_KELURAHAN, kelurahan=f"{TEBET}.1002")
            add_report(connection, SETIABUDI_REPORT, kelurahan=f"{SETIABUDI}.1001")
            add_report(connection, SEALED, title="diminta uang di loket contoh")
            add_report(connection, NOWHERE, kelurahan="")
            seal(connection, SEALED)

        made.write(seed)
        yield made


SEES = {
    "petugas-tebet": {TEBET_REPORT, OTHER_KELURAHAN},
    "camat-setiabudi": {SETIABUDI_REPORT},
    "lurah-contoh": {TEBET_REPORT},
    "integritas": {SEALED},
    "operator": {TEBET_REPORT, OTHER_KELURAHAN, SETIABUDI_REPORT, NOWHERE},
    "admin": {TEBET_REPORT, OTHER_KELURAHAN, SETIABUDI_REPORT, NOWHERE},
}


def plain(answer: Any) -> str:
    return str(answer.text).replace(str(answer.url.path), "").replace(token_on(answer.text), "")


@pytest.mark.parametrize("name", STAFF)
def test_a_report_exists_only_for_those_who_may_see_it(office: Office, name: str) -> None:
    office.enter(name)
    keys = {TEBET_REPORT, OTHER_KELURAHAN, SETIABUDI_REPORT, SEALED, NOWHERE}
    answers = {key: office.browser.get(f"/laporan/{make_number(key, 'JKT')}") for key in keys}
    assert {key for key, answer in answers.items() if answer.status_code == 200} == SEES[name]
    hidden = [answer for key, answer in answers.items() if key not in SEES[name]]
    unknown = office.browser.get(f"/laporan/{make_number(99, 'JKT')}")
    assert {answer.status_code for answer in hidden} == {404}
    assert {plain(answer) for answer in hidden} == {plain(unknown)}


@pytest.mark.parametrize(
    ("name", "unit", "status"),
    [
        ("petugas-tebet", TEBET, 200),
        ("petugas-tebet", f"{TEBET}.1001", 200),
        ("petugas-tebet", SETIABUDI, 404),
        ("petugas-tebet", "triase", 404),
        ("petugas-tebet", "integritas", 404),
        ("lurah-contoh", f"{TEBET}.1001", 200),
        ("lurah-contoh", TEBET, 404),
        ("integritas", "integritas", 200),
        ("integritas", TEBET, 404),
        ("operator", "triase", 200),
        ("operator", "integritas", 404),
        ("admin", TEBET, 200),
        ("admin", "integritas", 404),
        ("admin", "no-such-unit", 404),
    ],
)
def test_a_queue_exists_only_for_its_people(office: Office, name: str, unit: str, status: int) -> None:
    office.enter(name)
    assert office.browser.get(f"/antrean/{unit}").status_code == status


@pytest.mark.parametrize("name", [name for name in STAFF if name != "integritas"])
def test_sealed_words_and_numbers_reach_no_other_role(office: Office, name: str) -> None:
    office.enter(name)
    number = make_number(SEALED, "JKT")
    area = STAFF[name][1] or TEBET
    pages = [f"/antrean/{area}", f"/antrean/{area}?lajur=baru", "/antrean", "/kanal", f"/laporan?nomor={number}"]
    for path in pages:
        text = office.browser.get(path).text
        assert "diminta uang" not in text
        assert number not in text
    answer = office.browser.get("/api/v1/reports", auth=(name, "kata-sandi-contoh"))
    assert answer.status_code == 200
    assert number not in answer.text


def test_the_integrity_unit_sees_its_queue_and_nothing_else(office: Office) -> None:
    office.enter("integritas")
    assert office.browser.get("/").headers["location"] == "/antrean/integritas"
    text = office.browser.get("/antrean/integritas").text
    assert make_number(SEALED, "JKT") in text
    assert make_number(TEBET_REPORT, "JKT") not in text
    reports = office.browser.get("/api/v1/reports", auth=("integritas", "kata-sandi-contoh")).json()["reports"]
    assert [report["report"] for report in reports] == [make_number(SEALED, "JKT")]


def test_looking_into_a_sealed_report_is_written_down(office: Office) -> None:
    office.enter("integritas")
    office.browser.get(f"/laporan/{make_number(SEALED, 'JKT')}")
    rows = office.read(lambda c: c.execute(select(audit).where(audit.c.action == "look-sealed")).all())
    assert (rows[-1].actor, rows[-1].subject) == ("integritas", make_number(SEALED, "JKT"))


PUBLIC = {
    "/": 200,
    "/masuk": 200,
    "/keluar": 403,
    "/masuk/kode": 303,
    "/masuk/luar": 404,
    "/masuk/kembali": 404,
    "/bahasa/{code}": 303,
    "/foto/{name}": 404,
    "/lacak": 200,
    "/lacak/{code}": 404,
    "/loket/pekerja.js": 200,
    "/desain": 200,
    "/peta": 200,
    "/peta/batas": 200,
    "/peta/sematkan": 200,
    "/sematkan": 200,
    "/data": 200,
    "/data/laporan.csv": 200,
    "/data/laporan.geojson": 200,
    "/peta/titik": 400,
    "/peta/{code}": 404,
    "/peta/laporan/{number}": 404,
    "/api/v1/wilayah/{code}": 404,
    "/hooks/{channel}": 404,
    "/healthz": 200,
    "/readyz": 503,
}
"""What the public gets on each public route; a new one must be added here on purpose."""


def test_every_address_has_its_line_in_the_route_matrix(office: Office) -> None:
    ours = {
        f"{method} {route.path}" for route in office.app.routes if isinstance(route, Route) for method in route.methods
    }
    missing = {address for address in ours if not address.startswith("HEAD") and address not in ROWS}
    assert not missing, f"add to ROWS in tests/route_matrix.py, see its top: {sorted(missing)}"


def test_the_public_gets_nothing_but_the_public_routes(office: Office) -> None:
    office.browser.cookies.clear()
    rules = office.app.state.rules
    assert {path for path, access in rules.items() if access == "public"} == set(PUBLIC)
    for route in office.app.routes:
        if not isinstance(route, Route):
            continue
        path = route.path.replace("{", "").replace("}", "")
        for method in route.methods - {"HEAD"}:
            answer = office.browser.request(method, path)
            if rules[route.path] == "public":
                assert answer.status_code in {PUBLIC[route.path], 403, 404}, route.path
            else:
                assert answer.status_code == 401 or answer.headers["location"].startswith("/masuk"), route.path


@pytest.mark.parametrize("name", ["petugas-tebet", "camat-setiabudi", "lurah-contoh", "integritas"])
def test_only_those_who_run_the_hub_touch_channels(office: Office, name: str) -> None:
    office.enter(name)
    token = token_on(office.browser.get("/kanal").text)
    for deed in ("jeda", "lanjut", "baca-ulang", "kirim-ulang"):
        assert office.browser.post(f"/kanal/waze/{deed}", data={"csrf": token}).status_code == 403
    assert office.browser.get("/metrics", auth=(name, "kata-sandi-contoh")).status_code == 403


@pytest.mark.parametrize("spelling", ["punycode", "idna", "unicode_escape", "utf-7", "utf-16", '"PunyCode"'])
def test_a_form_in_a_spelling_that_takes_long_is_not_read(office: Office, spelling: str) -> None:
    body = b'--X\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n' + b"a" * 50_000 + b"-\\ud800\r\n--X--\r\n"
    kind = "multipart/form-data; boundary=X"
    assert office.browser.post("/masuk", content=body, headers={"content-type": kind}).status_code == 403
    named = {"content-type": f"{kind}; charset={spelling}"}
    assert office.browser.post("/masuk", content=body, headers=named).status_code == 400
    assert (
        office.browser.post("/masuk", content=body, headers={"content-type": f"{kind}; charset=UTF-8"}).status_code
        == 403
    )


async def answer(_request: Request) -> Response:
    return PlainTextResponse("ya")


@pytest.mark.parametrize("access", [None, "", "everybody"])
def test_no_route_without_an_access_rule(access: str | None) -> None:
    with pytest.raises(NoAccessRule):
        Routes().add("/halaman", answer, access)  # type: ignore[arg-type]
