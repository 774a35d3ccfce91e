"""How both sides prove who they are: Standard Webhooks 1.0.0, or a token where CROP can do no better."""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Sequence
from datetime import UTC, datetime

from standardwebhooks.webhooks import Webhook

from hub.plugin import Request, Secret
from plugins.crop.options import Auth

TOLERANCE = 300
"""Seconds that the sender's clock may differ from ours."""


def proof(auth: Auth, secrets: Sequence[Secret], key: str, now: datetime, body: str) -> dict[str, str]:
    """Give the headers of one attempt. A retry keeps the key and gets a new time, so a new signature."""
    stamp = int(now.timestamp())
    headers = {"webhook-id": key, "webhook-timestamp": str(stamp)}
    if auth == "signature":
        headers["webhook-signature"] = " ".join(_sign(secret, key, stamp, body) for secret in secrets)
    else:
        headers["authorization"] = _authorization(auth, secrets[0])
    return headers


def _sign(secret: Secret, key: str, stamp: int, body: str) -> str:
    # The package signs another hour for times outside UTC, and the repr of a body that is bytes.
    return Webhook(secret.get_secret_value()).sign(key, datetime.fromtimestamp(stamp, UTC), body)


def _authorization(auth: Auth, secret: Secret) -> str:
    text = secret.get_secret_value()
    return f"Bearer {text}" if auth == "bearer" else f"Basic {base64.b64encode(text.encode()).decode()}"


def is_proven(auth: Auth, secrets: Sequence[Secret], request: Request, now: datetime) -> bool:
    """Say whether one of the secrets has made this request, now and not long ago."""
    if auth == "signature":
        return _is_signed(secrets, request, now)
    given = request.headers.get("authorization", "")
    return any(_same(given, _authorization(auth, secret)) for secret in secrets)


def _is_signed(secrets: Sequence[Secret], request: Request, now: datetime) -> bool:
    """Check the signatures here: the package asks the system for the time, and fails in its own ways on garbage."""
    key, stamp = request.headers.get("webhook-id", ""), request.headers.get("webhook-timestamp", "")
    if not key or not re.fullmatch(r"[0-9]{1,11}", stamp) or abs(int(stamp) - now.timestamp()) > TOLERANCE:
        return False
    try:
        body = request.body.decode()
    except UnicodeDecodeError:
        return False
    given = request.headers.get("webhook-signature", "").split()
    return any(_same(one, _sign(secret, key, int(stamp), body)) for secret in secrets for one in given)


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(errors="replace"), expected.encode())
