"""What an answer of CROP's means for the delivery (Standard Webhooks 1.0.0, and RFC 9110 for Retry-After)."""

from __future__ import annotations

from datetime import datetime

import httpx2

from hub.answers import retry_after
from hub.plugin import PluginError, Rejected, Throttled, TryAgain, Unauthorized

_LATER = frozenset({404, 408, 409, 425})
"""A proxy whose CROP is down, time-out, the first try still running, too early: the same request may succeed."""
_MAYBE_TAKEN = frozenset({502, 504})
"""A gateway lost the answer: CROP itself may have taken it."""


def refusal(answer: httpx2.Response, now: datetime) -> PluginError | None:
    """Give the error that stands for this answer; None for success, which is 2xx and nothing else."""
    status = answer.status_code
    if answer.is_success:
        return None
    if status in {401, 403}:
        return Unauthorized(f"CROP refuses our credentials ({status})")
    if status == 410 or answer.is_redirect:
        return Unauthorized(f"CROP has moved or closed its address ({status}): change `url`")
    if status == 429 or status >= 500 or status in _LATER:
        return _later(answer, now)
    return Rejected(f"CROP refuses this event ({status})")


def _later(answer: httpx2.Response, now: datetime) -> PluginError:
    status, rest = answer.status_code, retry_after(answer.headers.get("retry-after", ""), now)
    if status == 429 or rest is not None:
        return Throttled(None if rest is None else now + rest, f"CROP asks for a rest ({status})")
    return TryAgain(f"CROP answers {status}", uncertain=status in _MAYBE_TAKEN)
