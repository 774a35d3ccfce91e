"""Signing in by OpenID Connect, against a stand-in that speaks the real protocol."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from joserfc.jwk import RSAKey
from pydantic import SecretStr, ValidationError
from sqlalchemy import select

from hub.clock import ManualClock
from hub.host import Hub
from hub.registry import Registry
from hub.settings import HubSettings, Settings, WebSettings
from hub.settings.sso import SsoSettings
from hub.store.tables import audit, sessions
from hub.web.visitors import SESSION_COOKIE
from sandbox.sso import Provider
from tests.web_fixtures import NOW, Office, add_staff, browse, open_office

ISSUER, HERE = "https://sso.example.org", "http://testserver"
SSO = SsoSettings(issuer=ISSUER, client_id="aduan", client_secret=SecretStr("rahasia-contoh"), title="SSO Kota")


@dataclass
class City(Office):
    """The office, and the sign-in of its city."""

    provider: Provider

    def leave(self, path: str = "/masuk/luar") -> str:
        answer = self.browser.get(path)
        assert answer.status_code == 303
        return str(answer.headers["location"])

    def agree(self, question: str) -> str:
        """Follow the browser to the provider; give the path that it sends it back to."""
        answer = self.browser.portal.call(self.hub.http.get, question)  # type: ignore[union-attr]
        assert answer.status_code == 302
        return str(answer.headers["location"]).removeprefix(HERE)

    def enter_elsewhere(self, path: str = "/masuk/luar") -> Any:
        return self.browser.get(self.agree(self.leave(path)))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    folder = tmp_path_factory.mktemp("sso")
    settings = Settings(
        hub=HubSettings(database=f"sqlite:///{folder / 'aduan.db'}", blobs=folder / "blobs"),
        web=WebSettings(secret_key=SecretStr("only for tests"), public_url=HERE, two_factor="all"),
        sso=SSO,
    )
    provider = Provider(ISSUER, "aduan", "rahasia-contoh")
    hub = Hub(settings, ManualClock(NOW), registry=Registry(list, {}))
    with browse(hub) as (app, browser):
        hub.http = httpx2.AsyncClient(transport=httpx2.ASGITransport(provider.app()))
        made = City(hub, app, browser, hub.clock, provider)  # type: ignore[arg-type]
        made.write(add_staff)
        yield made


@pytest.fixture
def city(house: City) -> City:
    house.clear()
    house.provider.claims = {"sub": "1", "preferred_username": "petugas-tebet"}
    house.provider.wrong = {}
    house.provider.signs_with = house.provider.key
    return house


def refused(city: City, answer: Any) -> bool:
    none = city.read(lambda c: c.execute(select(sessions.c.id)).first()) is None
    return answer.status_code in {403, 502} and SESSION_COOKIE not in city.browser.cookies and none


def test_whom_the_city_vouches_for_is_in_without_a_second_code(city: City) -> None:
    assert "SSO Kota" in city.browser.get("/masuk").text
    answer = city.enter_elsewhere("/masuk/luar?kembali=/kanal")
    assert answer.headers["location"] == "/kanal"
    assert city.browser.get("/kanal").status_code == 200
    row = city.read(lambda c: c.execute(select(audit).order_by(audit.c.id.desc())).first())
    assert (row.actor, row.action, row.data) == ("petugas-tebet", "sign-in", {"how": "sso"})


def test_the_question_bears_state_nonce_and_a_challenge(city: City) -> None:
    asked = parse_qs(urlsplit(city.leave()).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == [f"{HERE}/masuk/kembali"]
    assert len({asked[name][0] for name in ("state", "nonce", "code_challenge")}) == 3


def test_a_name_without_an_account_stays_outside(city: City) -> None:
    city.provider.claims["preferred_username"] = "orang-lain"
    assert refused(city, city.enter_elsewhere())


@pytest.mark.parametrize("wrong", [{"nonce": "x"}, {"aud": "x"}, {"iss": "x"}, {"exp": 1}, {"azp": "x"}])
def test_a_token_with_a_wrong_claim_opens_nothing(city: City, wrong: dict[str, Any]) -> None:
    city.provider.wrong = wrong
    assert refused(city, city.enter_elsewhere())


def test_a_forged_token_opens_nothing(city: City) -> None:
    city.provider.signs_with = RSAKey.generate_key(2048, {"kid": "one"}, private=True)
    assert refused(city, city.enter_elsewhere())


def test_an_answer_counts_in_the_browser_that_asked_and_once(city: City) -> None:
    back = city.agree(city.leave())
    city.browser.cookies.clear()
    assert refused(city, city.browser.get(back))
    city.leave()
    assert refused(city, city.browser.get(back))
    assert city.enter_elsewhere().status_code == 303


def test_nobody_is_sent_to_another_site(city: City) -> None:
    assert city.enter_elsewhere("/masuk/luar?kembali=//jahat.example").headers["location"] == "/"


def test_a_refusal_of_the_provider_is_told(city: City) -> None:
    state = parse_qs(urlsplit(city.leave()).query)["state"][0]
    answer = city.browser.get(f"/masuk/kembali?error=access_denied&state={state}")
    assert refused(city, answer)


def test_without_the_setting_there_is_nothing(tmp_path: Path) -> None:
    with open_office(tmp_path) as office:
        assert {office.browser.get(f"/masuk/{way}").status_code for way in ("luar", "kembali")} == {404}
        assert "/masuk/luar" not in office.browser.get("/masuk").text


def test_without_its_packages_the_settings_say_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.settings.sso.find_spec", lambda _name: None)
    with pytest.raises(ValidationError, match=r"aduan-hub\[sso\]"):
        SsoSettings(issuer=ISSUER, client_id="aduan", client_secret=SecretStr("x"))
