"""The channel: looks into the folder, reads what is new there row by row, and remembers how far it came."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, Literal

from anyio.to_thread import run_sync
from pydantic import BaseModel, ConfigDict, Field

from hub.plugin import Audience, Context, Item, Page, Reading, Source, TryAgain, Unauthorized
from hub.rows import read_row
from plugins.file.book import Book, Prefix
from plugins.file.columns import Columns, Entry, Name
from plugins.file.folder import put_away, settled, survey
from plugins.file.ledger import DONE, MOST_FILES, READING, UNREADABLE, Ledger, Look, Mark
from plugins.file.problems import Problem, ProblemReport, Unreadable, report_of
from plugins.file.record import Record, pairs_of


class File(Source):
    """Complaints in files that somebody puts into a folder."""

    kind: ClassVar[str] = "file"
    title: ClassVar[str] = "Berkas"
    audience: ClassVar[Audience] = "private"
    every: ClassVar[timedelta] = timedelta(minutes=1)
    silent_after: ClassVar[timedelta] = timedelta(days=30)

    class Options(BaseModel):
        """Where the folder is and what the columns are called there."""

        model_config = ConfigDict(hide_input_in_errors=True)

        folder: Path = Field(description="The folder. Files: .csv .tsv .json .jsonl .ndjson, also packed as .gz.")
        fields: dict[str, Name] = Field(
            default={}, description="Their names of columns and ours, such as Uraian = text. Unnamed ones are ours."
        )
        done: Literal["keep", "move"] = Field(
            default="keep", description="What becomes of a file that was read: it stays, or goes into selesai/."
        )
        settle: float = Field(
            default=2, ge=0, le=600, description="Seconds that a new file must look the same before it is read."
        )

    options: Options

    def __init__(self, options: BaseModel, context: Context) -> None:
        super().__init__(options, context)
        self._columns = Columns(self.options.fields)
        names = json.dumps(self.options.fields, sort_keys=True)
        self._fields = hashlib.blake2b(names.encode(), digest_size=8).hexdigest()

    async def pull(self, cursor: Any) -> AsyncIterator[Page]:
        """Give the rows of new and grown files, one file after the other. One that fails is told at the end."""
        ledger = Ledger(cursor, self._fields)
        looks = await self._survey()
        forgot = ledger.keep_only(looks)
        ready = await settled(looks, ledger, self.options.settle, self._survey)
        known = [look for look in ready if ledger.mark_of(look)]
        room = max(0, MOST_FILES - len(known))
        fresh = [look for look in ready if ledger.mark_of(look) is None]
        troubles: list[Look] = []
        for look in known + fresh[:room]:
            async with aclosing(self._pages(look, ledger, troubles)) as pages:
                async for page in pages:
                    yield page
        if forgot:
            yield Page((), ledger.dump())
        if fresh[room:]:
            raise TryAgain(
                f"more than {MOST_FILES} files: {len(fresh) - room} are not read before others go", self.every
            )
        if troubles:
            raise TryAgain(f"{len(troubles)} files could not be read or moved", self.every)

    def read(self, item: Item) -> Sequence[Reading]:
        """Give the complaint. Raises ValueError, without its content, for a row with problems."""
        entry = self._columns.understand(0, pairs_of(item.body))
        if entry.problems:
            raise ValueError("; ".join(map(str, entry.problems)))
        row = {"channel": "file", "text": "", **entry.values, "id": item.native_id}
        return [read_row(json.dumps(row).encode(), item.meta)]

    async def _survey(self) -> list[Look]:
        try:
            return await run_sync(survey, self.options.folder)
        except PermissionError:
            problem: Exception = Unauthorized("the folder may not be read")
        except (FileNotFoundError, NotADirectoryError):
            problem = TryAgain("the folder is not there")
        except OSError as error:
            problem = TryAgain(f"the folder cannot be read ({type(error).__name__})")
        raise problem

    async def _pages(self, look: Look, ledger: Ledger, troubles: list[Look]) -> AsyncGenerator[Page, None]:
        """Give the pages of one file. Whatever it does, the others go on."""
        try:
            mark = ledger.mark_of(look)
            if mark is None or mark.state == READING:
                async with aclosing(self._rows(look, ledger)) as pages:
                    async for page in pages:
                        yield page
                mark = ledger.mark_of(look)
            if self.options.done == "move" and mark and mark.state == DONE:
                await run_sync(put_away, look)
        except Unreadable as problem:
            yield await self._give_up(look, ledger, problem)
        except FileNotFoundError:
            return  # somebody took it away meanwhile
        except OSError:
            troubles.append(look)

    async def _rows(self, look: Look, ledger: Ledger) -> AsyncGenerator[Page, None]:
        """Give the pages behind what was read before. Ends early where somebody goes on writing."""
        start, prefix = await run_sync(_beginning, look, ledger)
        book = await run_sync(Book, look.path, self._columns, start.position, start.line)
        bad, is_last = start.bad, False
        try:
            while not is_last:
                portion = await run_sync(book.take)
                is_last = portion.is_last
                if is_last and await run_sync(_has_changed, look):
                    return
                bad += sum(1 for _, entry in portion.rows if entry is None or entry.problems)
                total = await run_sync(prefix.carry_on, book.position)
                state = DONE if is_last else READING
                ledger.note(look, Mark(look.size, look.mtime, book.position, book.line, bad, total, state))
                if is_last and (bad or await run_sync(report_of(look.path).exists)):
                    await self._report(look)
                now = self.context.clock()
                yield Page([self._item(record, entry, now) for record, entry in portion.rows], ledger.dump())
        finally:
            book.close()

    def _item(self, record: Record, entry: Entry | None, now: datetime) -> Item:
        meta = {"zone": str(self.context.zone), "at": now.isoformat()}
        if entry is None:
            name = hashlib.blake2b(record.body, digest_size=16).hexdigest()
            return Item(f"bad-{name}", record.body, meta=meta, quarantine=record.reason)
        # A row that is bad today may be good tomorrow, by other settings: then it counts as changed.
        mark = f"{entry.mark}!" if entry.problems else entry.mark
        return Item(entry.id, record.body, mark, meta, quarantine="; ".join(map(str, entry.problems)))

    async def _give_up(self, look: Look, ledger: Ledger, problem: Unreadable) -> Page:
        """Say that a file cannot be read, beside it and in the hub, and leave it alone until it changes."""
        await self._report(look)
        ledger.note(look, Mark(look.size, look.mtime, state=UNREADABLE))
        body = json.dumps({"file": look.path.name, "line": problem.line}).encode()
        mark = f"{look.size}-{look.mtime}-{self._fields}"
        item = Item(f"file-{look.key}", body, mark, quarantine=f"the whole file: {problem.reason}")
        return Page([item], ledger.dump())

    async def _report(self, look: Look) -> None:
        """Write down what is wrong with a file, all of it: it may have been read in several runs."""
        try:
            with ProblemReport(look.path) as report:
                await self._list_problems(look, report)
        except OSError as error:
            self.context.log.warning("no report beside a file", reason=type(error).__name__)

    async def _list_problems(self, look: Look, report: ProblemReport) -> None:
        try:
            book = await run_sync(Book, look.path, self._columns)
        except Unreadable as problem:
            report.add([Problem(problem.line, "", problem.reason)])
            return
        try:
            is_last = False
            while not is_last:
                portion = await run_sync(book.take)
                report.add(portion.problems)
                is_last = portion.is_last
        except Unreadable as problem:
            report.add([Problem(problem.line, "", problem.reason)])
        finally:
            book.close()


def _beginning(look: Look, ledger: Ledger) -> tuple[Mark, Prefix]:
    """Find what of this file was read before, under this name or another; nothing where its beginning has changed."""
    for mark in ledger.beginnings(look):
        prefix = Prefix(look.path)
        if prefix.carry_on(mark.position) != mark.sum or prefix.position != mark.position:
            continue
        if ledger.mark_of(look) == mark or prefix.ends_a_line():
            return mark, prefix
    return Mark(look.size, look.mtime), Prefix(look.path)


def _has_changed(look: Look) -> bool:
    """Say whether the file is no longer what was looked at: its last line may not be whole."""
    try:
        stat = look.path.stat(follow_symlinks=False)
    except FileNotFoundError:
        return True
    return (stat.st_size, stat.st_mtime_ns) != (look.size, look.mtime)
