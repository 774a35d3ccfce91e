"""Delivery reports: what became of an answer of ours, by the ids that come back with it."""

from __future__ import annotations

import re
from email.message import Message

from hub.plugin import Outcome, Skip
from plugins.email.guard import attempt
from plugins.email.headers import Headers
from plugins.email.ids import bounced_keys, own_ids

_ACTION = re.compile(rb"(?im)^action:\s*([a-z]+)")
_STATUS = re.compile(rb"(?im)^status:\s*([245]\.\d{1,3}\.\d{1,3})")
_WHO = re.compile(rb"(?im)^final-recipient:[^;\r\n]*;\s*<?([^\s<>]+)")
_DAEMON = re.compile(r"(?i)^(?:mailer-daemon|postmaster)(?:[+@._-]|$)")
_LOOKED_AT = 200_000


def read_bounce(message: Message, headers: Headers, raw: bytes, sender: str) -> Outcome | Skip | None:
    """Say which delivery a report is about and how it ended; None where the mail is no report."""
    kind = _report_type(message, headers)
    if not kind and headers.raw("return-path") != "<>" and not _DAEMON.match(headers.address("from")[0]):
        return None
    if kind in {"disposition-notification", "feedback-report"}:
        return Skip(reason="read receipt or abuse report")
    head = raw[:_LOOKED_AT]
    action = _ACTION.search(head)
    if action and action[1].lower() not in {b"failed", b"delivered"}:
        return Skip(reason="delivery is late")
    key = _key(headers, head, sender)
    # A null sender is also that of an automatic reply, which says nothing about the delivery.
    if not key or (headers.word("auto-submitted") == "auto-replied" and not kind):
        return Skip(reason="bounce")
    if {who.decode("latin-1").lower() for who in _WHO.findall(head)} == {sender.lower()}:
        return Skip(reason="bounce of our own copy")
    status = _STATUS.search(head)
    done = action is not None and action[1].lower() == b"delivered"
    return Outcome(
        key=key, result="delivered" if done else "failed", reason=status[1].decode() if status else "bounced"
    )


def _report_type(message: Message, headers: Headers) -> str:
    if headers.word("content-type") != "multipart/report":
        return ""
    return str(attempt(lambda: message.get_param("report-type"), None) or "unknown").lower()


def _key(headers: Headers, head: bytes, sender: str) -> str:
    """Find our delivery key in the recipients, else in the ids of the mail and of the one sent back in it."""
    recipients = headers.all("to", "delivered-to", "x-original-to", "envelope-to")
    domain = sender.partition("@")[2]
    found = bounced_keys(recipients, sender) or [key for key, _ in own_ids(head.decode("latin-1"), domain)]
    return found[0] if found else ""
