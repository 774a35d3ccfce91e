"""`aduan eval`: its name, options and help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hub.cli.options import FAILED, Config, Json, hub_settings

evaluation = typer.Typer()


@evaluation.command("eval")
def evaluate(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.jsonl", exists=True, dir_okay=False, help="Rows of `aduan import`.")
    ],
    pairs: Annotated[
        Path | None,
        typer.Option("--pairs", metavar="FILE.csv", exists=True, dir_okay=False, help="a,b,label: dup, not, unsure."),
    ] = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Measure place, category and joining on labelled complaints. Stores nothing, changes nothing.

    Each line may have a member `gold` with any of incident, category, second_category, kelurahan, kecamatan. Pairs that
    people compared stand in a CSV file of their own, with an optional column `kind`. Duplicates are told as the
    hub tells them, complaint by complaint in the order of their times; plain rules of distance and time stand beside.

    Without settings, the bundled region jakarta is used.
    """
    from hub.commands.evaluating import evaluate as examine
    from hub.commands.evaluating import show
    from hub.commands.screen import give, say
    from hub.host import make_normalizer
    from hub.learning.model_file import model_in_use
    from hub.regions import load_region

    settings = hub_settings(config)
    normalizer = make_normalizer(settings.region, b"", model_in_use(settings.categories))
    found = examine(file, pairs, normalizer, load_region(settings.region).zone)
    for line in found.bad:
        say(line)
    give(found.figures) if json else show(found.figures)
    raise typer.Exit(FAILED if found.bad else 0)
