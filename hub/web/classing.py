"""The form by which staff set a report's legal class."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row
from starlette.datastructures import FormData
from starlette.requests import Request

from hub.web.forms import actor, typed, version
from hub.web.language import mark
from hub.web.pages import hub_of

REFUSALS = (mark("there is no such legal class"), mark("it has this legal class already"))
"""What the desk says, for the catalogs."""


async def classify(request: Request, report: Row[Any], form: FormData) -> str:
    """Set the legal class; by the category again where none is chosen."""
    chosen = typed(form, "legal_class", 32)
    await hub_of(request).desk.classify(report.number, version(form), actor(request), legal_class=chosen)
    return str(report.number)
