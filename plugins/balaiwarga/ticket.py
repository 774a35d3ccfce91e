"""A form's ticket: the complaint's key, its report number and when the form was shown, signed."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

NOBODYS = "stempel formulir"
"""Native id of a complaint that never comes: keys of tickets have no spaces."""
PROOF = 18

Purpose = Literal["formulir", "terima"]


@dataclass(frozen=True, slots=True)
class Ticket:
    """What makes one form one complaint."""

    key: str
    """22 random letters: the complaint's native id."""
    number: str
    """Of the report, as the receipt shows it."""
    at: int
    """Seconds since 1970 when the form was shown; on a receipt, when it was sent."""

    @property
    def sum(self) -> tuple[int, int]:
        """Give the two numbers that a suspect is asked to add."""
        digest = sha256(self.key.encode()).digest()
        return digest[0] % 8 + 2, digest[1] % 8 + 2


class Stamp:
    """Signs tickets and knows its own.

    The hub's secret is not lent to plugins. The tracking address of a complaint that never exists is as good a key:
    only the hub can work it out, and it is the same after a restart and in every process.
    """

    def __init__(self, tracking_link: Callable[[str], str]) -> None:
        self._secret = sha256(tracking_link(NOBODYS).encode()).digest()

    def seal(self, purpose: Purpose, ticket: Ticket) -> str:
        """Spell a ticket with its proof."""
        words = f"{ticket.key}.{ticket.number}.{ticket.at}"
        return f"{words}.{self._proof(purpose, words)}"

    def open(self, purpose: Purpose, text: str) -> Ticket | None:
        """Read a ticket; None where it is not ours or was made for another purpose."""
        words, _, proof = text.rpartition(".")
        if not hmac.compare_digest(self._proof(purpose, words).encode(), proof.encode()):
            return None
        key, number, at = words.split(".")
        return Ticket(key, number, int(at))

    def _proof(self, purpose: Purpose, words: str) -> str:
        proof = hmac.new(self._secret, f"{purpose}\0{words}".encode(), sha256).digest()[:PROOF]
        return urlsafe_b64encode(proof).decode()
