"""The lists that Qlue's servers answer with."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import httpx2

from hub.answers import refusal
from hub.plugin import TryAgain
from plugins.qlue.generations import rows_of


def rows(response: httpx2.Response, now: datetime) -> list[Any]:
    """Give the list of a 200; raise for anything else, TryAgain for what is no list."""
    if response.status_code != httpx2.codes.OK:
        raise refusal(response, now)
    try:
        found = rows_of(json.loads(response.content))
    except (ValueError, RecursionError):
        found = None
    if found is None:
        raise TryAgain("answered something that is no list")
    return found
