"""A file's lines as bytes with their number and place, in bounded memory, and with the way back after a wrong guess."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import IO

LONGEST = 1_000_000
"""Bytes of a line, as `aduan import` has it; of a longer one only its beginning is kept."""
KEPT = 64_000
"""Bytes of a row that cannot be read which are stored with its reason: the file itself stays where it is."""
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Line:
    """One physical line with its end."""

    number: int
    end: int
    """Bytes from the beginning of the (unpacked) file to behind it."""
    data: bytes = field(repr=False)
    whole: bool = True

    @property
    def text(self) -> str:
        """Its text: UTF-8, and where it is not, Windows-1252, as old spreadsheets write. Lines end in one way."""
        data = self.data.removeprefix(BOM) if self.number == 1 else self.data
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            text = data.decode("windows-1252", "replace")
        return text.removesuffix("\n").removesuffix("\r") + "\n"


class Lines:
    """Lines from a place on; those that were given back come again."""

    def __init__(self, stream: IO[bytes], position: int = 0, number: int = 0) -> None:
        self._stream = stream
        self._ahead: deque[Line] = deque()
        self._position = position
        self._number = number

    def next(self) -> Line | None:
        """Give the next line, None behind the last."""
        return self._ahead.popleft() if self._ahead else self._read()

    def give_back(self, lines: Sequence[Line]) -> None:
        """Take lines back, as if they had not been read."""
        self._ahead.extendleft(reversed(lines))

    def _read(self) -> Line | None:
        data = rest = self._stream.readline(LONGEST)
        if not data:
            return None
        self._number += 1
        self._position += len(data)
        while len(rest) == LONGEST and not rest.endswith(b"\n"):
            rest = self._stream.readline(LONGEST)
            self._position += len(rest)
        whole = rest is data
        return Line(self._number, self._position, data if whole else data[:KEPT], whole)
