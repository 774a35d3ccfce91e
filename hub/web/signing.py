"""Links that carry their own permission, and the tokens of forms.

A link's is a signature over its path, made with the hub's secret. A form's token looks different on every page: an
answer that is compressed beside words of others would else give it away letter by letter.
"""

from __future__ import annotations

import base64
import binascii
import secrets

from itsdangerous import Signer

PARAMETER = "s"


def sign_path(secret: str, path: str) -> str:
    """Give the path with its signature: whoever holds it may open exactly this path."""
    return f"{path}?{PARAMETER}={_signer(secret).get_signature(path).decode()}"


def is_signed(secret: str, path: str, signature: str) -> bool:
    """Say whether the signature is ours and for this path."""
    return _signer(secret).verify_signature(path, signature)


def guest_token(secret: str, guest: str) -> str:
    """Give the token that forms of a visitor without a session must carry."""
    return Signer(secret, salt="aduan.guest").get_signature(guest).decode()


def mask(token: str) -> str:
    """Give a token as a page shows it: random bytes, and the token mixed with them."""
    plain = token.encode()
    pad = secrets.token_bytes(len(plain))
    return base64.urlsafe_b64encode(pad + _mix(plain, pad)).decode()


def unmask(shown: str) -> bytes:
    """Give the token behind what a page showed; nothing for what never stood on one."""
    try:
        both = base64.b64decode(shown.encode(), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        return b""
    half = len(both) // 2
    return _mix(both[:half], both[half:]) if len(both) == 2 * half else b""


def _mix(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def _signer(secret: str) -> Signer:
    return Signer(secret, salt="aduan.path")
