"""The page on which staff type in what became of a LAPOR! report: the way that needs no interface at all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from normalizer.report import STATUSES
from plugins.lapor.channel import Lapor
from plugins.lapor.values import tracking_id

PATH = "/kanal/lapor/status"
FORM = f"{PATH}/simpan"
"""Where the form goes: a POST to `/kanal/{channel}/{deed}` is the operator's."""
TEMPLATES = Path(__file__).with_name("templates")
FIELDS = ("tracking_id", "status", "note", "note_internal")
LONGEST = 4000
"""Letters of a note."""


async def show(request: Request) -> Response:
    """Show the form."""
    return _page(request, _channels(request))


async def take(request: Request) -> Response:
    """Take what was typed, as the channel's own item."""
    channels = _channels(request)
    form = await request.form()
    said = {name: str(form.get(name, "")).strip()[:LONGEST] for name in FIELDS}
    wanted = str(form.get("channel", ""))
    channel = next((one for one in channels if one.context.channel == wanted), None)
    problem = _problem(channel, said)
    if channel is None or problem:
        return _page(request, channels, said=said, problem=problem, status=422)
    minute = channel.context.clock().replace(second=0, microsecond=0)
    # The same words within a minute are a form that was sent twice.
    await channel.context.reception.submit([channel.typed(said, f"page:{minute.isoformat()}")])
    return _page(request, channels, done=tracking_id(said["tracking_id"]))


def _channels(request: Request) -> list[Lapor]:
    return [one for one in request.state.channels(Lapor.kind) if isinstance(one, Lapor)]


def _problem(channel: Lapor | None, said: dict[str, str]) -> str:
    if channel is None:
        return "channel"
    if not tracking_id(said["tracking_id"]):
        return "number"
    if said["status"] and said["status"] not in STATUSES:
        return "status"
    return "" if any(said[name] for name in FIELDS[1:]) else "empty"


def _page(
    request: Request,
    channels: Sequence[Lapor],
    *,
    said: dict[str, str] | None = None,
    problem: str = "",
    status: int = 200,
    done: str = "",
) -> Response:
    answer: Response = request.state.render(
        TEMPLATES,
        "lapor_status.html",
        status,
        channels=[one.context.channel for one in channels],
        said=said or dict.fromkeys(FIELDS, ""),
        problem=problem,
        done=done,
        statuses=STATUSES,
        form=FORM,
    )
    return answer
