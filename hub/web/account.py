"""One's own account: the password, where one is signed in, and the second factor."""

from __future__ import annotations

import asyncio
from typing import Any

from markupsafe import Markup
from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.store import factors, sessions
from hub.store.accounts import SHORTEST_PASSWORD, hash_password, save_password
from hub.store.audit import write_audit
from hub.totp import address, secret_of, spelled
from hub.web.access import Routes
from hub.web.counter.clerk import drawn
from hub.web.login import minutes_of
from hub.web.pages import hub_of, page
from hub.web.visitors import SESSION_COOKIE, TooManyAttempts, address_of, keep_cookie, visitor_of

ISSUER = "Aduan Hub"


def add_routes(routes: Routes) -> None:
    """Add the pages."""
    routes.add("/akun", show_account, access="staff")
    routes.add("/akun/sandi", change_password, access="staff", methods=["POST"])
    routes.add("/akun/sesi", end_sessions, access="staff", methods=["POST"])
    routes.add("/akun/kode", propose, access="staff", methods=["POST"])
    routes.add("/akun/kode", show_proposal, access="staff")
    routes.add("/akun/kode/pakai", confirm, access="staff", methods=["POST"])
    routes.add("/akun/kode/cadangan", renew, access="staff", methods=["POST"])
    routes.add("/akun/kode/lepas", drop, access="staff", methods=["POST"])


async def show_account(request: Request) -> Response:
    """Show it all."""
    return await _show(request)


async def _show(request: Request, status: int = 200, problem: str = "", **told: Any) -> Response:
    hub, visitor = hub_of(request), visitor_of(request)
    account, now = visitor.staff, hub.store.now()

    def read(connection: Connection) -> dict[str, Any]:
        return {
            "open_sessions": sessions.open_sessions(connection, account.id, now),
            "left": factors.recovery_left(connection, account.id),
        }

    found = await hub.store.read(read)
    return page(
        request,
        "account.html",
        status,
        problem=problem,
        here=sessions.name_of(visitor.token),
        spelled=sessions.SPELLED,
        shortest=SHORTEST_PASSWORD,
        needed=request.app.state.door.needs_factor(account),
        **{"done": request.query_params.get("sudah", ""), "wait": "", **found, **told},
    )


async def _knows_password(request: Request, typed: str) -> Response | None:
    """Ask for the password once more; gives the page that refuses, None where it was right."""
    account, door = visitor_of(request).staff, request.app.state.door
    try:
        known = await door.recognise(account.name, typed[:1000], address_of(request))
    except TooManyAttempts as error:
        return await _show(request, 429, "wait", wait=minutes_of(error))
    return None if known else await _show(request, 401, "wrong")


async def change_password(request: Request) -> Response:
    """Take a new password; whoever is signed in elsewhere with the old one is out."""
    form, hub, visitor = await request.form(), hub_of(request), visitor_of(request)
    fresh = str(form.get("new", ""))[:1000]
    refused = await _knows_password(request, str(form.get("password", "")))
    if refused is not None:
        return refused
    if len(fresh) < SHORTEST_PASSWORD or fresh == str(form.get("password", "")):
        return await _show(request, 422, "short")
    if fresh != str(form.get("again", "")):
        return await _show(request, 422, "differ")
    hashed, now = await asyncio.to_thread(hash_password, fresh), hub.store.now()

    def change(connection: Connection) -> None:
        save_password(connection, visitor.staff.id, hashed, must_change=False)
        write_audit(connection, now, visitor.staff.name, "password", visitor.staff.name)

    await hub.store.write(change)
    return await _start_afresh(request, "/akun?sudah=sandi")


async def _start_afresh(request: Request, to: str, answer: Response | None = None) -> Response:
    """End every session of this account and open a new one here: an id that somebody knew is worth nothing now."""
    hub, visitor = hub_of(request), visitor_of(request)
    await hub.store.write(lambda connection: sessions.end_sessions(connection, visitor.staff.id))
    how = {"how": "renewed", "elsewhere": visitor.elsewhere}
    token = await request.app.state.door.let_in(request, visitor.staff, **how)
    response = answer or RedirectResponse(to, 303)
    keep_cookie(request, response, SESSION_COOKIE, token)
    return response


async def end_sessions(request: Request) -> Response:
    """End one session, or all but this one."""
    form, hub, visitor = await request.form(), hub_of(request), visitor_of(request)
    name, now = str(form.get("session", "")), hub.store.now()

    def end(connection: Connection) -> bool:
        if name == "lain":
            sessions.end_sessions(connection, visitor.staff.id, but=visitor.token)
        elif not sessions.end_session(connection, visitor.staff.id, name):
            return False
        write_audit(connection, now, visitor.staff.name, "session-end", visitor.staff.name)
        return True

    if not await hub.store.write(end):
        raise HTTPException(404)
    return RedirectResponse("/akun?sudah=sesi", 303)


# --------------------------------------------------------------------------------------------------- the second factor


async def propose(request: Request) -> Response:
    """Begin to set it up. The password is asked for: nobody does it at a desk that was left open."""
    form, hub, account = await request.form(), hub_of(request), visitor_of(request).staff
    refused = await _knows_password(request, str(form.get("password", "")))
    if refused is not None:
        return refused
    if not account.two_factor:
        await hub.store.write(lambda connection: factors.propose_factor(connection, account.id))
    return RedirectResponse("/akun/kode", 303)


async def show_proposal(request: Request) -> Response:
    """Show what a telephone must be told."""
    return await _show_proposal(request)


async def _show_proposal(request: Request, status: int = 200, problem: str = "") -> Response:
    hub, account = hub_of(request), visitor_of(request).staff
    factor = "" if account.two_factor else await hub.store.read(lambda c: factors.proposed(c, account.id))
    if not factor:
        return RedirectResponse("/akun", 303)
    secret = secret_of(hub.secret, factor)
    code = Markup(drawn(address(secret, ISSUER, account.name)))  # noqa: S704 - our own drawing
    words = spelled(secret)
    groups = " ".join(words[at : at + 4] for at in range(0, len(words), 4))
    return page(request, "account_code.html", status, drawing=code, secret=groups, problem=problem)


async def confirm(request: Request) -> Response:
    """Put it in force with its first code, and show the recovery codes, this once."""
    form, hub, account = await request.form(), hub_of(request), visitor_of(request).staff
    code, now = "".join(str(form.get("code", "")).split())[:20], hub.store.now()

    def use(connection: Connection) -> list[str] | None:
        codes = factors.confirm_factor(connection, account.id, hub.secret, code, now)
        if codes is not None:
            write_audit(connection, now, account.name, "factor-on", account.name)
        return codes

    codes = None if account.two_factor else await hub.store.write(use)
    if codes is None:
        return await _show_proposal(request, 422, "wrong")
    return await _start_afresh(request, "", page(request, "account_recovery.html", codes=codes))


async def renew(request: Request) -> Response:
    """Show ten new recovery codes, this once."""
    form, hub, account = await request.form(), hub_of(request), visitor_of(request).staff
    refused = await _knows_password(request, str(form.get("password", "")))
    if refused is not None:
        return refused
    if not account.two_factor:
        raise HTTPException(404)
    now = hub.store.now()

    def give(connection: Connection) -> list[str]:
        write_audit(connection, now, account.name, "factor-recovery", account.name)
        return factors.renew_recovery(connection, account.id, hub.secret)

    return page(request, "account_recovery.html", codes=await hub.store.write(give))


async def drop(request: Request) -> Response:
    """Do without it, where the settings leave that to each."""
    form, hub, account = await request.form(), hub_of(request), visitor_of(request).staff
    if request.app.state.door.needs_factor(account):
        raise HTTPException(403)
    refused = await _knows_password(request, str(form.get("password", "")))
    if refused is not None:
        return refused
    now = hub.store.now()

    def take(connection: Connection) -> None:
        factors.drop_factor(connection, account.id)
        write_audit(connection, now, account.name, "factor-off", account.name)

    await hub.store.write(take)
    return await _start_afresh(request, "/akun?sudah=kode")
