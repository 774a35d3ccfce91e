"""What a plugin's pages find in `request.state`, see `hub.hooks.Hooks.register_routes`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from hub.plugin import Channel
from hub.web.pages import csrf_field, hub_of
from hub.web.pages import page as render_page


def page(request: Request, title: str, body: str, status: int = 200) -> HTMLResponse:
    """Show a plugin's HTML inside the hub's layout."""
    return render_page(request, "plugin.html", status, title=title, body=Markup(body))  # noqa: S704 - code of a plugin, not words


def render(request: Request, folder: Path, template: str, status: int = 200, **names: Any) -> HTMLResponse:
    """Render a plugin's own template, which may extend `base.html`."""
    return render_page(request, template, status, folder=folder, **names)


def csrf(request: Request) -> Markup:
    """Give the hidden field that every form carries."""
    return csrf_field(request)


def channels(request: Request, kind: str) -> list[Channel]:
    """Give the running channels of a kind, in the order of the settings."""
    return [one.instance for one in hub_of(request).channels.values() if one.instance.kind == kind]
