"""E-mail: complaints from an IMAP mailbox, answers by SMTP."""

from __future__ import annotations

from collections.abc import Callable

from hub.plugin import Channel, hookimpl
from plugins.email.sink import MailSink
from plugins.email.source import MailSource

__all__ = ["Email", "register_channels"]


class Email(MailSource, MailSink):
    """A mailbox: source of complaints, sink of answers."""


@hookimpl
def register_channels(register: Callable[[type[Channel]], None]) -> None:
    """Register the kind `email`."""
    register(Email)
