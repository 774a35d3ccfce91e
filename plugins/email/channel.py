"""What the way in and the way out of a mailbox share."""

from __future__ import annotations

from typing import ClassVar

from hub.plugin import Audience, Channel
from plugins.email.mailbox import Mailbox
from plugins.email.oauth import print_token
from plugins.email.options import MailOptions


class MailChannel(Channel):
    """A mailbox with its settings."""

    kind: ClassVar[str] = "email"
    title: ClassVar[str] = "E-mail"
    audience: ClassVar[Audience] = "private"

    class Options(MailOptions):
        """One mailbox (IMAP) and the server that sends its answers (SMTP)."""

    options: MailOptions

    async def mailbox(self) -> Mailbox:
        """Make a connection to enter, with a fresh token where the settings ask for one."""
        command = self.options.oauth_token_command
        return Mailbox(self.options, await print_token(command) if command else "")
