"""The commands that look after a hub: channels, dead letters, the database."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from hub.cli.options import FAILED, Config, Json, choose, settings_of, with_hub, with_store

database = typer.Typer(help="The database's schema.", no_args_is_help=True)
dead = typer.Typer(help="Deliveries that were given up.", no_args_is_help=True)
channels = typer.Typer(help="The channels: where each stands; pause, resume, test.", invoke_without_command=True)
brake = typer.Typer()


@channels.callback()
def list_channels(context: typer.Context, config: Config = None, json: Json = False) -> None:
    """Say where each channel stands."""
    from hub.commands.checking import where_they_stand
    from hub.commands.screen import give, table

    if context.invoked_subcommand is not None:
        if config is not None:
            raise typer.BadParameter("write it at the end", param_hint="-c")
        return
    settings = settings_of(config)
    rows = asyncio.run(with_store(config, lambda store: where_they_stand(store, settings)))
    give(rows) if json else table(rows)


Name = Annotated[str, typer.Argument(metavar="NAME", help="As in the settings.")]


def _known(config: Path | None, name: str) -> None:
    choose("channel", name, [channel.name for channel in settings_of(config).channels])


@channels.command("pause")
def pause_channel(name: Name, config: Config = None) -> None:
    """Let a channel rest."""
    from hub.commands.checking import pause

    _known(config, name)
    asyncio.run(with_store(config, lambda store: pause(store, name, paused=True)))


@channels.command("resume")
def resume_channel(name: Name, config: Config = None) -> None:
    """Let a paused channel go on."""
    from hub.commands.checking import pause

    _known(config, name)
    asyncio.run(with_store(config, lambda store: pause(store, name, paused=False)))


@channels.command("reload")
def reload_channel(name: Name, config: Config = None) -> None:
    """Let a running hub read a channel's settings and secret files again."""
    from hub.commands.checking import reload

    _known(config, name)
    asyncio.run(with_store(config, lambda store: reload(store, name)))


@channels.command("test")
def try_one_channel(name: Name, config: Config = None) -> None:
    """Pull one page without storing anything, and say what came."""
    from hub.commands.checking import try_channel
    from hub.commands.screen import say
    from hub.plugin import PluginError

    _known(config, name)
    try:
        say(f"{name} {asyncio.run(with_hub(config, lambda hub: try_channel(hub, name)))}")
    except PluginError as error:
        say(f"{name} does not answer: {type(error).__name__}: {error}")
        raise typer.Exit(FAILED) from None


@dead.command("list")
def list_dead(config: Config = None, json: Json = False) -> None:
    """List deliveries that were given up, with the reason."""
    from hub.commands.screen import give, table
    from hub.store.deliveries import dead_letters

    columns = ("key", "channel", "kind", "attempts", "reason")
    rows = asyncio.run(with_store(config, lambda store: store.read(dead_letters)))
    letters = [{column: getattr(row, column) for column in columns} for row in rows]
    give(letters) if json else table(letters)


@dead.command("retry")
def retry_letters(
    key: Annotated[str, typer.Argument(metavar="KEY", help="One delivery; none: all of them.")] = "",
    channel: Annotated[str, typer.Option("--channel", metavar="NAME", help="Those of one channel.")] = "",
    config: Config = None,
) -> None:
    """Make dead deliveries due again."""
    from hub.commands.screen import say
    from hub.store.deliveries import retry_dead

    async def work(store: Any) -> int:
        now = store.now()
        return await store.write(lambda c: retry_dead(c, now, channel=channel or None, key=key or None))  # type: ignore[no-any-return]

    say(f"{asyncio.run(with_store(config, work))} deliveries are due again.")


@database.command("upgrade")
def upgrade_database(config: Config = None) -> None:
    """Bring the database to this program's schema."""
    from hub.commands.screen import say
    from hub.settings import async_url
    from hub.store.store import Store

    settings = settings_of(config)
    store = Store(async_url(settings.hub.database), settings.hub.blobs)
    say(f"The database is at revision {asyncio.run(store.upgrade())}.")


What = Annotated[
    str, typer.Argument(metavar="[replies|CHANNEL]", help="All replies to citizens, or all that goes to one channel.")
]


@brake.command()
def hold(what: What = "replies", config: Config = None, json: Json = False) -> None:
    """Pull the brake: within a second nothing goes out any more, and nothing is lost. Prints what is held."""
    from hub.commands import brake as work
    from hub.commands.screen import give, say, table

    choose("what to hold", what, ["replies", *(channel.name for channel in settings_of(config).channels)])

    async def pull(store: Any) -> tuple[bool, dict[str, Any]]:
        return await work.hold(store, what), await work.look(store, what)

    pulled, found = asyncio.run(with_store(config, pull))
    if json:
        give(found)
    else:
        table(found["counts"])
    say(f"{what}: {'held now' if pulled else 'was held already'}. {found['waiting']} deliveries wait.")


@brake.command()
def release(
    what: What = "replies",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    config: Config = None,
    json: Json = False,
) -> None:
    """Let go of the brake: shows how many wait and a few of their texts, and asks, where somebody can answer."""
    from hub.commands import brake as work
    from hub.commands.screen import give, say, table

    async def look(store: Any) -> tuple[list[str], dict[str, Any]]:
        return await work.held_names(store), await work.look(store, what)

    held, found = asyncio.run(with_store(config, look))
    choose("what to release", what, ["replies", *(one.name for one in settings_of(config).channels), *held])
    if not json:
        table(found["counts"])
    for sample in found["samples"]:
        say(f"  {sample['channel']}: {sample['text']}")
    if not found["held"]:
        say(f"{what}: was not held.")
    elif yes or not sys.stdin.isatty() or typer.confirm(f"Let {found['waiting']} deliveries go?", err=True):
        asyncio.run(with_store(config, lambda store: work.release(store, what)))
        say(f"{what}: released. {found['waiting']} deliveries go out when they are due.")
        found["held"] = False
    else:
        say(f"{what}: still held.")
    if also := [name for name in held if name != what]:
        say(f"Held still: {', '.join(also)}.")
    if json:
        give(found)
