"""The way in: what CROP posts is proven, checked, stored verbatim, and read as a follow-up."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from pydantic import ValidationError
from pydantic_core import from_json

from hub.plugin import Context, FollowUp, Item, Received, Request
from normalizer.report import STATUSES, Status
from plugins.crop.messages import CropFollowUp
from plugins.crop.options import CropOptions
from plugins.crop.problems import Errors, faults, problem
from plugins.crop.proof import TOLERANCE, is_proven

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
"""Everything below a blank but tab and line feed: databases and pages refuse some of it."""


async def take(request: Request, options: CropOptions, context: Context) -> Received:
    """Answer 202 to a new or repeated follow-up; 405, 401, 400, 422 or 404 as RFC 9457 problems."""
    if request.method != "POST":
        return problem(405, "follow-ups come by POST")
    if not is_proven(options.auth, options.receive_secrets, request, context.clock()):
        return problem(401, "the signature, its time or the credentials are not good")
    try:
        members = from_json(request.body, allow_inf_nan=False)
    except ValueError:
        return problem(400, "the body is not JSON")
    told = _checked(members, context.clock())
    if not isinstance(told, CropFollowUp):
        return problem(422, "the follow-up is not complete", told)
    if not await context.known_report(told.report.strip()):
        return problem(404, "no report has this number")
    item = Item(told.id, request.body, fingerprint="once")
    return Received([item], body=json.dumps({"id": told.id}).encode())


def _checked(members: object, now: datetime) -> CropFollowUp | Errors:
    try:
        told = CropFollowUp.model_validate(members)
    except ValidationError as error:
        return faults(error)
    if told.at > now + timedelta(seconds=TOLERANCE):
        # Follow-ups apply in order of their time: one from the future would shut out all that come until then.
        return [("#/at", "lies in the future")]
    return told


def follow_up(item: Item, options: CropOptions) -> FollowUp:
    """Say in the hub's words what CROP told."""
    told = CropFollowUp.model_validate(from_json(item.body))
    return FollowUp(
        native_id=item.native_id,
        report=told.report.strip(),
        at=told.at,
        status=our_status(told.status, options.status_map),
        note=_clean(told.note),
        note_internal=_clean(told.note_internal),
        photos=tuple(told.photos or ()),
        unit=our_unit(_clean(told.unit), options.unit_map),
        officer=_clean(told.officer),
    )


def our_status(word: str, status_map: Mapping[Status, str]) -> str:
    """Give our status for CROP's word, trimmed and case-folded; an unknown word stays.

    Where several of our statuses share CROP's word, its own namesake counts, else the first listed.
    """
    plain = word.strip().casefold()
    namesake = next((status for status in STATUSES if status == plain), None)
    if namesake and status_map.get(namesake, plain).strip().casefold() == plain:
        return namesake
    return next((status for status, theirs in status_map.items() if theirs.strip().casefold() == plain), plain)


def our_unit(name: str, unit_map: Mapping[str, str]) -> str:
    """Give the code of the unit that CROP calls so; an unknown name stays."""
    plain = name.casefold()
    return next((code for code, theirs in unit_map.items() if theirs.strip().casefold() == plain), name)


def _clean(text: str | None) -> str:
    return _CONTROL.sub("", text or "").strip()
