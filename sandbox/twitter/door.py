"""Who may come in: bearer tokens of the app and of the account, and OAuth 1.0a signatures (RFC 5849)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl, quote, unquote

from starlette.requests import Request

SIGNED_FOR = "https://api.twitter.com"
"""Clients sign X's address, whatever address they speak with."""
_PART = re.compile(r'(\w+)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Keys:
    """What opens the stand-in. All made up."""

    bearer: str = "made-up-bearer"
    """The app's: reads, but acts for nobody."""
    user: str = "made-up-user-token"
    """The account's by OAuth 2.0."""
    consumer_key: str = "made-up-consumer"
    consumer_secret: str = "made-up-consumer-secret"  # noqa: S105 - opens nothing
    access_token: str = "1000000000000000009-made-up"  # noqa: S105 - same
    access_token_secret: str = "made-up-access-secret"  # noqa: S105 - same


def who(request: Request, keys: Keys) -> Literal["", "app", "user"]:
    """Say in whose name a request comes; empty where its keys are wrong."""
    kind, _, rest = request.headers.get("authorization", "").partition(" ")
    if kind == "Bearer":
        return "app" if rest == keys.bearer else "user" if rest == keys.user else ""
    if kind == "OAuth":
        return "user" if _is_signed(request, rest, keys) else ""
    return ""


def path_of(request: Request) -> str:
    """Give the path as the client meant it, without where the stand-in is mounted."""
    return str(request.scope["path"]).removeprefix(request.scope.get("root_path", ""))


def _is_signed(request: Request, header: str, keys: Keys) -> bool:
    said = {name: unquote(value) for name, value in _PART.findall(header)}
    signature = said.pop("oauth_signature", "")
    if said.get("oauth_consumer_key") != keys.consumer_key or said.get("oauth_token") != keys.access_token:
        return False
    query = parse_qsl(request.scope["query_string"].decode(), keep_blank_values=True)
    pairs = sorted((_escape(name), _escape(value)) for name, value in [*said.items(), *query])
    listed = "&".join(f"{name}={value}" for name, value in pairs)
    base = "&".join(_escape(part) for part in (request.method, SIGNED_FOR + path_of(request), listed))
    key = f"{_escape(keys.consumer_secret)}&{_escape(keys.access_token_secret)}"
    right = base64.b64encode(hmac.digest(key.encode(), base.encode(), hashlib.sha1)).decode()
    return hmac.compare_digest(right, signature)


def _escape(text: str) -> str:
    return quote(text, safe="-._~")
