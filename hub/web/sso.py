"""The city's own sign-in by OpenID Connect, as an option: authorization code with PKCE, state and nonce.

It says who somebody is, never what they may: an account of that name must be here already. The packages it needs come
with the extra `sso`, so they are imported where they are used.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from hashlib import sha256
from secrets import compare_digest
from typing import Any
from urllib.parse import urlencode

import httpx2
import structlog
from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.settings.sso import SsoSettings
from hub.store.accounts import find_account
from hub.store.audit import write_audit
from hub.web.access import Routes
from hub.web.login import local_path, show_problem, welcome
from hub.web.pages import hub_of
from hub.web.visitors import keep_cookie

COOKIE, MINUTES = "aduan_luar", 10
"""What was asked, signed, in the browser that asked: nobody can hand an answer to somebody else's browser."""
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
LEEWAY = 60
"""Seconds that the provider's clock may be off."""
_log = structlog.get_logger()


class SignInFailed(Exception):
    """The provider's answer does not prove who it is; the text is for the log."""


def add_routes(routes: Routes) -> None:
    """Add the way there and back; without `[sso]` in the settings both lead nowhere."""
    routes.add("/masuk/luar", leave, access="public")
    routes.add("/masuk/kembali", come_back, access="public")


def settings_of(request: Request) -> SsoSettings:
    """Give the settings. 404 without."""
    settings = hub_of(request).settings.sso
    if settings is None:
        raise HTTPException(404)
    return settings


async def leave(request: Request) -> Response:
    """Send the browser to the provider, with a question that only it can bring an answer to."""
    settings = settings_of(request)
    try:
        provider = await _discover(request, settings)
    except SignInFailed as failure:
        return _failed(request, failure)
    back = local_path(request.query_params.get("kembali", ""))
    asked = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")} | {"back": back}
    challenge = base64.urlsafe_b64encode(sha256(asked["verifier"].encode()).digest()).rstrip(b"=").decode()
    query = {
        "response_type": "code",
        "client_id": settings.client_id,
        "redirect_uri": _here(request),
        "scope": settings.scope,
        "state": asked["state"],
        "nonce": asked["nonce"],
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    response = RedirectResponse(f"{provider['authorization_endpoint']}?{urlencode(query)}", 303)
    keep_cookie(request, response, COOKIE, _signer(request).dumps(asked))
    return response


async def come_back(request: Request) -> Response:
    """Let in whom the provider vouches for, where an account of that name is open."""
    settings, hub = settings_of(request), hub_of(request)
    try:
        asked = _asked(request)
        claims = await _claims(request, settings, asked)
    except SignInFailed as failure:
        return _failed(request, failure)
    name = str(claims.get(settings.claim, ""))
    found = await hub.store.read(lambda connection: find_account(connection, name)) if name else None
    if found is None:
        now = hub.store.now()
        await hub.store.write(lambda connection: write_audit(connection, now, "", "sign-in-unknown"))
        return show_problem(request, 403, "unknown")
    token = await request.app.state.door.let_in(request, found[0], how="sso", elsewhere=True)
    response = welcome(request, token, local_path(asked["back"]))
    response.delete_cookie(COOKIE, path="/")
    return response


def _asked(request: Request) -> Mapping[str, str]:
    """Give what this browser asked with. Raises SignInFailed for an answer to nobody's question."""
    try:
        asked: Mapping[str, str] = _signer(request).loads(request.cookies.get(COOKIE, ""), max_age=MINUTES * 60)
    except BadData:
        raise SignInFailed("nothing was asked by this browser") from None
    if not compare_digest(request.query_params.get("state", "").encode(), asked["state"].encode()):
        raise SignInFailed("the answer is to another question")
    return asked


async def _claims(request: Request, settings: SsoSettings, asked: Mapping[str, str]) -> Mapping[str, Any]:
    """Turn the code into claims that are proved to be the provider's, for us, now. Raises SignInFailed."""
    provider = await _discover(request, settings)
    form = {
        "grant_type": "authorization_code",
        "code": request.query_params.get("code", ""),
        "redirect_uri": _here(request),
        "code_verifier": asked["verifier"],
    }
    secret = (settings.client_id, settings.client_secret.get_secret_value())
    answer = await _ask(request, "POST", provider["token_endpoint"], data=form, auth=secret)
    keys = await _ask(request, "GET", provider["jwks_uri"])
    return _verified(str(answer.get("id_token", "")), keys, settings, asked["nonce"])


def _verified(token: str, keys: Any, settings: SsoSettings, nonce: str) -> Mapping[str, Any]:
    from joserfc import jwt  # noqa: PLC0415 - comes with the extra `sso`
    from joserfc.errors import JoseError  # noqa: PLC0415
    from joserfc.jwk import KeySet  # noqa: PLC0415

    rules = jwt.JWTClaimsRegistry(
        leeway=LEEWAY,
        iss={"essential": True, "value": settings.issuer},
        aud={"essential": True, "value": settings.client_id},
        exp={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    try:
        claims: dict[str, Any] = jwt.decode(token, KeySet.import_key_set(keys), algorithms=ALGORITHMS).claims
        rules.validate(claims)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise SignInFailed(f"the token is not valid: {type(error).__name__}") from None
    if claims.get("azp", settings.client_id) != settings.client_id:
        raise SignInFailed("the token was made for another program")
    return claims


async def _discover(request: Request, settings: SsoSettings) -> Mapping[str, str]:
    """Read where the provider's doors are. Raises SignInFailed."""
    found: dict[str, str] = await _ask(request, "GET", f"{settings.issuer}/.well-known/openid-configuration")
    doors = [str(found.get(name, "")) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
    secure = settings.issuer.startswith("https://")
    if str(found.get("issuer", "")).rstrip("/") != settings.issuer:
        raise SignInFailed("the provider calls itself otherwise than the settings do")
    if not all(door.startswith("https://" if secure else ("http://", "https://")) for door in doors):
        raise SignInFailed("a door of the provider is not https")
    return found


async def _ask(request: Request, method: str, url: str, **sent: Any) -> Any:
    try:
        answer = await hub_of(request).http.request(method, url, **sent)
        if answer.status_code != httpx2.codes.OK:
            raise SignInFailed(f"the provider answers {answer.status_code}")
        body = answer.json()
    except (httpx2.HTTPError, ValueError) as error:
        raise SignInFailed(f"the provider does not answer: {type(error).__name__}") from None
    if not isinstance(body, dict):
        raise SignInFailed("the provider's answer is no object")
    return body


def _failed(request: Request, failure: SignInFailed) -> Response:
    _log.warning("sign-in elsewhere failed", reason=str(failure))
    return show_problem(request, 502, "elsewhere")


def _here(request: Request) -> str:
    return f"{hub_of(request).settings.web.public_url}/masuk/kembali"


def _signer(request: Request) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(request.app.state.secret, salt="aduan.sso")
