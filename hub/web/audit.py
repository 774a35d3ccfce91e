"""The audit for admins: who did what and who looked, filtered, page by page, and as a file."""

from __future__ import annotations

import csv
import hmac
import io
import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, select
from starlette.requests import Request
from starlette.responses import Response

from hub.store.audit import Wanted, actions, every_row, newest_rows, write_audit
from hub.store.tables import reports
from hub.web.access import Routes
from hub.web.forms import read_key
from hub.web.pages import hub_of, page
from hub.web.users import only_admin
from normalizer.number import read_number

PAGE = 100
MOST = 100_000
"""Rows in one file; a narrower time gives the others."""
COLUMNS = ("id", "at", "actor", "action", "subject", "data", "previous", "hash")


def add_routes(routes: Routes) -> None:
    """Add the page and its file."""
    routes.add("/audit", show_audit, access="admin")
    routes.add("/audit/berkas", give_file, access="admin")


async def show_audit(request: Request) -> Response:
    """Show the newest rows, or those before one."""
    only_admin(request)
    hub, asked = hub_of(request), request.query_params
    wanted, before = _wanted(request), read_key(asked.get("sebelum", ""))

    def read(connection: Connection) -> tuple[list[dict[str, Any]], list[str]]:
        rows = newest_rows(connection, wanted, before, PAGE + 1)
        return spell(connection, rows, hub.secret), actions(connection)

    rows, known = await hub.store.read(read)
    more = rows[PAGE - 1]["id"] if len(rows) > PAGE else 0
    kept = {name: asked.get(name, "") for name in ("pelaku", "tindakan", "perihal", "dari", "sampai")}
    return page(request, "audit.html", rows=rows[:PAGE], more=more, kept=kept, actions=known)


async def give_file(request: Request) -> Response:
    """Give the filtered rows as CSV or JSON lines; that is a row of the audit too."""
    admin, hub = only_admin(request), hub_of(request)
    kind = "csv" if request.query_params.get("bentuk") == "csv" else "jsonl"
    wanted, now = _wanted(request), hub.store.now()
    await hub.store.write(lambda c: write_audit(c, now, admin, "export", "audit", form=kind))

    def read(connection: Connection) -> list[dict[str, Any]]:
        rows = [row for _, row in zip(range(MOST), every_row(connection, wanted), strict=False)]
        return spell(connection, rows, hub.secret)

    rows = await hub.store.read(read)
    body = _as_csv(rows) if kind == "csv" else "".join(f"{json.dumps(row, default=str)}\n" for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="audit.{kind}"', "Cache-Control": "no-store"}
    return Response(body, media_type="text/csv" if kind == "csv" else "application/jsonl", headers=headers)


def _as_csv(rows: Sequence[dict[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _cell(value) for name, value in row.items()})
    return out.getvalue()


def _cell(value: Any) -> str:
    """Spell a cell so that no spreadsheet takes it for a formula."""
    text = json.dumps(value) if isinstance(value, dict) else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def spell(connection: Connection, rows: Sequence[Row[Any]], key: bytes) -> list[dict[str, Any]]:
    """Give rows as an admin may read them: that a sealed report was looked at, and whether it was the same one."""
    shown = [{name: getattr(row, name) for name in COLUMNS} for row in rows]
    names = {text for row in shown for text in (*_texts(row["data"]), row["subject"])}
    numbers = {name: number for name in names if (number := read_number(name)) is not None}
    found = select(reports.c.id).where(reports.c.id.in_(set(numbers.values())), reports.c.handling == "sealed")
    sealed = set(connection.execute(found).scalars()) if numbers else set()
    hidden = {name: _cover(key, number) for name, number in numbers.items() if number in sealed}
    looked = {row["subject"]: _cover(key, row["subject"]) for row in shown if row["action"] == "look-sealed"}
    return [row | {part: _replace(row[part], hidden | looked) for part in ("subject", "data")} for row in shown]


def _cover(key: bytes, what: object) -> str:
    digest = hmac.new(key, f"sealed:{what if isinstance(what, int) else read_number(str(what))}".encode(), sha256)
    return f"tersegel-{digest.hexdigest()[:8]}"


def _replace(value: Any, hidden: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _replace(one, hidden) for name, one in value.items()}
    if isinstance(value, list):
        return [_replace(one, hidden) for one in value]
    return hidden.get(value, value) if isinstance(value, str) else value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)


def _wanted(request: Request) -> Wanted:
    asked, zone = request.query_params, ZoneInfo(hub_of(request).region.zone)
    since, until = _day(asked.get("dari", ""), zone), _day(asked.get("sampai", ""), zone)
    actor, action, subject = (asked.get(name, "").strip()[:80] for name in ("pelaku", "tindakan", "perihal"))
    return Wanted(actor, action, subject, since, until + timedelta(days=1) if until else None)


def _day(said: str, zone: ZoneInfo) -> datetime | None:
    try:
        return datetime.strptime(said, "%Y-%m-%d").replace(tzinfo=zone)
    except ValueError:
        return None
