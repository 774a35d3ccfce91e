"""JSON: one object a line, or one list of objects, read piece by piece however long it is."""

from __future__ import annotations

import codecs
import json
import re
from typing import IO

from plugins.file.lines import KEPT, LONGEST, Lines
from plugins.file.problems import Unreadable
from plugins.file.record import Record, json_record

PIECE = 65_536
_BETWEEN = re.compile(r"[\s,\[\]\ufeff]*")
"""What stands around the objects of a list."""
_DECODER = json.JSONDecoder()


class LineRows:
    """An object a line."""

    def __init__(self, stream: IO[bytes], position: int = 0, line: int = 0) -> None:
        self._stream = stream
        self._lines = Lines(stream, position, line)
        stream.seek(position)
        self.position, self.line = position, line

    def next(self) -> Record | None:
        """Give the next line that is not blank."""
        while line := self._lines.next():
            self.position, self.line = line.end, line.number
            if not line.whole:
                return Record(line.number, line.data[:KEPT], "too long")
            if text := line.text.strip():
                return json_record(line.number, text.encode())
        return None

    def close(self) -> None:
        """Let the file go."""
        self._stream.close()


class ListRows:
    """The objects of one list, or several one after the other."""

    def __init__(self, stream: IO[bytes], position: int = 0, line: int = 0) -> None:
        self._stream = stream
        stream.seek(position)
        self.position, self.line = position, line
        self._text = ""
        self._at = 0
        # Bytes that are no UTF-8 keep their number this way: positions are counted in bytes.
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")

    def next(self) -> Record | None:
        """Give the next object. Raises Unreadable where no JSON follows: nobody knows where the next one begins."""
        while True:
            self._pass(_BETWEEN.match(self._text, self._at).end())  # type: ignore[union-attr]  # matches nothing, too
            if self._at == len(self._text):
                if not self._more():
                    return None
                continue
            end = self._end()
            if end is not None:
                line, text = self.line + 1, self._text[self._at : end]
                self._pass(end)
                return json_record(line, text.encode("utf-8", "surrogateescape"))
            if len(self._text) - self._at > LONGEST or not self._more():
                raise Unreadable("not JSON", self.line + 1)

    def close(self) -> None:
        """Let the file go."""
        self._stream.close()

    def _end(self) -> int | None:
        """Find where the value ends that begins here; None where it does not (yet)."""
        try:
            return _DECODER.raw_decode(self._text, self._at)[1]
        except (ValueError, RecursionError):
            return None

    def _pass(self, end: int) -> None:
        passed = self._text[self._at : end]
        self.position += len(passed.encode("utf-8", "surrogateescape"))
        self.line += passed.count("\n")
        self._at = end

    def _more(self) -> bool:
        piece = self._stream.read(PIECE)
        self._text = self._text[self._at :] + self._decoder.decode(piece, final=not piece)
        self._at = 0
        return bool(piece)
