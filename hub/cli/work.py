"""The commands that do the hub's work: names, options and help; what they do stands in `hub.commands`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer

from hub.cli.options import FAILED, USAGE, Config, Json, choose, settings_of, with_hub, with_store

app = typer.Typer()


@app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.jsonl", exists=True, dir_okay=False, help="One JSON object a line.")
    ],
    config: Config = None,
    json: Json = False,
) -> None:
    """Take complaints in from a file: one JSON object a line with id, channel and text.

    May also have: title, lat, lon, address, category, created_at, reporter, thread, anonim, rahasia, photos. A time
    without a zone is the region's. The channel need not be in the settings.

    Everything is processed when it ends. Lines that were taken in before change nothing, so a run that was
    interrupted is simply run again. Bad lines are named, and the rest goes in.
    """
    from hub.commands.importing import Import
    from hub.commands.screen import give, say
    from hub.commands.summary import summarize
    from hub.store.intake import last_item

    async def work(hub: Any) -> int:
        before = await hub.store.read(last_item)
        done = await Import(hub, file).run()
        summary = await hub.store.read(lambda c: summarize(c, before, done.repeats))
        for problem in done.bad:
            say(problem)
        if json:
            give(summary)
        else:
            say(f"{done.lines} lines read. {_one_line(summary)}")
        return FAILED if done.bad else 0

    raise typer.Exit(asyncio.run(with_hub(config, work, processes=1)))


@app.command()
def export(
    what: Annotated[str, typer.Argument(metavar="WHAT", help="complaints, reports, deliveries or followups.")],
    config: Config = None,
    form: Annotated[str, typer.Option("--format", metavar="FORMAT", help="jsonl, csv or geojson.")] = "jsonl",
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Default: stdout.")] = None,
    full: Annotated[bool, typer.Option("--full", help="With what was said, and sealed ones. Audited.")] = False,
) -> None:
    """Give what is stored, a row each, personal data scrubbed.

    Sealed reports and their complaints are left out unless --full is given.
    """
    from hub.commands.exporting import export as rows_of
    from hub.commands.exporting import write_rows
    from hub.store.export import SLICES

    choose("what to export", what, SLICES)
    choose("--format", form, ("jsonl", "csv", "geojson"))

    async def work(store: Any) -> None:
        await write_rows(rows_of(store, what, full=full), output, form)  # type: ignore[arg-type]

    asyncio.run(with_store(config, work))


@app.command()
def run(
    config: Config = None,
    once: Annotated[
        bool, typer.Option("--once", help="Pull every source once, process, deliver what is due, end.")
    ] = False,
    json: Json = False,
) -> None:
    """Do the hub's work once, without pages: for a try, or from a timer."""
    from hub.commands.screen import give, say
    from hub.commands.summary import summarize
    from hub.store.intake import last_item

    if not once:
        raise typer.BadParameter(
            "must be given; for a hub that keeps running there is `aduan serve`", param_hint="--once"
        )

    async def work(hub: Any) -> int:
        before = await hub.store.read(last_item)
        failed = await hub.run_once()
        repeats = {name: channel.tally["repeats"] for name, channel in hub.channels.items() if channel.source}
        summary = await hub.store.read(lambda c: summarize(c, before, repeats))
        for name, reason in failed.items():
            say(f"channel {name}: {reason}")
        give(summary) if json else say(_one_line(summary))
        return FAILED if failed else 0

    raise typer.Exit(asyncio.run(with_hub(config, work)))


def _one_line(summary: dict[str, Any]) -> str:
    sent = summary["deliveries"]["sent"]
    return f"{summary['complaints']} complaints in {summary['reports']} reports; {sent} deliveries are sent."


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="Replay the whole day at once, print the summary, end.")] = False,
    json: Json = False,
    port: Annotated[int, typer.Option("--port", metavar="N", help="For the pages; default: a free one from 8000.")] = 0,
) -> None:
    """Try the hub: a made-up town with a flood morning, and a hub for it, in a temporary folder."""
    if not once:
        from hub.commands.demo_live import play_on

        return asyncio.run(play_on(port or None))
    from tempfile import TemporaryDirectory

    from hub.commands.demo import play_once
    from hub.commands.screen import give, say

    with TemporaryDirectory(prefix="aduan-demo-") as folder:
        summary, good = asyncio.run(play_once(Path(folder)))
    for name, one in summary["checks"].items():
        say(f"{name.replace('_', ' ')}: {one['are']} of {one['should']}")
    give(summary) if json else say(_one_line(summary))
    raise typer.Exit(0 if good else FAILED)


@app.command()
def sandbox(
    port: Annotated[int, typer.Option("--port", metavar="N", help="Where the hub will serve.")] = 8000,
    folder: Annotated[Path, typer.Option("--folder", metavar="DIR", help="Where the hub will keep its data.")] = Path(),
    speed: Annotated[float, typer.Option("--speed", min=1, help="How many times faster the day goes by.")] = 60,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write the settings.")] = None,
) -> None:
    """Run the stand-ins of the channels alone, and print the settings that point a hub at them."""
    from hub.commands.sandbox import run_town

    asyncio.run(run_town(folder.resolve(), port, speed, output))


@app.command()
def serve(config: Config = None) -> None:
    """Run the hub: every channel, the processing, the deliveries, and the pages for staff."""
    from hub.commands.serving import serve as serve_hub

    asyncio.run(serve_hub(settings_of(config)))


@app.command()
def check(config: Config = None, json: Json = False) -> None:
    """Check the settings: names file, line and option of everything that is wrong."""
    from hub.commands.checking import check as check_settings
    from hub.commands.checking import estimates
    from hub.commands.screen import give, say

    settings = settings_of(config)
    wrong, unwise = check_settings(settings)
    if json:
        give({"wrong": wrong, "unwise": unwise})
    for line in (*wrong, *unwise, *(() if json else estimates(settings))):
        say(line)
    if not wrong:
        say("The settings are right.")
    raise typer.Exit(USAGE if wrong else 0)


@app.command()
def reprocess(
    config: Config = None,
    since: Annotated[str, typer.Option("--since", metavar="TIME", help="Complaints received since, ISO 8601.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say how many would change.")] = False,
    json: Json = False,
) -> None:
    """Understand stored complaints again with the present rules. Never touches what a person decided."""
    from hub.commands.reprocessing import read_since
    from hub.commands.reprocessing import reprocess as again
    from hub.commands.screen import give, say

    instant = read_since(since)

    async def work(hub: Any) -> None:
        done = await again(hub, instant, dry=dry_run)
        give(done) if json else say(f"{done['changed']} of {done['complaints']} complaints are understood differently.")

    asyncio.run(with_hub(config, work))
