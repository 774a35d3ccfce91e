"""The data interface: topics and the list of reports, asked for by POST with the token as a form parameter.

`gettopics` is known from LAPOR!'s own page of about 2018 (API Akses Data LAPOR!): a list of `id`, `parent`
("0" = none), `topic_name`, all of them strings. Of the list of reports only `TrackingID` is known.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import Any

import httpx2

from hub.answers import send
from plugins.lapor.fields import label_of
from plugins.lapor.options import LaporOptions
from plugins.lapor.web import rows

TOPICS_KEPT = timedelta(days=1)
MOST_TOPICS = 5000


class Api:
    """The calls, by the settings."""

    def __init__(self, options: LaporOptions, http: httpx2.AsyncClient, clock: Callable[[], datetime]) -> None:
        self._options = options
        self._http = http
        self._clock = clock
        self._topics: dict[str, str] = {}
        self._fetched: datetime | None = None

    @property
    def has_reports(self) -> bool:
        """Say whether there is a list of reports to ask for."""
        return bool(self._options.base_url and self._options.paths.reports)

    def address(self, path: str) -> str:
        """Give the address of a call."""
        return f"{self._options.base_url.rstrip('/')}/{path.lstrip('/')}"

    def topic(self, number: str) -> str:
        """Give the label of a topic, `MAIN > SUB`; empty for an unknown one."""
        return self._topics.get(number, "")

    async def learn_topics(self) -> None:
        """Ask for the topics, once a day. Raises as `send` and `rows`."""
        now = self._clock()
        stale = self._fetched is None or now - self._fetched > TOPICS_KEPT
        if self._options.paths.topics and stale:
            self._topics = _labels(await self._ask(self._options.paths.topics, {}))
            self._fetched = now

    async def pages(self) -> AsyncIterator[list[Any]]:
        """Give the list of reports, part by part. Raises as `send` and `rows`."""
        paging, before = self._options.paging, None
        for number in range(paging.first, paging.first + (paging.most if paging.page else 1)):
            asked = dict(self._options.parameters)
            asked |= {paging.page: str(number)} if paging.page else {}
            asked |= {paging.size: str(paging.limit)} if paging.size else {}
            found = await self._ask(self._options.paths.reports, asked, self._options.rows)
            if found == before:
                return  # a server that knows no pages gives the same for ever
            before = found
            yield found
            if len(found) < paging.limit:
                return

    async def _ask(self, path: str, parameters: dict[str, str], where: str = "") -> list[Any]:
        form = parameters | {self._options.token_field: self._options.token.get_secret_value()}
        headers = {"accept": "application/json"}
        request = self._http.build_request("POST", self.address(path), data=form, headers=headers)
        return rows(await send(self._http, request), where, self._clock())


def _labels(found: list[Any]) -> dict[str, str]:
    """Name each topic, with its topmost parent before it."""
    topics = {label_of(one.get("id")): one for one in found[:MOST_TOPICS] if isinstance(one, dict)}
    return {number: _path(number, topics) for number in topics if number}


def _path(number: str, topics: dict[str, Any]) -> str:
    name = top = label_of(topics[number].get("topic_name"))
    for _ in range(5):
        number = label_of(topics[number].get("parent"))
        if number not in topics:
            break
        top = label_of(topics[number].get("topic_name"))
    return name if top == name else f"{top} > {name}"
