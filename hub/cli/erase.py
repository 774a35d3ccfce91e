"""`aduan erase`: what a citizen may ask for."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated, Any

import typer

from hub.cli.options import Config, Json, with_hub

erasing = typer.Typer(
    help="Erase a citizen: words, photos, identity, in every table and file. Cannot be undone.", no_args_is_help=True
)
Channel = Annotated[str, typer.Argument(metavar="CHANNEL", help="Name of the channel, as in the settings.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do it. Without this it only says what would be erased.")]


@erasing.command("complaint")
def erase_complaint(
    channel: Channel,
    native_id: Annotated[str, typer.Argument(metavar="ID", help="The complaint's id on its channel.")],
    yes: Yes = False,
    config: Config = None,
    json: Json = False,
) -> None:
    """Erase one complaint; where it was its citizen's only one, the citizen too."""
    from hub.commands.erasing import erase_found
    from hub.pipeline.erasing import find_complaint

    def find(connection: Any) -> list[int]:
        return find_complaint(connection, channel, native_id)

    _tell(asyncio.run(with_hub(config, lambda hub: erase_found(hub, find, dry=not yes))), json=json)


@erasing.command("reporter")
def erase_reporter(channel: Channel, yes: Yes = False, config: Config = None, json: Json = False) -> None:
    """Erase all complaints of one person. Reads the handle (address, account, phone) from stdin, not from the line."""
    from hub.commands.erasing import erase_found
    from hub.pipeline.erasing import find_reporter

    handle = sys.stdin.readline().rstrip("\n")

    def find(connection: Any) -> list[int]:
        return find_reporter(connection, channel, handle)

    _tell(asyncio.run(with_hub(config, lambda hub: erase_found(hub, find, dry=not yes))), json=json)


def _tell(done: dict[str, Any], *, json: bool) -> None:
    from hub.commands.screen import give, say

    if json:
        give(done)
        return
    verb = "would be erased; say --yes to do it" if done["dry_run"] else "erased"
    say(f"{done['complaints']} complaints in {len(done['reports'])} reports {verb}.")
    for channel, count in done["received_by"]:
        say(f"  {channel} had been told {count} times.")
