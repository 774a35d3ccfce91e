"""What holds for every page: both languages whole, nothing inline, headers, plugins inside the layout."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from hub.registry import PluginRoute, Registry
from hub.web import pages, story
from hub.web.language import FOLDER, LANGUAGES, language
from hub.web.signing import sign_path
from hub.web.words import Words
from normalizer.number import make_number
from tests.web_fixtures import NOW, TEBET, Office, add_report, open_office

WEB = Path(pages.__file__).parent
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]


def used() -> set[Any]:
    found = extract_from_dir(WEB, METHODS, keywords={"_": None, "mark": None, "gettext": None, "ngettext": (1, 2)})
    return {message for _, _, message, _, _ in found}


def test_the_catalogs_hold_every_text_of_the_pages() -> None:
    texts = {text if isinstance(text, str) else text[0] for text in used()}
    for code in LANGUAGES:
        with (FOLDER / code / "LC_MESSAGES" / "aduan.po").open("rb") as file:
            known = {entry.id if isinstance(entry.id, str) else entry.id[0] for entry in read_po(file)}
        assert not texts - known, "run scripts/translate.sh"


def test_every_text_is_translated_and_compiled() -> None:
    with (FOLDER / "id" / "LC_MESSAGES" / "aduan.po").open("rb") as file:
        catalog = read_po(file, locale="id")
    spoken = language("id")
    for entry in catalog:
        if not entry.id:
            continue
        one, given = (entry.id[0], entry.string[0]) if entry.pluralizable else (entry.id, entry.string)
        assert given, one
        assert sorted(re.findall(r"%\(\w+\)s", one)) == sorted(re.findall(r"%\(\w+\)s", given)), one
        assert (spoken.ngettext(*entry.id, 1) if entry.pluralizable else spoken.gettext(one)) == given


def test_every_code_of_evidence_has_its_sentence() -> None:
    normalizer = WEB.parents[1] / "normalizer"
    source = "".join((normalizer / name).read_text("utf-8") for name in ("evidence.py", "duplicates.py"))
    codes = set(re.findall(r'f?"([a-z]+(?:-[a-z]+)*):\{', source)) | set(
        re.findall(r'[(, ]"([a-z]+-(?:sama|berbeda))"', source)
    )
    assert codes
    assert codes <= set(story.EVIDENCE)


def test_ages_are_plain_words() -> None:
    words = Words(language("id"), SimpleNamespace(zone="Asia/Jakarta"), NOW, {})  # type: ignore[arg-type]
    assert words.age(NOW) == "baru saja"
    assert words.moment(NOW) == "3 Feb 2026, 12.00"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("halaman"), PagesOfPlugin(list, {})) as made:
        made.write(lambda c: add_report(c, 1))
        made.enter("petugas-tebet")
        yield made


class PagesOfPlugin(Registry):
    """A registry whose one plugin adds pages."""

    def routes(self) -> Any:
        async def read(request: Request) -> Response:
            return request.state.page("Halaman tambahan", "<p id='plugin'>isi</p>")

        async def act(_request: Request) -> Response:
            return HTMLResponse("dilakukan")

        return [
            PluginRoute("contoh", "/tambahan", read, "staff", ("GET",)),
            PluginRoute("contoh", "/tambahan", act, "staff", ("POST",)),
            PluginRoute("contoh", "/bertanda", read, "signed", ("GET",)),
        ]


PATHS = ["/masuk", "/kanal", f"/antrean/{TEBET}", f"/laporan/{make_number(1, 'JKT')}", "/tidak-ada", "/tambahan"]


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_inline_and_nothing_comes_from_elsewhere(office: Office, path: str) -> None:
    answer = office.browser.get(path, follow_redirects=True)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*src=)|javascript:", answer.text)
    for address in re.findall(r'(?:src|href)="([^"]+)"', answer.text):
        assert address.startswith(("/", "#")), address
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


def test_every_static_file_named_is_there_and_kept_for_good(office: Office) -> None:
    text = "".join(office.browser.get(path).text for path in PATHS)
    for address in set(re.findall(r'"(/static/[^"]+)"', text)):
        answer = office.browser.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]


def test_vendored_libraries_name_version_and_licence() -> None:
    vendor = WEB / "static" / "vendor"
    versions = json.loads((vendor / "versions.json").read_text())
    assert all(entry["version"] and entry["licence"] for entry in versions.values())
    for folder in vendor.iterdir():
        assert folder.is_file() or (folder / "LICENSE").is_file()
    assert versions["htmx.org"]["version"] in (vendor / "htmx" / "htmx.min.js").read_text("utf-8")
    assert versions["leaflet"]["version"] in (vendor / "leaflet" / "leaflet.js").read_text("utf-8")


def test_a_plugin_s_page_stands_in_the_hub_s_layout(office: Office) -> None:
    text = office.browser.get("/tambahan").text
    assert "<p id='plugin'>isi</p>" in text
    assert "petugas-tebet" in text


def test_a_plugin_s_routes_obey_the_same_rules(office: Office) -> None:
    assert office.browser.post("/tambahan", data={}).status_code == 403
    assert office.post("/tambahan", {}, page="/kanal").text == "dilakukan"
    kept = dict(office.browser.cookies)
    office.browser.cookies.clear()
    assert office.browser.get("/tambahan").headers["location"] == "/masuk?kembali=/tambahan"
    assert office.browser.get("/bertanda").status_code == 303
    assert office.browser.get(sign(office, "/bertanda")).status_code == 200
    assert office.browser.get(sign(office, "/bertanda").replace("?s=", "?s=x")).status_code == 303
    office.browser.cookies.update(kept)


def sign(office: Office, path: str) -> str:
    return sign_path(office.app.state.secret, path)


@pytest.mark.parametrize(("path", "kind"), [("/tidak-ada", "text/html"), ("/api/v1/x", "application/problem+json")])
def test_problems_speak_to_who_asks(office: Office, path: str, kind: str) -> None:
    answer = office.browser.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith(kind)


def test_a_fault_of_ours_tells_nothing_of_itself(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> Callable[..., Any]:
        raise RuntimeError("rahasia dapur")

    monkeypatch.setattr(office.hub, "ready", fail)
    with pytest.raises(RuntimeError):
        office.browser.get("/kanal")
    office.browser._transport.raise_server_exceptions = False  # type: ignore[attr-defined]
    answer = office.browser.get("/kanal")
    office.browser._transport.raise_server_exceptions = True  # type: ignore[attr-defined]
    assert answer.status_code == 500
    assert "rahasia dapur" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
