"""The ranking of kelurahan, live or as it was frozen, with what a lurah objects to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.spans import Span, read_period
from hub.store.accounts import Account
from hub.store.audit import write_audit
from hub.store.cut import Cut
from hub.store.periods import (
    Frozen,
    answer_objection,
    find_objection,
    list_objections,
    list_periods,
    load_period,
    object_to,
)
from hub.store.views_ranking import APART, JUDGED, LEAST, RULES, Score, read_scores
from hub.store.views_sight import Sight
from hub.web.access import Routes
from hub.web.board_csv import as_csv
from hub.web.board_figures import area_word, hours
from hub.web.board_frame import Frame, read_frame
from hub.web.board_span import choices, spell_span
from hub.web.forms import read_key, typed
from hub.web.language import language_of, mark
from hub.web.pages import hub_of, page, words_for
from hub.web.visitors import visitor_of

ADDRESS = "/papan/peringkat"
LONGEST = 2000
EMPTY = mark("write what you object to")
WAITS = mark("your earlier objection still waits for its answer")
NO_ANSWER = mark("write an answer")
ANSWERED = mark("somebody else has answered it meanwhile")


def add_routes(routes: Routes) -> None:
    """Add the ranking, as a page and as a file, and objections to it."""
    routes.add(ADDRESS, show_ranking, access="staff")
    routes.add(f"{ADDRESS}.csv", give_ranking, access="staff")
    routes.add(f"{ADDRESS}/sanggah", object_, access="staff", methods=["POST"])
    routes.add(f"{ADDRESS}/sanggah/{{key}}/jawab", answer, access="staff", methods=["POST"])


@dataclass(frozen=True, slots=True)
class Ranking:
    """What the page shows."""

    frame: Frame
    scores: Sequence[Score]
    frozen: Frozen | None = None
    now: Mapping[str, Score] = field(default_factory=dict)
    """The same period by what stands in the store today."""
    objections: Sequence[Any] = ()
    periods: Sequence[str] = ()
    places: Sequence[tuple[str, int | None, int]] = ()
    """For a single kelurahan: an area, its rank there, among how many."""

    def median_link(self, score: Score) -> str:
        """Give the list whose middle the median is."""
        return self.link(score, "sendiri-tuntas")

    def link(self, score: Score, name: str = "") -> str:
        """Give the list behind a figure: of a frozen one the reports that made it."""
        filters = {"wilayah": score.kelurahan} | ({"tanda": name} if name else {})
        return self.frame.link(**filters, **({"periode": self.frozen.name} if self.frozen else {}))


async def show_ranking(request: Request) -> Response:
    """Show the ranking of the kelurahan that the reader may see."""
    return await render(request, request.query_params.get("periode", ""))


async def render(request: Request, period: str, status: int = 200, problem: str = "", sent: str = "") -> Response:
    """Show it, with what was typed and what stands against it."""
    found = await _read(request, period)
    staff = visitor_of(request).staff
    today = hub_of(request).store.now().astimezone(found.frame.zone).date()
    return page(
        request,
        "ranking.html",
        status,
        found=found,
        frame=found.frame,
        spelled=spell_span(found.frame.span, language_of(request)),
        spell_period=lambda name: spell_period(request, name),
        choices=choices(today),
        area_word=area_word(found.frame),
        least=LEAST,
        rules=RULES,
        apart=APART,
        may_object=found.frozen is not None and staff.role == "lurah",
        may_answer=lambda kelurahan: may_answer(staff, kelurahan),
        problem=problem,
        sent=sent,
    )


async def _read(request: Request, period: str) -> Ranking:
    """Read what the address asks for. 404 for who sees no kelurahan, and for a period that is not frozen."""
    frame = read_frame(request)
    if frame.sight.sealed or (frame.sight.area and not frame.area):
        raise HTTPException(404)

    def read(connection: Connection) -> Ranking:
        if period:
            return _frozen(connection, frame, period)
        return Ranking(frame, read_scores(connection, frame.sight, frame.cut), periods=list_periods(connection))

    return await hub_of(request).store.read(read)


def _frozen(connection: Connection, frame: Frame, period: str) -> Ranking:
    frozen = load_period(connection, period)
    if frozen is None:
        raise HTTPException(404)
    span = read_period(period)
    cut = Cut(*span.bounds(frame.zone))
    area = frame.sight.area
    return Ranking(
        Frame(frame.sight, span, cut, frame.region),
        frozen.ranked_within(area),
        frozen,
        {score.kelurahan: score for score in read_scores(connection, frame.sight, cut)},
        list_objections(connection, period, area),
        list_periods(connection),
        places_of(frozen, area) if any(one.code == area for one in frame.region.areas) else (),
    )


def places_of(frozen: Frozen, kelurahan: str) -> list[tuple[str, int | None, int]]:
    """Say how one kelurahan stands in its kecamatan, its kota and the whole region; of the others only how many."""
    places = []
    for area in (kelurahan[:8], kelurahan[:5], ""):
        scores = frozen.ranked_within(area)
        rank = next((score.rank for score in scores if score.kelurahan == kelurahan), None)
        places.append((area, rank, sum(score.rank is not None for score in scores)))
    return places


def spell_period(request: Request, name: str) -> str:
    """Spell the days of a frozen period."""
    return spell_span(read_period(name), language_of(request))


async def give_ranking(request: Request) -> Response:
    """Give the ranking as a file."""
    period = request.query_params.get("periode", "")
    found, words = await _read(request, period), words_for(request)
    rows = [_row(score) | {"name": words.unit(score.kelurahan)} for score in found.scores]
    span: Span = found.frame.span
    return as_csv(rows, f"peringkat-{period or f'{span.first}-{span.last}'}.csv")


def _row(score: Score) -> dict[str, Any]:
    low, high = score.between or (None, None)
    return {
        "rank": score.rank,
        "kelurahan": score.kelurahan,
        "name": "",
        "value_percent": score.percent,
        "low_percent": low,
        "high_percent": high,
        "judged": score.judged,
        "reports": score.reports,
        **{name: score.counts.get(name, 0) for name in (*JUDGED, *APART)},
        "done_median_hours": hours(score.median),
        "rules": RULES,
    }


# --------------------------------------------------------------------------------------------------------- objections


async def object_(request: Request) -> Response:
    """Write down what a lurah objects to the frozen figures of the own kelurahan."""
    form, staff, hub = await request.form(), visitor_of(request).staff, hub_of(request)
    period, text, now = typed(form, "periode", 8), typed(form, "text", LONGEST), hub.store.now()
    if staff.role != "lurah":
        raise HTTPException(403)

    def write(connection: Connection) -> str:
        if load_period(connection, period) is None:
            raise HTTPException(404)
        if not object_to(connection, period, staff.area, text, by=staff.name, now=now):
            return WAITS
        write_audit(connection, now, staff.name, "object", period, kelurahan=staff.area)
        return ""

    return await _done(request, period, text, await hub.store.write(write) if text else EMPTY)


async def answer(request: Request) -> Response:
    """Answer an objection."""
    form, staff, hub = await request.form(), visitor_of(request).staff, hub_of(request)
    key, text, now = read_key(request.path_params["key"]), typed(form, "text", LONGEST), hub.store.now()
    row = await hub.store.read(lambda connection: find_objection(connection, key))
    if row is None or not sees(visitor_of(request).sight, row.kelurahan):
        raise HTTPException(404)
    if not may_answer(staff, row.kelurahan):
        raise HTTPException(403)

    def write(connection: Connection) -> str:
        if not answer_objection(connection, key, text, by=staff.name, now=now):
            return ANSWERED
        write_audit(connection, now, staff.name, "answer-objection", row.period, kelurahan=row.kelurahan)
        return ""

    return await _done(request, row.period, text, await hub.store.write(write) if text else NO_ANSWER)


def sees(sight: Sight, kelurahan: str) -> bool:
    """Say whether a kelurahan lies in what an account sees."""
    return not sight.sealed and (not sight.area or f"{kelurahan}.".startswith(f"{sight.area}."))


def may_answer(staff: Account, kelurahan: str) -> bool:
    """Say who answers a lurah: the camat, or who runs the hub for the city."""
    return staff.role == "admin" or (staff.role == "camat" and kelurahan.startswith(f"{staff.area}."))


async def _done(request: Request, period: str, text: str, problem: str) -> Response:
    if not problem:
        return RedirectResponse(f"{ADDRESS}?periode={period}#sanggah", 303)
    return await render(request, period, 409 if problem in {WAITS, ANSWERED} else 422, problem, text)
