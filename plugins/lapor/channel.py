"""The channel: polls the list of reports, reads the export folder, and carries statuses back."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, ClassVar

import anyio.to_thread
import httpx2
from pydantic import BaseModel

from hub.plugin import (
    Audience,
    BadOptions,
    Context,
    Delivery,
    Item,
    Manner,
    NoPull,
    Notice,
    Page,
    PluginError,
    Reading,
    Receipt,
    Reply,
    Sink,
    Skip,
    Source,
)
from plugins.lapor import folder, typed
from plugins.lapor.api import Api
from plugins.lapor.back import Back
from plugins.lapor.fields import Fields, label_of
from plugins.lapor.options import LaporOptions
from plugins.lapor.pages import cut
from plugins.lapor.report import Entry
from plugins.lapor.statuses import is_known, status_of
from plugins.lapor.window import Window


class Lapor(Source, Sink):
    """Reports of LAPOR! 1708 (SP4N), by its interface where there is one, by export where there is none."""

    kind: ClassVar[str] = "lapor"
    title: ClassVar[str] = "LAPOR! 1708"
    audience: ClassVar[Audience] = "private"
    every: ClassVar[timedelta] = timedelta(minutes=15)
    silent_after: ClassVar[timedelta] = timedelta(days=3)
    manner: ClassVar[Manner] = Manner(max_chars=1000, rate=30)
    options: LaporOptions

    class Options(LaporOptions):
        """Where LAPOR! is, what its fields are called, and which folder its exports are dropped into."""

    def __init__(self, options: BaseModel, context: Context) -> None:
        super().__init__(options, context)
        _check(self.options)
        self.fields = Fields.make(self.options.fields)
        self._api = Api(self.options, context.http, context.clock)
        self._back = Back(self.options, context, self._api, self.fields)
        self._strange: set[str] = set()

    async def pull(self, cursor: Any) -> AsyncIterator[Page]:
        """Give what was dropped into the folder, then the list of reports. A lost folder is told at the end."""
        if not (self._api.has_reports or self.options.export_folder):
            raise NoPull
        window, problem = Window(cursor), None
        try:
            async for page in self._dropped(window):
                yield page
        except PluginError as lost:
            problem = lost
        if self._api.has_reports:
            async for page in self._listed(window):
                yield page
        if problem:
            raise problem

    def read(self, item: Item) -> Sequence[Reading]:
        """Give the complaint and what became of it, or a status typed in. Raises ValueError for a wreck."""
        body = json.loads(item.body)
        if not isinstance(body, dict):
            raise ValueError("not an object")  # noqa: TRY004 - a bad body is a bad value, whatever its type
        zone = self.context.zone
        if typed.MEMBER in body:
            return [typed.read_typed(item, body[typed.MEMBER], zone, self.options.statuses)]
        entry = self._entry(body)
        if self._back.is_ours(entry.row.text("text")):
            return [Skip(reason="our own report")]
        complaint, done = entry.complaint(item.meta), entry.follow_up(item.meta)
        return [complaint, done] if done else [complaint]

    def wants(self, parcel: Notice | Reply) -> bool:
        """Every answer to a LAPOR! complaint; new reports of the hub only where `push_reports` says so."""
        return isinstance(parcel, Reply) or self._back.pushes(parcel)

    def tells(self, notice: Notice) -> str:
        """A report is handed over once, whatever becomes of it."""
        return notice.report.number

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Carry a status back, or hand a report over."""
        return await self._back.deliver(delivery)

    def typed(self, said: dict[str, str], origin: str) -> Item:
        """Make the item of a status that staff typed in: tracking_id, status, note, note_internal."""
        return typed.typed_item(said, Fields.make({}), self.context.clock(), origin)

    async def _dropped(self, window: Window) -> AsyncIterator[Page]:
        """Read the files that are new or have changed, in a thread: they may be large."""
        if self.options.export_folder is None:
            return
        found = await anyio.to_thread.run_sync(folder.look, self.options.export_folder)
        window.keep_files(one.key for one in found)
        for one in found:
            if window.has_read(one.key, one.version):
                continue
            now = self.context.clock()
            pages = folder.read_pages(one, window, self.fields, now, partial(self._item, window))
            while (page := await anyio.to_thread.run_sync(next, pages, None)) is not None:
                yield page

    async def _listed(self, window: Window) -> AsyncIterator[Page]:
        await self._api.learn_topics()
        now = self.context.clock()
        async for found in self._api.pages():
            items = {item.native_id: item for item in (self._listed_item(window, row, now) for row in found)}
            for page, _ in cut(items.values()):
                yield Page(page, window.dump())
        window.polled = int(now.timestamp())
        yield Page((), window.dump())

    def _listed_item(self, window: Window, row: Any, now: datetime) -> Item:
        return self._item(window, row, json.dumps(row, separators=(",", ":")).encode(), now)

    def _item(self, window: Window, row: Any, body: bytes, now: datetime) -> Item:
        entry = self._entry(row)
        since = 0
        if entry.id:
            self._hear(entry.status)
            since = window.see(entry.id, status_of(entry.status, self.options.statuses))
        return entry.item(body, now, since, self._api.topic(label_of(entry.row.raw("category"))))

    def _entry(self, row: Any) -> Entry:
        return Entry.make(row, self.fields, self.context.zone, self._back.signature, self.options.statuses)

    def _hear(self, said: str) -> None:
        """Log a status that nobody knows, once, and not without end."""
        status = status_of(said, self.options.statuses)
        if status and not is_known(status) and status not in self._strange and len(self._strange) < 100:
            self._strange.add(status)
            self.context.log.warning("unknown LAPOR! status", status=status[:80])


def _check(options: LaporOptions) -> None:
    """Refuse settings that cannot work. Raises BadOptions."""
    if options.base_url:
        try:
            address = httpx2.URL(options.base_url)
        except httpx2.InvalidURL:
            address = httpx2.URL()
        if address.scheme not in {"http", "https"} or not address.host:
            raise BadOptions("base_url is no http or https address")
    elif options.paths.reports or options.paths.status or options.paths.topics or options.push_reports:
        raise BadOptions("base_url is needed for paths.reports, paths.topics, paths.status and push_reports")
    if options.push_reports and not options.paths.add_stream:
        raise BadOptions("push_reports needs paths.add_stream")
    if options.push_reports and not options.service_account.email:
        raise BadOptions("push_reports needs service_account.email: reports come from the city's own account")
