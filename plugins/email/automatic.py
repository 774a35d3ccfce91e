"""Mail that no citizen wrote, and mail that must not be answered (RFC 3834 and what mail programs really send)."""

from __future__ import annotations

import re

from plugins.email.headers import Headers
from plugins.email.options import MailOptions

_ROBOT = re.compile(r"(?i)^(?:mailer-daemon|postmaster|(?:do-?not|no|tidak-?)-?_?(?:reply|balas))(?:[+@._-]|$)")
_LIST_ROBOT = re.compile(r"(?i)(?:^owner-|-owner@|-request@|-bounces@)")
_LIST_FIELDS = ("list-id", "list-post", "list-unsubscribe")
_REPLY_ROBOTS = ("x-autoreply", "x-autorespond", "x-autoresponder")
_OUT_OF_OFFICE = re.compile(
    r"(?i)^(?:out of office|automatic reply|auto(?:matic)?[- ]?(?:reply|response)|balasan otomatis)\b"
)


def automatic(headers: Headers, options: MailOptions) -> str:
    """Say why a mail is not a citizen's; empty where it may be."""
    if headers.word("auto-submitted") not in {"", "no"}:
        return "automatic reply"
    if any(name in headers for name in _REPLY_ROBOTS) or _OUT_OF_OFFICE.match(headers.text("subject")):
        return "automatic reply"
    if _from_list(headers) and not _own_list(headers, options):
        return "mailing list or newsletter"
    if is_robot(sender(headers)[0]):
        return "sent by a machine"
    return ""


def sender(headers: Headers) -> tuple[str, str]:
    """Give address and name of who speaks: a web form's mail comes from a robot, but names the citizen for answers."""
    address, name = headers.address("from")
    if not address or is_robot(address):
        other, other_name = headers.address("reply-to")
        if other and not is_robot(other):
            return other, other_name or name
    return address, name


def is_robot(address: str) -> bool:
    """Say whether nobody reads at this address."""
    return bool(_ROBOT.match(address) or _LIST_ROBOT.search(address))


def unanswerable(headers: Headers, options: MailOptions) -> str:
    """Say why a citizen's mail must not be answered by mail; empty where it may be."""
    if "x-auto-response-suppress" in headers:
        return "its sender asks for no automatic answers"
    if _proof(headers, options.authserv_id) == "fail":
        return "its sender is not who it says"
    named = headers.all("to", "cc", "resent-to", "resent-cc")
    own = options.own_addresses
    if own and not any(address in named for address in own):
        return "it was not sent to this mailbox by name"
    return ""


def _from_list(headers: Headers) -> bool:
    return any(name in headers for name in _LIST_FIELDS) or headers.word("precedence") in {"bulk", "junk", "list"}


def _own_list(headers: Headers, options: MailOptions) -> bool:
    named = headers.all("list-id")
    return any(name.lower() in named for name in options.own_lists)


def _proof(headers: Headers, authserv_id: str) -> str:
    """Give what our own receiving server found about the sender (DMARC); others' findings are anybody's claim."""
    result = headers.raw("authentication-results").lower()
    if not authserv_id or re.split(r"[\s;]", result, maxsplit=1)[0] != authserv_id.lower():
        return "none"
    found = re.search(r"\bdmarc=([a-z]+)", result)
    return found[1] if found else "none"
