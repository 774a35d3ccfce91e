"""Mails that would stall or crash the standard library's parser are refused before it sees them."""

from __future__ import annotations

import email
import re
from collections.abc import Callable
from email.message import Message
from email.policy import compat32
from typing import TypeVar

_T = TypeVar("_T")
_U = TypeVar("_U")
_HEADER_BYTES = 256_000
_LINES = 500_000
_BOUNDARIES = 3_000
_NESTED = 100
_FIELD_BYTES = 4_000
# Each line is compared with the boundary of every part that is still open.
_COMPARISONS = 5_000_000

_HEADER_END = re.compile(rb"\n\r?\n|\r\r")
_BOUNDARY = re.compile(rb"[\r\n]--")
_CONTAINER = re.compile(rb"(?:^|[\r\n])content-type:\s*(?:multipart|message)/", re.IGNORECASE)
_STRUCTURE = re.compile(
    rb"(?:^|[\r\n])content-(?:type|disposition|transfer-encoding):[^\r\n]*(?:(?:\r\n|\r|\n)[ \t][^\r\n]*)*",
    re.IGNORECASE,
)


def parse(raw: bytes) -> Message:
    """Parse a mail.

    Raises:
        ValueError: it is empty, or built in a way that only an attack or a fault explains; the text says which.
    """
    _check(raw)
    try:
        return email.message_from_bytes(raw, policy=compat32)
    except Exception as error:  # noqa: BLE001 hostile input makes this parser raise almost anything
        raise ValueError(f"cannot be parsed ({type(error).__name__})") from None


def attempt(read: Callable[[], _T], otherwise: _U) -> _T | _U:
    """Read one thing of a parsed mail; give the other value where the parser fails on it."""
    try:
        return read()
    except Exception:  # noqa: BLE001 a bad header or encoding makes the parser raise almost anything
        return otherwise


def _check(raw: bytes) -> None:
    if not raw.strip():
        raise ValueError("empty")
    end = _HEADER_END.search(raw)
    if (end.start() if end else len(raw)) > _HEADER_BYTES:
        raise ValueError("header block too large")
    lines = max(raw.count(b"\n"), raw.count(b"\r"))
    if lines > _LINES:
        raise ValueError("too many lines")
    nested = sum(1 for _ in _CONTAINER.finditer(raw))
    if nested > _NESTED or lines * nested > _COMPARISONS:
        raise ValueError("too deeply nested")
    if sum(1 for _ in _BOUNDARY.finditer(raw)) > _BOUNDARIES:
        raise ValueError("too many parts")
    if any(match.end() - match.start() > _FIELD_BYTES for match in _STRUCTURE.finditer(raw)):
        raise ValueError("content header too large")
