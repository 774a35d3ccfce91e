"""The command that learns from what staff corrected."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from hub.cli.options import Config, Json, settings_of, with_store

training = typer.Typer(help="Learn from what staff corrected.", no_args_is_help=True)


@training.callback()
def group() -> None:
    """Learn from what staff corrected."""


@training.command()
def categories(
    config: Config = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Default: `categories` of the settings.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would come of it.")] = False,
    json: Json = False,
) -> None:
    """Learn which words mean which category here, and use that only where it wins on complaints not seen.

    Prints how many of the newest complaints are answered right before and after. Exit code 0 also where it does not
    win; 2 where there are too few corrections.
    """
    from hub.commands.screen import give, say, table
    from hub.commands.training import advice, by_category, strongest, train

    settings = settings_of(config)
    file = output or settings.hub.categories
    model = asyncio.run(with_store(config, lambda store: train(store, settings, file, dry=dry_run)))
    if json:
        give({"file": None if dry_run else str(file), **model.model_dump(mode="json")})
        return
    table(by_category(model))
    table(strongest(model))
    for line in advice(model, file, dry=dry_run):
        say(line)
