"""An answer as a mail: threads under the citizen's own, and tells every robot not to answer it."""

from __future__ import annotations

import re
from datetime import datetime
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime

from hub.plugin import Reply
from plugins.email.charset import clean_line
from plugins.email.ids import make_message_id

_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{1,400}>")
_ID_FIELDS = frozenset({"message-id", "in-reply-to", "references"})
_SUBJECT = 150


class _WholeIds(EmailPolicy):
    """Folds between ids, never inside one: the standard library spells a long id as an encoded word."""

    def fold(self, name: str, value: str) -> str:
        if name.lower() in _ID_FIELDS:
            return f"{name}: " + "\r\n ".join(str(value).split()) + "\r\n"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() in _ID_FIELDS:
            return self.fold(name, value).encode("ascii", "replace")
        return super().fold_binary(name, value)


_POLICY = _WholeIds(linesep="\r\n", cte_type="7bit", utf8=False)


def compose(reply: Reply, key: str, *, sender: str, recipient: str, now: datetime) -> EmailMessage:
    """Make the mail. ValueError where the recipient cannot stand in a header."""
    domain = sender.partition("@")[2]
    context = reply.reply_context
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = sender
    mail["To"] = recipient
    mail["Subject"] = _subject(context.get("subject", ""), reply.report)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = make_message_id(key, reply.report, domain)
    original = _ID.findall(context.get("message_id", ""))[:1]
    chain = list(dict.fromkeys(_ID.findall(context.get("references", "")) + original))
    if original:
        mail["In-Reply-To"] = original[0]
    if chain:
        mail["References"] = " ".join(chain)
    mail["Auto-Submitted"] = "auto-replied"
    mail["Precedence"] = "bulk"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(_body(reply), charset="utf-8")
    return mail


def _subject(subject: str, report: str) -> str:
    tag = f"[{clean_line(report, 20)}]" if report else ""
    return " ".join(filter(None, ["Re:", clean_line(subject, _SUBJECT), tag]))


def _body(reply: Reply) -> str:
    return "\n\n".join([reply.text, *reply.photos]) + "\n"
