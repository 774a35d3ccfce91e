"""What an HTTP answer asks of whoever gets it. For every plugin that speaks HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST_REST = timedelta(days=1)
"""No answer silences a channel for longer."""


def retry_after(header: str, now: datetime) -> timedelta | None:
    """Read a Retry-After header, seconds or an HTTP date (RFC 9110); None where it says nothing usable."""
    text = header.strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), LONGEST_REST)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(timedelta(), min(until - now, LONGEST_REST))
