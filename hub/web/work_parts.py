"""What the parts of a report's page about the work on it show: its owner, who has it open, its hand-overs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row
from starlette.requests import Request

from hub.pipeline.filling import filled
from hub.pipeline.handover import covers, may_give
from hub.store import handovers, templates, views_work
from hub.web.pages import hub_of
from hub.web.visitors import visitor_of
from normalizer.region import Region, Unit

ANYWHERE = ("kecamatan", "agency", "private", "police")
"""Kinds of units that a report can go to wherever it lies."""


def read_work(connection: Connection, request: Request, report: Row[Any]) -> dict[str, Any]:
    """Give `work` for `report_owner.html`, `handover` for `report_handover.html`, `templates` for theirs."""
    hub, account = hub_of(request), visitor_of(request).staff
    return {
        "work": views_work.work_on(connection, report, account, hub.store.now()),
        "handover": _handover(connection, report, account.area, hub.region),
        **_templates(connection, request, report),
    }


def _templates(connection: Connection, request: Request, report: Row[Any]) -> dict[str, Any]:
    house, asked = hub_of(request).house, request.query_params.get("templat", "")
    unit = visitor_of(request).staff.area or report.queue
    offered = [
        {"id": row.id, "name": row.name, "text": filled(row.text, report, house)}
        for row in templates.templates_for(connection, unit, report.category)
    ]
    return {"templates": offered, "chosen": next((one for one in offered if str(one["id"]) == asked), None)}


def _handover(connection: Connection, report: Row[Any], area: str, region: Region) -> dict[str, Any]:
    rows = handovers.handovers_of(connection, report.id)
    offered = next((row for row in rows if row.state == "offered"), None)
    return {
        "offer": offered,
        "past": [row for row in rows if row is not offered],
        "gives": report.handling == "open" and may_give(area, report, region),
        "answers": offered is not None and covers(area, offered.to_unit),
        "receivers": _receivers(report, region),
    }


def _receivers(report: Any, region: Region) -> dict[str, list[Unit]]:
    """Offer the units that a report can go to, by kind: of the kelurahan those nearby."""
    near = report.kecamatan or report.queue
    nearby = [unit for unit in region.units if unit.kind == "kelurahan" and unit.parent == near]
    return {"kelurahan": nearby} | {kind: [unit for unit in region.units if unit.kind == kind] for kind in ANYWHERE}
