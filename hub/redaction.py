"""What may never stand in a log, taken out of every line at the last moment: secrets, people, their words.

A safety net under the rule that nobody logs such things; it knows them by the name of their key and by their shape.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from structlog.typing import EventDict

HIDDEN = "…"
SENSITIVE = frozenset(
    "password passwd passphrase secret token bearer authorization auth cookie credential credentials signature apikey "
    "handle email mail phone telephone nik reporter citizen officer recipient "
    "text words note title subject body message content address options".split()
)
"""Words of a key whose value is hidden whole."""
MEASURES = frozenset("count size length bytes chars seconds id kind version status".split())
"""Last words of a key that make it a mere figure or code: `text_length`."""

URL = re.compile(r"\b[a-z][a-z0-9+.-]{1,20}://[^\s\"'<>)\]}]+", re.IGNORECASE)
WORD = re.compile(r"[a-z]+")
RANDOM = re.compile(r"(?=\D*\d)(?=[^A-Za-z]*[A-Za-z])[\w.~:=-]{20,}")
"""A path segment that is a key rather than a name."""

Replace = str | Callable[[re.Match[str]], str]


def _without_secrets(match: re.Match[str]) -> str:
    """Keep of a URL what an operator needs to know which one it is."""
    try:
        parts = urlsplit(match[0])
        host = f"{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}"
    except ValueError:
        return HIDDEN
    path = "/".join(HIDDEN if RANDOM.fullmatch(segment) else segment for segment in parts.path.split("/"))
    return f"{parts.scheme}://{host}{path}{f'?{HIDDEN}' if parts.query or parts.fragment else ''}"


SHAPES: tuple[tuple[re.Pattern[str], Replace], ...] = (
    (URL, _without_secrets),
    (re.compile(r"input_value=.*?(?=, input_type=)"), f"input_value={HIDDEN}"),
    (re.compile(r"\[parameters: .*"), f"[parameters: {HIDDEN}]"),
    (re.compile(r"\b(Bearer|Basic|OAuth|Token)\s+[\w.~+/=-]{8,}", re.IGNORECASE), rf"\1 {HIDDEN}"),
    (re.compile(r"\bwh(?:sec|sk)_[\w+/=-]+|\beyJ[\w-]+\.[\w-]+\.[\w-]*"), HIDDEN),
    (
        re.compile(
            r"((?:password|passwd|token|secret|api[_-]?key|signature)[\"']?\s{0,3}[=:]\s{0,3}[\"']?)[^\s\"'&,;)]+",
            re.IGNORECASE,
        ),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"), "[email]"),
    (re.compile(r"(?<![\w.-])\d{16}(?![\w-]|\.\d)"), "[nik]"),
    (re.compile(r"(?<![\w.:-])(?:\+\d|0[2-9]|62[ -]?[2-9])[\d ()-]{6,14}\d(?![\w:])"), "[phone]"),
)
"""In this order: URLs first, as they may hold any of the others."""


def redact_text(text: str) -> str:
    """Take secrets, addresses and numbers of people out of a text."""
    for shape, replacement in SHAPES:
        text = shape.sub(replacement, text)
    return text


def redact(value: Any) -> Any:
    """Give the value without what may not be logged; what is no plain value becomes its repr."""
    if isinstance(value, Mapping):
        return {str(key): HIDDEN if is_sensitive(str(key)) else redact(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redact(inner) for inner in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return redact_text(value if isinstance(value, str) else repr(value))


def is_sensitive(key: str) -> bool:
    """Say whether what stands under this key is hidden whole."""
    words = WORD.findall(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", key).lower())
    return (
        bool(words) and words[-1] not in MEASURES and any({word, word.removesuffix("s")} & SENSITIVE for word in words)
    )


def redact_event(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Be structlog's processor, behind all that adds to the event and before what writes it."""
    return {key: HIDDEN if is_sensitive(key) else redact(value) for key, value in event.items()}
