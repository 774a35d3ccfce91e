"""The commands about staff: their accounts, and what the audit says of them."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from hub.cli.options import FAILED, Config, Json, settings_of, with_store

people = typer.Typer(help="Accounts of staff.", no_args_is_help=True)
audit = typer.Typer(help="Who did what and who looked.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="NAME", help="What they sign in with.")]


@people.command("add")
def add_user(
    name: Name,
    role: Annotated[
        str, typer.Option("--role", metavar="ROLE", help="petugas, camat, lurah, integritas, operator or admin.")
    ],
    area: Annotated[str, typer.Option("--area", metavar="CODE", help="Code of the kecamatan, kelurahan or unit.")] = "",
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read the password from stdin.")] = False,
    config: Config = None,
) -> None:
    """Add an account for staff; the same name again changes its password, role and area."""
    from hub.commands.users import add, read_password
    from hub.regions import load_region

    password = read_password(from_stdin=password_stdin)
    region = load_region(settings_of(config).hub.region)
    asyncio.run(with_store(config, lambda store: add(store, region, name, role=role, area=area, password=password)))


@people.command("list")
def list_users(config: Config = None, json: Json = False) -> None:
    """List the accounts."""
    from hub.commands.screen import give, table
    from hub.commands.users import list_all

    rows = asyncio.run(with_store(config, list_all))
    give(rows) if json else table(rows)


@people.command("disable")
def disable_user(name: Name, config: Config = None) -> None:
    """Close an account and end its sessions; `aduan user add` opens it again."""
    from hub.commands.users import disable

    asyncio.run(with_store(config, lambda store: disable(store, name)))


@people.command("reset-factor")
def reset_factor(name: Name, config: Config = None) -> None:
    """Take away the second factor of somebody whose telephone is lost, and end their sessions."""
    from hub.commands.users import reset_factor

    asyncio.run(with_store(config, lambda store: reset_factor(store, name)))


@audit.command("verify")
def verify_audit(
    head: Annotated[str, typer.Option("--head", metavar="HASH", help="What an earlier run ended with.")] = "",
    config: Config = None,
    json: Json = False,
) -> None:
    """Follow the chain of hashes through all rows. Exit code 1 where it breaks, naming the first row that does not fit.

    Write down the last hash elsewhere and give it with --head next time: it shows that no rows were cut off.
    """
    from hub.commands.auditing import check
    from hub.commands.screen import give, say

    found = asyncio.run(with_store(config, lambda store: check(store, head)))
    if json:
        give(found)
    else:
        say(found["says"])
    if found["broken"] or found["head_missing"]:
        raise typer.Exit(FAILED)
