"""The brake as a button: nothing goes out to citizens, or to one channel, until somebody has looked and lets go."""

from __future__ import annotations

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.store import replies
from hub.store.audit import write_audit
from hub.store.views_channels import behind
from hub.web.access import Routes
from hub.web.pages import hub_of, page
from hub.web.visitors import visitor_of


def add_routes(routes: Routes) -> None:
    """Add the page that shows what is held, and the two deeds."""
    routes.add("/rem/{name}", show_held, access="admin")
    routes.add("/rem/{name}/tahan", hold, access="admin", methods=["POST"])
    routes.add("/rem/{name}/lepas", release, access="admin", methods=["POST"])


async def show_held(request: Request) -> Response:
    """Show how many and which replies would go out."""
    name = _name(request)
    found = await hub_of(request).store.read(lambda connection: behind(connection, name))
    return page(request, "brake.html", name=name, behind=found, held=visitor_of(request).held.get(name))


async def hold(request: Request) -> Response:
    """Pull the brake; pulling it twice changes nothing."""
    name, hub, actor = _name(request), hub_of(request), visitor_of(request).staff.name
    now = hub.store.now()

    def work(connection: Connection) -> None:
        if replies.hold(connection, name, actor, now):
            write_audit(connection, now, actor, "hold", name)

    await hub.store.write(work)
    return RedirectResponse("/kanal", 303)


async def release(request: Request) -> Response:
    """Let go: what is due goes out at once."""
    name, hub, actor = _name(request), hub_of(request), visitor_of(request).staff.name
    now = hub.store.now()

    def work(connection: Connection) -> None:
        if replies.release(connection, name):
            write_audit(connection, now, actor, "release", name)

    await hub.store.write(work)
    hub.ring_dispatchers()
    return RedirectResponse("/kanal", 303)


def _name(request: Request) -> str:
    """Give what is meant: `replies`, a channel, or what was held once. 404 for anything else."""
    name: str = request.path_params["name"]
    if name not in {replies.REPLIES, *hub_of(request).channels, *visitor_of(request).held}:
        raise HTTPException(404)
    return name
