"""Every failure of a command in an operator's words, with its exit code."""

from __future__ import annotations

import sqlite3
from errno import EDQUOT, EFBIG, ENOSPC

from hub.commands.screen import Misuse
from hub.plugin import BadOptions
from hub.regions import RegionError
from hub.settings import SettingsError
from hub.store.engine import StoreError

FAILED, USAGE, STORAGE = 1, 2, 3
FULL = {ENOSPC, EFBIG, EDQUOT}


def explain(error: Exception) -> tuple[str, int] | None:
    """Give words and exit code; None for a fault of ours, which keeps its traceback."""
    match error:
        case Misuse() | SettingsError() | RegionError() | BadOptions():
            return str(error), USAGE
        case StoreError() | sqlite3.Error():
            return str(error), STORAGE
        case OSError() if error.errno in FULL:
            return f"the disk is full{_file(error)}; what was written is incomplete", STORAGE
        case OSError() if error.strerror:
            return f"{error.strerror}{_file(error)}", FAILED
    return None


def _file(error: OSError) -> str:
    return f": {error.filename}" if error.filename else ""
