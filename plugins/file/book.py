"""An open file: which kind it is, its rows in portions, and the sum of what was read so that it is known again."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, cast

from plugins.file.columns import Columns, Entry
from plugins.file.jsons import LineRows, ListRows
from plugins.file.problems import SUFFIX, Problem, Unreadable
from plugins.file.record import Record
from plugins.file.table import TableRows

KINDS = (".jsonl", ".ndjson", ".json", ".csv", ".tsv")
PORTION = 500
PORTION_BYTES = 8_000_000
BLOCK = 1 << 20
_HEAD = 4096
_ALIEN = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\xff\xfe", b"\xfe\xff")
"""How spreadsheets' own formats, PDF and UTF-16 begin."""


def kind_of(name: str) -> str:
    """Give the kind of a file by its name; empty where it is none of ours: hidden, unfinished, or a report."""
    plain = name.lower().removesuffix(".gz")
    if name.startswith((".", "~")) or plain.endswith(SUFFIX):
        return ""
    return next((kind for kind in KINDS if plain.endswith(kind)), "")


@dataclass(frozen=True, slots=True)
class Portion:
    """Some rows, each with what it says; `Entry` is None where a row cannot be read at all."""

    rows: list[tuple[Record, Entry | None]]
    is_last: bool

    @property
    def problems(self) -> Iterator[Problem]:
        """All that is wrong with these rows."""
        for record, entry in self.rows:
            yield from entry.problems if entry else (Problem(record.line, "", record.reason),)


class Book:
    """An open file. Blocks; everything in it may raise OSError or Unreadable."""

    def __init__(self, path: Path, columns: Columns, position: int = 0, line: int = 0) -> None:
        self._columns = columns
        with _damage():
            self._rows = _open_rows(path, columns, position, line)

    @property
    def position(self) -> int:
        """Bytes of the (unpacked) file up to behind the last row given."""
        return self._rows.position

    @property
    def line(self) -> int:
        """Lines up to there."""
        return self._rows.line

    def take(self) -> Portion:
        """Give the next portion, bounded in number and size."""
        rows: list[tuple[Record, Entry | None]] = []
        size = 0
        with _damage(lambda: self.line):
            while len(rows) < PORTION and size < PORTION_BYTES:
                record = self._rows.next()
                if record is None:
                    return Portion(rows, is_last=True)
                entry = None if record.reason else self._columns.understand(record.line, record.pairs)
                if entry is None or not entry.is_empty:
                    rows.append((record, entry))
                size += len(record.body)
        return Portion(rows, is_last=False)

    def close(self) -> None:
        """Let the file go."""
        self._rows.close()


class Prefix:
    """The sum of a file's beginning, carried on as more of it is read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._sum = hashlib.blake2b(digest_size=16)
        self.position = 0
        self._last = b""

    def carry_on(self, position: int) -> str:
        """Take in the bytes up to there, or to the end of a shorter file; give the sum."""
        with _damage(), _unpacked(self._path) as stream:
            stream.seek(self.position)
            while self.position < position and (block := stream.read(min(BLOCK, position - self.position))):
                self._sum.update(block)
                self.position += len(block)
                self._last = block[-1:]
        return self._sum.hexdigest()

    def ends_a_line(self) -> bool:
        """Say whether a line is over here, also one whose end nobody had written when it was read."""
        with _damage(), _unpacked(self._path) as stream:
            stream.seek(self.position)
            return self._last in (b"", b"\n") or stream.read(1) in (b"", b"\r", b"\n")


def _open_rows(path: Path, columns: Columns, position: int, line: int) -> TableRows | LineRows | ListRows:
    open_ = partial(_unpacked, path)
    with open_() as stream:
        head = stream.read(_HEAD)
    if head.startswith(_ALIEN) or b"\0" in head:
        raise Unreadable("not a text file")
    kind = kind_of(path.name)
    if kind in (".csv", ".tsv"):
        rows = TableRows(open_, columns, "\t") if kind == ".tsv" else TableRows(open_, columns)
        rows.skip_to(position, line)
        return rows
    return (ListRows if kind == ".json" else LineRows)(open_(), position, line)


def _unpacked(path: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path, "rb")) if path.name.lower().endswith(".gz") else path.open("rb")


@contextmanager
def _damage(line: Callable[[], int] = lambda: 0) -> Iterator[None]:
    """Say of a packed file that it is damaged, and behind which line, whatever its unpacker says."""
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise Unreadable("damaged archive", line()) from None
