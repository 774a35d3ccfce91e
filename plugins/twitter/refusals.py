"""What X's answers mean in the contract's words: by status, by the problem's type, by its words.

X API v2, 2.166 and 2.167. An answer may also be an HTML page or empty, so the status counts first.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from hub.answers import retry_after
from hub.plugin import PluginError, Rejected, Throttled, TryAgain, Unauthorized
from plugins.twitter.values import dicts, text_of

WINDOW = timedelta(minutes=15)
"""Length of X's rate windows: the rest where a 429 names none."""
LONGEST_REST = timedelta(days=1)

_FINAL = {
    "mentioned": "X takes replies only to those who mention or quote the account",
    "reply to this conversation": "the author lets only others reply",
    "not allowed to reply": "the author lets only others reply",
    "deleted or not visible": "the post is gone or hidden",
    "blocked": "the author has blocked the account",
    "not-authorized-for-resource": "the post is protected",
    "resource-not-found": "the post is gone",
}
"""What in a 403's text or type is about this one post, and the reason to show."""


_KEYS = {401: "the keys are refused", 402: "X wants to be paid, are the credits used up?"}


class Duplicate(Rejected):
    """X has this very text from this account already."""


class BadParameter(TryAgain):
    """X does not take the request; `names` are the parameters that it names, if any."""

    def __init__(self, status: int, names: frozenset[str]) -> None:
        super().__init__(f"does not take {', '.join(sorted(names)) or 'the request'} ({status})")
        self.names = names


def refusal(status: int, headers: Mapping[str, str], body: bytes, now: datetime, *, posting: bool) -> PluginError:
    """Translate an answer that is no success. `posting`: to a reply, whose own faults are final."""
    problem = _problem(body)
    if "usage-capped" in text_of(problem.get("type")):
        return Throttled(_cap_end(problem, now), "the account's quota at X is used up")
    if status == 429:
        return Throttled(_reset(headers, now), "asks for a rest (429)")
    if status in _KEYS:
        return Unauthorized(f"{_KEYS[status]} ({status})")
    if status == 403:
        return _forbidden(problem, posting=posting)
    if 400 <= status < 500 and status not in {408, 425}:
        return Rejected(f"answered {status}") if posting else BadParameter(status, frozenset(_parameters(problem)))
    rest = retry_after(headers.get("retry-after", ""), now)
    return TryAgain(f"answered {status}", rest, uncertain=posting and status >= 500)


def _forbidden(problem: dict[str, Any], *, posting: bool) -> PluginError:
    kind, words = text_of(problem.get("type")), text_of(problem.get("detail")).lower()
    if posting and "duplicate content" in words:
        return Duplicate("X has this text already (403)")
    found = next((why for sign, why in _FINAL.items() if sign in words or sign in kind), "")
    if posting and found:
        return Rejected(f"{found} (403)")
    if "client-forbidden" in kind:
        return Unauthorized("the app may not use this part of the API (403): is it in a project with access?")
    if "unsupported-authentication" in kind:
        return Unauthorized("this needs the account's own keys, an app's bearer token is not enough (403)")
    return Unauthorized("refused (403)")


def _problem(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _parameters(problem: dict[str, Any]) -> set[str]:
    named = [error.get("parameters") for error in dicts(problem.get("errors"))]
    return {str(name)[:40] for one in named if isinstance(one, dict) for name in one}


def _reset(headers: Mapping[str, str], now: datetime) -> datetime:
    """Give when the window ends: by X's header, else by a proxy's, else a whole window from now."""
    told = headers.get("x-rate-limit-reset", "")
    if told.isascii() and told.isdigit() and len(told) < 12:
        until = datetime.fromtimestamp(int(told), UTC)
        return min(max(until, now + timedelta(seconds=1)), now + LONGEST_REST)
    return now + (retry_after(headers.get("retry-after", ""), now) or WINDOW)


def _cap_end(problem: dict[str, Any], now: datetime) -> datetime:
    """Give when a usage cap is lifted: the next day or the first of the next month, UTC."""
    if text_of(problem.get("period")).lower() == "monthly":
        return next_month(now)
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def next_month(now: datetime) -> datetime:
    """Give the first instant of the next month, UTC."""
    first = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first + timedelta(days=32)).replace(day=1)
