"""`aduan user`: accounts of staff."""

from __future__ import annotations

import asyncio
import sys
from getpass import getpass

from hub.commands.screen import Misuse
from hub.store.accounts import AccountError, add_account, check_account, hash_password, write_audit
from hub.store.store import Store
from normalizer.region import Region

AREAS = {"camat": "kecamatan", "lurah": "kelurahan"}
"""Whose area must be of which kind; the others' may be any unit, or none for the whole city."""


def read_password(*, from_stdin: bool) -> str:
    """Ask for a password twice, or read one line from stdin."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    password = getpass("Password: ")
    if getpass("Again: ") != password:
        raise Misuse("the two passwords differ")
    return password


async def add(store: Store, region: Region, name: str, *, role: str, area: str, password: str) -> None:
    """Make or change an account. Raises Misuse for what cannot be one."""
    _check_area(region, role, area)
    try:
        check_account(name, password, role, area)
    except AccountError as problem:
        raise Misuse(str(problem)) from None
    hashed = await asyncio.to_thread(hash_password, password)
    now = store.now()
    await store.write(lambda connection: add_account(connection, name, hashed, role=role, area=area, now=now))
    await store.write(lambda connection: write_audit(connection, now, "console", "account", name, role=role, area=area))


def _check_area(region: Region, role: str, area: str) -> None:
    kinds = {unit.code: unit.kind for unit in region.units}
    if area and area not in kinds:
        raise Misuse(f"there is no unit {area!r} in {region.title}")
    wanted = AREAS.get(role)
    if wanted is not None and kinds.get(area) != wanted:
        raise Misuse(f"a {role} needs --area with the code of a {wanted}")
