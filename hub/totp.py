"""Codes that a telephone and the hub work out alike from a shared secret and the time (RFC 6238, RFC 4226)."""

from __future__ import annotations

import base64
import hmac
from datetime import datetime
from hashlib import sha256
from urllib.parse import quote

STEP = 30
DIGITS = 6
EARLY_OR_LATE = 1
"""Steps that a telephone's clock may be off."""


def secret_of(key: bytes, factor: str) -> bytes:
    """Work a secret out from the hub's key and what the store keeps: a stolen store alone tells none."""
    return hmac.new(key, f"second factor:{factor}".encode(), sha256).digest()[:20]


def code_at(secret: bytes, step: int) -> str:
    """Give the code of a step of time."""
    digest = hmac.new(secret, step.to_bytes(8, "big"), "sha1").digest()
    at = digest[-1] & 15
    number = int.from_bytes(digest[at : at + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def step_at(now: datetime) -> int:
    """Give the step of time."""
    return int(now.timestamp()) // STEP


def matching_step(secret: bytes, code: str, now: datetime, used: int = 0) -> int | None:
    """Give the step whose code this is, later than the last one that was used; None for a wrong one."""
    steps = range(step_at(now) - EARLY_OR_LATE, step_at(now) + EARLY_OR_LATE + 1)
    found = [step for step in steps if hmac.compare_digest(code_at(secret, step).encode(), code.encode())]
    return next((step for step in found if step > used), None)


def spelled(secret: bytes) -> str:
    """Give the secret as it is typed into a telephone."""
    return base64.b32encode(secret).decode()


def address(secret: bytes, issuer: str, name: str) -> str:
    """Give what the QR code for a telephone holds."""
    label = f"{quote(issuer)}:{quote(name)}"
    return f"otpauth://totp/{label}?secret={spelled(secret)}&issuer={quote(issuer)}&digits={DIGITS}&period={STEP}"
