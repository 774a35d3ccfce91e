"""The stand-in's addresses: users, mentions, recent search, posts by id, and replies."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, Literal

import anyio
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.twitter.door import Keys, path_of, who
from sandbox.twitter.faults import Cut, answer, invalid, problem, unauthorized
from sandbox.twitter.pages import missing, page_of
from sandbox.twitter.timeline import EPOCH, Timeline

WINDOW = timedelta(minutes=15)
A_WINDOW = 450
REST = 120
"""Seconds until the window's end that a refused client is told."""
Who = Literal["app", "user"]
Serve = Callable[[Request, Who], Awaitable[Response]]


def make_app(timeline: Timeline, keys: Keys | None = None, delay: float = 60) -> Starlette:
    """Serve a timeline to those who have the keys. A slow answer takes `delay` seconds."""
    desk = _Desk(timeline, keys or Keys(), delay)
    routes = [
        Route("/2/users/by/username/{name}", desk.guard(desk.user)),
        Route("/2/users/me", desk.guard(desk.me)),
        Route("/2/users/{id}/mentions", desk.guard(desk.mentions)),
        Route("/2/tweets/search/recent", desk.guard(desk.search)),
        Route("/2/tweets", desk.guard(desk.lookup), methods=["GET"]),
        Route("/2/tweets", desk.guard(desk.reply), methods=["POST"]),
    ]
    return Starlette(routes=routes, middleware=[Middleware(GZipMiddleware, minimum_size=500)])


class _Desk:
    """Answers requests about one timeline."""

    def __init__(self, timeline: Timeline, keys: Keys, delay: float) -> None:
        self._timeline, self._keys, self._delay = timeline, keys, delay

    def guard(self, serve: Serve) -> Callable[[Request], Awaitable[Response]]:
        """Show the fault, check the keys, count the request, then serve it."""

        async def endpoint(request: Request) -> Response:
            timeline, path = self._timeline, path_of(request)
            timeline.asked.append((path, dict(request.query_params)))
            now = timeline.clock()
            fault = timeline.fault if timeline.fault_on in path else ""
            if fault == "slow":
                timeline.heard()
                await anyio.sleep(self._delay)
            if fault == "429-date":
                until = format_datetime(now.astimezone(UTC) + timedelta(seconds=REST), usegmt=True)
                return Response(status_code=429, headers={"retry-after": until})
            refused = answer(fault, int(now.timestamp()) + REST)
            if refused is not None:
                return refused
            caller = who(request, self._keys)
            if not caller:
                return unauthorized()
            return await self._counted(path, now, lambda: serve(request, caller))

        return endpoint

    async def _counted(self, path: str, now: datetime, serve: Callable[[], Awaitable[Response]]) -> Response:
        left = self._timeline.remaining.get(path, A_WINDOW) - 1
        reset = int((now + WINDOW).timestamp())
        if left < 0:
            return answer("429", reset) or Response(status_code=429)
        self._timeline.remaining[path] = left
        response = await serve()
        response.headers["x-rate-limit-limit"] = str(A_WINDOW)
        response.headers["x-rate-limit-remaining"] = str(left)
        response.headers["x-rate-limit-reset"] = str(reset)
        return response

    async def user(self, request: Request, caller: Who) -> Response:
        name = request.path_params["name"].lower()
        found = next((one for one in self._timeline.users.values() if one["username"].lower() == name), None)
        missing = {"errors": [{"title": "Not Found Error", "detail": "Could not find user", "parameter": "username"}]}
        return JSONResponse({"data": found} if found else missing)

    async def me(self, request: Request, caller: Who) -> Response:
        if caller != "user":
            return _needs_user()
        return JSONResponse({"data": self._timeline.users[self._timeline.account_id]})

    async def mentions(self, request: Request, caller: Who) -> Response:
        if request.path_params["id"] != self._timeline.account_id:
            return JSONResponse({"meta": {"result_count": 0}})
        return self._page(request, self._timeline.mentions(), "pagination_token", reach=None)

    async def search(self, request: Request, caller: Who) -> Response:
        query = request.query_params.get("query", "")
        if not query.strip() or len(query) > 512:
            return invalid("query", query[:20])
        reach = self._timeline.clock() - timedelta(days=7)
        return self._page(request, self._timeline.search(query), "next_token", reach)

    async def lookup(self, request: Request, caller: Who) -> Response:
        ids = request.query_params.get("ids", "").split(",")
        found = [self._timeline.posts[one] for one in ids if one in self._timeline.posts]
        page = page_of(self._timeline, found, request.query_params, "")
        page.pop("meta")
        errors = [missing(one, "ids") for one in ids if one not in self._timeline.posts]
        return JSONResponse(page | ({"errors": errors} if errors else {}))

    def _page(self, request: Request, posts: list[dict[str, Any]], name: str, reach: datetime | None) -> Response:
        query, timeline = request.query_params, self._timeline
        since, start, token = query.get("since_id", ""), query.get("start_time", ""), query.get(name, "")
        wrong = _wrong(query, name, reach)
        if wrong:
            return invalid(wrong, query[wrong])
        least = max(int(since or 0), _id_at(start) - 1, _id_at(reach.isoformat()) - 1 if reach else 0)
        loops = timeline.fault == "loop"
        before = int(token[1:], 36) if token and not loops else 1 << 63
        listed = [one for one in posts if least < int(one["id"]) < before]
        size = min(int(query.get("max_results", "10")), timeline.page)
        shown = listed[:size]
        more = f"t{_base36(int(shown[-1]['id']))}" if len(listed) > size else ""
        return JSONResponse(page_of(timeline, shown, query, "tloop" if loops else more))

    async def reply(self, request: Request, caller: Who) -> Response:
        if caller != "user":
            return _needs_user()
        try:
            body = json.loads(await request.body())
            text, to = str(body["text"]), str(body["reply"]["in_reply_to_tweet_id"])
        except (ValueError, KeyError, TypeError):
            return problem(400, "Invalid Request", "One or more parameters was invalid.", "invalid-request")
        timeline = self._timeline
        if to not in timeline.posts:
            return _forbidden("You attempted to reply to a Tweet that is deleted or not visible to you.")
        if any(one["text"] == text for one in timeline.replies):
            return _forbidden("You are not allowed to create a Tweet with duplicate content.")
        if not timeline.may_answer(to):
            return _forbidden("You can only reply to or quote posts where you are mentioned or are the author.")
        taken = {"data": {"id": timeline.answer(text, to), "text": text}}
        return Cut() if timeline.fault == "lost" else JSONResponse(taken, 201)


def _needs_user() -> Response:
    said = "Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint."
    return problem(403, "Unsupported Authentication", said, "unsupported-authentication")


def _forbidden(detail: str) -> Response:
    return problem(403, "Forbidden", detail)


def _wrong(query: Mapping[str, str], token: str, reach: datetime | None) -> str:
    """Give the name of a parameter that X would not take."""
    since = query.get("since_id", "")
    if since and (not since.isdigit() or len(since) > 19 or (reach and int(since) < _id_at(reach.isoformat()))):
        return "since_id"
    start = query.get("start_time", "")
    if start and reach and datetime.fromisoformat(start) < reach:
        return "start_time"
    value = query.get(token, "")
    if value and not (value.startswith("t") and value[1:].isalnum()):
        return token
    size = query.get("max_results", "10")
    return "" if size.isdigit() and 5 <= int(size) <= 100 else "max_results"


def _id_at(instant: str) -> int:
    if not instant:
        return 0
    return (int(datetime.fromisoformat(instant).timestamp() * 1000) - EPOCH) << 22


def _base36(number: int) -> str:
    letters = ""
    while number:
        number, at = divmod(number, 36)
        letters = "0123456789abcdefghijklmnopqrstuvwxyz"[at] + letters
    return letters or "0"
