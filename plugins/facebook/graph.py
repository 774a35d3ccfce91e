"""The Graph API: requests in the page's name, and how much of its limits they use up."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import httpx2

from hub.plugin import Context, Meter, PluginError, TryAgain
from plugins.facebook.options import FacebookOptions
from plugins.facebook.refusals import Refusal
from plugins.facebook.values import rows_at, text_at

REST = timedelta(minutes=5)
"""Rest after a limit whose end is not told."""
LONGEST_REST = 24 * 60
"""Minutes."""
USAGE = {"x-app-usage": "app calls", "x-page-usage": "page calls"}
BUSINESS = "x-business-use-case-usage"
_PERCENTS = ("call_count", "total_time", "total_cputime")


@dataclass
class Graph:
    """Speaks as the page. Every call raises the contract's errors."""

    options: FacebookOptions
    context: Context
    usage: dict[str, Meter] = field(default_factory=dict)
    """How much is used up, by header."""

    async def get(self, path: str, **params: str) -> dict[str, Any]:
        """Ask for something."""
        return await self._call(self._request("GET", path, params=params), writing=False)

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Do something. Where the answer is lost, TryAgain is uncertain."""
        return await self._call(self._request("POST", path, json=body), writing=True)

    def _request(self, method: str, path: str, **others: Any) -> httpx2.Request:
        """The token travels in a header: addresses are written down in too many places."""
        token, secret = self.options.page_token.get_secret_value(), self.options.app_secret.get_secret_value()
        url = httpx2.URL(f"{self.options.graph_url.rstrip('/')}/{self.options.api_version}/{path}")
        if secret:
            proof = hmac.digest(secret.encode(), token.encode(), sha256).hex()
            others["params"] = others.get("params", {}) | {"appsecret_proof": proof}
        headers = {"authorization": f"Bearer {token}", "accept": "application/json"}
        return self.context.http.build_request(method, url, headers=headers, **others)

    async def _call(self, request: httpx2.Request, *, writing: bool) -> dict[str, Any]:
        response = await self._send(request, writing=writing)
        self._count(response)
        body = _json(response.content)
        if not response.is_success or "error" in body:
            raise self._refusal(response, body.get("error"), writing=writing)
        if not body:
            raise TryAgain("answered something that is no JSON object", uncertain=writing)
        return body

    async def _send(self, request: httpx2.Request, *, writing: bool) -> httpx2.Response:
        try:
            return await self.context.http.send(request)
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout):
            problem = TryAgain("Facebook cannot be reached")
        except httpx2.HTTPError as error:
            problem = TryAgain(f"Facebook's answer was lost ({type(error).__name__})", uncertain=writing)
        # Raised out here, the error carries no context: a client's exception holds the request and its token.
        raise problem

    def _refusal(self, response: httpx2.Response, error: Any, *, writing: bool) -> PluginError:
        """Log the trace, which Meta's support asks for, and no message: it may name people."""
        refusal = Refusal(_number(error, "code"), _number(error, "error_subcode"), writing, self._regained())
        if refusal.code:
            trace = text_at(error, "fbtrace_id")[:40]
            self.context.log.info("facebook_refuses", code=refusal.code, subcode=refusal.subcode, trace=trace)
        return refusal.error(response, self.context.clock())

    def _count(self, response: httpx2.Response) -> None:
        """Read the usage headers: percents of a limit, the fullest of calls and times counts."""
        for header, label in USAGE.items():
            self._meter(header, label, [_json(response.headers.get(header, ""))])
        told = _json(response.headers.get(BUSINESS, ""))
        self._meter(BUSINESS, "business calls", [row for name in told for row in rows_at(told, name)])

    def _meter(self, header: str, label: str, rows: list[dict[str, Any]]) -> None:
        used = max(_percents(rows), default=None)
        if used is None:
            return
        minutes = min(max((_number(row, "estimated_time_to_regain_access") for row in rows), default=0), LONGEST_REST)
        until = self.context.clock() + timedelta(minutes=minutes) if minutes else None
        self.usage[header] = Meter(label=label, used=used, limit=100, unit="%", resets_at=until)

    def _regained(self) -> datetime:
        """Say when calls are welcome again after a limit."""
        now = self.context.clock()
        told = [one.resets_at for one in self.usage.values() if one.resets_at is not None and one.resets_at > now]
        return max(told, default=now + REST)


def _percents(rows: Iterable[dict[str, Any]]) -> list[float]:
    found = (row.get(name) for row in rows for name in _PERCENTS)
    return [float(one) for one in found if isinstance(one, int | float)]


def _json(text: str | bytes) -> dict[str, Any]:
    try:
        found = json.loads(text) if text else None
    except (ValueError, RecursionError):
        found = None
    return found if isinstance(found, dict) else {}


def _number(value: Any, name: str) -> int:
    found = text_at(value, name)
    return int(found) if found.isascii() and found.isdigit() else 0
