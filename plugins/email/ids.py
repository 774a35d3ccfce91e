"""Our own Message-IDs and envelope senders: what comes back with one belongs to the delivery that it names."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

_PLAIN = re.compile(r"[a-z0-9][a-z0-9_-]{0,199}")
_OWN = re.compile(r"<([a-z0-9_-]{1,330})\.([A-Za-z]{2,4}-[0-9A-Za-z]{8}|aduan)@([^<>\s@]{1,250})>")
_CODED = "b32-"
_LOCAL_PART = 64


def make_message_id(key: str, report: str, domain: str) -> str:
    """Make the id of a reply: the same for every try of one delivery."""
    return f"<{_spell(key)}.{report or 'aduan'}@{domain}>"


def own_ids(text: str, domain: str) -> Iterator[tuple[str, str]]:
    """Give delivery key and report number of each id of ours in a text."""
    for spelled, report, at in _OWN.findall(text):
        if at.lower() == domain.lower():
            yield _read(spelled), "" if report == "aduan" else report.upper()


def bounce_address(key: str, sender: str) -> str:
    """Give the envelope sender whose bounces name the delivery; the plain sender where it would be too long."""
    local, _, domain = sender.partition("@")
    tagged = f"{local}+{_spell(key)}"
    return f"{tagged}@{domain}" if len(tagged) <= _LOCAL_PART else sender


def bounced_keys(recipients: str, sender: str) -> list[str]:
    """List the delivery keys in the addresses that a bounce was sent to."""
    local, _, domain = sender.lower().partition("@")
    pattern = rf"(?<![^\s<,;:\"]){re.escape(local)}\+([a-z0-9_-]{{1,64}})@{re.escape(domain)}"
    return [_read(spelled) for spelled in re.findall(pattern, recipients.lower())]


def _spell(key: str) -> str:
    """Spell a key so that mail servers, which may change case and signs, leave it alone."""
    if _PLAIN.fullmatch(key) and not key.startswith(_CODED):
        return key
    return _CODED + base64.b32encode(key.encode()).decode().rstrip("=").lower()


def _read(spelled: str) -> str:
    if not spelled.startswith(_CODED):
        return spelled
    coded = spelled.removeprefix(_CODED).upper()
    try:
        return base64.b32decode(coded + "=" * (-len(coded) % 8)).decode()
    except ValueError:
        return spelled
