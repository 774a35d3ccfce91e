"""The command line `aduan`: put together here, run, and every failure turned into words and an exit code."""

from __future__ import annotations

import os
import sys

import typer

from hub.cli.board import board
from hub.cli.care import brake, channels, database, dead
from hub.cli.erase import erasing
from hub.cli.evaluate import evaluation
from hub.cli.gazetteer import gazetteer
from hub.cli.people import audit, people
from hub.cli.training import training
from hub.cli.work import app as work

app = typer.Typer(
    name="aduan",
    help="Every complaint channel of a city in one hub: joined into one report, handed to those who act, "
    "answered on the channel each citizen used.\n\nstdout carries results only. Exit code: 0 all well, 1 something "
    "failed and is named, 2 usage or settings, 3 database or disk.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(work)
app.add_typer(brake)
app.add_typer(evaluation)
app.add_typer(database, name="db")
app.add_typer(people, name="user")
app.add_typer(audit, name="audit")
app.add_typer(dead, name="dead")
app.add_typer(channels, name="channels")
app.add_typer(board, name="papan")
app.add_typer(erasing, name="erase")
app.add_typer(gazetteer, name="gazetteer")
app.add_typer(training, name="train")


def _add_plugins() -> None:
    """Let plugins add commands of theirs, where one may be meant: loading them takes longer than most commands."""
    commands = [*work.registered_commands, *brake.registered_commands, *evaluation.registered_commands]
    ours = {command.name or command.callback.__name__ for command in commands if command.callback}
    ours |= {group.name for group in app.registered_groups if group.name}
    word = next((word for word in sys.argv[1:] if not word.startswith("-")), "")
    if word in ours or (not word and "--help" not in sys.argv):
        return
    from hub.registry import Registry

    registry = Registry()
    registry.load()
    registry.commands(app)


def main() -> None:
    """Run, and turn every failure into words and an exit code."""
    from hub.log import configure

    configure(os.environ.get("ADUAN_LOG", "info"), json=os.environ.get("ADUAN_LOG_FORMAT") == "json")
    try:
        _add_plugins()
        app()
    except Exception as error:
        from hub.commands.failures import explain
        from hub.commands.screen import say

        explained = explain(error)
        if explained is None:
            raise
        say(explained[0])
        sys.exit(explained[1])
