"""The commands of the board."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from hub.cli.options import Config, settings_of, with_store

board = typer.Typer(help="The board's figures.", no_args_is_help=True)


@board.callback()
def group() -> None:
    """Keep the commands below one word."""


@board.command("freeze")
def freeze(
    period: Annotated[str, typer.Option("--period", metavar="NAME", help="A month, 2026-10, or a quarter, 2026-T4.")],
    config: Config = None,
) -> None:
    """Freeze the ranking of a period that is over. A running hub does so by itself a week after its end."""
    from hub.commands.freezing import freeze_period
    from hub.regions import load_region

    region = load_region(settings_of(config).hub.region)
    asyncio.run(with_store(config, lambda store: freeze_period(store, region, period)))
