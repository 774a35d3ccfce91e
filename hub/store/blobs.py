"""Files too large for a row, by content hash: raw bodies and photos."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path


class Blobs:
    """A folder shared by all hub processes. Writing the same bytes twice is one file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, data: bytes) -> str:
        """Store bytes durably; give their sha256 in hexadecimal. Raises OSError where the disk is full."""
        name = hashlib.sha256(data).hexdigest()
        path = self._path(name)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._write(path, data)
        return name

    def get(self, name: str) -> bytes:
        """Read the bytes back. Raises FileNotFoundError for an erased one."""
        return self._path(name).read_bytes()

    def erase(self, name: str) -> None:
        """Remove the file, where it is still there."""
        self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self.folder / name[:2] / name[2:]

    def _write(self, path: Path, data: bytes) -> None:
        # Two threads may store the same bytes at once: each has a draft of its own, and either may come first.
        descriptor, draft = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(draft).replace(path)
        finally:
            Path(draft).unlink(missing_ok=True)
