"""What no database takes: NUL, which PostgreSQL's text cannot hold, and half a surrogate pair, which has no bytes."""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import Any

from pydantic import BaseModel

_BAD = re.compile("[\0\ud800-\udfff]")
_SUM = 16


def storable(text: str) -> str:
    """Replace what cannot be stored by U+FFFD."""
    return _BAD.sub("\ufffd", text) if _BAD.search(text) else text


def shorten_id(text: str, size: int) -> str:
    """Fit an id into so many characters; long ones that begin alike stay apart."""
    text = storable(text)
    if len(text) <= size:
        return text
    return f"{text[: size - 2 * _SUM - 1]}~{blake2b(text.encode(), digest_size=_SUM).hexdigest()}"


def make_storable(value: Any) -> Any:
    """Give a value of the model in which every text can be stored; the same object where nothing had to change."""
    match value:
        case str():
            return storable(value)
        case BaseModel():
            changed = {name: made for name, old in value if (made := make_storable(old)) is not old}
            return value.model_copy(update=changed) if changed else value
        case tuple() if value:
            parts = tuple(map(make_storable, value))
            return value if all(made is old for made, old in zip(parts, value, strict=True)) else parts
        case dict() if value:
            return {make_storable(name): make_storable(member) for name, member in value.items()}
    return value
