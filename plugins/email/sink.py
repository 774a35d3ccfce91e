"""Answers go out by SMTP. No mail server knows repeats, so an answer carries the same Message-ID at every try."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from functools import partial
from typing import ClassVar, Never

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPException,
    SMTPResponseException,
)
from imapclient.exceptions import IMAPClientError

from hub.plugin import Delivery, Manner, Notice, PluginError, Receipt, Rejected, Reply, Sink, TryAgain, Unauthorized
from plugins.email.channel import MailChannel
from plugins.email.compose import compose
from plugins.email.ids import bounce_address
from plugins.email.mailbox import Mailbox, contract_errors
from plugins.email.oauth import print_token

_ADDRESS = re.compile(r"[^\s@<>,;:()\[\]\\\"]{1,64}@[^\s@<>,;:()\\\"]{1,255}")
_NEEDS_LOGIN = frozenset({530, 534, 535, 538})
_LOOK_AGAIN = 1.0
"""Seconds between two looks for our own copy."""


class MailSink(MailChannel, Sink):
    """The mail server that carries answers to citizens."""

    manner: ClassVar[Manner] = Manner(max_chars=25_000, links=True, photos=0, threads=True, private=True)

    def wants(self, parcel: Notice | Reply) -> bool:
        """Replies only."""
        return isinstance(parcel, Reply)

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Send an answer. An earlier try that may have gone out is looked up first, where copies are kept."""
        mail = self._compose(delivery)
        message_id = str(mail["Message-ID"])
        if delivery.uncertain and await self._was_sent(message_id):
            return Receipt(message_id, "found among the sent mails")
        await self._send(mail, self._envelope_sender(delivery))
        return Receipt(message_id, await self._keep_copy(mail))

    def _compose(self, delivery: Delivery) -> EmailMessage:
        reply = delivery.parcel
        if not isinstance(reply, Reply):
            raise Rejected("only answers to citizens go out by mail")
        if not self.options.smtp_host:
            raise Rejected("no way out configured (smtp_host)")
        if delivery.to is None or not _ADDRESS.fullmatch(delivery.to.handle):
            raise Rejected("no address to answer to")
        if reason := reply.reply_context.get("silent"):
            raise Rejected(f"not answered: {reason}")
        try:
            return compose(
                reply,
                delivery.key,
                sender=self.options.sender,
                recipient=delivery.to.handle,
                now=self.context.clock(),
            )
        except ValueError:
            raise Rejected("the address cannot be written in a mail") from None

    def _envelope_sender(self, delivery: Delivery) -> str:
        """RFC 3834: the first acknowledgement has nobody to bounce to; later answers bounce under their own key."""
        if delivery.parcel.cause == "diterima":
            return ""
        return bounce_address(delivery.key, self.options.sender)

    async def _send(self, mail: EmailMessage, sender: str) -> None:
        client = await self._connect()
        try:
            await self._hand_over(client, mail, sender)
            with suppress(SMTPException, OSError):  # the mail is out, whatever becomes of the farewell
                await client.quit()
        finally:
            client.close()

    async def _connect(self) -> SMTP:
        options = self.options
        password = options.smtp_password.get_secret_value()
        command = "" if password or not options.smtp_username else options.oauth_token_command
        with _before_data():
            client = SMTP(
                hostname=options.smtp_host,
                port=options.outgoing_port,
                username=options.smtp_username or None,
                password=password or None,
                oauth_token_generator=partial(print_token, command) if command else None,
                timeout=options.timeout,
                use_tls=options.smtp_security == "tls",
                start_tls=options.smtp_security == "starttls",
                tls_context=options.tls() if options.smtp_security != "none" else None,
                local_hostname=options.sender.partition("@")[2],
            )
            await client.connect()
        return client

    async def _hand_over(self, client: SMTP, mail: EmailMessage, sender: str) -> None:
        recipient = str(mail["To"])
        wide = not recipient.isascii()
        with _before_data():
            await client.ehlo()
            if wide and not client.supports_extension("smtputf8"):
                raise Rejected("the mail server cannot write to this address")
            options, encoding = (["SMTPUTF8"], "utf-8") if wide else ([], "ascii")
            await self._announce(client, sender, options, encoding)
            await client.rcpt(recipient, encoding=encoding)
            await self._address_ourselves(client)
        with _after_data():
            await client.data(mail.as_bytes())

    async def _announce(self, client: SMTP, sender: str, options: list[str], encoding: str) -> None:
        """Name the envelope sender; servers that refuse an empty or tagged one get the plain address."""
        try:
            await client.mail(sender, options=options, encoding=encoding)
        except SMTPResponseException as error:
            if error.code < 500 or error.code in _NEEDS_LOGIN or sender == self.options.sender:
                raise
            await client.rset()
            await client.mail(self.options.sender, options=options, encoding=encoding)

    async def _address_ourselves(self, client: SMTP) -> None:
        """Have the server take a copy for us in the same breath: who finds it knows that the citizen's was taken."""
        if self.options.own_copy:
            with suppress(SMTPResponseException):  # a server that refuses us still serves the citizen
                await client.rcpt(self.options.sender)

    async def _was_sent(self, message_id: str) -> bool:
        if not self.options.copy_folders:
            return False
        with contract_errors():
            async with await self.mailbox() as mailbox:
                return await self._finds(mailbox, message_id)

    async def _finds(self, mailbox: Mailbox, message_id: str) -> bool:
        """Look for a copy; our own takes its time to come round."""
        clock = asyncio.get_running_loop().time
        until = clock() + self.options.own_copy
        while True:
            for folder in self.options.copy_folders:
                if await mailbox.holds(folder, message_id):
                    return True
            if clock() >= until:
                return False
            await asyncio.sleep(_LOOK_AGAIN)

    async def _keep_copy(self, mail: EmailMessage) -> str:
        """Lay a copy into the folder of sent mails. The mail is out: no failure here may send it again."""
        if not self.options.sent_folder:
            return ""
        try:
            async with await self.mailbox() as mailbox:
                await mailbox.keep(self.options.sent_folder, str(mail["Message-ID"]), mail.as_bytes())
        except (IMAPClientError, OSError, PluginError) as error:
            self.context.log.warning("sent_copy_failed", error=type(error).__name__)
            return "sent; no copy kept"
        return ""


@contextmanager
def _before_data() -> Iterator[None]:
    """Nothing has been handed over yet: whatever fails, the mail is not out."""
    try:
        yield
    except SMTPResponseException as error:
        _refuse(error)
    except (SMTPException, OSError, ValueError) as error:
        raise TryAgain(f"mail server: {type(error).__name__}") from None


@contextmanager
def _after_data() -> Iterator[None]:
    """The mail was handed over: without an answer nobody knows whether it is out."""
    try:
        yield
    except SMTPResponseException as error:
        _refuse(error)
    except (SMTPException, OSError) as error:
        raise TryAgain(f"mail server: {type(error).__name__} after the mail", uncertain=True) from None


def _refuse(error: SMTPResponseException) -> Never:
    """Say by the reply code what a refusal means (RFC 5321, 4.2.1): 4 now, 5 never. Its text may name people."""
    if error.code in _NEEDS_LOGIN or (isinstance(error, SMTPAuthenticationError) and error.code >= 500):
        raise Unauthorized(f"mail server: user or password refused ({error.code})") from None
    if error.code < 500:
        raise TryAgain(f"mail server: {error.code}") from None
    raise Rejected(f"mail server: {error.code}") from None
