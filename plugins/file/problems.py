"""What can be wrong with a row or a file, and the report beside it that says so: places and reasons, no content."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

SUFFIX = ".problems.csv"
MOST = 10_000
"""Problems that a report lists; of the rest it gives the number."""
REASONS = {
    "not a date": "tanggal tidak terbaca",
    "not a number": "bukan angka",
    "outside the range": "angka di luar rentang",
    "not yes or no": "bukan ya atau tidak",
    "not a text": "bukan teks",
    "no words": "tidak ada isi aduan",
    "too long": "terlalu panjang",
    "cannot be used": "tidak dapat dipakai",
    "more cells than the header": "sel lebih banyak daripada judul kolom; periksa tanda kutip dan pemisah",
    "broken row": "baris tidak dapat diurai; periksa tanda kutip",
    "not JSON": "bukan JSON",
    "not a JSON object": "bukan objek JSON",
    "no column for the text": "tidak ada kolom isi aduan; sesuaikan opsi fields",
    "not a text file": "bukan berkas teks; simpan sebagai CSV UTF-8",
    "damaged archive": "berkas gz rusak atau terpotong",
}
"""Reasons as operators see them in the hub, and as the people who made the file read them in the report."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a row. `column` is empty where it is the row as a whole."""

    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        return f"{self.column}: {self.reason}" if self.column else self.reason


class Unreadable(Exception):
    """A file cannot be read, or not any further than this line. `reason` is one of `REASONS`."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


def report_of(path: Path) -> Path:
    """Give the path of a file's report."""
    return path.with_name(path.name + SUFFIX)


class ProblemReport:
    """The report of one file while it is written. It appears whole or not at all."""

    def __init__(self, path: Path) -> None:
        self._path = report_of(path)
        self._draft = path.with_name(f".{path.name}{SUFFIX}.part")
        self._draft.unlink(missing_ok=True)  # left over, or a link by which somebody would have us overwrite a file
        self._stream = self._draft.open("x", encoding="utf-8-sig", newline="")  # the mark tells Excel that it is UTF-8
        self._rows = csv.writer(self._stream)
        self._rows.writerow(("baris", "kolom", "masalah"))
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and self._count > MOST:
            self._rows.writerow(("", "", f"dan {self._count - MOST} masalah lain"))
        self._stream.close()
        if kind is None:
            self._draft.replace(self._path)
        else:
            self._draft.unlink(missing_ok=True)

    def add(self, problems: Iterable[Problem]) -> None:
        """Write problems down, in the order of their lines."""
        for problem in problems:
            self._count += 1
            if self._count <= MOST:
                self._rows.writerow((problem.line, _plain(problem.column), REASONS[problem.reason]))


def _plain(column: str) -> str:
    """Keep a spreadsheet from calculating with the name of a column."""
    return f"'{column}" if column.startswith(("=", "+", "-", "@")) else column
