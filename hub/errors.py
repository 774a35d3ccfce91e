"""What a plugin says on purpose when something does not work. Part of the contract: import it from `hub.plugin`.

PluginError
├── TryAgain       later, by the host's schedule or after the time it names
├── Throttled      not before the instant it names
├── Unauthorized   credentials: the channel waits for its operator
├── WindowClosed   the citizen must write first
├── Rejected       never, for the reason it names
├── BadOptions     the settings are wrong
├── NoPull         the source is push only
└── NoReceive      the source takes no pushes
"""

from __future__ import annotations

from datetime import datetime, timedelta


class PluginError(Exception):
    """Base of all that a plugin says on purpose. Its text is shown to operators: no secrets, nothing personal."""


class TryAgain(PluginError):
    """It did not work now. `uncertain` where the other side may have taken it all the same."""

    def __init__(self, reason: str = "", after: timedelta | None = None, *, uncertain: bool = False) -> None:
        super().__init__(reason)
        self.after = after
        self.uncertain = uncertain


class Throttled(PluginError):
    """The other side asks for a rest."""

    def __init__(self, until: datetime | None = None, reason: str = "") -> None:
        super().__init__(reason)
        self.until = until


class Unauthorized(PluginError):
    """The credentials are refused: an operator must act, retrying is no use."""


class WindowClosed(PluginError):
    """The citizen must write first."""


class Rejected(PluginError):
    """The other side will never take this one."""


class BadOptions(PluginError):
    """The settings cannot work."""


class NoPull(PluginError):
    """The source is push only."""


class NoReceive(PluginError):
    """The source takes no pushes."""
