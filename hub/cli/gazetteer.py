"""The commands about names of places: add them to a region pack, count them, look one up."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from hub.cli.options import FAILED, Config, Json, choose, settings_of

gazetteer = typer.Typer(help="Names of places and streets that a region pack knows.", no_args_is_help=True)

RegionName = Annotated[
    str, typer.Option("--region", metavar="NAME|FOLDER", help="A bundled pack or a folder. Default: the settings'.")
]


def _region(config: Path | None, named: str) -> str:
    return named or str(settings_of(config).hub.region)


@gazetteer.command("import")
def import_file(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", exists=True, dir_okay=False, help="A GTFS feed, an OpenStreetMap extract, or a table."
        ),
    ],
    *,
    form: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="gtfs, osm or csv. Default: guessed from the file.")
    ] = "",
    region: RegionName = "",
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FOLDER", help="Where a bundled pack goes. Default: regions/NAME."),
    ] = None,
    kind: Annotated[
        str, typer.Option("--kind", metavar="KIND", help="Kind of the places, like market; of rows without, in a CSV.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be added.")] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Take out what the pack has of the kinds that are added.")
    ] = False,
    config: Config = None,
    json: Json = False,
) -> None:
    """Add places and streets from a file to the region pack, each to the kelurahan it lies in.

    A GTFS feed brings its stops; an OpenStreetMap extract (.osm, .osm.gz, .osm.pbf) places and streets; a table (CSV
    with name, lat, lon and perhaps kind) whatever is in it, streets by the kind `street`.

    A bundled pack is copied to a folder first, and the line for the settings is printed. What is outside the region,
    known already or of no use as a name is counted, bad lines are named, and the rest goes in.
    """
    from hub.commands.gazetteer import READERS, Order, guess_format, import_places, in_words, setting, target
    from hub.commands.screen import give, say

    form = form or guess_format(file)
    choose("--format", form, READERS)
    named = _region(config, region)
    home = (config or Path(os.environ.get("ADUAN_CONFIG") or "aduan.toml")).parent
    order = Order(file, form, named, target(named, output, home), kind, replace, dry_run)
    done = import_places(order)
    line = setting(order.folder, home)
    if json:
        give({**done, "setting": line})
    for told in in_words(done):
        say(told)
    if done.get("version") and named != str(order.folder):
        say(f"Write into the settings, under [hub]: {line}")
    raise typer.Exit(FAILED if done["bad"] else 0)


@gazetteer.command("list")
def list_kinds(region: RegionName = "", config: Config = None, json: Json = False) -> None:
    """Count the areas, streets and places that a pack knows, by kind."""
    from hub.commands.gazetteer import count_kinds
    from hub.commands.screen import give, table

    rows = count_kinds(_region(config, region))
    give(rows) if json else table(rows)


@gazetteer.command("find")
def find(
    name: Annotated[str, typer.Argument(metavar="NAME", help="As people write it, in any spelling.")],
    region: RegionName = "",
    config: Config = None,
    json: Json = False,
) -> None:
    """Say what a name may mean: areas, streets and places that bear it, then longer names that hold it."""
    from hub.commands.gazetteer import find_name
    from hub.commands.screen import give, table

    rows = find_name(_region(config, region), name)
    if json:
        return give(rows)
    shown = ("name", "kind", "code", "lat", "lon")
    return table([{column: row[column] for column in shown} for row in rows])
