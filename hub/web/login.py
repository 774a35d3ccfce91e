"""Signing in and out, the language, and the front door."""

from __future__ import annotations

from urllib.parse import quote

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.store.audit import write_audit
from hub.store.sessions import close_session
from hub.web.access import Routes
from hub.web.language import COOKIE, LANGUAGES
from hub.web.pages import hub_of, page
from hub.web.visitors import SESSION_COOKIE, STEP_COOKIE, TooManyAttempts, keep_cookie, visitor_of

YEAR = 365 * 24 * 3600


def add_routes(routes: Routes) -> None:
    """Add the front door."""
    routes.add("/", show_front, access="public")
    routes.add("/masuk", show_login, access="public")
    routes.add("/masuk", sign_in, access="public", methods=["POST"])
    routes.add("/masuk/kode", show_code, access="public")
    routes.add("/masuk/kode", check_code, access="public", methods=["POST"])
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
    return _login(request, 200, back)


async def sign_in(request: Request) -> Response:
    """Open a session for whoever knows the password; the answer never says which of the two was wrong."""
    form = await request.form()
    name, password = str(form.get("name", "")).strip()[:80], str(form.get("password", ""))[:1000]
    back = local_path(str(form.get("back", "")))
    try:
        opened = await request.app.state.door.sign_in(request, name, password)
    except TooManyAttempts as error:
        return _login(request, 429, back, name, problem="wait", wait=minutes_of(error))
    if opened is None:
        return _login(request, 401, back, name, problem="wrong")
    if not opened.half:
        return welcome(request, opened.token, back)
    response = RedirectResponse(f"/masuk/kode?kembali={quote(back)}" if back else "/masuk/kode", 303)
    keep_cookie(request, response, STEP_COOKIE, opened.token)
    return response


def _login(request: Request, status: int, back: str, name: str = "", *, problem: str = "", wait: str = "") -> Response:
    sso = hub_of(request).settings.sso
    elsewhere = sso.title if sso is not None else ""
    return page(request, "login.html", status, back=back, name=name, problem=problem, wait=wait, elsewhere=elsewhere)


def show_problem(request: Request, status: int, problem: str) -> Response:
    """Show the login with what went wrong on the way through the city's own sign-in."""
    return _login(request, status, "", problem=problem)


def welcome(request: Request, token: str, back: str) -> Response:
    """Hand over a new session and go where somebody wanted to."""
    response = RedirectResponse(back or "/", 303)
    response.delete_cookie(STEP_COOKIE, path="/")
    keep_cookie(request, response, SESSION_COOKIE, token)
    return response


def minutes_of(error: TooManyAttempts) -> str:
    """Spell how long to wait."""
    return str(int(error.after.total_seconds() // 60) + 1)


async def show_code(request: Request) -> Response:
    """Ask for the second factor; back to the start where no password was told before."""
    back = local_path(request.query_params.get("kembali", ""))
    if await request.app.state.door.halfway(request) is None:
        return RedirectResponse("/masuk", 303)
    return page(request, "login_code.html", back=back, problem="", wait="")


async def check_code(request: Request) -> Response:
    """Let in whoever has the telephone too, or one of the recovery codes."""
    form, door = await request.form(), request.app.state.door
    back, account = local_path(str(form.get("back", ""))), await door.halfway(request)
    if account is None:
        return RedirectResponse("/masuk", 303)
    try:
        passed = await door.check_factor(account, str(form.get("code", "")))
    except TooManyAttempts as error:
        return page(request, "login_code.html", 429, back=back, problem="wait", wait=minutes_of(error))
    if not passed:
        return page(request, "login_code.html", 401, back=back, problem="wrong", wait="")
    return welcome(request, await door.let_in(request, account, how=passed), back)


async def sign_out(request: Request) -> Response:
    """End the session."""
    visitor, hub = visitor_of(request), hub_of(request)
    if visitor.account is not None:
        name, token, now = visitor.account.name, visitor.token, hub.store.now()

        def close(connection: Connection) -> None:
            close_session(connection, token)
            write_audit(connection, now, name, "sign-out")

        await hub.store.write(close)
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
