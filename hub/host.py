"""The hub, put together from its settings: region, plugins, store, pipeline. One object, started and stopped."""

from __future__ import annotations

import asyncio
import gc
import hmac
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from zoneinfo import ZoneInfo

import httpx2
import structlog
from sqlalchemy import Connection, delete, insert, select, update

from hub.alerts import Alerts, senders
from hub.clock import Clock, system_clock
from hub.learning.model_file import model_in_use
from hub.lexicons import load_categories, load_words
from hub.metrics import Metrics
from hub.pipeline import changes
from hub.pipeline.again import Again
from hub.pipeline.bulk import Bulk
from hub.pipeline.deadlines import Deadlines
from hub.pipeline.desk import Desk
from hub.pipeline.dispatch import Dispatcher
from hub.pipeline.freezing import Freezer
from hub.pipeline.house import House
from hub.pipeline.overdue import Overdue
from hub.pipeline.photos import PhotoJobs
from hub.pipeline.prepare import Preparer, Understander
from hub.pipeline.process import Processor
from hub.pipeline.publishing import Publisher
from hub.pipeline.reception import ChannelReception
from hub.pipeline.supervisor import RunningChannel
from hub.pipeline.taking import Claims
from hub.pipeline.watch import Watch
from hub.plugin import Audience, BadOptions, Context, Item, Received, Request, Sink, Source
from hub.regions import load_region
from hub.registry import Registry
from hub.replies.echo import Echo
from hub.settings import ChannelSettings, Settings, SettingsError, async_url, load_settings
from hub.settings.secret_key import secret_key
from hub.store import deliveries, people, photos, reports, templates
from hub.store.alerts import AlertBook
from hub.store.intake import channel_wishes
from hub.store.store import Store
from hub.store.tables import queue_entries
from hub.tracking import track_code
from normalizer.categories import Categorizer
from normalizer.learned import Learned
from normalizer.places import Placer
from normalizer.understand import Normalizer

HEED = 2.0
"""Seconds between two looks at what operators ask."""
TIMEOUT = httpx2.Timeout(30.0, connect=10.0)
log = structlog.get_logger()


class Board:
    """The work lists, for sinks of reports to fill."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def place(self, report: str, unit: str, version: int) -> None:
        """Show a report in this unit's queue, and in no other."""
        now = self.store.now()

        def work(connection: Connection) -> None:
            key = reports.find_report(connection, report)
            if key is None:
                return
            row = {"unit": unit, "version": version, "placed_at": now}
            known = connection.execute(
                select(queue_entries.c.version).where(queue_entries.c.report == key)
            ).scalar_one_or_none()
            if known is None:
                connection.execute(insert(queue_entries).values(report=key, **row))
            elif known <= version:
                connection.execute(update(queue_entries).where(queue_entries.c.report == key).values(**row))

        await self.store.write(work)

    async def remove(self, report: str, version: int) -> None:
        """Take a report out of every queue."""

        def work(connection: Connection) -> None:
            key = reports.own_key(report)
            old = queue_entries.c.version <= version
            connection.execute(delete(queue_entries).where(queue_entries.c.report == key, old))

        await self.store.write(work)


@dataclass
class Hub:
    """Everything that runs, by name."""

    settings: Settings
    clock: Clock = system_clock
    processes: int = 0
    """Helpers that understand complaints; 0 = none."""
    registry: Registry = field(default_factory=Registry)
    channels: dict[str, RunningChannel] = field(default_factory=dict)
    metrics: Metrics = field(default_factory=Metrics)
    faults: dict[str, str] = field(default_factory=dict)
    """Channels that could not be built, and why."""
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _opened: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def open(self) -> Hub:
        """Load, connect and build; nothing runs yet. Raises RegionError, StoreError, BadOptions."""
        self.region = load_region(self.settings.hub.region)
        self.registry.load(self.settings.hub.plugins or None)
        self.secret = secret_key(self.settings).encode()
        self.store = await Store(async_url(self.settings.hub.database), self.settings.hub.blobs, self.clock).open()
        self._opened.push_async_callback(self.store.close)
        self.http = httpx2.AsyncClient(timeout=TIMEOUT, follow_redirects=False)
        self._opened.push_async_callback(self.http.aclose)
        self.board = Board(self.store)
        salt = bytes.fromhex(await self.store.write(people.salt))
        await self.store.write(lambda connection: templates.seed(connection, self.store.now()))
        learned = await asyncio.to_thread(model_in_use, self.settings.hub.categories)
        self.understander = Understander(
            partial(make_normalizer, self.settings.hub.region, salt, learned), self.processes
        )
        self._opened.callback(self.understander.close)
        for channel in self.settings.channels:
            if channel.enabled:
                self._build(channel)
        self._wire()
        # The region and the word lists stay for ever: the collector need not walk through them again and again.
        gc.freeze()
        return self

    def _build(self, channel: ChannelSettings) -> None:
        try:
            instance = self.registry.build(channel, self._context(channel.name))
        except BadOptions as problem:
            self.faults[channel.name] = str(problem)
            log.warning("channel cannot be built", channel=channel.name, reason=str(problem))
            return
        running = self.channels[channel.name] = RunningChannel(channel, instance, self.store)
        self._opened.push_async_callback(running.close)

    def _context(self, channel: str) -> Context:
        return Context(
            channel=channel,
            http=self.http,
            log=log.bind(channel=channel),
            clock=self.clock,
            zone=ZoneInfo(self.region.zone),
            source_name=self.settings.web.public_url,
            known_report=self._known_report,
            board=self.board,
            reception=ChannelReception(
                self.store, channel, self.region.letters, self._take, self.track_link, self.track_code
            ),
        )

    async def _take(self, channel: str, items: Sequence[Item]) -> None:
        await self.channels[channel].take(items)

    def track_code(self, channel: str, native_id: str) -> str:
        """Give the secret of a complaint's tracking page."""
        return track_code(self.secret, channel, native_id)

    def track_link(self, code: str) -> str:
        """Give the address of a tracking page."""
        return f"{self.settings.web.public_url}/lacak/{code}"

    async def _known_report(self, number: str) -> bool:
        return await self.store.read(lambda connection: reports.find_report(connection, number) is not None)

    def _sinks(self) -> dict[str, Sink]:
        sinks = {name: channel.sink for name, channel in self.channels.items() if channel.sink is not None}
        if self.registry.has("report_changed"):
            sinks[changes.NAME] = changes.ChangeHooks(self._context(changes.NAME), self.registry.tell)
        return sinks

    def _wire(self) -> None:
        self.sinks = self._sinks()
        self.dispatchers = {
            name: Dispatcher(self.store, name, sink, metrics=self.metrics, patience=self.settings.replies.patience)
            for name, sink in self.sinks.items()
        }
        self.house = House(
            region=self.region,
            sinks=self.sinks,
            route=self.registry.route if self.registry.has("route_report") else None,
            audience=self.audience,
            decides=frozenset(channel.name for channel in self.settings.channels if channel.decides),
            photo_link=self.photo_link,
            track=self.track_code,
            track_link=self.track_link,
            replies=self.settings.replies.rules(),
            claim=self.settings.work.claim,
        )
        echo = Echo(self.house.replies.wording)
        preparer = Preparer(self._source, self.understander, self.registry.refine, self.store.blobs, echo)
        self.processor = Processor(self.store, preparer, self.house, self.ring_dispatchers, metrics=self.metrics)
        for channel in self.channels.values():
            channel.ring = self.processor.ring
        self.again = Again(self.store, self.understander.normalizer, self.house, self.registry.refine)
        self.desk = Desk(self.store, self.house, Placer(self.region), self.ring_dispatchers)
        networks = {name: tuple(channel.settings.allow_networks) for name, channel in self.channels.items()}
        self.photos = PhotoJobs(
            self.store, self.http, preparer, self.again, {"": tuple(self.settings.hub.photo_networks), **networks}
        )
        self.bulk = Bulk(self.store, self.house, self.ring_dispatchers)
        self.deadlines = Deadlines(self.store, self.house, self.ring_dispatchers)
        self.claims = Claims(self.store, self.house, self.ring_dispatchers)
        self.overdue = Overdue(self.store, self.house)
        self.freezer = Freezer(self.store, ZoneInfo(self.region.zone))
        self.watch = self._watch()

    def _watch(self) -> Watch:
        book = AlertBook(self.store)
        alerts = Alerts(senders(self.settings.alerts, self.http), book, self.clock, self.settings.web.public_url)
        folder = self.store.file.parent if self.store.file is not None else self.settings.hub.blobs.parent
        return Watch(self.store, self.channels, alerts, book, self.metrics, self.region.triage_unit, folder)

    def _source(self, name: str) -> Source | None:
        channel = self.channels.get(name)
        return channel.source if channel is not None else None

    def audience(self, name: str) -> Audience:
        """Say who could read a complaint at its source."""
        channel = self.channels.get(name)
        if channel is None:
            return "private"
        return channel.settings.audience or channel.instance.audience

    def photo_link(self, name: str) -> str:
        """Give the address of a photo, signed, so that whoever was given it may see it."""
        proof = hmac.new(self.secret, f"photo:{name}".encode(), sha256).hexdigest()[:32]
        return f"{self.settings.web.public_url}/foto/{name}?s={proof}"

    def ring_dispatchers(self) -> None:
        """Say that there may be something to deliver."""
        for dispatcher in self.dispatchers.values():
            dispatcher.bell.set()

    async def receive(self, channel: str, request: Request) -> Received:
        """Take what was pushed to a channel. Raises KeyError for an unknown one, StoreBusy when there is no room."""
        return await self.channels[channel].receive(request)

    def ready(self) -> dict[str, str]:
        """Name what keeps the hub from doing its work; empty = ready. A lost channel is the channel's own matter."""
        dead = {task.get_name(): "stopped" for task in self._tasks if task.done()}
        return dead if self._tasks else {"hub": "starting"}

    # -------------------------------------------------------------------------------------------------- running it

    async def start(self) -> None:
        """Be the hub on this database: take up what a dead process left, and start every task."""
        self.store.claim("aduan hub")
        await self._reclaim(alone=self.store.file is not None)
        self._run("process", self.processor.run)
        self._run("photos", self.photos.run)
        self._run("again", self.again.run)
        self._run("deadlines", self.deadlines.run)
        self._run("publish", Publisher(self.store).run)
        self._run("claims", self.claims.run)
        self._run("overdue", self.overdue.run)
        self._run("freezer", self.freezer.run)
        self._run("watch", self.watch.run)
        self._run("wishes", self._heed)
        for channel in self.channels.values():
            self._run(f"channel {channel.name}", channel.run)
        for name, dispatcher in self.dispatchers.items():
            self._run(f"dispatch {name}", dispatcher.run)

    async def _reclaim(self, *, alone: bool) -> None:
        now = self.store.now()
        await self.store.write(lambda connection: deliveries.reclaim(connection, now, alone=alone))
        if alone:
            await self.store.write(lambda connection: photos.reclaim_photos(connection, now))

    async def _heed(self) -> None:
        """Do what operators ask of channels from the command line or a page."""
        while True:
            wishes = await self.store.read(channel_wishes)
            for channel in self.channels.values():
                paused, reloads = wishes.get(channel.name, (False, 0))
                channel.heed(paused=paused)
                if reloads > channel.reloads:
                    channel.reloads = reloads
                    await self._reload(channel)
            await asyncio.sleep(HEED)

    async def _reload(self, channel: RunningChannel) -> None:
        """Read a channel's settings again. Where they are wrong it goes on with the old ones."""
        try:
            fresh = self._read_again(channel.name)
            instance = self.registry.build(fresh, self._context(channel.name))
        except (SettingsError, BadOptions) as problem:
            log.warning("channel keeps its old settings", channel=channel.name, reason=str(problem))
            return
        await channel.replace(fresh, instance)
        if channel.sink is not None and channel.name in self.dispatchers:
            self.dispatchers[channel.name].sink = self.sinks[channel.name] = channel.sink
        log.info("channel has read its settings again", channel=channel.name)

    def _read_again(self, name: str) -> ChannelSettings:
        fresh = load_settings(self.settings.origin.file).channel(name)
        if fresh is None:
            raise SettingsError([f"channel {name} is no longer in the settings: restart the hub"])
        return fresh

    def _run(self, name: str, work: Callable[[], object]) -> None:
        self._tasks.append(asyncio.create_task(_for_ever(name, work), name=name))

    async def close(self) -> None:
        """Stop everything within a second or so; what was accepted is on disk."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        await self._opened.aclose()

    async def run_once(self) -> Mapping[str, str]:
        """Pull every source once, process, deliver what is due. Gives what failed, by channel."""
        self.store.claim("aduan run")
        await self._reclaim(alone=self.store.file is not None)
        failed = dict(self.faults)
        for channel in self.channels.values():
            try:
                await self._pull_once(channel)
            except Exception as error:  # noqa: BLE001 - named in the result, and the next channel goes on
                log.warning("channel failed", channel=channel.name, reason=f"{type(error).__name__}: {error}")
                failed[channel.name] = f"{type(error).__name__}: {error}"
        await self.settle()
        await self.overdue.run_once()
        return failed

    async def _pull_once(self, channel: RunningChannel) -> None:
        if channel.source is not None and type(channel.source).pull is not Source.pull:
            channel.source.waits = False
            await channel.pull()

    async def settle(self) -> None:
        """Process, fetch and deliver until nothing is due now."""
        while (
            await self.processor.run_once()
            + await self.again.catch_up()
            + await self.photos.run_once()
            + await self.deadlines.run_once()
            + await self._deliver_once()
        ):
            continue

    async def _deliver_once(self) -> int:
        return sum(await asyncio.gather(*(dispatcher.run_once() for dispatcher in self.dispatchers.values())))


def make_normalizer(region: str, salt: bytes, learned: Learned | None = None) -> Normalizer:
    """Build the normalizer of a region from the files that it is made of, and what the city's corrections taught."""
    return Normalizer(load_region(region), Categorizer(load_categories(), load_words(), learned), salt=salt)


async def _for_ever(name: str, work: Callable[[], object]) -> None:
    """Run a loop of the host; a fault of ours is logged and the loop begins again, slower and slower."""
    rest = 1.0
    while True:
        try:
            await work()  # type: ignore[misc]  # every loop is a coroutine function
        except Exception:  # one loop's fault must not stop the others
            log.exception("a loop failed and begins again", loop=name)
        await asyncio.sleep(rest)
        rest = min(60.0, rest * 2)
