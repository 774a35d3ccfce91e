"""Accounts of staff: who may sign in, as what, and where; for admins."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Row, func, select
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.staff import check_area
from hub.store import accounts as people
from hub.store.accounts import ROLES, AccountError
from hub.store.audit import write_audit
from hub.store.factors import drop_factor
from hub.store.sessions import end_sessions, lasting
from hub.store.tables import accounts, sessions
from hub.web.access import Routes
from hub.web.forms import read_key, typed
from hub.web.language import mark
from hub.web.pages import hub_of, page
from hub.web.visitors import visitor_of

LAST_ADMIN = mark("this is the last admin: make another one first")
TAKEN = mark("there is an account of this name already")
NO_AREA = mark("that area does not go with this role: choose one from the list")
NO_NAME = mark("a name has 1 to 80 characters, no blanks around it")


def add_routes(routes: Routes) -> None:
    """Add the page and its forms."""
    routes.add("/pengguna", show_users, access="admin")
    routes.add("/pengguna", add_user, access="admin", methods=["POST"])
    routes.add("/pengguna/{key}/{deed}", act, access="admin", methods=["POST"])


def only_admin(request: Request) -> str:
    """Give the admin's name. 403 for operators: they run channels, not people."""
    account = visitor_of(request).staff
    if account.role != "admin":
        raise HTTPException(403)
    return account.name


async def show_users(request: Request) -> Response:
    """List everybody."""
    only_admin(request)
    return await _show(request)


async def _show(
    request: Request, status: int = 200, problem: str = "", password: str = "", whose: str = "", **said: str
) -> Response:
    hub = hub_of(request)
    now = hub.store.now()

    def read(connection: Connection) -> list[Row[Any]]:
        count = func.count(sessions.c.id).label("open_sessions")
        used = accounts.outerjoin(sessions, (sessions.c.account == accounts.c.id) & lasting(now))
        last = func.max(sessions.c.seen_at).label("seen_at")
        statement = select(accounts, count, last).select_from(used).group_by(accounts.c.id)
        return list(connection.execute(statement.order_by(accounts.c.disabled_at.is_not(None), accounts.c.name)))

    units = {unit.code: unit for unit in hub.region.units}
    shown: dict[str, Any] = {
        "problem": problem,
        "password": password,
        "whose": whose,
        "said": said,
        "roles": ROLES,
        "units": units,
    }
    return page(request, "users.html", status, rows=await hub.store.read(read), **shown)


async def add_user(request: Request) -> Response:
    """Make an account with a password that is shown once, and must be changed at the first sign-in."""
    admin, form, hub = only_admin(request), await request.form(), hub_of(request)
    name, role, area = typed(form, "name", 81), typed(form, "role", 16), _area(request, typed(form, "area", 120))
    password, now = _password(), hub.store.now()
    try:
        people.check_account(name, password, "admin", "")
        _check_area(request, role, area)
    except AccountError as error:
        return await _show(request, 422, str(error), name=name, role=role, area=area)
    hashed = await asyncio.to_thread(people.hash_password, password)

    def add(connection: Connection) -> bool:
        if connection.execute(select(accounts.c.id).where(accounts.c.name == name)).first():
            return False
        people.add_account(connection, name, hashed, role=role, area=area, now=now, must_change=True)
        write_audit(connection, now, admin, "account", name, role=role, area=area)
        return True

    if not await hub.store.write(add):
        return await _show(request, 409, TAKEN, name=name, role=role, area=area)
    return await _show(request, 201, password=password, whose=name)


async def act(request: Request) -> Response:
    """Change one account."""
    admin, deed = only_admin(request), DEEDS.get(request.path_params["deed"])
    key, hub = read_key(request.path_params["key"]), hub_of(request)
    row = await hub.store.read(lambda c: c.execute(select(accounts).where(accounts.c.id == key)).one_or_none())
    if deed is None or row is None:
        raise HTTPException(404)
    try:
        work, password = await deed(request, row)
        now = hub.store.now()
        await hub.store.write(lambda connection: _do(connection, work, row, admin, now))
    except AccountError as error:
        return await _show(request, 422, str(error))
    if password:
        return await _show(request, 200, password=password, whose=row.name)
    return RedirectResponse(f"/pengguna#a{key}", 303)


Work = Callable[[Connection], tuple[str, dict[str, Any]]]


def _do(connection: Connection, work: Work, row: Row[Any], admin: str, now: Any) -> None:
    action, data = work(connection)
    write_audit(connection, now, admin, action, row.name, **data)


async def change_role(request: Request, row: Row[Any]) -> tuple[Work, str]:
    """Give another role or area; it holds at once, also for those who are signed in."""
    form = await request.form()
    role, area = typed(form, "role", 16), _area(request, typed(form, "area", 120))
    _check_area(request, role, area)

    def work(connection: Connection) -> tuple[str, dict[str, Any]]:
        if role != "admin":
            _keep_an_admin(connection, row.id)
        people.change_role(connection, row.id, role, area)
        end_sessions(connection, row.id)
        return "account-role", {"role": role, "area": area}

    return work, ""


async def close(request: Request, row: Row[Any]) -> tuple[Work, str]:
    """Let nobody in under this name any more."""
    now = hub_of(request).store.now()

    def work(connection: Connection) -> tuple[str, dict[str, Any]]:
        _keep_an_admin(connection, row.id)
        people.disable_account(connection, row.name, now)
        return "account-disable", {}

    return work, ""


async def reopen(_request: Request, row: Row[Any]) -> tuple[Work, str]:
    """Let them in again."""

    def work(connection: Connection) -> tuple[str, dict[str, Any]]:
        people.enable_account(connection, row.id)
        return "account-enable", {}

    return work, ""


async def new_password(_request: Request, row: Row[Any]) -> tuple[Work, str]:
    """Give a password that is shown once, and end the sessions."""
    password = _password()
    hashed = await asyncio.to_thread(people.hash_password, password)

    def work(connection: Connection) -> tuple[str, dict[str, Any]]:
        people.save_password(connection, row.id, hashed, must_change=True)
        end_sessions(connection, row.id)
        return "account-password", {}

    return work, password


async def sign_out(_request: Request, row: Row[Any]) -> tuple[Work, str]:
    """Sign them out everywhere."""

    def work(connection: Connection) -> tuple[str, dict[str, Any]]:
        return "account-sign-out", {"sessions": end_sessions(connection, row.id)}

    return work, ""


async def reset_factor(_request: Request, row: Row[Any]) -> tuple[Work, str]:
    """Take away the second factor of somebody whose telephone is lost."""

    def work(connection: Connection) -> tuple[str, dict[str, Any]]:
        drop_factor(connection, row.id)
        end_sessions(connection, row.id)
        return "factor-reset", {}

    return work, ""


DEEDS = {
    "peran": change_role,
    "tutup": close,
    "buka": reopen,
    "sandi": new_password,
    "keluarkan": sign_out,
    "lepas-kode": reset_factor,
}


def _check_area(request: Request, role: str, area: str) -> None:
    """Refuse what does not go together, in words of the page. Raises AccountError."""
    try:
        people.check_role(role, area)
        check_area(hub_of(request).region, role, area)
    except AccountError:
        raise AccountError(NO_AREA) from None


def _keep_an_admin(connection: Connection, account: int) -> None:
    if people.is_last_admin(connection, account):
        raise AccountError(LAST_ADMIN)


def _area(request: Request, said: str) -> str:
    """Read a code, or the name of a unit as the list offers it."""
    names = {unit.name.casefold(): unit.code for unit in hub_of(request).region.units}
    code = said.partition(" · ")[0]
    return names.get(code.casefold(), code)


def _password() -> str:
    return "-".join(secrets.token_hex(2) for _ in range(4))
