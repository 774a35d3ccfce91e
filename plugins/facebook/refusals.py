"""What Facebook's refusals mean in the contract's words.

Codes after Meta's pages on error handling and rate limits; the subcodes of the 24-hour window and 551 from practice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

import httpx2

from hub.answers import retry_after
from hub.plugin import PluginError, Rejected, Throttled, TryAgain, Unauthorized, WindowClosed

WINDOW = {(10, 2018278), (10, 2018065), (200, 2018278)}
TOKENS = {458: "the app is not installed on the page", 459: "the account must be checked", 460: "the password changed"}


class Duplicate(Rejected):
    """The same words stand there already (506)."""


class BadLink(Rejected):
    """Facebook cannot read the page behind a link (1609005)."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that is no success."""

    code: int
    """Of its error; 0 where it has none."""
    subcode: int
    writing: bool
    """It answers a write: what is lost may have been taken."""
    regained: datetime
    """When calls are welcome again."""

    def error(self, response: httpx2.Response, now: datetime) -> PluginError:
        """Translate it."""
        if self.writing and (self.code, self.subcode) in WINDOW:
            return WindowClosed("the citizen wrote more than 24 hours ago")
        make = _BY_CODE.get(self.code)
        return make(self) if make else self._by_status(response, now)

    def _by_status(self, response: httpx2.Response, now: datetime) -> PluginError:
        status, rest = response.status_code, retry_after(response.headers.get("retry-after", ""), now)
        told = f"refused ({status}, code {self.code})" if self.code else f"answered {status}"
        if status == 429:
            return Throttled(self.regained if rest is None else now + rest, told)
        if not self.code and status in {401, 403}:
            return Unauthorized(told)
        if self.writing and 400 <= status < 500 and status not in {408, 425}:
            return Rejected(told)
        return TryAgain(told, rest, uncertain=self.writing and status >= 500)


Make = Callable[[Refusal], PluginError]


def _not_well(refusal: Refusal) -> PluginError:
    return TryAgain(f"Facebook is not well (code {refusal.code})", uncertain=refusal.writing)


def _too_many(refusal: Refusal) -> PluginError:
    return Throttled(refusal.regained, f"too many calls (code {refusal.code})")


def _no_token(refusal: Refusal) -> PluginError:
    why = TOKENS.get(refusal.subcode, "expired or revoked")
    return Unauthorized(f"the page token is refused: {why} (code {refusal.code})")


def _no_permission(refusal: Refusal) -> PluginError:
    return Unauthorized(f"a permission of the app is missing (code {refusal.code})")


def _blocked(refusal: Refusal) -> PluginError:
    return Unauthorized(f"Facebook has blocked the page for a while: an operator must look (code {refusal.code})")


def _codes(*pairs: tuple[Iterable[int], Make]) -> dict[int, Make]:
    return {code: make for codes, make in pairs for code in codes}


_BY_CODE = _codes(
    ((1, 2), _not_well),
    ((4, 17, 32, 341, 613, *range(80_000, 80_015)), _too_many),
    ((102, 190), _no_token),
    ((3, 10, *range(200, 300)), _no_permission),
    ((368,), _blocked),
    ((506,), lambda _: Duplicate("the same words stand there already")),
    ((551,), lambda _: Rejected("the person cannot be reached")),
    ((1609005,), lambda _: BadLink("Facebook cannot read the page behind a link")),
)
