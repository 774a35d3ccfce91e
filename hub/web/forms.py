"""Reads the fields of staff's forms: trimmed, cut to a length, and a number only where it is one."""

from __future__ import annotations

import re

from starlette.datastructures import FormData
from starlette.requests import Request

from hub.web.visitors import visitor_of

FORM_KEY = re.compile(r"[A-Za-z0-9_-]{8,80}")


def typed(form: FormData, name: str, longest: int) -> str:
    """Give a text with plain line ends."""
    return str(form.get(name, "")).replace("\r\n", "\n").strip()[:longest]


def key(form: FormData, name: str) -> int:
    """Give a key; 0 where the field holds none."""
    return read_key(str(form.get(name, "")))


def read_key(value: str) -> int:
    """Read a key; 0 where it is none."""
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 19 else 0


def version(form: FormData) -> int:
    """Give the version of the report that the form was shown with."""
    return key(form, "version")


def form_key(form: FormData) -> str:
    """Give what a form is known by when it is sent twice; empty for none."""
    found = typed(form, "kunci", 80)
    return found if FORM_KEY.fullmatch(found) else ""


def actor(request: Request) -> str:
    """Name who does it."""
    return visitor_of(request).staff.name
