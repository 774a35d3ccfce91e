"""Pages from templates: one environment a language, the same few names in all of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from hub.web.language import LANGUAGES, language, language_of
from hub.web.visitors import visitor_of
from hub.web.words import Words

if TYPE_CHECKING:
    from hub.host import Hub

HERE = Path(__file__).parent
STATIC = HERE / "static"


def hub_of(request: Request) -> Hub:
    """Give the hub behind the pages."""
    hub: Hub = request.app.state.hub
    return hub


def words_for(request: Request) -> Words:
    """Give the words for this reader, now."""
    hub = hub_of(request)
    titles = {channel.name: channel.title for channel in hub.channels.values()}
    return Words(language_of(request), hub.region, hub.store.now(), titles)


def page(
    request: Request, template: str, status: int = 200, *, folder: Path | None = None, **context: Any
) -> HTMLResponse:
    """Render a template in the reader's language, with the layout and what all pages know.

    `folder` holds templates of a plugin, looked in before the hub's own.
    """
    spoken = language_of(request)
    names = {
        "request": request,
        "visitor": visitor_of(request),
        "languages": LANGUAGES,
        "language": spoken.code,
        "words": words_for(request),
        "region": hub_of(request).region,
        "csrf": lambda: csrf_field(request),
    }
    text = _environment(spoken.code, folder).get_template(template).render(names | context)
    return HTMLResponse(text, status, headers={"Cache-Control": "no-store"})


def attributions(request: Request, names: Iterable[str]) -> list[str]:
    """List what the terms of these channels ask to be shown beside what comes from them."""
    channels = hub_of(request).channels
    return sorted({channels[name].attribution for name in names if name in channels} - {""})


def csrf_field(request: Request) -> Markup:
    """Give the hidden field that every form carries."""
    request.state.shows_form = True
    return Markup('<input type="hidden" name="csrf" value="{}">').format(visitor_of(request).form_token)


@cache
def _environment(code: str, folder: Path | None) -> Environment:
    made = Environment(
        loader=FileSystemLoader([*([folder] if folder else []), HERE / "templates"]),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    spoken = language(code)
    made.install_gettext_callables(spoken.gettext, spoken.ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.globals["static"] = static_url
    return made


@cache
def static_url(name: str) -> str:
    """Give the address of a static file; it changes with its content, so browsers may keep it for good."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={digest}"
