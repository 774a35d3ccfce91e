"""What attackers try: words as code, other sites' forms, a session known beforehand, guessing, framing."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy import Connection, insert, update

from hub.store import tables
from hub.store.accounts import add_account
from hub.store.audit import write_audit
from hub.web.headers import POLICY
from hub.web.visitors import SESSION_COOKIE
from normalizer.number import make_number
from tests.route_matrix import ROWS
from tests.web_fixtures import HASH, NOW, PASSWORD, TEBET, Office, add_report, open_office, seal, token_on

CODE = "</script></textarea></title>'\"><script>x()</script><img src=x onerror=x()><svg onload=x()>{{7*7}}"
OURS, SEALED = make_number(1, "JKT"), make_number(2, "JKT")
PLACES = {
    "{number}": OURS,
    "{unit}": TEBET,
    "{code}": "abcdefgh234567abcdefghij",
    "{name}": "replies",
    "{key}": "1",
}
EVIL = ("https://jahat.example", "//jahat.example", "/\\jahat.example", "/\t/jahat.example", "javascript:x()", "\n//x")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("serangan")) as made:
        yield made


@pytest.fixture
def office(house: Office) -> Office:
    house.clear()
    house.write(put_code)
    return house


def put_code(connection: Connection) -> None:
    """Whatever people or other systems may write holds code."""
    for key in (1, 2):
        add_report(connection, key, title=CODE, place={"street": CODE})
    words = {"text": CODE, "title": CODE, "address": CODE, "category_reported": CODE, "kelurahan_reported": CODE}
    connection.execute(update(tables.complaints).values(**words, tags=[CODE]))
    photo = {
        "id": "a" * 32,
        "complaint": 1,
        "raw_item": 1,
        "position": 0,
        "kind": "document",
        "url": CODE,
        "name": CODE,
    }
    connection.execute(insert(tables.photos).values(**photo, state="kept", media_type="text/html"))
    add_account(connection, CODE[:80], HASH, role="operator", area="", now=NOW)
    write_audit(connection, NOW, CODE, "export", CODE, note=CODE)
    seal(connection, 2)


def pages() -> list[str]:
    """Every address that is read with a browser, without a part that nobody can guess here."""
    found = []
    for address in ROWS:
        method, _, path = address.partition(" ")
        for place, value in PLACES.items():
            path = path.replace(place, value)
        if method == "GET" and "{" not in path and not path.startswith(("/api", "/hooks", "/arus", "/events")):
            found.append(path)
    return [*found, f"/laporan/{SEALED}", f"/laporan?nomor={CODE}", f"/lacak?nomor={CODE}", f"/audit?pelaku={CODE}"]


def check_harmless(text: str, path: str) -> None:
    tree = LexborHTMLParser(text)
    for script in tree.css("script"):
        kind = script.attributes.get("type") or ""
        assert "src" in script.attributes or kind == "application/json", f"{path}: a script of words"
    for node in tree.css("*"):
        handlers = [name for name in node.attributes if name.startswith("on")]
        assert not handlers, f"{path}: <{node.tag} {handlers}>"
        for name in ("href", "src", "action", "formaction"):
            assert not (node.attributes.get(name) or "").strip().lower().startswith("javascript:"), path
    assert not tree.css("img[src=x]"), path
    assert "49" not in (tree.css_first("title").text() if tree.css_first("title") else ""), path


@pytest.mark.parametrize("name", ["admin", "petugas-tebet", "integritas", ""])
def test_words_never_become_code(office: Office, name: str) -> None:
    office.browser.cookies.clear()
    if name:
        office.enter(name)
    streams = {address.partition(" ")[2] for address, rows in ROWS.items() if "stream=True" in repr(rows)}
    seen = 0
    for path in pages():
        if path in streams:
            continue
        answer = office.browser.get(path)
        if answer.headers.get("content-type", "").startswith("text/html"):
            check_harmless(answer.text, path)
            seen += "x()" in answer.text
    assert seen or not name, "the words were on no page: nothing was tested"


def test_the_check_finds_code() -> None:
    with pytest.raises(AssertionError):
        check_harmless(f"<p>{CODE}</p>", "/")


def test_a_file_of_others_is_never_opened_as_a_page(office: Office) -> None:
    """An SVG or HTML file that came as a photo is handed over as a file, in a sandbox."""
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>'
    content = office.hub.store.blobs.put(svg)
    for number, kind in enumerate(("image/svg+xml", "text/html", "application/xhtml+xml")):
        name = f"{number:032x}"
        row = {
            "id": name,
            "complaint": 1,
            "raw_item": 9,
            "position": number,
            "kind": "photo",
            "url": "",
            "state": "ready",
        }
        values = row | {"content": content, "media_type": kind}
        office.write(lambda c, values=values: c.execute(insert(tables.photos).values(**values)))
        office.enter("admin")
        answer = office.browser.get(f"/foto/{name}")
        assert answer.headers["content-disposition"] == "attachment"
        assert answer.headers["content-type"] == "application/octet-stream"
        assert "sandbox" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_photo_that_is_none_is_not_shrunk(office: Office) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (4, 4)).save(picture, "PNG")
    assert picture.getvalue()
    content = office.hub.store.blobs.put(b"<svg/>")
    row = {"id": "c" * 32, "complaint": 1, "raw_item": 9, "position": 8, "kind": "photo", "url": "", "state": "ready"}
    values = row | {"content": content, "media_type": "image/png"}
    office.write(lambda c: c.execute(insert(tables.photos).values(**values)))
    office.enter("admin")
    assert office.browser.get(f"/foto/{'c' * 32}?kecil=1").status_code == 410


@pytest.mark.parametrize("path", EVIL)
def test_no_address_sends_to_another_site(office: Office, path: str) -> None:
    for way in ("/bahasa/en?kembali=", "/masuk?kembali="):
        office.enter("admin")
        target = office.browser.get(way.partition("?")[0], params={"kembali": path, "dari": path, "next": path})
        assert target.headers["location"] in {"/", "/masuk"}
    office.browser.cookies.clear()
    form = {"name": "admin", "password": PASSWORD, "back": path}
    assert office.post("/masuk", form, page="/masuk").headers["location"] == "/"


def test_a_session_known_beforehand_is_worth_nothing(office: Office) -> None:
    """Fixation: neither a made-up id nor an attacker's own session or guest cookie survives signing in."""
    office.enter("operator")
    attackers = office.browser.cookies[SESSION_COOKIE]
    for planted in (attackers, "x" * 43):
        office.browser.cookies.clear()
        token = token_on(office.browser.get("/masuk").text)
        office.browser.cookies.set(SESSION_COOKIE, "", domain="testserver.local")
        office.browser.cookies.delete(SESSION_COOKIE, domain="testserver.local")
        form = {"name": "admin", "password": PASSWORD, "csrf": token}
        headers = {"cookie": f"{SESSION_COOKIE}={planted}; aduan_tamu={office.browser.cookies['aduan_tamu']}"}
        answer = office.browser.post("/masuk", data=form, headers=headers)
        fresh = answer.cookies.get(SESSION_COOKIE)
        assert fresh != planted
        office.browser.cookies.clear()
        text = office.browser.get("/akun", headers={"cookie": f"{SESSION_COOKIE}={planted}"}).text
        assert ">admin<" not in text


@pytest.mark.parametrize("path", ["/", "/masuk", "/kanal", f"/laporan/{OURS}", "/tidak-ada", "/api/v1/reports"])
def test_no_page_is_framed_or_sniffed_and_nothing_inline_runs(office: Office, path: str) -> None:
    office.enter("admin")
    headers = office.browser.get(path).headers
    assert headers["content-security-policy"].startswith(POLICY[:40])
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_every_cookie_is_out_of_reach_of_scripts_and_other_sites(office: Office) -> None:
    answers: list[Any] = [office.browser.get("/masuk"), office.sign_in("admin")]
    cookies = [value for answer in answers for name, value in answer.headers.multi_items() if name == "set-cookie"]
    kept = [value for value in cookies if "Max-Age=0" not in value]
    assert len(kept) >= 2
    assert all("HttpOnly" in value and "SameSite=lax" in value for value in kept)


def test_guessing_side_by_side_is_slowed_down_too(office: Office) -> None:
    """Five wrong ones count, however many names of headers or spellings they come with."""
    for _ in range(5):
        office.sign_in("petugas-tebet", "salah-sekali")
    assert office.sign_in("petugas-tebet").status_code == 429
    forwarded = {"x-forwarded-for": "203.0.113.9", "x-real-ip": "203.0.113.9"}
    token = token_on(office.browser.get("/masuk").text)
    form = {"name": "petugas-tebet", "password": PASSWORD, "csrf": token}
    assert office.browser.post("/masuk", data=form, headers=forwarded).status_code == 429
