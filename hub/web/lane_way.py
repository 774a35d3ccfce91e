"""The way through a work list: which report comes before and after this one in the list that its reader came from."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from sqlalchemy import Connection
from starlette.datastructures import FormData, QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request

from hub.store.views_queue import queue_page
from hub.web.forms import typed
from hub.web.pages import hub_of
from hub.web.queue_filter import filter_of, lane_of, position_of
from normalizer.number import make_number, read_number
from normalizer.region import Region

LIST = re.compile(r"/antrean/[\w.-]{1,40}(\?[\w.,=&%+:~-]{0,600})?")
"""A work list with its lane, filters and page: nothing else is gone back to."""


def came_from(request: Request, form: FormData | None = None) -> str:
    """Give the address of the work list that the reader came from; empty where it was none."""
    asked = typed(form, "dari", 700) if form is not None else request.query_params.get("dari", "")
    back = urlsplit(request.headers.get("referer", ""))
    if not asked and back.netloc == request.url.netloc:
        here = f"{back.path}?{back.query}" if back.query else back.path
        asked = parse_qs(back.query).get("dari", [""])[0] if back.path.startswith("/laporan/") else here
    return asked if LIST.fullmatch(asked) else ""


def onward(there: str, dari: str) -> str:
    """Give the address of a report's page, by what stands below `/laporan/`, with the list to go back to."""
    path, _, query = there.partition("?")
    names = [*parse_qsl(query), *([("dari", dari)] if dari else [])]
    return f"/laporan/{path}?{urlencode(names)}" if names else f"/laporan/{path}"


def next_one(form: FormData, dari: str, region: Region) -> str:
    """Give the address of the report that was next when the form was shown; else the list, else the start."""
    key = read_number(typed(form, "lanjut", 40))
    return onward(make_number(key, region.letters), dari) if key is not None else dari or "/"


def neighbours(connection: Connection, request: Request, dari: str, report: int) -> tuple[str, str]:
    """Give the numbers of the reports before and after this one in a list; empty where there is none."""
    if not dari:
        return "", ""
    from hub.web.queue import find_work_list  # noqa: PLC0415 - the queue's pages use what this report's page is made of

    parts, region = urlsplit(dari), hub_of(request).region
    params = QueryParams(parts.query)
    chosen = filter_of(params, region).chosen
    try:
        work = find_work_list(request, parts.path.removeprefix("/antrean/"))
    except HTTPException:  # somebody else's list, or none
        return "", ""
    page = queue_page(connection, work, lane_of(params), position_of(params, chosen.sort), chosen=chosen)
    numbers = [str(row.number) for row in page.rows]
    at = next((index for index, row in enumerate(page.rows) if row.id == report), None)
    if at is None:
        return "", next(iter(numbers), "")
    return numbers[at - 1] if at else "", "".join(numbers[at + 1 : at + 2])
