"""Signing in and out, the language, and the front door."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.store.sessions import close_session
from hub.web.access import Routes
from hub.web.language import COOKIE, LANGUAGES
from hub.web.pages import hub_of, page
from hub.web.visitors import SESSION_COOKIE, TooManyAttempts, keep_cookie, visitor_of

YEAR = 365 * 24 * 3600


def add_routes(routes: Routes) -> None:
    """Add the front door."""
    routes.add("/", show_front, access="public")
    routes.add("/masuk", show_login, access="public")
    routes.add("/masuk", sign_in, access="public", methods=["POST"])
    routes.add("/keluar", sign_out, access="public", methods=["POST"])
    routes.add("/bahasa/{code}", choose_language, access="public")


async def show_front(request: Request) -> Response:
    """Send staff to their work; greet everybody else."""
    if visitor_of(request).account is not None:
        return RedirectResponse(home_of(request), 303)
    return page(request, "front.html")


def home_of(request: Request) -> str:
    """Give the page where this account's work starts."""
    account, region = visitor_of(request).staff, hub_of(request).region
    if account.role == "integritas":
        return f"/antrean/{region.integrity_unit}"
    if account.area:
        return f"/antrean/{account.area}"
    return "/antrean"


async def show_login(request: Request) -> Response:
    """Ask for name and password."""
    back = local_path(request.query_params.get("kembali", ""))
    if visitor_of(request).account is not None:
        return RedirectResponse(back or "/", 303)
    return page(request, "login.html", back=back, name="", problem="", wait="")


async def sign_in(request: Request) -> Response:
    """Open a session for whoever knows the password; the answer never says which of the two was wrong."""
    form = await request.form()
    name, password = str(form.get("name", "")).strip()[:80], str(form.get("password", ""))[:1000]
    back = local_path(str(form.get("back", "")))
    try:
        token = await request.app.state.door.sign_in(request, name, password)
    except TooManyAttempts as error:
        minutes = str(int(error.after.total_seconds() // 60) + 1)
        return page(request, "login.html", 429, back=back, name=name, problem="wait", wait=minutes)
    if token is None:
        return page(request, "login.html", 401, back=back, name=name, problem="wrong", wait="")
    response = RedirectResponse(back or "/", 303)
    keep_cookie(request, response, SESSION_COOKIE, token)
    return response


async def sign_out(request: Request) -> Response:
    """End the session."""
    token = visitor_of(request).token
    if token:
        await hub_of(request).store.write(lambda connection: close_session(connection, token))
    response = RedirectResponse("/masuk", 303)
    response.delete_cookie(SESSION_COOKIE, path="/")
    return response


async def choose_language(request: Request) -> Response:
    """Remember the reader's language and go back to where they were."""
    response = RedirectResponse(local_path(request.query_params.get("kembali", "")) or "/", 303)
    code = request.path_params["code"]
    if code in LANGUAGES:
        response.set_cookie(COOKIE, code, max_age=YEAR, samesite="lax", path="/")
    return response


def local_path(path: str) -> str:
    """Give the path where it leads to a page of ours, else nothing: nobody is sent to another site."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() else ""
