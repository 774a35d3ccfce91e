"""Answers to what CROP sends: RFC 9457 problem details that name the member at fault, and nothing personal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from http import HTTPStatus

from pydantic import ValidationError

from hub.plugin import Received

Errors = Sequence[tuple[str, str]]
"""JSON Pointer of a member and what is wrong with it."""


def problem(status: int, detail: str, errors: Errors = ()) -> Received:
    """Refuse, and say what the sender should change."""
    members = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    listed = {"errors": [{"detail": wrong, "pointer": pointer} for pointer, wrong in errors]} if errors else {}
    body = json.dumps(members | listed).encode()
    return Received(status=status, body=body, media_type="application/problem+json")


def faults(error: ValidationError) -> Errors:
    """List what pydantic found, without the values it found it in."""
    found = error.errors(include_url=False, include_input=False, include_context=False)
    return [("#" + "".join(f"/{part}" for part in one["loc"]), one["msg"]) for one in found]
