"""The folder that exports are dropped into: each file is read once, again when it changes, and never touched."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hub.plugin import Item, Page, TryAgain
from plugins.lapor.fields import Fields
from plugins.lapor.pages import cut
from plugins.lapor.tables import Line, NoTable, Table, read_table
from plugins.lapor.typed import is_status_table, typed_item
from plugins.lapor.window import MOST_FILES, Window

LARGEST = 64 * 1024 * 1024
"""Bytes of one file."""
MOST_STATUSES = 2000
"""Rows of one status file."""
LARGEST_ROW = 2**20
"""Bytes of one row."""

MakeItem = Callable[[Any, bytes, datetime], Item]
"""Makes the item of a report: from its row, its body, and when it was collected."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A file as it lies there."""

    path: Path = field(repr=False)
    size: int
    changed: int
    """Nanoseconds since 1970."""

    @property
    def key(self) -> str:
        """What its name is remembered by: names may be long."""
        return hashlib.sha256(self.path.name.encode("utf-8", "surrogateescape")).hexdigest()[:12]

    @property
    def version(self) -> str:
        """Differs when the file has changed."""
        return f"{self.size}-{self.changed}"

    def collected(self, now: datetime) -> datetime:
        """Give when its rows were true: when it was written, and never later than now."""
        return min(datetime.fromtimestamp(self.changed // 10**9, UTC), now)


def look(folder: Path) -> list[Dropped]:
    """List the exports in a folder, the oldest first. Raises TryAgain."""
    try:
        found = [_dropped(path) for path in folder.iterdir() if _is_export(path)]
    except OSError as error:
        raise TryAgain(f"the export folder cannot be read ({type(error).__name__})") from None
    found.sort(key=lambda one: (one.changed, one.path.name))
    return found[-MOST_FILES:]


def _is_export(path: Path) -> bool:
    """Files of the two kinds. Links lead to files that nobody dropped; those still being written are not ready."""
    named = path.suffix.lower() in {".csv", ".json"} and not path.name.startswith((".", "~"))
    return named and path.is_file() and not path.is_symlink()


def _dropped(path: Path) -> Dropped:
    stat = path.stat(follow_symlinks=False)
    return Dropped(path, stat.st_size, stat.st_mtime_ns)


def read_pages(one: Dropped, window: Window, fields: Fields, now: datetime, make: MakeItem) -> Iterator[Page]:
    """Give a file's items page by page; the window behind the last one knows that it was read."""
    try:
        items, taken = _read(one, window, fields, one.collected(now), make)
    except NoTable as problem:
        name = f"file-{one.key}-{one.version}"
        items, taken = iter([Item(name, b"", quarantine=f"{_shown(one)}: {problem}")]), []
    for page, is_last in cut(items):
        if is_last:
            window.finish(one.key, one.version, taken)
        yield Page(page, window.dump())


def _read(
    one: Dropped, window: Window, fields: Fields, collected: datetime, make: MakeItem
) -> tuple[Iterator[Item], list[str]]:
    """Give a file's items, and its rows by digest where it holds statuses. Raises NoTable."""
    table = read_table(_content(one), is_json=one.path.suffix.lower() == ".json")
    if not fields.has(table.header, "id"):
        raise NoTable("no column holds a tracking id: name it in the option `fields`")
    if is_status_table(table.header, fields):
        return _statuses(one, table, fields, collected, Counter(window.rows_of(one.key)))
    return _reports(one, table, collected, make), []


def _content(one: Dropped) -> bytes:
    if one.size > LARGEST:
        raise NoTable(f"larger than {LARGEST // 2**20} MB: split it")
    try:
        return one.path.read_bytes()
    except OSError as error:
        raise NoTable(f"it cannot be read ({type(error).__name__})") from None


def _reports(one: Dropped, table: Table, collected: datetime, make: MakeItem) -> Iterator[Item]:
    for line in table.lines:
        body = _body(line)
        problem = line.problem or ("larger than 1 MB" if len(body) > LARGEST_ROW else "")
        item = Item("", body, quarantine=problem) if problem else make(line.cells, body, collected)
        yield _bad(one, line, item) if item.quarantine else item


def _statuses(
    one: Dropped, table: Table, fields: Fields, collected: datetime, before: Counter[str]
) -> tuple[Iterator[Item], list[str]]:
    """Give the rows that were not in the file before: people add below, correct in between, and start anew."""
    found: list[Item] = []
    taken: list[str] = []
    for line in table.lines:
        body = _body(line)
        taken.append(hashlib.sha256(body).hexdigest()[:8])
        if len(taken) > MOST_STATUSES:
            raise NoTable(f"more than {MOST_STATUSES} statuses: split it")
        if before[taken[-1]] > 0:
            before[taken[-1]] -= 1
            continue
        origin = f"{one.key}:{one.version}:{taken.count(taken[-1])}"
        item = (
            Item("", body, quarantine=line.problem)
            if line.problem
            else typed_item(line.cells, fields, collected, origin)
        )
        found.append(_bad(one, line, item) if item.quarantine else item)
    return iter(found), taken


def _body(line: Line) -> bytes:
    return json.dumps(line.cells, ensure_ascii=False).encode("utf-8", "replace")


def _bad(one: Dropped, line: Line, item: Item) -> Item:
    """Say in which line of which file a bad item stands; its content names it, so that a repeat is stored once."""
    name = f"line-{one.key}-{hashlib.sha256(item.body).hexdigest()[:24]}"
    reason = f"{_shown(one)} line {line.number}: {item.quarantine}"
    return Item(name, item.body[:LARGEST_ROW], quarantine=reason)


def _shown(one: Dropped) -> str:
    """Give the file's name as far as it is safe to show."""
    return "".join(letter if letter.isprintable() else "?" for letter in one.path.name)[:80]
