"""Links that carry their own permission: a signature over the path, made with the hub's secret."""

from __future__ import annotations

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


def _signer(secret: str) -> Signer:
    return Signer(secret, salt="aduan.path")
