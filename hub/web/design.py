"""The living page of the design: every part that pages are made of, as it really looks."""

from __future__ import annotations

import re
from functools import cache

from starlette.requests import Request
from starlette.responses import Response

from hub.web.access import Routes
from hub.web.pages import STATIC, page
from normalizer.complaint import URGENCIES
from normalizer.report import STATUSES

TOKEN = re.compile(r"--([a-z0-9-]+):\s*([^;]+);")
COLOUR = re.compile(r"#[0-9a-f]{3,6}")


def add_routes(routes: Routes) -> None:
    """Add the page."""
    routes.add("/desain", show_design, access="public")


async def show_design(request: Request) -> Response:
    """Show the parts."""
    names = tokens()
    colours = [name for name, value in names.items() if COLOUR.fullmatch(value)]
    steps = {name: value for name, value in names.items() if name.startswith("step-")}
    return page(request, "design.html", colours=colours, steps=steps, statuses=STATUSES, urgencies=URGENCIES)


@cache
def tokens() -> dict[str, str]:
    """Read the names and values of the light theme from the style sheet, so that the page cannot tell another story."""
    text = (STATIC / "tokens.css").read_text()
    found: dict[str, str] = {}
    for name, value in TOKEN.findall(text):
        found.setdefault(name, value.strip())
    return found
