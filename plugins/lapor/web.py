"""The lists that LAPOR!'s servers answer with."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import httpx2

from hub.answers import refusal
from hub.plugin import TryAgain
from plugins.lapor.tables import find_rows


def rows(response: httpx2.Response, path: str, now: datetime) -> list[Any]:
    """Give the list of a 200; raise for anything else, TryAgain for what is no list.

    How LAPOR! refuses a wrong token is not known: whatever is no list leaves everything as it is.
    """
    if response.status_code != httpx2.codes.OK:
        raise refusal(response, now)
    try:
        found = find_rows(json.loads(response.content), path)
    except (ValueError, RecursionError):
        found = None
    if found is None:
        raise TryAgain("answered something that is no list")
    return found
