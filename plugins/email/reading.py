"""From a raw mail to what it means: a complaint, more words on one, a bounce, or nothing for us."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from hub.plugin import Addition, Complaint, Item, Outcome, Reporter, Skip
from normalizer.number import find_numbers
from plugins.email.automatic import automatic, sender, unanswerable
from plugins.email.body import Body, read_body
from plugins.email.bounce import read_bounce
from plugins.email.charset import clean_line
from plugins.email.files import limit
from plugins.email.guard import attempt, parse
from plugins.email.headers import Headers
from plugins.email.ids import own_ids
from plugins.email.options import MailOptions
from plugins.email.quotes import Words, part_signature, says_little

_MOST_TEXT = 50_000
_CHAIN = 20
_PREFIX = re.compile(
    r"(?i)^\s*(?:(?:re|fwd?|bls|balas|trs|terusan|tr|aw|wg)\s*(?:\[\d+\])?\s*:|\[[A-Z]{2,4}-[0-9A-Z]{8}\])\s*"
)
_REPLY = re.compile(r"(?i)^\s*(?:re|bls|balas|aw)\s*(?:\[\d+\])?\s*:")
_FORWARD = re.compile(r"(?i)^\s*(?:fwd?|trs|terusan|wg)\s*:")
_LETTERS = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]{2,4})-[0-9A-Za-z]{8}(?![A-Za-z0-9])")


def read_mail(item: Item, options: MailOptions) -> Complaint | Addition | Outcome | Skip:
    """Read a mail. Pure; raises ValueError where it cannot be read safely or has no time."""
    message = parse(item.body)
    headers = Headers(message)
    if headers.address("from")[0].lower() in options.own_addresses:
        return Skip(reason="our own mail")
    report = read_bounce(message, headers, item.body, options.sender)
    if report is not None:
        return report
    if reason := automatic(headers, options):
        return Skip(reason=reason)
    complaint = _complaint(item, headers, read_body(message), options)
    if not complaint.words.strip() and not complaint.attachments:
        return Skip(reason="neither words nor files")
    return _place(complaint, headers, options)


def strip_prefixes(subject: str) -> str:
    """Drop `Re:`, `Fwd:`, `Bls:`, `Trs:` and our number tags from a subject."""
    while (shorter := _PREFIX.sub("", subject)) != subject:
        subject = shorter
    return subject.strip()


def report_in(subject: str) -> str:
    """Give the report number in a subject; empty where there is none with a right check letter."""
    numbers = (find_numbers(match[0], match[1].upper()) for match in _LETTERS.finditer(subject))
    return next((found[0] for found in numbers if found), "")


def _place(complaint: Complaint, headers: Headers, options: MailOptions) -> Complaint | Addition:
    """Say what it continues: an answer of ours, a report named in the subject, or the citizen's own mail.

    Ids and numbers can be guessed or passed on; whether the sender is the same person, the host checks.
    """
    subject, chain = headers.text("subject"), headers.chain()[:_CHAIN]
    number = _answered(chain, options)
    names = [id_ for id_ in chain if not _is_own(id_, options)]
    tag = report_in(subject)
    if number is None and not tag and not _REPLY.match(subject):
        return complaint
    thread = " ".join(filter(None, [*names, number, tag]))
    return Addition(native_id=complaint.native_id, thread=thread, complaint=complaint) if thread else complaint


def _is_own(message_id: str, options: MailOptions) -> bool:
    return any(own_ids(message_id, options.sender.partition("@")[2]))


def _answered(chain: list[str], options: MailOptions) -> str | None:
    """Give the report number of the newest mail of ours in the conversation; None where we never spoke."""
    domain = options.sender.partition("@")[2]
    return next((report for _, report in own_ids(" ".join(reversed(chain)), domain)), None)


def _complaint(item: Item, headers: Headers, body: Body, options: MailOptions) -> Complaint:
    subject, chain = headers.text("subject"), headers.chain()
    words = _words(subject, body, answered=_answered(chain, options) is not None)
    address, name = sender(headers)
    message_id = headers.message_id()
    context = {
        "message_id": message_id,
        "references": " ".join([*chain[:1], *chain[1:][-_CHAIN:]]),
        "subject": strip_prefixes(subject),
        "silent": unanswerable(headers, options),
    }
    return Complaint(
        native_id=item.native_id,
        created_at=_arrival(item, headers),
        created_text=headers.raw("date")[:100],
        title=strip_prefixes(subject),
        text=words.new[:_MOST_TEXT],
        address=clean_line(words.address),
        reporter=Reporter(handle=address, name=name) if address else None,
        thread=next((id_ for id_ in chain if not _is_own(id_, options)), message_id),
        reply_context={name: value for name, value in context.items() if value},
        attachments=limit(body.files),
    )


def _words(subject: str, body: Body, *, answered: bool) -> Words:
    """Choose between the new words and all: in a forward the quoted part is the complaint."""
    forwarded = body.forwarded or bool(_FORWARD.match(subject))
    if forwarded or (says_little(body.new_text) and not (answered and body.new_text)):
        return Words(body.text)
    return part_signature(body.new_text)


def _arrival(item: Item, headers: Headers) -> datetime:
    """Give when our server took the mail; the Date header, a mere claim, only where the server did not say."""
    told = item.meta.get("internaldate", "")
    arrived = attempt(lambda: datetime.fromisoformat(told), None)
    arrived = arrived or attempt(lambda: parsedate_to_datetime(headers.raw("date")), None)
    if arrived is None:
        raise ValueError("no time of arrival")
    return arrived if arrived.tzinfo else arrived.replace(tzinfo=UTC)
