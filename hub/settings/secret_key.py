"""The key that signs sessions and links: from the settings, else made once and kept beside the data."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from hub.settings.model import SQLITE, Settings

FILE = "aduan.secret"


def secret_key(settings: Settings) -> str:
    """Give the key; made at the first call, 32 random bytes in a file that only the hub's user may read."""
    if settings.web.secret_key is not None:
        return settings.web.secret_key.get_secret_value()
    path = _folder(settings) / FILE
    if not path.exists():
        _create(path)
    return path.read_text(encoding="ascii").strip()


def _folder(settings: Settings) -> Path:
    """Give the database's folder; hubs that share a server's database share the folder around their blobs."""
    database = settings.hub.database
    in_file = database.startswith(SQLITE) and ":memory:" not in database
    return Path(database.removeprefix(SQLITE)).parent if in_file else settings.hub.blobs.parent


def _create(path: Path) -> None:
    """Write beside and link into place: of two processes starting at once, one wins and both read its key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(32))
        with suppress(FileExistsError):
            path.hardlink_to(name)
    finally:
        Path(name).unlink()
